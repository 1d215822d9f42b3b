package plots_test

import (
	"encoding/json"
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/sheaf-go/sheaf/plots"
	"github.com/sheaf-go/sheaf/tables"
)

// badGrids are heat maps, hexagons, pies and pairs that cannot be drawn, and
// what they say after "plots: ".
func badGrids() map[string]*plots.Chart {
	iris := flowers(30)
	empty := tables.New(tables.Floats("x"), tables.Floats("y"), tables.Strings("name"))
	nan := math.NaN()
	two := []string{"a", "b"}
	return map[string]*plots.Chart{
		`heatmap: no column "clas"; did you mean "class"?`:                                      plots.Heatmap(iris, "clas", "class", ""),
		`heatmap: no column "petal"; the columns are sepal_length`:                              plots.Heatmap(iris, "class", "class", "petal"),
		`heatmap: value column "class" holds names; want numbers, or "" for the number of rows`: plots.Heatmap(iris, "class", "class", "class"),
		`heatmap: no rows to draw`:                                                              plots.Heatmap(empty, "x", "y", ""),
		`heatmap: the table is nil`:                                                             plots.Heatmap(nil, "x", "y", ""),
		`heatmap: Agg: want a value column for the median, got none`:                            plots.Heatmap(iris, "class", "class", "", plots.Agg("median")),
		`heatmap: a log scale needs numbers; "class" holds names`:                               plots.Heatmap(iris, "class", "petal_length", "", plots.LogX()),
		`heatmap: want 2 values in each row, as many as x has; row 1 has 1`:                     plots.HeatmapOf(two, two, [][]float64{{1, 2}, {3}}),
		`heatmap: want a row of values for each of 2 names of y, got 1 row`:                     plots.HeatmapOf(two, two, [][]float64{{1, 2}}),
		`heatmap: want different names of x, got "a" twice`:                                     plots.HeatmapOf([]string{"a", "a"}, two, [][]float64{{1, 2}, {3, 4}}),
		`heatmap: none of 2 rows can be drawn`:                                                  plots.HeatmapOf(two, nil, [][]float64{{nan, nan}}),
		`heatmap: no rows to draw (of nothing)`:                                                 plots.HeatmapOf(nil, nil, nil),
		`heatmap: nothing to draw: 1 cell left out: too large to draw`:                          plots.Heatmap(huge(), "name", "name", "v", plots.Agg("sum")),
		`correlation: column "class" holds names; want numbers`:                                 plots.Correlation(iris, "class"),
		`correlation: want at least two rows, got 0`:                                            plots.Correlation(empty),
		`correlation: the table has no numeric columns`:                                         plots.Correlation(tables.New(tables.Strings("a", "b"))),
		`correlation: nothing to draw: a does not vary`:                                         plots.Correlation(tables.New(tables.Floats("a", 1, 1))),
		`correlation: want different names of x, got "sepal_length" twice`:                      plots.Correlation(iris, "sepal_length", "sepal_length"),
		`heatmap: Color does not apply here`:                                                    plots.Heatmap(iris, "class", "class", "", plots.Color("class")),
		`hexbin: no column "y"; the columns are x`:                                              plots.Hexbin(tables.New(tables.Floats("x", 1)), "x", "y"),
		`hexbin: x column "class" holds names; want numbers or moments`:                         plots.Hexbin(iris, "class", "petal_length"),
		`hexbin: y column "class" holds names; want numbers or moments`:                         plots.Hexbin(iris, "petal_length", "class"),
		`hexbin: Color: column "class" holds names; want numbers`:                               plots.Hexbin(iris, "petal_length", "petal_width", plots.Color("class")),
		`hexbin: Agg: want the column for the mean, as plots.Color(column), got none`:           plots.Hexbin(iris, "petal_length", "petal_width", plots.Agg("mean")),
		`hexbin: want slices of equal length, got 2 x and 1 y`:                                  plots.HexbinXY([]float64{1, 2}, []float64{1}),
		`hexbin: no rows to draw`:                                                               plots.Hexbin(empty, "x", "y"),
		`hexbin: nothing to draw: 2 points left out: not above 0 on a log scale`:                plots.HexbinXY([]float64{-1, 0}, []float64{1, 2}, plots.LogX()),
		`hexbin: nothing to draw: 2 points outside the range`:                                   plots.HexbinXY([]float64{1, 2}, []float64{1, 2}, plots.XRange(5, 6)),
		`pie: want values of 0 and above, got -2 for "b"`:                                       plots.PieOf(two, []float64{1, -2}),
		`ring: the values of 2 categories add up to 0; a pie needs a whole to share`:            plots.RingOf(two, []float64{0, 0}),
		`pie: no rows to draw`:                                                                  plots.Pie(empty, "name", "x"),
		`pie: nothing to draw: 1 row left out: missing or not finite`:                           plots.PieOf([]string{"a"}, []float64{nan}),
		`pie: value column "class" holds names; want numbers`:                                   plots.Pie(iris, "class", "class"),
		`pie: want slices of equal length, got 2 names and 1 values`:                            plots.PieOf(two, []float64{1}),
		`pie: LogY does not apply here; this chart has no axes`:                                 plots.PieOf(two, []float64{1, 2}, plots.LogY()),
		`pie: the values add up to more than a number can hold`:                                 plots.PieOf(two, []float64{4e307, 4e307}),
		`layer: a chart without axes cannot lie over one with axes`:                             plots.Layer(plots.HistogramX([]float64{1, 2}), plots.PieOf(two, []float64{1, 2})),
		`pair: want 2 to 6 columns, got 1`:                                                      plots.Pairs(iris, []string{"petal_length"}),
		`pair: want 2 to 6 columns, got 7`:                                                      plots.Pairs(iris, make([]string, 7)),
		`pair: want different columns, got "petal_length" twice`:                                plots.Pairs(iris, []string{"petal_length", "petal_length"}),
		`pair: no column "petal_lenth"; did you mean "petal_length"?`:                           plots.Pairs(iris, []string{"petal_lenth", "petal_width"}),
		`pair: column "class" holds names; want numbers or moments`:                             plots.Pairs(iris, []string{"class", "petal_width"}),
		`pair: Color: no column "clas"; did you mean "class"?`:                                  plots.Pairs(iris, []string{"petal_length", "petal_width"}, plots.Color("clas")),
		`pair: column "x": no rows to draw`:                                                     plots.Pairs(empty, []string{"x", "y"}),
		`pair: Facet, notes, ranges and log scales do not apply here`:                           plots.Pairs(iris, []string{"petal_length", "petal_width"}, plots.LogX()),
		`layer: chart 1 is several charts beside one another`:                                   plots.Layer(plots.Pairs(iris, []string{"petal_length", "petal_width"})),
	}
}

