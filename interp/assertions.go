package interp

import (
	"go/ast"
	"go/types"
)

// assertable refuses what yaegi answers wrongly: whether a compiled interface,
// such as error, holds a value of a type that a cell declares. To it such a
// value is a wrapper; only assertions to pointers look inside.
func (l *lowerer) assertable(operand, target ast.Expr, inSwitch bool) {
	if target == nil {
		return
	}
	iface, ok := types.Unalias(l.info.TypeOf(operand)).(*types.Named)
	if !ok || !types.IsInterface(iface) || iface.Obj().Pkg() == l.pkg {
		return
	}
	t := l.info.TypeOf(target)
	p, isPointer := t.(*types.Pointer)
	if isPointer {
		t = p.Elem()
	}
	if types.IsInterface(t) || !l.ours(t) {
		return
	}
	name := plain(types.TypeString(l.info.TypeOf(target), types.RelativeTo(l.pkg)))
	switch {
	case inSwitch && isPointer:
		l.unsupported(target, "a type switch over %s with the type %s of a cell is not interpreted yet; use if v, ok := x.(%s); ok {…}", iface, name, name)
	case !isPointer:
		l.unsupported(target, "whether %s holds a %s, declared in a cell, is not interpreted yet; use *%s", iface, name, name)
	}
}

// ours reports whether a cell declares t.
func (l *lowerer) ours(t types.Type) bool {
	n, ok := types.Unalias(t).(*types.Named)
	return ok && n.Obj().Pkg() == l.pkg
}

// typeSwitch checks every case of a type switch.
func (l *lowerer) typeSwitch(n *ast.TypeSwitchStmt) {
	var x ast.Expr
	switch st := n.Assign.(type) {
	case *ast.ExprStmt:
		x = st.X
	case *ast.AssignStmt:
		x = st.Rhs[0]
	}
	operand := ast.Unparen(x).(*ast.TypeAssertExpr).X
	for _, c := range n.Body.List {
		for _, t := range c.(*ast.CaseClause).List {
			if !l.info.Types[t].IsNil() {
				l.assertable(operand, t, true)
			}
		}
	}
}

// errorsCall refuses errors.Is and errors.As where the compiled functions
// would not see the methods of a cell's types.
func (l *lowerer) errorsCall(n *ast.CallExpr) {
	sel, ok := ast.Unparen(n.Fun).(*ast.SelectorExpr)
	if !ok || len(n.Args) != 2 {
		return
	}
	f, ok := l.info.Uses[sel.Sel].(*types.Func)
	if !ok || f.Pkg() == nil || f.Pkg().Path() != "errors" {
		return
	}
	if p, ok := l.info.TypeOf(n.Args[1]).(*types.Pointer); ok && f.Name() == "As" {
		t := p.Elem()
		if q, ok := t.(*types.Pointer); ok {
			t = q.Elem()
		}
		if l.ours(t) {
			l.unsupported(n, "errors.As with the type %s of a cell is not interpreted yet; use if e, ok := err.(*T); ok {…}", plain(types.TypeString(p.Elem(), types.RelativeTo(l.pkg))))
		}
	}
	if name := l.unwrapper(); name != "" && (f.Name() == "Is" || f.Name() == "As" || f.Name() == "Unwrap") {
		l.unsupported(n, "errors.%s does not see the methods Unwrap and Is of a cell's types yet; this session has %s", f.Name(), plain(name))
	}
}

// unwrapper names a type of the session that errors.Is would have to ask.
func (l *lowerer) unwrapper() string {
	scope := l.pkg.Scope()
	for _, name := range scope.Names() {
		tn, ok := scope.Lookup(name).(*types.TypeName)
		if !ok || types.IsInterface(tn.Type()) {
			continue
		}
		ms := types.NewMethodSet(types.NewPointer(tn.Type()))
		if ms.Lookup(l.pkg, "Error") != nil && (ms.Lookup(l.pkg, "Unwrap") != nil || ms.Lookup(l.pkg, "Is") != nil) {
			return name
		}
	}
	return ""
}

// recoveredSome lets recover().(T) assert on a value even when nothing
// panicked: yaegi's assertion of nil to an interface panics itself.
func recoveredSome(n *ast.TypeAssertExpr) {
	c, ok := ast.Unparen(n.X).(*ast.CallExpr)
	if !ok || n.Type == nil {
		return
	}
	if sel, ok := c.Fun.(*ast.SelectorExpr); ok && sel.Sel.Name == "Recovered" {
		if pkg, ok := sel.X.(*ast.Ident); ok && pkg.Name == hostAlias {
			sel.Sel.Name = "RecoveredSome"
		}
	}
}

// typedResults converts arguments that are results of calls to their own
// type: handed straight to a compiled function such as fmt.Println, yaegi
// would forget that they have a String or Error method.
func (l *lowerer) typedResults(n *ast.CallExpr) {
	sig, ok := l.info.TypeOf(n.Fun).(*types.Signature)
	if !ok || !sig.Variadic() || n.Ellipsis.IsValid() {
		return
	}
	for i, a := range n.Args {
		if _, isCall := ast.Unparen(a).(*ast.CallExpr); !isCall || l.info.Types[a].Value != nil || i < sig.Params().Len()-1 {
			continue
		}
		t := l.info.TypeOf(a)
		if t == nil || !l.ours(t) || types.IsInterface(t) {
			continue
		}
		if te, ok := l.typer.expr(t); ok {
			n.Args[i] = call(te, a)
			l.info.Types[n.Args[i]] = types.TypeAndValue{Type: t}
		}
	}
}
