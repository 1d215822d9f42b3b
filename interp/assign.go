package interp

import (
	"go/ast"
	"go/token"
	"go/types"
)

// boxLiterals keeps composite literals out of parallel assignments: beside
// one, yaegi leaves the other variables at zero.
func (l *lowerer) boxLiterals(values []ast.Expr) {
	if len(values) < 2 {
		return
	}
	for i, e := range values {
		lit, ok := ast.Unparen(e).(*ast.CompositeLit)
		if !ok {
			continue
		}
		t, ok := l.typer.expr(l.info.TypeOf(e))
		if !ok {
			t = lit.Type
		}
		values[i] = &ast.IndexExpr{
			X:      &ast.CompositeLit{Type: &ast.ArrayType{Lbrack: e.Pos(), Elt: t}, Lbrace: e.Pos(), Elts: []ast.Expr{e}, Rbrace: e.End()},
			Lbrack: e.End(), Index: &ast.BasicLit{Kind: token.INT, Value: "0", ValuePos: e.Pos()}, Rbrack: e.End(),
		}
		l.info.Types[values[i]] = types.TypeAndValue{Type: l.info.TypeOf(e)}
	}
}

// receive gives the value of `_, ok = <-ch` a variable: yaegi has no place
// for one that goes nowhere. Other assignments stay as they are.
func (l *lowerer) receive(st *ast.AssignStmt) ast.Stmt {
	if len(st.Lhs) != 2 || len(st.Rhs) != 1 || !isBlank(st.Lhs[0]) {
		return st
	}
	if u, ok := ast.Unparen(st.Rhs[0]).(*ast.UnaryExpr); !ok || u.Op != token.ARROW {
		return st
	}
	pos := st.Pos()
	value := l.fresh1("v", pos)
	if st.Tok == token.DEFINE {
		st.Lhs[0] = value
		return st
	}
	open := l.fresh1("ok", pos)
	return &ast.BlockStmt{Lbrace: pos, Rbrace: st.End(), List: []ast.Stmt{
		&ast.AssignStmt{Lhs: []ast.Expr{value, open}, Tok: token.DEFINE, TokPos: st.TokPos, Rhs: st.Rhs},
		&ast.AssignStmt{Lhs: st.Lhs[1:], Tok: token.ASSIGN, TokPos: st.TokPos, Rhs: []ast.Expr{ast.NewIdent(open.Name)}},
	}}
}

func isBlank(e ast.Expr) bool {
	id, ok := e.(*ast.Ident)
	return ok && id.Name == "_"
}