// huge adds up to more than a chart can show.
func huge() *tables.Table {
	return tables.New(tables.Strings("name", "a", "a", "a", "a"), tables.Floats("v", 4e307, 4e307, 4e307, 4e307))
}

// TestGridErrors: bad input says in one line what was wanted and what came.
func TestGridErrors(t *testing.T) {
	for want, c := range badGrids() {
		want, _, _ = strings.Cut(want, " (")
		err := c.Err()
		if err == nil {
			t.Errorf("%s: no error, but %v", want, c)
			continue
		}
		if msg := err.Error(); !strings.HasPrefix(msg, "plots: "+want) || strings.Contains(msg, "\n") {
			t.Errorf("got  %s\nwant plots: %s", msg, want)
		}
	}
}

// TestGridExtremes: strange input makes a sound bundle within the size that a
// notebook can carry, and the caption says what is not drawn.
func TestGridExtremes(t *testing.T) {
	nan, inf := math.NaN(), math.Inf(1)
	many := categories(10_000)
	noise := cloud(20_000)
	big, most := noisy(300), noisy(180)
	days := make([]time.Time, 100)
	for i := range days {
		days[i] = time.Unix(int64(i)*40_000, 0)
	}
	moments := tables.New(tables.Times("when", days...), tables.Floats("v", make([]float64, 100)...))
	for _, c := range []struct {
		name    string
		chart   *plots.Chart
		caption string
	}{
		{"one cell", plots.HeatmapOf([]string{"a"}, []string{"b"}, [][]float64{{7}}, plots.Annotated()), ""},
		{"equal", plots.HeatmapOf(nil, nil, [][]float64{{2, 2}, {2, 2}}, plots.Diverging()), ""},
		{"all zero", plots.HeatmapOf(nil, nil, [][]float64{{0, 0}}, plots.Diverging(), plots.Annotated()), ""},
		{"holes", plots.HeatmapOf(nil, nil, [][]float64{{1, nan}, {inf, 2}}), ""},
		{"10,000 categories", plots.Heatmap(many, "item", "item", "sold"), "the 180 most frequent of 10,000 values of item"},
		{"300 by 300", plots.HeatmapOf(nil, nil, big), "300 × 300 values: each cell shows the mean of 2 × 2"},
		{"180 by 180", plots.HeatmapOf(nil, nil, most), ""},
		{"1,000 by 1,000", plots.HeatmapOf(nil, nil, noisy(1000), plots.Agg("max")), "1,000 × 1,000 values: each cell shows the max of 6 × 6"},
		{"300 by 300, values", plots.HeatmapOf(nil, nil, big, plots.Annotated()), "too small for their values"},
		{"binned", plots.Heatmap(noise, "x", "y", "energy"), "x in 32 bins"},
		{"binned logarithms", plots.Heatmap(noise, "x", "y", "energy", plots.LogX(), plots.LogY()), "not above 0 on a log scale"},
		{"moments", plots.Heatmap(moments, "when", "v", ""), "when in "},
		{"200 columns", plots.HeatmapOf(nil, nil, big[:3]), "300 × 3 values: each cell shows the mean of 2 × 1"},
		{"bins", plots.Heatmap(noise, "x", "y", "", plots.Bins(500)), "x in 1"},
		{"one point", plots.HexbinXY([]float64{3}, []float64{4}), ""},
		{"equal x", plots.HexbinXY([]float64{3, 3}, []float64{4, 5}), ""},
		{"not finite", plots.HexbinXY([]float64{1, nan, 3, inf}, []float64{1, 2, 3, 4}), "2 points left out"},
		{"extremes", plots.HexbinXY([]float64{-1e307, 1e307, 1e-300}, []float64{0, 1e-300, 1e300}), ""},
		{"small hexagons", plots.Hexbin(noise, "x", "y", plots.Bins(500)), "hexagons along x: at most 5,000 fit"},
		{"range", plots.Hexbin(noise, "x", "y", plots.XRange(0, 1)), "outside the range"},
		{"moments in hexagons", plots.Hexbin(moments, "when", "v"), ""},
		{"narrow", plots.Hexbin(noise, "x", "y", plots.Width(40), plots.Height(40)), ""},
		{"hexagons by a column", plots.Hexbin(noise, "x", "y", plots.Color("energy"), plots.Agg("median")), ""},
		{"facets of hexagons", plots.Hexbin(flowers(900), "petal_length", "sepal_length", plots.Facet("class")), ""},
		{"10,000 slices", plots.Pie(many, "item", "sold"), "the 7 largest of "},
		{"slices with a colour each", plots.Pie(many, "item", "sold", plots.Palette(twelve()...)), "the 11 largest of "},
		{"a slice of nothing", plots.PieOf([]string{"a", "b"}, []float64{0, 4}), "1 category left out: 0"},
		{"facets of pies", plots.Pie(flowers(30), "class", "petal_width", plots.Facet("class")), ""},
		{"tiny pie", plots.PieOf([]string{"a", "b"}, []float64{1, 4}, plots.Width(40)), ""},
		{"one row", plots.Pairs(flowers(1), []string{"petal_length", "petal_width"}), ""},
		{"six columns", plots.Pairs(quartet(5000), []string{"a", "b", "c", "d"}, plots.Color("a")), "scatters of "},
		{"10,000 colours", plots.Pairs(namedRows(10_000), []string{"x", "y", "energy"}, plots.Color("name")), "colours for the 7 most frequent"},
		{"one class in pairs", plots.Pairs(flowers(3), []string{"petal_length", "petal_width"}, plots.Color("class")), ""},
		{"equal in pairs", plots.Pairs(tables.New(tables.Floats("a", 1, 1, 1), tables.Floats("b", 1, 2, 3), tables.Strings("c", "u", "v", "u")), []string{"a", "b"}, plots.Color("c")), ""},
		{"pairs in a row", plots.Concat(plots.Pairs(flowers(30), []string{"petal_length", "petal_width"})), ""},
		{"pairs without a legend", plots.Pairs(flowers(30), []string{"petal_length", "petal_width"}, plots.Color("class"), plots.NoLegend()), ""},
		{"moments in pairs", plots.Pairs(moments, []string{"when", "v"}), ""},
		{"holes in pairs", plots.Pairs(tables.New(tables.Floats("a", 1, nan, 3), tables.Floats("b", 1, 2, inf)), []string{"a", "b"}), "2 rows without a finite value"},
	} {
		t.Run(c.name, func(t *testing.T) {
			checkBundle(t, c.chart)
			if !strings.Contains(c.chart.String(), c.caption) {
				t.Errorf("%s\nwant a caption with %q", c.chart, c.caption)
			}
			if n := weight(c.chart.Display()); n > 250_000 {
				t.Errorf("%d bytes in the notebook (specification %d), want at most 250,000", n, len(c.chart.Spec()))
			}
		})
	}
}

