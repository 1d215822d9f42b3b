package cpu

import (
	"math"
	"testing"
)

// optimizers are steps of every kind over parameters, gradients and three states.
func optimizers[T Float]() map[string]func(p, g, a, b, c []T, step int) {
	product := 1.0
	return map[string]func(p, g, a, b, c []T, step int){
		"sgd": func(p, g, a, b, c []T, _ int) { SGD(p, g, nil, SGDArgs[T]{Rate: 0.01}) },
		"momentum": func(p, g, a, b, c []T, _ int) {
			SGD(p, g, a, SGDArgs[T]{Rate: 0.01, Momentum: 0.9, Decay: 0.1})
		},
		"nesterov": func(p, g, a, b, c []T, _ int) {
			SGD(p, g, a, SGDArgs[T]{Rate: 0.01, Momentum: 0.9, Nesterov: true, Decay: 0.1})
		},
		"rmsprop": func(p, g, a, b, c []T, _ int) {
			RMSprop(p, g, a, nil, nil, RMSpropArgs[T]{Rate: 0.01, Rho: 0.9, Epsilon: 1e-7})
		},
		"rmsprop with momentum": func(p, g, a, b, c []T, _ int) {
			RMSprop(p, g, a, b, nil, RMSpropArgs[T]{Rate: 0.01, Rho: 0.9, Momentum: 0.5, Epsilon: 1e-7})
		},
		"rmsprop centred": func(p, g, a, b, c []T, _ int) {
			RMSprop(p, g, a, nil, b, RMSpropArgs[T]{Rate: 0.01, Rho: 0.9, Epsilon: 1e-4, Centered: true})
		},
		"rmsprop centred with momentum": func(p, g, a, b, c []T, _ int) {
			RMSprop(p, g, a, b, c, RMSpropArgs[T]{Rate: 0.01, Rho: 0.9, Momentum: 0.5, Epsilon: 1e-4, Centered: true, Decay: 0.1})
		},
		"adagrad": func(p, g, a, b, c []T, _ int) { Adagrad(p, g, a, AdagradArgs[T]{Rate: 0.1, Epsilon: 1e-7}) },
		"adadelta": func(p, g, a, b, c []T, _ int) {
			Adadelta(p, g, a, b, AdadeltaArgs[T]{Rate: 1, Rho: 0.9, Epsilon: 1e-5})
		},
		"adam": func(p, g, a, b, c []T, step int) {
			Adam(p, g, a, b, nil, powered(AdamArgs[T]{Rate: 0.01, Beta1: 0.9, Beta2: 0.999, Epsilon: 1e-7, Step: step}))
		},
		"adamw": func(p, g, a, b, c []T, step int) {
			Adam(p, g, a, b, nil, powered(AdamArgs[T]{Rate: 0.01, Beta1: 0.9, Beta2: 0.999, Epsilon: 1e-7, Decay: 0.5, Step: step}))
		},
		"amsgrad": func(p, g, a, b, c []T, step int) {
			Adam(p, g, a, b, c, powered(AdamArgs[T]{Rate: 0.01, Beta1: 0.9, Beta2: 0.9, Epsilon: 1e-7, Step: step}))
		},
		"adamax": func(p, g, a, b, c []T, step int) {
			Adamax(p, g, a, b, powered(AdamArgs[T]{Rate: 0.01, Beta1: 0.9, Beta2: 0.9, Epsilon: 1e-7, Step: step}))
		},
		"nadam": func(p, g, a, b, c []T, step int) {
			if step == 1 {
				product = 1
			}
			product = NadamProduct(product, 0.9, step)
			Nadam(p, g, a, b, product, powered(AdamArgs[T]{Rate: 0.01, Beta1: 0.9, Beta2: 0.99, Epsilon: 1e-7, Step: step}))
		},
	}
}

// TestOptimizers compares several steps in float32 with the same in float64, at
// all lengths.
func TestOptimizers(t *testing.T) {
	exact := optimizers[float64]()
	atLevels(t, func(t *testing.T) {
		for name, step := range optimizers[float32]() {
			for n := range 71 {
				at := n % 7
				var all, v [4][]float32
				var w [4][]float64
				for i := range v {
					all[i], v[i] = wide(n, at+i)
					if i == 0 {
						copy(v[0], normal32(uint64(n), n))
					} else {
						Fill(v[i], 0.01)
					}
					w[i] = float64s(v[i])
				}
				for s := 1; s <= 4; s++ {
					g := normal32(uint64(100*n+s), n)
					step(v[0], g, v[1], v[2], v[3], s)
					exact[name](w[0], float64s(g), w[1], w[2], w[3], s)
				}
				for i := range v {
					checkGuards(t, name, all[i], at+i, n)
					for j := range v[i] {
						near32(t, name, v[i][j], w[i][j], 4e-6)
					}
				}
			}
		}
	})
}

