package linkname

import (
	"fmt"
	"go/token"
	"go/types"
	"strconv"
	"strings"
)

// A Name is a named type as a symbol mentions it.
type Name struct {
	Link  string       // the whole, as the compiler writes it: "gopkg.in/yaml%2ev3.Set[int]"
	Path  string       // of its package: "gopkg.in/yaml.v3"
	Name  string       // "Set"; "T·2" is the second type that functions of its package declare
	Args  []types.Type // type arguments, first those of the function that declares it
	Outer int          // how many are the function's; 0 where all or none are

	whole string // Link without the path
}

// reflectName is what package reflect has as the type's name.
func (n Name) reflectName() string {
	if i := strings.LastIndex(n.Name, "·"); i >= 0 {
		return strings.TrimSuffix(n.whole, n.Name[i:])
	}
	return n.whole
}

// A Scope knows what names mean.
type Scope interface {
	// Package returns the package of this path, to which unexported fields and
	// methods belong.
	Package(path string) *types.Package
	// Named returns a named type.
	Named(Name) (types.Type, error)
}

// Parse returns the type that the compiler calls text: what follows "type:" in
// the name of a type's symbol.
func Parse(text string, in Scope) (t types.Type, err error) {
	p := &parser{text: text, in: in}
	defer p.catch(&err)
	read := p.typ()
	p.end()
	return read, nil
}

// ParseItab returns the two types of an interface table: text is what follows
// "go:itab." in the name of its symbol.
func ParseItab(text string, in Scope) (concrete, iface types.Type, err error) {
	p := &parser{text: text, in: in}
	defer p.catch(&err)
	c := p.typ()
	p.want(",")
	i := p.typ()
	p.end()
	return c, i, nil
}

// maxDepth bounds how deep types are nested, for the sake of the stack.
const maxDepth = 10_000

// A parser stands at text[at].
type parser struct {
	text  string
	at    int
	depth int
	in    Scope
}

// A fault is the panic that ends a parse.
type fault struct{ err error }

func (p *parser) catch(err *error) {
	switch r := recover().(type) {
	case nil:
	case fault:
		*err = r.err
	default:
		panic(r)
	}
}

func (p *parser) failf(format string, args ...any) {
	panic(fault{fmt.Errorf("linkname: %.500s: "+format, append([]any{p.text}, args...)...)})
}

func (p *parser) rest() string { return p.text[p.at:] }

// take passes s if it comes next.
func (p *parser) take(s string) bool {
	if !strings.HasPrefix(p.rest(), s) {
		return false
	}
	p.at += len(s)
	return true
}

func (p *parser) want(s string) {
	if !p.take(s) {
		p.failf("want %q at %q", s, p.rest())
	}
}

func (p *parser) end() {
	if p.at < len(p.text) {
		p.failf("want the end at %q", p.rest())
	}
}

// typ passes a type.
func (p *parser) typ() types.Type {
	if p.depth++; p.depth > maxDepth {
		p.failf("types are nested deeper than %d", maxDepth)
	}
	defer func() { p.depth-- }()
	switch {
	case p.take("*"):
		return types.NewPointer(p.typ())
	case p.take("[]"):
		return types.NewSlice(p.typ())
	case p.take("["):
		n := p.number()
		p.want("]")
		return types.NewArray(p.typ(), n)
	case p.take("map["):
		key := p.typ()
		p.want("]")
		return types.NewMap(key, p.typ())
	case p.take("chan<- "):
		return types.NewChan(types.SendOnly, p.typ())
	case p.take("<-chan "):
		return types.NewChan(types.RecvOnly, p.typ())
	case p.take("chan ("): // a channel of channels to receive from
		elem := p.typ()
		p.want(")")
		return types.NewChan(types.SendRecv, elem)
	case p.take("chan "):
		return types.NewChan(types.SendRecv, p.typ())
	case p.take("func"):
		return p.signature()
	case p.take("struct {"):
		return p.structure()
	case p.take("interface {"):
		return p.iface()
	}
	return p.named()
}

func (p *parser) number() int64 {
	start := p.at
	for p.at < len(p.text) && '0' <= p.text[p.at] && p.text[p.at] <= '9' {
		p.at++
	}
	n, err := strconv.ParseInt(p.text[start:p.at], 10, 64)
	if err != nil {
		p.failf("want a number at %q", p.text[start:])
	}
	return n
}

