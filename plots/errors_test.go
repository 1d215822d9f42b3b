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

func vectors() *tables.Table {
	return tables.New(tables.Column("v", [][]float64{{1, 2}, {3}}), tables.Floats("y", 1, 2))
}

// badInputs are charts that cannot be drawn; testdata/errors.txt holds what
// they say.
func badInputs() []sample {
	iris := flowers(30)
	empty := tables.New(tables.Floats("x"), tables.Floats("y"), tables.Strings("name"))
	many := categories(10_000)
	nan := math.NaN()
	days := tables.New(tables.Times("day", time.Unix(0, 0), time.Unix(86400, 0)), tables.Floats("y", 1, 2))
	c := func(name string, chart *plots.Chart) sample {
		return sample{name, func() *plots.Chart { return chart }}
	}
	return []sample{
		c("missing column", plots.Scatter(iris, "sepal_lenght", "petal_length")),
		c("missing column, other case", plots.Line(iris, "sepal_length", "Petal_Length")),
		c("missing column, nothing near", plots.Line(iris, "sepal_length", "altitude")),
		c("missing colour column", plots.Scatter(iris, "sepal_length", "petal_length", plots.Color("clas"))),
		c("colour in place of a column", plots.Scatter(iris, "sepal_length", "petal_length", plots.Color("red"))),
		c("colour in place of a column, bar", plots.Bar(iris, "class", "petal_length", plots.Color("#D55E00"))),
		c("mean of no column", plots.Bar(iris, "class", "", plots.Agg("mean"))),
		c("missing further column", plots.Line(iris, "sepal_length", "petal_length", plots.Y("petal_widht"))),
		c("names as y of a line", plots.Line(iris, "sepal_length", "class")),
		c("names as value of a bar", plots.Bar(iris, "class", "class")),
		c("names as value of a pie", plots.Pie(iris, "class", "class")),
		c("names in a histogram", plots.Histogram(iris, "class")),
		c("names as size", plots.Scatter(iris, "sepal_length", "petal_length", plots.Size("class"))),
		c("names on a log scale", plots.Scatter(iris, "class", "petal_length", plots.LogX())),
		c("names in a range", plots.Scatter(iris, "class", "petal_length", plots.XRange(0, 1))),
		c("moments on a log scale", plots.Line(days, "day", "y", plots.LogX())),
		c("moments as colour", plots.Scatter(days, "y", "y", plots.Color("day"))),
		c("vectors", plots.Line(vectors(), "v", "y")),
		c("10,000 names on an axis", plots.Scatter(many, "item", "sold")),
		c("no rows, line", plots.Line(empty, "x", "y")),
		c("no rows, scatter", plots.Scatter(empty, "x", "y")),
		c("no rows, bar", plots.Bar(empty, "name", "y")),
		c("no rows, histogram", plots.Histogram(empty, "x")),
		c("no slices", plots.LineXY(nil, nil)),
		c("only NaN", plots.LineXY([]float64{1, 2}, []float64{nan, math.Inf(-1)})),
		c("only NaN, histogram", plots.HistogramX([]float64{nan})),
		c("only NaN, bar", plots.BarXY([]string{"a"}, []float64{nan})),
		c("nothing above zero", plots.ScatterXY([]float64{1, 2}, []float64{-1, 0}, plots.LogY())),
		c("nothing above zero, bar", plots.BarXY([]string{"a"}, []float64{-3}, plots.LogY())),
		c("function without a finite value", plots.Func(math.Log, -2, -1)),
		c("slices of different length", plots.LineXY([]float64{1, 2}, []float64{1})),
		c("bars of different length", plots.BarXY([]string{"a", "b"}, []float64{1})),
		c("nil table", plots.Bar(nil, "a", "b")),
		c("table with an error", plots.Bar(tables.New(tables.Floats("a", 1), tables.Floats("a", 2)), "a", "b")),
		c("nil function", plots.Func(nil, 0, 1)),
		c("empty interval", plots.Func(math.Sin, 1, 1)),
		c("infinite interval", plots.Func(math.Sin, 0, math.Inf(1))),
		c("option of another chart", plots.Scatter(iris, "sepal_length", "petal_length", plots.Bins(3))),
		c("empty option", plots.Scatter(iris, "sepal_length", "petal_length", plots.Option{})),
		c("no width", plots.HistogramX([]float64{1}, plots.Width(0))),
		c("NaN height", plots.HistogramX([]float64{1}, plots.Height(nan))),
		c("no bins", plots.HistogramX([]float64{1}, plots.Bins(0))),
		c("one sample", plots.Func(math.Sin, 0, 1, plots.Points(1))),
		c("unknown aggregate", plots.Bar(iris, "class", "petal_length", plots.Agg("average"))),
		c("reversed range", plots.ScatterXY([]float64{1}, []float64{1}, plots.YRange(2, 1))),
		c("range from zero on a log scale", plots.ScatterXY([]float64{1}, []float64{1}, plots.LogY(), plots.YRange(0, 1))),
		c("opacity", plots.ScatterXY([]float64{1}, []float64{1}, plots.Opacity(1.5))),
		c("stacked log bars", plots.Bar(sales(), "region", "revenue", plots.Color("product"), plots.LogY())),
		c("stacked log histogram", plots.Histogram(iris, "petal_length", plots.Color("class"), plots.LogY())),
		c("colour and several columns", plots.Line(iris, "sepal_length", "petal_length", plots.Y("petal_width"), plots.Color("class"))),
		c("layer of nothing", plots.Layer()),
		c("layer with an error", plots.Layer(plots.HistogramX([]float64{1}), plots.Line(iris, "sepal_length", "petal"))),
		c("layer of unlike axes", plots.Layer(plots.Bar(sales(), "region", "revenue"), plots.LineXY([]float64{1, 2}, []float64{1, 2}))),
		c("layer with a part's option", plots.Layer(plots.LineXY([]float64{1, 2}, []float64{1, 2})).With(plots.Color("class"))),
		c("options after an error", plots.Line(iris, "a", "b").With(plots.Title("still the error"))),
		c("the same y twice", plots.Line(iris, "sepal_length", "petal_length", plots.Y("petal_length"))),
		c("a name for several colours", plots.Line(iris, "sepal_length", "petal_length", plots.Color("class"), plots.Name("a"))),
		c("a name for several columns", plots.Line(iris, "sepal_length", "petal_length", plots.Y("petal_width"), plots.Name("a"))),
		c("groups of one colour", plots.Bar(iris, "class", "petal_length", plots.Grouped())),
		c("one area over nothing", plots.Area(iris, "sepal_length", "petal_length", plots.Overlaid())),
		c("columns of one panel", plots.Line(iris, "sepal_length", "petal_length", plots.Columns(2))),
		c("an aggregate of no values", plots.Count(iris, "class", plots.Agg("mean"))),
		c("an axis of several charts", plots.Concat(plots.HistogramX([]float64{1})).With(plots.XLabel("a"))),
		c("an axis of a pie", plots.PieOf([]string{"a"}, []float64{1}, plots.HLine(1, ""))),
		c("bins of names", plots.Heatmap(iris, "class", "class", "", plots.Bins(3))),
		c("an aggregate of cells", plots.HeatmapOf(nil, nil, [][]float64{{1}}, plots.Agg("sum"))),
		c("a range that no axis can show", plots.HistogramX([]float64{1}, plots.XRange(1, math.Nextafter(1, 2)))),
		c("very long names", plots.Line(iris, strings.Repeat("sepal ", 1000), "class")),
		c("nil chart", nil),
		c("zero chart", &plots.Chart{}),
	}
}

