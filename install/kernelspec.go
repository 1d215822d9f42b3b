package install

import (
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

//go:embed logo/*
var logos embed.FS

// Options says where the kernelspec goes and what it starts. The zero value
// installs the running binary for this user.
type Options struct {
	Prefix string // write under Prefix/share/jupyter instead of this user's folder
	Binary string // the sheaf binary to start; "" is the running one
}

// A spec is the content of kernel.json, in the order that people read it.
type spec struct {
	Argv          []string       `json:"argv"`
	DisplayName   string         `json:"display_name"`
	Language      string         `json:"language"`
	InterruptMode string         `json:"interrupt_mode"`
	Metadata      map[string]any `json:"metadata"`
}

// Kernelspec installs the kernel and returns the folder it wrote. Files of an
// earlier install are replaced one by one, each in a single step, so a client
// that reads meanwhile sees an old file or a new one, never half of one.
//
// Under `go run` the running binary is temporary; a copy of it in the cache
// folder is installed instead.
func Kernelspec(opts Options) (path string, err error) {
	bin := opts.Binary
	if bin == "" {
		bin, err = stableBinary()
	} else {
		bin, err = givenBinary(bin)
	}
	if err != nil {
		return "", err
	}
	dir, err := specDir(opts)
	if err != nil {
		return "", err
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return "", fmt.Errorf("install: cannot make the kernel's folder: %w", err)
	}
	files, err := specFiles(bin)
	if err != nil {
		return "", err
	}
	for name, data := range files {
		if err := replaceFile(filepath.Join(dir, name), data, 0o644); err != nil {
			return "", fmt.Errorf("install: %w", err)
		}
	}
	return dir, nil
}

// Uninstall removes the kernelspec that Kernelspec wrote for the same options.
// removed is false when there was none.
func Uninstall(opts Options) (path string, removed bool, err error) {
	dir, err := specDir(opts)
	if err != nil {
		return "", false, err
	}
	if _, err := os.Stat(dir); errors.Is(err, fs.ErrNotExist) {
		return dir, false, nil
	}
	if err := os.RemoveAll(dir); err != nil {
		return dir, false, fmt.Errorf("install: cannot remove the kernel's folder: %w", err)
	}
	return dir, true, nil
}

// Installed reports the binary that the kernelspec for opts starts; ok is
// false when no kernelspec is there.
func Installed(opts Options) (binary string, ok bool, err error) {
	dir, err := specDir(opts)
	if err != nil {
		return "", false, err
	}
	file := filepath.Join(dir, "kernel.json")
	data, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		return "", false, nil
	}
	if err != nil {
		return "", false, fmt.Errorf("install: %w", err)
	}
	var s spec
	if err := json.Unmarshal(data, &s); err != nil {
		return "", false, fmt.Errorf("install: %s is not JSON: %w", file, err)
	}
	if len(s.Argv) == 0 {
		return "", false, fmt.Errorf("install: %s has no argv", file)
	}
	return s.Argv[0], true, nil
}

// specFiles returns the kernelspec's files by name.
func specFiles(bin string) (map[string][]byte, error) {
	js, err := json.MarshalIndent(spec{
		Argv:          []string{bin, "kernel", "{connection_file}"},
		DisplayName:   DisplayName,
		Language:      "go",
		InterruptMode: "message",
		Metadata:      map[string]any{"debugger": false},
	}, "", " ")
	if err != nil {
		return nil, fmt.Errorf("install: kernel.json: %w", err)
	}
	files := map[string][]byte{"kernel.json": append(js, '\n')}
	entries, err := logos.ReadDir("logo")
	if err != nil {
		return nil, fmt.Errorf("install: logos: %w", err)
	}
	for _, e := range entries {
		data, err := logos.ReadFile("logo/" + e.Name())
		if err != nil {
			return nil, fmt.Errorf("install: logos: %w", err)
		}
		files[e.Name()] = data
	}
	return files, nil
}

// replaceFile writes data under path in one step: beside it first, then over.
func replaceFile(path string, data []byte, mode fs.FileMode) error {
	tmp, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*")
	if err != nil {
		return err
	}
	defer os.Remove(tmp.Name()) // nothing is left of it once it is renamed
	_, err = tmp.Write(data)
	if err = errors.Join(err, tmp.Chmod(mode), tmp.Close()); err != nil {
		return err
	}
	return os.Rename(tmp.Name(), path)
}