// twelve is twelve colours.
func twelve() []string {
	var out []string
	for i := range 12 {
		out = append(out, fmt.Sprintf("#%02X80%02X", 20*i, 250-20*i))
	}
	return out
}

// noisy is a matrix of n × n values without a pattern.
func noisy(n int) [][]float64 {
	out := make([][]float64, n)
	for i := range out {
		out[i] = make([]float64, n)
		for j := range out[i] {
			out[i][j] = math.Sin(float64(i*i*31 + j*j*17))
		}
	}
	return out
}

// TestHeatmapBlocks: a cell of a large matrix is the mean of its values, and
// the tooltip says of which.
func TestHeatmapBlocks(t *testing.T) {
	z := make([][]float64, 2)
	for i := range z {
		z[i] = make([]float64, 201)
		for j := range z[i] {
			z[i][j] = float64(1000*i + j)
		}
	}
	z[0][3] = math.NaN()
	cells := cellsOf(t, plots.HeatmapOf(nil, nil, z))
	for name, want := range map[string]float64{"0 to 1 0": 0.5, "2 to 3 0": 2, "198 to 199 1": 1198.5, "200 1": 1200} {
		if got, ok := cells[name]; !ok || math.Abs(got-want) > 0.05 {
			t.Errorf("the cell %s is %v, want %v", name, got, want)
		}
	}
}

