package engine

import (
	"go/token"
	"go/types"
	"math"
	"unsafe"
)

//go:generate go run ./genops
//go:generate go run ./genshapes

type integer interface {
	int | int8 | int16 | int32 | int64 | uint | uint8 | uint16 | uint32 | uint64 | uintptr
}

type float interface{ float32 | float64 }

type number interface {
	integer | float | complex64 | complex128
}

type addable interface{ number | string }

type ordered interface{ integer | float | string }

// binary computes a op b for operands of one basic type.
func binary(op token.Token, k types.BasicKind, a, b expr, pos token.Pos) any {
	switch k {
	case types.Bool, types.UntypedBool:
		return equality[bool](op, a, b)
	case types.Int, types.UntypedInt:
		return integerOp[int](op, a, b, pos)
	case types.Int8:
		return integerOp[int8](op, a, b, pos)
	case types.Int16:
		return integerOp[int16](op, a, b, pos)
	case types.Int32, types.UntypedRune:
		return integerOp[int32](op, a, b, pos)
	case types.Int64:
		return integerOp[int64](op, a, b, pos)
	case types.Uint:
		return integerOp[uint](op, a, b, pos)
	case types.Uint8:
		return integerOp[uint8](op, a, b, pos)
	case types.Uint16:
		return integerOp[uint16](op, a, b, pos)
	case types.Uint32:
		return integerOp[uint32](op, a, b, pos)
	case types.Uint64:
		return integerOp[uint64](op, a, b, pos)
	case types.Uintptr:
		return integerOp[uintptr](op, a, b, pos)
	case types.Float32:
		return floatOp[float32](op, a, b)
	case types.Float64, types.UntypedFloat:
		return floatOp[float64](op, a, b)
	case types.Complex64:
		return complexOp[complex64](op, a, b)
	case types.Complex128, types.UntypedComplex:
		return complexOp[complex128](op, a, b)
	case types.String, types.UntypedString:
		if op == token.ADD {
			return join(a.fn.(func(*F) string), b.fn.(func(*F) string))
		}
		return comparison[string](op, a, b)
	case types.UnsafePointer, types.UntypedNil:
		return equality[unsafe.Pointer](op, a, b)
	}
	return nil
}

func equality[T comparable](op token.Token, a, b expr) any {
	switch op {
	case token.EQL:
		return opEq[T](a, b)
	case token.NEQ:
		return opNotEq[T](a, b)
	}
	return nil
}

func comparison[T ordered](op token.Token, a, b expr) any {
	switch op {
	case token.LSS:
		return opLess[T](a, b)
	case token.LEQ:
		return opLessEq[T](a, b)
	case token.GTR:
		return opGreater[T](a, b)
	case token.GEQ:
		return opGreaterEq[T](a, b)
	}
	return equality[T](op, a, b)
}

func integerOp[T integer](op token.Token, a, b expr, pos token.Pos) any {
	switch op {
	case token.ADD:
		return opAdd[T](a, b)
	case token.SUB:
		return opSub[T](a, b)
	case token.MUL:
		return opMul[T](a, b)
	case token.AND:
		return opAnd[T](a, b)
	case token.OR:
		return opOr[T](a, b)
	case token.XOR:
		return opXor[T](a, b)
	case token.AND_NOT:
		return opAndNot[T](a, b)
	case token.QUO:
		return opQuo[T](a, b, pos)
	case token.REM:
		return opRem[T](a, b, pos)
	}
	return comparison[T](op, a, b)
}

func opQuo[T integer](a, b expr, pos token.Pos) any {
	x, y := a.fn.(func(*F) T), b.fn.(func(*F) T)
	if b.cv != nil {
		if k := y(nil); k != 0 {
			return func(f *F) T { return x(f) / k }
		}
	}
	return func(f *F) T {
		l := x(f)
		r := y(f)
		if r == 0 {
			f.badDivide(pos)
		}
		return l / r
	}
}

func opRem[T integer](a, b expr, pos token.Pos) any {
	x, y := a.fn.(func(*F) T), b.fn.(func(*F) T)
	if b.cv != nil {
		if k := y(nil); k != 0 {
			return func(f *F) T { return x(f) % k }
		}
	}
	return func(f *F) T {
		l := x(f)
		r := y(f)
		if r == 0 {
			f.badDivide(pos)
		}
		return l % r
	}
}

