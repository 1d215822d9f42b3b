package engine

import (
	"go/ast"
	"go/constant"
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
	case types.Uint8:
		return bumpBinary[uint8](x.bin, addr)
	case types.Int32:
		return bumpBinary[int32](x.bin, addr)
	case types.Int64:
		return bumpBinary[int64](x.bin, addr)
	case types.Uint64:
		return bumpBinary[uint64](x.bin, addr)
	case types.Float64:
		return bumpBinary[float64](x.bin, addr)
	}
	return nil
}

func bumpBinary[T fusedNumber](x *binExpr, addr ptrFn) exec {
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

// ended tells what a body's end with k means for its loop: whether that is
// over, and how.
func (f *F) ended(k ctl, l *label) (over bool, end ctl) {
	switch {
	case k == cBreak, k == cBreakTo && f.label == l && l != nil:
		return true, cNext
	case k == cContinueTo && f.label == l && l != nil:
		return false, cNext
	}
	return true, k
}

// indexVar is where a range loop keeps its index: in the variable itself,
// where that is a new local int; key is then nil.
func (c *comp) indexVar(s *ast.RangeStmt) (i expr, key *expr) {
	if id, ok := s.Key.(*ast.Ident); ok && id.Name != "_" {
		v, ok := c.info.Defs[id].(*types.Var)
		if ok && v != nil && !c.boxed[v] && !isGlobal(v) && c.m.subst(v.Type(), c.env) == intType {
			vr := c.declare(v, intType)
			return expr{t: intType, rep: vr.rep, fn: vr.rep.local(vr.off), local: true, loc: vr.off}, nil
		}
	}
	tmp := c.temp(intType)
	return tmp, &tmp
}

// countTo is a range over the int at no in the frame, which start puts there.
func (c *comp) countTo(s *ast.RangeStmt, l *label, start exec, no uintptr) exec {
	i, key := c.indexVar(s)
	assign, io := c.assignVars(s, key, nil), i.loc
	body := c.rangeBody(s, false)
	return func(f *F) ctl {
		start(f)
		stop := f.th.stop
		for k, n := 0, *(*int)(f.at(no)); k < n; k++ {
			*(*int)(f.at(io)) = k
			if assign != nil {
				assign(f)
			}
			if e := body(f); e != cNext && e != cContinue {
				if over, end := f.ended(e, l); over {
					return end
				}
			}
			if stop.Load() != 0 {
				f.th.interrupted()
			}
		}
		return cNext
	}
}

// fewCases is how many cases are as fast one after the other.
const fewCases = 4

// jump is a switch on an integer or a string whose cases are all constant,
// by a table; nil: it is another one.
func (c *comp) jump(s *ast.SwitchStmt, tag *expr, cl *clauses) exec {
	if tag == nil || tag.cv != nil || len(cl.to) <= fewCases {
		return nil
	}
	b, ok := tag.t.Underlying().(*types.Basic)
	if !ok || b.Info()&(types.IsInteger|types.IsString) == 0 {
		return nil
	}
	var cases []constant.Value
	for _, st := range s.Body.List {
		for _, e := range st.(*ast.CaseClause).List {
			v := c.info.Types[e].Value
			if v == nil || types.IsInterface(c.typ(e)) {
				return nil
			}
			cases = append(cases, v)
		}
	}
	bodies, falls, other := cl.bodies, cl.falls, cl.other
	if b.Info()&types.IsString != 0 {
		table := make(map[string]int, len(cases))
		for i, v := range cases {
			table[constant.StringVal(v)] = cl.to[i]
		}
		get := tag.fn.(func(*F) string)
		return func(f *F) ctl {
			at, ok := table[get(f)]
			if !ok {
				at = other
			}
			return runClauses(f, at, bodies, falls)
		}
	}
	table := make(map[uint64]int, len(cases))
	for i, v := range cases {
		table[wordOf(constant.ToInt(v))] = cl.to[i]
	}
	get := convert(b.Kind(), types.Uint64, tag.fn).(func(*F) uint64)
	var dense [256]int // of the small values
	for i := range dense {
		dense[i] = other
		if at, ok := table[uint64(i)]; ok {
			dense[i] = at
		}
	}
	return func(f *F) ctl {
		k := get(f)
		at := other
		if k < uint64(len(dense)) {
			at = dense[k]
		} else if other, ok := table[k]; ok {
			at = other
		}
		return runClauses(f, at, bodies, falls)
	}
}

// wordOf is an integer constant as a conversion to uint64 makes it.
func wordOf(v constant.Value) uint64 {
	if i, ok := constant.Int64Val(v); ok {
		return uint64(i)
	}
	u, _ := constant.Uint64Val(v)
	return u
}
