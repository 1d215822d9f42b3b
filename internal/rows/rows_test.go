package rows

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// TestClaimedRowsHaveTests holds the whole repository to claimed.txt.
func TestClaimedRowsHaveTests(t *testing.T) {
	root, err := filepath.Abs(filepath.Join("..", ".."))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(root, "go.mod")); err != nil {
		t.Fatalf("the repository is not where this test looks: %v", err)
	}
	claimed, err := Claimed()
	if err != nil {
		t.Fatal(err)
	}
	found, err := Find(root)
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range claimed {
		if len(found[row]) == 0 {
			t.Errorf("%s is claimed but has no test; name it Test%s…", row, strings.Replace(row, "-", "", 1))
		}
	}
	for row, tests := range found {
		if !slices.Contains(claimed, row) {
			t.Logf("%s has a test (%s:%d) but is not in claimed.txt", row, tests[0].File, tests[0].Line)
		}
	}
}

func TestFind(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) {
		t.Helper()
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	write("a/a_test.go", `package a
func TestDH3(t *testing.T) {}
func TestDH31Live(t *testing.T) {}
func TestDH20DH21Default(t *testing.T) {}
func TestDH22_LEC2(t *testing.T) {}
func TestWidthOfDH7(t *testing.T) {}
func helperDH8(t *testing.T) {}
// func TestDH9(t *testing.T) {}
`)
	write("a/a.go", "package a\nfunc TestDH4() {}\n")
	write("a/testdata/b_test.go", "package b\nfunc TestDH5(t *testing.T) {}\n")
	write(".git/c_test.go", "package c\nfunc TestDH6(t *testing.T) {}\n")
	found, err := Find(dir)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for row := range found {
		got = append(got, row)
	}
	slices.Sort(got)
	want := []string{"DH-20", "DH-21", "DH-22", "DH-3", "DH-31", "LEC-2"}
	if !slices.Equal(got, want) {
		t.Errorf("rows found: %v, want %v", got, want)
	}
	if at := found["DH-31"][0]; at != (Test{"TestDH31Live", "a/a_test.go", 3}) {
		t.Errorf("DH-31 is at %+v", at)
	}
}

func TestParseClaimed(t *testing.T) {
	got, err := parseClaimed("# rows\nDH-1\n\nLEC-20 # in part\n")
	if err != nil || !slices.Equal(got, []string{"DH-1", "LEC-20"}) {
		t.Errorf("got %v, %v", got, err)
	}
	for text, want := range map[string]string{
		"DH-1\nDH31\n": `claimed.txt:2: "DH31" is no row id`,
		"DH-1\nDH-1\n": "claimed.txt:2: DH-1 is claimed twice",
	} {
		if _, err := parseClaimed(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: got %v, want %s", text, err, want)
		}
	}
}
