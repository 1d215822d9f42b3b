// Package gen makes small random Go programs from a seed, for comparing one
// way of running Go with another. A program is a single file of package main
// that uses nothing but Go's library. It is well-typed and it ends by
// construction, its output depends on nothing but its text (no addresses, no
// map order, no time, no order of evaluation that the language leaves open),
// and it prints most of what it computes, so that a wrong value shows.
//
// Half of a program grows from a grammar ([gen.block]), half from the templates
// in features/*.txt, whose holes the grammar fills. It is no tool for testing
// a compiler's front end: no program here is meant to be refused.
package gen

import (
	"fmt"
	"go/format"
	"math/rand/v2"
	"slices"
	"strings"
)

// A Program is one generated program.
type Program struct {
	Seed     uint64
	Source   string   // gofmt'ed, package main
	Features []string // the templates that it instantiates, in order
}

// gen is the state of one generation.
type gen struct {
	*rand.Rand
	templates []template // what may be instantiated
	grammar   bool       // whether parts may grow from the grammar
	types     typeSet
	funcs     []*fn           // helpers that expressions may call: no effects
	decls     []string        // top-level declarations so far
	need      map[string]bool // helpers of the prelude that are in use
	features  []string
	names     int // fresh names given so far

	// of the function being generated
	scope    []*variable
	loops    []*loop
	out      *strings.Builder
	mult     int  // how often the current statement runs per call
	cost     int  // statements that one call runs
	depth    int  // nesting of statements
	noReturn bool // in a template's ${stmts}
	noAppend bool // in a deferred function, which runs after all sharing
	calls    bool // whether expressions may call helpers
	res      *typ // what a return statement returns; nil: nothing
}

// A variable is a name that expressions can read.
type variable struct {
	name    string
	typ     *typ
	fixed   bool // not to be assigned: a loop's counter, a constant, a captured one
	isConst bool // a declared constant: folds, so it may overflow
	minLen  int  // slices: length that it never falls below
	// shared says that something else may see the slice's array. It must not
	// grow any more: whether growing leaves the array is up to the runtime.
	shared bool
}

// A loop is an enclosing breakable statement.
type loop struct {
	label    string
	used     bool
	isSwitch bool // break leaves it, continue doesn't see it
	fence    bool // a function literal: no jump leaves it
	isFunc   bool
}

// budget is how many statements one section may run.
const budget = 4000

// New generates the program of a seed. With only, its parts are all among those
// of [Features] that begin with one of these.
func New(seed uint64, only ...string) (Program, error) {
	g := &gen{Rand: rand.New(rand.NewPCG(seed, 0x5eaf)), need: map[string]bool{}, out: &strings.Builder{}}
	if err := g.restrict(only); err != nil {
		return Program{}, err
	}
	src := g.program()
	full, err := AddImports(src)
	if err != nil {
		return Program{Seed: seed, Source: src, Features: g.features}, fmt.Errorf("gen: seed %d: %w", seed, err)
	}
	text, err := format.Source([]byte(full))
	if err != nil {
		return Program{Seed: seed, Source: full, Features: g.features}, fmt.Errorf("gen: seed %d: %w", seed, err)
	}
	return Program{Seed: seed, Source: string(text), Features: g.features}, nil
}

// restrict chooses what the parts of the program may be.
func (g *gen) restrict(only []string) error {
	wanted := func(name string) bool {
		return len(only) == 0 || slices.ContainsFunc(only, func(p string) bool { return strings.HasPrefix(name, p) })
	}
	for _, t := range templates {
		if wanted(t.name) {
			g.templates = append(g.templates, t)
		}
	}
	g.grammar = wanted(random)
	if !g.grammar && len(g.templates) == 0 {
		return fmt.Errorf("gen: no part of a program begins with %s; there are %s", strings.Join(only, " or "), strings.Join(Features(), ", "))
	}
	return nil
}

// random names the parts that grow from the grammar.
const random = "random"

