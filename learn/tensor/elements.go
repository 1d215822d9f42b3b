package tensor

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/sheaf-go/sheaf/learn/tensor/internal/cpu"
)

// elements is an expression that is computed for each element of a result: a
// short program over registers, each of which holds a block of elements.
type elements struct {
	code      []element
	registers int
}

// An element is one instruction. The last of a program writes the result.
type element struct {
	kind   kind
	name   string // of a function
	unary  cpu.Unary
	binary cpu.Binary
	act    activation
	args   [3]ref
	to     int // register
}

// A ref is an argument: a register, an operand of the step or a number.
type ref struct {
	from origin
	i    int
	x    float64
}

type origin uint8

const (
	none origin = iota
	register
	argument
	literal
)

var unaries = map[string]cpu.Unary{
	"neg": cpu.Neg, "exp": cpu.Exp, "expm1": cpu.Expm1, "log": cpu.Log, "log1p": cpu.Log1p, "sqrt": cpu.Sqrt,
	"rsqrt": cpu.Rsqrt, "square": cpu.Square, "reciprocal": cpu.Reciprocal, "abs": cpu.Abs, "sign": cpu.Sign,
	"floor": cpu.Floor, "sin": cpu.Sin, "cos": cpu.Cos, "erf": cpu.Erf,
}

var binaries = map[string]cpu.Binary{
	"add": cpu.Add, "sub": cpu.Sub, "mul": cpu.Mul, "div": cpu.Div, "max": cpu.Max, "min": cpu.Min, "pow": cpu.Pow,
	"greater": cpu.Greater, "greater_equal": cpu.GreaterEqual, "less": cpu.Less, "less_equal": cpu.LessEqual,
	"equal": cpu.Equal, "not_equal": cpu.NotEqual,
}

// signs are how binary functions are printed.
var signs = map[string]string{"add": "+", "sub": "-", "mul": "·", "div": "/", "greater": ">", "greater_equal": "≥",
	"less": "<", "less_equal": "≤", "equal": "=", "not_equal": "≠"}

// elements makes the program of a node, which ends a step, and of what is
// inlined into it.
func (c *compiler) elements(n *Node) (*elements, []operand) {
	w := &writer{c: c, e: &elements{}}
	w.write(n)
	return w.e, w.in
}

// A writer writes a program. A register is free when its only reader has been
// written.
type writer struct {
	c    *compiler
	e    *elements
	in   []operand
	free []int
}

func (w *writer) write(n *Node) ref {
	x := element{kind: n.kind}
	switch n.kind {
	case kindUnary:
		x.name = n.attr.(string)
		x.unary = unaries[x.name]
	case kindBinary:
		x.name = n.attr.(string)
		x.binary = binaries[x.name]
	case kindAct, kindActGrad:
		x.act = n.attr.(activation)
		x.name = x.act.act.String()
	}
	for i, m := range n.in {
		x.args[i] = w.ref(m)
	}
	for _, a := range x.args {
		if a.from == register {
			w.free = append(w.free, a.i)
		}
	}
	if k := len(w.free); k > 0 {
		x.to, w.free = w.free[k-1], w.free[:k-1]
	} else {
		x.to = w.e.registers
		w.e.registers++
	}
	w.e.code = append(w.e.code, x)
	return ref{from: register, i: x.to}
}

func (w *writer) ref(n *Node) ref {
	if x, ok := known(n); ok {
		return ref{from: literal, x: x}
	}
	if w.c.inlined[n] {
		return w.write(n)
	}
	o := w.c.operand(n)
	for i, have := range w.in {
		if have.buffer == o.buffer && slices.Equal(have.view, o.view) {
			return ref{from: argument, i: i}
		}
	}
	w.in = append(w.in, o)
	return ref{from: argument, i: len(w.in) - 1}
}

// text is the expression, with the operands that it has.
func (e *elements) text(in []operand) string {
	inside, alone := make([]string, e.registers), make([]string, e.registers) // with and without parentheses
	last := ""
	for _, x := range e.code {
		var args, bare []string
		for _, a := range x.args {
			text := ""
			switch a.from {
			case none:
				continue
			case argument:
				text = in[a.i].text()
			case literal:
				text = fmt.Sprint(a.x)
			}
			if a.from == register {
				args, bare = append(args, inside[a.i]), append(bare, alone[a.i])
			} else {
				args, bare = append(args, text), append(bare, text)
			}
		}
		outer := ""
		switch sign := signs[x.name]; {
		case x.kind == kindBinary && sign != "":
			last = args[0] + " " + sign + " " + args[1]
			outer = "(" + last + ")"
		case x.kind == kindCopy:
			last = bare[0]
		case x.kind == kindActGrad:
			last = x.name + "'(" + strings.Join(bare, ", ") + ")"
		case x.name != "":
			last = x.name + "(" + strings.Join(bare, ", ") + ")"
		default:
			last = string(x.kind) + "(" + strings.Join(bare, ", ") + ")"
		}
		inside[x.to], alone[x.to] = cmp.Or(outer, last), last
	}
	return last
}
