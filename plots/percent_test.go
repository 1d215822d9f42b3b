package plots_test

import (
	"strings"
	"testing"

	"github.com/sheaf-go/sheaf/plots"
	"github.com/sheaf-go/sheaf/tables"
)

// TestShares: what is stacked fills the height, in the proportions of the values.
func TestShares(t *testing.T) {
	table := tables.New(tables.Strings("k", "a", "a", "b", "b"), tables.Ints("x", 1, 1, 2, 2),
		tables.Floats("v", 1, 3, 5, 0), tables.Strings("g", "x", "y", "x", "y"))
	for name, c := range map[string]*plots.Chart{
		"bars":  plots.Bar(table, "k", "v", plots.Color("g"), plots.Normalized()),
		"areas": plots.Area(table, "x", "v", plots.Color("g"), plots.Normalized()),
	} {
		lengths := map[any]float64{}
		for _, r := range rowsOf(t, c) {
			low, _ := r["y2"].(float64)
			if name == "bars" {
				low = 0
				if r["y2"] != nil {
					low = r["y2"].(float64)
				}
			}
			key := r["c"].(string) + " of " + map[any]string{"a": "1", "b": "2", 1.0: "1", 2.0: "2"}[r["x"]]
			lengths[key] = r["y"].(float64) - low
		}
		for key, want := range map[string]float64{"x of 1": 0.25, "y of 1": 0.75, "x of 2": 1, "y of 2": 0} {
			near(t, name+", "+key, lengths[key], want, 1e-9)
		}
		if !strings.Contains(c.Spec(), `"format":"%"`) || !strings.Contains(c.String(), "share of") {
			t.Errorf("%s: the axis is not in percent: %s", name, c)
		}
	}
	negative := tables.New(tables.Strings("k", "a", "a"), tables.Floats("v", 1, -3), tables.Strings("g", "x", "y"))
	for want, c := range map[string]*plots.Chart{
		`shares need values of at least 0, got -3 at "a"`: plots.Bar(negative, "k", "v", plots.Color("g"), plots.Normalized()),
		"leave out Grouped":                     plots.Bar(table, "k", "v", plots.Color("g"), plots.Normalized(), plots.Grouped()),
		"leave out Overlaid":                    plots.Area(table, "x", "v", plots.Color("g"), plots.Normalized(), plots.Overlaid()),
		`percent need numbers; "k" holds names`: plots.Bar(table, "k", "v", plots.XPercent()),
		"Normalized does not apply here":        plots.Line(table, "x", "v", plots.Normalized()),
	} {
		if err := c.Err(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %s", err, want)
		}
	}
}

// TestAnnotatedBarsTellTheirLength: bars with values are cells, whose tooltips
// tell how tall they are.
func TestAnnotatedBarsTellTheirLength(t *testing.T) {
	names, values := []string{"a", "b"}, []float64{3, 4}
	if spec := plots.BarXY(names, values, plots.Annotated()).Spec(); !strings.Contains(spec, "datum.y - datum.y2") {
		t.Error("upright bars tell another length than along y")
	}
	if spec := plots.BarXY(names, values, plots.Annotated(), plots.Horizontal()).Spec(); !strings.Contains(spec, "datum.x - datum.x2") {
		t.Error("lying bars tell another length than along x")
	}
}
