package interp

import (
	"fmt"
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
	"maps"
	"runtime"
	"strconv"
	"strings"

	"github.com/sheaf-go/sheaf/internal/gosyntax"
)

// sessionPath is the import path of the package that all cells make up.
const sessionPath = "main"

// A checked cell is a resolved unit with its types.
type checked struct {
	*unit
	*resolution
	info *types.Info
	pkg  *types.Package
	last *ast.ExprStmt // the expression whose value is shown, or nil
	file *ast.File     // what the checker saw of this cell

	unused map[token.Pos]bool // local variables that nothing reads

	replaced []replaced // by the cell, when it has been committed
	text     *textKey
}

// check type-checks the unit as part of the session's one package: what it
// mentions of earlier cells without function bodies, and this cell with each
// definition lifted to package level. It changes nothing in the session.
func (s *Session) check(u *unit, r *resolution) (*checked, []types.Error) {
	c := &checked{unit: u, resolution: r}
	if n := len(u.body.Body.List); n > 0 {
		if e, ok := u.body.Body.List[n-1].(*ast.ExprStmt); ok && !u.quiet {
			c.last = e
		}
	}
	errs := s.checkOnce(c)
	if len(r.keys) > 0 && s.renameKeys(c) {
		errs = s.checkOnce(c)
	}
	if len(errs) == 0 && s.keepNames(c) {
		errs = s.checkOnce(c)
	}
	return c, append(errs, s.lastErrors(c)...)
}

func (s *Session) checkOnce(c *checked) []types.Error {
	errs := s.orderErrors(c)
	c.file = s.lift(c)
	return append(errs, s.checkFile(c)...)
}

// lastErrors refuses values that no variable could hold: nil, and constants
// too large for their default type.
func (s *Session) lastErrors(c *checked) []types.Error {
	if c.last == nil {
		return nil
	}
	tv := c.info.Types[c.last.X]
	msg := ""
	switch {
	case tv.IsNil():
		msg = "nil alone has no type and no value to show"
	case tv.Value != nil && tv.Value.Kind() == constant.Int && types.Identical(types.Default(tv.Type), types.Typ[types.Int]):
		if _, exact := constant.Int64Val(tv.Value); !exact {
			msg = fmt.Sprintf("constant %s overflows int", tv.Value.ExactString())
		}
	}
	if msg == "" {
		return nil
	}
	return []types.Error{{Fset: s.fset, Pos: c.last.Pos(), Msg: msg}}
}

// orderErrors reports statements that use a variable above its definition and
// definitions that define nothing: package level would accept them.
func (s *Session) orderErrors(c *checked) []types.Error {
	var errs []types.Error
	for _, id := range c.undef {
		errs = append(errs, types.Error{Fset: s.fset, Pos: id.Pos(), Msg: "undefined: " + id.Name + " (it is defined further down in this cell)"})
	}
	for _, st := range c.body.Body.List {
		a, ok := st.(*ast.AssignStmt)
		if ok && a.Tok == token.DEFINE && len(newNames(a)) == 0 {
			errs = append(errs, types.Error{Fset: s.fset, Pos: a.TokPos, Msg: "no new variables on left side of :="})
		}
	}
	return errs
}

// newNames lists the identifiers that a definition declares, as opposed to
// those it assigns because the same cell has them already.
func newNames(a *ast.AssignStmt) []*ast.Ident {
	var ids []*ast.Ident
	for _, l := range a.Lhs {
		if id, ok := l.(*ast.Ident); ok && id.Obj != nil && id.Obj.Decl == a {
			ids = append(ids, id)
		}
	}
	return ids
}

// checkFile runs go/types over the cell and what it reaches of the session.
func (s *Session) checkFile(c *checked) []types.Error {
	c.info, c.unused = newInfo(), map[token.Pos]bool{}
	var errs []types.Error
	forgiven := false
	dots := &dotImporter{
		Importer: s.importer, from: map[string]string{},
		declared: func(name string) bool { return s.names[name] != nil || c.fresh[name] != nil },
	}
	conf := types.Config{
		Importer: dots,
		Sizes:    sizes,
		Error: func(err error) {
			e, ok := err.(types.Error)
			if !ok {
				return
			}
			if !strings.HasPrefix(e.Msg, "\t") { // else it goes on with the error before
				forgiven = s.forgiven(c, e)
			}
			if !forgiven {
				errs = append(errs, e)
			}
		},
	}
	files := []*ast.File{s.context(c), c.file}
	var pkg *types.Package
	s.beside(s.sources[s.name], func() { pkg, _ = conf.Check(sessionPath, s.fset, files, c.info) })
	c.pkg = pkg
	return append(s.dotErrors(c, dots.clashes), errs...)
}

