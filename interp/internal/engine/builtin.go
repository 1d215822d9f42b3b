package engine

import (
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
	"math"
	"reflect"
	"unsafe"

	"github.com/sheaf-go/sheaf/interp/internal/rtype"
)

// builtin compiles a call of a predeclared function.
func (c *comp) builtin(e *ast.CallExpr, name string) expr {
	var args []expr
	switch name {
	case "make", "new":
		for _, a := range e.Args[1:] {
			args = append(args, c.expr(a))
		}
		return c.allocating(name, c.typ(e.Args[0]), c.typ(e), args, e)
	case "append":
		if tuple, ok := c.info.TypeOf(e.Args[0]).(*types.Tuple); ok && tuple.Len() > 1 {
			x := c.expr(e.Args[0])
			return c.following(x.fn.(exec), c.appendAll(c.typ(e), x.parts[0], x.parts[1:]))
		}
		return c.appendCall(e)
	case "unsafe.Offsetof", "unsafe.Sizeof", "unsafe.Alignof":
		return c.sizeOf(e, name)
	}
	if len(e.Args) == 1 {
		if tuple, ok := c.info.TypeOf(e.Args[0]).(*types.Tuple); ok && tuple.Len() > 1 {
			x := c.expr(e.Args[0])
			return c.following(x.fn.(exec), c.builtinOf(name, x.parts, c.resultType(e), callPos(e)))
		}
	}
	for _, a := range e.Args {
		args = append(args, c.expr(a))
	}
	return c.builtinOf(name, args, c.resultType(e), callPos(e))
}

// resultType is a builtin call's type; of a statement there is none.
func (c *comp) resultType(e *ast.CallExpr) types.Type {
	if t := c.info.TypeOf(e); t != nil {
		return c.m.subst(t, c.env)
	}
	return types.NewTuple()
}

// following is the expression x, computed after first has run: complex(f())
// or the like.
func (c *comp) following(first exec, x expr) expr {
	if run, ok := x.fn.(exec); ok && x.rep == nil {
		x.fn = exec(func(f *F) ctl { first(f); return run(f) })
		return x
	}
	tmp := c.temp(x.t)
	set := x.rep.setLocal(tmp.loc, x.fn)
	return expr{t: x.t, rep: x.rep, fn: x.rep.after(func(f *F) { first(f); set(f) }, tmp.loc)}
}

func statement(run func(f *F)) expr {
	return expr{t: types.NewTuple(), fn: exec(func(f *F) ctl { run(f); return cNext })}
}

// builtinOf compiles a builtin on compiled operands.
func (c *comp) builtinOf(name string, args []expr, t types.Type, pos token.Pos) expr {
	out := expr{t: t}
	switch name {
	case "len", "cap":
		return c.length(name, args[0], t)
	case "panic":
		v := c.convTo(args[0], anyType, pos).fn.(func(*F) iface)
		return statement(func(f *F) {
			x := v(f)
			f.pos = pos
			f.th.trace, f.th.pval = nil, nil // a panic of its own, also of a value that was recovered
			panic(x.any())
		})
	case "recover":
		out.rep, out.fn = repOf[iface]{}, func(f *F) iface { return f.recovered() }
		return out
	case "print", "println":
		return c.print(name, args)
	case "delete":
		return c.deleteCall(args, pos)
	case "copy":
		return c.copyCall(args, t)
	case "clear":
		return c.clearCall(args[0])
	case "close":
		ch := args[0].fn.(ptrFn)
		w := c.m.word(args[0].t)
		return statement(func(f *F) {
			p := ch(f)
			f.pos = pos
			reflect.ValueOf(iface{w, p}.any()).Close()
		})
	case "min", "max":
		return c.minMax(name, args, t, pos)
	case "complex":
		return c.complexCall(args, t, pos)
	case "real", "imag":
		return realImag(name, args[0], t)
	}
	return c.unsafeCall(name, args, t, pos)
}

var anyType = types.Universe.Lookup("any").Type()

