package tensor

import (
	"unsafe"

	"github.com/sheaf-go/sheaf/learn/tensor/internal/cpu"
)

// block is how many elements an expression computes at a time, so that what is
// between its functions stays in the first cache.
const block = 1024

func addressOf[T cpu.Float](s []T) uintptr { return uintptr(unsafe.Pointer(unsafe.SliceData(s))) }

// An evaluator computes an expression.
type evaluator[T cpu.Float] struct {
	e       *elements
	out     []T
	sources []supply[T]
	scratch [][]T // of each task: registers, then broadcast operands
	each    int   // elements of a task, a multiple of block
	task    func(int)
}

// A supply is an operand of an expression.
type supply[T cpu.Float] struct {
	data   []T
	data32 []int32
	whole  bool  // it has the result's shape
	single bool  // it has one element
	dims   []dim // else: how it is repeated, from the last axis on
	slot   int   // its place among the broadcast operands of the scratch
}

// A dim is an axis of the result: its length, and how far the operand moves
// along it.
type dim struct{ n, stride int }

func (g *program[T]) elements(s *step) func() {
	v := &evaluator[T]{e: s.elems, out: g.out(s, 0)}
	slots := 0
	for _, o := range s.in {
		src := supply[T]{data: g.memory[o.buffer], data32: g.memory32[o.buffer]}
		switch n := product(o.view); {
		case n == len(v.out):
			src.whole = true
		case n == 1:
			src.single = true
		default:
			src.dims = repeats(s.out[0].shape, o.view)
			src.slot = slots
			slots++
		}
		v.sources = append(v.sources, src)
	}
	if len(v.out) == 0 {
		return func() {}
	}
	tasks, each := g.parts((len(v.out)+block-1)/block, len(s.elems.code)*block/4)
	v.each = each * block
	for range tasks {
		v.scratch = append(v.scratch, aligned[T]((s.elems.registers+slots)*min(block, len(v.out))))
	}
	if tasks == 1 {
		return func() { v.part(0) }
	}
	v.task = v.part
	return func() { g.pool.Run(tasks, v.task) }
}

// repeats is how an operand of a shape lies in the result: axes from the last
// on, those that continue one another joined.
func repeats(result, shape []int) []dim {
	var dims []dim
	step := 1
	for i := len(result) - 1; i >= 0; i-- {
		d := dim{n: result[i]}
		if at := i - (len(result) - len(shape)); at >= 0 && shape[at] != 1 {
			d.stride = step
			step *= shape[at]
		}
		if d.n == 1 {
			continue
		}
		if k := len(dims) - 1; k >= 0 && (dims[k].stride == 0 && d.stride == 0 || dims[k].stride != 0 && d.stride == dims[k].n*dims[k].stride) {
			dims[k].n *= d.n
			continue
		}
		dims = append(dims, d)
	}
	return dims
}

// part computes the elements of one task.
func (v *evaluator[T]) part(i int) {
	end := min((i+1)*v.each, len(v.out))
	for from := i * v.each; from < end; from += block {
		v.block(v.scratch[i], from, min(block, end-from))
	}
}

func (v *evaluator[T]) block(scratch []T, from, n int) {
	width := min(block, len(v.out))
	for i := range v.sources {
		if s := &v.sources[i]; s.dims != nil {
			s.fill(scratch[(v.e.registers+s.slot)*width:][:n], from)
		}
	}
	last := len(v.e.code) - 1
	for i := range v.e.code {
		x := &v.e.code[i]
		to := v.out[from:][:n]
		if i < last {
			to = scratch[x.to*width:][:n]
		}
		v.do(x, to, scratch, width, from)
	}
}

// slice is the elements of an argument in a block, or nil and its number.
func (v *evaluator[T]) slice(r ref, scratch []T, width, from, n int) ([]T, T) {
	switch r.from {
	case register:
		return scratch[r.i*width:][:n], 0
	case argument:
		s := &v.sources[r.i]
		switch {
		case s.data32 != nil:
			return nil, 0
		case s.whole:
			return s.data[from:][:n], 0
		case s.single:
			return nil, s.data[0]
		}
		return scratch[(v.e.registers+s.slot)*width:][:n], 0
	}
	return nil, T(r.x)
}

