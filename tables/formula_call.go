package tables

import (
	"reflect"
	"strings"
	"time"
)

// takes reports how well an argument of type t suits a parameter: 0 exactly,
// 1 after widening to float, -1 not at all.
func takes(p reflect.Type, t Type) int {
	ok := false
	switch k := p.Kind(); {
	case p == timeType:
		ok = t == Timestamp || t == Date
	case p == durationType:
		ok = t == Duration
	case k == reflect.Float64 || k == reflect.Float32:
		if t.IsInteger() {
			return 1
		}
		ok = t.IsFloat()
	case k >= reflect.Int && k <= reflect.Uint64:
		ok = t.IsInteger() || t == Char && k == reflect.Int32
	case k == reflect.String:
		ok = t == String
	case k == reflect.Bool:
		ok = t == Bool
	case k == reflect.Interface:
		ok = p.NumMethod() == 0 && t != 0
	case k == reflect.Slice:
		ok = t.IsVector() && typeOfGo(p) == t
	}
	if ok {
		return 0
	}
	return -1
}

func typeList(args []node) string {
	types := make([]string, len(args))
	for i, a := range args {
		types[i] = a.typ().String()
	}
	return "(" + strings.Join(types, ", ") + ")"
}

// A callNode calls a function in every row whose arguments are not null; the
// result of the others is null.
type callNode struct {
	t    Type
	args []node
	run  caller
	// nulls says that run may set more rows of the mask that it gets.
	nulls bool
	in    []vec
	scratch
	mask []bool
}

func (c *callNode) typ() Type { return c.t }

func (c *callNode) eval(lo, n int) vec {
	c.in = c.in[:0]
	for _, a := range c.args {
		c.in = append(c.in, a.eval(lo, n))
	}
	var first node
	if len(c.args) > 0 {
		first = c.args[0]
	}
	out := c.over(first, c.t, n)
	null := either(&c.mask, n, c.in...)
	if c.nulls {
		null = c.own(null, n)
	}
	c.run(c.in, out, null, n)
	v := *out
	v.null = null
	return v
}

// own is a mask in the node's own memory.
func (c *callNode) own(null []bool, n int) []bool {
	c.mask = room(c.mask, n)
	if null == nil {
		clear(c.mask)
	} else {
		copy(c.mask, null[:n])
	}
	return c.mask
}

// scalar compiles a call of a function of the session that takes single values.
func (c *compiler) scalar(e expr, fn any, args []node) (node, error) {
	f := reflect.TypeOf(fn)
	for i := range args {
		if k := f.In(i).Kind(); k == reflect.Float64 || k == reflect.Float32 {
			args[i] = toFloat(args[i])
		}
	}
	if run, t := fastCall(fn); run != nil {
		return &callNode{t: t, args: args, run: run}, nil
	}
	t := typeOfGo(f.Out(0))
	if t == 0 || t.IsVector() {
		return nil, c.fail(e, "a function in a formula must give a single value, this one gives %v", f.Out(0))
	}
	return &callNode{t: t, args: args, run: c.slowCall(e, reflect.ValueOf(fn), args), nulls: t == Timestamp}, nil
}

