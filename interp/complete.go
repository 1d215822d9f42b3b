package interp

import (
	"go/ast"
	"go/token"
	"go/types"
	"maps"
	"slices"
	"sort"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/sheaf-go/sheaf/notebooks/show"
)

// probe stands for the name being typed. It is an identifier that resolves to
// nothing.
const probe = "probe" + sep

// snapshot is the session as it is now, for checking beside a running cell:
// what it shares with the session is never changed.
func (s *Session) snapshot() *Session {
	s.mu.Lock()
	defer s.mu.Unlock()
	return &Session{
		lib: s.lib, importer: s.importer, fset: s.fset,
		names: maps.Clone(s.names), imports: maps.Clone(s.imports), used: maps.Clone(s.used),
		dots: slices.Clone(s.dots), files: slices.Clone(s.files), sources: map[string]string{},
		count: -1, name: "cell",
	}
}

// look checks a text without running it, errors or not; nil if it does not
// parse.
func (s *Session) look(src string) *checked {
	u, err := split(s.fset, s.name, src)
	if err != nil {
		return nil
	}
	s.looked = append(s.looked, s.fset.File(u.file.Package))
	r, err := s.resolve(u)
	if err != nil {
		return nil
	}
	c, _ := s.check(u, r)
	return c
}

// forget drops the positions of the texts that a snapshot has looked at.
func (s *Session) forget() {
	for _, f := range s.looked {
		s.fset.RemoveFile(f)
	}
}

// lookAt checks src with the probe in place of src[start:end], falling back
// to the text up to there with its brackets closed, then to the operand alone.
func (s *Session) lookAt(src string, start, end int) (*checked, *ast.Ident) {
	tries := []string{
		src[:start] + probe + src[end:],
		src[:start] + probe + closers(src[:start]),
		operand(src[:start]) + probe,
	}
	for _, text := range tries {
		c := s.look(text)
		if c == nil {
			continue
		}
		var at *ast.Ident
		ast.Inspect(c.file, func(n ast.Node) bool {
			if id, ok := n.(*ast.Ident); ok && id.Name == probe {
				at = id
			}
			return at == nil
		})
		if at != nil {
			return c, at
		}
	}
	return nil, nil
}

// closers are the brackets that end what src leaves open.
func closers(src string) string {
	toks, _ := scan("cell", src)
	var open []string
	for _, t := range toks {
		switch t.tok {
		case token.LPAREN:
			open = append(open, ")")
		case token.LBRACK:
			open = append(open, "]")
		case token.LBRACE:
			open = append(open, "\n}")
		case token.RPAREN, token.RBRACK, token.RBRACE:
			if len(open) > 0 {
				open = open[:len(open)-1]
			}
		}
	}
	slices.Reverse(open)
	return strings.Join(open, "")
}

// operand is the expression that src ends in, with its dot: "a.b(c)." of
// "x := f(a.b(c).".
func operand(src string) string {
	toks, _ := scan("cell", src)
	if n := len(toks); n > 0 && toks[n-1].tok == token.SEMICOLON && toks[n-1].lit == "\n" {
		toks = toks[:n-1]
	}
	if len(toks) == 0 || toks[len(toks)-1].tok != token.PERIOD {
		return ""
	}
	depth, i := 0, len(toks)-2
scan:
	for ; i >= 0; i-- {
		switch toks[i].tok {
		case token.RPAREN, token.RBRACK, token.RBRACE:
			depth++
		case token.LPAREN, token.LBRACK, token.LBRACE:
			if depth == 0 {
				break scan
			}
			depth--
		case token.IDENT, token.PERIOD, token.STRING, token.INT, token.FLOAT, token.CHAR:
		default:
			if depth == 0 {
				break scan
			}
		}
	}
	return src[toks[i+1].off:]
}

// word finds the identifier around or before offset.
func word(src string, offset int) (start, end int) {
	isPart := func(r rune) bool { return r == '_' || unicode.IsLetter(r) || unicode.IsDigit(r) }
	start, end = offset, offset
	for start > 0 {
		r, n := utf8.DecodeLastRuneInString(src[:start])
		if !isPart(r) {
			break
		}
		start -= n
	}
	for end < len(src) {
		r, n := utf8.DecodeRuneInString(src[end:])
		if !isPart(r) {
			break
		}
		end += n
	}
	return start, end
}

// Complete proposes what can stand at the byte offset. It may be called while
// a cell runs.
func (s *Session) Complete(src string, offset int) show.Completions {
	offset = min(max(offset, 0), len(src))
	if items, start, ok := s.commandNames(src, offset); ok {
		return show.Completions{Start: start, End: offset, Items: items}
	}
	src = withoutCommands(src, offset)
	start, end := word(src, offset)
	out := show.Completions{Start: start, End: offset}
	prefix := src[start:offset]
	v := s.snapshot()
	defer v.forget()
	if q, ok := importString(src, offset); ok {
		out.Start = q
		out.Items = v.importPaths(src[q:offset])
		return out
	}
	c, at := v.lookAt(src, start, end)
	if c == nil {
		if !strings.HasSuffix(src[:start], ".") {
			out.Items = pick(v.topLevel(nil), prefix)
		}
		return out
	}
	var sel *ast.SelectorExpr
	ast.Inspect(c.file, func(n ast.Node) bool {
		if x, ok := n.(*ast.SelectorExpr); ok && x.Sel == at {
			sel = x
		}
		return sel == nil
	})
	if sel != nil {
		out.Items = pick(c.members(sel.X), prefix)
	} else {
		out.Items = pick(append(c.locals(at.Pos()), v.topLevel(c)...), prefix)
	}
	return out
}

