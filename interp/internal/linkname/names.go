package linkname

import (
	"go/token"
	"go/types"
	"strconv"
	"strings"
)

// word is the name that comes next, with its path if it has one.
func (p *parser) word() string {
	rest := p.rest()
	if i := strings.IndexAny(rest, ` "()*,;=[]{}`); i >= 0 {
		return rest[:i]
	}
	return rest
}

// member passes the name of a field or method. Only an unexported one has the
// path of its package before it.
func (p *parser) member() (*types.Package, string) {
	word := p.word()
	p.at += len(word)
	path, name := p.split(word)
	if !token.IsIdentifier(name) {
		p.failf("want a name at %q", word+p.rest())
	}
	if path == "" && !token.IsExported(name) {
		path = "internal/runtime/maps" // a slot of a map, which no program sees
	}
	if path == "" {
		return nil, name
	}
	return p.in.Package(path), name
}

// split parts a word into a path, "" without one, and a name. Only in the last
// element of a path are dots escaped.
func (p *parser) split(word string) (path, name string) {
	slash := strings.LastIndexByte(word, '/') + 1
	path, name, ok := strings.Cut(word[slash:], ".")
	switch {
	case !ok && slash == 0:
		return "", word
	case !ok || path == "" || name == "":
		p.failf("want a path and a name at %q", word)
	}
	return p.unescape(word[:slash] + path), name
}

// unescape undoes the %xx of a path.
func (p *parser) unescape(s string) string {
	if !strings.Contains(s, "%") {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] != '%' {
			b.WriteByte(s[i])
			continue
		}
		digits := s[i+1 : min(i+3, len(s))]
		c, err := strconv.ParseUint(digits, 16, 8)
		if err != nil || len(digits) < 2 {
			p.failf("path %q: want two digits after %%", s)
		}
		b.WriteByte(byte(c))
		i += 2
	}
	return b.String()
}

// universe holds the named types that have no package.
var universe = func() map[string]types.Type {
	m := map[string]types.Type{"error": types.Universe.Lookup("error").Type()}
	for _, t := range types.Typ {
		if t.Info()&types.IsUntyped == 0 && t.Kind() != types.Invalid && t.Kind() != types.UnsafePointer {
			m[t.Name()] = t
		}
	}
	return m
}()

// named passes a predeclared type or a named one with its type arguments.
func (p *parser) named() types.Type {
	start := p.at
	word := p.word()
	for _, prefix := range []string{"noalg.", "go.shape."} {
		if strings.HasPrefix(word, prefix) {
			p.failf("%s belongs to the compiler", word)
		}
	}
	p.at += len(word)
	path, name := p.split(word)
	if path == "" {
		t := universe[name]
		if t == nil {
			p.failf("want a type at %q", p.text[start:])
		}
		return t
	}
	if base, _, _ := strings.Cut(name, "·"); !token.IsIdentifier(base) {
		p.failf("want a name at %q", p.text[start:])
	}
	n := Name{Path: path, Name: name}
	nameAt := p.at - len(name)
	if p.take("[") {
		p.args(&n)
		if number := p.at; p.take("·") {
			p.number()
			n.Name += p.text[number:p.at]
		}
	}
	n.Link, n.whole = p.text[start:p.at], p.text[nameAt:p.at]
	if n.Link == "unsafe.Pointer" {
		return types.Typ[types.UnsafePointer]
	}
	t, err := p.in.Named(n)
	if err != nil {
		p.failf("%w", err)
	}
	return t
}

// args passes type arguments and the closing bracket. A semicolon ends those of
// the function around the type.
func (p *parser) args(n *Name) {
	for {
		n.Args = append(n.Args, p.typ())
		switch {
		case p.take(","):
		case p.take(";"):
			n.Outer = len(n.Args)
		default:
			p.want("]")
			return
		}
	}
}
