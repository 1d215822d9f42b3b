package engine

import (
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
	"unsafe"

	"github.com/sheaf-go/sheaf/interp/internal/rtype"
)

// elemAccess and chanAccess are what reps need to know of a place.
type elemAccess struct {
	pos     token.Pos
	isLocal bool
	local   uintptr // of the slice in the frame
	index   expr
}

// fieldOffset is where field i of a struct is.
func (c *comp) fieldOffset(t types.Type, i int) uintptr {
	return c.m.rtype(t).Field(i).Offset
}

// fieldPath computes the address of a field from a struct, or a pointer to
// one, along a path of embedded fields.
func (c *comp) fieldPath(x expr, path []int, pos token.Pos) (ptrFn, types.Type) {
	t := x.t
	var addr ptrFn
	off := uintptr(0)
	if off, t, ok := c.pointerField(x, path); ok {
		return fieldAddr(x.loc, off, pos), t
	}
	if isPointer(t) {
		addr = checked(x.fn.(ptrFn), pos)
		t = t.Underlying().(*types.Pointer).Elem()
	} else {
		addr = x.fn.(ptrFn)
	}
	for k, i := range path {
		st := t.Underlying().(*types.Struct)
		off += c.fieldOffset(t, i)
		t = c.m.subst(st.Field(i).Type(), c.env)
		if k < len(path)-1 && isPointer(t) {
			inner, o := addr, off
			addr = checked(func(f *F) unsafe.Pointer { return *(*unsafe.Pointer)(unsafe.Add(inner(f), o)) }, pos)
			off = 0
			t = t.Underlying().(*types.Pointer).Elem()
		}
	}
	if off == 0 {
		return addr, t
	}
	inner := addr
	return func(f *F) unsafe.Pointer { return unsafe.Add(inner(f), off) }, t
}

// structOperand is the struct, or pointer, that a selector's field is in.
func (c *comp) structOperand(e ast.Expr) expr {
	t := c.typ(e)
	if isPointer(t) {
		return c.expr(e)
	}
	return expr{t: t, fn: c.address(e)}
}

func (c *comp) fieldAddr(e *ast.SelectorExpr, s *types.Selection) ptrFn {
	x := c.structOperand(e.X)
	addr, _ := c.fieldPath(x, s.Index(), e.Sel.Pos())
	return addr
}

// selector is x.f: a field, a method value or expression, or a package's.
func (c *comp) selector(e *ast.SelectorExpr) expr {
	s := c.info.Selections[e]
	if s == nil {
		return c.qualified(e)
	}
	switch s.Kind() {
	case types.MethodVal:
		return c.methodValue(e, s)
	case types.MethodExpr:
		return c.methodExpr(e, s)
	}
	if p, ok := c.localField(e, s); ok {
		return p
	}
	x := c.structOperand(e.X)
	if off, t, ok := c.pointerField(x, s.Index()); ok {
		r := c.m.rep(t)
		return expr{t: t, rep: r, fn: r.field(x.loc, off, e.Sel.Pos())}
	}
	addr, t := c.fieldPath(x, s.Index(), e.Sel.Pos())
	r := c.m.rep(t)
	return expr{t: t, rep: r, fn: r.load(addr)}
}

// localField is a field of a struct that is in the frame or at a fixed
// address, reached without a pointer.
func (c *comp) localField(e ast.Expr, s *types.Selection) (expr, bool) {
	p, ok := c.placeOf(e)
	if !ok || !p.local && p.fixed == nil {
		return expr{}, false
	}
	return p.read(), true
}

// placeOf finds the place of a variable, or of a field or array element with
// a constant index in one; ok is false where computing it takes more.
func (c *comp) placeOf(e ast.Expr) (place, bool) {
	switch e := ast.Unparen(e).(type) {
	case *ast.Ident:
		if v, ok := c.info.ObjectOf(e).(*types.Var); ok && e.Name != "_" {
			return c.variable(v), true
		}
	case *ast.SelectorExpr:
		s := c.info.Selections[e]
		if s == nil {
			if v, ok := c.info.Uses[e.Sel].(*types.Var); ok {
				return c.variable(v), true
			}
			return place{}, false
		}
		if s.Kind() != types.FieldVal {
			return place{}, false
		}
		p, ok := c.placeOf(e.X)
		if !ok || isPointer(p.t) || !p.local && p.fixed == nil {
			return place{}, false
		}
		t, off := p.t, uintptr(0)
		for k, i := range s.Index() {
			off += c.fieldOffset(t, i)
			t = c.m.subst(t.Underlying().(*types.Struct).Field(i).Type(), c.env)
			if k < len(s.Index())-1 && isPointer(t) {
				return place{}, false
			}
		}
		p.t, p.rep = t, c.m.rep(t)
		if p.local {
			p.off += off
		} else {
			p.fixed = unsafe.Add(p.fixed, off)
		}
		return p, true
	}
	return place{}, false
}

