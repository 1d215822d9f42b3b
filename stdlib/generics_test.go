package stdlib_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/sheaf-go/sheaf/stdlib"
	"golang.org/x/tools/go/gcexportdata"
)

// typeData imports what the library holds, hidden packages too.
type typeData struct {
	fset *token.FileSet
	pkgs map[string]*types.Package
}

func newTypeData() *typeData { return &typeData{token.NewFileSet(), map[string]*types.Package{}} }

func (d *typeData) Import(path string) (*types.Package, error) {
	if path == "unsafe" {
		return types.Unsafe, nil
	}
	if p := d.pkgs[path]; p != nil && p.Complete() {
		return p, nil
	}
	data, err := stdlib.Library().Types(path)
	if err != nil {
		return nil, err
	}
	return gcexportdata.Read(bytes.NewReader(data), d.fset, d.pkgs, path)
}

// Every package that exports generic declarations has their source, which
// checks on its own and declares what the compiled package declares.
func TestGenericsCheckAlone(t *testing.T) {
	lib, imp, found := stdlib.Library(), newTypeData(), 0
	for _, p := range lib.Paths() {
		compiled, err := imp.Import(p)
		if err != nil {
			t.Fatal(err)
		}
		var roots []types.Object
		for _, n := range compiled.Scope().Names() {
			if o := compiled.Scope().Lookup(n); o.Exported() && parameterized(o) {
				roots = append(roots, o)
			}
		}
		src, ok := lib.Generics(p)
		if ok != (len(roots) > 0) {
			t.Errorf("%s exports %d generic declarations; source: %v", p, len(roots), ok)
		}
		if !ok {
			continue
		}
		found++
		f, err := parser.ParseFile(imp.fset, p+"/generic.go", src, 0)
		if err != nil {
			t.Fatal(err)
		}
		fromSource, err := (&types.Config{Importer: imp}).Check(p, imp.fset, []*ast.File{f}, nil)
		if err != nil {
			t.Fatal(err)
		}
		if fromSource.Name() != compiled.Name() {
			t.Errorf("%s is package %s, its source says %s", p, compiled.Name(), fromSource.Name())
		}
		for _, o := range roots {
			compareAPI(t, o, fromSource.Scope().Lookup(o.Name()))
		}
	}
	if found < 10 {
		t.Errorf("only %d packages have generic declarations", found)
	}
}

func parameterized(o types.Object) bool {
	switch o := o.(type) {
	case *types.Func:
		return o.Signature().TypeParams().Len() > 0
	case *types.TypeName:
		n, ok := o.Type().(*types.Named)
		return ok && n.TypeParams().Len() > 0
	}
	return false
}

// compareAPI holds what can be said of both: a function's type, a type's
// parameters and methods.
func compareAPI(t *testing.T, want, have types.Object) {
	t.Helper()
	if have == nil {
		t.Errorf("the source has no %s", want)
		return
	}
	text := func(o types.Object) string {
		s := o.Name() + " " + types.TypeString(o.Type(), nil)
		if n, ok := o.Type().(*types.Named); ok {
			for m := range types.NewMethodSet(types.NewPointer(n)).Methods() {
				s += "\n" + types.ObjectString(m.Obj(), nil)
			}
		}
		return s
	}
	if text(want) != text(have) {
		t.Errorf("compiled\n%s\nfrom source\n%s", text(want), text(have))
	}
	if w, h := layout(want), layout(have); w != h {
		t.Errorf("%s is compiled as %s, from source it is %s", want.Name(), w, h)
	}
}

// layout says how a type lies in memory when its parameters are int.
func layout(o types.Object) string {
	n, ok := o.Type().(*types.Named)
	if _, isType := o.(*types.TypeName); !ok || !isType {
		return ""
	}
	args := make([]types.Type, n.TypeParams().Len())
	for i := range args {
		args[i] = types.Typ[types.Int]
	}
	inst, err := types.Instantiate(nil, n, args, false)
	if err != nil {
		return err.Error()
	}
	st, ok := inst.Underlying().(*types.Struct)
	if !ok {
		return inst.Underlying().String()
	}
	var fields []*types.Var
	for f := range st.Fields() {
		fields = append(fields, f)
	}
	sizes := types.SizesFor("gc", runtime.GOARCH)
	return fmt.Sprintf("%d bytes, fields at %v", sizes.Sizeof(inst), sizes.Offsetsof(fields))
}

// A program does the same with the packages themselves and with the source
// that Generics gives for them, compiled in their place.
func TestGenericsDoTheSame(t *testing.T) {
	if testing.Short() {
		t.Skip("compiles programs")
	}
	src, err := os.ReadFile("testdata/generics/main.go")
	if err != nil {
		t.Fatal(err)
	}
	const probe = "github.com/sheaf-go/sheaf/stdlib/internal/probe"
	ours, files := string(src), map[string]string{}
	place, dir := filepath.Join("internal", "probe"), t.TempDir()
	add := func(name string, text []byte) {
		file := filepath.Join(dir, strings.ReplaceAll(name, "/", "_"))
		abs, err := filepath.Abs(filepath.Join(place, name))
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, text, 0o666); err != nil {
			t.Fatal(err)
		}
		files[abs] = file
	}
	lib, n := stdlib.Library(), 0
	for _, p := range lib.Paths() {
		generic, ok := lib.Generics(p)
		spec := "g_" + path.Base(strings.TrimSuffix(p, "/v2")) + " \"" + p + "\""
		if !ok || !strings.Contains(ours, spec) {
			if ok {
				t.Errorf("the program does not import %s", spec)
			}
			continue
		}
		n++
		ours = strings.Replace(ours, spec, strings.Replace(spec, "\""+p, "\""+probe+"/"+p, 1), 1)
		add(p+"/generic.go", generic)
	}
	add("main.go", []byte(ours))
	overlay, err := json.Marshal(map[string]any{"Replace": files})
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(dir, "overlay.json")
	if err := os.WriteFile(file, overlay, 0o666); err != nil {
		t.Fatal(err)
	}
	want := goRun(t, "testdata/generics/main.go")
	have := goRun(t, "-overlay", file, probe)
	if want != have || n < 10 {
		t.Errorf("with %d packages from source\n%s\nwith the packages themselves\n%s", n, have, want)
	}
}

func goRun(t *testing.T, args ...string) string {
	t.Helper()
	out, err := exec.Command("go", append([]string{"run"}, args...)...).CombinedOutput()
	if err != nil {
		t.Fatalf("go run %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return string(out)
}
