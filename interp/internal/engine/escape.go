package engine

import (
	"go/ast"
	"go/token"
	"go/types"
	"reflect"
)

// escaping finds the variables of a function, with the literals inside it,
// that live on the heap: captured by a literal, or with their address taken.
func escaping(info *types.Info, nodes ...ast.Node) map[*types.Var]bool {
	e := &escapes{info: info, boxed: map[*types.Var]bool{}, home: map[*types.Var]int{}}
	for _, n := range nodes {
		if !missing(n) {
			ast.Walk(e, n)
		}
	}
	return e.boxed
}

// missing reports whether there is no node.
func missing(n ast.Node) bool { return n == nil || reflect.ValueOf(n).IsNil() }

type escapes struct {
	info  *types.Info
	boxed map[*types.Var]bool
	home  map[*types.Var]int // the function that declares it
	fun   int                // number of the function that is walked
	funs  int
	stack []int
	nodes []ast.Node
}

// Visit implements ast.Visitor.
func (e *escapes) Visit(n ast.Node) ast.Visitor {
	if n == nil {
		last := e.nodes[len(e.nodes)-1]
		e.nodes = e.nodes[:len(e.nodes)-1]
		if _, ok := last.(*ast.FuncLit); ok {
			e.fun = e.stack[len(e.stack)-1]
			e.stack = e.stack[:len(e.stack)-1]
		}
		return nil
	}
	e.nodes = append(e.nodes, n)
	switch n := n.(type) {
	case *ast.FuncLit:
		e.stack = append(e.stack, e.fun)
		e.funs++
		e.fun = e.funs
	case *ast.Ident:
		if v, ok := e.info.Defs[n].(*types.Var); ok {
			e.home[v] = e.fun
		} else if v, ok := e.info.Uses[n].(*types.Var); ok && !v.IsField() {
			if home, known := e.home[v]; known && home != e.fun {
				e.boxed[v] = true
			}
		}
	case *ast.TypeSwitchStmt, *ast.CaseClause:
		if v, ok := e.info.Implicits[n].(*types.Var); ok {
			e.home[v] = e.fun
		}
	case *ast.UnaryExpr:
		if n.Op == token.AND {
			e.root(n.X)
		}
	case *ast.SliceExpr:
		if t := e.info.TypeOf(n.X); t != nil && maybeArray(t) {
			e.root(n.X)
		}
	case *ast.SelectorExpr:
		if s := e.info.Selections[n]; s != nil && s.Kind() == types.MethodVal {
			if sig := s.Obj().(*types.Func).Signature(); sig.Recv() != nil && isPointer(sig.Recv().Type()) && !isPointer(e.info.TypeOf(n.X)) {
				e.root(n.X)
			}
		}
	}
	return e
}

func isPointer(t types.Type) bool {
	_, ok := t.Underlying().(*types.Pointer)
	return ok
}

// root boxes the variable whose memory holds x.
func (e *escapes) root(x ast.Expr) {
	for {
		switch n := x.(type) {
		case *ast.ParenExpr:
			x = n.X
		case *ast.SelectorExpr:
			s := e.info.Selections[n]
			if s == nil || isPointer(e.info.TypeOf(n.X)) {
				return
			}
			x = n.X
		case *ast.IndexExpr:
			if t := e.info.TypeOf(n.X); t == nil || !maybeArray(t) {
				return
			}
			x = n.X
		case *ast.Ident:
			if v, ok := e.info.ObjectOf(n).(*types.Var); ok && !isGlobal(v) {
				e.boxed[v] = true
			}
			return
		default:
			return
		}
	}
}

// maybeArray reports arrays, and type parameters, which may be some.
func maybeArray(t types.Type) bool {
	if _, ok := types.Unalias(t).(*types.TypeParam); ok {
		return true
	}
	_, ok := t.Underlying().(*types.Array)
	return ok
}
