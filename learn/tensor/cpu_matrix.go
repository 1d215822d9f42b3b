package tensor

import (
	"slices"

	"github.com/sheaf-go/sheaf/learn/tensor/internal/cpu"
)

// epilogue is what a step does with a product on its way to memory.
func (g *program[T]) epilogue(s *step) cpu.Epilogue[T] {
	e := cpu.Epilogue[T]{Act: s.act.act, Alpha: T(s.act.alpha)}
	if s.bias != nil {
		e.Bias = g.memory[s.bias.buffer]
	}
	return e
}

func (g *program[T]) matMul(s *step) func() {
	a, b, c := g.in(s, 0), g.in(s, 1), g.out(s, 0)
	m, turn := s.attr.(matMul), s.out[0].shape
	k := s.in[0].view[1-btoi(m.transA)]
	gemm, e := cpu.NewGemm[T](turn[0], turn[1], k, m.transA, m.transB), g.epilogue(s)
	return func() { gemm.Run(g.pool, c, a, b, e) }
}

// A fold reduces axes that are next to one another.
type fold[T cpu.Float] struct {
	op                cpu.Reduction
	outer, mid, inner int
	from, to          []T
	partial           []T // sums of parts of the rows, if they are many
	rows              int // of a part
	task              func(int)
}

var reductions = map[string]cpu.Reduction{"sum": cpu.ReduceSum, "mean": cpu.ReduceMean, "max": cpu.ReduceMax, "min": cpu.ReduceMin}

// parallelFold is how many elements are summed in parts, which do not depend
// on how many processors there are.
const parallelFold = 1 << 16

// reduce folds groups of neighbouring axes, the last first.
func (g *program[T]) reduce(s *step) func() {
	r, shape := s.attr.(reduction), slices.Clone(s.in[0].view)
	from := g.in(s, 0)
	var folds []*fold[T]
	for end := len(r.axes); end > 0; {
		begin := end - 1
		for begin > 0 && r.axes[begin-1] == r.axes[begin]-1 {
			begin--
		}
		first, last := r.axes[begin], r.axes[end-1]
		f := &fold[T]{op: reductions[r.op], outer: product(shape[:first]), mid: product(shape[first : last+1]), inner: product(shape[last+1:]), from: from}
		shape = slices.Delete(shape, first, last+1)
		f.to = g.out(s, 0)
		if begin > 0 {
			f.to = aligned[T](product(shape))
		}
		f.plan()
		folds = append(folds, f)
		from, end = f.to, begin
	}
	if len(folds) == 1 {
		f := folds[0]
		return func() { f.run(g.pool) }
	}
	return func() {
		for _, f := range folds {
			f.run(g.pool)
		}
	}
}

// plan cuts the sums of the columns of many rows into parts.
func (f *fold[T]) plan() {
	if f.outer != 1 || f.op != cpu.ReduceSum || f.mid*f.inner < parallelFold || f.mid < 64 || f.inner > f.mid {
		return
	}
	const parts = 16
	f.rows = (f.mid + parts - 1) / parts
	n := (f.mid + f.rows - 1) / f.rows
	f.partial = aligned[T](n * f.inner)
	f.task = func(i int) {
		rows := min(f.rows, f.mid-i*f.rows)
		cpu.SumColumns(f.partial[i*f.inner:][:f.inner], f.from[i*f.rows*f.inner:][:rows*f.inner], rows, f.inner, false)
	}
}

func (f *fold[T]) run(p *cpu.Pool) {
	if f.task == nil {
		cpu.Reduce(f.op, f.to, f.from, f.outer, f.mid, f.inner)
		return
	}
	n := len(f.partial) / f.inner
	p.Run(n, f.task)
	cpu.SumColumns(f.to, f.partial, n, f.inner, false)
}

