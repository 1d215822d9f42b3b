package tensor

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// A Graph is a computation over arrays whose shapes are known: inputs and
// variables, and what is made of them by the methods of [Node]. It computes
// nothing; [Graph.Compile] makes a [Plan] of it, which a [Device] runs.
//
// What cannot be built, such as a product of shapes that do not fit, is a node
// that carries the reason; so is everything that is made of it. The first
// reason is the graph's too ([Graph.Err]), so calls chain.
type Graph struct {
	dtype   DType
	nodes   []*Node
	vars    map[*Variable]*Node
	consts  map[float64]*Node
	updates []*Node // assignments, which are done whatever is asked for
	scope   []string
	streams uint64 // random streams handed out
	err     error
}

// NewGraph returns an empty graph whose numbers are Float32 or Float64.
func NewGraph(d DType) *Graph {
	g := &Graph{dtype: d, vars: map[*Variable]*Node{}, consts: map[float64]*Node{}}
	if !d.IsFloat() {
		g.err = fmt.Errorf("tensor: graph: %v; want float32 or float64", d)
	}
	return g
}

// DType is the type of the graph's numbers.
func (g *Graph) DType() DType { return g.dtype }

// Err is the first thing that went wrong while the graph was built.
func (g *Graph) Err() error { return g.err }

// In builds what f builds under a name: it is put before the names of its
// steps in the plan, and errors begin with it. Names nest.
func (g *Graph) In(name string, f func()) {
	g.scope = append(g.scope, name)
	defer func() { g.scope = g.scope[:len(g.scope)-1] }()
	f()
}

// A Variable is an array that outlives the runs of a plan and that plans may
// share and change: a weight, a moving average, a moment of an optimizer.
type Variable struct {
	name  string
	value *Tensor
}

// NewVariable returns a variable with a first value, a row-major tensor of
// Float32 or Float64 whose memory the variable takes over.
func NewVariable(name string, value *Tensor) (*Variable, error) {
	switch {
	case value.Err() != nil:
		return nil, value.Err()
	case !value.DType().IsFloat():
		return nil, fmt.Errorf("tensor: variable %s: %v; want float32 or float64", name, value.DType())
	case value.Layout() != RowMajor:
		return nil, fmt.Errorf("tensor: variable %s: layout %v; want RowMajor", name, value.Layout())
	}
	return &Variable{name: name, value: value}, nil
}

// Name is the variable's name.
func (v *Variable) Name() string { return v.name }

// Value is the variable's memory, which the plans that use it change.
func (v *Variable) Value() *Tensor { return v.value }

// Set copies the elements of a tensor of the same shape into the variable.
func (v *Variable) Set(t *Tensor) error {
	if t.Err() != nil {
		return t.Err()
	}
	if !slices.Equal(t.Shape(), v.value.Shape()) {
		return fmt.Errorf("tensor: variable %s: set: shape %s; want %s", v.name, shapeText(t.Shape()), shapeText(v.value.Shape()))
	}
	c := t.Cast(v.value.DType()).AsLayout(RowMajor)
	switch dst := v.value.Raw().(type) {
	case []float32:
		copy(dst, c.Raw().([]float32))
	case []float64:
		copy(dst, c.Raw().([]float64))
	}
	return nil
}

// A Node is an array in a [Graph]: an input, a variable, a constant or the
// result of an operation. Its methods make further nodes.
type Node struct {
	g     *Graph
	id    int
	kind  kind
	in    []*Node
	attr  any
	shape []int
	ints  bool   // int32 instead of the graph's numbers
	scope string // the names under which it was built
	err   error
}

// Graph is the graph that the node belongs to.
func (n *Node) Graph() *Graph { return n.g }

// Shape is a copy of the lengths of the axes.
func (n *Node) Shape() []int { return slices.Clone(n.shape) }

// NDim is the number of axes.
func (n *Node) NDim() int { return len(n.shape) }

// Dim is the length of an axis; a negative axis counts from the last. It is 0
// for an axis that is not there.
func (n *Node) Dim(axis int) int {
	if axis < 0 {
		axis += len(n.shape)
	}
	if axis < 0 || axis >= len(n.shape) {
		return 0
	}
	return n.shape[axis]
}

// Len is the number of elements.
func (n *Node) Len() int { return product(n.shape) }

