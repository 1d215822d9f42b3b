package interp_test

import (
	"context"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sheaf-go/sheaf/interp"
	"github.com/sheaf-go/sheaf/notebooks/show"
)

// TestPackagesLocal loads modules from folders.
func TestPackagesLocal(t *testing.T) { localPackages(t, interp.Interp) }

func localPackages(t *testing.T, tier interp.Tier) {
	moduleProxy(t)
	dir := t.TempDir()
	writeAll(t, filepath.Join(dir, "garden"), map[string]string{
		"go.mod": "module garden\n\ngo 1.24\n\nrequire (\n\texample.org/shapes v1.2.0\n\texample.org/order v1.1.0\n\texample.org/tools v1.0.0\n)\n\n" +
			"replace example.org/tools => ../tools\n",
		"garden.go": "// Package garden is ours.\npackage garden\n\nimport (\n\t\"example.org/shapes\"\n\t\"example.org/tools\"\n\t\"garden/beds\"\n)\n\n" +
			"// Area sums areas.\nfunc Area(n int) (total float64) {\n\tfor i := range n {\n\t\ttotal += shapes.Square(float64(beds.Side(i))).Area()\n\t}\n\treturn tools.Double(total)\n}\n",
	})
	writeAll(t, filepath.Join(dir, "garden", "beds"), map[string]string{
		"beds.go": "package beds\n\n// Side is a side.\nfunc Side(i int) int { return []int{1, 2, 3}[i] }\n",
	})
	writeAll(t, filepath.Join(dir, "tools"), map[string]string{
		"go.mod": "module example.org/tools\n", "tools.go": "package tools\n\nfunc Double(x float64) float64 { return 2 * x }\n",
	})
	writeAll(t, filepath.Join(dir, "broken"), map[string]string{"go.mod": "module broken.org/x\n", "x.go": "package x\n\nvar X int = \"a\"\n"})
	k := newTierTalker(t, tier)
	fails := func(src, want string) {
		t.Helper()
		res := k.s.Execute(context.Background(), show.Cell{Source: src, Count: 99}, silent{})
		if res.Err == nil {
			t.Errorf("%s: no error; want %q", src, want)
		} else if got := strings.Join(res.Err.Traceback, "\n"); !strings.Contains(got, want) {
			t.Errorf("%s: %q; want %q", src, got, want)
		}
	}
	garden := filepath.Join(dir, "garden")
	fails("%pkg "+filepath.Join(dir, "broken"), "broken.org/x@local/x.go:3:13: cannot use \"a\"")
	fails("%pkg /", "has no go.mod")
	fails("%pkg "+filepath.Join(dir, "nowhere"), "is no folder")
	k.run("%pkg " + garden)
	if got := k.run("import \"garden\"\nfmt.Println(garden.Area(3))"); got != "28\n" {
		t.Error(got)
	}
	fails("garden.Area(4)", "garden@local/beds/beds.go:4")
	if got := k.s.Compiled("garden", "Area"); got != (tier == interp.Native) {
		t.Errorf("tier %s: Area compiled: %v\n%s", tier, got, k.tier())
	}
	k.run("%pkg " + filepath.Join(garden, "beds"))
	if got := k.run("import \"garden/beds\"\nfmt.Println(beds.Side(2))"); got != "3\n" {
		t.Error(got)
	}
	t.Chdir(garden)
	k.run("%pkg ./beds")
	writeAll(t, filepath.Join(garden, "beds"), map[string]string{"beds.go": "package beds\n\nfunc Side(i int) int { return 0 }\n"})
	fails("%pkg "+garden, "garden@local/beds/beds.go has changed since it was loaded; restart")
	writeAll(t, filepath.Join(dir, "broken"), map[string]string{"x.go": "package x\n\nvar X int = 4\n"})
	k.run("%pkg " + filepath.Join(dir, "broken"))
	if got := k.run("import \"broken.org/x\"\nfmt.Println(x.X)"); got != "4\n" {
		t.Error(got)
	}
}
