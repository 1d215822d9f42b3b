package engine

import (
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
	"unsafe"

	"github.com/sheaf-go/sheaf/interp/internal/rtype"
)

// block compiles a list of statements. Where one has a label, goto can come
// back to it.
func (c *comp) block(list []ast.Stmt) exec {
	var steps []exec
	labels := map[*label]int{}
	for _, s := range list {
		for l, ok := s.(*ast.LabeledStmt); ok; l, ok = l.Stmt.(*ast.LabeledStmt) {
			labels[c.label(l.Label.Name)] = len(steps)
		}
		if x := c.stmt(s); x != nil {
			steps = append(steps, x)
		}
	}
	if len(labels) == 0 {
		return sequence(steps)
	}
	return func(f *F) ctl {
		for pc := 0; pc < len(steps); pc++ {
			k := steps[pc](f)
			if k == cNext {
				continue
			}
			if k != cGoto {
				return k
			}
			to, ok := labels[f.label]
			if !ok {
				return k
			}
			f.poll()
			pc = to - 1
		}
		return cNext
	}
}

func (c *comp) label(name string) *label {
	l := c.labels[name]
	if l == nil {
		l = &label{name}
		c.labels[name] = l
	}
	return l
}

// stmt compiles a statement; nil: it does nothing.
func (c *comp) stmt(s ast.Stmt) exec {
	switch s := s.(type) {
	case *ast.ExprStmt:
		return c.exprStmt(s.X)
	case *ast.AssignStmt:
		return c.assign(s)
	case *ast.IncDecStmt:
		return c.incDec(s)
	case *ast.DeclStmt:
		return c.declStmt(s)
	case *ast.BlockStmt:
		return c.block(s.List)
	case *ast.IfStmt:
		return c.ifStmt(s)
	case *ast.ForStmt:
		return c.forStmt(s, nil)
	case *ast.RangeStmt:
		return c.rangeStmt(s, nil)
	case *ast.SwitchStmt:
		return c.breakable(c.switchStmt(s), nil)
	case *ast.TypeSwitchStmt:
		return c.breakable(c.typeSwitch(s), nil)
	case *ast.SelectStmt:
		return c.breakable(c.selectStmt(s), nil)
	case *ast.ReturnStmt:
		return c.returnStmt(s)
	case *ast.BranchStmt:
		return c.branch(s)
	case *ast.LabeledStmt:
		return c.labeled(s)
	case *ast.DeferStmt:
		return c.deferStmt(s.Call)
	case *ast.GoStmt:
		return c.goStmt(s.Call)
	case *ast.SendStmt:
		return c.sendStmt(s)
	case *ast.EmptyStmt:
		return nil
	}
	c.fail(s.Pos(), "a statement of the form %T cannot be interpreted", s)
	return nil
}

func (c *comp) exprStmt(e ast.Expr) exec {
	x := c.expr(e)
	if run, ok := x.fn.(exec); ok && x.rep == nil {
		return run
	}
	if x.cv != nil || x.isNil {
		return nil
	}
	return x.rep.do(x.fn)
}

func (c *comp) labeled(s *ast.LabeledStmt) exec {
	l := c.label(s.Label.Name)
	switch st := s.Stmt.(type) {
	case *ast.ForStmt:
		return c.forStmt(st, l)
	case *ast.RangeStmt:
		return c.rangeStmt(st, l)
	case *ast.SwitchStmt:
		return c.breakable(c.switchStmt(st), l)
	case *ast.TypeSwitchStmt:
		return c.breakable(c.typeSwitch(st), l)
	case *ast.SelectStmt:
		return c.breakable(c.selectStmt(st), l)
	case *ast.BlockStmt:
		return c.blockLabel(c.block(st.List), l)
	}
	x := c.stmt(s.Stmt)
	if x == nil {
		return func(*F) ctl { return cNext } // a place for goto
	}
	return x
}

// breakable ends break where it leads to.
func (c *comp) breakable(x exec, l *label) exec {
	return func(f *F) ctl {
		k := x(f)
		if k == cBreak || k == cBreakTo && f.label == l && l != nil {
			return cNext
		}
		return k
	}
}

