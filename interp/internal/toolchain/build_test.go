package toolchain

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"

	"github.com/sheaf-go/sheaf/internal/needs"
)

// answer is what testdata/probe.go tells.
type answer struct {
	Found, Version, Folder, Error string
	Code                          int
	InSource, Ready               bool
}

const (
	cell = `package cell

import (
	"fmt"

	"github.com/sheaf-go/sheaf/internal/grid"
)

func F(x any) string { return grid.Shorten(fmt.Sprint(x), 9) }
`
	fresh = "\n// Fresh came after the program was built.\nfunc Fresh() int { return 1 }\n"
	asks  = "package cell\n\nimport \"github.com/sheaf-go/sheaf/internal/grid\"\n\nfunc F() int { return grid.Fresh() }\n"
)

const mainFile = `package main

import (
	"embed"

	"github.com/sheaf-go/sheaf/interp"
)

//go:embed go.mod internal/grid/*.go
var sources embed.FS

func main() { interp.Probe(sources) }
`

// littleModule is a checkout of our module that has this package, one that
// cells import, and the probe as its command.
func littleModule(t *testing.T) string {
	t.Helper()
	root, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	files := map[string]string{
		"go.mod":  "module " + module + "\n\ngo 1.26.0\n",
		"LICENSE": "for the proxy\n",
		"main.go": mainFile,
	}
	for _, glob := range []string{"*.go", "../../../internal/grid/*.go"} {
		matches, err := filepath.Glob(glob)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range matches {
			if strings.HasSuffix(m, "_test.go") {
				continue
			}
			files[filepath.ToSlash(filepath.Join("interp/internal/toolchain", m))] = readFile(t, m)
		}
	}
	files["interp/probe.go"] = readFile(t, "testdata/probe.go")
	for name, text := range files {
		write(t, filepath.Join(root, name), text)
	}
	return root
}

func readFile(t *testing.T, name string) string {
	t.Helper()
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func write(t *testing.T, name, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
}

// goBuild builds the probe of a module and returns the program.
func goBuild(t *testing.T, root string, flags ...string) string {
	t.Helper()
	bin := filepath.Join(t.TempDir(), "probe"+exe())
	cmd := exec.Command(needs.Program(t, "go"), append(append([]string{"build", "-ldflags=-s -w"}, flags...), "-o", bin, ".")...)
	cmd.Dir, cmd.Env = root, append(os.Environ(), "GOWORK=off", "GOFLAGS=-buildvcs=false")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("go build %q: %v\n%s", flags, err, out)
	}
	return bin
}

// probe runs a program made of the probe.
func probe(t *testing.T, bin, cache, source string, env ...string) answer {
	t.Helper()
	cmd := exec.Command(bin, cache, source)
	cmd.Dir, cmd.Env = t.TempDir(), append(os.Environ(), env...)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s: %v\n%s", bin, err, stderr.Bytes())
	}
	var a answer
	if err := json.Unmarshal(out, &a); err != nil {
		t.Fatalf("%v in %s", err, out)
	}
	return a
}

func (a answer) compiled(t *testing.T) {
	t.Helper()
	if a.Error != "" || a.Code == 0 || a.Version != release(runtime.Version()) {
		t.Errorf("want an object compiled with %s, got %+v", runtime.Version(), a)
	}
}

func TestCheckout(t *testing.T) {
	root, cache := littleModule(t), t.TempDir()
	bin := goBuild(t, root)

	a := probe(t, bin, cache, cell)
	if a.compiled(t); a.Folder != root || a.Ready {
		t.Errorf("the first start: want the checkout %s and nothing ready, got %+v", root, a)
	}
	a = probe(t, bin, cache, cell, "PATH="+filepath.Dir(needs.Program(t, "go")))
	if a.compiled(t); !a.Ready {
		t.Errorf("the second start asks again: %+v", a)
	}

	t.Run("copied", func(t *testing.T) {
		moved := filepath.Join(t.TempDir(), "moved"+exe())
		write(t, moved, readFile(t, bin))
		if err := os.Chmod(moved, 0o777); err != nil {
			t.Fatal(err)
		}
		a := probe(t, moved, cache, cell)
		if a.compiled(t); !a.Ready {
			t.Errorf("a copy of the binary asks again: %+v", a)
		}
	})
	t.Run("edited", func(t *testing.T) {
		shown := filepath.Join(root, "internal/grid/grid.go")
		write(t, shown, readFile(t, shown)+fresh)
		cache := t.TempDir()
		a := probe(t, bin, cache, cell)
		if a.compiled(t); !strings.HasPrefix(a.Folder, cache) {
			t.Errorf("want the program's own sources, got %+v", a)
		}
		if a := probe(t, bin, cache, asks); !a.InSource || !strings.Contains(a.Error, "undefined: grid.Fresh") {
			t.Errorf("a function that the program does not have: %+v", a)
		}
		if a := probe(t, bin, t.TempDir(), asks, "PROBE_SOURCES=no"); a.Error != "" {
			t.Errorf("without sources the folder is taken as it is: %+v", a)
		}
	})
	t.Run("file added", func(t *testing.T) {
		root := littleModule(t)
		bin := goBuild(t, root)
		write(t, filepath.Join(root, "internal/grid/fresh.go"), "package grid\n"+fresh)
		if a := probe(t, bin, t.TempDir(), asks); !a.InSource {
			t.Errorf("a file that the program does not have was compiled: %+v", a)
		}
	})
	t.Run("gone", func(t *testing.T) {
		root := littleModule(t)
		bin := goBuild(t, root)
		if err := os.RemoveAll(root); err != nil {
			t.Fatal(err)
		}
		probe(t, bin, t.TempDir(), cell).compiled(t)
		a := probe(t, bin, t.TempDir(), cell, "PROBE_SOURCES=no")
		if want := "toolchain: package github.com/sheaf-go/sheaf/internal/grid: the sources of this program are not there"; !strings.HasPrefix(a.Error, want) {
			t.Errorf("got %q, want %q …", a.Error, want)
		}
		probe(t, bin, t.TempDir(), "package cell\n\nimport \"fmt\"\n\nfunc F() { fmt.Println() }\n", "PROBE_SOURCES=no").compiled(t)
	})
}

