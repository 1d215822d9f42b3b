package toolchain

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"go/parser"
	"go/token"
	"go/version"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
)

// A File is one source file.
type File struct {
	Name   string // as positions name it; line directives in Source come first
	Source []byte
}

// A Unit is a package to be compiled.
type Unit struct {
	Path  string // import path; "main" for a command
	Files []File

	// Uses are packages compiled before that this one may import. All other
	// imports are those of [Toolchain.Export].
	Uses []*Object

	// ABI tells how functions without bodies are called, by name as in F or
	// (*T).M: "ABIInternal", which is the default, or for functions that are no
	// methods "ABI0".
	ABI map[string]string

	// Asm is the assembler of the package; nil: it has none.
	Asm *Assembler

	// Flags go to the compiler as they are, behind ours.
	Flags []string
}

// An Object is a compiled package.
type Object struct {
	Path   string
	Header string   // the text before the code: system, release, experiments
	Code   []byte   // the object file, from its magic bytes on
	Export []byte   // an archive with the export data alone
	Asm    [][]byte // the object files of its assembler, from their magic bytes on
}

// Compile compiles a package, or finds what was compiled from the same before,
// by this process or another. Functions without bodies are left to whoever
// loads the object. Errors in the source are a [*SourceError]; any other error
// means that the toolchain cannot be used.
func (t *Toolchain) Compile(ctx context.Context, u Unit) (*Object, error) {
	if err := u.valid(); err != nil {
		return nil, err
	}
	exports, err := t.Export(ctx, u.imports()...)
	if err != nil {
		return nil, err
	}
	path := t.objectPath(u, exports)
	if o := keptObject(path); o != nil && ctx.Err() == nil {
		return o, nil
	}
	dir, err := os.MkdirTemp("", compileFolder)
	if err != nil {
		return nil, fmt.Errorf("toolchain: no folder to compile in: %w", err)
	}
	defer os.RemoveAll(dir)
	if err := u.write(dir, exports); err != nil {
		return nil, fmt.Errorf("toolchain: %w", err)
	}
	if err := t.declare(ctx, dir, u); err != nil {
		return nil, err
	}
	if err := t.compile(ctx, dir, u); err != nil {
		return nil, err
	}
	o, err := readObject(u.Path, filepath.Join(dir, objectFile), filepath.Join(dir, exportFile))
	if err == nil {
		o.Asm, err = t.assemble(ctx, dir, u)
	}
	if err == nil {
		t.keep(path, o)
	}
	return o, err
}

// valid tells what of a unit cannot be said to the compiler.
func (u Unit) valid() error {
	if u.Path == "" || len(u.Files) == 0 {
		return errors.New("toolchain: a unit needs a path and a file")
	}
	for _, f := range u.Files {
		if f.Name == "" || strings.ContainsAny(f.Name, ";\n") || strings.Contains(f.Name, "=>") {
			return fmt.Errorf("toolchain: package %s: want a file name without \";\" and \"=>\", got %q", u.Path, f.Name)
		}
	}
	return nil
}

// Names of files in the folder of one compilation.
const (
	importsFile = "imports"
	abiFile     = "abi"
	objectFile  = "object.a"
	exportFile  = "export.a"
)

func sourceFile(i int) string { return "f" + strconv.Itoa(i) + ".go" }
func usedFile(i int) string   { return "u" + strconv.Itoa(i) + ".a" }

// imports are the paths that the files import, without those of Uses. What
// cannot be parsed the compiler will say.
func (u Unit) imports() []string {
	var paths []string
	for _, f := range u.Files {
		file, _ := parser.ParseFile(token.NewFileSet(), "", f.Source, parser.ImportsOnly)
		if file == nil {
			continue
		}
		for _, s := range file.Imports {
			p, err := strconv.Unquote(s.Path.Value)
			used := slices.ContainsFunc(u.Uses, func(o *Object) bool { return o.Path == p })
			if err == nil && !used && !slices.Contains(paths, p) {
				paths = append(paths, p)
			}
		}
	}
	return paths
}

