package model

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/sheaf-go/sheaf/internal/interrupt"
	"github.com/sheaf-go/sheaf/learn/tensor"
	"github.com/sheaf-go/sheaf/notebooks/show"
)

// A GradReport compares derivatives computed backwards with differences of the
// loss.
type GradReport struct {
	// Worst is the largest relative error of any derivative: the difference of
	// the two over the larger of their sizes, or over a thousandth of the largest
	// derivative of the same array or a millionth of the largest of all, if that
	// is more.
	Worst float64
	// At is where that is, such as dense/kernel[2 0].
	At string
	// Checked is how many derivatives were compared. Kinks is how many were
	// not, because the loss has a kink there, such as that of relu at 0.
	Checked, Kinks int

	lines []string
}

// String is the result for each array.
func (r *GradReport) String() string {
	return fmt.Sprintf("%d derivatives, worst relative error %.2g at %s, %d at kinks left out\n%s",
		r.Checked, r.Worst, r.At, r.Kinks, strings.Join(r.lines, "\n"))
}

// Display is the report as text.
func (r *GradReport) Display() show.Bundle { return show.Plain(r.String()) }

var _ show.Displayer = (*GradReport)(nil)

// GradCheck compares the derivatives of a compiled model's loss with respect to
// all weights and inputs with central differences, in float64, on some rows. A
// right derivative has a relative error of about 1e-8; 1e-5 is good enough. The
// model is not changed. (LEC-8)
func GradCheck(m *Model, x, y *tensor.Tensor) (*GradReport, error) {
	return GradCheckAll(m, []*tensor.Tensor{x}, []*tensor.Tensor{y})
}

// GradCheckAll is [GradCheck] for models with several inputs or outputs.
func GradCheckAll(m *Model, x, y []*tensor.Tensor) (*GradReport, error) {
	if err := m.trainable("grad check", x); err != nil {
		return nil, err
	}
	c, err := m.float64Copy()
	if err != nil {
		return nil, err
	}
	d, err := c.dataset("grad check", x, y)
	if err != nil {
		return nil, err
	}
	if d.rows == 0 {
		return nil, m.failf("grad check", "no rows")
	}
	b := c.loss(d.rows, true, false)
	var names []string
	var wrt []*tensor.Node
	for i, s := range c.inputs {
		wrt, names = append(wrt, b.nodes[s]), append(names, fmt.Sprintf("x%d", i))
	}
	vars := c.trained()
	for _, v := range vars {
		wrt, names = append(wrt, b.g.Var(v)), append(names, v.Name())
	}
	k, err := newGradCheck(b.g, c.device(), b.total, wrt, names)
	if err != nil {
		return nil, err
	}
	r := &runner{prog: k.prog}
	r.bind(c, d.rows, true)
	r.fill(d, 0, d.rows, nil)
	for i := range c.inputs {
		at := r.x[i].f64
		if at == nil { // no output depends on it
			at = make([]float64, d.rows*d.x[i].width)
		}
		k.at = append(k.at, at)
	}
	for _, v := range vars {
		k.at = append(k.at, v.Value().Raw().([]float64))
	}
	return k.run()
}

// GradCheckFunc is [GradCheck] for a composition of operations: the derivatives
// of the sum of f's elements with respect to its arguments.
func GradCheckFunc(f func(x ...*tensor.Node) *tensor.Node, x ...*tensor.Tensor) (*GradReport, error) {
	if f == nil || len(x) == 0 {
		return nil, errors.New("model: grad check: want a function and at least one argument")
	}
	g := tensor.NewGraph(tensor.Float64)
	var wrt []*tensor.Node
	var names []string
	for i, t := range x {
		if err := usable(t); err != nil {
			return nil, fmt.Errorf("model: grad check: x %d: %w", i, err)
		}
		names = append(names, fmt.Sprintf("x%d", i))
		wrt = append(wrt, g.Input(names[i], t.Shape()...))
	}
	y := f(wrt...)
	if y == nil {
		return nil, errors.New("model: grad check: the function returned nil")
	}
	if g.Err() != nil {
		return nil, fmt.Errorf("model: grad check: %w", g.Err())
	}
	k, err := newGradCheck(g, tensor.CPU(0), y.Sum(), wrt, names)
	if err != nil {
		return nil, err
	}
	for i, t := range x {
		in := k.prog.Input(names[i])
		if in == nil { // f does not depend on it
			in = clone(t.Cast(tensor.Float64))
		}
		copyValues(in, t.Cast(tensor.Float64))
		k.at = append(k.at, in.Raw().([]float64))
	}
	return k.run()
}

// float64Copy is the model with weights of its own, as float64.
func (m *Model) float64Copy() (*Model, error) {
	layers := map[*Layer]*Layer{}
	for _, l := range m.layers {
		c := *l
		c.vars = make([]*tensor.Variable, len(l.vars))
		for i, v := range l.vars {
			t := tensor.New(tensor.Float64, v.Value().Shape()...)
			copyValues(t, v.Value().Cast(tensor.Float64))
			c.vars[i] = newVariable(v.Name(), t)
		}
		c.dtype = tensor.Float64
		layers[l] = &c
	}
	symbols := map[*Symbol]*Symbol{}
	for _, s := range slices.Concat(m.inputs, m.order) {
		c := *s
		c.layer = layers[s.layer]
		c.from = nil
		for _, from := range s.from {
			c.from = append(c.from, symbols[from])
		}
		symbols[s] = &c
	}
	c := newModel(m.name)
	c.dtype, c.seed = tensor.Float64, m.seed
	g := *m.goal
	g.slots = map[*tensor.Variable][]*tensor.Variable{}
	c.goal = &g
	var in, out []*Symbol
	for _, s := range m.inputs {
		in = append(in, symbols[s])
	}
	for _, s := range m.outputs {
		out = append(out, symbols[s])
	}
	return c, c.connect(in, out)
}

