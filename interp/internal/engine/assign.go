package engine

import (
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
	"unsafe"

	"github.com/sheaf-go/sheaf/interp/internal/rtype"
)

// assign compiles assignments and short definitions.
func (c *comp) assign(s *ast.AssignStmt) exec {
	if s.Tok != token.ASSIGN && s.Tok != token.DEFINE {
		return c.opAssign(s.Lhs[0], s.Rhs[0], assignOps[s.Tok], s.TokPos)
	}
	return c.assignAll(s.Lhs, s.Rhs, s.TokPos, nil)
}

var assignOps = map[token.Token]token.Token{
	token.ADD_ASSIGN: token.ADD, token.SUB_ASSIGN: token.SUB, token.MUL_ASSIGN: token.MUL, token.QUO_ASSIGN: token.QUO,
	token.REM_ASSIGN: token.REM, token.AND_ASSIGN: token.AND, token.OR_ASSIGN: token.OR, token.XOR_ASSIGN: token.XOR,
	token.SHL_ASSIGN: token.SHL, token.SHR_ASSIGN: token.SHR, token.AND_NOT_ASSIGN: token.AND_NOT,
}

// lhs is one left side of an assignment, its operands evaluated by prepare.
type lhs struct {
	t       types.Type // nil for the blank name
	prepare func(f *F)
	store   func(v expr) exec
}

// assignAll assigns the values on the right to what stands on the left.
func (c *comp) assignAll(left, right []ast.Expr, pos token.Pos, typ ast.Expr) exec {
	if len(left) == len(right) {
		if len(left) == 1 {
			return c.assignOne(left[0], right[0], typ)
		}
		return c.assignParallel(left, right)
	}
	parts, run := c.multi(right[0], len(left))
	var prepares []func(*F)
	steps := []exec{}
	for i, e := range left {
		t := c.target(e)
		if t.prepare != nil {
			prepares = append(prepares, t.prepare)
		}
		v := parts[i]
		if t.t != nil {
			v = c.convTo(v, t.t, e.Pos())
		}
		steps = append(steps, t.store(v))
	}
	first := []exec{}
	for _, p := range prepares {
		first = append(first, func(f *F) ctl { p(f); return cNext })
	}
	return sequence(append(append(first, run), steps...))
}

// multi evaluates an expression with several values.
func (c *comp) multi(e ast.Expr, n int) (parts []expr, run exec) {
	switch x := ast.Unparen(e).(type) {
	case *ast.IndexExpr:
		t := c.typ(x.X)
		u := t.Underlying().(*types.Map)
		get := c.mapGet(x, u, t)
		v, ok := c.temp(u.Elem()), c.temp(boolType)
		w, zero := c.m.word(u.Elem()), rtype.Alloc(c.m.word(u.Elem()))
		return []expr{v, ok}, func(f *F) ctl {
			p := get(f)
			*(*bool)(f.at(ok.loc)) = p != nil
			if p == nil {
				p = zero
			}
			rtype.Move(w, f.at(v.loc), p)
			return cNext
		}
	case *ast.TypeAssertExpr:
		v, test := c.assert(c.expr(x.X), c.typ(x.Type))
		ok := c.temp(boolType)
		clear := v.rep.zeroLocal(v.loc)
		return []expr{v, ok}, func(f *F) ctl {
			_, good := test(f)
			*(*bool)(f.at(ok.loc)) = good
			if !good {
				clear(f)
			}
			return cNext
		}
	case *ast.UnaryExpr:
		r := c.receive(x, true)
		return r.parts, r.fn.(exec)
	}
	x := c.expr(e)
	return x.parts, x.fn.(exec)
}

