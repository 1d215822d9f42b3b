package interp

import (
	"go/ast"
	"go/token"
)

// switchStmt lowers what yaegi gets wrong in silence: a tag beside an
// initialiser, lists of conditions without a tag, and, which it refuses,
// falling through around a default clause that is not the last.
func (l *lowerer) switchStmt(n *ast.SwitchStmt, label *ast.Ident) ast.Stmt {
	for i, st := range n.Body.List {
		c := st.(*ast.CaseClause)
		if n.Tag == nil {
			c.List = anyOf(c.List)
		}
		if c.List != nil || i == len(n.Body.List)-1 {
			continue
		}
		if fallsThrough(c) || i > 0 && fallsThrough(n.Body.List[i-1].(*ast.CaseClause)) {
			l.unsupported(c, "fallthrough into or out of a default clause that is not the last one is not interpreted yet; move the default clause to the end")
		}
	}
	if n.Init == nil || n.Tag == nil {
		return labelled(label, n)
	}
	init := n.Init
	n.Init = nil
	return &ast.BlockStmt{Lbrace: n.Pos(), List: []ast.Stmt{init, labelled(label, n)}, Rbrace: n.End()}
}

// anyOf joins the conditions of a clause into one.
func anyOf(list []ast.Expr) []ast.Expr {
	if len(list) < 2 {
		return list
	}
	cond := list[0]
	for _, e := range list[1:] {
		cond = &ast.BinaryExpr{X: &ast.ParenExpr{Lparen: cond.Pos(), X: cond, Rparen: cond.End()}, OpPos: e.Pos(), Op: token.LOR,
			Y: &ast.ParenExpr{Lparen: e.Pos(), X: e, Rparen: e.End()}}
	}
	return []ast.Expr{cond}
}

func fallsThrough(c *ast.CaseClause) bool {
	if len(c.Body) == 0 {
		return false
	}
	b, ok := c.Body[len(c.Body)-1].(*ast.BranchStmt)
	return ok && b.Tok == token.FALLTHROUGH
}

// selectStmt labels what its breaks leave, where yaegi would leave the loop or
// the function around it, and gives a branch that ends a clause a block, where
// yaegi would ignore it.
func (l *lowerer) selectStmt(n *ast.SelectStmt, outer *ast.LabeledStmt) ast.Stmt {
	breaks := ownBreaks(n.Body)
	var st ast.Stmt = n
	if len(breaks) > 0 {
		label := l.fresh1("select", n.Pos())
		if outer != nil {
			label = outer.Label
		} else {
			st = labelled(label, n)
		}
		for _, b := range breaks {
			b.Label = &ast.Ident{Name: label.Name, NamePos: b.Pos()}
		}
	}
	for _, c := range n.Body.List {
		body := c.(*ast.CommClause).Body
		if len(body) == 0 {
			continue
		}
		if b, ok := body[len(body)-1].(*ast.BranchStmt); ok {
			body[len(body)-1] = &ast.BlockStmt{Lbrace: b.Pos(), List: []ast.Stmt{b}, Rbrace: b.End()}
		}
	}
	return st
}

// ownBreaks finds the breaks without a label that leave the statement whose
// body is given.
func ownBreaks(body *ast.BlockStmt) []*ast.BranchStmt {
	var found []*ast.BranchStmt
	ast.Inspect(body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.ForStmt, *ast.RangeStmt, *ast.SwitchStmt, *ast.TypeSwitchStmt, *ast.SelectStmt, *ast.FuncLit:
			return false
		case *ast.BranchStmt:
			if n.Tok == token.BREAK && n.Label == nil {
				found = append(found, n)
			}
		}
		return true
	})
	return found
}

// nameParams names the parameters of a function with a body: yaegi lays the
// local variables of a function over parameters that have no name.
func (l *lowerer) nameParams(t *ast.FuncType) {
	for _, f := range t.Params.List {
		if len(f.Names) == 0 {
			f.Names = []*ast.Ident{l.fresh1("arg", f.Pos())}
		}
	}
}
