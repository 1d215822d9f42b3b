package engine

import (
	"fmt"
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
	"reflect"
	"unsafe"

	"github.com/sheaf-go/sheaf/interp/internal/rtype"
)

// expr compiles an expression.
func (c *comp) expr(e ast.Expr) expr {
	tv, ok := c.info.Types[e]
	if ok && tv.Value != nil {
		return c.constant(tv.Value, c.m.subst(tv.Type, c.env), e.Pos())
	}
	if ok && tv.IsNil() {
		return expr{t: tv.Type, rep: repOf[unsafe.Pointer]{}, fn: func(*F) unsafe.Pointer { return nil }, isNil: true}
	}
	switch e := e.(type) {
	case *ast.ParenExpr:
		return c.expr(e.X)
	case *ast.Ident:
		return c.ident(e)
	case *ast.FuncLit:
		return c.funcLit(e)
	case *ast.CompositeLit:
		return c.composite(e, c.typ(e))
	case *ast.SelectorExpr:
		return c.selector(e)
	case *ast.IndexExpr:
		return c.indexExpr(e)
	case *ast.IndexListExpr:
		return c.expr(e.X)
	case *ast.SliceExpr:
		return c.sliceExpr(e)
	case *ast.TypeAssertExpr:
		return c.assertion(c.expr(e.X), c.typ(e.Type), e.Type.Pos())
	case *ast.CallExpr:
		return c.call(e)
	case *ast.StarExpr:
		return c.deref(c.expr(e.X), e.Pos())
	case *ast.UnaryExpr:
		return c.unary(e)
	case *ast.BinaryExpr:
		return c.binary(e)
	}
	c.fail(e.Pos(), "an expression of the form %T cannot be interpreted", e)
	return expr{}
}

// constant makes a constant of type t.
func (c *comp) constant(v constant.Value, t types.Type, pos token.Pos) expr {
	if b, ok := t.Underlying().(*types.Basic); ok && b.Info()&types.IsUntyped != 0 && b.Kind() != types.UntypedNil {
		t = types.Default(t)
		if b.Kind() == types.UntypedFloat && v.Kind() == constant.Int {
			v = constant.ToFloat(v)
		}
	}
	if types.IsInterface(t) {
		d := defaultOf(v)
		return c.convTo(c.constant(v, d, pos), t, pos)
	}
	p := rtype.Alloc(c.m.word(t))
	rv := reflect.NewAt(c.m.rtype(t), p).Elem()
	setConstant(rv, v)
	r := c.m.rep(t)
	return expr{t: t, rep: r, fn: r.constant(p), cv: v}
}

func defaultOf(v constant.Value) types.Type {
	switch v.Kind() {
	case constant.Bool:
		return types.Typ[types.Bool]
	case constant.String:
		return types.Typ[types.String]
	case constant.Int:
		return types.Typ[types.Int]
	case constant.Float:
		return types.Typ[types.Float64]
	}
	return types.Typ[types.Complex128]
}

func setConstant(rv reflect.Value, v constant.Value) {
	switch {
	case rv.Kind() == reflect.Bool:
		rv.SetBool(constant.BoolVal(v))
	case rv.Kind() == reflect.String:
		rv.SetString(constant.StringVal(v))
	case rv.CanInt():
		n, ok := constant.Int64Val(constant.ToInt(v))
		if !ok {
			u, _ := constant.Uint64Val(constant.ToInt(v))
			n = int64(u)
		}
		rv.SetInt(n)
	case rv.CanUint():
		n, ok := constant.Uint64Val(constant.ToInt(v))
		if !ok {
			i, _ := constant.Int64Val(constant.ToInt(v))
			n = uint64(i)
		}
		rv.SetUint(n)
	case rv.Kind() == reflect.Float32:
		n, _ := constant.Float32Val(v)
		rv.SetFloat(float64(n))
	case rv.Kind() == reflect.Float64:
		n, _ := constant.Float64Val(v)
		rv.SetFloat(n)
	case rv.Kind() == reflect.Complex64:
		re, _ := constant.Float32Val(constant.Real(v))
		im, _ := constant.Float32Val(constant.Imag(v))
		rv.SetComplex(complex(float64(re), float64(im)))
	case rv.Kind() == reflect.Complex128:
		re, _ := constant.Float64Val(constant.Real(v))
		im, _ := constant.Float64Val(constant.Imag(v))
		rv.SetComplex(complex(re, im))
	case rv.Kind() == reflect.UnsafePointer:
		n, _ := constant.Uint64Val(v)
		*(*uintptr)(rv.Addr().UnsafePointer()) = uintptr(n)
	}
}

