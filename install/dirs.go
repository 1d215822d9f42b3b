package install

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
)

// kernelName is the folder's name under kernels/, and so the name that
// clients ask for.
const kernelName = "sheaf"

// DisplayName is what JupyterLab calls the kernel.
const DisplayName = "Go (Sheaf)"

// DataDir is the folder in which Jupyter looks for this user's kernels, by
// Jupyter's own rules: JUPYTER_DATA_DIR, else one that depends on the system.
func DataDir() (string, error) {
	return dataDir(runtime.GOOS, os.Getenv)
}

// dataDir is DataDir for a given system and environment.
func dataDir(goos string, getenv func(string) string) (string, error) {
	if d := getenv("JUPYTER_DATA_DIR"); d != "" {
		return filepath.Abs(d)
	}
	home := getenv("HOME")
	if goos == "windows" {
		if d := getenv("APPDATA"); d != "" {
			return filepath.Join(d, "jupyter"), nil
		}
		home = getenv("USERPROFILE")
	}
	if d := getenv("XDG_DATA_HOME"); d != "" && goos != "darwin" && goos != "windows" {
		return filepath.Join(d, "jupyter"), nil
	}
	if home == "" {
		return "", errors.New("install: no home folder in the environment; set JUPYTER_DATA_DIR or use --prefix")
	}
	switch goos {
	case "darwin":
		return filepath.Join(home, "Library", "Jupyter"), nil
	case "windows":
		return filepath.Join(home, ".jupyter", "data"), nil
	default:
		return filepath.Join(home, ".local", "share", "jupyter"), nil
	}
}

// CacheDir is Sheaf's folder for things it can make again: Python
// environments, copies of a binary that `go run` built, downloaded data.
func CacheDir() (string, error) {
	d, err := os.UserCacheDir()
	if err != nil {
		return "", fmt.Errorf("install: no cache folder: %w", err)
	}
	return filepath.Join(d, "sheaf"), nil
}

// specDir is where the kernelspec lies for opts: under the prefix when there
// is one, else under the user's Jupyter folder.
func specDir(opts Options) (string, error) {
	if opts.Prefix != "" {
		p, err := filepath.Abs(opts.Prefix)
		if err != nil {
			return "", fmt.Errorf("install: --prefix %s: %w", opts.Prefix, err)
		}
		return filepath.Join(p, "share", "jupyter", "kernels", kernelName), nil
	}
	d, err := DataDir()
	if err != nil {
		return "", err
	}
	return filepath.Join(d, "kernels", kernelName), nil
}

// checkout finds the root of Sheaf's own source tree at or above dir.
func checkout(dir string) (string, bool) {
	for {
		mod, err := os.ReadFile(filepath.Join(dir, "go.mod"))
		if err == nil && moduleOf(mod) == "github.com/sheaf-go/sheaf" {
			return dir, true
		}
		up := filepath.Dir(dir)
		if up == dir {
			return "", false
		}
		dir = up
	}
}
