package tables

import (
	"cmp"
	"math"
	"slices"

	"github.com/sheaf-go/sheaf/internal/interrupt"
)

// Sum adds a numeric or boolean column; null counts as nothing. It is NaN if the
// column holds a NaN, and panics as [Table.Float64s] does for unknown names and
// other types.
func (t *Table) Sum(name string) float64 { return t.reduce("Sum", "sum", name) }

// Mean is the arithmetic mean of the values that are not null; NaN also
// where there are none; see [Table.Sum].
func (t *Table) Mean(name string) float64 { return t.reduce("Mean", "avg", name) }

// Std is the standard deviation of the values that are not null, dividing by
// n-1; NaN also of fewer than two values; see [Table.Sum].
func (t *Table) Std(name string) float64 { return t.reduce("Std", "std", name) }

// Min is the least of the values that are not null; see [Table.Mean].
func (t *Table) Min(name string) float64 { return t.reduce("Min", "min", name) }

// Max is the greatest of the values that are not null; see [Table.Mean].
func (t *Table) Max(name string) float64 { return t.reduce("Max", "max", name) }

func (t *Table) reduce(method, fn, name string) float64 {
	c := t.cells(method, name, "numbers", Type.isNumberLike)
	if r, ok := aggregateFloats(fn, c.present()); ok {
		return r
	}
	return math.NaN()
}

// present is the column's values that are not null, as floats; nil if it is
// not numeric. It may be the column's own memory.
func (c *Col) present() []float64 {
	v := c.float64s()
	if v == nil || c.valid == nil {
		return v
	}
	out := uncleared[float64](len(v))[:0]
	for i, x := range v {
		poll(i)
		if c.valid.get(i) {
			out = append(out, x)
		}
	}
	return out
}

// sortFloats sorts v, NaNs first, and may leave the result elsewhere: long
// ones in pieces that are merged, so as to ask for the interrupt between.
func sortFloats(v []float64) []float64 {
	const piece = 1 << 14
	for lo := 0; lo < len(v); lo += piece {
		if lo > 0 {
			interrupt.Check()
		}
		slices.Sort(v[lo:min(lo+piece, len(v))])
	}
	if len(v) <= piece {
		return v
	}
	w := uncleared[float64](len(v))
	for size := piece; size < len(v); size *= 2 {
		for lo := 0; lo < len(v); lo += 2 * size {
			mid, hi := min(lo+size, len(v)), min(lo+2*size, len(v))
			merge(w[lo:hi], v[lo:mid], v[mid:hi])
		}
		v, w = w, v
	}
	return v
}

// merge puts two sorted slices together in out.
func merge(out, a, b []float64) {
	for lo, hi := range spans(len(out)) {
		for i := lo; i < hi; i++ {
			if len(b) == 0 || len(a) > 0 && !cmp.Less(b[0], a[0]) {
				out[i], a = a[0], a[1:]
			} else {
				out[i], b = b[0], b[1:]
			}
		}
	}
}
