package interp

import (
	"go/ast"
	"go/token"
	"go/types"
	"strconv"
	"strings"
	"unicode"
)

// A typeWriter writes types as syntax, collecting the imports they need under
// aliases that no cell uses.
type typeWriter struct {
	pkg     *types.Package
	imports map[string]string // alias → path
}

// alias is the local name under which lowered code imports path. It ends in
// what is most often the package's name, which messages show: a version behind
// that, as in math/rand/v2 and yaml.v3, comes first.
func alias(path string) string {
	if i := strings.LastIndexAny(path, "/."); i > 0 && isMajor(path[i+1:]) {
		path = path[i+1:] + "/" + path[:i]
	}
	return "p" + sep + strings.Map(func(r rune) rune {
		if r == '_' || unicode.IsLetter(r) || unicode.IsDigit(r) {
			return r
		}
		return '_'
	}, path)
}

// isMajor reports whether a part of a path is a major version, as in v2.
func isMajor(s string) bool {
	digits, ok := strings.CutPrefix(s, "v")
	_, err := strconv.Atoi(digits)
	return ok && err == nil
}

// expr writes t, or reports that it cannot be written outside its package.
func (w *typeWriter) expr(t types.Type) (ast.Expr, bool) {
	switch t := t.(type) {
	case *types.Basic:
		if t.Kind() == types.UnsafePointer {
			name := alias("unsafe")
			w.imports[name] = "unsafe"
			return &ast.SelectorExpr{X: ast.NewIdent(name), Sel: ast.NewIdent("Pointer")}, true
		}
		return ast.NewIdent(t.Name()), t.Kind() != types.Invalid && t.Info()&types.IsUntyped == 0
	case *types.Named:
		return w.named(t.Obj(), t.TypeArgs())
	case *types.Alias:
		if e, ok := w.named(t.Obj(), t.TypeArgs()); ok {
			return e, true
		}
		return w.expr(types.Unalias(t))
	case *types.TypeParam:
		return ast.NewIdent(t.Obj().Name()), true
	case *types.Pointer:
		e, ok := w.expr(t.Elem())
		return &ast.StarExpr{X: e}, ok
	case *types.Slice:
		e, ok := w.expr(t.Elem())
		return &ast.ArrayType{Elt: e}, ok
	case *types.Array:
		e, ok := w.expr(t.Elem())
		return &ast.ArrayType{Len: &ast.BasicLit{Kind: token.INT, Value: strconv.FormatInt(t.Len(), 10)}, Elt: e}, ok
	case *types.Map:
		k, ok1 := w.expr(t.Key())
		e, ok2 := w.expr(t.Elem())
		return &ast.MapType{Key: k, Value: e}, ok1 && ok2
	case *types.Chan:
		e, ok := w.expr(t.Elem())
		dir := ast.SEND | ast.RECV
		switch t.Dir() {
		case types.SendOnly:
			dir = ast.SEND
		case types.RecvOnly:
			dir = ast.RECV
		}
		return &ast.ChanType{Dir: dir, Value: e}, ok
	case *types.Signature:
		return w.signature(t)
	case *types.Struct:
		return w.structure(t)
	case *types.Interface:
		return w.iface(t)
	}
	return ast.NewIdent("invalid"), false
}

func (w *typeWriter) named(o *types.TypeName, args *types.TypeList) (ast.Expr, bool) {
	var e ast.Expr = ast.NewIdent(o.Name())
	ok := true
	if p := o.Pkg(); p != nil && p != w.pkg {
		ok = o.Exported() && !strings.Contains("/"+p.Path()+"/", "/internal/")
		a := alias(p.Path())
		if ok {
			w.imports[a] = p.Path()
		}
		e = &ast.SelectorExpr{X: ast.NewIdent(a), Sel: ast.NewIdent(o.Name())}
	} else if p != nil && o.Parent() != p.Scope() {
		ok = false // local to a function
	}
	if args.Len() > 0 {
		ix := &ast.IndexListExpr{X: e}
		for t := range args.Types() {
			a, aok := w.expr(t)
			ix.Indices, ok = append(ix.Indices, a), ok && aok
		}
		e = ix
		if len(ix.Indices) == 1 {
			e = &ast.IndexExpr{X: ix.X, Index: ix.Indices[0]}
		}
	}
	return e, ok
}

func (w *typeWriter) signature(t *types.Signature) (*ast.FuncType, bool) {
	ft := &ast.FuncType{Params: &ast.FieldList{}}
	ok := true
	for i := range t.Params().Len() {
		e, eok := w.expr(t.Params().At(i).Type())
		if t.Variadic() && i == t.Params().Len()-1 {
			if a, isSlice := e.(*ast.ArrayType); isSlice {
				e = &ast.Ellipsis{Elt: a.Elt}
			} else {
				eok = false
			}
		}
		ft.Params.List, ok = append(ft.Params.List, &ast.Field{Type: e}), ok && eok
	}
	if t.Results().Len() > 0 {
		ft.Results = &ast.FieldList{}
		for v := range t.Results().Variables() {
			e, eok := w.expr(v.Type())
			ft.Results.List, ok = append(ft.Results.List, &ast.Field{Type: e}), ok && eok
		}
	}
	return ft, ok
}

func (w *typeWriter) structure(t *types.Struct) (ast.Expr, bool) {
	st, ok := &ast.StructType{Fields: &ast.FieldList{}}, true
	for i := range t.NumFields() {
		v := t.Field(i)
		e, eok := w.expr(v.Type())
		f := &ast.Field{Type: e}
		if !v.Embedded() {
			f.Names = []*ast.Ident{ast.NewIdent(v.Name())}
		}
		if tag := t.Tag(i); tag != "" {
			f.Tag = &ast.BasicLit{Kind: token.STRING, Value: strconv.Quote(tag)}
		}
		ok = ok && eok && (v.Exported() || v.Pkg() == w.pkg)
		st.Fields.List = append(st.Fields.List, f)
	}
	return st, ok
}

func (w *typeWriter) iface(t *types.Interface) (ast.Expr, bool) {
	it, ok := &ast.InterfaceType{Methods: &ast.FieldList{}}, t.IsMethodSet()
	for i := range t.NumExplicitMethods() {
		m := t.ExplicitMethod(i)
		ft, fok := w.signature(m.Signature())
		ok = ok && fok && (m.Exported() || m.Pkg() == w.pkg)
		it.Methods.List = append(it.Methods.List, &ast.Field{Names: []*ast.Ident{ast.NewIdent(m.Name())}, Type: ft})
	}
	for i := range t.NumEmbeddeds() {
		e, eok := w.expr(t.EmbeddedType(i))
		ok = ok && eok
		it.Methods.List = append(it.Methods.List, &ast.Field{Type: e})
	}
	return it, ok
}
