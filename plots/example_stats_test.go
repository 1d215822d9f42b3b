package plots_test

import (
	"fmt"

	"github.com/sheaf-go/sheaf/plots"
	"github.com/sheaf-go/sheaf/tables"
)

func shop() *tables.Table {
	return tables.New(
		tables.Ints("month", 1, 1, 2, 2, 3, 3),
		tables.Strings("kind", "tea", "coffee", "tea", "coffee", "tea", "coffee"),
		tables.Floats("sold", 3, 4, 5, 2, 4, 4),
	)
}

func ExampleArea() {
	fmt.Println(plots.Area(shop(), "month", "sold", plots.Color("kind")))
	fmt.Println(plots.Area(shop(), "month", "sold"))
	// Output:
	// area chart: sold by month, 6 points in 2 series
	// area chart: sum of sold by month, 3 points
}

func ExampleAreaXY() {
	fmt.Println(plots.AreaXY([]float64{1, 2, 3}, []float64{2, 4, 3}))
	// Output: area chart: y by x, 3 points
}

func ExampleOverlaid() {
	fmt.Println(plots.Area(shop(), "month", "sold", plots.Color("kind"), plots.Overlaid()))
	// Output: area chart: sold by month, 6 points in 2 series
}

func ExampleErrorBand() {
	fmt.Println(plots.ErrorBand(shop(), "month", "sold"))
	// Output: error band chart: mean of sold by month, 3 points
}

func ExampleInterval() {
	fmt.Println(plots.ErrorBand(shop(), "month", "sold", plots.Interval("quartiles")))
	// Output: error band chart: median of sold by month, 3 points
}

func ExampleErrorBandXY() {
	fmt.Println(plots.ErrorBandXY([]float64{1, 2}, []float64{5, 6}, []float64{4, 4}, []float64{6, 9}))
	fmt.Println(plots.ErrorBandXY([]float64{1, 2}, []float64{5, 6}, []float64{4, 7}, []float64{6, 5}))
	// Output:
	// error band chart: y by x, 2 points
	// plots: error band: want a band from the low end to the high one, got 7 to 5 in row 2
}

func ExampleDensity() {
	fmt.Println(plots.Density(shop(), "sold", plots.Color("kind")))
	// Output: density chart: density by sold, 400 points in 2 series
}

func ExampleDensityX() {
	fmt.Println(plots.DensityX([]float64{1, 2, 2, 3, 7}))
	// Output: density chart: density by value, 400 points
}

func ExampleBandwidth() {
	fmt.Println(plots.DensityX([]float64{1, 2, 2, 3, 7}, plots.Bandwidth(0.3)))
	// Output: density chart: density by value, 400 points
}

func ExampleBox() {
	fmt.Println(plots.Box(shop(), "kind", "sold"))
	fmt.Println(plots.Box(shop(), "", "sold", plots.XLabel("all kinds")))
	// Output:
	// box chart: sold by kind, 2 boxes
	// box chart: sold by all kinds, 1 box + 1 outlier
}

func ExampleBoxOf() {
	fmt.Println(plots.BoxOf([]string{"a", "b"}, [][]float64{{1, 2, 3, 4, 5, 30}, {2, 3, 4}}))
	// Output: box chart: value, 2 boxes + 1 outlier
}

func ExampleNoOutliers() {
	fmt.Println(plots.BoxOf([]string{"a"}, [][]float64{{1, 2, 3, 4, 5, 30}}, plots.NoOutliers()))
	// Output: box chart: value, 1 box; 1 value beyond the whiskers not drawn
}

func ExampleHorizontal() {
	fmt.Println(plots.BarXY([]string{"tree", "forest"}, []float64{0.8, 0.9}, plots.Horizontal(), plots.XLabel("accuracy")))
	fmt.Println(plots.Box(shop(), "kind", "sold", plots.Horizontal()))
	// Output:
	// bar chart: accuracy, 2 bars
	// box chart: kind by sold, 2 boxes
}

func ExampleViolin() {
	fmt.Println(plots.Violin(shop(), "kind", "sold"))
	// Output: violin chart: sold by kind, 2 violins + 2 medians
}

func ExampleViolinOf() {
	fmt.Println(plots.ViolinOf([]string{"a", "b"}, [][]float64{{1, 2, 3, 4, 5}, {7, 7, 7}}))
	// Output: violin chart: value, 1 violin + 1 flat violin + 1 median
}

func ExampleStrip() {
	fmt.Println(plots.Strip(shop(), "kind", "sold", plots.Tooltip("month")))
	// Output: strip chart: sold by kind, 6 points
}

func ExampleStripOf() {
	fmt.Println(plots.StripOf([]string{"a", "b"}, [][]float64{{1, 2, 3}, {4, 5}}))
	// Output: strip chart: value, 5 points
}
