package tensor

import (
	"fmt"
	"slices"
)

type matMul struct{ transA, transB bool }

// MatMul is the product of two matrices, of shapes (m, k) and (k, n).
func (n *Node) MatMul(m *Node) *Node { return n.matMul(m, false, false) }

func (n *Node) matMul(m *Node, ta, tb bool) *Node {
	if n.err != nil || m.err != nil {
		return n.op(kindMatMul, nil, nil, n, m)
	}
	if len(n.shape) != 2 || len(m.shape) != 2 {
		return n.g.failf("matmul: shapes %s and %s; want two matrices", shapeText(n.shape), shapeText(m.shape))
	}
	if bad := n.notNumbers("matmul", m); bad != nil {
		return bad
	}
	rows, inner := n.shape[0], n.shape[1]
	if ta {
		rows, inner = inner, rows
	}
	inner2, cols := m.shape[0], m.shape[1]
	if tb {
		inner2, cols = cols, inner2
	}
	if inner != inner2 {
		return n.g.failf("matmul: left is %s, right is %s; want equal inner lengths", shapeText(n.shape), shapeText(m.shape))
	}
	return n.op(kindMatMul, matMul{ta, tb}, []int{rows, cols}, n, m)
}

// Reshape gives the elements, in row-major order, another shape of the same
// number of elements. One length may be -1: it is what is left.
func (n *Node) Reshape(shape ...int) *Node {
	if n.err != nil {
		return n
	}
	want := slices.Clone(shape)
	if at := slices.Index(want, -1); at >= 0 {
		want[at] = 1
		if rest := product(want); rest > 0 {
			want[at] = n.Len() / rest
		}
	}
	if err := checkShape("reshape", want); err != nil {
		return n.g.fail(err)
	}
	if product(want) != n.Len() {
		return n.g.failf("reshape: shape %s has %d elements, %s has %d", shapeText(n.shape), n.Len(), shapeText(shape), product(want))
	}
	if slices.Equal(want, n.shape) {
		return n
	}
	m := n.op(kindReshape, nil, want, n)
	m.ints = n.ints
	return m
}

// Transpose exchanges axes: axis i of the result is axis axes[i] of n. Without
// axes their order is turned round.
func (n *Node) Transpose(axes ...int) *Node {
	if n.err != nil {
		return n
	}
	if len(axes) == 0 {
		for i := range n.shape {
			axes = append(axes, len(n.shape)-1-i)
		}
	}
	seen := slices.Sorted(slices.Values(axes))
	for i := range seen {
		if seen[i] != i || len(seen) != len(n.shape) {
			return n.g.failf("transpose: axes %v of shape %s; want each axis once", axes, shapeText(n.shape))
		}
	}
	if len(axes) != len(n.shape) {
		return n.g.failf("transpose: axes %v of shape %s; want each axis once", axes, shapeText(n.shape))
	}
	if bad := n.notNumbers("transpose"); bad != nil {
		return bad
	}
	shape := make([]int, len(axes))
	for i, a := range axes {
		shape[i] = n.shape[a]
	}
	return n.op(kindTranspose, slices.Clone(axes), shape, n)
}

// A section is a range of one axis of a longer array.
type section struct{ axis, from, to, of int }

// Slice is the part of n from one place of an axis up to, not with, another. A
// negative axis counts from the last.
func (n *Node) Slice(axis, from, to int) *Node {
	if n.err != nil {
		return n
	}
	at, ok := n.axis(axis)
	if !ok {
		return n.g.failf("slice: axis %d of shape %s", axis, shapeText(n.shape))
	}
	if from < 0 || to < from || to > n.shape[at] {
		return n.g.failf("slice: from %d to %d of axis %d of shape %s", from, to, at, shapeText(n.shape))
	}
	if bad := n.notNumbers("slice"); bad != nil {
		return bad
	}
	shape := slices.Clone(n.shape)
	shape[at] = to - from
	return n.op(kindSlice, section{at, from, to, n.shape[at]}, shape, n)
}

// Pad puts zeros before and after n along an axis.
func (n *Node) Pad(axis, before, after int) *Node {
	if n.err != nil {
		return n
	}
	at, ok := n.axis(axis)
	if !ok || before < 0 || after < 0 {
		return n.g.failf("pad: %d before and %d after axis %d of shape %s", before, after, axis, shapeText(n.shape))
	}
	if bad := n.notNumbers("pad"); bad != nil {
		return bad
	}
	if before == 0 && after == 0 {
		return n
	}
	of := before + n.shape[at] + after
	return n.embed(section{at, before, before + n.shape[at], of})
}

func (n *Node) embed(s section) *Node {
	shape := slices.Clone(n.shape)
	shape[s.axis] = s.of
	return n.op(kindEmbed, s, shape, n)
}

// axis is the place of an axis that may be counted from the last.
func (n *Node) axis(axis int) (int, bool) {
	if axis < 0 {
		axis += len(n.shape)
	}
	return axis, axis >= 0 && axis < len(n.shape)
}

