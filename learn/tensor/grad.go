package tensor

import (
	"fmt"
	"math"
	"slices"

	"github.com/sheaf-go/sheaf/learn/tensor/internal/cpu"
)

// Grad adds to the graph the derivatives of a node without axes with respect
// to others, by reverse accumulation. What the node does not depend on has
// zeros. There are no second derivatives of activations and of what looks at
// whole rows or images.
func (g *Graph) Grad(loss *Node, wrt ...*Node) ([]*Node, error) {
	if g.err != nil {
		return nil, g.err
	}
	if loss.Len() != 1 || loss.ints {
		return nil, fmt.Errorf("tensor: grad: of a node of shape %s; want a single number", shapeText(loss.shape))
	}
	b := &backward{g: g, needs: map[*Node]bool{}, sums: map[*Node]*Node{}}
	for _, n := range wrt {
		b.needs[n] = true
	}
	for _, n := range g.nodes[:loss.id+1] {
		b.needs[n] = b.needs[n] || slices.ContainsFunc(n.in, func(m *Node) bool { return b.needs[m] })
	}
	b.sums[loss] = g.Const(1).expand(loss.shape)
	for id := loss.id; id >= 0; id-- {
		if n := g.nodes[id]; b.needs[n] && b.sums[n] != nil {
			b.node(n)
		}
	}
	out := make([]*Node, len(wrt))
	for i, n := range wrt {
		if out[i] = b.sums[n]; out[i] == nil {
			out[i] = g.Const(0).expand(n.shape)
		}
	}
	return out, g.err
}

// backward goes through a graph from a loss.
type backward struct {
	g     *Graph
	needs map[*Node]bool  // the loss is differentiated through it
	sums  map[*Node]*Node // derivative so far
}

// node hands the derivative of n on to what n was made of.
func (b *backward) node(n *Node) {
	scope := b.g.scope
	b.g.scope = []string{n.scope}
	defer func() { b.g.scope = scope }()
	rule := derivatives[n.kind]
	if rule == nil {
		if len(n.in) > 0 {
			b.g.failf("grad: %s has no derivative here", n.kind)
		}
		return
	}
	dy := b.sums[n]
	for i, d := range rule(n, dy, func(i int) bool { return b.needs[n.in[i]] }) {
		if d == nil || !b.needs[n.in[i]] {
			continue
		}
		if sum := b.sums[n.in[i]]; sum != nil {
			d = sum.Add(d)
		}
		b.sums[n.in[i]] = d
	}
}

// A derivative gives, for the derivative of a node, those of the operands that
// are needed; nil is none.
type derivative func(n, dy *Node, needs func(i int) bool) []*Node

var derivatives map[kind]derivative

func init() { // a variable's value would depend on itself
	derivatives = map[kind]derivative{
		kindUnary:     func(n, dy *Node, _ func(int) bool) []*Node { return []*Node{n.unaryGrad(dy)} },
		kindBinary:    (*Node).binaryGrad,
		kindSelect:    (*Node).selectGrad,
		kindAct:       (*Node).actGrad,
		kindCopy:      func(n, dy *Node, _ func(int) bool) []*Node { return []*Node{dy.sumTo(n.in[0].shape)} },
		kindReduce:    (*Node).reduceGrad,
		kindMatMul:    (*Node).matMulGrad,
		kindReshape:   (*Node).reshapeGrad,
		kindTranspose: (*Node).transposeGrad,
		kindSlice:     func(n, dy *Node, _ func(int) bool) []*Node { return []*Node{dy.embed(n.attr.(section))} },
		kindEmbed:     (*Node).embedGrad,
		kindConcat:    (*Node).concatGrad,
		kindGather:    (*Node).gatherGrad,
		kindScatter:   func(n, dy *Node, _ func(int) bool) []*Node { return []*Node{dy.Gather(n.in[1]), nil} },
		kindOneHot:    func(n, dy *Node, _ func(int) bool) []*Node { return nil },
		kindFloats:    func(n, dy *Node, _ func(int) bool) []*Node { return nil },
		kindSoftmax: func(n, dy *Node, _ func(int) bool) []*Node {
			return []*Node{dy.op(kindSoftmaxGrad, nil, n.shape, dy, n)}
		},
		kindLogSoftmax: func(n, dy *Node, _ func(int) bool) []*Node {
			return []*Node{dy.op(kindLogSoftmaxGrad, nil, n.shape, dy, n)}
		},
		kindSparseCE: (*Node).crossEntropyGrad,
		kindSoftCE:   (*Node).crossEntropyGrad,
		kindDropout:  func(n, dy *Node, _ func(int) bool) []*Node { return []*Node{dy.op(kindDropout, n.attr, n.shape, dy)} },
		kindConv:     (*Node).convGrad,
		kindMaxPool:  (*Node).maxPoolGrad,
		kindAvgPool: func(n, dy *Node, _ func(int) bool) []*Node {
			return []*Node{dy.op(kindAvgPoolGrad, n.attr, n.in[0].shape, dy)}
		},
		kindUpsample: func(n, dy *Node, _ func(int) bool) []*Node {
			return []*Node{dy.op(kindUpsampleBy, n.attr, n.in[0].shape, dy)}
		},

		kindBatchNorm: (*Node).batchNormGrad,
		kindLayerNorm: (*Node).layerNormGrad,
	}
}

