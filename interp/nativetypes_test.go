package interp_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/sheaf-go/sheaf/interp"
)

// A typist draws types of cells and composites of them.
type typist struct {
	*rand.Rand
	named      []string // comparable types
	composites []composite
}

// A composite is a type, an expression for a value of it, and whether it can be
// the key of a map.
type composite struct {
	typ, value string
	key        bool
}

func (y *typist) pick() string { return y.named[y.IntN(len(y.named))] }

// declare draws the declarations of named types.
func (y *typist) declare() (cells []string) {
	y.named = []string{"int", "string", "time.Duration"}
	cells = append(cells, "type G[X any] struct{ V X }")
	for i := range 4 {
		name := fmt.Sprintf("T%d", i)
		form := []string{"struct { A int; B %s }", "[2]%s", "struct { *%[1]s; N int }", "struct { C chan %s }"}[y.IntN(4)]
		cells = append(cells, "type "+name+" "+fmt.Sprintf(form, y.pick()))
		y.named = append(y.named, name)
		if y.IntN(2) == 0 {
			cells = append(cells, fmt.Sprintf("func (%s) M%d() {}", name, i))
		}
	}
	return cells
}

// draw draws a composite of a named type, or of another composite.
func (y *typist) draw(depth int) composite {
	of := composite{key: true}
	if depth > 0 && y.IntN(2) == 0 {
		of = y.draw(depth - 1)
	} else {
		of.typ = fmt.Sprintf("T%d", y.IntN(4))
	}
	forms := []composite{
		{typ: "[]%s", value: "make([]%s, 1)"}, {typ: "*%s", value: "new(%s)", key: true},
		{typ: "chan %s", value: "make(chan %s)", key: true}, {typ: "func(%s)", value: "func(%s) {}"},
		{typ: "map[string]%s", value: "map[string]%s{}"}, {typ: "interface { M(%s) }", value: ""},
		{typ: "G[%s]", value: "G[%s]{}", key: of.key}, {typ: "struct { F %s }", value: "struct { F %s }{}", key: of.key},
		{typ: "[2]%s", value: "[2]%s{}", key: of.key},
	}
	if of.key {
		forms = append(forms, composite{typ: "map[%s]int", value: "map[%s]int{}"})
	}
	f := forms[y.IntN(len(forms))]
	if f.value == "" { // no value has a type of an interface
		f.typ, f.value = "[]"+f.typ, "make([]"+f.typ+", 1)"
	}
	return composite{fmt.Sprintf(f.typ, of.typ), fmt.Sprintf(f.value, of.typ), f.key}
}

// cells are those of a session: the types, then for each composite two functions
// that make a value of it, two that tell it by a type switch, and two that look
// up a value of it in a map that the other has made, one of each compiled. The
// session makes some of the values before all of the code is there.
func (y *typist) cells() (cells []string, uses string) {
	cells = y.declare()
	seen := map[string]bool{}
	for len(y.composites) < 8 {
		if c := y.draw(2); !seen[c.typ] {
			seen[c.typ] = true
			y.composites = append(y.composites, c)
		}
	}
	var say strings.Builder
	var later []string
	for i, c := range y.composites {
		for tier, name := range map[string]string{"interp": "a", "native": "b"} {
			var b strings.Builder
			fmt.Fprintf(&b, "%%%%%s\nfunc make%s%d() any { return any(%s) }\n", tier, name, i, c.value)
			fmt.Fprintf(&b, "func is%s%d(v any) int { switch v.(type) { case %s: return %d }; return -1 }\n", name, i, c.typ, i)
			if c.key {
				fmt.Fprintf(&b, "func map%s%d() any { var k %s; return map[%s]int{k: %d} }\n", name, i, c.typ, c.typ, i)
				fmt.Fprintf(&b, "func find%s%d(v any) int { var k %s; m, ok := v.(map[%s]int); if !ok { return -2 }; return m[k] }\n", name, i, c.typ, c.typ)
				fmt.Fprintf(&b, "func key%s%d(m map[any]int) int { var k %s; return m[k] }\n", name, i, c.typ)
			}
			later = append(later, b.String())
		}
		for _, ab := range []string{"ab", "ba", "aa", "bb"} {
			fmt.Fprintf(&say, "fmt.Println(%d, is%c%d(make%c%d()), reflect.TypeOf(make%c%d()) == reflect.TypeOf(make%c%d()))\n", i, ab[0], i, ab[1], i, ab[0], i, ab[1], i)
			if c.key {
				fmt.Fprintf(&say, "fmt.Println(%d, find%c%d(map%c%d()), func() bool { var k %s; return key%c%d(map[any]int{any(k): %d}) == %d }())\n", i, ab[0], i, ab[1], i, c.typ, ab[0], i, i, i)
			}
		}
	}
	y.Shuffle(len(later), func(i, j int) { later[i], later[j] = later[j], later[i] })
	for i, cell := range later {
		cells = append(cells, cell)
		if _, rest, ok := strings.Cut(cell, "func make"); ok && y.IntN(3) > 0 {
			name, _, _ := strings.Cut(rest, "(")
			cells = append(cells, fmt.Sprintf("early%d := make%s()", i, name))
		}
	}
	return cells, say.String()
}

// agrees reports whether both tiers of a session take types for what they are.
// What is right is known beforehand: the number of the type, and that it is one.
func agrees(t *testing.T, seed uint64) (ok bool, cells []string, said string) {
	y := &typist{Rand: rand.New(rand.NewPCG(seed, 3))}
	cells, uses := y.cells()
	k := newTierTalker(t, interp.Interp)
	for _, cell := range cells {
		k.run(cell)
	}
	said = k.run(uses)
	ok = said != ""
	for line := range strings.Lines(said) {
		var want, got int
		var same bool
		n, err := fmt.Sscan(line, &want, &got, &same)
		ok = ok && n == 3 && err == nil && want == got && same
	}
	if tier := k.tier(); !strings.Contains(tier, "compiled ") || strings.Contains(tier, "could not") {
		t.Errorf("seed %d: %s", seed, tier)
	}
	return ok, cells, said
}

// TestNativeTypes draws types and the order of cells: composites that the session
// has made before native code names them are the types that this code means. It
// is not so where native code has descriptors of its own, for slices in the end.
func TestNativeTypes(t *testing.T) {
	if !withSymbols(t) {
		return
	}
	for seed := range uint64(*nativeSequences) * 4 {
		if ok, cells, said := agrees(t, seed); !ok {
			t.Errorf("seed %d: after the cells\n%s\nthe session says\n%s", seed, strings.Join(cells, "\n----\n"), said)
		}
	}
	defer interp.SetSecondTypes()()
	for seed := range uint64(10) {
		if ok, _, _ := agrees(t, seed); !ok {
			return
		}
	}
	t.Error("second descriptors of types make no difference: the test sees nothing")
}
