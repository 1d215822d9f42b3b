package model

import (
	"errors"
	"fmt"
	"slices"

	"github.com/sheaf-go/sheaf/learn/tensor"
)

// A goal is what a model is compiled for.
type goal struct {
	optimizer *Optimizer
	losses    []*Loss   // one for each output, or one for all
	shares    []float64 // of the losses, 1 where nothing is said
	metrics   []*Metric // for each output
	device    tensor.Device
	slots     map[*tensor.Variable][]*tensor.Variable
	made      int // slots, in all
}

// A CompileOption is an argument of [Model.Compile].
type CompileOption struct {
	name string
	set  func(m *Model, g *goal) error
}

// String is the name of the option.
func (o CompileOption) String() string { return "model." + o.name }

// Metrics names what is measured besides the loss, such as "accuracy" or "mae";
// see [MetricNamed].
func Metrics(names ...string) CompileOption {
	return CompileOption{"Metrics", func(_ *Model, g *goal) error {
		for _, name := range names {
			mt := MetricNamed(name)
			if err := mt.Err(); err != nil {
				return err
			}
			g.metrics = append(g.metrics, mt)
		}
		return nil
	}}
}

// Measure is [Metrics] for metrics that are values, such as
// Precision().Threshold(0.3).
func Measure(metrics ...*Metric) CompileOption {
	return CompileOption{"Measure", func(_ *Model, g *goal) error {
		for i, mt := range metrics {
			if mt == nil {
				return fmt.Errorf("metric %d is nil", i)
			}
			if err := mt.Err(); err != nil {
				return err
			}
			g.metrics = append(g.metrics, mt)
		}
		return nil
	}}
}

// Losses gives a model with several outputs further losses, for the outputs
// after the first. Without it all outputs have the same.
func Losses(losses ...*Loss) CompileOption {
	return CompileOption{"Losses", func(_ *Model, g *goal) error {
		for i, l := range losses {
			if l == nil {
				return fmt.Errorf("loss %d is nil", i+1)
			}
			if err := l.Err(); err != nil {
				return err
			}
		}
		g.losses = append(g.losses, losses...)
		return nil
	}}
}

// LossWeights is by how much each output's loss counts in the sum that is made
// small, 1 by default.
func LossWeights(w ...float64) CompileOption {
	return CompileOption{"LossWeights", func(_ *Model, g *goal) error {
		for _, x := range w {
			if err := finite("a loss weight", x); err != nil {
				return err
			}
		}
		g.shares = slices.Clone(w)
		return nil
	}}
}

// On is the device that the model runs on. The default is tensor.CPU(0): this
// machine's processors, as many as are worth it.
func On(d tensor.Device) CompileOption {
	return CompileOption{"On", func(_ *Model, g *goal) error {
		if d == nil {
			return errors.New("the device is nil")
		}
		g.device = d
		return nil
	}}
}

// Threads is [On] for this machine's processors, at most so many of them.
func Threads(n int) CompileOption {
	return CompileOption{"Threads", func(_ *Model, g *goal) error {
		g.device = tensor.CPU(n)
		return atLeastOne("Threads", n)
	}}
}

// Seed is what everything random follows from: first weights, shuffling,
// dropout. The default is 1. Weights that have been trained or set stay as they
// are; [Model.Reset] makes new ones.
func Seed(seed uint64) CompileOption {
	return CompileOption{"Seed", func(m *Model, _ *goal) error {
		m.seed = seed
		for i, l := range m.layers {
			if l.vars != nil && !l.changed {
				if err := l.begin(mix(seed, uint64(i))); err != nil {
					return err
				}
			}
		}
		return nil
	}}
}

// Float64 makes the model compute with float64 instead of float32.
func Float64() CompileOption {
	return CompileOption{"Float64", func(m *Model, _ *goal) error { m.dtype = tensor.Float64; return nil }}
}

// Compile says what the model is to learn: how it changes its weights, and what
// it makes small. Compiled again, a model keeps its weights and begins to
// remember gradients anew.
func (m *Model) Compile(optimizer *Optimizer, loss *Loss, opts ...CompileOption) error {
	switch {
	case m == nil:
		return errors.New("model: compile: the model is nil")
	case m.err != nil:
		return m.err
	case optimizer == nil:
		return m.failf("compile", "the optimizer is nil")
	case loss == nil:
		return m.failf("compile", "the loss is nil")
	}
	if err := checkAll(optimizer.Err(), loss.Err()); err != nil {
		return err
	}
	g := &goal{optimizer: optimizer.clone(), losses: []*Loss{loss}, slots: map[*tensor.Variable][]*tensor.Variable{}}
	for _, o := range opts {
		if o.set == nil {
			return m.failf("compile", "the zero CompileOption")
		}
		if err := o.set(m, g); err != nil {
			return m.failf("compile", "%w", err)
		}
	}
	if g.device == nil {
		g.device = tensor.CPU(0)
	}
	if m.pending == nil {
		if err := g.check(len(m.outputs)); err != nil {
			return m.failf("compile", "%w", err)
		}
		if err := m.materialise(); err != nil {
			return err
		}
	}
	m.goal, m.iterations, m.plans = g, 0, plans{}
	return nil
}

