package toolchain

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"
)

// Temporary folders are removed when they have served. One whose process was
// killed meanwhile is removed by a later one.
const (
	privateFolder = "sheaf-native-"
	compileFolder = "sheaf-compile-"
	lockFile      = "lock"

	// young is how long a folder is left alone that has no lock yet.
	young = time.Minute
	// abandoned is how long compiling may take.
	abandoned = time.Hour
)

// temporary makes a folder that is locked while this process lives, or until
// Close.
func (t *Toolchain) temporary() (dir string, err error) {
	var f *os.File
	if dir, err = os.MkdirTemp("", privateFolder); err == nil {
		if f, err = os.Create(filepath.Join(dir, lockFile)); err == nil {
			_, err = lock(f)
		}
		if err != nil {
			err = errors.Join(err, os.RemoveAll(dir))
		}
	}
	if err != nil {
		return "", fmt.Errorf("toolchain: no folder to write in: %w", err)
	}
	t.temps = append(t.temps, f)
	return dir, nil
}

// spare is a temporary folder in place of one that holds our state but cannot be
// written.
func (t *Toolchain) spare() (dir string, err error) {
	if t.spareDir == "" {
		t.spareDir, err = t.temporary()
	}
	return t.spareDir, err
}

// sweepTemp removes the temporary folders of processes that are gone. What
// cannot be removed stays.
func sweepTemp() {
	private, _ := filepath.Glob(filepath.Join(os.TempDir(), privateFolder+"*")) // the pattern is well-formed
	for _, dir := range private {
		if olderThan(dir, young) && unlocked(filepath.Join(dir, lockFile)) {
			_ = os.RemoveAll(dir)
		}
	}
	compiles, _ := filepath.Glob(filepath.Join(os.TempDir(), compileFolder+"*"))
	for _, dir := range compiles {
		if olderThan(dir, abandoned) {
			_ = os.RemoveAll(dir)
		}
	}
}

func olderThan(path string, d time.Duration) bool {
	st, err := os.Lstat(path)
	return err == nil && st.IsDir() && time.Since(st.ModTime()) > d
}

// unlocked reports whether no process holds the lock of a folder: it is gone, or
// has never come so far.
func unlocked(path string) bool {
	f, err := os.Open(path)
	if err != nil {
		return errors.Is(err, os.ErrNotExist)
	}
	defer f.Close()
	free, err := lock(f)
	return free && err == nil
}
