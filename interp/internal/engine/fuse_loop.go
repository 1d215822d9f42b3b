package engine

import (
	"go/ast"
	"go/token"
	"go/types"
)

// countLoop is for …; i < n; i++ with i in a local and n in one or constant;
// nil: the loop is another one.
func (c *comp) countLoop(s *ast.ForStmt, x *binExpr, body exec, fresh []exec, l *label) exec {
	inc, ok := s.Post.(*ast.IncDecStmt)
	if !ok || inc.Tok != token.INC || x == nil || len(fresh) > 0 {
		return nil
	}
	i, ok := c.placeOf(inc.X)
	if !ok || !i.local || basic(i.t) != types.Int {
		return nil
	}
	if x.k != types.Int || x.op != token.LSS && x.op != token.LEQ || !x.a.local || x.a.loc != i.off {
		return nil
	}
	more := 0 // that i <= n allows
	if x.op == token.LEQ {
		more = 1
	}
	io, no := i.off, x.b.loc
	var fixed *int
	switch {
	case x.b.cv != nil:
		fixed = new(int)
		*fixed = x.b.fn.(func(*F) int)(nil)
	case !x.b.local:
		return nil
	}
	return func(f *F) ctl {
		stop, i, n := f.th.stop, (*int)(f.at(io)), fixed
		if n == nil {
			n = (*int)(f.at(no))
		}
		for ; *i < *n || more == 1 && *i == *n; *i++ {
			if k := body(f); k > cContinue {
				if k == cReturn || l == nil || f.label != l || k == cGoto {
					return k
				}
				if k == cBreakTo {
					break
				}
			} else if k == cBreak {
				break
			}
			if stop.Load() != 0 {
				f.th.interrupted()
			}
		}
		return cNext
	}
}

// pointerField is the offset of a field from the struct that a pointer in a
// local points to, where no other pointer is on the way.
func (c *comp) pointerField(x expr, path []int) (off uintptr, t types.Type, ok bool) {
	if !x.local || !isPointer(x.t) {
		return 0, nil, false
	}
	t = x.t.Underlying().(*types.Pointer).Elem()
	for _, i := range path {
		st, isStruct := t.Underlying().(*types.Struct)
		if !isStruct {
			return 0, nil, false
		}
		off += c.fieldOffset(t, i)
		t = c.m.subst(st.Field(i).Type(), c.env)
	}
	return off, t, len(path) > 0
}

// storeFused is left = right, of type t, for elements of slices and for
// fields behind a pointer in a local; nil: it is another store.
func (c *comp) storeFused(left, right ast.Expr, t types.Type) exec {
	switch e := left.(type) {
	case *ast.IndexExpr:
		if _, ok := c.typ(e.X).Underlying().(*types.Slice); ok {
			s, i := c.expr(e.X), c.intExpr(e.Index)
			x := c.convTo(c.expr(right), t, right.Pos())
			return x.rep.setElem(s, i, x, e.Lbrack)
		}
	case *ast.SelectorExpr:
		s := c.info.Selections[e]
		if id, ok := ast.Unparen(e.X).(*ast.Ident); !ok || s == nil || !isPointer(c.typ(id)) {
			return nil
		}
		p := c.expr(e.X)
		if off, _, ok := c.pointerField(p, s.Index()); ok {
			x := c.convTo(c.expr(right), t, right.Pos())
			return x.rep.setField(p.loc, off, x, e.Sel.Pos())
		}
	}
	return nil
}

// bump is *addr op= y for the operation x; nil: there is no such form.
func (x expr) bump(addr ptrFn) exec {
	if x.bin == nil {
		return nil
	}
	switch x.bin.k {
	case types.Int:
		return bumpBinary[int](x.bin, addr)
	case types.Float64:
		return bumpBinary[float64](x.bin, addr)
	}
	return nil
}

func bumpBinary[T int | float64](x *binExpr, addr ptrFn) exec {
	y := x.b.fn.(func(*F) T)
	switch x.op {
	case token.ADD:
		return func(f *F) ctl { p := addr(f); v := y(f); *(*T)(p) += v; return cNext }
	case token.SUB:
		return func(f *F) ctl { p := addr(f); v := y(f); *(*T)(p) -= v; return cNext }
	case token.MUL:
		return func(f *F) ctl { p := addr(f); v := y(f); *(*T)(p) *= v; return cNext }
	}
	return nil
}

// appendFused is s = append(s, x) for a slice in a local; nil: it is another
// assignment.
func (c *comp) appendFused(p place, right ast.Expr) exec {
	call, ok := ast.Unparen(right).(*ast.CallExpr)
	if !ok || !p.local || len(call.Args) != 2 || call.Ellipsis.IsValid() {
		return nil
	}
	if tv := c.info.Types[call.Fun]; !tv.IsBuiltin() || builtinName(call.Fun) != "append" {
		return nil
	}
	from, ok := c.placeOf(call.Args[0])
	if !ok || !from.local || from.off != p.off || c.m.word(from.t) != c.m.word(p.t) || c.calls(call.Args[1]) {
		return nil
	}
	elem := p.t.Underlying().(*types.Slice).Elem()
	x := c.convTo(c.expr(call.Args[1]), elem, call.Args[1].Pos())
	return x.rep.push(p.off, x, c.m.word(elem))
}
