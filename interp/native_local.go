package interp

import (
	"go/ast"
	"go/types"
	"strconv"
	"strings"

	"github.com/sheaf-go/sheaf/interp/internal/emit"
	"github.com/sheaf-go/sheaf/interp/internal/linkname"
)

// local finds a type that a function of a unit declares, which the compiler
// calls by its number, and in generic functions by their type arguments; nil:
// name means no such type.
func (n *native) local(u *nativeUnit, name linkname.Name) types.Type {
	_, number, ok := strings.Cut(name.Name, "·")
	if !ok && name.Path == sessionPath {
		return u.elsewhere(name.Name)
	}
	locals := u.out.Locals
	if name.Path != sessionPath {
		p := n.packages.of([]string{name.Path})
		ok = ok && len(p) > 0 && p[0].out != nil
		if ok {
			locals = p[0].out.Locals
		}
	}
	if !ok {
		return nil
	}
	i, err := strconv.Atoi(number)
	l := locals[i]
	if err != nil || l.Type == nil {
		return nil
	}
	if len(name.Args) == 0 || l.Func == nil {
		return l.Type.Type()
	}
	return n.s.machine.LocalType(l.Type, l.Func, name.Args)
}

// elsewhere finds a type that only the generic functions of a unit mention; nil:
// the unit's cell knows it, or nobody.
func (u *nativeUnit) elsewhere(name string) types.Type {
	if u.pkg != nil && u.pkg.Scope().Lookup(name) != nil {
		return nil
	}
	for _, p := range u.pkgs {
		if t, ok := p.Scope().Lookup(name).(*types.TypeName); ok && !t.IsAlias() {
			return t.Type()
		}
	}
	return nil
}

// exits reports a body that defers calls and ends the process, which in a cell
// is a panic that interpreted functions run no deferred calls for.
func exits(info *types.Info, body ast.Node) bool {
	defers, ends := false, false
	ast.Inspect(body, func(x ast.Node) bool {
		switch x := x.(type) {
		case *ast.DeferStmt:
			defers = true
		case *ast.CallExpr:
			f := emit.Callee(info, x)
			ends = ends || f != nil && (f.FullName() == "os.Exit" || strings.HasPrefix(f.FullName(), "log.Fatal"))
		}
		return !defers || !ends
	})
	return defers && ends
}
