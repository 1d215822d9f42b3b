package interp_test

import (
	"os/exec"
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
	goldens(t, "testdata/cgo/*.cells", runWithModules)
}
