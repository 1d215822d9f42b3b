package interp

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strings"
)

// adviseArgument is for an argument that its parameter does not take.
func (c *checked) adviseArgument(path []ast.Node) string {
	call, i := argumentOf(path)
	if call == nil {
		return ""
	}
	sig, ok := c.info.TypeOf(call.Fun).(*types.Signature)
	have := c.info.TypeOf(call.Args[i])
	if !ok || have == nil {
		return ""
	}
	want := parameter(sig, call, i)
	if want == nil {
		return ""
	}
	x := plain(types.ExprString(call.Args[i]))
	n := sig.Params().Len()
	if sig.Variadic() && i == n-1 && i == len(call.Args)-1 && types.AssignableTo(have, sig.Params().At(i).Type()) {
		return x + "... passes what is in it"
	}
	if f, ok := have.Underlying().(*types.Signature); ok && f.Params().Len() == 0 &&
		f.Results().Len() == 1 && types.AssignableTo(f.Results().At(0).Type(), want) {
		return x + "() calls it"
	}
	for k := range i {
		if !c.fits(sig, call, k) {
			return "" // said there
		}
	}
	return c.sibling(call)
}

// argumentOf is the call whose argument the path leads to, and which one.
func argumentOf(path []ast.Node) (*ast.CallExpr, int) {
	for k := 1; k < len(path); k++ {
		if call, ok := last(path, k).(*ast.CallExpr); ok {
			if arg, ok := last(path, k-1).(ast.Expr); ok {
				if i := slices.Index(call.Args, arg); i >= 0 {
					return call, i
				}
			}
		}
	}
	return nil, 0
}

// sibling asks about the function of the same package that takes the arguments
// of a call, if its name begins with that of the one called: LineXY for Line.
func (c *checked) sibling(call *ast.CallExpr) string {
	sel, ok := call.Fun.(*ast.SelectorExpr)
	if !ok {
		return ""
	}
	f, ok := c.info.Uses[sel.Sel].(*types.Func)
	if !ok || f.Pkg() == nil || f.Signature().Recv() != nil {
		return ""
	}
	scope := f.Pkg().Scope()
	for _, name := range scope.Names() {
		other, ok := scope.Lookup(name).(*types.Func)
		if ok && token.IsExported(name) && name != f.Name() && strings.HasPrefix(name, f.Name()) && c.takes(other.Signature(), call) {
			return fmt.Sprintf("did you mean %s.%s?", plain(types.ExprString(sel.X)), name)
		}
	}
	return ""
}

// takes reports whether a function takes the arguments of a call.
func (c *checked) takes(sig *types.Signature, call *ast.CallExpr) bool {
	n := sig.Params().Len()
	if len(call.Args) == 0 || sig.TypeParams() != nil || len(call.Args) < n-1 || len(call.Args) < n && !sig.Variadic() {
		return false
	}
	for i := range call.Args {
		if !c.fits(sig, call, i) {
			return false
		}
	}
	return true
}

// fits reports whether a function takes the i-th argument of a call.
func (c *checked) fits(sig *types.Signature, call *ast.CallExpr, i int) bool {
	have, want := c.info.TypeOf(call.Args[i]), parameter(sig, call, i)
	return have != nil && want != nil && types.AssignableTo(have, want)
}

// parameter is the type of what the i-th argument of a call is for, or nil.
func parameter(sig *types.Signature, call *ast.CallExpr, i int) types.Type {
	n := sig.Params().Len()
	switch {
	case sig.Variadic() && i >= n-1 && !call.Ellipsis.IsValid():
		if elems, ok := sig.Params().At(n - 1).Type().(*types.Slice); ok {
			return elems.Elem()
		}
		return nil // append([]byte, string...)
	case i < n:
		return sig.Params().At(i).Type()
	}
	return nil
}
