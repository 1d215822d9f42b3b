package rtype

import (
	"bytes"
	"container/heap"
	"encoding/gob"
	"errors"
	"fmt"
	"reflect"
	"runtime"
	"runtime/debug"
	"sync"
	"testing"
	"unsafe"
)

// deep uses about a kilobyte of stack per level.
//
//go:noinline
func deep(n int, p *int) int {
	var pad [100]int
	pad[n%100] = n
	if n == 0 {
		return *p
	}
	return deep(n-1, p) + pad[(n+1)%100]
}

type manyArgs interface {
	Many(a *int, s string, b []*int, m map[string]*int, f float64, i any, c *int, d *int, e *string, x [3]*int) (*int, string, []*int, any)
}

// TestStubKeepsFrame calls through stubs while the stack moves and the
// collector runs: pointers that live only in argument registers, in stack
// arguments and in results must survive.
func TestStubKeepsFrame(t *testing.T) {
	const src = `
type W struct { n *int; pad [5]int }
func (w *W) Many(a *int, s string, b []*int, m map[string]*int, f float64, i any, c *int, d *int, e *string, x [3]*int) (*int, string, []*int, any)
func (w W) Deep(n int, p *int) int
`
	bodies := map[string]body{
		"W.Many": func(p unsafe.Pointer, a []reflect.Value) []reflect.Value {
			deep(300, new(int))
			runtime.GC()
			sum := **(**int)(p) + *a[0].Interface().(*int) + *a[2].Interface().([]*int)[1] + *a[3].Interface().(map[string]*int)["k"] +
				int(a[4].Float()) + *a[5].Interface().(*int) + *a[6].Interface().(*int) + *a[7].Interface().(*int) + len(*a[8].Interface().(*string)) + *a[9].Interface().([3]*int)[2]
			return values(&sum, a[1].String()+"!", []*int{&sum}, any(fmt.Sprint(sum)))
		},
		"W.Deep": func(p unsafe.Pointer, a []reflect.Value) []reflect.Value {
			return values(deep(int(a[0].Int()), a[1].Interface().(*int)) + **(**int)(p))
		},
	}
	f := world(t, src, bodies)
	defer debug.SetGCPercent(debug.SetGCPercent(5))
	var wg sync.WaitGroup
	for g := range 4 {
		wg.Go(func() {
			for i := range 60 {
				callMany(t, f, g*1000+i)
			}
		})
	}
	wg.Wait()
}

func number(i int) *int { return &i }

func callMany(t *testing.T, f *fixture, i int) {
	w := reflect.New(f.typ("W"))
	*(**int)(w.UnsafePointer()) = number(i)
	s := fmt.Sprint("s", i)
	p, str, list, v := w.Interface().(manyArgs).Many(number(1), s, []*int{nil, number(2)}, map[string]*int{"k": number(3)}, 4,
		number(5), number(6), number(7), &s, [3]*int{2: number(8)})
	runtime.GC()
	want := i + 36 + len(s)
	if *p != want || str != s+"!" || *list[0] != want || v != fmt.Sprint(want) {
		t.Errorf("Many(%d) = %d, %q, %d, %v, want %d", i, *p, str, *list[0], v, want)
	}
	if got := w.Elem().Interface().(interface{ Deep(int, *int) int }).Deep(200, number(9)); got != i+9 {
		t.Errorf("Deep = %d, want %d", got, i+9)
	}
}

