package emit

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/parser"
	"go/printer"
	"go/token"
	"slices"
	"strconv"
)

// The compiler keeps lines and no columns, and a printed expression has not the
// lines of the cell. So what may panic or call has a line of its own in what is
// emitted, in a file of the name MarksFile, and Output.Marks says where in the
// cell that is.

// MarksFile is the name of the file that marks are lines of.
const MarksFile = "c"

// A mark is a token of emitted text: its offset, and what it stands for.
type mark struct {
	at  int
	pos token.Pos
}

// marked writes a declaration with its marks.
func (e *emitter) marked(w *bytes.Buffer, d ast.Decl) error {
	const head = "package p; "
	text := bytes.NewBufferString(head)
	shown, fset := new(pages).placed(e.Fset, d, true)
	if err := printer.Fprint(text, fset, shown); err != nil {
		return fmt.Errorf("emit: %w", err)
	}
	printed := token.NewFileSet()
	f, err := parser.ParseFile(printed, "", text.Bytes(), parser.SkipObjectResolution|parser.ParseComments)
	if err != nil {
		return fmt.Errorf("emit: what was printed does not parse: %w", err)
	}
	if len(f.Decls) == 0 { // constants that nothing names
		return nil
	}
	marks, ok := pairs(f.Decls[0], d, func(p token.Pos) int { return printed.Position(p).Offset })
	if !ok {
		return fmt.Errorf("emit: what was printed is not what was meant:\n%s", text)
	}
	e.write(w, text.Bytes(), len(head), marks)
	w.WriteString("\n\n")
	return nil
}

// write writes text from an offset on. Each of its lines is one of MarksFile,
// and so is what begins at a mark elsewhere.
func (e *emitter) write(w *bytes.Buffer, text []byte, from int, marks []mark) {
	slices.SortStableFunc(marks, func(a, b mark) int { return a.at - b.at })
	e.out.Marks = append(e.out.Marks, token.NoPos)
	last := func() *token.Pos { return &e.out.Marks[len(e.out.Marks)-1] }
	fresh := true // the line has to be said
	for i, m := range marks {
		if i+1 < len(marks) && marks[i+1].at == m.at || !m.pos.IsValid() {
			continue
		}
		part := text[from:m.at]
		for range bytes.Count(part, []byte("\n")) {
			e.out.Marks = append(e.out.Marks, *last())
		}
		w.Write(part)
		from = m.at
		line := part[bytes.LastIndexByte(part, '\n')+1:]
		begins := len(line) < len(part) && len(bytes.TrimSpace(line)) == 0
		if !begins && !fresh {
			e.out.Marks = append(e.out.Marks, token.NoPos)
		}
		*last() = m.pos
		if !begins || fresh {
			w.WriteString("/*line " + MarksFile + ":" + strconv.Itoa(len(e.out.Marks)) + "*/")
		}
		fresh = false
	}
	w.Write(text[from:])
	for range bytes.Count(text[from:], []byte("\n")) {
		e.out.Marks = append(e.out.Marks, *last())
	}
}

// pairs finds the tokens of a printed declaration that what it was printed from
// gives a place; false: the two are not alike.
func pairs(printed, from ast.Node, offset func(token.Pos) int) (list []mark, ok bool) {
	a, b := nodes(printed), nodes(from)
	if len(a) != len(b) {
		return nil, false
	}
	add := func(at, pos token.Pos) {
		if at.IsValid() && pos.IsValid() {
			list = append(list, mark{offset(at), pos})
		}
	}
	for i := range a {
		if fmt.Sprintf("%T", a[i]) != fmt.Sprintf("%T", b[i]) {
			return nil, false
		}
		pair(a[i], b[i], add)
	}
	return list, true
}

// nodes are those that the printer keeps.
func nodes(n ast.Node) (list []ast.Node) {
	ast.Inspect(n, func(n ast.Node) bool {
		switch n.(type) {
		case nil, *ast.ParenExpr, *ast.EmptyStmt, *ast.FieldList:
		case *ast.CommentGroup, *ast.Comment:
			return false
		default:
			list = append(list, n)
		}
		return true
	})
	return list
}

// pair says where the compiler has the place of a node in what is printed, and
// which place interpreted code tells for it.
func pair(p, n ast.Node, add func(at, pos token.Pos)) {
	switch n := n.(type) {
	case *ast.CallExpr:
		add(p.(*ast.CallExpr).Lparen, callPlace(n))
	case *ast.SelectorExpr:
		add(p.(*ast.SelectorExpr).X.End(), n.Sel.Pos())
	case *ast.IndexExpr:
		add(p.(*ast.IndexExpr).Lbrack, n.Lbrack)
	case *ast.SliceExpr:
		add(p.(*ast.SliceExpr).Lbrack, n.Lbrack)
	case *ast.TypeAssertExpr:
		if n.Type != nil {
			add(p.(*ast.TypeAssertExpr).X.End(), n.Type.Pos())
		}
	case *ast.StarExpr:
		add(p.Pos(), n.Pos())
	case *ast.BinaryExpr:
		switch n.Op {
		case token.QUO, token.REM, token.SHL, token.SHR, token.EQL, token.NEQ:
			add(p.(*ast.BinaryExpr).OpPos, n.OpPos)
		}
	case *ast.FuncLit:
		add(p.Pos(), n.Pos())
		add(p.(*ast.FuncLit).Body.Rbrace, n.Body.Rbrace)
	case *ast.FuncDecl:
		add(p.Pos(), n.Pos())
		if n.Body != nil {
			add(p.(*ast.FuncDecl).Body.Rbrace, n.Body.Rbrace)
		}
	case *ast.AssignStmt:
		add(p.Pos(), n.Pos())
		add(p.(*ast.AssignStmt).TokPos, n.TokPos)
	case *ast.IncDecStmt:
		add(p.Pos(), n.Pos())
		add(p.(*ast.IncDecStmt).TokPos, n.TokPos)
	case *ast.BlockStmt:
	case ast.Stmt, *ast.GenDecl:
		add(p.Pos(), n.Pos())
	}
}

// callPlace is the place of a call: that of the name that is called.
func callPlace(n *ast.CallExpr) token.Pos {
	switch fun := ast.Unparen(n.Fun).(type) {
	case *ast.Ident:
		return fun.Pos()
	case *ast.SelectorExpr:
		return fun.Sel.Pos()
	}
	return n.Lparen
}

// Marks are what the lines of MarksFile stand for.
type Marks []token.Pos

// Place is where in the cell a line is.
func (m Marks) Place(line int) token.Pos {
	if line < 1 || line > len(m) {
		return token.NoPos
	}
	return m[line-1]
}
