package pkgs

import (
	"errors"
	"fmt"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"

	"golang.org/x/mod/module"
)

// Require makes the module that has a package part of the session, in the
// version that the query means ("": what is here), and loads the package. The
// result is nil for the path of a module that is no package itself.
func (l *Loader) Require(pkg, query string) (*Package, module.Version, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	clear(l.failed)
	if err := module.CheckImportPath(pkg); err != nil {
		return nil, module.Version{}, err
	}
	if m, ok := l.has(pkg); ok {
		return l.again(pkg, query, m)
	}
	m, err := l.locate(pkg, query)
	if err != nil {
		return nil, m, err
	}
	p, err := l.addRoot(pkg, m, l.attempted())
	return p, m, err
}

// addRoot makes a module part of the session and loads its package pkg.
func (l *Loader) addRoot(pkg string, m module.Version, undo func()) (*Package, error) {
	l.roots = append(slices.Clip(l.roots), m)
	if err := l.selectAgain(); err != nil {
		undo()
		return nil, err
	}
	p, err := l.rootPackage(pkg, m)
	if err != nil {
		undo()
	}
	return p, err
}

// attempted remembers what the loader has; the result takes it back to that.
func (l *Loader) attempted() (undo func()) {
	roots, versions, packages, local := l.roots, l.versions, maps.Clone(l.packages), l.local
	return func() {
		for path := range l.packages {
			if packages[path] == nil {
				l.done.Delete(path)
			}
		}
		l.roots, l.versions, l.packages, l.local = roots, versions, packages, local
	}
}

// has finds the module of the session that a package belongs to.
func (l *Loader) has(pkg string) (module.Version, bool) {
	for _, prefix := range prefixes(pkg) {
		for _, r := range l.roots {
			if r.Path == prefix {
				m := module.Version{Path: prefix, Version: l.versions[prefix]}
				if files, err := l.open(m); err == nil && (prefix == pkg || hasGo(files, within(prefix, pkg))) {
					return m, true
				}
			}
		}
	}
	if p := l.packages[pkg]; p != nil {
		return p.Module, true
	}
	return module.Version{}, false
}

// again answers a second request for a module: the same version, or none.
func (l *Loader) again(pkg, query string, m module.Version) (*Package, module.Version, error) {
	if query != "" {
		v, err := l.fetch().version(m.Path, query)
		if err != nil {
			return nil, m, err
		}
		if v != m.Version {
			return nil, m, fmt.Errorf("%s is loaded already, and a session holds one version of a module; restart it for %s", m, v)
		}
	}
	p, err := l.rootPackage(pkg, m)
	if err == nil && !slices.Contains(l.roots, m) {
		l.roots = append(l.roots, m)
	}
	return p, m, err
}

// rootPackage loads a package that was asked for by name.
func (l *Loader) rootPackage(pkg string, m module.Version) (*Package, error) {
	files, err := l.open(m)
	if err != nil {
		return nil, err
	}
	if pkg == m.Path && !hasGo(files, ".") || l.cfg.Compiled(pkg) {
		return nil, nil
	}
	if err := Internal(pkg); err != nil {
		return nil, err
	}
	p, err := l.load(pkg)
	if err == nil && p.Types.Name() == "main" {
		return nil, fmt.Errorf("package %s is a program, not a library", pkg)
	}
	return p, err
}

// locate finds the module that has a package: the one of the longest path.
func (l *Loader) locate(pkg, query string) (module.Version, error) {
	var failed error
	for _, prefix := range prefixes(pkg) {
		if module.CheckPath(prefix) != nil {
			continue
		}
		v, err := l.fetch().version(prefix, query)
		if err != nil {
			if failed == nil || errors.Is(failed, errNotFound) && !errors.Is(err, errNotFound) {
				failed = err
			}
			continue
		}
		m := module.Version{Path: prefix, Version: v}
		files, err := l.open(m)
		if err != nil {
			return m, fmt.Errorf("%s: %w", m, err)
		}
		if prefix == pkg || hasGo(files, within(prefix, pkg)) {
			return m, nil
		}
	}
	what := pkg
	if query != "" {
		what += "@" + query
	}
	switch {
	case failed == nil:
		return module.Version{}, fmt.Errorf("%q is no path of a module: the first part of one has a dot, as in example.org/name", pkg)
	case errors.Is(failed, errNotFound):
		return module.Version{}, fmt.Errorf("no module has %s: %w", what, failed)
	}
	return module.Version{}, fmt.Errorf("%s: %w", what, failed)
}

