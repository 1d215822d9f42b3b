package tensor

import "github.com/sheaf-go/sheaf/learn/tensor/internal/cpu"

// rowCost is about what a number of a softmax costs, in nanoseconds.
const rowCost = 2

// softmax binds the steps that look at whole rows. They are shared out by
// rows.
func (g *program[T]) softmax(s *step) func() {
	shape := s.in[0].view
	cols := shape[len(shape)-1]
	rows := len(g.in(s, 0)) / max(cols, 1)
	var part func(from, to int)
	out, x := g.out(s, 0), g.in(s, 0)
	at := func(v []T, from, to int) []T { return v[from*cols : to*cols] }
	switch s.kind {
	case kindSoftmax:
		part = func(from, to int) { cpu.Softmax(at(out, from, to), at(x, from, to), to-from, cols) }
	case kindLogSoftmax:
		part = func(from, to int) { cpu.LogSoftmax(at(out, from, to), at(x, from, to), to-from, cols) }
	case kindSoftmaxGrad:
		y := g.in(s, 1)
		part = func(from, to int) {
			cpu.SoftmaxGrad(at(out, from, to), at(x, from, to), at(y, from, to), to-from, cols)
		}
	case kindLogSoftmaxGrad:
		y := g.in(s, 1)
		part = func(from, to int) {
			cpu.LogSoftmaxGrad(at(out, from, to), at(x, from, to), at(y, from, to), to-from, cols)
		}
	case kindSparseCE:
		labels, slope := g.in32(s, 1), g.out(s, 1)
		part = func(from, to int) {
			var dx []T
			if slope != nil {
				dx = at(slope, from, to)
			}
			cpu.SoftmaxCrossEntropy(out[from:to], dx, at(x, from, to), labels[from:to], to-from, cols)
		}
	case kindSoftCE:
		targets, slope := g.in(s, 1), g.out(s, 1)
		part = func(from, to int) {
			var dx []T
			if slope != nil {
				dx = at(slope, from, to)
			}
			cpu.SoftmaxCrossEntropySoft(out[from:to], dx, at(x, from, to), at(targets, from, to), to-from, cols)
		}
	}
	return g.share(rows, cols*rowCost, part)
}

// share runs part over ranges of n items of a cost in nanoseconds each.
func (g *program[T]) share(n, cost int, part func(from, to int)) func() {
	tasks, each := g.parts(n, cost)
	if tasks <= 1 {
		return func() { part(0, n) }
	}
	task := func(i int) { part(i*each, min((i+1)*each, n)) }
	return func() { g.pool.Run(tasks, task) }
}

// dropoutCost is about what a number of a dropout costs, in nanoseconds.
const dropoutCost = 2

// dropout binds a dropout. Its derivative is the same function of the
// gradient: the numbers that decide are made again.
func (g *program[T]) dropout(s *step) func() {
	d, out, x := s.attr.(dropout), g.out(s, 0), g.in(s, 0)
	return g.share(len(out), dropoutCost, func(from, to int) {
		cpu.Dropout(out[from:to], x[from:to], T(d.rate), g.seed, g.step<<20|d.stream, uint64(from))
	})
}
