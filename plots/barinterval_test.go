package plots_test

import (
	"math"
	"strings"
	"testing"

	"github.com/sheaf-go/sheaf/plots"
	"github.com/sheaf-go/sheaf/tables"
)

// doses has four rows of each of two drugs and two sexes, and one of a third drug.
func doses() *tables.Table {
	return tables.New(
		tables.Strings("drug", "a", "a", "a", "a", "b", "b", "b", "b", "a", "a", "b", "b", "c"),
		tables.Strings("sex", "f", "f", "f", "f", "f", "f", "f", "f", "m", "m", "m", "m", "m"),
		tables.Floats("effect", 1, 2, 3, 4, -2, -4, -6, -8, 10, 14, 20, 20, 5),
	)
}

// Of 1, 2, 3, 4 the mean is 2.5 and the standard deviation √(5/3); the 97.5%
// quantile of Student's t is 3.182446 of 3 degrees of freedom.
func TestBarIntervals(t *testing.T) {
	women := doses().Where(`sex == "f"`)
	for kind, half := range map[string]float64{"sd": math.Sqrt(5.0 / 3), "ci95": 3.182446 * math.Sqrt(5.0/3) / 2} {
		c := plots.Bar(women, "drug", "effect", plots.Interval(kind))
		layers := layersOf(t, c)
		if v := numbers(t, layers[0].rows, "y"); v[0] != 2.5 || v[1] != -5 {
			t.Errorf("%s: bars up to %v, want the means 2.5 and -5", kind, v)
		}
		low, high := numbers(t, layers[1].rows, "y"), numbers(t, layers[1].rows, "y2")
		near(t, kind+": the low end", low[0], 2.5-half, 1e-3)
		near(t, kind+": the high end", high[0], 2.5+half, 1e-3)
		near(t, kind+": the low end of b", low[3], -5-2*half, 1e-3)
		if !strings.Contains(c.Spec(), `"title":"mean of effect"`) {
			t.Errorf("%s: the axis is not titled mean of effect", kind)
		}
	}
	quartiles := plots.Bar(women, "drug", "effect", plots.Interval("quartiles"), plots.Horizontal(), plots.Sorted(), plots.Annotated())
	if x := numbers(t, layersOf(t, quartiles)[1].rows, "x"); x[0] != 1.75 {
		t.Errorf("the interval of the first quartiles begins at %g, want 1.75", x[0])
	}
}

// Sorted moves the intervals with their bars, and one row has none.
func TestBarIntervalsSorted(t *testing.T) {
	c := plots.Bar(doses(), "drug", "effect", plots.Color("sex"), plots.Grouped(), plots.Interval("range"), plots.Sorted())
	layers := layersOf(t, c)
	bars, whiskers := layers[0].rows, layers[1].rows
	middle := map[float64]float64{} // mean at each middle of a bar
	for i, x := range numbers(t, bars, "x") {
		middle[toMils(x+numbers(t, bars, "x2")[i])] = numbers(t, bars, "y")[i]
	}
	x, x2, lo, hi := numbers(t, whiskers, "x"), numbers(t, whiskers, "x2"), numbers(t, whiskers, "y"), numbers(t, whiskers, "y2")
	if len(x) != 9 {
		t.Fatalf("%d lines, want three whiskers of three each", len(x))
	}
	for i := 0; i < len(x); i += 3 {
		mean, ok := middle[toMils(x[i]+x2[i])]
		if !ok || mean < lo[i] || mean > hi[i] || math.Abs(hi[i]-mean-(mean-lo[i])) > 1e-9 {
			t.Errorf("a whisker from %g to %g at %g; no such bar in %v", lo[i], hi[i], x[i], middle)
		}
	}
	if !strings.Contains(c.String(), "no interval at 2 bars of one row or of equal values") {
		t.Errorf("%s does not tell of bars without intervals", c)
	}
}

func toMils(v float64) float64 { return math.Round(v*500) / 1000 }

func TestBarIntervalErrors(t *testing.T) {
	ci := plots.Interval("ci95")
	for want, c := range map[string]*plots.Chart{
		"a number of rows has no interval":  plots.Count(doses(), "drug", ci),
		"want bars of a value column":       plots.Bar(doses(), "drug", "", ci),
		`want plots.Agg("mean"), got "sum"`: plots.Bar(doses(), "drug", "effect", ci, plots.Agg("sum")),
		"want plots.Grouped()":              plots.Bar(doses(), "drug", "effect", ci, plots.Color("sex")),
		"leave out Interval or LogY":        plots.Bar(doses(), "drug", "effect", ci, plots.LogY()),
		"shares have no interval":           plots.Bar(doses(), "drug", "effect", ci, plots.Normalized()),
	} {
		if err := c.Err(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %s", err, want)
		}
	}
}
