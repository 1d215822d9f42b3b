package tensor

import (
	"fmt"
	"math"
	"reflect"
	"unsafe"

	"github.com/sheaf-go/sheaf/internal/memory"
)

// number is the element types that convert into one another.
type number interface {
	int8 | int16 | int32 | int64 | uint8 | uint16 | uint32 | uint64 | float32 | float64
}

// store is the flat memory behind a tensor and its views.
type store interface {
	dtype() DType
	len() int
	raw(from, to int) any
	at(i int) any
	set(i int, v any) bool // false when v is not a number or bool
	float(i int) float64
	// pick copies the elements that walk visits, in that order.
	pick(off int, shape, strides []int) store
	// floats is pick converted to float64.
	floats(off int, shape, strides []int) []float64
	// bytes is the memory itself, in the byte order of the machine.
	bytes() []byte
}

type nums[T number] []T

func (s nums[T]) dtype() DType         { return dtypeOf[T]() }
func (s nums[T]) len() int             { return len(s) }
func (s nums[T]) raw(from, to int) any { return []T(s[from:to:to]) }
func (s nums[T]) at(i int) any         { return s[i] }
func (s nums[T]) float(i int) float64  { return float64(s[i]) }
func (s nums[T]) bytes() []byte        { return bytesOf(s) }

func (s nums[T]) set(i int, v any) bool {
	x, ok := scalar[T](v)
	if ok {
		s[i] = x
	}
	return ok
}

func (s nums[T]) pick(off int, shape, strides []int) store {
	return nums[T](picked(s, off, shape, strides))
}

func (s nums[T]) floats(off int, shape, strides []int) []float64 {
	out := make([]float64, 0, product(shape))
	walk(off, shape, strides, func(start, n, step int) {
		for ; n > 0; n, start = n-1, start+step {
			out = append(out, float64(s[start]))
		}
	})
	return out
}

type bools []bool

func (s bools) dtype() DType         { return Bool }
func (s bools) len() int             { return len(s) }
func (s bools) raw(from, to int) any { return []bool(s[from:to:to]) }
func (s bools) at(i int) any         { return s[i] }
func (s bools) float(i int) float64  { return unit[float64](s[i]) }
func (s bools) bytes() []byte        { return bytesOf(s) }

func (s bools) set(i int, v any) bool {
	if b, ok := v.(bool); ok {
		s[i] = b
		return true
	}
	x, ok := scalar[float64](v)
	if ok {
		s[i] = x != 0
	}
	return ok
}

func (s bools) pick(off int, shape, strides []int) store {
	return bools(picked(s, off, shape, strides))
}

func (s bools) floats(off int, shape, strides []int) []float64 {
	out := make([]float64, 0, product(shape))
	walk(off, shape, strides, func(start, n, step int) {
		for ; n > 0; n, start = n-1, start+step {
			out = append(out, unit[float64](s[start]))
		}
	})
	return out
}

// picked copies the elements that walk visits, in that order.
func picked[E any](s []E, off int, shape, strides []int) []E {
	out := make([]E, 0, product(shape))
	walk(off, shape, strides, func(start, n, step int) {
		if step == 1 {
			out = append(out, s[start:start+n]...)
			return
		}
		for ; n > 0; n, start = n-1, start+step {
			out = append(out, s[start])
		}
	})
	return out
}

// bytesOf is the memory of a slice of numbers or bools.
func bytesOf[E any](s []E) []byte {
	var e E
	return unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(s))), len(s)*int(unsafe.Sizeof(e)))
}

func unit[T number](b bool) T {
	if b {
		return 1
	}
	return 0
}

func dtypeOf[T number]() DType {
	var z T
	switch any(z).(type) {
	case int8:
		return Int8
	case int16:
		return Int16
	case int32:
		return Int32
	case int64:
		return Int64
	case uint8:
		return Uint8
	case uint16:
		return Uint16
	case uint32:
		return Uint32
	case uint64:
		return Uint64
	case float32:
		return Float32
	}
	return Float64
}

