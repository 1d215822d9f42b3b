package cells_test

import (
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestPrograms keeps the programs sound, which a build of the module leaves
// out: each is one that Go takes, has a twin in Python, and times its work in
// the same words as the others.
func TestPrograms(t *testing.T) {
	files, err := filepath.Glob("programs/*.go")
	if err != nil || len(files) < 20 {
		t.Fatalf("%d programs, %v", len(files), err)
	}
	fset := token.NewFileSet()
	config := types.Config{Importer: importer.ForCompiler(fset, "source", nil)}
	harness := ""
	for _, file := range files {
		src, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		f, err := parser.ParseFile(fset, file, src, parser.ParseComments)
		if err != nil {
			t.Error(err)
			continue
		}
		if _, err := config.Check("main", fset, []*ast.File{f}, nil); err != nil {
			t.Error(err)
		}
		if !strings.HasPrefix(string(src), "//go:build ignore\n") {
			t.Errorf("%s is not kept out of the module by //go:build ignore", file)
		}
		_, main, _ := strings.Cut(string(src), "\nfunc main() {")
		if harness == "" {
			harness = main
		}
		if main == "" || main != harness {
			t.Errorf("%s: main is not that of %s", file, files[0])
		}
		if _, err := os.Stat(strings.TrimSuffix(file, ".go") + ".py"); err != nil {
			t.Error(err)
		}
	}
}
