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

	"github.com/sheaf-go/sheaf/plots"
	"github.com/sheaf-go/sheaf/tables/datum"
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
	constructors["Option"] = false // a type
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

// The picture of the page is what its cell draws.
func TestChartsPagePicture(t *testing.T) {
	iris, size := datum.Iris(), []plots.Option{plots.Width(260), plots.Height(180)}
	c := plots.Concat(
		plots.Scatter(iris, "sepal_length", "petal_length", plots.Color("class_text")).With(size...),
		plots.Histogram(iris, "petal_length", plots.Color("class_text")).With(size...),
		plots.Violin(iris, "class_text", "sepal_width").With(size...),
		plots.Correlation(iris, "sepal_length", "sepal_width", "petal_length", "petal_width"),
	).With(plots.Title("Fisher's irises"), plots.Columns(2))
	samePicture(t, c, filepath.Join("..", "docs", "charts.png"))
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
