package tensor

import (
	"math"
	"slices"

	"github.com/sheaf-go/sheaf/learn/tensor/internal/cpu"
)

// updateCost is about what a number of a variable costs to update, in
// nanoseconds.
const updateCost = 1

// An updater changes a variable by an optimizer's rule.
type updater[T cpu.Float] struct {
	o                    Optimizer
	v, grad, rate, count []T
	slots                [][]T
	adam                 cpu.AdamArgs[T] // of this run
	product              nadamProduct
	powers               *powers
}

// powers are those of the decay rates of Adam and its kin at a step, which the
// variables of a program share.
type powers struct {
	step         int
	beta1, beta2 float64
	pow1, pow2   float64
}

// at computes the powers unless they are those of the last call.
func (p *powers) at(beta1, beta2 float64, step int) {
	if p.step != step || p.beta1 != beta1 || p.beta2 != beta2 {
		n := float64(step)
		*p = powers{step, beta1, beta2, math.Pow(beta1, n), math.Pow(beta2, n)}
	}
}

func (g *program[T]) update(s *step) func() {
	u := &updater[T]{o: s.attr.(Optimizer), v: g.in(s, 0), grad: g.in(s, 1), rate: g.in(s, 2), count: g.in(s, 3), powers: &g.powers}
	for i := range s.in[4:] {
		u.slots = append(u.slots, g.in(s, 4+i))
	}
	part := u.rule()
	if part == nil {
		return nil
	}
	run := g.share(len(u.v), updateCost, part)
	if !slices.Contains([]string{"adam", "adamw", "adamax", "nadam"}, u.o.Rule) {
		return run
	}
	return func() {
		u.adam = cpu.AdamArgs[T]{Rate: u.rate[0], Beta1: T(u.o.Beta1), Beta2: T(u.o.Beta2), Epsilon: T(u.o.Epsilon),
			Decay: T(u.o.WeightDecay), Step: int(u.count[0])}
		u.powers.at(float64(u.adam.Beta1), float64(u.adam.Beta2), u.adam.Step)
		u.adam.Pow1, u.adam.Pow2 = u.powers.pow1, u.powers.pow2
		if u.o.Rule == "nadam" {
			u.product.to(u.o.Beta1, u.adam.Step)
		}
		run()
	}
}

// rule changes a range of the variable; nil if there is no such rule.
func (u *updater[T]) rule() func(from, to int) {
	o, decay, epsilon := u.o, T(u.o.WeightDecay), T(u.o.Epsilon)
	switch o.Rule {
	case "sgd":
		return func(a, b int) {
			cpu.SGD(u.v[a:b], u.grad[a:b], u.slot(0, a, b), cpu.SGDArgs[T]{Rate: u.rate[0], Momentum: T(o.Momentum), Decay: decay, Nesterov: o.Nesterov})
		}
	case "rmsprop":
		momentum, mean := 1, 1+btoi(o.Momentum != 0)
		return func(a, b int) {
			var m, c []T
			if o.Momentum != 0 {
				m = u.slot(momentum, a, b)
			}
			if o.Centered {
				c = u.slot(mean, a, b)
			}
			cpu.RMSprop(u.v[a:b], u.grad[a:b], u.slot(0, a, b), m, c,
				cpu.RMSpropArgs[T]{Rate: u.rate[0], Rho: T(o.Rho), Momentum: T(o.Momentum), Epsilon: epsilon, Decay: decay, Centered: o.Centered})
		}
	case "adagrad":
		return func(a, b int) {
			cpu.Adagrad(u.v[a:b], u.grad[a:b], u.slot(0, a, b), cpu.AdagradArgs[T]{Rate: u.rate[0], Epsilon: epsilon, Decay: decay})
		}
	case "adadelta":
		return func(a, b int) {
			cpu.Adadelta(u.v[a:b], u.grad[a:b], u.slot(0, a, b), u.slot(1, a, b), cpu.AdadeltaArgs[T]{Rate: u.rate[0], Rho: T(o.Rho), Epsilon: epsilon, Decay: decay})
		}
	case "adam", "adamw":
		return func(a, b int) {
			cpu.Adam(u.v[a:b], u.grad[a:b], u.slot(0, a, b), u.slot(1, a, b), u.slot(2, a, b), u.adam)
		}
	case "adamax":
		return func(a, b int) { cpu.Adamax(u.v[a:b], u.grad[a:b], u.slot(0, a, b), u.slot(1, a, b), u.adam) }
	case "nadam":
		return func(a, b int) {
			cpu.Nadam(u.v[a:b], u.grad[a:b], u.slot(0, a, b), u.slot(1, a, b), u.product.value, u.adam)
		}
	}
	return nil
}

// slot is a range of what the rule remembers, nil if it does not have it.
func (u *updater[T]) slot(i, a, b int) []T {
	if i >= len(u.slots) {
		return nil
	}
	return u.slots[i][a:b]
}

// A nadamProduct is the product of Nadam's momentum rates up to a step.
type nadamProduct struct {
	step  int
	value float64
}

func (p *nadamProduct) to(beta1 float64, step int) {
	if step < p.step || p.step == 0 {
		*p = nadamProduct{0, 1}
	}
	for p.step < step {
		p.step++
		p.value = cpu.NadamProduct(p.value, beta1, p.step)
	}
}