func floatOp[T float](op token.Token, a, b expr) any {
	switch op {
	case token.ADD:
		return opAdd[T](a, b)
	case token.SUB:
		return opSub[T](a, b)
	case token.MUL:
		return opMul[T](a, b)
	case token.QUO:
		x, y := a.fn.(func(*F) T), b.fn.(func(*F) T)
		return func(f *F) T { l := x(f); return l / y(f) }
	}
	return comparison[T](op, a, b)
}

func complexOp[T complex64 | complex128](op token.Token, a, b expr) any {
	switch op {
	case token.ADD:
		return opAdd[T](a, b)
	case token.SUB:
		return opSub[T](a, b)
	case token.MUL:
		return opMul[T](a, b)
	case token.QUO:
		x, y := a.fn.(func(*F) T), b.fn.(func(*F) T)
		return func(f *F) T { l := x(f); return l / y(f) }
	}
	return equality[T](op, a, b)
}

// shift computes a << n or a >> n for a of basic kind k.
func shift(op token.Token, k types.BasicKind, a, n expr, pos token.Pos) any {
	switch k {
	case types.Int, types.UntypedInt:
		return shiftOp[int](op, a, n, pos)
	case types.Int8:
		return shiftOp[int8](op, a, n, pos)
	case types.Int16:
		return shiftOp[int16](op, a, n, pos)
	case types.Int32, types.UntypedRune:
		return shiftOp[int32](op, a, n, pos)
	case types.Int64:
		return shiftOp[int64](op, a, n, pos)
	case types.Uint:
		return shiftOp[uint](op, a, n, pos)
	case types.Uint8:
		return shiftOp[uint8](op, a, n, pos)
	case types.Uint16:
		return shiftOp[uint16](op, a, n, pos)
	case types.Uint32:
		return shiftOp[uint32](op, a, n, pos)
	case types.Uint64:
		return shiftOp[uint64](op, a, n, pos)
	case types.Uintptr:
		return shiftOp[uintptr](op, a, n, pos)
	}
	return nil
}

func shiftOp[T integer](op token.Token, a, y expr, pos token.Pos) any {
	x, n := a.fn.(func(*F) T), toUint64(basic(y.t), y.fn, pos)
	left, ao := op == token.SHL, a.loc
	if y.cv != nil {
		k := n(nil)
		switch {
		case left && a.local:
			return func(f *F) T { return *(*T)(f.at(ao)) << k }
		case left:
			return func(f *F) T { return x(f) << k }
		case a.local:
			return func(f *F) T { return *(*T)(f.at(ao)) >> k }
		}
		return func(f *F) T { return x(f) >> k }
	}
	if left {
		return func(f *F) T { l := x(f); return l << n(f) }
	}
	return func(f *F) T { l := x(f); return l >> n(f) }
}

// unary computes op x for x of basic kind k.
func unary(op token.Token, k types.BasicKind, x any) any {
	switch k {
	case types.Bool, types.UntypedBool:
		g := x.(func(*F) bool)
		return func(f *F) bool { return !g(f) }
	case types.Int, types.UntypedInt:
		return unaryInt[int](op, x)
	case types.Int8:
		return unaryInt[int8](op, x)
	case types.Int16:
		return unaryInt[int16](op, x)
	case types.Int32, types.UntypedRune:
		return unaryInt[int32](op, x)
	case types.Int64:
		return unaryInt[int64](op, x)
	case types.Uint:
		return unaryInt[uint](op, x)
	case types.Uint8:
		return unaryInt[uint8](op, x)
	case types.Uint16:
		return unaryInt[uint16](op, x)
	case types.Uint32:
		return unaryInt[uint32](op, x)
	case types.Uint64:
		return unaryInt[uint64](op, x)
	case types.Uintptr:
		return unaryInt[uintptr](op, x)
	case types.Float32:
		return negate[float32](op, x)
	case types.Float64, types.UntypedFloat:
		return negate[float64](op, x)
	case types.Complex64:
		return negate[complex64](op, x)
	case types.Complex128, types.UntypedComplex:
		return negate[complex128](op, x)
	}
	return nil
}

func unaryInt[T integer](op token.Token, x any) any {
	g := x.(func(*F) T)
	if op == token.XOR {
		return func(f *F) T { return ^g(f) }
	}
	return negate[T](op, x)
}

