package tables

import (
	"math"
	"unsafe"
)

// loops are those of a formula's loops that a processor has instructions for
// which do several rows at once. Each works on n values behind its pointers, n
// a multiple of loopRows. What they do is said by the loops in Go below, which
// do the rest, and everything on other processors.
type loops struct {
	floats     map[string]arithLoop[float64]
	ints       map[string]arithLoop[int64]
	floatTests map[string]testLoop[float64]
	intTests   map[string]testLoop[int64]
	sqrt       func(out, x *float64, n int)
	pick       func(out, yes, no *float64, c *bool, n int)
	choose     func(out *int32, b *bool, first, n int) int // appends the numbers of rows that are true
}

// simd is nil where the processor has nothing of that kind.
var simd *loops

const loopRows = 32

// An arithLoop is for two slices (vv), a slice and a number (vs) and a number
// and a slice (sv, nil where that is vs with its sides exchanged).
type arithLoop[T any] struct{ vv, vs, sv func(out, x, y *T, n int) }

// A testLoop compares two slices, exchanged if swap says so, or a slice with a
// number.
type testLoop[T any] struct {
	vv   func(out *bool, x, y *T, n int)
	swap bool
	vs   func(out *bool, x, y *T, n int)
}

// arithFloats is out = x op y; a side of one value has it in all rows.
func arithFloats(op string, out, x, y []float64) {
	if simd != nil {
		if l, ok := simd.floats[op]; ok {
			done := l.run(out, x, y)
			out, x, y = out[done:], after(x, done), after(y, done)
		}
	}
	inBlocks(out, x, y, func(out, x, y []float64) { floatKernel(op, out, x, y) })
}

// arithInts is arithFloats of integers.
func arithInts(op string, out, x, y []int64) {
	if simd != nil {
		if l, ok := simd.ints[op]; ok {
			done := l.run(out, x, y)
			out, x, y = out[done:], after(x, done), after(y, done)
		}
	}
	inBlocks(out, x, y, func(out, x, y []int64) { intKernel(op, out, x, y) })
}

// testFloats is out = x op y for a comparison.
func testFloats(op string, out []bool, x, y []float64) {
	if simd != nil {
		done := simd.floatTests[op].run(out, x, y)
		out, x, y = out[done:], after(x, done), after(y, done)
	}
	inBlocks(out, x, y, func(out []bool, x, y []float64) { compareKernel(op, out, x, y) })
}

// testInts is testFloats of integers.
func testInts(op string, out []bool, x, y []int64) {
	if simd != nil {
		done := simd.intTests[op].run(out, x, y)
		out, x, y = out[done:], after(x, done), after(y, done)
	}
	inBlocks(out, x, y, func(out []bool, x, y []int64) { compareKernel(op, out, x, y) })
}

// run does most rows and returns how many.
func (l arithLoop[T]) run(out, x, y []T) int {
	n := len(out) &^ (loopRows - 1)
	switch {
	case n == 0 || len(x) == 1 && (len(y) == 1 || l.sv == nil):
		return 0
	case len(x) == 1:
		l.sv(&out[0], &x[0], &y[:n][0], n)
	case len(y) == 1:
		l.vs(&out[0], &x[:n][0], &y[0], n)
	default:
		l.vv(&out[0], &x[:n][0], &y[:n][0], n)
	}
	return n
}

func (l testLoop[T]) run(out []bool, x, y []T) int {
	n := len(out) &^ (loopRows - 1)
	switch {
	case n == 0 || len(x) == 1:
		return 0
	case len(y) == 1:
		l.vs(&out[0], &x[:n][0], &y[0], n)
	case l.swap:
		l.vv(&out[0], &y[:n][0], &x[:n][0], n)
	default:
		l.vv(&out[0], &x[:n][0], &y[:n][0], n)
	}
	return n
}

// after is what is left of a side when some rows are done.
func after[T any](v []T, done int) []T {
	if len(v) == 1 {
		return v
	}
	return v[done:]
}

// inBlocks runs a loop of slices over sides of which one may be a single value.
func inBlocks[T, R any](out []R, x, y []T, loop func(out []R, x, y []T)) {
	n := len(out)
	if n == 0 || len(x) >= n && len(y) >= n {
		loop(out, x, y)
		return
	}
	var xs, ys [64]T
	for i := range xs {
		xs[i], ys[i] = x[0], y[0]
	}
	for lo := 0; lo < n; lo += len(xs) {
		k := min(len(xs), n-lo)
		a, b := xs[:k], ys[:k]
		if len(x) > 1 {
			a = x[lo : lo+k]
		}
		if len(y) > 1 {
			b = y[lo : lo+k]
		}
		loop(out[lo:lo+k], a, b)
	}
}

