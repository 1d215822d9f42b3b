//go:build linux && amd64

package engine_test

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"regexp"
	"runtime/debug"
	"strings"
	"testing"
	"time"
	"unsafe"

	"github.com/sheaf-go/sheaf/interp/internal/engine"
	"github.com/sheaf-go/sheaf/interp/internal/linkname"
	"github.com/sheaf-go/sheaf/interp/internal/loader"
	"github.com/sheaf-go/sheaf/interp/internal/objfile"
	"github.com/sheaf-go/sheaf/interp/internal/objfile/objtest"
)

// TestNative runs the tests of native forms in a program that has a symbol
// table: what go test runs has none, what go test -c writes has.
func TestNative(t *testing.T) {
	if testing.Short() {
		t.Skip("it builds a program")
	}
	if _, err := loader.OpenHost(); err == nil {
		t.Skip("this program has a symbol table")
	}
	bin := filepath.Join(t.TempDir(), "engine.test")
	if out, err := exec.Command("go", "test", "-c", "-o", bin, ".").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	out, err := exec.Command(bin, "-test.run=^TestForms", "-test.v", "-test.timeout=2m").CombinedOutput()
	if err != nil || !strings.Contains(string(out), "--- PASS: TestForms") {
		t.Errorf("%v\n%s", err, out)
	}
}

// A bound is a program some of whose functions have native forms.
type bound struct {
	*host
	t      testing.TB
	u      *engine.Unit
	mod    *loader.Module
	native []*ast.FuncDecl
	keep   []*unsafe.Pointer
	*linkname.Resolver
	report strings.Builder
}

func newBound(t testing.TB) *bound {
	h, err := loader.OpenHost()
	if err != nil {
		t.Skip(err)
	}
	src, err := os.ReadFile("testdata/native.cell")
	if err != nil {
		t.Fatal(err)
	}
	b := &bound{host: newHost(), t: t}
	if b.u, err = b.check("main", "cell", string(src)); err != nil {
		t.Fatal(err)
	}
	b.m.Add(b.u)
	if p := b.m.Initialise(b.u, engine.NewRun(""), "init"); p != nil {
		t.Fatal(b.panicked(p))
	}
	debug.SetMaxStack(engine.MaxStack)
	b.Resolver = linkname.New(linkname.Config{
		Of: b.m.Type, Know: b.m.Know, Compiled: func(path string) bool { return path != "main" },
		Package: func(path string) *types.Package {
			if path == "main" {
				return b.u.Pkg
			}
			p, _ := b.Import(path)
			return p
		},
	})
	o := b.object(string(src))
	var roots []string
	defined := map[string]bool{}
	for _, d := range o.Defs {
		defined[d.Name] = true
	}
	for _, d := range b.native {
		roots = append(roots, symbol(d))
		if p := pointerForm(d); p != "" && defined[p] {
			roots = append(roots, p)
		}
	}
	if b.mod, err = h.Load(o, roots, b); err != nil {
		t.Fatal(err)
	}
	return b
}

// object compiles the functions marked as native; the others have no bodies
// there.
func (b *bound) object(src string) *objfile.Object {
	var abi strings.Builder
	text := []byte(strings.Replace(src, "native = false", "native = true ", 1))
	for _, d := range b.u.Files[0].Decls {
		fd, ok := d.(*ast.FuncDecl)
		if !ok {
			continue
		}
		if strings.HasSuffix(src[:b.offset(fd.Pos())], "// native\n") {
			b.native = append(b.native, fd)
			continue
		}
		for i := b.offset(fd.Body.Pos()); i < b.offset(fd.Body.End()); i++ {
			if text[i] != '\n' {
				text[i] = ' '
			}
		}
		fmt.Fprintf(&abi, "def %s ABIInternal\n", symbol(fd))
	}
	return objtest.Compile(b.t, "//line cell:1\n"+string(text), abi.String(), "fmt", "sort", "strings", "runtime", "sync", "time")
}

func (b *bound) offset(pos token.Pos) int { return b.fset.Position(pos).Offset }

func symbol(d *ast.FuncDecl) string {
	if d.Recv == nil {
		return "main." + d.Name.Name
	}
	t := types.ExprString(d.Recv.List[0].Type)
	if strings.HasPrefix(t, "*") {
		t = "(" + t + ")"
	}
	return "main." + t + "." + d.Name.Name
}

