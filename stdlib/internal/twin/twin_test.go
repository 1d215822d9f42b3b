package twin

import (
	"cmp"
	"math"
	"reflect"
	"runtime"
	"slices"
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

func TestStableOrder(t *testing.T) {
	for n := range 70 {
		keys := make([]int, n)
		for i := range keys {
			keys[i] = i * i * 31 % 7
		}
		want := make([]int, n)
		for i := range want {
			want[i] = i
		}
		slices.SortStableFunc(want, func(i, j int) int { return keys[i] - keys[j] })
		if got := StableOrder(n, func(i, j int) bool { return keys[i] < keys[j] }); !slices.Equal(got, want) {
			t.Errorf("%v sorts as %v, want %v", keys, got, want)
		}
	}
}

// Every ordered type is sorted by its kind.
func TestSort(t *testing.T) {
	sortsAs(t, []int{3, 1, 2})
	sortsAs(t, []int8{3, -1, 2})
	sortsAs(t, []int16{3, -1, 2})
	sortsAs(t, []int32{3, -1, 2})
	sortsAs(t, []int64{3, -1, 2})
	sortsAs(t, []uint{3, 1, 2})
	sortsAs(t, []uint8{3, 1, 200})
	sortsAs(t, []uint16{3, 1, 60000})
	sortsAs(t, []uint32{3, 1, 2})
	sortsAs(t, []uint64{3, 1, 1 << 63})
	sortsAs(t, []uintptr{3, 1, 2})
	sortsAs(t, []float32{3, float32(math.NaN()), -1, 2})
	sortsAs(t, []float64{3, math.NaN(), -1, math.Inf(-1)})
	sortsAs(t, []string{"b", "", "a"})
	sortsAs(t, []time.Duration{})
}

func sortsAs[T cmp.Ordered](t *testing.T, s []T) {
	t.Helper()
	want := slices.Sorted(slices.Values(s))
	Sort(reflect.TypeFor[T]().Kind(), unsafe.Pointer(unsafe.SliceData(s)), len(s))
	if !slices.EqualFunc(s, want, func(a, b T) bool { return cmp.Compare(a, b) == 0 }) {
		t.Errorf("%T sorted to %v, want %v", s, s, want)
	}
}
