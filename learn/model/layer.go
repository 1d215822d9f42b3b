package model

import (
	"fmt"
	"slices"
	"strings"

	"github.com/sheaf-go/sheaf/learn/tensor"
)

// A Layer is a step of a model: a function of arrays, with weights if it learns.
// Layers are made by constructors such as [Dense] and put together by
// [Sequential] or, with symbols, by [Layer.Of]. A layer that is applied several
// times, or that several models have, shares its weights.
type Layer struct {
	kind   *kind
	set    settings
	name   string
	auto   bool // the name is the model's choice
	frozen bool
	fn     func(x ...*tensor.Node) *tensor.Node // of a Lambda

	specs   []weightSpec // once the input's shape is known
	vars    []*tensor.Variable
	dtype   tensor.DType
	changed bool // the weights are no longer what the seed made them
	version int  // counts what makes plans stale
	err     error
}

// settings are the parameters of a layer; each kind uses some of them. They
// are what a saved model has of a layer, so that names in the file do not
// change with the code.
type settings struct {
	InputShape []int   `json:"input_shape,omitempty"`
	Units      int     `json:"units,omitempty"`
	Filters    int     `json:"filters,omitempty"`
	Size       []int   `json:"size,omitempty"`
	Stride     []int   `json:"stride,omitempty"`
	Dilation   []int   `json:"dilation,omitempty"`
	Padding    string  `json:"padding,omitempty"`
	Pads       []int   `json:"pads,omitempty"`
	Act        string  `json:"activation,omitempty"`
	Alpha      float64 `json:"alpha,omitempty"`
	HasAlpha   bool    `json:"has_alpha,omitempty"`
	NoBias     bool    `json:"no_bias,omitempty"`
	Rate       float64 `json:"rate,omitempty"`
	Shape      []int   `json:"shape,omitempty"`
	Axis       int     `json:"axis,omitempty"`
	Momentum   float64 `json:"momentum,omitempty"`
	Epsilon    float64 `json:"epsilon,omitempty"`
	NoScale    bool    `json:"no_scale,omitempty"`
	NoCenter   bool    `json:"no_center,omitempty"`
	Factor     float64 `json:"factor,omitempty"`
	Offset     float64 `json:"offset,omitempty"`

	inits map[string]Initializer  // by weight
	regs  map[string]*Regularizer // by weight
}

// newLayer is a layer of a kind, with what its constructor was given.
func newLayer(k *kind, set settings, opts []LayerOption) *Layer {
	l := &Layer{kind: k, set: set, dtype: tensor.Float32}
	for _, o := range opts {
		switch {
		case l.err != nil:
		case o.set == nil:
			l.err = l.failf("the zero LayerOption")
		case !slices.Contains(anyLayer, o.name) && !slices.Contains(k.options, o.name):
			l.err = l.failf("%s has no option %s; it has %s", k.name, o.name, strings.Join(append(slices.Clone(k.options), anyLayer...), ", "))
		default:
			if err := o.set(l); err != nil {
				l.err = l.failf("%w", err)
			}
		}
	}
	if l.err == nil && k.check != nil {
		if err := k.check(&l.set); err != nil {
			l.err = l.failf("%w", err)
		}
	}
	return l
}

// failf is an error of the layer.
func (l *Layer) failf(format string, args ...any) error {
	return fmt.Errorf("model: "+l.Name()+": "+format, args...)
}

// Err says why the layer could not be made, nil if it could.
func (l *Layer) Err() error { return l.err }

// Name is the layer's name: what [Name] gave it, or what the model that has it
// calls it, such as dense_1.
func (l *Layer) Name() string {
	if l.name == "" {
		return snake(l.kind.name)
	}
	return l.name
}

// Kind is the name of the layer's constructor, such as Dense.
func (l *Layer) Kind() string { return l.kind.name }

// Frozen keeps the layer's weights from being trained, as [Frozen] does, and
// returns the layer. A batch normalisation that is frozen uses its moving
// averages and leaves them as they are, as in Keras.
func (l *Layer) Frozen() *Layer { return l.freeze(true) }

// Unfrozen lets a layer be trained again, and returns it.
func (l *Layer) Unfrozen() *Layer { return l.freeze(false) }

