package engine

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"reflect"
	"runtime"
	"testing"
	"unsafe"

	"github.com/sheaf-go/sheaf/interp/internal/rtype"
)

var passedTypes = []reflect.Type{
	reflect.TypeFor[bool](), reflect.TypeFor[int8](), reflect.TypeFor[uint8](), reflect.TypeFor[int16](), reflect.TypeFor[int32](),
	reflect.TypeFor[int](), reflect.TypeFor[int](), reflect.TypeFor[uint64](), reflect.TypeFor[uintptr](),
	reflect.TypeFor[float32](), reflect.TypeFor[float64](), reflect.TypeFor[float64](), reflect.TypeFor[complex64](), reflect.TypeFor[complex128](),
	reflect.TypeFor[string](), reflect.TypeFor[string](), reflect.TypeFor[[]byte](), reflect.TypeFor[[]string](), reflect.TypeFor[*int](),
	reflect.TypeFor[map[string]int](), reflect.TypeFor[chan int](), reflect.TypeFor[unsafe.Pointer](),
	reflect.TypeFor[any](), reflect.TypeFor[error](), reflect.TypeFor[error](),
	reflect.TypeFor[struct{}](), reflect.TypeFor[[1]string](), reflect.TypeFor[[2]int](),
	reflect.TypeFor[struct {
		A int8
		B string
		C float32
	}](),
	reflect.TypeFor[struct {
		P *int
		E error
	}](),
	reflect.TypeFor[struct {
		X, Y float64
	}](),
}

func randomType(r *rand.Rand) reflect.Type { return passedTypes[r.IntN(len(passedTypes))] }

func randomFunc(r *rand.Rand) reflect.Type {
	var in, out []reflect.Type
	for range r.IntN(5) {
		in = append(in, randomType(r))
	}
	for range r.IntN(4) {
		out = append(out, randomType(r))
	}
	return reflect.FuncOf(in, out, false)
}

// randomise fills v; what it points to is new.
func randomise(r *rand.Rand, v reflect.Value) {
	switch v.Kind() {
	case reflect.Bool:
		v.SetBool(r.IntN(2) == 1)
	case reflect.Float32, reflect.Float64:
		v.SetFloat(float64(float32(r.NormFloat64())))
	case reflect.Complex64, reflect.Complex128:
		v.SetComplex(complex(float64(r.IntN(100)), float64(r.IntN(100))))
	case reflect.String:
		v.SetString(fmt.Sprint("text ", r.Int()))
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		v.Elem().SetInt(r.Int64())
	case reflect.UnsafePointer:
		v.SetPointer(unsafe.Pointer(&[]int64{r.Int64()}[0]))
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 1+r.IntN(3), 5))
		randomise(r, v.Index(0))
	case reflect.Map:
		v.Set(reflect.MakeMap(v.Type()))
		v.SetMapIndex(reflect.ValueOf(fmt.Sprint(r.Int())), reflect.ValueOf(1))
	case reflect.Chan:
		v.Set(reflect.MakeChan(v.Type(), 1))
	case reflect.Interface:
		e := errors.New(fmt.Sprint("error ", r.Int()))
		v.Set(reflect.ValueOf(&e).Elem().Elem())
	case reflect.Array:
		for i := range v.Len() {
			randomise(r, v.Index(i))
		}
	case reflect.Struct:
		for i := range v.NumField() {
			randomise(r, v.Field(i))
		}
	default:
		if v.CanInt() {
			v.SetInt(r.Int64() >> r.IntN(60))
			return
		}
		v.SetUint(r.Uint64() >> r.IntN(60))
	}
}

func randomValues(r *rand.Rand, n int, t func(int) reflect.Type) []reflect.Value {
	vs := make([]reflect.Value, n)
	for i := range vs {
		vs[i] = reflect.New(t(i)).Elem()
		randomise(r, vs[i])
	}
	return vs
}

// slotsOf lays out a block as sigLayout does.
func slotsOf(ft reflect.Type) *sigLayout {
	l, off := &sigLayout{}, uintptr(0)
	place := func(t reflect.Type) slot {
		off = alignUp(off, uintptr(t.Align()))
		s := slot{off: off, typ: rtype.Word(t)}
		off += t.Size()
		return s
	}
	for i := range ft.NumIn() {
		l.params = append(l.params, place(ft.In(i)))
	}
	off = alignUp(off, word)
	for i := range ft.NumOut() {
		l.results = append(l.results, place(ft.Out(i)))
	}
	l.size = alignUp(off, word)
	return l
}

