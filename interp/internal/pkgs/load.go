package pkgs

import (
	"context"
	"errors"
	"fmt"
	"go/ast"
	"go/build"
	"go/parser"
	"go/token"
	"go/types"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"
	"sync"

	"golang.org/x/mod/module"
)

// Config says what a Loader works with; all of it is required.
type Config struct {
	Env      func() Env // asked when it is first needed
	Fset     *token.FileSet
	Sizes    types.Sizes
	Compiled func(path string) bool // packages that need not be interpreted
	Importer types.Importer         // of those
	Context  func() context.Context // ends downloads

	// Linked reports functions of this program that others can be linked to, by
	// the linker's names; nil: there are none.
	Linked func(name string) bool

	// LinkedVar reports variables of this program, by the linker's names; nil:
	// there are none.
	LinkedVar func(name string, size int64) bool

	// C finds what compiles C; its error says what is missing.
	C func() (CCompiler, error)

	// Assembles reports whether assembler can be used here; nil: it cannot.
	// Assemble has that of a package made ready.
	Assembles func() bool
	Assemble  func(context.Context, *Package) error
}

// A Loader holds the modules and packages of a session. It is safe for
// concurrent use.
type Loader struct {
	cfg   Config
	fetch func() *fetcher

	mu       sync.Mutex
	roots    []module.Version          // that were asked for
	versions map[string]string         // the selected version of each module
	files    map[module.Version]fs.FS  // of modules that were looked into
	packages map[string]*Package       // loaded ones
	failed   map[string]error          // in this call
	loading  []string                  // import path on import path
	listed   map[module.Version][]Path // packages of the roots
	local    map[string]string         // folders that modules are taken from, by path

	done    sync.Map // path → *Package: packages, without the lock
	sources sync.Map // file name → text
}

// A Package is one that was type-checked from source.
type Package struct {
	Path    string
	Module  module.Version
	Types   *types.Package
	Info    *types.Info
	Files   []*ast.File
	Inits   []string // its init functions as they are called in Types, in order
	Embeds  []Embed
	Imports []string          // interpreted packages that it imports, in order
	Links   map[string]string // functions without bodies, and variables → the linker's names of what they are
	Tags    []string          // build tags that it took to do without assembler
	Alone   error             // why these tags: what is not to be had here; nil: it is as the go command takes it
	Asm     *Assembler        // what functions without bodies are in; nil: all have bodies, or are linked
}

// New makes a Loader without modules.
func New(cfg Config) *Loader {
	fetch := sync.OnceValue(func() *fetcher {
		f := &fetcher{env: cfg.Env(), context: cfg.Context, mods: map[module.Version][]byte{}}
		f.sums = newSums(f.env, f)
		return f
	})
	return &Loader{
		cfg: cfg, fetch: fetch, versions: map[string]string{}, files: map[module.Version]fs.FS{},
		packages: map[string]*Package{}, failed: map[string]error{}, listed: map[module.Version][]Path{},
	}
}

// Loaded finds a package that has been loaded; nil: it has not.
func (l *Loader) Loaded(path string) *Package {
	if p, ok := l.done.Load(path); ok {
		return p.(*Package)
	}
	return nil
}

// Source is the text of a file of a loaded package, by the name that positions
// have.
func (l *Loader) Source(name string) (string, bool) {
	if s, ok := l.sources.Load(name); ok {
		return s.(string), true
	}
	return "", false
}

