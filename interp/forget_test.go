package interp_test

import (
	"context"
	"fmt"
	"math"
	"runtime"
	"slices"
	"testing"
	"time"
	"weak"

	"github.com/sheaf-go/sheaf/interp"
	"github.com/sheaf-go/sheaf/notebooks/show"
)

// heap is what is alive, in bytes.
func heap() float64 {
	runtime.GC()
	runtime.GC() // what has a finalizer takes two
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return float64(m.HeapAlloc)
}

// TestLongSession looks at what a cell leaves behind in a session that has run
// many like it: that is there each time one looks, while memory of tests before
// this one, whose sessions end by and by, comes and goes.
func TestLongSession(t *testing.T) {
	const cells = 800 // caches are bounded, and full after as many
	for _, kind := range []struct {
		name  string
		bytes float64 // of memory, for each cell
		cell  func(i int) string
	}{
		{"an expression", 60, func(i int) string { return fmt.Sprintf("%d * len(xs)", i) }},
		{"statements", 60, func(i int) string { return fmt.Sprintf("for i := range 3 {\n\txs[i] += %d\n}", i) }},
		{"a mistake", 180, func(i int) string { return fmt.Sprintf("var q%d int = undefined", i) }},
		{"a function literal", 300, func(i int) string {
			return fmt.Sprintf("sort.Slice(xs, func(i, j int) bool { return xs[i] < xs[j] + %d })", i)
		}},
		{"a variable", 300, func(i int) string { return fmt.Sprintf("y := map[string]int{\"a\": %d}", i) }},
		{"a variable of a new type", 450, func(i int) string { return fmt.Sprintf("z := struct{ X%d int }{}", i) }},
		{"a function", 300, func(i int) string { return fmt.Sprintf("func f(x int) int { return x + %d }\nf(1)", i) }},
		{"a type again", 200, func(i int) string {
			return fmt.Sprintf("type T struct{ A int }\nfunc (t T) M() int { return t.A + %d }\nT{}.M()", i)
		}},
	} {
		s := session(t, "xs := []int{3, 1, 2}")
		run := func(from, to int) {
			for i := from; i < to; i++ {
				s.Execute(context.Background(), show.Cell{Source: kind.cell(i), Count: i + 2}, silent{})
			}
		}
		run(0, cells)
		got := math.Inf(1)
		for window := 1; window <= 3 && got > kind.bytes; window++ {
			before := heap()
			run(window*cells, (window+1)*cells)
			got = min(got, (heap()-before)/cells)
		}
		t.Logf("%s leaves %.0f bytes", kind.name, got)
		if got > kind.bytes {
			t.Errorf("%s leaves %.0f bytes, want at most %.0f", kind.name, got, kind.bytes)
		}
		runtime.KeepAlive(s)
	}
}

// TestFreed sees the memory of variables go that nothing can reach any more,
// and of no others.
func TestFreed(t *testing.T) {
	const big = "make([]byte, 64<<20)"
	for _, test := range []struct {
		name  string
		cells []string
		freed bool
		last  string // shows that what is kept is what it was
	}{
		{"still there", []string{"x := " + big}, false, "len(x)"},
		{"another type", []string{"x := " + big, `x := "a"`}, true, "x"},
		{"forgotten", []string{"x := " + big, "%reset"}, true, "1"},
		{"used by what is left behind", []string{"x := " + big, "func f() int { return cap(x) }", `x := "a"`}, false, "f()"},
		{"used by a closure", []string{"x := " + big, "f := func() int { return len(x[:7]) }", `x := "a"`}, false, "f()"},
		{"used through an address", []string{"x := " + big, "p := &x", `x := "a"`}, false, "len(*p)"},
	} {
		s := session(t)
		var r show.Result
		var seen values
		for i, src := range append(test.cells, "0", test.last) {
			r = s.Execute(context.Background(), show.Cell{Source: src, Count: i + 1}, silent{})
			if r.Err != nil {
				t.Fatalf("%s: %q: %v", test.name, src, r.Err)
			}
			seen.note(s)
		}
		if got := seen.freed(test.freed); got != test.freed {
			t.Errorf("%s: freed is %t, want %t", test.name, got, test.freed)
		}
		runtime.KeepAlive(s)
	}
}

// values are the arrays that a session's variable x has had, and do not keep
// them.
type values []weak.Pointer[byte]

// note adds what x holds now, if it is bytes.
func (v *values) note(s *interp.Session) {
	x, _ := s.Lookup("x")
	if b, ok := x.([]byte); ok {
		*v = append(*v, weak.Make(&b[0]))
	}
}

// freed reports whether none of them is left; where that is expected it waits
// for what finds out beside the collector.
func (v values) freed(expected bool) bool {
	if len(v) == 0 {
		return !expected // x never was what the test is about
	}
	for began := time.Now(); ; time.Sleep(10 * time.Millisecond) {
		runtime.GC()
		runtime.GC() // what has a finalizer takes two
		gone := !slices.ContainsFunc(v, func(p weak.Pointer[byte]) bool { return p.Value() != nil })
		if gone || !expected || time.Since(began) > 10*time.Second {
			return gone
		}
	}
}
