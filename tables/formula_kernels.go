package tables

import (
	"math"
	"strings"
)

// An arithNode is + - * / % on two ints or two floats, & | ^ and shifts on two
// ints. Division by the integer 0 is null, so that both arms of a ternary can
// be evaluated; overflow wraps, as in Go.
type arithNode struct {
	t    Type
	op   string
	x, y node
	scratch
	mask []bool
}

func (a *arithNode) typ() Type { return a.t }

func (a *arithNode) eval(lo, n int) vec {
	var x, y vec
	if carrierOf(a.t) == carryString || a.t == Int64 && (a.op == "/" || a.op == "%") {
		x, y = a.x.eval(lo, n), a.y.eval(lo, n)
	} else {
		x, y = operand(a.x, lo, n), operand(a.y, lo, n)
	}
	out := a.over(a.x, a.t, n)
	null := either(&a.mask, n, x, y)
	switch carrierOf(a.t) {
	case carryFloat:
		arithFloats(a.op, out.f, x.f, y.f)
		if a.t == Float32 {
			for i, v := range out.f {
				out.f[i] = float64(float32(v))
			}
		}
		return vec{f: out.f, null: null}
	case carryString:
		for i := range out.s {
			out.s[i] = x.s[i] + y.s[i]
		}
		return vec{s: out.s, null: null}
	}
	if a.op == "/" || a.op == "%" {
		null = a.divide(out.i, x.i, y.i, null)
	} else {
		arithInts(a.op, out.i, x.i, y.i)
	}
	return vec{i: out.i, null: null}
}

func floatKernel(op string, out, x, y []float64) {
	x, y = x[:len(out)], y[:len(out)]
	switch op {
	case "+":
		for i := range out {
			out[i] = x[i] + y[i]
		}
	case "-":
		for i := range out {
			out[i] = x[i] - y[i]
		}
	case "*":
		for i := range out {
			out[i] = x[i] * y[i]
		}
	case "/":
		for i := range out {
			out[i] = x[i] / y[i]
		}
	case "%":
		for i := range out {
			out[i] = math.Mod(x[i], y[i])
		}
	}
}

func intKernel(op string, out, x, y []int64) {
	x, y = x[:len(out)], y[:len(out)]
	switch op {
	case "+":
		for i := range out {
			out[i] = x[i] + y[i]
		}
	case "-":
		for i := range out {
			out[i] = x[i] - y[i]
		}
	case "*":
		for i := range out {
			out[i] = x[i] * y[i]
		}
	case "&":
		for i := range out {
			out[i] = x[i] & y[i]
		}
	case "|":
		for i := range out {
			out[i] = x[i] | y[i]
		}
	case "^":
		for i := range out {
			out[i] = x[i] ^ y[i]
		}
	case "<<": // shift counts are taken modulo 64, as in Java
		for i := range out {
			out[i] = x[i] << (y[i] & 63)
		}
	case ">>":
		for i := range out {
			out[i] = x[i] >> (y[i] & 63)
		}
	case ">>>":
		for i := range out {
			out[i] = int64(uint64(x[i]) >> (y[i] & 63))
		}
	}
}

func (a *arithNode) divide(out, x, y []int64, null []bool) []bool {
	copied := false
	for i := range out {
		if y[i] != 0 {
			if a.op == "/" {
				out[i] = x[i] / y[i]
			} else {
				out[i] = x[i] % y[i]
			}
			continue
		}
		out[i] = 0
		if !copied { // the mask may belong to an operand
			own := make([]bool, len(out))
			copy(own, null)
			null, copied = own, true
		}
		null[i] = true
	}
	return null
}

// A compareNode is == != < <= > >= on two values of one carrier.
type compareNode struct {
	op   string
	x, y node
	scratch
	mask []bool
}

func (c *compareNode) typ() Type { return Bool }

func (c *compareNode) eval(lo, n int) vec {
	var x, y vec
	carrier := carrierOf(c.x.typ())
	if carrier == carryInt || carrier == carryFloat {
		x, y = operand(c.x, lo, n), operand(c.y, lo, n)
	} else {
		x, y = c.x.eval(lo, n), c.y.eval(lo, n)
	}
	out := c.of(Bool, n)
	switch carrier {
	case carryInt:
		testInts(c.op, out.b, x.i, y.i)
	case carryFloat:
		testFloats(c.op, out.b, x.f, y.f)
	case carryString:
		compareKernel(c.op, out.b, x.s, y.s)
	case carryBool:
		for i := range out.b {
			out.b[i] = (x.b[i] == y.b[i]) == (c.op == "==")
		}
	}
	return vec{b: out.b, null: either(&c.mask, n, x, y)}
}

func compareKernel[T int64 | float64 | string](op string, out []bool, x, y []T) {
	x, y = x[:len(out)], y[:len(out)]
	switch op {
	case "==":
		for i := range out {
			out[i] = x[i] == y[i]
		}
	case "!=":
		for i := range out {
			out[i] = x[i] != y[i]
		}
	case "<":
		for i := range out {
			out[i] = x[i] < y[i]
		}
	case "<=":
		for i := range out {
			out[i] = x[i] <= y[i]
		}
	case ">":
		for i := range out {
			out[i] = x[i] > y[i]
		}
	case ">=":
		for i := range out {
			out[i] = x[i] >= y[i]
		}
	}
}

