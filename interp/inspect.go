package interp

import (
	"fmt"
	"go/ast"
	"go/types"
	"strings"

	"github.com/sheaf-go/sheaf/notebooks/show"
)

// Inspect explains the name at the byte offset: its declaration and, for a
// type or a value of one, its methods when detail is 1. It may be called while
// a cell runs.
func (s *Session) Inspect(src string, offset, detail int) (show.Bundle, bool) {
	offset = min(max(offset, 0), len(src))
	src = withoutCommands(src, offset)
	start, end := word(src, offset)
	if start == end { // behind "f(" the function is meant
		if trimmed := strings.TrimRight(src[:offset], "( \t"); trimmed != src[:offset] {
			start, end = word(src, len(trimmed))
		}
	}
	if start == end {
		return show.Bundle{}, false
	}
	v := s.snapshot()
	o := v.objectAt(src, start, end)
	if o == nil {
		return show.Bundle{}, false
	}
	text := declaration(o)
	if detail > 0 {
		if m := methodLines(o.Type()); m != "" {
			text += "\n" + m
		}
	}
	return show.Bundle{Data: map[string]any{
		show.MIMEText: text, show.MIMEMarkdown: "```go\n" + text + "\n```",
	}}, true
}

// objectAt finds what the word at src[start:end] means, in the whole text or
// as the end of an expression on its own.
func (s *Session) objectAt(src string, start, end int) types.Object {
	for _, try := range []struct {
		text string
		at   int
	}{
		{src, start},
		{src[:end] + closers(src[:end]), start},
		{operand(src[:start]) + src[start:end], len(operand(src[:start]))},
	} {
		v := s.snapshot()
		defer v.forget()
		c := v.look(try.text)
		if c == nil {
			continue
		}
		line, col := position(lineStarts(try.text), try.at)
		if o := c.objectHere(v, line, col); o != nil {
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

// declaration writes the object as Go would declare it.
func declaration(o types.Object) string {
	qualify := func(p *types.Package) string {
		if p.Path() == sessionPath {
			return ""
		}
		return p.Name()
	}
	if p, ok := o.(*types.PkgName); ok {
		return fmt.Sprintf("package %s // import %q", p.Imported().Name(), p.Imported().Path())
	}
	text := types.ObjectString(o, qualify)
	if c, ok := o.(*types.Const); ok {
		text = fmt.Sprintf("const %s %s = %s", c.Name(), types.TypeString(c.Type(), qualify), c.Val())
	}
	return plain(text)
}

// methodLines lists the exported methods of a named type.
func methodLines(t types.Type) string {
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
			b.WriteString(declaration(m.Obj()) + "\n")
		}
	}
	return strings.TrimSuffix(b.String(), "\n")
}
