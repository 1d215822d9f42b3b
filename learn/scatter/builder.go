package scatter

import (
	"fmt"
	"math"
	"reflect"

	"github.com/sheaf-go/sheaf/tables"
)

// A Builder collects the scattered values of all batches into one column of a
// type. Numbers are cast to it: a float loses its fraction on the way to an
// integer, as in Java (DH-12); what the type cannot hold is an error.
type Builder struct {
	name  string
	typ   tables.Type
	cells sink
	n     int

	inferred bool // the type comes from the values
}

// sink takes the values of a batch; bad is the place of one that does not fit.
type sink interface {
	add(vector any) (bad int, err error)
	col(name string, t tables.Type) tables.Col
}

// NewBuilder starts a column of so many rows. The zero type stands for the
// type of the first values that come.
func NewBuilder(name string, t tables.Type, rows int) *Builder {
	b := &Builder{name: name, typ: t}
	if t != 0 {
		b.cells = newSink(t, rows)
	}
	return b
}

func newSink(t tables.Type, rows int) sink {
	switch t {
	case tables.Int8:
		return &numbers[int8]{v: make([]int8, 0, rows)}
	case tables.Int16:
		return &numbers[int16]{v: make([]int16, 0, rows)}
	case tables.Int32, tables.Char:
		return &numbers[int32]{v: make([]int32, 0, rows)}
	case tables.Int64:
		return &numbers[int64]{v: make([]int64, 0, rows)}
	case tables.Uint8:
		return &numbers[uint8]{v: make([]uint8, 0, rows)}
	case tables.Uint16:
		return &numbers[uint16]{v: make([]uint16, 0, rows)}
	case tables.Uint32:
		return &numbers[uint32]{v: make([]uint32, 0, rows)}
	case tables.Uint64:
		return &numbers[uint64]{v: make([]uint64, 0, rows)}
	case tables.Float32:
		return &numbers[float32]{v: make([]float32, 0, rows)}
	case tables.Float64:
		return &numbers[float64]{v: make([]float64, 0, rows)}
	}
	return &boxed{v: make([]any, 0, rows)}
}

// Append adds the values that [Spec.Scatter] made of the next batch.
func (b *Builder) Append(vector any) error {
	if b.inferred || b.cells == nil {
		if err := b.infer(vector); err != nil {
			return err
		}
	}
	bad, err := b.cells.add(vector)
	if err != nil {
		return fmt.Errorf("scatter: %w in row %d", err, b.n+bad)
	}
	b.n += reflect.ValueOf(vector).Len()
	return nil
}

// infer takes the column's type from the values, and wants it to stay: a type
// that nobody chose must not cut a later value down.
func (b *Builder) infer(vector any) error {
	list := reflect.ValueOf(vector)
	var one reflect.Type
	for i := range list.Len() {
		x := list.Index(i)
		if x.Kind() == reflect.Interface {
			x = x.Elem()
		}
		switch {
		case !x.IsValid(): // nil, a null of any type
		case one == nil:
			one = x.Type()
		case x.Type() != one:
			return fmt.Errorf("scatter: %v and %v in rows %d to %d; give the output a type", one, x.Type(), b.n, b.n+i)
		}
	}
	if one == nil {
		return fmt.Errorf("scatter: rows %d to %d are all null; give the output a type", b.n, b.n+list.Len()-1)
	}
	t, _ := tables.New(tables.Column("x", reflect.MakeSlice(reflect.SliceOf(one), 0, 0).Interface())).TypeOf("x")
	switch {
	case t == 0:
		return fmt.Errorf("scatter: no column type for %v; give the output one", one)
	case b.cells == nil:
		b.typ, b.cells, b.inferred = t, newSink(t, 0), true
	case t != b.typ:
		return fmt.Errorf("scatter: %v up to row %d, then %v; give the output a type", b.typ, b.n-1, t)
	}
	return nil
}

// Col is the column of all values so far. Without a type and without values
// it is a column of Float64.
func (b *Builder) Col() tables.Col {
	if b.cells == nil {
		return tables.Floats(b.name)
	}
	return b.cells.col(b.name, b.typ)
}

type number interface {
	int8 | int16 | int32 | int64 | uint8 | uint16 | uint32 | uint64 | float32 | float64
}

