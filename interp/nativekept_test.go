package interp_test

import (
	"context"
	"fmt"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/sheaf-go/sheaf/interp"
	"github.com/sheaf-go/sheaf/notebooks/show"
)

// TestNativeKept runs a cell again and again, in two sessions: it is compiled
// the first times only, and its errors are in the cell that ran last.
func TestNativeKept(t *testing.T) {
	if !withSymbols(t) {
		return
	}
	cache := t.TempDir()
	t.Setenv("XDG_CACHE_HOME", cache)
	objects := func() int {
		files, err := filepath.Glob(filepath.Join(cache, "sheaf", "native-*", "objects", "*"))
		if err != nil {
			t.Fatal(err)
		}
		return len(files)
	}
	const cell = "k := 0\nfunc get() int { return k }\nfunc at(i int) int {\n\treturn []int{1, 2}[i+get()]\n}\nat(1)"
	compiled := 0
	for session := range 2 {
		k := newTierTalker(t, interp.Native)
		for i := range 4 {
			k.run(cell)
			if session == 0 && i == 1 {
				compiled = objects()
			}
		}
		if n := objects(); n != compiled || n == 0 {
			t.Errorf("session %d: %d objects, want %d", session, n, compiled)
		}
		k.cell++
		res := k.s.Execute(context.Background(), show.Cell{Source: "at(2)", Count: k.cell}, silent{})
		if want := fmt.Sprintf("cell[%d]:4", k.cell-1); res.Err == nil || !strings.Contains(strings.Join(res.Err.Traceback, "\n"), want) {
			t.Errorf("session %d: got %v, want a traceback with %s", session, res.Err, want)
		}
		if said := k.tier(); strings.Count(said, "compiled at, get") != 4 {
			t.Errorf("session %d: %s", session, said)
		}
	}
}

// TestNativeFreed is TestFreed for variables that native code mentions: they go
// when that code cannot run any more, and no earlier.
func TestNativeFreed(t *testing.T) {
	if !withSymbols(t) {
		return
	}
	const x, other = "x := make([]byte, 64<<20)", "x := 1.5"
	for _, test := range []struct {
		name  string
		cells []string
		freed bool
		last  string // shows that what is kept is what it was
		want  string
	}{
		{"a function declared anew", []string{x, "func f() int { return len(x) }", other, "func f() int { return 1 }"}, true, "f()", "1"},
		{"the last of several", []string{x, "func f() int { return len(x) }", x, "f()", "x := true", "x := 'a'", "func f() int { return int(x) }"}, true, "f()", "97"},
		{"statements", []string{x, "s := 0; for i := range x { s += i + int(x[i]) }", other}, true, "x", "1.5"},
		{"the last expression", []string{x, "slices.MaxFunc(x, func(a, b byte) int { return int(a) - int(b) + len(x) - len(x) })", other}, true, "x", "1.5"},
		{"a literal that is gone", []string{x, "func mk() func() int { return func() int { return len(x) } }", "g := mk(); g()", "g = nil", other, "func mk() func() int { return nil }"}, true, "mk() == nil", "true"},
		{"forgotten", []string{x, "s := 0; for i := range x { s += i + int(x[i]) }", "%reset"}, true, "1", "1"},
		{"what is left behind", []string{x, "func f() int { return cap(x) }", other}, false, "f()", "67108864"},
		{"a literal", []string{x, "func mk() func() int { return func() int { return len(x) } }", "g := mk(); g()", other, "func mk() func() int { return nil }"}, false, "g()", "67108864"},
		{"a literal in another", []string{x, "func mk() func() func() int { return func() func() int { return func() int { return len(x) } } }", "g := mk()()", other, "func mk() func() func() int { return nil }"}, false, "g()", "67108864"},
		{"a literal that calls a generic function", []string{x, "func Len[T any](T) int { return len(x) }", "func mk() func() int { return func() int { return Len(2) } }", "g := mk()", other, "func mk() func() int { return nil }"}, false, "g()", "67108864"},
		{"a goroutine", []string{x, "func wait(c chan int) { for range c { c <- len(x) } }", "c := make(chan int); go wait(c)", "c <- 0; <-c", other, "func wait(c chan int) {}"}, false, "c <- 0; <-c", "67108864"},
		{"a goroutine that ends", []string{x, "func wait(c chan int) { for range c { c <- len(x) } }", "c := make(chan int); go wait(c)", "c <- 0; <-c", other, "func wait(c chan int) {}", "close(c)"}, true, "len(c)", "0"},
	} {
		k := newTierTalker(t, interp.Native)
		var seen values
		for _, src := range append(test.cells, "0") {
			k.run(src)
			seen.note(k.s)
		}
		k.mustSay(test.last, test.want)
		if got := seen.freed(test.freed); got != test.freed {
			t.Errorf("%s: freed is %t, want %t", test.name, got, test.freed)
		}
		k.mustSay(test.last, test.want)
		if said := k.tier(); !strings.Contains(said, "compiled ") || strings.Contains(said, "interpreted") {
			t.Errorf("%s: %s", test.name, said)
		}
		runtime.KeepAlive(k)
	}
}