// write puts all that the compiler reads into a folder.
func (u Unit) write(dir string, exports map[string]string) error {
	var imports, abi bytes.Buffer
	for p, file := range exports {
		fmt.Fprintf(&imports, "packagefile %s=%s\n", p, file)
	}
	for i, o := range u.Uses {
		fmt.Fprintf(&imports, "packagefile %s=%s\n", o.Path, usedFile(i))
		if err := os.WriteFile(filepath.Join(dir, usedFile(i)), o.Export, 0o666); err != nil {
			return err
		}
	}
	for name, convention := range u.ABI {
		fmt.Fprintf(&abi, "def %s.%s %s\n", SymbolPrefix(u.Path), name, convention)
	}
	for i, f := range u.Files {
		if err := os.WriteFile(filepath.Join(dir, sourceFile(i)), f.Source, 0o666); err != nil {
			return err
		}
	}
	return errors.Join(
		os.WriteFile(filepath.Join(dir, importsFile), imports.Bytes(), 0o666),
		os.WriteFile(filepath.Join(dir, abiFile), abi.Bytes(), 0o666))
}

// SymbolPrefix is an import path as symbols have it: what could be taken for
// the end of the path is escaped.
func SymbolPrefix(path string) string {
	last := strings.LastIndexByte(path, '/')
	var b strings.Builder
	for i := range len(path) {
		c := path[i]
		if c <= ' ' || c == '.' && i > last || c == '%' || c == '"' || c >= 0x7F {
			fmt.Fprintf(&b, "%%%02x", c)
		} else {
			b.WriteByte(c)
		}
	}
	return b.String()
}

// compile runs the compiler in the folder.
func (t *Toolchain) compile(ctx context.Context, dir string, u Unit) error {
	compiler := t.tool().Compiler.Path
	cmd := command(ctx, compiler, t.compileArgs(dir, u), dir, t.compileEnv())
	var complaints bytes.Buffer
	cmd.Stdout, cmd.Stderr = &complaints, &complaints // errors in the source go to stdout
	err := cmd.Run()
	if err == nil {
		return nil
	}
	if ctx.Err() == nil && cmd.ProcessState != nil {
		if e := sourceErrors(u, complaints.String()); e != nil {
			return e
		}
	}
	return failed(ctx, compiler, err, complaints.String())
}

func (t *Toolchain) compileArgs(dir string, u Unit) []string {
	args := []string{
		"-p", u.Path, "-o", exportFile, "-linkobj", objectFile,
		"-importcfg", importsFile, "-symabis", abiFile, "-nolocalimports",
		"-goversion", t.Version(), "-trimpath", u.names(dir),
		"-dynlink",     // variables of other packages through a table that a loader can fill
		"-dwarf=false", // tracebacks do not need it
		"-c=" + strconv.Itoa(min(runtime.GOMAXPROCS(0), 4)),
	}
	if lang := version.Lang(t.Version()); lang != "" {
		args = append(args, "-lang="+lang)
	}
	args = append(args, t.build.compileFlags()...)
	if u.Asm != nil {
		args = append(args, "-asmhdr", asmHeader)
	}
	args = append(append(args, u.Flags...), "--")
	for i := range u.Files {
		args = append(args, sourceFile(i))
	}
	return args
}

// names is the rewriting of file names by which positions in the code have the
// unit's own.
func (u Unit) names(dir string) string {
	var rules []string
	for i, f := range u.Files {
		rules = append(rules, filepath.Join(dir, sourceFile(i))+"=>"+f.Name)
	}
	return strings.Join(append(rules, dir+"=>"), ";")
}

// compileEnv is what the compiler reads of the environment. GOROOT is what it
// writes before the files of the standard library.
func (t *Toolchain) compileEnv() []string {
	env := append(environ(func(string) bool { return false }), t.build.env()...)
	if t.build.trimmed() {
		return append(env, "GOROOT=")
	}
	return append(env, "GOROOT="+t.Root())
}