// namedRows is a cloud whose rows have names of their own.
func namedRows(n int) *tables.Table {
	c := cloud(n)
	names := make([]string, n)
	for i := range names {
		names[i] = fmt.Sprintf("row %d", i)
	}
	return tables.New(tables.Floats("x", c.Float64s("x")...), tables.Floats("y", c.Float64s("y")...),
		tables.Floats("energy", c.Float64s("energy")...), tables.Strings("name", names...))
}

// TestHexbinCounts: no point is lost, and each is in the hexagon whose middle
// is nearest.
func TestHexbinCounts(t *testing.T) {
	rows := rowsOf(t, plots.Hexbin(cloud(5000), "x", "y"))
	if n := total(numbers(t, rows, "z")); n != 5000 {
		t.Errorf("the hexagons count %g points, want 5,000", n)
	}
	c := plots.HexbinXY([]float64{0, 0, 10}, []float64{0, 0, 10}, plots.Bins(5))
	rows = rowsOf(t, c)
	if len(rows) != 2 || rows[0]["z"] != 2.0 || rows[1]["z"] != 1.0 {
		t.Fatalf("the hexagons are %v", rows)
	}
	near(t, "the first hexagon's x", rows[0]["x"].(float64), 0, 1.5)
	near(t, "the last hexagon's y", rows[1]["y"].(float64), 10, 3)
}