// newStore is memory for n elements: zeros, or where all of it will be filled
// before anyone sees it, whatever lies there.
func newStore(d DType, n int, filled bool) store {
	switch d {
	case Bool:
		return bools(flat[bool](n, filled))
	case Int8:
		return nums[int8](flat[int8](n, filled))
	case Int16:
		return nums[int16](flat[int16](n, filled))
	case Int32:
		return nums[int32](flat[int32](n, filled))
	case Int64:
		return nums[int64](flat[int64](n, filled))
	case Uint8:
		return nums[uint8](flat[uint8](n, filled))
	case Uint16:
		return nums[uint16](flat[uint16](n, filled))
	case Uint32:
		return nums[uint32](flat[uint32](n, filled))
	case Uint64:
		return nums[uint64](flat[uint64](n, filled))
	case Float32:
		return nums[float32](flat[float32](n, filled))
	case Float64:
		return nums[float64](flat[float64](n, filled))
	case BFloat16:
		return bf16s(flat[BF16](n, filled))
	}
	panic(fmt.Sprintf("tensor: newStore of %v", d))
}

func flat[E any](n int, filled bool) []E {
	if filled {
		return memory.Uncleared[E](n)
	}
	return make([]E, n)
}

// storeOf wraps a slice without copying it; []int and []uint are converted,
// and nil means a type that no tensor has.
func storeOf(data any) store {
	switch v := data.(type) {
	case []bool:
		return bools(v)
	case []int8:
		return nums[int8](v)
	case []int16:
		return nums[int16](v)
	case []int32:
		return nums[int32](v)
	case []int64:
		return nums[int64](v)
	case []uint8:
		return nums[uint8](v)
	case []uint16:
		return nums[uint16](v)
	case []uint32:
		return nums[uint32](v)
	case []uint64:
		return nums[uint64](v)
	case []float32:
		return nums[float32](v)
	case []float64:
		return nums[float64](v)
	case []BF16:
		return bf16s(v)
	case []int:
		return nums[int64](convertSlice[int64](v))
	case []uint:
		return nums[uint64](convertSlice[uint64](v))
	}
	return nil
}

func convertSlice[D, S number | int | uint](src []S) []D {
	out := make([]D, len(src))
	for i, v := range src {
		out[i] = D(v)
	}
	return out
}

// scalar converts any Go number, named types too, or bool to T by the rules
// of [Tensor.Cast].
func scalar[T number](v any) (T, bool) {
	if b, ok := v.(BF16); ok {
		return clamp[T](b.Float32()), true
	}
	switch r := reflect.ValueOf(v); r.Kind() {
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return clamp[T](r.Int()), true
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Uintptr:
		return clamp[T](r.Uint()), true
	case reflect.Float32, reflect.Float64:
		return clamp[T](r.Float()), true
	case reflect.Bool:
		return unit[T](r.Bool()), true
	}
	return 0, false
}

// clamp converts like Go where Go's result is defined; otherwise it takes the
// nearest value of D, and 0 for NaN.
func clamp[D, S number](v S) D {
	lo, hi, float := limits[D]()
	if float {
		return D(v)
	}
	if d := D(v); S(d) == v && (d < 0) == (v < 0) {
		return d
	}
	switch f := float64(v); {
	case f != f:
		return 0
	case f >= hi:
		return maxOf[D]()
	case f < lo:
		return D(lo)
	}
	return D(v)
}

// limits are the bounds of an integer type as floats: lo is its smallest
// value, hi is one past its largest (for 64 bits, the largest rounds to it).
func limits[D number]() (lo, hi float64, float bool) {
	switch d := dtypeOf[D](); d {
	case Float32, Float64:
		return 0, 0, true
	case Uint8, Uint16, Uint32, Uint64:
		return 0, math.Ldexp(1, 8*d.Size()), false
	default:
		h := math.Ldexp(1, 8*d.Size()-1)
		return -h, h, false
	}
}

func maxOf[D number]() D {
	d := dtypeOf[D]()
	bits := 8*d.Size() - 1
	if d >= Uint8 {
		bits++
	}
	return D(uint64(1)<<bits - 1)
}
