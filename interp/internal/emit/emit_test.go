package emit

import (
	"errors"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/sheaf-go/sheaf/internal/needs"
)

// emitFile emits all of a program: its variables without their values, its
// functions with their bodies.
func emitFile(t *testing.T, imp types.Importer, path string) (*Output, error) {
	t.Helper()
	fset := token.NewFileSet()
	f, err := parser.ParseFile(fset, path, nil, parser.SkipObjectResolution)
	if err != nil {
		t.Skip(err)
	}
	info := &types.Info{
		Types: map[ast.Expr]types.TypeAndValue{}, Defs: map[*ast.Ident]types.Object{}, Uses: map[*ast.Ident]types.Object{},
		Selections: map[*ast.SelectorExpr]*types.Selection{}, Instances: map[*ast.Ident]types.Instance{}, Implicits: map[ast.Node]types.Object{},
	}
	conf := types.Config{Importer: imp, Sizes: types.SizesFor("gc", runtime.GOARCH)}
	pkg, err := conf.Check("main", fset, []*ast.File{f}, info)
	if err != nil {
		t.Skip(err)
	}
	in := &Input{Fset: fset, Pkg: pkg, Funcs: map[string]Func{}, Paths: map[string]string{}, Replaced: func(f *types.Func) bool {
		return f.FullName() == "time.Sleep" || f.FullName() == "(*sync.Mutex).Lock" || f.FullName() == "fmt.Println"
	}}
	for _, s := range f.Imports {
		p := strings.Trim(s.Path.Value, `"`)
		dep, err := imp.Import(p)
		if err != nil {
			t.Skip(err)
		}
		name := dep.Name()
		if s.Name != nil {
			name = s.Name.Name
		}
		if name == "." || name == "_" {
			t.Skip("a dot import")
		}
		in.Paths[name] = p
	}
	for _, d := range f.Decls {
		switch d := d.(type) {
		case *ast.FuncDecl:
			if d.Body == nil {
				t.Skip("a function without a body")
			}
			if d.Name.Name == "_" || d.Name.Name == "init" {
				continue
			}
			in.Funcs[Symbol(d)] = Func{Decl: d, Info: info}
			cp := *d
			cp.Body = nil
			in.Decls = append(in.Decls, &cp)
		case *ast.GenDecl:
			if d.Tok == token.VAR {
				d = variables(t, d, info, pkg, in)
			}
			if d.Tok != token.IMPORT {
				in.Decls = append(in.Decls, d)
			}
		}
	}
	return Package(in)
}

// variables gives variables their types and takes their values.
func variables(t *testing.T, d *ast.GenDecl, info *types.Info, pkg *types.Package, in *Input) *ast.GenDecl {
	cp := &ast.GenDecl{Tok: token.VAR, TokPos: d.Pos(), Lparen: d.Pos(), Rparen: d.End()}
	e := &emitter{Input: in}
	for _, s := range d.Specs {
		for _, id := range s.(*ast.ValueSpec).Names {
			if id.Name == "_" {
				continue
			}
			typ, err := parser.ParseExpr(e.typeText(info.Defs[id].Type()))
			if err != nil {
				t.Skip(err)
			}
			cp.Specs = append(cp.Specs, &ast.ValueSpec{Names: []*ast.Ident{id}, Type: typ})
		}
	}
	return cp
}

// TestPrograms emits programs of Go's own tests; the compiler has to take what
// comes out.
func TestPrograms(t *testing.T) {
	goroot, err := exec.Command("go", "env", "GOROOT").Output()
	needs.Have(t, err)
	root := filepath.Join(strings.TrimSpace(string(goroot)), "test")
	files, _ := filepath.Glob(filepath.Join(root, "*.go"))
	more, _ := filepath.Glob(filepath.Join(root, "typeparam", "*.go"))
	third, _ := filepath.Glob(filepath.Join(root, "chan", "*.go"))
	files = append(append(files, more...), third...)
	if len(files) == 0 {
		needs.Have(t, errors.New("this Go has no tests of its own"))
	}
	tools, err := exec.Command("go", "env", "GOTOOLDIR").Output()
	needs.Have(t, err)
	dir := t.TempDir()
	cfg := filepath.Join(dir, "importcfg")
	list, err := exec.Command("go", "list", "-export", "-deps", "-f", "{{if .Export}}packagefile {{.ImportPath}}={{.Export}}{{end}}", "std").Output()
	needs.Have(t, err)
	os.WriteFile(cfg, list, 0o600)
	imp := importer.ForCompiler(token.NewFileSet(), "source", nil)
	n, taken := 0, 0
	for i, path := range files {
		if os.Getenv("SHEAF_ALL") == "" && i%12 != 0 {
			continue
		}
		src, _ := os.ReadFile(path)
		if !strings.HasPrefix(string(src), "// run\n") {
			continue
		}
		n++
		t.Run(filepath.Base(path), func(t *testing.T) {
			out, err := emitFile(t, imp, path)
			if err != nil {
				t.Skip(err)
			}
			file, abi := filepath.Join(dir, "out.go"), filepath.Join(dir, "abi")
			os.WriteFile(file, out.Source, 0o600)
			var defs strings.Builder
			for _, s := range out.Bodyless {
				defs.WriteString("def " + s + " ABIInternal\n")
			}
			os.WriteFile(abi, []byte(defs.String()), 0o600)
			cmd := exec.Command(filepath.Join(strings.TrimSpace(string(tools)), "compile"), "-p", "main", "-importcfg", cfg, "-dynlink", "-linkshared", "-symabis", abi, "-o", filepath.Join(dir, "out.o"), file)
			if msg, err := cmd.CombinedOutput(); err != nil {
				t.Errorf("%v\n%s", err, msg)
				if os.Getenv("SHEAF_SHOW") != "" {
					t.Logf("%s", out.Source)
				}
				return
			}
			taken++
		})
	}
	if taken < n*9/10 {
		t.Errorf("only %d of %d programs were emitted", taken, n)
	}
	t.Log(n, "programs")
}
