package clients

import (
	"bytes"
	"context"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/sheaf-go/sheaf/install"
	"github.com/sheaf-go/sheaf/internal/needs"
)

// root is the checkout's, seen from this package.
var root = filepath.Join("..", "..")

// buildDir holds the binary that the tests build; TestMain removes it.
var buildDir string

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "sheaf-clients-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	buildDir = dir
	code := m.Run()
	_ = os.RemoveAll(dir)
	os.Exit(code)
}

// binary is the real sheaf binary: SHEAF_BIN, or one built once for this run.
var binary = sync.OnceValues(func() (string, error) {
	if bin := os.Getenv("SHEAF_BIN"); bin != "" {
		return filepath.Abs(bin)
	}
	watch(root)
	bin := filepath.Join(buildDir, "sheaf")
	cmd := exec.Command("go", "build", "-o", bin, ".")
	cmd.Dir = root
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("go build: %w\n%s", err, out)
	}
	return bin, nil
})

// watch looks into the checkout's folders. That tells go test that the result
// depends on the files in them, which it cannot know of what go build and the
// scripts read; else it would repeat old results of a sheaf that has changed.
func watch(root string) {
	_ = filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err == nil && d.IsDir() && path != root && (strings.HasPrefix(d.Name(), ".") || d.Name() == "artifacts") {
			return filepath.SkipDir
		}
		return nil // what cannot be read cannot be built from either
	})
}

// testLog passes lines of progress to a test's log.
type testLog struct{ t *testing.T }

func (l testLog) Write(p []byte) (int, error) {
	l.t.Log(strings.TrimRight(string(p), "\n"))
	return len(p), nil
}

// A bench is the sheaf kernel installed where only this test's clients look.
type bench struct {
	bin string       // the sheaf binary
	py  *install.Env // the clients
	env []string     // the clients' environment
}

// newBench builds sheaf, finds the Python clients, and installs the kernel
// into a folder of the test.
func newBench(t *testing.T) *bench {
	t.Helper()
	if testing.Short() {
		t.Skip("real clients take seconds each; -short leaves them out")
	}
	py, err := Python(t.Context(), testLog{t})
	needs.Have(t, err)
	bin, err := binary()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	env := append(os.Environ(),
		"JUPYTER_DATA_DIR="+filepath.Join(dir, "data"),
		"JUPYTER_RUNTIME_DIR="+filepath.Join(dir, "runtime"),
		"JUPYTER_CONFIG_DIR="+filepath.Join(dir, "config"),
		"JUPYTERLAB_SETTINGS_DIR="+filepath.Join(dir, "settings"),
		"JUPYTERLAB_WORKSPACES_DIR="+filepath.Join(dir, "workspaces"),
		"IPYTHONDIR="+filepath.Join(dir, "ipython"),
		"SHEAF_HISTORY="+filepath.Join(dir, "history.sqlite"),
		"PYTHONDONTWRITEBYTECODE=1",
		"PATH="+filepath.Dir(py.Python())+string(os.PathListSeparator)+os.Getenv("PATH"),
	)
	cmd := exec.Command(bin, "install")
	cmd.Env = env
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("sheaf install: %v\n%s", err, out)
	}
	return &bench{bin: bin, py: py, env: env}
}

// script runs one of testdata's Python scripts and returns what it printed.
// When it fails, so does the test, with all that it said.
func (b *bench) script(t *testing.T, limit time.Duration, name string, args ...string) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), limit)
	defer cancel()
	cmd := exec.CommandContext(ctx, b.py.Python(), append([]string{filepath.Join("testdata", name)}, args...)...)
	cmd.Env = b.env
	cmd.WaitDelay = 5 * time.Second
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	err := cmd.Run()
	if ctx.Err() != nil {
		err = fmt.Errorf("not done within %v", limit)
	}
	if err != nil {
		t.Fatalf("%s %s: %v\n%s%s", name, strings.Join(args, " "), err, stdout.String(), stderr.String())
	}
	t.Logf("%s%s", stdout.String(), stderr.String())
	return stdout.String() + stderr.String()
}

// tourCopy copies the tour's notebooks to a folder that the test may write to.
func tourCopy(t *testing.T) (dir string, names []string) {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(root, "notebooks", "tour", "*.ipynb"))
	if err != nil {
		t.Fatal(err)
	}
	if len(paths) == 0 {
		t.Fatal("no notebooks in notebooks/tour")
	}
	dir = t.TempDir()
	for _, path := range paths {
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		name := filepath.Base(path)
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o644); err != nil {
			t.Fatal(err)
		}
		names = append(names, name)
	}
	return dir, names
}
