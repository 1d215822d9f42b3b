package nbtest

import (
	"fmt"
	"maps"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/sheaf-go/sheaf/internal/layers"
	"github.com/sheaf-go/sheaf/notebooks"
	"github.com/sheaf-go/sheaf/stdlib"
)

// TestLEC18ImportCell: one cell imports every package beyond Go's own library
// that cells can import, in a fresh session, within a second.
func TestLEC18ImportCell(t *testing.T) {
	var paths []string
	for _, p := range stdlib.Library().Paths() {
		if first, _, _ := strings.Cut(p, "/"); strings.Contains(first, ".") {
			paths = append(paths, p)
		}
	}
	root, err := layers.Root()
	if err != nil {
		t.Fatal(err)
	}
	for _, door := range layers.Cells {
		if sources, _ := filepath.Glob(filepath.Join(root, door, "*.go")); len(sources) == 0 {
			continue // not there yet
		}
		if !slices.Contains(paths, layers.Module+"/"+door) {
			t.Errorf("%s exists but cells can't import it", door)
		}
	}
	var cell strings.Builder
	cell.WriteString("import (\n")
	for i, p := range paths {
		fmt.Fprintf(&cell, "\tp%d %q\n", i, p)
	}
	cell.WriteString(")\n")
	for i, p := range paths {
		cell.WriteString(use(t, fmt.Sprintf("p%d", i), p) + "\n")
	}
	cell.WriteString(strconv.Itoa(len(paths)))
	nb := &notebooks.Notebook{Major: 4, Minor: 5, Cells: []*notebooks.Cell{{Type: notebooks.Code, ID: "a", Source: cell.String()}}}
	path := filepath.Join(t.TempDir(), "imports.ipynb")
	if err := nb.Write(path); err != nil {
		t.Fatal(err)
	}
	out := filepath.Join(t.TempDir(), "out.ipynb")
	report, err := sheaf(t, "run", "-o", out, path)
	if err != nil {
		t.Fatalf("%v\n%s", err, report)
	}
	if done, err := notebooks.Read(out); err != nil || done.Output(1) != strconv.Itoa(len(paths))+"\n" {
		t.Errorf("the cell shows %q, %v", done.Output(1), err)
	}
	m := regexp.MustCompile(`\[1\] ok ([0-9.]+ m?s)`).FindStringSubmatch(report)
	if m == nil {
		t.Fatalf("no time in the report:\n%s", report)
	}
	took, err := time.ParseDuration(strings.ReplaceAll(m[1], " ", ""))
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d packages in %v", len(paths), took)
	if took > time.Second {
		t.Errorf("importing %d packages took %v, want at most 1 s", len(paths), took)
	}
}

// use writes a statement that needs the package: its types are loaded and its
// symbols found.
func use(t *testing.T, name, path string) string {
	t.Helper()
	symbols := stdlib.Library().Symbols(path)
	for _, n := range slices.Sorted(maps.Keys(symbols)) {
		switch v := symbols[n]; {
		case strings.HasPrefix(n, "_"):
		case v.Kind() == reflect.Func:
			return fmt.Sprintf("_ = %s.%s", name, n)
		case v.Kind() == reflect.Pointer && v.IsNil():
			return fmt.Sprintf("var _ %s.%s", name, n)
		}
	}
	t.Fatalf("%s offers no function and no type", path)
	return ""
}
