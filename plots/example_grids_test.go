package plots_test

import (
	"fmt"
	"math"

	"github.com/sheaf-go/sheaf/plots"
	"github.com/sheaf-go/sheaf/tables"
)

func ExampleHeatmap() {
	t := tables.New(
		tables.Strings("day", "Mon", "Mon", "Tue", "Tue", "Tue"),
		tables.Ints("hour", 8, 9, 8, 9, 9),
		tables.Floats("riders", 31, 12, 28, 16, 20),
	)
	fmt.Println(plots.Heatmap(t, "hour", "day", "riders"))
	fmt.Println(plots.Heatmap(t, "hour", "day", "", plots.Title("Rows")))
	// Output:
	// heatmap chart: day by hour, 4 cells
	// heatmap chart "Rows": day by hour, 4 cells
}

func ExampleHeatmapOf() {
	confusion := [][]float64{{48, 2}, {5, 45}}
	names := []string{"cat", "dog"}
	fmt.Println(plots.HeatmapOf(names, names, confusion, plots.Annotated(), plots.XLabel("predicted"), plots.YLabel("true")))
	// Output: heatmap chart: true by predicted, 4 cells
}

func ExampleCorrelation() {
	t := tables.New(tables.Floats("x", 1, 2, 3, 4), tables.Floats("twice", 2, 4, 6, 8), tables.Floats("back", 4, 3, 2, 1))
	fmt.Println(plots.Correlation(t))
	fmt.Println(plots.Correlation(t, "x", "bakc"))
	// Output:
	// heatmap chart, 9 cells
	// plots: correlation: no column "bakc"; did you mean "back"?
}

func ExampleAnnotated() {
	fmt.Println(plots.HeatmapOf(nil, nil, [][]float64{{1, 2}, {3, 4}}, plots.Annotated()))
	// Output: heatmap chart, 4 cells
}

func ExampleDiverging() {
	fmt.Println(plots.HeatmapOf(nil, nil, [][]float64{{-1, 0, 0.5}}, plots.Diverging()))
	// Output: heatmap chart, 3 cells
}

func ExampleHexbin() {
	t := tables.New(tables.Floats("x", 0, 0, 1, 1), tables.Floats("y", 0, 0, 1, 1), tables.Floats("t", 1, 3, 5, 7))
	fmt.Println(plots.Hexbin(t, "x", "y"))
	fmt.Println(plots.Hexbin(t, "x", "y", plots.Color("t"), plots.Agg("max"), plots.Bins(10)))
	// Output:
	// hexbin chart: y by x, 2 hexagons
	// hexbin chart: y by x, 2 hexagons
}

func ExampleHexbinXY() {
	fmt.Println(plots.HexbinXY([]float64{1, 2, math.NaN()}, []float64{3, 4, 5}))
	// Output: hexbin chart: y by x, 2 hexagons; 1 point left out: missing or not finite
}

func ExamplePie() {
	t := tables.New(tables.Strings("drink", "tea", "coffee", "tea"), tables.Floats("cups", 3, 5, 2))
	fmt.Println(plots.Pie(t, "drink", "cups"))
	// Output: pie chart, 2 slices in 2 series
}

func ExamplePieOf() {
	fmt.Println(plots.PieOf([]string{"yes", "no"}, []float64{7, -3}))
	// Output: plots: pie: want values of 0 and above, got -3 for "no"
}

func ExampleRing() {
	t := tables.New(tables.Strings("drink", "tea", "coffee", "tea"))
	fmt.Println(plots.Ring(t, "drink", "", plots.Title("Orders")))
	// Output: pie chart "Orders", 2 slices in 2 series
}

func ExampleRingOf() {
	fmt.Println(plots.RingOf([]string{"used", "free"}, []float64{30, 70}))
	// Output: pie chart, 2 slices in 2 series
}

func ExamplePairs() {
	t := tables.New(tables.Floats("height", 1.62, 1.80, 1.75), tables.Floats("weight", 61, 83, 70), tables.Ints("age", 31, 45, 28))
	fmt.Println(plots.Pairs(t, []string{"height", "weight"}))
	fmt.Println(plots.Pairs(t, nil)) // all columns of numbers
	// Output:
	// pair chart, 4 panels
	// pair chart, 9 panels
}
