package tensor

import "github.com/sheaf-go/sheaf/learn/tensor/internal/cpu"

func (f frame) convShape() cpu.ConvShape {
	return cpu.ConvShape{N: f.n, H: f.h, W: f.w, C: f.c, KH: f.kh, KW: f.kw, K: f.k, StrideH: f.sy, StrideW: f.sx,
		DilationH: f.dy, DilationW: f.dx, PadTop: f.top, PadBottom: f.bottom, PadLeft: f.left, PadRight: f.right}
}

func (f frame) poolShape() cpu.PoolShape {
	return cpu.PoolShape{N: f.n, H: f.h, W: f.w, C: f.c, KH: f.kh, KW: f.kw, StrideH: f.sy, StrideW: f.sx,
		PadTop: f.top, PadBottom: f.bottom, PadLeft: f.left, PadRight: f.right}
}

// conv binds a convolution or one of its derivatives.
func (g *program[T]) conv(s *step) func() {
	f := s.attr.(frame)
	out, a, b := g.out(s, 0), g.in(s, 0), g.in(s, 1)
	if f.n == 0 {
		return func() { clear(out) }
	}
	if s.pool != nil {
		return g.pooledConv(s)
	}
	c := cpu.NewConv[T](f.convShape())
	switch s.kind {
	case kindConvGradX:
		return func() { c.GradInput(g.pool, out, a, b, false) }
	case kindConvGradW:
		return func() { c.GradWeights(g.pool, out, a, b, false) }
	}
	e := g.epilogue(s)
	return func() { c.Forward(g.pool, out, a, b, e) }
}

// pooledConv binds a convolution that is pooled before it goes to memory.
func (g *program[T]) pooledConv(s *step) func() {
	c := cpu.NewPooledConv[T](s.attr.(frame).convShape(), s.pool.frame.poolShape(), s.pool.kind == kindAvgPool)
	out, at, x, w := g.out(s, 0), g.places(s), g.in(s, 0), g.in(s, 1)
	e, act, alpha := g.epilogue(s), s.pool.act.act, T(s.pool.act.alpha)
	return func() { c.Run(g.pool, out, at, x, w, e, act, alpha) }
}

// places is where a step of a maximum writes where it was, nil if nobody asks.
func (g *program[T]) places(s *step) []int32 {
	if len(s.out) < 2 || s.out[1] == nil {
		return nil
	}
	return g.memory32[s.out[1]]
}

// window binds what pools images or makes them larger, shared out by image.
func (g *program[T]) window(s *step) func() {
	out, in := g.out(s, 0), g.in(s, 0)
	if s.kind == kindUpsample || s.kind == kindUpsampleBy {
		return g.upsample(s)
	}
	f := s.attr.(frame)
	shape := f.poolShape()
	var part func(from, to int)
	switch s.kind {
	case kindMaxPool:
		at := g.places(s)
		part = func(from, to int) { cpu.MaxPool(shape, out, at, in, from, to) }
	case kindMaxPoolGrad:
		at := g.in32(s, 1)
		part = func(from, to int) { cpu.MaxPoolGrad(shape, out, in, at, from, to) }
	case kindAvgPool:
		part = func(from, to int) { cpu.AvgPool(shape, out, in, from, to) }
	case kindAvgPoolGrad:
		part = func(from, to int) { cpu.AvgPoolGrad(shape, out, in, from, to) }
	}
	return g.share(f.n, f.oh*f.ow*f.c*f.kh*f.kw/4, part)
}

// upsample repeats pixels, or adds those that were repeated.
func (g *program[T]) upsample(s *step) func() {
	small, large := s.in[0].view, s.out[0].shape
	a, b := g.in(s, 0), g.out(s, 0)
	back := s.kind == kindUpsampleBy
	if back {
		small, large, a, b = large, small, b, a
	}
	by, c := s.attr.([2]int), small[3]
	row := func(i int) { // one row of the large images
		image, y := i/large[1], i%large[1]/by[0]
		for x := range large[2] {
			at := ((image*small[1]+y)*small[2] + x/by[1]) * c
			big := b[(i*large[2]+x)*c:][:c]
			if back {
				cpu.Axpy(a[at:][:c], 1, big)
			} else {
				copy(big, a[at:][:c])
			}
		}
	}
	rows := small[0] * small[1] // of the small images, each of which is one task's
	run := g.share(rows, large[2]*by[0]*c/2, func(from, to int) {
		if back {
			clear(a[from*small[2]*c : to*small[2]*c])
		}
		for i := from * by[0]; i < to*by[0]; i++ {
			row(i)
		}
	})
	return run
}

// batchNorm binds a batch normalisation, shared out by blocks of channels.
func (g *program[T]) batchNorm(s *step) func() {
	b, attr := &cpu.BatchNorm[T]{}, s.attr.(batchNorm)
	b.Momentum, b.Epsilon = T(attr.momentum), T(attr.epsilon)
	channels := s.out[0].shape[len(s.out[0].shape)-1]
	b.C = channels
	rows := s.out[0].len() / channels
	var part func(from, to int)
	y := g.out(s, 0)
	if s.kind == kindBatchNorm {
		x := g.in(s, 0)
		b.Gamma, b.Beta, b.MovingMean, b.MovingVar = g.in(s, 1), g.in(s, 2), g.in(s, 3), g.in(s, 4)
		b.Mean, b.InvStd = g.want(s, 1, channels), g.want(s, 2, channels)
		part = func(from, to int) { b.Train(y, x, rows, from, to) }
	} else {
		dy, x := g.in(s, 0), g.in(s, 1)
		b.Gamma, b.Mean, b.InvStd = g.in(s, 2), g.in(s, 3), g.in(s, 4)
		dgamma, dbeta := g.out(s, 1), g.out(s, 2)
		part = func(from, to int) { b.Grad(y, dgamma, dbeta, dy, x, rows, from, to) }
	}
	const together = 16 // channels of a task at least: a line of memory
	return g.share((channels+together-1)/together, rows*together, func(from, to int) {
		part(from*together, min(to*together, channels))
	})
}

// layerNorm binds a layer normalisation. Rows are shared out; the derivatives
// of scale and offset are sums over them, which one task adds.
func (g *program[T]) layerNorm(s *step) func() {
	y, a := g.out(s, 0), g.in(s, 0)
	cols := s.out[0].shape[len(s.out[0].shape)-1]
	rows := len(y) / cols
	if s.kind == kindLayerNormGrad {
		x, scale, mean, inverse := g.in(s, 1), g.in(s, 2), g.in(s, 3), g.in(s, 4)
		dscale, doffset := g.want(s, 1, cols), g.want(s, 2, cols)
		return func() {
			clear(dscale)
			clear(doffset)
			cpu.LayerNormGrad(y, dscale, doffset, a, x, mean, inverse, scale, rows, cols)
		}
	}
	scale, offset, epsilon := g.in(s, 1), g.in(s, 2), T(s.attr.(float64))
	mean, inverse := g.want(s, 1, rows), g.want(s, 2, rows)
	return g.share(rows, cols, func(from, to int) {
		cpu.LayerNorm(y[from*cols:to*cols], mean[from:to], inverse[from:to], a[from*cols:to*cols], scale, offset, to-from, cols, epsilon)
	})
}

// want is result i of a step, or memory for it where nobody reads it.
func (g *program[T]) want(s *step, i, n int) []T {
	if m := g.out(s, i); m != nil {
		return m
	}
	return make([]T, n)
}
