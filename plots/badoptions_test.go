package plots_test

import (
	"maps"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/sheaf-go/sheaf/plots"
)

// columnOptions are the options that name a column.
var columnOptions = map[string]func(string) plots.Option{
	"Color": plots.Color, "Facet": plots.Facet, "OpacityBy": plots.OpacityBy, "Shape": plots.Shape, "Size": plots.Size,
	"Tooltip": func(c string) plots.Option { return plots.Tooltip(c) },
	"Y":       func(c string) plots.Option { return plots.Y(c) },
}

// TestBadColumnsOfOptions gives columns of bad data and of wrong kinds to each
// option that names one.
func TestBadColumnsOfOptions(t *testing.T) {
	specs := map[string]string{}
	check := func(of, option, column, what string, m material) {
		name := of + ", " + option + " " + column + ", " + what
		specs[name] = checkShown(t, name, func() shown { return makers[of](m, columnOptions[option](column)) })
	}
	bad := badMaterials()
	for _, of := range []string{"Scatter", "Line", "Bar", "Histogram", "Density", "Box", "Strip", "Area", "ErrorBand", "Hexbin", "Pairs"} {
		for option := range columnOptions {
			for _, column := range []string{"x", "g", "when", "flag", "list", "picture", "span", "", "gg", "altitude"} {
				check(of, option, column, "plain", plainMaterial())
			}
			for _, what := range []string{"one row", "all NaN", "infinities", "tiny", "long names", "invalid UTF-8", "control", "empty names", "all missing"} {
				check(of, option, "g", what, bad[what])
				check(of, option, "x", what, bad[what])
			}
		}
	}
	t.Run("vega", func(t *testing.T) { checkInVega(t, specs) })
}

// TestBadValuesOfOptions: what an option cannot mean is one clear line, of each
// chart that has the option.
func TestBadValuesOfOptions(t *testing.T) {
	nan, inf := math.NaN(), math.Inf(1)
	bad := map[string]plots.Option{
		"Agg": plots.Agg(""), "Along": plots.Along("", nil), "Bandwidth NaN": plots.Bandwidth(nan), "Bandwidth 0": plots.Bandwidth(0),
		"Bandwidth -1": plots.Bandwidth(-1), "Bandwidth Inf": plots.Bandwidth(inf), "Bins 0": plots.Bins(0), "Bins -1": plots.Bins(-1), "Bins 1e9": plots.Bins(1e9),
		"Classes": plots.Classes(), "Classes twice": plots.Classes("a", "a"), "Columns 0": plots.Columns(0), "Columns 1e9": plots.Columns(1e9),
		"Height NaN": plots.Height(nan), "Height -1": plots.Height(-1), "Height 1e9": plots.Height(1e9), "HBand": plots.HBand(nan, 1, ""),
		"HLine": plots.HLine(inf, ""), "Interval": plots.Interval("CI95"), "LayerNames": plots.LayerNames(), "MaxLoss": plots.MaxLoss(nan),
		"MinScore": plots.MinScore(-inf), "Note": plots.Note(1, nan, ""), "Opacity 0": plots.Opacity(0), "Opacity NaN": plots.Opacity(nan), "Opacity 2": plots.Opacity(2),
		"Palette": plots.Palette(), "Palette red": plots.Palette("red"), "Points 1": plots.Points(1), "Points 1e9": plots.Points(1e9), "Ramp": plots.Ramp("#000000"),
		"Regression 0": plots.Regression(0), "Regression 99": plots.Regression(99), "Theme": plots.Theme("Dark"), "TileSize": plots.TileSize(1e9),
		"VBand": plots.VBand(1, inf, ""), "VLine": plots.VLine(nan, ""), "Width 0": plots.Width(0), "Width 1e9": plots.Width(1e9),
		"XRange reversed": plots.XRange(2, 1), "XRange NaN": plots.XRange(nan, 1), "XRange Inf": plots.XRange(0, inf), "YRange empty": plots.YRange(1, 1),
		"YRange tiny": plots.YRange(0, 1e-320), "empty": {},
	}
	for of, make := range makers {
		m := optionMaterial(of)
		for _, what := range slices.Sorted(maps.Keys(bad)) {
			c := make(m, bad[what])
			if c.Err() == nil {
				t.Errorf("%s, %s: no error", of, what)
				continue
			}
			checkLine(t, of+", "+what, c.Err().Error())
		}
	}
}

// TestOptionsTwice: the last one counts, and further columns and notes add up.
func TestOptionsTwice(t *testing.T) {
	m := plainMaterial()
	twice := plots.Scatter(m.t, "x", "y", plots.Title("a"), plots.Color("x"), plots.LogX(), plots.Title("b"), plots.Color("g"), plots.LogX())
	if once := plots.Scatter(m.t, "x", "y", plots.LogX(), plots.Color("g"), plots.Title("b")); once.Spec() != twice.Spec() {
		t.Error("the last of two options is not the one that counts")
	}
	notes := plots.ScatterXY(m.xs, m.ys, plots.HLine(2, "low"), plots.HLine(4, "high"))
	if s := notes.Spec(); !strings.Contains(s, "low") || !strings.Contains(s, "high") {
		t.Error("one of two notes is gone")
	}
}

// TestEmptyName: a class of the name "" is one like others, not the class of a
// chart that has none.
func TestEmptyName(t *testing.T) {
	m := newMaterial([]float64{1, 2, 3, 4}, []float64{1, 2, 3, 4}, []string{"", "a", "", "a"})
	for of, c := range map[string]*plots.Chart{
		"scatter": plots.Scatter(m.t, "x", "y", plots.Color("g")),
		"line":    plots.Line(m.t, "x", "y", plots.Color("g")),
		"strip":   plots.Strip(m.t, "flag", "y", plots.Color("g")),
	} {
		spec := c.Spec()
		for _, want := range []string{`"field":"c"`, `"domain":["(empty)","a"]`} {
			if !strings.Contains(spec, want) {
				t.Errorf("%s: the specification has no %s", of, want)
			}
		}
	}
}
