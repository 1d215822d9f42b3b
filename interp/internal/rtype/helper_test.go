package rtype

import (
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"reflect"
	"runtime"
	"strings"
	"sync"
	"testing"
	"unsafe"
)

// body is the compiled stand-in for an interpreted method: p points to the
// receiver T whether the method is called on T or on *T.
type body func(p unsafe.Pointer, args []reflect.Value) []reflect.Value

// fixture is a World over one checked source text.
type fixture struct {
	*World
	t   testing.TB
	pkg *types.Package

	mu     sync.Mutex
	bodies map[string]body // by "T.M"
}

var (
	sourceMu  sync.Mutex
	sourceImp = importer.ForCompiler(token.NewFileSet(), "source", nil)
)

// check type-checks src as package main.
func check(t testing.TB, src string) *types.Package {
	t.Helper()
	sourceMu.Lock()
	defer sourceMu.Unlock()
	fset := token.NewFileSet()
	f, err := parser.ParseFile(fset, "cell.go", "package main\n"+src, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	conf := types.Config{Importer: sourceImp, Sizes: types.SizesFor("gc", runtime.GOARCH), IgnoreFuncBodies: true}
	pkg, err := conf.Check("main", fset, []*ast.File{f}, nil)
	if err != nil {
		t.Fatal(err)
	}
	return pkg
}

// world checks src and returns a World whose methods are the given bodies.
func world(t testing.TB, src string, bodies map[string]body, native ...any) *fixture {
	t.Helper()
	f := &fixture{t: t, pkg: check(t, src), bodies: bodies}
	known := map[string]reflect.Type{}
	for _, v := range native {
		rt := reflect.TypeOf(v)
		if rt.Kind() == reflect.Pointer {
			rt = rt.Elem()
		}
		known[rt.PkgPath()+"."+rt.Name()] = rt
	}
	f.World = New(Config{
		Native:  func(path, name string) reflect.Type { return known[path+"."+name] },
		Display: func(s string) string { return strings.SplitN(s, "ꞏ", 2)[0] },
		Method:  f.method,
	})
	return f
}

// method finds the body of the method that sel selects and, for a promoted
// one, walks the embedded fields.
func (f *fixture) method(recv types.Type, sel *types.Selection) func(unsafe.Pointer, []reflect.Value) []reflect.Value {
	rt := f.Of(recv)
	return func(data unsafe.Pointer, args []reflect.Value) []reflect.Value {
		box := data
		if IsDirect(Word(rt)) {
			box = unsafe.Pointer(&data)
		}
		v := reflect.NewAt(rt, box).Elem()
		path := sel.Index()
		for _, i := range path[:len(path)-1] {
			for v.Kind() == reflect.Pointer {
				v = v.Elem()
			}
			v = v.Field(i)
		}
		if v.Kind() == reflect.Interface || len(path) > 1 && f.bodyOf(v.Type(), sel) == nil {
			if v.CanAddr() && v.Kind() != reflect.Interface {
				v = v.Addr()
			}
			return v.MethodByName(sel.Obj().Name()).Call(args)
		}
		b := f.bodyOf(v.Type(), sel)
		if v.Kind() == reflect.Pointer {
			return b(v.UnsafePointer(), args)
		}
		return b(v.Addr().UnsafePointer(), args)
	}
}

func (f *fixture) bodyOf(t reflect.Type, sel *types.Selection) body {
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	name, _, _ := strings.Cut(t.Name(), "[")
	return f.bodies[name+"."+sel.Obj().Name()]
}

// renew makes a declared type new.
func (f *fixture) renew(name string) {
	n := f.pkg.Scope().Lookup(name).Type().(*types.Named)
	f.Renew(n, n)
}

// typ returns the runtime type of the declaration or type expression s.
func (f *fixture) typ(s string) reflect.Type {
	f.t.Helper()
	return f.Of(f.expr(s))
}

func (f *fixture) expr(s string) types.Type {
	f.t.Helper()
	tv, err := types.Eval(token.NewFileSet(), f.pkg, token.NoPos, s)
	if err != nil {
		f.t.Fatal(err)
	}
	return tv.Type
}

func values(vs ...any) []reflect.Value {
	out := make([]reflect.Value, len(vs))
	for i, v := range vs {
		out[i] = reflect.ValueOf(v)
	}
	return out
}

// raw runs every method as one that adds its argument to sink.
func (f *fixture) raw(sink *int) func(types.Type, *types.Selection) func(unsafe.Pointer, []reflect.Value) []reflect.Value {
	return func(types.Type, *types.Selection) func(unsafe.Pointer, []reflect.Value) []reflect.Value {
		out := make([]reflect.Value, 1)
		return func(_ unsafe.Pointer, args []reflect.Value) []reflect.Value {
			if len(args) == 0 {
				return nil
			}
			*sink += int(args[0].Int())
			out[0] = args[0]
			return out
		}
	}
}
