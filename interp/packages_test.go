package interp_test

import (
	"bytes"
	"context"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"golang.org/x/mod/module"
	modzip "golang.org/x/mod/zip"
	"golang.org/x/tools/txtar"

	"github.com/sheaf-go/sheaf/interp"
	"github.com/sheaf-go/sheaf/notebooks/show"
	"github.com/sheaf-go/sheaf/stdlib"
)

// moduleProxy serves the modules of testdata/modules/*.txtar from a folder, as
// GOPROXY does, to a module cache of this test. The files of an archive stand
// below PATH@VERSION/.
func moduleProxy(t *testing.T) (proxy, cache string) {
	t.Helper()
	proxy, cache = t.TempDir(), t.TempDir()
	archives, err := filepath.Glob("testdata/modules/*.txtar")
	if err != nil || len(archives) == 0 {
		t.Fatal("no testdata/modules/*.txtar", err)
	}
	lists := map[string][]string{}
	for _, name := range archives {
		a, err := txtar.ParseFile(name)
		if err != nil {
			t.Fatal(err)
		}
		m := module.Version{}
		var files []modzip.File
		var mod []byte
		for _, f := range a.Files {
			at, rest, _ := strings.Cut(f.Name, "@")
			version, file, _ := strings.Cut(rest, "/")
			m = module.Version{Path: at, Version: version}
			files = append(files, zipFile{file, f.Data})
			if file == "go.mod" {
				mod = f.Data
			}
		}
		var buf bytes.Buffer
		if err := modzip.Create(&buf, m, files); err != nil {
			t.Fatal(name, err)
		}
		dir := filepath.Join(proxy, filepath.FromSlash(m.Path), "@v")
		writeAll(t, dir, map[string]string{
			m.Version + ".zip": buf.String(), m.Version + ".mod": string(mod), m.Version + ".info": `{"Version":"` + m.Version + `"}`,
		})
		lists[dir] = append(lists[dir], m.Version)
	}
	for dir, versions := range lists {
		writeAll(t, dir, map[string]string{"list": strings.Join(versions, "\n")})
	}
	t.Setenv("GOENV", "off")
	t.Setenv("GOPROXY", "file://"+filepath.ToSlash(proxy))
	t.Setenv("GOMODCACHE", cache)
	t.Setenv("GOSUMDB", "off")
	return proxy, cache
}

func writeAll(t *testing.T, dir string, files map[string]string) {
	t.Helper()
	if err := os.MkdirAll(dir, 0o777); err != nil {
		t.Fatal(err)
	}
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
}

// TestPackages runs testdata/packages/*.cells, whose cells load modules.
func TestPackages(t *testing.T) {
	goldens(t, "testdata/packages/*.cells", runWithModules)
}

// runWithModules runs a script whose cells load modules.
func runWithModules(t *testing.T, script string) string {
	moduleProxy(t)
	return runScript(t, script)
}

// execute runs cells in a new session and returns the last one's error.
func execute(t *testing.T, cells ...string) error {
	t.Helper()
	s, err := interp.New(interp.Config{Library: stdlib.Library()})
	if err != nil {
		t.Fatal(err)
	}
	for i, src := range cells {
		if r := s.Execute(context.Background(), show.Cell{Source: src, Count: i + 1}, &sink{out: &buffer{}}); r.Err != nil {
			if i < len(cells)-1 {
				t.Fatalf("%q: %v", src, r.Err)
			}
			return r.Err
		}
	}
	return nil
}

// TestPackagesOffline loads from the cache what was downloaded before, and
// nothing from a cache that somebody has changed.
func TestPackagesOffline(t *testing.T) {
	_, cache := moduleProxy(t)
	if err := execute(t, "%pkg example.org/shapes@v1.2.0"); err != nil {
		t.Fatal(err)
	}
	t.Setenv("GOPROXY", "off")
	for _, query := range []string{"", "@v1.2.0", "@latest"} {
		if err := execute(t, "%pkg example.org/shapes"+query, "import \"example.org/shapes\"\nshapes.Square(2)"); err != nil {
			t.Errorf("offline, %q: %v", query, err)
		}
	}
	err := execute(t, "%pkg example.org/shapes@v1.0.0")
	if err == nil || !strings.Contains(err.Error(), "GOPROXY=off") {
		t.Errorf("a version that is not cached: %v", err)
	}
	dir := filepath.Join(cache, "cache", "download", "example.org", "shapes", "@v")
	writeAll(t, dir, map[string]string{"v1.2.0.ziphash": "h1:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="})
	err = execute(t, "%pkg example.org/shapes@v1.2.0")
	if err == nil || !strings.Contains(err.Error(), "module cache is damaged") {
		t.Errorf("a zip with another hash: %v", err)
	}
}

// TestPackagesUnverified refuses a download that no checksum database vouches
// for.
func TestPackagesUnverified(t *testing.T) {
	_, cache := moduleProxy(t)
	t.Setenv("GOSUMDB", "sums.invalid+00000000+AAAA file:///nowhere")
	err := execute(t, "%pkg example.org/shapes@v1.2.0")
	if err == nil || !strings.Contains(err.Error(), "checksum database") {
		t.Errorf("error %v; want one that names the checksum database", err)
	}
	if left, _ := filepath.Glob(filepath.Join(cache, "cache/download/example.org/shapes/@v/*.zip")); left != nil {
		t.Errorf("the cache keeps %v", left)
	}
}

// TestPackagesEditing completes and explains names of a loaded package.
func TestPackagesEditing(t *testing.T) {
	moduleProxy(t)
	s, err := interp.New(interp.Config{Library: stdlib.Library()})
	if err != nil {
		t.Fatal(err)
	}
	if r := s.Execute(context.Background(), show.Cell{Source: "%pkg example.org/shapes@v1.2.0", Count: 1}, &sink{out: &buffer{}}); r.Err != nil {
		t.Fatal(r.Err)
	}
	src := "shapes.Sq"
	if got := s.Complete(src, len(src)); len(got.Items) != 1 || got.Items[0].Text != "Square" || got.Items[0].Kind != "function" {
		t.Errorf("completion of %q: %v", src, got.Items)
	}
	src = `import "example.org/sh`
	if got := s.Complete(src, len(src)); len(got.Items) == 0 || !strings.Contains(got.Items[0].Text, "example.org/shapes") {
		t.Errorf("completion of %q: %v", src, got.Items)
	}
	for src, want := range map[string]string{
		"shapes.Square":      "Square makes a square of the given side.",
		"shapes.Square(1).A": "Area is the square of the side.",
		"shapes":             "Package shapes measures",
	} {
		b, ok := s.Inspect(strings.Replace(src, "(1).A", "(1).Area", 1), len(src), 0)
		if text := b.PlainText(); !ok || !strings.Contains(text, want) {
			t.Errorf("hover over %s: %q; want %q", src, text, want)
		}
	}
}

// A zipFile is a file of a module, in memory.
type zipFile struct {
	name string
	data []byte
}

func (f zipFile) Path() string                 { return f.name }
func (f zipFile) Open() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(f.data)), nil }
func (f zipFile) Lstat() (os.FileInfo, error) {
	return fs.Stat(fstest.MapFS{f.name: {Data: f.data, Mode: 0o644}}, f.name)
}
