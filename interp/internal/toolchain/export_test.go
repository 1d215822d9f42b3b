package toolchain

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"
)

func TestExportRefuses(t *testing.T) {
	tc := find(t)
	got, err := tc.Export(context.Background(), "fmt", "unsafe", "no/such", "gonum.org/v1/gonum/mat")
	if len(got) != 1 || !isFile(got["fmt"]) {
		t.Errorf("got %q, want fmt's archive alone", got)
	}
	var refused *RefusedError
	if !errors.As(err, &refused) {
		t.Fatalf("got %v, want a RefusedError", err)
	}
	if r := refused.Reasons["gonum.org/v1/gonum/mat"]; r != "module gonum.org/v1/gonum is not part of this program" {
		t.Errorf("gonum: %q", r)
	}
	if r := refused.Reasons["no/such"]; !strings.Contains(r, "no/such") || strings.Contains(r, "\n") {
		t.Errorf("no/such: %q", r)
	}
	if !tc.Ready("no/such", "fmt") {
		t.Error("what was refused is asked for again")
	}
	if _, err := tc.Export(context.Background(), "no/such"); !errors.As(err, &refused) || len(refused.Reasons) != 1 {
		t.Errorf("the second time: got %v", err)
	}
	if err := tc.Warm(context.Background(), [][]string{{"no/such"}, {"fmt"}}, nil); !errors.As(err, &refused) || len(refused.Reasons) != 1 {
		t.Errorf("from Warm: got %v", err)
	}
	_, err = tc.Export(context.Background(), "no/such", "gonum.org/v1/gonum/mat")
	if !errors.As(err, &refused) {
		t.Fatalf("the third time: got %v", err)
	}
	if s := refused.Error(); !strings.HasSuffix(s, "(and 1 more packages)") || strings.Contains(s, "\n") {
		t.Errorf("in a line: %q", s)
	}
}

// TestExportOddPaths: nothing that stands in an import makes the go command do
// something else.
func TestExportOddPaths(t *testing.T) {
	tc := find(t)
	for _, p := range []string{"", ".", "..", "/", "./x", "C", "-x", "-exec=x", "fmt/...", "all", "std", "a b", "\n", "x@v1.0.0", "main.go", "interp/run.go"} {
		got, err := tc.Export(context.Background(), p)
		if err == nil || len(got) > 0 || strings.Contains(err.Error(), "\n") {
			t.Errorf("%q: got %q, %v", p, got, err)
		}
	}
}

func TestRefuseOtherVersion(t *testing.T) {
	tc := &Toolchain{build: build{modules: map[string]string{"m": "v1.2.0", "r": "../r "}}}
	for _, c := range []struct {
		m    listedModule
		want string
	}{
		{listedModule{Path: "m", Version: "v1.2.0"}, ""},
		{listedModule{Path: "m", Version: "v1.3.0"}, "module m is v1.3.0, this program was built with v1.2.0"},
		{listedModule{Path: "r", Version: "v1.0.0", Replace: &debug.Module{Path: "../r"}}, ""},
		{listedModule{Path: "r", Version: "v1.0.0"}, "module r is v1.0.0, this program was built with ../r "},
		{listedModule{Path: "n", Version: "v1.0.0"}, "module n is not part of this program"},
	} {
		if got := tc.refuse(listed{ImportPath: c.m.Path + "/p", Export: "x", Module: &c.m}, nil); got != c.want {
			t.Errorf("%+v: got %q, want %q", c.m, got, c.want)
		}
	}
	tc.options.Sources = fstest.MapFS{"a/a.go": &fstest.MapFile{Data: []byte("package a\n")}, "b/b.txt": &fstest.MapFile{}}
	for path, want := range map[string]bool{module + "/a": true, module + "/b": false, module + "/c": false, module: false} {
		got := tc.refuse(listed{ImportPath: path, Export: "x", Module: &listedModule{Path: module, Main: true}}, nil)
		if (got == "") != want {
			t.Errorf("%s: %q", path, got)
		}
	}
}

