package model

import (
	"github.com/sheaf-go/sheaf/learn/tensor"
)

// A kind is what the layers of one constructor have in common. Its functions
// see shapes of rows; build sees those of whole batches.
type kind struct {
	name        string
	options     []string
	least, most int                                       // inputs
	check       func(s *settings) error                   // the settings, also those from a file
	shape       func(l *Layer, in [][]int) ([]int, error) // of the output, for inputs of these shapes
	weights     func(l *Layer, in [][]int) []weightSpec   // nil without weights
	build       func(c *layerCall) *tensor.Node           // the output
}

// kinds is every kind of layer by the name of its constructor.
var kinds = map[string]*kind{}

// register adds a kind, of one input if nothing else is said.
func register(k *kind) *kind {
	if k.most == 0 {
		k.least, k.most = 1, 1
	}
	kinds[k.name] = k
	return k
}

// manyInputs is more inputs than any layer has.
const manyInputs = 1 << 30

// A weightSpec is a weight that a layer will have.
type weightSpec struct {
	name          string
	shape         []int
	init          Initializer
	reg           *Regularizer
	fanIn, fanOut int  // for initialisers
	trained       bool // unlike a moving average
}

// spec is a trained weight whose initialiser and regulariser may be chosen.
func (l *Layer) spec(name string, init Initializer, fanIn, fanOut int, shape ...int) weightSpec {
	if i, ok := l.set.inits[name]; ok && !i.isZero() {
		init = i
	}
	return weightSpec{name, shape, init, l.set.regs[name], fanIn, fanOut, true}
}

// average is a weight that is not trained.
func average(name string, init Initializer, shape ...int) weightSpec {
	return weightSpec{name: name, shape: shape, init: init, fanIn: product(shape), fanOut: product(shape)}
}

// A layerCall is a layer put into a graph once.
type layerCall struct {
	*forward
	layer *Layer
	set   *settings
	in    []*tensor.Node
	train bool // the layer behaves as in training
}

// x is the first input.
func (c *layerCall) x() *tensor.Node { return c.in[0] }

// rows is the number of rows of the batch.
func (c *layerCall) rows() int { return c.in[0].Dim(0) }

// weight is one of the layer's weights by its place among the specs.
func (c *layerCall) weight(i int) *tensor.Node { return c.g.Var(c.layer.vars[i]) }

// act applies the layer's activation. What it was applied to is kept, so that a
// loss may start from there.
func (c *layerCall) act(x *tensor.Node) *tensor.Node {
	s := c.set
	var y *tensor.Node
	switch s.Act {
	case "":
		return x
	case "softmax":
		y = x.Softmax()
	case "log_softmax":
		return x.LogSoftmax()
	default:
		alpha := s.Alpha
		if !s.HasAlpha {
			alpha = map[string]float64{"leaky_relu": 0.2, "elu": 1}[s.Act]
		}
		y = x.Activate(s.Act, alpha)
	}
	c.logits[y] = logit{x, s.Act}
	return y
}

// logit is what an activation was applied to.
type logit struct {
	x   *tensor.Node
	act string
}
