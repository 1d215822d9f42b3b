package objfile_test

import (
	"bytes"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/sheaf-go/sheaf/interp/internal/objfile"
	"github.com/sheaf-go/sheaf/interp/internal/objfile/objtest"
)

// TestDescribe: functions that were put in place of their calls have the names
// and first lines that the archive of their package tells.
func TestDescribe(t *testing.T) {
	o := objtest.Compile(t, `package main

import (
	"runtime"
	"strings"
)

func F(s string) int { return runtime.Callers(0, make([]uintptr, strings.Count(s, "a"))) }

func G(b *strings.Builder) int { return b.Len() }
`, "", "runtime", "strings")
	want := map[string]string{"runtime": "runtime.Callers", "strings": "strings.(*Builder).Len"}
	list := o.Foreign()
	for pkg, name := range want {
		found := false
		for _, s := range list[pkg] {
			out, err := exec.Command("go", "list", "-export", "-f", "{{.Export}}", pkg).Output()
			if err != nil {
				t.Fatal(err)
			}
			data, err := os.ReadFile(strings.TrimSpace(string(out)))
			if err != nil {
				t.Fatal(err)
			}
			if err := objfile.Describe(bytes.NewReader(data), []*objfile.Sym{s}); err != nil {
				t.Fatal(err)
			}
			if s.Func == nil || s.Func.StartLine == 0 {
				t.Errorf("%s: nothing is known of the function", s.Name)
			}
			found = found || s.Name == name
			for _, n := range []int{0, 7, 100, len(data) / 2} {
				if err := objfile.Describe(bytes.NewReader(data[:n]), []*objfile.Sym{s}); err == nil {
					t.Errorf("an archive cut to %d bytes is taken", n)
				}
			}
		}
		if !found {
			t.Errorf("%s: want %s among %d functions", pkg, name, len(list[pkg]))
		}
	}
}