// pointerForm is the compiler's wrapper for a method with a value receiver.
func pointerForm(d *ast.FuncDecl) string {
	if d.Recv == nil {
		return ""
	}
	return "main.(*" + types.ExprString(d.Recv.List[0].Type) + ")." + d.Name.Name
}

// Variable implements loader.Resolver.
func (b *bound) Variable(name string) unsafe.Pointer {
	name, ok := strings.CutPrefix(name, "main.")
	if v, is := b.u.Pkg.Scope().Lookup(name).(*types.Var); ok && is {
		return b.m.Define("main", name, v.Type()).Addr
	}
	return nil
}

// FuncName implements loader.Resolver.
func (b *bound) FuncName(symbol string) string { return symbol }

// Code implements loader.Resolver.
func (b *bound) Code(string, uint16) uintptr { return 0 }

// Own implements loader.Resolver.
func (b *bound) Own(name string) bool { return strings.Contains(name, "main.") }

// Slot implements loader.Resolver.
func (b *bound) Slot(name string) *unsafe.Pointer {
	h := b.m.Hooks()
	if at := map[string]any{
		"main.recovered": &h.Recover, "main.start": &h.Go,
		"main.wait": &h.Wait, "main.done": &h.Done, "main.stopped": &h.Stopped,
	}[name]; at != nil {
		return (*unsafe.Pointer)(reflect.ValueOf(at).UnsafePointer())
	}
	if name == "main.lock" {
		name = "sync.(*Mutex).Lock"
	}
	if own, ok := strings.CutPrefix(name, "main."); ok {
		if f, ok := b.u.Pkg.Scope().Lookup(own).(*types.Func); ok {
			return b.m.Slot(f)
		}
		return nil
	}
	if f := b.compiled(name); f != nil {
		if v := b.m.HookValue(f); v != nil {
			b.keep = append(b.keep, &v)
			return &v
		}
	}
	return nil
}

// compiled finds the compiled function, or method, that a symbol names.
func (b *bound) compiled(name string) *types.Func {
	path, rest, _ := strings.Cut(name, ".")
	p, err := b.Import(path)
	if err != nil {
		return nil
	}
	if f, ok := p.Scope().Lookup(rest).(*types.Func); ok {
		return f
	}
	if typ, meth, ok := strings.Cut(strings.TrimPrefix(rest, "(*"), ")."); ok && p.Scope().Lookup(typ) != nil {
		obj, _, _ := types.LookupFieldOrMethod(types.NewPointer(p.Scope().Lookup(typ).Type()), true, p, meth)
		f, _ := obj.(*types.Func)
		return f
	}
	return nil
}

func (b *bound) source(d *ast.FuncDecl) engine.Source {
	src, ok := b.m.Source(b.u.Info.Defs[d.Name].(*types.Func))
	if !ok {
		b.t.Fatal("no source of", d.Name)
	}
	return src
}

func (b *bound) bind() {
	for _, d := range b.native {
		n := engine.Native{Func: b.mod.Func(symbol(d)), Pointer: b.mod.Func(pointerForm(d))}
		if !b.m.Bind(b.source(d), n) {
			b.t.Error("not bound:", d.Name)
		}
	}
}

// call runs a function as a cell and returns what it printed, with its panic.
func (b *bound) call(name string, during func(r *engine.Run)) string {
	b.t.Helper()
	r := engine.NewRun(name)
	b.report.Reset()
	r.Report = func(_ *engine.Run, v any, trace []engine.Frame, at token.Pos) {
		fmt.Fprintf(&b.report, "goroutine of %d: %s", b.fset.Position(at).Line, b.panicked(&engine.Panic{Value: v, Trace: trace}))
	}
	if during != nil {
		go during(r)
	}
	b.out.Reset()
	p := b.m.Call(r, b.u.Pkg.Scope().Lookup(name).(*types.Func))
	out := b.out.String()
	if p != nil {
		out += b.panicked(p)
	}
	return columns.ReplaceAllString(out+b.report.String(), "$1")
}

// columns are not known of native code.
var columns = regexp.MustCompile(`(cell:\d+):\d+`)

func (b *bound) expect(name, want string, during func(r *engine.Run)) {
	b.t.Helper()
	if got := b.call(name, during); strings.TrimSpace(got) != strings.TrimSpace(want) {
		b.t.Errorf("%s:\n%s\nwant:\n%s", name, got, want)
	}
}

