package main

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"go/token"
	"go/types"
	"io"
	"os"
	"os/exec"
	"sort"
	"strings"
	"time"

	"golang.org/x/tools/go/gcexportdata"
)

// left out of the tables: no exported Go API, tied to one platform, or of no
// use without the go command's test driver.
var skip = map[string]bool{
	"syscall": true, "syscall/js": true, "log/syslog": true, "plugin": true,
	"runtime/cgo": true, "runtime/race": true, "runtime/asan": true, "runtime/msan": true,
	"unsafe": true, "builtin": true, "embed": false,
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

// load reads the types of the packages from the build cache, sorted by path.
func load(paths []string) ([]*types.Package, error) {
	out, err := goList(append([]string{"-export", "-deps", "-json=ImportPath,Export"}, paths...)...)
	if err != nil {
		return nil, err
	}
	export := map[string]string{}
	for dec := json.NewDecoder(bytes.NewReader(out)); ; {
		var p struct{ ImportPath, Export string }
		if err := dec.Decode(&p); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			return nil, err
		}
		export[p.ImportPath] = p.Export
	}
	fset, imports := token.NewFileSet(), map[string]*types.Package{}
	var pkgs []*types.Package
	for _, path := range paths {
		p, err := readExport(fset, imports, path, export[path])
		if err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
		pkgs = append(pkgs, p)
	}
	sort.Slice(pkgs, func(i, j int) bool { return pkgs[i].Path() < pkgs[j].Path() })
	return pkgs, nil
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
	var buf bytes.Buffer
	z := zip.NewWriter(&buf)
	for _, p := range pkgs {
		w, err := z.CreateHeader(&zip.FileHeader{
			Name: p.Path(), Method: zip.Deflate,
			Modified: time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC),
		})
		if err != nil {
			return err
		}
		if err := gcexportdata.Write(w, nil, p); err != nil {
			return fmt.Errorf("%s: %w", p.Path(), err)
		}
	}
	if err := z.Close(); err != nil {
		return err
	}
	return os.WriteFile(file, buf.Bytes(), 0o644)
}
