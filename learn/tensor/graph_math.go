package tensor

import (
	"slices"

	"github.com/sheaf-go/sheaf/learn/tensor/internal/cpu"
)

// Add is n + m, element by element. The operands of this and of the other
// operations on two arrays broadcast as in NumPy: axes are matched from the
// last, and one of length 1, or one that is missing, is repeated.
func (n *Node) Add(m *Node) *Node { return n.binary("add", m) }

// Sub is n - m; see [Node.Add].
func (n *Node) Sub(m *Node) *Node { return n.binary("sub", m) }

// Mul is n · m, element by element; see [Node.Add]. [Node.MatMul] is the
// product of matrices.
func (n *Node) Mul(m *Node) *Node { return n.binary("mul", m) }

// Div is n / m; see [Node.Add].
func (n *Node) Div(m *Node) *Node { return n.binary("div", m) }

// Pow is n to the power of m; see [Node.Add]. It has a derivative with respect
// to m only where n is positive.
func (n *Node) Pow(m *Node) *Node { return n.binary("pow", m) }

// Maximum is the larger of n and m; see [Node.Add].
func (n *Node) Maximum(m *Node) *Node { return n.binary("max", m) }

// Minimum is the smaller of n and m; see [Node.Add].
func (n *Node) Minimum(m *Node) *Node { return n.binary("min", m) }

// Greater is 1 where n > m and 0 elsewhere; see [Node.Add]. Comparisons have no
// derivative.
func (n *Node) Greater(m *Node) *Node { return n.binary("greater", m) }

// GreaterEqual is 1 where n >= m and 0 elsewhere; see [Node.Greater].
func (n *Node) GreaterEqual(m *Node) *Node { return n.binary("greater_equal", m) }

// Less is 1 where n < m and 0 elsewhere; see [Node.Greater].
func (n *Node) Less(m *Node) *Node { return n.binary("less", m) }

// LessEqual is 1 where n <= m and 0 elsewhere; see [Node.Greater].
func (n *Node) LessEqual(m *Node) *Node { return n.binary("less_equal", m) }

// Equal is 1 where n == m and 0 elsewhere; see [Node.Greater].
func (n *Node) Equal(m *Node) *Node { return n.binary("equal", m) }

// NotEqual is 1 where n != m and 0 elsewhere; see [Node.Greater].
func (n *Node) NotEqual(m *Node) *Node { return n.binary("not_equal", m) }

// Plus is n + x for a number.
func (n *Node) Plus(x float64) *Node { return n.Add(n.g.Const(x)) }

// Times is n · x for a number.
func (n *Node) Times(x float64) *Node { return n.Mul(n.g.Const(x)) }

// Power is n to the power of a number.
func (n *Node) Power(x float64) *Node { return n.Pow(n.g.Const(x)) }

// Clip is n, not below low and not above high.
func (n *Node) Clip(low, high float64) *Node {
	return n.Maximum(n.g.Const(low)).Minimum(n.g.Const(high))
}

// Where is a where n is not 0, and b elsewhere; the three broadcast.
func (n *Node) Where(a, b *Node) *Node {
	shape, ok := broadcast(n.shape, a.shape)
	if ok {
		shape, ok = broadcast(shape, b.shape)
	}
	if err := cmpErr(n.err, a.err, b.err); err == nil && !ok {
		return n.g.failf("where: shapes %s, %s and %s do not broadcast", shapeText(n.shape), shapeText(a.shape), shapeText(b.shape))
	}
	if bad := n.notNumbers("where", a, b); bad != nil {
		return bad
	}
	return n.op(kindSelect, nil, shape, n, a, b)
}

func (n *Node) binary(name string, m *Node) *Node {
	shape, ok := broadcast(n.shape, m.shape)
	if n.err == nil && m.err == nil && !ok {
		return n.g.failf("%s: shapes %s and %s do not broadcast", name, shapeText(n.shape), shapeText(m.shape))
	}
	if bad := n.notNumbers(name, m); bad != nil {
		return bad
	}
	if same := n.neutral(name, m, shape); same != nil {
		return same
	}
	if a, ok := known(n); ok {
		if b, ok := known(m); ok {
			z := []float64{0}
			cpu.Map2(binaries[name], z, []float64{a}, []float64{b})
			return n.g.Const(z[0]).expand(shape)
		}
	}
	return n.op(kindBinary, name, shape, n, m)
}

// neutral is the operand that an operation leaves as it is, if it does.
func (n *Node) neutral(name string, m *Node, shape []int) *Node {
	is := func(a, b *Node, x float64) bool {
		y, ok := known(b)
		return ok && x == y && slices.Equal(a.shape, shape)
	}
	switch {
	case (name == "mul" || name == "div" || name == "pow") && is(n, m, 1), (name == "add" || name == "sub") && is(n, m, 0):
		return n
	case name == "mul" && is(m, n, 1), name == "add" && is(m, n, 0):
		return m
	}
	return nil
}

// notNumbers is a failed node if n or one of others holds int32 values.
func (n *Node) notNumbers(name string, others ...*Node) *Node {
	for _, m := range append(others, n) {
		if m.ints {
			return n.g.failf("%s: an operand is int32; want %v (Floats converts)", name, n.g.dtype)
		}
	}
	return nil
}

