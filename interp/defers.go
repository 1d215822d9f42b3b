package interp

import (
	"go/ast"
	"go/token"
	"go/types"
)

// deferStmt writes the statements that evaluate function, receiver and
// arguments where n stands: yaegi reads them when the function returns.
func (l *lowerer) deferStmt(n *ast.DeferStmt) []ast.Stmt {
	var before []ast.Stmt
	save := func(e ast.Expr) ast.Expr { return l.saved(e, &before) }
	switch f := ast.Unparen(n.Call.Fun).(type) {
	case *ast.FuncLit, *ast.Ident:
	case *ast.SelectorExpr:
		sel := l.info.Selections[f]
		switch {
		case sel == nil: // a package's function
		case sel.Kind() == types.FieldVal:
			n.Call.Fun = save(f)
		case takesAddress(sel):
			f.X = save(&ast.UnaryExpr{OpPos: f.X.Pos(), Op: token.AND, X: f.X})
		default:
			f.X = save(f.X)
		}
	default:
		if tv := l.info.Types[f]; !tv.IsBuiltin() && !tv.IsType() {
			n.Call.Fun = save(n.Call.Fun)
		}
	}
	if id, ok := ast.Unparen(n.Call.Fun).(*ast.Ident); ok {
		if _, isVar := l.info.Uses[id].(*types.Var); isVar {
			n.Call.Fun = save(id)
		}
	}
	for i, a := range n.Call.Args {
		n.Call.Args[i] = save(a)
	}
	return before
}

// takesAddress reports a call of a pointer's method on a variable.
func takesAddress(sel *types.Selection) bool {
	_, viaPointer := sel.Recv().Underlying().(*types.Pointer)
	recv := sel.Obj().(*types.Func).Signature().Recv()
	_, wantsPointer := types.Unalias(recv.Type()).(*types.Pointer)
	return wantsPointer && !viaPointer
}

// saved keeps the value that e has now in a new variable; what has no single
// value, or always the same, stays.
func (l *lowerer) saved(e ast.Expr, before *[]ast.Stmt) ast.Expr {
	tv := l.info.Types[e]
	if _, many := tv.Type.(*types.Tuple); many || tv.Value != nil || tv.IsNil() || tv.IsType() {
		return e
	}
	if _, lit := ast.Unparen(e).(*ast.FuncLit); lit {
		return e
	}
	id := l.fresh1("g", e.Pos())
	*before = append(*before, define(e.Pos(), id, e))
	use := &ast.Ident{Name: id.Name, NamePos: e.Pos()}
	l.info.Types[use] = tv
	return use
}

// loopDefers finds the defer statements that stand in a loop of their
// function.
func loopDefers(root ast.Node) map[*ast.DeferStmt]bool {
	found := map[*ast.DeferStmt]bool{}
	var walk func(n ast.Node, inLoop bool)
	walk = func(n ast.Node, inLoop bool) {
		ast.Inspect(n, func(m ast.Node) bool {
			if m == n || m == nil {
				return true
			}
			switch m := m.(type) {
			case *ast.FuncLit:
				walk(m, false)
				return false
			case *ast.ForStmt, *ast.RangeStmt:
				walk(m, true)
				return false
			case *ast.DeferStmt:
				if inLoop {
					found[m] = true
				}
			}
			return true
		})
	}
	walk(root, false)
	return found
}

const noLoopDefer = "defer inside a loop is not interpreted yet; move the body of the loop into a function"

// besideDefers finds the function literals that stand in a function with
// defer statements and are not deferred themselves. While yaegi runs what a
// function deferred, calling a literal made by the same activation blocks.
func besideDefers(root ast.Node) map[*ast.FuncLit]bool {
	found := map[*ast.FuncLit]bool{}
	var walk func(body ast.Node)
	walk = func(body ast.Node) {
		var lits []*ast.FuncLit
		defers := map[ast.Expr]bool{}
		ast.Inspect(body, func(m ast.Node) bool {
			switch m := m.(type) {
			case *ast.FuncLit:
				lits = append(lits, m)
				walk(m.Body)
				return false
			case *ast.DeferStmt:
				defers[m.Call.Fun] = true
			}
			return true
		})
		for _, lit := range lits {
			if len(defers) > 0 && !defers[lit] {
				found[lit] = true
			}
		}
	}
	walk(root)
	return found
}

// madeApart writes a function literal as the result of a function.
func madeApart(f *ast.FuncLit) ast.Expr {
	pos := f.Pos()
	return call(&ast.FuncLit{
		Type: &ast.FuncType{Func: pos, Params: &ast.FieldList{}, Results: &ast.FieldList{List: []*ast.Field{{Type: f.Type}}}},
		Body: &ast.BlockStmt{Lbrace: pos, List: []ast.Stmt{&ast.ReturnStmt{Return: pos, Results: []ast.Expr{f}}}, Rbrace: f.End()},
	})
}
