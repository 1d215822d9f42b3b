package interp

import (
	"go/ast"
	"go/token"
	"go/types"

	"github.com/sheaf-go/sheaf/notebooks/show"
)

// prefer lifts the candidates that have the wanted type, and less those that
// give it when called; nil wants nothing.
func (c *checked) prefer(want types.Type, items []candidate) []candidate {
	if want == nil {
		return items
	}
	w := wish{want, types.TypeString(want, nil)}
	for i := range items {
		switch t := items[i].typ; {
		case t == nil:
		case items[i].Kind == "type":
			if w.is(t) {
				items[i].rank += wanted / 2
			}
		case w.is(t):
			items[i].rank += wanted
		case types.AssignableTo(t, want):
			items[i].rank += wanted * 3 / 4
		case w.givenBy(t):
			items[i].rank += wanted / 2
		}
	}
	return items
}

// A wish is a type that is wanted. Names that this check has no need of come
// with the types that the check of their own cell gave them: those are the
// same if they read the same.
type wish struct {
	typ  types.Type
	text string
}

func (w wish) is(t types.Type) bool {
	return types.Identical(t, w.typ) || types.TypeString(t, nil) == w.text
}

// givenBy reports whether t is a function with one result that fits.
func (w wish) givenBy(t types.Type) bool {
	sig, ok := t.(*types.Signature)
	if !ok || sig.TypeParams().Len() > 0 || sig.Results().Len() != 1 {
		return false
	}
	r := sig.Results().At(0).Type()
	return w.is(r) || types.AssignableTo(r, w.typ)
}

// expected is the type that the place at the end of the path wants, nil where
// none is known or anything goes.
func (c *checked) expected(path []ast.Node) types.Type {
	i := len(path) - 1
	if sel, ok := path[i-1].(*ast.SelectorExpr); ok && sel.Sel == path[i] && i > 1 {
		i--
	}
	t := c.wantedBy(path[:i], path[i])
	if t == nil || t == types.Typ[types.Invalid] || t == types.Typ[types.UntypedNil] {
		return nil
	}
	if it, ok := t.Underlying().(*types.Interface); ok && it.Empty() {
		return nil
	}
	return types.Default(t)
}

// wantedBy is the type that the innermost node of path wants of its child.
func (c *checked) wantedBy(path []ast.Node, child ast.Node) types.Type {
	boolean := types.Typ[types.Bool]
	switch p := path[len(path)-1].(type) {
	case *ast.CallExpr:
		return c.argument(p, child)
	case *ast.AssignStmt:
		if i := indexOf(p.Rhs, child); i >= 0 && p.Tok != token.DEFINE && len(p.Lhs) == len(p.Rhs) {
			return c.info.TypeOf(p.Lhs[i])
		}
	case *ast.ValueSpec:
		if p.Type != nil && p.Type != child {
			return c.info.TypeOf(p.Type)
		}
	case *ast.ReturnStmt:
		return c.result(path, indexOf(p.Results, child))
	case *ast.BinaryExpr:
		if p.Op == token.LAND || p.Op == token.LOR {
			return boolean
		} else if p.Op == token.SHL || p.Op == token.SHR {
			return nil
		} else if p.X == child {
			return c.info.TypeOf(p.Y)
		}
		return c.info.TypeOf(p.X)
	case *ast.UnaryExpr:
		if p.Op == token.NOT {
			return boolean
		}
	case *ast.IfStmt:
		return boolean
	case *ast.ForStmt:
		return boolean
	case *ast.CompositeLit, *ast.KeyValueExpr:
		return c.element(path, child)
	case *ast.CaseClause:
		if len(path) > 2 {
			if sw, ok := path[len(path)-3].(*ast.SwitchStmt); ok && sw.Tag != nil {
				return c.info.TypeOf(sw.Tag)
			}
		}
	case *ast.SendStmt:
		if t := c.info.TypeOf(p.Chan); t != nil && p.Value == child {
			if ch, ok := t.Underlying().(*types.Chan); ok {
				return ch.Elem()
			}
		}
	case *ast.IndexExpr:
		if t := c.info.TypeOf(p.X); t != nil && p.Index == child {
			if m, ok := t.Underlying().(*types.Map); ok {
				return m.Key()
			}
			return types.Typ[types.Int]
		}
	}
	return nil
}

func indexOf(list []ast.Expr, n ast.Node) int {
	for i, e := range list {
		if e == n {
			return i
		}
	}
	return -1
}

// argument is the type of the parameter that child is passed for.
func (c *checked) argument(call *ast.CallExpr, child ast.Node) types.Type {
	i, t := indexOf(call.Args, child), c.info.TypeOf(call.Fun)
	if i < 0 || t == nil {
		return nil
	}
	sig, ok := t.Underlying().(*types.Signature)
	if !ok || sig.TypeParams().Len() > 0 {
		return nil
	}
	last := sig.Params().Len() - 1
	if sig.Variadic() && i >= last {
		if s, ok := sig.Params().At(last).Type().(*types.Slice); ok {
			return s.Elem()
		}
	}
	if i > last {
		return nil
	}
	return sig.Params().At(i).Type()
}

// result is the type of the i-th result of the function around.
func (c *checked) result(path []ast.Node, i int) types.Type {
	for j := len(path) - 1; j >= 0; j-- {
		var t types.Type
		switch f := path[j].(type) {
		case *ast.FuncLit:
			t = c.info.TypeOf(f)
		case *ast.FuncDecl:
			if o := c.info.Defs[f.Name]; o != nil {
				t = o.Type()
			}
		default:
			continue
		}
		if sig, ok := t.(*types.Signature); ok && i >= 0 && i < sig.Results().Len() {
			return sig.Results().At(i).Type()
		}
		return nil
	}
	return nil
}

// element is the type that a composite literal wants of one of its parts.
func (c *checked) element(path []ast.Node, child ast.Node) types.Type {
	lit, key := path[len(path)-1], ast.Expr(nil)
	isKey := false
	if kv, ok := lit.(*ast.KeyValueExpr); ok && len(path) > 1 {
		lit, key, isKey = path[len(path)-2], kv.Key, kv.Key == child
	}
	cl, ok := lit.(*ast.CompositeLit)
	if !ok || cl.Type == child {
		return nil
	}
	t := c.info.TypeOf(cl)
	if t == nil {
		return nil
	}
	if p, ok := t.Underlying().(*types.Pointer); ok {
		t = p.Elem()
	}
	switch u := t.Underlying().(type) {
	case *types.Slice:
		return u.Elem()
	case *types.Array:
		return u.Elem()
	case *types.Map:
		if isKey || key == nil {
			return u.Key()
		}
		return u.Elem()
	case *types.Struct:
		if id, ok := key.(*ast.Ident); ok && !isKey {
			for f := range u.Fields() {
				if f.Name() == id.Name {
					return f.Type()
				}
			}
		} else if i := indexOf(cl.Elts, child); i >= 0 && i < u.NumFields() {
			return u.Field(i).Type()
		}
	}
	return nil
}

// objectCandidate proposes an object under the name that people use.
func objectCandidate(name string, o types.Object, rank int) candidate {
	it := candidate{Completion: describe(name, o), rank: rank}
	switch o.(type) {
	case *types.Builtin, *types.PkgName:
	default:
		it.typ = o.Type()
	}
	return it
}

// wordCandidate proposes a word that is no object.
func wordCandidate(text, kind, signature string, rank int) candidate {
	return candidate{Completion: show.Completion{Text: text, Kind: kind, Signature: signature}, rank: rank}
}
