package toolchain

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"time"
)

// state is what is kept between processes, in one file per binary.
type state struct {
	Go       goTool
	Asked    []string           // the candidates up to the one that was taken
	Folder   string             // that packages were listed in
	Packages map[string]archive // by import path
}

// A stamp is a file as it was.
type stamp struct {
	Path string
	Size int64
	Time time.Time
}

func stampOf(path string) stamp {
	st, err := os.Stat(path)
	if err != nil {
		return stamp{Path: path}
	}
	return stamp{path, st.Size(), st.ModTime()}
}

// same tells whether the file is there and is what it was.
func (s stamp) same() bool {
	now := stampOf(s.Path)
	return s.Size != 0 && now.Size == s.Size && now.Time.Equal(s.Time)
}

// An archive is a package in Go's build cache. Files there are named after
// their content, so that one of the right size is the right one.
type archive struct {
	File string
	Size int64
}

// used is how old the time of a file in a cache may become before it is set
// anew: Go's build cache drops what has not been used for five days.
const used = 24 * time.Hour

// there tells whether the archive is still in the cache, and keeps it there.
func (a archive) there() bool {
	st, err := os.Stat(a.File)
	if err != nil || st.Size() != a.Size {
		return false
	}
	touch(a.File, st.ModTime())
	return true
}

func touch(path string, was time.Time) {
	if now := time.Now(); now.Sub(was) > used {
		_ = os.Chtimes(path, now, now) // of a cache that is only read, nothing is dropped by us
	}
}

const (
	stateFile = "state.json"
	prefix    = "native-"

	// unused is how long the folder of a binary stays that nobody starts.
	unused = 30 * 24 * time.Hour
)

// openDir makes the folder for our state; a temporary one, where the right one
// cannot be written.
func (t *Toolchain) openDir() error {
	base := t.options.CacheDir
	if base == "" {
		if d, err := os.UserCacheDir(); err == nil {
			base = filepath.Join(d, "sheaf")
		}
	}
	if base != "" {
		dir := filepath.Join(base, prefix+t.build.id)
		if canWrite(dir) || isFile(filepath.Join(dir, stateFile)) {
			t.dir = dir
			return nil
		}
	}
	var err error
	t.dir, err = t.temporary()
	t.private = err == nil
	return err
}

// canWrite is writable; tests, whose user may write everywhere, have another.
var canWrite = writable

// writable tells whether files can be made in a folder, which it makes.
func writable(dir string) bool {
	if os.MkdirAll(dir, 0o777) != nil {
		return false
	}
	f, err := os.CreateTemp(dir, "try-*")
	if err != nil {
		return false
	}
	_, err = f.WriteString("x") // a full disk makes files, but does not fill them
	f.Close()
	os.Remove(f.Name())
	return err == nil
}

// load takes over what an earlier process has found, if it still holds.
func (t *Toolchain) load(candidates []string) bool {
	path := filepath.Join(t.dir, stateFile)
	data, err := os.ReadFile(path)
	if err != nil {
		return false
	}
	var s state
	if json.Unmarshal(data, &s) != nil || len(s.Asked) == 0 || !s.Go.Command.same() || !s.Go.Compiler.same() {
		return false
	}
	if n := min(len(s.Asked), len(candidates)); !slices.Equal(s.Asked[:n], candidates[:n]) {
		return false
	}
	t.state = s
	if st, err := os.Stat(path); err == nil {
		touch(path, st.ModTime())
		touch(t.dir, st.ModTime())
		touch(s.Folder, st.ModTime())
	}
	return true
}

// save keeps the state for other processes. What cannot be kept is only asked
// again, so it fails in silence. Several processes may save at once: each file
// is whole, and the last one stands.
func (t *Toolchain) save() {
	t.mu.Lock()
	data, err := json.Marshal(t.state)
	t.mu.Unlock()
	if err != nil {
		return
	}
	path := filepath.Join(t.dir, stateFile)
	_, statErr := os.Stat(path)
	_ = writeFile(path, data)
	if errors.Is(statErr, os.ErrNotExist) && !t.private {
		sweep(filepath.Dir(t.dir), t.dir)
	}
}

// writeFile replaces a file at once.
func writeFile(path string, data []byte) error {
	f, err := os.CreateTemp(filepath.Dir(path), ".new-*")
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	err = errors.Join(err, f.Close())
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		os.Remove(f.Name())
	}
	return err
}

// sweep drops the folders of binaries that nobody has started for long.
func sweep(base, except string) {
	old, _ := filepath.Glob(filepath.Join(base, prefix+"*")) // the pattern is well-formed
	for _, dir := range old {
		if st, err := os.Stat(dir); err == nil && dir != except && time.Since(st.ModTime()) > unused {
			_ = os.RemoveAll(dir)
		}
	}
}