func TestForms(t *testing.T) {
	b := newBound(t)
	inter := map[string]string{}
	same := []string{"back", "panics", "panicsDirectly", "recovers", "garbage", "places"}
	b.call("before", nil)
	for _, name := range append([]string{"calls", "methods"}, same...) {
		inter[name] = b.call(name, nil)
	}
	b.bind()
	for _, name := range same {
		t.Run(name, func(t *testing.T) { b.t = t; b.expect(name, inter[name], nil) })
	}
	b.t = t
	native := strings.ReplaceAll(inter["calls"], "interpreted", "native")
	b.expect("calls", native, nil)
	b.expect("methods", `1one native 1002
1002one native 1002one native
1002one native 1002one native
1002one native [1002one native 2003one native] 1002one native 1002one native 2003
3004 3004
1 2 3 3`, nil)
	t.Run("ends", func(t *testing.T) { b.t = t; b.ends() })
	t.Run("replaced", func(t *testing.T) { b.t = t; b.replaced() })
	for end := time.Now().Add(5 * time.Second); engine.Attending(); time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("native code is still stopped for an interrupt")
		}
	}
}

// ends are the ways in which a run ends that is not a return.
func (b *bound) ends() {
	stop := func(r *engine.Run) { time.Sleep(50 * time.Millisecond); r.Interrupt() }
	b.expect("spins", `panic: interrupted
  cell:166 in a function literal of spin
  cell:170 in spin
  cell:178 in spins`, stop)
	b.expect("sleeps", "panic: interrupted\n  cell:280 in naps\n  cell:283 in sleeps", stop)
	deep := "panic: stack overflow: endless recursion?\n" + strings.Repeat("  cell:184 in deep\n", 64)
	for name, printed := range map[string]string{"overflows": "", "overflowsInBetween": "deferred <nil>\n"} {
		if got := b.call(name, nil); !strings.HasPrefix(got, printed+deep) {
			b.t.Errorf("%s:\n%s", name, got)
		}
	}
	b.expect("starts", `goroutine of 196: panic: runtime error: index out of range [7] with length 1
  cell:132 in fail
  cell:196 in a function literal of background`, func(r *engine.Run) { time.Sleep(200 * time.Millisecond); r.Interrupt() })
	b.expect("receives", "42\npanic: all goroutines are asleep: deadlock (1 waiting)\n  cell:219 in receive\n  cell:228 in receives", nil)
	b.expect("waits", "panic: all goroutines are asleep: deadlock (1 waiting)\n  cell:248 in locks\n  cell:252 in waits", nil)
}

// replaced has a function that has a native form get another source, and loses
// it again.
func (b *bound) replaced() {
	u, err := b.check("main", "other", "package main\nfunc inc(a int) int { return a + 2 }\n")
	if err != nil {
		b.t.Fatal(err)
	}
	b.m.SetCurrent(engine.NewRun(""))
	inc := b.u.Pkg.Scope().Lookup("inc").(*types.Func)
	fv := b.m.Pointer(inc)
	call := *(*func(int) int)(unsafe.Pointer(&fv))
	old, _ := b.m.Source(inc)
	undo := b.m.Add(u)
	if got := call(1); got != 3 || b.m.Bound(inc) {
		b.t.Error("the new source is not run:", got)
	}
	if b.m.Bind(old, engine.Native{Func: b.mod.Func("main.inc")}) {
		b.t.Error("a native form of the old source is bound to the new one")
	}
	undo()
	if got := call(1); got != 2 {
		b.t.Error("the source before is not run:", got)
	}
	b.m.Unbind(old)
	if got := call(1); got != 2 || b.m.Bound(inc) {
		b.t.Error("the native form is not taken away:", got)
	}
}

// BenchmarkForms measures calls of native functions of one line: by compiled
// code through a func value, and by interpreted loops.
func BenchmarkForms(b *testing.B) {
	s := newBound(b)
	for _, tier := range []string{"interpreted", "native"} {
		if tier == "native" {
			s.bind()
		}
		for _, name := range []string{"inc", "sums", "adds"} {
			fv := s.m.Pointer(s.u.Pkg.Scope().Lookup(name).(*types.Func))
			f := *(*func(int) int)(unsafe.Pointer(&fv))
			b.Run(name+"/"+tier, func(b *testing.B) {
				if name != "inc" {
					f(b.N)
					return
				}
				for n := 0; n < b.N; {
					n = f(n)
				}
			})
		}
	}
}
