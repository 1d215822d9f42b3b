package install

import (
	"bytes"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

func TestDoctor(t *testing.T) {
	found := func(s Status, detail string) func() (Status, string) {
		return func() (Status, string) { return s, detail }
	}
	checks := []Check{
		{"Go toolchain", found(OK, "go1.26")},
		{"SQL", found(Missing, "no g++")},
	}
	var out bytes.Buffer
	if code := Doctor(checks, &out); code != 0 {
		t.Errorf("code %d without anything broken", code)
	}
	if want := "Go toolchain  ok       go1.26\nSQL           missing  no g++\n"; out.String() != want {
		t.Errorf("printed\n%swant\n%s", out.String(), want)
	}
	out.Reset()
	if code := Doctor(append(checks, Check{"kernelspec", found(Broken, "gone")}), &out); code != 1 {
		t.Errorf("code %d with something broken", code)
	}
	if !strings.Contains(out.String(), "kernelspec    BROKEN   gone\n") {
		t.Errorf("printed\n%s", out.String())
	}
}

// Every check runs here and says something in one line.
func TestChecks(t *testing.T) {
	t.Setenv("JUPYTER_DATA_DIR", t.TempDir())
	seen := map[string]bool{}
	for _, c := range Checks() {
		status, detail := c.Run()
		t.Log(c.Name, status, detail)
		if detail == "" || strings.Contains(detail, "\n") {
			t.Errorf("%s: %q is not one line", c.Name, detail)
		}
		if seen[c.Name] {
			t.Errorf("%s: twice", c.Name)
		}
		seen[c.Name] = true
	}
}

func TestCheckKernelspec(t *testing.T) {
	t.Setenv("JUPYTER_DATA_DIR", t.TempDir())
	expect := func(want Status, text string) {
		t.Helper()
		status, detail := checkKernelspec()
		if status != want || !strings.Contains(detail, text) {
			t.Errorf("%v: %s; want %v: %s", status, detail, want, text)
		}
	}
	expect(Missing, "sheaf install")
	bin := fakeBinary(t)
	if _, err := Kernelspec(Options{Binary: bin}); err != nil {
		t.Fatal(err)
	}
	if runtime.GOOS != "windows" {
		expect(Broken, "is not a program")
	}
	if err := os.Chmod(bin, 0o755); err != nil {
		t.Fatal(err)
	}
	expect(OK, bin)
	if err := os.Remove(bin); err != nil {
		t.Fatal(err)
	}
	expect(Broken, "sheaf install")
}

func TestFindCUDA(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("another name there")
	}
	dir := t.TempDir()
	t.Setenv("LD_LIBRARY_PATH", t.TempDir()+string(os.PathListSeparator)+dir)
	before := findCUDA()
	if strings.HasPrefix(before, dir) {
		t.Fatalf("found %s, which is not there", before)
	}
	lib := filepath.Join(dir, "libcuda.so.1")
	writeFile(t, lib, "")
	if got := findCUDA(); got != lib {
		t.Errorf("found %q, want %s", got, lib)
	}
}

func TestCheckData(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("SHEAF_DATA", dir)
	if s, detail := checkData(); s != OK || !strings.Contains(detail, dir) {
		t.Errorf("%v: %s", s, detail)
	}
	t.Setenv("SHEAF_DATA", filepath.Join(dir, "none"))
	if s, detail := checkData(); s != Broken || !strings.Contains(detail, "not a folder") {
		t.Errorf("%v: %s", s, detail)
	}
}
