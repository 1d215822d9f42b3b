package emit

import (
	"go/ast"
	"go/token"
	"go/types"

	"golang.org/x/tools/go/types/typeutil"
)

// Callee is the declared function or method that a call calls; nil: it calls a
// value, or converts.
func Callee(info *types.Info, call *ast.CallExpr) *types.Func {
	f, _ := typeutil.Callee(info, call).(*types.Func)
	return f
}

// expr copies an expression.
func (e *emitter) expr(x ast.Expr) ast.Expr {
	switch x := x.(type) {
	case nil:
		return nil
	case *ast.UnaryExpr:
		if x.Op == token.ARROW {
			return &ast.CallExpr{Fun: at(e.use(recvName), x.OpPos), Lparen: x.OpPos, Args: []ast.Expr{e.expr(x.X)}}
		}
	case *ast.CallExpr:
		return e.callExpr(x)
	case *ast.FuncLit:
		return e.literal(x)
	case *ast.Ident:
		e.names(x)
		return e.replacedValue(x, x)
	case *ast.SelectorExpr:
		return e.replacedValue(x, x.Sel)
	}
	return same(e, x)
}

// replacedValue copies a name; a function that the session runs in another way
// is named by its hook.
func (e *emitter) replacedValue(x ast.Expr, id *ast.Ident) ast.Expr {
	f, ok := e.info.Uses[id].(*types.Func)
	if ok && f.Signature().Recv() == nil && e.Replaced(f) {
		return at(e.hook(f), id.Pos())
	}
	if s, isSel := x.(*ast.SelectorExpr); isSel {
		if ok && f.Signature().Recv() != nil {
			if v := e.methodValue(s, f); v != nil {
				return v
			}
		}
		return &ast.SelectorExpr{X: e.expr(s.X), Sel: &ast.Ident{Name: s.Sel.Name, NamePos: s.Sel.NamePos}}
	}
	if name := e.local[e.object(id)]; name != "" {
		return &ast.Ident{Name: name, NamePos: id.NamePos}
	}
	return &ast.Ident{Name: id.Name, NamePos: id.NamePos}
}

// at gives a name the place of what it stands for.
func at(id *ast.Ident, pos token.Pos) *ast.Ident {
	id.NamePos = pos
	return id
}

// callExpr copies a call.
func (e *emitter) callExpr(x *ast.CallExpr) ast.Expr {
	if id, ok := ast.Unparen(x.Fun).(*ast.Ident); ok && id.Name == "recover" && e.info.Types[x.Fun].IsBuiltin() {
		return &ast.CallExpr{Fun: at(e.use(RecoverName), x.Pos()), Args: []ast.Expr{same(e, x)}}
	}
	f := e.called(x)
	if c := e.lateCall(x, f); c != nil {
		return c
	}
	if f == nil || f.Signature().Recv() == nil || !e.Replaced(f) {
		return e.methodCall(x)
	}
	sel, ok := ast.Unparen(x.Fun).(*ast.SelectorExpr)
	if !ok {
		return same(e, x)
	}
	s := e.info.Selections[sel]
	if s == nil || s.Kind() != types.MethodVal || types.IsInterface(s.Recv()) {
		return same(e, x)
	}
	recv := e.receiver(sel, s)
	cp := &ast.CallExpr{Fun: at(e.hook(f), callPlace(x)), Lparen: x.Lparen, Ellipsis: x.Ellipsis, Rparen: x.Rparen, Args: []ast.Expr{recv}}
	for _, a := range x.Args {
		cp.Args = append(cp.Args, e.expr(a))
	}
	return cp
}

// receiver is what a call of a method passes as its receiver: what the
// selector stands on, behind the fields that it leads through, by address or
// by value as the method has it.
func (e *emitter) receiver(sel *ast.SelectorExpr, s *types.Selection) ast.Expr {
	if hiddenType(s.Obj().(*types.Func).Signature().Recv().Type(), e.Pkg) {
		return e.hiddenReceiver(sel, s)
	}
	x, t := e.expr(sel.X), s.Recv()
	for _, i := range s.Index()[:len(s.Index())-1] {
		if p, ok := t.Underlying().(*types.Pointer); ok {
			t = p.Elem()
		}
		field := t.Underlying().(*types.Struct).Field(i)
		x, t = &ast.SelectorExpr{X: x, Sel: ast.NewIdent(field.Name())}, field.Type()
	}
	_, has := t.Underlying().(*types.Pointer)
	_, wants := s.Obj().(*types.Func).Signature().Recv().Type().(*types.Pointer)
	switch {
	case wants && !has:
		return &ast.UnaryExpr{Op: token.AND, X: x}
	case has && !wants:
		return &ast.StarExpr{X: x}
	}
	return x
}