func TestBuiltOtherwise(t *testing.T) {
	root := littleModule(t)
	for _, flags := range [][]string{{"-trimpath"}, {"-tags=x,y"}, {"-gcflags=-l"}} {
		bin, cache := goBuild(t, root, flags...), t.TempDir()
		a := probe(t, bin, cache, cell)
		a.compiled(t)
		if trimmed := flags[0] == "-trimpath"; trimmed != strings.HasPrefix(a.Folder, cache) {
			t.Errorf("%q: sources in %s", flags, a.Folder)
		}
	}
}

// TestInstalled builds with `go install MODULE@VERSION` from a proxy in the
// file system.
func TestInstalled(t *testing.T) {
	const release = "v0.0.1"
	root, proxy, mods, bin := littleModule(t), t.TempDir(), t.TempDir(), t.TempDir()
	dir := filepath.Join(proxy, module, "@v")
	write(t, filepath.Join(dir, "list"), release+"\n")
	write(t, filepath.Join(dir, release+".info"), `{"Version":"`+release+`"}`)
	write(t, filepath.Join(dir, release+".mod"), readFile(t, filepath.Join(root, "go.mod")))
	write(t, filepath.Join(dir, release+".zip"), zipped(t, root, module+"@"+release))
	env := []string{"GOPROXY=file://" + filepath.ToSlash(proxy), "GOSUMDB=off", "GOMODCACHE=" + mods, "GOBIN=" + bin,
		"GOFLAGS=-modcacherw", "GOWORK=off"}
	cmd := exec.Command(needs.Program(t, "go"), "install", module+"@"+release)
	cmd.Dir, cmd.Env = t.TempDir(), append(os.Environ(), env...)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("go install: %v\n%s", err, out)
	}
	program := filepath.Join(bin, "sheaf"+exe())
	for _, sources := range []string{"yes", "no"} {
		a := probe(t, program, t.TempDir(), cell, append(env, "PROBE_SOURCES="+sources)...)
		if a.compiled(t); a.Folder != filepath.Join(mods, module+"@"+release) {
			t.Errorf("want the module cache, got %+v", a)
		}
	}
	if err := os.RemoveAll(mods); err != nil {
		t.Fatal(err)
	}
	a := probe(t, program, t.TempDir(), cell, "GOPROXY=off")
	a.compiled(t)
}

