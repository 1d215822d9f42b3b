package plots_test

import (
	"fmt"

	"github.com/sheaf-go/sheaf/plots"
)

func ExampleRegression() {
	xs, ys := []float64{1, 2, 3, 4}, []float64{2.1, 3.9, 6.2, 7.8}
	fmt.Println(plots.ScatterXY(xs, ys, plots.Regression(1)))
	// Output: scatter chart: y by x, 4 points; y = 0.15 + 1.94·x, R² 0.996
}

func ExampleECDF() {
	fmt.Println(plots.ECDF(shop(), "sold", plots.Color("kind")))
	// Output: ECDF chart: cumulative share by sold, 7 points in 2 series
}

func ExampleECDFX() {
	fmt.Println(plots.ECDFX([]float64{3, 1, 2, 2}))
	// Output: ECDF chart: cumulative share by value, 4 points
}

func ExampleSteps() {
	fmt.Println(plots.LineXY([]float64{0, 6, 9}, []float64{12, 18, 31}, plots.Steps()))
	// Output: line chart: y by x, 3 points
}

func ExampleMarkers() {
	fmt.Println(plots.Line(shop(), "month", "sold", plots.Color("kind"), plots.Markers()))
	// Output: line chart: sold by month, 6 points in 2 series
}

func ExampleSorted() {
	fmt.Println(plots.Bar(shop(), "kind", "sold", plots.Sorted(), plots.Annotated(), plots.Horizontal()))
	// Output: bar chart: kind by sum of sold, 2 bars
}

func ExamplePalette() {
	fmt.Println(plots.Bar(shop(), "month", "sold", plots.Color("kind"), plots.Palette("#6F4E37", "#2E8B57")))
	// Output: bar chart: sold by month, 6 bars in 2 series
}

func ExampleRamp() {
	fmt.Println(plots.HeatmapOf(nil, nil, [][]float64{{1, 2}, {3, 4}}, plots.Ramp("#FFFFFF", "#08306B")))
	// Output: heatmap chart, 4 cells
}

func ExampleXPercent() {
	fmt.Println(plots.ScatterXY([]float64{0.02, 0.05}, []float64{3, 4}, plots.XPercent()).Err())
	// Output: <nil>
}

func ExampleYPercent() {
	fmt.Println(plots.ECDFX([]float64{3, 1, 2}, plots.YPercent()).Err())
	// Output: <nil>
}