func negate[T number](op token.Token, x any) any {
	g := x.(func(*F) T)
	if op == token.ADD {
		return x
	}
	return func(f *F) T { return -g(f) }
}

// toUint64 turns a shift count, or any integer, into a uint64; a negative one
// panics.
func toUint64(k types.BasicKind, x any, pos token.Pos) fn[uint64] {
	switch k {
	case types.Int, types.UntypedInt:
		return signedCount[int](x, pos)
	case types.Int8:
		return signedCount[int8](x, pos)
	case types.Int16:
		return signedCount[int16](x, pos)
	case types.Int32, types.UntypedRune:
		return signedCount[int32](x, pos)
	case types.Int64:
		return signedCount[int64](x, pos)
	}
	return convert(k, types.Uint64, x).(func(*F) uint64)
}

func signedCount[T int | int8 | int16 | int32 | int64](x any, pos token.Pos) fn[uint64] {
	g := x.(func(*F) T)
	return func(f *F) uint64 {
		n := g(f)
		if n < 0 {
			f.badShift(pos)
		}
		return uint64(n)
	}
}

// convert makes a conversion between numeric types.
func convert(from, to types.BasicKind, x any) any {
	switch from {
	case types.Int, types.UntypedInt:
		return convertReal[int](to, x)
	case types.Int8:
		return convertReal[int8](to, x)
	case types.Int16:
		return convertReal[int16](to, x)
	case types.Int32, types.UntypedRune:
		return convertReal[int32](to, x)
	case types.Int64:
		return convertReal[int64](to, x)
	case types.Uint:
		return convertReal[uint](to, x)
	case types.Uint8:
		return convertReal[uint8](to, x)
	case types.Uint16:
		return convertReal[uint16](to, x)
	case types.Uint32:
		return convertReal[uint32](to, x)
	case types.Uint64:
		return convertReal[uint64](to, x)
	case types.Uintptr:
		return convertReal[uintptr](to, x)
	case types.Float32:
		return convertReal[float32](to, x)
	case types.Float64, types.UntypedFloat:
		return convertReal[float64](to, x)
	case types.Complex64:
		return convertComplex[complex64](to, x)
	case types.Complex128, types.UntypedComplex:
		return convertComplex[complex128](to, x)
	}
	return nil
}

func convertReal[T integer | float](to types.BasicKind, x any) any {
	g := x.(func(*F) T)
	switch to {
	case types.Int:
		return func(f *F) int { return int(g(f)) }
	case types.Int8:
		return func(f *F) int8 { return int8(g(f)) }
	case types.Int16:
		return func(f *F) int16 { return int16(g(f)) }
	case types.Int32:
		return func(f *F) int32 { return int32(g(f)) }
	case types.Int64:
		return func(f *F) int64 { return int64(g(f)) }
	case types.Uint:
		return func(f *F) uint { return uint(g(f)) }
	case types.Uint8:
		return func(f *F) uint8 { return uint8(g(f)) }
	case types.Uint16:
		return func(f *F) uint16 { return uint16(g(f)) }
	case types.Uint32:
		return func(f *F) uint32 { return uint32(g(f)) }
	case types.Uint64:
		return func(f *F) uint64 { return uint64(g(f)) }
	case types.Uintptr:
		return func(f *F) uintptr { return uintptr(g(f)) }
	case types.Float32:
		return func(f *F) float32 { return float32(g(f)) }
	case types.Float64:
		return func(f *F) float64 { return float64(g(f)) }
	}
	return nil
}

func convertComplex[T complex64 | complex128](to types.BasicKind, x any) any {
	g := x.(func(*F) T)
	switch to {
	case types.Complex64:
		return func(f *F) complex64 { return complex64(g(f)) }
	case types.Complex128:
		return func(f *F) complex128 { return complex128(g(f)) }
	}
	return nil
}

// index turns an integer expression into an int; what no int holds becomes the
// largest one, which is out of every range, and is kept for the panic.
func index(k types.BasicKind, x any) fn[int] {
	if k == types.Int || k == types.UntypedInt {
		return x.(func(*F) int)
	}
	if k == types.Uint64 || k == types.Uint || k == types.Uintptr {
		g := convert(k, types.Uint64, x).(func(*F) uint64)
		return func(f *F) int {
			u := g(f)
			if u > math.MaxInt {
				f.th.large = u
				return math.MaxInt
			}
			return int(u)
		}
	}
	return convert(k, types.Int, x).(func(*F) int)
}
