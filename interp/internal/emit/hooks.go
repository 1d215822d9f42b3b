package emit

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"runtime"
	"slices"
	"strconv"
	"strings"
)

// Compiled functions that a session runs in another way are called through
// hooks: functions without bodies in the prelude, for the loader to bind.

// hook is the name of the function that stands for a replaced one, whose
// parameters begin with the receiver.
func (e *emitter) hook(f *types.Func) *ast.Ident {
	name := e.hooks[f]
	if name == "" {
		name = prefix + "hook" + strconv.Itoa(len(e.hooks)+1)
		e.hooks[f] = name
		recv, params, results := e.hookTypes(f)
		if recv != "" {
			params = slices.Insert(params, 0, recv)
		}
		fmt.Fprintf(&e.prelude, "func %s(%s) (%s)\n", name, strings.Join(params, ", "), strings.Join(results, ", "))
		e.out.Hooks["main."+name] = f
		e.out.Bodyless = append(e.out.Bodyless, "main."+name)
	}
	return ast.NewIdent(name)
}

// hookTypes are the texts of the types that the hook of a function has: of the
// receiver, "" where there is none, of the parameters and of the results.
func (e *emitter) hookTypes(f *types.Func) (recv string, params, results []string) {
	sig := f.Signature()
	if r := sig.Recv(); r != nil && hiddenType(r.Type(), e.Pkg) {
		recv = e.use(unsafeName).Name + ".Pointer"
	} else if r != nil {
		recv = e.typeText(r.Type())
	}
	for i := range sig.Params().Len() {
		t := e.typeText(sig.Params().At(i).Type())
		if sig.Variadic() && i == sig.Params().Len()-1 {
			t = "..." + strings.TrimPrefix(t, "[]")
		}
		params = append(params, t)
	}
	for i := range sig.Results().Len() {
		results = append(results, e.typeText(sig.Results().At(i).Type()))
	}
	return recv, params, results
}

// methodValue is the value of a method, or of a method of a type, that the
// session runs in another way, or that is to be followed; nil: it is left as it
// is.
func (e *emitter) methodValue(sel *ast.SelectorExpr, f *types.Func) ast.Expr {
	s := e.info.Selections[sel]
	if s == nil || types.IsInterface(s.Recv()) {
		return nil
	}
	name := ""
	if e.Replaced(f) {
		name = e.hook(f).Name
	} else if name = e.follows(f); name == "" {
		return nil
	}
	switch {
	case s.Kind() == types.MethodVal:
		return &ast.CallExpr{Fun: at(e.bound(f, name), sel.Pos()), Args: []ast.Expr{e.receiver(sel, s)}}
	case len(s.Index()) == 1 && types.Identical(s.Recv(), f.Signature().Recv().Type()):
		return at(ast.NewIdent(name), sel.Pos())
	}
	return nil
}

// bound is the name of a function that gives a hook of a method its receiver.
func (e *emitter) bound(f *types.Func, hook string) *ast.Ident {
	name := hook + "of"
	if e.used[name] {
		return ast.NewIdent(name)
	}
	e.used[name] = true
	recv, params, results := e.hookTypes(f)
	var list, args []string
	for i, t := range params {
		arg := prefix + "p" + strconv.Itoa(i)
		list, args = append(list, arg+" "+t), append(args, arg)
		if strings.HasPrefix(t, "...") {
			args[i] += "..."
		}
	}
	sig := fmt.Sprintf("func(%s) (%s)", strings.Join(list, ", "), strings.Join(results, ", "))
	call := fmt.Sprintf("%s(%s)", hook, strings.Join(append([]string{prefix + "r"}, args...), ", "))
	if len(results) > 0 {
		call = "return " + call
	}
	fmt.Fprintf(&e.prelude, "func %s(%sr %s) %s { return %s { %s } }\n", name, prefix, recv, sig, sig, call)
	return ast.NewIdent(name)
}

// hiddenType reports pointers to types that only another package can name.
func hiddenType(t types.Type, here *types.Package) bool {
	p, ok := t.(*types.Pointer)
	if !ok {
		return false
	}
	n, ok := types.Unalias(p.Elem()).(*types.Named)
	return ok && !n.Obj().Exported() && n.Obj().Pkg() != nil && n.Obj().Pkg().Path() != here.Path()
}

// hiddenReceiver is receiver where the method is of an embedded type that only
// its package can name, such as testing's common in *testing.T: the address of
// what can be named around it, and its offset there.
func (e *emitter) hiddenReceiver(sel *ast.SelectorExpr, s *types.Selection) ast.Expr {
	x, t := e.expr(sel.X), s.Recv()
	pointer, offset := isPointer(t), int64(-1)
	for _, i := range s.Index()[:len(s.Index())-1] {
		if p, ok := t.Underlying().(*types.Pointer); ok {
			t = p.Elem()
		}
		st := t.Underlying().(*types.Struct)
		field := st.Field(i)
		t = field.Type()
		switch seen := field.Exported() || field.Pkg().Path() == e.Pkg.Path(); {
		case offset < 0 && seen:
			x, pointer = &ast.SelectorExpr{X: x, Sel: ast.NewIdent(field.Name())}, isPointer(t)
			continue
		case isPointer(t):
			panic(&Refusal{sel.Pos(), "calls " + sel.Sel.Name + " of an embedded pointer that has no name here"})
		}
		fields := slices.Collect(st.Fields())
		offset = max(offset, 0) + types.SizesFor("gc", runtime.GOARCH).Offsetsof(fields)[i]
	}
	if !pointer {
		x = &ast.UnaryExpr{Op: token.AND, X: x}
	}
	in := func(name string) ast.Expr {
		return &ast.SelectorExpr{X: e.use(unsafeName), Sel: ast.NewIdent(name)}
	}
	x = &ast.CallExpr{Fun: in("Pointer"), Args: []ast.Expr{x}}
	if offset <= 0 {
		return x
	}
	by := &ast.BasicLit{Kind: token.INT, Value: strconv.FormatInt(offset, 10)}
	return &ast.CallExpr{Fun: in("Add"), Args: []ast.Expr{x, by}}
}
