package plots

import (
	"encoding/json"
	"strings"
	"testing"
)

// TestLegendsPick: all visible marks with a class fade by one parameter that the
// legend sets; charts with nothing to pick have none.
func TestLegendsPick(t *testing.T) {
	xs, ys := []float64{1, 2, 3, 4}, []float64{1, 3, 2, 4}
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
		{Concat(two, two), 0, 0},
	} {
		spec := c.chart.Spec()
		if got := strings.Count(spec, `"bind":"legend"`); got != c.params {
			t.Errorf("%s: %d parameters, want %d", c.chart, got, c.params)
		}
		if got := strings.Count(spec, `"param":"pick"`); got != c.fading {
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