func (c *comp) ident(e *ast.Ident) expr {
	switch obj := c.info.ObjectOf(e).(type) {
	case *types.Var:
		return c.variable(obj).read()
	case *types.Func:
		return c.funcValue(obj, c.typeArgs(e), e.Pos())
	case *types.Nil:
		return expr{t: types.Typ[types.UntypedNil], rep: repOf[unsafe.Pointer]{}, fn: func(*F) unsafe.Pointer { return nil }, isNil: true}
	}
	c.fail(e.Pos(), "%s is no value", e.Name)
	return expr{}
}

// typeArgs are the concrete type arguments of a generic function's use.
func (c *comp) typeArgs(id *ast.Ident) []types.Type {
	inst, ok := c.info.Instances[id]
	if !ok {
		return nil
	}
	args := make([]types.Type, inst.TypeArgs.Len())
	for i := range args {
		args[i] = c.m.subst(inst.TypeArgs.At(i), c.env)
	}
	return args
}

// basic is the kind of a basic type's values.
func basic(t types.Type) types.BasicKind {
	if b, ok := t.Underlying().(*types.Basic); ok {
		return b.Kind()
	}
	return types.Invalid
}

func (c *comp) unary(e *ast.UnaryExpr) expr {
	t := c.typ(e)
	switch e.Op {
	case token.AND:
		if lit, ok := ast.Unparen(e.X).(*ast.CompositeLit); ok {
			return c.newComposite(lit, t)
		}
		return expr{t: t, rep: repOf[unsafe.Pointer]{}, fn: c.address(e.X)}
	case token.ARROW:
		return c.receive(e, false)
	}
	x := c.expr(e.X)
	x = c.convTo(x, t, e.Pos())
	return expr{t: t, rep: x.rep, fn: unary(e.Op, basic(t), x.fn)}
}

func (c *comp) binary(e *ast.BinaryExpr) expr {
	t := c.typ(e)
	switch e.Op {
	case token.LAND, token.LOR:
		x, y := c.expr(e.X).fn.(func(*F) bool), c.expr(e.Y).fn.(func(*F) bool)
		if e.Op == token.LAND {
			return expr{t: t, rep: repOf[bool]{}, fn: func(f *F) bool { return x(f) && y(f) }}
		}
		return expr{t: t, rep: repOf[bool]{}, fn: func(f *F) bool { return x(f) || y(f) }}
	case token.SHL, token.SHR:
		x, n := c.convTo(c.expr(e.X), t, e.Pos()), c.expr(e.Y)
		n = c.countOperand(n, e)
		return expr{t: t, rep: x.rep, fn: shift(e.Op, basic(t), x, n, e.OpPos)}
	case token.EQL, token.NEQ:
		return c.compare(e.Op, c.expr(e.X), c.expr(e.Y), t, e.OpPos)
	}
	x, y := c.expr(e.X), c.expr(e.Y)
	switch e.Op {
	case token.LSS, token.LEQ, token.GTR, token.GEQ:
		ot := operandType(x, y)
		x, y = c.convTo(x, ot, e.Pos()), c.convTo(y, ot, e.Pos())
		return comparing(e.Op, t, ot, x, y, e.OpPos)
	}
	if e.Op == token.ADD && basic(t) == types.String {
		return c.concat(e, t)
	}
	x, y = c.convTo(x, t, e.Pos()), c.convTo(y, t, e.Pos())
	return operation(e.Op, t, x, y, e.OpPos)
}

// countOperand gives an untyped constant shift count a type.
func (c *comp) countOperand(n expr, e *ast.BinaryExpr) expr {
	if n.cv != nil {
		return c.constant(constant.ToInt(n.cv), types.Typ[types.Uint64], e.Y.Pos())
	}
	return n
}