// TestHexbinNearest compares with the obvious way to find a hexagon: the
// nearest of all middles.
func TestHexbinNearest(t *testing.T) {
	data := cloud(400)
	c := plots.Hexbin(data, "x", "y", plots.Bins(8))
	var spec struct {
		Width, Height float64
		Encoding      struct {
			X, Y struct{ Scale struct{ Domain [2]float64 } }
		}
	}
	if err := json.Unmarshal([]byte(c.Spec()), &spec); err != nil {
		t.Fatal(err)
	}
	rows := rowsOf(t, c)
	cx, cy, z := numbers(t, rows, "x"), numbers(t, rows, "y"), numbers(t, rows, "z")
	sx := spec.Width / (spec.Encoding.X.Scale.Domain[1] - spec.Encoding.X.Scale.Domain[0])
	sy := spec.Height / (spec.Encoding.Y.Scale.Domain[1] - spec.Encoding.Y.Scale.Domain[0])
	counts := make([]float64, len(rows))
	xs, ys := data.Float64s("x"), data.Float64s("y")
	for i := range xs {
		best, at := math.Inf(1), 0
		for k := range cx {
			if far := math.Hypot((xs[i]-cx[k])*sx, (ys[i]-cy[k])*sy); far < best {
				best, at = far, k
			}
		}
		counts[at]++
	}
	differ := 0.0
	for k := range z {
		differ += math.Abs(counts[k] - z[k])
	}
	if differ > 2 { // a point on the border of two, whose middles are rounded
		t.Errorf("%g points are in another hexagon than the nearest one", differ/2)
	}
}

// TestHexbinTiles: hexagons fit together on the axes that they are drawn on,
// also where something else makes these wider.
func TestHexbinTiles(t *testing.T) {
	hexagons := plots.Hexbin(cloud(2000), "x", "y")
	line := plots.LineXY([]float64{-20, 30}, []float64{-3, 7})
	for name, c := range map[string]*plots.Chart{
		"alone":      hexagons,
		"note":       hexagons.With(plots.HLine(40, "")),
		"range":      hexagons.With(plots.XRange(-1, 1)),
		"layer":      plots.Layer(hexagons, line),
		"layer size": plots.Layer(line, hexagons).With(plots.Width(300), plots.Height(500), plots.VLine(-50, "")),
		"other map":  plots.Layer(hexagons, plots.HexbinXY([]float64{20, 40, 60}, []float64{5, 6, 9})),
	} {
		t.Run(name, func(t *testing.T) {
			if c.Err() != nil {
				t.Fatal(c.Err())
			}
			x, y, side := hexagonsOf(t, c.Spec())
			if len(x) < 10 {
				t.Fatalf("%d hexagons", len(x))
			}
			for i := range x {
				// In rows and half columns from the first one.
				row, col := (y[i]-y[0])/(1.5*side), (x[i]-x[0])/(side*math.Sqrt(3)/2)
				near(t, "row", row, math.Round(row), 0.03)
				near(t, "half column", col, math.Round(col), 0.03)
			}
		})
	}
}

// hexagonsOf reads the middles of the hexagons of a specification, px, and how
// long their sides are.
func hexagonsOf(t *testing.T, text string) (x, y []float64, side float64) {
	t.Helper()
	type scale struct{ Scale struct{ Domain [2]float64 } }
	type unit struct {
		Mark     json.RawMessage
		Data     struct{ Values specRows }
		Encoding struct{ X, Y scale }
	}
	var spec struct {
		unit
		Width, Height float64
		Layer         []unit
	}
	if err := json.Unmarshal([]byte(text), &spec); err != nil {
		t.Fatal(err)
	}
	for _, u := range append(spec.Layer, spec.unit) {
		var mark struct{ Size struct{ Expr string } }
		if json.Unmarshal(u.Mark, &mark) != nil || mark.Size.Expr == "" {
			continue
		}
		var size float64
		if _, err := fmt.Sscanf(mark.Size.Expr, "%g*", &size); err != nil {
			t.Fatal(err)
		}
		side = math.Sqrt(size/4) - 0.3 // by which they reach over their neighbours
		dx, dy := u.Encoding.X.Scale.Domain, u.Encoding.Y.Scale.Domain
		for _, r := range u.Data.Values {
			x = append(x, (r["x"].(float64)-dx[0])/(dx[1]-dx[0])*spec.Width)
			y = append(y, (r["y"].(float64)-dy[0])/(dy[1]-dy[0])*spec.Height)
		}
		return x, y, side
	}
	t.Fatalf("no hexagons in %s", text)
	return nil, nil, 0
}

