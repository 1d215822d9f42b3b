package engine

import (
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
	"slices"
)

func (c *comp) switchStmt(s *ast.SwitchStmt) exec {
	var steps []exec
	if s.Init != nil {
		steps = append(steps, c.head(s.Init, s.Body.Lbrace))
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
	if slices.Contains(cl.falls, true) {
		c.now.dying = nil // in none of the clauses alone
	}
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
		cl.bodies[i] = c.clause(s.Body, i, cc.Body)
	}
	if jump := c.jump(s, tag, cl); jump != nil {
		return sequence(append(steps, jump))
	}
	return sequence(append(steps, cl.run()))
}

// clause compiles the body of clause i of a statement.
func (c *comp) clause(b *ast.BlockStmt, i int, list []ast.Stmt) exec {
	end := b.Rbrace
	if i+1 < len(b.List) {
		end = b.List[i+1].Pos()
	}
	return c.block(list, end)
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
		steps = append(steps, c.head(s.Init, s.Body.Lbrace))
	}
	var x ast.Expr
	switch a := s.Assign.(type) {
	case *ast.ExprStmt:
		x = ast.Unparen(a.X).(*ast.TypeAssertExpr).X
	case *ast.AssignStmt:
		x = ast.Unparen(a.Rhs[0]).(*ast.TypeAssertExpr).X
	}
	v, dying := c.expr(x), c.now.dying
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
		if obj != nil {
			c.now.dying = append(slices.Clone(dying), obj)
		}
		cl.bodies[i] = sequence([]exec{bind, c.clause(s.Body, i, cc.Body)})
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