// A logicNode is && or ||, and & | ^ on booleans, in three-valued logic: false
// && null is false, true || null is true, anything else with null is null.
type logicNode struct {
	op   string
	x, y node
	scratch
	mask []bool
}

func (l *logicNode) typ() Type { return Bool }

func (l *logicNode) eval(lo, n int) vec {
	x, y := l.x.eval(lo, n), l.y.eval(lo, n)
	out := l.of(Bool, n)
	xs, ys := x.b[:n], y.b[:n]
	logic(l.op[0], out.b, xs, ys)
	if l.op == "^" {
		return vec{b: out.b, null: either(&l.mask, n, x, y)}
	}
	if x.null == nil && y.null == nil {
		return vec{b: out.b}
	}
	decides := l.op == "|" // the value that settles it whatever the other is
	null := nulls(&l.mask, n)
	for i := range out.b {
		xn, yn := x.null != nil && x.null[i], y.null != nil && y.null[i]
		if !xn && !yn {
			continue
		}
		if !xn && xs[i] == decides || !yn && ys[i] == decides {
			out.b[i] = decides
		} else {
			out.b[i], null[i] = false, true
		}
	}
	return vec{b: out.b, null: null}
}

// A unaryNode is - ! or ~.
type unaryNode struct {
	t  Type
	op string
	x  node
	scratch
}

func (u *unaryNode) typ() Type { return u.t }

func (u *unaryNode) eval(lo, n int) vec {
	x := u.x.eval(lo, n)
	out := u.of(u.t, n)
	switch {
	case u.op == "!":
		negate(out.b, x.b)
		return vec{b: out.b, null: x.null}
	case carrierOf(u.t) == carryFloat:
		for i, v := range x.f[:n] {
			out.f[i] = -v
		}
		return vec{f: out.f, null: x.null}
	case u.op == "~":
		for i, v := range x.i[:n] {
			out.i[i] = ^v
		}
	default:
		for i, v := range x.i[:n] {
			out.i[i] = -v
		}
	}
	return vec{i: out.i, null: x.null}
}

// A ternaryNode picks rows from two values; a null condition gives null.
type ternaryNode struct {
	t             Type
	cond, yes, no node
	scratch
	mask []bool
}

func (t *ternaryNode) typ() Type { return t.t }

func (t *ternaryNode) eval(lo, n int) vec {
	c, y, z := t.cond.eval(lo, n), t.yes.eval(lo, n), t.no.eval(lo, n)
	out := *t.of(t.t, n)
	switch carrierOf(t.t) {
	case carryInt:
		pickNumbers(out.i, c.b, y.i, z.i)
	case carryFloat:
		pickNumbers(out.f, c.b, y.f, z.f)
	case carryBool:
		pick(out.b, c.b, y.b, z.b)
	case carryString:
		pick(out.s, c.b, y.s, z.s)
	}
	out.null = nil
	if c.null != nil || y.null != nil || z.null != nil {
		out.null = nulls(&t.mask, n)
		for i := range out.null {
			switch {
			case c.null != nil && c.null[i]:
				out.null[i] = true
			case c.b[i]:
				out.null[i] = y.null != nil && y.null[i]
			default:
				out.null[i] = z.null != nil && z.null[i]
			}
		}
	}
	return out
}

func pick[T any](out []T, c []bool, y, z []T) {
	for i := range out {
		if c[i] {
			out[i] = y[i]
		} else {
			out[i] = z[i]
		}
	}
}

// A setNode asks whether a value is one of a list of constants.
type setNode struct {
	x     node
	ints  map[int64]bool
	flags []bool // of the numbers from least on, if they lie near each other
	least int64
	flts  map[float64]bool
	texts map[string]bool
	fold  bool // ignore case
	not   bool
	scratch
}

func (s *setNode) typ() Type { return Bool }

func (s *setNode) eval(lo, n int) vec {
	x := s.x.eval(lo, n)
	out := s.of(Bool, n)
	for i := range out.b {
		var in bool
		switch {
		case s.flags != nil:
			at := uint64(x.i[i] - s.least)
			in = at < uint64(len(s.flags)) && s.flags[at]
		case s.ints != nil:
			in = s.ints[x.i[i]]
		case s.flts != nil:
			in = s.flts[x.f[i]]
		case s.fold:
			in = s.texts[strings.ToLower(x.s[i])]
		default:
			in = s.texts[x.s[i]]
		}
		out.b[i] = in != s.not
	}
	return vec{b: out.b, null: x.null}
}

// spreadInts makes a list of flags of integers that lie near each other.
func (s *setNode) spreadInts() {
	if len(s.ints) == 0 {
		return
	}
	least, most := int64(math.MaxInt64), int64(math.MinInt64)
	for v := range s.ints {
		least, most = min(least, v), max(most, v)
	}
	if width := uint64(most - least); width < 1<<16 {
		s.flags, s.least = make([]bool, width+1), least
		for v := range s.ints {
			s.flags[v-least] = true
		}
	}
}

// A nullNode asks whether a value is null.
type nullNode struct {
	x node
	scratch
}

func (s *nullNode) typ() Type { return Bool }

func (s *nullNode) eval(lo, n int) vec {
	x := s.x.eval(lo, n)
	out := s.of(Bool, n)
	if x.null == nil {
		clear(out.b)
	} else {
		copy(out.b, x.null[:n])
	}
	return vec{b: out.b}
}