// TestBigValuesSurvive fills made types of many sizes with pointers and lets the
// collector look for them.
func TestBigValuesSurvive(t *testing.T) {
	const src = `
type Small struct { a int8; p *int }
type Mid struct { pad [70]int; s [9]Small; q *int }
type Big struct { m [40]Mid; x int; y [30]*int }
type Huge struct { n int; b [30]Big; end *int; tail [100]int }
type Arr [5000]Huge2
type Vast struct { a [6000]Huge2; n int; b [6000]Huge2 }
type Huge2 struct { x int; p *int; y int }
`
	f := world(t, src, nil)
	defer debug.SetGCPercent(debug.SetGCPercent(10))
	for _, name := range []string{"Small", "Mid", "Big", "Huge", "Arr", "Vast", "struct{ v Vast; _ int }", "[3]Mid", "[]Big", "map[int]Mid", "map[string]Small", "struct{a Small; m Mid}"} {
		rt := f.typ(name)
		n := 0
		v := reflect.New(rt)
		fill(v.Elem(), &n)
		runtime.GC()
		for range 2000 { // reuse what was freed by mistake
			garbage = append(garbage[:0], make([]byte, 32), make([]byte, 600))
		}
		runtime.GC()
		m := 0
		if verify(t, name, v.Elem(), &m); m != n || n == 0 {
			t.Errorf("%s: %d pointers of %d", name, m, n)
		}
		w := reflect.New(rt)
		w.Elem().Set(v.Elem())
		if !reflect.DeepEqual(v.Interface(), w.Interface()) {
			t.Errorf("%s: a copy is not equal", name)
		}
	}
}

var garbage [][]byte

// settable makes an unexported field writable.
func settable(v reflect.Value) reflect.Value {
	if v.CanSet() || !v.CanAddr() {
		return v
	}
	return reflect.NewAt(v.Type(), v.Addr().UnsafePointer()).Elem()
}

// fill puts a distinct heap number behind every pointer in v.
func fill(v reflect.Value, n *int) {
	v = settable(v)
	switch v.Kind() {
	case reflect.Pointer:
		fillPointer(v, n)
	case reflect.String:
		v.SetString(fmt.Sprint("text ", *n))
		*n++
	case reflect.Interface:
		if v.NumMethod() == 0 {
			x := *n
			v.Set(reflect.ValueOf(&x))
			*n++
		}
	case reflect.Int, reflect.Int64, reflect.Int32:
		v.SetInt(0x5555)
	case reflect.Float64, reflect.Float32:
		v.SetFloat(1.5)
	case reflect.Struct:
		for i := range v.NumField() {
			fill(v.Field(i), n)
		}
	case reflect.Array:
		for i := range v.Len() {
			fill(v.Index(i), n)
		}
	case reflect.Slice:
		if *n > 50 {
			return
		}
		*n++
		v.Set(reflect.MakeSlice(v.Type(), 3, 3))
		for i := range 3 {
			fill(v.Index(i), n)
		}
	case reflect.Map:
		fillMap(v, n)
	}
}

// fillPointer puts the next number behind v; behind a pointer to something else
// it fills a value, unless there are many already.
func fillPointer(v reflect.Value, n *int) {
	p := reflect.New(v.Type().Elem())
	switch {
	case p.Elem().Kind() == reflect.Int:
		p.Elem().SetInt(int64(*n))
		*n++
	case *n > 50:
		return
	default:
		*n++
		fill(p.Elem(), n)
	}
	v.Set(p)
}

// fillMap adds one entry with a zero key: more would need an order.
func fillMap(v reflect.Value, n *int) {
	if *n > 50 {
		return
	}
	*n++
	v.Set(reflect.MakeMap(v.Type()))
	e := reflect.New(v.Type().Elem()).Elem()
	fill(e, n)
	v.SetMapIndex(reflect.Zero(v.Type().Key()), e)
}

// verify looks for the numbers that fill wrote, in the same order.
func verify(t *testing.T, name string, v reflect.Value, n *int) {
	switch v.Kind() {
	case reflect.Pointer:
		verifyPointer(t, name, v, n)
	case reflect.String:
		if v.String() != fmt.Sprint("text ", *n) {
			t.Fatalf("%s: string %d reads %q", name, *n, v.String())
		}
		*n++
	case reflect.Interface:
		if v.NumMethod() == 0 {
			if v.IsNil() || int(v.Elem().Elem().Int()) != *n {
				t.Fatalf("%s: interface %d is lost", name, *n)
			}
			*n++
		}
	case reflect.Int, reflect.Int64, reflect.Int32:
		if v.Int() != 0x5555 {
			t.Fatalf("%s: number reads %#x", name, v.Int())
		}
	case reflect.Struct:
		for i := range v.NumField() {
			verify(t, name, v.Field(i), n)
		}
	case reflect.Array, reflect.Slice:
		if v.Kind() == reflect.Slice && !v.IsNil() {
			*n++
		}
		for i := range v.Len() {
			verify(t, name, v.Index(i), n)
		}
	case reflect.Map:
		if !v.IsNil() {
			*n++
		}
		for it := v.MapRange(); it.Next(); {
			verify(t, name, it.Value(), n)
		}
	}
}

