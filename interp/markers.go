package interp

import (
	"go/ast"
	"go/token"
	"strconv"
	"strings"
)

// Where a panic happened: yaegi tells through which functions it passed, not
// at which statement of them. So lowered code notes, before a statement that
// may panic, the number of that statement in one of two variables: topMarker
// in the statements of the cell itself, atMarker in functions and function
// literals. A note costs some 20 ns, and statements that cannot panic have
// none.
const (
	topMarker = "top" + sep
	atMarker  = "at" + sep
)

// A mark is a statement that a marker stands for.
type mark struct {
	at  place
	fun string // as yaegi names it in traces
}

// mark numbers a statement.
func (l *lowerer) mark(st ast.Stmt, fun string) string {
	p := l.s.fset.Position(st.Pos())
	l.s.marks = append(l.s.marks, mark{place{p.Filename, p.Line, p.Column}, fun})
	return strconv.Itoa(len(l.s.marks))
}

// addMarkers puts notes into every function of the program.
func (l *lowerer) addMarkers(p *program) {
	for _, d := range p.file.Decls {
		f, ok := d.(*ast.FuncDecl)
		if !ok || f.Body == nil {
			continue
		}
		if strings.HasPrefix(f.Name.Name, bodyName) {
			l.markBlock(f.Body, topMarker, f.Name.Name)
		} else {
			l.markBlock(f.Body, atMarker, f.Name.Name)
		}
	}
}

// markBlock handles one function body; function literals inside are functions
// of their own.
func (l *lowerer) markBlock(body *ast.BlockStmt, marker, fun string) {
	ast.Inspect(body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			l.markBlock(n.Body, atMarker, fun+".func")
			return false
		case *ast.BlockStmt:
			n.List = l.markList(n.List, marker, fun)
		case *ast.CaseClause:
			n.Body = l.markList(n.Body, marker, fun)
		case *ast.CommClause:
			n.Body = l.markList(n.Body, marker, fun)
		}
		return true
	})
}

func (l *lowerer) markList(list []ast.Stmt, marker, fun string) []ast.Stmt {
	var out []ast.Stmt
	for _, st := range list {
		if mayPanic(st) && st.Pos().IsValid() {
			out = append(out, &ast.AssignStmt{
				Lhs: []ast.Expr{&ast.Ident{Name: marker, NamePos: st.Pos()}}, Tok: token.ASSIGN, TokPos: st.Pos(),
				Rhs: []ast.Expr{&ast.BasicLit{Kind: token.INT, ValuePos: st.Pos(), Value: l.mark(st, fun)}},
			})
		}
		out = append(out, st)
	}
	return out
}

// mayPanic reports whether what the statement itself evaluates, not the blocks
// inside it, can panic or call something that does.
func mayPanic(st ast.Stmt) bool {
	switch st := st.(type) {
	case *ast.LabeledStmt:
		return mayPanic(st.Stmt)
	case *ast.IfStmt:
		return risky(st.Init) || risky(st.Cond)
	case *ast.ForStmt:
		return risky(st.Init) || risky(st.Cond) || risky(st.Post)
	case *ast.RangeStmt:
		return risky(st.X)
	case *ast.SwitchStmt:
		return risky(st.Init) || risky(st.Tag) || casesRisky(st.Body)
	case *ast.TypeSwitchStmt:
		return risky(st.Init) || risky(st.Assign)
	case *ast.BlockStmt, *ast.CaseClause, *ast.CommClause, *ast.SelectStmt, *ast.BranchStmt, *ast.EmptyStmt:
		return false
	}
	return risky(st)
}

func casesRisky(body *ast.BlockStmt) bool {
	for _, c := range body.List {
		for _, e := range c.(*ast.CaseClause).List {
			if risky(e) {
				return true
			}
		}
	}
	return false
}

func risky(n ast.Node) bool {
	if n == nil {
		return false
	}
	found := false
	ast.Inspect(n, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			return false
		case *ast.CallExpr, *ast.IndexExpr, *ast.SliceExpr, *ast.StarExpr, *ast.TypeAssertExpr, *ast.SendStmt:
			found = true
		case *ast.BinaryExpr:
			found = found || n.Op == token.QUO || n.Op == token.REM
		case *ast.AssignStmt:
			found = found || n.Tok == token.QUO_ASSIGN || n.Tok == token.REM_ASSIGN
		case *ast.SelectorExpr:
			id, ok := n.X.(*ast.Ident)
			found = found || !ok || !strings.HasPrefix(id.Name, "p"+sep)
		}
		return !found
	})
	return found
}

// locate improves the frames of a panic, innermost first, by the markers.
func (s *Session) locate(frames []frame) []frame {
	globals := s.run.Globals()
	read := func(name string) mark {
		v, ok := globals[name]
		if !ok || !v.CanInt() || v.Int() < 1 || int(v.Int()) > len(s.marks) {
			return mark{}
		}
		return s.marks[v.Int()-1]
	}
	top, at := read(topMarker), read(atMarker)
	for i := range frames {
		f := &frames[i]
		switch {
		case f.raw == top.fun:
			f.at = top.at
		case i == 0 && f.raw == at.fun:
			f.at = at.at
		default:
			f.start = true
		}
	}
	return frames
}
