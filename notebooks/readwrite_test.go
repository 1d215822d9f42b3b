package notebooks

import (
	"bytes"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"
)

var update = flag.Bool("update", false, "rewrite the expected texts in testdata")

// TestWritesAsJupyter: name.ipynb is what Jupyter's nbformat library makes of
// name.in. Both must read as the same notebook, and write as name.ipynb.
func TestWritesAsJupyter(t *testing.T) {
	paths, _ := filepath.Glob("testdata/roundtrip/*.ipynb")
	if len(paths) < 3 {
		t.Fatalf("found %d notebooks", len(paths))
	}
	for _, path := range paths {
		t.Run(filepath.Base(path), func(t *testing.T) {
			want, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			for _, from := range []string{path, strings.TrimSuffix(path, ".ipynb") + ".in"} {
				nb, err := Read(from)
				if err != nil {
					t.Fatal(err)
				}
				var got bytes.Buffer
				if _, err := nb.WriteTo(&got); err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff(string(want), got.String()); diff != "" {
					t.Errorf("%s is written differently (-nbformat +ours):\n%s", from, diff)
				}
			}
		})
	}
}

func TestReadFields(t *testing.T) {
	nb, err := Read("testdata/roundtrip/v44-outputs.ipynb")
	if err != nil {
		t.Fatal(err)
	}
	c := nb.Cell(12)
	if c == nil || c.Source != "all()\nof(them)" || !c.hasTag("raises-exception") {
		t.Fatalf("cell 12 is %+v", c)
	}
	want := "one\n\x1b[31mred\x1b[0m \x01\x7f\nwarn\na table\nof two lines\n42\npanic: index out of range\n"
	if got := nb.Output(12); got != want {
		t.Errorf("Output(12) = %q, want %q", got, want)
	}
	if got := nb.MIME(12, "image/png"); len(got) != 1 || got[0] != "iVBORw0K\nGg==\n" {
		t.Errorf("image/png: %q", got)
	}
	if got := nb.MIME(12, "application/vnd.vegalite.v5+json"); len(got) != 1 {
		t.Errorf("vegalite: %v", got)
	} else if list := got[0].(map[string]any)["list"].([]any); len(list) != 2 {
		t.Errorf("a list under a JSON type was joined: %v", list)
	}
	if nb.Cell(1) != nil || nb.Cell(0) != nil || nb.Output(1) != "" || nb.MIME(1, "text/plain") != nil {
		t.Error("found a cell that is not there")
	}
}

// TestReadErrors reads each file of testdata/errors.txtar and wants the error
// that stands after it.
func TestReadErrors(t *testing.T) {
	const path = "testdata/errors.txtar"
	ar, err := txtar.ParseFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i+1 < len(ar.Files); i += 2 {
		in, want := ar.Files[i], &ar.Files[i+1]
		nb, err := Parse(in.Name, bytes.TrimSuffix(in.Data, []byte("\n")))
		if err == nil {
			err = nb.CheckLanguage(in.Name)
		}
		got := "no error\n"
		if err != nil {
			got = err.Error() + "\n"
		}
		if *update {
			want.Data = []byte(got)
		} else if got != string(want.Data) {
			t.Errorf("%s:\n got %swant %s", in.Name, got, want.Data)
		}
	}
	if *update {
		if err := os.WriteFile(path, txtar.Format(ar), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

func TestReadFileErrors(t *testing.T) {
	dir := t.TempDir()
	latin := filepath.Join(dir, "latin1.ipynb")
	if err := os.WriteFile(latin, []byte("{\"a\": \"\xe9\"}"), 0o644); err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]string{
		dir:                                "is a folder, want a notebook",
		filepath.Join(dir, "absent.ipynb"): "there is no file",
		latin:                              "is not JSON: it is not UTF-8 text",
	} {
		if _, err := Read(path); err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), path) {
			t.Errorf("%s: got %v, want %q", path, err, want)
		}
	}
}

func TestByteOrderMarkIsRead(t *testing.T) {
	if _, err := Parse("x", []byte("\xef\xbb\xbf"+`{"nbformat":4,"cells":[]}`)); err != nil {
		t.Error(err)
	}
}

func TestWriteKeepsPermissionsAndLinks(t *testing.T) {
	dir := t.TempDir()
	file, link := filepath.Join(dir, "a.ipynb"), filepath.Join(dir, "link.ipynb")
	if err := os.WriteFile(file, []byte("old"), 0o640); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("a.ipynb", link); err != nil {
		t.Skip("no symbolic links here:", err)
	}
	nb := &Notebook{Major: 4, Minor: 5, Cells: []*Cell{{Type: Code, ID: "a", Source: "1"}}}
	if err := nb.Write(link); err != nil {
		t.Fatal(err)
	}
	info, err := os.Lstat(link)
	if err != nil || info.Mode()&os.ModeSymlink == 0 {
		t.Errorf("the link is gone: %v, %v", info.Mode(), err)
	}
	if info, _ := os.Stat(file); info.Mode().Perm() != 0o640 {
		t.Errorf("permissions became %v", info.Mode())
	}
	if _, err := Read(file); err != nil {
		t.Error(err)
	}
	left, _ := os.ReadDir(dir)
	if len(left) != 2 {
		t.Errorf("files left behind: %v", left)
	}
	if err := nb.Write(filepath.Join(dir, "none", "b.ipynb")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("writing into a missing folder: %v", err)
	}
}

func TestUnstorableValue(t *testing.T) {
	nb := &Notebook{Major: 4, Metadata: map[string]any{"f": func() {}}}
	if _, err := nb.Bytes(); err == nil || !strings.Contains(err.Error(), "func() can't be stored as JSON") {
		t.Errorf("got %v", err)
	}
}

// FuzzParse: whatever is read without error writes and reads again the same.
func FuzzParse(f *testing.F) {
	paths, _ := filepath.Glob("testdata/roundtrip/*")
	for _, p := range paths {
		data, err := os.ReadFile(p)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		nb, err := Parse("x", data)
		if err != nil {
			return
		}
		first, err := nb.Bytes()
		if err != nil {
			t.Fatal(err)
		}
		again, err := Parse("x", first)
		if err != nil {
			t.Fatalf("%v\n%s", err, first)
		}
		second, _ := again.Bytes()
		if !bytes.Equal(first, second) {
			t.Fatalf("written differently the second time:\n%s\n%s", first, second)
		}
	})
}
