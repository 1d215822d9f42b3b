package tables

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// TestQuantiles compares selected quantiles with those of sorted values.
func TestQuantiles(t *testing.T) {
	rng := rand.New(rand.NewPCG(8, 8))
	for range 3000 {
		v := make([]float64, 1+rng.IntN(60))
		for i := range v {
			v[i] = []float64{rng.NormFloat64(), float64(rng.IntN(4)), math.Inf(rng.IntN(2)*2 - 1), 0}[min(rng.IntN(9), 3)]
		}
		if rng.IntN(3) == 0 {
			slices.Sort(v)
		}
		qs := []float64{0, rng.Float64() / 2, 0.5, 0.5 + rng.Float64()/2, 1}
		sorted := slices.Sorted(slices.Values(v))
		for i, got := range quantiles(v, qs...) {
			want := slowQuantile(sorted, qs[i])
			if !sameCell(got, want) {
				t.Fatalf("quantile %v of %v: got %v, want %v", qs[i], sorted, got, want)
			}
		}
		if !sameCell(slices.Sorted(slices.Values(v)), sorted) {
			t.Fatalf("values changed: %v", v)
		}
	}
}
