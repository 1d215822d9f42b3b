package plots_test

import (
	"math"
	"testing"

	"github.com/sheaf-go/sheaf/plots"
	"github.com/sheaf-go/sheaf/tables"
)

// badStats are areas, bands, densities, boxes, violins and strips that cannot be
// drawn; testdata/stats_errors.txt holds what they say.
func badStats() []drawn {
	iris, empty, days := flowers(30), noRows(), twoDays()
	two := []float64{1, 2}
	nan := math.NaN()
	return []drawn{
		{"area, missing column", plots.Area(iris, "sepal_length", "petal")},
		{"area, names as y", plots.Area(iris, "sepal_length", "class")},
		{"area, moments as y", plots.Area(days, "y", "day")},
		{"area, log scale", plots.AreaXY(two, two, plots.LogY())},
		{"area, stacked below zero", plots.Area(tables.New(tables.Floats("x", 1, 2), tables.Floats("y", 1, -2), tables.Strings("c", "a", "b")), "x", "y", plots.Color("c"))},
		{"area, stacked below zero over names", plots.Area(tables.New(tables.Strings("x", "Jan", "Feb"), tables.Floats("y", 1, -2), tables.Strings("c", "a", "b")), "x", "y", plots.Color("c"))},
		{"area, no rows", plots.Area(empty, "x", "y")},
		{"area, only NaN", plots.AreaXY(two, []float64{nan, math.Inf(1)})},
		{"area, slices of different length", plots.AreaXY(two, []float64{1})},
		{"area, colour and several columns", plots.Area(iris, "sepal_length", "petal_length", plots.Y("petal_width"), plots.Color("class"))},
		{"overlaid scatter", plots.ScatterXY(two, two, plots.Overlaid())},
		{"band, names as y", plots.ErrorBand(iris, "sepal_length", "class")},
		{"band, 10,000 names", plots.ErrorBand(categories(10_000), "item", "sold")},
		{"band, no rows", plots.ErrorBand(empty, "x", "y")},
		{"band, unknown interval", plots.ErrorBand(iris, "sepal_length", "petal_length", plots.Interval("95"))},
		{"band, slices of different length", plots.ErrorBandXY(two, two, two, []float64{1})},
		{"band, ends the wrong way round", plots.ErrorBandXY(two, two, []float64{0, 3}, []float64{3, 2})},
		{"band, interval of given ends", plots.ErrorBandXY(two, two, two, two, plots.Interval("sd"))},
		{"band, nothing above zero", plots.ErrorBandXY(two, []float64{-1, 0}, []float64{-2, -1}, two, plots.LogY())},
		{"density, names", plots.Density(iris, "class")},
		{"density, no rows", plots.Density(empty, "x")},
		{"density, only NaN", plots.DensityX([]float64{nan})},
		{"density, bandwidth", plots.DensityX(two, plots.Bandwidth(0))},
		{"density, bandwidth NaN", plots.DensityX(two, plots.Bandwidth(nan))},
		{"density, too large", plots.DensityX([]float64{-4e307, 4e307})},
		{"density, bandwidth too small", plots.DensityX([]float64{1e9, 1e9}, plots.Bandwidth(1e-9))},
		{"box, missing category", plots.Box(iris, "clas", "petal_length")},
		{"box, missing value", plots.Box(iris, "class", "petal_lenth")},
		{"box, names as value", plots.Box(iris, "class", "class")},
		{"box, moments as value", plots.Box(days, "y", "day")},
		{"box, no rows", plots.Box(empty, "name", "x")},
		{"box, no lists", plots.BoxOf(nil, nil)},
		{"box, empty lists", plots.BoxOf([]string{"a", "b"}, [][]float64{{}, nil})},
		{"box, names and lists differ", plots.BoxOf([]string{"a"}, [][]float64{two, two})},
		{"box, only NaN", plots.BoxOf([]string{"a"}, [][]float64{{nan, nan}})},
		{"box, nothing above zero", plots.BoxOf([]string{"a"}, [][]float64{{-1, 0}}, plots.LogY())},
		{"box, log scale of names", plots.Box(iris, "class", "petal_length", plots.LogX())},
		{"box, range of names", plots.Box(iris, "class", "petal_length", plots.Horizontal(), plots.YRange(0, 1))},
		{"box, missing colour", plots.Box(iris, "class", "petal_length", plots.Color("color"))},
		{"box, nil table", plots.Box(nil, "a", "b")},
		{"violin, names as value", plots.Violin(iris, "class", "class")},
		{"violin, bandwidth", plots.Violin(iris, "class", "petal_length", plots.Bandwidth(-1))},
		{"violin, option of boxes", plots.Violin(iris, "class", "petal_length", plots.NoOutliers())},
		{"violin, names and lists differ", plots.ViolinOf(nil, [][]float64{two})},
		{"strip, no rows", plots.Strip(empty, "name", "y")},
		{"strip, moments as colour", plots.Strip(days, "", "y", plots.Color("day"))},
		{"strip, names and lists differ", plots.StripOf([]string{"a", "b"}, [][]float64{two})},
		{"horizontal bars on a log scale", plots.Bar(sales(), "region", "revenue", plots.Horizontal(), plots.LogX())},
		{"horizontal line", plots.LineXY(two, two, plots.Horizontal())},
	}
}

// TestStatsErrors: bad input makes a chart that carries one clear line and shows
// it.
func TestStatsErrors(t *testing.T) {
	checkRefused(t, "stats_errors.txt", badStats())
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
	checkLittle(t, "stats_captions.txt", []drawn{
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
	})
}
