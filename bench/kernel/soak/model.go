package main

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
)

// A model is what the session must know: every variable and what functions do.
type model struct {
	ints   map[string]int
	texts  map[string]string
	lists  map[string][]int
	tables map[string]map[string]int
	lines  map[string]line // functions
	counts map[string]int  // closures that count
	points map[string]point
	any    map[string]any // variables whose type changes
}

// A line is a function of the session: x*by + plus + the variable via.
type line struct {
	by, plus int
	via      string
}

// A point is a value of a type of the session, whose method scales by.
type point struct{ X, Y int }

func newModel() *model {
	return &model{
		ints: map[string]int{}, texts: map[string]string{}, lists: map[string][]int{}, tables: map[string]map[string]int{},
		lines: map[string]line{}, counts: map[string]int{}, points: map[string]point{}, any: map[string]any{},
	}
}

// setup is the first cell of every kernel, and what is true after it.
func (m *model) setup() string {
	m.ints["v0"], m.texts["s0"], m.lists["l0"], m.tables["m0"] = 1, "a", []int{}, map[string]int{}
	m.lines["f0"] = line{2, 1, "v0"}
	return `import (
	"fmt"
	"os"
	"sync"
	"time"

	"github.com/sheaf-go/sheaf/notebooks/comm"
	"github.com/sheaf-go/sheaf/notebooks/show"
)
type Point struct{ X, Y int }
func (p Point) Scaled(by int) int { return (p.X + p.Y) * by }
var lateGroup sync.WaitGroup
v0, s0, l0, m0 := 1, "a", []int{}, map[string]int{}
func f0(x int) int { return x*2 + 1 + v0 }
comm.Handle("echo", func(c *comm.Comm, open comm.Message) {
	c.OnMessage(func(m comm.Message) { c.Send(m.Data, m.Buffers...) })
})
var _ = os.Stderr
var _ = time.Second
show.Show(show.Plain("ready"))
fmt.Println("ready")`
}

// An event is something that a cell publishes: text of a stream, a display or
// the end of the cell.
type event struct{ kind, text string }

// String implements fmt.Stringer.
func (e event) String() string { return fmt.Sprintf("%s %q", e.kind, e.text) }

// A cell is source and what must come of it.
type cell struct {
	source string
	events []event // busy, input and idle apart
	failed string  // the error's name, "" for none
}

// A writer makes a cell, and tells the model what it does.
type writer struct {
	m     *model
	r     *rand.Rand
	lines []string
	cell
	defined   map[string]bool // by this cell
	functions bool            // the cell declares some
}

func newWriter(m *model, r *rand.Rand) *writer {
	return &writer{m: m, r: r, defined: map[string]bool{}}
}

func (w *writer) add(format string, args ...any) {
	w.lines = append(w.lines, fmt.Sprintf(format, args...))
}

// prints expects a text, joined to what was printed just before it.
func (w *writer) prints(stream, text string) {
	if n := len(w.events); n > 0 && w.events[n-1].kind == stream {
		w.events[n-1].text += text
		return
	}
	w.events = append(w.events, event{stream, text})
}

func (w *writer) expect(kind, text string) { w.events = append(w.events, event{kind, text}) }

func (w *writer) done() cell {
	w.source = strings.Join(w.lines, "\n")
	return w.cell
}

// pick chooses one of a map's names.
func pick[V any](r *rand.Rand, m map[string]V) string {
	names := slices.Sorted(maps.Keys(m))
	return names[r.IntN(len(names))]
}

// define says how a name gets a value: declared when it is new, and at times
// when it is not.
func (w *writer) define(name string, known bool) string {
	if w.defined[name] || known && w.r.IntN(2) == 0 {
		return "="
	}
	w.defined[name] = true
	return ":="
}

// number is an expression and its value.
func (w *writer) number(depth int) (source string, value int) {
	if depth == 0 {
		if w.r.IntN(3) == 0 {
			n := w.r.IntN(100)
			return fmt.Sprint(n), n
		}
		name := pick(w.r, w.m.ints)
		return name, w.m.ints[name]
	}
	a, x := w.number(depth - 1)
	b, y := w.number(depth - 1)
	switch w.r.IntN(7) {
	case 0:
		return fmt.Sprintf("(%s - %s)", a, b), x - y
	case 1:
		n := 1 + w.r.IntN(9)
		return fmt.Sprintf("(%s) %% %d", a, n), x % n
	case 2:
		name := pick(w.r, w.m.lines)
		f := w.m.lines[name]
		return fmt.Sprintf("%s(%s)", name, a), x*f.by + f.plus + w.m.ints[f.via]
	case 3:
		n := w.r.IntN(5)
		return fmt.Sprintf("Point{%s, %s}.Scaled(%d)", a, b, n), (x + y) * n
	case 4:
		name := pick(w.r, w.m.lists)
		return fmt.Sprintf("(len(%s) + %s)", name, a), len(w.m.lists[name]) + x
	case 5:
		name, key := pick(w.r, w.m.tables), fmt.Sprint("k", w.r.IntN(5))
		return fmt.Sprintf("(%s[%q] + %s)", name, key, b), w.m.tables[name][key] + y
	}
	return fmt.Sprintf("(%s + %s)", a, b), x + y
}

func (w *writer) name(prefix string, n int) string { return fmt.Sprint(prefix, w.r.IntN(n)) }
