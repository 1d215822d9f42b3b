package toolchain

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// TestKept compiles the same source twice: the second time without a compiler.
func TestKept(t *testing.T) {
	cache := t.TempDir()
	tc := findIn(t, cache)
	u := unit("cell", "package cell\n\nfunc F() int { return 3 }\n")
	first := compile(t, tc, u)
	other := findIn(t, cache) // as another process has it
	if got := keptObject(other.objectPath(u, nil)); got == nil || !bytes.Equal(got.Code, first.Code) || !bytes.Equal(got.Export, first.Export) || got.Path != "cell" {
		t.Fatalf("kept %v", got)
	}
	for name, change := range map[string]func(*Unit){
		"source": func(u *Unit) { u.Files[0].Source = []byte("package cell\n\nfunc F() int { return 4 }\n") },
		"name":   func(u *Unit) { u.Files[0].Name = "other.go" },
		"flags":  func(u *Unit) { u.Flags = []string{"-linkshared"} },
		"abi":    func(u *Unit) { u.ABI = map[string]string{"G": "ABI0"} },
	} {
		v := unit("cell", string(u.Files[0].Source))
		change(&v)
		if keptObject(tc.objectPath(v, nil)) != nil {
			t.Errorf("another %s finds the same object", name)
		}
	}
	tc.state.Go.Compiler.Time = tc.state.Go.Compiler.Time.Add(time.Second)
	if keptObject(tc.objectPath(u, nil)) != nil {
		t.Error("another compiler finds the same object")
	}
}

// TestKeptLarge keeps an object that is compressed in its file.
func TestKeptLarge(t *testing.T) {
	o := &Object{Path: "big", Header: "h", Code: bytes.Repeat([]byte("0123456789"), largeObject/5), Export: []byte("x"), Asm: [][]byte{[]byte("a"), []byte("b")}}
	tc := find(t)
	path := filepath.Join(t.TempDir(), "objects", "big")
	tc.keep(path, o)
	got := keptObject(path)
	if got == nil || !bytes.Equal(got.Code, o.Code) || len(got.Asm) != 2 || string(got.Asm[1]) != "b" {
		t.Fatalf("kept %v", got)
	}
	if st, err := os.Stat(path); err != nil || st.Size() > largeObject/4 {
		t.Errorf("%d bytes take %v, %v", len(o.Code), st, err)
	}
}

// TestKeptDamaged compiles again what cannot be read.
func TestKeptDamaged(t *testing.T) {
	tc := find(t)
	u := unit("cell", "package cell\n\nfunc F() int { return 3 }\n")
	first := compile(t, tc, u)
	path := tc.objectPath(u, nil)
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	flipped := bytes.Clone(data)
	flipped[len(flipped)/2] ^= 1
	for _, bad := range [][]byte{nil, data[:10], data[:len(data)-1], flipped} {
		if err := os.WriteFile(path, bad, 0o666); err != nil {
			t.Fatal(err)
		}
		if got := compile(t, tc, u); !bytes.Equal(got.Code, first.Code) {
			t.Errorf("%d of %d bytes: another object", len(bad), len(data))
		}
		if keptObject(path) == nil {
			t.Errorf("%d of %d bytes: not kept anew", len(bad), len(data))
		}
	}
}

// TestTrim fills a folder of objects.
func TestTrim(t *testing.T) {
	dir := t.TempDir()
	now := time.Now()
	for i, name := range []string{"a", "b", "c", "d", "e"} {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, make([]byte, 100), 0o666); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(path, now, now.Add(time.Duration(i)*time.Hour)); err != nil {
			t.Fatal(err)
		}
	}
	left := func() (names string) {
		list, err := os.ReadDir(dir)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range list {
			names += e.Name()
		}
		return names
	}
	if trim(dir, 500); left() != "abcde" {
		t.Errorf("500 bytes of 500: left %s", left())
	}
	if trim(dir, 400); left() != "cde" {
		t.Errorf("500 bytes of 400: left %s", left())
	}
}
