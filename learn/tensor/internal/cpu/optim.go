package cpu

import "math"

// The steps of optimizers work on parameters p, gradients g and states, slices
// of one length, in one pass. Their formulas are those of Keras 3, with decoupled
// weight decay: p loses Rate·Decay of itself first. States start as zeros, those
// of Adagrad, in Keras, as 0.1.

// coefficients are what a step in assembler takes: the rate, what weight decay
// keeps, and what the step names.
type coefficients [7]float32

func coefficientsOf[T Float](c ...T) (k coefficients) {
	for i, v := range c {
		k[i] = float32(v)
	}
	return k
}

// SGDArgs are the settings of SGD. Keras's Rate is 0.01.
type SGDArgs[T Float] struct {
	Rate, Momentum, Decay T
	Nesterov              bool
}

// SGD is a step of gradient descent: p -= Rate·g or, with momentum,
// m = Momentum·m - Rate·g, p += m (Nesterov: p += Momentum·m - Rate·g). m is nil
// if there is no momentum.
func SGD[T Float](p, g, m []T, a SGDArgs[T]) {
	g = g[:len(p)]
	if a.Momentum != 0 {
		m = m[:len(p)]
	}
	keep := 1 - a.Rate*a.Decay
	if fast[T](len(p)) {
		k := coefficientsOf(a.Rate, keep, a.Momentum)
		switch {
		case a.Momentum == 0:
			sgd32(f32(p), f32(g), nil, nil, nil, &k[0], len(p))
		case a.Nesterov:
			nesterov32(f32(p), f32(g), f32(m), nil, nil, &k[0], len(p))
		default:
			momentum32(f32(p), f32(g), f32(m), nil, nil, &k[0], len(p))
		}
		return
	}
	for i, d := range g {
		d *= a.Rate
		switch {
		case a.Momentum == 0:
			p[i] = keep*p[i] - d
		case a.Nesterov:
			m[i] = a.Momentum*m[i] - d
			p[i] = keep*p[i] + (a.Momentum*m[i] - d)
		default:
			m[i] = a.Momentum*m[i] - d
			p[i] = keep*p[i] + m[i]
		}
	}
}

// RMSpropArgs are the settings of RMSprop. Keras has 0.001, 0.9, 0, 1e-7 and not
// centred.
type RMSpropArgs[T Float] struct {
	Rate, Rho, Momentum, Epsilon, Decay T
	Centered                            bool
}

// RMSprop is a step with v = Rho·v + (1-Rho)·g² and, if it is centred,
// mean = Rho·mean + (1-Rho)·g: the increment Rate·g/√(v - mean² + Epsilon) is
// taken from p or, with momentum, first added to m = Momentum·m. m and mean are
// nil where they are not used. A variance that rounding made negative is 0.
func RMSprop[T Float](p, g, v, m, mean []T, a RMSpropArgs[T]) {
	g, v = g[:len(p)], v[:len(p)]
	if a.Momentum != 0 {
		m = m[:len(p)]
	}
	if a.Centered {
		mean = mean[:len(p)]
	}
	keep := 1 - a.Rate*a.Decay
	if fast[T](len(p)) {
		k := coefficientsOf(a.Rate, keep, a.Rho, 1-a.Rho, a.Epsilon, a.Momentum)
		switch {
		case a.Centered && a.Momentum != 0:
			rmsCentredMomentum32(f32(p), f32(g), f32(v), f32(m), f32(mean), &k[0], len(p))
		case a.Centered:
			rmsCentred32(f32(p), f32(g), f32(v), f32(mean), nil, &k[0], len(p))
		case a.Momentum != 0:
			rmsMomentum32(f32(p), f32(g), f32(v), f32(m), nil, &k[0], len(p))
		default:
			rmsprop32(f32(p), f32(g), f32(v), nil, nil, &k[0], len(p))
		}
		return
	}
	for i, d := range g {
		v[i] = a.Rho*v[i] + (1-a.Rho)*d*d
		variance := v[i]
		if a.Centered {
			mean[i] = a.Rho*mean[i] + (1-a.Rho)*d
			variance = max(variance-mean[i]*mean[i], 0)
		}
		step := a.Rate * d / root(variance+a.Epsilon)
		if a.Momentum != 0 {
			m[i] = a.Momentum*m[i] + step
			step = m[i]
		}
		p[i] = keep*p[i] - step
	}
}

func root[T Float](x T) T { return T(math.Sqrt(float64(x))) }

// AdagradArgs are the settings of Adagrad. Keras has 0.001 and 1e-7.
type AdagradArgs[T Float] struct{ Rate, Epsilon, Decay T }

// Adagrad is a step with sum += g², p -= Rate·g/√(sum + Epsilon).
func Adagrad[T Float](p, g, sum []T, a AdagradArgs[T]) {
	g, sum = g[:len(p)], sum[:len(p)]
	keep := 1 - a.Rate*a.Decay
	if fast[T](len(p)) {
		k := coefficientsOf(a.Rate, keep, 0, 0, a.Epsilon)
		adagrad32(f32(p), f32(g), f32(sum), nil, nil, &k[0], len(p))
		return
	}
	for i, d := range g {
		sum[i] += d * d
		p[i] = keep*p[i] - a.Rate*d/root(sum[i]+a.Epsilon)
	}
}

// AdadeltaArgs are the settings of Adadelta. Keras has 0.001, 0.95 and 1e-7.
type AdadeltaArgs[T Float] struct{ Rate, Rho, Epsilon, Decay T }

