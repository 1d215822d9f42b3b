package learn_test

import (
	"testing"

	"github.com/sheaf-go/sheaf/learn"
	"github.com/sheaf-go/sheaf/learn/gather"
	"github.com/sheaf-go/sheaf/learn/scatter"
	"github.com/sheaf-go/sheaf/learn/tensor"
	"github.com/sheaf-go/sheaf/tables"
)

// BenchmarkLearn gathers three columns of 100,000 rows and scatters one, with
// a model that costs nothing.
func BenchmarkLearn(b *testing.B) {
	const n = 100_000
	t := toy(n)
	answer := tensor.New(tensor.Float64, n)
	for name, how := range map[string]gather.Spec{"row-major": gather.Float64, "col-major": gather.Float64.Layout(gather.ColMajor)} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				out := learn.Learn(t, func(x *tensor.Tensor) *tensor.Tensor { return answer.Slice(0, x.Dim(0)) }, learn.Batch(1024),
					learn.In(how, "A", "B", "y"), learn.Out("C", scatter.Column, tables.Float64))
				if out.Err() != nil {
					b.Fatal(out.Err())
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/n, "ns/row")
		})
	}
}