func at(s slot, params unsafe.Pointer) reflect.Value {
	return reflect.NewAt(rtype.FromWord(s.typ), unsafe.Add(params, s.off)).Elem()
}

func requireEqual(t *testing.T, what string, ft reflect.Type, got, want []reflect.Value) {
	t.Helper()
	for i := range want {
		if !reflect.DeepEqual(got[i].Interface(), want[i].Interface()) {
			t.Fatalf("%v: %s %d is %v, want %v", ft, what, i, got[i], want[i])
		}
	}
}

// TestRegisterCalls calls functions of random signatures by registers;
// package reflect, which knows the ABI, tells what arrives.
func TestRegisterCalls(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	called := 0
	for range 4000 {
		ft := randomFunc(r)
		call := registerCall(ft, false)
		if call == nil {
			continue
		}
		called++
		l := slotsOf(ft)
		fields := append(fieldsOf(l.params, word), fieldsOf(l.results, word)...)
		base := rtype.Alloc(rtype.Layout(2*word+l.size, fields))
		params := unsafe.Add(base, word)
		args, results := randomValues(r, ft.NumIn(), ft.In), randomValues(r, ft.NumOut(), ft.Out)
		for i, s := range l.params {
			at(s, params).Set(args[i])
		}
		var got []reflect.Value
		fn := reflect.MakeFunc(ft, func(in []reflect.Value) []reflect.Value {
			if called%64 == 0 {
				runtime.GC()
			}
			got = in
			return results
		})
		call(nil, ifaceOf(fn.Interface()).d, base)
		requireEqual(t, "parameter", ft, got, args)
		back := make([]reflect.Value, len(results))
		for i, s := range l.results {
			back[i] = at(s, params)
		}
		requireEqual(t, "result", ft, back, results)
	}
	if hasRegs && called < 2500 {
		t.Errorf("only %d of 4000 signatures go by registers", called)
	}
}

// TestThunks calls function values of random signatures as compiled code
// does.
func TestThunks(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	m := New(Config{})
	called := 0
	for range 20000 {
		ft := randomFunc(r)
		if pc, _, _ := thunkOf(ft); pc == 0 {
			continue
		}
		called++
		l := slotsOf(ft)
		args, results := randomValues(r, ft.NumIn(), ft.In), randomValues(r, ft.NumOut(), ft.Out)
		var got []reflect.Value
		code := m.newCode("", 0, l, nil)
		code.frame = rtype.Layout(header+l.size+word, append(append(fieldsOf(l.params, header), fieldsOf(l.results, header)...), rtype.Field{Type: reflect.TypeFor[F]()}))
		code.ready.Store(true)
		code.body = func(f *F) ctl {
			got = nil
			for _, s := range l.params {
				v := reflect.New(rtype.FromWord(s.typ)).Elem()
				v.Set(at(s, f.at(header)))
				got = append(got, v)
			}
			if called%64 == 0 {
				runtime.GC()
			}
			for i, s := range l.results {
				at(s, f.at(header)).Set(results[i])
			}
			return cReturn
		}
		code.values(m, ft, 1)
		cl := code.closure()
		if k := closureOf(cl.value(), code.kind.pc); k != cl {
			t.Fatalf("%v: the closure is not recognised", ft)
		}
		fn := reflect.ValueOf(iface{rtype.Word(ft), cl.value()}.any())
		for range 2 { // the second call has the thread of the first
			requireEqual(t, "result", ft, fn.Call(args), results)
			requireEqual(t, "parameter", ft, got, args)
		}
	}
	if hasRegs && called < 1500 {
		t.Errorf("only %d signatures have thunks", called)
	}
}

// TestOtherFunctions gives the engine compiled functions of a signature that
// has a thunk.
func TestOtherFunctions(t *testing.T) {
	pc, _, _ := thunkOf(reflect.TypeFor[func(int) int]())
	n := 3
	fn := func(x int) int { return x + n }
	if closureOf(*(*unsafe.Pointer)(unsafe.Pointer(&fn)), pc) != nil {
		t.Error("a compiled function is taken for an interpreted one")
	}
	made := reflect.MakeFunc(reflect.TypeFor[func(int) int](), func(in []reflect.Value) []reflect.Value { return in })
	if closureOf(ifaceOf(made.Interface()).d, pc) != nil {
		t.Error("a function of reflect.MakeFunc is taken for an interpreted one")
	}
}
