package interp

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/format"
	"go/token"
	"maps"
	"slices"
	"strings"

	"github.com/sheaf-go/sheaf/internal/gosyntax"
)

// An entry is a declaration of an earlier cell: as later checks see it, and as
// it was written, for the day when something that it uses is redefined.
type entry struct {
	names   []string // internal; of a method "T.M"
	user    string   // what the cell declares: "f", "T.M"
	kind    token.Token
	decl    ast.Decl          // without bodies, variables with their types
	imports map[string]string // alias → path, of what decl mentions
	refs    []string          // internal names that decl mentions
	uses    map[string]bool   // names of the session that the source mentions
	from    piece
}

// A piece is the text of a declaration and where it stands.
type piece struct {
	file      string // the name that positions have
	line, col int
	text      string
}

// placed is the text with its place.
func (p piece) placed() string {
	return fmt.Sprintf("/*line %s:%d:%d*/%s\n", p.file, p.line, p.col, p.text)
}

// A ledger is what the session has declared, by internal name.
type ledger struct {
	entries map[string]*entry
	methods map[string][]string // of a type: "T.M"
	live    int                 // entries that the last sweep left
}

func newLedger() *ledger {
	return &ledger{entries: map[string]*entry{}, methods: map[string][]string{}}
}

func (l *ledger) clone() *ledger {
	return &ledger{maps.Clone(l.entries), maps.Clone(l.methods), l.live}
}

// sweep forgets the declarations that nothing named today leads to, when they
// may have become as many as the others.
func (l *ledger) sweep(names map[string]*binding) {
	const few = 64
	if len(l.entries) < 2*l.live+few {
		return
	}
	roots := map[string]bool{}
	for _, b := range names {
		roots[b.internal] = true
	}
	entries, methods := map[string]*entry{}, map[string][]string{}
	for _, e := range l.reach(roots, nil) {
		for _, n := range e.names {
			if l.entries[n] != e {
				continue
			}
			entries[n] = e
			if ms := l.methods[n]; ms != nil {
				methods[n] = ms
			}
		}
	}
	l.entries, l.methods, l.live = entries, methods, len(entries)
}

// add makes an entry known under its names; what had them is forgotten.
func (l *ledger) add(e *entry) {
	for _, n := range e.names {
		l.entries[n] = e
		if t, _, isMethod := strings.Cut(n, "."); isMethod && !slices.Contains(l.methods[t], n) {
			l.methods[t] = append(slices.Clip(l.methods[t]), n)
		}
	}
}

// reach finds the entries that the roots mention, and what those mention, and
// the methods of the types among them; hidden names count as not there.
func (l *ledger) reach(roots map[string]bool, hidden map[string]bool) []*entry {
	var out []*entry
	seen := map[*entry]bool{}
	var visit func(name string)
	visit = func(name string) {
		e := l.entries[name]
		if e == nil || seen[e] || hidden[name] {
			return
		}
		seen[e] = true
		out = append(out, e)
		for _, r := range e.refs {
			visit(r)
		}
		for _, n := range e.names {
			for _, m := range l.methods[n] {
				visit(m)
			}
		}
	}
	for _, r := range sortedKeys(roots) {
		visit(r)
	}
	return out
}

// mentions lists the identifiers in a tree.
func mentions(n ast.Node, into map[string]bool) map[string]bool {
	if into == nil {
		into = map[string]bool{}
	}
	ast.Inspect(n, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok {
			into[id.Name] = true
		}
		return true
	})
	return into
}

// methodName is the internal name of a method's entry.
func methodName(d *ast.FuncDecl) string { return gosyntax.ReceiverName(d) + "." + d.Name.Name }

// signatureText is what a method's receiver, parameters and results look like.
func signatureText(d *ast.FuncDecl) string {
	var b bytes.Buffer
	if d.Recv != nil && len(d.Recv.List) > 0 {
		if err := format.Node(&b, token.NewFileSet(), d.Recv.List[0].Type); err != nil {
			return ""
		}
	}
	if err := format.Node(&b, token.NewFileSet(), d.Type); err != nil {
		return ""
	}
	return b.String()
}

// typeText is a type declaration as text, with a mark for the type's own
// name: two are the same type if the texts are.
func specText(spec *ast.TypeSpec) string {
	var own []*ast.Ident
	name := spec.Name.Name
	ast.Inspect(spec, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok && id.Name == name {
			own = append(own, id)
		}
		return true
	})
	for _, id := range own {
		id.Name = "self"
	}
	var b bytes.Buffer
	cp := *spec
	cp.Doc, cp.Comment = nil, nil
	err := format.Node(&b, token.NewFileSet(), &cp)
	for _, id := range own {
		id.Name = name
	}
	if err != nil {
		return ""
	}
	return strings.Join(strings.Fields(b.String()), " ")
}
