// Command generics uses every package that exports generic declarations. The
// test runs it twice: as it stands, and with the source that cells run in
// place of the packages named g_….
package main

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"hash"
	"hash/maphash"
	"io/fs"
	"math"
	"reflect"
	"runtime"
	"strings"
	"time"

	g_cmp "cmp"
	g_hkdf "crypto/hkdf"
	g_pbkdf2 "crypto/pbkdf2"
	g_sql "database/sql"
	g_errors "errors"
	g_maphash "hash/maphash"
	g_iter "iter"
	g_maps "maps"
	g_rand "math/rand/v2"
	g_reflect "reflect"
	g_runtime "runtime"
	g_slices "slices"

	g_show "github.com/sheaf-go/sheaf/notebooks/show"
	g_sync "sync"
	g_atomic "sync/atomic"
	g_unique "unique"
	g_weak "weak"

	g_arrow "github.com/apache/arrow/go/v17/arrow"
)

func main() {
	for _, part := range []func(){
		ordered, algorithms, mapped, pulled, once, pointers, handles, weakly, cleaned, reflected, hashed, keys, nulls, random, asType, columns,
	} {
		part()
	}
}

// try shows how f panics.
func try(what string, f func()) {
	defer func() {
		if r := recover(); r != nil {
			fmt.Printf("%s: panic: %v\n", what, r)
		}
	}()
	f()
}

func ordered() {
	nan := math.NaN()
	fmt.Println(g_cmp.Compare(1, 2), g_cmp.Compare("b", "a"), g_cmp.Compare(nan, 1), g_cmp.Less(nan, 0), g_cmp.Or("", "x", "y"))
}

func algorithms() {
	s := []int{}
	for i := range 300 {
		s = append(s, i*7919%311)
	}
	g_slices.Sort(s)
	fmt.Println(g_show.Each(s) == nil) // its bar is drawn when it is gone through
	fmt.Println(s[:5], g_slices.IsSorted(s), g_slices.Index(s, 100), g_slices.Max(s), g_slices.Contains(s, -1))
	i, found := g_slices.BinarySearch(s, 200)
	fmt.Println(i, found, g_slices.Insert([]int{1, 5}, 1, 2, 3), g_slices.Delete([]int{1, 2, 3, 4}, 1, 3), g_slices.Compact([]int{1, 1, 2, 2, 1}))
	type level int8
	levels := []level{3, -1, 2}
	g_slices.Sort(levels)
	floats := []float64{2, math.NaN(), math.Inf(-1)}
	g_slices.Sort(floats)
	fmt.Println(levels, floats, g_slices.Sorted(g_maps.Keys(map[string]int{"b": 1, "a": 2})))
	pairs := [][2]int{}
	for i := range 500 {
		pairs = append(pairs, [2]int{i * 7919 % 13, i})
	}
	unstable := g_slices.Clone(pairs)
	calls := 0
	g_slices.SortFunc(unstable, func(a, b [2]int) int { calls++; return a[0] - b[0] })
	g_slices.SortStableFunc(pairs, func(a, b [2]int) int { return a[0] - b[0] })
	fmt.Println(unstable, calls, pairs)
	g_slices.Sort([]int(nil))
	g_slices.SortStableFunc([]int(nil), func(a, b int) int { return 0 })
	words := strings.Fields("delta alpha charlie bravo echo delta")
	g_slices.SortStableFunc(words, func(a, b string) int { return g_cmp.Compare(len(a), len(b)) })
	fmt.Println(words, g_slices.Repeat([]int{1, 2}, 3), g_slices.Concat([]int{1}, []int{2, 3}))
	for c := range g_slices.Chunk([]int{1, 2, 3, 4, 5}, 2) {
		fmt.Print(c, " ")
	}
	fmt.Println(g_slices.Replace([]int{1, 2, 3, 4}, 1, 3, 9, 9, 9))
	s = append(s[:20], 5, 3, 1)
	g_slices.Reverse(s)
	fmt.Println(s, g_slices.Equal([]float64{math.NaN()}, []float64{math.NaN()}))
	try("slices.Max", func() { g_slices.Max([]int{}) })
	try("slices.Insert", func() { g_slices.Insert([]int{1}, 5, 1) })
}

