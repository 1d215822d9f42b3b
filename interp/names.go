package interp

import (
	"go/ast"
	"go/token"
	"go/types"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/sheaf-go/sheaf/interp/internal/cgo"
)

// sep stands between a name and its version in the session's package. It is a
// letter to Go and is not found on keyboards.
const sep = "ꞏ"

var (
	versions = pattern(sep + `s?\d+`)
	aliases  = pattern(`p` + sep + `(\w+_)?(\w+)`)
)

// pattern compiles a regular expression when it is first used: start-up is not
// to wait for it.
func pattern(expr string) func() *regexp.Regexp {
	return sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(expr) })
}

// plain takes versions and aliases out of a message, so that people see the
// names they wrote.
func plain(s string) string {
	if !strings.Contains(s, sep) {
		return s
	}
	return versions().ReplaceAllString(aliases().ReplaceAllString(s, "$2"), "")
}

// A binding is what a name means at the top level of the session.
type binding struct {
	user     string // as written in cells
	internal string // as declared in the session's package
	kind     token.Token
	cell     int    // that declared it
	typ      string // of a variable, as people write it
	kept     bool   // declared again as what it was
	obj      types.Object
}

// resolution is the outcome of naming a unit: every identifier that means
// something of the session carries its internal name.
type resolution struct {
	fresh    map[string]*binding // declared by this cell, by user name
	methods  []*ast.FuncDecl
	inits    []string                     // internal names of func init, in order
	declared map[string]string            // the cell's import declarations: name → path
	imports  map[string]string            // alias → path, of the packages used
	dots     []string                     // dot-imported paths
	dotsAt   map[string]token.Pos         // where, of those that this cell adds
	blank    []string                     // paths imported for what their initialisation does
	keys     []*ast.Ident                 // keys of composite literals that may be fields
	undef    []*ast.Ident                 // used before their definition
	uses     map[ast.Decl]map[string]bool // names of the session that a declaration mentions, and ".M" where it selects M
	//lint:ignore SA1019 the parser's own scopes are wanted: there are no types yet
	objs map[*ast.Object]*binding
}

// newName makes the internal name of the next version of user, never one that
// any earlier cell, even a failed one, has used.
func (s *Session) newName(user string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.used[user]++
	n := s.used[user]
	if n == 1 && user != "main" && user != "init" && types.Universe.Lookup(user) == nil {
		return user
	}
	return user + sep + strconv.Itoa(n)
}

// resolve gives every session-level identifier of u its internal name.
func (s *Session) resolve(u *unit) (*resolution, error) {
	r := &resolution{
		fresh: map[string]*binding{}, declared: map[string]string{}, imports: map[string]string{},
		uses: map[ast.Decl]map[string]bool{}, dots: slices.Clone(s.dots), dotsAt: map[string]token.Pos{},
		//lint:ignore SA1019 see the field
		objs: map[*ast.Object]*binding{},
	}
	if err := s.declareImports(u, r); err != nil {
		return nil, err
	}
	s.declareFile(u, r)
	s.declareBody(u, r)
	s.rename(u, r)
	return r, nil
}

// declareFile names the cell's types, constants and functions.
func (s *Session) declareFile(u *unit, r *resolution) {
	for _, d := range u.file.Decls {
		switch d := d.(type) {
		case *ast.FuncDecl:
			switch {
			case d == u.body:
			case d.Recv != nil:
				r.methods = append(r.methods, d)
			case d.Name.Name == "_":
			case d.Name.Name == "init":
				name := s.newName("init")
				d.Name.Name = name
				r.inits = append(r.inits, name)
			default:
				s.bind(r, d.Name, token.FUNC)
			}
		case *ast.GenDecl:
			for _, spec := range d.Specs {
				switch spec := spec.(type) {
				case *ast.TypeSpec:
					s.bind(r, spec.Name, token.TYPE)
				case *ast.ValueSpec:
					for _, id := range spec.Names {
						s.bind(r, id, token.CONST)
					}
				}
			}
		}
	}
}

// bind declares one name; a second declaration in the same cell keeps its own
// name, so that the checker reports it as redeclared.
func (s *Session) bind(r *resolution, id *ast.Ident, kind token.Token) {
	if id.Name == "_" || id.Obj == nil {
		return
	}
	b := r.fresh[id.Name]
	if b == nil {
		b = &binding{user: id.Name, internal: s.newName(id.Name), kind: kind, cell: s.count}
		r.fresh[id.Name] = b
	}
	r.objs[id.Obj] = b
}

// declareBody names the variables that the cell's statements define.
func (s *Session) declareBody(u *unit, r *resolution) {
	for _, st := range u.body.Body.List {
		for _, id := range defined(st) {
			if id.Obj != nil && r.objs[id.Obj] == nil {
				s.bind(r, id, token.VAR)
			}
		}
	}
}

// defined lists the identifiers on the left of a top-level definition.
func defined(st ast.Stmt) []*ast.Ident {
	var ids []*ast.Ident
	switch st := st.(type) {
	case *ast.AssignStmt:
		if st.Tok == token.DEFINE {
			for _, l := range st.Lhs {
				if id, ok := l.(*ast.Ident); ok {
					ids = append(ids, id)
				}
			}
		}
	case *ast.DeclStmt:
		for _, spec := range st.Decl.(*ast.GenDecl).Specs {
			if vs, ok := spec.(*ast.ValueSpec); ok {
				ids = append(ids, vs.Names...)
			}
		}
	}
	return ids
}

