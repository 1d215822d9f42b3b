package atomicfile

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sheaf-go/sheaf/internal/needs"
)

// text writes a text, and then fails if there is an error.
func text(s string, err error) func(io.Writer) error {
	return func(w io.Writer) error {
		if _, e := io.WriteString(w, s); e != nil {
			return e
		}
		return err
	}
}

// is checks that a folder holds one file of a name and a text.
func is(t *testing.T, path, want string) {
	t.Helper()
	files, err := os.ReadDir(filepath.Dir(path))
	if err != nil || len(files) != 1 {
		t.Errorf("the folder has %v, want one file (%v)", files, err)
	}
	if b, err := os.ReadFile(path); err != nil || string(b) != want {
		t.Errorf("the file has %q, %v; want %q", b, err, want)
	}
}

func TestWrite(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.txt")
	if err := Write(path, text("one", nil)); err != nil {
		t.Fatal(err)
	}
	is(t, path, "one")
	if err := os.Chmod(path, 0o640); err != nil {
		t.Fatal(err)
	}
	if err := Write(path, text("two", nil)); err != nil {
		t.Fatal(err)
	}
	is(t, path, "two")
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o640 {
		t.Errorf("the mode is %v, want that of the old file (%v)", info.Mode(), err)
	}
	bad := errors.New("bad")
	if err := Write(path, text("half", bad)); !errors.Is(err, bad) {
		t.Errorf("got %v", err)
	}
	is(t, path, "two")
	func() {
		defer func() { _ = recover() }()
		_ = Write(path, func(w io.Writer) error { panic("no") })
	}()
	is(t, path, "two")
}

func TestWriteErrors(t *testing.T) {
	dir := t.TempDir()
	if err := Write(dir, text("", nil)); err == nil || !strings.Contains(err.Error(), "folder") {
		t.Errorf("a folder: %v", err)
	}
	missing := filepath.Join(dir, "missing", "a.txt")
	if err := Write(missing, text("", nil)); !errors.Is(err, fs.ErrNotExist) || !strings.Contains(err.Error(), missing+":") {
		t.Errorf("no folder: %v", err)
	}
	long := filepath.Join(dir, strings.Repeat("a", 250))
	if err := Write(long, text("", nil)); err != nil {
		t.Errorf("a name as long as it may be: %v", err)
	}
}

// TestWriteThrough: a device is written to, not replaced; a link is followed.
func TestWriteThrough(t *testing.T) {
	_, err := os.Stat("/dev/full")
	needs.Have(t, err)
	link := filepath.Join(t.TempDir(), "full.txt")
	needs.Have(t, os.Symlink("/dev/full", link))
	if err := Write(link, text("a", nil)); err == nil || !strings.Contains(err.Error(), "no space left") {
		t.Errorf("a full disk: %v", err)
	}
	if info, err := os.Lstat(link); err != nil || info.Mode()&fs.ModeSymlink == 0 {
		t.Errorf("the link has been replaced: %v, %v", info, err)
	}
}
