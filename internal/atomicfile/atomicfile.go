// Package atomicfile writes files that are there whole or not at all. It is not
// for files that several write to, and it does not wait until a disk has what is
// written.
package atomicfile

import (
	"errors"
	"io"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
)

// Write has write fill a new file beside the one of that name, whose place it
// takes when all is written. What is no regular file, such as a pipe, is written
// to as it is. A link leads to the file that is replaced.
func Write(path string, write func(io.Writer) error) error {
	var old fs.FileInfo
	if real, err := filepath.EvalSymlinks(path); err == nil {
		path = real
	}
	if info, err := os.Stat(path); err == nil {
		switch {
		case info.IsDir():
			return errors.New("want a file, it is a folder")
		case !info.Mode().IsRegular():
			return through(path, write)
		}
		old = info
	}
	temp := filepath.Join(filepath.Dir(path), ".sheaf-"+strconv.FormatUint(rand.Uint64(), 36))
	f, err := os.OpenFile(temp, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
	if err != nil {
		return named(err, path)
	}
	done := false
	defer func() {
		if !done { // by an error or a panic
			f.Close()
			os.Remove(temp)
		}
	}()
	if old != nil {
		_ = f.Chmod(old.Mode().Perm()) // where it cannot be, the file is as any new one
	}
	if err := write(f); err != nil {
		return named(err, path)
	}
	if err := f.Close(); err != nil {
		return named(err, path)
	}
	if err := os.Rename(temp, path); err != nil {
		return named(err, path)
	}
	done = true
	return nil
}

// named gives an error the path that was asked for, not that of the new file.
func named(err error, path string) error {
	if p, ok := errors.AsType[*fs.PathError](err); ok {
		return &fs.PathError{Op: p.Op, Path: path, Err: p.Err}
	}
	if l, ok := errors.AsType[*os.LinkError](err); ok {
		return &fs.PathError{Op: l.Op, Path: path, Err: l.Err}
	}
	return err
}

func through(path string, write func(io.Writer) error) error {
	f, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	err = write(f)
	return errors.Join(err, f.Close())
}
