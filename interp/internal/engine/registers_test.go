package engine_test

import (
	"reflect"
	"testing"

	"github.com/sheaf-go/sheaf/interp/internal/engine"
	"github.com/sheaf-go/sheaf/stdlib"
)

// TestRegisters counts the functions and methods that a cell can import, and
// the functions that they take, which have a form in shapes_gen.go.
func TestRegisters(t *testing.T) {
	if !engine.HasRegs {
		t.Skip("no registers on this architecture")
	}
	var calls, fast, taken, thunks int
	count := func(ft reflect.Type, method bool) {
		calls++
		if engine.ByRegisters(ft, method) {
			fast++
		}
		for i := range ft.NumIn() {
			if p := ft.In(i); p.Kind() == reflect.Func {
				taken++
				if engine.HasThunk(p) {
					thunks++
				}
			}
		}
	}
	lib := stdlib.Library()
	for _, path := range lib.Paths() {
		for _, v := range lib.Symbols(path) {
			switch st := v.Type(); {
			case v.CanAddr():
			case st.Kind() == reflect.Func:
				count(st, false)
			case st.Kind() == reflect.Pointer && st.Elem().Kind() != reflect.Interface:
				for i := range st.NumMethod() {
					count(st.Method(i).Type, true)
				}
			}
		}
	}
	t.Logf("%d of %d functions go by registers, %d of %d that they take", fast, calls, thunks, taken)
	if calls < 10_000 || float64(fast) < 0.96*float64(calls) {
		t.Errorf("%d of %d functions go by registers", fast, calls)
	}
	if taken < 100 || float64(thunks) < 0.85*float64(taken) {
		t.Errorf("%d of %d functions that functions take have thunks", thunks, taken)
	}
}
