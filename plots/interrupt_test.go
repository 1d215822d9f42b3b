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
	if x[1] != 7919 || slices.Max(y) != 99 {
		t.Error("the data were changed")
	}
}
