package rtype

import (
	"go/types"
	"reflect"
	"testing"
	"unsafe"
)

// TestTablesLead has a method of a made type run a function without variables,
// and its own again: in a table that is known before, and in one after.
func TestTablesLead(t *testing.T) {
	if maxStubs == 0 {
		t.Skip("no machine code for methods here")
	}
	pkg := types.NewPackage("example.com/tables", "tables")
	named := types.NewNamed(types.NewTypeName(0, pkg, "T", nil), types.Typ[types.Int], nil)
	result := types.NewTuple(types.NewParam(0, pkg, "", types.Typ[types.String]))
	for _, name := range []string{"GoString", "String"} {
		recv := types.NewParam(0, pkg, "", types.NewPointer(named))
		named.AddMethod(types.NewFunc(0, pkg, name, types.NewSignatureType(recv, nil, nil, nil, result, false)))
	}
	set := map[string]func(unsafe.Pointer){}
	w := New(Config{
		Entry: func(sel *types.Selection, s func(unsafe.Pointer)) { set[sel.Obj().Name()] = s },
		Method: func(_ types.Type, sel *types.Selection) func(unsafe.Pointer, []reflect.Value) []reflect.Value {
			return func(unsafe.Pointer, []reflect.Value) []reflect.Value {
				return []reflect.Value{reflect.ValueOf("own " + sel.Obj().Name())}
			}
		},
	})
	rt := w.Of(types.NewPointer(named))
	direct := func(p *int) string { return "direct" }
	code := *(*unsafe.Pointer)(unsafe.Pointer(&direct))
	v := new(int)
	call := func(iface reflect.Type) string {
		tab := Itab(Word(iface), Word(rt))
		x := [2]unsafe.Pointer{tab, unsafe.Pointer(v)}
		if iface.NumMethod() > 1 {
			return (*(*interface {
				GoString() string
				String() string
			})(unsafe.Pointer(&x))).String()
		}
		return (*(*interface{ String() string })(unsafe.Pointer(&x))).String()
	}
	one := reflect.TypeFor[interface{ String() string }]()
	both := reflect.TypeFor[interface {
		GoString() string
		String() string
	}]()
	if got := call(one); got != "own String" {
		t.Fatal(got)
	}
	set["String"](code)
	for _, iface := range []reflect.Type{one, both} {
		tab := Itab(Word(iface), Word(rt))
		i := iface.NumMethod() - 1
		if got := call(iface); got != "direct" || ItabFun(tab, i) != *(*unsafe.Pointer)(code) {
			t.Errorf("%s: %s", iface, got)
		}
	}
	set["String"](nil)
	for _, iface := range []reflect.Type{one, both} {
		if got := call(iface); got != "own String" || stubAt(ItabFun(Itab(Word(iface), Word(rt)), iface.NumMethod()-1)) == 0 {
			t.Errorf("%s, its own again: %s", iface, got)
		}
	}
}
