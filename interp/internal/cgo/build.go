package cgo

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Tools are the programs that a build runs.
type Tools struct {
	Cgo     string   // the tool of the Go toolchain
	CC, CXX []string // with arguments that they are always given
	Env     []string
}

// A File is a Go file.
type File struct {
	Name string // without folder
	Text []byte
}

// A Package is what is built. C files and flags are those that go/build finds.
type Package struct {
	Path string // import path
	Dir  string // the folder of its files, in which C is compiled
	Go   []File // those that import "C"
	C    []string
	CXX  []string
	Asm  []string

	CPPFLAGS, CFLAGS, CXXFLAGS, LDFLAGS []string
	PkgConfig                           []string

	Known map[string]bool // Go names of C functions and variables that need no new ones
}

// A Built package is Go source in place of the files that import "C", and a
// library.
type Built struct {
	Name    string // of the library, for package ccall
	Go      []File // in place of the given ones, in their order
	Types   []byte // one file more: what C names stand for
	Library string // its file; "" if all that it would have is known
}

// Build builds a package in the folder work, which it may fill as it likes.
// What is wrong in the package's text is a [*SourceError].
func Build(ctx context.Context, t Tools, p Package, work string) (*Built, error) {
	b := &builder{ctx: ctx, tools: t, pkg: p, work: work}
	if err := b.config(); err != nil {
		return nil, err
	}
	if err := b.checkFlags(); err != nil {
		return nil, err
	}
	if err := b.cgo(); err != nil {
		return nil, err
	}
	return b.built()
}

type builder struct {
	ctx   context.Context
	tools Tools
	pkg   Package
	work  string
	stubs []string // C functions that stand for exported ones
}

// config asks pkg-config for what it knows of the libraries that a package
// names.
func (b *builder) config() error {
	if len(b.pkg.PkgConfig) == 0 {
		return nil
	}
	tool := os.Getenv("PKG_CONFIG")
	if tool == "" {
		tool = "pkg-config"
	}
	for option, flags := range map[string]*[]string{"--cflags": &b.pkg.CPPFLAGS, "--libs": &b.pkg.LDFLAGS} {
		out, err := b.run(b.pkg.Dir, append([]string{tool, option, "--"}, b.pkg.PkgConfig...))
		if err != nil {
			return err
		}
		*flags = append(slices.Clip(*flags), strings.Fields(out)...)
	}
	return nil
}

// cgo runs cgo, in whose output C's names are resolved.
func (b *builder) cgo() error {
	args := []string{b.tools.Cgo, "-objdir", b.work + string(filepath.Separator), "-importpath", b.pkg.Path, "--", "-I", b.work}
	args = append(append(args, b.pkg.CPPFLAGS...), b.pkg.CFLAGS...)
	src := filepath.Join(b.work, "go")
	if err := os.MkdirAll(src, 0o777); err != nil {
		return err
	}
	for _, f := range b.pkg.Go {
		name := filepath.Join(src, f.Name)
		if err := os.WriteFile(name, f.Text, 0o666); err != nil {
			return err
		}
		args = append(args, name)
	}
	_, err := b.run(b.pkg.Dir, args)
	return err
}

// built reads what cgo has written, and compiles what is C.
func (b *builder) built() (*Built, error) {
	out := &Built{Library: filepath.Join(b.work, "library.so")}
	raw, err := os.ReadFile(filepath.Join(b.work, "_cgo_gotypes.go"))
	if err != nil {
		return nil, err
	}
	out.Name = libraryName(b.pkg.Path, raw)
	if out.Types, b.stubs, err = rewrite(raw, out.Name, b.pkg.Known); err != nil {
		return nil, err
	}
	for _, f := range b.pkg.Go {
		text, err := os.ReadFile(filepath.Join(b.work, strings.TrimSuffix(f.Name, ".go")+".cgo1.go"))
		if err != nil {
			return nil, err
		}
		out.Go = append(out.Go, File{f.Name, text})
	}
	if b.pkg.Known != nil && len(b.stubs) == 0 && !bytes.Contains(out.Types, []byte(ccallName+".Symbol(")) {
		out.Library = ""
		return out, nil
	}
	return out, b.link(out.Library)
}

// link compiles the C files and makes them a library.
func (b *builder) link(library string) error {
	if err := os.WriteFile(filepath.Join(b.work, "_cgo_runtime.c"), []byte(runtimeC(b.stubs)), 0o666); err != nil {
		return err
	}
	var objects []string
	compile := func(with, flags []string, files ...string) error {
		for _, f := range files {
			o := filepath.Join(b.work, "o"+strconv.Itoa(len(objects))+".o")
			objects = append(objects, o)
			args := append(slices.Clip(with), "-I", ".", "-I", b.work, "-fPIC", "-pthread", "-O2")
			args = append(append(args, b.pkg.CPPFLAGS...), flags...)
			if _, err := b.run(b.pkg.Dir, append(args, "-o", o, "-c", f)); err != nil {
				return err
			}
		}
		return nil
	}
	own := []string{filepath.Join(b.work, "_cgo_runtime.c"), filepath.Join(b.work, "_cgo_export.c")}
	for _, f := range b.pkg.Go {
		own = append(own, filepath.Join(b.work, strings.TrimSuffix(f.Name, ".go")+".cgo2.c"))
	}
	if err := compile(b.tools.CC, b.pkg.CFLAGS, slices.Concat(own, b.pkg.C, b.pkg.Asm)...); err != nil {
		return err
	}
	if err := compile(b.tools.CXX, b.pkg.CXXFLAGS, b.pkg.CXX...); err != nil {
		return err
	}
	linker := b.tools.CC
	if len(b.pkg.CXX) > 0 {
		linker = b.tools.CXX
	}
	// Names are the library's own first, whatever else the process has loaded.
	args := append(slices.Clip(linker), "-shared", "-pthread", "-Wl,-Bsymbolic", "-Wl,-z,defs", "-o", library)
	_, err := b.run(b.pkg.Dir, slices.Concat(args, objects, b.pkg.LDFLAGS))
	return err
}

// run runs a program and returns what it prints.
func (b *builder) run(dir string, args []string) (string, error) {
	cmd := exec.CommandContext(b.ctx, args[0], args[1:]...)
	cmd.Dir, cmd.WaitDelay = dir, time.Second
	cmd.Env = append(slices.Clip(b.tools.Env), "CC="+strings.Join(b.tools.CC, " "), "CXX="+strings.Join(b.tools.CXX, " "), "PWD="+dir, "LC_ALL=C")
	var out, complaints bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &complaints
	err := cmd.Run()
	switch {
	case err == nil:
		return out.String(), nil
	case b.ctx.Err() != nil:
		return "", b.ctx.Err()
	case cmd.ProcessState == nil:
		return "", fmt.Errorf("cgo: %s cannot be run: %w", args[0], err)
	}
	return "", sourceError(filepath.Base(args[0]), complaints.String(), filepath.Join(b.work, "go")+string(filepath.Separator))
}
