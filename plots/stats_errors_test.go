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

// badStats are areas, bands, densities, boxes, violins and strips that cannot be
// drawn; testdata/stats_errors.txt holds what they say.
func badStats() []sample {
	iris := flowers(30)
	empty := tables.New(tables.Floats("x"), tables.Floats("y"), tables.Strings("name"))
	days := tables.New(tables.Times("day", time.Unix(0, 0), time.Unix(86400, 0)), tables.Floats("y", 1, 2))
	two := []float64{1, 2}
	nan := math.NaN()
	c := func(name string, chart *plots.Chart) sample {
		return sample{name, func() *plots.Chart { return chart }}
	}
	return []sample{
		c("area, missing column", plots.Area(iris, "sepal_length", "petal")),
		c("area, names as y", plots.Area(iris, "sepal_length", "class")),
		c("area, moments as y", plots.Area(days, "y", "day")),
		c("area, log scale", plots.AreaXY(two, two, plots.LogY())),
		c("area, stacked below zero", plots.Area(tables.New(tables.Floats("x", 1, 2), tables.Floats("y", 1, -2), tables.Strings("c", "a", "b")), "x", "y", plots.Color("c"))),
		c("area, stacked below zero over names", plots.Area(tables.New(tables.Strings("x", "Jan", "Feb"), tables.Floats("y", 1, -2), tables.Strings("c", "a", "b")), "x", "y", plots.Color("c"))),
		c("area, no rows", plots.Area(empty, "x", "y")),
		c("area, only NaN", plots.AreaXY(two, []float64{nan, math.Inf(1)})),
		c("area, slices of different length", plots.AreaXY(two, []float64{1})),
		c("area, colour and several columns", plots.Area(iris, "sepal_length", "petal_length", plots.Y("petal_width"), plots.Color("class"))),
		c("overlaid scatter", plots.ScatterXY(two, two, plots.Overlaid())),
		c("band, names as y", plots.ErrorBand(iris, "sepal_length", "class")),
		c("band, 10,000 names", plots.ErrorBand(categories(10_000), "item", "sold")),
		c("band, no rows", plots.ErrorBand(empty, "x", "y")),
		c("band, unknown interval", plots.ErrorBand(iris, "sepal_length", "petal_length", plots.Interval("95"))),
		c("band, slices of different length", plots.ErrorBandXY(two, two, two, []float64{1})),
		c("band, ends the wrong way round", plots.ErrorBandXY(two, two, []float64{0, 3}, []float64{3, 2})),
		c("band, interval of given ends", plots.ErrorBandXY(two, two, two, two, plots.Interval("sd"))),
		c("band, nothing above zero", plots.ErrorBandXY(two, []float64{-1, 0}, []float64{-2, -1}, two, plots.LogY())),
		c("density, names", plots.Density(iris, "class")),
		c("density, no rows", plots.Density(empty, "x")),
		c("density, only NaN", plots.DensityX([]float64{nan})),
		c("density, bandwidth", plots.DensityX(two, plots.Bandwidth(0))),
		c("density, bandwidth NaN", plots.DensityX(two, plots.Bandwidth(nan))),
		c("density, too large", plots.DensityX([]float64{-4e307, 4e307})),
		c("density, bandwidth too small", plots.DensityX([]float64{1e9, 1e9}, plots.Bandwidth(1e-9))),
		c("box, missing category", plots.Box(iris, "clas", "petal_length")),
		c("box, missing value", plots.Box(iris, "class", "petal_lenth")),
		c("box, names as value", plots.Box(iris, "class", "class")),
		c("box, moments as value", plots.Box(days, "y", "day")),
		c("box, no rows", plots.Box(empty, "name", "x")),
		c("box, no lists", plots.BoxOf(nil, nil)),
		c("box, empty lists", plots.BoxOf([]string{"a", "b"}, [][]float64{{}, nil})),
		c("box, names and lists differ", plots.BoxOf([]string{"a"}, [][]float64{two, two})),
		c("box, only NaN", plots.BoxOf([]string{"a"}, [][]float64{{nan, nan}})),
		c("box, nothing above zero", plots.BoxOf([]string{"a"}, [][]float64{{-1, 0}}, plots.LogY())),
		c("box, log scale of names", plots.Box(iris, "class", "petal_length", plots.LogX())),
		c("box, range of names", plots.Box(iris, "class", "petal_length", plots.Horizontal(), plots.YRange(0, 1))),
		c("box, missing colour", plots.Box(iris, "class", "petal_length", plots.Color("color"))),
		c("box, nil table", plots.Box(nil, "a", "b")),
		c("violin, names as value", plots.Violin(iris, "class", "class")),
		c("violin, bandwidth", plots.Violin(iris, "class", "petal_length", plots.Bandwidth(-1))),
		c("violin, option of boxes", plots.Violin(iris, "class", "petal_length", plots.NoOutliers())),
		c("violin, names and lists differ", plots.ViolinOf(nil, [][]float64{two})),
		c("strip, no rows", plots.Strip(empty, "name", "y")),
		c("strip, moments as colour", plots.Strip(days, "", "y", plots.Color("day"))),
		c("strip, names and lists differ", plots.StripOf([]string{"a", "b"}, [][]float64{two})),
		c("horizontal bars on a log scale", plots.Bar(sales(), "region", "revenue", plots.Horizontal(), plots.LogX())),
		c("horizontal line", plots.LineXY(two, two, plots.Horizontal())),
	}
}