func (c *comp) branch(s *ast.BranchStmt) exec {
	var l *label
	if s.Label != nil {
		l = c.label(s.Label.Name)
	}
	k := map[token.Token]ctl{token.BREAK: cBreak, token.CONTINUE: cContinue, token.GOTO: cGoto}[s.Tok]
	if l != nil {
		switch k {
		case cBreak:
			k = cBreakTo
		case cContinue:
			k = cContinueTo
		}
		return func(f *F) ctl { f.label = l; return k }
	}
	if s.Tok == token.FALLTHROUGH {
		return nil // its clause knows
	}
	return func(*F) ctl { return k }
}

func (c *comp) ifStmt(s *ast.IfStmt) exec {
	var init exec
	if s.Init != nil {
		init = c.stmt(s.Init)
	}
	cond := c.expr(s.Cond)
	then := c.block(s.Body.List)
	var run exec
	if s.Else == nil {
		run = branch(cond, then, nil)
	} else {
		other := c.stmt(s.Else)
		if other == nil {
			other = sequence(nil)
		}
		run = branch(cond, then, other)
	}
	if init != nil {
		return sequence([]exec{init, run})
	}
	return run
}

func (c *comp) declStmt(s *ast.DeclStmt) exec {
	g := s.Decl.(*ast.GenDecl)
	if g.Tok != token.VAR {
		return nil
	}
	var steps []exec
	for _, spec := range g.Specs {
		vs := spec.(*ast.ValueSpec)
		steps = append(steps, c.valueSpec(vs))
	}
	return sequence(steps)
}

func (c *comp) valueSpec(vs *ast.ValueSpec) exec {
	if len(vs.Values) == 0 {
		var steps []exec
		for _, id := range vs.Names {
			if v, ok := c.info.Defs[id].(*types.Var); ok {
				steps = append(steps, c.define(v, nil))
			}
		}
		return sequence(steps)
	}
	lhs := make([]ast.Expr, len(vs.Names))
	for i, id := range vs.Names {
		lhs[i] = id
	}
	return c.assignAll(lhs, vs.Values, vs.Pos(), vs.Type)
}

// define makes a variable; v is its value, or nil for the zero value.
func (c *comp) define(v *types.Var, val *expr) exec {
	t := c.m.subst(v.Type(), c.env)
	if isGlobal(v) {
		p := c.variable(v)
		if val == nil {
			z := c.zeroOf(t)
			return p.write(z)
		}
		return p.write(*val)
	}
	if v.Name() == "_" {
		if val == nil {
			return nil
		}
		return val.rep.do(val.fn)
	}
	vr := c.declare(v, t)
	if val == nil {
		return c.zero(vr)
	}
	return c.initialise(vr, *val)
}

func (c *comp) returnStmt(s *ast.ReturnStmt) exec {
	if len(s.Results) == 0 {
		return func(*F) ctl { return cReturn }
	}
	var steps []exec
	if len(s.Results) == 1 && len(c.results) > 1 {
		x := c.expr(s.Results[0])
		steps = append(steps, x.fn.(exec))
		for i, p := range x.parts {
			steps = append(steps, c.setResult(i, p, s.Pos()))
		}
		steps = append(steps, func(*F) ctl { return cReturn })
		return sequence(steps)
	}
	if len(s.Results) == 1 {
		vr := c.results[0]
		x := c.convTo(c.expr(s.Results[0]), vr.t, s.Pos())
		if !vr.boxed {
			return vr.rep.ret(vr.off, x)
		}
		set := c.setResult(0, x, s.Pos())
		return func(f *F) ctl { set(f); return cReturn }
	}
	// Several: all are evaluated before any is set.
	tmps := make([]expr, len(s.Results))
	for i, e := range s.Results {
		vr := c.results[i]
		x := c.convTo(c.expr(e), vr.t, e.Pos())
		if x.cv != nil {
			tmps[i] = x
			continue
		}
		tmps[i] = c.temp(vr.t)
		steps = append(steps, x.rep.setLocal(tmps[i].loc, x.fn))
	}
	for i, p := range tmps {
		steps = append(steps, c.setResult(i, p, s.Pos()))
	}
	steps = append(steps, func(*F) ctl { return cReturn })
	return sequence(steps)
}

