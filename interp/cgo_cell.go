package interp

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"strings"
)

// cCell is a cell on its way to cgo.
type cCell struct {
	s        *Session
	src      string
	lines    []int
	at       int    // where its first import "C" stands, from 1; 0: nowhere
	preamble string // as line comments
	decls    strings.Builder
	stmts    strings.Builder
}

// read takes the chunks of a cell apart.
func (in *cCell) read(chunks []chunk) error {
	end := 0
	for _, c := range chunks {
		text, before := in.src[c.start:c.end], in.src[end:c.start]
		end = c.end
		b := &in.stmts
		switch {
		case c.pkg:
			continue
		case c.decl:
			b = &in.decls
			var err error
			if strings.HasPrefix(text, "import") {
				if text, err = in.imports(before, text, c.start); err != nil {
					return err
				}
			}
			if i := strings.Index("\n"+before, "\n//export "); i >= 0 { // cgo reads it
				c.start -= len(before) - i
				text = in.src[c.start:c.end]
			}
		}
		line, col := position(in.lines, c.start)
		fmt.Fprintf(b, "/*line %s:%d:%d*/%s\n", cFile, line, col, text)
	}
	return nil
}

// imports takes import "C" out of an import declaration, in whose place spaces
// stay, and what stands above it as the preamble.
func (in *cCell) imports(before, text string, start int) (string, error) {
	const head = "package p\n"
	fset := token.NewFileSet()
	f, err := parser.ParseFile(fset, "", head+before+text, parser.ParseComments|parser.ImportsOnly)
	if err != nil {
		return "", err
	}
	base := start - len(head) - len(before) // of offsets in the file
	offset := func(p token.Pos) int { return fset.Position(p).Offset }
	for _, d := range f.Decls {
		g, ok := d.(*ast.GenDecl)
		if !ok {
			continue
		}
		for _, sp := range g.Specs {
			spec := sp.(*ast.ImportSpec)
			if spec.Path.Value != `"C"` || spec.Name != nil {
				continue
			}
			from, to := offset(spec.Pos()), offset(spec.End())
			doc := spec.Doc
			if doc == nil && len(g.Specs) == 1 {
				doc = g.Doc
			}
			if !g.Lparen.IsValid() {
				from = offset(g.Pos())
			}
			if doc != nil {
				in.comment(doc, func(p token.Pos) int { return base + offset(p) })
			}
			if in.at == 0 {
				in.at = 1 + base + offset(spec.Pos())
			}
			skip := len(head) + len(before)
			text = text[:from-skip] + strings.Repeat(" ", to-from) + text[to-skip:]
		}
	}
	return text, nil
}

// comment adds the text of comments to the preamble, with a line for the C
// compiler that says where it stands.
func (in *cCell) comment(doc *ast.CommentGroup, offset func(token.Pos) int) {
	var b strings.Builder
	for _, c := range doc.List {
		line, _ := position(in.lines, offset(c.Pos()))
		text := c.Text[2:]
		if c.Text[1] == '*' {
			text = c.Text[2 : len(c.Text)-2]
		}
		fmt.Fprintf(&b, "//#line %d %q\n", line, cFile)
		for _, l := range strings.Split(text, "\n") {
			b.WriteString("//" + strings.TrimSuffix(l, "\r") + "\n")
		}
	}
	in.preamble += b.String()
}

// file is the Go file that cgo gets. Extra mentions names of C that the cell
// does not mention.
func (in *cCell) file(preamble, extra string) string {
	line, col := position(in.lines, len(in.src))
	return fmt.Sprintf("package main\n%simport \"C\"\n%sfunc %s() {\n%s/*line %s:%d:%d*/}\n%s",
		preamble, in.decls.String(), bodyName, in.stmts.String(), cFile, line, col, extra)
}