// concat joins a chain of strings at once.
func (c *comp) concat(e *ast.BinaryExpr, t types.Type) expr {
	var parts []func(*F) string
	var walk func(x ast.Expr)
	walk = func(x ast.Expr) {
		if b, ok := ast.Unparen(x).(*ast.BinaryExpr); ok && b.Op == token.ADD && c.info.Types[b].Value == nil {
			walk(b.X)
			walk(b.Y)
			return
		}
		parts = append(parts, c.convTo(c.expr(x), t, x.Pos()).fn.(func(*F) string))
	}
	walk(e)
	out := expr{t: t, rep: repOf[string]{}}
	switch len(parts) {
	case 2:
		a, b := parts[0], parts[1]
		out.fn = join(a, b)
	case 3:
		a, b, d := parts[0], parts[1], parts[2]
		out.fn = func(f *F) string {
			x, y, z := a(f), b(f), d(f)
			f.room(len(x) + len(y) + len(z))
			return x + y + z
		}
	default:
		out.fn = func(f *F) string {
			list := make([]string, len(parts))
			n := 0
			for i, p := range parts {
				list[i] = p(f)
				n += len(list[i])
			}
			f.room(n)
			buf := make([]byte, 0, n)
			for _, s := range list {
				buf = append(buf, s...)
			}
			return unsafe.String(unsafe.SliceData(buf), len(buf))
		}
	}
	return out
}

func join(a, b func(*F) string) func(*F) string {
	return func(f *F) string {
		l := a(f)
		r := b(f)
		f.room(len(l) + len(r))
		return l + r
	}
}

// room asks whether so many bytes may be allocated at once.
func (f *F) room(n int) {
	if n > bigAlloc {
		f.th.m.askMemory(uintptr(n))
	}
}

// operandType is the type that both operands of a comparison are brought to.
func operandType(x, y expr) types.Type {
	switch {
	case x.isNil:
		return y.t
	case y.isNil:
		return x.t
	case types.IsInterface(x.t) && !types.IsInterface(y.t):
		return x.t
	case types.IsInterface(y.t) && !types.IsInterface(x.t):
		return y.t
	case untyped(x.t) && !untyped(y.t):
		return y.t
	case x.cv != nil && y.cv == nil:
		return y.t
	}
	return x.t
}

func untyped(t types.Type) bool {
	b, ok := t.(*types.Basic)
	return ok && b.Info()&types.IsUntyped != 0
}

// compare makes == and !=.
func (c *comp) compare(op token.Token, x, y expr, t types.Type, pos token.Pos) expr {
	out := expr{t: t, rep: repOf[bool]{}}
	if x.isNil && !y.isNil {
		x, y = y, x
	}
	if y.isNil {
		out.fn = isNilFn(x, op == token.EQL)
		return out
	}
	ot := operandType(x, y)
	if types.IsInterface(x.t) && types.IsInterface(y.t) && !types.Identical(x.t, y.t) && c.m.word(x.t) != c.m.word(y.t) {
		ot = types.NewInterfaceType(nil, nil)
	}
	x, y = c.convTo(x, ot, pos), c.convTo(y, ot, pos)
	if basic(ot) != types.Invalid {
		return comparing(op, t, ot, x, y, pos)
	}
	var eq func(f *F) bool
	switch ot.Underlying().(type) {
	case *types.Interface:
		a, b, m := x.fn.(func(*F) iface), y.fn.(func(*F) iface), c.m
		if c.emptyInterface(ot) {
			eq = func(f *F) bool { l := a(f); r := b(f); f.pos = pos; return m.equalAnys(l, r) }
		} else {
			eq = func(f *F) bool { l := a(f); r := b(f); f.pos = pos; return m.equalIfaces(l, r) }
		}
	case *types.Struct, *types.Array:
		w := c.m.word(ot)
		x = c.stable(x, y)
		a, b := x.fn.(ptrFn), y.fn.(ptrFn)
		eq = func(f *F) bool { l := a(f); r := b(f); f.pos = pos; return rtype.Equal(w, l, r) }
	default:
		out.fn = equality[unsafe.Pointer](op, x, y)
		return out
	}
	out.fn = eq
	if op == token.NEQ {
		out.fn = func(f *F) bool { return !eq(f) }
	}
	return out
}

// stable copies a value in memory that computing y might change.
func (c *comp) stable(x, y expr) expr {
	if y.cv != nil || y.local {
		return x
	}
	tmp := c.temp(x.t)
	set := x.rep.setLocal(tmp.loc, x.fn)
	off := tmp.loc
	tmp.fn = func(f *F) unsafe.Pointer { set(f); return f.at(off) }
	return tmp
}

