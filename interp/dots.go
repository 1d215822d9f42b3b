package interp

import (
	"fmt"
	"go/ast"
	"go/types"
	"strings"

	"golang.org/x/tools/go/ast/astutil"
)

// dotted ends the path of a dot import.
const dotted = sep + "dot"

// A dotImporter leaves out of a dot import the names that the session or an
// earlier dot import declares: they would be declared twice.
type dotImporter struct {
	types.Importer
	declared func(name string) bool
	from     map[string]string // name → path of the dot import that has brought it
	clashes  []dotClash
}

// A dotClash is a dot import of names that earlier ones have brought.
type dotClash struct {
	path, with string   // with: that of the first
	names      []string // sorted
}

// Import implements types.Importer.
func (im *dotImporter) Import(path string) (*types.Package, error) {
	path, isDot := strings.CutSuffix(path, dotted)
	pkg, err := im.Importer.Import(path)
	if !isDot || err != nil {
		return pkg, err
	}
	part := types.NewPackage(pkg.Path(), pkg.Name())
	clash := dotClash{path: path}
	for _, name := range pkg.Scope().Names() {
		obj := pkg.Scope().Lookup(name)
		if !obj.Exported() || im.declared(name) {
			continue
		}
		if with, ok := im.from[name]; ok {
			if clash.names == nil {
				clash.with = with
			}
			clash.names = append(clash.names, name)
			continue
		}
		im.from[name] = path
		part.Scope().Insert(obj)
	}
	if clash.names != nil {
		im.clashes = append(im.clashes, clash)
	}
	part.MarkComplete()
	return part, nil
}

// dotErrors refuses dot imports of the cell that bring names which others have
// brought. The checker would report each name, in no order and at no place.
func (s *Session) dotErrors(c *checked, clashes []dotClash) []types.Error {
	var errs []types.Error
	for _, cl := range clashes {
		names := strings.Join(cl.names, ", ")
		if n := len(cl.names); n > 4 {
			names = fmt.Sprintf("%s and %d more names", strings.Join(cl.names[:3], ", "), n-3)
		}
		errs = append(errs, types.Error{Fset: s.fset, Pos: c.dotsAt[cl.path], Msg: fmt.Sprintf(
			"import . %q brings %s, which import . %q has brought; import one of the packages by its name", cl.path, names, cl.with)})
	}
	return errs
}

// qualifyDots writes the names that dot imports have brought into a checked cell
// as those of their packages: later checks and compiled code then need no import
// with a dot, which would clash with what the session declares under such a name.
func (c *checked) qualifyDots() {
	if len(c.dots) == 0 {
		return
	}
	for _, d := range c.unit.file.Decls {
		astutil.Apply(d, func(at *astutil.Cursor) bool {
			id, ok := at.Node().(*ast.Ident)
			if _, isSel := at.Parent().(*ast.SelectorExpr); !ok || isSel && at.Name() == "Sel" {
				return true
			}
			if obj := c.info.Uses[id]; obj != nil && isMember(obj) {
				at.Replace(c.qualified(id, obj))
			}
			return true
		}, nil)
	}
}

// isMember reports what a package other than the session's declares.
func isMember(obj types.Object) bool {
	pkg := obj.Pkg()
	return pkg != nil && pkg.Path() != sessionPath && pkg.Scope().Lookup(obj.Name()) == obj
}

// qualified is a name with that of its package before it.
func (c *checked) qualified(id *ast.Ident, obj types.Object) ast.Expr {
	name := alias(obj.Pkg().Path())
	c.imports[name] = obj.Pkg().Path()
	pkg := &ast.Ident{Name: name, NamePos: id.Pos()}
	c.info.Uses[pkg] = types.NewPkgName(id.Pos(), c.pkg, name, obj.Pkg())
	sel := &ast.SelectorExpr{X: pkg, Sel: id}
	if tv, ok := c.info.Types[id]; ok {
		c.info.Types[sel] = tv
	}
	return sel
}