// sqrts is out = sqrt(x).
func sqrts(out, x []float64) {
	x = x[:len(out)]
	n := 0
	if simd != nil {
		if n = len(out) &^ (loopRows - 1); n > 0 {
			simd.sqrt(&out[0], &x[0], n)
		}
	}
	for i := n; i < len(out); i++ {
		out[i] = math.Sqrt(x[i])
	}
}

// pickNumbers is out = c ? y : z of numbers with 64 bits.
func pickNumbers[T int64 | float64](out []T, c []bool, y, z []T) {
	n := 0
	if simd != nil {
		if n = len(out) &^ (loopRows - 1); n > 0 {
			simd.pick(asFloat(out[:n]), asFloat(y[:n]), asFloat(z[:n]), &c[:n][0], n)
		}
	}
	pick(out[n:], c[n:len(out)], y[n:], z[n:])
}

// asFloat is a pointer to 64-bit numbers of any kind.
func asFloat[T int64 | float64](v []T) *float64 { return (*float64)(unsafe.Pointer(&v[0])) }

// words are eight booleans each, as many as there are.
func words(v []bool) []uint64 {
	if len(v) < 8 {
		return nil
	}
	return unsafe.Slice((*uint64)(unsafe.Pointer(unsafe.SliceData(v))), len(v)/8)
}

// logic is out = x op y for & | ^ and, to take away, - (x and not y).
func logic(op byte, out, x, y []bool) {
	n := len(out) &^ 7
	o, a, b := words(out), words(x[:n]), words(y[:n])
	switch op {
	case '&':
		for i := range o {
			o[i] = a[i] & b[i]
		}
	case '|':
		for i := range o {
			o[i] = a[i] | b[i]
		}
	case '^':
		for i := range o {
			o[i] = a[i] ^ b[i]
		}
	case '-':
		for i := range o {
			o[i] = a[i] &^ b[i]
		}
	}
	for i := n; i < len(out); i++ {
		switch op {
		case '&':
			out[i] = x[i] && y[i]
		case '|':
			out[i] = x[i] || y[i]
		case '^':
			out[i] = x[i] != y[i]
		case '-':
			out[i] = x[i] && !y[i]
		}
	}
}

// negate is out = !x.
func negate(out, x []bool) {
	n := len(out) &^ 7
	o, a := words(out), words(x[:n])
	for i := range o {
		o[i] = a[i] ^ 0x0101010101010101
	}
	for i := n; i < len(out); i++ {
		out[i] = !x[i]
	}
}

// selectTrue appends the rows that are true, without a branch; they are
// numbered from lo.
func selectTrue(sel []int32, b []bool, lo int) []int32 {
	at := len(sel)
	if cap(sel) < at+len(b) {
		sel = roomier(sel, len(b))
	}
	out := sel[:at+len(b)]
	n := 0
	if simd != nil {
		if n = len(b) &^ (loopRows - 1); n > 0 {
			at += simd.choose(&out[at], &b[0], lo, n)
		}
	}
	for i := n; i < len(b); i++ {
		out[at] = int32(lo + i)
		at += b2i(b[i])
	}
	return out[:at]
}

// spread has a byte's bits as eight booleans.
var spread = func() (t [256]uint64) {
	for b := range t {
		for bit := range 8 {
			t[b] |= uint64(b>>bit&1) << (8 * bit)
		}
	}
	return t
}()

// flags is out[i] = b.get(lo + i); lo is a multiple of 8.
func (b bitmap) flags(out []bool, lo int) {
	o := words(out)
	for i, x := range b[lo/8 : lo/8+len(o)] {
		o[i] = spread[x]
	}
	for i := 8 * len(o); i < len(out); i++ {
		out[i] = b.get(lo + i)
	}
}

// all reports whether n bits from lo, a multiple of 8, are set.
func (b bitmap) all(lo, n int) bool {
	for _, x := range b[lo/8 : (lo+n)/8] {
		if x != 0xff {
			return false
		}
	}
	for i := lo + n&^7; i < lo+n; i++ {
		if !b.get(i) {
			return false
		}
	}
	return true
}
