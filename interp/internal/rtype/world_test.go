package rtype

import (
	"encoding/binary"
	"errors"
	"fmt"
	"go/types"
	"iter"
	"reflect"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"unsafe"
)

func TestIdentity(t *testing.T) {
	f := world(t, people, peopleBodies())
	again := check(t, people) // a later check of the same session
	for _, name := range []string{"P", "MyErr", "Node", "Fn", "Celsius"} {
		a, b := f.typ(name), f.Of(again.Scope().Lookup(name).Type())
		if a != b {
			t.Errorf("%s has two runtime types", name)
		}
		if reflect.PointerTo(a) != f.typ("*"+name) {
			t.Errorf("*%s has two runtime types", name)
		}
	}
	for expr, want := range map[string]reflect.Type{
		"struct{A int; B []string}": reflect.TypeFor[struct {
			A int
			B []string
		}](),
		"map[string]func(int, ...error) (any, bool)": reflect.TypeFor[map[string]func(int, ...error) (any, bool)](),
		"[4]chan<- *byte": reflect.TypeFor[[4]chan<- *byte](),
		"interface{}":     reflect.TypeFor[any](),
		"error":           reflect.TypeFor[error](),
	} {
		if got := f.typ(expr); got != want {
			t.Errorf("%s is %v, not the compiled type", expr, got)
		}
	}
	for _, expr := range []string{"interface{ M(P) }", "struct{ P; x int }", "struct{ _ int; a P }", "Box[P]", "Box[map[P]Box[int]]", "struct{ error }"} {
		if f.typ(expr) != f.typ(expr) {
			t.Errorf("%s has two runtime types", expr)
		}
	}
	if f.typ("Box[int]") == f.typ("Box[P]") || f.typ("struct{P}") == f.typ("struct{*P}") || f.typ("struct{ _ int }") == f.typ("struct{ _ int `x`}") {
		t.Error("different types share a runtime type")
	}
}

func TestRecursive(t *testing.T) {
	f := world(t, people, peopleBodies())
	n := f.typ("Node")
	if n.Field(1).Type != reflect.PointerTo(n) || n.Field(2).Type.Elem().Elem() != n || n.Field(3).Type.Elem() != n || n.Field(4).Type.Out(0) != n {
		t.Errorf("the parts of %s do not lead back to it", n)
	}
	if fn := f.typ("Fn"); fn.In(0) != fn || fn.Out(0) != fn {
		t.Error("Fn does not take itself")
	}
	m := reflect.New(n)
	m.Elem().Field(3).Set(reflect.MakeMap(n.Field(3).Type))
	m.Elem().Field(3).SetMapIndex(reflect.ValueOf("k"), reflect.Zero(n))
	if got := m.Elem().Field(3).MapIndex(reflect.ValueOf("k")).Type(); got != n {
		t.Error(got)
	}
}

func TestMapKeysAndSwitch(t *testing.T) {
	f := world(t, people, peopleBodies())
	m := map[any]string{}
	for i := range 50 {
		m[newPerson(f, fmt.Sprint("n", i), i).Elem().Interface()] = fmt.Sprint(i)
	}
	if got := m[newPerson(f, "n7", 7).Elem().Interface()]; got != "7" || len(m) != 50 {
		t.Errorf("found %q in a map of %d", got, len(m))
	}
	blank := f.typ("struct{ A int8; _ int8; B string }")
	x, y := reflect.New(blank), reflect.New(blank)
	*(*int8)(unsafe.Add(x.UnsafePointer(), 1)) = 5
	if x.Elem().Interface() != y.Elem().Interface() {
		t.Error("a blank field takes part in ==")
	}
	m = map[any]string{x.Elem().Interface(): "found"}
	if m[y.Elem().Interface()] != "found" {
		t.Error("a blank field takes part in the hash")
	}
	var v any = newPerson(f, "s", 1).Elem().Interface()
	switch v.(type) {
	case person:
		t.Error("a made type is taken for a compiled one")
	case interface{ Grow(int) int }:
		t.Error("P has a method of *P")
	case error:
		t.Error("P is an error")
	case fmt.Stringer:
	default:
		t.Error("P is not a Stringer")
	}
	defer func() {
		if r := fmt.Sprint(recover()); r != "runtime error: hash of unhashable type main.List" {
			t.Error(r)
		}
	}()
	m[reflect.Zero(f.typ("List")).Interface()] = ""
}

