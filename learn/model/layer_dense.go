package model

import (
	"fmt"

	"github.com/sheaf-go/sheaf/learn/tensor"
)

var denseKind = register(&kind{
	name:    "Dense",
	options: []string{"Act", "Alpha", "UseBias", "KernelInit", "BiasInit", "KernelRegularizer", "BiasRegularizer"},
	check: func(s *settings) error {
		return checkAll(lengths("the number of units", []int{s.Units}), s.checkAct())
	},
	shape: func(l *Layer, in [][]int) ([]int, error) {
		return append(append([]int{}, in[0][:len(in[0])-1]...), l.set.Units), nil
	},
	weights: func(l *Layer, in [][]int) []weightSpec {
		features, units := in[0][len(in[0])-1], l.set.Units
		return l.withBias(units, l.spec("kernel", GlorotUniform(), features, units, features, units))
	},
	build: buildDense,
})

// Dense is a layer of units, each a weighted sum of all features and a bias:
// x·kernel + bias, then the activation ([Act]). Its input has the shape (n,
// features), its output (n, units); further axes between are kept. One unit is
// the lecture's neuron. (LEC-1, LEC-7)
func Dense(units int, opts ...LayerOption) *Layer {
	return newLayer(denseKind, settings{Units: units}, opts)
}

// withBias is the specs and that of a bias, unless the layer has none.
func (l *Layer) withBias(n int, specs ...weightSpec) []weightSpec {
	if l.set.NoBias {
		return specs
	}
	return append(specs, l.spec("bias", Zeros(), n, n, n))
}

// bias adds the weight after the kernel, if the layer has a bias.
func (c *layerCall) bias(x *tensor.Node) *tensor.Node {
	if c.set.NoBias {
		return x
	}
	return x.Add(c.weight(1))
}

func buildDense(c *layerCall) *tensor.Node {
	x := c.x()
	shape := x.Shape()
	if len(shape) > 2 {
		x = x.Reshape(-1, shape[len(shape)-1])
	}
	y := c.bias(x.MatMul(c.weight(0)))
	if len(shape) > 2 {
		shape[len(shape)-1] = c.set.Units
		y = y.Reshape(shape...)
	}
	return c.act(y)
}

var activationKind = register(&kind{
	name:    "Activation",
	options: []string{"Alpha"},
	check:   (*settings).checkAct,
	shape:   sameShape,
	build:   func(c *layerCall) *tensor.Node { return c.act(c.x()) },
})

// Activation applies an activation by its name; see [Act].
func Activation(name string, opts ...LayerOption) *Layer {
	act, err := activationName(name)
	l := newLayer(activationKind, settings{Act: act}, opts)
	if err != nil && l.err == nil {
		l.err = l.failf("%w", err)
	}
	return l
}

var dropoutKind = register(&kind{
	name: "Dropout",
	check: func(s *settings) error {
		if !(s.Rate >= 0 && s.Rate < 1) {
			return fmt.Errorf("rate is %v; want 0 ≤ rate < 1", s.Rate)
		}
		return nil
	},
	shape: sameShape,
	build: func(c *layerCall) *tensor.Node {
		if !c.training {
			return c.x()
		}
		return c.x().Dropout(c.set.Rate)
	},
})

// Dropout sets a share of its input to 0 while the model trains, another one in
// each step, and scales the rest by 1/(1-rate); otherwise it does nothing.
//
// Srivastava et al., Dropout (2014).
func Dropout(rate float64, opts ...LayerOption) *Layer {
	return newLayer(dropoutKind, settings{Rate: rate}, opts)
}

var rescalingKind = register(&kind{
	name: "Rescaling",
	check: func(s *settings) error {
		return checkAll(finite("factor", s.Factor), finite("offset", s.Offset))
	},
	shape: sameShape,
	build: func(c *layerCall) *tensor.Node {
		x := c.x()
		if c.set.Factor != 1 {
			x = x.Times(c.set.Factor)
		}
		if c.set.Offset != 0 {
			x = x.Plus(c.set.Offset)
		}
		return x
	},
})

// Rescaling is x · factor + offset: Rescaling(1.0/255, 0) brings bytes to 0…1.
func Rescaling(factor, offset float64, opts ...LayerOption) *Layer {
	return newLayer(rescalingKind, settings{Factor: factor, Offset: offset}, opts)
}

func sameShape(_ *Layer, in [][]int) ([]int, error) { return in[0], nil }

// checkAct wants the name of an activation as activationName gives it.
func (s *settings) checkAct() error {
	name, err := activationName(s.Act)
	if err == nil && name != s.Act {
		err = fmt.Errorf("activation %q; want %q", s.Act, name)
	}
	return err
}

// checkAll is the first of errors.
func checkAll(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// want is an error about the number of axes of an input.
func wantAxes(in []int, axes int, names string) error {
	if len(in) != axes {
		return fmt.Errorf("input has shape %s; want (n, %s)", shapeOf(in), names)
	}
	return nil
}
