package quantile

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// slow is a quantile of sorted values by its definition, in whole numbers where
// it falls on one.
func slow(sorted []float64, q float64) float64 {
	at := q * float64(len(sorted)-1)
	k := int(at)
	f := at - float64(k)
	if f == 0 || sorted[k] == sorted[k+1] {
		return sorted[k]
	}
	if d := sorted[k+1] - sorted[k]; !math.IsInf(d, 0) {
		return sorted[k] + f*d
	}
	return sorted[k]*(1-f) + sorted[k+1]*f
}

func same(a, b float64) bool { return a == b || math.IsNaN(a) && math.IsNaN(b) }

// TestOf compares quantiles with those of sorted values, short and long lists of
// them: smooth, with ties, with infinities, far from one another.
func TestOf(t *testing.T) {
	rng := rand.New(rand.NewPCG(8, 8))
	draws := map[string]func() float64{
		"normal":    rng.NormFloat64,
		"ties":      func() float64 { return float64(rng.IntN(4)) },
		"ties, far": func() float64 { return math.Pow(2, float64(rng.IntN(1000)-500)) },
		"equal":     func() float64 { return 3 },
		"skewed":    func() float64 { return math.Exp(10 * rng.NormFloat64()) },
		"infinite":  func() float64 { return []float64{1, 2, math.Inf(1), math.Inf(-1), rng.Float64()}[rng.IntN(5)] },
		"huge":      func() float64 { return math.MaxFloat64 * (2*rng.Float64() - 1) },
		"tiny":      func() float64 { return 5e-324 * float64(rng.IntN(9)) },
		"zeros":     func() float64 { return math.Copysign(0, rng.Float64()-0.5) },
	}
	for name, draw := range draws {
		for _, n := range []int{1, 2, 3, 7, 60, manyValues - 1, manyValues, 3*manyValues + 1} {
			v := make([]float64, n)
			for i := range v {
				v[i] = draw()
			}
			sorted := slices.Sorted(slices.Values(v))
			if n%2 == 1 {
				slices.Sort(v)
			}
			qs := []float64{0, rng.Float64() / 2, 0.5, 0.5 + rng.Float64()/2, 1}
			for i, got := range Of(v, qs...) {
				if want := slow(sorted, qs[i]); !same(got, want) {
					t.Errorf("%s, %d values: quantile %v is %v, want %v", name, n, qs[i], got, want)
				}
			}
			if slices.Sort(v); !slices.EqualFunc(v, sorted, same) {
				t.Errorf("%s, %d values: they have changed", name, n)
			}
		}
	}
}

// TestBinned sees that long lists are counted in bins, and that those which bins
// do not divide are not.
func TestBinned(t *testing.T) {
	v := make([]float64, manyValues)
	for i := range v {
		v[i] = float64((i * 7) % manyValues)
	}
	if got, want := fmt.Sprint(binned(v, []float64{0, 0.25, 1})), fmt.Sprint([]float64{0, (manyValues - 1) / 4.0, manyValues - 1}); got != want {
		t.Errorf("quantiles %s, want %s", got, want)
	}
	v[0] = 1e300
	if got := binned(v, []float64{0.5}); got != nil {
		t.Errorf("all values but one are in one bin: %v", got)
	}
}

// TestEnds has NaN where there is one.
func TestEnds(t *testing.T) {
	defer func(n int) { parallelValues = n }(parallelValues)
	for _, parallelValues = range []int{parallelValues, 1} {
		testEnds(t)
	}
}

func testEnds(t *testing.T) {
	many := make([]float64, 1000)
	for i := range many {
		many[i] = float64(i*7%1000) - 3
	}
	if lo, hi := Ends(many); lo != -3 || hi != 996 {
		t.Errorf("ends %v and %v of many", lo, hi)
	}
	v := []float64{3, -1, 7}
	if lo, hi := Ends(v); lo != -1 || hi != 7 {
		t.Errorf("ends %v and %v", lo, hi)
	}
	for i := range v {
		w := slices.Clone(v)
		w[i] = math.NaN()
		if lo, hi := Ends(w); !math.IsNaN(lo) || !math.IsNaN(hi) {
			t.Errorf("ends of %v are %v and %v, want NaN", w, lo, hi)
		}
	}
}

func BenchmarkOf(b *testing.B) {
	rng := rand.New(rand.NewPCG(1, 1))
	v, w := make([]float64, 1_000_000), make([]float64, 1_000_000)
	for i := range v {
		v[i] = rng.NormFloat64()
	}
	for _, bench := range []struct {
		name string
		of   func([]float64, ...float64) []float64
	}{{"bins", Of}, {"selection", func(v []float64, qs ...float64) []float64 {
		for _, q := range qs {
			k, _ := rank(q, len(v))
			place(v, k)
		}
		return nil
	}}} {
		b.Run(bench.name, func(b *testing.B) {
			for b.Loop() {
				copy(w, v)
				bench.of(w, 0, 0.25, 0.5, 0.75, 1)
			}
		})
	}
}