// goStmt starts a goroutine of the cell: what is called and its arguments are
// evaluated here.
func (e *emitter) goStmt(s *ast.GoStmt) ast.Stmt {
	c := s.Call
	if lit, ok := ast.Unparen(c.Fun).(*ast.FuncLit); ok && len(c.Args) == 0 && lit.Type.Results == nil {
		return call(at(e.use(GoName), s.Go), e.expr(lit))
	}
	var lhs, rhs []ast.Expr
	keep := func(x ast.Expr) ast.Expr {
		tv := e.info.Types[x]
		if tv.Value != nil || tv.IsNil() {
			return e.expr(x)
		}
		t := e.temp()
		if addr := e.address(x); addr != nil { // what it points to lives until the call has it
			lhs, rhs = append(lhs, t), append(rhs, e.expr(addr.Args[0]))
			return &ast.CallExpr{Fun: e.expr(addr.Fun), Lparen: addr.Lparen, Args: []ast.Expr{t}, Rparen: addr.Rparen}
		}
		lhs, rhs = append(lhs, t), append(rhs, e.expr(x))
		return t
	}
	inner := &ast.CallExpr{Lparen: c.Lparen, Ellipsis: c.Ellipsis, Rparen: c.Rparen}
	if name := e.follows(e.called(c)); name != "" && e.isFunc(c) {
		inner.Fun = at(ast.NewIdent(name), c.Pos())
	} else if tv := e.info.Types[c.Fun]; tv.IsBuiltin() || tv.IsType() || e.isFunc(c) {
		inner.Fun = e.expr(c.Fun)
	} else {
		inner.Fun = keep(c.Fun)
	}
	several := e.several(c)
	if several != nil {
		inner.Args = several.Lhs
	} else {
		for _, a := range c.Args {
			inner.Args = append(inner.Args, keep(a))
		}
	}
	lit := &ast.FuncLit{Type: &ast.FuncType{Params: &ast.FieldList{}}, Body: block(&ast.ExprStmt{X: inner})}
	var list []ast.Stmt
	if lhs != nil {
		list = append(list, define(lhs, rhs...))
	}
	if several != nil {
		list = append(list, several)
	}
	run := call(at(e.use(GoName), s.Go), lit)
	if list == nil {
		return run
	}
	return block(append(list, run)...)
}

// several keeps the results of a call that are the arguments of another; nil:
// its arguments are written one by one.
func (e *emitter) several(c *ast.CallExpr) *ast.AssignStmt {
	if len(c.Args) != 1 {
		return nil
	}
	t, ok := e.info.TypeOf(c.Args[0]).(*types.Tuple)
	if !ok || t.Len() < 2 {
		return nil
	}
	var lhs []ast.Expr
	for range t.Len() {
		lhs = append(lhs, e.temp())
	}
	return define(lhs, e.expr(c.Args[0]))
}

// address tells the conversion of an unsafe.Pointer to a number: in the call of
// a function that wants it, it keeps alive what it points to. Nil: x is none.
func (e *emitter) address(x ast.Expr) *ast.CallExpr {
	call, ok := ast.Unparen(x).(*ast.CallExpr)
	if !ok || len(call.Args) != 1 || !e.info.Types[call.Fun].IsType() {
		return nil
	}
	to, ok1 := e.info.TypeOf(call).Underlying().(*types.Basic)
	from, ok2 := e.info.TypeOf(call.Args[0]).Underlying().(*types.Basic)
	if !ok1 || !ok2 || to.Kind() != types.Uintptr || from.Kind() != types.UnsafePointer {
		return nil
	}
	return call
}

// isFunc reports a call of a declared function that is no method.
func (e *emitter) isFunc(c *ast.CallExpr) bool {
	f := e.called(c)
	return f != nil && f.Signature().Recv() == nil
}
