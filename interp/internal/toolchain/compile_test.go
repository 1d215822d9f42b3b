package toolchain

import (
	"bytes"
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/sheaf-go/sheaf/internal/needs"
)

// find is the toolchain of the test, with a cache of its own.
func find(t testing.TB) *Toolchain {
	t.Helper()
	return findIn(t, t.TempDir())
}

func findIn(t testing.TB, cache string) *Toolchain {
	t.Helper()
	needs.Program(t, "go")
	tc, err := Find(context.Background(), Options{CacheDir: cache})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { tc.Close() })
	return tc
}

func unit(path, source string) Unit {
	return Unit{Path: path, Files: []File{{Name: path + ".go", Source: []byte(source)}}}
}

func compile(t testing.TB, tc *Toolchain, u Unit) *Object {
	t.Helper()
	o, err := tc.Compile(context.Background(), u)
	if err != nil {
		t.Fatal(err)
	}
	return o
}

// TestLinks links what is compiled with the standard library's archives, and
// runs it: nothing less tells that an object is right. The toolchain's linker
// takes code of -dynlink for plugins only, so it is left off here.
func TestLinks(t *testing.T) {
	tc := find(t)
	lib := unit("cell/lib.1", `package lib

import "slices"

type Pair[K comparable, V any] struct { Key K; Value V }

var Calls int

func Sorted(s []int) []int { Calls++; s = slices.Clone(s); slices.Sort(s); return s }

func (p Pair[K, V]) Swap() Pair2[V, K] { return Pair2[V, K]{p.Value, p.Key} }

type Pair2[V, K any] struct { Value V; Key K }
`)
	main := unit("main", `package main

import (
	"fmt"

	lib "cell/lib.1"
)

func main() {
	fmt.Println(lib.Sorted([]int{3, 1, 2}), lib.Calls, lib.Pair[string, int]{"a", 1}.Swap())
	defer func() { fmt.Println(recover()) }()
	fmt.Println([]int{}[lib.Calls])
}
`)
	lib.Flags, main.Flags = []string{"-dynlink=false"}, []string{"-dynlink=false"}
	libObject := compile(t, tc, lib)
	main.Uses = []*Object{libObject}
	mainObject := compile(t, tc, main)

	dir := t.TempDir()
	var cfg strings.Builder
	out, err := output(context.Background(), tc.tool().Command.Path, []string{"list", "-deps", "fmt", "slices", "runtime"}, dir, tc.goEnv())
	if err != nil {
		t.Fatal(err)
	}
	archives, err := tc.Export(context.Background(), strings.Fields(string(out))...)
	if err != nil {
		t.Fatal(err)
	}
	for p, file := range archives {
		cfg.WriteString("packagefile " + p + "=" + file + "\n")
	}
	for name, o := range map[string]*Object{"lib.o": libObject, "main.o": mainObject} {
		write(t, filepath.Join(dir, name), o.Header+objectStart+string(o.Code))
	}
	cfg.WriteString("packagefile cell/lib.1=" + filepath.Join(dir, "lib.o") + "\n")
	write(t, filepath.Join(dir, "cfg"), cfg.String())
	link := exec.Command(filepath.Join(filepath.Dir(tc.tool().Compiler.Path), "link"), "-importcfg", "cfg", "-o", "prog", "main.o")
	link.Dir = dir
	if out, err := link.CombinedOutput(); err != nil {
		t.Fatalf("link: %v\n%s", err, out)
	}
	got, err := exec.Command(filepath.Join(dir, "prog")).CombinedOutput()
	const want = "[1 2 3] 1 {1 a}\nruntime error: index out of range [1] with length 0\n"
	if err != nil || string(got) != want {
		t.Errorf("got %q, %v\nwant %q", got, err, want)
	}
}

func TestPositions(t *testing.T) {
	tc := find(t)
	u := Unit{Path: "cell/1", Files: []File{
		{Name: "cell[1]", Source: []byte("package p\n\nfunc F() { panic(1) }\n")},
		{Name: "odd: name", Source: []byte("package p\n\nfunc E() { panic(0) }\n\n//line cell[7]:40\nfunc G() { panic(2) }\n")},
	}}
	o := compile(t, tc, u)
	for _, want := range []string{"cell[1]", "odd: name", "cell[7]"} {
		if !bytes.Contains(o.Code, []byte(want)) {
			t.Errorf("the object does not name %s", want)
		}
	}
	for name, data := range map[string][]byte{"code": o.Code, "export data": o.Export} {
		if bytes.Contains(data, []byte("sheaf-compile-")) {
			t.Errorf("the %s names the folder that it was compiled in", name)
		}
	}
	if again := compile(t, tc, u); !bytes.Equal(o.Code, again.Code) || !bytes.Equal(o.Export, again.Export) {
		t.Error("compiled twice, the object is another one")
	}
}