// rename walks the unit. The parser has resolved what is local and what is
// declared in the cell; the rest are names of earlier cells, of packages, or
// unknown.
func (s *Session) rename(u *unit, r *resolution) {
	unresolved := map[*ast.Ident]bool{}
	for _, id := range u.file.Unresolved {
		unresolved[id] = true
	}
	keys, indices := literalKeys(u.file)
	for _, d := range u.file.Decls {
		if g, ok := d.(*ast.GenDecl); ok && g.Tok == token.IMPORT {
			continue
		}
		inBody := d == ast.Decl(u.body) && !u.program()
		uses := map[string]bool{}
		r.uses[d] = uses
		ast.Inspect(d, func(n ast.Node) bool {
			if sel, ok := n.(*ast.SelectorExpr); ok {
				uses["."+sel.Sel.Name] = true
			}
			id, ok := n.(*ast.Ident)
			if !ok || id == u.body.Name {
				return true
			}
			if b := r.objs[id.Obj]; id.Obj != nil && b != nil {
				uses[b.user] = true
				if keys[id] && b.internal != b.user {
					r.keys = append(r.keys, id) // perhaps a field: decided by types
				} else {
					id.Name = b.internal
				}
			} else if id.Obj == nil && keys[id] {
				if b := s.names[id.Name]; b != nil && b.internal != b.user {
					r.keys = append(r.keys, id)
				}
			} else if id.Obj == nil && (unresolved[id] || indices[id]) {
				uses[id.Name] = true
				s.renameFree(id, r, inBody)
			}
			return true
		})
	}
}

// renameFree names an identifier that the cell itself does not resolve at
// this place.
func (s *Session) renameFree(id *ast.Ident, r *resolution, inBody bool) {
	if b := r.fresh[id.Name]; b != nil && !(inBody && b.kind == token.VAR) {
		id.Name = b.internal
		return
	}
	path, ok := r.declared[id.Name]
	if !ok && s.names[id.Name] != nil {
		id.Name = s.names[id.Name].internal
		return
	}
	if !ok {
		path, ok = s.imports[id.Name]
	}
	if !ok && r.fresh[id.Name] != nil && types.Universe.Lookup(id.Name) == nil {
		r.undef = append(r.undef, id) // a statement above its definition
		return
	}
	if !ok {
		path, ok = s.lib.AutoImport(id.Name)
	}
	if ok {
		id.Name = alias(path)
		r.imports[id.Name] = path
	}
}

// internal is the name of what a key means, if it is no field.
func (s *Session) internal(r *resolution, id *ast.Ident) string {
	if b := r.objs[id.Obj]; id.Obj != nil && b != nil {
		return b.internal
	}
	if b := s.names[id.Name]; b != nil {
		return b.internal
	}
	return id.Name
}

// literalKeys finds the identifiers that are keys in composite literals, which
// the parser does not resolve: those of literals of a named type are field
// names or map keys, only types can tell; the others are no fields.
func literalKeys(f *ast.File) (undecided, indices map[*ast.Ident]bool) {
	undecided, indices = map[*ast.Ident]bool{}, map[*ast.Ident]bool{}
	ast.Inspect(f, func(n ast.Node) bool {
		lit, ok := n.(*ast.CompositeLit)
		if !ok {
			return true
		}
		keys := undecided
		switch lit.Type.(type) {
		case *ast.MapType, *ast.ArrayType:
			keys = indices
		}
		for _, e := range lit.Elts {
			if kv, ok := e.(*ast.KeyValueExpr); ok {
				if id, ok := kv.Key.(*ast.Ident); ok {
					keys[id] = true
				}
			}
		}
		return true
	})
	return undecided, indices
}

// declareImports takes the cell's import declarations out of the file; what
// the cell uses of them and of earlier ones goes back in file form.
func (s *Session) declareImports(u *unit, r *resolution) error {
	var decls []ast.Decl
	for _, d := range u.file.Decls {
		g, ok := d.(*ast.GenDecl)
		if !ok || g.Tok != token.IMPORT {
			decls = append(decls, d)
			continue
		}
		for _, spec := range g.Specs {
			if err := s.declareImport(spec.(*ast.ImportSpec), r); err != nil {
				return err
			}
		}
	}
	u.file.Decls = decls
	u.file.Imports = nil
	return nil
}

func (s *Session) declareImport(spec *ast.ImportSpec, r *resolution) error {
	path, err := strconv.Unquote(spec.Path.Value)
	if err != nil {
		return s.errorAt(spec.Pos(), "import path %s is not a string", spec.Path.Value)
	}
	if path == "C" && spec.Name == nil {
		return nil // what is compiled comes without it
	}
	if path == cgo.Support && s.fset.Position(spec.Pos()).Filename == cgo.TypesFile {
		r.declared[spec.Name.Name] = path
		return nil
	}
	name, ok := s.lib.Name(path)
	if !ok {
		return s.errorAt(spec.Path.Pos(), "package %q cannot be imported in a cell%s", path, s.lib.otherPath(path))
	}
	if err := s.lib.importable(path); err != nil {
		return s.errorAt(spec.Path.Pos(), "%s", err)
	}
	if spec.Name != nil {
		name = spec.Name.Name
	}
	switch name {
	case "_":
		r.blank = append(r.blank, path)
	case ".":
		if !slices.Contains(r.dots, path) {
			r.dots = append(r.dots, path)
			r.dotsAt[path] = spec.Pos()
		}
	default:
		r.declared[name] = path
	}
	return nil
}
