package emit

import (
	"go/ast"
	"go/token"
	"go/types"
)

// Statements of a cell are emitted as a function without parameters. What they
// define at the top is variables of the package, so that definitions become
// assignments there; and a variable of the package that nothing else touches
// while they run is read into a local one, which loops can keep in a register.
// Every assignment to it is carried through at once, so that whatever ends the
// statements early leaves the variable as it would be.

// begin makes the emitter ready for a function.
func (e *emitter) begin(src Func) {
	e.info, e.top, e.local = src.Info, src.Statements, nil
	e.fn, _ = src.Info.Defs[src.Decl.Name].(*types.Func)
	if src.Statements {
		e.local = e.locals(src)
	}
}

// topLevel reports identifiers that define variables of the package.
func (e *emitter) topLevel(x ast.Expr) bool {
	id, ok := x.(*ast.Ident)
	if !ok || !e.top {
		return false
	}
	v, ok := e.info.Defs[id].(*types.Var)
	return ok && v.Parent() == e.Pkg.Scope()
}

// varDecl copies a declaration of variables among statements.
func (e *emitter) varDecl(s *ast.DeclStmt) ast.Stmt {
	g, ok := s.Decl.(*ast.GenDecl)
	if !ok || !e.top || g.Tok != token.VAR {
		return same(e, s)
	}
	var out []ast.Stmt
	for _, spec := range g.Specs {
		v := spec.(*ast.ValueSpec)
		defines := false
		a := &ast.AssignStmt{TokPos: v.Pos(), Tok: token.ASSIGN}
		for _, id := range v.Names {
			defines = defines || e.topLevel(id)
			a.Lhs = append(a.Lhs, e.expr(id))
			if v.Values == nil {
				a.Rhs = append(a.Rhs, &ast.StarExpr{X: &ast.CallExpr{Fun: ast.NewIdent("new"), Args: []ast.Expr{e.expr(v.Type)}}})
			}
			if id.Name == "_" && v.Type != nil {
				panic(&Refusal{v.Pos(), "a variable without a name that has a type"})
			}
		}
		if !defines {
			return same(e, s)
		}
		for _, x := range v.Values {
			a.Rhs = append(a.Rhs, e.expr(x))
		}
		if len(a.Lhs) == 2 && len(v.Values) == 1 {
			if u, ok := ast.Unparen(v.Values[0]).(*ast.UnaryExpr); ok && u.Op == token.ARROW {
				a.Rhs[0] = &ast.CallExpr{Fun: e.use(recv2Name), Args: []ast.Expr{e.expr(u.X)}}
			}
		}
		out = append(out, a)
	}
	return block(out...)
}

// through carries what a statement has assigned to locals that stand for
// variables of the package on to these.
func (e *emitter) through(s ast.Stmt) []ast.Stmt {
	if len(e.local) == 0 {
		return nil
	}
	a := &ast.AssignStmt{Tok: token.ASSIGN}
	for _, x := range assigned(s) {
		if obj := e.object(x); obj != nil && e.local[obj] != "" {
			a.Lhs = append(a.Lhs, ast.NewIdent(obj.Name()))
			a.Rhs = append(a.Rhs, ast.NewIdent(e.local[obj]))
		}
	}
	if a.Lhs == nil {
		return nil
	}
	return []ast.Stmt{a}
}

// assigned lists what a statement assigns, as a whole and not by its parts.
func assigned(s ast.Stmt) (list []ast.Expr) {
	switch s := s.(type) {
	case *ast.AssignStmt:
		return s.Lhs
	case *ast.IncDecStmt:
		return []ast.Expr{s.X}
	case *ast.LabeledStmt:
		return assigned(s.Stmt)
	case *ast.DeclStmt:
		if g, ok := s.Decl.(*ast.GenDecl); ok && g.Tok == token.VAR {
			for _, spec := range g.Specs {
				for _, id := range spec.(*ast.ValueSpec).Names {
					list = append(list, id)
				}
			}
		}
	}
	return list
}

// object is what an identifier means.
func (e *emitter) object(x ast.Expr) types.Object {
	id, ok := ast.Unparen(x).(*ast.Ident)
	if !ok {
		return nil
	}
	if obj := e.info.Uses[id]; obj != nil {
		return obj
	}
	return e.info.Defs[id]
}

// locals names the locals for variables of the package. These have values of
// few words, are assigned by statements of lists only, and no function literal
// mentions them, nothing takes their address and Shared says that nothing else
// does.
func (e *emitter) locals(src Func) map[types.Object]string {
	found, out := map[types.Object]bool{}, map[types.Object]bool{}
	drop := func(list ...ast.Expr) {
		for _, x := range list {
			if obj := e.object(x); obj != nil {
				out[obj] = true
			}
		}
	}
	head := func(list ...ast.Stmt) {
		for _, s := range list {
			drop(assigned(s)...)
		}
	}
	ast.Inspect(src.Decl.Body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.Ident:
			if v, ok := e.object(n).(*types.Var); ok && !v.IsField() && v.Parent() == e.Pkg.Scope() {
				found[v] = true
			}
		case *ast.FuncLit:
			ast.Inspect(n, func(n ast.Node) bool {
				if id, ok := n.(*ast.Ident); ok {
					drop(id)
				}
				return true
			})
		case *ast.UnaryExpr:
			if n.Op == token.AND {
				drop(n.X)
			}
		case *ast.SelectorExpr:
			if s := e.info.Selections[n]; s != nil && s.Kind() == types.MethodVal && !isPointer(s.Recv()) && !types.IsInterface(s.Recv()) {
				drop(n.X) // the method may take its address
			}
		case *ast.AssignStmt:
			if len(n.Lhs) > 1 {
				for _, x := range n.Lhs { // what comes after a part that panics is not assigned
					if _, ok := ast.Unparen(x).(*ast.Ident); !ok {
						drop(n.Lhs...)
					}
				}
			}
		case *ast.ForStmt:
			head(n.Init, n.Post)
		case *ast.IfStmt:
			head(n.Init)
		case *ast.SwitchStmt:
			head(n.Init)
		case *ast.TypeSwitchStmt:
			head(n.Init)
		case *ast.CommClause:
			head(n.Comm)
		case *ast.RangeStmt:
			drop(n.Key, n.Value)
		}
		return true
	})
	locals := map[types.Object]string{}
	for obj := range found {
		if !out[obj] && small(obj.Type()) && !src.Shared(obj.(*types.Var)) {
			locals[obj] = prefix + "l" + obj.Name()
		}
	}
	return locals
}

func isPointer(t types.Type) bool {
	_, ok := t.Underlying().(*types.Pointer)
	return ok
}

// small reports types whose values are of few words and have no parts that are
// assigned by themselves.
func small(t types.Type) bool {
	switch t.Underlying().(type) {
	case *types.Struct, *types.Array:
		return false
	}
	return true
}

// readLocals is what the statements begin with: locals take the values of what
// they stand for.
func (e *emitter) readLocals() (list []ast.Stmt) {
	names := map[string]string{}
	for obj, local := range e.local {
		names[local] = obj.Name()
	}
	for _, local := range sorted(names) {
		list = append(list, define([]ast.Expr{ast.NewIdent(local)}, ast.NewIdent(names[local])))
	}
	return list
}
