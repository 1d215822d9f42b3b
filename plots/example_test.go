package plots_test

import (
	"fmt"
	"math"
	"os"
	"path/filepath"

	"github.com/sheaf-go/sheaf/plots"
	"github.com/sheaf-go/sheaf/tables"
)

// In a cell the chart itself is the last expression; printing it, as here,
// describes it in one line.
func ExampleLine() {
	t := tables.New(tables.Ints("epoch", 1, 2, 3), tables.Floats("loss", 0.9, 0.5, 0.4))
	fmt.Println(plots.Line(t, "epoch", "loss", plots.Title("Training")))
	// Output: line chart "Training": loss by epoch, 3 points
}

func ExampleLineXY() {
	fmt.Println(plots.LineXY([]float64{0, 1, 2}, []float64{0, 1, 4}))
	// Output: line chart: y by x, 3 points
}

func ExampleScatter() {
	t := tables.New(
		tables.Floats("height", 1.62, 1.80, 1.75),
		tables.Floats("weight", 61, 83, 70),
		tables.Strings("team", "red", "blue", "red"),
	)
	fmt.Println(plots.Scatter(t, "height", "weight", plots.Color("team")))
	fmt.Println(plots.Scatter(t, "height", "wieght"))
	// Output:
	// scatter chart: weight by height, 3 points in 2 series
	// plots: scatter: no column "wieght"; did you mean "weight"?
}

func ExampleScatterXY() {
	fmt.Println(plots.ScatterXY([]float64{1, 2, math.NaN()}, []float64{3, 4, 5}))
	// Output: scatter chart: y by x, 2 points; 1 point left out: missing or not finite
}

func ExampleBar() {
	t := tables.New(tables.Strings("city", "Rome", "Oslo", "Rome"), tables.Floats("sales", 3, 4, 5))
	fmt.Println(plots.Bar(t, "city", "sales"))
	fmt.Println(plots.Bar(t, "city", "sales", plots.Agg("mean")))
	fmt.Println(plots.Bar(t, "city", ""))
	// Output:
	// bar chart: sum of sales by city, 2 bars
	// bar chart: mean of sales by city, 2 bars
	// bar chart: count by city, 2 bars
}

func ExampleBarXY() {
	fmt.Println(plots.BarXY([]string{"tree", "forest"}, []float64{0.8, 0.9}, plots.YLabel("accuracy")))
	// Output: bar chart: accuracy, 2 bars
}

func ExampleCount() {
	t := tables.New(tables.Strings("class", "cat", "dog", "cat"))
	fmt.Println(plots.Count(t, "class"))
	// Output: bar chart: count by class, 2 bars
}

func ExampleHistogram() {
	t := tables.New(tables.Floats("age", 21, 34, 35, 36, 47, 52, 68))
	fmt.Println(plots.Histogram(t, "age", plots.Bins(5)))
	// Output: histogram chart: count by age, 5 bins
}

func ExampleHistogramX() {
	fmt.Println(plots.HistogramX([]float64{1, 1, 2, 3, 5, 8}, plots.Bins(4)))
	// Output: histogram chart: count by value, 4 bins
}

func ExampleFunc() {
	sigmoid := func(x float64) float64 { return 1 / (1 + math.Exp(-x)) }
	fmt.Println(plots.Func(sigmoid, -10, 10, plots.Points(100)))
	// Output: func chart: y by x, 100 points
}

func ExampleLayer() {
	data := plots.ScatterXY([]float64{1, 2, 3}, []float64{2.1, 3.9, 6.2}, plots.Name("measured"))
	fit := plots.Func(func(x float64) float64 { return 2.05*x - 0.03 }, 1, 3, plots.Name("fit"), plots.Points(50))
	fmt.Println(plots.Layer(data, fit).With(plots.Title("A line through points")))
	// Output: layer chart "A line through points": y by x, 3 points + 50 points in 2 series
}

func ExampleChart_With() {
	c := plots.HistogramX([]float64{1, 2, 3})
	fmt.Println(c.With(plots.Title("Three numbers"), plots.XLabel("number")))
	// Output: histogram chart "Three numbers": count by number, 3 bins
}

func ExampleChart_Err() {
	c := plots.LineXY([]float64{1, 2}, []float64{1})
	if err := c.Err(); err != nil {
		fmt.Println(err)
	}
	// Output: plots: line: want slices of equal length, got 2 x and 1 y
}

func ExampleChart_Display() {
	bundle := plots.LineXY([]float64{1, 2}, []float64{3, 4}).Display()
	fmt.Println(len(bundle.Data), "forms; as text:", bundle.PlainText())
	// Output: 3 forms; as text: line chart: y by x, 2 points
}

func ExampleChart_Spec() {
	spec := plots.BarXY([]string{"a"}, []float64{1}).Spec()
	fmt.Println(spec[:61])
	// Output: {"$schema":"https://vega.github.io/schema/vega-lite/v5.json",
}

func ExampleChart_Save() {
	dir, err := os.MkdirTemp("", "charts")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(dir)
	file := filepath.Join(dir, "line.svg")
	err = plots.LineXY([]float64{1, 2}, []float64{3, 4}).Save(file)
	fmt.Println(filepath.Base(file), err)
	// Output: line.svg <nil>
}

func ExampleY() {
	t := tables.New(tables.Ints("epoch", 1, 2), tables.Floats("loss", 0.9, 0.5), tables.Floats("val_loss", 1, 0.7))
	fmt.Println(plots.Line(t, "epoch", "loss", plots.Y("val_loss"), plots.YLabel("loss")))
	// Output: line chart: loss by epoch, 4 points in 2 series
}

// An option alone says where it belongs.
func ExampleOption_String() {
	fmt.Println(plots.Title("Iris"))
	// Output: plots.Title is an option: give it to a chart, as in plots.Line(t, "x", "y", plots.Title(…)), or to its With
}

func ExampleColor() {
	t := tables.New(tables.Floats("x", 1, 2), tables.Floats("y", 1, 2), tables.Strings("class", "a", "b"))
	fmt.Println(plots.Scatter(t, "x", "y", plots.Color("class")))
	// Output: scatter chart: y by x, 2 points in 2 series
}

func ExampleSize() {
	t := tables.New(tables.Floats("x", 1, 2), tables.Floats("y", 1, 2), tables.Floats("people", 10, 1000))
	fmt.Println(plots.Scatter(t, "x", "y", plots.Size("people"), plots.Opacity(0.5)))
	// Output: scatter chart: y by x, 2 points
}

func ExampleGrouped() {
	t := tables.New(tables.Strings("year", "2023", "2023", "2024", "2024"),
		tables.Strings("kind", "tea", "coffee", "tea", "coffee"), tables.Floats("sold", 3, 4, 5, 2))
	fmt.Println(plots.Bar(t, "year", "sold", plots.Color("kind"), plots.Grouped()))
	// Output: bar chart: sold by year, 4 bars in 2 series
}

func ExampleLogY() {
	fmt.Println(plots.LineXY([]float64{1, 2, 3}, []float64{1, 0, 1000}, plots.LogY(), plots.YRange(1, 1e4)))
	// Output: line chart: y by x, 2 points; 1 point left out: not above 0 on a log scale
}