func (c *comp) assignOne(left, right ast.Expr, typ ast.Expr) exec {
	if id, ok := left.(*ast.Ident); ok {
		if v, ok := c.info.Defs[id].(*types.Var); ok {
			x := c.convTo(c.expr(right), c.m.subst(v.Type(), c.env), right.Pos())
			return c.define(v, &x)
		}
		if id.Name == "_" {
			x := c.expr(right)
			if typ != nil {
				x = c.convTo(x, c.typ(typ), right.Pos())
			}
			if x.cv != nil || x.isNil {
				return nil
			}
			return x.rep.do(x.fn)
		}
	}
	left = ast.Unparen(left)
	if p, ok := c.placeOf(left); ok {
		if add := c.appendFused(p, right); add != nil {
			return add
		}
		x := c.convTo(c.expr(right), p.t, right.Pos())
		return p.write(x)
	}
	if t := c.typ(left); !c.calls(right) && !c.isMapIndex(left) {
		if set := c.storeFused(left, right, t); set != nil {
			return set
		}
		a := c.address(left)
		x := c.convTo(c.expr(right), t, right.Pos())
		return x.rep.set(a, x.fn)
	}
	t := c.target(left)
	x := c.convTo(c.expr(right), t.t, right.Pos())
	if t.prepare == nil {
		return t.store(x)
	}
	// Operands on the left come first, then the value, then the store.
	if x.cv == nil {
		tmp := c.temp(t.t)
		eval := x.rep.setLocal(tmp.loc, x.fn)
		store := t.store(tmp)
		return func(f *F) ctl { t.prepare(f); eval(f); return store(f) }
	}
	store := t.store(x)
	return func(f *F) ctl { t.prepare(f); return store(f) }
}

func (c *comp) isMapIndex(e ast.Expr) bool {
	ix, ok := ast.Unparen(e).(*ast.IndexExpr)
	if !ok {
		return false
	}
	_, ok = c.typ(ix.X).Underlying().(*types.Map)
	return ok
}

func (c *comp) assignParallel(left, right []ast.Expr) exec {
	var steps, stores []exec
	targets := make([]lhs, len(left))
	for i, e := range left {
		if id, ok := e.(*ast.Ident); ok && c.info.Defs[id] != nil {
			continue
		}
		targets[i] = c.target(e)
		if p := targets[i].prepare; p != nil {
			steps = append(steps, func(f *F) ctl { p(f); return cNext })
		}
	}
	for i, e := range right {
		x := c.expr(e)
		var t types.Type
		v, isNew := c.defined(left[i])
		switch {
		case isNew:
			t = c.m.subst(v.Type(), c.env)
		case targets[i].t != nil:
			t = targets[i].t
		case x.isNil || x.cv != nil:
			continue
		default:
			t = x.t
		}
		x = c.convTo(x, t, e.Pos())
		if x.cv == nil {
			tmp := c.temp(t)
			steps = append(steps, x.rep.setLocal(tmp.loc, x.fn))
			x = tmp
		}
		if isNew {
			stores = append(stores, func() exec { return c.define(v, &x) }())
		} else {
			stores = append(stores, targets[i].store(x))
		}
	}
	return sequence(append(steps, stores...))
}

func (c *comp) defined(e ast.Expr) (*types.Var, bool) {
	if id, ok := e.(*ast.Ident); ok {
		v, ok := c.info.Defs[id].(*types.Var)
		return v, ok
	}
	return nil, false
}

// target compiles a left side.
func (c *comp) target(e ast.Expr) lhs {
	e = ast.Unparen(e)
	if id, ok := e.(*ast.Ident); ok {
		if v, ok := c.info.Defs[id].(*types.Var); ok {
			return lhs{t: c.m.subst(v.Type(), c.env), store: func(x expr) exec { return c.define(v, &x) }}
		}
		if id.Name == "_" {
			return lhs{store: func(x expr) exec { return x.rep.do(x.fn) }}
		}
	}
	if p, ok := c.placeOf(e); ok {
		return lhs{t: p.t, store: func(x expr) exec { return p.write(x) }}
	}
	if ix, ok := e.(*ast.IndexExpr); ok {
		t := c.typ(ix.X)
		if u, ok := t.Underlying().(*types.Map); ok {
			prepare, addr := c.mapSet(ix, u, t)
			return lhs{t: u.Elem(), prepare: prepare, store: func(x expr) exec { return x.rep.set(addr, x.fn) }}
		}
	}
	var prepares []exec
	addr := c.split(e, &prepares)
	run := sequence(prepares)
	return lhs{
		t:       c.typ(e),
		prepare: func(f *F) { run(f) },
		store:   func(x expr) exec { return x.rep.set(addr, x.fn) },
	}
}