func (c *comp) length(name string, x expr, t types.Type) expr {
	out := expr{t: t, rep: repOf[int]{}}
	switch u := x.t.Underlying().(type) {
	case *types.Basic:
		g := x.fn.(func(*F) string)
		out.fn = func(f *F) int { return len(g(f)) }
	case *types.Slice:
		g := x.fn.(func(*F) slice)
		switch {
		case name == "cap":
			out.fn = func(f *F) int { return g(f).cap }
		case x.local:
			off := x.loc + unsafe.Offsetof(slice{}.len)
			out.fn = func(f *F) int { return *(*int)(f.at(off)) }
			out.local, out.loc = true, off
		default:
			out.fn = func(f *F) int { return g(f).len }
		}
	case *types.Map:
		g := x.fn.(ptrFn)
		out.fn = func(f *F) int { return rtype.MapLen(g(f)) }
	case *types.Chan:
		g := x.fn.(ptrFn)
		if name == "cap" {
			out.fn = func(f *F) int { p := g(f); return cap(*(*chan struct{})(unsafe.Pointer(&p))) }
		} else {
			out.fn = func(f *F) int { p := g(f); return len(*(*chan struct{})(unsafe.Pointer(&p))) }
		}
	case *types.Array:
		n, do := int(u.Len()), x.rep.do(x.fn)
		out.fn = func(f *F) int { do(f); return n }
	case *types.Pointer:
		n, do := int(u.Elem().Underlying().(*types.Array).Len()), x.rep.do(x.fn)
		out.fn = func(f *F) int { do(f); return n }
	}
	return out
}

// allocating is make and new.
func (c *comp) allocating(name string, t, result types.Type, args []expr, e *ast.CallExpr) expr {
	out := expr{t: result, rep: c.m.rep(result)}
	w := c.m.word(t)
	if name == "new" {
		if tv := c.info.Types[e.Args[0]]; !tv.IsType() { // new(expr)
			elem := result.Underlying().(*types.Pointer).Elem()
			x := c.convTo(c.expr(e.Args[0]), elem, e.Pos())
			into, w := x.rep.into(x.fn), c.m.word(elem)
			out.fn = func(f *F) unsafe.Pointer { p := rtype.Alloc(w); into(f, p); return p }
			return out
		}
		out.fn = func(f *F) unsafe.Pointer { return rtype.Alloc(w) }
		return out
	}
	ints := make([]func(*F) int, len(args))
	for i, a := range args {
		ints[i] = c.sizeArg(a)
	}
	rt, pos := rtype.FromWord(w), e.Lparen
	switch u := t.Underlying().(type) {
	case *types.Slice:
		elem := c.m.word(u.Elem())
		n := ints[0]
		size := rtype.Size(elem)
		m := c.m
		out.fn = func(f *F) slice {
			l := n(f)
			k := l
			if len(ints) > 1 {
				k = ints[1](f)
			}
			f.pos = pos
			m.checkMake(l, k, size)
			return slice{rtype.AllocArray(elem, k), l, k}
		}
	case *types.Map:
		acc := rtype.NewMap(w)
		n := func(*F) int { return 0 }
		if len(ints) > 0 {
			n = ints[0]
		}
		out.fn = func(f *F) unsafe.Pointer { return acc.Make(max(n(f), 0)) }
	case *types.Chan:
		n := func(*F) int { return 0 }
		if len(ints) > 0 {
			n = ints[0]
		}
		both := rtype.ChanOf(reflect.BothDir, rt.Elem())
		out.fn = func(f *F) unsafe.Pointer {
			k := n(f)
			f.pos = pos
			if k < 0 || uintptr(k) > 1<<40 {
				panic(errMakeChan)
			}
			return reflect.MakeChan(both, k).UnsafePointer()
		}
	}
	return out
}

var errMakeChan = caught(func() { n := -1; _ = make(chan int, n) })

// sizeArg is a size given to make: any integer, or a constant; what no int
// holds becomes negative.
func (c *comp) sizeArg(x expr) func(*F) int {
	if x.cv != nil {
		return c.constant(constant.ToInt(x.cv), intType, token.NoPos).fn.(func(*F) int)
	}
	if k := basic(x.t); k == types.Uint64 || k == types.Uint || k == types.Uintptr {
		u := convert(k, types.Uint64, x.fn).(func(*F) uint64)
		return func(f *F) int {
			if n := u(f); n <= math.MaxInt {
				return int(n)
			}
			return -1
		}
	}
	return index(basic(x.t), x.fn)
}

// checkMake panics as make does for sizes that cannot be.
func (m *Machine) checkMake(l, k int, size uintptr) {
	if l < 0 || size > 0 && uintptr(l) > maxAlloc/size {
		panic(errMakeLen)
	}
	if k < l || size > 0 && uintptr(k) > maxAlloc/size {
		panic(errMakeCap)
	}
	if total := uintptr(k) * size; total > bigAlloc {
		m.askMemory(total)
	}
}

// bigAlloc is what is asked for before it is allocated.
const bigAlloc = 64 << 20

