package tables

import (
	"fmt"
	"math"
	"reflect"
	"time"
)

// Values makes a column of type t out of single cells; nil is null. Numbers
// are cast to t as Java and Deephaven do: a float loses its fraction and stops
// at the ends of the 32- or 64-bit range (NaN gives 0), a wider integer keeps
// its low bits. A cell that cannot become a t is an error of the column.
func Values(name string, t Type, cells []any) Col {
	if !t.ok() {
		return Col{name: name, err: fmt.Errorf("tables: column %q: %d is not a column type", name, t)}
	}
	b := newBuilder(t, len(cells))
	for i, x := range cells {
		poll(i)
		if err := b.add(x); err != nil {
			return Col{name: name, err: fmt.Errorf("tables: column %q: row %d: %w", name, i, err)}
		}
	}
	return b.col(name)
}

// A builder appends boxed cells of one type.
type builder struct {
	typ   Type
	null  []bool
	nulls int
	put   func(x any) error // appends a cell that is not nil
	zero  func()            // appends the zero value
	done  func() store
}

func newBuilder(t Type, capacity int) *builder {
	b := &builder{typ: t, null: make([]bool, 0, capacity)}
	switch {
	case t.IsVector():
		b.vectors(capacity)
	case t == Bool:
		var v []bool
		b.put = func(x any) error {
			return putKind(x, t, reflect.Bool, func(r reflect.Value) { v = append(v, r.Bool()) })
		}
		b.zero = func() { v = append(v, false) }
		b.done = func() store { return newBools(v) }
	case t == Image:
		var v [][]byte
		b.put = func(x any) error {
			p, ok := x.(Picture)
			v = append(v, p.data)
			if !ok {
				return fmt.Errorf("want a tables.Picture, got %T", x)
			}
			return nil
		}
		b.zero = func() { v = append(v, nil) }
		b.done = func() store { return imageCol("", v).data }
	case t == String:
		var v []string
		b.put = func(x any) error {
			return putKind(x, t, reflect.String, func(r reflect.Value) { v = append(v, r.String()) })
		}
		b.zero = func() { v = append(v, "") }
		b.done = func() store { return newTexts(v) }
	default:
		numberBuilder(b, t, capacity)
	}
	return b
}

func numberBuilder(b *builder, t Type, capacity int) {
	switch t {
	case Int8:
		buildNums(b, capacity, func(n num) int8 { return int8(n.toInt32()) })
	case Int16:
		buildNums(b, capacity, func(n num) int16 { return int16(n.toInt32()) })
	case Int32:
		buildNums(b, capacity, num.toInt32)
	case Char:
		buildNums(b, capacity, func(n num) int32 { return n.toInt32() & 0x1fffff })
	case Date:
		buildNums(b, capacity, num.toInt32)
	case Int64, Timestamp, Duration:
		buildNums(b, capacity, num.toInt64)
	case Uint8:
		buildNums(b, capacity, func(n num) uint8 { return uint8(n.toInt32()) })
	case Uint16:
		buildNums(b, capacity, func(n num) uint16 { return uint16(n.toInt32()) })
	case Uint32:
		buildNums(b, capacity, func(n num) uint32 { return uint32(n.toInt64()) })
	case Uint64:
		buildNums(b, capacity, num.toUint64)
	case Float32:
		buildNums(b, capacity, func(n num) float32 { return float32(n.toFloat64()) })
	case Float64:
		buildNums(b, capacity, num.toFloat64)
	}
}

func buildNums[T number](b *builder, capacity int, conv func(num) T) {
	v := make([]T, 0, capacity)
	b.put = func(x any) error {
		n, err := numOf(x, b.typ)
		if err == nil {
			v = append(v, conv(n))
		}
		return err
	}
	b.zero = func() { v = append(v, 0) }
	b.done = func() store { return nums[T]{v} }
}

// vectors appends slices of any Go type the element type can be made of.
func (b *builder) vectors(capacity int) {
	inner := newBuilder(b.typ.Elem(), capacity)
	off := make([]int64, 1, capacity+1)
	n := int64(0)
	b.put = func(x any) error {
		r := reflect.ValueOf(x)
		if r.Kind() != reflect.Slice && r.Kind() != reflect.Array {
			return fmt.Errorf("want %v, got %T", b.typ, x)
		}
		for i := range r.Len() {
			if err := inner.add(r.Index(i).Interface()); err != nil {
				return err
			}
		}
		n += int64(r.Len())
		off = append(off, n)
		return nil
	}
	b.zero = func() { off = append(off, n) }
	b.done = func() store {
		c := inner.col("")
		return list{off, &c}
	}
}