// A gradCheck is a scalar with its derivatives, and the memory that they are
// with respect to.
type gradCheck struct {
	prog  tensor.Program // outputs: the scalar, and its derivatives
	names []string
	grads []*tensor.Tensor
	at    [][]float64
	loss  []float64
}

func newGradCheck(g *tensor.Graph, on tensor.Device, total *tensor.Node, wrt []*tensor.Node, names []string) (*gradCheck, error) {
	if err := g.Err(); err != nil {
		return nil, fmt.Errorf("model: grad check: %w", err)
	}
	grads, err := g.Grad(total, wrt...)
	if err != nil {
		return nil, fmt.Errorf("model: grad check: %w", err)
	}
	plan, err := g.Compile(append([]*tensor.Node{total}, grads...)...)
	if err != nil {
		return nil, fmt.Errorf("model: grad check: %w", err)
	}
	prog, err := on.Load(plan)
	if err != nil {
		return nil, fmt.Errorf("model: grad check: %w", err)
	}
	k := &gradCheck{prog: prog, names: names, loss: prog.Output(0).Float64s()}
	for i := range wrt {
		k.grads = append(k.grads, prog.Output(i+1))
	}
	return k, nil
}

// value is the scalar where the memory is now.
func (k *gradCheck) value() (float64, error) {
	if err := k.prog.Run(1, 1); err != nil {
		return 0, fmt.Errorf("model: grad check: %w", err)
	}
	return k.loss[0], nil
}

func (k *gradCheck) run() (*GradReport, error) {
	middle, err := k.value()
	if err != nil {
		return nil, err
	}
	if middle-middle != 0 {
		return nil, fmt.Errorf("model: grad check: the loss is %v", middle)
	}
	var back [][]float64
	for _, t := range k.grads {
		back = append(back, slices.Clone(t.Float64s()))
	}
	floor := 1e-9
	for _, ds := range back {
		floor = max(floor, 1e-6*largest(ds))
	}
	r := &GradReport{}
	for i, name := range k.names {
		if err := k.array(r, i, name, back[i], middle, max(floor, 1e-3*largest(back[i]))); err != nil {
			return nil, err
		}
	}
	return r, nil
}

// largest is the largest size of numbers.
func largest(x []float64) float64 {
	most := 0.0
	for _, v := range x {
		most = max(most, math.Abs(v))
	}
	return most
}

// array compares the derivatives with respect to one array. Errors are relative
// to floor at least.
func (k *gradCheck) array(r *GradReport, i int, name string, back []float64, middle, floor float64) error {
	worst, at, kinks := 0.0, 0, 0
	for j, d := range back {
		interrupt.Check()
		numeric, kink, err := k.difference(&k.at[i][j], middle)
		if err != nil {
			return err
		}
		off := math.Abs(d-numeric) / max(math.Abs(d), math.Abs(numeric), floor)
		if off > 1e-6 && kink {
			kinks++
			continue
		}
		r.Checked++
		if off > worst || off != off {
			worst, at = off, j
		}
	}
	place := fmt.Sprintf("%s%v", name, placeOf(at, k.grads[i].Shape()))
	r.lines = append(r.lines, fmt.Sprintf("%s %s: worst %.2g at %s", name, shapeText(k.grads[i].Shape()), worst, place))
	r.Kinks += kinks
	if worst > r.Worst || worst != worst || r.At == "" {
		r.Worst, r.At = worst, place
	}
	return nil
}

// difference is the derivative by central differences at one number. There is
// a kink if the differences to both sides disagree by more than curvature
// explains: they would get closer with a smaller step, and do not.
func (k *gradCheck) difference(x *float64, middle float64) (d float64, kink bool, err error) {
	was := *x
	defer func() { *x = was }()
	sides := func(h float64) (up, down float64, err error) {
		*x = was + h
		if up, err = k.value(); err != nil {
			return 0, 0, err
		}
		*x = was - h
		down, err = k.value()
		return (up - middle) / h, (middle - down) / h, err
	}
	h := 1e-5 * max(1, math.Abs(was))
	up, down, err := sides(h)
	if err != nil {
		return 0, false, err
	}
	d = (up + down) / 2
	gap := math.Abs(up - down)
	if gap < 1e-3*max(math.Abs(d), 1e-6) {
		return d, false, nil
	}
	up, down, err = sides(h / 8)
	return d, math.Abs(up-down) > gap/4, err
}

// placeOf is the indices of an element by its number.
func placeOf(n int, shape []int) []int {
	at := make([]int, len(shape))
	for i := len(shape) - 1; i >= 0; i-- {
		at[i] = n % shape[i]
		n /= shape[i]
	}
	return at
}
