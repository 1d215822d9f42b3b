package linkname_test

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"go/types"
	"maps"
	"net/http"
	"os"
	"reflect"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"unsafe"

	"github.com/apache/arrow/go/v17/arrow/array"

	"github.com/sheaf-go/sheaf/interp/internal/linkname"
	"github.com/sheaf-go/sheaf/interp/internal/rtype"
)

const home = "github.com/sheaf-go/sheaf/interp/internal/linkname_test"

func everywhere(string) bool { return true }

// twinSymbols is a program in which the types of twins_test.go are those of
// this test, and the symbols of that file.
func twinSymbols(t *testing.T) (program, []string) {
	src, err := os.ReadFile("twins_test.go")
	if err != nil {
		t.Fatal(err)
	}
	return newProgram(everywhere, check(t, home, src, nil)), symbols(t, home, src)
}

// TestTypesOfTheProgram resolves the symbols of an object to the types that the
// same source has in this test.
func TestTypesOfTheProgram(t *testing.T) {
	p, names := twinSymbols(t)
	got := map[int]reflect.Type{}
	for _, s := range names {
		if !strings.HasPrefix(s, "type:*[1") {
			continue
		}
		rt, err := p.Reflect(strings.TrimPrefix(s, "type:"))
		if err != nil {
			t.Error(err)
			continue
		}
		got[rt.Elem().Len()] = rt
	}
	for _, v := range twins() {
		want := reflect.TypeOf(v)
		if rt := got[want.Elem().Len()]; rt == nil || rt.Elem().Elem() != want.Elem().Elem() || rt != want {
			t.Errorf("%v is not %v", rt, want)
		}
	}
}

// wordsOf returns the first word of what an interface with methods is: its
// table.
func wordsOf(p unsafe.Pointer) unsafe.Pointer { return *(*unsafe.Pointer)(p) }

// TestTablesOfTheProgram does the same for interface tables.
func TestTablesOfTheProgram(t *testing.T) {
	p, names := twinSymbols(t)
	e, s, i, m, n, e2 := tables("", loud{}, &loud{}, nil)
	want := map[string]unsafe.Pointer{
		home + ".word,error":                      wordsOf(unsafe.Pointer(&e)),
		"*" + home + ".loud," + home + ".shouter": wordsOf(unsafe.Pointer(&s)),
		"*time.Time,encoding/json.Marshaler":      wordsOf(unsafe.Pointer(&m)),
		"*errors.errorString,error":               wordsOf(unsafe.Pointer(&e2)),
	}
	hits := 0
	for _, name := range names {
		text, ok := strings.CutPrefix(name, "go:itab.")
		if !ok {
			continue
		}
		tab, err := p.Itab(text)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		switch w := want[text]; {
		case w == tab:
			hits++
		case w != nil:
			t.Errorf("%s is another table", name)
		}
		switch rtype.FromWord(rtype.ItabType(tab)) {
		case reflect.TypeOf(i):
			hits += 10
		case reflect.TypeOf(n):
			hits += 100
		}
	}
	if hits != 114 {
		t.Errorf("%d hits among %q", hits, names)
	}
}

// compiledTypes finds types that the test was compiled with, by the hash of
// their names.
func compiledTypes(roots ...reflect.Type) map[uint32]reflect.Type {
	found, seen := map[uint32]reflect.Type{}, map[reflect.Type]bool{}
	var walk func(t reflect.Type)
	walk = func(t reflect.Type) {
		if seen[t] {
			return
		}
		seen[t] = true
		found[*(*uint32)(unsafe.Add(rtype.Word(t), 2*unsafe.Sizeof(uintptr(0))))] = t
		switch t.Kind() {
		case reflect.Map:
			walk(t.Key())
			walk(t.Elem())
		case reflect.Pointer, reflect.Slice, reflect.Array, reflect.Chan:
			walk(t.Elem())
		case reflect.Struct:
			for f := range t.Fields() {
				walk(f.Type)
			}
		case reflect.Func:
			for in := range t.Ins() {
				walk(in)
			}
			for out := range t.Outs() {
				walk(out)
			}
		}
		for m := range t.Methods() {
			if t.Kind() == reflect.Interface {
				walk(m.Type)
				continue
			}
			for in := range m.Type.Ins() {
				walk(in)
			}
			for out := range m.Type.Outs() {
				walk(out)
			}
		}
		if t.Name() != "" {
			walk(reflect.PointerTo(t))
		}
	}
	for _, t := range roots {
		walk(t)
	}
	return found
}

