package linkname_test

import (
	"fmt"
	"go/ast"
	"go/types"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/sheaf-go/sheaf/interp/internal/linkname"
)

// A writer draws the source of a package of random types.
type writer struct {
	*rand.Rand
	structs, ifaces, comparable, generics []string // declared so far
	embeds                                []string // types that can be embedded
	locals                                int
}

const randomHead = `package main

import (
	"io"
	"net/http"
	"sync/atomic"
	"time"
)

var (
	_ io.Reader
	_ http.Handler
	_ atomic.Pointer[int]
	_ time.Time
)

`

// source has n types as arrays behind pointers, whose lengths number them, and
// the declarations that they use.
func source(seed uint64, n int) string {
	w := &writer{Rand: rand.New(rand.NewPCG(seed, 2))}
	w.structs = []string{"time.Time", "http.Request"}
	w.ifaces = []string{"io.Reader", "error", "http.Handler"}
	w.comparable = []string{"time.Duration", "time.Time", "error"}
	w.embeds = []string{"time.Time", "*time.Location", "io.Reader", "error", "int", "string", "any"}
	var b strings.Builder
	b.WriteString(randomHead + "type stringer interface { String() string }\n")
	for i := range 24 {
		b.WriteString(w.decl(i) + "\n")
	}
	for i := range n {
		t := w.typ(4)
		if w.IntN(8) == 0 {
			w.locals++
			fmt.Fprintf(&b, "func f%d() any { type Local struct { X %s }; return (*[%d]Local)(nil) }\n", i, t, 1000+i)
			continue
		}
		fmt.Fprintf(&b, "var V%d any = (*[%d]%s)(nil)\n", i, 1000+i, t)
	}
	return b.String()
}

// decl draws a declaration and remembers how to use it.
func (w *writer) decl(i int) string {
	name := fmt.Sprintf("%s%d", []string{"T", "t", "Ä", "ß"}[w.IntN(4)], i)
	switch w.IntN(9) {
	case 0, 1:
		d := fmt.Sprintf("type %s %s\nfunc (%s) M%d() {}\nfunc (*%s) m%d() {}", name, w.structure(3), name, i, name, i)
		w.structs = append(w.structs, name)
		w.embeds = append(w.embeds, name, "*"+name)
		return d
	case 2:
		d := fmt.Sprintf("type %s %s", name, w.iface(3))
		w.ifaces, w.embeds = append(w.ifaces, name), append(w.embeds, name)
		return d
	case 3:
		w.generics = append(w.generics, name+"[%s]")
		return fmt.Sprintf("type %s[P any] struct { Head P; Tail *%[1]s[P]; f func(P) []P }", name)
	case 4:
		w.generics = append(w.generics, name+"[string,%s]")
		return fmt.Sprintf("type %s[K comparable, V any] struct { M map[K]V; next chan *%[1]s[K, V] }", name)
	case 5:
		d := fmt.Sprintf("type %s %s", name, w.key(2))
		w.comparable = append(w.comparable, name)
		return d
	case 6:
		w.embeds = append(w.embeds, name)
		return fmt.Sprintf("type %s = %s", name, w.pick(w.structs))
	case 7:
		w.embeds = append(w.embeds, name)
		return fmt.Sprintf("type %s = *%s", name, w.pick(w.structs))
	default:
		d := fmt.Sprintf("type %s = %s", name, w.structure(2))
		w.embeds = append(w.embeds, name)
		return d
	}
}

func (w *writer) pick(from []string) string { return from[w.IntN(len(from))] }

var basics = []string{"bool", "int", "int8", "uint16", "rune", "byte", "uint64", "uintptr", "float32", "complex128", "string", "any", "error"}

func (w *writer) typ(depth int) string {
	if depth <= 0 {
		return w.pick(basics)
	}
	switch w.IntN(14) {
	case 0:
		return "*" + w.typ(depth-1)
	case 1:
		return "[]" + w.typ(depth-1)
	case 2:
		return fmt.Sprintf("[%d]%s", w.IntN(4), w.typ(depth-1))
	case 3:
		return "map[" + w.key(depth-1) + "]" + w.typ(depth-1)
	case 4, 5:
		return w.pick([]string{"chan ", "<-chan ", "chan<- "}) + "(" + w.pick([]string{"", "<-chan ", "chan<- ", "[]"}) + w.typ(depth-1) + ")"
	case 6:
		return "func" + w.signature(depth-1)
	case 7, 8:
		return w.structure(depth - 1)
	case 9:
		return w.iface(depth - 1)
	case 10:
		if len(w.generics) > 0 {
			return fmt.Sprintf(w.pick(w.generics), w.typ(depth-1))
		}
		return "atomic.Pointer[" + w.typ(depth-1) + "]"
	case 11:
		return w.pick(w.ifaces)
	case 12:
		return w.pick(w.comparable)
	}
	return w.pick(w.structs)
}

// key draws a type that a map can have as its key.
func (w *writer) key(depth int) string {
	switch w.IntN(6) {
	case 0:
		return "*" + w.typ(depth)
	case 1:
		return "[2]" + w.pick(w.comparable)
	case 2:
		return "struct { A, b " + w.pick(w.comparable) + " }"
	case 3:
		return w.pick(w.comparable)
	}
	return w.pick([]string{"int", "string", "float64", "[3]byte", "chan int"})
}

func (w *writer) signature(depth int) string {
	list := func(n int, variadic bool) string {
		ts := make([]string, n)
		for i := range ts {
			ts[i] = w.typ(depth - 1)
		}
		if variadic && n > 0 {
			ts[n-1] = "..." + ts[n-1]
		}
		return "(" + strings.Join(ts, ", ") + ")"
	}
	return list(w.IntN(4), w.IntN(3) == 0) + " " + list(w.IntN(3), false)
}

