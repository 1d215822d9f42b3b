package history

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/sheaf-go/sheaf/kernel"
)

func open(t *testing.T, path string) *Store {
	t.Helper()
	s := Open(path, "book.ipynb")
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// told is entries as session.line:input=output.
func told(list []kernel.Entry, err error) string {
	if err != nil {
		return err.Error()
	}
	var b strings.Builder
	for _, e := range list {
		fmt.Fprintf(&b, "%d.%d:%s=%s ", e.Session, e.Line, e.Input, e.Output)
	}
	return b.String()
}

func add(t *testing.T, s *Store, inputs ...string) {
	t.Helper()
	for i, in := range inputs {
		if err := s.Add(kernel.Entry{Line: i + 1, Input: in, Output: strings.ToUpper(in)}); err != nil {
			t.Fatal(err)
		}
	}
}

func check(t *testing.T, what, got, want string) {
	t.Helper()
	if got != want {
		t.Errorf("%s:\n got %s\nwant %s", what, got, want)
	}
}

// Cells of earlier kernels are found, also while another one writes.
func TestSessions(t *testing.T) {
	path := filepath.Join(t.TempDir(), "new", "a b?c.sqlite")
	first := Open(path, "")
	add(t, first, "a", "b[1]", "a")
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	s, other := open(t, path), open(t, path)
	check(t, "before its first cell", told(s.Range(0, 0, -1)), "")
	check(t, "the session before", told(s.Range(-1, 0, -1)), "1.1:a=A 1.2:b[1]=B[1] 1.3:a=A ")
	add(t, s, "x", "a", "y")
	check(t, "its own", told(s.Tail(1)), "2.3:y=Y ") // and they are written, before the other's
	add(t, other, "o")
	check(t, "the other's", told(other.Range(0, 0, -1)), "3.1:o=O ")
	check(t, "range", told(s.Range(0, 2, 3)), "2.2:a=A ")
	check(t, "range to the end", told(s.Range(0, 2, -1)), "2.2:a=A 2.3:y=Y ")
	check(t, "the session before", told(s.Range(-1, 3, 4)), "1.3:a=A ")
	check(t, "by number", told(s.Range(3, 0, -1)), "3.1:o=O ")
	check(t, "tail", told(s.Tail(3)), "2.2:a=A 2.3:y=Y 3.1:o=O ")
	check(t, "tail of nothing", told(s.Tail(-1)), "")
	check(t, "search", told(s.Search("a", 0, false)), "1.1:a=A 1.3:a=A 2.2:a=A ")
	check(t, "the last two", told(s.Search("a", 2, false)), "1.3:a=A 2.2:a=A ")
	check(t, "each once", told(s.Search("*", 0, true)), "1.2:b[1]=B[1] 2.1:x=X 2.2:a=A 2.3:y=Y 3.1:o=O ")
	check(t, "a set", told(s.Search("[!ab]", 1, true)), "3.1:o=O ")
	check(t, "a bracket", told(s.Search("b[[]1]", 0, true)), "1.2:b[1]=B[1] ")
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
}

// A kernel that has executed nothing leaves nothing behind.
func TestNothing(t *testing.T) {
	path := filepath.Join(t.TempDir(), "h.sqlite")
	if err := Open(path, "").Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(path); err == nil {
		t.Error("a file was made")
	}
}

// Where nothing can be written, the session's own cells are found.
func TestUnwritable(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, []byte("this is no database, but long enough to be taken for one"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{file, filepath.Join(file, "below")} {
		s := Open(path, "")
		s.Add(kernel.Entry{Line: 1, Input: "a"})
		check(t, path, told(s.Tail(5)), "1.1:a= ")
		if err := s.Add(kernel.Entry{Line: 2, Input: "b"}); err == nil || !strings.Contains(err.Error(), "history") {
			t.Errorf("%s: %v", path, err)
		}
		check(t, path, told(s.Search("*", 0, true)), "1.1:a= 1.2:b= ")
		s.Close()
	}
	if b, _ := os.ReadFile(file); !strings.HasPrefix(string(b), "this is no database") {
		t.Errorf("the file was changed: %q", b)
	}
}

// Kernels write side by side, and nothing is lost.
func TestSideBySide(t *testing.T) {
	path := filepath.Join(t.TempDir(), "h.sqlite")
	const kernels, cells = 4, 50
	var wg sync.WaitGroup
	for range kernels {
		wg.Go(func() {
			s := Open(path, "")
			for i := range cells {
				if err := s.Add(kernel.Entry{Line: i, Input: "x"}); err != nil {
					t.Error(err)
				}
			}
			if err := s.Close(); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	got, err := open(t, path).Tail(10 * kernels * cells)
	if err != nil || len(got) != kernels*cells {
		t.Fatalf("%d cells, %v", len(got), err)
	}
	next := map[int]int{}
	for _, e := range got {
		if e.Line != next[e.Session] {
			t.Fatalf("session %d: cell %d comes after %d", e.Session, e.Line, next[e.Session]-1)
		}
		next[e.Session]++
	}
}

func TestLongOutput(t *testing.T) {
	s := open(t, filepath.Join(t.TempDir(), "h.sqlite"))
	s.Add(kernel.Entry{Line: 1, Input: "x", Output: strings.Repeat("é", maxOutput)})
	got, err := s.Tail(1)
	if err != nil || len(got[0].Output) > maxOutput+len("…") || !strings.HasSuffix(got[0].Output, "é…") {
		t.Errorf("%d bytes, %v", len(got[0].Output), err)
	}
}
