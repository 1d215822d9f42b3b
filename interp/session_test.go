package interp_test

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/sheaf-go/sheaf/interp"
	"github.com/sheaf-go/sheaf/notebooks/show"
	"github.com/sheaf-go/sheaf/stdlib"
)

var update = flag.Bool("update", false, "rewrite the expected outputs in testdata")

// A script is cells and what each shows, as text a user could have typed:
//
//	>>> x := 1
//	... x + 1
//	2
//	---
//
// Cells of one script share a session. Lines after the cell are its standard
// output, its value, what takes the place of its source behind "next:", and its
// error behind "!"; a blank line ends them.
func TestScripts(t *testing.T) {
	goldens(t, "testdata/*.cells", runScript)
}

// goldens runs the files that pattern finds, each as a test of its own, and
// compares what run returns with what is in them; -update writes it there.
func goldens(t *testing.T, pattern string, run func(t *testing.T, text string) string) {
	t.Helper()
	files, err := filepath.Glob(pattern)
	if err != nil || len(files) == 0 {
		t.Fatal("no "+pattern, err)
	}
	for _, f := range files {
		name := filepath.Base(f)
		t.Run(strings.TrimSuffix(name, filepath.Ext(name)), func(t *testing.T) {
			data, err := os.ReadFile(f)
			if err != nil {
				t.Fatal(err)
			}
			golden(t, f, string(data), run(t, string(data)))
		})
	}
}

// golden compares what came with what a file has, or writes it there.
func golden(t *testing.T, file, want, got string) {
	t.Helper()
	if got == want {
		return
	}
	if !*update {
		t.Errorf("%s:\n%s", file, diff(want, got))
	} else if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
		t.Fatal(err)
	}
}

// runScript runs every cell of the script and returns the script with the
// outputs that came.
func runScript(t *testing.T, script string) string { return runScriptIn(t, script, interp.Interp) }

func runScriptIn(t *testing.T, script string, tier interp.Tier) string {
	var out buffer
	captureLog(t, &out)
	s, err := interp.New(interp.Config{Library: stdlib.Library(), Stdout: &out, Stderr: &out, Tier: tier})
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	count := 0
	lines := strings.Split(strings.TrimRight(script, "\n"), "\n")
	for i := 0; i < len(lines); {
		switch {
		case strings.HasPrefix(lines[i], "# "):
			b.WriteString(lines[i] + "\n")
			i++
		case strings.HasPrefix(lines[i], ">>> "):
			src := strings.TrimPrefix(lines[i], ">>> ")
			b.WriteString(lines[i] + "\n")
			for i++; i < len(lines) && strings.HasPrefix(lines[i], "..."); i++ {
				b.WriteString(lines[i] + "\n")
				src += "\n" + strings.TrimPrefix(strings.TrimPrefix(lines[i], "..."), " ")
			}
			count++
			out.Reset()
			res := s.Execute(context.Background(), show.Cell{Source: src, Count: count}, &sink{out: &out})
			b.WriteString(steady(outputs(out.String(), res)) + "\n")
		default:
			i++
		}
	}
	return b.String()
}

var (
	sampledHead = regexp.MustCompile(`\S+ of processor time in [1-9]\d* samples, \S+ on the wall`)
	sampledRow  = regexp.MustCompile(`(?m)^ *\d\S*s +[\d.]+% +\d\S*s +[\d.]+%  `)
	sampledMore = regexp.MustCompile(`and \d+ more; `)
)

// steady takes what is sampled out of the tables of %prun.
func steady(text string) string {
	if !sampledHead.MatchString(text) {
		return text
	}
	text = sampledHead.ReplaceAllString(text, "T of processor time in N samples, T on the wall")
	text = sampledRow.ReplaceAllString(text, "        T      %         T      %  ")
	return sampledMore.ReplaceAllString(text, "and N more; ")
}

// A sink prints displays among what cells print.
type sink struct{ out *buffer }

func (s *sink) Stream(_, text string)  { s.out.Write([]byte(text)) }
func (s *sink) Display(d show.Display) { s.out.Write([]byte(d.Bundle.PlainText() + "\n")) }
func (s *sink) Clear(bool)             {}
func (s *sink) Input(context.Context, string, bool) (string, error) {
	return "", io.EOF
}

// A buffer takes what cells and their goroutines print.
type buffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (b *buffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.Write(p)
}

func (b *buffer) Reset() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.b.Reset()
}

func (b *buffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.String()
}

func outputs(text string, res show.Result) string {
	if v := res.Value.PlainText(); v != "" {
		text += v + "\n"
	}
	if res.Next != "" {
		text += "next: " + strings.ReplaceAll(strings.TrimSuffix(res.Next, "\n"), "\n", "\nnext: ") + "\n"
	}
	if res.Err != nil {
		for _, l := range res.Err.Traceback {
			text += "! " + strings.ReplaceAll(l, "\n", "\n! ") + "\n"
		}
	}
	// A blank line ends the outputs of a cell.
	return strings.ReplaceAll(text, "\n\n", "\n~\n")
}

func diff(want, got string) string {
	w, g := strings.Split(want, "\n"), strings.Split(got, "\n")
	for i := range max(len(w), len(g)) {
		a, b := "(end)", "(end)"
		if i < len(w) {
			a = w[i]
		}
		if i < len(g) {
			b = g[i]
		}
		if a != b {
			return fmt.Sprintf("line %d:\nwant %s\ngot  %s\n\nwhole output:\n%s", i+1, a, b, got)
		}
	}
	return ""
}
