package rtype

import (
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"sort"
	"strings"
	"testing"
	"text/template"
	"unsafe"
)

const people = `
type P struct { Name string; Age int; secret int }
func (p P) String() string
func (p *P) Grow(by int) int
type MyErr struct { Code int }
func (e *MyErr) Error() string
type List []int
func (l List) Len() int
func (l List) Less(i, j int) bool
func (l List) Swap(i, j int)
type Node struct { Val int; Next *Node; Kids []*Node; By map[string]Node; F func(*Node) Node }
type Fn func(Fn) Fn
type Box[T any] struct { V T; L []Box[T] }
func (b Box[T]) String() string
type Emb struct { P; Extra string }
type EmbPtr struct { *P }
type Celsius float64
func (c Celsius) MarshalText() ([]byte, error)
`

type person struct {
	Name   string
	Age    int
	secret int
}

func peopleBodies() map[string]body {
	return map[string]body{
		"P.String": func(p unsafe.Pointer, _ []reflect.Value) []reflect.Value {
			return values("<" + (*person)(p).Name + ">")
		},
		"P.Grow": func(p unsafe.Pointer, args []reflect.Value) []reflect.Value {
			(*person)(p).Age += int(args[0].Int())
			return values((*person)(p).Age)
		},
		"MyErr.Error": func(p unsafe.Pointer, _ []reflect.Value) []reflect.Value {
			return values(fmt.Sprint("code ", *(*int)(p)))
		},
		"List.Len": func(p unsafe.Pointer, _ []reflect.Value) []reflect.Value { return values(len(*(*[]int)(p))) },
		"List.Less": func(p unsafe.Pointer, a []reflect.Value) []reflect.Value {
			l := *(*[]int)(p)
			return values(l[a[0].Int()] < l[a[1].Int()])
		},
		"List.Swap": func(p unsafe.Pointer, a []reflect.Value) []reflect.Value {
			reflect.Swapper(*(*[]int)(p))(int(a[0].Int()), int(a[1].Int()))
			return nil
		},
		"Box.String": func(p unsafe.Pointer, _ []reflect.Value) []reflect.Value { return values("box") },
		"Celsius.MarshalText": func(p unsafe.Pointer, _ []reflect.Value) []reflect.Value {
			return []reflect.Value{reflect.ValueOf([]byte(fmt.Sprintf("%g°C", *(*float64)(p)))), reflect.Zero(reflect.TypeFor[error]())}
		},
	}
}

func newPerson(f *fixture, name string, age int) reflect.Value {
	v := reflect.New(f.typ("P"))
	*(*person)(v.UnsafePointer()) = person{name, age, 7}
	return v
}

func TestPrinting(t *testing.T) {
	f := world(t, people, peopleBodies())
	p := newPerson(f, "Ann", 30)
	list := reflect.Append(reflect.MakeSlice(f.typ("[]P"), 0, 1), p.Elem())
	m := reflect.MakeMap(f.typ("map[P]*P"))
	m.SetMapIndex(p.Elem(), p)
	for _, c := range []struct {
		format string
		v      any
		want   string
	}{
		{"%T", p.Elem().Interface(), "main.P"},
		{"%T", p.Interface(), "*main.P"},
		{"%v", p.Elem().Interface(), "<Ann>"},
		{"%v", p.Interface(), "<Ann>"},
		{"%v", list.Interface(), "[<Ann>]"},
		{"%T", m.Interface(), "map[main.P]*main.P"},
		{"%v", m.Interface(), "map[<Ann>:<Ann>]"},
		{"%T", reflect.Zero(f.typ("Box[map[string]P]")).Interface(), "main.Box[map[string]main.P]"},
		{"%v", reflect.Zero(f.typ("Box[int]")).Interface(), "box"},
		{"%T", reflect.Zero(f.typ("struct{P; X int}")).Interface(), "struct { main.P; X int }"},
		{"%+v", reflect.Zero(f.typ("Node")).Interface(), "{Val:0 Next:<nil> Kids:[] By:map[] F:<nil>}"},
	} {
		if got := fmt.Sprintf(c.format, c.v); got != c.want {
			t.Errorf("Sprintf(%q) = %q, want %q", c.format, got, c.want)
		}
	}
}

func TestJSON(t *testing.T) {
	f := world(t, people, peopleBodies())
	e := reflect.New(f.typ("Emb"))
	if err := json.Unmarshal([]byte(`{"Name":"Bo","Age":4,"Extra":"x","secret":9}`), e.Interface()); err != nil {
		t.Fatal(err)
	}
	out, err := json.Marshal(e.Interface())
	if want := `{"Name":"Bo","Age":4,"Extra":"x"}`; string(out) != want || err != nil {
		t.Errorf("json.Marshal = %s, %v, want %s", out, err, want)
	}
	c := reflect.New(f.typ("[]Celsius"))
	c.Elem().Set(reflect.Append(c.Elem(), reflect.ValueOf(21.5).Convert(f.typ("Celsius"))))
	if out, err := json.Marshal(c.Interface()); string(out) != `["21.5°C"]` || err != nil {
		t.Errorf("json.Marshal = %s, %v", out, err)
	}
}

