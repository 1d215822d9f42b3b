package rtype

import (
	"fmt"
	"reflect"
	"runtime"
	"testing"
	"unsafe"
)

func pointerOf[T any](v T) unsafe.Pointer { return *(*unsafe.Pointer)(unsafe.Pointer(&v)) }

func TestMaps(t *testing.T) {
	testMap(t, MapFastStr, func(i int) string { return fmt.Sprint(i) })
	testMap(t, MapFast64, func(i int) int { return i })
	testMap(t, MapFast32, func(i int) rune { return rune(i) })
	testMap(t, MapFast64, func(i int) [2]int32 { return [2]int32{int32(i), 5} })
	testMap(t, MapSlow, func(i int) float64 { return float64(i) })
	testMap(t, MapSlow, func(i int) any { return i })
	testMap(t, MapSlow, func(i int) [40]int { return [40]int{39: i} })
	var ptrs [200]int
	testMap(t, MapFastPtr, func(i int) *int { return &ptrs[i] })
	testMap(t, MapSlow, func(i int) struct{ a, b string } { return struct{ a, b string }{"x", fmt.Sprint(i)} })
}

func testMap[K comparable](t *testing.T, mode MapMode, key func(int) K) {
	t.Helper()
	m := map[K]string{}
	mt := Word(reflect.TypeOf(m))
	if got := MapKind(mt); got != mode {
		t.Errorf("%T has mode %d, want %d", m, got, mode)
	}
	p := pointerOf(m)
	for i := range 200 {
		k := key(i)
		*(*string)(MapSet(mt, p, unsafe.Pointer(&k))) = fmt.Sprint("v", i)
	}
	for i := range 200 {
		k := key(i)
		if m[k] != fmt.Sprint("v", i) {
			t.Fatalf("%T: compiled code finds %q for %d", m, m[k], i)
		}
		if e := MapGet(mt, p, unsafe.Pointer(&k)); e == nil || *(*string)(e) != m[k] {
			t.Fatalf("%T: MapGet misses %d", m, i)
		}
		if i%2 == 0 {
			MapDelete(mt, p, unsafe.Pointer(&k))
		}
	}
	k := key(0)
	if MapLen(p) != 100 || len(m) != 100 || MapGet(mt, p, unsafe.Pointer(&k)) != nil || MapLen(nil) != 0 || MapGet(mt, nil, unsafe.Pointer(&k)) != nil {
		t.Errorf("%T: %d entries after deletion", m, MapLen(p))
	}
	MapDelete(mt, nil, unsafe.Pointer(&k))
	wantPanic(t, "assignment to entry in nil map", func() { MapSet(mt, nil, unsafe.Pointer(&k)) })
}

func wantPanic(t *testing.T, want string, f func()) {
	t.Helper()
	defer func() {
		t.Helper()
		e, ok := recover().(runtime.Error)
		if !ok || e.Error() != want {
			t.Errorf("panic %v, want %s", e, want)
		}
	}()
	f()
}

func TestUnhashableKey(t *testing.T) {
	m := map[any]int{}
	var k any = []int{}
	mt := Word(reflect.TypeOf(m))
	wantPanic(t, compiledPanic(func() { _ = m[k] }), func() { MapGet(mt, pointerOf(m), unsafe.Pointer(&k)) })
	wantPanic(t, compiledPanic(func() { m[k] = 1 }), func() { MapSet(mt, pointerOf(m), unsafe.Pointer(&k)) })
}

// compiledPanic is the text of f's panic.
func compiledPanic(f func()) (text string) {
	defer func() { text = recover().(error).Error() }()
	f()
	return "no panic"
}

func TestMemory(t *testing.T) {
	type rec struct {
		s string
		p *int
	}
	rt := Word(reflect.TypeFor[rec]())
	a, b := Alloc(rt), AllocArray(rt, 3)
	*(*rec)(a) = rec{"x", number(3)}
	Move(rt, unsafe.Add(b, Size(rt)), a)
	if !Equal(rt, a, unsafe.Add(b, Size(rt))) || Equal(rt, a, b) || !HasPointers(rt) || IsDirect(rt) || Align(rt) != 8 {
		t.Error("a copy differs")
	}
	Clear(rt, a)
	if !Equal(rt, a, b) {
		t.Error("a cleared value is not zero")
	}
	wantPanic(t, "runtime error: comparing uncomparable type []int", func() { Equal(Word(reflect.TypeFor[[]int]()), a, b) })
	s := []rec{{"a", nil}, {"b", number(1)}}
	p, l, c := GrowSlice(unsafe.Pointer(&s[0]), 3, 2, 1, rt)
	g := unsafe.Slice((*rec)(p), c)[:l]
	if l != 3 || c < 3 || g[1].s != "b" || *g[1].p != 1 || g[2] != (rec{}) {
		t.Errorf("grown to %v", g)
	}
	wantPanic(t, "runtime error: growslice: len out of range", func() { GrowSlice(nil, -1, 0, -1, rt) })
}

