package interp_test

import (
	"context"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/sheaf-go/sheaf/interp"
	"github.com/sheaf-go/sheaf/notebooks/show"
	"github.com/sheaf-go/sheaf/stdlib"
)

// FuzzCell takes texts through split, check and compile. None may panic, hang
// or harm the session, whatever they are; they are not run.
func FuzzCell(f *testing.F) {
	seeds, err := filepath.Glob("testdata/*.cells")
	if err != nil || len(seeds) == 0 {
		f.Fatal("no testdata/*.cells", err)
	}
	for _, file := range seeds {
		data, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		for _, cell := range cellsOf(string(data)) {
			f.Add(cell)
		}
	}
	var s *interp.Session
	n := 0
	f.Fuzz(func(t *testing.T, src string) {
		if isCommand(src) {
			t.Skip("a command would run")
		}
		if n++; s == nil || n%200 == 0 {
			if s, err = interp.New(interp.Config{Library: stdlib.Library(), Stdout: io.Discard, Stderr: io.Discard}); err != nil {
				t.Fatal(err)
			}
		}
		over := time.AfterFunc(20*time.Second, func() { panic("hangs on " + src) })
		defer over.Stop()
		if err := s.CompileOnly(src, n); err != nil && (err.Name == "internal error" || err.Name == "not interpreted") {
			t.Fatalf("%q: %+v", src, err)
		}
		interp.Completeness(src)
		s.Complete(src, len(src)/2)
		s.Inspect(src, len(src)/2, 0)
		res := s.Execute(context.Background(), show.Cell{Source: "40 + 2", Count: n}, silent{})
		if res.Err != nil || res.Value.PlainText() != "42" {
			t.Fatalf("after %q: %+v", src, res)
		}
	})
}

// cellsOf are the cells of a script.
func cellsOf(script string) (cells []string) {
	var cell []string
	for _, line := range strings.Split(script, "\n") {
		if rest, ok := strings.CutPrefix(line, ">>> "); ok {
			if cell != nil {
				cells = append(cells, strings.Join(cell, "\n"))
			}
			cell = []string{rest}
		} else if rest, ok := strings.CutPrefix(line, "... "); ok {
			cell = append(cell, rest)
		}
	}
	return append(cells, strings.Join(cell, "\n"))
}

// isCommand reports whether a line of src may be a command of the session,
// which a cell's context does not keep from running.
func isCommand(src string) bool {
	for _, line := range strings.Split(src, "\n") {
		if line = strings.TrimSpace(line); strings.HasPrefix(line, "%") || strings.HasPrefix(line, "!") || strings.HasSuffix(line, "?") || strings.HasPrefix(line, "?") {
			return true
		}
	}
	return false
}

// silent is a sink that shows nothing.
type silent struct{}

func (silent) Stream(string, string) {}
func (silent) Display(show.Display)  {}
func (silent) Clear(bool)            {}
func (silent) Input(context.Context, string, bool) (string, error) {
	return "", io.EOF
}