// qualified is pkg.Name.
func (c *comp) qualified(e *ast.SelectorExpr) expr {
	switch obj := c.info.Uses[e.Sel].(type) {
	case *types.Var:
		return c.variable(obj).read()
	case *types.Func:
		return c.funcValue(obj, c.typeArgs(e.Sel), e.Sel.Pos())
	}
	c.fail(e.Pos(), "%s is no value", e.Sel.Name)
	return expr{}
}

// intExpr compiles an index.
func (c *comp) intExpr(e ast.Expr) expr {
	x := c.expr(e)
	if x.cv != nil {
		return c.constant(constant.ToInt(x.cv), intType, e.Pos())
	}
	fn := index(basic(x.t), x.fn)
	if basic(x.t) != types.Int {
		x.local = false
	}
	x.t, x.rep, x.fn, x.bin = intType, repOf[int]{}, fn, nil
	return x
}

func (c *comp) indexExpr(e *ast.IndexExpr) expr {
	if _, isFunc := c.info.TypeOf(e.X).Underlying().(*types.Signature); isFunc {
		return c.instantiated(e.X)
	}
	t := c.typ(e.X)
	pos := e.Lbrack
	switch u := t.Underlying().(type) {
	case *types.Basic: // string
		s, i := c.expr(e.X).fn.(func(*F) string), c.intExpr(e.Index).fn.(func(*F) int)
		return expr{t: types.Typ[types.Uint8], rep: repOf[uint8]{}, fn: func(f *F) uint8 {
			v := s(f)
			k := i(f)
			if uint(k) >= uint(len(v)) {
				f.badIndex(pos, k, len(v))
			}
			return v[k]
		}}
	case *types.Map:
		return c.mapIndex(e, u, t)
	case *types.Slice:
		s, i := c.expr(e.X), c.intExpr(e.Index)
		r := c.m.rep(u.Elem())
		return expr{t: u.Elem(), rep: r, fn: r.elem(s.fn, i.fn.(func(*F) int), &elemAccess{pos: pos, isLocal: s.local, local: s.loc, index: i})}
	}
	addr := c.elemAddr(e)
	elem := c.typ(e)
	r := c.m.rep(elem)
	return expr{t: elem, rep: r, fn: r.load(addr)}
}

// instantiated is F[int] as a value.
func (c *comp) instantiated(x ast.Expr) expr {
	switch x := ast.Unparen(x).(type) {
	case *ast.Ident:
		return c.ident(x)
	case *ast.SelectorExpr:
		return c.qualified(x)
	}
	c.fail(x.Pos(), "a generic function of this form cannot be interpreted")
	return expr{}
}

// elemAddr is &x[i] for slices, arrays and pointers to arrays.
func (c *comp) elemAddr(e *ast.IndexExpr) ptrFn {
	t := c.typ(e.X)
	pos := e.Lbrack
	switch u := t.Underlying().(type) {
	case *types.Slice:
		return elemAddr(c.expr(e.X), c.intExpr(e.Index), rtype.Size(c.m.word(u.Elem())), pos)
	case *types.Pointer:
		return c.arrayElem(checked(c.expr(e.X).fn.(ptrFn), pos), u.Elem().Underlying().(*types.Array), e)
	case *types.Array:
		return c.arrayElem(c.address(e.X), u, e)
	}
	return c.addressOf(c.expr(e))
}

func (c *comp) arrayElem(a ptrFn, t *types.Array, e *ast.IndexExpr) ptrFn {
	n, size, pos := int(t.Len()), rtype.Size(c.m.word(t.Elem())), e.Lbrack
	i := c.intExpr(e.Index)
	if i.cv != nil {
		off := uintptr(i.fn.(func(*F) int)(nil)) * size
		return func(f *F) unsafe.Pointer { return unsafe.Add(a(f), off) }
	}
	g := i.fn.(func(*F) int)
	return func(f *F) unsafe.Pointer {
		p := a(f)
		k := g(f)
		if uint(k) >= uint(n) {
			f.badIndex(pos, k, n)
		}
		return unsafe.Add(p, uintptr(k)*size)
	}
}

// keyAddr puts a map key where the runtime can read it.
func (c *comp) keyAddr(e ast.Expr, t types.Type) ptrFn {
	return c.addressOf(c.convTo(c.expr(e), t, e.Pos()))
}

