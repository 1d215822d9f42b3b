package gen

import (
	"go/ast"
	"go/parser"
	"go/token"
	"sort"
	"strconv"
	"strings"
)

// helpers is what generated programs call to stay typed, bounded and defined.
// Some are generic on purpose.
var helpers = map[string]string{
	"id":      `func id[T any](x T) T { return x }`,
	"ptr":     `func ptr[T any](x T) *T { return &x }`,
	"firstOf": `func firstOf[A, B any](a A, _ B) A { return a }`,
	"pickOf": `func pickOf[T any](first bool, a, b T) T {
	if first {
		return a
	}
	return b
}`,
	"applyTo": `func applyTo[A, B any](a A, f func(A) B) B { return f(a) }`,
	"mapOver": `func mapOver[A, B any](f func(A) B, xs ...A) []B {
	out := make([]B, 0, len(xs))
	for _, x := range xs {
		out = append(out, f(x))
	}
	return out
}`,
	"clip": `func clip[S ~string](s S) S {
	if len(s) > 40 {
		return s[:40]
	}
	return s
}`,
	"sub": `func sub(s string, i, j int) string {
	i = min(i, len(s))
	return s[i:max(i, min(j, len(s)))]
}`,
	"f2i": `func f2i(x float64) int {
	if x != x || x > 1e6 || x < -1e6 {
		return -1
	}
	return int(x)
}`,
	"count": `func count(n int) func(func(int) bool) {
	return func(yield func(int) bool) {
		for i := 0; i < n; i++ {
			if !yield(i) {
				return
			}
		}
	}
}`,
	"pairs": `func pairs[T any](xs []T) iter.Seq2[int, T] {
	return func(yield func(int, T) bool) {
		defer fmt.Println("pairs done")
		for i, x := range xs {
			if !yield(i, x) {
				return
			}
		}
	}
}`,
	"feed": `func feed[T any](xs []T) <-chan T {
	c := make(chan T, len(xs))
	for _, x := range xs {
		c <- x
	}
	close(c)
	return c
}`,
	"guard": `func guard(name string, f func()) {
	fmt.Println("--", name)
	defer func() {
		r := recover()
		if r == nil {
			return
		}
		if err, ok := r.(runtime.Error); ok {
			fmt.Println("recovered runtime error:", err.Error())
			return
		}
		fmt.Printf("recovered %T: %v\n", r, r)
	}()
	f()
}`,
}

// prelude returns the helpers that are in use, in a fixed order.
func (g *gen) prelude() string {
	var names []string
	for name := range g.need {
		names = append(names, name)
	}
	sort.Strings(names)
	var parts []string
	for _, name := range names {
		parts = append(parts, helpers[name])
	}
	return strings.Join(parts, "\n\n")
}

// library is what a program's unresolved names may mean.
var library = []string{
	"bufio", "bytes", "cmp", "container/heap", "container/list", "context", "encoding/json", "errors", "fmt",
	"io", "iter", "maps", "math", "math/bits", "os", "reflect", "runtime", "slices", "sort", "strconv", "strings", "sync",
	"sync/atomic", "text/template", "time", "unicode", "unicode/utf8",
}

// AddImports puts the imports that a program's names ask for under its package
// clause. The program has none yet.
func AddImports(src string) (string, error) {
	fset := token.NewFileSet()
	f, err := parser.ParseFile(fset, "program.go", src, 0)
	if err != nil {
		return "", err
	}
	free := map[string]bool{}
	bound := unresolved(f)
	var lines []string
	for _, path := range library {
		name := path[strings.LastIndexByte(path, '/')+1:]
		if bound[name] && !free[name] {
			free[name] = true
			lines = append(lines, "\t"+strconv.Quote(path)+"\n")
		}
	}
	if len(lines) == 0 {
		return src, nil
	}
	head, rest, _ := strings.Cut(src, "\n")
	return head + "\n\nimport (\n" + strings.Join(lines, "") + ")\n" + rest, nil
}

// unresolved returns the names that nothing in the file declares.
func unresolved(f *ast.File) map[string]bool {
	names := map[string]bool{}
	for _, id := range f.Unresolved {
		names[id.Name] = true
	}
	return names
}