func TestRenew(t *testing.T) {
	f := world(t, people, peopleBodies())
	names := []string{"P", "Emb", "Box[P]", "[]P", "struct{ P }", "MyErr", "Box[int]", "map[string]*Emb"}
	before := map[string]reflect.Type{}
	for _, n := range names {
		before[n] = f.typ(n)
	}
	f.renew("P")
	for _, n := range names {
		after := f.typ(n)
		changed := strings.Contains(n, "P") || strings.Contains(n, "Emb")
		if (after != before[n]) != changed {
			t.Errorf("%s: changed is %t, want %t", n, after != before[n], changed)
		}
		if w := Word(before[n]); !f.Same(w, Word(after)) || f.Current(w) != Word(after) {
			t.Errorf("%s is not the type that it was", n)
		}
		if after.String() != before[n].String() || after.Size() != before[n].Size() {
			t.Errorf("%s became %s", before[n], after)
		}
	}
	if f.Same(Word(before["P"]), Word(f.typ("Emb"))) || f.Same(Word(before["[]P"]), Word(f.typ("[]Emb"))) || f.Current(Word(before["MyErr"])) != Word(before["MyErr"]) {
		t.Error("types are the same that are not")
	}
	if !f.Interp(f.typ("*P")) || f.Interp(f.typ("[]P")) || f.Interp(reflect.TypeFor[int]()) {
		t.Error("Interp knows another's types, or not its own")
	}
	b := f.typ("Box[int]")
	f.renew("Box")
	if f.typ("Box[int]") == b {
		t.Error("an instance outlived its generic type")
	}
	old := reflect.New(before["P"])
	*(*person)(old.UnsafePointer()) = person{Name: "old"}
	if got := fmt.Sprint(old); got != "<old>" {
		t.Error(got)
	}
}

func TestRenewKeepsCode(t *testing.T) {
	f := world(t, people, peopleBodies())
	f.typ("P")
	before := StubsLeft()
	for range 20 {
		f.renew("P")
		p := newPerson(f, "Gil", 2)
		if got := fmt.Sprint(p, p.Interface().(interface{ Grow(int) int }).Grow(1)); got != "<Gil> 3" {
			t.Fatal(got)
		}
	}
	if used := before - StubsLeft(); used != 0 {
		t.Errorf("%d stubs went to methods that did not change", used)
	}
	pkg := check(t, strings.Replace(people, "Grow(by int) int", "Grow() string", 1))
	f.bodies["P.Grow"] = func(unsafe.Pointer, []reflect.Value) []reflect.Value { return values("grown") }
	p := pkg.Scope().Lookup("P").Type().(*types.Named)
	f.Renew(p, p)
	v := reflect.New(f.Of(pkg.Scope().Lookup("P").Type())).Interface()
	if got := v.(interface{ Grow() string }).Grow(); got != "grown" || before-StubsLeft() != 1 {
		t.Errorf("%s, %d stubs for one new method", got, before-StubsLeft())
	}
}

// TestTraceback sees the caller's frames from inside a method.
func TestTraceback(t *testing.T) {
	var names []string
	f := world(t, "type T struct{ a, b int }\nfunc (T) String() string", map[string]body{
		"T.String": func(unsafe.Pointer, []reflect.Value) []reflect.Value {
			pcs := make([]uintptr, 50)
			frames := runtime.CallersFrames(pcs[:runtime.Callers(0, pcs)])
			for {
				fr, more := frames.Next()
				names = append(names, fr.Function)
				if !more {
					return values("x")
				}
			}
		},
	})
	_ = reflect.Zero(f.typ("T")).Interface().(fmt.Stringer).String()
	if got := strings.Join(names, " "); !strings.Contains(got, ".TestTraceback ") || !strings.Contains(got, "testing.tRunner") {
		t.Error(got)
	}
}

func TestSetKeyAndDisplay(t *testing.T) {
	f := world(t, "type Tꞏ2 struct{ A int }\ntype G[X any] struct{ x X }", nil)
	if got := f.typ("map[string]Tꞏ2").String() + f.typ("G[*Tꞏ2]").String(); got != "map[string]main.Tmain.G[*main.T]" {
		t.Error(got)
	}
	a := check(t, "func f() { type L int }\ntype A struct{ X int }").Scope().Lookup("A").(*types.TypeName)
	b := check(t, "type B struct{ X int }").Scope().Lookup("B").(*types.TypeName)
	f.SetKey(a, "same")
	f.SetKey(b, "same")
	if f.Of(a.Type()) != f.Of(b.Type()) {
		t.Error("SetKey does not decide the identity")
	}
	if k, _ := f.forged.Load(word(f.Of(b.Type()))); k != "same" {
		t.Error(k)
	}
}

