package plots_test

import (
	"encoding/json"
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/sheaf-go/sheaf/plots"
	"github.com/sheaf-go/sheaf/tables"
)

// panelsOf are the specifications of the panels of a chart.
func panelsOf(t *testing.T, c *plots.Chart) []json.RawMessage {
	t.Helper()
	if err := c.Err(); err != nil {
		t.Fatal(err)
	}
	var s struct{ Concat []json.RawMessage }
	if err := json.Unmarshal([]byte(c.Spec()), &s); err != nil {
		t.Fatal(err)
	}
	return s.Concat
}

// scaleOf is the scale of a panel's axis, that of its first layer.
func scaleOf(t *testing.T, panel json.RawMessage, axis string) string {
	t.Helper()
	var s struct {
		Encoding map[string]json.RawMessage
		Layer    []json.RawMessage
	}
	if err := json.Unmarshal(panel, &s); err != nil {
		t.Fatal(err)
	}
	if s.Encoding[axis] == nil && len(s.Layer) > 0 {
		return scaleOf(t, s.Layer[0], axis)
	}
	var e struct{ Scale, Bin any }
	if err := json.Unmarshal(s.Encoding[axis], &e); err != nil {
		t.Fatal(err)
	}
	return fmt.Sprint(e)
}

// unlike is a table whose two halves have neither values nor classes in common:
// of "few" there are so few rows that they alone would be drawn otherwise.
func unlike() *tables.Table {
	var x, y []float64
	var k []int
	var class, half []string
	for i := range 200 {
		many := i >= 20
		x, y = append(x, float64(i)/2), append(y, float64(i%7))
		if many {
			k, class, half = append(k, 5+i%4), append(class, fmt.Sprint("c", i%9)), append(half, "many")
		} else {
			k, class, half = append(k, i%3), append(class, fmt.Sprint("d", i%2)), append(half, "few")
		}
	}
	return tables.New(tables.Floats("x", x...), tables.Floats("y", y...), tables.Ints("k", k...),
		tables.Strings("class", class...), tables.Strings("half", half...))
}

// TestFacetsHaveCommonScales: whatever the panels hold, their axes agree.
func TestFacetsHaveCommonScales(t *testing.T) {
	data, by := unlike(), plots.Facet("half")
	for name, c := range map[string]*plots.Chart{
		"scatter":            plots.Scatter(data, "x", "y", by),
		"lines":              plots.Line(data, "x", "y", by, plots.Color("class")),
		"bars of numbers":    plots.Bar(data, "k", "y", by),
		"bars of names":      plots.Bar(data, "class", "y", by),
		"boxes of numbers":   plots.Box(data, "k", "x", by),
		"violins":            plots.Violin(data, "k", "x", by),
		"strips":             plots.Strip(data, "k", "x", by),
		"heat map":           plots.Heatmap(data, "x", "y", "", by),
		"heat map of values": plots.Heatmap(data, "k", "y", "x", by),
		"histogram":          plots.Histogram(data, "x", by),
		"hexbin":             plots.Hexbin(data, "x", "y", by),
	} {
		panels := panelsOf(t, c)
		if len(panels) != 2 {
			t.Errorf("%s: %d panels", name, len(panels))
			continue
		}
		for _, axis := range []string{"x", "y"} {
			if a, b := scaleOf(t, panels[0], axis), scaleOf(t, panels[1], axis); a != b {
				t.Errorf("%s: the %s axes differ: %.120s and %.120s", name, axis, a, b)
			}
		}
	}
}

// TestFacetsHaveCommonBins: a bar of one panel counts what the same bar of
// another does.
func TestFacetsHaveCommonBins(t *testing.T) {
	edges := func(c *plots.Chart) (rows []map[string]float64, widths map[float64]bool) {
		widths = map[float64]bool{}
		for _, p := range panelsOf(t, c) {
			var s struct {
				Data struct{ Values []map[string]float64 }
			}
			if err := json.Unmarshal(p, &s); err != nil {
				t.Fatal(err)
			}
			for _, r := range s.Data.Values {
				widths[math.Round(1e6*(r["x2"]-r["x"]))/1e6] = true
			}
			rows = append(rows, s.Data.Values...)
		}
		return rows, widths
	}
	rows, widths := edges(plots.Histogram(unlike(), "x", plots.Facet("half")))
	total := 0.0
	for _, r := range rows {
		total += r["v"]
	}
	if len(widths) != 1 || total != 200 {
		t.Errorf("bins of widths %v hold %g rows, want one width and 200", widths, total)
	}
	if _, widths := edges(plots.Histogram(unlike(), "x", plots.Facet("half"), plots.Bins(9))); len(widths) != 1 {
		t.Errorf("Bins: widths %v", widths)
	}
}