func (c *comp) setResult(i int, x expr, pos token.Pos) exec {
	vr := c.results[i]
	x = c.convTo(x, vr.t, pos)
	if vr.boxed {
		return vr.rep.set(c.boxAddr(vr.off), x.fn)
	}
	return vr.rep.setVar(vr.off, x)
}

func (c *comp) switchStmt(s *ast.SwitchStmt) exec {
	var steps []exec
	if s.Init != nil {
		steps = append(steps, c.stmt(s.Init))
	}
	var tag *expr
	if s.Tag != nil {
		x := c.expr(s.Tag)
		if x.cv != nil && untyped(x.t) {
			x = c.constant(x.cv, types.Default(x.t), s.Tag.Pos())
		}
		if x.cv == nil {
			tmp := c.temp(x.t)
			steps = append(steps, x.rep.setLocal(tmp.loc, x.fn))
			tag = &tmp
		} else {
			tag = &x
		}
	}
	cl := c.clauses(s.Body.List)
	for i, st := range s.Body.List {
		cc := st.(*ast.CaseClause)
		for _, e := range cc.List {
			var test func(*F) bool
			if tag == nil {
				x := c.expr(e)
				if types.IsInterface(x.t) {
					x = c.compare(token.EQL, x, c.constant(constant.MakeBool(true), boolType, e.Pos()), boolType, e.Pos())
				}
				test = x.fn.(func(*F) bool)
			} else {
				test = c.compare(token.EQL, *tag, c.expr(e), boolType, e.Pos()).fn.(func(*F) bool)
			}
			cl.tests = append(cl.tests, test)
			cl.to = append(cl.to, i)
		}
		cl.bodies[i] = c.block(cc.Body)
	}
	if jump := c.jump(s, tag, cl); jump != nil {
		return sequence(append(steps, jump))
	}
	return sequence(append(steps, cl.run()))
}

// clauses are the cases of a switch.
type clauses struct {
	tests  []func(*F) bool
	to     []int // clause of each test
	bodies []exec
	falls  []bool
	other  int // the default clause, or -1
}

func (c *comp) clauses(list []ast.Stmt) *clauses {
	cl := &clauses{bodies: make([]exec, len(list)), falls: make([]bool, len(list)), other: -1}
	for i, st := range list {
		cc := st.(*ast.CaseClause)
		if cc.List == nil {
			cl.other = i
		}
		if n := len(cc.Body); n > 0 {
			last := cc.Body[n-1]
			for l, ok := last.(*ast.LabeledStmt); ok; l, ok = last.(*ast.LabeledStmt) {
				last = l.Stmt
			}
			if b, ok := last.(*ast.BranchStmt); ok && b.Tok == token.FALLTHROUGH {
				cl.falls[i] = true
			}
		}
	}
	return cl
}

func (cl *clauses) run() exec {
	tests, to, bodies, falls, other := cl.tests, cl.to, cl.bodies, cl.falls, cl.other
	return func(f *F) ctl {
		at := other
		for i, t := range tests {
			if t(f) {
				at = to[i]
				break
			}
		}
		return runClauses(f, at, bodies, falls)
	}
}

// runClauses runs a clause, -1 for none, and those that it falls through to.
func runClauses(f *F, at int, bodies []exec, falls []bool) ctl {
	for at >= 0 {
		k := bodies[at](f)
		if k != cNext || !falls[at] {
			return k
		}
		at++
	}
	return cNext
}

