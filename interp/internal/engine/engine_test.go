package engine_test

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/sheaf-go/sheaf/interp/internal/engine"
	"github.com/sheaf-go/sheaf/stdlib"
	"golang.org/x/tools/go/gcexportdata"
)

// A host has a machine for one program.
type host struct {
	fset *token.FileSet
	lib  *stdlib.Packages
	pkgs map[string]*types.Package
	syms map[string]map[string]reflect.Value
	m    *engine.Machine
	out  bytes.Buffer

	profile bool // its programs
}

func newHost() *host {
	h := &host{fset: token.NewFileSet(), lib: stdlib.Library(), pkgs: map[string]*types.Package{}}
	h.syms = map[string]map[string]reflect.Value{}
	h.m = engine.New(engine.Config{Fset: h.fset, Symbol: h.symbol, Generics: h.generics, Print: func(line bool, args []any) {
		for i, a := range args {
			if i > 0 && line {
				h.out.WriteByte(' ')
			}
			if v, ok := a.(reflect.Value); ok {
				a = v.Interface()
			}
			fmt.Fprint(&h.out, a)
		}
		if line {
			h.out.WriteByte('\n')
		}
	}})
	h.syms["fmt"] = h.lib.Symbols("fmt")
	h.syms["fmt"]["Println"] = reflect.ValueOf(func(a ...any) (int, error) { return fmt.Fprintln(&h.out, a...) })
	h.syms["fmt"]["Printf"] = reflect.ValueOf(func(f string, a ...any) (int, error) { return fmt.Fprintf(&h.out, f, a...) })
	h.syms["fmt"]["Print"] = reflect.ValueOf(func(a ...any) (int, error) { return fmt.Fprint(&h.out, a...) })
	return h
}

func (h *host) symbol(path, name string) reflect.Value {
	if h.syms[path] == nil {
		h.syms[path] = h.lib.Symbols(path)
	}
	return h.syms[path][name]
}

func (h *host) Import(path string) (*types.Package, error) {
	if path == "unsafe" {
		return types.Unsafe, nil
	}
	if p := h.pkgs[path]; p != nil && p.Complete() {
		return p, nil
	}
	data, err := h.lib.Types(path)
	if err != nil {
		return nil, err
	}
	return gcexportdata.Read(bytes.NewReader(data), h.fset, h.pkgs, path)
}

func (h *host) generics(path string) (*engine.Unit, error) {
	src, ok := h.lib.Generics(path)
	if !ok {
		return nil, nil
	}
	return h.check(path, path+"/generic.go", src)
}

func (h *host) check(path, name string, src any) (*engine.Unit, error) {
	f, err := parser.ParseFile(h.fset, name, src, parser.SkipObjectResolution)
	if err != nil {
		return nil, err
	}
	info := &types.Info{
		Types: map[ast.Expr]types.TypeAndValue{}, Defs: map[*ast.Ident]types.Object{}, Uses: map[*ast.Ident]types.Object{},
		Selections: map[*ast.SelectorExpr]*types.Selection{}, Instances: map[*ast.Ident]types.Instance{}, Implicits: map[ast.Node]types.Object{},
	}
	conf := types.Config{Importer: h, Sizes: types.SizesFor("gc", "amd64")}
	pkg, err := conf.Check(path, h.fset, []*ast.File{f}, info)
	if err != nil {
		return nil, err
	}
	return &engine.Unit{Info: info, Pkg: pkg, Files: []*ast.File{f}}, nil
}

// run runs a whole program and returns what it printed.
func (h *host) run(name string) (out string) {
	defer func() {
		if r := recover(); r != nil {
			if os.Getenv("ENGINE_TRACE") != "" {
				panic(r)
			}
			out = h.out.String() + fmt.Sprintf("COMPILER PANIC: %v\n", r)
		}
	}()
	u, err := h.check("main", name, nil)
	if err != nil {
		return "check: " + err.Error()
	}
	h.m.Add(u)
	r := engine.NewRun("test")
	if h.profile {
		defer h.m.StartProfile(r, nil).Stop()
	}
	if p := h.m.Initialise(u, r, "init"); p != nil {
		return h.out.String() + h.panicked(p)
	}
	main := u.Pkg.Scope().Lookup("main").(*types.Func)
	if p := h.m.Call(r, main); p != nil {
		return h.out.String() + h.panicked(p)
	}
	return h.out.String()
}

func (h *host) panicked(p *engine.Panic) string {
	var b strings.Builder
	fmt.Fprintf(&b, "panic: %v\n", p.Value)
	for _, f := range p.Trace {
		pos := h.fset.Position(f.Pos)
		fmt.Fprintf(&b, "  %s:%d:%d in %s\n", filepath.Base(pos.Filename), pos.Line, pos.Column, f.Func)
	}
	return b.String()
}

// TestPrograms runs testdata/*.go and compares what each prints with the
// comment at its end.
func TestPrograms(t *testing.T) {
	files, err := filepath.Glob("testdata/*.go")
	if err != nil || len(files) == 0 {
		t.Fatal("no programs", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".go"), func(t *testing.T) {
			src, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			_, want, ok := strings.Cut(string(src), "/* Output:\n")
			if !ok {
				t.Fatal("no output comment")
			}
			want = strings.TrimSuffix(strings.TrimSpace(want), "*/")
			got := newHost().run(file)
			got, want = trimLines(got), trimLines(want) // gofmt trims comments
			if got != want {
				t.Errorf("got:\n%s\nwant:\n%s", got, want)
			}
		})
	}
}

func trimLines(s string) string {
	lines := strings.Split(strings.TrimSpace(s), "\n")
	for i, l := range lines {
		lines[i] = strings.TrimRight(l, " ")
	}
	return strings.Join(lines, "\n")
}

// TestOne runs the program in $ENGINE_PROGRAM and prints what it prints.
func TestOne(t *testing.T) {
	if file := os.Getenv("ENGINE_PROGRAM"); file != "" {
		fmt.Print(newHost().run(file))
	}
}
