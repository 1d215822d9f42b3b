package engine

import (
	"go/ast"
	"go/constant"
	"go/types"
	"unsafe"

	"github.com/sheaf-go/sheaf/interp/internal/rtype"
)

// newComposite is &T{…}.
func (c *comp) newComposite(lit *ast.CompositeLit, t types.Type) expr {
	elem := t.Underlying().(*types.Pointer).Elem()
	w := c.m.word(elem)
	at := c.alloc(pointerType)
	base := func(f *F) unsafe.Pointer { return *(*unsafe.Pointer)(f.at(at)) }
	if !isMem(elem) {
		v := c.composite(lit, elem)
		into := v.rep.into(v.fn)
		return expr{t: t, rep: repOf[unsafe.Pointer]{}, fn: func(f *F) unsafe.Pointer {
			p := rtype.Alloc(w)
			into(f, p)
			return p
		}}
	}
	fill := c.fill(lit, elem, base)
	return expr{t: t, rep: repOf[unsafe.Pointer]{}, fn: func(f *F) unsafe.Pointer {
		p := rtype.Alloc(w)
		*(*unsafe.Pointer)(f.at(at)) = p
		fill(f)
		return *(*unsafe.Pointer)(f.at(at))
	}}
}

// composite is T{…}.
func (c *comp) composite(lit *ast.CompositeLit, t types.Type) expr {
	switch u := t.Underlying().(type) {
	case *types.Pointer: // an elided &T in a literal of pointers
		return c.newComposite(lit, t)
	case *types.Slice:
		return c.sliceLit(lit, t, u.Elem())
	case *types.Map:
		return c.mapLit(lit, t, u)
	}
	tmp := c.temp(t)
	off := tmp.loc
	fill := c.fill(lit, t, func(f *F) unsafe.Pointer { return f.at(off) })
	clear := tmp.rep.zeroLocal(off)
	return expr{t: t, rep: tmp.rep, fn: func(f *F) unsafe.Pointer {
		clear(f)
		fill(f)
		return f.at(off)
	}}
}

// fill stores the elements of a struct or array literal in zeroed memory.
func (c *comp) fill(lit *ast.CompositeLit, t types.Type, base ptrFn) func(f *F) {
	var set []exec
	store := func(off uintptr, et types.Type, e ast.Expr) {
		addr := func(f *F) unsafe.Pointer { return unsafe.Add(base(f), off) }
		set = append(set, c.store(e, et, addr))
	}
	switch u := t.Underlying().(type) {
	case *types.Struct:
		for i, e := range lit.Elts {
			if kv, ok := e.(*ast.KeyValueExpr); ok {
				i, e = fieldIndex(u, kv.Key.(*ast.Ident).Name), kv.Value
			}
			ft := c.m.subst(u.Field(i).Type(), c.env)
			if u.Field(i).Name() == "_" {
				v := c.element(e, ft)
				set = append(set, v.rep.do(v.fn))
				continue
			}
			store(c.fieldOffset(t, i), ft, e)
		}
	case *types.Array:
		size := rtype.Size(c.m.word(u.Elem()))
		c.elements(lit, func(i int, e ast.Expr) { store(uintptr(i)*size, u.Elem(), e) })
	}
	run := sequence(set)
	return func(f *F) { run(f) }
}

// store evaluates e as a value of type t before it looks for the address.
func (c *comp) store(e ast.Expr, t types.Type, addr ptrFn) exec {
	v := c.element(e, t)
	if isMem(t) {
		return v.rep.set(addr, v.fn)
	}
	into := v.rep.into(v.fn)
	return func(f *F) ctl { into(f, addr(f)); return cNext }
}

// element is an element of a literal; its own type may be left out.
func (c *comp) element(e ast.Expr, t types.Type) expr {
	if lit, ok := e.(*ast.CompositeLit); ok && lit.Type == nil {
		return c.composite(lit, t)
	}
	return c.convTo(c.expr(e), t, e.Pos())
}

func fieldIndex(u *types.Struct, name string) int {
	for i := range u.NumFields() {
		if u.Field(i).Name() == name {
			return i
		}
	}
	panic("engine: no field " + name)
}

// elements calls f for each element with its index and returns the length.
func (c *comp) elements(lit *ast.CompositeLit, f func(i int, e ast.Expr)) int {
	i, n := 0, 0
	for _, e := range lit.Elts {
		if kv, ok := e.(*ast.KeyValueExpr); ok {
			k, _ := constant.Int64Val(constant.ToInt(c.info.Types[kv.Key].Value))
			i, e = int(k), kv.Value
		}
		f(i, e)
		i++
		n = max(n, i)
	}
	return n
}

func (c *comp) sliceLit(lit *ast.CompositeLit, t, elem types.Type) expr {
	w := c.m.word(elem)
	size := rtype.Size(w)
	at := c.alloc(pointerType)
	var set []exec
	n := c.elements(lit, func(i int, e ast.Expr) {
		off := uintptr(i) * size
		set = append(set, c.store(e, elem, func(f *F) unsafe.Pointer { return unsafe.Add(*(*unsafe.Pointer)(f.at(at)), off) }))
	})
	run := sequence(set)
	return expr{t: t, rep: repOf[slice]{}, fn: func(f *F) slice {
		*(*unsafe.Pointer)(f.at(at)) = rtype.AllocArray(w, n)
		run(f)
		return slice{*(*unsafe.Pointer)(f.at(at)), n, n}
	}}
}

func (c *comp) mapLit(lit *ast.CompositeLit, t types.Type, u *types.Map) expr {
	acc := rtype.NewMap(c.m.word(t))
	at := c.alloc(pointerType)
	var set []exec
	for _, e := range lit.Elts {
		kv := e.(*ast.KeyValueExpr)
		key, val := c.element(kv.Key, u.Key()), c.element(kv.Value, u.Elem())
		kt, vt := c.temp(u.Key()), c.temp(u.Elem())
		setK, setV := key.rep.setLocal(kt.loc, key.fn), val.rep.setLocal(vt.loc, val.fn)
		move := val.rep.set(func(f *F) unsafe.Pointer {
			return acc.Set(*(*unsafe.Pointer)(f.at(at)), f.at(kt.loc))
		}, vt.fn)
		set = append(set, setK, setV, move)
	}
	run := sequence(set)
	n := len(lit.Elts)
	return expr{t: t, rep: repOf[unsafe.Pointer]{}, fn: func(f *F) unsafe.Pointer {
		*(*unsafe.Pointer)(f.at(at)) = acc.Make(n)
		run(f)
		return *(*unsafe.Pointer)(f.at(at))
	}}
}
