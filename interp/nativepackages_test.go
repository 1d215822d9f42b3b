package interp_test

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/sheaf-go/sheaf/interp"
	"github.com/sheaf-go/sheaf/notebooks/show"
)

// Compiled packages have lines and no columns.
var (
	fileColumn = regexp.MustCompile(`(?m)(\.go:\d+):\d+`)
	fileCaret  = regexp.MustCompile(`(?m)^![ \t]+\^\n`)
)

// TestPackagesNative looks at packages that are compiled.
func TestPackagesNative(t *testing.T) {
	if testing.Short() {
		t.Skip("compiles packages")
	}
	if !withSymbols(t) {
		return
	}
	t.Run("cells", packagesAlike)
	t.Run("interrupt", packagesInterrupted)
	t.Run("auto", packagesBehind)
	t.Run("tiers", packagesChangeTier)
	t.Run("types", packagesAndNewTypes)
	t.Run("linked", packagesLinked)
	t.Run("local", func(t *testing.T) { localPackages(t, interp.Native) })
}

// packagesAlike runs the same cells as TestPackages with packages and functions
// compiled: all is as it is when they are interpreted.
func packagesAlike(t *testing.T) {
	files, err := filepath.Glob("testdata/packages/*.cells")
	if err != nil || len(files) == 0 {
		t.Fatal("no testdata/packages/*.cells", err)
	}
	if _, err := exec.LookPath("gcc"); err == nil {
		files = append(files, "testdata/cgo/packages.cells")
	}
	for _, f := range files {
		t.Run(strings.TrimSuffix(filepath.Base(f), ".cells"), func(t *testing.T) {
			moduleProxy(t)
			if strings.HasSuffix(f, "low.cells") { // what a session refuses that cannot compile
				t.Setenv("SHEAF_GO", filepath.Join(t.TempDir(), "go"))
			}
			data, err := os.ReadFile(f)
			if err != nil {
				t.Fatal(err)
			}
			plain := func(text string) string {
				return fileColumn.ReplaceAllString(fileCaret.ReplaceAllString(text, ""), "$1")
			}
			const tier = ">>> %tier\n"
			got, notes, _ := strings.Cut(runScriptIn(t, string(data)+tier, interp.Native), tier)
			if want := plain(string(data)); plain(got) != want {
				t.Error(diff(want, plain(got)))
			}
			if strings.Contains(notes, "could not be compiled") && os.Getenv("SHEAF_GO") == "" {
				t.Error(notes)
			}
		})
	}
}

const loadWork = "%pkg example.org/work@v0.1.0\nimport \"example.org/work\"\n"

// packagesInterrupted ends cells that are in a package's code.
func packagesInterrupted(t *testing.T) {
	moduleProxy(t)
	for _, tier := range []interp.Tier{interp.Interp, interp.Native} {
		k := newTierTalker(t, tier)
		k.run(loadWork + "n := 0\nfunc f() { for { n += work.Sum(1000) } }")
		if got := k.s.Compiled("example.org/work", "Spin"); got != (tier == interp.Native) {
			t.Fatalf("tier %s: Spin compiled: %v\n%s", tier, got, k.tier())
		}
		for _, src := range []string{
			"work.Spin()", "work.Wait()", "f()", "work.Apply(1<<40, func(i int) int { return i })",
			"for { n += work.Sum(10) }", "work.Map(make([]int, 1<<28), func(i int) int { return work.Spin() })",
		} {
			ctx, cancel := context.WithTimeout(context.Background(), 500*time.Millisecond)
			begin := time.Now()
			res := k.s.Execute(ctx, show.Cell{Source: src, Count: 9}, silent{})
			late := time.Since(begin) - 500*time.Millisecond
			cancel()
			if res.Err == nil || res.Err.Name != "interrupted" || late > 2*time.Second {
				t.Errorf("tier %s: %s: %v, %v after the interrupt", tier, src, res.Err, late)
			}
		}
		if got := k.run("fmt.Println(work.Sum(5), n > 0)"); got != "10 true\n" {
			t.Errorf("tier %s: after the interrupts: %q", tier, got)
		}
	}
}