// TestOptimizersAsKeras has the values that Keras 3 expects of its optimizers:
// parameters 1 after a step with gradient 0.01 and four with 0.1, or with 1.
func TestOptimizersAsKeras(t *testing.T) {
	product := 1.0
	for _, c := range []struct {
		name         string
		step         func(p, g, a, b, c []float64, step int)
		start        float64 // of the first state
		small, large float64
	}{
		{"sgd", func(p, g, a, b, c []float64, _ int) { SGD(p, g, a, SGDArgs[float64]{Rate: 0.01, Nesterov: true}) }, 0, 0.9959, 0.9599},
		{"rmsprop", func(p, g, a, b, c []float64, _ int) {
			RMSprop(p, g, a, nil, b, RMSpropArgs[float64]{Rate: 0.001, Rho: 0.9, Epsilon: 1e-7, Centered: true})
		}, 0, 0.9864, 0.9864},
		{"adagrad", func(p, g, a, b, c []float64, _ int) {
			Adagrad(p, g, a, AdagradArgs[float64]{Rate: 0.2, Epsilon: 1e-6})
		}, 0.3, 0.856, 0.4825},
		{"adadelta", func(p, g, a, b, c []float64, _ int) {
			Adadelta(p, g, a, b, AdadeltaArgs[float64]{Rate: 1, Rho: 0.8, Epsilon: 1e-6})
		}, 0, 0.9849, 0.9849},
		{"amsgrad", func(p, g, a, b, c []float64, step int) {
			Adam(p, g, a, b, c, powered(AdamArgs[float64]{Rate: 0.001, Beta1: 0.9, Beta2: 0.999, Epsilon: 1e-7, Step: step}))
		}, 0, 0.9955, 0.9955},
		{"adamw", func(p, g, a, b, c []float64, step int) {
			Adam(p, g, a, b, nil, powered(AdamArgs[float64]{Rate: 1, Beta1: 0.9, Beta2: 0.999, Epsilon: 2, Decay: 0.5, Step: step}))
		}, 0, 0.0263, -0.0159},
		{"adamax", func(p, g, a, b, c []float64, step int) {
			Adamax(p, g, a, b, powered(AdamArgs[float64]{Rate: 0.2, Beta1: 0.85, Beta2: 0.95, Epsilon: 1e-6, Step: step}))
		}, 0, 0.1933, 0.2126},
		{"nadam", func(p, g, a, b, c []float64, step int) {
			product = NadamProduct(product, 0.5, step)
			Nadam(p, g, a, b, product, powered(AdamArgs[float64]{Rate: 0.5, Beta1: 0.5, Beta2: 0.67, Epsilon: 1e-5, Step: step}))
		}, 0, -1.7492, -1.7454},
	} {
		p, states := []float64{1, 1}, [3][]float64{{c.start, c.start}, {0, 0}, {0, 0}}
		for step := 1; step <= 5; step++ {
			g := []float64{0.1, 1}
			if step == 1 {
				g = []float64{0.01, 0.01}
			}
			c.step(p, g, states[0], states[1], states[2], step)
		}
		// Keras's own tests allow 5e-4 of the value and 5e-4.
		if math.Abs(p[0]-c.small) > 5e-4*(1+math.Abs(c.small)) || math.Abs(p[1]-c.large) > 5e-4*(1+math.Abs(c.large)) {
			t.Errorf("%s: got %.4f and %.4f, want %.4f and %.4f", c.name, p[0], p[1], c.small, c.large)
		}
	}
}

func TestOptimizersAllocateNothing(t *testing.T) {
	p, g, a, b, c := normal32(1, 99), normal32(2, 99), make([]float32, 99), make([]float32, 99), make([]float32, 99)
	atLevels(t, func(t *testing.T) {
		for name, step := range optimizers[float32]() {
			if n := testing.AllocsPerRun(10, func() { step(p, g, a, b, c, 2) }); n != 0 {
				t.Errorf("%s: %g allocations", name, n)
			}
		}
	})
}

// powered is settings with the powers of their step.
func powered[T Float](a AdamArgs[T]) AdamArgs[T] {
	a.Pow1, a.Pow2 = math.Pow(float64(a.Beta1), float64(a.Step)), math.Pow(float64(a.Beta2), float64(a.Step))
	return a
}
