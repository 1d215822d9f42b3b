package cpu

import "math"

// The vector kernels in Go: the meaning of those in assembler, and what runs
// where there are none. Functions of the math package are computed in float64.

var unaryFuncs = [numUnary]func(x float64) float64{
	Neg:        func(x float64) float64 { return -x },
	Exp:        math.Exp,
	Expm1:      math.Expm1,
	Log:        math.Log,
	Log1p:      math.Log1p,
	Sqrt:       math.Sqrt,
	Rsqrt:      func(x float64) float64 { return 1 / math.Sqrt(x) },
	Square:     func(x float64) float64 { return x * x },
	Reciprocal: func(x float64) float64 { return 1 / x },
	Abs:        math.Abs,
	Sign:       sign,
	Floor:      math.Floor,
	Sin:        math.Sin,
	Cos:        math.Cos,
	TanhOf:     math.Tanh,
	SigmoidOf:  sigmoid,
	Erf:        math.Erf,
}

var binaryFuncs = [numBinary]func(x, y float64) float64{
	Add:          func(x, y float64) float64 { return x + y },
	Sub:          func(x, y float64) float64 { return x - y },
	Mul:          func(x, y float64) float64 { return x * y },
	Div:          func(x, y float64) float64 { return x / y },
	Max:          func(x, y float64) float64 { return max(x, y) },
	Min:          func(x, y float64) float64 { return min(x, y) },
	Pow:          math.Pow,
	Greater:      func(x, y float64) float64 { return oneIf(x > y) },
	GreaterEqual: func(x, y float64) float64 { return oneIf(x >= y) },
	Less:         func(x, y float64) float64 { return oneIf(x < y) },
	LessEqual:    func(x, y float64) float64 { return oneIf(x <= y) },
	Equal:        func(x, y float64) float64 { return oneIf(x == y) },
	NotEqual:     func(x, y float64) float64 { return oneIf(x != y) },
}

func oneIf(b bool) float64 {
	if b {
		return 1
	}
	return 0
}

func sign(x float64) float64 {
	switch {
	case x > 0:
		return 1
	case x < 0:
		return -1
	}
	return x
}

func sigmoid(x float64) float64 {
	if x >= 0 {
		return 1 / (1 + math.Exp(-x))
	}
	e := math.Exp(x)
	return e / (1 + e)
}

func map1[T Float](op Unary, y, x []T) {
	switch op {
	case Neg:
		for i, v := range x {
			y[i] = -v
		}
	case Square:
		for i, v := range x {
			y[i] = v * v
		}
	default:
		f := unaryFuncs[op]
		for i, v := range x {
			y[i] = T(f(float64(v)))
		}
	}
}

func map2[T Float](op Binary, z, x, y []T) {
	switch op {
	case Add:
		for i := range z {
			z[i] = x[i] + y[i]
		}
	case Sub:
		for i := range z {
			z[i] = x[i] - y[i]
		}
	case Mul:
		for i := range z {
			z[i] = x[i] * y[i]
		}
	case Div:
		for i := range z {
			z[i] = x[i] / y[i]
		}
	default:
		f := binaryFuncs[op]
		for i := range z {
			z[i] = T(f(float64(x[i]), float64(y[i])))
		}
	}
}

func map2Scalar[T Float](op Binary, z, x []T, s T) {
	switch op {
	case Add:
		for i := range z {
			z[i] = x[i] + s
		}
	case Mul:
		for i := range z {
			z[i] = x[i] * s
		}
	default:
		f, s := binaryFuncs[op], float64(s)
		for i := range z {
			z[i] = T(f(float64(x[i]), s))
		}
	}
}

func mapScalar2[T Float](op Binary, z []T, s T, x []T) {
	f := binaryFuncs[op]
	for i := range z {
		z[i] = T(f(float64(s), float64(x[i])))
	}
}
