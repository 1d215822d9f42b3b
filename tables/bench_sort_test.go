package tables

import (
	"fmt"
	"math/rand/v2"
	"strconv"
	"testing"
)

// BenchmarkSortBy sorts benchRows rows of two columns by keys of several kinds.
func BenchmarkSortBy(b *testing.B) {
	n := benchRows()
	for _, key := range []struct {
		name string
		col  func(rng *rand.Rand) Col
	}{
		{"float", func(rng *rand.Rand) Col { return benchCol(n, func(int) float64 { return rng.Float64() * 100 }) }},
		{"int", func(rng *rand.Rand) Col { return benchCol(n, func(int) int64 { return rng.Int64N(1e6) }) }},
		{"sorted", func(*rand.Rand) Col { return benchCol(n, func(i int) int64 { return int64(i) }) }},
		{"text", func(rng *rand.Rand) Col {
			return benchCol(n, func(int) string { return fmt.Sprintf("key%07d", rng.IntN(max(n/10, 1))) })
		}},
		{"words", func(rng *rand.Rand) Col {
			return benchCol(n, func(int) string { return "name" + strconv.Itoa(rng.IntN(1000)) })
		}},
		{"letters", func(rng *rand.Rand) Col {
			return benchCol(n, func(int) string { return strconv.FormatUint(1<<40+rng.Uint64N(1<<60), 36) })
		}},
	} {
		b.Run(key.name, func(b *testing.B) {
			rng := rand.New(rand.NewPCG(9, 10))
			c := key.col(rng)
			v := make([]float64, n)
			for i := range v {
				v[i] = rng.Float64()
			}
			t := New(c, Floats("V", v...))
			fastest(b, func() error { return t.Sort("A").Err() })
		})
	}
}

func benchCol[T any](n int, of func(i int) T) Col {
	v := make([]T, n)
	for i := range v {
		v[i] = of(i)
	}
	return Column("A", v)
}
