package model

import (
	"fmt"
	"slices"

	"github.com/sheaf-go/sheaf/learn/tensor"
)

// check says whether targets fit predictions. The shapes are without the axis
// of the batch; ints says that targets are whole numbers.
func (l *Loss) check(target, output []int, ints bool) error {
	if l.err != nil {
		return l.err
	}
	if l.rule.ints {
		if len(output) == 0 {
			return fmt.Errorf("model: loss %s: predictions have shape (n); want (n, classes)", l.name)
		}
		if rest := output[:len(output)-1]; slices.Equal(target, rest) || slices.Equal(target, slices.Concat(rest, []int{1})) {
			if !ints {
				return fmt.Errorf("model: loss %s: targets are no whole numbers; want class numbers from 0 to %d", l.name, output[len(output)-1]-1)
			}
			return nil
		}
		err := fmt.Errorf("model: loss %s: targets have shape %s for predictions %s; want %s", l.name, shapeOf(target), shapeOf(output), shapeOf(output[:len(output)-1]))
		if slices.Equal(target, output) {
			err = fmt.Errorf("%w (one-hot targets go with categorical_crossentropy)", err)
		}
		return err
	}
	if _, ok := aligned(target, output); ok || l.isFunc() {
		return nil
	}
	err := fmt.Errorf("model: loss %s: targets have shape %s, predictions %s; want equal shapes", l.name, shapeOf(target), shapeOf(output))
	if l.name == "categorical_crossentropy" && ints {
		err = fmt.Errorf("%w (class numbers go with sparse_categorical_crossentropy)", err)
	}
	return err
}

func (l *Loss) isFunc() bool { return !slices.Contains(lossRules, l.rule) }

// aligned is the shape that both can be given without moving elements, as an
// axis of length 1 at the end may be left out.
func aligned(a, b []int) ([]int, bool) {
	switch {
	case slices.Equal(a, b):
		return a, true
	case len(a) == len(b)+1 && a[len(b)] == 1 && slices.Equal(a[:len(b)], b):
		return a, true
	case len(b) == len(a)+1:
		return aligned(b, a)
	}
	return nil, false
}

// build is the loss of each sample, of shape (n). Where logits are given they
// are the input of the activation that [Loss.logitsOf] names and that has made
// yPred.
func (l *Loss) build(g *tensor.Graph, yTrue, yPred, logits *tensor.Node) *tensor.Node {
	if l.err != nil {
		return failNode(yPred, "%v", l.err)
	}
	n, from := yPred.Dim(0), l.fromLogits
	if logits != nil && l.rule.act != "" {
		if from {
			return failNode(yPred, "model: loss %s is from logits, but the last layer has a %s; leave out FromLogits (the loss starts before the %s by itself) or the activation", l.name, l.rule.act, l.rule.act)
		}
		yPred, from = logits, true
	}
	if yTrue.Err() == nil && yPred.Err() == nil && !l.isFunc() {
		if yTrue, yPred = l.align(yTrue, yPred); yTrue.Err() != nil {
			return yTrue
		}
	}
	per := l.rule.per(l, yTrue, yPred, from)
	if per.Err() == nil && (per.NDim() == 0 || per.Dim(0) != n) {
		return failNode(yPred, "model: loss %s gives %v; want a number for each of the %d samples: (n) or (n, …)", l.name, per, n)
	}
	return perSample(per)
}

// align gives targets and predictions shapes that go together.
func (l *Loss) align(y, p *tensor.Node) (yTrue, yPred *tensor.Node) {
	if l.rule.ints {
		if y.NDim() == p.NDim() && y.Dim(-1) == 1 {
			y = y.Reshape(p.Shape()[:p.NDim()-1]...)
		}
		return y, p // the operation says what is wrong
	}
	shape, ok := aligned(y.Shape(), p.Shape())
	if !ok {
		bad := failNode(p, "model: loss %s: targets have shape %v, predictions %v; want equal shapes", l.name, y.Shape(), p.Shape())
		return bad, bad
	}
	return y.Floats().Reshape(shape...), p.Reshape(shape...)
}

// perSample averages all but the first axis.
func perSample(n *tensor.Node) *tensor.Node {
	var axes []int
	for i := 1; i < n.NDim(); i++ {
		axes = append(axes, i)
	}
	if len(axes) == 0 {
		return n
	}
	return n.Mean(axes...)
}
