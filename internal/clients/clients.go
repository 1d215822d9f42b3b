package clients

import (
	"bytes"
	"context"
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"github.com/sheaf-go/sheaf/install"
)

// testRequirements are what tests need beside what `sheaf lab` installs.
//
//go:embed testdata/requirements.txt
var testRequirements []byte

// browserPackage is the package.json of the modules that drive a browser.
//
//go:embed testdata/package.json
var browserPackage []byte

// Python returns the environment that the Python clients run in, made by the
// same code as the one of `sheaf lab` when it is not there yet.
func Python(ctx context.Context, progress io.Writer) (*install.Env, error) {
	return install.MakeEnv(ctx, "clients", slices.Concat(install.Requirements, testRequirements), progress)
}

// Playwright returns a node_modules folder that holds playwright-core.
func Playwright(ctx context.Context, progress io.Writer) (dir string, err error) {
	return NodeModules(ctx, "browser", browserPackage, progress)
}

// NodeModules returns a node_modules folder with what a package.json asks for,
// in the cache folder NAME-HASH; it makes it with npm when it is not there.
// Scripts of the packages are not run.
func NodeModules(ctx context.Context, name string, packageJSON []byte, progress io.Writer) (dir string, err error) {
	npm, err := exec.LookPath("npm")
	if err != nil {
		return "", errors.New("clients: there is no npm on PATH")
	}
	cache, err := install.CacheDir()
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256(packageJSON)
	root := filepath.Join(cache, "node-"+name+"-"+hex.EncodeToString(sum[:6]))
	modules := filepath.Join(root, "node_modules")
	err = install.MakeOnce(ctx, root, func() bool { return isDir(modules) }, func() error {
		fmt.Fprintf(progress, "installing node modules in %s (once)\n", root)
		if err := os.WriteFile(filepath.Join(root, "package.json"), packageJSON, 0o644); err != nil {
			return fmt.Errorf("clients: %w", err)
		}
		cmd := exec.CommandContext(ctx, npm, "install", "--ignore-scripts", "--no-audit", "--no-fund", "--no-package-lock")
		cmd.Dir = root
		if out, err := cmd.CombinedOutput(); err != nil {
			return fmt.Errorf("clients: npm install: %w\n%s", err, bytes.TrimSpace(out))
		}
		return nil
	})
	if err != nil {
		return "", err
	}
	return modules, nil
}

// Chromium returns the path of a Chromium or Chrome on this machine.
func Chromium() (path string, err error) {
	names := []string{"chromium", "chromium-browser", "google-chrome", "google-chrome-stable"}
	for _, name := range names {
		if path, err := exec.LookPath(name); err == nil {
			return path, nil
		}
	}
	return "", fmt.Errorf("clients: no browser on PATH; looked for %s", strings.Join(names, ", "))
}

func isDir(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}
