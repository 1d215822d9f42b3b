package interp_test

import (
	"testing"

	"github.com/sheaf-go/sheaf/interp"
)

// TestNativeInlines looks at which functions of other cells a function is
// compiled with, before and after one is declared anew.
func TestNativeInlines(t *testing.T) {
	if !withSymbols(t) {
		return
	}
	k := newTierTalker(t, interp.Native)
	k.run("n := 0\nfunc inc(x int) int { return x + 1 }\nfunc counts(x int) int { n++; return x }\n" +
		"func waits(c chan int) int { c <- 1; return 0 }")
	k.run("func calls(x int) int { return inc(x) + counts(x) + waits(nil) }\nfunc none(x int) int { return -x }")
	for other, want := range map[string]bool{"inc": true, "counts": false, "waits": false} {
		if got := k.s.Inlines("calls", other); got != want {
			t.Errorf("calls is compiled with %s: %v", other, got)
		}
	}
	if k.s.Inlines("inc", "none") {
		t.Error("inc is compiled with none, which it does not call")
	}
	k.run("func inc(x int) int { return x + 2 }")
	if k.s.Inlines("calls", "inc") || !k.s.Native("calls") {
		t.Error("calls is not compiled without what inc was")
	}
	k.run("func later(x int) int { return inc(x) }")
	if !k.s.Inlines("later", "inc") {
		t.Error("later is not compiled with inc as it is now")
	}
}
