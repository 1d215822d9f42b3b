package tensor

import "slices"

// Softmax is exp(n) divided by its sum, along the last axis.
func (n *Node) Softmax() *Node { return n.rows(kindSoftmax, "softmax") }

// LogSoftmax is the logarithm of [Node.Softmax], exact for small ones too.
func (n *Node) LogSoftmax() *Node { return n.rows(kindLogSoftmax, "log-softmax") }

func (n *Node) rows(k kind, verb string) *Node {
	if bad := n.notRows(verb); bad != nil {
		return bad
	}
	return n.op(k, nil, n.shape, n)
}

// notRows is a failed node if n has no rows of numbers.
func (n *Node) notRows(verb string) *Node {
	if n.err != nil {
		return n
	}
	if len(n.shape) == 0 || n.Dim(-1) == 0 {
		return n.g.failf("%s: shape %s; want at least one class along the last axis", verb, shapeText(n.shape))
	}
	return n.notNumbers(verb)
}

// SparseCrossEntropy is the cross-entropy between softmax(n) and classes by
// number: int32 labels of n's shape without the last axis, which is the shape
// of the result. A label out of range fails the run.
func (n *Node) SparseCrossEntropy(labels *Node) *Node {
	if n.err != nil || labels.err != nil {
		return n.op(kindSparseCE, nil, nil, n, labels)
	}
	if bad := n.notRows("cross-entropy"); bad != nil {
		return bad
	}
	want := n.shape[:len(n.shape)-1]
	if !labels.ints || !slices.Equal(labels.shape, want) {
		return n.g.failf("cross-entropy: labels are %v for logits of shape %s; want int32 of shape %s", labels, shapeText(n.shape), shapeText(want))
	}
	return n.op(kindSparseCE, nil, want, n, labels)
}

// CrossEntropy is the cross-entropy between softmax(n) and target
// distributions of the same shape, along the last axis, which vanishes.
func (n *Node) CrossEntropy(targets *Node) *Node {
	if bad := n.targets("cross-entropy", targets); bad != nil {
		return bad
	}
	if bad := n.notRows("cross-entropy"); bad != nil {
		return bad
	}
	return n.op(kindSoftCE, nil, n.shape[:len(n.shape)-1], n, targets)
}

// BinaryCrossEntropy is the cross-entropy between sigmoid(n) and targets from 0
// to 1 of the same shape, for each element.
func (n *Node) BinaryCrossEntropy(targets *Node) *Node {
	if bad := n.targets("binary cross-entropy", targets); bad != nil {
		return bad
	}
	return n.Activate("softplus", 0).Sub(n.Mul(targets))
}

func (n *Node) targets(verb string, targets *Node) *Node {
	if err := cmpErr(n.err, targets.err); err != nil {
		return n.op(kindBinary, nil, nil, n, targets)
	}
	if !slices.Equal(n.shape, targets.shape) {
		return n.g.failf("%s: targets of shape %s for logits of shape %s; want equal shapes", verb, shapeText(targets.shape), shapeText(n.shape))
	}
	return n.notNumbers(verb, targets)
}

// An Optimizer names a rule that changes a variable by its gradient, with its
// constants. The defaults and formulas are those of Keras 3; see package model
// for what they are.
type Optimizer struct {
	Rule string // sgd, rmsprop, adagrad, adadelta, adam, adamw, adamax, nadam

	Momentum     float64 // sgd, rmsprop
	Nesterov     bool    // sgd
	Rho          float64 // rmsprop, adadelta
	Centered     bool    // rmsprop
	Beta1, Beta2 float64 // adam and its kin
	Epsilon      float64
	AMSGrad      bool    // adam, adamw
	WeightDecay  float64 // decoupled, for all rules
}

// Slots is how many arrays of the variable's shape the rule remembers.
func (o Optimizer) Slots() int {
	switch o.Rule {
	case "sgd":
		return btoi(o.Momentum != 0)
	case "rmsprop":
		return 1 + btoi(o.Momentum != 0) + btoi(o.Centered)
	case "adagrad":
		return 1
	case "adam", "adamw":
		return 2 + btoi(o.AMSGrad)
	}
	return 2
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}

// Update makes every run change v by an optimizer's rule. Rate is the learning
// rate and step the number of the step from 1 on, nodes without axes; slots are
// what the rule remembers ([Optimizer.Slots]), variables of v's shape.
func (g *Graph) Update(o Optimizer, v *Variable, gradient, rate, step *Node, slots []*Variable) {
	n := g.Var(v)
	in := []*Node{n, gradient, rate, step}
	for _, s := range slots {
		in = append(in, g.Var(s))
	}
	for i, x := range in {
		want := n.shape
		if i == 2 || i == 3 {
			want = nil
		}
		if x.err != nil {
			return // the graph has its error
		}
		if !slices.Equal(x.shape, want) {
			g.failf("update of %s: operand %d has shape %s; want %s", v.name, i, shapeText(x.shape), shapeText(want))
			return
		}
	}
	if len(slots) != o.Slots() {
		g.failf("update of %s: %d slots; %s wants %d", v.name, len(slots), o.Rule, o.Slots())
		return
	}
	u := n.op(kindUpdate, o, n.shape, in...)
	if u.err == nil {
		g.updates = append(g.updates, u)
	}
}
