package linkname_test

import (
	"bytes"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"regexp"
	"runtime"
	"strings"
	"sync"
	"testing"
	"unsafe"

	"github.com/sheaf-go/sheaf/internal/needs"
	"github.com/sheaf-go/sheaf/interp/internal/linkname"
	"github.com/sheaf-go/sheaf/interp/internal/rtype"
)

// goTool runs the go command and returns what it writes.
func goTool(t testing.TB, args ...string) string {
	t.Helper()
	needs.Program(t, "go")
	cmd := exec.Command("go", args...)
	var errs bytes.Buffer
	cmd.Stderr = &errs
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go %s: %v\n%s", strings.Join(args, " "), err, errs.String())
	}
	return string(out)
}

// imported are the packages that the tests' sources import.
var imported = []string{"errors", "fmt", "io", "net/http", "sync/atomic", "time", "encoding/json", "go/types", "github.com/apache/arrow/go/v17/arrow/array"}

// exports holds the compiled form of packages by path.
var exports = struct {
	once  sync.Once
	files map[string]string
	imp   types.Importer
}{}

// archives returns where the compiled packages are, those that these import
// among them.
func archives(t testing.TB) map[string]string {
	t.Helper()
	exports.once.Do(func() {
		exports.files = map[string]string{}
		for line := range strings.Lines(goTool(t, append([]string{"list", "-export", "-deps", "-f", "{{.ImportPath}}={{.Export}}"}, imported...)...)) {
			path, file, _ := strings.Cut(strings.TrimSpace(line), "=")
			exports.files[path] = file
		}
		exports.imp = importer.ForCompiler(token.NewFileSet(), "gc", func(path string) (io.ReadCloser, error) { return os.Open(exports.files[path]) })
	})
	return exports.files
}

// check checks a file as package path; info may be nil.
func check(t testing.TB, path string, src []byte, info *types.Info) *types.Package {
	t.Helper()
	archives(t)
	fset := token.NewFileSet()
	f, err := parser.ParseFile(fset, "cell.go", src, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	conf := types.Config{Importer: exports.imp, Sizes: types.SizesFor("gc", runtime.GOARCH)}
	pkg, err := conf.Check(path, fset, []*ast.File{f}, info)
	if err != nil {
		t.Fatalf("%v in\n%s", err, src)
	}
	return pkg
}

// symbols compiles a file as package path, as cells are, and returns the names
// of all symbols that the object defines or refers to.
func symbols(t testing.TB, path string, src []byte) []string {
	t.Helper()
	dir := t.TempDir()
	var cfg strings.Builder
	for p, file := range archives(t) {
		if file != "" {
			cfg.WriteString("packagefile " + p + "=" + file + "\n")
		}
	}
	file := func(name string) string { return filepath.Join(dir, name) }
	for name, data := range map[string]string{"importcfg": cfg.String(), "cell.go": string(src)} {
		if err := os.WriteFile(file(name), []byte(data), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	goTool(t, "tool", "compile", "-p", path, "-dynlink", "-importcfg", file("importcfg"), "-o", file("cell.o"), file("cell.go"))
	return symbolsOf(t, file("cell.o"))
}

// symbol is a line of nm: address, kind, name.
var symbol = regexp.MustCompile(`^ *[0-9a-f]* +[A-Za-z?] (.*)\n$`)

// symbolsOf lists the symbols of an object or archive.
func symbolsOf(t testing.TB, file string) []string {
	var names []string
	for line := range strings.Lines(goTool(t, "tool", "nm", file)) {
		if m := symbol.FindStringSubmatch(line); m != nil {
			names = append(names, m[1])
		}
	}
	return names
}

// program is a Resolver over a World, with the types of this test and of pkg.
type program struct {
	*linkname.Resolver
	*rtype.World
}

// newProgram says of which packages the types are those of the test itself.
func newProgram(compiled func(path string) bool, pkgs ...*types.Package) program {
	known := map[string]*types.Package{}
	var add func(p *types.Package)
	add = func(p *types.Package) {
		if known[p.Path()] == nil || !known[p.Path()].Complete() {
			known[p.Path()] = p
			for _, q := range p.Imports() {
				add(q)
			}
		}
	}
	for _, p := range pkgs {
		add(p)
	}
	w := rtype.New(rtype.Config{
		Compiled: compiled,
		Method: func(types.Type, *types.Selection) func(unsafe.Pointer, []reflect.Value) []reflect.Value {
			return func(unsafe.Pointer, []reflect.Value) []reflect.Value { panic("no method has a body here") }
		},
	})
	return program{linkname.New(linkname.Config{
		Of: w.Of, Know: w.Know, Compiled: compiled,
		Package: func(path string) *types.Package { return known[path] },
	}), w}
}
