package emit

import (
	"go/ast"
	"go/types"
	"reflect"
)

var (
	//lint:ignore SA1019 what the parser leaves there is not copied
	objectType = reflect.TypeFor[*ast.Object]()
	//lint:ignore SA1019 nor this
	scopeType = reflect.TypeFor[*ast.Scope]()
	docType   = reflect.TypeFor[*ast.CommentGroup]()
)

// copyTree copies a value of a tree: nodes, lists of nodes, and what nodes hold.
// Where change has a copy of its own, that is taken.
func copyTree(v reflect.Value, change func(reflect.Value) (reflect.Value, bool)) reflect.Value {
	if out, ok := change(v); ok {
		return out
	}
	switch v.Kind() {
	case reflect.Interface:
		if v.IsNil() {
			return v
		}
		out := reflect.New(v.Type()).Elem()
		out.Set(copyTree(v.Elem(), change))
		return out
	case reflect.Pointer:
		if v.IsNil() || v.Type() == objectType || v.Type() == scopeType || v.Type() == docType {
			return reflect.Zero(v.Type())
		}
		return copyFields(v, change)
	case reflect.Slice:
		if v.IsNil() {
			return v
		}
		out := reflect.MakeSlice(v.Type(), v.Len(), v.Len())
		for i := range v.Len() {
			out.Index(i).Set(copyTree(v.Index(i), change))
		}
		return out
	}
	return v
}

// copyFields copies the node that v points to.
func copyFields(v reflect.Value, change func(reflect.Value) (reflect.Value, bool)) reflect.Value {
	out := reflect.New(v.Type().Elem())
	for i := range v.Elem().NumField() {
		out.Elem().Field(i).Set(copyTree(v.Elem().Field(i), change))
	}
	return out
}

// change copies expressions and statements with what native code needs, and
// notes the types that they declare.
func (e *emitter) change(v reflect.Value) (reflect.Value, bool) {
	switch v.Kind() {
	case reflect.Interface:
		switch n := v.Interface().(type) {
		case ast.Expr:
			return reflect.ValueOf(e.expr(n)), true
		case ast.Stmt:
			return reflect.ValueOf(e.stmt(n)), true
		}
	case reflect.Slice:
		if list, ok := v.Interface().([]ast.Stmt); ok && list != nil {
			return reflect.ValueOf(e.stmts(list)), true
		}
	case reflect.Pointer:
		if spec, ok := v.Interface().(*ast.TypeSpec); ok && !spec.Assign.IsValid() {
			if t, ok := e.info.Defs[spec.Name].(*types.TypeName); ok {
				e.types = append(e.types, Local{t, e.fn, 0})
			}
		}
	}
	return reflect.Value{}, false
}

// same copies a node with changes in its parts only.
func same[N ast.Node](e *emitter, n N) N {
	return copyFields(reflect.ValueOf(n), e.change).Interface().(N)
}
