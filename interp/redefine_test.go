package interp_test

import (
	"context"
	"flag"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/sheaf-go/sheaf/interp"
	"github.com/sheaf-go/sheaf/notebooks/show"
)

var sequences = flag.Int("sequences", 6, "how many random sequences of redefinitions to run")

// TestRedefinitions declares names again and again in random order, in one
// session, and compares what is computed with them after each cell with what a
// fresh session computes that has only seen the newest declarations, in one
// cell. Values are computed by functions without state, so that only the
// declarations count.
func TestRedefinitions(t *testing.T) {
	for seed := range uint64(*sequences) {
		d := &declarer{r: rand.New(rand.NewPCG(seed, 1))}
		var cells [][]declaration
		for step := range 30 {
			cells = append(cells, d.next(step == 0))
		}
		same(t, seed, cells, interp.Interp)
	}
}

// same fails where a session that runs cells in a tier says something else than
// fresh ones that interpret.
func same(t *testing.T, seed uint64, cells [][]declaration, tier interp.Tier) {
	t.Helper()
	if got, want := compared(t, cells, tier); got != want {
		cells = shrunk(t, cells, tier)
		got, want = compared(t, cells, tier)
		var texts []string
		for _, cell := range cells {
			texts = append(texts, source(cell))
		}
		t.Fatalf("seed %d: after the cells\n%s\nthe session says\n%sand a fresh one\n%s", seed, strings.Join(texts, "\n----\n"), got, want)
	}
}

// A declaration is what a cell declares under a name, as in "T0.M".
type declaration struct{ name, text string }

func source(cell []declaration) string {
	var b strings.Builder
	for _, d := range cell {
		b.WriteString(d.text + "\n")
	}
	return b.String()
}

// compared runs cells, and a use of all names after each, until what a session
// says differs from what a fresh one says that has seen the newest only.
func compared(t *testing.T, cells [][]declaration, tier interp.Tier) (got, want string) {
	s := newTierTalker(t, tier)
	now := map[string]declaration{}
	for _, cell := range cells {
		for _, d := range cell {
			now[d.name] = d
		}
		s.run(source(cell))
		fresh := newTalker(t)
		fresh.run(source(slices.SortedFunc(maps.Values(now), func(a, b declaration) int { return strings.Compare(a.text, b.text) })))
		if got, want = s.run(uses), fresh.run(uses); got != want {
			break
		}
	}
	if tier == interp.Native {
		said := s.tier()
		if strings.Contains(said, "could not be compiled") || !strings.Contains(said, "compiled f") {
			t.Errorf("%s", said)
		}
	}
	return got, want
}

// shrunk leaves out what a difference does not need.
func shrunk(t *testing.T, cells [][]declaration, tier interp.Tier) [][]declaration {
	for i := len(cells) - 1; i > 0; i-- {
		for j := len(cells[i]) - 1; j >= 0; j-- {
			less := slices.Clone(cells)
			less[i] = slices.Delete(slices.Clone(cells[i]), j, j+1)
			if got, want := compared(t, less, tier); got != want {
				cells = less
			}
		}
	}
	return cells
}

// uses prints what all declarations make of each other.
const uses = `fmt.Println(f0(), f1(), f2(), f3(), v0, v1, v2, c0, c1, g0(v0), g0(T0{}), g0([]T1{{}}))
fmt.Println(T0{}, &T1{}, T2{}, T0{}.M(), (&T1{}).M(), T2{}.M(), any(T0{}) == any(T0{}), fmt.Sprintf("%T", G0[T1]{}), G0[T1]{}.M())`

// A declarer writes declarations that check whatever the others are.
type declarer struct {
	r *rand.Rand
	n int
}

func (d *declarer) pick(list ...string) string { return list[d.r.IntN(len(list))] }

// next is a cell with one to three declarations, at first with all of them.
func (d *declarer) next(first bool) (cell []declaration) {
	names := []string{"c0", "c1", "v0", "v1", "v2", "f0", "f1", "f2", "f3", "g0", "T0", "T1", "T2", "T0.M", "T1.M", "T2.M", "G0", "G0.M"}
	if !first {
		names = append(names, "T0.String", "T1.String", "T2.String", "G0.String")
		d.r.Shuffle(len(names), func(i, j int) { names[i], names[j] = names[j], names[i] })
		names = names[:1+d.r.IntN(3)]
	}
	for _, name := range names {
		cell = append(cell, declaration{name, d.declare(name)})
	}
	return cell
}

func (d *declarer) declare(name string) string {
	d.n++
	n := d.n
	simple := d.pick("c0", "c1", "v0", "v1", "v2")
	typ, method, _ := strings.Cut(name, ".")
	switch {
	case method != "":
		recv := typ
		if typ == "G0" {
			recv = "G0[X]"
		}
		if d.r.IntN(3) == 0 && typ == "T1" {
			recv = "*" + recv
		}
		if typ == "T1" && method == "M" {
			recv = "*T1" // uses calls it on an address
		}
		result := "string"
		if method == "M" {
			result = d.pick("string", "string", "any")
		}
		return fmt.Sprintf("func (t %s) %s() %s { return fmt.Sprint(%d, %s) }", recv, method, result, n, simple)
	case name[0] == 'c':
		return fmt.Sprintf("const %s = %s", name, d.pick("1", "2", "3"))
	case name[0] == 'v':
		return fmt.Sprintf("var %s %s", name, d.pick(fmt.Sprint("= ", n), fmt.Sprintf("= %q", fmt.Sprint("s", n)), fmt.Sprintf("= []int{%d}", n), fmt.Sprintf("any = %d.5", n), fmt.Sprint("int64 = ", n)))
	case name[0] == 'g':
		return fmt.Sprintf("func g0[X any](x X) string { return fmt.Sprint(%d, x, %s) }", n, simple)
	case name[0] == 'f':
		calls := []string{simple, "g0(" + simple + ")", "T0{}", "T2{}", "[]any{T0{}, T1{}}", "T2{}.M()", "G0[int]{}", "g0(T2{})", "func() any { return " + simple + " }()"}
		for i := range name[1] - '0' {
			calls = append(calls, fmt.Sprintf("f%d()", i))
		}
		return fmt.Sprintf("func %s() %s { return fmt.Sprint(%d, %s, %s) }", name, d.pick("string", "any"), n, d.pick(calls...), d.pick(calls...))
	case name == "G0":
		return fmt.Sprintf("type G0[X any] struct { A%d X; B [c%d]int }", n, n%2)
	case name == "T2":
		return d.pick(fmt.Sprintf("type T2 struct { T0; B%d int }", n), fmt.Sprintf("type T2 struct { A T0; P *T1; C [c%d]bool }", n%2), "type T2 struct { A int }")
	}
	return fmt.Sprintf("type %s struct { A %s; B%d [c%d]int8 }", name, d.pick("int", "string", "[2]bool"), n%4, n%2)
}

// A talker is a session and what it prints.
type talker struct {
	t    *testing.T
	s    *interp.Session
	out  *strings.Builder
	cell int
}

func newTalker(t *testing.T) *talker {
	t.Helper()
	return newTierTalker(t, interp.Interp)
}

// run runs a cell, which must not fail, and returns what it prints.
func (k *talker) run(src string) string {
	k.t.Helper()
	k.cell++
	k.out.Reset()
	if r := k.s.Execute(context.Background(), show.Cell{Source: src, Count: k.cell}, silent{}); r.Err != nil {
		k.t.Fatalf("%s\n%s", src, strings.Join(r.Err.Traceback, "\n"))
	}
	return k.out.String()
}
