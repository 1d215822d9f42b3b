package plots_test

import (
	"slices"
	"strconv"
	"sync/atomic"
	"testing"

	"github.com/sheaf-go/sheaf/internal/interrupt"
	"github.com/sheaf-go/sheaf/plots"
	"github.com/sheaf-go/sheaf/tables"
)

// TestInterrupt interrupts charts of many rows after they have asked for that a
// few times: they have to end by the interrupt.
func TestInterrupt(t *testing.T) {
	const n = 1 << 16
	x, y, names := make([]float64, n), make([]float64, n), make([]string, n)
	for i := range n {
		x[i], y[i] = float64(i*7919%n), float64(i%100)
		names[i] = strconv.Itoa(i % 3000)
	}
	data := tables.New(tables.Floats("X", x...), tables.Floats("Y", y...), tables.Strings("N", names...))
	for name, draw := range map[string]func() *plots.Chart{
		"Line":      func() *plots.Chart { return plots.Line(data, "X", "Y") },
		"Color":     func() *plots.Chart { return plots.Line(data, "X", "Y", plots.Color("N")) },
		"Scatter":   func() *plots.Chart { return plots.Scatter(data, "X", "Y") },
		"Bar":       func() *plots.Chart { return plots.Bar(data, "N", "Y") },
		"Count":     func() *plots.Chart { return plots.Count(data, "X") },
		"Histogram": func() *plots.Chart { return plots.Histogram(data, "X") },
		"Area":      func() *plots.Chart { return plots.Area(data, "X", "Y") },
		"ErrorBand": func() *plots.Chart { return plots.ErrorBand(data, "Y", "X") },
		"Density":   func() *plots.Chart { return plots.Density(data, "X") },
		"Box":       func() *plots.Chart { return plots.Box(data, "Y", "X") },
		"Violin":    func() *plots.Chart { return plots.Violin(data, "Y", "X") },
		"Strip":     func() *plots.Chart { return plots.Strip(data, "Y", "X") },
		"Heatmap":   func() *plots.Chart { return plots.Heatmap(data, "X", "Y", "X") },
		"Hexbin":    func() *plots.Chart { return plots.Hexbin(data, "X", "Y") },
		"Pie":       func() *plots.Chart { return plots.Pie(data, "N", "Y") },
		"Pairs":     func() *plots.Chart { return plots.Pairs(data, []string{"X", "Y"}) },
		"Facet":     func() *plots.Chart { return plots.Scatter(data, "X", "Y", plots.Facet("N")) },
		"Overview":  func() *plots.Chart { return plots.Overview(data) },
		"Confusion": func() *plots.Chart { return plots.ConfusionMatrix(names, names) },
		"Residuals": func() *plots.Chart { return plots.Residuals(x, y) },
		"BestSoFar": func() *plots.Chart { return plots.BestSoFar(x, true) },
	} {
		for _, after := range []int64{0, 10, 30} {
			var asked atomic.Int64
			interrupt.Watch(func() bool { return asked.Add(1) > after })
			func() {
				defer interrupt.Watch(func() bool { return false })
				defer func() {
					if v := recover(); v != any(interrupt.Err) {
						t.Errorf("%s ended with %v after it had asked %d times, want the interrupt after %d", name, v, asked.Load(), after)
					}
				}()
				draw().Display()
			}()
		}
	}
	asks := func(draw func()) (n int64) {
		var asked atomic.Int64
		interrupt.Watch(func() bool { asked.Add(1); return false })
		defer interrupt.Watch(func() bool { return false })
		draw()
		return asked.Load()
	}
	// What takes long inside one step asks too.
	one := tables.New(tables.Strings("N", make([]string, n)...), tables.Floats("Y", x...))
	bars := func(how string) func() {
		return func() { plots.Bar(one, "N", "Y", plots.Agg(how)) }
	}
	count := asks(bars("count"))
	for _, how := range []string{"sum", "mean", "median", "min", "max"} {
		if n := asks(bars(how)); n < count+10 {
			t.Errorf("%s asks %d times more than a count does", how, n-count)
		}
	}
	if n := asks(func() { plots.Func(func(x float64) float64 { return x }, 0, 1, plots.Points(300)) }); n < 300 {
		t.Errorf("a function is asked for 300 values; the interrupt is asked for %d times", n)
	}
	c := plots.Scatter(data, "X", "Y", plots.Color("X"))
	if n := asks(func() { c.Display() }); n < 30 {
		t.Errorf("drawing 5,000 points asks %d times", n)
	}
	if x[1] != 7919 || slices.Max(y) != 99 {
		t.Error("the data were changed")
	}
}
