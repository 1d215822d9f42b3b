package tables

import (
	"fmt"
	"image"
	"reflect"
	"strconv"
	"time"
	"unsafe"
)

// A Col is a named column: values of one [Type], some of which may be null.
// Constructors such as [Ints] make one for [New] and [Table.With];
// [Table.Column] gives one back. A Col never changes.
type Col struct {
	name  string
	typ   Type
	data  store
	valid bitmap // nil: no nulls
	err   error  // why it could not be made; reported by the table it goes into
}

// Ints is a column of Int64.
func Ints(name string, values ...int) Col {
	if strconv.IntSize == 64 {
		return Int64s(name, unsafe.Slice((*int64)(unsafe.Pointer(unsafe.SliceData(values))), len(values))...)
	}
	wide := make([]int64, len(values))
	for i, v := range values {
		wide[i] = int64(v)
	}
	return Int64s(name, wide...)
}

// Int64s is a column of Int64; a slice passed with ... is shared, not copied.
func Int64s(name string, values ...int64) Col { return numCol(name, Int64, values) }

// Int32s is a column of Int32; a slice passed with ... is shared, not copied.
func Int32s(name string, values ...int32) Col { return numCol(name, Int32, values) }

// Floats is a column of Float64; a slice passed with ... is shared, not copied.
func Floats(name string, values ...float64) Col { return numCol(name, Float64, values) }

// Float32s is a column of Float32; a slice passed with ... is shared, not copied.
func Float32s(name string, values ...float32) Col { return numCol(name, Float32, values) }

// Chars is a column of Char.
func Chars(name string, values ...rune) Col { return numCol(name, Char, values) }

// Strings is a column of String; where few values are different, each of them
// is held once.
func Strings(name string, values ...string) Col {
	return Col{name: name, typ: String, data: newTexts(values)}
}

// Bools is a column of Bool.
func Bools(name string, values ...bool) Col {
	return Col{name: name, typ: Bool, data: newBools(values)}
}

// Times is a column of Timestamp, to the nanosecond; it holds years 1678 to
// 2262, and the zero time.Time becomes null.
func Times(name string, values ...time.Time) Col {
	ns := make([]int64, len(values))
	var valid bitmap
	for i, t := range values {
		if t.IsZero() {
			valid = invalidate(valid, i, len(values))
			continue
		}
		if y := t.Year(); y < 1678 || y > 2261 {
			return Col{name: name, err: fmt.Errorf("tables: column %q: time %v in row %d is outside the years 1678 to 2261", name, t, i)}
		}
		ns[i] = t.UnixNano()
	}
	return Col{name: name, typ: Timestamp, data: nums[int64]{ns}, valid: valid}
}

// Dates is a column of Date; the time of day is dropped and the zero time.Time
// becomes null.
func Dates(name string, values ...time.Time) Col {
	days := make([]int32, len(values))
	var valid bitmap
	for i, t := range values {
		if t.IsZero() {
			valid = invalidate(valid, i, len(values))
			continue
		}
		days[i] = daysOf(t)
	}
	return Col{name: name, typ: Date, data: nums[int32]{days}, valid: valid}
}

// Durations is a column of Duration.
func Durations(name string, values ...time.Duration) Col {
	ns := make([]int64, len(values))
	for i, d := range values {
		ns[i] = int64(d)
	}
	return Col{name: name, typ: Duration, data: nums[int64]{ns}}
}

// Column makes a column of any slice of a supported type: booleans, numbers,
// strings, time.Time, time.Duration, image.Image, slices of these (a vector column),
// pointers to these (nil is null), and []any (nil is null, the rest of one
// type). Slices of numbers are shared, not copied. Anything else is an error
// of the table that the column goes into.
func Column(name string, values any) Col {
	switch v := values.(type) {
	case nil:
		return Col{name: name, err: fmt.Errorf("tables: column %q: want a slice of values, got nil", name)}
	case Col:
		v.name = name
		return v
	case *Col:
		return v.renamed(name)
	case []int:
		return Ints(name, v...)
	case []string:
		return Strings(name, v...)
	case []bool:
		return Bools(name, v...)
	case []time.Time:
		return Times(name, v...)
	case []time.Duration:
		return Durations(name, v...)
	case []image.Image:
		return Images(name, v...)
	case []any:
		return anyCol(name, v)
	}
	if c, ok := numberSlice(name, values); ok {
		return c
	}
	return reflectCol(name, reflect.ValueOf(values))
}