// expand repeats n to a shape that it broadcasts to.
func (n *Node) expand(shape []int) *Node {
	if slices.Equal(n.shape, shape) {
		return n
	}
	return n.op(kindCopy, nil, shape, n)
}

// sumTo adds along the axes in which a shape was broadcast to n's.
func (n *Node) sumTo(shape []int) *Node {
	if n.err != nil || slices.Equal(n.shape, shape) {
		return n
	}
	var axes []int
	extra := len(n.shape) - len(shape)
	for i, d := range n.shape {
		if i < extra || shape[i-extra] == 1 && d != 1 {
			axes = append(axes, i)
		}
	}
	return n.Sum(axes...).Reshape(shape...)
}

func (n *Node) unaryGrad(dy *Node) *Node {
	x := n.in[0]
	switch n.attr.(string) {
	case "neg":
		return dy.Neg()
	case "exp":
		return dy.Mul(n)
	case "expm1":
		return dy.Mul(n.Plus(1))
	case "log":
		return dy.Div(x)
	case "log1p":
		return dy.Div(x.Plus(1))
	case "sqrt":
		return dy.Times(0.5).Div(n)
	case "rsqrt":
		return dy.Times(-0.5).Mul(n).Div(x)
	case "square":
		return dy.Times(2).Mul(x)
	case "abs":
		return dy.Mul(x.Sign())
	case "reciprocal":
		return dy.Mul(n.Square()).Neg()
	case "sin":
		return dy.Mul(x.Cos())
	case "cos":
		return dy.Mul(x.Sin()).Neg()
	case "erf":
		return dy.Mul(x.Square().Neg().Exp()).Times(2 / math.SqrtPi)
	}
	return nil // sign, floor and comparisons are flat
}

func (n *Node) binaryGrad(dy *Node, needs func(int) bool) []*Node {
	a, b := n.in[0], n.in[1]
	var da, db func() *Node
	switch n.attr.(string) {
	case "add":
		da, db = func() *Node { return dy }, func() *Node { return dy }
	case "sub":
		da, db = func() *Node { return dy }, dy.Neg
	case "mul":
		da, db = func() *Node { return dy.Mul(b) }, func() *Node { return dy.Mul(a) }
	case "div":
		da, db = func() *Node { return dy.Div(b) }, func() *Node { return dy.Mul(n).Div(b).Neg() }
	case "pow":
		da = func() *Node { return dy.Mul(b).Mul(a.Pow(b.Plus(-1))) }
		db = func() *Node { return dy.Mul(n).Mul(a.Log()) }
	case "max":
		da, db = func() *Node { return dy.Mul(a.GreaterEqual(b)) }, func() *Node { return dy.Mul(a.Less(b)) }
	case "min":
		da, db = func() *Node { return dy.Mul(a.LessEqual(b)) }, func() *Node { return dy.Mul(a.Greater(b)) }
	default:
		return nil
	}
	out := []*Node{nil, nil}
	if needs(0) {
		out[0] = da().sumTo(a.shape)
	}
	if needs(1) {
		out[1] = db().sumTo(b.shape)
	}
	return out
}

func (n *Node) selectGrad(dy *Node, needs func(int) bool) []*Node {
	out := []*Node{nil, nil, nil}
	zero := n.g.Const(0)
	if needs(1) {
		out[1] = n.in[0].Where(dy, zero).sumTo(n.in[1].shape)
	}
	if needs(2) {
		out[2] = n.in[0].Where(zero, dy).sumTo(n.in[2].shape)
	}
	return out
}

func (n *Node) actGrad(dy *Node, _ func(int) bool) []*Node {
	from := n
	if n.attr.(activation).act.NeedsInput() {
		from = n.in[0]
	}
	if n.attr.(activation).act == cpu.Linear {
		return []*Node{dy}
	}
	return []*Node{dy.op(kindActGrad, n.attr, n.shape, dy, from)}
}

