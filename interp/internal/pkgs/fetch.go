package pkgs

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"golang.org/x/mod/module"
)

// errNotFound is that no proxy has a file.
var errNotFound = errors.New("not found")

// A fetcher reads files of modules from the cache, or else from the proxies.
type fetcher struct {
	env     Env
	context func() context.Context
	sums    *sums
	mods    map[module.Version][]byte
}

// maxFile bounds what is read from a proxy; the go command takes no larger
// module.
const maxFile = 500 << 20

var client = &http.Client{Timeout: 5 * time.Minute}

// download is the cache's path of a file of a module.
func (f *fetcher) download(escaped, file string) string {
	return filepath.Join(f.env.ModCache, "cache", "download", filepath.FromSlash(escaped), filepath.FromSlash(file))
}

// cached reads a file from the cache.
func (f *fetcher) cached(escaped, file string) ([]byte, error) {
	return os.ReadFile(f.download(escaped, file))
}

// store puts a file into the cache.
func (f *fetcher) store(escaped, file string, data []byte) error {
	return writeFile(f.download(escaped, file), data)
}

// writeFile writes all of a file or nothing.
func writeFile(name string, data []byte) error {
	if err := os.MkdirAll(filepath.Dir(name), 0o777); err != nil {
		return err
	}
	tmp, err := os.CreateTemp(filepath.Dir(name), filepath.Base(name)+".*.tmp")
	if err != nil {
		return err
	}
	defer os.Remove(tmp.Name())
	_, err = tmp.Write(data)
	if err = errors.Join(err, tmp.Chmod(0o644), tmp.Close()); err != nil {
		return err
	}
	return os.Rename(tmp.Name(), name)
}

// remote reads a file of a module from the proxies in turn, as GOPROXY says:
// behind a comma stands who is asked when a proxy does not have it, behind a
// bar who is asked when it fails.
func (f *fetcher) remote(path, file string) ([]byte, error) {
	escaped, err := module.EscapePath(path)
	if err != nil {
		return nil, err
	}
	if module.MatchPrefixPatterns(f.env.NoProxy, path) {
		return nil, errors.New("GONOPROXY has it come from its repository, which only the go command reads (go mod download brings it into the module cache)")
	}
	if f.env.Proxy == "" {
		return nil, errors.New("it is not in the module cache, and GOPROXY names no proxy to ask")
	}
	rest := f.env.Proxy
	last := errNotFound
	for rest != "" {
		proxy, sep := rest, byte(0)
		if i := strings.IndexAny(rest, ",|"); i >= 0 {
			proxy, sep, rest = rest[:i], rest[i], rest[i+1:]
		} else {
			rest = ""
		}
		switch proxy = strings.TrimSpace(proxy); proxy {
		case "":
			continue
		case "off":
			return nil, errors.New("it is not in the module cache, and GOPROXY=off forbids to ask for it")
		case "direct":
			if errors.Is(last, errNotFound) {
				return nil, last
			}
			return nil, fmt.Errorf("%w (its repository is read by the go command only)", last)
		}
		data, err := f.get(strings.TrimSuffix(proxy, "/") + "/" + escaped + "/" + file)
		if err == nil || !errors.Is(err, errNotFound) && sep != '|' {
			return data, err
		}
		last = err
	}
	return nil, last
}

// get reads a file of a proxy, by HTTP or from a folder.
func (f *fetcher) get(addr string) ([]byte, error) {
	u, err := url.Parse(addr)
	if err != nil {
		return nil, err
	}
	if u.Scheme == "file" {
		data, err := os.ReadFile(filepath.FromSlash(u.Path))
		if errors.Is(err, fs.ErrNotExist) {
			return nil, errNotFound
		}
		return data, err
	}
	if u.Scheme != "https" && u.Scheme != "http" {
		return nil, fmt.Errorf("GOPROXY: %q is no address of a proxy", addr)
	}
	req, err := http.NewRequestWithContext(f.context(), http.MethodGet, addr, nil)
	if err != nil {
		return nil, err
	}
	resp, err := client.Do(req)
	if err != nil {
		var ue *url.Error
		if errors.As(err, &ue) { // without the address, which may carry a password
			err = ue.Err
		}
		return nil, fmt.Errorf("the proxy %s cannot be reached: %w", u.Host, err)
	}
	defer resp.Body.Close()
	data, err := io.ReadAll(io.LimitReader(resp.Body, maxFile+1))
	switch {
	case resp.StatusCode == http.StatusNotFound || resp.StatusCode == http.StatusGone:
		return nil, errNotFound
	case resp.StatusCode != http.StatusOK:
		return nil, &refusal{u.Host, resp.Status}
	case err != nil:
		return nil, err
	case len(data) > maxFile:
		return nil, fmt.Errorf("%s is larger than %d MB", u.Path, maxFile>>20)
	}
	return data, nil
}

// A refusal is a proxy's answer that is neither a file nor that it has none.
type refusal struct{ host, status string }

// Error implements error.
func (r *refusal) Error() string { return fmt.Sprintf("the proxy %s answered %s", r.host, r.status) }
