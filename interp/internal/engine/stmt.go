package engine

import (
	"go/ast"
	"go/token"
	"go/types"

	"github.com/sheaf-go/sheaf/internal/interrupt"
)

// block compiles a list of statements, which ends at end.
func (c *comp) block(list []ast.Stmt, end token.Pos) exec {
	return c.statements(list, c.liveness(list, end, nil))
}

// loopBody compiles the body of a loop.
func (c *comp) loopBody(b *ast.BlockStmt, loop *looping) exec {
	return c.statements(b.List, c.liveness(b.List, b.Rbrace, loop))
}

// statements compiles a list of statements. Where one has a label, goto can
// come back to it.
func (c *comp) statements(list []ast.Stmt, live *liveness) exec {
	var steps []exec
	if x := live.start(); x != nil {
		steps = append(steps, x)
	}
	labels := map[*label]int{}
	for i, s := range list {
		interrupt.Check()
		for l, ok := s.(*ast.LabeledStmt); ok; l, ok = l.Stmt.(*ast.LabeledStmt) {
			labels[c.label(l.Label.Name)] = len(steps)
		}
		c.now = live.moment(i)
		if x := live.clear(i, c.stmt(s)); x != nil {
			steps = append(steps, x)
		}
	}
	live.finish()
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
	x := c.statement(s)
	if _, block := s.(*ast.BlockStmt); x != nil && !block && c.m.profile != nil {
		return sampledAt(s.Pos(), x)
	}
	return x
}

func (c *comp) statement(s ast.Stmt) exec {
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
		return c.block(s.List, s.Rbrace)
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
		return c.leaving(c.returnStmt(s), s.Pos())
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
		if n, ok := c.native[s]; ok {
			return c.nativeStatements(n)
		}
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
		return c.blockLabel(c.block(st.List, st.Rbrace), l)
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
		init = c.head(s.Init, s.Cond.Pos())
	}
	cond := c.expr(s.Cond)
	then := c.block(s.Body.List, s.Body.Rbrace)
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

// leaving notes that the deferred calls of a function are made at pos, where x
// ends it.
func (c *comp) leaving(x exec, pos token.Pos) exec {
	if !c.code.defers {
		return x
	}
	return func(f *F) ctl {
		x(f)
		f.pos = pos
		return cReturn
	}
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
