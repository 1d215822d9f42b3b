package plots_test

import (
	"fmt"
	"math"

	"github.com/sheaf-go/sheaf/notebooks/show"
	"github.com/sheaf-go/sheaf/plots"
	"github.com/sheaf-go/sheaf/tables"
)

// In a notebook the curves grow while the loop runs; in a program, as here,
// Flush prints the last values.
func ExampleLive() {
	live := plots.Live("loss", "val_loss").With(plots.Title("Training"), plots.LogY())
	for epoch := 1; epoch <= 20; epoch++ {
		loss := math.Exp(-float64(epoch) / 8)
		live.Epoch(epoch, map[string]float64{"loss": loss, "val_loss": loss + 0.02, "accuracy": 1 - loss/2})
	}
	live.Flush()
	fmt.Println(live.Chart())
	// Output:
	// epoch 20: loss 0.08208, val_loss 0.1021
	// chart "Training": loss by epoch, 40 points in 2 series
}

func ExampleLiveChart_Epoch() {
	// A custom loop calls what model.Callbacks(live) calls in Fit.
	live := plots.Live()
	for epoch := range 3 {
		live.Epoch(epoch+1, map[string]float64{"loss": 1 / float64(epoch+1), "accuracy": 0.5 + 0.1*float64(epoch)})
	}
	fmt.Println(live)
	fmt.Println(live.Chart())
	// Output:
	// epoch 3: loss 0.3333, accuracy 0.7
	// concat chart, 2 panels
}

func ExampleLiveChart_Add() {
	live := plots.Live()
	for i := range 5 {
		seconds := float64(i) / 2
		live.Add(seconds, map[string]float64{"temperature": 20 + seconds*seconds})
	}
	fmt.Println(live)
	fmt.Println(live.Chart())
	// Output:
	// x 2: temperature 24
	// chart: temperature by x, 5 points
}

func ExampleLiveChart_With() {
	live := plots.Live().With(plots.Title("Cooling"), plots.XLabel("seconds"))
	live.Add(1, map[string]float64{"kelvin": 300})
	fmt.Println(live.Chart())
	fmt.Println(plots.Live().With(plots.Width(10)).Err())
	// Output:
	// chart "Cooling": kelvin by seconds, 1 point
	// plots: live: Width: want 40 to 4000 pixels, got 10
}

func ExampleLiveChart_Show() {
	best := plots.Live()
	for n := range 4 {
		best.Show(tables.New(tables.Ints("tried", n+1), tables.Floats("score", 1-1/float64(n+2))))
	}
	best.Flush()
	// Output:
	// 1 × 2
	// tried    score
	// int64  float64
	// ─────  ───────
	//     4      0.8
}

func ExampleLiveChart_Flush() {
	live := plots.Live()
	for i := range 1000 {
		live.Add(float64(i), map[string]float64{"sum": float64(i * i)})
	}
	live.Flush()
	// Output: x 999: sum 9.98e+05
}

func ExampleLiveChart_Chart() {
	live := plots.Live()
	fmt.Println(live.Chart())
	live.Epoch(1, map[string]float64{"loss": 0.7})
	fmt.Println(live.Chart())
	// Output:
	// plots: live: no points yet
	// chart: loss by epoch, 1 point
}

func ExampleLiveChart_Err() {
	live := plots.Live("acuracy")
	live.Epoch(1, map[string]float64{"loss": 0.7, "accuracy": 0.5})
	fmt.Println(live.Err())
	// Output: plots: live: no metric "acuracy"; did you mean "accuracy"?
}

func ExampleLiveChart_Display() {
	live := plots.Live()
	live.Epoch(1, map[string]float64{"loss": 0.7})
	show.Show(live)
	// Output: epoch 1: loss 0.7
}

func ExampleLiveChart_String() {
	live := plots.Live()
	fmt.Println(live)
	live.Add(0.5, map[string]float64{"volts": 3.3})
	fmt.Println(live)
	// Output:
	// live chart without points
	// x 0.5: volts 3.3
}
