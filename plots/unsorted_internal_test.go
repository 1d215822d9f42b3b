package plots

import (
	"cmp"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// TestUnsortedRows compares with sorting the line first.
func TestUnsortedRows(t *testing.T) {
	rng := rand.New(rand.NewPCG(11, 12))
	draws := map[string]func() float64{
		"uniform":  func() float64 { return 1 + rng.Float64() },
		"tied":     func() float64 { return float64(1 + rng.IntN(30)) },
		"few":      func() float64 { return float64(1 + rng.IntN(2)) },
		"skewed":   func() float64 { return math.Exp(5 * rng.NormFloat64()) },
		"wide":     func() float64 { return largest * rng.Float64() },
		"far":      func() float64 { return largest * (2*rng.Float64() - 1) },
		"tiny":     func() float64 { return 5e-324 * float64(rng.IntN(40)) },
		"zeros":    func() float64 { return math.Copysign(float64(rng.IntN(2)), rng.Float64()-0.5) },
		"negative": func() float64 { return -rng.ExpFloat64() },
	}
	for name, draw := range draws {
		for round := range 60 {
			xs, ys := make([]float64, 1+rng.IntN(600)), make([]float64, 600)
			ys = ys[:len(xs)]
			for i := range xs {
				xs[i], ys[i] = draw(), float64(rng.IntN(9))
			}
			log := round%2 == 0 && slices.Min(xs) >= smallest
			budget := 4 * (1 + rng.IntN(40))
			order := make([]int, len(xs))
			for i := range order {
				order[i] = i
			}
			slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(xs[a]+0, xs[b]+0) })
			want := minMaxRows(pick(xs, order), pick(ys, order), budget, log)
			for i, k := range want {
				want[i] = order[k]
			}
			if got := unsortedRows(xs, ys, budget, log); !slices.Equal(got, want) {
				t.Fatalf("%s, log %v, %d of %d points: rows %v, want %v", name, log, budget, len(xs), got, want)
			}
		}
	}
}