func TestSameSources(t *testing.T) {
	file := func(s string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(s)} }
	sources := fstest.MapFS{"go.mod": file("module m\n"), "a/a.go": file("package a\n"), "a/a_test.go": file("package a\n"), "a/d.csv": file("1\n")}
	for name, c := range map[string]struct {
		add, drop string
		want      bool
	}{
		"as it is":       {"", "", true},
		"no test":        {"", "a/a_test.go", true},
		"a new test":     {"a/b_test.go", "", true},
		"a new text":     {"a/b.txt", "", true},
		"another folder": {"b/b.go", "", true},
		"a new file":     {"a/b.go", "", false},
		"assembler":      {"a/b.s", "", false},
		"changed":        {"a/a.go", "", false},
		"changed data":   {"a/d.csv", "", false},
		"go.mod":         {"go.mod", "", false},
		"lost":           {"", "a/a.go", false},
		"lost data":      {"", "a/d.csv", false},
	} {
		t.Run(name, func(t *testing.T) {
			root := t.TempDir()
			for n, f := range sources {
				write(t, filepath.Join(root, n), string(f.Data))
			}
			if c.add != "" {
				write(t, filepath.Join(root, c.add), "new\n")
			}
			if c.drop != "" {
				if err := os.Remove(filepath.Join(root, c.drop)); err != nil {
					t.Fatal(err)
				}
			}
			if got := sameSources(sources, root); got != c.want {
				t.Errorf("the same: %v, want %v", got, c.want)
			}
		})
	}
}

// TestState: what an earlier process has found is used while it holds.
func TestState(t *testing.T) {
	cache := t.TempDir()
	first := findIn(t, cache)
	archives, err := first.Export(context.Background(), "sort")
	if err != nil {
		t.Fatal(err)
	}
	if !findIn(t, cache).Ready("sort", "unsafe") {
		t.Error("what was found is lost")
	}
	file := filepath.Join(first.dir, stateFile)
	saved := readFile(t, file)

	for name, spoil := range map[string]func(){
		"rubbish":       func() { write(t, file, "{") },
		"empty":         func() { write(t, file, "") },
		"archive gone":  func() { write(t, file, strings.ReplaceAll(saved, archives["sort"], archives["sort"]+"x")) },
		"archive short": func() { write(t, file, strings.Replace(saved, `"Size":`, `"Size":9`, -1)) },
	} {
		t.Run(name, func(t *testing.T) {
			spoil()
			tc := findIn(t, cache)
			if tc.Ready("sort") {
				t.Error("ready")
			}
			if got, err := tc.Export(context.Background(), "sort"); err != nil || got["sort"] != archives["sort"] {
				t.Errorf("got %q, %v", got, err)
			}
		})
	}
}

func TestSweep(t *testing.T) {
	base := t.TempDir()
	long := time.Now().Add(-2 * unused)
	for _, name := range []string{"native-old", "native-new", "native-src-old", "native-mine", "other"} {
		dir := filepath.Join(base, name)
		write(t, filepath.Join(dir, "x"), "")
		if name != "native-new" {
			if err := os.Chtimes(dir, long, long); err != nil {
				t.Fatal(err)
			}
		}
	}
	sweep(base, filepath.Join(base, "native-mine"))
	left, err := filepath.Glob(filepath.Join(base, "*"))
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, l := range left {
		names = append(names, filepath.Base(l))
	}
	if got := strings.Join(names, " "); got != "native-mine native-new other" {
		t.Errorf("left: %s", got)
	}
}

func TestWarm(t *testing.T) {
	tc := find(t)
	var seen []int
	total := 0
	progress := func(done, of int) { seen, total = append(seen, done), of }
	groups := [][]string{{"unicode/utf8", "strings"}, {"strings", "sort", "unsafe"}}
	if err := tc.Warm(context.Background(), groups, progress); err != nil {
		t.Fatal(err)
	}
	if len(seen) < 3 || seen[0] != 0 || seen[len(seen)-1] != total || total < 10 || !slices.IsSorted(seen) {
		t.Errorf("progress %d of %d", seen, total)
	}
	seen = nil
	if err := tc.Warm(context.Background(), groups, progress); err != nil || len(seen) != 1 {
		t.Errorf("the second time: progress %d, %v", seen, err)
	}
}

// TestWarmEnds cancels after the first group, which is kept.
func TestWarmEnds(t *testing.T) {
	tc := find(t)
	ctx, cancel := context.WithCancel(t.Context())
	var first int
	err := tc.Warm(ctx, [][]string{{"strings"}, {"encoding/json"}}, func(done, total int) {
		if first == 0 && tc.Ready("strings") {
			first = done
			cancel()
		}
	})
	if !errors.Is(err, context.Canceled) || first == 0 || tc.Ready("encoding/json") {
		t.Errorf("got %v after %d packages", err, first)
	}
	if again, ok := Known(tc.options); !ok || !again.Ready("strings") {
		t.Error("what was done before is not kept")
	}
}

