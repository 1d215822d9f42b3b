package plots_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// docs/CHARTS.md names what there is, and every constructor.
func TestChartsPage(t *testing.T) {
	page, err := os.ReadFile(filepath.Join("..", "docs", "CHARTS.md"))
	if err != nil {
		t.Fatal(err)
	}
	named := map[string]bool{}
	for _, m := range regexp.MustCompile(`plots\.([A-Z]\w*)`).FindAllStringSubmatch(string(page), -1) {
		named[m[1]] = true
	}
	constructors := functions(t)
	for name := range named {
		if _, ok := constructors[name]; !ok {
			t.Errorf("the page names plots.%s, which is not there", name)
		}
	}
	for name, makes := range constructors {
		if makes && !named[name] {
			t.Errorf("the page does not name plots.%s", name)
		}
	}
}

// functions are the exported functions of the package, and whether they make
// something to look at.
func functions(t *testing.T) map[string]bool {
	t.Helper()
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]bool{}
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		f, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range f.Decls {
			fn, ok := d.(*ast.FuncDecl)
			if !ok || fn.Recv != nil || !fn.Name.IsExported() || fn.Type.Results == nil {
				continue
			}
			_, pointer := fn.Type.Results.List[0].Type.(*ast.StarExpr)
			all[fn.Name.Name] = pointer
		}
	}
	return all
}