// TestCorrelationValues against numbers worked out by hand.
func TestCorrelationValues(t *testing.T) {
	nan := math.NaN()
	data := tables.New(tables.Floats("a", 1, 2, 3, 4), tables.Floats("b", 2, 1, 4, 3), tables.Floats("c", -1, -2, nan, -4))
	rows := cellsOf(t, plots.Correlation(data))
	want := map[string]float64{"a a": 1, "a b": 0.6, "a c": -1, "b c": -0.654653670707977}
	for pair, r := range want {
		near(t, pair, rows[pair], r, 1e-5)
		a, b, _ := strings.Cut(pair, " ")
		near(t, b+" "+a, rows[b+" "+a], r, 1e-5)
	}
}

// cellsOf is the values of a heat map by the names of x and y.
func cellsOf(t *testing.T, c *plots.Chart) map[string]float64 {
	t.Helper()
	if c.Err() != nil {
		t.Fatal(c.Err())
	}
	var spec struct {
		Layer []struct {
			Data struct{ Values specRows }
		}
		Data struct{ Values specRows }
	}
	if err := json.Unmarshal([]byte(c.Spec()), &spec); err != nil {
		t.Fatal(err)
	}
	rows := spec.Data.Values
	if len(spec.Layer) > 0 {
		rows = spec.Layer[0].Data.Values
	}
	out := map[string]float64{}
	for _, r := range rows {
		out[fmt.Sprintf("%v %v", r["i0"], r["i1"])] = r["z"].(float64)
	}
	return out
}

// TestHeatmapAggregates: several rows of a cell become one value.
func TestHeatmapAggregates(t *testing.T) {
	data := tables.New(tables.Strings("x", "a", "a", "a", "b"), tables.Strings("y", "u", "u", "u", "v"), tables.Floats("v", 1, 2, 6, 5))
	for how, want := range map[string]string{
		"sum": "map[a u:9 b v:5]", "mean": "map[a u:3 b v:5]", "median": "map[a u:2 b v:5]",
		"count": "map[a u:3 a v:0 b u:0 b v:1]",
	} {
		if got := fmt.Sprint(cellsOf(t, plots.Heatmap(data, "x", "y", "v", plots.Agg(how)))); got != want {
			t.Errorf("%s: %s, want %s", how, got, want)
		}
	}
}

// TestPieShares: slices in the order of the data, around the whole circle.
func TestPieShares(t *testing.T) {
	c := plots.PieOf([]string{"a", "b", "a"}, []float64{1, 2, 1})
	var spec struct {
		Layer []struct {
			Data struct{ Values specRows }
		}
	}
	if err := json.Unmarshal([]byte(c.Spec()), &spec); err != nil {
		t.Fatal(err)
	}
	rows := spec.Layer[0].Data.Values
	if len(rows) != 2 || rows[0]["i0"] != "a" || rows[0]["i2"] != "50%" || rows[1]["i1"] != "2" {
		t.Fatalf("the slices are %v", rows)
	}
	near(t, "the end of the first slice", rows[0]["x2"].(float64), math.Pi, 1e-3)
	near(t, "the end of the last slice", rows[1]["x2"].(float64), 2*math.Pi, 1e-3)
}

// TestPieWhole: a pie or ring of one slice has no line where it begins.
func TestPieWhole(t *testing.T) {
	for name, c := range map[string]*plots.Chart{"pie": plots.PieOf([]string{"all"}, []float64{3}), "ring": plots.RingOf([]string{"all"}, []float64{3})} {
		data, err := c.PNG()
		if err != nil {
			t.Fatal(err)
		}
		img := decode(t, data)
		blue := img.At(100, 210) // to the left below, inside the ring
		for x := 155; x <= 165; x++ {
			if got := img.At(x, 70); got != blue {
				t.Errorf("%s: above the middle, at %d, is %v, want %v", name, x, got, blue)
			}
		}
	}
}

