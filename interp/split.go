package interp

import (
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/scanner"
	"go/token"
	"slices"
	"sort"
	"strings"

	"github.com/sheaf-go/sheaf/internal/interrupt"
)

// A chunk is one top-level piece of a cell: an import, const, type or func
// declaration, or a statement (var declarations count as statements, because
// they run in order with the others).
type chunk struct {
	start, end int // byte offsets into the cell
	decl       bool
	pkg        bool // a package clause
}

// A unit is a cell cut into chunks and parsed.
type unit struct {
	name   string             // file name in positions: "cell[3]"
	file   *ast.File          // imports, declarations, then the function that holds the statements
	body   *ast.FuncDecl      // that function; its body is empty in a cell of declarations
	isPkg  bool               // the source has a package clause: a whole program
	quiet  bool               // the last expression ends in a semicolon: its value is not shown
	pieces map[ast.Decl]piece // what each declaration was written as
}

const bodyName = "ꞏcell"

// program reports a source with a package clause whose statements all declare
// variables: these are initialised in the order of their dependencies.
func (u *unit) program() bool {
	return u.isPkg && !slices.ContainsFunc(u.body.Body.List, func(st ast.Stmt) bool {
		_, ok := st.(*ast.DeclStmt)
		return !ok
	})
}

// split cuts src at its top level and parses it, with declarations of earlier
// cells that are made anew. Syntax errors are reported at the
// positions of the cell.
func split(fset *token.FileSet, name, src string, anew ...piece) (*unit, error) {
	return splitWith(fset, name, src, nil, anew)
}

// splitWith is split of a cell that may have C in it.
func splitWith(fset *token.FileSet, name, src string, c *foreign, anew []piece) (*unit, error) {
	chunks, err := cut(name, src)
	if err != nil {
		return nil, err
	}
	u := &unit{name: name}
	var decls, stmts strings.Builder
	lines := lineStarts(src)
	var pieces []piece
	for _, c := range chunks {
		if c.pkg {
			u.isPkg = true
			continue
		}
		b := &stmts
		if c.decl {
			b = &decls
		}
		line, col := position(lines, c.start)
		if c.decl {
			pieces = append(pieces, piece{file: name, line: line, col: col, text: src[c.start:c.end]})
		}
		fmt.Fprintf(b, "/*line %s:%d:%d*/%s\n", name, line, col, src[c.start:c.end])
	}
	for _, p := range anew { // behind the cell's imports
		decls.WriteString(p.placed())
		pieces = append(pieces, p)
	}
	if n := len(chunks); n > 0 {
		u.quiet = strings.HasSuffix(src[:chunks[n-1].end], ";")
	}
	endLine, endCol := position(lines, len(src))
	text := fmt.Sprintf("package main\n%sfunc %s() {\n%s/*line %s:%d:%d*/}\n", decls.String(), bodyName, stmts.String(), name, endLine, endCol)
	if c != nil {
		text = c.text(anew)
	}
	u.file, err = parser.ParseFile(fset, name, text, parser.ParseComments)
	if err != nil {
		fset.RemoveFile(fset.File(u.file.FileStart))
		if e := unclosed(name, src); e != nil {
			return nil, e
		}
		return nil, inCell(err, endLine, endCol)
	}
	if c != nil {
		pieces = c.pieces(fset, u.file.Decls, name, text, anew)
	}
	u.pieces = map[ast.Decl]piece{}
	for i, d := range u.file.Decls {
		if i < len(pieces) {
			u.pieces[d] = pieces[i]
		}
		if f, ok := d.(*ast.FuncDecl); ok && f.Name.Name == bodyName {
			u.body = f
		}
	}
	if u.quiet {
		u.discardLast()
	}
	return u, nil
}

// discardLast assigns a last expression that would do nothing to the blank
// name: with its semicolon it is silenced, not unused.
func (u *unit) discardLast() {
	n := len(u.body.Body.List)
	if n == 0 {
		return
	}
	e, ok := u.body.Body.List[n-1].(*ast.ExprStmt)
	if !ok {
		return
	}
	if _, call := ast.Unparen(e.X).(*ast.CallExpr); !call {
		blank := &ast.Ident{NamePos: e.Pos(), Name: "_"}
		u.body.Body.List[n-1] = &ast.AssignStmt{Lhs: []ast.Expr{blank}, TokPos: e.Pos(), Tok: token.ASSIGN, Rhs: []ast.Expr{e.X}}
	}
}