// TestStatsErrors: bad input makes a chart that carries one clear line and shows
// it.
func TestStatsErrors(t *testing.T) {
	var b strings.Builder
	for _, s := range badStats() {
		c := s.chart()
		err := c.Err()
		if err == nil {
			t.Errorf("%s: no error, but %s", s.name, c)
			continue
		}
		msg := err.Error()
		fmt.Fprintf(&b, "%s\n\t%s\n", s.name, msg)
		if !strings.HasPrefix(msg, "plots: ") || strings.Contains(msg, "\n") {
			t.Errorf("%s: %q is not one line that begins with the package", s.name, msg)
		}
		if got := c.Display().Data[show.MIMEText]; got != msg || c.Spec() != "" {
			t.Errorf("%s: the display says %v", s.name, got)
		}
	}
	goldenText(t, "stats_errors.txt", b.String())
}

// TestStatsCaptions: odd input makes a chart that makes sense, and says what it
// leaves out.
func TestStatsCaptions(t *testing.T) {
	nan := math.NaN()
	many := categories(10_000)
	few := tables.New(
		tables.Column("c", []any{"a", nil, "b", "a", "b"}),
		tables.Floats("x", 1, 2, 2, nan, 5),
		tables.Floats("y", 1, 2, math.Inf(1), -4, 5),
	)
	skewed := make([]float64, 20_000)
	for i := range skewed {
		skewed[i] = math.Exp(float64(i%1000) / 100)
	}
	xs, ys := walk(10_000)
	var b strings.Builder
	for _, s := range []struct {
		name  string
		chart *plots.Chart
	}{
		{"area of one point", plots.AreaXY([]float64{1}, []float64{2})},
		{"area of missing values", plots.Area(few, "x", "y", plots.Color("c"))},
		{"long area", plots.AreaXY(xs, ys)},
		{"long stacked area", plots.Area(stations(12), "hour", "load", plots.Color("station"))},
		{"overlaid below zero", plots.Area(few, "x", "y", plots.Color("c"), plots.Overlaid())},
		{"band of one row each", plots.ErrorBandXY([]float64{2, 1}, []float64{5, 6}, []float64{5, 6}, []float64{5, 6})},
		{"band of missing values", plots.ErrorBand(few, "x", "y")},
		{"band on a log scale", plots.ErrorBandXY([]float64{1, 2}, []float64{5, 6}, []float64{-5, 6}, []float64{6, 6}, plots.LogY())},
		{"density of one value", plots.DensityX([]float64{3})},
		{"density of equal values", plots.DensityX([]float64{7, 7, 7})},
		{"density of a tiny bandwidth", plots.DensityX([]float64{1, 2, 3, 1e6}, plots.Bandwidth(1e-6))},
		{"density of missing values", plots.Density(few, "y", plots.Color("c"))},
		{"density on log scales", plots.Density(few, "y", plots.LogX(), plots.LogY())},
		{"box of one value", plots.BoxOf([]string{"a"}, [][]float64{{3}})},
		{"box of equal values", plots.BoxOf([]string{"a"}, [][]float64{{3, 3, 3}})},
		{"box of missing values", plots.Box(few, "c", "y")},
		{"boxes of 10,000 categories", plots.Box(many, "item", "sold")},
		{"boxes of 10,000 classes", plots.Box(many, "", "sold", plots.Color("item"))},
		{"box of many outliers", plots.BoxOf([]string{"a"}, [][]float64{skewed})},
		{"box of huge values", plots.BoxOf([]string{"a"}, [][]float64{{-4e307, 0, 4e307}})},
		{"violin of equal values", plots.ViolinOf([]string{"a", "b"}, [][]float64{{3, 3, 3}, {1}})},
		{"violin of missing values", plots.Violin(few, "c", "y")},
		{"violins of 10,000 categories", plots.Violin(many, "item", "sold")},
		{"violin of a list without values", plots.ViolinOf([]string{"a", "b"}, [][]float64{{}, {1, 2, 3}})},
		{"strip of missing values", plots.Strip(few, "c", "y")},
		{"strip of 10,000 categories", plots.Strip(many, "item", "sold")},
		{"strip of many rows", plots.StripOf([]string{"a"}, [][]float64{skewed})},
		{"strip of numbers as colours", plots.Strip(flowers(90), "class", "petal_length", plots.Color("petal_width"))},
		{"horizontal bars of 10,000 categories", plots.Bar(many, "item", "sold", plots.Horizontal())},
		{"horizontal bars below zero", plots.BarXY([]string{"a", "b"}, []float64{-1, 1}, plots.Horizontal())},
	} {
		if err := s.chart.Err(); err != nil {
			t.Errorf("%s: %v", s.name, err)
			continue
		}
		checkBundle(t, s.chart)
		fmt.Fprintf(&b, "%s\n\t%s\n", s.name, s.chart)
	}
	goldenText(t, "stats_captions.txt", b.String())
}
