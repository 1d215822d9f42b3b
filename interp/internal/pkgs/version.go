package pkgs

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/mod/module"
	"golang.org/x/mod/semver"
)

// version finds the version of a module that a query means: an exact one,
// "v1" or "v1.2" for the newest of those, "latest", a name of a branch or a
// commit, or "" for the newest in the cache, or else the latest.
func (f *fetcher) version(path, query string) (string, error) {
	switch {
	case query == "":
		if v := newest(f.inCache(path), ""); v != "" {
			return v, nil
		}
		return f.latest(path)
	case query == "latest":
		v, err := f.latest(path)
		if err != nil && !errors.Is(err, errNotFound) {
			if v := newest(f.inCache(path), ""); v != "" { // without a network, what is here is the latest
				return v, nil
			}
		}
		return v, err
	case semver.IsValid(query) && module.CanonicalVersion(query) == query:
		return f.exact(path, query)
	case semver.IsValid(query):
		list, err := f.list(path)
		if err != nil {
			return "", err
		}
		if v := newest(list, query+"."); v != "" {
			return v, nil
		}
		return "", fmt.Errorf("%w: no version begins with %s", errNotFound, query)
	}
	return f.info(path, query)
}

// exact is the version itself, if the cache or a proxy has it.
func (f *fetcher) exact(path, version string) (string, error) {
	for _, v := range []string{version, version + "+incompatible"} {
		if f.has(module.Version{Path: path, Version: v}) {
			return v, nil
		}
	}
	return f.info(path, version)
}

// has reports whether the cache has the source of a module.
func (f *fetcher) has(m module.Version) bool {
	p, err1 := module.EscapePath(m.Path)
	v, err2 := module.EscapeVersion(m.Version)
	if err1 != nil || err2 != nil {
		return false
	}
	if _, err := os.Stat(f.download(p, "@v/"+v+".zip")); err == nil {
		return true
	}
	_, err := os.Stat(f.extracted(p, v))
	return err == nil
}

// extracted is the folder of a module in the cache.
func (f *fetcher) extracted(escapedPath, escapedVersion string) string {
	return filepath.Join(f.env.ModCache, filepath.FromSlash(escapedPath)+"@"+escapedVersion)
}

// inCache lists the versions of a module whose source the cache has.
func (f *fetcher) inCache(path string) []string {
	p, err := module.EscapePath(path)
	if err != nil {
		return nil
	}
	var out []string
	zips, _ := filepath.Glob(f.download(p, "@v/*.zip"))
	for _, z := range zips {
		if v, err := module.UnescapeVersion(strings.TrimSuffix(filepath.Base(z), ".zip")); err == nil {
			out = append(out, v)
		}
	}
	return out
}

// newest is the highest version with a prefix, a release if there is one; ""
// if there is none.
func newest(list []string, prefix string) string {
	best := ""
	for _, v := range list {
		if !semver.IsValid(v) || !strings.HasPrefix(v, prefix) {
			continue
		}
		release := semver.Prerelease(v) == ""
		was := best != "" && semver.Prerelease(best) == ""
		if best == "" || release && !was || release == was && semver.Compare(v, best) > 0 {
			best = v
		}
	}
	return best
}

// list asks a proxy for the versions of a module.
func (f *fetcher) list(path string) ([]string, error) {
	data, err := f.remote(path, "@v/list")
	if err != nil {
		return nil, needsExact(err)
	}
	return strings.Fields(string(data)), nil
}

// needsExact says what to do where a proxy does not say which versions there
// are.
func needsExact(err error) error {
	var r *refusal
	if errors.As(err, &r) {
		return fmt.Errorf("%w to the question which versions there are; give an exact version, as in @v1.2.3", err)
	}
	return err
}

// latest asks a proxy for the newest version of a module.
func (f *fetcher) latest(path string) (string, error) {
	list, err := f.list(path)
	if err != nil {
		return "", err
	}
	if v := newest(list, ""); v != "" {
		return v, nil
	}
	data, err := f.remote(path, "@latest")
	if err != nil {
		return "", needsExact(err)
	}
	return parseInfo(data)
}

// info asks a proxy which version a query means.
func (f *fetcher) info(path, query string) (string, error) {
	escaped, err := module.EscapePath(path)
	if err != nil {
		return "", err
	}
	q, err := module.EscapeVersion(query)
	if err != nil {
		return "", fmt.Errorf("%q is no version", query)
	}
	data, err := f.remote(path, "@v/"+q+".info")
	if err != nil {
		return "", err
	}
	v, err := parseInfo(data)
	if err != nil {
		return "", err
	}
	if ev, err := module.EscapeVersion(v); err == nil {
		if err := f.store(escaped, "@v/"+ev+".info", data); err != nil {
			return "", err
		}
	}
	return v, nil
}

func parseInfo(data []byte) (string, error) {
	var info struct{ Version string }
	if err := json.Unmarshal(data, &info); err != nil || !semver.IsValid(info.Version) {
		return "", errors.New("the proxy's answer names no version")
	}
	return info.Version, nil
}