// TestTypesOfPackages resolves every type that some packages' objects mention.
// What of them the compiler put into this test has to be found as such.
func TestTypesOfPackages(t *testing.T) {
	known := compiledTypes(reflect.TypeFor[http.Server](), reflect.TypeFor[http.Client](), reflect.TypeFor[json.Decoder](),
		reflect.TypeFor[types.Config](), reflect.TypeFor[types.Object](), reflect.TypeFor[array.RecordBuilder](), reflect.TypeFor[array.Struct]())
	resolved, same := 0, map[reflect.Type]bool{}
	for _, path := range []string{"net/http", "encoding/json", "go/types", "crypto/tls", "crypto/x509", "reflect", "github.com/apache/arrow/go/v17/arrow", "github.com/apache/arrow/go/v17/arrow/array"} {
		file := archives(t)[path]
		pkg, err := exports.imp.Import(path)
		if err != nil {
			t.Fatal(err)
		}
		p := newProgram(everywhere, pkg)
		for _, name := range symbolsOf(t, file) {
			link, ok := strings.CutPrefix(name, "type:")
			if !ok || strings.HasPrefix(link, ".") {
				continue
			}
			sum := sha256.Sum256([]byte(link))
			want := known[binary.LittleEndian.Uint32(sum[:])^0xff]
			rt, err := p.Reflect(link)
			if err == nil {
				resolved++
			}
			switch {
			case want != nil && rt == want:
				same[rt] = true
			case want != nil && (want.Kind() != reflect.Interface || want.Name() != ""): // unnamed interfaces the World makes itself
				t.Errorf("%s is %v, %v", name, rt, err)
			case err != nil && !strings.Contains(err.Error(), " has no type ") && !strings.Contains(err.Error(), "belongs to the compiler"):
				t.Error(err)
			}
		}
	}
	t.Logf("%d symbols resolved, %d of the %d known types met", resolved, len(same), len(known))
	if resolved < 10_000 || len(same) < 400 {
		t.Errorf("%d symbols resolved, %d of the %d known types met", resolved, len(same), len(known))
	}
}

func TestResolveErrors(t *testing.T) {
	p := newProgram(everywhere)
	for _, c := range [][2]string{
		{"errors.none", "linkname: errors.none: package errors has no type none"},
		{"errors.errorString[int]", "linkname: errors.errorString[int]: package errors has no type errorString[int]"},
		{"struct { main.X = *errors.errorString }", "linkname: struct { main.X = *errors.errorString }: *errors.errorString is embedded, and its methods are not known"},
		{"[9999999999999999]int", "rtype: array: [9999999999999999]int is larger than memory can be"},
	} {
		if got, err := p.Reflect(c[0]); err == nil || err.Error() != c[1] {
			t.Errorf("got %v, %v\nwant %s", got, err, c[1])
		}
	}
	for _, c := range [][2]string{
		{"*errors.errorString,net/http.Handler", "linkname: *errors.errorString,net/http.Handler: this program has not all methods of *errors.errorString"},
		{"*errors.errorString,int", "linkname: *errors.errorString,int: want an interface with methods, have int"},
		{"*errors.errorString,interface {}", "linkname: *errors.errorString,interface {}: want an interface with methods, have interface {}"},
	} {
		if _, err := p.Itab(c[0]); err == nil || err.Error() != c[1] {
			t.Errorf("got %v\nwant %s", err, c[1])
		}
	}
}

