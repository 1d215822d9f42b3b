package plots_test

import (
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/sheaf-go/sheaf/notebooks/show"
	"github.com/sheaf-go/sheaf/plots"
	"github.com/sheaf-go/sheaf/tables"
)

// TestBinsOfWholeNumbers: no bin is narrower than from one whole number to the
// next, where some would be empty for no reason.
func TestBinsOfWholeNumbers(t *testing.T) {
	var v []int
	for i := range 4000 {
		v = append(v, i%4)
	}
	rows := rowsOf(t, plots.Histogram(tables.New(tables.Ints("k", v...)), "k", plots.Bins(50)))
	if len(rows) != 4 {
		t.Errorf("%d bins of four whole numbers", len(rows))
	}
	for _, r := range rows {
		if r["x2"].(float64)-r["x"].(float64) != 1 || r["v"] != 1000.0 {
			t.Errorf("bin %v", r)
		}
	}
}

// TestBoomerangColoursTheBest: of many models the best have colours.
func TestBoomerangColoursTheBest(t *testing.T) {
	var models []plots.Outcome
	for i := range 12 {
		models = append(models, plots.Outcome{Model: fmt.Sprintf("m%02d", i), Splits: []string{"test"}, Losses: []float64{1}, Scores: []float64{float64(i)}})
	}
	spec := plots.Boomerang(models).Spec()
	for i := range 12 {
		if named := strings.Contains(spec, fmt.Sprintf(`"c":"m%02d"`, i)); named != (i >= 5) {
			t.Errorf("model %d, which scores %d of 11, has a colour: %v", i, i, named)
		}
	}
}

// TestFacetsShareTheirColours: one range of continuous colours for all panels.
func TestFacetsShareTheirColours(t *testing.T) {
	data := tables.New(tables.Floats("x", 1, 2, 3, 4), tables.Floats("z", 1, 2, 50.5, 99), tables.Strings("g", "a", "a", "b", "b"))
	spec := plots.Scatter(data, "x", "x", plots.Color("z"), plots.Facet("g")).Spec()
	if n := strings.Count(spec, `"domain":[1,99]`); n != 2 {
		t.Errorf("%d panels have colours from 1 to 99, want 2", n)
	}
}

// TestLayerTakesScales: a log scale of any part is that of all.
func TestLayerTakesScales(t *testing.T) {
	plain := plots.LineXY([]float64{1, 10}, []float64{1, 10})
	for axis, c := range map[string]*plots.Chart{
		"x": plots.Layer(plain, plots.LineXY([]float64{1, 100}, []float64{1, 2}, plots.LogX())),
		"y": plots.Layer(plain, plots.LineXY([]float64{1, 100}, []float64{1, 2}, plots.LogY())),
	} {
		var scales []string
		for _, name := range []string{"x", "y"} {
			if strings.Contains(c.Spec(), fmt.Sprintf(`"field":%q,"scale":{"domain":`, name)) {
				at := strings.Index(c.Spec(), fmt.Sprintf(`"field":%q,"scale":{"domain":`, name))
				rest := c.Spec()[at:]
				if strings.Contains(rest[:strings.Index(rest, "}")], `"type":"log"`) {
					scales = append(scales, name)
				}
			}
		}
		if fmt.Sprint(scales) != "["+axis+"]" {
			t.Errorf("Log%s of the second part: logarithmic axes %v", strings.ToUpper(axis), scales)
		}
	}
}

// TestLargeVectors: where SVG and specification are large together, the twin is a
// PNG, also of few marks.
func TestLargeVectors(t *testing.T) {
	const n = 1500
	x, y, words := make([]float64, n), make([]float64, n), make([]string, n)
	for i := range n {
		x[i], y[i] = math.Sin(float64(i)), math.Cos(float64(i*i))
		words[i] = strings.Repeat(fmt.Sprint(i), 10)
	}
	data := tables.New(tables.Floats("x", x...), tables.Floats("y", y...), tables.Strings("words", words...))
	b := plots.Scatter(data, "x", "y", plots.OpacityBy("x"), plots.Tooltip("words"), plots.Width(100), plots.Height(100)).Display()
	if b.Data[show.MIMEPNG] == nil || b.Data[show.MIMESVG] != nil {
		svg, _ := b.Data[show.MIMESVG].(string)
		t.Errorf("the twin is an SVG of %d bytes", len(svg))
	}
}