// inCell words the parser's errors for a cell, which ends at line:col: what the
// parser finds there is ours.
func inCell(err error, line, col int) error {
	var list scanner.ErrorList
	if !errors.As(err, &list) {
		return err
	}
	for _, e := range list {
		if e.Pos.Line == line && e.Pos.Column == col {
			e.Msg = strings.Replace(e.Msg, "found '}'", "found the end of the cell", 1)
		}
		if e.Msg == "expected 1 expression" {
			e.Msg += "; a cell shows one value, fmt.Println prints several"
		}
	}
	return err
}

// lineStarts gives the offset of the first byte of every line.
func lineStarts(src string) []int {
	starts := []int{0}
	for i := range len(src) {
		if src[i] == '\n' {
			starts = append(starts, i+1)
		}
	}
	return starts
}

// position turns an offset into a line and a column, both from 1.
func position(lines []int, off int) (line, col int) {
	line = max(sort.SearchInts(lines, off+1), 1)
	return line, off - lines[line-1] + 1
}

type tok struct {
	off, end int
	tok      token.Token
	lit      string
}

// cut finds the top-level chunks of src: what semicolons, written or implied,
// end outside every bracket. A written one stays with its chunk, even with an
// empty one: the clauses of a for statement may be empty.
func cut(name, src string) ([]chunk, error) {
	toks, err := scan(name, src)
	if err != nil {
		return nil, err
	}
	var chunks []chunk
	depth, first := 0, 0
	for i, t := range toks {
		switch t.tok {
		case token.LPAREN, token.LBRACE, token.LBRACK:
			depth++
		case token.RPAREN, token.RBRACE, token.RBRACK:
			if depth > 0 {
				depth--
			}
		}
		if t.tok == token.SEMICOLON && depth == 0 || i == len(toks)-1 {
			last := i
			if t.tok == token.SEMICOLON && t.lit == "\n" {
				last--
			}
			if last >= first {
				chunks = append(chunks, classify(toks[first:last+1]))
			}
			first = i + 1
		}
	}
	return chunks, nil
}

func scan(name, src string) ([]tok, error) {
	fset := token.NewFileSet()
	f := fset.AddFile(name, -1, len(src))
	var s scanner.Scanner
	var errs scanner.ErrorList
	s.Init(f, []byte(src), func(p token.Position, msg string) { errs.Add(p, msg) }, 0)
	var toks []tok
	for {
		p, t, lit := s.Scan()
		if t == token.EOF {
			return toks, errs.Err()
		}
		off := f.Offset(p)
		n := len(lit)
		if !t.IsLiteral() && !t.IsKeyword() && t != token.SEMICOLON {
			n = len(t.String())
		}
		if t == token.SEMICOLON && lit == "\n" {
			n = 0
		}
		// A raw string's literal has its carriage returns taken out.
		if t == token.STRING && src[off] == '`' {
			n = strings.IndexByte(src[off+1:], '`') + 2
			if n < 2 {
				n = len(src) - off
			}
		}
		if toks = append(toks, tok{off, off + n, t, lit}); len(toks)%4096 == 0 {
			interrupt.Check()
		}
	}
}

// classify says whether the tokens of a chunk begin a declaration.
func classify(ts []tok) chunk {
	c := chunk{start: ts[0].off, end: ts[len(ts)-1].end}
	switch ts[0].tok {
	case token.PACKAGE:
		c.pkg = true
	case token.IMPORT, token.CONST, token.TYPE:
		c.decl = true
	case token.FUNC:
		c.decl = declaresFunc(ts)
	}
	return c
}

// declaresFunc tells `func f(…)` and `func (r T) m(…)` from a literal.
func declaresFunc(ts []tok) bool {
	if len(ts) < 2 {
		return false
	}
	if ts[1].tok == token.IDENT {
		return true
	}
	depth := 0
	for i, t := range ts[1:] {
		switch t.tok {
		case token.LPAREN:
			depth++
		case token.RPAREN:
			depth--
		}
		if depth == 0 {
			rest := ts[i+2:]
			return len(rest) > 1 && rest[0].tok == token.IDENT && rest[1].tok == token.LPAREN
		}
	}
	return false
}