func zipped(t *testing.T, root, under string) string {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	err := filepath.WalkDir(root, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		rel, err := filepath.Rel(root, path)
		if err != nil {
			return err
		}
		w, err := z.Create(under + "/" + filepath.ToSlash(rel))
		if err != nil {
			return err
		}
		_, err = w.Write([]byte(readFile(t, path)))
		return err
	})
	if err == nil {
		err = z.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestSurroundings(t *testing.T) {
	bin := goBuild(t, littleModule(t))
	broken := t.TempDir()
	write(t, filepath.Join(broken, "go.mod"), "no go.mod\n")
	write(t, filepath.Join(broken, "go.work"), "no go.work\n")
	write(t, filepath.Join(broken, "env"), "GOFLAGS=-mod=vendor\nGOEXPERIMENT=arenas\nGOARCH=wasm\n")
	file := filepath.Join(broken, "file")
	write(t, file, "")
	for name, env := range map[string][]string{
		"flags":    {"GOFLAGS=-mod=vendor"},
		"no flags": {"GOFLAGS=nonsense"},
		"work":     {"GOWORK=" + filepath.Join(broken, "go.work")},
		"system":   {"GOOS=windows", "GOARCH=arm64", "CGO_ENABLED=0", "GOEXPERIMENT=nonsense", "GOAMD64=v3"},
		"env file": {"GOENV=" + filepath.Join(broken, "env")},
		"gopath":   {"GO111MODULE=off", "GOTOOLCHAIN=go1.99.0", "GOROOT=/nowhere"},
		"temp":     {"TMPDIR=" + broken},
	} {
		t.Run(name, func(t *testing.T) { probe(t, bin, t.TempDir(), cell, env...).compiled(t) })
	}
	t.Run("cache in a broken module", func(t *testing.T) {
		probe(t, bin, broken, cell).compiled(t)
		probe(t, bin, broken, cell, "PROBE_SOURCES=yes").compiled(t)
	})
	t.Run("no cache", func(t *testing.T) {
		temp := t.TempDir()
		probe(t, bin, filepath.Join(file, "cache"), cell, "TMPDIR="+temp).compiled(t)
		if left, _ := filepath.Glob(filepath.Join(temp, "*")); len(left) > 0 {
			t.Errorf("temporary folders stay: %q", left)
		}
	})
	t.Run("no temporary folder", func(t *testing.T) {
		a := probe(t, bin, t.TempDir(), cell, "TMPDIR="+filepath.Join(broken, "none"))
		if a.Error == "" || strings.Contains(a.Error, "\n") {
			t.Errorf("want an error in one line, got %+v", a)
		}
	})
}

func TestTwoAtOnce(t *testing.T) {
	bin, cache := goBuild(t, littleModule(t), "-trimpath"), t.TempDir()
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() { probe(t, bin, cache, cell).compiled(t) })
	}
	wg.Wait()
	for _, pattern := range []string{".new-*", "*/.new-*", "*/try-*"} {
		if left, _ := filepath.Glob(filepath.Join(cache, pattern)); len(left) > 0 {
			t.Errorf("left over: %q", left)
		}
	}
	if a := probe(t, bin, cache, cell); !a.Ready {
		t.Errorf("what four have found is lost: %+v", a)
	}
}

func TestBuildID(t *testing.T) {
	goes := needs.Program(t, "go")
	root := littleModule(t)
	bin := goBuild(t, root)
	out, err := exec.Command(goes, "tool", "buildid", bin).Output()
	if err != nil {
		t.Fatal(err)
	}
	if got := buildID(bin); got != strings.TrimSpace(string(out)) || len(got) < 40 {
		t.Errorf("got %q, want %s", got, out)
	}
	without := goBuild(t, root, "-ldflags=-buildid=")
	if got := buildID(without); got != "" {
		t.Errorf("a binary without build ID has %q", got)
	}
	cache := t.TempDir()
	probe(t, without, cache, cell).compiled(t)
	if a := probe(t, without, cache, cell); !a.Ready {
		t.Errorf("without build ID, the binary asks again: %+v", a)
	}
	mark := filepath.Join(root, "mark")
	write(t, mark, "code"+idMark+"a/b"+idEnd+"code")
	if got := buildID(mark); got != "a/b" {
		t.Errorf("got %q", got)
	}
	write(t, mark, "\xff\xff\xff\xff"+noteMark+"short")
	if got := buildID(mark); got != "short" {
		t.Errorf("got %q", got)
	}
}

func TestNoToolchain(t *testing.T) {
	bin := goBuild(t, littleModule(t), "-trimpath") // which does not know its GOROOT
	other := filepath.Join(t.TempDir(), "go")
	write(t, other, "#!/bin/sh\necho '{\"GOVERSION\": \"go1.25.1\", \"GOROOT\": \"/nowhere\", \"GOTOOLDIR\": \"/nowhere\"}'\n")
	failing := filepath.Join(t.TempDir(), "go")
	write(t, failing, "#!/bin/sh\necho 'go: out of order' >&2\nexit 1\n")
	for _, name := range []string{other, failing} {
		if err := os.Chmod(name, 0o777); err != nil {
			t.Fatal(err)
		}
	}
	for name, c := range map[string]struct{ command, want string }{
		"none":    {"/nowhere/go", "toolchain: /nowhere/go is not there"},
		"other":   {other, "toolchain: " + other + " is go1.25.1, this program was built with " + release(runtime.Version())},
		"failing": {failing, "toolchain: " + failing + ": go: out of order"},
	} {
		t.Run(name, func(t *testing.T) {
			if a := probe(t, bin, t.TempDir(), cell, "SHEAF_GO="+c.command); a.Error != c.want {
				t.Errorf("got %q\nwant %q", a.Error, c.want)
			}
		})
	}
	t.Run("the next on the path", func(t *testing.T) {
		goes := needs.Program(t, "go")
		path := filepath.Dir(other) + string(filepath.ListSeparator) + filepath.Dir(goes)
		probe(t, bin, t.TempDir(), cell, "PATH="+path).compiled(t)
	})
}
