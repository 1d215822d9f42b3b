package model

import (
	"fmt"
	"slices"

	"github.com/sheaf-go/sheaf/learn/tensor"
)

var concatenateKind = register(&kind{
	name: "Concatenate", options: []string{"Axis"}, least: 2, most: manyInputs,
	shape: func(l *Layer, in [][]int) ([]int, error) {
		at, err := l.concatAxis(in[0])
		if err != nil {
			return nil, err
		}
		out := slices.Clone(in[0])
		for i, s := range in[1:] {
			rest := slices.Clone(s)
			if len(rest) == len(out) {
				rest[at] = out[at]
			}
			if !slices.Equal(rest, out) {
				return nil, fmt.Errorf("input %d has shape %s, the first %s; want them equal but for axis %d", i+1, shapeOf(s), shapeOf(in[0]), at+1)
			}
			out[at] += s[at]
		}
		return out, nil
	},
	build: func(c *layerCall) *tensor.Node {
		at, err := c.layer.concatAxis(c.x().Shape()[1:])
		if err != nil {
			panic(err) // fit has checked it
		}
		return c.g.Concat(at+1, c.in...)
	},
})

// concatAxis is the axis of a row along which the layer works.
func (l *Layer) concatAxis(row []int) (int, error) {
	at := l.set.Axis - 1
	if l.set.Axis <= 0 {
		at = len(row) + min(l.set.Axis, 0)
		if l.set.Axis == 0 {
			at--
		}
	}
	if at < 0 || at >= len(row) {
		return 0, fmt.Errorf("axis %d of inputs of shape %s", l.set.Axis, shapeOf(row))
	}
	return at, nil
}

// Concatenate puts its inputs one after the other along an axis ([Axis]), the
// last by default.
func Concatenate(opts ...LayerOption) *Layer { return newLayer(concatenateKind, settings{}, opts) }

var (
	addKind      = registerMerge("Add", (*tensor.Node).Add)
	multiplyKind = registerMerge("Multiply", (*tensor.Node).Mul)
)

func registerMerge(name string, f func(a, b *tensor.Node) *tensor.Node) *kind {
	return register(&kind{
		name: name, least: 2, most: manyInputs,
		shape: func(_ *Layer, in [][]int) ([]int, error) {
			out := in[0]
			for i, s := range in[1:] {
				merged, ok := broadcastRows(out, s)
				if !ok {
					return nil, fmt.Errorf("input %d has shape %s, the first %s; want equal shapes, but for lengths of 1", i+1, shapeOf(s), shapeOf(in[0]))
				}
				out = merged
			}
			return out, nil
		},
		build: func(c *layerCall) *tensor.Node {
			y := c.x()
			for _, x := range c.in[1:] {
				y = f(y, x)
			}
			return y
		},
	})
}

// broadcastRows is the shape of what rows of two shapes of as many axes make
// together; a length of 1 is repeated.
func broadcastRows(a, b []int) ([]int, bool) {
	if len(a) != len(b) {
		return nil, false
	}
	out := slices.Clone(a)
	for i, d := range b {
		if out[i] == 1 {
			out[i] = d
		}
		if d != out[i] && d != 1 {
			return nil, false
		}
	}
	return out, true
}

// Add is the sum of its inputs, which have one shape: a residual connection.
func Add(opts ...LayerOption) *Layer { return newLayer(addKind, settings{}, opts) }

// Multiply is the product of its inputs, element by element.
func Multiply(opts ...LayerOption) *Layer { return newLayer(multiplyKind, settings{}, opts) }