// commandNames proposes commands where the line begins with a percent sign.
func (s *Session) commandNames(src string, offset int) ([]show.Completion, int, bool) {
	begin := strings.LastIndexByte(src[:offset], '\n') + 1
	line := strings.TrimLeft(src[begin:offset], " \t")
	name := strings.TrimLeft(line, "%")
	if line == name || strings.ContainsAny(name, " \t") {
		return nil, 0, false
	}
	var items []show.Completion
	for _, n := range sortedKeys(s.commands) {
		items = append(items, show.Completion{Text: n, Kind: "command", Signature: s.commands[n].Doc})
	}
	return pick(items, name), offset - len(name), true
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

// pick keeps what continues the prefix (failing that, in any letter case),
// sorted, without doubles.
func pick(items []show.Completion, prefix string) []show.Completion {
	for _, match := range []func(s string) bool{
		func(s string) bool { return strings.HasPrefix(s, prefix) },
		func(s string) bool { return strings.HasPrefix(strings.ToLower(s), strings.ToLower(prefix)) },
	} {
		seen := map[string]bool{}
		var out []show.Completion
		for _, it := range items {
			if match(it.Text) && !seen[it.Text] {
				seen[it.Text] = true
				out = append(out, it)
			}
		}
		if len(out) > 0 {
			sort.SliceStable(out, func(i, j int) bool { return out[i].Text < out[j].Text })
			return out
		}
	}
	return nil
}

// item describes an object.
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
	case *types.PkgName:
		it.Kind = "package"
	case *types.Var:
		it.Kind = "variable"
		if o.IsField() {
			it.Kind = "field"
		}
		it.Signature = plain(types.TypeString(o.Type(), qualify))
	case *types.Builtin, *types.Nil:
		it.Kind = "function"
	}
	return it
}

// members lists what can be selected from x.
func (c *checked) members(x ast.Expr) []show.Completion {
	var items []show.Completion
	if id, ok := x.(*ast.Ident); ok {
		if p, ok := c.info.Uses[id].(*types.PkgName); ok {
			sc := p.Imported().Scope()
			for _, n := range sc.Names() {
				if o := sc.Lookup(n); o.Exported() {
					items = append(items, describe(n, o))
				}
			}
			return items
		}
	}
	t := c.info.TypeOf(x)
	if t == nil || t == types.Typ[types.Invalid] {
		return nil
	}
	visible := func(o types.Object) bool { return o.Exported() || o.Pkg() == c.pkg }
	recv := t
	if _, isPtr := t.Underlying().(*types.Pointer); !isPtr && !types.IsInterface(t) {
		recv = types.NewPointer(t)
	}
	for m := range types.NewMethodSet(recv).Methods() {
		if visible(m.Obj()) {
			items = append(items, describe(m.Obj().Name(), m.Obj()))
		}
	}
	return append(items, fields(t, visible, map[types.Type]bool{})...)
}

// fields lists struct fields, promoted ones too.
func fields(t types.Type, visible func(types.Object) bool, seen map[types.Type]bool) []show.Completion {
	if p, ok := t.Underlying().(*types.Pointer); ok {
		t = p.Elem()
	}
	st, ok := t.Underlying().(*types.Struct)
	if !ok || seen[t] {
		return nil
	}
	seen[t] = true
	var items []show.Completion
	for f := range st.Fields() {
		if visible(f) {
			items = append(items, describe(f.Name(), f))
		}
		if f.Embedded() {
			items = append(items, fields(f.Type(), visible, seen)...)
		}
	}
	return items
}

// locals lists what is declared in the scopes around pos, inside the cell.
func (c *checked) locals(pos token.Pos) []show.Completion {
	var inner *types.Scope
	for _, sc := range c.info.Scopes {
		if sc.Contains(pos) && (inner == nil || sc.End()-sc.Pos() < inner.End()-inner.Pos()) {
			inner = sc
		}
	}
	var items []show.Completion
	for sc := inner; sc != nil && sc != c.pkg.Scope() && sc != types.Universe; sc = sc.Parent() {
		for _, n := range sc.Names() {
			o := sc.Lookup(n)
			if _, isPkg := o.(*types.PkgName); !isPkg && o.Pos() < pos && !strings.Contains(n, sep) {
				items = append(items, describe(n, o))
			}
		}
	}
	return items
}

// topLevel lists the session's names, packages, predeclared names and
// keywords.
func (s *Session) topLevel(c *checked) []show.Completion {
	var items []show.Completion
	add := func(bs map[string]*binding) {
		for user, b := range bs {
			it := show.Completion{Text: user, Kind: map[token.Token]string{
				token.VAR: "variable", token.FUNC: "function", token.TYPE: "type", token.CONST: "constant",
			}[b.kind]}
			if c != nil && c.pkg != nil {
				if o := c.pkg.Scope().Lookup(b.internal); o != nil {
					it = describe(user, o)
				}
			}
			items = append(items, it)
		}
	}
	add(s.names)
	if c != nil {
		add(c.fresh)
	}
	for n := range s.imports {
		items = append(items, show.Completion{Text: n, Kind: "package"})
	}
	for _, p := range s.lib.Paths() {
		if n, ok := s.lib.Name(p); ok {
			items = append(items, show.Completion{Text: n, Kind: "package"})
		}
	}
	for _, n := range types.Universe.Names() {
		items = append(items, describe(n, types.Universe.Lookup(n)))
	}
	for t := token.BREAK; t <= token.VAR; t++ {
		items = append(items, show.Completion{Text: t.String(), Kind: "keyword"})
	}
	return items
}