func (n *Node) reduceGrad(dy *Node, _ func(int) bool) []*Node {
	x, r := n.in[0], n.attr.(reduction)
	wide := x.Keep(dy, r.axes...)
	switch r.op {
	case "mean":
		wide = wide.Times(float64(n.Len()) / float64(x.Len()))
	case "max", "min":
		at := x.Equal(x.Keep(n, r.axes...))
		return []*Node{at.Mul(wide.Div(x.Keep(at.Sum(r.axes...), r.axes...)))}
	}
	return []*Node{wide.expand(x.shape)}
}

func (n *Node) matMulGrad(dy *Node, needs func(int) bool) []*Node {
	a, b, m := n.in[0], n.in[1], n.attr.(matMul)
	out := []*Node{nil, nil}
	if needs(0) {
		if m.transA {
			out[0] = b.matMul(dy, m.transB, true)
		} else {
			out[0] = dy.matMul(b, false, !m.transB)
		}
	}
	if needs(1) {
		if m.transB {
			out[1] = dy.matMul(a, true, m.transA)
		} else {
			out[1] = a.matMul(dy, !m.transA, false)
		}
	}
	return out
}

func (n *Node) reshapeGrad(dy *Node, _ func(int) bool) []*Node {
	if _, is := n.attr.(stopped); is {
		return nil
	}
	return []*Node{dy.Reshape(n.in[0].shape...)}
}

func (n *Node) transposeGrad(dy *Node, _ func(int) bool) []*Node {
	axes := n.attr.([]int)
	back := make([]int, len(axes))
	for i, a := range axes {
		back[a] = i
	}
	return []*Node{dy.Transpose(back...)}
}

func (n *Node) embedGrad(dy *Node, _ func(int) bool) []*Node {
	s := n.attr.(section)
	return []*Node{dy.Slice(s.axis, s.from, s.to)}
}

func (n *Node) concatGrad(dy *Node, needs func(int) bool) []*Node {
	axis, from := n.attr.(int), 0
	out := make([]*Node, len(n.in))
	for i, x := range n.in {
		to := from + x.shape[axis]
		if needs(i) {
			out[i] = dy.Slice(axis, from, to)
		}
		from = to
	}
	return out
}

func (n *Node) gatherGrad(dy *Node, _ func(int) bool) []*Node {
	return []*Node{dy.op(kindScatter, nil, n.in[0].shape, dy, n.in[1]), nil}
}

func (n *Node) convGrad(dy *Node, needs func(int) bool) []*Node {
	x, w := n.in[0], n.in[1]
	out := []*Node{nil, nil}
	if needs(0) {
		out[0] = dy.op(kindConvGradX, n.attr, x.shape, dy, w)
	}
	if needs(1) {
		out[1] = dy.op(kindConvGradW, n.attr, w.shape, x, dy)
	}
	return out
}

func (n *Node) crossEntropyGrad(dy *Node, needs func(int) bool) []*Node {
	x, wide := n.in[0], n.in[0].Keep(dy, -1)
	out := []*Node{nil, nil}
	if needs(0) {
		slope := n.extra(1, x.shape, false) // of each row's loss
		out[0] = slope.Mul(wide)
	}
	if needs(1) {
		out[1] = x.LogSoftmax().Mul(wide).Neg()
	}
	return out
}

// extra is the result number i, from 1, of an operation that has several.
func (n *Node) extra(i int, shape []int, ints bool) *Node {
	e := n.op(kindExtra, i, shape, n)
	e.ints = ints
	return e
}

func (n *Node) maxPoolGrad(dy *Node, _ func(int) bool) []*Node {
	at := n.extra(1, n.shape, true)
	return []*Node{dy.op(kindMaxPoolGrad, n.attr, n.in[0].shape, dy, at)}
}

func (n *Node) batchNormGrad(dy *Node, _ func(int) bool) []*Node {
	x, scale := n.in[0], n.in[1]
	mean, inverse := n.extra(1, scale.shape, false), n.extra(2, scale.shape, false)
	dx := dy.op(kindBatchNormGrad, n.attr, n.shape, dy, x, scale, mean, inverse)
	if dx.err != nil {
		return nil
	}
	return []*Node{dx, dx.extra(1, scale.shape, false), dx.extra(2, scale.shape, false), nil, nil}
}

func (n *Node) layerNormGrad(dy *Node, _ func(int) bool) []*Node {
	x, scale := n.in[0], n.in[1]
	rows := n.shape[:len(n.shape)-1]
	mean, inverse := n.extra(1, rows, false), n.extra(2, rows, false)
	dx := dy.op(kindLayerNormGrad, nil, n.shape, dy, x, scale, mean, inverse)
	if dx.err != nil {
		return nil
	}
	return []*Node{dx, dx.extra(1, scale.shape, false), dx.extra(2, scale.shape, false)}
}