func (l *Layer) freeze(on bool) *Layer {
	if l.frozen != on {
		l.frozen = on
		l.version++
	}
	return l
}

// IsFrozen reports whether the layer is kept from being trained.
func (l *Layer) IsFrozen() bool { return l.frozen }

// NumParams is the number of the layer's weights, 0 before its input is known.
func (l *Layer) NumParams() int {
	n := 0
	for _, s := range l.specs {
		n += product(s.shape)
	}
	return n
}

// trained is how many of the layer's weights training changes.
func (l *Layer) trained() int {
	n := 0
	for _, s := range l.specs {
		if s.trained && !l.frozen {
			n += product(s.shape)
		}
	}
	return n
}

// String is the layer's kind, name and what it has been given.
func (l *Layer) String() string {
	if l.err != nil {
		return l.err.Error()
	}
	text := l.kind.name + " " + l.Name()
	if l.set.Units > 0 {
		text += fmt.Sprintf(", %d units", l.set.Units)
	}
	if l.set.Filters > 0 {
		text += fmt.Sprintf(", %d filters", l.set.Filters)
	}
	if len(l.set.Size) > 0 {
		text += fmt.Sprintf(", size %s", times(l.set.Size))
	}
	if l.set.Act != "" {
		text += ", " + l.set.Act
	}
	if l.frozen {
		text += ", frozen"
	}
	return text
}

// fit gives the layer the shapes of a row of its inputs, which decide those of
// its weights, and returns that of a row of its output.
func (l *Layer) fit(in [][]int) ([]int, error) {
	if l.err != nil {
		return nil, l.err
	}
	k := l.kind
	if len(in) < k.least || len(in) > k.most {
		return nil, l.failf("%s takes %s; got %d", k.name, inputsText(k), len(in))
	}
	if want := l.set.InputShape; want != nil && !slices.Equal(in[0], want) {
		return nil, l.failf("input has shape %s; InputShape says %s", shapeOf(in[0]), shapeOf(want))
	}
	out, err := k.shape(l, in)
	if err != nil {
		return nil, l.failf("%w", err)
	}
	if bad := slices.IndexFunc(out, func(d int) bool { return d < 1 }); bad >= 0 {
		return nil, l.failf("the output for input of shape %s would be empty", shapeOf(in[0]))
	}
	if k.weights == nil {
		return out, nil
	}
	specs := k.weights(l, in)
	if l.specs == nil {
		l.specs = specs
		return out, nil
	}
	for i, s := range specs {
		if !slices.Equal(s.shape, l.specs[i].shape) {
			return nil, l.failf("input has shape %s, for which %s would have shape %s; it has %s already",
				shapeOf(in[0]), s.name, shapeText(s.shape), shapeText(l.specs[i].shape))
		}
	}
	return out, nil
}

func inputsText(k *kind) string {
	switch {
	case k.least == k.most && k.least == 1:
		return "one input"
	case k.most > 1<<20:
		return fmt.Sprintf("at least %d inputs", k.least)
	}
	return fmt.Sprintf("%d to %d inputs", k.least, k.most)
}

// snake is a constructor's name as Keras numbers it: MaxPooling2D is
// max_pooling2d.
func snake(name string) string {
	var b strings.Builder
	for i, r := range name {
		upper := r >= 'A' && r <= 'Z'
		if upper && i > 0 && !(name[i-1] >= '0' && name[i-1] <= '9') && !(name[i-1] >= 'A' && name[i-1] <= 'Z') {
			b.WriteByte('_')
		}
		b.WriteRune(r)
	}
	return strings.ToLower(b.String())
}

func product(shape []int) int {
	n := 1
	for _, d := range shape {
		n *= d
	}
	return n
}

// shapeText prints a shape as (2, 3).
func shapeText(shape []int) string {
	s := make([]string, len(shape))
	for i, d := range shape {
		s[i] = fmt.Sprint(d)
	}
	return "(" + strings.Join(s, ", ") + ")"
}

func times(size []int) string {
	s := make([]string, len(size))
	for i, d := range size {
		s[i] = fmt.Sprint(d)
	}
	return strings.Join(s, "×")
}
