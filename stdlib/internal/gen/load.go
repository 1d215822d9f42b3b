package main

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"sort"
	"strings"
	"time"

	"golang.org/x/tools/go/gcexportdata"
)

// left out of the tables: no exported Go API, or of no use without cgo
// (runtime/cgo is stdlib/withcgo's); and those that differ between platforms,
// which are stdlib/system's.
var skip = map[string]bool{
	"syscall": true, "syscall/js": true, "log/syslog": true, "plugin": true,
	"runtime/cgo": true, "runtime/race": true, "runtime/asan": true, "runtime/msan": true,
	"unsafe": true, "builtin": true,
}

// stdPackages lists the importable packages of the standard library.
func stdPackages() ([]string, error) {
	out, err := goList("std")
	if err != nil {
		return nil, err
	}
	var list []string
	for p := range strings.FieldsSeq(string(out)) {
		if skip[p] || strings.HasPrefix(p, "vendor/") || strings.Contains("/"+p+"/", "/internal/") {
			continue
		}
		list = append(list, p)
	}
	return list, nil
}

func goList(args ...string) ([]byte, error) {
	cmd := exec.Command("go", append([]string{"list"}, args...)...)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("go list %s: %w\n%s", strings.Join(args, " "), err, stderr.Bytes())
	}
	return out, nil
}

// A source is what the go command knows of a package.
type source struct {
	ImportPath, Export, Dir string
	GoFiles, CgoFiles       []string
	ImportMap               map[string]string
}

// A loader reads packages of the build cache, which it has listed before.
type loader struct {
	fset    *token.FileSet
	sources map[string]*source
	types   map[string]*types.Package
}

// newLoader lists the packages and all that they import.
func newLoader(paths []string) (*loader, error) {
	out, err := goList(append([]string{"-export", "-deps", "-json=ImportPath,Export,Dir,GoFiles,CgoFiles,ImportMap"}, paths...)...)
	if err != nil {
		return nil, err
	}
	l := &loader{token.NewFileSet(), map[string]*source{}, map[string]*types.Package{}}
	for dec := json.NewDecoder(bytes.NewReader(out)); ; {
		var s source
		if err := dec.Decode(&s); errors.Is(err, io.EOF) {
			return l, nil
		} else if err != nil {
			return nil, err
		}
		l.sources[s.ImportPath] = &s
	}
}

// load reads the types of the packages, sorted by path.
func (l *loader) load(paths []string) ([]*types.Package, error) {
	var pkgs []*types.Package
	for _, path := range paths {
		p, err := l.Import(path)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
		pkgs = append(pkgs, p)
	}
	sort.Slice(pkgs, func(i, j int) bool { return pkgs[i].Path() < pkgs[j].Path() })
	return pkgs, nil
}

// Import implements types.Importer.
func (l *loader) Import(path string) (*types.Package, error) {
	if path == "unsafe" {
		return types.Unsafe, nil
	}
	if p := l.types[path]; p != nil && p.Complete() {
		return p, nil
	}
	s := l.sources[path]
	if s == nil || s.Export == "" {
		return nil, fmt.Errorf("no export data for %q", path)
	}
	return readExport(l.fset, l.types, path, s.Export)
}

// parse reads the package's source files.
func (l *loader) parse(path string, mode parser.Mode) ([]*ast.File, error) {
	s := l.sources[path]
	var files []*ast.File
	for _, name := range append(append([]string{}, s.GoFiles...), s.CgoFiles...) {
		f, err := parser.ParseFile(l.fset, filepath.Join(s.Dir, name), nil, mode|parser.SkipObjectResolution)
		if err != nil {
			return nil, err
		}
		files = append(files, f)
	}
	return files, nil
}

func readExport(fset *token.FileSet, imports map[string]*types.Package, path, file string) (*types.Package, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	r, err := gcexportdata.NewReader(f)
	if err != nil {
		return nil, err
	}
	return gcexportdata.Read(r, fset, imports, path)
}

// writeTypes writes one zip entry per package: its types without positions.
func writeTypes(file string, pkgs []*types.Package) error {
	entries := map[string][]byte{}
	for _, p := range pkgs {
		var b bytes.Buffer
		if err := gcexportdata.Write(&b, nil, p); err != nil {
			return fmt.Errorf("%s: %w", p.Path(), err)
		}
		entries[p.Path()] = b.Bytes()
	}
	return writeZip(file, entries)
}

// writeZip writes a zip that depends on nothing but its entries.
func writeZip(file string, entries map[string][]byte) error {
	var buf bytes.Buffer
	z := zip.NewWriter(&buf)
	for _, name := range sortedKeys(entries) {
		w, err := z.CreateHeader(&zip.FileHeader{
			Name: name, Method: zip.Deflate,
			Modified: time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC),
		})
		if err != nil {
			return err
		}
		if _, err := w.Write(entries[name]); err != nil {
			return err
		}
	}
	if err := z.Close(); err != nil {
		return err
	}
	return os.WriteFile(file, buf.Bytes(), 0o644)
}
