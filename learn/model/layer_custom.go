package model

import (
	"errors"
	"fmt"

	"github.com/sheaf-go/sheaf/learn/tensor"
)

var lambdaKind = register(&kind{name: "Lambda", least: 1, most: manyInputs, shape: lambdaShape,
	build: func(c *layerCall) *tensor.Node { return c.layer.fn(c.in...) }})

// Lambda is a layer of your own: f composes the operations of package tensor
// over its inputs, whose first axis counts rows. It is called when plans are
// built, not when they run, and its derivative comes with the operations. A
// saved model keeps the name only; [Load] wants the layer again ([With]).
func Lambda(name string, f func(x ...*tensor.Node) *tensor.Node, opts ...LayerOption) *Layer {
	l := newLayer(lambdaKind, settings{}, append([]LayerOption{Name(name)}, opts...))
	if l.fn = f; f == nil && l.err == nil {
		l.err = l.failf("the function is nil")
	}
	return l
}

// lambdaShape asks the function what it makes of two sizes of batch: all axes
// but the first must be the same, and the first that of the batch.
func lambdaShape(l *Layer, in [][]int) (out []int, err error) {
	if l.fn == nil {
		return nil, errors.New("the function is missing; give model.Load the layer by model.With")
	}
	for _, rows := range []int{2, 3} {
		g := tensor.NewGraph(l.dtype)
		x := make([]*tensor.Node, len(in))
		for i, row := range in {
			x[i] = g.Input(fmt.Sprintf("x%d", i), append([]int{rows}, row...)...)
		}
		y := l.fn(x...)
		switch {
		case g.Err() != nil:
			return nil, g.Err()
		case y == nil:
			return nil, errors.New("the function returned nil")
		case y.NDim() < 2 || y.Dim(0) != rows:
			return nil, fmt.Errorf("the function makes shape %s of batches of %d rows; want (%d, …) with at least one axis more", shapeText(y.Shape()), rows, rows)
		}
		out = y.Shape()[1:]
	}
	return out, nil
}
