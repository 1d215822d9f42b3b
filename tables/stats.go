package tables

import "math"

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
