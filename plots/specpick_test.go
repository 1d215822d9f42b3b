package plots

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/sheaf-go/sheaf/tables"
)

// TestLegendsPick: all visible marks with a class fade by one parameter that the
// legend sets; charts with nothing to pick have none.
func TestLegendsPick(t *testing.T) {
	xs, ys := []float64{1, 2, 3, 4}, []float64{1, 3, 2, 4}
	table := tables.New(tables.Floats("x", 1, 2.5, 3, 4), tables.Floats("y", 1, 3.5, 2, 4), tables.Strings("c", "a", "a", "b", "b"))
	two := Layer(LineXY(xs, ys, Name("a")), ScatterXY(xs, ys, Name("b"), Regression(1)))
	for _, c := range []struct {
		chart  *Chart
		params int
		fading int
	}{
		{LineXY(xs, ys), 0, 0},
		{LineXY(xs, ys, Name("alone")), 0, 0},
		{two, 1, 4}, // the line, the band, the points, the fit
		{two.With(NoLegend()), 0, 0},
		{Concat(two, two), 2, 8}, // a legend each
		{two.With(Theme("dark")), 1, 4},
		{Scatter(table, "x", "y", Color("c"), Facet("c")), 1, 2}, // one for all
		{Scatter(table, "x", "y", Color("y"), Facet("c")), 0, 0},
		{Pairs(table, []string{"x", "y"}, Color("c")), 1, 6},
	} {
		spec := c.chart.Spec()
		if got := strings.Count(spec, `"bind":"legend"`); got != c.params {
			t.Errorf("%s: %d parameters, want %d", c.chart, got, c.params)
		}
		if got := strings.Count(spec, `"param":"pick`); got != c.fading {
			t.Errorf("%s: %d layers fade, want %d", c.chart, got, c.fading)
		}
	}
	var spec struct {
		Layer []struct {
			Layer []struct {
				Encoding struct{ Opacity *object }
			}
		}
	}
	if err := json.Unmarshal([]byte(two.Spec()), &spec); err != nil {
		t.Fatal(err)
	}
	if line := spec.Layer[0].Layer; line[0].Encoding.Opacity == nil || line[1].Encoding.Opacity != nil {
		t.Error("want the line to fade, not the invisible points that carry its tooltips")
	}
}
