// Package objtest compiles objects for tests.
package objtest

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sheaf-go/sheaf/interp/internal/objfile"
)

// Compile runs the Go compiler over one file of package main, as native code is
// compiled. abi has a line "def SYMBOL ABIInternal" for each function without a
// body; imports are the packages of the standard library that src uses.
func Compile(t testing.TB, src, abi string, imports ...string) *objfile.Object {
	t.Helper()
	dir := t.TempDir()
	file := func(name, text string) string {
		p := filepath.Join(dir, name)
		if err := os.WriteFile(p, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return p
	}
	run := func(name string, args ...string) string {
		out, err := exec.Command(name, args...).CombinedOutput()
		if err != nil {
			t.Fatalf("%s: %v\n%s", name, err, out)
		}
		return string(out)
	}
	list := []string{"list", "-export", "-deps", "-f", "{{if .Export}}packagefile {{.ImportPath}}={{.Export}}{{end}}"}
	cfg := file("importcfg", run("go", append(list, imports...)...))
	obj := filepath.Join(dir, "a.o")
	run(filepath.Join(strings.TrimSpace(run("go", "env", "GOTOOLDIR")), "compile"), "-p", "main", "-importcfg", cfg, "-dynlink", "-linkshared",
		"-dwarf=false", "-symabis", file("symabis", abi), "-o", obj, file("a.go", src))
	data, err := os.ReadFile(obj)
	if err != nil {
		t.Fatal(err)
	}
	objs, err := objfile.Read(data)
	if err != nil {
		t.Fatal(err)
	}
	return objs[0]
}
