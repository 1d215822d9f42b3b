package cpu

import (
	"math"
	"unsafe"
)

// A Unary is a function of one number.
type Unary uint8

// The functions of one number.
const (
	Neg Unary = iota // -x
	Exp
	Expm1 // exp(x) - 1
	Log
	Log1p // log(1 + x)
	Sqrt
	Rsqrt // 1/√x
	Square
	Reciprocal // 1/x
	Abs
	Sign // -1, 0 or 1
	Floor
	Sin
	Cos
	TanhOf
	SigmoidOf // 1/(1 + exp(-x))
	Erf
	numUnary
)

// A Binary is a function of two numbers.
type Binary uint8

// The functions of two numbers. Max and Min are NaN if either is; comparisons
// give 1 or 0.
const (
	Add Binary = iota
	Sub
	Mul
	Div
	Max
	Min
	Pow
	Greater
	GreaterEqual
	Less
	LessEqual
	Equal
	NotEqual
	numBinary
)

// swapped is the function whose sides are exchanged: s op x = x swapped s.
var swapped = [numBinary]struct {
	op Binary
	ok bool
}{
	Add: {Add, true}, Mul: {Mul, true}, Max: {Max, true}, Min: {Min, true},
	Greater: {Less, true}, GreaterEqual: {LessEqual, true}, Less: {Greater, true},
	LessEqual: {GreaterEqual, true}, Equal: {Equal, true}, NotEqual: {NotEqual, true},
}

// Loops in assembler of n float32 behind pointers.
type (
	loop1   func(y, x *float32, n int)
	loop2   func(z, x, y *float32, n int)
	loopS   func(z, x *float32, s float32, n int)
	actLoop func(y, x *float32, alpha float32, n int)
	actGrad func(dx, dy, v *float32, alpha float32, n int)
)

// fast reports whether a kernel of T in assembler for AVX2 may run on n
// elements.
func fast[T Float](n int) bool {
	return unsafe.Sizeof(T(0)) == 4 && level >= AVX2 && n > 0
}

// f32 is a pointer to a slice's first element, which is a float32.
func f32[T Float](x []T) *float32 { return (*float32)(unsafe.Pointer(unsafe.SliceData(x))) }

// Map1 is y = op(x). The slices have one length; y may be x. In float32 the
// results are within 3 units in the last place, most of them within 1.5, and do
// not depend on an element's place.
func Map1[T Float](op Unary, y, x []T) {
	x = x[:len(y)]
	if fast[T](len(y)) {
		if f := unary32[op]; f != nil {
			f(f32(y), f32(x), len(y))
			return
		}
		if op == Sin || op == Cos {
			trig32(op, y, x)
			return
		}
	}
	map1(op, y, x)
}

// Map2 is z = x op y. The slices have one length; z may be x or y.
func Map2[T Float](op Binary, z, x, y []T) {
	x, y = x[:len(z)], y[:len(z)]
	if fast[T](len(z)) {
		if f := binary32[op].vv; f != nil {
			f(f32(z), f32(x), f32(y), len(z))
			return
		}
		if op == Pow {
			pow32(z, x, y)
			return
		}
	}
	map2(op, z, x, y)
}

// Map2Scalar is z = x op s. The slices have one length; z may be x.
func Map2Scalar[T Float](op Binary, z, x []T, s T) {
	x = x[:len(z)]
	if op == Pow && powIsSimple(z, x, s) {
		return
	}
	if fast[T](len(z)) {
		if f := binary32[op].vs; f != nil {
			f(f32(z), f32(x), float32(s), len(z))
			return
		}
		if op == Pow {
			powScalar32(powVS, binaryFuncs[Pow], z, x, s)
			return
		}
	}
	map2Scalar(op, z, x, s)
}

