package rtype

import (
	"go/token"
	"go/types"
	"reflect"
	"testing"
)

// TestHash compares hashes of types with those that the compiler gave them.
func TestHash(t *testing.T) {
	w := New(Config{})
	val, str, err := types.Typ[types.Int], types.Typ[types.String], types.Universe.Lookup("error").Type()
	param := func(t types.Type) *types.Var { return types.NewParam(token.NoPos, nil, "", t) }
	variadic := types.NewTuple(param(val), param(types.NewSlice(str)))
	for _, c := range []struct {
		typ  types.Type
		want reflect.Type
	}{
		{val, reflect.TypeFor[int]()},
		{err, reflect.TypeFor[error]()},
		{types.NewPointer(str), reflect.TypeFor[*string]()},
		{types.NewMap(str, types.NewSlice(val)), reflect.TypeFor[map[string][]int]()},
		{types.NewArray(types.NewChan(types.SendOnly, err), 3), reflect.TypeFor[[3]chan<- error]()},
		{types.NewSignatureType(nil, nil, nil, variadic, types.NewTuple(param(err)), true), reflect.TypeFor[func(int, ...string) error]()},
		{
			types.NewStruct([]*types.Var{types.NewField(token.NoPos, nil, "A", val, false)}, []string{`k:"v"`}),
			reflect.TypeFor[struct {
				A int `k:"v"`
			}](),
		},
	} {
		if got, want := w.compilerHash(c.typ), word(c.want).hash; got != want {
			t.Errorf("%s has hash %#x, want %#x", c.typ, got, want)
		}
	}
}

// TestHashOfMadeTypes: types of cells go by their names in source.
func TestHashOfMadeTypes(t *testing.T) {
	pkg := types.NewPackage("main", "main")
	obj := types.NewTypeName(token.NoPos, pkg, "Tꞏ2", nil)
	named := types.NewNamed(obj, types.Typ[types.Int], nil)
	pkg.Scope().Insert(obj)
	w := New(Config{Display: func(string) string { return "T" }})
	for typ, link := range map[types.Type]string{
		named: "main.Tꞏ2", types.NewPointer(named): "*main.Tꞏ2", types.NewSlice(named): "[]main.Tꞏ2",
		types.NewMap(types.Typ[types.String], named): "map[string]main.Tꞏ2",
	} {
		rt := w.Of(typ)
		if got, want := word(rt).hash, linkHash(link); got != want {
			t.Errorf("%s has hash %#x, want that of %s, %#x", rt, got, link, want)
		}
	}
}