// split separates the operands of an addressable expression, which are
// evaluated first, from what may fail when it is stored to.
func (c *comp) split(e ast.Expr, prepares *[]exec) ptrFn {
	keep := func(x expr) expr {
		if x.cv != nil {
			return x
		}
		tmp := c.temp(x.t)
		*prepares = append(*prepares, x.rep.setLocal(tmp.loc, x.fn))
		return tmp
	}
	switch e := ast.Unparen(e).(type) {
	case *ast.StarExpr:
		return checked(keep(c.expr(e.X)).fn.(ptrFn), e.Pos())
	case *ast.SelectorExpr:
		s := c.info.Selections[e]
		if s == nil {
			break
		}
		x := expr{t: c.typ(e.X)}
		if isPointer(x.t) {
			x = keep(c.expr(e.X))
		} else {
			x.fn = c.split(e.X, prepares)
		}
		addr, _ := c.fieldPath(x, s.Index(), e.Sel.Pos())
		return addr
	case *ast.IndexExpr:
		return c.splitIndex(e, keep, prepares)
	}
	return c.address(e)
}

func (c *comp) splitIndex(e *ast.IndexExpr, keep func(expr) expr, prepares *[]exec) ptrFn {
	t, pos := c.typ(e.X), e.Lbrack
	var base func(f *F) slice
	var elem types.Type
	switch u := t.Underlying().(type) {
	case *types.Slice:
		base, elem = keep(c.expr(e.X)).fn.(func(*F) slice), u.Elem()
	case *types.Pointer:
		a := u.Elem().Underlying().(*types.Array)
		p, n := checked(keep(c.expr(e.X)).fn.(ptrFn), pos), int(a.Len())
		base, elem = func(f *F) slice { return slice{p(f), n, n} }, a.Elem()
	case *types.Array:
		p, n := c.split(e.X, prepares), int(u.Len())
		base, elem = func(f *F) slice { return slice{p(f), n, n} }, u.Elem()
	default:
		return c.address(e)
	}
	i := keep(c.intExpr(e.Index)).fn.(func(*F) int)
	size := rtype.Size(c.m.word(elem))
	return func(f *F) unsafe.Pointer {
		s := base(f)
		k := i(f)
		if uint(k) >= uint(s.len) {
			f.badIndex(pos, k, s.len)
		}
		return unsafe.Add(s.p, uintptr(k)*size)
	}
}

// calls reports whether evaluating e may run other code of the cell.
func (c *comp) calls(e ast.Expr) bool {
	found := false
	ast.Inspect(e, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.CallExpr:
			tv := c.info.Types[n.Fun]
			found = found || !tv.IsType() && !tv.IsBuiltin()
		case *ast.UnaryExpr:
			found = found || n.Op == token.ARROW
		}
		return !found
	})
	return found
}

func (c *comp) incDec(s *ast.IncDecStmt) exec {
	op := token.ADD
	if s.Tok == token.DEC {
		op = token.SUB
	}
	t := c.typ(s.X)
	if p, ok := c.placeOf(s.X); ok && p.local && basic(t) == types.Int {
		off := p.off
		if op == token.ADD {
			return func(f *F) ctl { *(*int)(f.at(off))++; return cNext }
		}
		return func(f *F) ctl { *(*int)(f.at(off))--; return cNext }
	}
	one := c.constant(constant.MakeInt64(1), t, s.Pos())
	return c.update(s.X, t, func(x expr) expr { return operation(op, t, x, one, s.TokPos) })
}

