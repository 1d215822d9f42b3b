package twin

import (
	"math"
	"reflect"
	"runtime"
	"testing"
	"time"
	"unsafe"
)

type big struct{ data [64]int }

// eventually collects garbage until ok.
func eventually(ok func() bool) bool {
	for range 200 {
		if runtime.GC(); ok() {
			return true
		}
		time.Sleep(time.Millisecond)
	}
	return false
}

func TestWeakDies(t *testing.T) {
	p := &big{}
	w := MakeWeak(unsafe.Pointer(p))
	if w.Value() != unsafe.Pointer(p) || w != MakeWeak(unsafe.Pointer(p)) || w == MakeWeak(nil) {
		t.Error("a weak pointer to a living object does not give it")
	}
	runtime.KeepAlive(p)
	if !eventually(func() bool { return w.Value() == nil }) {
		t.Error("a weak pointer keeps its object alive")
	}
}

func TestCanonicalForgets(t *testing.T) {
	typ := reflect.TypeFor[*big]()
	one := func(v int) *big { b := &big{}; b.data[0] = v; return b }
	get := func(v int) *big { b := one(v); return (*big)(Canonical(typ, *b, unsafe.Pointer(b))) }
	a := get(1)
	if a != get(1) || a == get(2) {
		t.Error("values and pointers do not correspond")
	}
	if n := reflect.TypeFor[*[512]byte](); Canonical(n, *a, unsafe.Pointer(one(1))) == unsafe.Pointer(a) {
		t.Error("values of two types share a pointer")
	}
	runtime.KeepAlive(a)
	if !eventually(func() bool { canonical.mu.Lock(); defer canonical.mu.Unlock(); return len(canonical.all) == 0 }) {
		t.Errorf("%d values are kept for ever", len(canonical.all))
	}
	nan := math.NaN()
	if p := new(float64); Canonical(reflect.TypeOf(p), nan, unsafe.Pointer(p)) != unsafe.Pointer(p) || len(canonical.all) != 0 {
		t.Error("NaN is kept")
	}
}

// The cleanup keeps neither the object nor, in the arguments, an interface
// without a value from running.
func TestAddCleanup(t *testing.T) {
	done := make(chan error, 2)
	p := &big{}
	AddCleanup(unsafe.Pointer(p), func(err error) { done <- err }, nil)
	stopped := AddCleanup(unsafe.Pointer(p), func(err error) { t.Error("a stopped cleanup ran") }, nil)
	stopped.Stop()
	runtime.KeepAlive(p)
	if !eventually(func() bool { return len(done) == 1 }) {
		t.Error("no cleanup")
	}
}
