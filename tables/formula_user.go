package tables

import (
	"fmt"
	"reflect"
	"slices"
	"time"

	"github.com/sheaf-go/sheaf/internal/interrupt"
	"github.com/sheaf-go/sheaf/internal/near"
)

// userCall compiles a call of a function of the session.
func (c *compiler) userCall(e call, args []expr, nodes []node) (node, error) {
	fn, ok := lookup(c.scope, e.name)
	if !ok {
		msg := fmt.Sprintf("no function %q", e.name)
		if best := near.Name(e.name, slices.Values(functionNames())); best != "" {
			msg += fmt.Sprintf("; did you mean %q?", best)
		} else if len(nodes) > 0 {
			msg += functionsOf(nodes[0].typ())
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
	if f.IsVariadic() {
		return nil, c.fail(e, "%s takes any number of arguments (%v); write a function of a fixed number around it", e.name, f)
	}
	if outs < 1 || outs > 2 || outs == 2 && f.Out(1) != reflect.TypeFor[error]() {
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
	n, err := c.scalar(e, plainFunc(v), nodes)
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
	v := &vectorCall{callNode: callNode{t: t, args: args, nulls: t == Timestamp}, whole: make([]reflect.Value, len(args))}
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
			if !unbox(res[0], out, r) {
				null[r] = true
			}
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
		if interrupt.Fatal(p) {
			panic(p)
		}
		cause, _ := p.(error)
		panic(evalError{pos: e.offset(), msg: fmt.Sprintf("function %s panicked: %v", e.name, p), cause: cause})
	}
}

// wholeCalls remembers what functions over whole columns gave, so that each is
// called once however many goroutines evaluate the formula.
type wholeCalls struct {
	done map[int]*Col
	now  time.Time // of now()
}

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
	col, shared := numberSlice(e.name, res.Interface())
	if shared { // the function may write to its slice later
		col.data = col.data.concat(nil)
	} else {
		col = Column(e.name, res.Interface())
	}
	if col.err != nil {
		return nil, c.fail(e, "%s gave a %v, which cannot be a column", e.name, res.Type())
	}
	c.whole.done[e.offset()] = &col
	return &colNode{col: &col}, nil
}

func (c *compiler) callWhole(e call, fn reflect.Value, in []reflect.Value) (res reflect.Value, err error) {
	defer func() {
		if p := recover(); p != nil {
			if interrupt.Fatal(p) {
				panic(p)
			}
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
	var out reflect.Value
	var floats []float64
	if p == reflect.TypeFor[[]float64]() {
		floats = uncleared[float64](c.n)
		out = reflect.ValueOf(floats)
	} else {
		out = reflect.MakeSlice(p, c.n, c.n)
	}
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
