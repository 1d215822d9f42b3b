package tensor

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
)

// save writes a file whole or not at all: write fills a new file beside it,
// which then takes its name and its permissions. What is no regular file, such
// as a pipe, is written to as it is.
func save(path string, write func(io.Writer) error) (err error) {
	if real, err := filepath.EvalSymlinks(path); err == nil {
		path = real
	}
	info, err := os.Stat(path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	old := err == nil
	if old && !info.Mode().IsRegular() {
		f, err := os.OpenFile(path, os.O_WRONLY, 0)
		if err != nil {
			return err
		}
		return finish(f, write, func() error { return nil })
	}
	f, err := createBeside(path)
	if err != nil {
		return err
	}
	defer os.Remove(f.Name()) // fails, rightly, once it is renamed
	return finish(f, write, func() error {
		if old {
			if err := os.Chmod(f.Name(), info.Mode().Perm()); err != nil {
				return err
			}
		}
		return os.Rename(f.Name(), path)
	})
}

// createBeside makes a new file in the folder of path. Unlike os.CreateTemp it
// leaves the permissions to the umask.
func createBeside(path string) (*os.File, error) {
	for {
		name := filepath.Join(filepath.Dir(path), fmt.Sprintf(".tensor-%016x.tmp", rand.Uint64()))
		f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
		if !errors.Is(err, fs.ErrExist) {
			return f, err
		}
	}
}

// finish fills and closes f, and then calls done when nothing failed.
func finish(f *os.File, write func(io.Writer) error, done func() error) error {
	regular := false
	if info, err := f.Stat(); err == nil {
		regular = info.Mode().IsRegular()
	}
	w := bufio.NewWriter(f)
	err := write(w)
	if err == nil {
		err = w.Flush()
	}
	if err == nil && regular {
		err = f.Sync() // or a crash could leave the name with an empty file
	}
	if e := f.Close(); err == nil {
		err = e
	}
	if err == nil {
		err = done()
	}
	return err
}
