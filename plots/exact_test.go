package plots_test

import (
	"encoding/json"
	"math"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/sheaf-go/sheaf/plots"
	"github.com/sheaf-go/sheaf/tables"
)

// Beyond 2^53 neighbouring whole numbers are one float64; they stay different bars.
func TestLargeWholeNumbersAsNames(t *testing.T) {
	const big = 1<<53 + 1
	for name, c := range map[string]*plots.Chart{
		"bar":   plots.Bar(tables.New(tables.Int64s("id", big+2, big, big+1, big), tables.Floats("v", 1, 2, 3, 4)), "id", "v"),
		"count": plots.Count(tables.New(tables.Int64s("id", big+2, big, big+1)), "id"),
		"color": plots.Scatter(tables.New(tables.Int64s("id", big+2, big, big+1), tables.Floats("v", 1, 2, 3)), "v", "v", plots.Color("id"), plots.Shape("id")),
		"facet": plots.Bar(tables.New(tables.Int64s("id", big+2, big, big+1), tables.Strings("f", "x", "y", "y")), "id", "", plots.Facet("f")),
	} {
		if want := `["9007199254740993","9007199254740994","9007199254740995"]`; !strings.Contains(c.Spec(), want) {
			t.Errorf("%s: no scale of %s: %v", name, want, c.Err())
		}
	}
	nulls := tables.New(tables.Values("id", tables.Int64, []any{int64(big), nil, int64(big + 1)}))
	if got := plots.Count(nulls, "id").String(); !strings.Contains(got, "2 bars") {
		t.Errorf("with a null: %s, want 2 bars", got)
	}
}

func TestWholeNumbersAsNames(t *testing.T) {
	c := plots.Count(tables.New(tables.Ints("id", 1_234_567, 98_000_000, 7)), "id")
	if want := `["7","1234567","98000000"]`; !strings.Contains(c.Spec(), want) {
		t.Errorf("no scale of %s", want)
	}
}

// The unit of a duration stands on its axis.
func TestDurationsTellSeconds(t *testing.T) {
	jobs := tables.New(tables.Strings("job", "a", "b"), tables.Durations("took", 1.5e9, 60e9))
	for _, c := range []*plots.Chart{plots.Bar(jobs, "job", "took"), plots.Histogram(jobs, "took"), plots.Box(jobs, "", "took")} {
		if !strings.Contains(c.Spec(), `"title":"took (s)"`) {
			t.Errorf("%s: no axis is titled took (s): %v", c, c.Err())
		}
	}
}

func TestLargeAnnotations(t *testing.T) {
	c := plots.BarXY([]string{"a", "b", "c", "d"}, []float64{604_366e6, 97e9, -1.5e6, 0}, plots.Annotated())
	var texts []string
	for _, l := range layersOf(t, c) {
		for _, r := range l.rows {
			if text, ok := r["t"].(string); ok {
				texts = append(texts, text)
			}
		}
	}
	slices.Sort(texts)
	if want := []string{"0", "604G", "97G", "−1.5M"}; !slices.Equal(texts, want) {
		t.Errorf("the bars say %q, want %q", texts, want)
	}
}

// A density over a histogram of 1,000 values in bins of 0.5 covers as much as the
// bars do, also where it is given first and under a log scale.
func TestDensityOverHistogram(t *testing.T) {
	values := normal(1000)
	for name, c := range map[string]*plots.Chart{
		"over":  plots.Layer(plots.HistogramX(values), plots.DensityX(values)),
		"under": plots.Layer(plots.DensityX(values), plots.HistogramX(values)),
		"log":   plots.Layer(plots.HistogramX(exps(values), plots.LogX()), plots.DensityX(exps(values))),
	} {
		var bars, curve, width float64
		for _, l := range layersOf(t, c) {
			x, y := numbers(t, l.rows, "x"), numbers(t, l.rows, "y")
			if name == "log" {
				for i := range x {
					x[i] = math.Log10(x[i])
				}
			}
			if _, ok := l.rows[0]["x2"]; ok {
				width = numbers(t, l.rows, "x2")[0] - numbers(t, l.rows, "x")[0]
				if name == "log" {
					width = math.Log10(numbers(t, l.rows, "x2")[0]) - x[0]
				}
				for _, n := range y {
					bars += n * width
				}
				continue
			}
			curve = 0
			for i := 1; i < len(x); i++ {
				curve += (y[i] + y[i-1]) / 2 * (x[i] - x[i-1])
			}
		}
		if math.Abs(curve/bars-1) > 0.01 {
			t.Errorf("%s: the curve covers %g, the bars of %g %g", name, curve, width, bars)
		}
		if !strings.Contains(c.Spec(), `"title":"count"`) || strings.Contains(c.Spec(), `"title":"density"`) {
			t.Errorf("%s: the axis is not titled count", name)
		}
	}
}