// numbers is a column of numbers, with the places of its nulls.
type numbers[T number] struct {
	v     []T
	nulls map[int]bool
}

func (s *numbers[T]) add(vector any) (int, error) {
	switch v := vector.(type) {
	case []int8:
		return castAll(s, v)
	case []int16:
		return castAll(s, v)
	case []int32:
		return castAll(s, v)
	case []int64:
		return castAll(s, v)
	case []int:
		return castAll(s, v)
	case []uint8:
		return castAll(s, v)
	case []uint16:
		return castAll(s, v)
	case []uint32:
		return castAll(s, v)
	case []uint64:
		return castAll(s, v)
	case []float32:
		return castAll(s, v)
	case []float64:
		return castAll(s, v)
	}
	list := reflect.ValueOf(vector)
	for i := range list.Len() {
		if err := s.addCell(list.Index(i).Interface()); err != nil {
			return i, err
		}
	}
	return 0, nil
}

// addCell casts one value of any number type; nil is null.
func (s *numbers[T]) addCell(x any) (err error) {
	var zero T
	switch r := reflect.ValueOf(x); {
	case x == nil:
		if s.nulls == nil {
			s.nulls = map[int]bool{}
		}
		s.nulls[len(s.v)] = true
		s.v = append(s.v, 0)
	case r.CanInt():
		_, err = castAll(s, []int64{r.Int()})
	case r.CanUint():
		_, err = castAll(s, []uint64{r.Uint()})
	case r.CanFloat():
		_, err = castAll(s, []float64{r.Float()})
	case r.Kind() == reflect.Slice:
		return fmt.Errorf("want one %T, got %d values; use scatter.Col, scatter.Argmax or a vector type", zero, r.Len())
	default:
		return fmt.Errorf("want %T, got %T", zero, x)
	}
	return err
}

func castAll[T number, S number | int](s *numbers[T], src []S) (int, error) {
	if same, ok := any(src).([]T); ok {
		s.v = append(s.v, same...)
		return 0, nil
	}
	_, float := bounds[T]()
	for i, v := range src {
		d, ok := T(v), true
		if !float {
			d, ok = whole[T](v)
		}
		if !ok {
			var zero T
			return i, fmt.Errorf("%v does not fit %T", v, zero)
		}
		s.v = append(s.v, d)
	}
	return 0, nil
}

// whole casts to an integer type: the fraction goes, and NaN and what lies
// outside the type's range do not fit.
func whole[T number, S number | int](v S) (T, bool) {
	if d := T(v); S(d) == v && (d < 0) == (v < 0) {
		return d, true
	}
	f := math.Trunc(float64(v))
	r, _ := bounds[T]()
	if math.Abs(float64(v)-f) == 0 || !(f >= r.lo && f < r.hi) {
		return 0, false // a whole number that did not survive, or out of range
	}
	return T(f), true
}

type span struct{ lo, hi float64 } // lo ≤ value < hi

// bounds is the range of an integer type; float says that T is none.
func bounds[T number]() (r span, float bool) {
	var z T
	switch size := reflect.TypeOf(z).Bits(); reflect.TypeOf(z).Kind() {
	case reflect.Float32, reflect.Float64:
		return span{}, true
	case reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		return span{0, math.Ldexp(1, size)}, false
	default:
		return span{-math.Ldexp(1, size-1), math.Ldexp(1, size-1)}, false
	}
}

func (s *numbers[T]) col(name string, t tables.Type) tables.Col {
	if len(s.nulls) == 0 && t != tables.Char {
		return tables.Column(name, s.v)
	}
	cells := make([]any, len(s.v))
	for i, v := range s.v {
		if !s.nulls[i] {
			cells[i] = v
		}
	}
	return tables.Values(name, t, cells)
}

// boxed is a column of any other type: bools, text, times, vectors.
type boxed struct{ v []any }

func (s *boxed) add(vector any) (int, error) {
	list := reflect.ValueOf(vector)
	for i := range list.Len() {
		s.v = append(s.v, list.Index(i).Interface())
	}
	return 0, nil
}

func (s *boxed) col(name string, t tables.Type) tables.Col { return tables.Values(name, t, s.v) }