// signature passes a function's parameters and results.
func (p *parser) signature() *types.Signature {
	params, variadic := p.params()
	var results *types.Tuple
	rest := p.rest()
	switch {
	case strings.HasPrefix(rest, " ("):
		p.want(" ")
		var dots bool
		if results, dots = p.params(); dots {
			p.failf("a result is variadic")
		}
	case len(rest) > 1 && rest[0] == ' ' && rest[1] != '"' && rest[1] != '}': // no tag, not the end of a struct
		p.want(" ")
		results = types.NewTuple(param(p.typ()))
	}
	return types.NewSignatureType(nil, nil, nil, params, results, variadic)
}

func param(t types.Type) *types.Var { return types.NewParam(token.NoPos, nil, "", t) }

// params passes a list of types in parentheses.
func (p *parser) params() (_ *types.Tuple, variadic bool) {
	p.want("(")
	var vars []*types.Var
	for !p.take(")") {
		if len(vars) > 0 {
			p.want(", ")
		}
		if variadic {
			p.failf("a variadic parameter is not the last one")
		}
		if variadic = p.take("..."); variadic {
			vars = append(vars, param(types.NewSlice(p.typ())))
		} else {
			vars = append(vars, param(p.typ()))
		}
	}
	return types.NewTuple(vars...), variadic
}

// structure passes the fields of a struct and its closing brace.
func (p *parser) structure() types.Type {
	var fields []*types.Var
	var tags []string
	seen := map[string]bool{}
	if p.take("}") {
		return types.NewStruct(nil, nil)
	}
	for {
		p.want(" ")
		f := p.field()
		if f.Name() != "_" && seen[f.Id()] {
			p.failf("field %s comes twice", f.Name())
		}
		seen[f.Id()] = true
		fields, tags = append(fields, f), append(tags, p.tag())
		if !p.take(";") {
			p.want(" }")
			return types.NewStruct(fields, tags)
		}
	}
}

// field passes "Name type", "path.name type" or, of an embedded one, the type
// alone; where its name does not follow from the type, "Name = type".
func (p *parser) field() *types.Var {
	word := p.word()
	after := p.text[p.at+len(word):]
	if word == "" || !strings.HasPrefix(after, " ") || strings.HasPrefix(after, ` "`) || strings.HasPrefix(after, " }") {
		t := p.typ()
		pkg, name := p.embeddedName(t)
		return types.NewField(token.NoPos, pkg, name, t, true)
	}
	pkg, name := p.member()
	embedded := p.take(" = ")
	if !embedded {
		p.want(" ")
	}
	t := p.typ()
	if embedded {
		p.known(t)
	}
	return types.NewField(token.NoPos, pkg, name, t, embedded)
}

// embeddedName is the name of an embedded field of type t.
func (p *parser) embeddedName(t types.Type) (*types.Package, string) {
	p.known(t)
	if n := namedOf(t); n != nil {
		return n.Obj().Pkg(), n.Obj().Name()
	}
	p.failf("%s is embedded without a name", t)
	return nil, ""
}

// known refuses to embed a type of which only the run-time form is known: its
// methods would be missing.
func (p *parser) known(t types.Type) {
	if n := namedOf(t); n != nil && n.Underlying() == opaque {
		p.failf("%s is embedded, and its methods are not known", t)
	}
}

func namedOf(t types.Type) *types.Named {
	if ptr, ok := t.(*types.Pointer); ok {
		t = ptr.Elem()
	}
	n, _ := types.Unalias(t).(*types.Named)
	return n
}

// tag passes the tag of a field, if it has one.
func (p *parser) tag() string {
	if !strings.HasPrefix(p.rest(), ` "`) {
		return ""
	}
	p.want(" ")
	quoted, err := strconv.QuotedPrefix(p.rest())
	if err != nil {
		p.failf("want a tag at %q", p.rest())
	}
	p.at += len(quoted)
	tag, err := strconv.Unquote(quoted)
	if err != nil {
		p.failf("tag %s: %v", quoted, err)
	}
	return tag
}

// iface passes the methods of an interface and its closing brace.
func (p *parser) iface() types.Type {
	var methods []*types.Func
	seen := map[string]bool{}
	if p.take("}") {
		return types.NewInterfaceType(nil, nil)
	}
	for {
		p.want(" ")
		pkg, name := p.member()
		m := types.NewFunc(token.NoPos, pkg, name, p.signature())
		if seen[m.Id()] {
			p.failf("method %s comes twice", name)
		}
		seen[m.Id()] = true
		methods = append(methods, m)
		if !p.take(";") {
			p.want(" }")
			return types.NewInterfaceType(methods, nil).Complete()
		}
	}
}
