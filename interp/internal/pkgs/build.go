package pkgs

import (
	"errors"
	"fmt"
	"go/ast"
	"go/build"
	"go/token"
	"go/types"
	"io"
	"io/fs"
	"net/url"
	"path"
	"strings"
)

// buildContext reads the packages of a module, cgo off.
func buildContext(files fs.FS, a attempt) *build.Context {
	c := build.Default
	c.GOROOT, c.GOPATH, c.CgoEnabled, c.BuildTags = "", "", false, a.tags
	if a.arch != "" {
		c.GOARCH = a.arch
	}
	rel := func(p string) string {
		if p = strings.TrimPrefix(path.Clean(p), "/"); p == "" {
			return "."
		}
		return p
	}
	c.JoinPath = path.Join
	c.IsAbsPath = path.IsAbs
	c.SplitPathList = func(string) []string { return nil }
	c.HasSubdir = func(string, string) (string, bool) { return "", false }
	c.IsDir = func(p string) bool {
		st, err := fs.Stat(files, rel(p))
		return err == nil && st.IsDir()
	}
	c.OpenFile = func(p string) (io.ReadCloser, error) { return files.Open(rel(p)) }
	c.ReadDir = func(p string) ([]fs.FileInfo, error) {
		list, err := fs.ReadDir(files, rel(p))
		var out []fs.FileInfo
		for _, e := range list {
			if st, err := e.Info(); err == nil {
				out = append(out, st)
			}
		}
		return out, err
	}
	return &c
}

// cgoFiles are the package's files that need cgo.
func cgoFiles(files fs.FS, dir string, a attempt) []string {
	c := buildContext(files, a)
	c.CgoEnabled = true
	bp, err := c.ImportDir("/"+dir, 0)
	if err != nil || bp == nil {
		return nil
	}
	return bp.CgoFiles
}

// noFiles words the error that go/build has with a package.
func noFiles(pkg string, err error) error {
	var none *build.NoGoError
	if !errors.As(err, &none) {
		return fmt.Errorf("package %s: %w", pkg, err)
	}
	return fmt.Errorf("package %s has no files for %s/%s", pkg, build.Default.GOOS, build.Default.GOARCH)
}

// typeError words the first error of the checker.
func (l *Loader) typeError(pkg string, errs []types.Error, err error) error {
	msg := fmt.Sprintf("package %s: %v", pkg, err)
	if len(errs) > 0 {
		msg = fmt.Sprintf("package %s: %s: %s", pkg, l.cfg.Fset.Position(errs[0].Pos), errs[0].Msg)
	}
	return errors.New(msg)
}

// bodyless refuses what is not to be had here: functions whose bodies are in
// assembler, or that are linked to ones that this program does not have.
func (l *Loader) bodyless(p *Package) error {
	asm := p.Asm
	p.Asm = nil
	for _, f := range p.Files {
		linked := linknames(f)
		for _, d := range f.Decls {
			switch d := d.(type) {
			case *ast.FuncDecl:
				if d.Body != nil {
					continue
				}
				if to := linked[d.Name.Name]; to != "" && d.Recv == nil {
					p.link(d.Name.Name, to)
					continue
				}
				if asm == nil || d.Recv != nil || p.Asm == nil && !l.cfg.Assembles() {
					return l.refuse(p, d, "function %s needs assembler, which takes the Go toolchain (sheaf doctor says what is missing)", d.Name.Name)
				}
				p.Asm = asm
				asm.Funcs = append(asm.Funcs, d.Name.Name)
			case *ast.GenDecl:
				if d.Tok != token.VAR {
					continue
				}
				for _, s := range d.Specs {
					v := s.(*ast.ValueSpec)
					for _, id := range v.Names {
						if to := linked[id.Name]; to != "" && v.Values == nil {
							p.link(id.Name, to)
						} else if to != "" {
							return l.refuse(p, d, "variable %s is to be %s (go:linkname) and begins with a value of its own, which only a linker can do", id.Name, to)
						}
					}
				}
			}
		}
	}
	return nil
}

func (p *Package) link(name, to string) {
	if p.Links == nil {
		p.Links = map[string]string{}
	}
	p.Links[name] = to
}

// linked refuses functions and variables that are linked to ones that neither
// this program nor a package that comes as source has.
func (l *Loader) linked(p *Package) error {
	for _, name := range sorted(p.Links) {
		to, obj := p.Links[name], p.Types.Scope().Lookup(name)
		other := l.Object(to)
		switch obj := obj.(type) {
		case *types.Func:
			if _, ok := other.(*types.Func); !ok && (l.cfg.Linked == nil || !l.cfg.Linked(to)) {
				return fmt.Errorf("package %s: %s: function %s is linked to %s (go:linkname), which is not to be found in this program",
					p.Path, l.cfg.Fset.Position(obj.Pos()), name, to)
			}
		case *types.Var:
			size := l.cfg.Sizes.Sizeof(obj.Type())
			if v, ok := other.(*types.Var); ok && l.cfg.Sizes.Sizeof(v.Type()) >= size {
				continue
			}
			if l.cfg.LinkedVar == nil || !l.cfg.LinkedVar(to, size) {
				return fmt.Errorf("package %s: %s: variable %s is linked to %s (go:linkname), and this program has no such variable of %d bytes or more",
					p.Path, l.cfg.Fset.Position(obj.Pos()), name, to, size)
			}
		}
	}
	return nil
}

// Object is what a symbol means of a package that has been loaded; nil: nothing.
func (l *Loader) Object(symbol string) types.Object {
	path, name := SymbolPath(symbol)
	if p := l.Loaded(path); p != nil {
		return p.Types.Scope().Lookup(name)
	}
	return nil
}

// SymbolPath parts a linker's name into the path of its package and its name
// there.
func SymbolPath(symbol string) (path, name string) {
	head := symbol
	if i := strings.IndexAny(head, "[("); i >= 0 {
		head = head[:i]
	}
	slash := strings.LastIndexByte(head, '/') + 1
	dot := strings.IndexByte(head[slash:], '.')
	if dot < 0 {
		return "", symbol
	}
	path, err := url.PathUnescape(symbol[:slash+dot])
	if err != nil {
		return "", symbol
	}
	return path, symbol[slash+dot+1:]
}

func (l *Loader) refuse(p *Package, at ast.Node, format string, args ...any) error {
	return fmt.Errorf("package %s: %s: %s", p.Path, l.cfg.Fset.Position(at.Pos()), fmt.Sprintf(format, args...))
}

// linknames are the go:linkname directives of a file that name what they link
// to.
func linknames(f *ast.File) map[string]string {
	m := map[string]string{}
	for _, g := range f.Comments {
		for _, c := range g.List {
			if words := strings.Fields(c.Text); len(words) == 3 && words[0] == "//go:linkname" {
				m[words[1]] = words[2]
			}
		}
	}
	return m
}
