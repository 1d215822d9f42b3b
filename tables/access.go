package tables

import (
	"fmt"
	"math"
	"time"
)

// Asked for a column that the table does not have, or not of a suitable type,
// the methods of this file panic with an error that says what there is, as Go
// does for an index out of range: [Table.Has] and [Table.TypeOf] tell before. A
// failed table panics with its own error.

// cells is the column that a method was asked for; suits tells which types it
// takes, which want names.
func (t *Table) cells(method, name, want string, suits func(Type) bool) *Col {
	if t.err != nil {
		panic(t.err)
	}
	c, err := t.need(method, name)
	if err != nil {
		panic(err)
	}
	if !suits(c.typ) {
		panic(fmt.Errorf("tables: %s: column %q is %v, want %s: %w", method, name, c.typ, want, ErrType))
	}
	return c
}

func (t Type) isNumberLike() bool { return t.IsNumeric() || t == Bool || t == Char }

// Float64s is a numeric, boolean or character column as float64; null becomes
// NaN. A Float64 column without nulls is the column's own memory, which must
// not be written to. It panics for an unknown name and for other types.
func (t *Table) Float64s(name string) []float64 {
	c := t.cells("Float64s", name, "numbers", Type.isNumberLike)
	v := c.float64s()
	if c.valid == nil {
		return v
	}
	if c.typ == Float64 {
		own := uncleared[float64](len(v))
		v = own[:copied(own, v)]
	}
	for i := range v {
		poll(i)
		if !c.valid.get(i) {
			v[i] = math.NaN()
		}
	}
	return v
}

// float64s converts without regard to nulls; nil if not numeric.
func (c *Col) float64s() []float64 {
	if c.typ.IsTemporal() {
		return nil
	}
	switch s := c.data.(type) {
	case nums[float64]:
		return s.v
	case bools:
		out := make([]float64, s.n)
		for i := range out {
			poll(i)
			if s.b.get(i) {
				out[i] = 1
			}
		}
		return out
	}
	return convertNums[float64](c.data)
}

// Int64s is an integer, boolean or character column as int64, and a Timestamp,
// Date or Duration as its count; null becomes 0 (see IsNull). An Int64 column
// is the column's own memory. It panics for floats, text and unknown names, and
// for a Uint64 above 9223372036854775807.
func (t *Table) Int64s(name string) []int64 {
	c := t.cells("Int64s", name, "whole numbers", func(t Type) bool { return t.IsInteger() || t.IsTemporal() || t == Bool || t == Char })
	switch s := c.data.(type) {
	case nums[uint64]:
		for i, x := range s.v {
			poll(i)
			if x > math.MaxInt64 && !c.IsNull(i) {
				panic(fmt.Errorf("tables: Int64s: column %q: row %d is %d, want at most %d", name, i, x, math.MaxInt64))
			}
		}
	case nums[int64]:
		return s.v
	case bools:
		out := make([]int64, s.n)
		for i := range out {
			poll(i)
			if s.b.get(i) {
				out[i] = 1
			}
		}
		return out
	}
	return convertNums[int64](c.data)
}

// convertNums makes numbers of one type from numbers of another; nil if s
// holds none.
func convertNums[T number](s store) []T {
	switch s := s.(type) {
	case nums[int8]:
		return convertSlice[T](s.v)
	case nums[int16]:
		return convertSlice[T](s.v)
	case nums[int32]:
		return convertSlice[T](s.v)
	case nums[int64]:
		return convertSlice[T](s.v)
	case nums[uint8]:
		return convertSlice[T](s.v)
	case nums[uint16]:
		return convertSlice[T](s.v)
	case nums[uint32]:
		return convertSlice[T](s.v)
	case nums[uint64]:
		return convertSlice[T](s.v)
	case nums[float32]:
		return convertSlice[T](s.v)
	case nums[float64]:
		return convertSlice[T](s.v)
	}
	return nil
}

func convertSlice[T, S number](v []S) []T {
	out := uncleared[T](len(v))
	for lo, hi := range spans(len(v)) {
		to := out[lo:hi]
		for i, x := range v[lo:hi] {
			to[i] = T(x)
		}
	}
	return out
}

// Strings is a String column as a slice; null becomes "". Columns of other
// types are written as the display writes them. It panics for unknown names.
func (t *Table) Strings(name string) []string {
	c := t.cells("Strings", name, "anything", func(Type) bool { return true })
	if s, ok := c.data.(texts); ok && c.typ == String {
		return s.values().([]string)
	}
	out := make([]string, c.Len())
	for i := range out {
		poll(i)
		if !c.IsNull(i) {
			out[i] = formatCell(c, i)
		}
	}
	return out
}

// Bools is a Bool column as a slice; null becomes false. It panics for other
// types and unknown names.
func (t *Table) Bools(name string) []bool {
	s := t.cells("Bools", name, "truth values", func(t Type) bool { return t == Bool }).data.(bools)
	return s.b.unpack(s.n)
}

// Times is a Timestamp or Date column as times in UTC; null becomes the zero
// time.Time. It panics for other types and unknown names.
func (t *Table) Times(name string) []time.Time {
	c := t.cells("Times", name, "times or dates", func(t Type) bool { return t == Timestamp || t == Date })
	out := make([]time.Time, c.Len())
	for i := range out {
		poll(i)
		if v, ok := c.cell(i).(time.Time); ok {
			out[i] = v
		}
	}
	return out
}

// Value is one cell: bool, int8 … uint64, rune, float32, float64, string,
// time.Time (Timestamp and Date, in UTC), time.Duration, a [Picture], or a slice
// for a vector. It is nil for null, and panics for an unknown name and for a row
// outside the table.
func (t *Table) Value(name string, row int) any {
	return t.cellAt("Value", name, row).cell(row)
}

// IsNull reports whether a cell is null. It panics for an unknown name and for a
// row outside the table.
func (t *Table) IsNull(name string, row int) bool {
	return t.cellAt("IsNull", name, row).IsNull(row)
}

// cellAt is the column of a cell that a method was asked for.
func (t *Table) cellAt(method, name string, row int) *Col {
	c := t.cells(method, name, "anything", func(Type) bool { return true })
	if row < 0 || row >= t.n {
		panic(fmt.Errorf("tables: %s: row %d is outside the table of %d rows", method, row, t.n))
	}
	return c
}
