package install

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"image/png"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"runtime"
	"strings"
	"testing"

	"github.com/sheaf-go/sheaf/internal/needs"
)

// fakeBinary is a file that stands for a sheaf binary.
func fakeBinary(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "sheaf")
	writeFile(t, path, "#!/bin/sh\n")
	return path
}

func TestKernelspec(t *testing.T) {
	prefix, bin := t.TempDir(), fakeBinary(t)
	opts := Options{Prefix: prefix, Binary: bin}
	for range 2 { // a second install replaces the first
		path, err := Kernelspec(opts)
		if err != nil {
			t.Fatal(err)
		}
		if want := filepath.Join(prefix, "share", "jupyter", "kernels", "sheaf"); path != want {
			t.Fatalf("wrote %s, want %s", path, want)
		}
		checkSpec(t, path, bin)
	}
	if got, ok, err := Installed(opts); got != bin || !ok || err != nil {
		t.Errorf("Installed = %s, %v, %v", got, ok, err)
	}
	for _, want := range []bool{true, false} {
		if _, removed, err := Uninstall(opts); removed != want || err != nil {
			t.Errorf("Uninstall: removed %v, %v; want %v", removed, err, want)
		}
	}
	if _, ok, err := Installed(opts); ok || err != nil {
		t.Errorf("Installed after Uninstall = %v, %v", ok, err)
	}
}

// checkSpec reads a kernelspec as Jupyter does.
func checkSpec(t *testing.T, dir, bin string) {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(dir, "kernel.json"))
	if err != nil {
		t.Fatal(err)
	}
	var got map[string]any
	if err := json.Unmarshal(data, &got); err != nil {
		t.Fatal(err)
	}
	want := map[string]any{
		"argv":           []any{bin, "kernel", "{connection_file}"},
		"display_name":   "Go (Sheaf)",
		"language":       "go",
		"interrupt_mode": "message",
		"metadata":       map[string]any{"debugger": false},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("kernel.json is %v\nwant %v", got, want)
	}
	for name, size := range map[string]int{"logo-32x32.png": 32, "logo-64x64.png": 64} {
		f, err := os.Open(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		cfg, err := png.DecodeConfig(f)
		_ = f.Close()
		if err != nil || cfg.Width != size || cfg.Height != size {
			t.Errorf("%s is %dx%d, %v", name, cfg.Width, cfg.Height, err)
		}
	}
	svg, err := os.ReadFile(filepath.Join(dir, "logo-svg.svg"))
	if err != nil {
		t.Fatal(err)
	}
	for dec := xml.NewDecoder(bytes.NewReader(svg)); ; {
		if _, err := dec.Token(); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatalf("logo-svg.svg: %v", err)
		}
	}
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) != 4 {
		t.Errorf("the folder holds %v, %v; want four files and nothing half-written", entries, err)
	}
}

func TestKernelspecRefuses(t *testing.T) {
	file := fakeBinary(t)
	tests := []struct {
		name string
		opts Options
		want string
	}{
		{"no binary", Options{Prefix: t.TempDir(), Binary: "/nonexistent/sheaf"}, "the kernel's binary"},
		{"folder", Options{Prefix: t.TempDir(), Binary: t.TempDir()}, "is a folder"},
		{"prefix is a file", Options{Prefix: file, Binary: file}, "cannot make the kernel's folder"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := Kernelspec(tt.opts)
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want %q in it", err, tt.want)
			}
		})
	}
}

func TestInstalledBroken(t *testing.T) {
	prefix := t.TempDir()
	dir := filepath.Join(prefix, "share", "jupyter", "kernels", "sheaf")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{"", "{", `{"argv": []}`, `[]`} {
		writeFile(t, filepath.Join(dir, "kernel.json"), text)
		if _, _, err := Installed(Options{Prefix: prefix}); err == nil {
			t.Errorf("kernel.json %q: no error", text)
		}
	}
}

