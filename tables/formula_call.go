package tables

import (
	"fmt"
	"math"
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

// choose finds the function whose parameters suit, exact ones first.
func choose(overloads []any, args []node) (any, bool) {
	for _, worst := range []int{0, 1} {
	next:
		for _, fn := range overloads {
			f := reflect.TypeOf(fn)
			if f.NumIn() != len(args) {
				continue
			}
			for i, a := range args {
				if cost := takes(f.In(i), a.typ()); cost < 0 || cost > worst {
					continue next
				}
			}
			return fn, true
		}
	}
	return nil, false
}

func signatures(overloads []any) string {
	all := make([]string, len(overloads))
	for i, fn := range overloads {
		f := reflect.TypeOf(fn)
		params := make([]string, f.NumIn())
		for j := range params {
			params[j] = f.In(j).String()
		}
		all[i] = "(" + strings.Join(params, ", ") + ")"
	}
	return strings.Join(all, " or ")
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
	run  func(a []vec, out *vec, null []bool, n int)
	in   []vec
	scratch
	mask []bool
}

func (c *callNode) typ() Type { return c.t }

func (c *callNode) eval(lo, n int) vec {
	c.in = c.in[:0]
	for _, a := range c.args {
		c.in = append(c.in, a.eval(lo, n))
	}
	out := c.of(c.t, n)
	null := either(&c.mask, n, c.in...)
	c.run(c.in, out, null, n)
	v := *out
	v.null = null
	return v
}

// scalar compiles a call of a function of single values. Only a pure function
// of constants is called ahead.
func (c *compiler) scalar(e expr, fn any, args []node, pure bool) (node, error) {
	f := reflect.TypeOf(fn)
	for i := range args {
		if k := f.In(i).Kind(); k == reflect.Float64 || k == reflect.Float32 {
			args[i] = toFloat(args[i])
		}
	}
	if run := instruction(e, fn); run != nil {
		return fold(&callNode{t: Float64, args: args, run: run}, args...), nil
	}
	if run, t := fastCall(fn); run != nil {
		n := &callNode{t: t, args: args, run: run}
		if pure {
			return fold(n, args...), nil
		}
		return n, nil
	}
	t := typeOfGo(f.Out(0))
	if t == 0 || t.IsVector() {
		return nil, c.fail(e, "a function in a formula must give a single value, this one gives %v", f.Out(0))
	}
	return &callNode{t: t, args: args, run: c.slowCall(e, reflect.ValueOf(fn), args)}, nil
}

// instruction is a loop around a function that is one machine instruction, which
// a call through a function value would hide from the compiler.
func instruction(e expr, fn any) caller {
	c, ok := e.(call)
	if _, float := fn.(func(float64) float64); !ok || !float || functions[c.name] == nil {
		return nil
	}
	switch c.name {
	case "sqrt":
		return func(a []vec, out *vec, _ []bool, n int) {
			x := a[0].f[:n]
			for i, v := range x {
				out.f[i] = math.Sqrt(v)
			}
		}
	case "abs":
		return func(a []vec, out *vec, _ []bool, n int) {
			x := a[0].f[:n]
			for i, v := range x {
				out.f[i] = math.Abs(v)
			}
		}
	case "floor":
		return func(a []vec, out *vec, _ []bool, n int) {
			x := a[0].f[:n]
			for i, v := range x {
				out.f[i] = math.Floor(v)
			}
		}
	}
	return nil
}

type caller func(a []vec, out *vec, null []bool, n int)

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
			unbox(res[0], out, r)
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

func unbox(g reflect.Value, out *vec, r int) {
	switch {
	case g.Type() == timeType:
		out.i[r] = g.Interface().(time.Time).UnixNano()
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
}

// userCall compiles a call of a function of the session.
func (c *compiler) userCall(e call, args []expr, nodes []node) (node, error) {
	fn, ok := lookup(c.scope, e.name)
	if !ok {
		msg := fmt.Sprintf("no function %q", e.name)
		if best := nearest(e.name, functionNames()); best != "" {
			msg += fmt.Sprintf("; did you mean %q?", best)
		}
		return nil, &FormulaError{Formula: c.src, Offset: e.offset(), Message: msg, cause: ErrNoColumn}
	}
	v := reflect.ValueOf(fn)
	for v.Kind() == reflect.Pointer && !v.IsNil() {
		v = v.Elem()
	}
	if v.Kind() != reflect.Func || v.IsNil() {
		return nil, c.fail(e, "%s is a %T, not a function", e.name, fn)
	}
	c.user = true
	f := v.Type()
	outs := f.NumOut()
	if f.IsVariadic() || outs < 1 || outs > 2 || outs == 2 && f.Out(1) != reflect.TypeFor[error]() {
		return nil, c.fail(e, "a function in a formula gives one value, or a value and an error; %s is a %v", e.name, f)
	}
	if f.NumIn() != len(nodes) {
		return nil, c.fail(e, "%s takes %s, got %d", e.name, plural(f.NumIn(), "argument"), len(nodes))
	}
	if f.Out(0).Kind() == reflect.Slice {
		return c.wholeCall(e, v, nodes)
	}
	vectors := false
	for i, n := range nodes {
		if n.typ() == 0 {
			_, err := c.value(args[i])
			return nil, err
		}
		if takes(f.In(i), n.typ()) < 0 {
			return nil, c.fail(args[i], "%s wants %v here, got %v", e.name, f.In(i), n.typ())
		}
		vectors = vectors || n.typ().IsVector()
	}
	if vectors {
		return c.vectorCall(e, v, nodes)
	}
	n, err := c.scalar(e, plainFunc(v), nodes, false)
	if err != nil {
		return nil, err
	}
	k := n.(*callNode)
	k.run = guarded(e, k.run)
	return k, nil
}

// plainFunc is a function without the name of its type, so that a switch knows
// its signature.
func plainFunc(v reflect.Value) any {
	t := v.Type()
	if t.Name() == "" {
		return v.Interface()
	}
	in, out := make([]reflect.Type, t.NumIn()), make([]reflect.Type, t.NumOut())
	for i := range in {
		in[i] = t.In(i)
	}
	for i := range out {
		out[i] = t.Out(i)
	}
	return v.Convert(reflect.FuncOf(in, out, false)).Interface()
}

// A vectorCall calls a function that takes vectors, such as func([]float64)
// float64, in every row whose arguments are not null.
type vectorCall struct {
	callNode
	whole []reflect.Value // elements of each argument that is a vector
	lo    int
}

func (c *compiler) vectorCall(e call, fn reflect.Value, args []node) (node, error) {
	f := fn.Type()
	t := typeOfGo(f.Out(0))
	if t == 0 {
		return nil, c.fail(e, "a function in a formula must give a single value, this one gives %v", f.Out(0))
	}
	v := &vectorCall{callNode: callNode{t: t, args: args}, whole: make([]reflect.Value, len(args))}
	in := make([]reflect.Value, len(args))
	var err error
	for i, a := range args {
		switch a := a.(type) {
		case *colNode:
			if s, ok := a.col.data.(list); ok {
				v.whole[i], err = c.elements(e, s.elem)
			}
		case wholeNode:
			v.whole[i], err = c.elements(e, a.col)
		}
		if err != nil {
			return nil, err
		}
	}
	v.run = guarded(e, func(a []vec, out *vec, null []bool, n int) {
		for r := range n {
			if null != nil && null[r] {
				continue
			}
			for i, arg := range args {
				if v.whole[i].IsValid() {
					in[i] = ownVector(v.whole[i], arg, v.lo+r).Convert(f.In(i))
				} else {
					in[i] = box(a[i], r, arg.typ(), f.In(i))
				}
			}
			res := fn.Call(in)
			if len(res) == 2 && !res[1].IsNil() {
				err := res[1].Interface().(error)
				panic(evalError{pos: e.offset(), msg: err.Error(), cause: err})
			}
			unbox(res[0], out, r)
		}
	})
	return v, nil
}

func (v *vectorCall) eval(lo, n int) vec {
	v.lo = lo
	return v.callNode.eval(lo, n)
}

// elements is a column's values for a function; null is NaN in floats, and
// elsewhere cannot be told.
func (c *compiler) elements(e call, col *Col) (reflect.Value, error) {
	if col.valid == nil {
		return reflect.ValueOf(col.Values()), nil
	}
	if col.typ != Float64 {
		return reflect.Value{}, c.fail(e, "%s takes vectors of %v, which cannot hold the nulls in them", e.name, col.typ)
	}
	named := col.renamed("V")
	t := build([]*Col{&named}, col.Len())
	return reflect.ValueOf(t.Float64s("V")), nil
}

// ownVector is a copy, since functions may write to what they get.
func ownVector(elems reflect.Value, arg node, row int) reflect.Value {
	if c, ok := arg.(*colNode); ok {
		off := c.col.data.(list).off
		elems = elems.Slice(int(off[row]), int(off[row+1]))
	}
	return reflect.AppendSlice(reflect.MakeSlice(elems.Type(), 0, elems.Len()), elems)
}

// guarded turns a panic of a user's function into an error of the formula.
func guarded(e call, run caller) caller {
	return func(a []vec, out *vec, null []bool, n int) {
		defer recoverUser(e)
		run(a, out, null, n)
	}
}

func recoverUser(e call) {
	switch p := recover().(type) {
	case nil:
	case evalError:
		panic(p)
	default:
		cause, _ := p.(error)
		panic(evalError{pos: e.offset(), msg: fmt.Sprintf("function %s panicked: %v", e.name, p), cause: cause})
	}
}

// wholeCalls remembers what functions over whole columns gave, so that each is
// called once however many goroutines evaluate the formula.
type wholeCalls struct{ done map[int]*Col }

// wholeCall calls a function of slices, such as func([]float64) []float64,
// once with the whole columns. Null is NaN in floats; other types must have
// no nulls.
func (c *compiler) wholeCall(e call, fn reflect.Value, args []node) (n node, err error) {
	if col := c.whole.done[e.offset()]; col != nil {
		return &colNode{col: col}, nil
	}
	f := fn.Type()
	in := make([]reflect.Value, len(args))
	for i, a := range args {
		p := f.In(i)
		if p.Kind() != reflect.Slice {
			if takes(p, a.typ()) >= 0 {
				if k, ok := a.(*constNode); ok && !k.isNull() {
					in[i] = box(k.value, 0, k.t, p)
					continue
				}
			}
			return nil, c.fail(e, "%s takes whole columns and constants; its parameter %d is %v", e.name, i+1, p)
		}
		if in[i], err = c.wholeArg(e, a, p); err != nil {
			return nil, err
		}
	}
	res, err := c.callWhole(e, fn, in)
	if err != nil {
		return nil, err
	}
	if res.Len() != c.n {
		return nil, c.fail(e, "%s gave %d values for %d rows", e.name, res.Len(), c.n)
	}
	col := Column(e.name, res.Interface())
	if col.err != nil {
		return nil, c.fail(e, "%s gave a %v, which cannot be a column", e.name, res.Type())
	}
	c.whole.done[e.offset()] = &col
	return &colNode{col: &col}, nil
}

func (c *compiler) callWhole(e call, fn reflect.Value, in []reflect.Value) (res reflect.Value, err error) {
	defer func() {
		if p := recover(); p != nil {
			cause, _ := p.(error)
			err = &FormulaError{Formula: c.src, Offset: e.offset(), Message: fmt.Sprintf("function %s panicked: %v", e.name, p), cause: cause}
		}
	}()
	out := fn.Call(in)
	if len(out) == 2 && !out[1].IsNil() {
		cause := out[1].Interface().(error)
		return res, &FormulaError{Formula: c.src, Offset: e.offset(), Message: cause.Error(), cause: cause}
	}
	return out[0], nil
}

// wholeArg evaluates an argument over all rows into a slice of its own.
func (c *compiler) wholeArg(e call, a node, p reflect.Type) (reflect.Value, error) {
	t := a.typ()
	if w, ok := a.(wholeNode); ok { // f(Col_) is f(Col)
		a, t = &colNode{col: w.col}, w.col.typ
	}
	if t == 0 || takes(p.Elem(), t) < 0 {
		return reflect.Value{}, c.fail(e, "%s wants %v, got a column of %v", e.name, p, t)
	}
	if k := p.Elem().Kind(); k == reflect.Float64 || k == reflect.Float32 {
		a = toFloat(a)
	}
	out := reflect.MakeSlice(p, c.n, c.n)
	floats, _ := out.Interface().([]float64)
	for lo := 0; lo < c.n; lo += chunkRows {
		n := min(chunkRows, c.n-lo)
		v := a.eval(lo, n)
		if floats != nil && v.null == nil {
			copy(floats[lo:], v.f[:n])
			continue
		}
		for r := range n {
			if v.null == nil || !v.null[r] {
				out.Index(lo + r).Set(box(v, r, a.typ(), p.Elem()))
				continue
			}
			if !a.typ().IsFloat() {
				return out, c.fail(e, "%s takes whole columns of %v, which cannot hold the null in row %d", e.name, t, lo+r)
			}
			out.Index(lo + r).SetFloat(nan)
		}
	}
	return out, nil
}
