package cpu

import "math"

// activate applies an activation in place.
func activate[T Float](act Act, alpha T, v []T) {
	switch act {
	case Linear:
	case ReLU:
		for i, x := range v {
			if x < 0 {
				v[i] = 0
			}
		}
	case LeakyReLU:
		for i, x := range v {
			if x < 0 {
				v[i] = alpha * x
			}
		}
	case Sigmoid:
		for i, x := range v {
			v[i] = T(1 / (1 + math.Exp(-float64(x))))
		}
	case Tanh:
		for i, x := range v {
			v[i] = T(math.Tanh(float64(x)))
		}
	default:
		panic("cpu: " + act.String() + " is not a fused activation yet")
	}
}
