package interp

import (
	"cmp"
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/sheaf-go/sheaf/notebooks/show"
)

// A candidate is a proposal with its place among the others: those of the
// lowest rank come first.
type candidate struct {
	show.Completion
	rank int
	typ  types.Type // of an object
}

// Ranks of names by where they are from; wanted lifts those that have the type
// that the place wants.
const (
	wanted   = -100
	local    = 10
	global   = 20
	imported = 30
	known    = 40 // predeclared names and packages
	keyword  = 50
)

// Complete proposes what can stand at the byte offset. It may be called while
// a cell runs.
func (s *Session) Complete(src string, offset int) show.Completions {
	offset = min(max(offset, 0), len(src))
	if items, start, ok := s.commandNames(src, offset); ok {
		return show.Completions{Start: start, End: offset, Items: items}
	}
	if items, start, ok := s.argument(src, offset); ok {
		return show.Completions{Start: start, End: offset, Items: items}
	}
	if !isGo(src, offset) {
		return show.Completions{Start: offset, End: offset}
	}
	src = withoutCommands(src, offset)
	v := s.snapshot()
	defer v.forget()
	if q, ok := importString(src, offset); ok {
		return show.Completions{Start: q, End: offset, Items: v.importPaths(src[q:offset])}
	}
	if kind, _, _ := literalAt(src, offset); kind != token.ILLEGAL {
		return show.Completions{Start: offset, End: offset}
	}
	start, end := word(src, offset)
	out, prefix := show.Completions{Start: start, End: offset}, src[start:offset]
	if nothingFollows(src[:start]) {
		return out
	}
	if r, _ := utf8.DecodeRuneInString(prefix); unicode.IsDigit(r) {
		return out
	}
	if c, at := v.lookAt(src, start, end); c != nil && at != nil {
		out.Items = pick(v.candidates(c, at), prefix)
	} else if !strings.HasSuffix(src[:start], ".") {
		out.Items = pick(v.topLevel(nil, token.NoPos), prefix)
	}
	return out
}

// nothingFollows reports whether no name that exists can stand behind src.
func nothingFollows(src string) bool {
	if strings.HasSuffix(src, ")") || strings.HasSuffix(src, "}") {
		return true
	}
	toks := explicit(src)
	if len(toks) == 0 || toks[len(toks)-1].end == len(src) {
		return false
	}
	switch toks[len(toks)-1].tok {
	case token.TYPE, token.FUNC, token.VAR, token.CONST, token.PACKAGE:
		return true // a new name
	}
	return false
}

// candidates lists what can stand in place of an identifier.
func (s *Session) candidates(c *checked, at *ast.Ident) []candidate {
	path := enclosing(c.file, at)
	if len(path) < 2 {
		return s.topLevel(c, at.Pos())
	}
	want := c.expected(path)
	switch p := path[len(path)-2].(type) {
	case *ast.SelectorExpr:
		if p.Sel == at {
			return c.prefer(want, c.members(p.X))
		}
	case *ast.BranchStmt:
		if p.Tok != token.FALLTHROUGH {
			return labels(path)
		}
	case *ast.FuncDecl, *ast.TypeSpec, *ast.LabeledStmt:
		if c.info.Defs[at] != nil {
			return nil // a new name
		}
	case *ast.Field:
		if slices.Contains(p.Names, at) || beginsMethod(path) {
			return nil
		}
	}
	if keys, only := c.literalFields(path); only {
		return keys
	} else if keys != nil {
		return append(keys, c.prefer(want, append(c.locals(at.Pos()), s.topLevel(c, at.Pos())...))...)
	}
	return c.prefer(want, append(c.locals(at.Pos()), s.topLevel(c, at.Pos())...))
}

// beginsMethod reports whether the path ends in what parses as the result of a
// function type alone, as in "func (p P) Na".
func beginsMethod(path []ast.Node) bool {
	if len(path) < 5 {
		return false
	}
	f, isFunc := path[len(path)-4].(*ast.FuncType)
	_, isStmt := path[len(path)-5].(*ast.ExprStmt)
	return isFunc && isStmt && f.Results == path[len(path)-3]
}

