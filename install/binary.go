package install

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"sort"
	"strings"
	"time"
)

// keepBinaries is how many copies of `go run` binaries stay in the cache.
// Kernels that run from an older copy still need it to start workers.
const keepBinaries = 4

// stableBinary is the path of the running binary, or of a copy of it in the
// cache folder when it lies where the go command will delete it.
func stableBinary() (string, error) {
	exe, err := os.Executable()
	if err != nil {
		return "", fmt.Errorf("install: cannot tell where this binary is: %w", err)
	}
	if resolved, err := filepath.EvalSymlinks(exe); err == nil {
		exe = resolved
	}
	if !temporary(exe) {
		return exe, nil
	}
	cache, err := CacheDir()
	if err != nil {
		return "", err
	}
	return cacheBinary(exe, filepath.Join(cache, "bin"))
}

// givenBinary checks a binary that the caller named and makes it absolute.
func givenBinary(bin string) (string, error) {
	abs, err := filepath.Abs(bin)
	if err != nil {
		return "", fmt.Errorf("install: %s: %w", bin, err)
	}
	info, err := os.Stat(abs)
	if err != nil {
		return "", fmt.Errorf("install: the kernel's binary: %w", err)
	}
	if info.IsDir() {
		return "", fmt.Errorf("install: the kernel's binary %s is a folder", abs)
	}
	return abs, nil
}

// buildCacheEntry is a folder in which the go command keeps an executable that
// `go run` built, wherever GOCACHE points.
var buildCacheEntry = regexp.MustCompile(`^[0-9a-f]{64}-d$`)

// temporary reports whether a binary lies in a folder of the go command: its
// work folder (go-build123…/b001/exe) or its build cache.
func temporary(exe string) bool {
	for _, part := range strings.Split(filepath.ToSlash(filepath.Dir(exe)), "/") {
		if strings.HasPrefix(part, "go-build") || buildCacheEntry.MatchString(part) {
			return true
		}
	}
	return false
}

// cacheBinary copies exe to dir/HASH/sheaf, unless it is there already.
func cacheBinary(exe, dir string) (string, error) {
	sum, err := hashFile(exe)
	if err != nil {
		return "", fmt.Errorf("install: cannot read the running binary: %w", err)
	}
	dest := filepath.Join(dir, sum[:16], "sheaf"+filepath.Ext(exe))
	if have, err := hashFile(dest); err == nil && have == sum {
		now := time.Now()
		// Only the order of pruning depends on it.
		_ = os.Chtimes(filepath.Dir(dest), now, now)
		return dest, nil
	}
	if err := copyFile(dest, exe); err != nil {
		return "", fmt.Errorf("install: cannot keep a copy of the binary that `go run` built: %w", err)
	}
	pruneBinaries(dir)
	return dest, nil
}

// hashFile is the SHA-256 of a file, in hex.
func hashFile(path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return "", err
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

// copyFile copies an executable so that dest is whole or not there.
func copyFile(dest, src string) error {
	if err := os.MkdirAll(filepath.Dir(dest), 0o755); err != nil {
		return err
	}
	in, err := os.Open(src)
	if err != nil {
		return err
	}
	defer in.Close()
	tmp, err := os.CreateTemp(filepath.Dir(dest), ".sheaf.*")
	if err != nil {
		return err
	}
	defer os.Remove(tmp.Name())
	_, err = io.Copy(tmp, in)
	if err = errors.Join(err, tmp.Chmod(0o755), tmp.Close()); err != nil {
		return err
	}
	return os.Rename(tmp.Name(), dest)
}

// pruneBinaries removes the least recently used copies. What cannot be removed
// stays: it only takes space.
func pruneBinaries(dir string) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return
	}
	type copied struct {
		path string
		used time.Time
	}
	var all []copied
	for _, e := range entries {
		if info, err := e.Info(); err == nil && e.IsDir() {
			all = append(all, copied{filepath.Join(dir, e.Name()), info.ModTime()})
		}
	}
	sort.Slice(all, func(i, j int) bool { return all[i].used.After(all[j].used) })
	for i := keepBinaries; i < len(all); i++ {
		_ = os.RemoveAll(all[i].path)
	}
}