func TestSourceError(t *testing.T) {
	tc := find(t)
	for name, c := range map[string]struct {
		file, source string
		want         []string // of the messages, with their places
	}{
		"types": {"cell[1]", "package p\n\nvar x int = \"\"\n\nfunc f() { return 1 }\n", []string{
			`cell[1]:3:13: cannot use "" (untyped string constant) as int value in variable declaration`,
			"cell[1]:5:19: too many return values\n\thave (number)\n\twant ()",
		}},
		"syntax":  {"a: b", "package p\nfunc f( {\n", []string{"a: b:2:9: syntax error: unexpected {, expected )"}},
		"line":    {"x.go", "package p\n//line cell[9]:70\nvar x = y\n", []string{"cell[9]:70: undefined: y"}},
		"import":  {"x.go", "package p\nimport \"os\"\n", []string{`x.go:2:8: "os" imported and not used`}},
		"nothing": {"x.go", "", []string{"x.go:1:1: syntax error: package statement must be first"}},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := tc.Compile(context.Background(), Unit{Path: "cell/1", Files: []File{{c.file, []byte(c.source)}}})
			var e *SourceError
			if !errors.As(err, &e) {
				t.Fatalf("got %v, want a SourceError", err)
			}
			var got []string
			for _, m := range e.Messages {
				got = append(got, m.Pos.String()+": "+m.Text)
			}
			if !slices.Equal(got, c.want) {
				t.Errorf("got  %q\nwant %q", got, c.want)
			}
			if strings.Contains(e.Error(), "\n") {
				t.Errorf("%q has several lines", e)
			}
		})
	}
}

// TestABI: a function without a body is called by registers, unless it is said
// that it is called by the stack.
func TestABI(t *testing.T) {
	tc := find(t)
	u := unit("cell/a.b", "package p\n\ntype T int\n\nfunc F(a, b int) int\n\nfunc (t *T) M() int\n\nfunc G(t *T) int { return F(1, t.M()) }\n")
	plain := compile(t, tc, u)
	u.ABI = map[string]string{"F": "ABIInternal", "(*T).M": "ABIInternal"}
	if o := compile(t, tc, u); !bytes.Equal(o.Code, plain.Code) {
		t.Error("ABIInternal is not the default")
	}
	u.ABI["F"] = "ABI0"
	if o := compile(t, tc, u); bytes.Equal(o.Code, plain.Code) {
		t.Error("ABI0 changes nothing")
	}
	u.ABI["F"] = "ABI9"
	if _, err := tc.Compile(context.Background(), u); err == nil || !strings.Contains(err.Error(), `unknown abi "ABI9"`) {
		t.Errorf("got %v", err)
	}
}

func TestSymbolPrefix(t *testing.T) {
	for path, want := range map[string]string{
		"main": "main", "a.b/c": "a.b/c", "a.b/c.d": "a.b/c%2ed", "x y/%": "x%20y/%25", "ü": "%c3%bc", `"`: "%22",
	} {
		if got := SymbolPrefix(path); got != want {
			t.Errorf("%q: got %q, want %q", path, got, want)
		}
	}
}

func TestUnitRefused(t *testing.T) {
	tc := find(t)
	for _, u := range []Unit{
		{}, {Path: "p"}, {Path: "p", Files: []File{{"", nil}}}, {Path: "p", Files: []File{{"a=>b", nil}}}, {Path: "p", Files: []File{{"a;b", nil}}},
	} {
		_, err := tc.Compile(context.Background(), u)
		var s *SourceError
		if err == nil || errors.As(err, &s) {
			t.Errorf("%+v: got %v", u, err)
		}
	}
	u := unit("p", "package p\n")
	u.Flags = []string{"-nosuchflag"}
	if _, err := tc.Compile(context.Background(), u); err == nil || strings.Contains(err.Error(), "\n") {
		t.Errorf("an unknown flag: got %v", err)
	}
}

