package model

import (
	"errors"
	"fmt"
	"slices"

	"github.com/sheaf-go/sheaf/learn/tensor"
)

// A Model is layers put together: what [Sequential] or [New] makes. It
// predicts as soon as its input's shape is known; [Model.Compile] says what it
// is to learn, [Model.Fit] trains it. A model is for one goroutine at a time,
// and so are models that share layers.
type Model struct {
	name    string
	inputs  []*Symbol
	outputs []*Symbol
	order   []*Symbol // applications of layers, each after what it needs
	layers  []*Layer  // each once, in the order of use
	pending []*Layer  // of a Sequential that waits for the shape of its input
	err     error

	seed       uint64
	dtype      tensor.DType
	goal       *goal
	plans      plans
	iterations int // steps of training so far
	history    *History
	columns    []string // that the model was last trained on
	missing    string   // functions that a loaded model was compiled with
}

// Sequential is a model whose layers follow one another. If the first layer has
// no [InputShape], the first data that the model sees decide it.
func Sequential(layers ...*Layer) *Model {
	m := newModel("sequential")
	for i, l := range layers {
		if l == nil {
			m.err = fmt.Errorf("model: layer %d is nil", i)
			return m
		}
		if l.err != nil {
			m.err = l.err
			return m
		}
	}
	if len(layers) == 0 {
		m.err = errors.New("model: no layers")
		return m
	}
	m.pending = slices.Clone(layers)
	if shape := layers[0].set.InputShape; shape != nil {
		m.err = m.settle(shape)
	} else {
		m.err = nameLayers(layers)
	}
	return m
}

func newModel(name string) *Model {
	return &Model{name: name, dtype: tensor.Float32, seed: 1}
}

// settle puts a Sequential together, once the shape of a row is known.
func (m *Model) settle(shape []int) error {
	in := Input(shape...)
	y := in
	if err := nameLayers(m.pending); err != nil {
		return err
	}
	for _, l := range m.pending {
		if y = l.Of(y); y.err != nil {
			for _, l := range m.pending { // so that another shape may be tried
				if l.vars == nil {
					l.specs = nil
				}
			}
			return y.err
		}
	}
	if err := m.connect([]*Symbol{in}, []*Symbol{y}); err != nil {
		return err
	}
	m.pending = nil
	return nil
}

// New is the model that computes the outputs from the inputs: all that lies
// between them is its layers.
func New(inputs, outputs []*Symbol) *Model {
	m := newModel("functional")
	for _, s := range slices.Concat(inputs, outputs) {
		switch {
		case s == nil:
			m.err = errors.New("model: a symbol is nil")
		case s.err != nil:
			m.err = s.err
		}
		if m.err != nil {
			return m
		}
	}
	if len(inputs) == 0 || len(outputs) == 0 {
		m.err = fmt.Errorf("model: %d inputs and %d outputs; want at least one of each", len(inputs), len(outputs))
		return m
	}
	m.err = m.connect(slices.Clone(inputs), slices.Clone(outputs))
	return m
}

// connect finds the layers between inputs and outputs.
func (m *Model) connect(inputs, outputs []*Symbol) error {
	for i, s := range inputs {
		if s.layer != nil {
			return fmt.Errorf("model: input %d is what layer %s gives; want what model.Input gives", i, s.Name())
		}
		if slices.Contains(inputs[:i], s) {
			return fmt.Errorf("model: input %d comes twice", i)
		}
	}
	seen := map[*Symbol]bool{}
	var order []*Symbol
	var layers []*Layer
	var visit func(s *Symbol) error
	visit = func(s *Symbol) error {
		if seen[s] {
			return nil
		}
		seen[s] = true
		if s.layer == nil {
			if !slices.Contains(inputs, s) {
				return fmt.Errorf("model: an output needs input %s, which is not among the model's inputs", s)
			}
			return nil
		}
		for _, from := range s.from {
			if err := visit(from); err != nil {
				return err
			}
		}
		order = append(order, s)
		if !slices.Contains(layers, s.layer) {
			layers = append(layers, s.layer)
		}
		return nil
	}
	for _, s := range outputs {
		if err := visit(s); err != nil {
			return err
		}
	}
	for _, s := range inputs {
		if !seen[s] {
			return fmt.Errorf("model: no output needs input %s", s)
		}
	}
	m.inputs, m.outputs, m.order, m.layers = inputs, outputs, order, layers
	return nameLayers(layers)
}