// mapIndex is m[k]; of a missing key the zero value.
func (c *comp) mapIndex(e *ast.IndexExpr, u *types.Map, t types.Type) expr {
	get := c.mapGet(e, u, t)
	r := c.m.rep(u.Elem())
	zero := rtype.Alloc(c.m.word(u.Elem()))
	return expr{t: u.Elem(), rep: r, fn: r.load(func(f *F) unsafe.Pointer {
		if p := get(f); p != nil {
			return p
		}
		return zero
	})}
}

// mapGet is the address of m[k], nil where there is no such key.
func (c *comp) mapGet(e *ast.IndexExpr, u *types.Map, t types.Type) ptrFn {
	m := c.expr(e.X).fn.(ptrFn)
	key := c.keyAddr(e.Index, u.Key())
	acc := rtype.NewMap(c.m.word(t))
	pos := e.Lbrack
	return func(f *F) unsafe.Pointer {
		h := m(f)
		k := key(f)
		f.pos = pos // a key may not be hashable
		return acc.Get(h, k)
	}
}

// mapSet is where m[k] is to be written.
func (c *comp) mapSet(e *ast.IndexExpr, u *types.Map, t types.Type) (prepare func(f *F), addr ptrFn) {
	m := c.expr(e.X)
	mt := c.temp(t)
	setM := m.rep.setLocal(mt.loc, m.fn)
	k := c.convTo(c.expr(e.Index), u.Key(), e.Index.Pos())
	kt := c.temp(u.Key())
	setK := k.rep.setLocal(kt.loc, k.fn)
	acc := rtype.NewMap(c.m.word(t))
	pos := e.Lbrack
	mo, ko := mt.loc, kt.loc
	prepare = func(f *F) { setM(f); setK(f) }
	addr = func(f *F) unsafe.Pointer {
		f.pos = pos
		h := *(*unsafe.Pointer)(f.at(mo))
		if h == nil {
			panic(errNilMap)
		}
		return acc.Set(h, f.at(ko))
	}
	return prepare, addr
}

func (c *comp) sliceExpr(e *ast.SliceExpr) expr {
	t := c.typ(e.X)
	bound := func(x ast.Expr) func(*F) int {
		if x == nil {
			return nil
		}
		return c.intExpr(x).fn.(func(*F) int)
	}
	lo, hi, mx := bound(e.Low), bound(e.High), bound(e.Max)
	pos := e.Lbrack
	if basic(t) != types.Invalid {
		g := c.expr(e.X).fn.(func(*F) string)
		return expr{t: c.typ(e), rep: repOf[string]{}, fn: func(f *F) string {
			s := g(f)
			i, j := 0, len(s)
			if lo != nil {
				i = lo(f)
			}
			if hi != nil {
				j = hi(f)
			}
			if uint(j) > uint(len(s)) || uint(i) > uint(j) {
				f.badString(pos, s, i, j)
			}
			return s[i:j]
		}}
	}
	var get func(f *F) slice
	var elem types.Type
	bad3, bad := (*F).badSlice3, (*F).badSlice
	if _, ok := t.Underlying().(*types.Slice); !ok {
		bad3, bad = (*F).badArray, func(f *F, pos token.Pos, lo, hi int, s slice) {
			f.badString(pos, unsafe.String((*byte)(unsafe.Pointer(f)), s.len), lo, hi) // its bytes are not looked at
		}
	}
	switch u := t.Underlying().(type) {
	case *types.Slice:
		get, elem = c.expr(e.X).fn.(func(*F) slice), u.Elem()
	case *types.Pointer:
		a := u.Elem().Underlying().(*types.Array)
		p, n := checked(c.expr(e.X).fn.(ptrFn), pos), int(a.Len())
		get, elem = func(f *F) slice { return slice{p(f), n, n} }, a.Elem()
	case *types.Array:
		p, n := c.address(e.X), int(u.Len())
		get, elem = func(f *F) slice { return slice{p(f), n, n} }, u.Elem()
	}
	size := rtype.Size(c.m.word(elem))
	return expr{t: c.typ(e), rep: repOf[slice]{}, fn: func(f *F) slice {
		s := get(f)
		i, j, k := 0, s.len, s.cap
		if lo != nil {
			i = lo(f)
		}
		if hi != nil {
			j = hi(f)
		}
		if mx != nil {
			k = mx(f)
			if uint(k) > uint(s.cap) || uint(j) > uint(k) || uint(i) > uint(j) {
				bad3(f, pos, i, j, k, s.cap)
			}
		} else if uint(j) > uint(s.cap) || uint(i) > uint(j) {
			bad(f, pos, i, j, s)
		}
		return slice{offset(s.p, i, k-i, size), j - i, k - i}
	}}
}

// offset moves a slice's pointer, but never past the end of its memory.
func offset(p unsafe.Pointer, i, rest int, size uintptr) unsafe.Pointer {
	if rest == 0 {
		return p
	}
	return unsafe.Add(p, uintptr(i)*size)
}
