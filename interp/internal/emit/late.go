package emit

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strconv"
	"strings"
)

// A function literal, and a function that waits for something, may be at work
// when functions that it calls are declared anew. So these are not to be put in
// place of their calls there: the calls go through names without bodies, which a
// loader binds to what follows the function. A literal that mentions variables of
// the session also holds a key, so that the loader sees whether there is still a
// value of it.

// KeyName is a func(int) unsafe.Pointer that gives the key of a literal, by its
// index in Output.Literals.
const KeyName = prefix + "key"

// A Literal is a function literal that mentions variables of the session.
type Literal struct {
	Pos  token.Pos
	Vars []string // symbols
}

// inBody copies a function or a function literal: late says that what it calls
// may be declared anew while it is at work. The copy is to begin with head.
func inBody[N ast.Node](e *emitter, n N, late bool) (cp N, head []ast.Stmt) {
	wasKeys, wasLate, wasWaiter := e.keys, e.late, e.waiter
	e.keys, e.late, e.waiter = nil, e.Late && late, ""
	cp = same(e, n)
	if head = e.keys; e.waiter != "" {
		head = append(e.endWaits(), head...)
	}
	e.keys, e.late, e.waiter = wasKeys, wasLate, wasWaiter
	return cp, head
}

// literal copies a function literal.
func (e *emitter) literal(x *ast.FuncLit) ast.Expr {
	f, head := inBody(e, x, true)
	if vars, need := e.mentioned(x); need && e.Late {
		if !e.used[KeyName] {
			e.used[KeyName] = true
			fmt.Fprintf(&e.prelude, "func %s(int) %s.Pointer\n", KeyName, e.use(unsafeName).Name)
			e.out.Bodyless = append(e.out.Bodyless, "main."+KeyName)
		}
		number := strconv.Itoa(len(e.out.Literals))
		e.out.Literals = append(e.out.Literals, Literal{x.Pos(), vars})
		key := func() ast.Expr { return ast.NewIdent(prefix + "k" + number) }
		call := &ast.CallExpr{Fun: ast.NewIdent(KeyName), Args: []ast.Expr{&ast.BasicLit{Kind: token.INT, Value: number}}}
		e.keys = append(e.keys, define([]ast.Expr{key()}, call))
		head = append(head, &ast.AssignStmt{Lhs: []ast.Expr{ast.NewIdent("_")}, Tok: token.ASSIGN, Rhs: []ast.Expr{key()}})
	}
	f.Body.List = append(head, f.Body.List...)
	return f
}

// mentioned lists the variables of the session that a literal mentions; need
// says that it reaches some, itself or in an instance of a generic function.
func (e *emitter) mentioned(x *ast.FuncLit) (vars []string, need bool) {
	ast.Inspect(x, func(n ast.Node) bool {
		id, ok := n.(*ast.Ident)
		if !ok {
			return true
		}
		switch obj := e.info.Uses[id].(type) {
		case *types.Var:
			if obj.Pkg() != nil && obj.Pkg().Path() == e.Pkg.Path() && obj.Parent() == obj.Pkg().Scope() {
				need = true
				if sym := "main." + obj.Name(); !slices.Contains(vars, sym) {
					vars = append(vars, sym)
				}
			}
		case *types.Func:
			sig := obj.Origin().Signature()
			need = need || obj.Pkg() != nil && obj.Pkg().Path() == e.Pkg.Path() && (sig.TypeParams() != nil || sig.RecvTypeParams() != nil)
		}
		return true
	})
	return vars, need
}

// waits reports a body that may stay for long: with operations on channels, calls
// that the session runs in another way, or a loop without end that calls what is
// compiled.
func (e *emitter) waits(body *ast.BlockStmt) (found bool) {
	endless := 0
	var path []ast.Node
	ast.Inspect(body, func(n ast.Node) bool {
		if n == nil {
			if isEndless(path[len(path)-1]) {
				endless--
			}
			path = path[:len(path)-1]
			return false
		}
		path = append(path, n)
		if isEndless(n) {
			endless++
		}
		switch n := n.(type) {
		case *ast.FuncLit:
			path = path[:len(path)-1]
			return false
		case *ast.SendStmt, *ast.SelectStmt:
			found = true
		case *ast.UnaryExpr:
			found = found || n.Op == token.ARROW
		case *ast.RangeStmt:
			if t := e.info.TypeOf(n.X); t != nil {
				_, isChan := core(t).(*types.Chan)
				found = found || isChan
			}
		case *ast.CallExpr:
			if f := e.called(n); f != nil && f.Pkg() != nil && f.Pkg().Path() != e.Pkg.Path() {
				found = found || endless > 0 || e.Replaced(f)
			}
		}
		return true
	})
	return found
}

