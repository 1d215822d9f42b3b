package model

import (
	"fmt"
	"slices"

	"github.com/sheaf-go/sheaf/learn/tensor"
)

// A mode is what a plan is for.
type mode uint8

const (
	predicting mode = iota
	evaluating
	stepping
	examining // training, without a change and with all layers' outputs
)

// A planKey tells plans of a model apart.
type planKey struct {
	mode     mode
	rows     int
	weighted bool
}

// plans are the programs that a model has loaded.
type plans struct {
	stamp uint64 // of the layers they were made of
	by    map[planKey]*runner
	order []planKey
}

// maxPlans is how many programs a model keeps.
const maxPlans = 16

// A runner is a program with its memory at hand.
type runner struct {
	prog       tensor.Program
	x, y       []memory
	w          memory
	rate, step memory
	loss       memory
	each       []memory         // losses of outputs, if there are several
	pred       []*tensor.Tensor // of each output
	predMemory []memory
	per        []*tensor.Tensor // values of composed metrics
}

// stamp changes when a layer is frozen or its weights are replaced.
func (m *Model) stamp() uint64 {
	h := uint64(len(m.layers))
	for _, l := range m.layers {
		h = h*0x100000001b3 + uint64(l.version)
	}
	return h
}

// runner is the program for a number of rows, made when it is first asked for.
func (m *Model) runner(k planKey) (*runner, error) {
	if s := m.stamp(); m.plans.by == nil || m.plans.stamp != s {
		m.plans = plans{stamp: s, by: map[planKey]*runner{}}
	}
	if r := m.plans.by[k]; r != nil {
		return r, nil
	}
	r, err := m.load(k)
	if err != nil {
		return nil, err
	}
	if len(m.plans.order) == maxPlans {
		delete(m.plans.by, m.plans.order[0])
		m.plans.order = slices.Delete(m.plans.order, 0, 1)
	}
	m.plans.by[k] = r
	m.plans.order = append(m.plans.order, k)
	return r, nil
}

// load builds the graph for a key and binds it to the device.
func (m *Model) load(k planKey) (*runner, error) {
	var g *tensor.Graph
	var outs []*tensor.Node
	var b *lossGraph
	switch k.mode {
	case predicting:
		f := m.forward(k.rows, false)
		g, outs = f.g, f.outputs(m)
	case examining:
		f := m.forward(k.rows, true)
		g = f.g
		for _, s := range m.order {
			outs = append(outs, f.nodes[s])
		}
	default:
		b = m.loss(k.rows, k.mode == stepping, k.weighted)
		g = b.g
		outs = slices.Concat([]*tensor.Node{b.total}, b.each, b.outputs(m), b.per)
	}
	if g.Err() == nil && k.mode == stepping {
		if err := m.learn(b); err != nil {
			return nil, fmt.Errorf("model: %w", err)
		}
	}
	if err := g.Err(); err != nil {
		return nil, fmt.Errorf("model: %w", err)
	}
	plan, err := g.Compile(outs...)
	if err != nil {
		return nil, fmt.Errorf("model: %w", err)
	}
	prog, err := m.device().Load(plan)
	if err != nil {
		return nil, fmt.Errorf("model: %w", err)
	}
	return m.newRunner(prog, k, b), nil
}

// device is where the model runs.
func (m *Model) device() tensor.Device {
	if m.goal == nil {
		return tensor.CPU(0)
	}
	return m.goal.device
}

// learn adds gradients and the change of weights to a graph.
func (m *Model) learn(b *lossGraph) error {
	vars := m.trained()
	if len(vars) == 0 {
		return nil
	}
	wrt := make([]*tensor.Node, len(vars))
	for i, v := range vars {
		wrt[i] = b.g.Var(v)
	}
	grads, err := b.g.Grad(b.total, wrt...)
	if err != nil {
		return err
	}
	m.goal.optimizer.apply(b.g, vars, grads, b.g.Input("rate"), b.g.Input("step"), m.goal.slotsOf)
	return nil
}

