package interp_test

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/sheaf-go/sheaf/interp"
	"github.com/sheaf-go/sheaf/notebooks/show"
)

// In tier auto a cell whose statements take long to compile runs interpreted
// after a while; the ones that come when they can be compiled again are.
func TestNativeStatementsWait(t *testing.T) {
	if !withSymbols(t) {
		return
	}
	hold := heldCompiler(t)
	t.Setenv("XDG_CACHE_HOME", t.TempDir())
	k := newTierTalker(t, interp.Auto)
	const cell = "f := func(n int) (s int) { for i := range n { s += i }; return s }\nfmt.Println(f(10))"
	compiled := func() bool { return strings.Contains(k.tier(), "compiled the statements in line") }
	for begin := time.Now(); !compiled(); time.Sleep(20 * time.Millisecond) { // the archives are there
		if time.Since(begin) > 2*time.Minute {
			t.Fatal(k.tier())
		}
		k.run(cell)
	}
	before := strings.Count(k.tier(), "compiled the statements")
	if err := os.WriteFile(hold, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, src := range []string{cell, "import \"slices\"\nxs := []int{2, 1}\nslices.SortFunc(xs, func(a, b int) int { return a - b })\nfmt.Println(45, xs)"} {
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		k.out.Reset()
		res := k.s.Execute(ctx, show.Cell{Source: src, Count: 1}, nil)
		cancel()
		if res.Err != nil || !strings.HasPrefix(k.out.String(), "45") {
			t.Errorf("while nothing can be compiled, %s: %q, %+v", src, k.out, res.Err)
		}
	}
	if err := os.Remove(hold); err != nil {
		t.Fatal(err)
	}
	for begin := time.Now(); k.run(cell) != "45\n" || strings.Count(k.tier(), "compiled the statements") <= before; time.Sleep(20 * time.Millisecond) {
		if time.Since(begin) > time.Minute {
			t.Fatal(k.tier())
		}
	}
}

// heldCompiler makes the toolchain one whose compiler does nothing while the
// file is there that it returns the name of.
func heldCompiler(t *testing.T) (hold string) {
	t.Helper()
	goCommand, err := exec.LookPath("go")
	if err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command(goCommand, "env", "GOTOOLDIR").Output()
	if err != nil {
		t.Fatal(err)
	}
	real, dir := strings.TrimSpace(string(out)), t.TempDir()
	hold = filepath.Join(dir, "hold")
	tools := filepath.Join(dir, "tools")
	if err := os.Mkdir(tools, 0o700); err != nil {
		t.Fatal(err)
	}
	for _, tool := range []string{"asm", "cgo", "link"} {
		if err := os.Symlink(filepath.Join(real, tool), filepath.Join(tools, tool)); err != nil {
			t.Fatal(err)
		}
	}
	script(t, filepath.Join(tools, "compile"), "while [ -e '"+hold+"' ]; do sleep 0.05; done\nexec '"+real+"/compile' \"$@\"")
	script(t, filepath.Join(dir, "go"), "if [ \"$1\" = env ]; then '"+goCommand+"' \"$@\" | sed 's#\\(\"GOTOOLDIR\": \"\\).*\"#\\1"+tools+"\"#'\nelse exec '"+goCommand+"' \"$@\"; fi")
	t.Setenv("SHEAF_GO", filepath.Join(dir, "go"))
	if cache, err := os.UserCacheDir(); err == nil && os.Getenv("GOCACHE") == "" {
		t.Setenv("GOCACHE", filepath.Join(cache, "go-build"))
	}
	return hold
}

func script(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte("#!/bin/sh\n"+text+"\n"), 0o700); err != nil {
		t.Fatal(err)
	}
}