func (c *comp) typeSwitch(s *ast.TypeSwitchStmt) exec {
	var steps []exec
	if s.Init != nil {
		steps = append(steps, c.stmt(s.Init))
	}
	var x ast.Expr
	switch a := s.Assign.(type) {
	case *ast.ExprStmt:
		x = ast.Unparen(a.X).(*ast.TypeAssertExpr).X
	case *ast.AssignStmt:
		x = ast.Unparen(a.Rhs[0]).(*ast.TypeAssertExpr).X
	}
	v := c.expr(x)
	tmp := c.temp(v.t)
	steps = append(steps, v.rep.setLocal(tmp.loc, v.fn))
	cl := c.clauses(s.Body.List)
	for i, st := range s.Body.List {
		cc := st.(*ast.CaseClause)
		obj, _ := c.info.Implicits[cc].(*types.Var)
		var bind exec
		for _, e := range cc.List {
			test, value := c.typeCase(tmp, e)
			cl.tests = append(cl.tests, test)
			cl.to = append(cl.to, i)
			if obj != nil && len(cc.List) == 1 && value != nil {
				bind = c.define(obj, value)
			}
		}
		if obj != nil && bind == nil {
			bind = c.define(obj, &tmp)
		}
		cl.bodies[i] = sequence([]exec{bind, c.block(cc.Body)})
	}
	return sequence(append(steps, cl.run()))
}

// typeCase compiles one type of a case; value is what the variable has in it.
func (c *comp) typeCase(x expr, e ast.Expr) (test func(*F) bool, value *expr) {
	if c.info.Types[e].IsNil() {
		return isNilFn(x, true), nil
	}
	v, ok := c.assert(x, c.typ(e))
	return func(f *F) bool { _, good := ok(f); return good }, &v
}

func (c *comp) forStmt(s *ast.ForStmt, l *label) exec {
	var init, post exec
	var cond func(*F) bool
	var test *binExpr
	var fresh []exec // new loop variables for the next iteration
	if s.Init != nil {
		init = c.stmt(s.Init)
		fresh = c.freshVars(s.Init)
	}
	if s.Cond != nil {
		x := c.expr(s.Cond)
		cond, test = x.fn.(func(*F) bool), x.bin
	}
	body := c.block(s.Body.List)
	if s.Post != nil {
		post = c.stmt(s.Post)
	}
	if fresh != nil {
		post = sequence(append(fresh, post))
	}
	loop := c.countLoop(s, test, body, fresh, l)
	if loop == nil {
		loop = c.loop(cond, body, post, l)
	}
	if init != nil {
		return sequence([]exec{init, loop})
	}
	return loop
}

func (c *comp) loop(cond func(*F) bool, body, post exec, l *label) exec {
	return func(f *F) ctl {
		stop := f.th.stop
		for cond == nil || cond(f) {
			if k := body(f); k != cNext && k != cContinue {
				if k == cBreak {
					break
				}
				if l == nil || f.label != l || k != cBreakTo && k != cContinueTo {
					return k
				}
				if k == cBreakTo {
					break
				}
			}
			if post != nil {
				post(f)
			}
			if stop.Load() != 0 {
				f.th.interrupted()
			}
		}
		return cNext
	}
}

// freshVars copies the loop variables that live on the heap to new ones.
func (c *comp) freshVars(init ast.Stmt) (list []exec) {
	a, ok := init.(*ast.AssignStmt)
	if !ok || a.Tok != token.DEFINE {
		return nil
	}
	for _, e := range a.Lhs {
		id, ok := e.(*ast.Ident)
		if !ok {
			continue
		}
		v, ok := c.info.Defs[id].(*types.Var)
		if !ok || c.vars[v] == nil || !c.vars[v].boxed {
			continue
		}
		vr := c.vars[v]
		w, off := c.m.word(vr.t), vr.off
		list = append(list, func(f *F) ctl {
			p := rtype.Alloc(w)
			rtype.Move(w, p, *(*unsafe.Pointer)(f.at(off)))
			*(*unsafe.Pointer)(f.at(off)) = p
			return cNext
		})
	}
	return list
}

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

// blockLabel ends `break L` of a labelled block; a plain break goes on.
func (c *comp) blockLabel(x exec, l *label) exec {
	return func(f *F) ctl {
		k := x(f)
		if k == cBreakTo && f.label == l {
			return cNext
		}
		return k
	}
}