// TestSearch finds compiled types that only the linker knows by name.
func TestSearch(t *testing.T) {
	f := world(t, "import (\"encoding/binary\"; \"strings\")\nvar E = binary.LittleEndian\nvar B strings.Builder", nil)
	f.World = New(Config{Compiled: func(path string) bool { return path != "main" }})
	for name, want := range map[string]reflect.Type{"E": reflect.TypeOf(binary.LittleEndian), "B": reflect.TypeFor[strings.Builder]()} {
		if got := f.Of(f.pkg.Scope().Lookup(name).Type()); got != want {
			t.Errorf("%s is %s, made by this World: %t", name, got, f.Interp(got))
		}
	}
	var local any = localType()
	pkg := types.NewPackage(reflect.TypeOf(local).Elem().PkgPath(), "rtype")
	obj := types.NewTypeName(0, pkg, "Local", nil)
	pkg.Scope().Insert(obj)
	types.NewNamed(obj, types.NewStruct([]*types.Var{types.NewField(0, pkg, "X", types.Typ[types.Int], false)}, nil), nil)
	if got := f.Of(obj.Type()); !f.Interp(got) {
		t.Errorf("%s is the type declared in a function", got)
	}
}

func localType() any {
	type Local struct{ X, Y int }
	return &Local{}
}

func TestLearn(t *testing.T) {
	const src = `
import ("encoding/binary"; "iter"; "sync/atomic")
type Order struct { L []any }
var E = binary.LittleEndian
var S iter.Seq2[string, int]
var A atomic.Pointer[string]
func F(map[string]iter.Seq[error]) *atomic.Pointer[bool] 
func H([]interface{ Learned(int); Two() error }) (x interface{ Private() })
`
	f := world(t, src, nil)
	learn := func(name string, rt reflect.Type) {
		t.Helper()
		typ := f.pkg.Scope().Lookup(name).Type()
		f.Learn(typ, rt)
		if got := f.Of(typ); got != rt {
			t.Errorf("%s is %s, not the compiled type", name, got)
		}
	}
	learn("E", reflect.TypeOf(binary.LittleEndian))
	learn("S", reflect.TypeFor[iter.Seq2[string, int]]())
	learn("A", reflect.TypeFor[atomic.Pointer[string]]())
	learn("F", reflect.TypeFor[func(map[string]iter.Seq[error]) *atomic.Pointer[bool]]())
	seq := func(arg string) reflect.Type {
		gen := f.pkg.Scope().Lookup("S").Type().(*types.Named).Obj().Pkg().Scope().Lookup("Seq").Type()
		inst, err := types.Instantiate(nil, gen, []types.Type{f.expr(arg)}, true)
		if err != nil {
			t.Fatal(err)
		}
		return f.Of(inst)
	}
	learn("H", reflect.TypeFor[func([]interface {
		Learned(int)
		Two() error
	}) interface{ Private() }]())
	if got := seq("error"); got != reflect.TypeFor[iter.Seq[error]]() {
		t.Error("an instance inside a signature was not learned")
	}
	if got := seq("Order"); got.String() != "iter.Seq[main.Order]" || got.PkgPath() != "iter" || !f.Interp(got) {
		t.Errorf("instance over a made type is %s", got)
	}
}

type unexported interface {
	Public() int
	private() string
}

type hasPrivate struct{}

func (hasPrivate) Public() int     { return 1 }
func (hasPrivate) private() string { return "p" }

func TestUnexportedMethods(t *testing.T) {
	f := world(t, `
type I interface { Public() int; private() string }
type T struct{ a, b int }
func (T) Public() int
func (T) private() string
`, map[string]body{
		"T.Public":  func(unsafe.Pointer, []reflect.Value) []reflect.Value { return values(2) },
		"T.private": func(unsafe.Pointer, []reflect.Value) []reflect.Value { return values("q") },
	})
	T, I := f.typ("T"), f.typ("I")
	if !T.Implements(I) || T.Implements(reflect.TypeFor[unexported]()) || reflect.TypeFor[hasPrivate]().Implements(I) {
		t.Error("unexported methods do not keep to their package")
	}
	if Itab(Word(I), Word(T)) == nil || Itab(Word(reflect.TypeFor[unexported]()), Word(T)) != nil {
		t.Error("the runtime disagrees with reflect")
	}
	if T.NumMethod() != 1 || I.NumMethod() != 2 || I.Method(1).PkgPath != "main" {
		t.Errorf("%d and %d methods", T.NumMethod(), I.NumMethod())
	}
}

