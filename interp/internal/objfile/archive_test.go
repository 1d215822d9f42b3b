package objfile_test

import (
	"bytes"
	"os"
	"os/exec"
	"slices"
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

// TestTranslate: lines of one file become those of others, and what they were
// can be asked; lines of other files stay.
func TestTranslate(t *testing.T) {
	o := objtest.Compile(t, `package main

import "runtime"

func F(a []int, i int) int {
	return /*line c:7*/ a[i] +
		a[i+1] + /*line other:3*/ a[i+2] + runtime.NumGoroutine()
}
`, "", "runtime")
	o.Translate("c", func(line int) (string, int) { return "cell", 10 * line })
	for _, s := range o.Defs {
		if s.Name != "main.F" {
			continue
		}
		seen := map[[2]int]bool{}
		for pc := range uintptr(s.Size) {
			file, line := objfile.Place(s.Func.PCFile.Data, pc), objfile.Place(s.Func.PCLine.Data, pc)
			at := objfile.Place(s.Func.Places, pc)
			if name := o.Files[file]; (name == "cell") != (at > 0) || at > 0 && line != 10*at {
				t.Fatalf("at %d: %s:%d, which was %d", pc, name, line, at)
			} else if name == "other" && line != 3 {
				t.Errorf("at %d: %s:%d", pc, name, line)
			}
			seen[[2]int{file, line}] = true
		}
		for _, want := range []int{70, 80} {
			if !seen[[2]int{slices.Index(o.Files, "cell"), want}] {
				t.Errorf("no code has line %d of the cell: %v in %q", want, seen, o.Files)
			}
		}
		if len(seen) < 4 {
			t.Errorf("want lines of four files: %v in %q", seen, o.Files)
		}
		return
	}
	t.Error("no function F")
}