func (w *writer) structure(depth int) string {
	var b strings.Builder
	b.WriteString("struct {")
	embedded := map[string]bool{}
	for i := range w.IntN(5) {
		switch w.IntN(8) {
		case 0:
			b.WriteString(" _ " + w.typ(depth-1))
		case 1, 2:
			e := w.pick(w.embeds)
			if name := e[strings.LastIndexAny(e, "*.")+1:]; !embedded[name] {
				embedded[name] = true
				b.WriteString(" " + e)
			} else {
				continue
			}
		case 3:
			if len(w.generics) == 0 {
				continue
			}
			g := w.pick(w.generics)
			if name, _, _ := strings.Cut(g, "["); !embedded[name] {
				embedded[name] = true
				fmt.Fprintf(&b, " "+g, w.typ(depth-1))
			} else {
				continue
			}
		default:
			fmt.Fprintf(&b, " %s%d %s", w.pick([]string{"F", "f", "ö"}), i, w.typ(depth-1))
		}
		b.WriteString(w.pick([]string{"; ", "; ", ` "k:\"v; }\"\n"; `, " `raw\\`; "}))
	}
	return b.String() + "}"
}

func (w *writer) iface(depth int) string {
	var b strings.Builder
	b.WriteString("interface {")
	for i := range w.IntN(4) {
		if w.IntN(6) == 0 {
			b.WriteString(" stringer; ")
		} else {
			fmt.Fprintf(&b, " %s%d%s; ", w.pick([]string{"M", "m"}), i, w.signature(depth-1))
		}
	}
	return b.String() + "}"
}

// TestRandomTypes compiles random types and holds what their symbols are parsed
// into against what the source says.
func TestRandomTypes(t *testing.T) {
	seeds := uint64(2)
	if testing.Short() {
		seeds = 1
	}
	for seed := range seeds {
		tryRandom(t, seed, 300)
	}
}

func tryRandom(t *testing.T, seed uint64, n int) {
	src := source(seed, n)
	info := &types.Info{Types: map[ast.Expr]types.TypeAndValue{}, Defs: map[*ast.Ident]types.Object{}}
	pkg := check(t, "main", []byte(src), info)
	want := numbered(info)
	if len(want) != n {
		t.Fatalf("seed %d: %d types of %d in\n%s", seed, len(want), n, src)
	}
	p := newProgram(func(path string) bool { return path != "main" }, pkg)
	locals := localTypes(pkg, info)
	p.Resolver = linkname.New(linkname.Config{
		Of: p.Of, Know: p.Know, Compiled: func(path string) bool { return path != "main" }, Package: p.Package,
		Declared: func(n linkname.Name) types.Type {
			if t := locals[n.Name]; t != nil && n.Path == "main" {
				return t
			}
			return nil
		},
	})
	for _, s := range symbols(t, "main", []byte(src)) {
		text, ok := strings.CutPrefix(s, "type:")
		if !ok || strings.HasPrefix(text, ".") {
			continue
		}
		got, err := linkname.Parse(text, p)
		if err != nil {
			if !strings.Contains(err.Error(), "belongs to the compiler") {
				t.Errorf("seed %d: %v", seed, err)
			}
			continue
		}
		if n, ok := got.(*types.Named); ok && n.TypeArgs().Len() > 0 && n.Obj().Pkg().Path() == "main" {
			if rt, err := p.Reflect(text); err != nil || rt.String() != text {
				t.Errorf("seed %d: %s prints as %s, %v", seed, text, rt, err)
			}
		}
		i, elem := number(got)
		if i == 0 {
			continue
		}
		if w := want[i]; !types.Identical(elem, w) {
			t.Errorf("seed %d: %s is %s, want %s", seed, text, elem, w)
		} else if rt, err := p.Reflect(text); err != nil || rt.Elem().Elem() != p.Of(w) {
			t.Errorf("seed %d: %s is %v, %v, want %v", seed, text, rt, err, p.Of(w))
		}
		delete(want, i)
	}
	for n, w := range want {
		t.Errorf("seed %d: no symbol has the type with number %d, %s", seed, n, w)
	}
}

// numbered finds the types that source has numbered.
func numbered(info *types.Info) map[int64]types.Type {
	all := map[int64]types.Type{}
	for _, tv := range info.Types {
		if n, elem := number(tv.Type); n > 0 {
			all[n] = elem
		}
	}
	return all
}

// number is the length of the large array behind t, 0 if there is none, and its
// element type.
func number(t types.Type) (int64, types.Type) {
	if ptr, ok := t.(*types.Pointer); ok {
		if a, ok := ptr.Elem().(*types.Array); ok && a.Len() >= 1000 {
			return a.Len(), a.Elem()
		}
	}
	return 0, nil
}

// localTypes are the types that functions declare, by the compiler's names: it
// counts them through the package.
func localTypes(pkg *types.Package, info *types.Info) map[string]types.Type {
	var objs []types.Object
	for _, obj := range info.Defs {
		if tn, ok := obj.(*types.TypeName); ok && tn.Parent() != pkg.Scope() {
			if _, param := tn.Type().(*types.TypeParam); !param {
				objs = append(objs, tn)
			}
		}
	}
	slices.SortFunc(objs, func(a, b types.Object) int { return int(a.Pos() - b.Pos()) })
	all := map[string]types.Type{}
	for i, obj := range objs {
		all[fmt.Sprintf("%s·%d", obj.Name(), i+1)] = obj.Type()
	}
	return all
}