// enclosing is the way from the file to n.
func enclosing(f *ast.File, n ast.Node) []ast.Node {
	var path, found []ast.Node
	ast.Inspect(f, func(m ast.Node) bool {
		if found != nil {
			return false
		}
		if m == nil {
			path = path[:len(path)-1]
			return true
		}
		path = append(path, m)
		if m == n {
			found = slices.Clone(path)
		}
		return true
	})
	return found
}

// labels lists the labels of the function around.
func labels(path []ast.Node) []candidate {
	var items []candidate
	for _, n := range slices.Backward(path) {
		switch n.(type) {
		case *ast.FuncDecl, *ast.FuncLit:
		default:
			continue
		}
		ast.Inspect(n, func(n ast.Node) bool {
			if l, ok := n.(*ast.LabeledStmt); ok {
				items = append(items, wordCandidate(l.Label.Name, "label", "", local))
			}
			return true
		})
		break
	}
	return items
}

// literalFields lists the fields that a struct literal can still name where
// the path ends in one of its elements; only, if nothing else can stand there.
func (c *checked) literalFields(path []ast.Node) (items []candidate, only bool) {
	i := len(path) - 2
	at := path[len(path)-1]
	if kv, ok := path[i].(*ast.KeyValueExpr); ok && kv.Key == at && i > 0 {
		at, i = kv, i-1
	}
	lit, ok := path[i].(*ast.CompositeLit)
	if !ok || lit.Type == at {
		return nil, false
	}
	t := c.info.TypeOf(lit)
	if t == nil {
		return nil, false
	}
	if p, ok := t.Underlying().(*types.Pointer); ok {
		t = p.Elem()
	}
	st, ok := t.Underlying().(*types.Struct)
	if !ok {
		return nil, false
	}
	taken, keyed := map[string]bool{}, false
	for _, e := range lit.Elts {
		if kv, ok := e.(*ast.KeyValueExpr); ok && e != at {
			keyed = true
			if id, ok := kv.Key.(*ast.Ident); ok {
				taken[id.Name] = true
			}
		} else if !ok && e != at {
			return nil, false // values in order
		}
	}
	for f := range st.Fields() {
		if c.visible(f) && !taken[f.Name()] {
			items = append(items, objectCandidate(f.Name(), f, wanted))
		}
	}
	_, isKey := at.(*ast.KeyValueExpr)
	return items, keyed || isKey
}

// commandNames proposes commands where the line begins with a percent sign.
func (s *Session) commandNames(src string, offset int) ([]show.Completion, int, bool) {
	begin := strings.LastIndexByte(src[:offset], '\n') + 1
	line := strings.TrimLeft(src[begin:offset], " \t")
	name := strings.TrimLeft(line, "%")
	if line == name || strings.ContainsAny(name, " \t") {
		return nil, 0, false
	}
	var items []candidate
	for _, n := range sortedKeys(s.commands) {
		items = append(items, wordCandidate(n, "command", s.commands[n].Doc, local))
	}
	return pick(items, name), offset - len(name), true
}

// isGo reports whether the offset is in Go code, not in what a command takes
// as it stands.
func isGo(src string, offset int) bool {
	heads, _ := commandLines(src)
	lines := lineStarts(src)
	for _, h := range heads {
		last := h.end == len(src) && !strings.HasSuffix(src, "\n")
		if strings.HasPrefix(h.text, "!") && offset >= lines[h.row] && (offset < h.end || last) {
			return false
		}
	}
	if n := len(heads); n > 0 && heads[n-1].whole() && offset >= heads[n-1].end {
		return bodyIsGo[strings.Fields(heads[n-1].text)[0]]
	}
	return true
}

