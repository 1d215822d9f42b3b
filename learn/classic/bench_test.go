package classic_test

import (
	"math/rand/v2"
	"testing"

	"github.com/sheaf-go/sheaf/learn/classic"
	"github.com/sheaf-go/sheaf/learn/tensor"
)

func large(n, p int) (x, y, k *tensor.Tensor) {
	r := rand.New(rand.NewPCG(1, 1))
	xs, ys, ks := make([]float64, n*p), make([]float64, n), make([]int64, n)
	for i := range n {
		for j := range p {
			v := r.NormFloat64()
			xs[i*p+j] = v
			ys[i] += v * float64(j)
		}
		ys[i] += r.NormFloat64()
		ks[i] = int64(r.IntN(2))
		if ys[i] > 0 {
			ks[i]++
		}
	}
	return tensor.FromSlice([]int{n, p}, xs), tensor.FromSlice([]int{n}, ys), tensor.FromSlice([]int{n}, ks)
}

func BenchmarkLinearFit(b *testing.B) {
	x, y, _ := large(100_000, 20)
	for b.Loop() {
		if err := classic.NewLinearRegression().Fit(x, y); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkSoftmaxFit(b *testing.B) {
	x, _, k := large(100_000, 20)
	for b.Loop() {
		m := classic.NewSoftmaxRegression()
		if err := m.Fit(x, k); err != nil || !m.Converged() {
			b.Fatal(m, err)
		}
	}
}