// sizes are those of the compiler that built this program.
var sizes = types.SizesFor("gc", runtime.GOARCH)

func newInfo() *types.Info {
	return &types.Info{
		Types: map[ast.Expr]types.TypeAndValue{}, Defs: map[*ast.Ident]types.Object{},
		Uses: map[*ast.Ident]types.Object{}, Selections: map[*ast.SelectorExpr]*types.Selection{},
		Instances: map[*ast.Ident]types.Instance{}, Implicits: map[ast.Node]types.Object{},
		Scopes: map[ast.Node]*types.Scope{},
	}
}

// context is the file of what the cell mentions of earlier cells.
func (s *Session) context(c *checked) *ast.File {
	decls, imports := s.contextDecls(c, nil)
	f := &ast.File{Package: c.file.Package, Name: ast.NewIdent("main"), FileStart: c.file.FileStart, FileEnd: c.file.FileEnd}
	f.Decls = append(importDecls(&resolution{imports: imports, dots: s.dots}), decls...)
	return f
}

// contextDecls are the declarations of earlier cells that the cell mentions, or
// that lead from the names in extra, and the imports that they use.
func (s *Session) contextDecls(c *checked, extra map[string]bool) ([]ast.Decl, map[string]string) {
	roots := mentions(c.file, maps.Clone(extra))
	hidden := map[string]bool{}
	for _, b := range c.fresh {
		hidden[b.internal] = true
		if old := s.names[b.user]; old != nil && old.internal != b.internal {
			roots[old.internal] = true // to be compared with
		}
	}
	for _, m := range c.methods {
		hidden[methodName(m)] = true
	}
	imports := map[string]string{}
	var decls []ast.Decl
	seen := map[ast.Decl]bool{}
	for _, e := range s.ledger.reach(roots, hidden) {
		if !seen[e.decl] {
			seen[e.decl] = true
			decls = append(decls, e.decl)
			maps.Copy(imports, e.imports)
		}
	}
	return decls, imports
}

// forgiven reports errors that are none in a notebook: unused variables and
// imports, the value of the last expression, and the initialisation order of
// variables that in truth are set by statements.
func (s *Session) forgiven(c *checked, e types.Error) bool {
	switch {
	case strings.HasPrefix(e.Msg, "declared and not used"):
		c.unused[e.Pos] = true
		return true
	case strings.HasSuffix(e.Msg, "imported and not used"),
		strings.Contains(e.Msg, "imported as") && strings.HasSuffix(e.Msg, "and not used"):
		return true
	case strings.HasPrefix(e.Msg, "initialization cycle"):
		return !c.program()
	case strings.HasSuffix(e.Msg, "is not used"):
		return c.last != nil && c.last.Pos() <= e.Pos && e.Pos <= c.last.End()
	}
	return false
}

// renameKeys gives literal keys that turn out to be map or array keys, not
// field names, their internal names; it reports whether there were any.
func (s *Session) renameKeys(c *checked) bool {
	undecided := map[*ast.Ident]bool{}
	for _, id := range c.keys {
		undecided[id] = true
	}
	changed := false
	for e, tv := range c.info.Types {
		lit, ok := e.(*ast.CompositeLit)
		if !ok || tv.Type == nil {
			continue
		}
		under := tv.Type.Underlying()
		if p, ok := under.(*types.Pointer); ok {
			under = p.Elem().Underlying()
		}
		if _, isStruct := under.(*types.Struct); isStruct {
			continue
		}
		for _, el := range lit.Elts {
			if kv, ok := el.(*ast.KeyValueExpr); ok {
				if id, ok := kv.Key.(*ast.Ident); ok && undecided[id] {
					id.Name, changed = s.internal(c.resolution, id), true
				}
			}
		}
	}
	return changed
}

// keepNames gives what is declared again as it was its old internal name: a
// variable keeps its storage, a function the calls of it, a type its values.
// It reports whether there was any.
func (s *Session) keepNames(c *checked) bool {
	keep := map[string]string{}
	for again := true; again; {
		again = false
		for _, b := range c.fresh {
			old := s.names[b.user]
			if old == nil || old.internal == b.internal || b.kept || keep[b.internal] != "" || old.kind != b.kind {
				continue
			}
			if s.unchanged(c, old, b, keep) {
				if b.kind == token.VAR { // its definition may mention the old one
					b.kept = true
					continue
				}
				keep[b.internal], again = old.internal, true
			}
		}
	}
	if len(keep) == 0 {
		return false
	}
	ast.Inspect(c.unit.file, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok {
			if o := keep[id.Name]; o != "" {
				id.Name = o
			}
		}
		return true
	})
	for _, b := range c.fresh {
		if o := keep[b.internal]; o != "" {
			b.internal, b.kept = o, true
		}
	}
	return true
}

