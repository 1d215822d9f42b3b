//go:build unix

package kernel

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// What docs/TRUST.md says of --no-shell: it refuses lines and scripts for the
// shell, wherever they stand, a cell cannot take that back, and Go code can
// start programs all the same.
func TestNoShell(t *testing.T) {
	s, cmd := wholeKernel(t, "SHEAF_NO_SHELL=1")
	c := s.client()
	made := filepath.Join(cmd.Dir, "made")
	c.run(`os.Setenv("SHEAF_NO_SHELL", "0")`)
	for _, code := range []string{
		"!touch made", "%%bash\ntouch made\n", "%%sh\ntouch made\n", "%time !touch made", "%%time\n!touch made", "%%capture out\n!touch made",
		"// first\n%pwd\n!touch made",
	} {
		reply, _ := c.run(code)
		if why := fmt.Sprint(reply.content["evalue"]); reply.content["status"] != "error" || !strings.Contains(why, "--no-shell") {
			t.Errorf("%q: %s", code, reply)
		}
	}
	if reply, _ := c.run("//go:generate touch made\nfunc f() {}\nf()"); reply.content["status"] != "ok" {
		t.Errorf("go:generate: %s", reply)
	}
	if _, err := os.Stat(made); err == nil {
		t.Fatal("a program was started")
	}
	c.run(`exec.Command("touch", "made").Run()`)
	if _, err := os.Stat(made); err != nil {
		t.Errorf("Go code started no program: %v", err)
	}
}

// Nothing of a text is run, or compiled by a C compiler, while it is typed.
func TestTypingRunsNothing(t *testing.T) {
	dir := t.TempDir()
	compiler, ran := filepath.Join(dir, "cc"), filepath.Join(dir, "ran")
	if err := os.WriteFile(compiler, []byte("#!/bin/sh\n: >"+ran+"\nexit 1\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	s, _ := wholeKernel(t, "CC="+compiler)
	c := s.client()
	for _, code := range []string{
		"/*\nint twice(int x) { return 2 * x; }\n*/\nimport \"C\"\nC.twi", "!touch " + ran + "\nstrings.Rep", fmt.Sprintf("os.WriteFile(%q, nil, 0o600)\nos.Ge", ran),
	} {
		for _, kind := range []string{"complete_request", "inspect_request", "is_complete_request"} {
			c.ask(c.shell, kind, object{"code": code})
		}
	}
	if _, err := os.Stat(ran); err == nil {
		t.Error("something ran")
	}
	c.run("/*\nint twice(int x) { return 2 * x; }\n*/\nimport \"C\"\nC.twice(2)")
	if _, err := os.Stat(ran); err != nil {
		t.Errorf("the compiler that the environment names was not asked: %v", err)
	}
}