func (c *comp) opAssign(left, right ast.Expr, op token.Token, pos token.Pos) exec {
	y := c.expr(right)
	if y.cv != nil || !c.calls(right) || c.placed(left) || c.isMapIndex(left) {
		return c.opAssignOf(left, y, op, pos)
	}
	// The operands on the left, the calls on the right, then what may fail.
	t := c.typ(left)
	var steps []exec
	addr := c.split(left, &steps)
	tmp := c.temp(y.t)
	steps = append(steps, y.rep.setLocal(tmp.loc, y.fn))
	r := c.m.rep(t)
	v := c.operate(expr{t: t, rep: r, fn: r.load(addr)}, tmp, t, op, pos)
	return sequence(append(steps, r.set(addr, v.fn)))
}

func (c *comp) placed(e ast.Expr) bool {
	_, ok := c.placeOf(e)
	return ok
}

func (c *comp) opAssignOf(left ast.Expr, y expr, op token.Token, pos token.Pos) exec {
	t := c.typ(left)
	return c.update(left, t, func(x expr) expr { return c.operate(x, y, t, op, pos) })
}

// operate is x op y for an assignment to x.
func (c *comp) operate(x, y expr, t types.Type, op token.Token, pos token.Pos) expr {
	if op != token.SHL && op != token.SHR {
		return operation(op, t, x, c.convTo(y, t, pos), pos)
	}
	if y.cv != nil {
		y = c.constant(constant.ToInt(y.cv), types.Typ[types.Uint64], pos)
	}
	return expr{t: t, rep: x.rep, fn: shift(op, basic(t), x, y, pos)}
}

// update sets a left side, whose operands are evaluated once, to what op
// makes of its value.
func (c *comp) update(e ast.Expr, t types.Type, op func(x expr) expr) exec {
	if p, ok := c.placeOf(e); ok {
		x := op(p.read())
		if !p.local {
			if run := x.bump(p.pointer()); run != nil {
				return run
			}
		}
		return p.write(x)
	}
	r := c.m.rep(t)
	if ix, ok := ast.Unparen(e).(*ast.IndexExpr); ok {
		mt := c.typ(ix.X)
		if u, ok := mt.Underlying().(*types.Map); ok {
			return c.updateMap(ix, u, mt, op)
		}
	}
	a := c.address(e)
	if run := op(expr{t: t, rep: r, fn: r.load(a)}).bump(a); run != nil {
		return run
	}
	at := c.alloc(pointerType)
	addr := c.boxAddr(at)
	set := r.set(addr, op(expr{t: t, rep: r, fn: r.load(addr)}).fn)
	return func(f *F) ctl {
		*(*unsafe.Pointer)(f.at(at)) = a(f)
		return set(f)
	}
}

func (c *comp) updateMap(ix *ast.IndexExpr, u *types.Map, mt types.Type, op func(x expr) expr) exec {
	acc := rtype.NewMap(c.m.word(mt))
	m, kt := c.temp(mt), c.temp(u.Key())
	mx := c.expr(ix.X)
	setM := mx.rep.setLocal(m.loc, mx.fn)
	k := c.convTo(c.expr(ix.Index), u.Key(), ix.Index.Pos())
	setK := k.rep.setLocal(kt.loc, k.fn)
	r := c.m.rep(u.Elem())
	zero := rtype.Alloc(c.m.word(u.Elem()))
	pos := ix.Lbrack
	get := func(f *F) unsafe.Pointer {
		f.pos = pos
		if p := acc.Get(*(*unsafe.Pointer)(f.at(m.loc)), f.at(kt.loc)); p != nil {
			return p
		}
		return zero
	}
	v := c.temp(u.Elem())
	eval := r.setLocal(v.loc, op(expr{t: u.Elem(), rep: r, fn: r.load(get)}).fn)
	store := r.set(func(f *F) unsafe.Pointer {
		f.pos = pos
		h := *(*unsafe.Pointer)(f.at(m.loc))
		if h == nil {
			panic(errNilMap)
		}
		return acc.Set(h, f.at(kt.loc))
	}, v.fn)
	return sequence([]exec{setM, setK, eval, store})
}
