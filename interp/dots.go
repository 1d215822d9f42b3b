package interp

import (
	"go/ast"
	"go/types"

	"golang.org/x/tools/go/ast/astutil"
)

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
