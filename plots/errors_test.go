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
func badInputs() []drawn {
	iris, empty, days := flowers(30), noRows(), twoDays()
	many := categories(10_000)
	nan := math.NaN()
	return []drawn{
		{"missing column", plots.Scatter(iris, "sepal_lenght", "petal_length")},
		{"missing column, other case", plots.Line(iris, "sepal_length", "Petal_Length")},
		{"missing column, nothing near", plots.Line(iris, "sepal_length", "altitude")},
		{"missing colour column", plots.Scatter(iris, "sepal_length", "petal_length", plots.Color("clas"))},
		{"colour in place of a column", plots.Scatter(iris, "sepal_length", "petal_length", plots.Color("red"))},
		{"colour in place of a column, bar", plots.Bar(iris, "class", "petal_length", plots.Color("#D55E00"))},
		{"mean of no column", plots.Bar(iris, "class", "", plots.Agg("mean"))},
		{"missing further column", plots.Line(iris, "sepal_length", "petal_length", plots.Y("petal_widht"))},
		{"names as y of a line", plots.Line(iris, "sepal_length", "class")},
		{"names as value of a bar", plots.Bar(iris, "class", "class")},
		{"names as value of a pie", plots.Pie(iris, "class", "class")},
		{"names in a histogram", plots.Histogram(iris, "class")},
		{"names as size", plots.Scatter(iris, "sepal_length", "petal_length", plots.Size("class"))},
		{"names on a log scale", plots.Scatter(iris, "class", "petal_length", plots.LogX())},
		{"names in a range", plots.Scatter(iris, "class", "petal_length", plots.XRange(0, 1))},
		{"moments on a log scale", plots.Line(days, "day", "y", plots.LogX())},
		{"moments as colour", plots.Scatter(days, "y", "y", plots.Color("day"))},
		{"vectors", plots.Line(vectors(), "v", "y")},
		{"10,000 names on an axis", plots.Scatter(many, "item", "sold")},
		{"no rows, line", plots.Line(empty, "x", "y")},
		{"no rows, scatter", plots.Scatter(empty, "x", "y")},
		{"no rows, bar", plots.Bar(empty, "name", "y")},
		{"no rows, histogram", plots.Histogram(empty, "x")},
		{"no slices", plots.LineXY(nil, nil)},
		{"only NaN", plots.LineXY([]float64{1, 2}, []float64{nan, math.Inf(-1)})},
		{"only NaN, histogram", plots.HistogramX([]float64{nan})},
		{"only NaN, bar", plots.BarXY([]string{"a"}, []float64{nan})},
		{"nothing above zero", plots.ScatterXY([]float64{1, 2}, []float64{-1, 0}, plots.LogY())},
		{"nothing above zero, bar", plots.BarXY([]string{"a"}, []float64{-3}, plots.LogY())},
		{"function without a finite value", plots.Func(math.Log, -2, -1)},
		{"slices of different length", plots.LineXY([]float64{1, 2}, []float64{1})},
		{"bars of different length", plots.BarXY([]string{"a", "b"}, []float64{1})},
		{"nil table", plots.Bar(nil, "a", "b")},
		{"table with an error", plots.Bar(tables.New(tables.Floats("a", 1), tables.Floats("a", 2)), "a", "b")},
		{"nil function", plots.Func(nil, 0, 1)},
		{"empty interval", plots.Func(math.Sin, 1, 1)},
		{"infinite interval", plots.Func(math.Sin, 0, math.Inf(1))},
		{"option of another chart", plots.Scatter(iris, "sepal_length", "petal_length", plots.Bins(3))},
		{"empty option", plots.Scatter(iris, "sepal_length", "petal_length", plots.Option{})},
		{"no width", plots.HistogramX([]float64{1}, plots.Width(0))},
		{"NaN height", plots.HistogramX([]float64{1}, plots.Height(nan))},
		{"no bins", plots.HistogramX([]float64{1}, plots.Bins(0))},
		{"one sample", plots.Func(math.Sin, 0, 1, plots.Points(1))},
		{"unknown aggregate", plots.Bar(iris, "class", "petal_length", plots.Agg("average"))},
		{"reversed range", plots.ScatterXY([]float64{1}, []float64{1}, plots.YRange(2, 1))},
		{"range from zero on a log scale", plots.ScatterXY([]float64{1}, []float64{1}, plots.LogY(), plots.YRange(0, 1))},
		{"opacity", plots.ScatterXY([]float64{1}, []float64{1}, plots.Opacity(1.5))},
		{"stacked log bars", plots.Bar(sales(), "region", "revenue", plots.Color("product"), plots.LogY())},
		{"stacked log histogram", plots.Histogram(iris, "petal_length", plots.Color("class"), plots.LogY())},
		{"colour and several columns", plots.Line(iris, "sepal_length", "petal_length", plots.Y("petal_width"), plots.Color("class"))},
		{"layer of nothing", plots.Layer()},
		{"layer with an error", plots.Layer(plots.HistogramX([]float64{1}), plots.Line(iris, "sepal_length", "petal"))},
		{"layer of unlike axes", plots.Layer(plots.Bar(sales(), "region", "revenue"), plots.LineXY([]float64{1, 2}, []float64{1, 2}))},
		{"layer with a part's option", plots.Layer(plots.LineXY([]float64{1, 2}, []float64{1, 2})).With(plots.Color("class"))},
		{"options after an error", plots.Line(iris, "a", "b").With(plots.Title("still the error"))},
		{"the same y twice", plots.Line(iris, "sepal_length", "petal_length", plots.Y("petal_length"))},
		{"a name for several colours", plots.Line(iris, "sepal_length", "petal_length", plots.Color("class"), plots.Name("a"))},
		{"a name for several columns", plots.Line(iris, "sepal_length", "petal_length", plots.Y("petal_width"), plots.Name("a"))},
		{"groups of one colour", plots.Bar(iris, "class", "petal_length", plots.Grouped())},
		{"one area over nothing", plots.Area(iris, "sepal_length", "petal_length", plots.Overlaid())},
		{"columns of one panel", plots.Line(iris, "sepal_length", "petal_length", plots.Columns(2))},
		{"an aggregate of no values", plots.Count(iris, "class", plots.Agg("mean"))},
		{"an axis of several charts", plots.Concat(plots.HistogramX([]float64{1})).With(plots.XLabel("a"))},
		{"an axis of a pie", plots.PieOf([]string{"a"}, []float64{1}, plots.HLine(1, ""))},
		{"bins of names", plots.Heatmap(iris, "class", "class", "", plots.Bins(3))},
		{"an aggregate of cells", plots.HeatmapOf(nil, nil, [][]float64{{1}}, plots.Agg("sum"))},
		{"a range that no axis can show", plots.HistogramX([]float64{1}, plots.XRange(1, math.Nextafter(1, 2)))},
		{"very long names", plots.Line(iris, strings.Repeat("sepal ", 1000), "class")},
		{"nil chart", (*plots.Chart)(nil)},
		{"zero chart", &plots.Chart{}},
	}
}