func (m *Model) newRunner(prog tensor.Program, k planKey, b *lossGraph) *runner {
	r := &runner{prog: prog}
	r.bind(m, k.rows, b != nil)
	at := 0
	next := func() *tensor.Tensor { at++; return prog.Output(at - 1) }
	if b != nil {
		r.loss = newMemory(next(), 1)
		for range b.each {
			r.each = append(r.each, newMemory(next(), 1))
		}
	}
	outs := len(m.outputs)
	if k.mode == examining {
		outs = len(m.order)
	}
	for range outs {
		t := next()
		r.pred = append(r.pred, t)
		r.predMemory = append(r.predMemory, newMemory(t, k.rows))
	}
	if b != nil {
		for range b.per {
			r.per = append(r.per, next())
		}
	}
	return r
}

// bind finds the memory of the program's inputs.
func (r *runner) bind(m *Model, rows int, targets bool) {
	for i := range m.inputs {
		r.x = append(r.x, newMemory(r.prog.Input(fmt.Sprintf("x%d", i)), rows))
	}
	if !targets {
		return
	}
	for i := range m.outputs {
		r.y = append(r.y, newMemory(r.prog.Input(fmt.Sprintf("y%d", i)), rows))
	}
	r.w = newMemory(r.prog.Input("w"), rows)
	r.rate, r.step = newMemory(r.prog.Input("rate"), 1), newMemory(r.prog.Input("step"), 1)
}

// train runs a step with the batch that lies in the runner's memory.
func (m *Model) train(r *runner, rate float64) (loss float64, err error) {
	r.rate.set(rate)
	r.step.set(float64(m.iterations + 1))
	if err := r.prog.Run(m.seed, uint64(m.iterations)); err != nil {
		return 0, fmt.Errorf("model: fit: step %d: %w", m.iterations+1, err)
	}
	m.iterations++
	return r.loss.first(), nil
}

// A Step is one step of training on a batch of fixed size, for loops of your
// own: fill [Step.X] and [Step.Y], call [Step.Run]. It allocates nothing.
type Step struct {
	m     *Model
	r     *runner
	rows  int
	stamp uint64
	goal  *goal
}

// Step makes a training step for batches of a number of rows.
func (m *Model) Step(rows int) (*Step, error) {
	if err := m.trainable("step", nil); err != nil {
		return nil, err
	}
	if rows < 1 {
		return nil, m.failf("step", "%d rows; want at least 1", rows)
	}
	r, err := m.runner(planKey{stepping, rows, false})
	if err != nil {
		return nil, err
	}
	return &Step{m, r, rows, m.plans.stamp, m.goal}, nil
}

// X is the memory of an input, counted from 0: set the elements of its Raw
// slice. Its first axis is the rows.
func (s *Step) X(input int) *tensor.Tensor { return s.r.prog.Input(fmt.Sprintf("x%d", input)) }

// Y is the memory of an output's targets: int32 class numbers where the loss is
// sparse, else numbers of the shape of the output.
func (s *Step) Y(output int) *tensor.Tensor { return s.r.prog.Input(fmt.Sprintf("y%d", output)) }

// Output is what an output of the model was in the last run, before the weights
// changed.
func (s *Step) Output(i int) *tensor.Tensor { return s.r.pred[i] }

// Run takes the step: it computes the loss, which it returns, and then changes
// the weights.
func (s *Step) Run() (loss float64, err error) {
	if s.goal != s.m.goal || s.stamp != s.m.stamp() {
		return 0, s.m.failf("step", "the model has been compiled again, frozen or given other weights since; make the step anew")
	}
	s.m.touch()
	return s.m.train(s.r, s.goal.optimizer.rate(s.m.iterations))
}

// Train copies rows and their targets into the step's memory and runs it. There
// must be as many rows as the step is for.
func (s *Step) Train(x, y *tensor.Tensor) (loss float64, err error) {
	d, err := s.m.dataset("step", []*tensor.Tensor{x}, []*tensor.Tensor{y})
	if err != nil {
		return 0, err
	}
	if d.rows != s.rows {
		return 0, s.m.failf("step", "%d rows; the step is for %d", d.rows, s.rows)
	}
	s.r.fill(d, 0, d.rows, nil)
	return s.Run()
}
