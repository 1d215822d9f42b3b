// Package needs is for tests that want something that a machine may lack: a
// program, a folder of data, a network.
package needs

import (
	"os"
	"os/exec"
	"testing"
)

// Have ends the test when err says that something is missing. In CI, where
// everything has to be there (CI is set), the test fails; elsewhere it is
// skipped.
func Have(t testing.TB, err error) {
	t.Helper()
	switch {
	case err == nil:
	case os.Getenv("CI") != "":
		t.Fatal(err)
	default:
		t.Skip(err)
	}
}

// Program asks for a program on the path and returns where it is.
func Program(t testing.TB, name string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	Have(t, err)
	return path
}