func noRows() *tables.Table {
	return tables.New(tables.Floats("x"), tables.Floats("y"), tables.Strings("name"))
}

func twoDays() *tables.Table {
	return tables.New(tables.Times("day", time.Unix(0, 0), time.Unix(86400, 0)), tables.Floats("y", 1, 2))
}

// TestErrors: bad input makes a chart that carries one clear line, shows it as
// text, and has no picture.
func TestErrors(t *testing.T) {
	checkRefused(t, "errors.txt", badInputs())
}

// A drawn is a chart, or a grid of images, and what a test calls it.
type drawn struct {
	name  string
	chart interface {
		Err() error
		String() string
		Save(path string) error
		Display() show.Bundle
	}
}

// checkRefused: what cannot be drawn carries one clear line, shows it as text, and
// has no picture; the file holds the lines.
func checkRefused(t *testing.T, file string, all []drawn) {
	t.Helper()
	var b strings.Builder
	for _, c := range all {
		err := c.chart.Err()
		if err == nil {
			t.Errorf("%s: no error, but %s", c.name, c.chart)
			continue
		}
		msg := err.Error()
		fmt.Fprintf(&b, "%s\n\t%s\n", c.name, msg)
		if !strings.HasPrefix(msg, "plots: ") || strings.Contains(msg, "\n") || strings.Count(msg, "plots: ") > 1 {
			t.Errorf("%s: %q is not one line that begins with the package", c.name, msg)
		}
		bundle := c.chart.Display()
		html, _ := bundle.Data[show.MIMEHTML].(string)
		if bundle.Data[show.MIMEText] != msg || len(bundle.Data) != 2 || !strings.Contains(html, `<div class="sheaf-error">plots: `) {
			t.Errorf("%s: the display is %v, want the error as text and marked as one", c.name, bundle.Data)
		}
		if c.chart.String() != msg || c.chart.Save(t.TempDir()+"/a.png") == nil {
			t.Errorf("%s: reads %q, or has a file; want its error", c.name, c.chart)
		}
		if chart, ok := c.chart.(*plots.Chart); ok && chart.Spec() != "" {
			t.Errorf("%s: a chart with an error has a specification", c.name)
		}
	}
	goldenText(t, file, b.String())
}

// checkLittle: what is odd makes a chart that makes sense, and says what it leaves
// out; the file holds what the charts are called.
func checkLittle(t *testing.T, file string, all []drawn) {
	t.Helper()
	var b strings.Builder
	for _, c := range all {
		if err := c.chart.Err(); err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		checkBundle(t, c.chart.(*plots.Chart))
		fmt.Fprintf(&b, "%s\n\t%s\n", c.name, c.chart)
	}
	goldenText(t, file, b.String())
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
