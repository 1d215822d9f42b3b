package install

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/sheaf-go/sheaf/internal/needs"
)

// withCache gives a test a cache folder of its own.
func withCache(t *testing.T) (dir string) {
	t.Helper()
	if runtime.GOOS != "linux" {
		t.Skip("the cache folder is moved by XDG_CACHE_HOME, which only Linux heeds")
	}
	t.Setenv("XDG_CACHE_HOME", t.TempDir())
	dir, err := CacheDir()
	if err != nil {
		t.Fatal(err)
	}
	return dir
}

// script puts a shell script on PATH, alone with what sh itself offers.
func script(t *testing.T, name, body string) {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, name), []byte("#!/bin/sh\n"+body), 0o755); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", dir)
}

func TestNoUsablePython(t *testing.T) {
	tests := []struct{ name, body, want string }{
		{"none", "", "there is no python3 on PATH"},
		{"old", "echo 3.8", "is Python 3.8"},
		{"without venv", "echo \"ModuleNotFoundError: No module named 'ensurepip'\" >&2; exit 1", "python3-venv"},
		{"broken", "echo cannot open shared object >&2; exit 127", "cannot open shared object"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			cache := withCache(t)
			if tt.body == "" {
				t.Setenv("PATH", t.TempDir())
			} else {
				script(t, "python3", tt.body)
			}
			_, err := MakeEnv(t.Context(), "test", nil, &bytes.Buffer{})
			if !errors.Is(err, ErrNoPython) || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want %q in it", err, tt.want)
			}
			if left, _ := filepath.Glob(filepath.Join(cache, "test-*")); left != nil {
				t.Errorf("left behind: %v", left)
			}
		})
	}
}

// Without network `sheaf lab` says what failed and how to do without.
func TestLabWithoutNetwork(t *testing.T) {
	cache := withCache(t)
	_, err := findPython(t.Context())
	needs.Have(t, err)
	if path, _, ok := labOnPath(t.Context()); ok {
		t.Skipf("%s has a JupyterLab: nothing needs the network", path)
	}
	t.Setenv("JUPYTER_DATA_DIR", t.TempDir())
	t.Setenv("PIP_NO_INDEX", "1")
	t.Setenv("PIP_FIND_LINKS", t.TempDir())
	var stdout, stderr bytes.Buffer
	code := Lab(t.Context(), []string{"--no-browser", t.TempDir()}, &stdout, &stderr, nil)
	if code != 1 {
		t.Errorf("code %d, want 1", code)
	}
	for _, want := range []string{"jupyterlab==", Headless} {
		if !strings.Contains(stderr.String(), want) {
			t.Errorf("no %q in %q", want, stderr.String())
		}
	}
	if left, _ := filepath.Glob(filepath.Join(cache, "jupyter-*")); len(left) != 1 || !strings.HasSuffix(left[0], ".lock") {
		t.Errorf("left behind: %v; want the lock alone", left)
	}
}

// Where pip could not even ask for a package, the network is to blame.
func TestStepsWithoutNetwork(t *testing.T) {
	const missing = "ERROR: Could not find a version that satisfies the requirement a==1 (from versions: none)\n"
	for said, want := range map[string]bool{
		"WARNING: Retrying (Retry(total=4)) after connection broken\n" + missing: true,
		missing: false,
	} {
		worst := steps(strings.NewReader(said), io.Discard)
		if got := strings.Contains(worst, "is there a network?"); got != want || !strings.Contains(worst, "a==1") {
			t.Errorf("%q gives %q", said, worst)
		}
	}
}

// An environment is made once, used again, and made again when its Python is
// gone.
func TestMakeEnv(t *testing.T) {
	if testing.Short() {
		t.Skip("makes a Python environment")
	}
	withCache(t)
	_, err := findPython(t.Context())
	needs.Have(t, err)
	var progress bytes.Buffer
	env, err := MakeEnv(t.Context(), "empty", []byte("# nothing\n"), &progress)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(progress.String(), env.Dir) {
		t.Errorf("progress %q does not name the folder", progress.String())
	}
	again := func(want bool) {
		t.Helper()
		progress.Reset()
		if _, err := MakeEnv(t.Context(), "empty", []byte("# nothing\n"), &progress); err != nil {
			t.Fatal(err)
		}
		if made := progress.Len() > 0; made != want {
			t.Errorf("made again: %v, want %v", made, want)
		}
	}
	again(false)
	if err := os.Remove(env.Python()); err != nil {
		t.Fatal(err)
	}
	again(true)
}

func TestMakeOnce(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "cache", "thing")
	always := func() bool { return true }
	fault := errors.New("no")
	err := MakeOnce(t.Context(), dir, always, func() error {
		return errors.Join(os.WriteFile(filepath.Join(dir, "half"), nil, 0o644), fault)
	})
	if !errors.Is(err, fault) {
		t.Errorf("got %v", err)
	}
	if _, err := os.Stat(dir); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a half-made folder is left: %v", err)
	}
	var builds atomic.Int32
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			err := MakeOnce(t.Context(), dir, always, func() error {
				builds.Add(1)
				time.Sleep(20 * time.Millisecond)
				return nil
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if n := builds.Load(); n != 1 {
		t.Errorf("built %d times", n)
	}
	again := func(usable bool, want int32) {
		t.Helper()
		err := MakeOnce(t.Context(), dir, func() bool { return usable }, func() error {
			builds.Add(1)
			return nil
		})
		if n := builds.Load(); err != nil || n != want {
			t.Errorf("built %d times, %v; want %d", n, err, want)
		}
	}
	again(false, 2) // decayed
	if err := os.Remove(filepath.Join(dir, readyMarker)); err != nil {
		t.Fatal(err)
	}
	again(true, 3) // half-made by one that died
	again(true, 3)
}

// Who waits for another maker stops waiting when it is told to.
func TestMakeOnceWaits(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("no lock on Windows")
	}
	dir := filepath.Join(t.TempDir(), "thing")
	unlock, err := lock(t.Context(), dir+".lock")
	if err != nil {
		t.Fatal(err)
	}
	defer unlock()
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	err = MakeOnce(ctx, dir, func() bool { return true }, func() error {
		t.Error("built under another's lock")
		return nil
	})
	if !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v", err)
	}
}

func TestAtLeast(t *testing.T) {
	for version, want := range map[string]bool{
		"4.0.0": true, "4.6.6": true, "5.0": true, "4.0": true, "10.1.2": true,
		"3.6.8": false, "3": false, "": false, "4": false, "four.0": false, "4.x": false,
	} {
		if got := atLeast(version, 4, 0); got != want {
			t.Errorf("atLeast(%q, 4, 0) = %v", version, got)
		}
	}
	if atLeast("3.9", 3, 10) || !atLeast("3.10", 3, 10) {
		t.Error("minor versions are compared as text")
	}
}