func TestWatch(t *testing.T) {
	seen := 0
	rest := watch(strings.NewReader("a/b\n# c\ngo: no c\nc\nd\n"), func() { seen++ })
	if seen != 3 || rest != "# c\ngo: no c\n" {
		t.Errorf("%d packages, the rest %q", seen, rest)
	}
}

func TestDescribe(t *testing.T) {
	o := Options{CacheDir: t.TempDir()}
	tc := findIn(t, o.CacheDir)
	ok, line := Describe(context.Background(), o, []string{"sort", "fmt"})
	if want := tc.Version() + " at " + tc.Root() + " compiles cells; 2 of 2 packages"; !ok || !strings.HasPrefix(line, want) {
		t.Errorf("got %v %q, want %q …", ok, line, want)
	}
	if err := tc.Warm(context.Background(), [][]string{{"sort", "fmt"}}, nil); err != nil {
		t.Fatal(err)
	}
	if ok, line = Describe(context.Background(), o, []string{"sort", "fmt"}); !ok || !strings.HasSuffix(line, "all 2 packages that they can import are ready") {
		t.Errorf("got %v %q", ok, line)
	}
	o.GoCommand = "/nowhere/go"
	if ok, line = Describe(context.Background(), o, nil); ok || line != "cells are interpreted, never compiled: toolchain: /nowhere/go is not there" {
		t.Errorf("got %v %q", ok, line)
	}
}

// TestSweepTemp finds the temporary folders that processes have left behind.
func TestSweepTemp(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("files are locked with flock")
	}
	temp := t.TempDir()
	t.Setenv("TMPDIR", temp)
	file := filepath.Join(temp, "file")
	write(t, file, "")
	tc := findIn(t, filepath.Join(file, "none"))
	if !tc.private || filepath.Dir(tc.dir) != temp {
		t.Fatalf("the folder is %s", tc.dir)
	}
	old := time.Now().Add(-2 * time.Hour)
	for _, name := range []string{"sheaf-native-left", "sheaf-native-empty", "sheaf-native-young", "sheaf-compile-left", "sheaf-compile-young", "other"} {
		dir := filepath.Join(temp, name)
		write(t, filepath.Join(dir, "file"), "")
		if name == "sheaf-native-left" {
			write(t, filepath.Join(dir, lockFile), "")
		}
		if !strings.HasSuffix(name, "young") {
			os.Chtimes(dir, old, old)
		}
	}
	os.Chtimes(tc.dir, old, old)
	findIn(t, t.TempDir())
	left, _ := filepath.Glob(filepath.Join(temp, "*"))
	for i := range left {
		left[i] = filepath.Base(left[i])
	}
	want := []string{"file", "other", "sheaf-compile-young", filepath.Base(tc.dir), "sheaf-native-young"}
	slices.Sort(want)
	if slices.Sort(left); !slices.Equal(left, want) {
		t.Errorf("left: %q, want %q", left, want)
	}
}

// TestReadOnly finds what is known in a folder that cannot be written, and asks
// for the rest.
func TestReadOnly(t *testing.T) {
	cache := t.TempDir()
	first := findIn(t, cache)
	if _, err := first.Export(t.Context(), "sort"); err != nil {
		t.Fatal(err)
	}
	t.Setenv("TMPDIR", t.TempDir())
	if err := os.Rename(filepath.Join(first.dir, "std"), filepath.Join(first.dir, "was")); err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	readOnly(t, first.dir)
	tc := findIn(t, cache)
	if tc.private || !tc.Ready("sort") {
		t.Errorf("what is known is not used: %s", tc.dir)
	}
	tc.options.Folder = ""
	if _, err := tc.Export(t.Context(), "fmt"); err != nil {
		t.Error(err)
	}
	if !strings.HasPrefix(tc.Folder(), os.TempDir()) {
		t.Errorf("packages were listed in %s", tc.Folder())
	}
	tc.Close()
	if left, _ := filepath.Glob(filepath.Join(os.TempDir(), "*")); len(left) > 0 {
		t.Errorf("left over: %q", left)
	}
}

// readOnly keeps this process from making files in a folder, whoever it runs as.
func readOnly(t *testing.T, dir string) {
	t.Helper()
	was := canWrite
	canWrite = func(path string) bool { return path != dir && was(path) }
	t.Cleanup(func() { canWrite = was })
}