// withoutCommands blanks the command lines of a cell, but not the arguments
// of the one that offset is in: they are Go as well.
func withoutCommands(src string, offset int) string {
	begin := strings.LastIndexByte(src[:offset], '\n') + 1
	if line := strings.TrimLeft(src[begin:], " \t"); strings.HasPrefix(line, "%") && !strings.HasPrefix(line, "%%") {
		if name := strings.IndexAny(line, " \t\n"); name >= 0 {
			end := len(src) - len(line) + name
			return blanks(src[:end]) + src[end:]
		}
	}
	_, code := commandLines(src)
	return code
}

// importString reports whether the offset is inside the path of an import,
// and where that begins.
func importString(src string, offset int) (int, bool) {
	line := src[strings.LastIndexByte(src[:offset], '\n')+1 : offset]
	q := strings.LastIndexByte(line, '"')
	if q < 0 || strings.Count(line, `"`) != 1 {
		return 0, false
	}
	before := src[:offset-len(line)+q]
	head := strings.TrimSpace(line[:q])
	open := strings.LastIndex(before, "import (")
	inGroup := open >= 0 && !strings.Contains(before[open:], ")") && len(strings.Fields(head)) <= 1
	return offset - len(line) + q + 1, strings.HasPrefix(head, "import") || inGroup
}

func (s *Session) importPaths(prefix string) []show.Completion {
	var items []show.Completion
	for _, p := range s.lib.Paths() {
		if strings.HasPrefix(p, prefix) {
			items = append(items, show.Completion{Text: p, Kind: "package"})
		}
	}
	return items
}

// pick keeps what continues the prefix (failing that, in any letter case), in
// the order of ranks, then of the alphabet, without doubles.
func pick(items []candidate, prefix string) []show.Completion {
	slices.SortStableFunc(items, func(a, b candidate) int {
		return cmp.Or(cmp.Compare(a.rank, b.rank), cmp.Compare(a.Text, b.Text))
	})
	for _, match := range []func(s string) bool{
		func(s string) bool { return strings.HasPrefix(s, prefix) },
		func(s string) bool { return strings.HasPrefix(strings.ToLower(s), strings.ToLower(prefix)) },
	} {
		seen := map[string]bool{}
		var out []show.Completion
		for _, it := range items {
			if match(it.Text) && !seen[it.Text] {
				seen[it.Text] = true
				out = append(out, it.Completion)
			}
		}
		if len(out) > 0 {
			return out
		}
	}
	return nil
}

// describe words an object as a proposal.
func describe(name string, o types.Object) show.Completion {
	it := show.Completion{Text: name}
	qualify := func(p *types.Package) string {
		if p.Path() == sessionPath {
			return ""
		}
		return p.Name()
	}
	switch o := o.(type) {
	case *types.Func:
		it.Kind = "function"
		if o.Signature().Recv() != nil {
			it.Kind = "method"
		}
		it.Signature = plain(types.TypeString(o.Type(), qualify))
	case *types.TypeName:
		it.Kind = "type"
	case *types.Const:
		it.Kind = "constant"
		it.Signature = plain(types.TypeString(o.Type(), qualify)) + " = " + o.Val().String()
	case *types.PkgName:
		it.Kind = "package"
	case *types.Var:
		it.Kind = "variable"
		if o.IsField() {
			it.Kind = "field"
		}
		it.Signature = plain(types.TypeString(o.Type(), qualify))
	case *types.Builtin:
		it.Kind = "function"
	case *types.Nil:
		it.Kind = "constant"
	}
	return it
}

// visible reports whether cells can name a member.
func (c *checked) visible(o types.Object) bool { return o.Exported() || o.Pkg() == c.pkg }