func TestErrorsAs(t *testing.T) {
	f := world(t, people, peopleBodies())
	e := reflect.New(f.typ("MyErr"))
	e.Elem().Field(0).SetInt(42)
	err := fmt.Errorf("wrapped: %w", e.Interface().(error))
	target := reflect.New(f.typ("*MyErr"))
	if !errors.As(err, target.Interface()) || target.Elem().Pointer() != e.Pointer() {
		t.Error("errors.As did not find the value")
	}
	if err.Error() != "wrapped: code 42" {
		t.Error(err)
	}
}

func TestSort(t *testing.T) {
	f := world(t, people, peopleBodies())
	l := reflect.ValueOf([]int{5, 2, 9, 1}).Convert(f.typ("List"))
	sort.Sort(l.Interface().(sort.Interface))
	if got := fmt.Sprint(l); got != "[1 2 5 9]" {
		t.Error(got)
	}
}

func TestTemplate(t *testing.T) {
	f := world(t, people, peopleBodies())
	var b strings.Builder
	p := newPerson(f, "Cy", 1)
	tmpl := template.Must(template.New("").Parse(`{{.Name}} {{.String}} {{.Grow 4}} {{.Age}}`))
	if err := tmpl.Execute(&b, p.Interface()); err != nil || b.String() != "Cy <Cy> 5 5" {
		t.Error(b.String(), err)
	}
}

func TestEmbedding(t *testing.T) {
	f := world(t, people, peopleBodies())
	e := reflect.New(f.typ("Emb"))
	*(*person)(e.UnsafePointer()) = person{Name: "Di"}
	if got := fmt.Sprint(e.Interface()); got != "<Di>" {
		t.Error(got)
	}
	if got := fmt.Sprint(e.Elem().Interface()); got != "<Di>" {
		t.Error(got)
	}
	ep := reflect.New(f.typ("EmbPtr"))
	ep.Elem().Field(0).Set(newPerson(f, "Ed", 3))
	if got := fmt.Sprint(ep.Elem().Interface()); got != "<Ed>" {
		t.Error(got)
	}
	if got := ep.Elem().Interface().(interface{ Grow(int) int }).Grow(2); got != 5 {
		t.Error(got)
	}
}

func TestReflectMethods(t *testing.T) {
	f := world(t, people, peopleBodies())
	p := newPerson(f, "Flo", 8)
	rt := p.Type()
	if rt.NumMethod() != 2 || rt.Elem().NumMethod() != 1 {
		t.Fatalf("%d and %d methods", rt.NumMethod(), rt.Elem().NumMethod())
	}
	if got := rt.Method(0).Func.Call([]reflect.Value{p, reflect.ValueOf(2)})[0].Int(); got != 10 {
		t.Error(got)
	}
	m, _ := rt.Elem().MethodByName("String")
	if got := m.Func.Call([]reflect.Value{p.Elem()})[0].String(); got != "<Flo>" {
		t.Error(got)
	}
	defer func() {
		want := "value method main.P.String called using nil *P pointer"
		if e, ok := recover().(error); !ok || e.Error() != want {
			t.Errorf("panic %v, want %s", e, want)
		}
	}()
	_ = reflect.Zero(rt).Interface().(fmt.Stringer).String()
}

// TestDirect calls methods of types that an interface holds in its data word.
func TestDirect(t *testing.T) {
	const src = `
type D struct { _ struct{}; p *int }
func (D) Get() int
func (*D) Ptr() int
type A [1]*int
func (A) Get() int
type F func() int
func (F) Get() int
type M map[string]int
func (M) Get() int
type C chan int
func (C) Get() int
type W struct { D }
`
	at := func(p unsafe.Pointer, _ []reflect.Value) []reflect.Value { return values(**(**int)(p)) }
	f := world(t, src, map[string]body{
		"D.Get": at, "D.Ptr": at, "A.Get": at,
		"F.Get": func(p unsafe.Pointer, _ []reflect.Value) []reflect.Value { return values((*(*func() int)(p))()) },
		"M.Get": func(p unsafe.Pointer, _ []reflect.Value) []reflect.Value { return values((*(*map[string]int)(p))["k"]) },
		"C.Get": func(p unsafe.Pointer, _ []reflect.Value) []reflect.Value { return values(<-*(*chan int)(p)) },
	})
	c := make(chan int, 20)
	for range 20 {
		c <- 7
	}
	n := 7
	for name, v := range map[string]any{"D": &n, "A": &n, "W": &n, "F": func() int { return 7 }, "M": map[string]int{"k": 7}, "C": c} {
		rt := f.typ(name)
		if !IsDirect(Word(rt)) {
			t.Errorf("%s is not direct", rt)
		}
		p := reflect.New(rt)
		*(*unsafe.Pointer)(p.UnsafePointer()) = (*eface)(unsafe.Pointer(&v)).data
		if got := p.Elem().Interface().(interface{ Get() int }).Get(); got != 7 {
			t.Errorf("%s.Get() = %d", name, got)
		}
		if got := p.Interface().(interface{ Get() int }).Get(); got != 7 {
			t.Errorf("(*%s).Get() = %d", name, got)
		}
		if got := rt.Method(0).Func.Call([]reflect.Value{p.Elem()})[0].Int(); got != 7 {
			t.Errorf("%s.Get(v) = %d", name, got)
		}
		if got := p.MethodByName("Get").Call(nil)[0].Int(); got != 7 {
			t.Errorf("reflect: (*%s).Get() = %d", name, got)
		}
	}
}