// Err says why the node could not be built.
func (n *Node) Err() error { return n.err }

// String is the kind of the node and its shape.
func (n *Node) String() string {
	if n.err != nil {
		return n.err.Error()
	}
	return fmt.Sprintf("%s %s", n.kind, shapeText(n.shape))
}

// Input returns an array of numbers that is given for each run.
func (g *Graph) Input(name string, shape ...int) *Node { return g.input(name, false, shape) }

// InputInts is [Graph.Input] for int32 values, such as class labels.
func (g *Graph) InputInts(name string, shape ...int) *Node { return g.input(name, true, shape) }

func (g *Graph) input(name string, ints bool, shape []int) *Node {
	if err := checkShape("input "+name, shape); err != nil {
		return g.fail(err)
	}
	n := g.add(kindInput, name, shape)
	n.ints = ints
	return n
}

// Var returns the node of a variable.
func (g *Graph) Var(v *Variable) *Node {
	if n := g.vars[v]; n != nil {
		return n
	}
	if v.value.DType() != g.dtype {
		return g.fail(fmt.Errorf("tensor: variable %s is %v in a graph of %v", v.name, v.value.DType(), g.dtype))
	}
	n := g.add(kindVar, v, v.value.Shape())
	g.vars[v] = n
	return n
}

// Const returns a number, an array without axes.
func (g *Graph) Const(x float64) *Node {
	if n := g.consts[x]; n != nil {
		return n
	}
	n := g.add(kindConst, x, nil)
	if x == x {
		g.consts[x] = n
	}
	return n
}

// Constant returns an array that never changes. Its elements are converted to
// the graph's type.
func (g *Graph) Constant(t *Tensor) *Node {
	if t.Err() != nil {
		return g.fail(t.Err())
	}
	return g.add(kindArray, t.Cast(g.dtype).AsLayout(RowMajor), t.Shape())
}

// Assign makes every run set v to the value of a node at its end, when all
// else has been computed. The node is returned.
func (g *Graph) Assign(v *Variable, value *Node) *Node {
	n := g.Var(v)
	if err := cmpErr(n.err, value.err); err != nil {
		return g.fail(err)
	}
	if !slices.Equal(n.shape, value.shape) {
		return g.failf("assign %s: shape %s; want %s", v.name, shapeText(value.shape), shapeText(n.shape))
	}
	u := g.add(kindAssign, v, n.shape, n, value)
	g.updates = append(g.updates, u)
	return value
}

func cmpErr(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

func (g *Graph) add(k kind, attr any, shape []int, in ...*Node) *Node {
	n := &Node{g: g, id: len(g.nodes), kind: k, in: in, attr: attr, shape: slices.Clone(shape), scope: strings.Join(g.scope, "/")}
	g.nodes = append(g.nodes, n)
	return n
}

// Fail returns a node that carries an error, for what is made of nodes
// elsewhere and cannot be built.
func (g *Graph) Fail(err error) *Node { return g.fail(err) }

// fail returns a node that could not be built.
func (g *Graph) fail(err error) *Node {
	if len(g.scope) > 0 && !isScoped(err) {
		err = &scopedError{strings.Join(g.scope, "/"), err}
	}
	if g.err == nil {
		g.err = err
	}
	return &Node{g: g, id: -1, kind: kindFailed, err: err}
}

func (g *Graph) failf(format string, args ...any) *Node {
	return g.fail(fmt.Errorf("tensor: "+format, args...))
}

// A scopedError says under which name of the graph something went wrong.
type scopedError struct {
	scope string
	err   error
}

// Error begins with the name.
func (e *scopedError) Error() string { return e.scope + ": " + e.err.Error() }

// Unwrap is what went wrong.
func (e *scopedError) Unwrap() error { return e.err }

func isScoped(err error) bool {
	_, ok := errors.AsType[*scopedError](err)
	return ok
}

// op adds the node of an operation, or a failed one if an operand has failed
// or is of another graph.
func (n *Node) op(k kind, attr any, shape []int, in ...*Node) *Node {
	for _, x := range in {
		if x.err != nil {
			return x
		}
		if x.g != n.g {
			return n.g.failf("%s: an operand is of another graph", k)
		}
	}
	return n.g.add(k, attr, shape, in...)
}
