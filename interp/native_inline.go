package interp

import (
	"go/ast"
	"go/token"
	"go/types"
	"strings"

	"github.com/sheaf-go/sheaf/interp/internal/emit"
)

// A small function of the session goes with the code that calls it, so that the
// compiler can put it in place of the calls, as it does with those of one cell.
// What it does not put there is called as the session's. When the function is
// declared anew, that code is out of date, as with those of one cell too.

// maxSmall bounds the syntax of a small function: the compiler has a bound of
// its own, of 80 nodes as it counts them.
const maxSmall = 100

// small reports functions that may go with the code that calls them: those that
// wait for nothing and mention no variables of the session.
func (n *native) small(c *checked, f *ast.FuncDecl) bool {
	if c.isPkg || emit.IsGeneric(f) || len(n.s.directives(c.pieces[f])) > 0 {
		return false
	}
	size, ok := 0, true
	ast.Inspect(f.Body, func(x ast.Node) bool {
		switch x := x.(type) {
		case nil:
			return false
		case *ast.GoStmt, *ast.DeferStmt, *ast.SelectStmt, *ast.SendStmt, *ast.LabeledStmt, *ast.DeclStmt:
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
		size++
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

// literalName is the name of a function literal. In a function that stands in the
// place of its call the compiler gives it the name of the caller too:
// "main.caller.callee.func1".
func (u *nativeUnit) literalName(symbol string) string {
	if !strings.Contains(symbol, ".func") {
		return symbol
	}
	for i, c := range symbol {
		if c != '.' || u.in.Funcs[symbol[:i]].Decl == nil {
			continue
		}
		callee := "main" + symbol[i:]
		for sym := range u.in.Funcs {
			if rest, ok := strings.CutPrefix(callee, sym); ok && rest != "" && strings.ContainsRune(".[", rune(rest[0])) {
				return u.literalName(callee)
			}
		}
	}
	return symbol
}
