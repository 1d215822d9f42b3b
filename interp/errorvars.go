package interp

import (
	"go/ast"
	"go/types"
)

// A cell's value (not pointer) whose type implements error does not become an
// error variable in yaegi: it prints as the bare value and its methods panic.
// What a function returns as error does, so such a value goes through one.

// errorValue wraps e for a place of type t where it has to; nil leaves it.
func (l *lowerer) errorValue(e ast.Expr, t types.Type) ast.Expr {
	if t == nil || !isError(t) {
		return nil
	}
	from := l.info.TypeOf(e)
	n, ok := types.Unalias(from).(*types.Named)
	if !ok || n.Obj().Pkg() != l.pkg || types.IsInterface(n) {
		return nil
	}
	pos := e.Pos()
	return &ast.CallExpr{Fun: &ast.FuncLit{
		Type: &ast.FuncType{Func: pos, Params: &ast.FieldList{}, Results: &ast.FieldList{List: []*ast.Field{{Type: &ast.Ident{Name: "error", NamePos: pos}}}}},
		Body: &ast.BlockStmt{Lbrace: pos, List: []ast.Stmt{&ast.ReturnStmt{Return: pos, Results: []ast.Expr{e}}}, Rbrace: e.End()},
	}, Lparen: pos, Rparen: e.End()}
}

// errorAssign handles `err = T{…}`.
func (l *lowerer) errorAssign(n *ast.AssignStmt) {
	if len(n.Lhs) != len(n.Rhs) {
		return
	}
	for i, e := range n.Rhs {
		if w := l.errorValue(e, l.info.TypeOf(n.Lhs[i])); w != nil {
			n.Rhs[i] = w
		}
	}
}

// errorSpec handles `var err error = T{…}`.
func (l *lowerer) errorSpec(n *ast.ValueSpec) {
	if n.Type == nil {
		return
	}
	for i, e := range n.Values {
		if w := l.errorValue(e, l.info.TypeOf(n.Type)); w != nil {
			n.Values[i] = w
		}
	}
}

// errorConversion handles `error(T{…})`.
func (l *lowerer) errorConversion(n *ast.CallExpr) ast.Expr {
	if tv := l.info.Types[n.Fun]; !tv.IsType() || len(n.Args) != 1 {
		return nil
	}
	return l.errorValue(n.Args[0], l.info.TypeOf(n.Fun))
}
