package layers

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// row matches a line of docs/DEPENDENCIES.md: module, licence, reason.
var row = regexp.MustCompile("(?m)^\\| `([^`]+)` \\| ([^|]+) \\| ([^|]+) \\|$")

// TestDependenciesHaveReasons holds docs/DEPENDENCIES.md and go.mod together:
// every module that we import has a row with its licence and reason, and
// every row is a module that go.mod requires.
func TestDependenciesHaveReasons(t *testing.T) {
	root, err := Root()
	if err != nil {
		t.Fatal(err)
	}
	doc, err := os.ReadFile(filepath.Join(root, "docs", "DEPENDENCIES.md"))
	if err != nil {
		t.Fatal(err)
	}
	documented := map[string]bool{}
	for _, m := range row.FindAllStringSubmatch(string(doc), -1) {
		if documented[m[1]] {
			t.Errorf("docs/DEPENDENCIES.md has two rows for %s", m[1])
		}
		documented[m[1]] = true
		if len(strings.Fields(m[3])) < 4 {
			t.Errorf("docs/DEPENDENCIES.md gives no real reason for %s: %q", m[1], strings.TrimSpace(m[3]))
		}
	}
	required, direct := requirements(t, root)
	for module := range direct {
		if !documented[module] {
			t.Errorf("docs/DEPENDENCIES.md has no row for the direct dependency %s", module)
		}
	}
	for module := range documented {
		if !required[module] {
			t.Errorf("docs/DEPENDENCIES.md has a row for %s, which go.mod does not require", module)
		}
	}
}

// requirements returns all modules that go.mod requires, and those that are
// direct: not marked indirect there, or imported by a package or test of ours.
func requirements(t *testing.T, root string) (required, direct map[string]bool) {
	t.Helper()
	cmd := exec.Command("go", "mod", "edit", "-json")
	cmd.Dir = root
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	var mod struct {
		Require []struct {
			Path     string
			Indirect bool
		}
	}
	if err := json.Unmarshal(out, &mod); err != nil {
		t.Fatal(err)
	}
	required, direct = map[string]bool{}, map[string]bool{}
	for _, r := range mod.Require {
		required[r.Path] = true
		if !r.Indirect {
			direct[r.Path] = true
		}
	}
	for _, p := range packages(t) {
		for _, imports := range [][]string{p.Imports, p.TestImports, p.XTestImports} {
			for _, imp := range imports {
				if m := moduleOf(imp, required); m != "" {
					direct[m] = true
				}
			}
		}
	}
	return required, direct
}

// moduleOf is the required module that holds an import path, "" for none.
func moduleOf(imp string, required map[string]bool) string {
	for p := imp; p != "." && p != "/"; p = filepath.ToSlash(filepath.Dir(p)) {
		if required[p] {
			return p
		}
	}
	return ""
}
