//go:build linux && amd64

package loader

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// TestMain runs the tests in a program that has a symbol table: what go test
// runs has none, what go test -c writes has.
func TestMain(m *testing.M) {
	if _, err := OpenHost(); err == nil || os.Getenv("SHEAF_LOADER_TEST") != "" {
		os.Exit(m.Run())
	}
	os.Exit(again())
}

func again() int {
	dir, err := os.MkdirTemp("", "loader")
	if err != nil {
		fmt.Println(err)
		return 1
	}
	defer os.RemoveAll(dir)
	bin := filepath.Join(dir, "loader.test")
	if out, err := exec.Command("go", "test", "-c", "-o", bin, ".").CombinedOutput(); err != nil {
		fmt.Printf("%s\n%v\n", out, err)
		return 1
	}
	cmd := exec.Command(bin, os.Args[1:]...)
	cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
	cmd.Env = append(os.Environ(), "SHEAF_LOADER_TEST=1")
	if err := cmd.Run(); err != nil {
		var e *exec.ExitError
		if errors.As(err, &e) {
			return e.ExitCode()
		}
		fmt.Println(err)
		return 1
	}
	return 0
}