// unchanged reports whether a name is declared again as what it was.
func (s *Session) unchanged(c *checked, old, b *binding, keep map[string]string) bool {
	o, n := c.pkg.Scope().Lookup(old.internal), c.pkg.Scope().Lookup(b.internal)
	if o == nil || n == nil {
		return false
	}
	switch b.kind {
	case token.VAR, token.FUNC:
		return types.Identical(o.Type(), n.Type())
	case token.CONST:
		oc, ok1 := o.(*types.Const)
		nc, ok2 := n.(*types.Const)
		return ok1 && ok2 && types.Identical(oc.Type(), nc.Type()) && constant.Compare(oc.Val(), token.EQL, nc.Val())
	case token.TYPE:
		e := s.ledger.entries[old.internal]
		spec := typeSpec(c.unit.file, b.internal)
		if e == nil || spec == nil {
			return false
		}
		was := e.decl.(*ast.GenDecl).Specs[0].(*ast.TypeSpec)
		text := specText(spec)
		for from, to := range keep { // what it mentions may be declared again too
			text = strings.ReplaceAll(text, from, to)
		}
		return text == specText(was)
	}
	return false
}

func typeSpec(f *ast.File, name string) *ast.TypeSpec {
	for _, d := range f.Decls {
		if g, ok := d.(*ast.GenDecl); ok && g.Tok == token.TYPE {
			for _, sp := range g.Specs {
				if ts := sp.(*ast.TypeSpec); ts.Name.Name == name {
					return ts
				}
			}
		}
	}
	return nil
}

// lift builds the file that the checker sees: imports, declarations, package
// variables for the definitions, and the other statements in functions.
func (s *Session) lift(c *checked) *ast.File {
	f := &ast.File{Package: c.unit.file.Package, Name: ast.NewIdent("main"), FileStart: c.unit.file.FileStart, FileEnd: c.unit.file.FileEnd}
	f.Decls = append(f.Decls, importDecls(c.resolution)...)
	for _, d := range c.unit.file.Decls {
		if d != ast.Decl(c.body) {
			f.Decls = append(f.Decls, d)
		}
	}
	var run []ast.Stmt
	flush := func() {
		if len(run) > 0 {
			f.Decls = append(f.Decls, funcOf("_", run))
			run = nil
		}
	}
	for _, st := range c.body.Body.List {
		if g, after := liftStmt(st); g != nil {
			flush()
			f.Decls = append(f.Decls, g)
			run = append(run, after...)
		} else {
			run = append(run, st)
		}
	}
	flush()
	return f
}

func funcOf(name string, body []ast.Stmt) *ast.FuncDecl {
	return &ast.FuncDecl{
		Name: &ast.Ident{Name: name, NamePos: body[0].Pos()},
		Type: &ast.FuncType{Func: body[0].Pos(), Params: &ast.FieldList{}},
		Body: &ast.BlockStmt{Lbrace: body[0].Pos(), List: body, Rbrace: body[len(body)-1].End()},
	}
}

// liftStmt turns a definition into a package variable. Variables that the
// definition only assigns get a stand-in there and an assignment after it, so
// that the checker compares the types.
func liftStmt(st ast.Stmt) (ast.Decl, []ast.Stmt) {
	switch st := st.(type) {
	case *ast.DeclStmt:
		return st.Decl, nil
	case *ast.AssignStmt:
		if st.Tok != token.DEFINE {
			return nil, nil
		}
		fresh := map[*ast.Ident]bool{}
		for _, id := range newNames(st) {
			fresh[id] = true
		}
		spec := &ast.ValueSpec{Values: st.Rhs}
		var after []ast.Stmt
		for i, l := range st.Lhs {
			id, ok := l.(*ast.Ident)
			if !ok {
				return nil, nil
			}
			if !fresh[id] && id.Name != "_" {
				stand := &ast.Ident{Name: id.Name + sep + "s" + strconv.Itoa(int(id.Pos())) + strconv.Itoa(i), NamePos: id.Pos()}
				after = append(after, &ast.AssignStmt{Lhs: []ast.Expr{id}, Tok: token.ASSIGN, TokPos: st.TokPos, Rhs: []ast.Expr{stand}})
				id = stand
			}
			spec.Names = append(spec.Names, id)
		}
		return &ast.GenDecl{Tok: token.VAR, TokPos: st.Pos(), Specs: []ast.Spec{spec}}, after
	}
	return nil, nil
}

