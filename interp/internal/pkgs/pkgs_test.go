package pkgs

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"go/importer"
	"go/token"
	"go/types"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/fstest"

	"golang.org/x/mod/module"
	modzip "golang.org/x/mod/zip"
)

// A proxy serves modules, and answers 403 where it is told to.
type proxy struct {
	*httptest.Server
	files  map[string][]byte
	refuse map[string]bool
	asked  []string
}

func newProxy(t *testing.T) *proxy {
	p := &proxy{files: map[string][]byte{}, refuse: map[string]bool{}}
	p.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		p.asked = append(p.asked, r.URL.Path)
		data, ok := p.files[r.URL.Path]
		switch {
		case p.refuse[r.URL.Path]:
			http.Error(w, "no", http.StatusForbidden)
		case !ok:
			http.NotFound(w, r)
		default:
			w.Write(data)
		}
	}))
	t.Cleanup(p.Close)
	return p
}

// add serves a module with its files.
func (p *proxy) add(t *testing.T, path, version string, files map[string]string) {
	t.Helper()
	var list []modzip.File
	for name, text := range files {
		list = append(list, memFile{name, text})
	}
	var buf bytes.Buffer
	if err := modzip.Create(&buf, module.Version{Path: path, Version: version}, list); err != nil {
		t.Fatal(err)
	}
	base := "/" + path + "/@v/"
	p.files[base+version+".zip"] = buf.Bytes()
	p.files[base+version+".mod"] = []byte(files["go.mod"])
	p.files[base+version+".info"] = fmt.Appendf(nil, `{"Version":%q}`, version)
	p.files[base+"list"] = append(p.files[base+"list"], version+"\n"...)
}

type memFile struct{ name, text string }

func (f memFile) Path() string                 { return f.name }
func (f memFile) Open() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(f.text)), nil }
func (f memFile) Lstat() (fs.FileInfo, error) {
	return fs.Stat(fstest.MapFS{f.name: {Data: []byte(f.text), Mode: 0o644}}, f.name)
}

// loader makes a Loader over an empty cache.
func loader(t *testing.T, goproxy string) *Loader {
	dir := t.TempDir()
	return New(Config{
		Env:  func() Env { return Env{ModCache: dir, Proxy: goproxy, SumDB: "off"} },
		Fset: token.NewFileSet(), Sizes: types.SizesFor("gc", "amd64"), Importer: importer.Default(),
		Compiled: func(path string) bool { return !strings.Contains(path, ".") },
		Context:  context.Background,
	})
}

func TestVersionSelection(t *testing.T) {
	p := newProxy(t)
	mod := func(path, goVersion string, require ...string) map[string]string {
		text := "module " + path + "\n" + goVersion + "\n"
		for _, r := range require {
			text += "require " + r + "\n"
		}
		return map[string]string{"go.mod": text, "x.go": "package x\n"}
	}
	// The diamond: two paths to c, the higher version counts. The go.mod of old
	// d is followed, that of new e is not, because a lists what e needs.
	p.add(t, "m.org/a", "v1.0.0", mod("m.org/a", "go 1.16", "m.org/b v1.1.0", "m.org/d v1.0.0"))
	p.add(t, "m.org/b", "v1.1.0", mod("m.org/b", "go 1.16", "m.org/c v1.3.0"))
	p.add(t, "m.org/c", "v1.3.0", mod("m.org/c", ""))
	p.add(t, "m.org/c", "v1.2.0", mod("m.org/c", ""))
	p.add(t, "m.org/d", "v1.0.0", mod("m.org/d", "go 1.13", "m.org/c v1.2.0"))
	p.add(t, "m.org/e", "v1.0.0", mod("m.org/e", "go 1.21", "m.org/d v1.0.0", "m.org/c v1.2.0"))
	for root, want := range map[string]string{
		"m.org/a": "m.org/a v1.0.0 m.org/b v1.1.0 m.org/c v1.3.0 m.org/d v1.0.0",
		"m.org/e": "m.org/c v1.2.0 m.org/d v1.0.0 m.org/e v1.0.0",
	} {
		l := loader(t, p.URL)
		if _, _, err := l.Require(root, "v1.0.0"); err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, path := range sorted(l.versions) {
			got = append(got, path, l.versions[path])
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%s: got %v; want %s", root, got, want)
		}
	}
}

func TestVersionQueries(t *testing.T) {
	p := newProxy(t)
	files := map[string]string{"go.mod": "module m.org/a\n", "a.go": "package a\n"}
	for _, v := range []string{"v1.0.0", "v1.2.9", "v1.2.10", "v1.3.0-rc.1"} {
		p.add(t, "m.org/a", v, files)
	}
	p.files["/m.org/a/@v/main.info"] = []byte(`{"Version":"v1.0.0"}`)
	for query, want := range map[string]string{
		"": "v1.2.10", "latest": "v1.2.10", "v1": "v1.2.10", "v1.0": "v1.0.0", "v1.3": "v1.3.0-rc.1",
		"v1.2.9": "v1.2.9", "main": "v1.0.0",
	} {
		_, m, err := loader(t, p.URL).Require("m.org/a", query)
		if err != nil || m.Version != want {
			t.Errorf("%q: got %v, %v; want %s", query, m, err, want)
		}
	}
	for query, want := range map[string]string{"v1.7": "no version begins with v1.7", "v2.0.0": "not found", "nobranch": "not found"} {
		if _, _, err := loader(t, p.URL).Require("m.org/a", query); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v; want %q", query, err, want)
		}
	}
	p.refuse["/m.org/a/@v/list"] = true
	if _, _, err := loader(t, p.URL).Require("m.org/a", "latest"); err == nil || !strings.Contains(err.Error(), "exact version") {
		t.Errorf("where the proxy refuses its list: %v; want advice", err)
	}
	if _, _, err := loader(t, p.URL).Require("m.org/a", "v1.0.0"); err != nil {
		t.Errorf("an exact version, where the proxy refuses its list: %v", err)
	}
}

