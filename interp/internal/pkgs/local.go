package pkgs

import (
	"errors"
	"fmt"
	"go/build"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/mod/modfile"
	"golang.org/x/mod/module"
)

// localVersion is the version of a module in a folder, which has none. It is
// less than every version.
const localVersion = "local"

// IsLocal reports what names a folder and not a package: "./x", "../x", "/x".
func IsLocal(arg string) bool { return build.IsLocalImport(arg) || filepath.IsAbs(arg) }

// RequireFolder makes the module in a folder, or around it, part of the session
// and loads the folder's package; the result is nil where the folder is none.
// The module takes the place of all its versions that other modules need. What
// its go.mod replaces by other folders is taken from there.
func (l *Loader) RequireFolder(dir string) (*Package, module.Version, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	clear(l.failed)
	dir, err := filepath.Abs(dir)
	if err != nil {
		return nil, module.Version{}, err
	}
	root, mod, err := moduleAround(dir)
	if err != nil {
		return nil, module.Version{}, err
	}
	m := module.Version{Path: mod.Module.Mod.Path, Version: localVersion}
	if l.cfg.Compiled(m.Path) || m.Path == "main" {
		return nil, m, fmt.Errorf("%s in %s is a path that sheaf has itself; go mod edit -module gives it another", m.Path, root)
	}
	rel, err := filepath.Rel(root, dir)
	if err != nil {
		return nil, m, err
	}
	pkg := path.Join(m.Path, filepath.ToSlash(rel))
	if slices.Contains(l.roots, m) {
		return l.folderAgain(pkg, m, root)
	}
	if v, ok := l.versions[m.Path]; ok && slices.ContainsFunc(l.roots, func(r module.Version) bool { return r.Path == m.Path }) {
		return nil, m, fmt.Errorf("%s %s is loaded already, and a session holds one version of a module; restart it for the one in %s", m.Path, v, root)
	}
	undo := l.attempted()
	l.local = maps.Clone(l.local)
	if l.local == nil {
		l.local = map[string]string{}
	}
	if err := l.addFolder(m, root, mod); err != nil {
		undo()
		return nil, m, err
	}
	p, err := l.addRoot(pkg, m, undo)
	return p, m, err
}

// moduleAround finds the go.mod file of a folder.
func moduleAround(dir string) (root string, mod *modfile.File, err error) {
	if !isDir(dir) {
		return "", nil, fmt.Errorf("%s is no folder", dir)
	}
	for root = dir; ; root = filepath.Dir(root) {
		name := filepath.Join(root, "go.mod")
		data, err := os.ReadFile(name)
		if err == nil {
			mod, err := modfile.Parse(name, data, nil)
			if err == nil && mod.Module == nil {
				err = fmt.Errorf("%s names no module", name)
			}
			return root, mod, err
		}
		if !errors.Is(err, fs.ErrNotExist) {
			return "", nil, err
		}
		if root == filepath.Dir(root) {
			return "", nil, fmt.Errorf("%s has no go.mod, nor has a folder around it; !go mod init example.com/name makes one", dir)
		}
	}
}

// addFolder notes where the files of a module are, and of those that its go.mod
// replaces by folders.
func (l *Loader) addFolder(m module.Version, root string, mod *modfile.File) error {
	data, err := mod.Format()
	if err != nil {
		return err
	}
	l.files[m], l.fetch().mods[m] = os.DirFS(root), data
	l.local[m.Path] = root
	for _, r := range mod.Replace {
		if r.New.Version != "" {
			return fmt.Errorf("%s replaces %s by %s, and only replacements by folders are taken", m.Path, r.Old.Path, r.New)
		}
		dir := r.New.Path
		if !filepath.IsAbs(dir) {
			dir = filepath.Join(root, filepath.FromSlash(dir))
		}
		other, otherMod, err := moduleAround(dir)
		if err != nil {
			return fmt.Errorf("%s replaces %s: %w", m.Path, r.Old.Path, err)
		}
		at := module.Version{Path: r.Old.Path, Version: localVersion}
		data, err := otherMod.Format()
		if err != nil {
			return err
		}
		l.files[at], l.fetch().mods[at] = os.DirFS(other), data
		l.local[r.Old.Path] = other
	}
	return nil
}

// folderAgain answers a second request for a module in a folder: its files are
// what they were, or the session has to be restarted.
func (l *Loader) folderAgain(pkg string, m module.Version, root string) (*Package, module.Version, error) {
	if at := l.local[m.Path]; at != root {
		return nil, m, fmt.Errorf("%s in %s is loaded already; restart the session for the one in %s", m.Path, at, root)
	}
	for _, p := range l.packages {
		dir := l.local[p.Module.Path]
		if dir == "" {
			continue
		}
		texts := map[string]string{} // by path in the module
		if p.Asm != nil {
			texts = maps.Clone(p.Asm.Texts)
		}
		for _, f := range p.Files {
			name := l.cfg.Fset.File(f.Package).Name()
			if was, ok := l.Source(name); ok {
				texts[strings.TrimPrefix(name, p.Module.String()+"/")] = was
			}
		}
		for _, name := range sorted(texts) {
			now, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(name)))
			if err != nil || string(now) != texts[name] {
				return nil, m, fmt.Errorf("%s/%s has changed since it was loaded; restart the session, and run this again, for what it is now", p.Module, name)
			}
		}
	}
	p, err := l.rootPackage(pkg, m)
	return p, m, err
}