// selectAgain selects the versions of all modules for the roots. A module that
// has packages in the session keeps its version.
func (l *Loader) selectAgain() error {
	versions, err := l.fetch().selectVersions(l.roots)
	if err != nil {
		return err
	}
	for path := range l.local {
		versions[path] = localVersion
	}
	for _, p := range l.packages {
		if v, ok := versions[p.Module.Path]; ok && v != p.Module.Version {
			last := l.roots[len(l.roots)-1]
			return fmt.Errorf("%s needs %s %s, but %s is loaded already; restart the session, and ask for %s first", last, p.Module.Path, v, p.Module.Version, last.Path)
		}
		versions[p.Module.Path] = p.Module.Version
	}
	l.versions = versions
	return nil
}

// A Path is an importable package of a module.
type Path struct{ Path, Name string }

// Paths lists the packages that cells can import of the modules that were
// asked for.
func (l *Loader) Paths() []Path {
	l.mu.Lock()
	defer l.mu.Unlock()
	var out []Path
	for _, r := range l.roots {
		m := module.Version{Path: r.Path, Version: l.versions[r.Path]}
		if l.listed[m] == nil {
			l.listed[m] = l.list(m)
		}
		out = append(out, l.listed[m]...)
	}
	return out
}

func (l *Loader) list(m module.Version) []Path {
	list := []Path{}
	files, err := l.open(m)
	if err != nil {
		return list
	}
	_ = fs.WalkDir(files, ".", func(dir string, d fs.DirEntry, err error) error {
		if err != nil || !d.IsDir() {
			return nil
		}
		switch base := path.Base(dir); {
		case dir == ".":
		case base == "internal", base == "testdata", base == "vendor", base[0] == '_', base[0] == '.':
			return fs.SkipDir
		}
		if pkg := path.Join(m.Path, dir); !l.cfg.Compiled(pkg) {
			if name := packageName(files, dir); name != "" && name != "main" {
				list = append(list, Path{pkg, name})
			}
		}
		return nil
	})
	return list
}

// packageName is the name in the package clauses of a folder, "" if it has no
// Go.
func packageName(files fs.FS, dir string) string {
	list, _ := fs.ReadDir(files, dir)
	name := ""
	ctxt := buildContext(files, attempt{})
	for _, e := range list {
		if !isSource(e.Name()) {
			continue
		}
		src, err := fs.ReadFile(files, path.Join(dir, e.Name()))
		if err != nil {
			continue
		}
		f, err := parser.ParseFile(token.NewFileSet(), e.Name(), src, parser.PackageClauseOnly)
		if err != nil {
			continue
		}
		name = f.Name.Name
		if ok, err := ctxt.MatchFile("/"+dir, e.Name()); err == nil && ok {
			break
		}
	}
	return name
}

// Name is the name in the package clause of a package that the session's
// modules have.
func (l *Loader) Name(pkg string) (string, bool) {
	if p := l.Loaded(pkg); p != nil {
		return p.Types.Name(), true
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if elem, _, _ := strings.Cut(pkg, "/"); !strings.Contains(elem, ".") && len(l.local) == 0 {
		return "", false
	}
	for _, prefix := range prefixes(pkg) {
		if v, ok := l.versions[prefix]; ok {
			files, err := l.open(module.Version{Path: prefix, Version: v})
			if err != nil {
				return "", false
			}
			if name := packageName(files, within(prefix, pkg)); name != "" {
				return name, true
			}
		}
	}
	return "", false
}

// A Listing is a module of the session with the packages of it that are
// loaded.
type Listing struct {
	Module   module.Version
	Asked    bool // for by name
	Packages []*Package
}

// List lists the modules that were asked for, or whose packages are loaded.
func (l *Loader) List() []Listing {
	l.mu.Lock()
	defer l.mu.Unlock()
	byPath := map[string]*Listing{}
	of := func(m module.Version) *Listing {
		if byPath[m.Path] == nil {
			byPath[m.Path] = &Listing{Module: m}
		}
		return byPath[m.Path]
	}
	for _, r := range l.roots {
		of(module.Version{Path: r.Path, Version: l.versions[r.Path]}).Asked = true
	}
	for _, path := range sorted(l.packages) {
		p := l.packages[path]
		li := of(p.Module)
		li.Packages = append(li.Packages, p)
	}
	var out []Listing
	for _, path := range sorted(byPath) {
		out = append(out, *byPath[path])
	}
	return out
}
