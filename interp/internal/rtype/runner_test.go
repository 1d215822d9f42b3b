package rtype

import (
	"fmt"
	"go/types"
	"io"
	"math"
	"reflect"
	"runtime"
	"sort"
	"testing"
	"unsafe"
)

// echo is a Runner that checks the parameters in its block and answers with
// given results; it finds them by the offsets that Runner documents.
type echo struct {
	t       *testing.T
	ft      reflect.Type
	skip    int // parameters before the first: a receiver in the first word
	args    []reflect.Value
	results []reflect.Value
}

func (e *echo) Run(block unsafe.Pointer) {
	deep(20, new(int))
	runtime.GC()
	off := ptrSize
	at := func(t reflect.Type) reflect.Value {
		a := uintptr(t.Align())
		off = (off + a - 1) &^ (a - 1)
		v := reflect.NewAt(t, unsafe.Add(block, off)).Elem()
		off += t.Size()
		return v
	}
	for i := range e.args {
		if got := at(e.ft.In(i + e.skip)); !reflect.DeepEqual(got.Interface(), e.args[i].Interface()) {
			e.t.Errorf("%s: parameter %d is %v, want %v", e.ft, i, got, e.args[i])
		}
	}
	off = (off + ptrSize - 1) &^ (ptrSize - 1)
	for i := range e.results {
		at(e.ft.Out(i)).Set(e.results[i])
	}
}

// sampleOf returns a value of type t that is unlike others.
func sampleOf(t reflect.Type, n int) reflect.Value {
	v := reflect.New(t).Elem()
	switch t.Kind() {
	case reflect.Bool:
		v.SetBool(n%2 == 0)
	case reflect.Int, reflect.Int8, reflect.Int32, reflect.Int64:
		v.SetInt(int64(-n))
	case reflect.Uint8, reflect.Uint64:
		v.SetUint(uint64(200 + n))
	case reflect.Float64:
		v.SetFloat(math.Pi * float64(n))
	case reflect.String:
		v.SetString(fmt.Sprint("s", n))
	case reflect.Slice:
		v.Set(reflect.MakeSlice(t, n+1, n+3))
	case reflect.Pointer:
		v.Set(reflect.New(t.Elem()))
	case reflect.Map:
		v.Set(reflect.MakeMap(t))
	case reflect.Struct:
		for i := range t.NumField() {
			v.Field(i).Set(sampleOf(t.Field(i).Type, n+i))
		}
	case reflect.Interface:
		if t == reflect.TypeFor[error]() {
			v.Set(reflect.ValueOf(fmt.Errorf("error %d", n)))
		} else if t.NumMethod() == 0 {
			v.Set(reflect.ValueOf(fmt.Sprint("any", n)))
		}
	}
	return v
}

func samples(n int, at func(int) reflect.Type) []reflect.Value {
	vs := make([]reflect.Value, n)
	for i := range vs {
		vs[i] = sampleOf(at(i), i+1)
	}
	return vs
}

type point struct{ X, Y float64 }
type span struct{ From, To int }

func TestFuncMaker(t *testing.T) {
	for _, f := range []any{
		func() {}, func(int) {}, func(i, j int) bool { return false }, func(a, b string) int { return 0 },
		func(a, b any) int { return 0 }, func(a, b error) bool { return false }, func(float64) float64 { return 0 },
		func(a, b float64) float64 { return 0 }, func(point) float64 { return 0 }, func(span) span { return span{} }, func(rune) bool { return false },
		func(byte) byte { return 0 }, func(string) (string, error) { return "", nil }, func([]byte) (int, error) { return 0, nil },
		func(*point) ([]byte, error) { return nil, nil }, func(map[string]int) *int { return nil }, func(uint64) (*point, error) { return nil, nil },
		func(...int) string { return "" }, func(func()) any { return nil }, func(struct{}) {}, func(bool) (b struct{}) { return },
	} {
		ft := reflect.TypeOf(f)
		e := &echo{t: t, ft: ft, args: samples(ft.NumIn(), ft.In), results: samples(ft.NumOut(), ft.Out)}
		maker := FuncMaker(ft)
		if (maker != nil) != known(ft) {
			t.Errorf("%s: there is an adapter: %t", ft, maker != nil)
		}
		if maker == nil {
			continue
		}
		fv := maker(e)
		if RunnerOf(fv) != Runner(e) {
			t.Errorf("%s: its Runner is lost", ft)
		}
		v := reflect.NewAt(ft, unsafe.Pointer(&fv)).Elem()
		call := v.Call
		if ft.IsVariadic() {
			call = v.CallSlice
		}
		for i, got := range call(e.args) {
			if !reflect.DeepEqual(got.Interface(), e.results[i].Interface()) {
				t.Errorf("%s: result %d is %v, want %v", ft, i, got, e.results[i])
			}
		}
	}
}

