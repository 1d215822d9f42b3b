// Package stdlib is what a cell can import: the standard library and Sheaf's
// own packages, as symbol tables and type data that are part of the binary, so
// that neither the go command nor sources are needed to run a notebook.
//
// The tables are generated ("go generate ./stdlib/...") for the Go release in
// go.mod and committed; a test fails when they are stale.
package stdlib

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"reflect"
	"sort"
	"strings"
	"sync"

	"github.com/sheaf-go/sheaf/interp"
	"github.com/sheaf-go/sheaf/stdlib/own"
	"github.com/sheaf-go/sheaf/stdlib/std"
	"github.com/sheaf-go/sheaf/stdlib/system"
)

// Library returns the packages that ship with Sheaf.
func Library() *Packages { return library() }

var _ interp.Library = (*Packages)(nil)

// Packages is what cells can import.
type Packages struct {
	names map[string]string // path → package name
	bare  map[string]string // package name → path it stands for
	files map[string]*zip.File

	// opened when first asked for
	generics func() map[string]*zip.File
	docs     func() map[string]*zip.File

	mu       sync.Mutex
	comments map[string]map[string]string // path → name → doc, of the packages asked for
}

var library = sync.OnceValue(func() *Packages {
	l := &Packages{names: map[string]string{}, bare: map[string]string{}, comments: map[string]map[string]string{}}
	for _, group := range indexes {
		for p, e := range group {
			if !hidden(p) {
				l.names[p] = e.Name
			}
		}
	}
	l.files = entries(std.Types, system.Types, own.Types, foreign.types)
	l.generics = sync.OnceValue(func() map[string]*zip.File { return entries(std.Generics, own.Generics) })
	l.docs = sync.OnceValue(func() map[string]*zip.File { return entries(std.Docs, system.Docs, own.Docs, foreign.docs) })
	l.autoImports()
	return l
})

// An index lists a group of packages by path.
type index = map[string]struct {
	Name    string
	Symbols func() map[string]reflect.Value
}

// indexes are the groups of packages.
var indexes = []index{std.Index, system.Index, own.Index, foreign.index}

// hidden packages serve the source that Generics gives, not cells.
func hidden(p string) bool { return strings.Contains(p, "/internal/") }

// entries indexes embedded zips by the names of their entries.
func entries(zips ...[]byte) map[string]*zip.File {
	files := map[string]*zip.File{}
	for _, data := range zips {
		if len(data) == 0 {
			continue // a platform without the group
		}
		r, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
		if err != nil {
			panic("stdlib: the embedded data is damaged: " + err.Error())
		}
		for _, f := range r.File {
			files[f.Name] = f
		}
	}
	return files
}

func read(f *zip.File) ([]byte, error) {
	r, err := f.Open()
	if err != nil {
		return nil, err
	}
	defer r.Close()
	return io.ReadAll(r)
}

// preferred decides which package a bare name stands for where several of
// the library have that name; ours come before all others.
var preferred = map[string]string{
	"rand": "math/rand/v2", "template": "text/template", "scanner": "text/scanner",
	"heap": "container/heap", "list": "container/list", "ring": "container/ring",
	"pprof": "runtime/pprof", "trace": "runtime/trace", "parse": "text/template/parse",
	"driver": "database/sql/driver", "draw": "image/draw", "color": "image/color",
	"version": "go/version", "token": "go/token", "ast": "go/ast", "stat": "gonum.org/v1/gonum/stat",
}

func (l *Packages) autoImports() {
	paths := l.Paths()
	for _, p := range paths {
		name := l.names[p]
		if old, taken := l.bare[name]; taken && !better(p, old) {
			continue
		}
		l.bare[name] = p
	}
	for name, p := range preferred {
		if _, ok := l.names[p]; ok {
			l.bare[name] = p
		}
	}
	for p, e := range own.Index {
		if isOurs(p) && !hidden(p) {
			l.bare[e.Name] = p
		}
	}
}

func isOurs(p string) bool {
	const module = "github.com/sheaf-go/sheaf/"
	return len(p) > len(module) && p[:len(module)] == module
}

// better prefers the shorter path, then the first in the alphabet.
func better(a, b string) bool {
	if len(a) != len(b) {
		return len(a) < len(b)
	}
	return a < b
}

// Paths implements interp.Library.
func (l *Packages) Paths() []string {
	paths := make([]string, 0, len(l.names))
	for p := range l.names {
		paths = append(paths, p)
	}
	sort.Strings(paths)
	return paths
}

// Release is the Go release, such as "1.26", whose standard library the
// tables describe.
func (l *Packages) Release() string { return std.Release }

// Name implements interp.Library.
func (l *Packages) Name(p string) (string, bool) {
	if p == "unsafe" {
		return p, true
	}
	n, ok := l.names[p]
	return n, ok
}

// AutoImport implements interp.Library.
func (l *Packages) AutoImport(name string) (string, bool) {
	p, ok := l.bare[name]
	return p, ok
}

// Types implements interp.Library.
func (l *Packages) Types(p string) ([]byte, error) {
	f := l.files[p]
	if f == nil {
		return nil, fmt.Errorf("this build of sheaf has no type data for %q", p)
	}
	return read(f)
}

// Generics gives the source of the generic functions and types that a package
// exports, with what they need of it that is not exported; ok is false for a
// package without any. Of its own package's other exported names the source
// speaks through an import named self; it has no variables. It may import
// packages that a cell can't, which Types and Symbols have as well. Types have
// the fields and the memory layout that they have in the compiled package.
func (l *Packages) Generics(p string) (src []byte, ok bool) {
	f := l.generics()[p]
	if f == nil {
		return nil, false
	}
	src, err := read(f)
	if err != nil {
		panic("stdlib: the embedded source of " + p + " is damaged: " + err.Error())
	}
	return src, true
}

// Doc gives the beginning of the doc comment of a package's exported name, of
// "T.M" for a method or a field and of "" for the package itself; it is empty
// where there is none. Package "builtin" documents predeclared names and has
// under "func append" how append is declared. It is safe for concurrent use.
func (l *Packages) Doc(p, name string) string {
	l.mu.Lock()
	defer l.mu.Unlock()
	m, ok := l.comments[p]
	if !ok {
		if f := l.docs()[p]; f != nil {
			data, err := read(f)
			if err == nil {
				err = json.Unmarshal(data, &m)
			}
			if err != nil {
				panic("stdlib: the embedded docs of " + p + " are damaged: " + err.Error())
			}
		}
		l.comments[p] = m
	}
	return m[name]
}

// Symbols implements interp.Library.
func (l *Packages) Symbols(path string) map[string]reflect.Value {
	for _, group := range indexes {
		if e, ok := group[path]; ok {
			all := e.Symbols()
			override(path, all)
			return all
		}
	}
	return nil
}
