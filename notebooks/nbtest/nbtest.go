// Package nbtest runs a notebook as a Go test, headless, through the sheaf
// command as a person would:
//
//	func TestFirstTable(t *testing.T) {
//		nb := nbtest.Run(t, "tour/01-first-table.ipynb")
//		if got := nb.Output(4); got != "410.381665577585\n" { … }
//	}
//
// The command is the one that the environment variable SHEAF_BIN names, else
// it is built once per test process. It is not a way to test a cell in
// isolation: every cell of the notebook runs, in order.
package nbtest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/sheaf-go/sheaf/notebooks"
)

// command is the main package that is built.
const command = "github.com/sheaf-go/sheaf"

// Run runs the notebook at path and returns it as executed, for a look at its
// outputs; the file itself stays as it is. The test fails at once, with the
// cell's number and error, if a cell fails.
func Run(t testing.TB, path string) *notebooks.Notebook {
	t.Helper()
	nb, report, err := run(t, path)
	if err != nil {
		t.Fatalf("%v\n%s", err, report)
	}
	return nb
}

// Binary returns the path of the sheaf command that Run uses, for tests of its
// other subcommands.
func Binary(t testing.TB) string {
	t.Helper()
	bin, err := binary()
	if err != nil {
		t.Fatal(err)
	}
	return bin
}

// run returns the executed notebook and what the command printed.
func run(t testing.TB, path string) (*notebooks.Notebook, string, error) {
	t.Helper()
	out := filepath.Join(t.TempDir(), filepath.Base(path))
	report, err := sheaf(t, "run", "-o", out, path)
	if err != nil {
		return nil, report, err
	}
	nb, err := notebooks.Read(out)
	return nb, report, err
}

// sheaf runs the command and returns its standard output; the error of a run
// that failed is its standard error. Shortly before the test's deadline the
// command is interrupted, which leaves time to say which cell it was in.
func sheaf(t testing.TB, args ...string) (stdout string, err error) {
	t.Helper()
	bin, err := binary()
	if err != nil {
		return "", err
	}
	ctx := t.Context()
	if d, ok := t.(interface{ Deadline() (time.Time, bool) }); ok {
		if at, ok := d.Deadline(); ok {
			var cancel context.CancelFunc
			ctx, cancel = context.WithDeadline(ctx, at.Add(-5*time.Second))
			defer cancel()
		}
	}
	cmd := exec.CommandContext(ctx, bin, args...)
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	cmd.WaitDelay = 4 * time.Second
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	if err := cmd.Run(); err != nil {
		if why := strings.TrimSpace(errs.String()); why != "" {
			err = errors.New(why)
		}
		return out.String(), fmt.Errorf("sheaf %s: %w", strings.Join(args, " "), err)
	}
	return out.String(), nil
}

// binary returns the path of the sheaf command. It is built into the user's
// cache folder, where the next test process finds the place again instead of
// leaving a file behind.
var binary = sync.OnceValues(func() (string, error) {
	if bin := os.Getenv("SHEAF_BIN"); bin != "" {
		return locate(bin)
	}
	root, err := moduleRoot()
	if err != nil {
		return "", err
	}
	watch(root)
	dir, err := buildDir(root)
	if err != nil {
		return "", fmt.Errorf("nbtest: no place to build sheaf: %w", err)
	}
	bin := filepath.Join(dir, "sheaf")
	if runtime.GOOS == "windows" {
		bin += ".exe"
	}
	// Several test processes may build at once: each builds its own file and
	// renames it, so that nobody runs half of one.
	tmp := fmt.Sprintf("%s.%d", bin, os.Getpid())
	defer os.Remove(tmp)
	if out, err := exec.Command("go", "build", "-o", tmp, command).CombinedOutput(); err != nil {
		return "", fmt.Errorf("nbtest: go build %s: %w\n%s", command, err, out)
	}
	if err := os.Rename(tmp, bin); err != nil {
		return "", fmt.Errorf("nbtest: %w", err)
	}
	return bin, nil
})

// locate returns the absolute path of the command that SHEAF_BIN names.
func locate(bin string) (string, error) {
	path, err := filepath.Abs(bin)
	if err == nil {
		_, err = os.Stat(path)
	}
	if err != nil {
		return "", fmt.Errorf("nbtest: SHEAF_BIN: %w", err)
	}
	return path, nil
}

// moduleRoot is the folder of the module that is being tested.
func moduleRoot() (string, error) {
	mod, err := exec.Command("go", "env", "GOMOD").Output()
	if err != nil {
		return "", fmt.Errorf("nbtest: go env GOMOD: %w", err)
	}
	return filepath.Dir(strings.TrimSpace(string(mod))), nil
}

// watch opens the module's folders, which tells `go test` that the result
// depends on all files in them: it can't see what `go build` reads, and would
// repeat an old result after the command has changed.
func watch(root string) {
	_ = filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err == nil && d.IsDir() && path != root && strings.HasPrefix(d.Name(), ".") {
			return filepath.SkipDir
		}
		return nil // what can't be opened can't be built from either
	})
}

// buildDir is a folder of this checkout's own, so that two of them do not
// run each other's command.
func buildDir(root string) (string, error) {
	cache, err := os.UserCacheDir()
	if err != nil {
		cache = os.TempDir()
	}
	name := strings.Map(func(r rune) rune {
		if strings.ContainsRune(`/\: `, r) {
			return '-'
		}
		return r
	}, strings.TrimLeft(root, `/\`))
	dir := filepath.Join(cache, "sheaf", "nbtest", name)
	return dir, os.MkdirAll(dir, 0o700)
}
