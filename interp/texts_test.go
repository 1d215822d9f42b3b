package interp_test

import (
	"context"
	"fmt"
	"runtime"
	"strings"
	"testing"

	"github.com/sheaf-go/sheaf/interp"
	"github.com/sheaf-go/sheaf/notebooks/show"
)

// TestTexts declares the same again and again: what may still fail shows its
// lines, as they were, and the texts of all else go.
func TestTexts(t *testing.T) {
	if !withSymbols(t) {
		return
	}
	for _, tier := range []interp.Tier{interp.Interp, interp.Native} {
		t.Run(string(tier), func(t *testing.T) { texts(t, newTierTalker(t, tier)) })
	}
}

func texts(t *testing.T, k *talker) {
	n := 0
	run := func(src string) *show.Error {
		n++
		return k.s.Execute(context.Background(), show.Cell{Source: src, Count: n}, silent{}).Err
	}
	must := func(src string) {
		t.Helper()
		if err := run(src); err != nil {
			t.Fatalf("%s: %v", src, err.Traceback)
		}
	}
	must("var zero, one = 0, 1")
	must("var kept []func() int")
	must("kept = append(kept, func() int { return 20 / zero })")
	must("func g() func() int { return func() int { return 30 / zero } }\nkept = append(kept, g())")
	must("func h(z int) func(int) int { return func(n int) int { return 40 / (n * z) } }\nhh := h(0)\nkept = append(kept, func() int { return hh(1) })")
	must("func late() int { return 60 / zero }\nstart, end := make(chan bool), make(chan any)\ngo func() {\n\tdefer func() { end <- recover() }()\n\t<-start\n\tlate()\n}()")
	must("func p() func() int { return func() int { var none []int; return none[50] } }\nkept = append(kept, p())")
	must("func current() int { return 70 / zero }")
	must("func generic[X any](x X) int { return 80 / zero }\nfunc uses() int { return generic(1) }")
	for i := range 240 {
		switch i % 4 {
		case 0:
			must(fmt.Sprintf("func f() int { return %d }", i))
		case 1:
			must(fmt.Sprintf("func g() func() int { return nil }\nfunc h(z int) func(int) int { return nil }\nfunc p() func() int { return nil }\nx := %d", i))
		case 2:
			must("type T struct{ A int }\nfunc (t T) M() int { return 1 }")
		case 3:
			must(fmt.Sprintf("func late() int { return %d }\ny := map[string]int{}", i))
		}
		if i%40 == 0 {
			runtime.GC()
		}
	}
	for src, want := range map[string]string{
		"kept[0]()": "20 / zero", "kept[1]()": "30 / zero", "kept[2]()": "40 / (n * z)", "kept[3]()": "none[50]",
		"current()": "70 / zero", "uses()": "80 / zero",
	} {
		if err := run(src); err == nil || !strings.Contains(strings.Join(err.Traceback, "\n"), want) {
			t.Errorf("%s: %v, want %s", src, err, want)
		}
	}
	for range 3 { // what a key's end leads to has a key of its own
		runtime.GC()
		for range 70 {
			must("x := 1")
		}
	}
	if got := k.s.Texts(); got > 160 {
		t.Errorf("%d texts are left of %d", got, n)
	}
}
