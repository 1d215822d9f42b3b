package radix

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// TestSort compares with package slices, on one core and on several: words that
// differ in all bits, in few, in the last ones, in none; in order and not.
func TestSort(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 6))
	draws := map[string]func(i int) uint64{
		"any":       func(int) uint64 { return rng.Uint64() },
		"few":       func(int) uint64 { return rng.Uint64N(5) << 40 },
		"last bits": func(int) uint64 { return 1<<63 | rng.Uint64N(1000) },
		"equal":     func(int) uint64 { return 7 },
		"rising":    func(i int) uint64 { return uint64(i) },
		"falling":   func(i int) uint64 { return -uint64(i) },
		"numbers":   func(int) uint64 { return Key(rng.NormFloat64()) },
		"one apart": func(i int) uint64 { return uint64(i/7) + uint64(i%2)<<62 },
	}
	defer func(n int) { manyWords = n }(manyWords)
	for _, manyWords = range []int{1 << 18, 50} {
		for name, draw := range draws {
			for _, n := range []int{0, 1, 2, 24, 25, 100, 3000, 1<<17 + 5} {
				words := make([]uint64, n)
				for i := range words {
					words[i] = draw(i)
				}
				want := slices.Sorted(slices.Values(words))
				if Sort(words, make([]uint64, n)); !slices.Equal(words, want) {
					t.Errorf("%d words, %s, several cores from %d on: not in order", n, name, manyWords)
				}
			}
		}
	}
}

// TestKey sees that keys order as numbers do, and tell them.
func TestKey(t *testing.T) {
	ascending := []float64{math.Inf(-1), -math.MaxFloat64, -2, -1, -math.SmallestNonzeroFloat64, 0,
		math.SmallestNonzeroFloat64, 1, 2, math.MaxFloat64, math.Inf(1), math.NaN()}
	for i, f := range ascending {
		if i > 0 && Key(f) <= Key(ascending[i-1]) {
			t.Errorf("the key of %g is not above that of %g", f, ascending[i-1])
		}
		if got := Number(Key(f)); got != f && f == f {
			t.Errorf("the number of the key of %g is %g", f, got)
		}
	}
	if Key(math.Copysign(0, -1)) != Key(0) || Key(-math.NaN()) != Key(math.NaN()) {
		t.Error("the zeros differ, or what is no number does")
	}
	if !math.IsNaN(Number(Key(math.NaN()))) {
		t.Error("the number of NaN's key is one")
	}
}

func BenchmarkSort(b *testing.B) {
	rng := rand.New(rand.NewPCG(1, 2))
	words, spare, w := make([]uint64, 1_000_000), make([]uint64, 1_000_000), make([]uint64, 1_000_000)
	for i := range words {
		words[i] = Key(rng.NormFloat64())
	}
	for b.Loop() {
		copy(w, words)
		Sort(w, spare)
	}
}
