package clients

import (
	"bytes"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// What is missing is named.
func TestMissing(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	if path, err := Chromium(); err == nil || !strings.Contains(err.Error(), "chromium") {
		t.Errorf("Chromium without PATH: %q, %v", path, err)
	}
	if dir, err := Playwright(t.Context(), &bytes.Buffer{}); err == nil || !strings.Contains(err.Error(), "npm") {
		t.Errorf("Playwright without npm: %q, %v", dir, err)
	}
	if env, err := Python(t.Context(), &bytes.Buffer{}); err == nil || !strings.Contains(err.Error(), "Python 3") {
		t.Errorf("Python without python3: %+v, %v", env, err)
	}
}

// An npm that fails says why, and leaves nothing that looks like modules.
func TestNodeModulesFails(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("moves the cache folder with XDG_CACHE_HOME")
	}
	cache, bin := t.TempDir(), t.TempDir()
	t.Setenv("XDG_CACHE_HOME", cache)
	t.Setenv("PATH", bin)
	npm := func(body string) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(bin, "npm"), []byte("#!/bin/sh\n"+body), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	npm("echo 'npm error ENOTFOUND' >&2\nexit 1\n")
	_, err := NodeModules(t.Context(), "test", []byte("{}"), &bytes.Buffer{})
	if err == nil || !strings.Contains(err.Error(), "ENOTFOUND") {
		t.Errorf("got %v", err)
	}
	if left, _ := filepath.Glob(filepath.Join(cache, "sheaf", "*", "*")); left != nil {
		t.Errorf("left behind: %v", left)
	}
	npm("exec /bin/mkdir node_modules\n")
	for range 2 { // made, then found
		dir, err := NodeModules(t.Context(), "test", []byte("{}"), &bytes.Buffer{})
		if err != nil || !isDir(dir) {
			t.Errorf("%s, %v", dir, err)
		}
		npm("exit 1\n")
	}
}