// fastCall knows common signatures; others go through reflection.
func fastCall(fn any) (caller, Type) {
	switch f := fn.(type) {
	case func(float64) float64:
		return func(a []vec, out *vec, null []bool, n int) { each1(f, a[0].f, out.f[:n], null) }, Float64
	case func(float64, float64) float64:
		return func(a []vec, out *vec, null []bool, n int) { each2(f, a[0].f, a[1].f, out.f[:n], null) }, Float64
	case func(int64) int64:
		return func(a []vec, out *vec, null []bool, n int) { each1(f, a[0].i, out.i[:n], null) }, Int64
	case func(int64, int64) int64:
		return func(a []vec, out *vec, null []bool, n int) { each2(f, a[0].i, a[1].i, out.i[:n], null) }, Int64
	case func(float64) int64:
		return func(a []vec, out *vec, null []bool, n int) { each1(f, a[0].f, out.i[:n], null) }, Int64
	case func(float64) bool:
		return func(a []vec, out *vec, null []bool, n int) { each1(f, a[0].f, out.b[:n], null) }, Bool
	case func(string) bool:
		return func(a []vec, out *vec, null []bool, n int) { each1(f, a[0].s, out.b[:n], null) }, Bool
	case func(string) string:
		return func(a []vec, out *vec, null []bool, n int) { each1(f, a[0].s, out.s[:n], null) }, String
	case func(string) int64:
		return func(a []vec, out *vec, null []bool, n int) { each1(f, a[0].s, out.i[:n], null) }, Int64
	case func(string) float64:
		return func(a []vec, out *vec, null []bool, n int) { each1(f, a[0].s, out.f[:n], null) }, Float64
	case func(string, string) bool:
		return func(a []vec, out *vec, null []bool, n int) { each2(f, a[0].s, a[1].s, out.b[:n], null) }, Bool
	case func(string, string) int64:
		return func(a []vec, out *vec, null []bool, n int) { each2(f, a[0].s, a[1].s, out.i[:n], null) }, Int64
	case func(string, string) string:
		return func(a []vec, out *vec, null []bool, n int) { each2(f, a[0].s, a[1].s, out.s[:n], null) }, String
	case func(string, int64) string:
		return func(a []vec, out *vec, null []bool, n int) { each2(f, a[0].s, a[1].i, out.s[:n], null) }, String
	case func(string) int:
		return fastCall(func(s string) int64 { return int64(f(s)) })
	case func(float64) int:
		return fastCall(func(x float64) int64 { return int64(f(x)) })
	case func(int) int:
		return fastCall(func(x int64) int64 { return int64(f(int(x))) })
	}
	return nil, 0
}

func each1[A, B any](f func(A) B, a []A, out []B, null []bool) {
	a = a[:len(out)]
	for i := range out {
		if null == nil || !null[i] {
			out[i] = f(a[i])
		}
	}
}

func each2[A, B, C any](f func(A, B) C, a []A, b []B, out []C, null []bool) {
	a, b = a[:len(out)], b[:len(out)]
	for i := range out {
		if null == nil || !null[i] {
			out[i] = f(a[i], b[i])
		}
	}
}

// slowCall calls through reflection, boxing each cell.
func (c *compiler) slowCall(e expr, fn reflect.Value, args []node) caller {
	f := fn.Type()
	in := make([]reflect.Value, len(args))
	return func(a []vec, out *vec, null []bool, n int) {
		for r := range n {
			if null != nil && null[r] {
				continue
			}
			for i, v := range a {
				in[i] = box(v, r, args[i].typ(), f.In(i))
			}
			res := fn.Call(in)
			if len(res) == 2 && !res[1].IsNil() {
				err := res[1].Interface().(error)
				panic(evalError{pos: e.offset(), msg: err.Error(), cause: err})
			}
			if !unbox(res[0], out, r) {
				null[r] = true
			}
		}
	}
}

// box is a cell as a Go value of a parameter's type.
func box(v vec, r int, t Type, p reflect.Type) reflect.Value {
	var x any
	switch carrierOf(t) {
	case carryInt:
		x = v.i[r]
		switch t {
		case Timestamp:
			x = time.Unix(0, v.i[r]).UTC()
		case Date:
			x = time.Unix(v.i[r]*86400, 0).UTC()
		case Duration:
			x = time.Duration(v.i[r])
		}
	case carryFloat:
		x = v.f[r]
	case carryBool:
		x = v.b[r]
	case carryString:
		x = v.s[r]
	}
	g := reflect.ValueOf(x)
	if p.Kind() == reflect.Interface {
		return g
	}
	return g.Convert(p)
}

// unbox is false for times that a timestamp cannot hold, such as the zero one;
// of another type everything can be had.
func unbox(g reflect.Value, out *vec, r int) bool {
	switch {
	case g.Type() == timeType:
		ns, ok := nanosOf(g.Interface().(time.Time).UTC())
		out.i[r] = ns
		return ok
	case g.CanInt():
		out.i[r] = g.Int()
	case g.CanUint():
		out.i[r] = int64(g.Uint())
	case g.CanFloat():
		out.f[r] = g.Float()
	case g.Kind() == reflect.Bool:
		out.b[r] = g.Bool()
	default:
		out.s[r] = g.String()
	}
	return true
}
