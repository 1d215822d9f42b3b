package cpu

import "math"

// Activate is y = act(x). The slices have one length; y may be x. In float32 the
// results are within 5 units in the last place (GELU 6) or, of GELUTanh, 5e-8, most
// of them within 2.
func Activate[T Float](act Act, alpha T, y, x []T) {
	x = x[:len(y)]
	if fast[T](len(y)) {
		if f := act32[act]; f != nil {
			f(f32(y), f32(x), float32(alpha), len(y))
			return
		}
	}
	switch act {
	case Linear:
		copy(y, x)
	case ReLU:
		for i, v := range x {
			y[i] = max(v, 0)
		}
	case Sigmoid:
		Map1(SigmoidOf, y, x)
	case Tanh:
		Map1(TanhOf, y, x)
	case Exponential:
		Map1(Exp, y, x)
	default:
		f, alpha := actFuncs[act], float64(alpha)
		for i, v := range x {
			y[i] = T(f(alpha, float64(v)))
		}
	}
}

// ActivateGrad is dx = dy·act'(x), x being what Activate was given and y what it
// gave. Only one of them is used: x if act.NeedsInput, y otherwise, so that the
// other may be nil. Where the derivative jumps it is that from below. The slices
// have one length; dx may be any of the others. alpha must not be negative.
func ActivateGrad[T Float](act Act, alpha T, dx, dy, x, y []T) {
	v := y
	if act.NeedsInput() {
		v = x
	}
	dy, v = dy[:len(dx)], v[:len(dx)]
	if fast[T](len(dx)) {
		if f := actGrad32[act]; f != nil {
			f(f32(dx), f32(dy), f32(v), float32(alpha), len(dx))
			return
		}
	}
	switch act {
	case Linear:
		copy(dx, dy)
	case Exponential:
		Map2(Mul, dx, dy, v)
	default:
		f, alpha := actGradFuncs[act], float64(alpha)
		for i, g := range dy {
			if d := f(alpha, float64(v[i])); d == 0 {
				dx[i] = 0 // as a mask does, even of an infinite dy
			} else {
				dx[i] = g * T(d)
			}
		}
	}
}

var actFuncs = [numActs]func(alpha, x float64) float64{
	ReLU:        func(_, x float64) float64 { return max(x, 0) },
	LeakyReLU:   func(alpha, x float64) float64 { return belowZero(x, alpha*x, x) },
	ReLU6:       func(_, x float64) float64 { return relu6(x) },
	ELU:         func(alpha, x float64) float64 { return belowZero(x, alpha*math.Expm1(x), x) },
	SELU:        func(_, x float64) float64 { return seluScale * belowZero(x, seluAlpha*math.Expm1(x), x) },
	HardSigmoid: func(_, x float64) float64 { return relu6(x+3) / 6 },
	Softplus:    func(_, x float64) float64 { return softplus(x) },
	Softsign:    func(_, x float64) float64 { return x / (1 + math.Abs(x)) },
	Swish:       func(_, x float64) float64 { return x * sigmoid(x) },
	HardSwish:   func(_, x float64) float64 { return x * (relu6(x+3) / 6) },
	GELU:        func(_, x float64) float64 { return x * normalCDF(x) },
	GELUTanh:    func(_, x float64) float64 { return x * sigmoid(geluGate(x)) },
	Mish:        func(_, x float64) float64 { return x * math.Tanh(softplus(x)) },
}

// actGradFuncs are derivatives, of the input for the activations that need it
// and of the output for the others.
var actGradFuncs = [numActs]func(alpha, v float64) float64{
	ReLU:        func(_, y float64) float64 { return belowZero(y, 0, 1) },
	LeakyReLU:   func(alpha, y float64) float64 { return belowZero(y, alpha, 1) },
	ReLU6:       func(_, y float64) float64 { return oneIf(!(y <= 0) && !(y >= 6)) },
	ELU:         func(alpha, y float64) float64 { return belowZero(y, y+alpha, 1) },
	SELU:        func(_, y float64) float64 { return belowZero(y, y+seluScale*seluAlpha, seluScale) },
	Sigmoid:     func(_, y float64) float64 { return y * (1 - y) },
	HardSigmoid: func(_, y float64) float64 { return oneIf(!(y <= 0) && !(y >= 1)) / 6 },
	Tanh:        func(_, y float64) float64 { return 1 - y*y },
	Softplus:    func(_, y float64) float64 { return -math.Expm1(-y) },
	Softsign:    func(_, y float64) float64 { return (1 - math.Abs(y)) * (1 - math.Abs(y)) },
	Swish: func(_, x float64) float64 {
		s := sigmoid(x)
		return s * (1 + x*(1-s))
	},
	HardSwish: func(_, x float64) float64 {
		switch {
		case x <= -3:
			return 0
		case x >= 3:
			return 1
		}
		return x/3 + 0.5
	},
	GELU: func(_, x float64) float64 {
		return normalCDF(x) + x*math.Exp(-x*x/2)/math.Sqrt(2*math.Pi)
	},
	GELUTanh: func(_, x float64) float64 {
		s := sigmoid(geluGate(x))
		return s + x*s*(1-s)*2*math.Sqrt(2/math.Pi)*(1+3*0.044715*min(x*x, 1e6))
	},
	Mish: func(_, x float64) float64 {
		t := math.Tanh(softplus(x))
		return t + x*(1-t*t)*sigmoid(x)
	},
}

// belowZero is x <= 0 ? below : above.
func belowZero(x, below, above float64) float64 {
	if x <= 0 {
		return below
	}
	return above
}

func relu6(x float64) float64    { return min(max(x, 0), 6) }
func softplus(x float64) float64 { return max(x, 0) + math.Log1p(math.Exp(-math.Abs(x))) }

// normalCDF is the normal distribution's Φ(x).
func normalCDF(x float64) float64 { return math.Erfc(-x/math.Sqrt2) / 2 }

// geluGate is what the logistic function makes gelu's factor of: (1+tanh(u))/2 =
// sigmoid(2u).
func geluGate(x float64) float64 {
	return 2 * math.Sqrt(2/math.Pi) * x * (1 + 0.044715*min(x*x, 1e6))
}
