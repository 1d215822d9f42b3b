package interp

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"strconv"
	"strings"

	"github.com/sheaf-go/sheaf/notebooks/show"
)

// Inspect explains the name at the byte offset, or else the function or type
// in whose brackets it is: its declaration, its doc comment and, for a type or
// a value of one, its methods when detail is 1. It may be called while a cell
// runs.
func (s *Session) Inspect(src string, offset, detail int) (show.Bundle, bool) {
	offset = min(max(offset, 0), len(src))
	if text, ok := s.explainCommand(src, offset); ok {
		return show.Plain(text), true
	}
	if !isGo(src, offset) {
		return show.Bundle{}, false
	}
	src = withoutCommands(src, offset)
	v := s.snapshot()
	defer v.forget()
	o := v.at(src, offset)
	if o == nil {
		return show.Bundle{}, false
	}
	text, doc := s.declaration(o), s.docOf(o, src)
	if detail > 0 {
		if m := s.methodLines(o.Type()); m != "" {
			text += "\n" + m
		}
	}
	markdown := "```go\n" + strings.ReplaceAll(text, "\t", "    ") + "\n```" // tabs are wide in pages
	if doc != "" {
		p, md := renderDoc(doc)
		text += "\n\n" + p
		markdown += "\n\n" + md
	}
	return show.Bundle{Data: map[string]any{show.MIMEText: text, show.MIMEMarkdown: markdown}}, true
}

// at finds what is meant at the offset.
func (s *Session) at(src string, offset int) types.Object {
	kind, text, from := literalAt(src, offset)
	if kind == token.STRING {
		if path, err := strconv.Unquote(text); err == nil {
			if _, ok := importString(src, offset); ok {
				return s.packageName(path)
			}
		}
	}
	if kind == token.ILLEGAL {
		start, end := word(src, offset)
		if o := s.objectAt(src, start, end); o != nil {
			return o
		}
		from = offset
	}
	if kind == token.COMMENT {
		return nil
	}
	for {
		start, end, ok := opener(src[:from])
		if !ok {
			return nil
		}
		if o := s.objectAt(src, start, end); o != nil {
			if _, isType := o.(*types.TypeName); isType || src[end] != '{' {
				return o
			}
		}
		from = start
	}
}

// packageName is an object for an importable package.
func (s *Session) packageName(path string) types.Object {
	if _, ok := s.lib.Name(path); !ok {
		return nil
	}
	p, err := s.importer.Import(path)
	if err != nil {
		return nil
	}
	return types.NewPkgName(token.NoPos, types.NewPackage(sessionPath, "main"), p.Name(), p)
}

// opener finds the name before the innermost bracket, round or curly, that src
// leaves open: of the function that is called, or of the type of a literal. It
// goes out of literals without such a name, but not of a block.
func opener(src string) (start, end int, ok bool) {
	toks := explicit(src)
	depth := 0
	for i := len(toks) - 1; i > 0; i-- {
		switch toks[i].tok {
		case token.RPAREN, token.RBRACK, token.RBRACE:
			depth++
		case token.LPAREN, token.LBRACK, token.LBRACE:
			if depth > 0 {
				depth--
				continue
			}
			before := callee(toks, i)
			literal := toks[i].tok == token.LBRACE
			switch {
			case literal && block(toks, before):
				return 0, 0, false
			case toks[i].tok == token.LBRACK, toks[before].tok != token.IDENT, literal && isElement(toks, before):
			default:
				return toks[before].off, toks[before].end, true
			}
		}
	}
	return 0, 0, false
}

// isElement reports whether the name at i ends the type of a slice, an array
// or a map, as in []int.
func isElement(toks []tok, i int) bool {
	i = operandStart(toks, i)
	return i > 0 && (toks[i-1].tok == token.RBRACK || toks[i-1].tok == token.MUL)
}

// operandStart steps from the name at i over its package's name.
func operandStart(toks []tok, i int) int {
	if i > 1 && toks[i-1].tok == token.PERIOD && toks[i-2].tok == token.IDENT {
		return i - 2
	}
	return i
}

// block reports whether the brace behind the token at i begins a block, not a
// literal.
func block(toks []tok, i int) bool {
	switch toks[i].tok {
	case token.IDENT, token.RBRACK:
	case token.STRUCT, token.INTERFACE:
		return false
	case token.LBRACE, token.COMMA, token.COLON: // of elements
		return false
	default:
		return true
	}
	if i = operandStart(toks, i); i > 0 && toks[i-1].tok == token.RPAREN {
		return true // the result of a function
	}
	for depth := 0; i >= 0; i-- {
		switch toks[i].tok {
		case token.RPAREN, token.RBRACK, token.RBRACE:
			depth++
		case token.LPAREN, token.LBRACK, token.LBRACE:
			if depth--; depth < 0 {
				return false
			}
		case token.IF, token.FOR, token.SWITCH, token.SELECT:
			if depth == 0 {
				return true
			}
		case token.SEMICOLON:
			if depth == 0 && toks[i].lit == "\n" {
				return false
			}
		}
	}
	return false
}

// callee steps from the bracket at i over type arguments to the name before.
func callee(toks []tok, i int) int {
	i--
	if toks[i].tok != token.RBRACK {
		return i
	}
	for depth := 0; i > 0; i-- {
		switch toks[i].tok {
		case token.RBRACK:
			depth++
		case token.LBRACK:
			if depth--; depth == 0 {
				return i - 1
			}
		}
	}
	return 0
}

