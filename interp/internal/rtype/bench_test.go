package rtype

import (
	"fmt"
	"go/types"
	"reflect"
	"strings"
	"testing"
	"unsafe"
)

// BenchmarkOf makes a struct type of ten fields and five methods.
func BenchmarkOf(b *testing.B) {
	const src = `
type T struct { A int; B string; C []int; D map[string]int; E *T; F float64; G any; H error; I [4]int; J func(T) }
func (T) M1() string
func (T) M2(int) int
func (*T) M3(string, ...any) error
func (*T) M4(*T) *T
func (T) String() string
`
	f := world(b, src, nil)
	obj := f.pkg.Scope().Lookup("T").(*types.TypeName)
	for i := 0; b.Loop(); i++ {
		if StubsLeft() < 10 {
			b.Skip("out of stubs")
		}
		f.SetKey(obj, fmt.Sprint("T", i))
		f.Of(obj.Type())
	}
}

// BenchmarkOfAgain asks for types that are there.
func BenchmarkOfAgain(b *testing.B) {
	f := world(b, people, peopleBodies())
	pkg := check(b, people)
	for _, name := range []string{"P", "*P", "map[string]*Node", "Box[int]"} {
		f.pkg = pkg
		typ := f.expr(name)
		b.Run(strings.ReplaceAll(name, "*", "ptr "), func(b *testing.B) {
			for b.Loop() {
				f.mu.Lock()
				clear(f.cache)
				f.mu.Unlock()
				f.Of(typ)
			}
		})
	}
	b.Run("cached", func(b *testing.B) {
		typ := f.expr("*P")
		for b.Loop() {
			f.Of(typ)
		}
	})
}

// BenchmarkRunner calls a method of a made type through an adapter.
func BenchmarkRunner(b *testing.B) {
	f := world(b, "type T struct{ a, b int }\nfunc (*T) Inc(n int) int", nil)
	w := New(Config{Runner: func(types.Type, *types.Selection) Runner {
		return runFunc(func(b unsafe.Pointer) { *(*int)(unsafe.Add(b, 16)) = *(*int)(unsafe.Add(b, 8)) + 1 })
	}})
	x := reflect.New(w.Of(f.pkg.Scope().Lookup("T").Type())).Interface().(interface{ Inc(int) int })
	n := 0
	for b.Loop() {
		n = x.Inc(n)
	}
}

var funcValue unsafe.Pointer

// BenchmarkFuncMaker makes a func value, beside what reflect takes.
func BenchmarkFuncMaker(b *testing.B) {
	ft, r := reflect.TypeFor[func(int, int) bool](), &probe{}
	b.Run("adapter", func(b *testing.B) {
		maker := FuncMaker(ft)
		for b.Loop() {
			funcValue = maker(r)
		}
	})
	b.Run("reflect", func(b *testing.B) {
		f := func(a []reflect.Value) []reflect.Value { return a }
		for b.Loop() {
			reflect.MakeFunc(ft, f)
		}
	})
	b.Run("runnerOf", func(b *testing.B) {
		fv := FuncMaker(ft)(r)
		for b.Loop() {
			RunnerOf(fv)
		}
	})
}

// BenchmarkCall calls a method of a made type from compiled code.
func BenchmarkCall(b *testing.B) {
	var sink int
	f := world(b, "type T struct{ a, b int }\nfunc (*T) Inc(n int) int\nfunc (*T) Nop()", nil)
	f.World = New(Config{Method: f.raw(&sink)})
	v := reflect.New(f.typ("T")).Interface()
	b.Run("nop", func(b *testing.B) {
		x := v.(interface{ Nop() })
		for b.Loop() {
			x.Nop()
		}
	})
	b.Run("int", func(b *testing.B) {
		x := v.(interface{ Inc(int) int })
		for b.Loop() {
			sink += x.Inc(1)
		}
	})
	b.Run("sprint", func(b *testing.B) {
		for b.Loop() {
			_ = fmt.Sprint(v)
		}
	})
}
