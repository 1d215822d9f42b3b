//go:build linux && amd64

package loader

import (
	"fmt"
	"os"
	"reflect"
	"runtime"
	"sort"
	"strings"
	"testing"
	"unsafe"

	"github.com/sheaf-go/sheaf/interp/internal/objfile/objtest"
)

// world resolves the names of the test's objects.
type world struct {
	types map[string]reflect.Type
	vars  map[string]unsafe.Pointer
	slots map[string]*unsafe.Pointer
	code  map[string]uintptr
}

func typeWord(t reflect.Type) unsafe.Pointer { return (*[2]unsafe.Pointer)(unsafe.Pointer(&t))[1] }

func (w *world) Type(name string) (unsafe.Pointer, error) {
	if t := w.types[name]; t != nil {
		return typeWord(t), nil
	}
	return nil, fmt.Errorf("no type %s", name)
}

func (w *world) Itab(name string) (unsafe.Pointer, error) { return nil, fmt.Errorf("no itab %s", name) }

func (w *world) Variable(name string) unsafe.Pointer { return w.vars[name] }

func (w *world) FuncName(symbol string) string { return symbol }

func (w *world) Code(name string, abi uint16) uintptr { return w.code[name] }
func (w *world) Own(name string) bool                 { return strings.Contains(name, "main.") }
func (w *world) Slot(name string) *unsafe.Pointer     { return w.slots[name] }

const program = `package main
import ("fmt"; "sort"; "runtime"; "errors")
var x int
var m map[string]int
func g(int) int
func Fib(n int) int { if n < 2 { return n }; return Fib(n-1) + Fib(n-2) }
func Vars(n int) int { for i := 0; i < n; i++ { x += i; m["a"] += g(i) }; return x }
type shape interface { Area() float64 }
func Kind(a any) string { switch v := a.(type) { case int: return fmt.Sprint("int ", v); case fmt.Stringer: return v.String(); case error: return v.Error() }; return "?" }
func Recover(i int) (s string) {
	defer func() { s = fmt.Sprint("recovered ", recover()) }()
	var a []int
	a[i] = 1
	return "no"
}
func Deep(n int) int { var pad [64]int; pad[n%64] = n; if n == 0 { return 0 }; return Deep(n-1) + pad[n%64] - n + 1 }
func Garbage(n int) int {
	var keep [][]int
	for i := 0; i < n; i++ {
		s := make([]int, 100)
		s[50] = i
		keep = append(keep, s)
		if i%100 == 0 { runtime.GC() }
	}
	sum := 0
	for _, s := range keep { sum += s[50] }
	return sum
}
func Sort(xs []int) { sort.Slice(xs, func(i, j int) bool { return xs[i] < xs[j] }) }
func Go(n int) int {
	c := make(chan int)
	for i := 0; i < n; i++ { go func() { c <- Deep(i) }() }
	s := 0
	for i := 0; i < n; i++ { s += <-c }
	return s
}
func Err() error { return errors.New("boo") }
//line cell[3]:5
func Line() string { _, f, l, _ := runtime.Caller(0); return fmt.Sprint(f, ":", l) }
`

// linked keeps functions in the test program that the loaded code calls.
var linked = []any{sort.Slice, runtime.Caller}

func TestLoad(t *testing.T) {
	o := objtest.Compile(t, program, "def main.g ABIInternal\n", "fmt", "sort", "errors", "runtime")
	_ = fmt.Sprint(linked...)
	h, err := OpenHost()
	if err != nil {
		t.Fatal(err)
	}
	x, m := 7, map[string]int{}
	g := func(i int) int { return 2 * i }
	slot := *(*unsafe.Pointer)(unsafe.Pointer(&g))
	w := &world{
		types: map[string]reflect.Type{
			"int": reflect.TypeFor[int](), "uintptr": reflect.TypeFor[uintptr](), "struct { F uintptr; X0 []int }": reflect.TypeFor[struct {
				F  uintptr
				X0 []int
			}](), "[]interface {}": reflect.TypeFor[[]any](), "string": reflect.TypeFor[string](), "map[string]int": reflect.TypeFor[map[string]int](),
			"[]int": reflect.TypeFor[[]int](), "chan int": reflect.TypeFor[chan int](), "func()": reflect.TypeFor[func()](),
			"error": reflect.TypeFor[error](), "fmt.Stringer": reflect.TypeFor[fmt.Stringer](), "[64]int": reflect.TypeFor[[64]int](),
		},
		vars:  map[string]unsafe.Pointer{"main.x": unsafe.Pointer(&x), "main.m": unsafe.Pointer(&m)},
		slots: map[string]*unsafe.Pointer{"main.g": &slot},
	}
	names := []string{"Fib", "Vars", "Kind", "Recover", "Deep", "Garbage", "Sort", "Go", "Line"}
	var roots []string
	for _, n := range names {
		roots = append(roots, "main."+n)
	}
	mod, err := h.Load(o, roots, w)
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range names {
		if got := runtime.FuncForPC(*(*uintptr)(mod.Func("main." + n))).Name(); got != "main."+n {
			t.Errorf("main.%s is called %q", n, got)
		}
	}
	f := func(name string) func(int) int {
		fv := mod.Func("main." + name)
		return *(*func(int) int)(unsafe.Pointer(&fv))
	}
	if got := f("Fib")(30); got != 832040 {
		t.Error("Fib", got)
	}
	if got := f("Vars")(10); got != 52 || x != 52 || m["a"] != 90 {
		t.Error("Vars", got, x, m)
	}
	if got := f("Deep")(100000); got != 100000 {
		t.Error("Deep", got)
	}
	if got := f("Garbage")(2000); got != 1999000 {
		t.Error("Garbage", got)
	}
	fv := mod.Func("main.Recover")
	if got := (*(*func(int) string)(unsafe.Pointer(&fv)))(3); got != "recovered runtime error: index out of range [3] with length 0" {
		t.Error("Recover", got)
	}
	fv = mod.Func("main.Kind")
	kind := *(*func(any) string)(unsafe.Pointer(&fv))
	for range 3 {
		runtime.GC()
		if a, b, c := kind(3), kind(reflect.ValueOf(3)), kind(os.ErrNotExist); a != "int 3" || b != "<int Value>" || c != "file does not exist" {
			t.Error("Kind", a, b, c)
		}
	}
	xs := []int{3, 1, 2}
	fv = mod.Func("main.Sort")
	(*(*func([]int))(unsafe.Pointer(&fv)))(xs)
	if fmt.Sprint(xs) != "[1 2 3]" {
		t.Error("Sort", xs)
	}
	if got := f("Go")(100); got != 4950 {
		t.Error("Go", got)
	}
	fv = mod.Func("main.Line")
	if got := (*(*func() string)(unsafe.Pointer(&fv)))(); got != "cell[3]:5" {
		t.Error("Line", got)
	}
}