// Concat puts arrays one after the other along an axis; their other lengths
// are equal.
func (g *Graph) Concat(axis int, nodes ...*Node) *Node {
	if len(nodes) == 0 {
		return g.failf("concat: no nodes")
	}
	for _, n := range nodes {
		if n.err != nil {
			return n
		}
	}
	first := nodes[0]
	at, ok := first.axis(axis)
	if !ok {
		return g.failf("concat: axis %d of shape %s", axis, shapeText(first.shape))
	}
	shape := slices.Clone(first.shape)
	shape[at] = 0
	for i, n := range nodes {
		rest := slices.Clone(n.shape)
		if len(rest) == len(shape) {
			rest[at] = shape[at]
		}
		if !slices.Equal(rest, shape) {
			return g.failf("concat: array %d has shape %s, the first %s; want them equal but for axis %d", i, shapeText(n.shape), shapeText(first.shape), at)
		}
		shape[at] += n.shape[at]
	}
	if bad := first.notNumbers("concat", nodes...); bad != nil {
		return bad
	}
	if len(nodes) == 1 {
		return first
	}
	return first.op(kindConcat, at, shape, nodes...)
}

// Gather is the rows of n (its places along axis 0) that an int32 node
// numbers: an embedding. Its shape is that of rows and then the rest of n's. A
// number out of range fails the run.
func (n *Node) Gather(rows *Node) *Node {
	if n.err != nil || rows.err != nil {
		return n.op(kindGather, nil, nil, n, rows)
	}
	if !rows.ints || len(n.shape) == 0 {
		return n.g.failf("gather: rows are %v of an array of shape %s; want int32 numbers and an array of at least one axis", rows, shapeText(n.shape))
	}
	return n.op(kindGather, nil, slices.Concat(rows.shape, n.shape[1:]), n, rows)
}

// OneHot has a further axis, of a length, whose element that the int32 node
// numbers is 1 while all others are 0. A number out of range fails the run.
func (n *Node) OneHot(classes int) *Node {
	if n.err == nil && (!n.ints || classes < 1) {
		return n.g.failf("one-hot: %d classes of %v; want at least one class of int32 labels", classes, n)
	}
	return n.op(kindOneHot, nil, slices.Concat(n.shape, []int{classes}), n)
}

// A reduction makes one number of those along axes.
type reduction struct {
	op   string // sum, mean, max, min
	axes []int  // sorted
}

// String is the operation and the axes.
func (r reduction) String() string { return fmt.Sprintf("%s %v", r.op, r.axes) }

// Sum adds along axes, which vanish; without axes it adds all elements.
func (n *Node) Sum(axes ...int) *Node { return n.reduce("sum", axes) }

// Mean is the mean along axes, which vanish; without axes of all elements.
func (n *Node) Mean(axes ...int) *Node { return n.reduce("mean", axes) }

// Max is the largest along axes, which vanish; without axes of all elements.
// Where several are largest they share the gradient.
func (n *Node) Max(axes ...int) *Node { return n.reduce("max", axes) }

// Min is the smallest along axes; see [Node.Max].
func (n *Node) Min(axes ...int) *Node { return n.reduce("min", axes) }

// Keep gives a reduced node the axes back, with length 1, that the reduction
// of n along axes has taken, so that it broadcasts with n.
func (n *Node) Keep(reduced *Node, axes ...int) *Node {
	if n.err != nil || reduced.err != nil {
		return n.op(kindReshape, nil, nil, n, reduced)
	}
	shape := make([]int, len(n.shape))
	all, err := n.axes("keep", axes)
	if err != nil {
		return n.g.fail(err)
	}
	for i, d := range n.shape {
		if shape[i] = d; slices.Contains(all, i) {
			shape[i] = 1
		}
	}
	return reduced.Reshape(shape...)
}

func (n *Node) reduce(op string, axes []int) *Node {
	if n.err != nil {
		return n
	}
	all, err := n.axes(op, axes)
	if err != nil {
		return n.g.fail(err)
	}
	if bad := n.notNumbers(op); bad != nil {
		return bad
	}
	var shape []int
	for i, d := range n.shape {
		if !slices.Contains(all, i) {
			shape = append(shape, d)
		} else if d == 0 && op != "sum" {
			return n.g.failf("%s: of nothing: axis %d of shape %s", op, i, shapeText(n.shape))
		}
	}
	if len(all) == 0 {
		return n
	}
	return n.op(kindReduce, reduction{op, all}, shape, n)
}

// axes is the sorted places of axes, all if none are named.
func (n *Node) axes(op string, axes []int) ([]int, error) {
	var all []int
	if len(axes) == 0 {
		for i := range n.shape {
			all = append(all, i)
		}
		return all, nil
	}
	for _, a := range axes {
		at, ok := n.axis(a)
		if !ok || slices.Contains(all, at) {
			return nil, fmt.Errorf("tensor: %s: axes %v of shape %s; want each at most once", op, axes, shapeText(n.shape))
		}
		all = append(all, at)
	}
	slices.Sort(all)
	return all, nil
}