func exps(v []float64) []float64 {
	out := make([]float64, len(v))
	for i, x := range v {
		out[i] = math.Exp(x / 20)
	}
	return out
}

// One number on an axis tells no distances.
func TestTwoTicksOrMore(t *testing.T) {
	for _, ends := range [][2]float64{{182, 223}, {0.3, 7.6}, {-3, 17}, {95, 195}, {0.011, 0.019}} {
		c := plots.LineXY(ends[:], ends[:], plots.Width(150), plots.Height(80), plots.XRange(ends[0], ends[1]))
		if n := len(plots.TickLabels(c)); n < 4 {
			t.Errorf("from %g to %g: %d ticks on both axes: %q", ends[0], ends[1], n, plots.TickLabels(c))
		}
	}
}

func TestOptionsSayAllTheirCharts(t *testing.T) {
	for want, c := range map[string]*plots.Chart{
		"Normalized does not apply here; it is for bar, area, confusion matrix":   plots.DensityX([]float64{1, 2}, plots.Normalized()),
		"Normalized does not apply here; it is for bar, area, confusion matrix ":  plots.Residuals([]float64{1}, []float64{2}, plots.Normalized()),
		"SkipHead does not apply here; it is for learning curve":                  plots.DensityX([]float64{1, 2}, plots.SkipHead()),
		"a chart without axes cannot lie over one with axes; set them beside one": plots.Layer(plots.PieOf([]string{"a"}, []float64{1}), plots.BarXY([]string{"a"}, []float64{1})),
	} {
		if err := c.Err(); err == nil || !strings.Contains(err.Error(), strings.TrimSpace(want)) {
			t.Errorf("%v, want %s", err, want)
		}
	}
}

// Titles with quotes, backslashes and line ends are titles in Vega, too, and lines
// of one point are dots.
func TestAwkwardTitlesInVega(t *testing.T) {
	const name = "5\" of 'x'\\\n\u2028[a](b)"
	table := tables.New(tables.Column(name, []float64{1, 2}), tables.Strings("c", "u", "v"))
	done := render(t, map[string]string{
		"titles": plots.Bar(table, "c", name).Spec(),
		"tips":   plots.Scatter(table, name, name, plots.Color("c"), plots.Tooltip(name)).Spec(),
		"lone":   plots.Line(table, name, name, plots.Facet("c")).Spec(),
	})
	for k, r := range done {
		if r.Invalid != "" || len(r.Warnings) > 0 {
			t.Fatalf("%s: %s %q", k, r.Invalid, r.Warnings)
		}
	}
	if tip, err := json.Marshal(done["titles"].Tooltip); err != nil || !strings.Contains(string(tip), string(must(json.Marshal(name)))) {
		t.Errorf("the tooltip is %s, without %q", tip, name)
	}
	if n := done["lone"].Marks["symbol"]; n != 4 {
		t.Errorf("%d symbols for two lines of one point, want two dots and what carries their tooltips", n)
	}
}

// The rows of the bins stand below their shares, also where some bins are empty.
func TestCalibrationPanelsAgree(t *testing.T) {
	spec := plots.Calibration([]int{0, 0, 1, 1}, []float64{0.01, 0.12, 0.2, 0.31}, 10).Spec()
	domains := regexp.MustCompile(`"field":"x","scale":{"domain":(\[[^]]*\])`).FindAllStringSubmatch(spec, -1)
	for _, d := range domains {
		if len(domains) < 2 || d[1] != domains[0][1] {
			t.Fatalf("the x axes have the domains %q", domains)
		}
	}
}

func must(b []byte, err error) []byte {
	if err != nil {
		panic(err)
	}
	return b
}
