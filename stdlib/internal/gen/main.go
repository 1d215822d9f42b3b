// Command gen writes the symbol tables and the type data of the packages that
// a cell can import. It is run by "go generate ./stdlib/...".
//
// For a group of packages it writes into the current folder one Go file per
// package, holding a function that returns the package's symbols as reflect
// values, and the file index.go that lists them; and zips with one
// entry per package: types.zip in the indexed export format, generics.zip with
// the source of generic declarations, docs.zip with doc comments. None holds
// positions, so a change that leaves the API and its docs alone leaves them
// alone.
//
// With -platforms it writes all but the generics once for each platform that
// it names, GOOS/GOARCH, in files that end so; for packages whose API differs
// between platforms.
package main

import (
	"flag"
	"fmt"
	"go/types"
	"go/version"
	"log"
	"os"
	"path/filepath"
	"runtime"
	"strings"
)

func main() {
	log.SetFlags(0)
	log.SetPrefix("gen: ")
	pkg := flag.String("pkg", "", "name of the Go package to write")
	dir := flag.String("o", ".", "the folder to write into")
	std := flag.Bool("std", false, "add every importable package of the standard library")
	listed := flag.String("list", "", "a file that names packages, one in a line")
	platforms := flag.String("platforms", "", "write for each of these, GOOS/GOARCH with commas between, instead of for this one")
	flag.StringVar(&constraint, "build", "", "the build constraint of what is written")
	flag.Parse()
	// What other packages show of package syscall is this platform's, wherever
	// the generator runs; the reader of the type data knows.
	setPlatform("linux", "amd64")
	paths := flag.Args()
	if *listed != "" {
		list, err := listFile(*listed)
		if err != nil {
			log.Fatal(err)
		}
		paths = append(paths, list...)
	}
	if *std {
		list, err := stdPackages()
		if err != nil {
			log.Fatal(err)
		}
		paths = append(paths, list...)
	}
	if *pkg == "" || len(paths) == 0 {
		log.Fatal("want -pkg NAME and packages (or -list FILE, or -std)")
	}
	if *platforms != "" {
		if err := generateFor(strings.Split(*platforms, ","), *dir, *pkg, paths); err != nil {
			log.Fatal(err)
		}
		return
	}
	release := ""
	if *std {
		release = version.Lang(runtime.Version())[len("go"):]
	}
	if err := generate(*dir, *pkg, release, paths); err != nil {
		log.Fatal(err)
	}
}

// listFile reads a list of packages; empty lines and those that begin with #
// are for people.
func listFile(name string) ([]string, error) {
	text, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	var paths []string
	for line := range strings.Lines(string(text)) {
		if line = strings.TrimSpace(line); line != "" && line[0] != '#' {
			paths = append(paths, line)
		}
	}
	return paths, nil
}

// generate replaces every generated file of the folder.
func generate(dir, pkg, release string, paths []string) error {
	l, err := newLoader(paths)
	if err != nil {
		return err
	}
	pkgs, err := l.load(paths)
	if err != nil {
		return err
	}
	if err := removeSymbols(dir); err != nil {
		return err
	}
	if err := writeSymbols(dir, pkg, "", pkgs); err != nil {
		return err
	}
	if err := writeSource(filepath.Join(dir, "index.go"), indexFile(pkg, release, pkgs)); err != nil {
		return err
	}
	if err := writeTypes(filepath.Join(dir, "types.zip"), pkgs); err != nil {
		return err
	}
	if err := writeGenerics(filepath.Join(dir, "generics.zip"), l, pkgs); err != nil {
		return err
	}
	return writeDocs(filepath.Join(dir, "docs.zip"), l, pkgs, release != "")
}

func removeSymbols(dir string) error {
	old, err := filepath.Glob(filepath.Join(dir, "sym_*.go"))
	if err != nil {
		return err
	}
	for _, f := range old {
		if err := os.Remove(f); err != nil {
			return err
		}
	}
	return nil
}

// writeSymbols writes a file per package; suffix ends their names.
func writeSymbols(dir, pkg, suffix string, pkgs []*types.Package) error {
	for _, p := range pkgs {
		src, err := symbolFile(pkg, p)
		if err != nil {
			return fmt.Errorf("%s: %w", p.Path(), err)
		}
		if err := os.WriteFile(filepath.Join(dir, "sym_"+ident(p.Path())+suffix+".go"), src, 0o644); err != nil {
			return err
		}
	}
	return nil
}

// ident turns an import path into part of an identifier or a file name that
// carries no meaning for the go command (no GOOS suffix, no _test).
func ident(path string) string {
	path = strings.TrimPrefix(path, "github.com/sheaf-go/sheaf/")
	r := strings.NewReplacer("/", "_", ".", "_", "-", "_")
	return r.Replace(path) + "_x"
}