// TestUnitsOfColumns: dates and moments are milliseconds since 1970, durations
// are seconds.
func TestUnitsOfColumns(t *testing.T) {
	data := tables.New(
		tables.Dates("date", time.Date(1970, 1, 2, 0, 0, 0, 0, time.UTC), time.Date(2025, 3, 1, 0, 0, 0, 0, time.UTC)),
		tables.Times("moment", time.Date(1970, 1, 1, 0, 0, 1, 0, time.UTC), time.Date(2025, 3, 1, 0, 0, 0, 0, time.UTC)),
		tables.Durations("took", 1500*time.Millisecond, 2*time.Minute), tables.Floats("y", 1, 2))
	for column, want := range map[string][2]float64{"date": {864e5, 1740787200e3}, "moment": {1000, 1740787200e3}, "took": {1.5, 120}} {
		x := numbers(t, rowsOf(t, plots.Scatter(data, column, "y")), "x")
		if math.Abs(x[0]-want[0]) > 1e-9*want[0] || math.Abs(x[1]-want[1]) > 1e-9*want[1] {
			t.Errorf("%s is at %v, want %v", column, x, want)
		}
	}
}

// TestFuncUnderLogX: points equally far apart in the logarithm.
func TestFuncUnderLogX(t *testing.T) {
	x := numbers(t, rowsOf(t, plots.Func(math.Sqrt, 1, 10_000, plots.LogX(), plots.Points(5))), "x")
	for i, want := range []float64{1, 10, 100, 1000, 10_000} {
		near(t, fmt.Sprintf("point %d", i), x[i], want, 1e-6*want)
	}
}

// TestPieOfTheRest: the last slice is the sum of all that have none of their own.
func TestPieOfTheRest(t *testing.T) {
	var names []string
	var values []float64
	for i := range 12 {
		names, values = append(names, fmt.Sprint("n", i)), append(values, float64(100-i))
	}
	for _, r := range layersOf(t, plots.PieOf(names, values))[0].rows {
		if name := r["i0"].(string); strings.HasSuffix(name, "others") && (name != "5 others" || r["i1"] != "455") {
			t.Errorf("the rest is %v, want 5 others of 93+92+91+90+89 = 455", r)
		} else if strings.HasSuffix(name, "others") {
			return
		}
	}
	t.Error("no slice for the rest")
}

// TestOverviewOfSevenNames: where one name is left, it is shown in place of "1
// others".
func TestOverviewOfSevenNames(t *testing.T) {
	for n, want := range map[int]bool{7: false, 8: true} {
		var names []string
		for i := range 3 * n {
			names = append(names, fmt.Sprint("n", i%n))
		}
		c := plots.Overview(tables.New(tables.Strings("name", names...)))
		if got := strings.Contains(c.Spec(), "others"); c.Err() != nil || got != want {
			t.Errorf("%d names: others %v, want %v (%v)", n, got, want, c.Err())
		}
	}
}

// TestThemeSetsTheGrid: a theme's grid has the colour that it says, on every
// background.
func TestThemeSetsTheGrid(t *testing.T) {
	c := plots.LineXY([]float64{1, 2}, []float64{1, 2})
	if spec := c.With(plots.Theme("dark")).Spec(); !strings.Contains(spec, `"gridOpacity":1,`) {
		t.Error("the grid of the dark theme is see-through")
	}
	if strings.Contains(c.Spec(), `"gridOpacity":1,`) {
		t.Error("without a theme, on whatever background, the grid is not see-through")
	}
}