// Adadelta is a step with v = Rho·v + (1-Rho)·g², delta = g·√(u+Epsilon)/√(v+Epsilon),
// u = Rho·u + (1-Rho)·delta², p -= Rate·delta.
func Adadelta[T Float](p, g, v, u []T, a AdadeltaArgs[T]) {
	g, v, u = g[:len(p)], v[:len(p)], u[:len(p)]
	keep := 1 - a.Rate*a.Decay
	if fast[T](len(p)) {
		k := coefficientsOf(a.Rate, keep, a.Rho, 1-a.Rho, a.Epsilon)
		adadelta32(f32(p), f32(g), f32(v), f32(u), nil, &k[0], len(p))
		return
	}
	for i, d := range g {
		v[i] = a.Rho*v[i] + (1-a.Rho)*d*d
		d *= root(u[i]+a.Epsilon) / root(v[i]+a.Epsilon)
		u[i] = a.Rho*u[i] + (1-a.Rho)*d*d
		p[i] = keep*p[i] - a.Rate*d
	}
}

// AdamArgs are the settings of Adam and its relatives. Keras has 0.001, 0.9,
// 0.999, 1e-7 and no decay (AdamW 0.004). Step counts from 1. Pow1 and Pow2 are
// Beta1 and Beta2 to the power of Step, which callers have for many slices.
type AdamArgs[T Float] struct {
	Rate, Beta1, Beta2, Epsilon, Decay T
	Step                               int
	Pow1, Pow2                         float64
}

// Adam is a step with m += (g-m)·(1-Beta1), v += (g²-v)·(1-Beta2),
// p -= rate·m/(√v + Epsilon), rate being Rate·√(1-Beta2^Step)/(1-Beta1^Step). With
// Decay it is AdamW. most, nil otherwise, is AMSGrad's largest v so far, which
// goes in its place.
func Adam[T Float](p, g, m, v, most []T, a AdamArgs[T]) {
	g, m, v = g[:len(p)], m[:len(p)], v[:len(p)]
	if most != nil {
		most = most[:len(p)]
	}
	rate := T(float64(a.Rate) * math.Sqrt(1-a.Pow2) / (1 - a.Pow1))
	keep := 1 - a.Rate*a.Decay
	if fast[T](len(p)) {
		k := coefficientsOf(rate, keep, 1-a.Beta1, 1-a.Beta2, a.Epsilon)
		if most != nil {
			amsgrad32(f32(p), f32(g), f32(m), f32(v), f32(most), &k[0], len(p))
		} else {
			adam32(f32(p), f32(g), f32(m), f32(v), nil, &k[0], len(p))
		}
		return
	}
	for i := range g {
		a.moments(i, g, m, v)
		s := v[i]
		if most != nil {
			most[i] = max(most[i], s)
			s = most[i]
		}
		p[i] = keep*p[i] - rate*m[i]/(root(s)+a.Epsilon)
	}
}

// moments moves the means of one gradient and of its square.
func (a *AdamArgs[T]) moments(i int, g, m, v []T) {
	m[i] += (g[i] - m[i]) * (1 - a.Beta1)
	v[i] += (g[i]*g[i] - v[i]) * (1 - a.Beta2)
}

// Adamax is a step with m += (g-m)·(1-Beta1), u = max(Beta2·u, |g|),
// p -= Rate/(1-Beta1^Step)·m/(u + Epsilon).
func Adamax[T Float](p, g, m, u []T, a AdamArgs[T]) {
	g, m, u = g[:len(p)], m[:len(p)], u[:len(p)]
	rate := T(float64(a.Rate) / (1 - a.Pow1))
	keep := 1 - a.Rate*a.Decay
	if fast[T](len(p)) {
		k := coefficientsOf(rate, keep, 1-a.Beta1, a.Beta2, a.Epsilon)
		adamax32(f32(p), f32(g), f32(m), f32(u), nil, &k[0], len(p))
		return
	}
	for i, d := range g {
		m[i] += (d - m[i]) * (1 - a.Beta1)
		u[i] = max(a.Beta2*u[i], max(d, -d))
		p[i] = keep*p[i] - rate*m[i]/(u[i]+a.Epsilon)
	}
}

// NadamProduct is the product of Nadam's momentum rates up to a step, from the
// product before it (1 before step 1).
func NadamProduct(before, beta1 float64, step int) float64 {
	return before * nadamRate(beta1, step)
}

func nadamRate(beta1 float64, step int) float64 {
	return beta1 * (1 - 0.5*math.Pow(0.96, float64(step)))
}

// Nadam is a step of Adam with Nesterov's momentum. product is NadamProduct of
// this step.
func Nadam[T Float](p, g, m, v []T, product float64, a AdamArgs[T]) {
	g, m, v = g[:len(p)], m[:len(p)], v[:len(p)]
	rate, next := nadamRate(float64(a.Beta1), a.Step), nadamRate(float64(a.Beta1), a.Step+1)
	ofM, ofG := T(next/(1-product*next)), T((1-rate)/(1-product))
	bias := math.Sqrt(1 - a.Pow2) // v/bias² is without the bias of its start
	step, epsilon := T(float64(a.Rate)*bias), T(float64(a.Epsilon)*bias)
	keep := 1 - a.Rate*a.Decay
	if fast[T](len(p)) {
		k := coefficientsOf(step, keep, 1-a.Beta1, 1-a.Beta2, epsilon, ofM, ofG)
		nadam32(f32(p), f32(g), f32(m), f32(v), nil, &k[0], len(p))
		return
	}
	for i, d := range g {
		a.moments(i, g, m, v)
		p[i] = keep*p[i] - step*(ofM*m[i]+ofG*d)/(root(v[i])+epsilon)
	}
}
