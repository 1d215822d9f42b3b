package toolchain

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
)

// An Assembler is the assembler of a package. Its objects refer to the package's
// functions as assembler calls them (ABI0); the package's own object has what
// turns one calling convention into the other.
type Assembler struct {
	Module string            // what the names of files begin with in positions
	Dir    string            // of the package below the module's folder, with slashes
	Files  []string          // names of the files in Dir
	Texts  map[string]string // by path below the module's folder: the files and what they include
}

// Names in the folder of a compilation. The assembler files lie in a folder of
// their own, as they do in their module.
const (
	asmHeader = "go_asm.h"
	asmFolder = "asm"
)

// declare tells the compiler what the assembler files define and refer to.
func (t *Toolchain) declare(ctx context.Context, dir string, u Unit) error {
	a := u.Asm
	if a == nil {
		return nil
	}
	for name, text := range a.Texts {
		to := filepath.Join(dir, asmFolder, filepath.FromSlash(name))
		if !filepath.IsLocal(filepath.FromSlash(name)) {
			return fmt.Errorf("toolchain: package %s: want a path in the module, got %q", u.Path, name)
		}
		if err := errors.Join(os.MkdirAll(filepath.Dir(to), 0o777), os.WriteFile(to, []byte(text), 0o666)); err != nil {
			return fmt.Errorf("toolchain: %w", err)
		}
	}
	// The definitions in the header do not matter here, and are not known yet.
	if err := os.WriteFile(filepath.Join(dir, asmHeader), nil, 0o666); err != nil {
		return fmt.Errorf("toolchain: %w", err)
	}
	list := filepath.Join(dir, "declared")
	if err := t.asm(ctx, dir, u, append([]string{"-gensymabis", "-o", list, "--"}, a.Files...)...); err != nil {
		return err
	}
	return appendFile(filepath.Join(dir, abiFile), list)
}

func appendFile(to, from string) error {
	more, err := os.ReadFile(from)
	if err != nil {
		return fmt.Errorf("toolchain: %w", err)
	}
	data, err := os.ReadFile(to)
	if err == nil {
		err = os.WriteFile(to, append(data, more...), 0o666)
	}
	if err != nil {
		return fmt.Errorf("toolchain: %w", err)
	}
	return nil
}

// assemble makes an object of each assembler file.
func (t *Toolchain) assemble(ctx context.Context, dir string, u Unit) (objs [][]byte, err error) {
	if u.Asm == nil {
		return nil, nil
	}
	for i, name := range u.Asm.Files {
		file := filepath.Join(dir, "a"+strconv.Itoa(i)+".o")
		if err := t.asm(ctx, dir, u, "-o", file, "--", name); err != nil {
			return nil, err
		}
		data, err := os.ReadFile(file)
		if err != nil {
			return nil, fmt.Errorf("toolchain: %w", err)
		}
		_, code, err := objectIn(data)
		if err != nil {
			return nil, fmt.Errorf("toolchain: package %s: %s: %w", u.Path, name, err)
		}
		objs = append(objs, code)
	}
	return objs, nil
}

// asm runs the assembler as the go command does, in the folder of the files.
func (t *Toolchain) asm(ctx context.Context, dir string, u Unit, args ...string) error {
	tool := filepath.Join(filepath.Dir(t.tool().Compiler.Path), "asm"+exe())
	root := filepath.Join(dir, asmFolder)
	flags := []string{
		"-p", u.Path, "-linkshared", "-trimpath", root + "=>" + u.Asm.Module + ";" + dir + "=>",
		"-I", dir, "-I", filepath.Join(t.Root(), "pkg", "include"), "-D", "GOOS_" + runtime.GOOS, "-D", "GOARCH_" + runtime.GOARCH,
	}
	if runtime.GOARCH == "amd64" {
		flags = append(flags, "-D", "GOAMD64_"+cmp.Or(t.build.settings["GOAMD64"], "v1"))
	}
	cmd := command(ctx, tool, append(flags, args...), filepath.Join(root, filepath.FromSlash(u.Asm.Dir)), t.compileEnv())
	var complaints bytes.Buffer
	cmd.Stdout, cmd.Stderr = &complaints, &complaints
	err := cmd.Run()
	if line := firstLine(complaints.String()); err != nil && ctx.Err() == nil && cmd.ProcessState != nil && line != "" {
		if name, _, ok := strings.Cut(line, ":"); ok && u.Asm.Texts[path.Join(u.Asm.Dir, name)] != "" {
			line = path.Join(u.Asm.Module, u.Asm.Dir, line)
		}
		return errors.New(line)
	}
	if err != nil {
		return failed(ctx, tool, err, complaints.String())
	}
	return nil
}
