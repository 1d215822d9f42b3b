package plots_test

import (
	"encoding/json"
	"math"
	"testing"

	"github.com/sheaf-go/sheaf/notebooks/show"
	"github.com/sheaf-go/sheaf/plots"
)

// weight is the number of bytes that a chart puts into a notebook, a PNG as
// the base64 text that it becomes there.
func weight(b show.Bundle) int {
	n := 0
	for _, v := range b.Data {
		switch v := v.(type) {
		case string:
			n += len(v)
		case []byte:
			n += (len(v) + 2) / 3 * 4
		case json.RawMessage:
			n += len(v)
		}
	}
	return n
}

// BenchmarkCell is what a cell costs that ends in a chart: constructor,
// specification and twin.
func BenchmarkCell(b *testing.B) {
	xs, ys := walk(2000)
	long, tall := walk(1_000_000)
	iris := flowers(2000)
	for _, bench := range []struct {
		name  string
		chart func() *plots.Chart
	}{
		{"line_2000", func() *plots.Chart { return plots.LineXY(xs, ys) }},
		{"scatter_500", func() *plots.Chart { return plots.ScatterXY(xs[:500], ys[:500]) }},
		{"scatter_2000", func() *plots.Chart { return plots.ScatterXY(xs, ys) }},
		{"scatter_2000_classes", func() *plots.Chart {
			return plots.Scatter(iris, "sepal_length", "petal_length", plots.Color("class"))
		}},
		{"func", func() *plots.Chart { return plots.Func(math.Sin, 0, 10) }},
		{"line_1e6", func() *plots.Chart { return plots.LineXY(long, tall) }},
		{"scatter_1e6", func() *plots.Chart { return plots.ScatterXY(long, tall) }},
		{"histogram_1e6", func() *plots.Chart { return plots.HistogramX(tall) }},
	} {
		b.Run(bench.name, func(b *testing.B) {
			bytes := 0
			for b.Loop() {
				c := bench.chart()
				bytes = weight(c.Display())
			}
			b.ReportMetric(float64(bytes), "B/chart")
		})
	}
}

// BenchmarkSpec is the specification alone, for a million points.
func BenchmarkSpec(b *testing.B) {
	xs, ys := walk(1_000_000)
	b.Run("line_1e6", func(b *testing.B) {
		for b.Loop() {
			plots.LineXY(xs, ys).Spec()
		}
	})
	b.Run("scatter_1e6", func(b *testing.B) {
		for b.Loop() {
			plots.ScatterXY(xs, ys).Spec()
		}
	})
}