// TestVegaGrids: the real Vega draws large heat maps and shared rows as many as
// there are, without a warning.
func TestVegaGrids(t *testing.T) {
	field := make([][]float64, 60)
	for i := range field {
		field[i] = make([]float64, 120)
		for j := range field[i] {
			field[i][j] = math.Sin(float64(i*j) / 50)
		}
	}
	field[3][4] = math.NaN()
	flower := []string{"petal_length", "petal_width"}
	specs := map[string]string{}
	for name, c := range map[string]*plots.Chart{
		"large":         plots.HeatmapOf(nil, nil, field),
		"annotated":     plots.HeatmapOf([]string{`a "b"`, "<c>"}, []string{"d\n'e'"}, [][]float64{{1, -2}}, plots.Annotated(), plots.Diverging()),
		"logarithms":    plots.Heatmap(incomes(5000), "income", "wealth", "", plots.LogX(), plots.LogY()),
		"layered":       plots.Layer(plots.HeatmapOf([]string{"a", "b"}, []string{"c"}, [][]float64{{1, 2}}), plots.HeatmapOf([]string{"d"}, []string{"c"}, [][]float64{{4}})),
		"moments":       plots.Heatmap(visits(), "when", "when", ""),
		"hexagons":      plots.Hexbin(visits(), "when", "when"),
		"facets":        plots.Hexbin(flowers(300), "petal_length", "sepal_length", plots.Facet("class")),
		"on dark":       plots.Box(flowers(60), "class", "petal_length", plots.Color("class")),
		"line on dark":  plots.LineXY([]float64{1, 2, 3}, []float64{1, 4, 9}),
		"bars on dark":  plots.Bar(sales(), "region", "revenue", plots.Color("product"), plots.NoLegend()),
		"zoomed":        plots.Hexbin(cloud(500), "x", "y", plots.XRange(-3, 6)),
		"zoomed log":    plots.Hexbin(incomes(500), "income", "wealth", plots.LogX(), plots.LogY(), plots.XRange(1e3, 1e6)),
		"concat":        plots.Concat(plots.Pairs(flowers(30), flower), plots.PieOf([]string{"a", "b"}, []float64{1, 2})),
		"no legend":     plots.Pairs(flowers(30), flower, plots.Color("class"), plots.NoLegend()),
		"pie no legend": plots.PieOf([]string{"a", "b"}, []float64{1, 2}, plots.NoLegend()),
	} {
		if err := c.Err(); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		specs[name] = c.Spec()
	}
	done := renderWith(t, specs, map[string]map[string]any{
		"on dark":      {"background": "#333"},
		"line on dark": {"background": "#333"},
		"bars on dark": {"background": "#333"},
		"zoomed":       {"zoom_x": []float64{-1, 2}, "zoom_y": []float64{0, 1}},
		"zoomed log":   {"zoom_x": []float64{1e4, 1e5}, "zoom_y": []float64{1e4, 1e5}},
	})
	for name, r := range done {
		t.Run(name, func(t *testing.T) { checkRendering(t, r, specs[name]) })
	}
	for _, name := range []string{"on dark", "line on dark", "bars on dark"} {
		if svg := done[name].SVG; strings.Contains(svg, "#0072B2") || !strings.Contains(svg, "#56B4E9") {
			t.Errorf("%s: the first colour is not the one for a dark ground: %s", name, svg)
		}
	}
	if svg := done["no legend"].SVG; !strings.Contains(svg, "#0072B2") || strings.Contains(svg, "#56B4E9") {
		t.Error("on white the first colour is not the one for a light ground")
	}
	for _, name := range []string{"zoomed", "zoomed log"} { // to a third of the x axis
		_, _, side := hexagonsOf(t, specs[name])
		near(t, name+": growth of the area", done[name].Size/(4*(side+0.3)*(side+0.3)), 9, 1e-3)
	}
	if n := done["large"].Marks["rect"]; n != 60*120-1 {
		t.Errorf("the large heat map has %d cells, want %d", n, 60*120-1)
	}
	tip, err := json.Marshal(done["large"].Tooltip)
	if want := fmt.Sprintf(`"value":"%.2f`, field[59][119]); err != nil || !strings.Contains(string(tip), `"x":"119","y":"59"`) || !strings.Contains(string(tip), want) {
		t.Errorf("the tooltip of the last cell is %s; want %s", tip, want)
	}
}
