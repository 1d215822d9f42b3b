//go:build linux && amd64

package loader

import (
	"os"
	"reflect"
	"strings"
	"sync/atomic"
	"testing"
	"unsafe"

	"github.com/sheaf-go/sheaf/interp/internal/objfile/objtest"
)

// TestPacked loads a small object often, beside code of its own kind that runs:
// it takes little memory each time, and no memory of its own with the system.
func TestPacked(t *testing.T) {
	const loads = 400
	o := objtest.Compile(t, "package main\nvar n = 7\nvar p = &n\nfunc Get(x int) int { return *p + x }\n", "")
	h, err := OpenHost()
	if err != nil {
		t.Fatal(err)
	}
	load := func() (*Module, func(int) int) {
		m, err := h.Load(o, []string{"main.Get"}, &world{types: map[string]reflect.Type{"int": reflect.TypeFor[int](), "*int": reflect.TypeFor[*int]()}})
		if err != nil {
			t.Fatal(err)
		}
		fv := m.Func("main.Get")
		return m, *(*func(int) int)(unsafe.Pointer(&fv))
	}
	first, get := load()
	var over atomic.Bool
	ended := make(chan int)
	go func() {
		sum := 0
		for !over.Load() {
			sum |= get(0)
		}
		ended <- sum
	}()
	before := mappings(t)
	var all []func(int) int
	for range loads {
		_, f := load()
		all = append(all, f)
	}
	after := mappings(t)
	over.Store(true)
	if got := <-ended; got != 7 {
		t.Errorf("what ran beside brought %d, want 7", got)
	}
	for i, f := range all {
		if got := f(i); got != 7+i {
			t.Fatalf("load %d: %d, want %d", i, got, 7+i)
		}
	}
	if size := first.Size(); size > 3<<10 {
		t.Errorf("a load takes %d bytes, want less than a page", size)
	}
	if after-before > loads/10 {
		t.Errorf("%d loads take %d mappings", loads, after-before)
	}
}

// mappings is how many pieces of memory with a protection of their own the
// process has.
func mappings(t *testing.T) int {
	b, err := os.ReadFile("/proc/self/maps")
	if err != nil {
		t.Fatal(err)
	}
	return strings.Count(string(b), "\n")
}
