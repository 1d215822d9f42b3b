package model

import (
	"fmt"

	"github.com/sheaf-go/sheaf/learn/tensor"
)

var batchNormKind = register(&kind{
	name:    "BatchNormalization",
	options: []string{"Momentum", "Epsilon", "Center", "Scale", "GammaInit", "BetaInit"},
	check: func(s *settings) error {
		if !(s.Momentum >= 0 && s.Momentum <= 1) || !(s.Epsilon > 0) || s.Epsilon > 1e30 {
			return fmt.Errorf("momentum %v, epsilon %v; want 0 to 1, and more than 0", s.Momentum, s.Epsilon)
		}
		return nil
	},
	shape: sameShape,
	weights: func(l *Layer, in [][]int) []weightSpec {
		n := in[0][len(in[0])-1]
		var specs []weightSpec
		if !l.set.NoScale {
			specs = append(specs, l.spec("gamma", Ones(), n, n, n))
		}
		if !l.set.NoCenter {
			specs = append(specs, l.spec("beta", Zeros(), n, n, n))
		}
		return append(specs, average("moving_mean", Zeros(), n), average("moving_variance", Ones(), n))
	},
	build: buildBatchNorm,
})

// BatchNormalization brings each channel (the last axis) of a batch to mean 0
// and variance 1, then scales and shifts it by weights. While the model trains
// it keeps moving averages of mean and variance ([Momentum]), which it uses
// otherwise. A frozen one always uses them, and leaves them.
//
// Ioffe and Szegedy, Batch Normalization (2015).
func BatchNormalization(opts ...LayerOption) *Layer {
	return newLayer(batchNormKind, settings{Momentum: 0.99, Epsilon: 1e-3}, opts)
}

func buildBatchNorm(c *layerCall) *tensor.Node {
	vars := c.layer.vars
	mean, variance := vars[len(vars)-2], vars[len(vars)-1]
	var scale, offset *tensor.Node
	at := 0
	if !c.set.NoScale {
		scale = c.weight(at)
		at++
	}
	if !c.set.NoCenter {
		offset = c.weight(at)
	}
	if !c.train {
		return c.normalise(scale, offset, mean, variance)
	}
	n := mean.Value().Len()
	if scale == nil {
		scale = c.vector(1, n)
	}
	if offset == nil {
		offset = c.vector(0, n)
	}
	return c.x().BatchNorm(scale, offset, mean, variance, c.set.Momentum, c.set.Epsilon)
}

var layerNormKind = register(&kind{
	name:    "LayerNormalization",
	options: []string{"Epsilon", "Center", "Scale", "GammaInit", "BetaInit"},
	check: func(s *settings) error {
		if !(s.Epsilon > 0) || s.Epsilon > 1e30 {
			return fmt.Errorf("epsilon %v; want more than 0", s.Epsilon)
		}
		return nil
	},
	shape: sameShape,
	weights: func(l *Layer, in [][]int) []weightSpec {
		n := in[0][len(in[0])-1]
		var specs []weightSpec
		if !l.set.NoScale {
			specs = append(specs, l.spec("gamma", Ones(), n, n, n))
		}
		if !l.set.NoCenter {
			specs = append(specs, l.spec("beta", Zeros(), n, n, n))
		}
		return specs
	},
	build: func(c *layerCall) *tensor.Node {
		n, at := c.x().Dim(-1), 0
		scale, offset := c.vector(1, n), c.vector(0, n)
		if !c.set.NoScale {
			scale = c.weight(at)
			at++
		}
		if !c.set.NoCenter {
			offset = c.weight(at)
		}
		return c.x().LayerNorm(scale, offset, c.set.Epsilon)
	},
})

// LayerNormalization brings each row along the last axis to mean 0 and variance
// 1, whatever else is in the batch, then scales and shifts it by weights.
//
// Ba, Kiros and Hinton, Layer Normalization (2016).
func LayerNormalization(opts ...LayerOption) *Layer {
	return newLayer(layerNormKind, settings{Epsilon: 1e-3}, opts)
}

// vector is a constant vector.
func (c *layerCall) vector(x float64, n int) *tensor.Node {
	t := tensor.New(tensor.Float64, n)
	for i := range n {
		t.SetAt(x, i)
	}
	return c.g.Constant(t)
}

// normalise is the layer by its moving averages: x · a + b with a vector a and
// a vector b.
func (c *layerCall) normalise(scale, offset *tensor.Node, mean, variance *tensor.Variable) *tensor.Node {
	a := c.g.Var(variance).Plus(c.set.Epsilon).Rsqrt()
	if scale != nil {
		a = a.Mul(scale)
	}
	b := c.g.Var(mean).Mul(a).Neg()
	if offset != nil {
		b = b.Add(offset)
	}
	return c.x().Mul(a).Add(b)
}