// nameLayers gives layers without a name of their own one by kind and number.
func nameLayers(layers []*Layer) error {
	taken := map[string]*Layer{}
	for _, l := range layers {
		if l.name == "" || l.auto {
			continue
		}
		if other := taken[l.name]; other != nil && other != l {
			return fmt.Errorf("model: two layers are called %q; want different names", l.name)
		}
		taken[l.name] = l
	}
	for _, l := range layers {
		if taken[l.name] == l {
			continue
		}
		base := snake(l.kind.name)
		name := base
		for i := 1; taken[name] != nil; i++ {
			name = fmt.Sprintf("%s_%d", base, i)
		}
		if !l.auto || taken[l.name] != nil {
			l.name, l.auto = name, true
		}
		taken[l.name] = l
	}
	return nil
}

// Err says why the model could not be made, nil if it could.
func (m *Model) Err() error { return m.err }

// Layers is the model's layers, each once, in the order in which they are used.
func (m *Model) Layers() []*Layer {
	if m.pending != nil {
		return slices.Clone(m.pending)
	}
	return slices.Clone(m.layers)
}

// Layer is the layer of that name, nil if there is none.
func (m *Model) Layer(name string) *Layer {
	for _, l := range m.Layers() {
		if l.Name() == name {
			return l
		}
	}
	return nil
}

// Named gives the model a name, for summaries and files, and returns it.
func (m *Model) Named(name string) *Model {
	m.name = name
	return m
}

// Name is the model's name.
func (m *Model) Name() string { return m.name }

// InputShapes is the shape of a row of each input, nil before it is known.
func (m *Model) InputShapes() [][]int { return shapesOf(m.inputs) }

// OutputShapes is the shape of a row of each output, nil before it is known.
func (m *Model) OutputShapes() [][]int { return shapesOf(m.outputs) }

func shapesOf(symbols []*Symbol) [][]int {
	var out [][]int
	for _, s := range symbols {
		out = append(out, s.Shape())
	}
	return out
}

// NumParams is the number of weights; 0 before the input's shape is known.
func (m *Model) NumParams() int {
	n := 0
	for _, l := range m.layers {
		n += l.NumParams()
	}
	return n
}

// NumTrainable is the number of weights that training changes.
func (m *Model) NumTrainable() int {
	n := 0
	for _, l := range m.layers {
		n += l.trained()
	}
	return n
}

// History is what the last Fit has recorded, nil before it.
func (m *Model) History() *History { return m.history }

// compiled is the optimizer that the model is compiled with.
func (m *Model) compiled() *Optimizer { return m.goal.optimizer }

// failf is an error of a verb of the model.
func (m *Model) failf(verb, format string, args ...any) error {
	return fmt.Errorf("model: "+verb+": "+format, args...)
}

// ready is nil if the model is whole: the shapes of its inputs are known. Where
// they are not yet, those of the data decide.
func (m *Model) ready(verb string, x []*tensor.Tensor) error {
	if m == nil {
		return fmt.Errorf("model: %s: the model is nil", verb)
	}
	if m.err != nil {
		return m.err
	}
	if m.pending == nil {
		return m.materialise()
	}
	if len(x) != 1 {
		return m.failf(verb, "the shape of the input is not known yet; give the first layer model.InputShape")
	}
	if err := usable(x[0]); err != nil {
		return m.failf(verb, "x: %w", err)
	}
	shape := x[0].Shape()
	if len(shape) == 0 {
		return m.failf(verb, "x is a single number; want rows")
	}
	if shape = shape[1:]; len(shape) == 0 {
		shape = []int{1}
	}
	if err := m.settle(shape); err != nil {
		return err
	}
	return m.materialise()
}

func usable(t *tensor.Tensor) error {
	if t == nil {
		return errors.New("it is nil")
	}
	return t.Err()
}
