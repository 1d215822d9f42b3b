package emit

import (
	"go/ast"
	"go/types"
	"reflect"
)

var (
	nodeType = reflect.TypeFor[ast.Node]()
	//lint:ignore SA1019 what the parser leaves there is not copied
	objectType = reflect.TypeFor[*ast.Object]()
	//lint:ignore SA1019 nor this
	scopeType = reflect.TypeFor[*ast.Scope]()
	docType   = reflect.TypeFor[*ast.CommentGroup]()
)

// copy copies a value of a tree: nodes, lists of nodes, and what nodes hold.
func (e *emitter) copy(v reflect.Value) reflect.Value {
	switch v.Kind() {
	case reflect.Interface:
		if v.IsNil() {
			return v
		}
		out := reflect.New(v.Type()).Elem()
		switch n := v.Interface().(type) {
		case ast.Expr:
			out.Set(reflect.ValueOf(e.expr(n)))
		case ast.Stmt:
			out.Set(reflect.ValueOf(e.stmt(n)))
		default:
			out.Set(e.copy(v.Elem()))
		}
		return out
	case reflect.Pointer:
		switch {
		case v.IsNil() || v.Type() == objectType || v.Type() == scopeType || v.Type() == docType:
			return reflect.Zero(v.Type())
		case v.Type().Implements(nodeType):
			return e.fields(v)
		}
	case reflect.Slice:
		if v.IsNil() {
			return v
		}
		if list, ok := v.Interface().([]ast.Stmt); ok {
			return reflect.ValueOf(e.stmts(list))
		}
		out := reflect.MakeSlice(v.Type(), v.Len(), v.Len())
		for i := range v.Len() {
			out.Index(i).Set(e.copy(v.Index(i)))
		}
		return out
	}
	return v
}

// fields copies the node that v points to.
func (e *emitter) fields(v reflect.Value) reflect.Value {
	if spec, ok := v.Interface().(*ast.TypeSpec); ok && !spec.Assign.IsValid() {
		if t, ok := e.info.Defs[spec.Name].(*types.TypeName); ok {
			e.types = append(e.types, Local{t, e.fn, 0})
		}
	}
	out := reflect.New(v.Type().Elem())
	for i := range v.Elem().NumField() {
		out.Elem().Field(i).Set(e.copy(v.Elem().Field(i)))
	}
	return out
}

// same copies a node with changes in its parts only.
func same[N ast.Node](e *emitter, n N) N {
	return e.fields(reflect.ValueOf(n)).Interface().(N)
}