// equalIfaces compares two values of the same non-empty interface type.
func (m *Machine) equalIfaces(l, r iface) bool {
	if l.t == nil || r.t == nil {
		return l.t == r.t
	}
	return m.equalAnys(iface{rtype.ItabType(l.t), l.d}, iface{rtype.ItabType(r.t), r.d})
}

// equalAnys compares two values of empty interface types. A type that has been
// given methods is what it was before.
func (m *Machine) equalAnys(l, r iface) bool {
	if l.t != r.t && m.world.Same(l.t, r.t) {
		r.t = l.t
	}
	return l.any() == r.any()
}

func isNilFn(x expr, want bool) func(f *F) bool {
	switch g := x.fn.(type) {
	case func(*F) unsafe.Pointer:
		if want {
			return func(f *F) bool { return g(f) == nil }
		}
		return func(f *F) bool { return g(f) != nil }
	case func(*F) slice:
		return func(f *F) bool { return (g(f).p == nil) == want }
	case func(*F) iface:
		return func(f *F) bool { return (g(f).t == nil) == want }
	}
	panic("engine: nil comparison")
}

// deref is *x.
func (c *comp) deref(x expr, pos token.Pos) expr {
	elem := x.t.Underlying().(*types.Pointer).Elem()
	r := c.m.rep(elem)
	return expr{t: elem, rep: r, fn: r.load(checked(x.fn.(ptrFn), pos))}
}

// checked panics as Go does where the pointer is nil.
func checked(p ptrFn, pos token.Pos) ptrFn {
	return func(f *F) unsafe.Pointer {
		a := p(f)
		if a == nil {
			f.badNil(pos)
		}
		return a
	}
}

// address computes the address of an addressable expression, or of a copy of
// one that is not.
func (c *comp) address(e ast.Expr) ptrFn {
	switch e := ast.Unparen(e).(type) {
	case *ast.Ident:
		if v, ok := c.info.ObjectOf(e).(*types.Var); ok {
			return c.variable(v).pointer()
		}
	case *ast.StarExpr:
		return checked(c.expr(e.X).fn.(ptrFn), e.Pos())
	case *ast.SelectorExpr:
		if s := c.info.Selections[e]; s != nil {
			return c.fieldAddr(e, s)
		}
		if v, ok := c.info.Uses[e.Sel].(*types.Var); ok {
			return c.variable(v).pointer()
		}
	case *ast.IndexExpr:
		return c.elemAddr(e)
	case *ast.CompositeLit:
		t := c.typ(e)
		return c.newComposite(e, types.NewPointer(t)).fn.(ptrFn)
	}
	return c.addressOf(c.expr(e))
}

// addressOf puts a value that has no address into the frame.
func (c *comp) addressOf(x expr) ptrFn {
	if isMem(x.t) {
		return x.fn.(ptrFn)
	}
	tmp := c.temp(x.t)
	set, off := x.rep.setLocal(tmp.loc, x.fn), tmp.loc
	return func(f *F) unsafe.Pointer { set(f); return f.at(off) }
}

// litName is the name of the next function literal, as compilers give it.
func (c *comp) litName() string {
	c.code.lits++
	if c.outer != nil {
		return fmt.Sprintf("%s.%d", c.code.full, c.code.lits)
	}
	return fmt.Sprintf("%s.func%d", c.code.full, c.code.lits)
}

// funcLit makes a function value.
func (c *comp) funcLit(e *ast.FuncLit) expr {
	sig := c.info.TypeOf(e).(*types.Signature)
	t := c.m.subst(sig, c.env)
	name := "a function literal"
	if c.code.name != "" {
		name += " of " + c.code.name
	}
	code := c.m.newCode(name, e.Pos(), c.m.layout(t.(*types.Signature)), nil)
	code.full = c.litName()
	in := newComp(c.m, c.unit, c.env, code)
	in.outer, in.boxed, in.flow, in.sig, in.globals = c, c.boxed, c.flow, sig, c.globals
	in.body(e.Type, nil, e.Body)
	code.ready.Store(true)
	boxes := make([]ptrFn, len(in.caps))
	for i, v := range in.caps {
		boxes[i] = c.variable(v).pointer()
		code.caps = append(code.caps, c.m.word(in.find(v).t))
	}
	return c.closure(code, t, boxes)
}