// importDecls writes the imports in use, in a fixed order.
func importDecls(r *resolution) []ast.Decl {
	var specs []ast.Spec
	for _, name := range sortedKeys(r.imports) {
		specs = append(specs, importSpec(name, r.imports[name]))
	}
	for _, path := range r.dots {
		specs = append(specs, importSpec(".", path+dotted))
	}
	if specs == nil {
		return nil
	}
	return []ast.Decl{&ast.GenDecl{Tok: token.IMPORT, Lparen: 1, Specs: specs}}
}

func importSpec(name, path string) *ast.ImportSpec {
	return &ast.ImportSpec{
		Name: ast.NewIdent(name),
		Path: &ast.BasicLit{Kind: token.STRING, Value: strconv.Quote(path)},
	}
}

// entriesOf makes the entries of the cell's declarations.
func (s *Session) entriesOf(c *checked) []*entry {
	var out []*entry
	add := func(decl ast.Decl, source ast.Decl, user string, names ...string) {
		e := &entry{names: names, user: user, decl: decl, imports: map[string]string{}, uses: c.uses[source], from: c.pieces[source]}
		for m := range mentions(decl, nil) {
			if path, ok := c.imports[m]; ok {
				e.imports[m] = path
			} else {
				e.refs = append(e.refs, m)
			}
		}
		out = append(out, e)
	}
	for _, d := range c.file.Decls {
		switch d := d.(type) {
		case *ast.FuncDecl:
			switch {
			case d.Recv != nil:
				add(bodyless(d), d, plain(gosyntax.ReceiverName(d))+"."+d.Name.Name, methodName(d))
			case d.Name.Name != "_" && !strings.HasPrefix(d.Name.Name, "init"+sep):
				add(bodyless(d), d, plain(d.Name.Name), d.Name.Name)
			}
		case *ast.GenDecl:
			switch d.Tok {
			case token.VAR:
				out = append(out, s.recordVars(c, d)...)
			case token.TYPE:
				for _, sp := range d.Specs {
					ts := sp.(*ast.TypeSpec)
					add(&ast.GenDecl{Tok: token.TYPE, TokPos: d.TokPos, Specs: []ast.Spec{ts}}, d, plain(ts.Name.Name), ts.Name.Name)
				}
			case token.CONST:
				var names []string
				for _, sp := range d.Specs {
					for _, id := range sp.(*ast.ValueSpec).Names {
						names = append(names, id.Name)
					}
				}
				add(d, d, "", names...)
			}
		}
	}
	return out
}

// recordVars writes `var x T`, or keeps the definition where T cannot be
// written down (an unexported type of another package).
func (s *Session) recordVars(c *checked, d *ast.GenDecl) []*entry {
	var out []*entry
	for _, spec := range d.Specs {
		vs := spec.(*ast.ValueSpec)
		for _, id := range vs.Names {
			obj := c.info.Defs[id]
			if id.Name == "_" || strings.Contains(id.Name, sep+"s") || obj == nil {
				continue
			}
			typer := &typeWriter{pkg: c.pkg, imports: map[string]string{}}
			e := &entry{names: []string{id.Name}, user: plain(id.Name), kind: token.VAR, imports: typer.imports}
			if t, ok := typer.expr(obj.Type()); ok {
				e.decl = &ast.GenDecl{Tok: token.VAR, TokPos: id.Pos(), Specs: []ast.Spec{&ast.ValueSpec{Names: []*ast.Ident{id}, Type: t}}}
			} else {
				e.decl = &ast.GenDecl{Tok: token.VAR, TokPos: d.TokPos, Specs: []ast.Spec{vs}}
				e.names = nil
				for _, n := range vs.Names {
					e.names = append(e.names, n.Name)
				}
				maps.Copy(e.imports, c.imports)
			}
			for m := range mentions(e.decl, nil) {
				if e.imports[m] == "" {
					e.refs = append(e.refs, m)
				}
			}
			out = append(out, e)
		}
	}
	return out
}

// bodyless copies a function without its body; generic ones must have one.
func bodyless(d *ast.FuncDecl) *ast.FuncDecl {
	cp := *d
	cp.Body = nil
	if d.Type.TypeParams != nil {
		cp.Body = &ast.BlockStmt{List: []ast.Stmt{&ast.ExprStmt{X: &ast.CallExpr{
			Fun: ast.NewIdent("panic"), Args: []ast.Expr{ast.NewIdent("nil")},
		}}}}
	}
	return &cp
}
