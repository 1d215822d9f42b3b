package pkgs

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"go/build"
	"go/parser"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"

	"golang.org/x/mod/module"

	"github.com/sheaf-go/sheaf/interp/internal/cgo"
)

// A CCompiler compiles the C of packages.
type CCompiler struct {
	Tools cgo.Tools
	Kept  string // a folder for what has been compiled; "": nothing is kept
}

// withC reports whether the package has files with C, where cgo is on.
func withC(files fs.FS, dir string) bool {
	return len(cgoFiles(files, dir, attempt{})) > 0
}

func (l *Loader) compilesC() (CCompiler, error) {
	if l.cfg.C == nil {
		return CCompiler{}, errors.New("no C is compiled here")
	}
	return l.cfg.C()
}

// foreign loads a package as the go command takes it with cgo on: its C becomes
// a library, which is opened here.
func (l *Loader) foreign(pkg string, m module.Version, files fs.FS, dir string, with CCompiler) (*Package, error) {
	root, gone, err := l.onDisk(m, files)
	if err != nil {
		return nil, err
	}
	defer gone()
	at := filepath.Join(root, filepath.FromSlash(dir))
	bp, err := diskContext().ImportDir(at, 0)
	if err != nil {
		return nil, fmt.Errorf("package %s: %w", pkg, err)
	}
	if other := slices.Concat(bp.MFiles, bp.FFiles, bp.SwigFiles, bp.SwigCXXFiles); len(other) > 0 {
		return nil, fmt.Errorf("package %s needs more than a C compiler (%s)", pkg, other[0])
	}
	in := cgo.Package{
		Path: pkg, Dir: at, C: bp.CFiles, CXX: bp.CXXFiles, Asm: bp.SFiles,
		CPPFLAGS: bp.CgoCPPFLAGS, CFLAGS: bp.CgoCFLAGS, CXXFLAGS: bp.CgoCXXFLAGS, LDFLAGS: bp.CgoLDFLAGS, PkgConfig: bp.CgoPkgConfig,
	}
	for _, name := range bp.CgoFiles {
		text, err := os.ReadFile(filepath.Join(at, name))
		if err != nil {
			return nil, err
		}
		in.Go = append(in.Go, cgo.File{Name: name, Text: text})
	}
	work, err := os.MkdirTemp("", "sheaf-cgo-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(work)
	built, err := l.build(in, with, work, root, m)
	if err != nil {
		return nil, fmt.Errorf("package %s: %s", pkg, strings.ReplaceAll(err.Error(), root, m.String()))
	}
	p := &Package{Path: pkg, Module: m, Info: newInfo()}
	if err := l.parseForeign(p, dir, in, built); err != nil {
		return nil, err
	}
	if p, err = l.finish(p, files, dir, bp); err != nil {
		return nil, err
	}
	return p, cgo.Open(built.Name, built.Library, true)
}

// diskContext reads packages that lie in folders, cgo on.
func diskContext() *build.Context {
	c := build.Default
	c.GOROOT, c.GOPATH, c.CgoEnabled, c.BuildTags = "", "", true, nil
	c.ReadDir = func(dir string) ([]fs.FileInfo, error) { // with one of ours, the go command is not asked
		list, err := os.ReadDir(dir)
		var out []fs.FileInfo
		for _, e := range list {
			if st, err := os.Stat(filepath.Join(dir, e.Name())); err == nil {
				out = append(out, st)
			}
		}
		return out, err
	}
	return &c
}

// onDisk is the folder of a module's files, and what to call when it is not
// needed any more.
func (l *Loader) onDisk(m module.Version, files fs.FS) (dir string, gone func(), err error) {
	if dir := l.local[m.Path]; dir != "" {
		return dir, func() {}, nil
	}
	p, err1 := module.EscapePath(m.Path)
	v, err2 := module.EscapeVersion(m.Version)
	if err := errors.Join(err1, err2); err != nil {
		return "", nil, err
	}
	if dir := l.fetch().extracted(p, v); isDir(dir) {
		return dir, func() {}, nil
	}
	if dir, err = os.MkdirTemp("", "sheaf-module-"); err != nil {
		return "", nil, err
	}
	gone = func() { os.RemoveAll(dir) }
	if err = os.CopyFS(dir, files); err != nil {
		gone()
		return "", nil, err
	}
	return dir, gone, nil
}

// parseForeign parses a package's files: that of C's names comes first, as its
// variables are what the others' functions call.
func (l *Loader) parseForeign(p *Package, dir string, in cgo.Package, built *cgo.Built) error {
	parse := func(name string, text []byte) error {
		f, err := parser.ParseFile(l.cfg.Fset, path.Join(p.Module.String(), dir, name), text, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			return fmt.Errorf("package %s: %w", p.Path, err)
		}
		p.Files = append(p.Files, f)
		return nil
	}
	if err := parse(cgo.TypesFile, built.Types); err != nil {
		return err
	}
	for i, f := range built.Go {
		// Behind the head of the file stands a line that names it.
		_, text, ok := bytes.Cut(f.Text, []byte(f.Name+":1:1\n"))
		if !ok {
			return fmt.Errorf("package %s: cgo has written %s in another form than that of %s", p.Path, f.Name, runtime.Version())
		}
		if err := parse(f.Name, append([]byte("//line "+f.Name+":1:1\n"), text...)); err != nil {
			return err
		}
		l.sources.Store(path.Join(p.Module.String(), dir, f.Name), string(in.Go[i].Text))
	}
	return nil
}

// unusedC is how long a library stays that nobody opens.
const unusedC = 60 * 24 * time.Hour

// build builds a package's C, or finds it as it was built before.
func (l *Loader) build(in cgo.Package, with CCompiler, work, root string, m module.Version) (*cgo.Built, error) {
	ctx := l.cfg.Context()
	if with.Kept == "" || l.local[m.Path] != "" { // files in a folder change
		return cgo.Build(ctx, with.Tools, in, work)
	}
	key, err := keyOf(in, with.Tools, root, m)
	if err != nil {
		return nil, err
	}
	kept := filepath.Join(with.Kept, key)
	if b, err := readBuilt(kept, in); err == nil {
		now := time.Now()
		_ = os.Chtimes(kept, now, now)
		return b, nil
	}
	b, err := cgo.Build(ctx, with.Tools, in, work)
	if err == nil {
		keep(with.Kept, kept, b)
	}
	return b, err
}

// keyOf is another one for other sources, flags or compilers. Headers outside of
// the module count for nothing, as with the go command.
func keyOf(in cgo.Package, t cgo.Tools, root string, m module.Version) (string, error) {
	h := sha256.New()
	version, err := exec.Command(t.CC[0], "--version").Output()
	if err != nil {
		return "", fmt.Errorf("%s --version: %w", t.CC[0], err)
	}
	fmt.Fprintf(h, "1 %s %s %q %q %s\n", m, runtime.Version(), t.CC, t.CXX, version)
	for _, flags := range [][]string{in.CPPFLAGS, in.CFLAGS, in.CXXFLAGS, in.LDFLAGS} {
		fmt.Fprintf(h, "%s\n", strings.ReplaceAll(fmt.Sprintf("%q", flags), root, ""))
	}
	fmt.Fprintf(h, "%s %q %q\n", in.Path, in.PkgConfig, os.Getenv("PKG_CONFIG_PATH"))
	list, err := os.ReadDir(in.Dir)
	if err != nil {
		return "", err
	}
	for _, e := range list {
		if !e.Type().IsRegular() {
			continue
		}
		f, err := os.Open(filepath.Join(in.Dir, e.Name()))
		if err != nil {
			return "", err
		}
		fmt.Fprintf(h, "%q\n", e.Name())
		_, err = io.Copy(h, f)
		f.Close()
		if err != nil {
			return "", err
		}
	}
	return fmt.Sprintf("%x", h.Sum(nil)[:16]), nil
}

// Names of files in a folder of what has been built.
const (
	nameFile    = "name"
	libraryFile = "library.so"
)

func readBuilt(dir string, in cgo.Package) (*cgo.Built, error) {
	name, err1 := os.ReadFile(filepath.Join(dir, nameFile))
	types, err2 := os.ReadFile(filepath.Join(dir, cgo.TypesFile))
	b := &cgo.Built{Name: string(name), Types: types, Library: filepath.Join(dir, libraryFile)}
	_, err3 := os.Stat(b.Library)
	err := errors.Join(err1, err2, err3)
	for _, f := range in.Go {
		text, err1 := os.ReadFile(filepath.Join(dir, f.Name))
		err = errors.Join(err, err1)
		b.Go = append(b.Go, cgo.File{Name: f.Name, Text: text})
	}
	return b, err
}

// keep puts what was built into its folder, whole or not at all, and drops what
// is old. What cannot be kept is built again.
func keep(all, dir string, b *cgo.Built) {
	if os.MkdirAll(all, 0o777) != nil {
		return
	}
	if list, err := os.ReadDir(all); err == nil {
		for _, e := range list {
			if st, err := e.Info(); err == nil && time.Since(st.ModTime()) > unusedC {
				os.RemoveAll(filepath.Join(all, e.Name()))
			}
		}
	}
	tmp, err := os.MkdirTemp(all, "new-")
	if err != nil {
		return
	}
	defer os.RemoveAll(tmp)
	library, err := os.ReadFile(b.Library)
	write := func(name string, data []byte) {
		err = errors.Join(err, os.WriteFile(filepath.Join(tmp, name), data, 0o666))
	}
	write(nameFile, []byte(b.Name))
	write(cgo.TypesFile, b.Types)
	write(libraryFile, library)
	for _, f := range b.Go {
		write(f.Name, f.Text)
	}
	if err == nil {
		_ = os.Rename(tmp, dir)
	}
}