func verifyPointer(t *testing.T, name string, v reflect.Value, n *int) {
	switch {
	case v.Type().Elem().Kind() == reflect.Int:
		if v.IsNil() || int(v.Elem().Int()) != *n {
			t.Fatalf("%s: pointer %d is lost", name, *n)
		}
		*n++
	case !v.IsNil():
		*n++
		verify(t, name, v.Elem(), n)
	}
}

func TestHeap(t *testing.T) {
	const src = `
type Item struct { Prio int; Name string }
type PQ []*Item
func (q PQ) Len() int
func (q PQ) Less(i, j int) bool
func (q PQ) Swap(i, j int)
func (q *PQ) Push(x any)
func (q *PQ) Pop() any
`
	type item struct {
		prio int
		name string
	}
	at := func(p unsafe.Pointer) *[]*item { return (*[]*item)(p) }
	f := world(t, src, map[string]body{
		"PQ.Len": func(p unsafe.Pointer, _ []reflect.Value) []reflect.Value { return values(len(*at(p))) },
		"PQ.Less": func(p unsafe.Pointer, a []reflect.Value) []reflect.Value {
			return values((*at(p))[a[0].Int()].prio < (*at(p))[a[1].Int()].prio)
		},
		"PQ.Swap": func(p unsafe.Pointer, a []reflect.Value) []reflect.Value {
			reflect.Swapper(*at(p))(int(a[0].Int()), int(a[1].Int()))
			return nil
		},
		"PQ.Push": func(p unsafe.Pointer, a []reflect.Value) []reflect.Value {
			*at(p) = append(*at(p), (*item)(a[0].Elem().UnsafePointer()))
			return nil
		},
		"PQ.Pop": func(p unsafe.Pointer, _ []reflect.Value) []reflect.Value {
			q := *at(p)
			last := q[len(q)-1]
			*at(p) = q[:len(q)-1]
			return []reflect.Value{reflect.ValueOf(last).Convert(reflect.TypeFor[any]())}
		},
	})
	q := reflect.New(f.typ("PQ")).Interface().(heap.Interface)
	for _, n := range []int{5, 2, 8, 1, 9} {
		it := reflect.New(f.typ("Item"))
		it.Elem().Field(0).SetInt(int64(n))
		heap.Push(q, it.Interface())
	}
	got := ""
	for q.Len() > 0 {
		got += fmt.Sprint(reflect.ValueOf(heap.Pop(q)).Elem().Field(0))
	}
	if got != "12589" {
		t.Error(got)
	}
}

func TestGob(t *testing.T) {
	f := world(t, "type Rec struct { Name string; Sub []Rec; M map[string]float64; hidden int }", nil)
	v := reflect.New(f.typ("Rec"))
	v.Elem().Field(0).SetString("x")
	v.Elem().Field(1).Set(reflect.MakeSlice(f.typ("[]Rec"), 2, 2))
	v.Elem().Field(2).Set(reflect.ValueOf(map[string]float64{"a": 1.5}))
	var b bytes.Buffer
	if err := gob.NewEncoder(&b).EncodeValue(v); err != nil {
		t.Fatal(err)
	}
	u := reflect.New(f.typ("Rec"))
	if err := gob.NewDecoder(&b).DecodeValue(u); err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(u.Interface(), v.Interface()) {
		t.Errorf("%v, want %v", u, v)
	}
}

func TestPanicThroughStub(t *testing.T) {
	sentinel := errors.New("from the method")
	f := world(t, "type T struct { a, b int }\nfunc (T) Error() string", map[string]body{
		"T.Error": func(unsafe.Pointer, []reflect.Value) []reflect.Value { panic(sentinel) },
	})
	defer func() {
		if r := recover(); r != sentinel {
			t.Errorf("recovered %v", r)
		}
	}()
	_ = reflect.Zero(f.typ("T")).Interface().(error).Error()
}