// do runs an instruction on a block.
func (v *evaluator[T]) do(x *element, to, scratch []T, width, from int) {
	n := len(to)
	a, as := v.slice(x.args[0], scratch, width, from, n)
	switch x.kind {
	case kindUnary:
		cpu.Map1(x.unary, to, v.slices(a, as, to))
	case kindCopy:
		copy(to, v.slices(a, as, to))
	case kindFloats:
		v.floats(x.args[0], to, from)
	case kindAct:
		cpu.Activate(x.act.act, T(x.act.alpha), to, v.slices(a, as, to))
	case kindBinary:
		b, bs := v.slice(x.args[1], scratch, width, from, n)
		switch {
		case a != nil && b != nil:
			cpu.Map2(x.binary, to, a, b)
		case a != nil:
			cpu.Map2Scalar(x.binary, to, a, bs)
		case b != nil:
			cpu.MapScalar2(x.binary, to, as, b)
		default:
			cpu.Fill(to, as)
			cpu.Map2Scalar(x.binary, to, to, bs)
		}
	case kindActGrad:
		b, bs := v.slice(x.args[1], scratch, width, from, n)
		v.actGrad(x, to, a, as, b, bs)
	case kindSelect:
		v.choose(x, to, scratch, width, from)
	}
}

// slices is a, or to filled with a number.
func (v *evaluator[T]) slices(a []T, x T, to []T) []T {
	if a == nil {
		cpu.Fill(to, x)
		return to
	}
	return a
}

// actGrad computes the derivative of an activation from that of its result and
// what it is computed from. Numbers, which are rare here, go one by one.
func (v *evaluator[T]) actGrad(x *element, to, dy []T, dys T, from []T, froms T) {
	if dy != nil && from != nil {
		cpu.ActivateGrad(x.act.act, T(x.act.alpha), to, dy, from, from)
		return
	}
	var one [3]T
	for i := range to {
		one[0], one[1] = dys, froms
		if dy != nil {
			one[0] = dy[i]
		}
		if from != nil {
			one[1] = from[i]
		}
		cpu.ActivateGrad(x.act.act, T(x.act.alpha), one[2:], one[:1], one[1:2], one[1:2])
		to[i] = one[2]
	}
}

// choose is Select for any mixture of slices and numbers.
func (v *evaluator[T]) choose(x *element, to, scratch []T, width, from int) {
	cond, c := v.slice(x.args[0], scratch, width, from, len(to))
	yes, y := v.slice(x.args[1], scratch, width, from, len(to))
	no, z := v.slice(x.args[2], scratch, width, from, len(to))
	if cond != nil && yes != nil && no != nil {
		cpu.Select(to, cond, yes, no)
		return
	}
	for i := range to {
		if cond != nil {
			c = cond[i]
		}
		if yes != nil {
			y = yes[i]
		}
		if no != nil {
			z = no[i]
		}
		if c != 0 {
			to[i] = y
		} else {
			to[i] = z
		}
	}
}

// floats converts int32 values.
func (v *evaluator[T]) floats(r ref, to []T, from int) {
	s := &v.sources[r.i]
	for i := range to {
		if s.single {
			to[i] = T(s.data32[0])
		} else {
			to[i] = T(s.data32[from+i])
		}
	}
}

// fill writes the elements of a broadcast operand from a place of the result
// on.
func (s *supply[T]) fill(to []T, from int) {
	inner := s.dims[0]
	at, rest := from%inner.n, from/inner.n
	for len(to) > 0 {
		base, r := 0, rest
		for _, d := range s.dims[1:] {
			base += r % d.n * d.stride
			r /= d.n
		}
		n := min(inner.n-at, len(to))
		if inner.stride == 0 {
			cpu.Fill(to[:n], s.data[base])
		} else {
			copy(to[:n], s.data[base+at:])
		}
		to, at, rest = to[n:], 0, rest+1
	}
}