// MapScalar2 is z = s op x. The slices have one length; z may be x.
func MapScalar2[T Float](op Binary, z []T, s T, x []T) {
	x = x[:len(z)]
	if to := swapped[op]; to.ok {
		Map2Scalar(to.op, z, x, s)
		return
	}
	if fast[T](len(z)) {
		if f := binary32[op].sv; f != nil {
			f(f32(z), f32(x), float32(s), len(z))
			return
		}
		if op == Pow {
			powScalar32(powSV, powOf, z, x, s)
			return
		}
	}
	mapScalar2(op, z, s, x)
}

// powIsSimple raises to a power that is a product or a quotient, if s is such a
// one.
func powIsSimple[T Float](z, x []T, s T) bool {
	switch s {
	case 1:
		copy(z, x)
	case 2:
		Map1(Square, z, x)
	case -1:
		Map1(Reciprocal, z, x)
	default:
		return false
	}
	return true
}

// Select is z = cond != 0 ? x : y. The slices have one length; z may be any of
// the others.
func Select[T Float](z, cond, x, y []T) {
	cond, x, y = cond[:len(z)], x[:len(z)], y[:len(z)]
	if fast[T](len(z)) {
		select32(f32(z), f32(cond), f32(x), f32(y), len(z))
		return
	}
	for i, c := range cond {
		if c != 0 {
			z[i] = x[i]
		} else {
			z[i] = y[i]
		}
	}
}

// Fill is y = s.
func Fill[T Float](y []T, s T) {
	if fast[T](len(y)) {
		fill32(f32(y), float32(s), len(y))
		return
	}
	for i := range y {
		y[i] = s
	}
}

// Axpy is y += a·x. The slices have one length.
func Axpy[T Float](y []T, a T, x []T) {
	x = x[:len(y)]
	if fast[T](len(y)) {
		axpy32(f32(y), f32(x), float32(a), len(y))
		return
	}
	for i := range y {
		y[i] += a * x[i]
	}
}

// trig32 is a sine or a cosine by trigLoop, where an element is small enough for
// its reduction, and by float64 where it is not.
func trig32[T Float](op Unary, y, x []T) {
	quarter := 0
	if op == Cos {
		quarter = 1
	}
	for len(y) > 0 {
		n := trigLoop32(f32(y), f32(x), len(y), quarter)
		y, x = y[n:], x[n:]
		for i := range min(8, len(y)) {
			if x[i] > trigHi || x[i] < -trigHi {
				y[i] = T(unaryFuncs[op](float64(x[i])))
			} else {
				trigLoop32(f32(y[i:]), f32(x[i:]), 1, quarter)
			}
		}
		n = min(8, len(y))
		y, x = y[n:], x[n:]
	}
}

// pow32 is a power by powVV, where an element suits it, and by float64 where it
// does not.
func pow32[T Float](z, x, y []T) {
	for len(z) > 0 {
		n := powVV(f32(z), f32(x), f32(y), len(z))
		z, x, y = z[n:], x[n:], y[n:]
		n = min(8, len(z))
		for i := range n {
			if powVV(f32(z[i:]), f32(x[i:]), f32(y[i:]), 1) == 0 {
				z[i] = T(math.Pow(float64(x[i]), float64(y[i])))
			}
		}
		z, x, y = z[n:], x[n:], y[n:]
	}
}

// powScalar32 is pow32 of a slice and a number, by powVS or powSV and by what is
// the same of two numbers.
func powScalar32[T Float](loop func(z, x *float32, s float32, n int) int, one func(x, s float64) float64, z, x []T, s T) {
	for len(z) > 0 {
		n := loop(f32(z), f32(x), float32(s), len(z))
		z, x = z[n:], x[n:]
		n = min(8, len(z))
		for i := range n {
			if loop(f32(z[i:]), f32(x[i:]), float32(s), 1) == 0 {
				z[i] = T(one(float64(x[i]), float64(s)))
			}
		}
		z, x = z[n:], x[n:]
	}
}

// powOf is s^x.
func powOf(x, s float64) float64 { return math.Pow(s, x) }

// trigHi is the largest argument that trigLoop takes.
const trigHi = 30000