func (b *builder) add(x any) error {
	if x == nil {
		b.zero()
		b.null = append(b.null, true)
		b.nulls++
		return nil
	}
	if err := b.put(x); err != nil {
		return err
	}
	b.null = append(b.null, false)
	return nil
}

func (b *builder) col(name string) Col {
	c := Col{name: name, typ: b.typ, data: b.done()}
	if b.nulls > 0 {
		c.valid = fullBitmap(len(b.null))
		for i, isNull := range b.null {
			if isNull {
				c.valid.clear(i)
			}
		}
	}
	return c
}

func putKind(x any, t Type, k reflect.Kind, put func(reflect.Value)) error {
	r := reflect.ValueOf(x)
	if r.Kind() != k {
		return fmt.Errorf("want %v, got %T", t, x)
	}
	put(r)
	return nil
}

// A num is a number on its way from one type to another.
type num struct {
	kind byte // 'i', 'u' or 'f'
	i    int64
	u    uint64
	f    float64
}

// numOf reads a Go number, or a time on its way to a temporal type.
func numOf(x any, to Type) (num, error) {
	switch v := x.(type) {
	case time.Time:
		switch to {
		case Timestamp:
			return num{kind: 'i', i: v.UnixNano()}, nil
		case Date:
			return num{kind: 'i', i: int64(daysOf(v))}, nil
		}
		return num{}, fmt.Errorf("want %v, got a time", to)
	case time.Duration:
		if to != Duration && !to.IsNumeric() {
			return num{}, fmt.Errorf("want %v, got a duration", to)
		}
	}
	r := reflect.ValueOf(x)
	switch {
	case r.CanInt():
		return num{kind: 'i', i: r.Int()}, nil
	case r.CanUint():
		return num{kind: 'u', u: r.Uint()}, nil
	case r.CanFloat():
		return num{kind: 'f', f: r.Float()}, nil
	}
	return num{}, fmt.Errorf("want %v, got %T", to, x)
}

func (n num) toFloat64() float64 {
	switch n.kind {
	case 'i':
		return float64(n.i)
	case 'u':
		return float64(n.u)
	}
	return n.f
}

func (n num) toInt64() int64 {
	switch n.kind {
	case 'i':
		return n.i
	case 'u':
		return int64(n.u)
	}
	return floatToInt64(n.f)
}

func (n num) toInt32() int32 {
	switch n.kind {
	case 'i':
		return int32(n.i)
	case 'u':
		return int32(n.u)
	}
	return floatToInt32(n.f)
}

func (n num) toUint64() uint64 {
	switch n.kind {
	case 'i':
		return uint64(n.i)
	case 'u':
		return n.u
	}
	switch {
	case n.f != n.f || n.f <= 0:
		return 0
	case n.f >= math.MaxUint64:
		return math.MaxUint64
	}
	return uint64(n.f)
}

// floatToInt64 drops the fraction and stops at the ends of the range; NaN is 0.
// Go leaves those cases to the machine.
func floatToInt64(f float64) int64 {
	switch {
	case f != f:
		return 0
	case f >= math.MaxInt64:
		return math.MaxInt64
	case f <= math.MinInt64:
		return math.MinInt64
	}
	return int64(f)
}

func floatToInt32(f float64) int32 {
	switch {
	case f != f:
		return 0
	case f >= math.MaxInt32:
		return math.MaxInt32
	case f <= math.MinInt32:
		return math.MinInt32
	}
	return int32(f)
}

// cell is row i as a Go value, nil for null.
func (c *Col) cell(i int) any {
	if c.IsNull(i) {
		return nil
	}
	switch s := c.data.(type) {
	case bools:
		return s.b.get(i)
	case texts:
		if c.typ == Image {
			return s.(strs).picture(i)
		}
		return s.at(i)
	case list:
		return s.at(i).Values()
	case nums[int64]:
		switch c.typ {
		case Timestamp:
			return time.Unix(0, s.v[i]).UTC()
		case Duration:
			return time.Duration(s.v[i])
		}
		return s.v[i]
	case nums[int32]:
		if c.typ == Date {
			return time.Unix(int64(s.v[i])*86400, 0).UTC()
		}
		return s.v[i]
	case nums[int8]:
		return s.v[i]
	case nums[int16]:
		return s.v[i]
	case nums[uint8]:
		return s.v[i]
	case nums[uint16]:
		return s.v[i]
	case nums[uint32]:
		return s.v[i]
	case nums[uint64]:
		return s.v[i]
	case nums[float32]:
		return s.v[i]
	case nums[float64]:
		return s.v[i]
	}
	return nil
}
