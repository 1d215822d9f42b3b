package toolchain

import (
	"bytes"
	"crypto/sha256"
	"encoding/gob"
	"encoding/hex"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
)

// Objects are kept in a folder beside the state: by what they are made from,
// so that the same source is compiled once.
const (
	objectsFolder = "objects"
	maxObjects    = 64 << 20 // bytes in the folder
	maxObject     = 4 << 20  // of one object
)

// objectPath is where the object of a unit is kept.
func (t *Toolchain) objectPath(u Unit, exports map[string]string) string {
	h := sha256.New()
	part := func(parts ...string) {
		for _, p := range parts {
			fmt.Fprintf(h, "%d %s\n", len(p), p)
		}
	}
	c := t.tool().Compiler
	part(t.compileArgs("", u)...)
	part(t.build.env()...)
	part(c.Path, fmt.Sprint(c.Size, c.Time.UnixNano()))
	for _, f := range u.Files {
		part(f.Name, string(f.Source))
	}
	for _, o := range u.Uses {
		part(o.Path, string(o.Export))
	}
	if a := u.Asm; a != nil {
		part(a.Module, a.Dir)
		part(a.Files...)
		for _, name := range slices.Sorted(maps.Keys(a.Texts)) {
			part(name, a.Texts[name])
		}
	}
	for _, name := range slices.Sorted(maps.Keys(u.ABI)) {
		part(name, u.ABI[name])
	}
	for _, p := range slices.Sorted(maps.Keys(exports)) {
		part(p, exports[p]) // the go command names these files by their content
	}
	return filepath.Join(t.dir, objectsFolder, hex.EncodeToString(h.Sum(nil)[:20]))
}

// keptObject returns an object that was compiled before; nil: there is none.
func keptObject(path string) *Object {
	data, err := os.ReadFile(path)
	if err != nil || len(data) < sha256.Size {
		return nil
	}
	sum, data := data[:sha256.Size], data[sha256.Size:]
	if want := sha256.Sum256(data); !bytes.Equal(sum, want[:]) {
		return nil
	}
	var o Object
	if gob.NewDecoder(bytes.NewReader(data)).Decode(&o) != nil {
		return nil
	}
	if st, err := os.Stat(path); err == nil {
		touch(path, st.ModTime())
	}
	return &o
}

// keep writes an object down. What cannot be kept is only compiled again, so it
// fails in silence.
func (t *Toolchain) keep(path string, o *Object) {
	var b bytes.Buffer
	if gob.NewEncoder(&b).Encode(o) != nil || b.Len() > maxObject {
		return
	}
	sum := sha256.Sum256(b.Bytes())
	if os.MkdirAll(filepath.Dir(path), 0o777) != nil {
		return
	}
	if writeFile(path, append(sum[:], b.Bytes()...)) != nil {
		return
	}
	t.mu.Lock()
	t.room -= int64(b.Len())
	full := t.room < 0
	if full {
		t.room = maxObjects / 8
	}
	t.mu.Unlock()
	if full {
		trim(filepath.Dir(path), maxObjects)
	}
}

// trim removes the objects that have not been used for longest, where all of
// them take more than max bytes, until they take three quarters of that.
func trim(dir string, max int64) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return
	}
	var files []fs.FileInfo
	var total int64
	for _, e := range entries {
		st, err := e.Info()
		if err != nil {
			continue
		}
		files, total = append(files, st), total+st.Size()
	}
	if total <= max {
		return
	}
	slices.SortFunc(files, func(a, b fs.FileInfo) int { return a.ModTime().Compare(b.ModTime()) })
	for _, st := range files {
		if total <= max/4*3 {
			break
		}
		if os.Remove(filepath.Join(dir, st.Name())) == nil {
			total -= st.Size()
		}
	}
}
