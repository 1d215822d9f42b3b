package tables

import (
	"math"
	"time"
)

// Float64s is a numeric, boolean or character column as float64; null becomes
// NaN. A Float64 column without nulls is the column's own memory, which must
// not be written to. It is nil if there is no such column or it is not
// numeric.
func (t *Table) Float64s(name string) []float64 {
	c, ok := t.Column(name)
	if !ok {
		return nil
	}
	v := c.float64s()
	if c.valid == nil || v == nil {
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
// is the column's own memory. It is nil for floats, text and unknown names.
func (t *Table) Int64s(name string) []int64 {
	c, ok := t.Column(name)
	if !ok || c.typ.IsFloat() {
		return nil
	}
	switch s := c.data.(type) {
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
// types are written as the display writes them. It is nil for unknown names.
func (t *Table) Strings(name string) []string {
	c, ok := t.Column(name)
	if !ok {
		return nil
	}
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

// Bools is a Bool column as a slice; null becomes false. It is nil for other
// types and unknown names.
func (t *Table) Bools(name string) []bool {
	c, ok := t.Column(name)
	if !ok {
		return nil
	}
	if s, ok := c.data.(bools); ok {
		return s.b.unpack(s.n)
	}
	return nil
}

// Times is a Timestamp or Date column as times in UTC; null becomes the zero
// time.Time. It is nil for other types and unknown names.
func (t *Table) Times(name string) []time.Time {
	c, ok := t.Column(name)
	if !ok || c.typ != Timestamp && c.typ != Date {
		return nil
	}
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
// time.Time (Timestamp and Date, in UTC), time.Duration, or a slice for a
// vector. It is nil for null, for an unknown name and for a row outside the
// table.
func (t *Table) Value(name string, row int) any {
	c, ok := t.Column(name)
	if !ok || row < 0 || row >= t.n {
		return nil
	}
	return c.cell(row)
}

// IsNull reports whether a cell is null; it is true where there is no cell.
func (t *Table) IsNull(name string, row int) bool {
	c, ok := t.Column(name)
	if !ok || row < 0 || row >= t.n {
		return true
	}
	return c.IsNull(row)
}
