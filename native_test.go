package main

import (
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/sheaf-go/sheaf/internal/needs"
	"github.com/sheaf-go/sheaf/notebooks/nbtest"
)

// TestNative runs testdata/native/*.txtar with a command that go build has
// made (`exec sheaf`): a test binary has no symbols, and so compiles no cells.
func TestNative(t *testing.T) {
	if runtime.GOOS+"/"+runtime.GOARCH != "linux/amd64" {
		t.Skip("cells are compiled on linux/amd64 only")
	}
	tool := needs.Program(t, "go")
	bin := filepath.Dir(nbtest.Binary(t))
	out, err := exec.Command(tool, "env", "GOCACHE", "GOMODCACHE", "GOROOT").Output()
	if err != nil {
		t.Fatal(err)
	}
	caches := strings.Split(string(out), "\n")
	testscript.Run(t, testscript.Params{
		Dir: filepath.Join("testdata", "native"),
		Setup: func(env *testscript.Env) error {
			env.Setenv("PATH", bin+string(filepath.ListSeparator)+env.Getenv("PATH"))
			env.Setenv("SHEAF", filepath.Join(bin, "sheaf"))
			env.Setenv("HOME", env.WorkDir)
			env.Setenv("XDG_CACHE_HOME", filepath.Join(env.WorkDir, ".cache"))
			env.Setenv("GOCACHE", caches[0])
			env.Setenv("GOMODCACHE", caches[1])
			env.Setenv("GOROOT_WAS", caches[2])
			return nil
		},
	})
}