// packagesBehind compiles packages behind the cells that import them.
func packagesBehind(t *testing.T) {
	moduleProxy(t)
	if dir, err := os.UserCacheDir(); err == nil && os.Getenv("GOCACHE") == "" {
		t.Setenv("GOCACHE", filepath.Join(dir, "go-build"))
	}
	t.Setenv("XDG_CACHE_HOME", t.TempDir()) // nothing is compiled yet, and no archives are known
	k := newTierTalker(t, interp.Auto)
	const use = "fmt.Println(work.Sum(10), g(), work.Order(), work.ByLen([]string{\"bb\", \"a\"}))"
	k.run(loadWork + "func g() int { return work.Apply(4, func(i int) int { return work.Index([]int{5, 6}, -1) + i }) }")
	before := k.run(use)
	for begin := time.Now(); !k.s.Compiled("example.org/work", "Sum") || !strings.Contains(k.tier(), "compiled g"); time.Sleep(20 * time.Millisecond) {
		if time.Since(begin) > time.Minute {
			t.Fatal(k.tier())
		}
	}
	if after := k.run(use); after != before || !strings.HasPrefix(after, "45 30 [table first ") {
		t.Errorf("%q when compiled, %q before", after, before)
	}
}

// packagesChangeTier turns packages from one tier to the other.
func packagesChangeTier(t *testing.T) {
	moduleProxy(t)
	k := newTierTalker(t, interp.Interp)
	const use = "fmt.Println(work.Sum(10), g(3), work.Kind(work.NewOuter(1)))"
	want := k.run(loadWork + "func g(n int) int { return work.Apply(n, func(i int) int { return 2*i }) }\n" + use)
	for _, tier := range []string{"native", "interp", "native", "auto", "interp"} {
		k.run("%tier " + tier)
		if got := k.run(use); got != want {
			t.Errorf("tier %s: %q, want %q", tier, got, want)
		}
		if got := k.s.Compiled("example.org/work", "Sum"); got != (tier != "interp") {
			t.Errorf("tier %s: Sum compiled: %v\n%s", tier, got, k.tier())
		}
	}
}

// packagesAndNewTypes gives a type of the session a method, which takes the
// native forms of all functions back, and new variables to a package's type.
func packagesAndNewTypes(t *testing.T) {
	moduleProxy(t)
	k := newTierTalker(t, interp.Native)
	k.run(loadWork + "type num int\nvar list []any = []any{num(3)}\nfunc kind() string { return work.Kind(list[0]) }")
	if got := k.run("fmt.Println(kind())"); got != "main.num\n" {
		t.Error(got)
	}
	k.run("func (n num) Add(by int) int { return int(n) + by }")
	if got := k.run("fmt.Println(kind(), work.Sum(3))"); got != "adder 3 3\n" {
		t.Error(got)
	}
	if !k.s.Compiled("example.org/work", "Kind") {
		t.Errorf("Kind is interpreted\n%s", k.tier())
	}
}

// packagesLinked calls functions that a package has linked to the runtime's.
func packagesLinked(t *testing.T) {
	moduleProxy(t)
	for _, tier := range []interp.Tier{interp.Interp, interp.Native} {
		k := newTierTalker(t, tier)
		k.run("%pkg example.org/linked@v0.1.0")
		const use = "import \"example.org/linked\"\n" +
			"func same(s string) bool { return linked.Hash(s) == linked.Hash(strings.Clone(s)) && linked.Hash(s) != linked.Hash(s+s) }\n" +
			"func now() (a, b int64) { return linked.NanoTime(), linked.Func()() }\n" +
			"d, text := linked.Spent(1000)\na, b := now()\n" +
			"fmt.Println(same(\"abc\"), d > 0, text, a > 0, b >= a, linked.Func()() >= linked.NanoTime()-1e9)"
		if got := k.run(use); got != "true true 999 true true true\n" {
			t.Errorf("tier %s: %s", tier, got)
		}
		if got := k.s.Compiled("example.org/linked", "Spent"); got != (tier == interp.Native) {
			t.Errorf("tier %s: Spent compiled: %v\n%s", tier, got, k.tier())
		}
	}
}
