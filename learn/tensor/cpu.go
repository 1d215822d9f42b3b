package tensor

import (
	"fmt"
	"sync"

	"github.com/sheaf-go/sheaf/learn/tensor/internal/cpu"
)

// CPU is the device of this process's processor. Threads is how many
// processors a run uses at most, 0 for as many as the process has. Results do
// not depend on it.
func CPU(threads int) Device {
	if threads <= 0 {
		return &processor{pool: cpu.Default()}
	}
	pools.Lock()
	defer pools.Unlock()
	if pools.by[threads] == nil {
		pools.by[threads] = cpu.NewPool(threads)
	}
	return &processor{pool: pools.by[threads]}
}

// pools are those of CPU, by their number of threads.
var pools = struct {
	sync.Mutex
	by map[int]*cpu.Pool
}{by: map[int]*cpu.Pool{}}

type processor struct{ pool *cpu.Pool }

// Name says which loops the processor runs, and on how many threads.
func (d *processor) Name() string {
	return fmt.Sprintf("CPU (%v, %d threads)", cpu.Best(), d.pool.Workers())
}

// Load binds the steps of a plan to memory.
func (d *processor) Load(p *Plan) (Program, error) {
	if p.dtype == Float64 {
		return newProgram[float64](d.pool, p)
	}
	return newProgram[float32](d.pool, p)
}

// A program is a plan bound to memory: each step is a function without
// arguments.
type program[T cpu.Float] struct {
	plan     *Plan
	pool     *cpu.Pool
	floats   []T
	ints     []int32
	memory   map[*buffer][]T
	memory32 map[*buffer][]int32
	inputs   map[string]*Tensor
	outputs  []*Tensor
	checks   []bound
	run      []func()
	seed     uint64 // of this run
	step     uint64
	powers   powers // of Adam and its kin at this step
}

// bound is a check with its memory.
type bound struct {
	check
	values []int32
}

func newProgram[T cpu.Float](pool *cpu.Pool, p *Plan) (*program[T], error) {
	g := &program[T]{plan: p, pool: pool, floats: aligned[T](p.arena), ints: make([]int32, p.ints),
		memory: map[*buffer][]T{}, memory32: map[*buffer][]int32{}, inputs: map[string]*Tensor{}}
	for _, b := range p.buffers {
		if err := g.bind(b); err != nil {
			return nil, err
		}
	}
	for _, b := range p.inputs {
		if g.inputs[b.name] != nil {
			return nil, fmt.Errorf("tensor: load: two inputs named %q", b.name)
		}
		g.inputs[b.name] = g.tensor(operand{b, b.shape})
	}
	for _, o := range p.outputs {
		g.outputs = append(g.outputs, g.tensor(o))
	}
	for _, c := range p.checks {
		g.checks = append(g.checks, bound{c, g.memory32[c.of]})
	}
	for _, s := range p.steps {
		f := g.lower(s)
		if f == nil {
			return nil, fmt.Errorf("tensor: load: the CPU has no %s", s.kind)
		}
		g.run = append(g.run, f)
	}
	return g, nil
}

// bind gives a buffer its memory.
func (g *program[T]) bind(b *buffer) error {
	n := b.len()
	switch {
	case b.ints && b.role == temporary:
		g.memory32[b] = g.ints[b.at:][:n:n]
	case b.ints:
		g.memory32[b] = make([]int32, n)
	case b.role == temporary:
		g.memory[b] = g.floats[b.at:][:n:n]
	case b.role == variable:
		g.memory[b] = b.v.value.Raw().([]T)
	case b.value != nil:
		g.memory[b] = b.value.Raw().([]T)
	default:
		m := aligned[T](n)
		cpu.Fill(m, T(b.fill))
		g.memory[b] = m
	}
	return nil
}

// tensor is the memory of an operand.
func (g *program[T]) tensor(o operand) *Tensor {
	if o.ints {
		return FromSlice(o.view, g.memory32[o.buffer])
	}
	return FromSlice(o.view, g.memory[o.buffer])
}

// aligned is a slice that starts at a cache line.
func aligned[T cpu.Float](n int) []T {
	const line = 64
	all := make([]T, n+line)
	off := 0
	for addressOf(all[off:])%line != 0 {
		off++
	}
	return all[off:][:n:n]
}

// Input is the memory of an input.
func (g *program[T]) Input(name string) *Tensor { return g.inputs[name] }

// Output is the memory of an output.
func (g *program[T]) Output(i int) *Tensor { return g.outputs[i] }

// Run looks at the int32 values and then runs all steps.
func (g *program[T]) Run(seed, step uint64) error {
	for i := range g.checks {
		if err := g.checks[i].run(); err != nil {
			return err
		}
	}
	g.seed, g.step = seed, step
	for _, f := range g.run {
		f()
	}
	return nil
}

// run looks whether all values are in range.
func (c *bound) run() error {
	for i, v := range c.values {
		if v < 0 || int(v) >= c.limit {
			return &RangeError{Input: c.of.name, Place: i, Value: int(v), Limit: c.limit, what: c.what}
		}
	}
	return nil
}

// A RangeError is an int32 value of a run that should number one of a count of
// things, such as the label of a class, and does not.
type RangeError struct {
	Input string // its name
	Place int    // of the value in it, in row-major order
	Value int
	Limit int // values are from 0 up to, not with, this
	what  string
}

// Error says what came and what was wanted.
func (e *RangeError) Error() string {
	return fmt.Sprintf("tensor: run: input %s has %s %d at place %d; want 0 to %d", e.Input, e.what, e.Value, e.Place, e.Limit-1)
}

// lower binds a step to its memory; nil if there is no such step.
func (g *program[T]) lower(s *step) func() {
	switch s.kind {
	case kindElements:
		return g.elements(s)
	case kindMatMul:
		return g.matMul(s)
	case kindReduce:
		return g.reduce(s)
	case kindAssign:
		return g.assign(s)
	case kindDropout:
		return g.dropout(s)
	case kindUpdate:
		return g.update(s)
	case kindTranspose, kindSlice, kindEmbed, kindConcat, kindGather, kindScatter, kindOneHot:
		return g.move(s)
	case kindSoftmax, kindSoftmaxGrad, kindLogSoftmax, kindLogSoftmaxGrad, kindSparseCE, kindSoftCE:
		return g.softmax(s)
	case kindConv, kindConvGradX, kindConvGradW:
		return g.conv(s)
	case kindMaxPool, kindMaxPoolGrad, kindAvgPool, kindAvgPoolGrad, kindUpsample, kindUpsampleBy:
		return g.window(s)
	case kindBatchNorm, kindBatchNormGrad:
		return g.batchNorm(s)
	case kindLayerNorm, kindLayerNormGrad:
		return g.layerNorm(s)
	}
	return nil
}

// in is the memory of operand i of a step, out that of its result i, nil where
// there is none.
func (g *program[T]) in(s *step, i int) []T { return g.memory[s.in[i].buffer] }

func (g *program[T]) in32(s *step, i int) []int32 { return g.memory32[s.in[i].buffer] }

func (g *program[T]) out(s *step, i int) []T {
	if i >= len(s.out) {
		return nil
	}
	if s.out[i] == nil {
		return nil
	}
	return g.memory[s.out[i]]
}

// parts is how many tasks a step of n items of a cost in nanoseconds each is
// cut into, and how many items each has.
func (g *program[T]) parts(n, cost int) (tasks, each int) { return g.pool.Grain(n, cost) }

// assign sets a variable.
func (g *program[T]) assign(s *step) func() {
	to, from := g.in(s, 0), g.in(s, 1)
	return func() { copy(to, from) }
}
