package toolchain

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
)

// module is the path of our module.
const module = "github.com/sheaf-go/sheaf"

// folder is where packages are listed and built: a folder of our module with
// the very sources that this program was compiled from. Where there is none,
// owns tells why, and the folder serves the standard library only.
func (t *Toolchain) folder() (dir string, owns error, err error) {
	root, sources := t.options.Folder, t.options.Sources
	if sources == nil {
		if isModule(root) {
			return root, nil, nil
		}
		dir, err = t.emptyModule()
		return dir, fmt.Errorf("the sources of this program are not there (%s)", orUnknown(root)), err
	}
	if isModule(root) && sameSources(sources, root) {
		return root, nil, nil
	}
	dir, owns = t.writeSources(sources)
	if owns != nil {
		dir, err = t.emptyModule()
	}
	return dir, owns, err
}

func orUnknown(root string) string {
	if root == "" {
		return "built with -trimpath"
	}
	return root
}

// isModule tells whether a folder is our module.
func isModule(root string) bool {
	if root == "" {
		return false
	}
	data, err := os.ReadFile(filepath.Join(root, "go.mod"))
	line, _, _ := strings.Cut(string(data), "\n")
	return err == nil && strings.TrimSpace(line) == "module "+module
}

// sameSources tells whether a folder has the files of sources, and in the same
// folders no other ones that would be compiled. Tests do not count.
func sameSources(sources fs.FS, root string) bool {
	err := eachSource(sources, func(name string, data []byte) error {
		have, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(name)))
		if err == nil && !bytes.Equal(have, data) {
			err = errors.New(name + " has changed")
		}
		return err
	}, func(dir string) error {
		entries, err := os.ReadDir(filepath.Join(root, filepath.FromSlash(dir)))
		for _, e := range entries {
			if compiled(e.Name()) && !exists(sources, path.Join(dir, e.Name())) {
				return errors.New(path.Join(dir, e.Name()) + " is new")
			}
		}
		return err
	})
	return err == nil
}

// eachSource goes through the files of sources, and then through the folders
// that have any of Go.
func eachSource(sources fs.FS, file func(name string, data []byte) error, folder func(dir string) error) error {
	dirs := map[string]bool{}
	err := fs.WalkDir(sources, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || strings.HasSuffix(name, "_test.go") {
			return err
		}
		if path.Ext(name) == ".go" {
			dirs[path.Dir(name)] = true
		}
		data, err := fs.ReadFile(sources, name)
		if err != nil {
			return err
		}
		return file(name, data)
	})
	for dir := range dirs {
		err = errors.Join(err, folder(dir))
	}
	return err
}

// compiled tells whether a file of this name can take part in a build.
func compiled(name string) bool {
	switch path.Ext(name) {
	case ".go":
		return !strings.HasSuffix(name, "_test.go")
	case ".s", ".S", ".h", ".c", ".syso":
		return true
	}
	return false
}

func exists(files fs.FS, name string) bool {
	_, err := fs.Stat(files, name)
	return err == nil
}

// writeSources gives sources a folder in the cache, named after what they say.
func (t *Toolchain) writeSources(sources fs.FS) (string, error) {
	h := sha256.New()
	err := eachSource(sources, func(name string, data []byte) error {
		fmt.Fprintln(h, name, len(data))
		h.Write(data)
		return nil
	}, func(string) error { return nil })
	if err != nil {
		return "", fmt.Errorf("the sources in this program cannot be read: %w", err)
	}
	base := filepath.Dir(t.dir)
	if t.private {
		base = t.dir
	}
	dir := filepath.Join(base, fmt.Sprintf("%ssrc-%x", prefix, h.Sum(nil)[:8]))
	if sameSources(sources, dir) {
		return dir, nil
	}
	if !canWrite(base) {
		if base, err = t.spare(); err != nil {
			return "", err
		}
		dir = filepath.Join(base, filepath.Base(dir))
	}
	if err := unpack(sources, base, dir); err != nil {
		return "", fmt.Errorf("the sources of this program cannot be written: %w", err)
	}
	return dir, nil
}

// unpack writes sources to a new folder in base and moves it to dir at once.
func unpack(sources fs.FS, base, dir string) error {
	fresh, err := os.MkdirTemp(base, ".new-*")
	if err != nil {
		return err
	}
	defer os.RemoveAll(fresh)
	err = eachSource(sources, func(name string, data []byte) error {
		to := filepath.Join(fresh, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(to), 0o777); err != nil {
			return err
		}
		return os.WriteFile(to, data, 0o666)
	}, func(string) error { return nil })
	if err != nil {
		return err
	}
	if err = os.Rename(fresh, dir); err != nil && !sameSources(sources, dir) {
		// What stands there is not what its name says.
		if err := os.RemoveAll(dir); err != nil {
			return err
		}
		return os.Rename(fresh, dir)
	}
	return nil
}

// emptyModule is a folder in which the standard library can be listed.
func (t *Toolchain) emptyModule() (string, error) {
	base := t.dir
	if !canWrite(base) {
		spare, err := t.spare()
		if err != nil {
			return "", err
		}
		base = spare
	}
	dir := filepath.Join(base, "std")
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return "", fmt.Errorf("toolchain: %w", err)
	}
	if err := writeFile(filepath.Join(dir, "go.mod"), []byte("module std.only\n")); err != nil {
		return "", fmt.Errorf("toolchain: %w", err)
	}
	return dir, nil
}

// carries tells whether a package of ours is among the sources that were
// compared with the program's.
func (t *Toolchain) carries(importPath string) bool {
	dir := strings.TrimPrefix(strings.TrimPrefix(importPath, module), "/")
	if t.options.Sources == nil {
		return true
	}
	entries, err := fs.ReadDir(t.options.Sources, path.Clean("./"+dir))
	if err != nil {
		return false
	}
	for _, e := range entries {
		if path.Ext(e.Name()) == ".go" {
			return true
		}
	}
	return false
}
