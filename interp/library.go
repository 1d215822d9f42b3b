package interp

import (
	"bytes"
	"fmt"
	"go/token"
	"go/types"
	"reflect"
	"runtime"
	"sync"

	"golang.org/x/tools/go/gcexportdata"
)

// A Library holds the compiled packages that cells can import. Package stdlib
// has the one that ships with Sheaf.
type Library interface {
	// Paths lists the import paths.
	Paths() []string
	// Name gives the name in the package clause of an importable package.
	Name(path string) (string, bool)
	// AutoImport gives the path that a bare package name stands for when a
	// cell uses it without importing it.
	AutoImport(name string) (path string, ok bool)
	// Types gives a package's types in the indexed export format.
	Types(path string) ([]byte, error)
	// Generics gives the source of a package's generic declarations: one file
	// that checks with the types of the other packages, its own among them.
	Generics(path string) (src []byte, ok bool)
	// Symbols gives a package's symbols, in a map that is the caller's; nil: there
	// is no such package. It has packages too that only generic source imports.
	Symbols(path string) map[string]reflect.Value
}

// importer reads types from a Library; it is safe for concurrent use.
type importer struct {
	lib Library
	// source gives what is loaded from source; ok is false for the rest.
	source func(path string) (pkg *types.Package, ok bool, err error)

	mu   sync.Mutex
	fset *token.FileSet
	pkgs map[string]*types.Package
}

func newImporter(lib Library) *importer {
	return &importer{lib: lib, fset: token.NewFileSet(), pkgs: map[string]*types.Package{}}
}

// Import implements types.Importer.
func (im *importer) Import(path string) (*types.Package, error) {
	if path == "unsafe" {
		return types.Unsafe, nil
	}
	if im.source != nil {
		if p, ok, err := im.source(path); ok {
			return p, err
		}
	}
	im.mu.Lock()
	defer im.mu.Unlock()
	if p := im.pkgs[path]; p != nil && p.Complete() {
		return p, nil
	}
	if _, ok := im.lib.Name(platformPackage); ok && len(im.pkgs) == 0 && runtime.GOOS+"/"+runtime.GOARCH != typesPlatform {
		if _, err := im.read(platformPackage); err != nil {
			return nil, err
		}
	}
	return im.read(path)
}

// Other packages' types name some of package syscall, as that of one platform
// has them. Elsewhere its own have to be read before: the first that is read
// of a type counts.
const (
	typesPlatform   = "linux/amd64"
	platformPackage = "syscall"
)

func (im *importer) read(path string) (*types.Package, error) {
	data, err := im.lib.Types(path)
	if err != nil {
		return nil, fmt.Errorf("package %q cannot be imported in a cell: %w", path, err)
	}
	return gcexportdata.Read(bytes.NewReader(data), im.fset, im.pkgs, path)
}