func TestMainCommand(t *testing.T) {
	prefix := t.TempDir()
	tests := []struct {
		args   string
		code   int
		stdout string
		stderr string
	}{
		{"--prefix " + prefix, 0, `kernel "Go (Sheaf)" installed in ` + prefix, ""},
		{"--prefix " + prefix + " --uninstall", 0, "removed from", ""},
		{"--prefix " + prefix + " --uninstall", 0, "was not installed", ""},
		{"-h", 0, "usage: sheaf install", ""},
		{"--colour", 2, "", "not defined"},
		{"now", 2, "", `unexpected argument "now"`},
	}
	for _, tt := range tests {
		var stdout, stderr bytes.Buffer
		code := Main(strings.Fields(tt.args), &stdout, &stderr, nil)
		if code != tt.code || !strings.Contains(stdout.String(), tt.stdout) || !strings.Contains(stderr.String(), tt.stderr) {
			t.Errorf("install %s: code %d\n%s%s", tt.args, code, stdout.String(), stderr.String())
		}
		if (stdout.Len() == 0) != (tt.stdout == "") || (stderr.Len() == 0) != (tt.stderr == "") {
			t.Errorf("install %s speaks on the wrong stream: %q, %q", tt.args, stdout.String(), stderr.String())
		}
	}
}

// A program that `go run` built installs a copy of itself that outlives it.
func TestGoRunIsCopied(t *testing.T) {
	goTool := needs.Program(t, "go")
	if runtime.GOOS == "windows" {
		t.Skip("the cache folder cannot be moved by HOME on Windows")
	}
	prefix, cache := t.TempDir(), t.TempDir()
	argv := func() string {
		cmd := exec.Command(goTool, "run", "./testdata/gorun", "--prefix", prefix)
		cmd.Env = append(os.Environ(), "XDG_CACHE_HOME="+cache, "GOCACHE="+goEnv(t, "GOCACHE"))
		if runtime.GOOS == "darwin" {
			cmd.Env = append(cmd.Env, "HOME="+cache)
		}
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		bin, ok, err := Installed(Options{Prefix: prefix})
		if !ok || err != nil {
			t.Fatalf("Installed = %v, %v", ok, err)
		}
		return bin
	}
	bin := argv()
	if !strings.HasPrefix(bin, cache) {
		t.Errorf("the kernel is %s, want a copy under %s", bin, cache)
	}
	if again := argv(); again != bin {
		t.Errorf("the same program is copied twice: %s and %s", bin, again)
	}
	out, err := exec.Command(bin, "--prefix", prefix, "--uninstall").CombinedOutput()
	if err != nil {
		t.Errorf("the copy does not run: %v\n%s", err, out)
	}
}

func goEnv(t *testing.T, name string) string {
	t.Helper()
	out, err := exec.Command("go", "env", name).Output()
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(string(out))
}

func TestTemporary(t *testing.T) {
	hash := strings.Repeat("0f", 32)
	for path, want := range map[string]bool{
		"/tmp/go-build1234/b001/exe/sheaf":                     true,
		"/home/ann/.cache/go-build/ab/" + hash + "-d/sheaf":    true,
		"/elsewhere/ab/" + hash + "-d/sheaf":                   true,
		"/usr/local/bin/sheaf":                                 false,
		"/home/ann/sheaf/sheaf":                                false,
		"/home/ann/.cache/sheaf/bin/0123456789abcdef/sheaf":    false,
		"/home/ann/go-builder.go-build/notes/go-build-d/sheaf": true, // a needless copy does no harm
	} {
		if got := temporary(path); got != want {
			t.Errorf("temporary(%s) = %v", path, got)
		}
	}
}

func TestCacheBinaryPrunes(t *testing.T) {
	dir, src := t.TempDir(), filepath.Join(t.TempDir(), "sheaf")
	for i := range keepBinaries + 3 {
		writeFile(t, src, strings.Repeat("x", i+1))
		dest, err := cacheBinary(src, dir)
		if err != nil {
			t.Fatal(err)
		}
		got, err := os.ReadFile(dest)
		if err != nil || len(got) != i+1 {
			t.Errorf("copy %d is %q, %v", i, got, err)
		}
	}
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) != keepBinaries {
		t.Errorf("%d copies are kept, %v; want %d", len(entries), err, keepBinaries)
	}
}
