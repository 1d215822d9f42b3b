package plots_test

import (
	"maps"
	"slices"
	"testing"

	"github.com/sheaf-go/sheaf/notebooks/show"
	"github.com/sheaf-go/sheaf/plots"
)

// goodOptions are all options, with values that a chart of the plain material
// can follow.
var goodOptions = map[string]plots.Option{
	"Agg": plots.Agg("max"), "Along": plots.Along("seconds", []float64{1, 2, 3, 4, 5, 6, 7, 9}), "Annotated": plots.Annotated(),
	"Bandwidth": plots.Bandwidth(0.4), "Bins": plots.Bins(3), "Classes": plots.Classes("c", "b", "a"), "Color": plots.Color("g"),
	"Columns": plots.Columns(5), "Diverging": plots.Diverging(), "Facet": plots.Facet("g"), "Grouped": plots.Grouped(),
	"HBand": plots.HBand(2, 3, "band"), "HLine": plots.HLine(2, "line"), "Height": plots.Height(123), "Horizontal": plots.Horizontal(),
	"Interval": plots.Interval("sd"), "Label": plots.Label("g"), "LayerNames": plots.LayerNames("in", "out"), "LogX": plots.LogX(),
	"LogY": plots.LogY(), "Markers": plots.Markers(), "MaxLoss": plots.MaxLoss(0.19), "MinScore": plots.MinScore(1.5), "Name": plots.Name("series"),
	"NoLegend": plots.NoLegend(), "NoOutliers": plots.NoOutliers(), "Normalized": plots.Normalized(), "Note": plots.Note(0.1, 2, "note"),
	"Opacity": plots.Opacity(0.31), "OpacityBy": plots.OpacityBy("x"), "Overlaid": plots.Overlaid(), "Palette": plots.Palette("#112233", "#445566", "#778899", "#AABBCC", "#CCBBAA", "#998877", "#665544", "#332211"), "Points": plots.Points(7),
	"Predicted": plots.Predicted("g"), "Ramp": plots.Ramp("#112233", "#AABBCC"), "Regression": plots.Regression(1), "RowOrder": plots.RowOrder(), "Shape": plots.Shape("g"), "Size": plots.Size("x"),
	"SkipHead": plots.SkipHead(), "Sorted": plots.Sorted(), "Steps": plots.Steps(), "Subtitle": plots.Subtitle("subtitle"), "Theme": plots.Theme("dark"), "TileSize": plots.TileSize(33),
	"Title": plots.Title("title"), "Tooltip": plots.Tooltip("y"), "VBand": plots.VBand(0.1, 0.2, "band"), "VLine": plots.VLine(0.1, "line"),
	"Width": plots.Width(234), "XLabel": plots.XLabel("x label"), "XRange": plots.XRange(0.01, 0.9), "Y": plots.Y("x"),
	"XPercent": plots.XPercent(), "YLabel": plots.YLabel("y label"), "YPercent": plots.YPercent(), "YRange": plots.YRange(0.5, 9),
}

// look is all that one sees of a chart.
func look(c shown) string {
	if l, ok := c.(*plots.LiveChart); ok {
		c = l.Chart()
	}
	if chart, ok := c.(*plots.Chart); ok {
		return chart.Spec() + chart.SVG()
	}
	b := c.Display()
	png, _ := b.Data[show.MIMEPNG].([]byte)
	return b.PlainText() + string(png)
}

// TestOptionsMatter: each option changes a chart of each kind, or says in one
// line why it does not.
func TestOptionsMatter(t *testing.T) {
	if have, want := slices.Sorted(maps.Keys(goodOptions)), exported(t, "Option"); !slices.Equal(have, want) {
		t.Errorf("goodOptions has %v; the package has %v", have, want)
	}
	for _, of := range slices.Sorted(maps.Keys(makers)) {
		m := optionMaterial(of)
		plain := makers[of](m)
		if plain.Err() != nil {
			t.Errorf("%s: %v", of, plain.Err())
			continue
		}
		before := look(plain)
		for _, name := range slices.Sorted(maps.Keys(goodOptions)) {
			what := of + ", " + name
			var c shown
			checkShown(t, what, func() shown { c = makers[of](m, goodOptions[name]); return c })
			if c != nil && c.Err() == nil && look(c) == before && !fulfilled(of, name) {
				t.Errorf("%s: changes nothing, and does not say so", what)
			} else if testing.Verbose() && c != nil && c.Err() != nil {
				t.Log(what, c.Err())
			}
		}
	}
}

// fulfilled reports whether a chart is already as the option wants it.
func fulfilled(of, option string) bool {
	if option == "Ramp" || option == "Palette" { // of scales and classes that the chart may have, but not here
		return true
	}
	switch of {
	case "FeatureImportance":
		return option == "NoLegend" || option == "Horizontal" || option == "NoOutliers"
	case "Correlation":
		return option == "NoLegend" || option == "Diverging" || option == "Annotated"
	}
	return option == "NoLegend" // most charts of one colour have none
}

// optionMaterial is material that a constructor can draw.
func optionMaterial(of string) material {
	m := plainMaterial()
	switch of {
	case "Activations":
		m.names = []string{"relu", "tanh"}
	case "Confidence":
		m.xs, m.names = []float64{0.25, 0.75}, []string{"no", "yes"}
	case "ROC", "PrecisionRecall":
		m.names[0] = "test"
		m.ys = []float64{-1, 1, 1, -1, 1, -1, 1, -1}
	case "Graph", "Boomerang":
		m.names = []string{"a", "b", "c", "d", "e", "f", "g", "h"}
	case "Network":
		m.ys = []float64{3, 2}
	case "Box", "BoxOf":
		m.ys[7] = 70
		m = newMaterial(m.xs, m.ys, repeated(8, "a"))
	}
	return m
}