// TestFacetsHaveCommonBars: the categories that have bars, and their order, follow
// the rows of all panels.
func TestFacetsHaveCommonBars(t *testing.T) {
	var name, half []string
	var v []float64
	for i := range 60 { // of all rows the first are the longest, of the half a the last
		name = append(name, fmt.Sprint("c", i), fmt.Sprint("c", i))
		half = append(half, "a", "b")
		v = append(v, float64(i+1), 3*float64(60-i))
	}
	data := tables.New(tables.Strings("name", name...), tables.Strings("half", half...), tables.Floats("v", v...))
	last := tables.New(tables.Strings("name", name[58:62]...), tables.Strings("half", half[58:62]...), tables.Floats("v", 3, 1, 2, 9))
	for what, c := range map[string]struct {
		chart       *plots.Chart
		first, last string
		n           int
	}{
		"the 40 longest": {plots.Bar(data, "name", "v", plots.Facet("half")), "c0", "c39", 40},
		"sorted":         {plots.Bar(last, "name", "v", plots.Facet("half"), plots.Sorted()), "c30", "c29", 2},
	} {
		for _, panel := range panelsOf(t, c.chart) {
			var s struct {
				Encoding struct {
					X struct{ Scale struct{ Domain []string } }
				}
			}
			if err := json.Unmarshal(panel, &s); err != nil {
				t.Fatal(err)
			}
			names := s.Encoding.X.Scale.Domain
			if len(names) != c.n || names[0] != c.first || names[c.n-1] != c.last {
				t.Errorf("%s: bars for %q, want %d from %s to %s", what, names, c.n, c.first, c.last)
			}
		}
	}
}

// TestFacetsHaveCommonClasses: the classes that have a colour are the most
// frequent ones of all panels together.
func TestFacetsHaveCommonClasses(t *testing.T) {
	c := plots.Scatter(unlike(), "x", "y", plots.Facet("half"), plots.Color("class"))
	spec := c.Spec()
	if !strings.Contains(spec, `"c":"c2"`) || strings.Contains(spec, `"c":"d0"`) || !strings.Contains(spec, `"c":"4 others"`) {
		t.Errorf("the few rows of d0 have a colour, or those of c2 have none")
	}
	if k := plots.Scatter(unlike(), "x", "y", plots.Facet("half"), plots.Color("k")); strings.Contains(k.Spec(), `"z":`) {
		t.Error("whole numbers of seven values are a continuous colour")
	}
}

// TestFacetsZoomTogether: the panels of a facet have the parameter that zooms in
// common, also beside other charts, which have their own.
func TestFacetsZoomTogether(t *testing.T) {
	facet := plots.Scatter(unlike(), "x", "y", plots.Facet("half"))
	for _, c := range []struct {
		chart *plots.Chart
		want  string
	}{
		{facet, "zoom_1 zoom_1"},
		{plots.Concat(plots.Histogram(unlike(), "x"), facet, facet.With(plots.Title("again"))), "zoom_1 zoom_2 zoom_2 zoom_4 zoom_4"},
	} {
		var names []string
		for _, p := range panelsOf(t, c.chart) {
			var s struct{ Params []struct{ Name string } }
			if err := json.Unmarshal(p, &s); err != nil {
				t.Fatal(err)
			}
			for _, param := range s.Params {
				names = append(names, param.Name)
			}
		}
		if got := strings.Join(names, " "); got != c.want {
			t.Errorf("%s: the panels are zoomed by %s, want %s", c.chart, got, c.want)
		}
	}
}

// TestFacetsSayWhatIsLeftOut: rows without a panel are counted.
func TestFacetsSayWhatIsLeftOut(t *testing.T) {
	data := tables.New(tables.Floats("x", 1, 2, 3, 4), tables.Floats("f", 1, math.NaN(), 2, math.NaN()))
	if got := plots.Scatter(data, "x", "x", plots.Facet("f")).String(); got != "scatter chart, 2 panels; 2 rows without f left out" {
		t.Error(got)
	}
}

// TestConcatKeepsHeadings: a chart of several panels keeps its title and its
// captions beside others.
func TestConcatKeepsHeadings(t *testing.T) {
	data := flowers(150)
	facets := plots.Scatter(data, "sepal_length", "petal_length", plots.Facet("class"), plots.Title("Lengths"), plots.Subtitle("in cm"))
	pairs := plots.Pairs(flowers(3000), []string{"sepal_length", "petal_length"}, plots.Title("Pairs"))
	before := facets.Spec()
	c := plots.Concat(facets, pairs, plots.Histogram(data, "petal_width"))
	for _, want := range []string{`"Lengths: setosa"`, `"Lengths: virginica"`, `"Pairs"`, `"in cm"`, "scatters of"} {
		if !strings.Contains(c.Spec(), want) {
			t.Errorf("no %s in the specification", want)
		}
	}
	if strings.Count(c.Spec(), `"Pairs"`) != 1 {
		t.Error("panels without titles have that of all, want the first to have it")
	}
	if facets.Spec() != before {
		t.Error("the chart itself has changed")
	}
}

// TestLayerThemesItsParts: the texts in cells suit the colours of the theme.
func TestLayerThemesItsParts(t *testing.T) {
	cells := plots.HeatmapOf(nil, nil, [][]float64{{1, 2}, {3, 4}}, plots.Annotated())
	want := cells.With(plots.Theme("print")).Spec()
	if got := plots.Layer(cells).With(plots.Theme("print")).Spec(); got != want {
		t.Errorf("a layer in a theme is\n%s\nits only part in the theme is\n%s", got, want)
	}
}