// objectAt finds what the word at src[start:end] means: in the whole text, in
// the text up to there, without the lines that do not parse, or as the end of
// an expression on its own.
func (s *Session) objectAt(src string, start, end int) types.Object {
	if start == end {
		return nil
	}
	row := strings.Count(src[:start], "\n") + 1
	head := src[:end] + closers(src[:end])
	tries := []struct {
		text string
		at   int
	}{{src, start}, {head, start}}
	for _, text := range []string{src, head} {
		if text, ok := repaired(text, row); ok {
			line := strings.LastIndexByte(src[:start], '\n') + 1
			tries = append(tries, struct {
				text string
				at   int
			}{text, lineStarts(text)[row-1] + start - line})
		}
	}
	o := operand(src[:start])
	tries = append(tries, struct {
		text string
		at   int
	}{o + src[start:end], len(o)})
	for _, try := range tries {
		c := s.look(try.text)
		if c == nil {
			continue
		}
		line, col := position(lineStarts(try.text), try.at)
		if o := c.objectHere(s, line, col); o != nil {
			return o
		}
	}
	return nil
}

func (c *checked) objectHere(s *Session, line, col int) types.Object {
	var found types.Object
	ast.Inspect(c.file, func(n ast.Node) bool {
		id, ok := n.(*ast.Ident)
		if !ok || found != nil || id.Name == "_" {
			return found == nil
		}
		p := s.fset.Position(id.Pos())
		if p.Filename == s.name && p.Line == line && p.Column == col {
			if o := c.info.Uses[id]; o != nil {
				found = o
			} else if o := c.info.Defs[id]; o != nil {
				found = o
			}
		}
		return found == nil
	})
	return found
}

// qualify names other packages than the session's.
func qualify(p *types.Package) string {
	if p.Path() == sessionPath {
		return ""
	}
	return p.Name()
}

// declaration writes the object as Go would declare it.
func (s *Session) declaration(o types.Object) string {
	switch o := o.(type) {
	case *types.PkgName:
		return fmt.Sprintf("package %s // import %q", o.Imported().Name(), o.Imported().Path())
	case *types.Const:
		return plain(fmt.Sprintf("const %s %s = %s", o.Name(), types.TypeString(o.Type(), qualify), o.Val()))
	case *types.Builtin:
		if text := s.doc("builtin", "func "+o.Name()); text != "" {
			return text
		}
	case *types.TypeName:
		if o.IsAlias() {
			break
		}
		switch t := o.Type().Underlying().(type) {
		case *types.Struct:
			return plain(structText(o, t))
		case *types.Interface:
			return plain(interfaceText(o, t))
		}
	}
	return plain(types.ObjectString(o, qualify))
}

// maxFields bounds how many fields of a struct, or methods of an interface,
// hovering shows.
const maxFields = 25

// interfaceText declares an interface type with a method per line.
func interfaceText(o *types.TypeName, it *types.Interface) string {
	head, _, _ := strings.Cut(types.ObjectString(o, qualify), " interface{")
	if !it.IsMethodSet() || it.NumMethods() == 0 {
		return types.ObjectString(o, qualify)
	}
	var b strings.Builder
	b.WriteString(head + " interface {\n")
	shown := 0
	for m := range it.Methods() {
		if !m.Exported() && m.Pkg() != nil && m.Pkg().Path() != sessionPath || shown == maxFields {
			continue
		}
		shown++
		fmt.Fprintf(&b, "\t%s%s\n", m.Name(), strings.TrimPrefix(types.TypeString(m.Type(), qualify), "func"))
	}
	if rest := it.NumMethods() - shown; rest > 0 {
		fmt.Fprintf(&b, "\t// %d more\n", rest)
	}
	b.WriteString("}")
	return b.String()
}

// structText declares a struct type with a field per line, those that a cell
// can name.
func structText(o *types.TypeName, st *types.Struct) string {
	head, _, _ := strings.Cut(types.ObjectString(o, qualify), " struct{")
	var b strings.Builder
	b.WriteString(head + " struct {\n")
	shown := 0
	for f := range st.Fields() {
		if !f.Exported() && f.Pkg().Path() != sessionPath || shown == maxFields {
			continue
		}
		shown++
		typ := types.TypeString(f.Type(), qualify)
		if f.Embedded() {
			fmt.Fprintf(&b, "\t%s\n", typ)
		} else {
			fmt.Fprintf(&b, "\t%s %s\n", f.Name(), typ)
		}
	}
	if rest := st.NumFields() - shown; rest > 0 {
		fmt.Fprintf(&b, "\t// %d more\n", rest)
	}
	b.WriteString("}")
	return b.String()
}

// methodLines lists the exported methods of a named type.
func (s *Session) methodLines(t types.Type) string {
	if p, ok := t.(*types.Pointer); ok {
		t = p.Elem()
	}
	n, ok := t.(*types.Named)
	if !ok {
		return ""
	}
	var b strings.Builder
	for m := range types.NewMethodSet(types.NewPointer(n)).Methods() {
		if m.Obj().Exported() {
			b.WriteString(s.declaration(m.Obj()) + "\n")
		}
	}
	return strings.TrimSuffix(b.String(), "\n")
}
