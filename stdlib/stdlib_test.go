package stdlib_test

import (
	"bytes"
	"go/token"
	"go/types"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"strconv"
	"strings"
	"testing"

	"github.com/sheaf-go/sheaf/stdlib"
	"golang.org/x/tools/go/gcexportdata"
)

// The committed tables are what the generator writes today. If not, run
// "go generate ./stdlib/...".
func TestTablesAreFresh(t *testing.T) {
	for _, group := range []string{"std", "system", "own", "withcgo"} {
		src, err := os.ReadFile(filepath.Join(group, group+".go"))
		if err != nil {
			t.Fatal(err)
		}
		dir := t.TempDir()
		args := directive(t, string(src))
		args = append([]string{args[1], args[2], "-o", dir}, args[3:]...)
		cmd := exec.Command("go", args...)
		cmd.Dir = group
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("go %s: %v\n%s", strings.Join(args, " "), err, out)
		}
		fresh, err := filepath.Glob(filepath.Join(dir, "*"))
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range fresh {
			want, _ := os.ReadFile(f)
			have, err := os.ReadFile(filepath.Join(group, filepath.Base(f)))
			if err != nil || !bytes.Equal(want, have) {
				t.Errorf("%s/%s is stale: run go generate ./stdlib/%s", group, filepath.Base(f), group)
			}
		}
		have, err := filepath.Glob(filepath.Join(group, "*.[gz][oi]*"))
		if err != nil || len(have) != len(fresh)+1 { // GROUP.go is written by hand
			t.Errorf("%s has %d files beside the one by hand, the generator writes %d", group, len(have)-1, len(fresh))
		}
	}
}

// directive gives the words of the file's go:generate line.
func directive(t *testing.T, src string) []string {
	t.Helper()
	for line := range strings.Lines(src) {
		if rest, ok := strings.CutPrefix(line, "//go:generate "); ok {
			return strings.Fields(rest)
		}
	}
	t.Fatal("no go:generate line")
	return nil
}

// Every exported object of every package is there: in the types, and as a
// symbol unless it is generic.
func TestSymbolsMatchTypes(t *testing.T) {
	lib := stdlib.Library()
	imports := map[string]*types.Package{}
	fset := token.NewFileSet()
	for _, path := range lib.Paths() {
		data, err := lib.Types(path)
		if err != nil {
			t.Fatal(err)
		}
		p, err := gcexportdata.Read(bytes.NewReader(data), fset, imports, path)
		if err != nil {
			t.Fatalf("%s: %v", path, err)
		}
		name, _ := lib.Name(path)
		if name != p.Name() {
			t.Errorf("%s is named %q, its types say %q", path, name, p.Name())
		}
		table := lib.Symbols(path)
		for _, n := range p.Scope().Names() {
			o := p.Scope().Lookup(n)
			if !o.Exported() || generic(o) {
				continue
			}
			v, ok := table[n]
			if !ok || !v.IsValid() {
				t.Errorf("%s.%s has no symbol", path, n)
			}
			if _, isVar := o.(*types.Var); isVar && !v.CanAddr() {
				t.Errorf("%s.%s is a variable; its symbol has no address", path, n)
			}
			if _, isType := o.(*types.TypeName); isType && (v.Kind() != reflect.Pointer || !v.IsNil()) {
				t.Errorf("%s.%s is a type; its symbol is %s", path, n, v.Kind())
			}
		}
	}
}

func generic(o types.Object) bool {
	switch t := o.Type().(type) {
	case *types.Signature:
		return t.TypeParams().Len() > 0
	case *types.Named:
		if t.TypeParams().Len() > 0 {
			return true
		}
	}
	if _, ok := o.(*types.TypeName); ok {
		it, isIface := o.Type().Underlying().(*types.Interface)
		return isIface && !it.IsMethodSet()
	}
	return false
}

// Bare names stand for one package each, ours before all others.
func TestAutoImport(t *testing.T) {
	lib := stdlib.Library()
	for name, want := range map[string]string{
		"fmt": "fmt", "rand": "math/rand/v2", "template": "text/template", "json": "encoding/json", "http": "net/http",
		"tables": "github.com/sheaf-go/sheaf/tables", "gather": "github.com/sheaf-go/sheaf/learn/gather",
		"show": "github.com/sheaf-go/sheaf/notebooks/show", "mat": "gonum.org/v1/gonum/mat",
		"tensor": "github.com/sheaf-go/sheaf/learn/tensor", "plot": "gonum.org/v1/plot", "gorgonia": "gorgonia.org/gorgonia",
	} {
		if got, ok := lib.AutoImport(name); !ok || got != want {
			t.Errorf("%s stands for %q, want %q", name, got, want)
		}
	}
	const twin = "github.com/sheaf-go/sheaf/stdlib/internal/twin"
	if _, ok := lib.AutoImport("twin"); ok {
		t.Error("a cell can name package twin")
	}
	if _, ok := lib.Name(twin); ok {
		t.Error("a cell can import package twin")
	}
	if got, ok := lib.AutoImport("nothing"); ok {
		t.Errorf("nothing stands for %q", got)
	}
}

// The type data hold no paths of the machine that they were made on.
func TestNoMachinePaths(t *testing.T) {
	lib := stdlib.Library()
	for _, path := range []string{"fmt", "net/http", "github.com/sheaf-go/sheaf/tables"} {
		data, err := lib.Types(path)
		if err != nil {
			t.Fatal(err)
		}
		wd, _ := os.Getwd()
		for _, s := range []string{filepath.Dir(wd), ".go\x00", "/src/"} {
			if bytes.Contains(data, []byte(s)) {
				t.Errorf("%s contains %s", path, strconv.Quote(s))
			}
		}
	}
}
