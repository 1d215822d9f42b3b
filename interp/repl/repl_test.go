package repl

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"
)

var update = flag.Bool("update", false, "rewrite the expected texts in testdata")

// TestMain makes this test binary a REPL when the environment asks for it, so
// that terminal tests can start it on a terminal of its own.
func TestMain(m *testing.M) {
	if file := os.Getenv("REPL_TEST_HISTORY"); file != "" {
		os.Exit(Run(context.Background(), newToy(), Options{Banner: "hello", History: file}))
	}
	os.Exit(m.Run())
}

// TestPlain pipes "in" of each testdata/*.txtar into the REPL.
func TestPlain(t *testing.T) {
	paths, _ := filepath.Glob("testdata/*.txtar")
	if len(paths) < 3 {
		t.Fatalf("found %d cases", len(paths))
	}
	for _, path := range paths {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".txtar"), func(t *testing.T) {
			ar, err := txtar.ParseFile(path)
			if err != nil {
				t.Fatal(err)
			}
			var stdout, stderr bytes.Buffer
			status := Run(t.Context(), newToy(), Options{Stdin: bytes.NewReader(ar.Files[0].Data), Stdout: &stdout, Stderr: &stderr, Banner: "never shown"})
			got := []txtar.File{
				ar.Files[0],
				{Name: "stdout", Data: stdout.Bytes()},
				{Name: "stderr", Data: stderr.Bytes()},
				{Name: "status", Data: fmt.Appendln(nil, status)},
			}
			text := string(txtar.Format(&txtar.Archive{Comment: ar.Comment, Files: got}))
			if *update {
				if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
					t.Fatal(err)
				}
			} else if diff := cmp.Diff(string(txtar.Format(ar)), text); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

func TestLastLineWithoutEnd(t *testing.T) {
	var stdout bytes.Buffer
	if status := Run(t.Context(), newToy(), Options{Stdin: strings.NewReader("echo 2"), Stdout: &stdout, Stderr: &stdout}); status != 0 || stdout.String() != "2\n" {
		t.Errorf("status %d, printed %q", status, &stdout)
	}
}

func TestComplete(t *testing.T) {
	r := &repl{engine: newToy()}
	for _, c := range []struct {
		pending, line string
		offset        int
		head          string
		words         []string
		tail          string
	}{
		{"", "echo pri) end", 8, "echo ", []string{"price", "printed", "printer"}, ") end"},
		{"é {\n", "  sü!", len("  sü"), "  ", []string{"süß", "süßer"}, "!"},
		{"", "none", 4, "", nil, ""},
	} {
		r.pending = c.pending
		head, words, tail := r.complete(t.Context(), c.line, c.offset)
		if head != c.head || tail != c.tail || !slices.Equal(words, c.words) {
			t.Errorf("%q: %q %q %q", c.line, head, words, tail)
		}
	}
}

func TestHistory(t *testing.T) {
	path := filepath.Join(t.TempDir(), "new", "history")
	a, b := openHistory(path), openHistory(path)
	a.add("one")
	b.add("two")
	a.add("func f() {\n\n\treturn\n}")
	b.add("// " + cellEnds + "\nx") // this would end it
	a.add("three")
	a.close()
	b.close()
	h := openHistory(path)
	h.close()
	if !slices.Equal(h.cells, []string{"one", "two", "func f() {\n\n\treturn\n}", "// " + cellEnds, "x", "three"}) {
		t.Errorf("two sessions left %q", h.cells)
	}

	// Versions that knew no cells left lines, and the end of a longer file.
	for text, want := range map[string][]string{
		"for {\n}\n1\n": {"for {", "}", "1"},
		"  a\n}\n" + cellEnds + "\n" + cellBegins + "\nb\nc\n" + cellEnds + "\n": {"  a", "}", "b\nc"},
		cellBegins + "\na\nb\n" + cellBegins + "\nc\nd\n" + cellEnds + "\n\ne":   {"a", "b", "c\nd", "e"},
		cellBegins + "\n" + cellEnds + "\n":                                      {},
	} {
		if got := cellsOf(text); !slices.Equal(got, want) {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}

	// A damaged and overlong file loses what is damaged and what is oldest.
	var lines strings.Builder
	lines.WriteString("\xff broken\n\n")
	for i := range historyLimit + 5 {
		fmt.Fprintf(&lines, "line %d\n", i)
	}
	if err := os.WriteFile(path, []byte(lines.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	openHistory(path).close()
	h = openHistory(path)
	h.close()
	if len(h.cells) != historyLimit || h.cells[0] != "line 5" {
		t.Errorf("%d cells, first %q", len(h.cells), h.cells[0])
	}

	// Where no history can be kept, nothing happens.
	h = openHistory(filepath.Join(path, "below", "a", "file"))
	h.add("x")
	h.close()
	if len(h.cells) != 0 {
		t.Errorf("cells from nowhere: %q", h.cells)
	}
}
