package pkgs

import (
	"fmt"
	"go/version"
	"sort"
	"strings"

	"golang.org/x/mod/modfile"
	"golang.org/x/mod/module"
	"golang.org/x/mod/semver"
)

// selectVersions is minimal version selection: of every module that the roots
// need, directly or not, the highest version that any of them asks for. As in
// the go command, the go.mod file of a root that says go 1.17 or later is taken
// to list all that it needs; for older ones the files are followed.
func (f *fetcher) selectVersions(roots []module.Version) (map[string]string, error) {
	chosen := map[string]string{}
	take := func(m module.Version) {
		if old, ok := chosen[m.Path]; !ok || semver.Compare(m.Version, old) > 0 {
			chosen[m.Path] = m.Version
		}
	}
	seen := map[module.Version]bool{}
	var follow func(m module.Version, root bool) error
	follow = func(m module.Version, root bool) error {
		take(m)
		if seen[m] {
			return nil
		}
		seen[m] = true
		mod, err := f.goMod(m)
		if err != nil {
			if root {
				return fmt.Errorf("%s: go.mod: %w", m, err)
			}
			return nil // old requirements of requirements are often not to be had any more, nor needed
		}
		for _, r := range mod.Require {
			take(r.Mod)
		}
		if pruned(mod) {
			return nil
		}
		for _, r := range mod.Require {
			if err := follow(r.Mod, false); err != nil {
				return err
			}
		}
		return nil
	}
	for _, r := range roots {
		if err := follow(r, true); err != nil {
			return nil, err
		}
	}
	return chosen, nil
}

// pruned reports whether a go.mod file lists all modules that its packages
// need.
func pruned(mod *modfile.File) bool {
	return mod.Go != nil && version.Compare("go"+mod.Go.Version, "go1.17") >= 0
}

// prefixes are the paths that a module with the package may have, the longest
// first.
func prefixes(path string) []string {
	var out []string
	for p := path; ; {
		out = append(out, p)
		i := strings.LastIndexByte(p, '/')
		if i < 0 {
			return out
		}
		p = p[:i]
	}
}

func sorted[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	return keys
}
