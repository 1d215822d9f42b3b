package interp

import (
	"go/ast"
	"go/types"
)

// deferStmt evaluates function, receiver and arguments where the statement
// stands: yaegi reads them when the function returns.
func (l *lowerer) deferStmt(n *ast.DeferStmt) ast.Stmt {
	block := &ast.BlockStmt{Lbrace: n.Pos(), Rbrace: n.End()}
	save := func(e ast.Expr) ast.Expr { return l.saved(e, block) }
	switch f := ast.Unparen(n.Call.Fun).(type) {
	case *ast.FuncLit, *ast.Ident:
	case *ast.SelectorExpr:
		sel := l.info.Selections[f]
		switch {
		case sel == nil: // a package's function
		case sel.Kind() == types.FieldVal:
			n.Call.Fun = save(f)
		case !takesAddress(sel):
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
	if len(block.List) == 0 {
		return n
	}
	block.List = append(block.List, n)
	return block
}

// takesAddress reports a call of a pointer's method on a variable.
func takesAddress(sel *types.Selection) bool {
	_, viaPointer := sel.Recv().Underlying().(*types.Pointer)
	recv := sel.Obj().(*types.Func).Signature().Recv()
	_, wantsPointer := types.Unalias(recv.Type()).(*types.Pointer)
	return wantsPointer && !viaPointer
}

// saved keeps the value that e has now in a new variable of block; what has
// no single value, or always the same, stays.
func (l *lowerer) saved(e ast.Expr, block *ast.BlockStmt) ast.Expr {
	tv := l.info.Types[e]
	if _, many := tv.Type.(*types.Tuple); many || tv.Value != nil || tv.IsNil() || tv.IsType() || tv.Type == nil {
		return e
	}
	if _, lit := ast.Unparen(e).(*ast.FuncLit); lit {
		return e
	}
	id := l.fresh1("g", e.Pos())
	block.List = append(block.List, define(e.Pos(), id, e))
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