// move binds the steps that only move numbers.
func (g *program[T]) move(s *step) func() {
	out := g.out(s, 0)
	switch s.kind {
	case kindTranspose:
		return g.transpose(s)
	case kindSlice:
		sec := s.attr.(section)
		return g.stretch(out, g.in(s, 0), s.in[0].view, sec.axis, 0, sec.from, sec.to-sec.from, sec.to-sec.from, sec.of)
	case kindEmbed:
		sec := s.attr.(section)
		n := sec.to - sec.from
		put := g.stretch(out, g.in(s, 0), s.out[0].shape, sec.axis, sec.from, 0, n, sec.of, n)
		return func() {
			clear(out)
			put()
		}
	case kindConcat:
		return g.concat(s)
	case kindGather, kindScatter:
		return g.gather(s)
	}
	labels, classes := g.in32(s, 0), s.out[0].shape[len(s.out[0].shape)-1]
	return func() {
		clear(out)
		for i, c := range labels {
			out[i*classes+int(c)] = 1
		}
	}
}

// stretch copies n places of an axis: to places toAt… of toLen from places
// fromAt… of fromLen. Shape is that of one of the two; only what is around the
// axis counts.
func (g *program[T]) stretch(to, from []T, shape []int, axis, toAt, fromAt, n, toLen, fromLen int) func() {
	outer, inner := product(shape[:axis]), product(shape[axis+1:])
	return func() {
		for i := range outer {
			copy(to[(i*toLen+toAt)*inner:][:n*inner], from[(i*fromLen+fromAt)*inner:])
		}
	}
}

func (g *program[T]) concat(s *step) func() {
	axis, at := s.attr.(int), 0
	all := s.out[0].shape[axis]
	var parts []func()
	for i, o := range s.in {
		n := o.view[axis]
		parts = append(parts, g.stretch(g.out(s, 0), g.in(s, i), o.view, axis, at, 0, n, all, n))
		at += n
	}
	return func() {
		for _, f := range parts {
			f()
		}
	}
}

// gather copies rows, or adds them where they come from.
func (g *program[T]) gather(s *step) func() {
	out, in, rows := g.out(s, 0), g.in(s, 0), g.in32(s, 1)
	if s.kind == kindGather {
		n := product(s.in[0].view[1:])
		return func() {
			for i, r := range rows {
				copy(out[i*n:][:n], in[int(r)*n:])
			}
		}
	}
	n := product(s.out[0].shape[1:])
	return func() {
		clear(out)
		for i, r := range rows {
			cpu.Axpy(out[int(r)*n:][:n], 1, in[i*n:][:n])
		}
	}
}

// transpose copies along the axes of the result; the last two by squares, so
// that neither side is read or written a line per number.
func (g *program[T]) transpose(s *step) func() {
	out, in := g.out(s, 0), g.in(s, 0)
	shape, strides := s.out[0].shape, make([]int, len(s.attr.([]int)))
	from := stridesOf(RowMajor, s.in[0].view)
	for i, a := range s.attr.([]int) {
		strides[i] = from[a]
	}
	if len(out) == 0 || len(shape) == 0 {
		return func() { copy(out, in) }
	}
	for len(shape) < 2 {
		shape, strides = append([]int{1}, shape...), append([]int{0}, strides...)
	}
	k := len(shape) - 2
	index := make([]int, k)
	return func() {
		clear(index)
		for at := 0; at < len(out); at += shape[k] * shape[k+1] {
			off := 0
			for i, v := range index {
				off += v * strides[i]
			}
			square(out[at:], in[off:], shape[k], shape[k+1], strides[k], strides[k+1])
			for i := k - 1; i >= 0; i-- {
				if index[i]++; index[i] < shape[i] {
					break
				}
				index[i] = 0
			}
		}
	}
}

func square[T cpu.Float](out, in []T, rows, cols, down, right int) {
	const side = 16
	for r := 0; r < rows; r += side {
		for c := 0; c < cols; c += side {
			for i := r; i < min(r+side, rows); i++ {
				for j := c; j < min(c+side, cols); j++ {
					out[i*cols+j] = in[i*down+j*right]
				}
			}
		}
	}
}
