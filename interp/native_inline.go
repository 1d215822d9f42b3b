package interp

import (
	"go/ast"
	"go/token"
	"go/types"

	"github.com/sheaf-go/sheaf/interp/internal/emit"
)

// A small function of the session goes with the code that calls it, so that the
// compiler can put it in place of the calls, as it does with those of one cell.
// What it does not put there is called as the session's. When the function is
// declared anew, that code is out of date, as with those of one cell too.

// maxSmall bounds the syntax of a small function: the compiler has a bound of
// its own, of 80 of its nodes.
const maxSmall = 60

// small reports functions that may go with the code that calls them: straight
// ones, which mention no variables of the session.
func (n *native) small(c *checked, f *ast.FuncDecl) bool {
	if c.isPkg || emit.IsGeneric(f) || len(n.s.directives(c.pieces[f])) > 0 {
		return false
	}
	size, ok := 0, true
	ast.Inspect(f.Body, func(x ast.Node) bool {
		size++
		switch x := x.(type) {
		case *ast.FuncLit, *ast.GoStmt, *ast.DeferStmt, *ast.SelectStmt, *ast.SendStmt,
			*ast.ForStmt, *ast.RangeStmt, *ast.LabeledStmt, *ast.DeclStmt:
			ok = false
		case *ast.UnaryExpr:
			ok = ok && x.Op != token.ARROW
		case *ast.Ident:
			switch obj := c.info.Uses[x].(type) {
			case *types.Var:
				ok = ok && (obj.Pkg() == nil || obj.Parent() != obj.Pkg().Scope() || obj.Pkg().Path() != sessionPath)
			case *types.Builtin:
				ok = ok && obj.Name() != "recover"
			}
		}
		return ok && size <= maxSmall
	})
	return ok && size <= maxSmall
}

// callees adds the symbols of the session's functions that code mentions.
func callees(info *types.Info, code ast.Node, into map[string]bool) {
	ast.Inspect(code, func(x ast.Node) bool {
		if id, ok := x.(*ast.Ident); ok {
			if f, ok := info.Uses[id].(*types.Func); ok && f.Pkg() != nil && f.Pkg().Path() == sessionPath {
				into[emit.SymbolOf(f.Origin())] = true
			}
		}
		return true
	})
}

// along is the source that a function of the session has for code that calls it;
// false: only its name is to be known there.
func (n *native) along(sym string, f *ast.FuncDecl, called map[string]bool) (genericFunc, bool) {
	if emit.IsGeneric(f) {
		g, ok := n.generic[sym]
		return g, ok
	}
	g, ok := n.inline[sym]
	if !ok || !called[sym] {
		return g, false
	}
	src, ok := n.s.machine.Source(n.objs[sym])
	if !ok || src.Decl != g.Decl {
		return g, false
	}
	n.s.machine.Along(src)
	return g, true
}