func TestConcurrentOf(t *testing.T) {
	f := world(t, people, peopleBodies())
	var wg sync.WaitGroup
	out := make([][]reflect.Type, 8)
	for g := range out {
		pkg := check(t, people)
		wg.Go(func() {
			for _, n := range pkg.Scope().Names() {
				typ := pkg.Scope().Lookup(n).Type()
				if n == "Box" {
					typ, _ = types.Instantiate(nil, typ, []types.Type{pkg.Scope().Lookup("P").Type()}, true)
				}
				rt := f.Of(types.NewMap(types.Typ[types.Int], typ))
				if n == "EmbPtr" { // its methods need a P
					continue
				}
				if s, ok := reflect.Zero(rt.Elem()).Interface().(fmt.Stringer); ok && s.String() == "" {
					t.Errorf("%s prints nothing", rt)
				}
				out[g] = append(out[g], rt)
			}
		})
	}
	wg.Wait()
	for _, o := range out {
		if !reflect.DeepEqual(o, out[0]) {
			t.Errorf("%v, %v", o, out[0])
		}
	}
}

func TestErrorsOfOf(t *testing.T) {
	f := world(t, "type G[T any] struct{ x T }\ntype Ch chan [70000]byte\ntype Use struct{ c Ch; s string }", nil)
	g := f.pkg.Scope().Lookup("G").Type().(*types.Named)
	for _, typ := range []types.Type{g.TypeParams().At(0), g, types.NewTuple(), types.Typ[types.UntypedNil],
		f.pkg.Scope().Lookup("Use").Type(), f.pkg.Scope().Lookup("Use").Type(), types.NewArray(types.Typ[types.Int], 1<<60)} {
		func() {
			defer func() {
				r := recover()
				var e *Error
				if err, ok := r.(error); !ok || !errors.As(err, &e) {
					t.Errorf("Of(%s) panicked with %v", typ, r)
				}
			}()
			t.Errorf("Of(%s) = %s", typ, f.Of(typ))
		}()
	}
	if got := f.typ("struct{ X string }").NumField(); got != 1 {
		t.Error("the World does not work after an error")
	}
}

// TestRenewFromEarlierCheck makes types of the objects of a check that did not
// know of a method.
func TestRenewFromEarlierCheck(t *testing.T) {
	const src = "type T struct{ a, b int }\ntype U struct{ T }\ntype V struct{ *U }\nfunc (V) Own()\ntype G[X any] struct { T; x X }"
	made := func(unsafe.Pointer, []reflect.Value) []reflect.Value { return values("new") }
	f := world(t, src, map[string]body{"T.String": made})
	pkg := check(t, src+"\nfunc (T) String() string")
	f.typ("U")
	n := pkg.Scope().Lookup("T").Type().(*types.Named)
	f.Renew(n, n)
	for _, name := range []string{"T", "U", "*U", "V", "G[int]", "struct{ T }", "struct{ *V }"} {
		if _, ok := f.typ(name).MethodByName("String"); !ok {
			t.Errorf("%s has no method String", name)
		}
	}
	if _, ok := f.typ("V").MethodByName("Own"); !ok {
		t.Error("V has lost its own method")
	}
	if f.Renew(n, nil); f.typ("U").NumMethod() != 0 || f.Latest(n) != nil {
		t.Error("the method is still there when it has been taken back")
	}
}

// TestPointerToChannel asks for pointers to channel types that are made at run
// time, in a program that has the pointer type of what reflect copies them from.
func TestPointerToChannel(t *testing.T) {
	var _ = reflect.TypeFor[*chan unsafe.Pointer]()
	f := world(t, `type T struct{ a int }`, nil)
	for _, s := range []string{"*chan T", "*<-chan []T", "*chan<- T", "*chan uint"} {
		if rt := f.typ(s); rt.Kind() != reflect.Pointer || rt.Elem().Kind() != reflect.Chan {
			t.Errorf("%s is %v", s, rt)
		}
	}
	if rt := reflect.PointerTo(ChanOf(reflect.BothDir, reflect.TypeFor[unsafe.Pointer]())); rt != reflect.TypeFor[*chan unsafe.Pointer]() {
		t.Error(rt)
	}
}
