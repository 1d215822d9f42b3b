package keras_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/sheaf-go/sheaf/learn/model/keras"
)

// FuzzFromJSON reads texts. What is read must print, and come back from what is
// written for it, which must not change any more.
func FuzzFromJSON(f *testing.F) {
	files, err := filepath.Glob("testdata/*.json")
	if err != nil || len(files) == 0 {
		f.Fatal("no seeds", err)
	}
	for _, name := range files {
		text, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(text))
	}
	for name, m := range models(f) {
		text, err := keras.ToJSON(m)
		if err != nil {
			f.Fatal(name, err)
		}
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		m, err := keras.FromJSON(text)
		if err != nil {
			return
		}
		_ = m.Summary()
		first, err := keras.ToJSON(m)
		if err != nil {
			t.Fatalf("read, but not written: %v\n%s", err, text)
		}
		again, err := keras.FromJSON(first)
		if err != nil {
			t.Fatalf("written, but not read: %v\n%s", err, first)
		}
		second, err := keras.ToJSON(again)
		if err != nil || second != first {
			t.Fatalf("%v\n%s\nbecame\n%s", err, first, second)
		}
		if m.NumParams() < 10_000 && m.InputShapes() != nil {
			if a, b := m.WeightBytes(), again.WeightBytes(); string(a) != string(b) {
				t.Fatalf("a seed gives other weights\n%s\n%s", text, first)
			}
		}
	})
}
