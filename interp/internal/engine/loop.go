package engine

import (
	"go/ast"
	"go/token"
	"go/types"
	"unsafe"

	"github.com/sheaf-go/sheaf/interp/internal/rtype"
)

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
	body := c.loopBody(s.Body, &looping{long: c.turnsLong(s)})
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

// turnsLong reports whether the head of a loop may spend time at each turn.
func (c *comp) turnsLong(s *ast.ForStmt) bool {
	for _, n := range []ast.Node{s.Cond, s.Post} {
		if !missing(n) && c.flow.isLong(n.Pos(), s.Body.Lbrace) {
			return true
		}
	}
	return false
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