// CompileBy is [Model.Compile] by the names that Keras has for optimizer, loss
// and metrics, with their defaults.
func (m *Model) CompileBy(optimizer, loss string, metrics ...string) error {
	return m.Compile(OptimizerNamed(optimizer), LossNamed(loss), Metrics(metrics...))
}

// check wants as many losses and weights as outputs, or one loss for all.
func (g *goal) check(outputs int) error {
	if len(g.losses) > outputs || len(g.losses) > 1 && len(g.losses) < outputs {
		return fmt.Errorf("%d losses for %d outputs; want one each, or one for all", len(g.losses), outputs)
	}
	if len(g.shares) > 0 && len(g.shares) != outputs {
		return fmt.Errorf("%d loss weights for %d outputs; want one each", len(g.shares), outputs)
	}
	return nil
}

// loss is the loss of an output.
func (g *goal) loss(output int) *Loss { return g.losses[min(output, len(g.losses)-1)] }

func (g *goal) share(output int) float64 {
	if len(g.shares) == 0 {
		return 1
	}
	return g.shares[output]
}

// slotsOf is what the optimizer remembers of a variable, made when first asked
// for.
func (g *goal) slotsOf(v *tensor.Variable, n int) []*tensor.Variable {
	for i := len(g.slots[v]); i < n; i++ {
		t := tensor.New(v.Value().DType(), v.Value().Shape()...)
		set(t, g.optimizer.slotStart(i))
		g.slots[v] = append(g.slots[v], newVariable(fmt.Sprintf("%s/slot%d", v.Name(), i), t))
		g.made++
	}
	return g.slots[v][:n]
}

// A forward is a model being put into a graph.
type forward struct {
	g        *tensor.Graph
	training bool
	nodes    map[*Symbol]*tensor.Node
	logits   map[*tensor.Node]logit // of what activations have made
}

// forward puts the model into a new graph, for batches of n rows.
func (m *Model) forward(n int, training bool) *forward {
	f := &forward{tensor.NewGraph(m.dtype), training, map[*Symbol]*tensor.Node{}, map[*tensor.Node]logit{}}
	for i, s := range m.inputs {
		f.nodes[s] = f.g.Input(fmt.Sprintf("x%d", i), append([]int{n}, s.shape...)...)
	}
	for _, s := range m.order {
		c := &layerCall{forward: f, layer: s.layer, set: &s.layer.set, train: training && !s.layer.frozen}
		for _, from := range s.from {
			c.in = append(c.in, f.nodes[from])
		}
		f.g.In(s.layer.Name(), func() { f.nodes[s] = s.layer.kind.build(c) })
	}
	return f
}

// outputs is the nodes of the model's outputs.
func (f *forward) outputs(m *Model) []*tensor.Node {
	out := make([]*tensor.Node, len(m.outputs))
	for i, s := range m.outputs {
		out[i] = f.nodes[s]
	}
	return out
}

// A lossGraph is a forward pass with what it is measured by.
type lossGraph struct {
	*forward
	total *tensor.Node   // what training makes small
	each  []*tensor.Node // the loss of each output, if there are several
	per   []*tensor.Node // the values of composed metrics
}

// loss adds targets, losses and composed metrics to a forward pass.
func (m *Model) loss(n int, training, weighted bool) *lossGraph {
	b := &lossGraph{forward: m.forward(n, training)}
	g := b.g
	var w *tensor.Node
	if weighted {
		w = g.Input("w", n)
	}
	for i, p := range b.outputs(m) {
		var part *tensor.Node
		l := m.goal.loss(i)
		y := m.target(g, i, n)
		g.In("loss", func() {
			per := l.build(g, y, p, b.logitsFor(l, p))
			if w != nil {
				per = per.Mul(w)
			}
			part = per.Mean()
			b.addLoss(part.Times(m.goal.share(i)))
		})
		b.each = append(b.each, part)
		for _, mt := range m.goal.metrics {
			if mt.composed {
				suited := mt.clone()
				suited.suit(l)
				b.per = append(b.per, suited.build(g, y, p))
			}
		}
	}
	if len(b.each) == 1 {
		b.each = nil
	}
	g.In("penalty", func() { b.addPenalties(m) })
	return b
}

// addLoss adds a part to the total.
func (b *lossGraph) addLoss(part *tensor.Node) {
	if b.total == nil {
		b.total = part
		return
	}
	b.total = b.total.Add(part)
}

func (b *lossGraph) addPenalties(m *Model) {
	for _, l := range m.layers {
		for i, s := range l.specs {
			if s.reg != nil && !l.frozen {
				b.addLoss(s.reg.build(b.g.Var(l.vars[i])))
			}
		}
	}
}

// logitsFor is what the last activation was applied to, if the loss can start
// from there.
func (f *forward) logitsFor(l *Loss, p *tensor.Node) *tensor.Node {
	if z, ok := f.logits[p]; ok && l.logitsOf() == z.act && z.act != "" {
		return z.x
	}
	return nil
}

// target is the input of an output's targets.
func (m *Model) target(g *tensor.Graph, output, n int) *tensor.Node {
	name, shape := fmt.Sprintf("y%d", output), m.outputs[output].shape
	if m.goal.loss(output).sparse() {
		return g.InputInts(name, append([]int{n}, shape[:len(shape)-1]...)...)
	}
	return g.Input(name, append([]int{n}, shape...)...)
}
