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

// TestSums compares with adding up the values of each x by themselves.
func TestSums(t *testing.T) {
	rng := rand.New(rand.NewPCG(13, 14))
	for _, different := range []int{1, 3, 40, 100, 1 << 30} {
		for _, order := range []string{"any", "sorted"} {
			xs, ys := make([]float64, 500), make([]float64, 500)
			want := map[float64]float64{}
			for i := range xs {
				xs[i], ys[i] = float64(rng.IntN(different)), largest*(rng.Float64()-0.3)
			}
			if order == "sorted" {
				slices.Sort(xs)
			}
			for i, x := range xs {
				want[x] += ys[i]
			}
			at, of := sums(xs, ys)
			if len(at) != len(want) || !slices.IsSorted(at) {
				t.Fatalf("%d different x, %s: %d places %v, want %d in order", different, order, len(at), at, len(want))
			}
			for i, x := range at {
				if w := math.Max(-largest, math.Min(largest, want[x])); of[i] != w {
					t.Errorf("%d different x, %s: %g at %g, want %g", different, order, of[i], x, w)
				}
			}
		}
	}
}

// TestAscending compares with a stable sort by comparison.
func TestAscending(t *testing.T) {
	rng := rand.New(rand.NewPCG(15, 16))
	lists := rankedScores(rng, 3000)
	delete(lists, "holes")
	lists["near one another"] = make([]float64, 3000)
	for i := range 3000 {
		lists["near one another"][i] = []float64{-1e300, 1e300, 1 + 1e-15*float64(rng.IntN(5))}[min(i, 2)]
	}
	for name, v := range lists {
		for _, n := range []int{0, 1, 2, 3000} {
			want := counted(n)
			slices.SortStableFunc(want, func(a, b int) int { return cmp.Compare(v[a]+0, v[b]+0) })
			if got := ascending(v[:n]); !slices.Equal(got, want) {
				t.Errorf("%d numbers, %s: not in order", n, name)
			}
		}
	}
}