// Import gives a package's types; those of a package that no module of the
// session has are errNotFound.
func (l *Loader) Import(path string) (*types.Package, error) {
	if p := l.Loaded(path); p != nil {
		return p.Types, nil
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	clear(l.failed)
	p, err := l.load(path)
	if err != nil {
		return nil, err
	}
	return p.Types, nil
}

// load loads a package and what it imports.
func (l *Loader) load(path string) (*Package, error) {
	if p := l.packages[path]; p != nil {
		return p, nil
	}
	if err := l.failed[path]; err != nil {
		return nil, err
	}
	if slices.Contains(l.loading, path) {
		return nil, fmt.Errorf("import cycle: %s", strings.Join(append(l.loading, path), " imports "))
	}
	l.loading = append(l.loading, path)
	defer func() { l.loading = l.loading[:len(l.loading)-1] }()
	p, err := l.loadNew(path)
	if err != nil {
		l.failed[path] = err
		return nil, err
	}
	l.packages[path] = p
	l.done.Store(path, p)
	return p, nil
}

// An attempt is a way to read a package's build constraints.
type attempt struct {
	tags []string
	arch string // "": this machine's
}

// attempts are tried in turn, until one needs nothing that is not to be had here
// (assembler, cgo), nor another package that does: most packages have a tag, and
// some a processor, for which they are Go alone.
var attempts = []attempt{
	{},
	{tags: []string{"purego", "noasm"}},
	{tags: []string{"purego", "noasm", "nosimd", "generic", "appengine", "safe"}},
	{tags: []string{"purego", "noasm", "nosimd", "generic", "appengine", "safe"}, arch: "wasm"},
}

func (l *Loader) loadNew(pkg string) (*Package, error) {
	m, files, dir, err := l.find(pkg)
	if err != nil {
		return nil, err
	}
	var noC error
	if withC(files, dir) {
		var with CCompiler
		if with, noC = l.compilesC(); noC == nil {
			return l.foreign(pkg, m, files, dir, with)
		}
	}
	var first error
	for _, a := range attempts {
		p, err := l.attempt(pkg, m, files, dir, a)
		if err == nil {
			p.Alone = first
			return p, nil
		}
		if first == nil {
			first = err
		}
		if l.cfg.Context().Err() != nil {
			break
		}
	}
	if noC != nil {
		first = fmt.Errorf("package %s needs cgo (%s): %w; without it: %w", pkg, cgoFiles(files, dir, attempt{})[0], noC, first)
	}
	return nil, first
}

// find finds the module of a package among the selected ones, and the
// package's folder in it.
func (l *Loader) find(pkg string) (m module.Version, files fs.FS, dir string, err error) {
	for _, prefix := range prefixes(pkg) {
		v, ok := l.versions[prefix]
		if !ok {
			continue
		}
		m := module.Version{Path: prefix, Version: v}
		files, err := l.open(m)
		if err != nil {
			return m, nil, "", fmt.Errorf("%s: %w", m, err)
		}
		if dir := within(prefix, pkg); hasGo(files, dir) {
			return m, files, dir, nil
		}
	}
	return m, nil, "", fmt.Errorf("package %s: %w in the modules that are loaded", pkg, errNotFound)
}

// within is the folder of a package in its module.
func within(mod, pkg string) string {
	if dir := strings.TrimPrefix(pkg[len(mod):], "/"); dir != "" {
		return dir
	}
	return "."
}

func hasGo(files fs.FS, dir string) bool {
	list, _ := fs.ReadDir(files, dir)
	return slices.ContainsFunc(list, func(e fs.DirEntry) bool { return isSource(e.Name()) && !e.IsDir() })
}

func isSource(name string) bool {
	return strings.HasSuffix(name, ".go") && !strings.HasSuffix(name, "_test.go") && name[0] != '_' && name[0] != '.'
}

// open opens the files of a module, once.
func (l *Loader) open(m module.Version) (fs.FS, error) {
	if f := l.files[m]; f != nil {
		return f, nil
	}
	f, err := l.fetch().source(m)
	if err == nil {
		l.files[m] = f
	}
	return f, err
}

// attempt loads a package in one way.
func (l *Loader) attempt(pkg string, m module.Version, files fs.FS, dir string, a attempt) (*Package, error) {
	ctxt := buildContext(files, a)
	bp, err := ctxt.ImportDir("/"+dir, 0)
	if err != nil {
		return nil, noFiles(pkg, err)
	}
	p := &Package{Path: pkg, Module: m, Info: newInfo(), Tags: a.tags}
	if l.cfg.Assembles != nil && len(bp.SFiles) > 0 && a.arch == "" {
		p.Asm = &Assembler{Dir: dir, Files: bp.SFiles}
	}
	return l.finish(p, files, dir, bp)
}

// finish parses the Go files of a package, loads what it imports and checks it.
func (l *Loader) finish(p *Package, files fs.FS, dir string, bp *build.Package) (*Package, error) {
	if err := l.parse(p, files, dir, bp.GoFiles); err != nil {
		return nil, err
	}
	if err := l.bodyless(p); err != nil {
		return nil, err
	}
	var err error
	if p.Embeds, err = embeds(p, files, dir); err != nil {
		return nil, err
	}
	if err := l.imports(p, bp); err != nil {
		return nil, err
	}
	p.renameInits()
	var errs []types.Error
	conf := types.Config{
		Importer: importerFunc(l.typesOf), Sizes: l.cfg.Sizes,
		Error: func(err error) {
			if e, ok := err.(types.Error); ok {
				errs = append(errs, e)
			}
		},
	}
	p.Types, err = conf.Check(p.Path, l.cfg.Fset, p.Files, p.Info)
	if err != nil {
		return nil, l.typeError(p.Path, errs, err)
	}
	if err := l.linked(p); err != nil {
		return nil, err
	}
	if p.Asm != nil {
		return p, l.assembled(p, files)
	}
	return p, nil
}

func (l *Loader) parse(p *Package, files fs.FS, dir string, names []string) error {
	for _, name := range names {
		src, err := fs.ReadFile(files, path.Join(dir, name))
		if err != nil {
			return err
		}
		at := path.Join(p.Module.String(), dir, name)
		f, err := parser.ParseFile(l.cfg.Fset, at, src, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			return fmt.Errorf("package %s: %w", p.Path, err)
		}
		p.Files = append(p.Files, f)
		l.sources.Store(at, string(src))
	}
	return nil
}

// imports loads what the package imports.
func (l *Loader) imports(p *Package, bp *build.Package) error {
	for _, i := range bp.Imports {
		if i == "C" || i == "unsafe" || l.cfg.Compiled(i) {
			continue
		}
		if err := internal(p.Path, i); err != nil {
			return err
		}
		if _, err := l.load(i); err != nil {
			if elem, _, _ := strings.Cut(i, "/"); errors.Is(err, errNotFound) && !strings.Contains(elem, ".") {
				err = fmt.Errorf("package %s belongs to the Go release and is not importable in a session", i)
			}
			return fmt.Errorf("package %s imports %s: %w", p.Path, i, err)
		}
		p.Imports = append(p.Imports, i)
	}
	return nil
}

// internal refuses the import of a package below a folder internal from
// outside of the folder around it.
func internal(from, pkg string) error {
	i := strings.LastIndex("/"+pkg+"/", "/internal/")
	if i < 0 {
		return nil
	}
	if root := strings.TrimSuffix(pkg[:i], "/"); from == root || strings.HasPrefix(from, root+"/") {
		return nil
	}
	return fmt.Errorf("use of internal package %s not allowed", pkg)
}

// Internal refuses what a cell cannot import because it is internal to its
// module.
func Internal(pkg string) error { return internal("", pkg) }

// typesOf gives the types of an imported package, which has been loaded.
func (l *Loader) typesOf(path string) (*types.Package, error) {
	if p := l.packages[path]; p != nil && !l.cfg.Compiled(path) {
		return p.Types, nil
	}
	return l.cfg.Importer.Import(path)
}

type importerFunc func(string) (*types.Package, error)

// Import implements types.Importer.
func (f importerFunc) Import(path string) (*types.Package, error) { return f(path) }

// renameInits gives each init function a name of its own, as the engine calls
// functions by name. The mark is the one that names of a session have before
// their version.
func (p *Package) renameInits() {
	for _, f := range p.Files {
		for _, d := range f.Decls {
			if fd, ok := d.(*ast.FuncDecl); ok && fd.Recv == nil && fd.Name.Name == "init" {
				fd.Name.Name = fmt.Sprintf("initꞏ%d", len(p.Inits)+1)
				p.Inits = append(p.Inits, fd.Name.Name)
			}
		}
	}
}

func newInfo() *types.Info {
	return &types.Info{
		Types: map[ast.Expr]types.TypeAndValue{}, Defs: map[*ast.Ident]types.Object{},
		Uses: map[*ast.Ident]types.Object{}, Selections: map[*ast.SelectorExpr]*types.Selection{},
		Instances: map[*ast.Ident]types.Instance{}, Implicits: map[ast.Node]types.Object{},
		Scopes: map[ast.Node]*types.Scope{},
	}
}

// Order lists the loaded packages that the given ones are and import, as Go
// initialises them: of those whose imports are all initialised, the first in
// the order of their paths.
func (l *Loader) Order(paths []string) []*Package {
	reached := map[string]*Package{}
	var reach func(path string)
	reach = func(path string) {
		if p := l.Loaded(path); p != nil && reached[path] == nil {
			reached[path] = p
			for _, i := range p.Imports {
				reach(i)
			}
		}
	}
	for _, p := range paths {
		reach(p)
	}
	todo := sorted(maps.Clone(reached))
	var out []*Package
	done := map[string]bool{}
	for len(todo) > 0 {
		i := slices.IndexFunc(todo, func(path string) bool {
			return !slices.ContainsFunc(reached[path].Imports, func(dep string) bool { return !done[dep] })
		})
		out = append(out, reached[todo[i]])
		done[todo[i]] = true
		todo = slices.Delete(todo, i, i+1)
	}
	return out
}
