package keras

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/sheaf-go/sheaf/learn/model"
)

// What a file may claim, so that reading it stays quick and no product of
// lengths overflows.
const (
	mostLayers   = 10_000
	mostElements = 1 << 40 // of a row, and of a layer's weights
)

// An object is how Keras writes models, layers, initialisers and the like. Keras
// 2 has no module.
type object struct {
	Module  string          `json:"module"`
	Class   string          `json:"class_name"`
	Config  json.RawMessage `json:"config"`
	Name    string          `json:"name"`          // of a layer in a functional model
	Inbound json.RawMessage `json:"inbound_nodes"` // the same
}

// foreign reports whether the object is of a class that is not Keras's own.
func (o *object) foreign() bool {
	return o.Module != "" && o.Module != "builtins" && !strings.HasPrefix(o.Module+".", "keras.")
}

// A reader reads one model.
type reader struct {
	legacy  bool              // Keras 2 wrote it
	unnamed map[string]int    // layers without a name, by class
	entries map[string]*entry // of a functional model, by name
}

func read(text []byte) (*model.Model, error) {
	var o object
	if err := json.Unmarshal(text, &o); err != nil {
		return nil, fmt.Errorf("no JSON of a model: %w", err)
	}
	r := &reader{legacy: o.Module == ""}
	switch {
	case o.foreign():
		return nil, fmt.Errorf("the model is a %s of %s; want a Sequential or Functional of Keras", o.Class, o.Module)
	case o.Class == "Sequential":
		return r.sequential(o.Config)
	case o.Class == "Model" || o.Class == "Functional":
		return r.functional(o.Config)
	case o.Class == "":
		return nil, errors.New("no JSON of a model: it has no class_name")
	}
	return nil, fmt.Errorf("the model is a %s; want a Sequential, Functional or Model", o.Class)
}

// sequential reads a chain of layers. In Keras 2.1 the configuration is the list
// of them.
func (r *reader) sequential(raw json.RawMessage) (*model.Model, error) {
	var c struct {
		Name   string   `json:"name"`
		Layers []object `json:"layers"`
		Shape  []*int   `json:"build_input_shape"`
	}
	into := any(&c)
	if bytes.HasPrefix(bytes.TrimSpace(raw), []byte("[")) {
		into = &c.Layers
	}
	if err := json.Unmarshal(raw, into); err != nil {
		return nil, fmt.Errorf("the layers of the Sequential: %w", err)
	}
	if c.Name == "" {
		c.Name = "sequential"
	}
	if len(c.Layers) > mostLayers {
		return nil, fmt.Errorf("%d layers; want at most %d", len(c.Layers), mostLayers)
	}
	var chain []*entry
	for i := range c.Layers {
		e, err := r.entry(&c.Layers[i])
		if err != nil {
			return nil, err
		}
		if e.layer == nil && i > 0 {
			return nil, e.failf("an InputLayer at place %d of a Sequential; want it first", i)
		}
		chain = append(chain, e)
	}
	if len(chain) == 0 {
		return nil, errors.New("the Sequential has no layers")
	}
	m, err := follow(chain, c.Shape)
	if err != nil {
		return nil, err
	}
	return m.Named(c.Name), nil
}

// follow applies layers one after the other. Without a shape of the input the
// model waits for data.
func follow(chain []*entry, built []*int) (*model.Model, error) {
	first := chain[0]
	if first.shape == nil && built != nil {
		shape, err := rowShape(built)
		if err != nil {
			return nil, first.failf("build_input_shape: %w", err)
		}
		first.shape = shape
	}
	var in *model.Symbol
	switch {
	case first.layer == nil:
		in, chain = first.input(), chain[1:]
	case first.shape != nil:
		in = model.Input(first.shape...)
	default:
		return waiting(chain)
	}
	if in.Err() != nil {
		return nil, first.failf("%w", in.Err())
	}
	if len(chain) == 0 {
		return nil, errors.New("the Sequential has no layers but its input")
	}
	y := in
	for _, e := range chain {
		var err error
		if y, err = e.apply([]*model.Symbol{y}); err != nil {
			return nil, err
		}
	}
	return whole(model.New([]*model.Symbol{in}, []*model.Symbol{y}))
}

// waiting is a Sequential without the shape of its input.
func waiting(chain []*entry) (*model.Model, error) {
	var layers []*model.Layer
	for _, e := range chain {
		if e.axis > 0 {
			return nil, e.failf("axis is %d, which cannot be told to be the last; define batch_input_shape of the first layer", e.axis)
		}
		layers = append(layers, e.layer)
	}
	return whole(model.Sequential(layers...))
}

func whole(m *model.Model) (*model.Model, error) {
	if err := m.Err(); err != nil {
		return nil, unprefixed(err)
	}
	return m, nil
}

// unprefixed is an error of package model, which begins with the package's name.
func unprefixed(err error) error { return errors.New(strings.TrimPrefix(err.Error(), "model: ")) }

// An entry is a layer of the file.
type entry struct {
	name, class string
	layer       *model.Layer // nil for an InputLayer
	shape       []int        // of a row of its input, if stated
	axis        int          // that must be the last, -1 or 0 if none
	kernel      float64      // weights for each channel of the input

	// in a functional model
	uses []use
}

// A use is an application of a layer.
type use struct {
	from  []place
	made  *model.Symbol
	begun bool
}

func (e *entry) failf(format string, args ...any) error {
	return fmt.Errorf("layer %q (%s): "+format, append([]any{e.name, e.class}, args...)...)
}

func (e *entry) input() *model.Symbol { return model.Input(e.shape...).Named(e.name) }

// apply is what the layer makes of symbols.
func (e *entry) apply(x []*model.Symbol) (*model.Symbol, error) {
	if e.axis > 0 && len(x) > 0 && e.axis != len(x[0].Shape()) {
		return nil, e.failf("axis is %d of an input of %d axes; want the last", e.axis, len(x[0].Shape())+1)
	}
	if len(x) > 0 {
		if in := x[0].Shape(); len(in) > 0 && e.kernel*float64(in[len(in)-1]) > mostElements {
			return nil, e.failf("it would have a kernel of more than 2⁴⁰ weights")
		}
	}
	y := e.layer.Of(x...)
	if y.Err() != nil {
		return nil, unprefixed(y.Err())
	}
	if elements(y.Shape()) > mostElements {
		return nil, e.failf("its output has rows of shape %v; want at most 2⁴⁰ elements", y.Shape())
	}
	return y, nil
}

// elements is the product of lengths, which may be too large for an int.
func elements(shape []int) float64 {
	n := 1.0
	for _, d := range shape {
		n *= float64(d)
	}
	return n
}

// rowShape is a shape of Keras without the axis of rows.
func rowShape(shape []*int) ([]int, error) {
	if len(shape) == 0 {
		return nil, errors.New("the shape of the input is empty; want the axis of rows and those of a row")
	}
	var out []int
	for i, d := range shape[1:] {
		if d == nil {
			return nil, fmt.Errorf("length %d of the input's shape is null; want all but the first stated", i+1)
		}
		out = append(out, *d)
	}
	if elements(out) > mostElements {
		return nil, fmt.Errorf("the input has rows of shape %v; want at most 2⁴⁰ elements", out)
	}
	return out, nil
}
