package layers

import (
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func packages(t *testing.T) []listed {
	t.Helper()
	root, err := Root()
	if err != nil {
		t.Fatal(err)
	}
	// Opening every folder tells go test what this test depends on; it can't
	// see what go list reads.
	if err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err == nil && d.IsDir() && d.Name() == ".git" {
			return filepath.SkipDir
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
	all, err := goList(root)
	if err != nil {
		t.Fatal(err)
	}
	if len(all) < 3 {
		t.Fatalf("go list found %d packages; this test would prove nothing", len(all))
	}
	return all
}

// TestImportTable holds every package of the module to the table.
func TestImportTable(t *testing.T) {
	var pkgs []Package
	for _, l := range packages(t) {
		if len(l.GoFiles)+len(l.CgoFiles) == 0 {
			continue // only tests, or nothing for this platform
		}
		pkgs = append(pkgs, Package{l.ImportPath, l.Doc, l.Imports})
	}
	for _, fault := range Check(pkgs) {
		t.Error(fault)
	}
}

func TestCheckNamesOffenders(t *testing.T) {
	in := func(s string) string { return Module + "/" + s }
	got := Check([]Package{
		{Module, "Command sheaf.", []string{in("kernel"), "fmt"}},
		{in("tables"), "Package tables.", []string{in("notebooks/show"), "github.com/apache/arrow/go/v17/arrow", in("learn")}},
		{in("learn/runs"), "Package runs.", []string{in("gpu")}},
		{in("kernel"), "", []string{in("kernel/internal/wire"), in("notebooks/show")}},
		{in("kernel/internal/wire"), "Package wire.", []string{in("notebooks/show"), in("interp")}},
		{in("cloud"), "Package cloud.", nil},
	})
	want := []string{
		"cloud is not in the import table; add it to the table with its reason",
		"kernel has no package comment; say what it is and what it is not for",
		"kernel/internal/wire imports interp, but may import only internal/direct, internal/traceback, notebooks/show (a face; reaches a session through its own interface)",
		"learn/runs imports gpu, but may import nothing of ours (a run record outlives whatever made it)",
		"tables imports learn, but may import only internal/atomicfile, internal/grid, internal/interrupt, internal/memory, internal/near, internal/quantile, internal/radix, notebooks/show (a table shows itself and needs nobody)",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// TestTableIsALayering fails when two doors may import each other, which Go
// would only notice once somebody does.
func TestTableIsALayering(t *testing.T) {
	state := map[string]int{} // 1: being visited, 2: done
	var visit func(name string, path []string)
	visit = func(name string, path []string) {
		path = append(path, name)
		if state[name] == 1 {
			t.Fatalf("a cycle: %s", strings.Join(path, " → "))
		}
		if state[name] == 2 {
			return
		}
		state[name] = 1
		for _, imp := range Table[name].May {
			if imp == everything {
				continue
			}
			if _, ok := Table[imp]; !ok {
				t.Errorf("%s may import %s, which has no row", name, imp)
			}
			visit(imp, path)
		}
		state[name] = 2
	}
	for name, row := range Table {
		if row.Reason == "" {
			t.Errorf("%s has no reason", name)
		}
		visit(name, nil)
	}
}