func mapped() {
	m := map[string]int{"a": 1, "b": 2, "c": 3}
	c := g_maps.Clone(m)
	g_maps.DeleteFunc(c, func(_ string, v int) bool { return v == 2 })
	fmt.Println(len(m), c, g_maps.Equal(m, c), g_maps.Clone(map[int]int(nil)) == nil)
	fmt.Println(g_slices.Sorted(func(yield func(string) bool) { g_maps.Keys(m)(yield) }))
}

func count(yield func(int) bool) {
	for i := 0; yield(i); i++ {
		if i == 3 {
			return
		}
	}
	fmt.Println("stopped")
}

func pulled() {
	next, stop := g_iter.Pull(count)
	for v, ok := next(); ok; v, ok = next() {
		fmt.Print(v, " ")
	}
	fmt.Println(next())
	stop()
	next, stop = g_iter.Pull(count)
	fmt.Println(next())
	stop()
	stop()
	fmt.Println(next())
	next2, stop2 := g_iter.Pull2(func(yield func(string, int) bool) { _ = yield("a", 1) && yield("b", 2) })
	fmt.Println(next2())
	fmt.Println(next2())
	fmt.Println(next2())
	stop2()
	next, _ = g_iter.Pull(func(yield func(int) bool) { yield(1); panic("late") })
	fmt.Println(next())
	try("next", func() { next() })
	fmt.Println(next())
	_, stop = g_iter.Pull(func(func(int) bool) { fmt.Println("never") })
	stop()
	goexits()
}

// goexits shows that a sequence that ends its goroutine ends that of next.
func goexits() {
	done := make(chan string)
	go func() {
		end := "ended"
		defer func() { done <- end }()
		next, _ := g_iter.Pull(func(func(int) bool) { runtime.Goexit() })
		next()
		end = "went on"
	}()
	fmt.Println(<-done)
}

func once() {
	n := 0
	f := g_sync.OnceValue(func() int { n++; return n })
	fmt.Println(f(), f(), n)
	g := g_sync.OnceValues(func() (int, error) { panic("no") })
	try("OnceValues", func() { g() })
	try("OnceValues", func() { g() })
}

func pointers() {
	var p g_atomic.Pointer[string]
	a, b := "a", "b"
	fmt.Println(p.Load() == nil, p.CompareAndSwap(nil, &a), p.CompareAndSwap(&b, &a), *p.Swap(&b), *p.Load())
}

func handles() {
	type point struct{ x, y int }
	a, b, c := g_unique.Make(point{1, 2}), g_unique.Make(point{1, 2}), g_unique.Make(point{2, 1})
	fmt.Println(a == b, a == c, a.Value(), g_unique.Make("x").Value())
	e := g_unique.Make[error](nil)
	fmt.Println(e.Value(), e == g_unique.Make[error](nil), g_unique.Make(math.NaN()) == g_unique.Make(math.NaN()))
	try("zero Handle", func() { g_unique.Handle[int]{}.Value() })
}

func weakly() {
	type big struct{ data [64]int }
	v := &big{}
	v.data[5] = 7
	w := g_weak.Make(v)
	fmt.Println(w.Value().data[5], w == g_weak.Make(v), w == g_weak.Make(new(big)), g_weak.Make[int](nil).Value())
	runtime.KeepAlive(v)
	fmt.Println(w == g_weak.Pointer[big]{}, g_weak.Pointer[big]{}.Value())
}