// numberSlice shares a slice of a built-in number type.
func numberSlice(name string, values any) (Col, bool) {
	switch v := values.(type) {
	case []int8:
		return numCol(name, Int8, v), true
	case []int16:
		return numCol(name, Int16, v), true
	case []int32:
		return numCol(name, Int32, v), true
	case []int64:
		return numCol(name, Int64, v), true
	case []uint8:
		return numCol(name, Uint8, v), true
	case []uint16:
		return numCol(name, Uint16, v), true
	case []uint32:
		return numCol(name, Uint32, v), true
	case []uint64:
		return numCol(name, Uint64, v), true
	case []float32:
		return numCol(name, Float32, v), true
	case []float64:
		return numCol(name, Float64, v), true
	}
	return Col{}, false
}

func numCol[T number](name string, t Type, v []T) Col {
	return Col{name: name, typ: t, data: nums[T]{v}}
}

// anyCol infers the type from the first value that is not nil.
func anyCol(name string, v []any) Col {
	for _, x := range v {
		if x == nil {
			continue
		}
		g := reflect.TypeOf(x)
		if t := typeOfGo(g); t != 0 {
			return Values(name, t, v)
		}
		return Col{name: name, err: fmt.Errorf("tables: column %q: cells of Go type %v are not supported", name, g)}
	}
	return Values(name, String, v)
}

// reflectCol handles named types, slices of slices and slices of pointers.
func reflectCol(name string, v reflect.Value) Col {
	k := v.Kind()
	if k != reflect.Slice && k != reflect.Array {
		return Col{name: name, err: fmt.Errorf("tables: column %q: want a slice of values, got %v", name, v.Type())}
	}
	g := v.Type().Elem()
	ptr := g.Kind() == reflect.Pointer
	if ptr {
		g = g.Elem()
	}
	t := typeOfGo(g)
	if t == 0 {
		return Col{name: name, err: fmt.Errorf("tables: column %q: cells of Go type %v are not supported", name, v.Type().Elem())}
	}
	cells := make([]any, v.Len())
	for i := range cells {
		x := v.Index(i)
		if ptr {
			if x.IsNil() {
				continue
			}
			x = x.Elem()
		}
		cells[i] = x.Interface()
	}
	return Values(name, t, cells)
}

// invalidate clears bit i of a validity bitmap of n rows, made when first needed.
func invalidate(b bitmap, i, n int) bitmap {
	if b == nil {
		b = fullBitmap(n)
	}
	b.clear(i)
	return b
}

// daysOf is the number of days from 1970-01-01 to the calendar day of t in its zone.
func daysOf(t time.Time) int32 {
	y, m, d := t.Date()
	sec := time.Date(y, m, d, 0, 0, 0, 0, time.UTC).Unix()
	day := sec / 86400
	if sec%86400 < 0 {
		day--
	}
	return int32(day)
}

// Name is the column's name.
func (c *Col) Name() string { return c.name }

// Type is the type of the column's cells.
func (c *Col) Type() Type { return c.typ }

// Len is the number of rows.
func (c *Col) Len() int {
	if c.data == nil {
		return 0
	}
	return c.data.len()
}

// NullCount is the number of rows that are null.
func (c *Col) NullCount() int {
	if c.valid == nil {
		return 0
	}
	return c.Len() - c.valid.count(c.Len())
}

// IsNull reports whether row i is null.
func (c *Col) IsNull(i int) bool { return c.valid != nil && !c.valid.get(i) }

// Values is the column as a Go slice: []float64 for Float64, []int64 (the
// nanoseconds) for Timestamp and Duration, []int32 for Date (the days) and
// Char, [][]float64 for vectors of Float64, and so on. Numbers and vectors of
// numbers are the column's own memory, which must not be written to; []bool
// and []string are built at each call. A null row has the zero value.
func (c *Col) Values() any {
	if c.data == nil {
		return nil
	}
	return c.data.values()
}

func (c *Col) renamed(name string) Col {
	d := *c
	d.name = name
	return d
}

func (c *Col) slice(from, to int) *Col {
	d := *c
	d.data = c.data.slice(from, to)
	if c.valid != nil {
		d.valid = c.valid.slice(from, to)
	}
	return &d
}

// take gathers rows; an index below 0 gives a null.
func (c *Col) take(idx []int32) *Col { return c.gather(idx, missing(idx)) }

// concat puts columns of one type end to end.
func (c *Col) concat(more []*Col) *Col {
	d := *c
	if len(more) == 0 {
		return &d
	}
	n, nulls := c.Len(), c.valid != nil
	stores := make([]store, len(more))
	for i, m := range more {
		stores[i] = m.data
		n += m.Len()
		nulls = nulls || m.valid != nil
	}
	d.data = c.data.concat(stores)
	if !nulls {
		return &d
	}
	d.valid = fullBitmap(n)
	at := 0
	for _, m := range append([]*Col{c}, more...) {
		for i := range m.Len() {
			poll(i)
			if m.IsNull(i) {
				d.valid.clear(at + i)
			}
		}
		at += m.Len()
	}
	return &d
}