func isEndless(n ast.Node) bool {
	f, ok := n.(*ast.ForStmt)
	return ok && f.Cond == nil
}

// follows is the name without a body for a function or method whose body this
// package has; "": there is none, because it has no body here, or is generic.
func (e *emitter) follows(f *types.Func) string {
	if !e.Late || f == nil || f.Pkg() == nil || f.Pkg().Path() != e.Pkg.Path() {
		return ""
	}
	sym := SymbolOf(f)
	src, ok := e.Funcs[sym]
	if !ok || src.Statements || IsGeneric(src.Decl) {
		return ""
	}
	if name := e.lates[sym]; name != "" {
		return name
	}
	name := prefix + "late" + strconv.Itoa(len(e.lates)+1)
	if e.lates == nil {
		e.lates, e.out.Late = map[string]string{}, map[string]string{}
	}
	e.lates[sym], e.out.Late["main."+name] = name, sym
	recv, params, results := e.hookTypes(f)
	if recv != "" {
		params = slices.Insert(params, 0, recv)
	}
	fmt.Fprintf(&e.prelude, "func %s(%s) (%s)\n", name, strings.Join(params, ", "), strings.Join(results, ", "))
	e.out.Bodyless = append(e.out.Bodyless, "main."+name)
	return name
}

// SymbolOf is Symbol of a function's declaration; "": it has none.
func SymbolOf(f *types.Func) string {
	recv := f.Signature().Recv()
	if recv == nil {
		return "main." + f.Name()
	}
	t, form := types.Unalias(recv.Type()), "main.%s.%s"
	if p, ok := t.(*types.Pointer); ok {
		t, form = types.Unalias(p.Elem()), "main.(*%s).%s"
	}
	n, ok := t.(*types.Named)
	if !ok {
		return ""
	}
	return fmt.Sprintf(form, n.Obj().Name(), f.Name())
}

// lateCall copies a call of a function that is to be followed; nil: x is another.
func (e *emitter) lateCall(x *ast.CallExpr, f *types.Func) ast.Expr {
	if !e.late || f == nil {
		return nil
	}
	cp := &ast.CallExpr{Lparen: x.Lparen, Ellipsis: x.Ellipsis, Rparen: x.Rparen}
	switch fun := ast.Unparen(x.Fun).(type) {
	case *ast.Ident:
	case *ast.SelectorExpr:
		s := e.info.Selections[fun]
		if s == nil || s.Kind() != types.MethodVal || types.IsInterface(s.Recv()) || e.spreads(x) || e.follows(f) == "" {
			return nil
		}
		cp.Args = append(cp.Args, e.receiver(fun, s))
	default:
		return nil
	}
	name := e.follows(f)
	if name == "" {
		return nil
	}
	cp.Fun = at(ast.NewIdent(name), x.Pos())
	for _, a := range x.Args {
		cp.Args = append(cp.Args, e.expr(a))
	}
	return cp
}

// spreads reports a call that passes on several results of another.
func (e *emitter) spreads(x *ast.CallExpr) bool {
	if len(x.Args) != 1 {
		return false
	}
	t, ok := e.info.TypeOf(x.Args[0]).(*types.Tuple)
	return ok && t.Len() > 1
}

// methodCall copies a call of a method, whose name is no value there.
func (e *emitter) methodCall(x *ast.CallExpr) ast.Expr {
	sel, ok := ast.Unparen(x.Fun).(*ast.SelectorExpr)
	if !ok || e.info.Selections[sel] == nil {
		return same(e, x)
	}
	cp := *x
	cp.Fun = &ast.SelectorExpr{X: e.expr(sel.X), Sel: &ast.Ident{Name: sel.Sel.Name, NamePos: sel.Sel.NamePos}}
	cp.Args = nil
	for _, a := range x.Args {
		cp.Args = append(cp.Args, e.expr(a))
	}
	return &cp
}