func cleaned() {
	type big struct{ data [64]int }
	done := make(chan string, 2)
	func() {
		v := &big{}
		g_runtime.AddCleanup(v, func(s string) { done <- s }, "cleaned")
		g_runtime.AddCleanup(v, func(s string) { done <- s }, "never").Stop()
		runtime.KeepAlive(v)
	}()
	for range 100 {
		runtime.GC()
		select {
		case s := <-done:
			fmt.Println(s)
			v := &big{}
			try("AddCleanup", func() { g_runtime.AddCleanup(v, func(*big) {}, v) })
			try("AddCleanup", func() { g_runtime.AddCleanup[int](nil, func(int) {}, 1) })
			return
		case <-time.After(time.Millisecond):
		}
	}
	fmt.Println("never cleaned")
}

func reflected() {
	fmt.Println(g_reflect.TypeFor[error](), g_reflect.TypeFor[map[string]int]())
	fmt.Println(g_reflect.TypeAssert[int](reflect.ValueOf(3)))
	fmt.Println(g_reflect.TypeAssert[fmt.Stringer](reflect.ValueOf(3)))
	fmt.Println(g_reflect.TypeAssert[fmt.Stringer](reflect.ValueOf(time.Second)))
	var err error = errors.New("e")
	fmt.Println(g_reflect.TypeAssert[error](reflect.ValueOf(&err).Elem()))
	try("TypeAssert", func() { g_reflect.TypeAssert[int](reflect.Value{}) })
	try("TypeAssert", func() { g_reflect.TypeAssert[int](reflect.ValueOf(struct{ x int }{1}).Field(0)) })
}

func hashed() {
	seed := maphash.MakeSeed()
	fmt.Println(g_maphash.Comparable(seed, "a") == g_maphash.Comparable(seed, "a"), g_maphash.Comparable(seed, 1) == g_maphash.Comparable(seed, 2))
	var a, b maphash.Hash
	b.SetSeed(a.Seed())
	g_maphash.WriteComparable(&a, struct{ x, y int }{1, 2})
	g_maphash.WriteComparable(&b, struct{ x, y int }{1, 2})
	fmt.Println(a.Sum64() == b.Sum64())
	try("Comparable", func() { g_maphash.Comparable[any](seed, []int{1}) })
}

func keys() {
	k, err := g_hkdf.Key(sha256.New, []byte("secret"), []byte("salt"), "info", 20)
	fmt.Printf("%x %v\n", k, err)
	prk, err := g_hkdf.Extract(sha256.New, []byte("secret"), nil)
	fmt.Printf("%x %v\n", prk, err)
	_, err = g_hkdf.Expand(func() hash.Hash { return sha256.New() }, prk, "", 1<<20)
	fmt.Println(err)
	k, err = g_pbkdf2.Key(sha256.New, "password", []byte("salt"), 1000, 16)
	fmt.Printf("%x %v\n", k, err)
}

func nulls() {
	var n g_sql.Null[int64]
	err := n.Scan("12")
	fmt.Println(err, n)
	err = n.Scan(nil)
	fmt.Println(err, n)
	fmt.Println(n.Scan("twelve"))
	n.V, n.Valid = 4, true
	fmt.Println(n.Value())
	var s g_sql.Null[string]
	fmt.Println(s.Scan(time.Unix(0, 0).UTC()), s)
	fmt.Println(g_sql.Null[chan int]{Valid: true}.Value())
}

func random() {
	ok := true
	for range 1000 {
		if v := g_rand.N(10 * time.Second); v < 0 || v >= 10*time.Second {
			ok = false
		}
	}
	fmt.Println(ok)
	try("rand.N", func() { g_rand.N(0) })
}

func asType() {
	err := fmt.Errorf("open: %w", errors.Join(errors.New("x"), &fs.PathError{Op: "read", Path: "p", Err: fs.ErrExist}))
	pe, ok := g_errors.AsType[*fs.PathError](err)
	fmt.Println(pe, ok)
	_, ok = g_errors.AsType[*fs.PathError](errors.New("none"))
	fmt.Println(ok)
}

func columns() {
	b := g_arrow.GetBytes([]int32{1, 2, 1 << 20})
	fmt.Println(b, g_arrow.GetData[int16](b), g_arrow.GetDataType[string](), g_arrow.GetType[float32]())
}