// program returns the text of a whole program without its imports.
func (g *gen) program() string {
	g.declareTypes()
	g.declareGlobals()
	for range 2 + g.IntN(3) {
		g.helper()
	}
	var main strings.Builder
	sections := 4 + g.IntN(4)
	for i := range sections {
		name := fmt.Sprintf("section%d", i+1)
		if g.grammar && (len(g.templates) == 0 || g.IntN(5) < 2) {
			g.section(name)
		} else {
			g.feature(name)
		}
		if g.chance(8) {
			fmt.Fprintf(&main, "\t%s()\n", name)
		} else {
			g.need["guard"] = true
			fmt.Fprintf(&main, "\tguard(%q, %s)\n", name, name)
		}
	}
	main.WriteString(g.ending())
	body := strings.Join(g.decls, "\n\n")
	return fmt.Sprintf("package main\n\n%s\n\nfunc main() {\n%s}\n\n%s", body, main.String(), g.prelude())
}

// ending returns the last statements of main: most programs just end, some
// exit with a status, some end in a panic.
func (g *gen) ending() string {
	switch g.IntN(24) {
	case 0, 5:
		return fmt.Sprintf("\tdefer fmt.Println(\"not run\")\n\tos.Exit(%s)\n", g.pick("0", "3", "4", "7"))
	case 1:
		return fmt.Sprintf("\tdefer fmt.Println(\"deferred\")\n\tpanic(fmt.Errorf(\"stopped: %%w\", errors.New(%s)))\n", g.str())
	case 2:
		g.need["id"] = true
		return fmt.Sprintf("\tdefer func() { fmt.Println(\"deferred\") }()\n\txs := []int{1, 2, 3}\n\tfmt.Println(xs[id(%d)])\n", 3+g.IntN(9))
	case 3:
		return fmt.Sprintf("\tpanic(%s)\n", g.pick(`"plain " + fmt.Sprint(7)`, "42", "3.5", "true", "fmt.Sprintf(\"%T\", struct{ A int }{})"))
	case 4:
		return "\tvar m map[string]int\n\tdefer func() {\n\t\tr := recover()\n\t\tfmt.Println(\"again:\", r)\n\t\tpanic(\"second\")\n\t}()\n\tm[\"a\"] = 1\n"
	default:
		return "\tfmt.Println(\"end\")\n"
	}
}

// section generates a function of random statements that prints its variables.
func (g *gen) section(name string) {
	body := g.function(nil, func() {
		g.calls = true
		for range 2 + g.IntN(3) {
			g.declare()
		}
		for range 5 + g.IntN(8) {
			g.statement()
		}
		for _, v := range g.scope {
			if v.typ.shown {
				g.print(v)
			}
		}
	})
	g.decls = append(g.decls, fmt.Sprintf("func %s() {\n%s}", name, body))
	g.features = append(g.features, random)
}

// function runs fill with fresh state for one function body and returns its
// text; params are in scope.
func (g *gen) function(params []*variable, fill func()) string {
	saved := *g
	g.scope, g.loops, g.out = append(g.globals(), params...), nil, &strings.Builder{}
	g.mult, g.cost, g.depth, g.calls, g.res = 1, 0, 0, false, nil
	fill()
	text := g.out.String()
	g.scope, g.loops, g.out = saved.scope, saved.loops, saved.out
	g.mult, g.depth, g.calls, g.res = saved.mult, saved.depth, saved.calls, saved.res
	g.cost += saved.cost
	return text
}

// globals are the package variables that every function may read.
func (g *gen) globals() []*variable {
	return append([]*variable(nil), g.types.globals...)
}

// p writes one line of the current function.
func (g *gen) p(format string, args ...any) {
	fmt.Fprintf(g.out, format+"\n", args...)
}

// fresh returns a name that no other variable of the program has.
func (g *gen) fresh(prefix string) string {
	g.names++
	return fmt.Sprintf("%s%d", prefix, g.names)
}

// chance is true once in n times.
func (g *gen) chance(n int) bool { return g.IntN(n) == 0 }

// pick returns one of the choices.
func (g *gen) pick(choices ...string) string { return choices[g.IntN(len(choices))] }

// oneOf returns one element of a non-empty slice.
func oneOf[T any](g *gen, xs []T) T { return xs[g.IntN(len(xs))] }