// known reports whether ft shall have an adapter; a func(span) span has none:
// nothing common returns two ints.
func known(ft reflect.Type) bool {
	return maxStubs > 0 && ft != reflect.TypeFor[func(span) span]()
}

func TestNoAdapter(t *testing.T) {
	for _, f := range []any{
		func([2]int) {}, func(complex64) {}, func(int8, struct {
			a int8
			b int64
		}, int8) {
		}, func(struct{ _, b int }) {}, func(a, b, c, d, e int) {},
	} {
		if FuncMaker(reflect.TypeOf(f)) != nil {
			t.Errorf("%T has an adapter", f)
		}
	}
}

func TestRunnerOfOthers(t *testing.T) {
	n := 5
	made := reflect.MakeFunc(reflect.TypeFor[func()](), func([]reflect.Value) []reflect.Value { return nil }).Interface().(func())
	for i, f := range []func(){func() {}, func() { n++ }, made, runtime.GC} {
		if r := RunnerOf(*(*unsafe.Pointer)(unsafe.Pointer(&f))); r != nil {
			t.Errorf("func %d has a Runner %v", i, r)
		}
	}
}

// runFunc is a Runner.
type runFunc func(block unsafe.Pointer)

func (f runFunc) Run(block unsafe.Pointer) { f(block) }

func TestRunnerMethods(t *testing.T) {
	const src = `
type L []int
func (l L) Len() int
func (l L) Less(i, j int) bool
func (l L) Swap(i, j int)
func (l L) String() string
type R struct{ n, m int }
func (r *R) Read(p []byte) (int, error)
func (r R) Far(a, b, c, d, e string) string
type D func() string
func (d D) Error() string
`
	pkg := check(t, src)
	type block struct {
		recv unsafe.Pointer
		i, j int
		r    int
	}
	slow := 0
	runners := map[string]runFunc{
		"Len": func(b unsafe.Pointer) { *(*int)(unsafe.Add(b, 8)) = len(**(**[]int)(b)) },
		"Less": func(b unsafe.Pointer) {
			c := (*block)(b)
			l := *(*[]int)(c.recv)
			*(*bool)(unsafe.Pointer(&c.r)) = l[c.i] < l[c.j]
		},
		"Swap":   func(b unsafe.Pointer) { c := (*block)(b); l := *(*[]int)(c.recv); l[c.i], l[c.j] = l[c.j], l[c.i] },
		"String": func(b unsafe.Pointer) { *(*string)(unsafe.Add(b, 8)) = fmt.Sprint("L", **(**[]int)(b)) },
		"Read": func(b unsafe.Pointer) {
			n := copy(*(*[]byte)(unsafe.Add(b, 8)), "hello")
			*(*int)(unsafe.Add(b, 32)) = n
			*(*error)(unsafe.Add(b, 40)) = io.EOF
		},
		"Error": func(b unsafe.Pointer) { *(*string)(unsafe.Add(b, 8)) = (*(*func() string)(b))() },
	}
	w := New(Config{
		Runner: func(_ types.Type, sel *types.Selection) Runner { return runners[sel.Obj().Name()] },
		Method: func(types.Type, *types.Selection) func(unsafe.Pointer, []reflect.Value) []reflect.Value {
			return func(_ unsafe.Pointer, args []reflect.Value) []reflect.Value { slow++; return args[4:] }
		},
	})
	of := func(name string) reflect.Type { return w.Of(pkg.Scope().Lookup(name).Type()) }
	l := reflect.ValueOf([]int{3, 1, 2}).Convert(of("L")).Interface()
	sort.Sort(l.(sort.Interface))
	if got := fmt.Sprint(l); got != "L[1 2 3]" {
		t.Error(got)
	}
	r := reflect.New(of("R"))
	if b, err := io.ReadAll(r.Interface().(io.Reader)); string(b) != "hello" || err != nil {
		t.Errorf("%q, %v", b, err)
	}
	if got := r.Elem().Interface().(interface {
		Far(a, b, c, d, e string) string
	}).Far("1", "2", "3", "4", "5"); got != "5" || slow != 1 {
		t.Errorf("%q, %d slow calls", got, slow)
	}
	err := reflect.ValueOf(func() string { return "direct" }).Convert(of("D")).Interface().(error)
	if err.Error() != "direct" {
		t.Error(err)
	}
	wantPanic(t, "value method main.L.Len called using nil *L pointer", func() {
		reflect.Zero(reflect.PointerTo(of("L"))).Interface().(interface{ Len() int }).Len()
	})
}