// TestErrors: bad input makes a chart that carries one clear line, shows it as
// text, and has no picture.
func TestErrors(t *testing.T) {
	var b strings.Builder
	for _, s := range badInputs() {
		c := s.chart()
		err := c.Err()
		if err == nil {
			t.Errorf("%s: no error", s.name)
			continue
		}
		msg := err.Error()
		fmt.Fprintf(&b, "%s\n\t%s\n", s.name, msg)
		if !strings.HasPrefix(msg, "plots: ") || strings.Contains(msg, "\n") {
			t.Errorf("%s: %q is not one line that begins with the package", s.name, msg)
		}
		bundle := c.Display()
		html, _ := bundle.Data[show.MIMEHTML].(string)
		if bundle.PlainText() != msg || len(bundle.Data) != 2 || !strings.Contains(html, `<div class="sheaf-error">plots: `) {
			t.Errorf("%s: the display is %v, want the error as text and marked as one", s.name, bundle.Data)
		}
		if c.Spec() != "" || c.Save(t.TempDir()+"/a.png") == nil {
			t.Errorf("%s: a chart with an error has a specification or a file", s.name)
		}
		if bundle.Data[show.MIMEText] == nil {
			t.Errorf("%s: no text in the display", s.name)
		}
	}
	goldenText(t, "errors.txt", b.String())
}

// TestSaveErrors: a wrong ending and a folder that isn't there.
func TestSaveErrors(t *testing.T) {
	c := plots.HistogramX([]float64{1, 2, 3})
	for path, want := range map[string]string{
		"a.gif":                        `plots: save: want a name ending in .png, .svg, .pdf or .json, got "a.gif"`,
		"a":                            `plots: save: want a name ending in .png, .svg, .pdf or .json, got "a"`,
		t.TempDir() + "/missing/a.png": "no such file or directory",
	} {
		if err := c.Save(path); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("Save(%q) = %v, want %s", path, err, want)
		}
	}
}
