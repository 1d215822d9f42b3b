package interp_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/sheaf-go/sheaf/interp"
)

// compilesC skips a test where no C can be compiled.
func compilesC(t *testing.T) {
	t.Helper()
	if err := interp.CanCompileC(); err != nil {
		t.Skip(err)
	}
	for _, tool := range []string{"go", "gcc"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skip(err)
		}
	}
}

// TestCgo runs cells with C in them.
func TestCgo(t *testing.T) {
	compilesC(t)
	files, err := filepath.Glob("testdata/cgo/*.cells")
	if err != nil || len(files) == 0 {
		t.Fatal("no testdata/cgo/*.cells", err)
	}
	for _, f := range files {
		t.Run(filepath.Base(f), func(t *testing.T) {
			moduleProxy(t)
			data, err := os.ReadFile(f)
			if err != nil {
				t.Fatal(err)
			}
			got := runScript(t, string(data))
			if *update {
				if err := os.WriteFile(f, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			if got != string(data) {
				t.Errorf("%s:\n%s", f, diff(string(data), got))
			}
		})
	}
}
