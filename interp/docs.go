package interp

import (
	"go/doc/comment"
	"go/scanner"
	"go/token"
	"go/types"
	"regexp"
	"strings"
	"sync"
)

// doc is the library's doc comment of an exported name, "" if it has none.
func (s *Session) doc(path, name string) string {
	return s.lib.Doc(path, name)
}

// docOf finds the doc comment of an object: the library's, or what stands
// above its declaration in a cell; here is the text being looked at.
func (s *Session) docOf(o types.Object, here string) string {
	switch {
	case o.Pkg() == nil:
		return s.doc("builtin", o.Name())
	case o.Pkg().Path() == sessionPath:
		if p, ok := o.(*types.PkgName); ok {
			return s.doc(p.Imported().Path(), "")
		}
		return s.cellDoc(o, here)
	}
	name := qualified(o)
	doc := s.doc(o.Pkg().Path(), name)
	if owner, _, member := strings.Cut(name, "."); doc == "" && member {
		if _, isMethod := o.(*types.Func); isMethod { // an interface speaks for its methods
			return s.doc(o.Pkg().Path(), owner)
		}
	}
	return doc
}

// qualified is the name of a package's object, "T.M" for a method or a field.
func qualified(o types.Object) string {
	var owner string
	switch o := o.(type) {
	case *types.Func:
		o = o.Origin()
		recv := o.Signature().Recv()
		if recv == nil {
			return o.Name()
		}
		t := recv.Type()
		if p, ok := t.(*types.Pointer); ok {
			t = p.Elem()
		}
		if n, ok := t.(*types.Named); ok {
			return n.Obj().Name() + "." + o.Name()
		}
		owner = ownerOf(o.Pkg(), func(t types.Type) bool { return hasMethod(t, o) })
	case *types.Var:
		if !o.IsField() {
			return o.Name()
		}
		o = o.Origin()
		owner = ownerOf(o.Pkg(), func(t types.Type) bool { return hasField(t, o) })
	default:
		return o.Name()
	}
	return owner + "." + o.Name()
}

// ownerOf is the name of the package's type that has the member.
func ownerOf(p *types.Package, has func(types.Type) bool) string {
	for _, n := range p.Scope().Names() {
		if tn, ok := p.Scope().Lookup(n).(*types.TypeName); ok && has(tn.Type().Underlying()) {
			return n
		}
	}
	return ""
}

func hasField(t types.Type, v *types.Var) bool {
	st, ok := t.(*types.Struct)
	if !ok {
		return false
	}
	for f := range st.Fields() {
		if f == v {
			return true
		}
	}
	return false
}

func hasMethod(t types.Type, m *types.Func) bool {
	it, ok := t.(*types.Interface)
	if !ok {
		return false
	}
	for f := range it.ExplicitMethods() {
		if f == m {
			return true
		}
	}
	return false
}

// cellDoc is the comment above the line of a cell that declares o, or behind
// it on the same line.
func (s *Session) cellDoc(o types.Object, here string) string {
	p := s.fset.Position(o.Pos())
	src := here
	if p.Filename != "cell" {
		s.mu.Lock()
		src = s.sources[p.Filename]
		s.mu.Unlock()
	}
	if src == "" || !p.IsValid() || p.Line > strings.Count(src, "\n")+1 {
		return ""
	}
	above, behind := commentsAt(src, p.Line, p.Column)
	line := src[lineStarts(src)[p.Line-1]:]
	_, isVar := o.(*types.Var)
	if above == "" || isVar && !namesOnly().MatchString(line[:min(p.Column-1, len(line))]) {
		return behind
	}
	return above
}

// namesOnly matches what can stand before a variable or a field on a line
// whose comment is about it.
var namesOnly = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^\s*((var|const)\b\s*\(?)?\s*([^\s,():=]+\s*,\s*)*$`)
})

// commentsAt finds the comment that ends on the line before, and the one that
// follows the column on the line itself.
func commentsAt(src string, line, col int) (above, behind string) {
	file := token.NewFileSet().AddFile("", -1, len(src))
	var sc scanner.Scanner
	sc.Init(file, []byte(src), func(token.Position, string) {}, scanner.ScanComments)
	var group []string // of comments in lines of their own
	last, code := 0, 0 // the lines where the group and the last code end
	for {
		p, t, lit := sc.Scan()
		if t == token.EOF {
			break
		}
		at := file.Position(p)
		if t != token.COMMENT {
			if t != token.SEMICOLON || lit != "\n" {
				code = at.Line + strings.Count(lit, "\n")
			}
			if at.Line > line {
				break
			}
			continue
		}
		switch {
		case at.Line == line && at.Column > col:
			behind = commentText(lit)
		case at.Line < line && at.Line != code:
			if at.Line != last+1 {
				group = nil
			}
			group, last = append(group, commentText(lit)), at.Line+strings.Count(lit, "\n")
		}
	}
	if last == line-1 {
		above = strings.TrimSpace(strings.Join(group, "\n"))
	}
	return above, behind
}

// commentText takes the marks off a comment.
func commentText(lit string) string {
	if text, ok := strings.CutPrefix(lit, "//"); ok {
		if text != "" && text[0] != ' ' && text[0] != '\t' {
			return "" // a directive
		}
		return strings.TrimRight(strings.TrimPrefix(text, " "), " \t\r")
	}
	return strings.TrimSpace(strings.TrimSuffix(strings.TrimPrefix(lit, "/*"), "*/"))
}

// renderDoc gives a doc comment as plain text and as Markdown.
func renderDoc(text string) (plain, markdown string) {
	p := comment.Parser{
		LookupPackage: func(name string) (string, bool) { return name, true },
		LookupSym:     func(string, string) bool { return true },
	}
	d := p.Parse(text)
	pr := comment.Printer{DocLinkURL: func(*comment.DocLink) string { return "" }, TextWidth: 80}
	return strings.TrimSpace(string(pr.Text(d))), strings.TrimSpace(string(pr.Markdown(d)))
}