func TestCancelled(t *testing.T) {
	tc := find(t)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	u := unit("p", "package p\nimport _ \"fmt\"\n")
	if _, err := tc.Compile(ctx, u); !errors.Is(err, context.Canceled) {
		t.Errorf("before the imports are known: got %v", err)
	}
	compile(t, tc, u)
	if _, err := tc.Compile(ctx, u); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

// TestToolchainVanishes: a program goes on without its toolchain.
func TestToolchainVanishes(t *testing.T) {
	tc := find(t)
	compiler := tc.state.Go.Compiler.Path
	u := unit("p", "package p\nimport _ \"strings\"\n")
	compile(t, tc, u)

	tc.state.Go.Compiler.Path = "/nowhere/compile"
	_, err := tc.Compile(context.Background(), u)
	var gone *GoneError
	if !errors.As(err, &gone) || gone.Path != "/nowhere/compile" {
		t.Errorf("got %v", err)
	}

	other := filepath.Join(t.TempDir(), "compile")
	write(t, other, "#!/bin/sh\necho 'compile: version \"go1.99\" does not match go tool version' >&2; exit 2\n")
	if err := os.Chmod(other, 0o777); err != nil {
		t.Fatal(err)
	}
	tc.state.Go.Compiler.Path = other
	var s *SourceError
	if _, err = tc.Compile(context.Background(), u); err == nil || errors.As(err, &s) || !strings.Contains(err.Error(), "does not match") {
		t.Errorf("another release: got %v", err)
	}

	tc.state.Go.Compiler.Path, tc.state.Go.Command.Path = compiler, "/nowhere/go"
	compile(t, tc, u)
	if _, err := tc.Export(context.Background(), "sort"); !errors.As(err, &gone) || gone.Path != "/nowhere/go" {
		t.Errorf("got %v", err)
	}
}

func TestConcurrent(t *testing.T) {
	tc := find(t)
	var wg sync.WaitGroup
	for _, p := range []string{"strings", "sort", "strings", "unsafe"} {
		wg.Go(func() {
			if _, err := tc.Compile(context.Background(), unit("p", "package p\nimport _ \""+p+"\"\n")); err != nil {
				t.Error(err)
			}
			_ = tc.Version()
		})
	}
	wg.Wait()
}

func TestObjectFormat(t *testing.T) {
	tc := find(t)
	o := compile(t, tc, unit("p", "package p\n"))
	if want := "go object " + runtime.GOOS + " " + runtime.GOARCH + " " + tc.Version(); !strings.HasPrefix(o.Header, want) {
		t.Errorf("header %q, want %q …", o.Header, want)
	}
	archives, err := tc.Export(context.Background(), "errors")
	if err != nil {
		t.Fatal(err)
	}
	whole, err := os.ReadFile(archives["errors"])
	if err != nil {
		t.Fatal(err)
	}
	if code, err := Code(whole); err != nil || len(code) == 0 {
		t.Errorf("the archive of errors: %d bytes, %v", len(code), err)
	}
	for n := range 200 { // cut anywhere, it is no archive with an object
		if _, err := Code(whole[:n*len(whole)/200]); err == nil {
			t.Errorf("cut to %d of %d bytes, there is an object in it", n*len(whole)/200, len(whole))
		}
	}
	if _, err := Code(o.Export); err == nil {
		t.Error("there is an object in export data")
	}
	if _, err := Code([]byte("!<arch>\n" + strings.Repeat("9", 70))); err == nil {
		t.Error("an object in rubbish")
	}
}

// TestAssembler compiles a package that has assembler: its objects stand beside
// the compiled one, the names of the package are in the header, and what is wrong
// names its file.
func TestAssembler(t *testing.T) {
	tc := find(t)
	u := unit("example.org/calc", "package calc\n\nconst factor = 3\n\nfunc Triple(n int) int\n")
	u.Asm = &Assembler{Module: "example.org/calc@v1.0.0", Dir: "sub", Files: []string{"a.s", "b.s"}, Texts: map[string]string{
		"sub/a.s":    "#include \"go_asm.h\"\n#include \"textflag.h\"\n#include \"../inc/m.h\"\nTEXT ·Triple(SB), NOSPLIT, $0-16\n\tMOVQ n+0(FP), AX\n\tIMULQ $const_factor, AX\n\tGIVE(AX)\n\tRET\n",
		"sub/b.s":    "TEXT ·other(SB), $0-0\n\tRET\n",
		"inc/m.h":    "#define GIVE(r) MOVQ r, ret+8(FP)\n",
		"unused.txt": "",
	}}
	if runtime.GOARCH != "amd64" {
		t.Skip("assembler of amd64")
	}
	o := compile(t, tc, u)
	if len(o.Asm) != 2 || !bytes.HasPrefix(o.Asm[0], []byte(objectMagic)) || !bytes.Contains(o.Asm[0], []byte("example.org/calc.Triple")) {
		t.Errorf("%d objects of two files", len(o.Asm))
	}
	if got := keptObject(tc.objectPath(u, nil)); got == nil || len(got.Asm) != 2 {
		t.Errorf("kept %v", got)
	}
	u.Asm.Texts["sub/b.s"] = "TEXT ·other(SB), $0-0\n\tRETURN\n"
	if _, err := tc.Compile(t.Context(), u); err == nil || !strings.HasPrefix(err.Error(), "example.org/calc@v1.0.0/sub/b.s:2: ") {
		t.Errorf("error %v", err)
	}
	u.Asm.Texts["../b.s"] = ""
	if _, err := tc.Compile(t.Context(), u); err == nil || !strings.Contains(err.Error(), "want a path in the module") {
		t.Errorf("error %v", err)
	}
}