// broadcast is the shape of an operation on two arrays.
func broadcast(a, b []int) (shape []int, ok bool) {
	if len(a) < len(b) {
		a, b = b, a
	}
	shape = slices.Clone(a)
	for i, d := range b {
		at := len(a) - len(b) + i
		switch {
		case shape[at] == d || d == 1:
		case shape[at] == 1:
			shape[at] = d
		default:
			return nil, false
		}
	}
	return shape, true
}

// Neg is -n.
func (n *Node) Neg() *Node { return n.unary("neg") }

// Exp is e to the power of n.
func (n *Node) Exp() *Node { return n.unary("exp") }

// Expm1 is exp(n) - 1, exact for small n too.
func (n *Node) Expm1() *Node { return n.unary("expm1") }

// Log is the natural logarithm of n.
func (n *Node) Log() *Node { return n.unary("log") }

// Log1p is log(1 + n), exact for small n too.
func (n *Node) Log1p() *Node { return n.unary("log1p") }

// Sqrt is the square root of n.
func (n *Node) Sqrt() *Node { return n.unary("sqrt") }

// Rsqrt is 1 / √n.
func (n *Node) Rsqrt() *Node { return n.unary("rsqrt") }

// Square is n · n.
func (n *Node) Square() *Node { return n.unary("square") }

// Abs is n without its sign. Its derivative at 0 is 0.
func (n *Node) Abs() *Node { return n.unary("abs") }

// Sign is -1, 0 or 1; its derivative is 0.
func (n *Node) Sign() *Node { return n.unary("sign") }

// Reciprocal is 1 / n.
func (n *Node) Reciprocal() *Node { return n.unary("reciprocal") }

// Sin is the sine of n.
func (n *Node) Sin() *Node { return n.unary("sin") }

// Cos is the cosine of n.
func (n *Node) Cos() *Node { return n.unary("cos") }

// Erf is the error function of n.
func (n *Node) Erf() *Node { return n.unary("erf") }

// Floor is the largest whole number not above n; its derivative is 0.
func (n *Node) Floor() *Node { return n.unary("floor") }

// Tanh is the hyperbolic tangent of n.
func (n *Node) Tanh() *Node { return n.Activate("tanh", 0) }

// Sigmoid is 1 / (1 + exp(-n)).
func (n *Node) Sigmoid() *Node { return n.Activate("sigmoid", 0) }

// ReLU is n, and 0 where n is below.
func (n *Node) ReLU() *Node { return n.Activate("relu", 0) }

func (n *Node) unary(name string) *Node {
	if bad := n.notNumbers(name); bad != nil {
		return bad
	}
	if x, ok := known(n); ok {
		z := []float64{x}
		cpu.Map1(unaries[name], z, z)
		return n.g.Const(z[0]).expand(n.shape)
	}
	return n.op(kindUnary, name, n.shape, n)
}

// An activation is applied to each element.
type activation struct {
	act   cpu.Act
	alpha float64
}

// Activations are the names that [Node.Activate] knows, in the order of
// Keras's documentation where it has them.
func Activations() []string {
	var names []string
	for a := cpu.Linear; a <= cpu.Exponential; a++ {
		names = append(names, a.String())
	}
	return names
}

// Activate applies an activation by its name in Keras, such as "relu" or
// "gelu". Alpha, at least 0, is the parameter of leaky_relu (the slope below 0)
// and elu (the scale); others have none.
func (n *Node) Activate(name string, alpha float64) *Node {
	if bad := n.notNumbers(name); bad != nil {
		return bad
	}
	for a := cpu.Linear; a <= cpu.Exponential; a++ {
		if a.String() == name {
			if a == cpu.Linear {
				return n
			}
			if (a == cpu.LeakyReLU || a == cpu.ELU) && !(alpha >= 0) {
				return n.g.failf("activate: %s with alpha %v; want at least 0", name, alpha)
			}
			return n.op(kindAct, activation{a, alpha}, n.shape, n)
		}
	}
	return n.g.failf("activate: no activation %q; there are %v", name, Activations())
}

// Dropout sets a share of the elements, chosen anew in each run, to 0 and
// scales the others by 1/(1-rate). The choice follows from the seed and the
// step that the run is given ([Program.Run]).
func (n *Node) Dropout(rate float64) *Node {
	if rate < 0 || rate >= 1 || rate != rate {
		return n.g.failf("dropout: rate %v; want 0 ≤ rate < 1", rate)
	}
	if bad := n.notNumbers("dropout"); bad != nil {
		return bad
	}
	if rate == 0 {
		return n
	}
	n.g.streams++
	return n.op(kindDropout, dropout{rate, n.g.streams}, n.shape, n)
}

type dropout struct {
	rate   float64
	stream uint64
}

// Floats is an int32 node as numbers of the graph's type.
func (n *Node) Floats() *Node {
	if !n.ints {
		return n
	}
	return n.op(kindFloats, nil, n.shape, n)
}

// StopGradient is n, through which [Graph.Grad] does not go.
func (n *Node) StopGradient() *Node { return n.op(kindReshape, stopped{}, n.shape, n) }

// stopped marks a reshape that is StopGradient.
type stopped struct{}
