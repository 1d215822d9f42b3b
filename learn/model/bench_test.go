package model_test

import (
	"math/rand/v2"
	"testing"

	"github.com/sheaf-go/sheaf/learn/model"
	"github.com/sheaf-go/sheaf/learn/tensor"
)

// random is n rows of a width, and class numbers.
func random(n, width, classes int) (x, y *tensor.Tensor) {
	r := rand.New(rand.NewPCG(1, 2))
	xs, ys := make([]float32, n*width), make([]int64, n)
	for i := range xs {
		xs[i] = float32(r.NormFloat64())
	}
	for i := range ys {
		ys[i] = int64(r.IntN(classes))
	}
	return tensor.FromSlice([]int{n, width}, xs), tensor.FromSlice([]int{n}, ys)
}

// BenchmarkFitIris is an epoch of 24 steps of 5 rows, through Fit.
func BenchmarkFitIris(b *testing.B) {
	x, y := random(120, 4, 3)
	m := irisNet(b, model.Threads(1))
	b.ReportAllocs()
	if _, err := m.Fit(x, y, model.Batch(5), model.Epochs(b.N)); err != nil {
		b.Fatal(err)
	}
}

// BenchmarkStepIris is one step of 5 rows, without Fit.
func BenchmarkStepIris(b *testing.B) {
	x, y := random(5, 4, 3)
	m := irisNet(b, model.Threads(1))
	s, err := m.Step(5)
	if err != nil {
		b.Fatal(err)
	}
	if _, err := s.Train(x, y); err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := s.Run(); err != nil {
			b.Fatal(err)
		}
	}
}

// fraudNet is the network of row DH-63: 1,592 parameters.
func fraudNet(t testing.TB, opts ...model.CompileOption) *model.Model {
	t.Helper()
	m := model.Sequential(
		model.Dense(36, model.Act("relu"), model.InputShape(28)),
		model.Dense(14, model.Act("relu")),
		model.Dense(2, model.Act("softmax")))
	if err := m.Compile(model.Adam(0.001), model.SparseCategoricalCrossEntropy(), opts...); err != nil {
		t.Fatal(err)
	}
	return m
}

// BenchmarkFitFraud is an epoch of 28,006 rows in batches of 256.
func BenchmarkFitFraud(b *testing.B) {
	x, y := random(28006, 28, 2)
	m := fraudNet(b, model.Threads(1), model.Metrics("accuracy"))
	b.ReportAllocs()
	b.ResetTimer()
	if _, err := m.Fit(x, y, model.Batch(256), model.Epochs(b.N)); err != nil {
		b.Fatal(err)
	}
	b.ReportMetric(28006*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
}

// TestStepAllocations sees that a step allocates nothing.
func TestStepAllocations(t *testing.T) {
	for _, threads := range []int{1, 2} {
		x, y := random(64, 28, 2)
		m := fraudNet(t, model.Threads(threads))
		s, err := m.Step(64)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := s.Train(x, y); err != nil {
			t.Fatal(err)
		}
		if n := testing.AllocsPerRun(100, func() {
			if _, err := s.Run(); err != nil {
				t.Fatal(err)
			}
		}); n != 0 {
			t.Errorf("%d threads: %v allocations a step", threads, n)
		}
	}
}

// TestFitAllocations sees that an epoch takes no more memory with more steps.
func TestFitAllocations(t *testing.T) {
	epochs := func(rows int) float64 {
		x, y := random(rows, 4, 3)
		m := irisNet(t)
		return testing.AllocsPerRun(3, func() {
			if _, err := m.Fit(x, y, model.Batch(5), model.Epochs(3)); err != nil {
				t.Fatal(err)
			}
		})
	}
	few, many := epochs(40), epochs(800)
	if many > few+5 {
		t.Errorf("%v allocations with 8 steps an epoch, %v with 160", few, many)
	}
}
