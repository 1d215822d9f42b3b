package twin

import (
	"cmp"
	"reflect"
	"slices"
	"unsafe"
)

// Sort sorts the n values of an ordered kind that p points to, as slices.Sort
// does.
func Sort(k reflect.Kind, p unsafe.Pointer, n int) {
	switch k {
	case reflect.Int:
		sorted[int](p, n)
	case reflect.Int8:
		sorted[int8](p, n)
	case reflect.Int16:
		sorted[int16](p, n)
	case reflect.Int32:
		sorted[int32](p, n)
	case reflect.Int64:
		sorted[int64](p, n)
	case reflect.Uint:
		sorted[uint](p, n)
	case reflect.Uint8:
		sorted[uint8](p, n)
	case reflect.Uint16:
		sorted[uint16](p, n)
	case reflect.Uint32:
		sorted[uint32](p, n)
	case reflect.Uint64:
		sorted[uint64](p, n)
	case reflect.Uintptr:
		sorted[uintptr](p, n)
	case reflect.Float32:
		sorted[float32](p, n)
	case reflect.Float64:
		sorted[float64](p, n)
	case reflect.String:
		sorted[string](p, n)
	default:
		panic("twin: sort of " + k.String())
	}
}

func sorted[T cmp.Ordered](p unsafe.Pointer, n int) { slices.Sort(unsafe.Slice((*T)(p), n)) }

// StableOrder gives the order in which n things are sorted, equal ones as they
// stand. It asks less as seldom as it can: the function is interpreted.
func StableOrder(n int, less func(i, j int) bool) []int {
	order, next := make([]int, n), make([]int, n)
	for i := range order {
		order[i] = i
	}
	for width := 1; width < n; width *= 2 {
		for lo := 0; lo < n; lo += 2 * width {
			mid, hi := min(lo+width, n), min(lo+2*width, n)
			merge(next[lo:hi], order[lo:mid], order[mid:hi], less)
		}
		order, next = next, order
	}
	return order
}

// merge merges a and b into out; of equal things a's come first.
func merge(out, a, b []int, less func(i, j int) bool) {
	if len(b) == 0 || !less(b[0], a[len(a)-1]) { // in order already
		copy(out[copy(out, a):], b)
		return
	}
	for k := range out {
		if len(b) == 0 || len(a) > 0 && !less(b[0], a[0]) {
			out[k], a = a[0], a[1:]
		} else {
			out[k], b = b[0], b[1:]
		}
	}
}
