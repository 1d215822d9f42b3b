package emit

import (
	"go/ast"
	"go/types"
)

// comesBack reports whether a call may lead back to the function it stands in:
// of a function of this package, of a value or an interface's method, or of a
// compiled function that is given such a thing, as fmt.Sprint is with a value
// that has a method String.
func (e *emitter) comesBack(call *ast.CallExpr) bool {
	tv := e.info.Types[call.Fun]
	if tv.IsType() || tv.IsBuiltin() {
		return false
	}
	f := e.called(call)
	if f == nil || f.Pkg() == nil || f.Pkg().Path() == e.Pkg.Path() {
		return true
	}
	if recv := f.Signature().Recv(); recv != nil && e.carries(recv.Type()) {
		return true
	}
	sig, ok := tv.Type.Underlying().(*types.Signature)
	if !ok {
		return true
	}
	for p := range sig.Params().Variables() {
		if e.carries(p.Type()) {
			return true
		}
	}
	return false
}

// carries reports types whose values may have functions in them.
func (e *emitter) carries(t types.Type) bool {
	if e.carriers == nil {
		e.carriers = map[types.Type]bool{}
	}
	if has, ok := e.carriers[t]; ok {
		return has
	}
	e.carriers[t] = false // until it is known: a type that holds its own pointers
	has := false
	switch u := types.Unalias(t).(type) {
	case *types.TypeParam:
		has = true
	default:
		switch u := u.Underlying().(type) {
		case *types.Signature, *types.Interface:
			has = true
		case *types.Pointer:
			has = e.carries(u.Elem())
		case *types.Slice:
			has = e.carries(u.Elem())
		case *types.Array:
			has = e.carries(u.Elem())
		case *types.Chan:
			has = e.carries(u.Elem())
		case *types.Map:
			has = e.carries(u.Key()) || e.carries(u.Elem())
		case *types.Struct:
			for f := range u.Fields() {
				has = has || e.carries(f.Type())
			}
		}
	}
	e.carriers[t] = has
	return has
}