// members lists what can be selected from x: methods before fields, its own
// before promoted ones.
func (c *checked) members(x ast.Expr) []candidate {
	var items []candidate
	if id, ok := x.(*ast.Ident); ok {
		if p, ok := c.info.Uses[id].(*types.PkgName); ok {
			sc := p.Imported().Scope()
			for _, n := range sc.Names() {
				if o := sc.Lookup(n); o.Exported() {
					items = append(items, objectCandidate(n, o, 0))
				}
			}
			return items
		}
	}
	t := c.info.TypeOf(x)
	if t == nil || t == types.Typ[types.Invalid] {
		return nil
	}
	isType := c.info.Types[x].IsType()
	recv := t
	if _, isPtr := t.Underlying().(*types.Pointer); !isPtr && !types.IsInterface(t) && !isType {
		recv = types.NewPointer(t)
	}
	for m := range types.NewMethodSet(recv).Methods() {
		if c.visible(m.Obj()) {
			items = append(items, objectCandidate(m.Obj().Name(), m.Obj(), 2*len(m.Index())))
		}
	}
	if isType {
		return items // a method expression
	}
	return append(items, c.fields(t, 1, map[types.Type]bool{})...)
}

// fields lists struct fields, promoted ones too.
func (c *checked) fields(t types.Type, depth int, seen map[types.Type]bool) []candidate {
	if p, ok := t.Underlying().(*types.Pointer); ok {
		t = p.Elem()
	}
	st, ok := t.Underlying().(*types.Struct)
	if !ok || seen[t] {
		return nil
	}
	seen[t] = true
	var items []candidate
	for f := range st.Fields() {
		if c.visible(f) {
			items = append(items, objectCandidate(f.Name(), f, 2*depth+1))
		}
		if f.Embedded() {
			items = append(items, c.fields(f.Type(), depth+1, seen)...)
		}
	}
	return items
}

// locals lists what is declared in the scopes around pos, inside the cell.
func (c *checked) locals(pos token.Pos) []candidate {
	var inner *types.Scope
	for _, sc := range c.info.Scopes {
		if sc.Contains(pos) && (inner == nil || sc.End()-sc.Pos() < inner.End()-inner.Pos()) {
			inner = sc
		}
	}
	var items []candidate
	for sc := inner; sc != nil && sc != c.pkg.Scope() && sc != types.Universe; sc = sc.Parent() {
		for _, n := range sc.Names() {
			o := sc.Lookup(n)
			if _, isPkg := o.(*types.PkgName); !isPkg && o.Pos() < pos && !strings.Contains(n, sep) {
				items = append(items, objectCandidate(n, o, local))
			}
		}
	}
	return items
}

var bindingKinds = map[token.Token]string{
	token.VAR: "variable", token.FUNC: "function", token.TYPE: "type", token.CONST: "constant",
}

// topLevel lists the session's names, those that the cell declares above pos,
// packages, predeclared names and keywords.
func (s *Session) topLevel(c *checked, pos token.Pos) []candidate {
	var items []candidate
	add := func(bs map[string]*binding, fresh bool) {
		for user, b := range bs {
			o := b.obj // as its cell was checked
			if c != nil && c.pkg != nil {
				if now := c.pkg.Scope().Lookup(b.internal); now != nil {
					o = now
				}
			}
			it := wordCandidate(user, bindingKinds[b.kind], "", global)
			if o != nil {
				if fresh && b.kind == token.VAR && o.Pos() > pos {
					continue
				}
				it = objectCandidate(user, o, global)
			}
			items = append(items, it)
		}
	}
	if c != nil {
		add(c.fresh, true)
	}
	add(s.names, false)
	for n, p := range s.imports {
		items = append(items, wordCandidate(n, "package", p, imported))
	}
	for _, p := range s.lib.Paths() {
		if n, ok := s.lib.Name(p); ok {
			if auto, _ := s.lib.AutoImport(n); auto == p {
				items = append(items, wordCandidate(n, "package", p, known))
			}
		}
	}
	for _, n := range types.Universe.Names() {
		it := objectCandidate(n, types.Universe.Lookup(n), known)
		if it.Kind == "function" {
			it.Signature = strings.TrimPrefix(s.doc("builtin", "func "+n), "func "+n)
		}
		if n == "iota" {
			it.typ = nil // of use in constant declarations only
		}
		items = append(items, it)
	}
	for t := token.BREAK; t <= token.VAR; t++ {
		items = append(items, wordCandidate(t.String(), "keyword", "", keyword))
	}
	return items
}
