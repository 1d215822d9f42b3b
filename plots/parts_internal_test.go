package plots

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// inParts runs f with one core and with several.
func inParts(t *testing.T, f func(t *testing.T)) {
	defer func(n int) { manyRows = n }(manyRows)
	t.Run("one core", f)
	manyRows = 1
	t.Run("several cores", f)
}

// oddNumbers are numbers, some of which cannot be drawn.
func oddNumbers(rng *rand.Rand, n int) []float64 {
	v := make([]float64, n)
	for i := range v {
		v[i] = []float64{rng.NormFloat64(), float64(rng.IntN(5) - 2), math.NaN(), math.Inf(1), math.Inf(-1), math.MaxFloat64, 1e-310}[rng.IntN(7)]
	}
	return v
}

// TestExtentParts compares with looking at one number after another.
func TestExtentParts(t *testing.T) {
	inParts(t, func(t *testing.T) {
		rng := rand.New(rand.NewPCG(1, 1))
		for round := range 300 {
			v := oddNumbers(rng, rng.IntN(200))
			if round%2 == 0 {
				v = slices.DeleteFunc(v, func(x float64) bool { return x != math.Trunc(x) })
			}
			e := extent{log: round%3 == 0, whole: true, zero: round%5 == 0}
			want := e
			for _, x := range v {
				if !finite(x) || e.log && x < smallest {
					continue
				}
				if !want.any {
					want.lo, want.hi = x, x
				}
				want.any, want.whole = true, want.whole && x == math.Trunc(x)
				want.lo, want.hi = math.Min(want.lo, x), math.Max(want.hi, x)
			}
			half := rng.IntN(len(v) + 1)
			e.add(v[:half])
			if e.add(v[half:]); e != want {
				t.Fatalf("%v: %+v, want %+v", v, e, want)
			}
		}
	})
}

// TestFilterParts compares with keeping one point after another.
func TestFilterParts(t *testing.T) {
	inParts(t, func(t *testing.T) {
		rng := rand.New(rand.NewPCG(2, 2))
		all := 0
		for round := range 2000 {
			n := rng.IntN(4) * rng.IntN(60)
			xs, ys := make([]float64, n), make([]float64, n)
			for i := range xs {
				xs[i], ys[i] = rng.Float64(), rng.Float64()
			}
			if odd := oddNumbers(rng, 1)[0]; n > 0 && rng.IntN(2) == 0 {
				[][]float64{xs, ys}[rng.IntN(2)][rng.IntN(n)] = odd
			}
			f := filter{logX: round%2 == 0, logY: round%3 == 0}
			try, want := f, true
			for i := range xs {
				want = try.keep(xs[i], ys[i]) && want
			}
			if got := f.all(xs, ys); got != want {
				t.Fatalf("%v and %v: %v, want %v", xs, ys, got, want)
			}
			if want {
				all++
			}
		}
		if all == 0 || all == 2000 {
			t.Errorf("all can be drawn in %d of 2000 rounds", all)
		}
	})
}

// TestCountParts compares with finding the bin of each value among the edges.
func TestCountParts(t *testing.T) {
	inParts(t, func(t *testing.T) {
		rng := rand.New(rand.NewPCG(3, 3))
		for range 300 {
			edges := make([]float64, 2+rng.IntN(30))
			for i := range edges {
				edges[i] = 0.1 * float64(i)
				if i > 0 && rng.IntN(4) == 0 {
					edges[i] = edges[i-1] + rng.Float64()
				}
			}
			slices.Sort(edges)
			edges = slices.Compact(edges)
			last := len(edges) - 1
			v, want := make([]float64, rng.IntN(500)), make([]float64, last)
			for i := range v {
				v[i] = edges[0] + rng.Float64()*(edges[last]-edges[0])
				if rng.IntN(3) == 0 {
					v[i] = edges[rng.IntN(last+1)]
				}
				k := 0
				for k < last-1 && v[i] >= edges[k+1] {
					k++
				}
				want[k]++
			}
			got, find := make([]float64, last), newBinFinder(edges)
			if find.count(v, got); !slices.Equal(got, want) {
				t.Fatalf("%v between %v: %v, want %v", v, edges, got, want)
			}
		}
	})
}