func TestProxiesInTurn(t *testing.T) {
	empty, full, down := newProxy(t), newProxy(t), newProxy(t)
	full.add(t, "m.org/a", "v1.0.0", map[string]string{"go.mod": "module m.org/a\n", "a.go": "package a\n"})
	down.Close()
	for goproxy, ok := range map[string]bool{
		full.URL:                   true,
		empty.URL + "," + full.URL: true,
		empty.URL + "|" + full.URL: true,
		down.URL + "|" + full.URL:  true,
		down.URL + "," + full.URL:  false,
		empty.URL:                  false,
		"off," + full.URL:          false,
		"direct":                   false,
		"":                         false,
	} {
		_, _, err := loader(t, goproxy).Require("m.org/a", "v1.0.0")
		if (err == nil) != ok {
			t.Errorf("GOPROXY=%s: %v", goproxy, err)
		}
	}
}

// TestWrongZip refuses a zip that holds another module.
func TestWrongZip(t *testing.T) {
	p := newProxy(t)
	p.add(t, "m.org/a", "v1.0.0", map[string]string{"go.mod": "module m.org/a\n", "a.go": "package a\n"})
	p.add(t, "m.org/b", "v1.0.0", map[string]string{"go.mod": "module m.org/b\n", "b.go": "package b\n"})
	p.files["/m.org/a/@v/v1.0.0.zip"] = p.files["/m.org/b/@v/v1.0.0.zip"]
	l := loader(t, p.URL)
	if _, _, err := l.Require("m.org/a", "v1.0.0"); err == nil {
		t.Error("the zip of another module was taken")
	}
	if l.fetch().has(module.Version{Path: "m.org/a", Version: "v1.0.0"}) {
		t.Error("it is in the cache")
	}
}

// TestCacheServes asks the proxy for nothing that the cache has.
func TestCacheServes(t *testing.T) {
	p := newProxy(t)
	p.add(t, "m.org/a", "v1.0.0", map[string]string{"go.mod": "module m.org/a\n", "a.go": "package a\n\nfunc F() {}\n"})
	l := loader(t, p.URL)
	if _, _, err := l.Require("m.org/a", ""); err != nil {
		t.Fatal(err)
	}
	env := l.fetch().env
	p.asked = nil
	again := New(l.cfg)
	again.cfg.Env = func() Env { return env }
	pkg, _, err := again.Require("m.org/a", "v1.0.0")
	if err != nil || pkg.Types.Scope().Lookup("F") == nil {
		t.Fatal(pkg, err)
	}
	if len(p.asked) > 0 {
		t.Errorf("the proxy was asked for %v", p.asked)
	}
}

func TestCycle(t *testing.T) {
	p := newProxy(t)
	p.add(t, "m.org/a", "v1.0.0", map[string]string{
		"go.mod": "module m.org/a\n", "a.go": "package a\nimport _ \"m.org/a/b\"\n", "b/b.go": "package b\nimport _ \"m.org/a\"\n",
	})
	_, _, err := loader(t, p.URL).Require("m.org/a", "v1.0.0")
	if err == nil || !strings.Contains(err.Error(), "import cycle: m.org/a imports m.org/a/b imports m.org/a") {
		t.Errorf("error %v; want an import cycle", err)
	}
}

func TestInternal(t *testing.T) {
	for _, tt := range []struct {
		from, pkg string
		ok        bool
	}{
		{"m.org/a", "m.org/a/internal/x", true},
		{"m.org/a/b", "m.org/a/internal", true},
		{"m.org/ab", "m.org/a/internal", false},
		{"m.org/c", "m.org/a/internal/x", false},
		{"m.org/a/b/c", "m.org/a/b/internal/x", true},
		{"m.org/a", "m.org/a/b/internal/x", false},
		{"m.org/a", "m.org/b/internals", true},
	} {
		if err := internal(tt.from, tt.pkg); (err == nil) != tt.ok {
			t.Errorf("%s imports %s: %v", tt.from, tt.pkg, err)
		}
	}
}

func TestEmbedPatterns(t *testing.T) {
	files := fstest.MapFS{}
	for _, name := range []string{"a.txt", "b.txt", "d/x.txt", "d/_y.txt", "d/.z/w.txt", "d/e/v.txt"} {
		files[name] = &fstest.MapFile{Data: []byte(name)}
	}
	for pattern, want := range map[string]string{
		"*.txt":    "a.txt b.txt",
		"d":        "d/ d/e/ d/x.txt d/e/v.txt",
		"all:d":    "d/ d/.z/ d/_y.txt d/e/ d/x.txt d/.z/w.txt d/e/v.txt",
		"d/_y.txt": "d/ d/_y.txt",
		"none":     "",
	} {
		list, err := embedded(files, []string{pattern})
		var got []string
		for _, f := range list {
			got = append(got, f.Name)
		}
		if strings.Join(got, " ") != want || (err != nil) != (want == "") {
			t.Errorf("%s: got %v, %v; want %s", pattern, got, err, want)
		}
	}
}

func TestNotFoundIsTold(t *testing.T) {
	if _, err := loader(t, "off").Import("m.org/none"); !errors.Is(err, errNotFound) {
		t.Errorf("error %v; want one that says that there is none", err)
	}
}