// TestNativeTierSet sets the tier to interp while a function is being compiled:
// it is interpreted, until the tier is another one again.
func TestNativeTierSet(t *testing.T) {
	if !withSymbols(t) {
		return
	}
	k := newTierTalker(t, interp.Auto)
	done := func() {
		for strings.Contains(k.tier(), "at work on more") {
			time.Sleep(10 * time.Millisecond)
		}
	}
	native := func(when string, f, g bool) {
		t.Helper()
		if k.s.Native("f") != f || k.s.Native("g") != g {
			t.Errorf("%s: f is native: %t, g: %t, want %t and %t\n%s", when, k.s.Native("f"), k.s.Native("g"), f, g, k.tier())
		}
	}
	k.run("func f() int { return 1 }")
	k.run("%tier interp")
	done()
	k.run("func g() int { return f() + 1 }")
	native("set while f was compiled", false, false)
	k.mustSay("g()", "2")
	k.run("%tier auto")
	done()
	native("set back", true, false)
	k.run("%%interp\nfunc f() int { return 2 }")
	native("after a cell that is interpreted", false, false)
	k.run("%%native\nfunc g() int { return f() + 2 }")
	k.run("%tier interp")
	native("set again", false, false)
	k.run("%tier native")
	native("set to native", false, true)
	k.mustSay("g()", "4")
}

// TestNativeHint wants one line, once, when much has been loaded.
func TestNativeHint(t *testing.T) {
	if !withSymbols(t) {
		return
	}
	defer interp.SetManyUnits(3)()
	k := newTierTalker(t, interp.Native)
	var notes []string
	for i := range 6 {
		var said heard
		k.s.Execute(context.Background(), show.Cell{Source: fmt.Sprintf("func f() int { return %d }", i), Count: i}, &said)
		notes = append(notes, said.text)
	}
	for i, note := range notes {
		if want := "compiled code has been loaded 3 times"; strings.Contains(note, want) != (i == 2) || i != 2 && note != "" {
			t.Errorf("cell %d says %q", i, note)
		}
	}
}

// TestNativeRenewed adds methods to types: what is compiled is loaded again
// where it has one of the types, and only there.
func TestNativeRenewed(t *testing.T) {
	if !withSymbols(t) {
		return
	}
	k := newTierTalker(t, interp.Native)
	for _, cell := range []string{
		"type T struct{ A int }", "type U struct{ B int }",
		"func plain(n int) int { return n + 1 }",
		"func boxT(a int) any { return T{a} }", "func boxU(b int) any { return U{b} }",
		"func listT(a int) any { return []T{{a}} }",
		"func (t T) String() string { return fmt.Sprint(\"T\", t.A + plain(1)) }",
		"func (u U) String() string { return fmt.Sprint(\"U\", u.B + plain(1)) }",
	} {
		k.run(cell)
	}
	k.mustSay("fmt.Sprint(boxT(1), boxU(2), listT(3), plain(4))", "T3 U4 [T5] 5")
	said := k.tier()
	for name, want := range map[string]int{"plain": 1, "boxT": 2, "boxU": 2, "listT": 2, "T.String": 1} {
		if got := strings.Count(said, "compiled "+name+" "); got != want {
			t.Errorf("%s was loaded %d times, want %d\n%s", name, got, want, said)
		}
	}
}

// mustSay runs a cell that has this value.
func (k *talker) mustSay(src, want string) {
	k.t.Helper()
	k.cell++
	r := k.s.Execute(context.Background(), show.Cell{Source: src, Count: k.cell}, silent{})
	if r.Err != nil || r.Value.PlainText() != want {
		k.t.Errorf("%s: got %v, %v, want %s", src, r.Value.PlainText(), r.Err, want)
	}
}