func (m *Machine) askMemory(n uintptr) {
	if m.cfg.Memory != nil {
		m.cfg.Memory(n)
	}
}

const maxAlloc = 1 << 47

var (
	errMakeLen = caught(func() { n := -1; _ = make([]int, n) })
	errMakeCap = caught(func() { n := -1; _ = make([]int, 0, n) })
)

func (c *comp) clearCall(x expr) expr {
	if u, ok := x.t.Underlying().(*types.Slice); ok {
		g, w := x.fn.(func(*F) slice), c.m.word(u.Elem())
		size := rtype.Size(w)
		return statement(func(f *F) {
			s := g(f)
			for i := range s.len {
				rtype.Clear(w, unsafe.Add(s.p, uintptr(i)*size))
			}
		})
	}
	g, w := x.fn.(ptrFn), c.m.word(x.t)
	return statement(func(f *F) { reflect.ValueOf(iface{w, g(f)}.any()).Clear() })
}

func (c *comp) deleteCall(args []expr, pos token.Pos) expr {
	m := args[0].fn.(ptrFn)
	mt := args[0].t
	w := c.m.word(mt)
	key := c.addressOf(c.convTo(args[1], mt.Underlying().(*types.Map).Key(), pos))
	return statement(func(f *F) {
		h := m(f)
		k := key(f)
		f.pos = pos
		rtype.MapDelete(w, h, k)
	})
}

func (c *comp) minMax(name string, args []expr, t types.Type, pos token.Pos) expr {
	k := basic(t)
	acc := c.convTo(args[0], t, pos)
	for _, a := range args[1:] {
		a = c.convTo(a, t, pos)
		x := acc
		acc = expr{t: t, rep: x.rep, fn: minMaxOf(name, k, x.fn, a.fn)}
	}
	return acc
}

func minMaxOf(name string, k types.BasicKind, a, b any) any {
	switch k {
	case types.Int, types.UntypedInt:
		return minMaxFn[int](name, a, b)
	case types.Int8:
		return minMaxFn[int8](name, a, b)
	case types.Int16:
		return minMaxFn[int16](name, a, b)
	case types.Int32, types.UntypedRune:
		return minMaxFn[int32](name, a, b)
	case types.Int64:
		return minMaxFn[int64](name, a, b)
	case types.Uint:
		return minMaxFn[uint](name, a, b)
	case types.Uint8:
		return minMaxFn[uint8](name, a, b)
	case types.Uint16:
		return minMaxFn[uint16](name, a, b)
	case types.Uint32:
		return minMaxFn[uint32](name, a, b)
	case types.Uint64:
		return minMaxFn[uint64](name, a, b)
	case types.Uintptr:
		return minMaxFn[uintptr](name, a, b)
	case types.Float32:
		return minMaxFn[float32](name, a, b)
	case types.Float64, types.UntypedFloat:
		return minMaxFn[float64](name, a, b)
	}
	return minMaxFn[string](name, a, b)
}

func minMaxFn[T ordered](name string, a, b any) any {
	x, y := a.(func(*F) T), b.(func(*F) T)
	if name == "min" {
		return func(f *F) T { l := x(f); return min(l, y(f)) }
	}
	return func(f *F) T { l := x(f); return max(l, y(f)) }
}

func (c *comp) complexCall(args []expr, t types.Type, pos token.Pos) expr {
	out := expr{t: t, rep: c.m.rep(t)}
	if basic(t) == types.Complex64 {
		ft := types.Typ[types.Float32]
		re, im := c.convTo(args[0], ft, pos).fn.(func(*F) float32), c.convTo(args[1], ft, pos).fn.(func(*F) float32)
		out.fn = func(f *F) complex64 { l := re(f); return complex(l, im(f)) }
		return out
	}
	ft := types.Typ[types.Float64]
	re, im := c.convTo(args[0], ft, pos).fn.(func(*F) float64), c.convTo(args[1], ft, pos).fn.(func(*F) float64)
	out.fn = func(f *F) complex128 { l := re(f); return complex(l, im(f)) }
	return out
}

func realImag(name string, x expr, t types.Type) expr {
	switch g := x.fn.(type) {
	case func(*F) complex64:
		fn := func(f *F) float32 { return real(g(f)) }
		if name == "imag" {
			fn = func(f *F) float32 { return imag(g(f)) }
		}
		return expr{t: t, rep: repOf[float32]{}, fn: fn}
	case func(*F) complex128:
		fn := func(f *F) float64 { return real(g(f)) }
		if name == "imag" {
			fn = func(f *F) float64 { return imag(g(f)) }
		}
		return expr{t: t, rep: repOf[float64]{}, fn: fn}
	}
	panic("engine: " + name)
}

