package toolchain

import (
	"bytes"
	"compress/flate"
	"crypto/sha256"
	"encoding/gob"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
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
	maxObject     = 8 << 20  // of one object
	largeObject   = 1 << 20  // one is compressed from here on
)

// How an object stands in its file, behind the checksum.
const (
	asItIs     = 0
	compressed = 1
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
	if want := sha256.Sum256(data); !bytes.Equal(sum, want[:]) || len(data) == 0 {
		return nil
	}
	var from io.Reader = bytes.NewReader(data[1:])
	if data[0] == compressed {
		from = flate.NewReader(from)
	}
	var o Object
	if gob.NewDecoder(from).Decode(&o) != nil {
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
	b := o.packed()
	if b.Len() == 0 || b.Len() > maxObject {
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

// packed is the object as its file has it, behind the checksum; empty: it cannot
// be written down.
func (o *Object) packed() (b bytes.Buffer) {
	if len(o.Code)+len(o.Export) < largeObject {
		b.WriteByte(asItIs)
		if gob.NewEncoder(&b).Encode(o) != nil {
			b.Reset()
		}
		return b
	}
	b.WriteByte(compressed)
	w, err := flate.NewWriter(&b, flate.BestSpeed)
	if err == nil {
		err = errors.Join(gob.NewEncoder(w).Encode(o), w.Close())
	}
	if err != nil {
		b.Reset()
	}
	return b
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