// TestUnknownTypes resolves types of which only the program itself knows.
func TestUnknownTypes(t *testing.T) {
	p := newProgram(everywhere)
	private := reflect.TypeOf(errors.New("")).Elem()
	for link, want := range map[string]func() reflect.Type{
		"errors.errorString":              func() reflect.Type { return private },
		"*errors.errorString":             func() reflect.Type { return reflect.PointerTo(private) },
		"map[string][]errors.errorString": func() reflect.Type { return reflect.MapOf(reflect.TypeFor[string](), reflect.SliceOf(private)) },
		"func(...errors.errorString)": func() reflect.Type {
			return reflect.FuncOf([]reflect.Type{reflect.SliceOf(private)}, nil, true)
		},
		"sync/atomic.Pointer[net/http.Response]": reflect.TypeFor[atomic.Pointer[http.Response]],
	} {
		for range 2 {
			if got, err := p.Reflect(link); err != nil || got != want() {
				t.Errorf("%s is %v, %v", link, got, err)
			}
		}
	}
}

// TestTablesWithoutMethods compiles what needs tables that no value has.
func TestTablesWithoutMethods(t *testing.T) {
	src := []byte(`package main
import "io"
type T struct{}
func (T) Read() {}
func is[T any](r io.Reader) bool { _, ok := r.(T); return ok }
func Use() { println(is[int](nil), is[T](nil)) }
`)
	p := newProgram(func(path string) bool { return path != "main" }, check(t, "main", src, nil))
	tabs := map[string]unsafe.Pointer{}
	for _, s := range symbols(t, "main", src) {
		if link, ok := strings.CutPrefix(s, "go:itab."); ok {
			tab, err := p.Itab(link)
			tabs[link] = tab
			of, _ := p.Reflect(strings.TrimSuffix(link, ",io.Reader"))
			if again, _ := p.Itab(link); err != nil || rtype.FromWord(rtype.ItabType(tab)) != of || again != tab {
				t.Errorf("%s: %v", link, err)
			}
		}
	}
	if len(tabs) != 2 || tabs["main.T,io.Reader"] == tabs["int,io.Reader"] {
		t.Errorf("tables %v", tabs)
	}
}

// TestLocalTypes asks for types of functions, plain and generic, as a session
// declares them.
func TestLocalTypes(t *testing.T) {
	src := []byte(`package main
func plain() []any {
	type T struct{ A int }
	type G[P any] struct{ X P }
	return []any{(*[1000]T)(nil), (*[1001]G[int])(nil), (*[1002]G[T])(nil)}
}
func generic[P any]() []any {
	type T struct{ X P }
	type G[Q any] struct{ X P; Y Q }
	return []any{(*[1003]T)(nil), (*[1004]G[bool])(nil)}
}
func Use() { plain(); generic[string]() }
`)
	info := &types.Info{Types: map[ast.Expr]types.TypeAndValue{}, Defs: map[*ast.Ident]types.Object{}}
	pkg := check(t, "main", src, info)
	locals, asked := localTypes(pkg, info), map[string]bool{}
	p := newProgram(everywhere, pkg)
	p.Resolver = linkname.New(linkname.Config{
		Of: p.Of, Know: p.Know, Package: p.Package, Compiled: func(path string) bool { return path != "main" },
		Declared: func(n linkname.Name) types.Type {
			asked[fmt.Sprint(n.Link, " ", n.Outer)] = true
			return locals[n.Name]
		},
	})
	var got []string
	for _, s := range symbols(t, "main", src) {
		if text, ok := strings.CutPrefix(s, "type:*[1"); ok {
			typ, err := linkname.Parse("*[1"+text, p)
			if err != nil {
				t.Fatal(err)
			}
			_, elem := number(typ)
			got = append(got, elem.String())
		}
	}
	slices.Sort(got)
	// What the function's type arguments do to its types is the session's to say.
	if s := fmt.Sprint(got); s != "[main.G[bool] main.G[int] main.G[main.T] main.T main.T]" {
		t.Error(s)
	}
	if s := fmt.Sprint(slices.Sorted(maps.Keys(asked))); s != "[main.G[int]·2 0 main.G[main.T·1]·2 0 main.G[string;bool]·4 1 main.T[string]·3 0 main.T·1 0]" {
		t.Error(s)
	}
}

// TestSlots asks for what a map's descriptor refers to besides.
func TestSlots(t *testing.T) {
	p := newProgram(everywhere)
	rt, err := p.Reflect("*[]struct { key int8; elem []string }")
	if err != nil || rt.Elem().Elem().Size() != 32 || rt.Elem().Elem().Field(1).Type != reflect.TypeFor[[]string]() {
		t.Error(rt, err)
	}
}