func (c *comp) print(name string, args []expr) expr {
	gets := make([]func(f *F) any, len(args))
	for i, a := range args {
		if a.isNil {
			gets[i] = func(*F) any { return nil }
			continue
		}
		if a.cv != nil && untyped(a.t) {
			a = c.constant(a.cv, types.Default(a.t), token.NoPos)
		}
		if types.IsInterface(a.t) {
			g := a.fn.(func(*F) iface)
			gets[i] = func(f *F) any { v := g(f); return printedIface(v) }
			continue
		}
		w := c.m.word(a.t)
		ptr := c.addressOf(a)
		rt := rtype.FromWord(w)
		gets[i] = func(f *F) any { return reflect.NewAt(rt, ptr(f)).Elem() }
	}
	m := c.m
	return statement(func(f *F) {
		vals := make([]any, len(gets))
		for i, g := range gets {
			vals[i] = g(f)
		}
		if m.cfg.Print != nil {
			m.cfg.Print(name == "println", vals)
		}
	})
}

// printedIface is how print sees an interface: two words.
func printedIface(v iface) any { return [2]uintptr{uintptr(v.t), uintptr(v.d)} }

// sizeOf is unsafe.Sizeof and the like where they are no constants, as in
// generic functions.
func (c *comp) sizeOf(e *ast.CallExpr, name string) expr {
	n := uintptr(0)
	switch name {
	case "unsafe.Sizeof":
		n = c.m.rtype(c.typ(e.Args[0])).Size()
	case "unsafe.Alignof":
		n = uintptr(c.m.rtype(c.typ(e.Args[0])).Align())
	default:
		sel := ast.Unparen(e.Args[0]).(*ast.SelectorExpr)
		t := c.typ(sel.X)
		if p, ok := t.Underlying().(*types.Pointer); ok {
			t = p.Elem()
		}
		for _, i := range c.info.Selections[sel].Index() {
			n += c.fieldOffset(t, i)
			t = c.m.subst(t.Underlying().(*types.Struct).Field(i).Type(), c.env)
		}
	}
	return expr{t: types.Typ[types.Uintptr], rep: repOf[uintptr]{}, fn: func(*F) uintptr { return n }}
}

func (c *comp) unsafeCall(name string, args []expr, t types.Type, pos token.Pos) expr {
	out := expr{t: t, rep: c.m.rep(t)}
	switch name {
	case "unsafe.Add":
		p, n := c.convTo(args[0], pointerType, pos).fn.(ptrFn), c.sizeArg(args[1])
		out.fn = func(f *F) unsafe.Pointer { b := p(f); return unsafe.Add(b, n(f)) }
	case "unsafe.Slice":
		p, n := args[0].fn.(ptrFn), c.sizeArg(args[1])
		size := rtype.Size(c.m.word(t.Underlying().(*types.Slice).Elem()))
		out.fn = func(f *F) slice {
			b := p(f)
			l := n(f)
			f.pos = pos
			if l < 0 || size > 0 && b != nil && uintptr(l) > -uintptr(b)/size {
				panic(runtimeError("unsafe.Slice: len out of range"))
			}
			if b == nil {
				if l > 0 {
					panic(runtimeError("unsafe.Slice: ptr is nil and len is not zero"))
				}
				return slice{}
			}
			return slice{b, l, l}
		}
	case "unsafe.SliceData":
		g := args[0].fn.(func(*F) slice)
		out.fn = func(f *F) unsafe.Pointer { return g(f).p }
	case "unsafe.String":
		p, n := args[0].fn.(ptrFn), c.sizeArg(args[1])
		out.fn = func(f *F) string {
			b := p(f)
			l := n(f)
			f.pos = pos
			switch {
			case b == nil && l > 0:
				panic(runtimeError("unsafe.String: ptr is nil and len is not zero"))
			case l < 0, b != nil && uintptr(l) > -uintptr(b):
				panic(runtimeError("unsafe.String: len out of range"))
			}
			return unsafe.String((*byte)(b), l)
		}
	case "unsafe.StringData":
		g := args[0].fn.(func(*F) string)
		out.fn = func(f *F) unsafe.Pointer { return unsafe.Pointer(unsafe.StringData(g(f))) }
	default:
		c.fail(pos, "the builtin %s cannot be interpreted", name)
	}
	return out
}
