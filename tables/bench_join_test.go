package tables

import (
	"fmt"
	"math/rand/v2"
	"testing"
)

// BenchmarkJoin joins benchRows rows with a tenth of that, where each of their
// keys is once, and sums a column from there.
func BenchmarkJoin(b *testing.B) {
	for _, keys := range []struct {
		name string
		col  func(ids []int) Col
	}{
		{"dense", func(ids []int) Col { return Ints("K", ids...) }},
		{"random", func(ids []int) Col {
			v := make([]int64, len(ids))
			for i, id := range ids {
				v[i] = int64(hashNumber(uint64(id) + 99))
			}
			return Int64s("K", v...)
		}},
		{"text", func(ids []int) Col {
			v := make([]string, len(ids))
			for i, id := range ids {
				v[i] = fmt.Sprintf("key%07d", id)
			}
			return Strings("K", v...)
		}},
	} {
		b.Run(keys.name, func(b *testing.B) {
			n := benchRows()
			rng := rand.New(rand.NewPCG(5, 6))
			ids, v, w := make([]int, n), make([]float64, n), make([]float64, n/10)
			for i := range ids {
				ids[i], v[i] = rng.IntN(n/10), rng.Float64()
			}
			for i := range w {
				w[i] = rng.Float64()
			}
			l := New(keys.col(ids), Floats("V", v...))
			r := New(keys.col(rng.Perm(n/10)), Floats("W", w...))
			want := 0.0
			fastest(b, func() error {
				j := l.Join(r, "K")
				sum := j.Sum("W")
				if want == 0 {
					want = sum
				}
				if j.Len() != n || sum != want {
					return fmt.Errorf("%d rows of sum %v, want %d of %v: %w", j.Len(), sum, n, want, j.Err())
				}
				return nil
			})
		})
	}
}