func TestLayout(t *testing.T) {
	fields := []Field{{8, reflect.TypeFor[string]()}, {40, reflect.TypeFor[any]()}, {64, reflect.TypeFor[[]int]()}, {0, reflect.TypeFor[int]()}}
	l := Layout(96, fields)
	if l != Layout(96, fields) || l == Layout(104, fields) || Size(l) != 96 || !HasPointers(l) {
		t.Error("layouts are not kept by content")
	}
	frames := make([]unsafe.Pointer, 100)
	for i := range frames {
		frames[i] = Alloc(l)
		*(*string)(unsafe.Add(frames[i], 8)) = fmt.Sprint("frame ", i)
		*(*any)(unsafe.Add(frames[i], 40)) = fmt.Sprint("any ", i)
		*(*[]int)(unsafe.Add(frames[i], 64)) = append([]int(nil), i, i)
		runtime.GC()
	}
	for i, f := range frames {
		if *(*string)(unsafe.Add(f, 8)) != fmt.Sprint("frame ", i) || *(*any)(unsafe.Add(f, 40)) != fmt.Sprint("any ", i) || (*(*[]int)(unsafe.Add(f, 64)))[1] != i {
			t.Fatalf("frame %d lost its values", i)
		}
	}
	if big := Layout(1<<20, []Field{{1<<20 - 8, reflect.TypeFor[*int]()}}); !HasPointers(big) {
		t.Error("no pointer in a big layout")
	} else {
		f := Alloc(big)
		*(**int)(unsafe.Add(f, 1<<20-8)) = number(77)
		runtime.GC()
		if **(**int)(unsafe.Add(f, 1<<20-8)) != 77 {
			t.Error("a pointer at the end of a big frame was lost")
		}
	}
	if p := Layout(16, nil); HasPointers(p) {
		t.Error("pointers in an empty layout")
	}
}

func TestItab(t *testing.T) {
	stringer := Word(reflect.TypeFor[fmt.Stringer]())
	rt := Word(reflect.TypeFor[reflect.Value]())
	tab := Itab(stringer, rt)
	v := reflect.ValueOf(5)
	iface := struct{ tab, data unsafe.Pointer }{tab, unsafe.Pointer(&v)}
	if got := (*(*fmt.Stringer)(unsafe.Pointer(&iface))).String(); got != "<int Value>" || ItabType(tab) != rt {
		t.Error(got)
	}
	if Itab(stringer, Word(reflect.TypeFor[int]())) != nil {
		t.Error("int is a Stringer")
	}
}

func TestAssertionError(t *testing.T) {
	f := world(t, "type T int\ntype U struct{ a int }", nil)
	T, U := f.typ("T"), f.typ("U")
	for _, c := range []struct {
		err  error
		want string
	}{
		{AssertionError(reflect.TypeFor[any](), T, U, ""), "interface conversion: interface {} is main.T, not main.U"},
		{AssertionError(reflect.TypeFor[any](), nil, U, ""), "interface conversion: interface {} is nil, not main.U"},
		{AssertionError(nil, U, reflect.TypeFor[error](), "Error"), "interface conversion: main.U is not error: missing method Error"},
	} {
		if _, ok := c.err.(*runtime.TypeAssertionError); !ok || c.err.Error() != c.want {
			t.Errorf("%v, want %s", c.err, c.want)
		}
	}
}

func TestMoveArray(t *testing.T) {
	stop := make(chan bool)
	done := make(chan bool)
	go func() { // with write barriers on, most of the time
		for {
			select {
			case <-stop:
				close(done)
				return
			default:
				runtime.GC()
			}
		}
	}()
	word := func(v any) unsafe.Pointer { return Word(reflect.TypeOf(v)) }
	for i := range 2000 {
		b := []byte("abcdefgh")
		MoveArray(word(b[0]), unsafe.Pointer(&b[1]), unsafe.Pointer(&b[0]), 7)
		s := []string{"x", fmt.Sprint(i), "z"}
		MoveArray(word(s[0]), unsafe.Pointer(&s[0]), unsafe.Pointer(&s[1]), 2)
		if string(b) != "aabcdefg" || s[0] != fmt.Sprint(i) || s[1] != "z" {
			t.Fatal(string(b), s)
		}
		MoveArray(word(b[0]), nil, nil, 0)
	}
	close(stop)
	<-done
}

func TestMapAccess(t *testing.T) {
	m := NewMap(Word(reflect.TypeFor[map[string]int]()))
	h := m.Make(10)
	for _, k := range []string{"a", "b", "a"} {
		*(*int)(m.Set(h, unsafe.Pointer(&k)))++
	}
	k := "a"
	if got := *(*map[string]int)(unsafe.Pointer(&h)); got["a"] != 2 || got["b"] != 1 || *(*int)(m.Get(h, unsafe.Pointer(&k))) != 2 {
		t.Error(got)
	}
}

var opaque unexported = hasPrivate{}

func TestItabSlot(t *testing.T) {
	tab := Itab(Word(reflect.TypeFor[unexported]()), Word(reflect.TypeFor[hasPrivate]()))
	var v hasPrivate
	if got := opaque.private(); got != "p" { // a call, or the linker drops the method
		t.Error(got)
	}
	slot := ItabSlot(tab, 1)
	if f := *(*func(*hasPrivate) string)(unsafe.Pointer(&slot)); f(&v) != "p" || *(*unsafe.Pointer)(slot) != ItabFun(tab, 1) {
		t.Error("slot 1 does not hold method 1")
	}
}
