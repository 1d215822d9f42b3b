package plots_test

import (
	"strings"
	"testing"

	"github.com/sheaf-go/sheaf/plots"
	"github.com/sheaf-go/sheaf/tables"
)

// TestNotesOverNames: lines and bands go across an axis of names from end to end.
func TestNotesOverNames(t *testing.T) {
	data := tables.New(tables.Strings("k", "a", "b"), tables.Floats("v", 1, 2))
	size := []plots.Option{plots.Width(210), plots.Height(130)}
	for _, c := range []struct {
		name  string
		chart *plots.Chart
		want  string
	}{
		{"a line over bars", plots.Bar(data, "k", "v", plots.HLine(1.5, "")), `"x":{"value":0},"x2":{"value":210}`},
		{"a band over bars", plots.Bar(data, "k", "v", plots.HBand(1, 1.5, "")), `"x":{"value":0},"x2":{"value":210}`},
		{"a line over a line", plots.Line(data, "k", "v", plots.HLine(1.5, "")), `"x":{"value":0},"x2":{"value":210}`},
		{"a line beside names", plots.Scatter(data, "v", "k", plots.VLine(1.5, "")), `"y":{"value":0},"y2":{"value":130}`},
	} {
		if spec := c.chart.With(size...).Spec(); !strings.Contains(spec, c.want) {
			t.Errorf("%s: no %s in %s", c.name, c.want, spec)
		}
	}
}
