package pkgs

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"golang.org/x/mod/module"
	"golang.org/x/mod/sumdb"
	"golang.org/x/mod/sumdb/dirhash"
)

// goKey is the key of the checksum database that the go command knows by its
// name alone, without that name.
const goKey = "+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8"

// sums compares what proxies deliver with a checksum database.
type sums struct {
	env    Env
	client func() *sumdb.Client // nil: GOSUMDB=off
	ops    *sumOps
}

func newSums(env Env, f *fetcher) *sums {
	s := &sums{env: env}
	key, addr, _ := strings.Cut(strings.TrimSpace(env.SumDB), " ")
	if key == "" || key == "off" {
		return s
	}
	name, _, full := strings.Cut(key, "+")
	if !full {
		key += goKey
	}
	s.ops = &sumOps{f: f, key: key, name: name, direct: strings.TrimSuffix(addr, "/")}
	s.client = sync.OnceValue(func() *sumdb.Client {
		c := sumdb.NewClient(s.ops)
		c.SetGONOSUMDB(env.NoSumDB)
		return c
	})
	return s
}

// check compares the hash of a file that a proxy gave with the database's.
// The version is that of the module, with "/go.mod" behind it for that file.
func (s *sums) check(m module.Version, suffix, hash string) error {
	switch {
	case module.MatchPrefixPatterns(s.env.NoSumDB, m.Path):
		return nil
	case s.env.SumDB == "":
		return errors.New("GOSUMDB names no checksum database that could say whether it is genuine (GOSUMDB=off does without)")
	case s.client == nil:
		return nil
	}
	lines, err := s.client().Lookup(m.Path, m.Version+suffix)
	if err != nil {
		return fmt.Errorf("the checksum database cannot say whether it is genuine: %w (GONOSUMDB or GOSUMDB=off do without)", err)
	}
	want := m.Path + " " + m.Version + suffix + " "
	for _, l := range lines {
		if h, ok := strings.CutPrefix(l, want); ok {
			if h != hash {
				return fmt.Errorf("checksum mismatch: the proxy sent %s, the checksum database %s has %s", hash, s.ops.name, h)
			}
			return nil
		}
	}
	return fmt.Errorf("the checksum database %s does not list it", s.ops.name)
}

// hashMod is the hash of a go.mod file.
func hashMod(data []byte) (string, error) {
	return dirhash.Hash1([]string{"go.mod"}, func(string) (io.ReadCloser, error) {
		return io.NopCloser(bytes.NewReader(data)), nil
	})
}

// sumOps is the world outside of a sumdb.Client: the same files that the go
// command keeps.
type sumOps struct {
	f                 *fetcher
	key, name, direct string

	mu   sync.Mutex
	base string // where the database is read
}

var _ sumdb.ClientOps = (*sumOps)(nil)

// ReadRemote implements sumdb.ClientOps: a proxy may serve the database.
func (o *sumOps) ReadRemote(path string) ([]byte, error) {
	o.mu.Lock()
	if o.base == "" {
		o.base = o.find()
	}
	base := o.base
	o.mu.Unlock()
	return o.f.get(base + path)
}

// find is the address of the database: below a proxy that serves it, or its
// own.
func (o *sumOps) find() string {
	for _, proxy := range strings.FieldsFunc(o.f.env.Proxy, func(r rune) bool { return r == ',' || r == '|' }) {
		if !strings.HasPrefix(proxy, "http") {
			continue
		}
		at := strings.TrimSuffix(proxy, "/") + "/sumdb/" + o.name
		if _, err := o.f.get(at + "/supported"); err == nil {
			return at
		}
	}
	if o.direct != "" {
		return o.direct
	}
	return "https://" + o.name
}

func (o *sumOps) config(file string) string {
	return filepath.Join(o.f.env.Config, filepath.FromSlash(file))
}

// ReadConfig implements sumdb.ClientOps.
func (o *sumOps) ReadConfig(file string) ([]byte, error) {
	if file == "key" {
		return []byte(o.key), nil
	}
	data, err := os.ReadFile(o.config(file))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	return data, err
}

// WriteConfig implements sumdb.ClientOps.
func (o *sumOps) WriteConfig(file string, old, new []byte) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	name := o.config(file)
	if err := os.MkdirAll(filepath.Dir(name), 0o777); err != nil {
		return err
	}
	now, err := os.ReadFile(name)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if !slices.Equal(now, old) {
		return sumdb.ErrWriteConflict
	}
	return writeFile(name, new)
}

func (o *sumOps) cache(file string) string {
	return filepath.Join(o.f.env.ModCache, "cache", "download", "sumdb", filepath.FromSlash(file))
}

// ReadCache implements sumdb.ClientOps.
func (o *sumOps) ReadCache(file string) ([]byte, error) { return os.ReadFile(o.cache(file)) }

// WriteCache implements sumdb.ClientOps. A cache that cannot be written to
// only costs time.
func (o *sumOps) WriteCache(file string, data []byte) { _ = writeFile(o.cache(file), data) }

// Log implements sumdb.ClientOps.
func (o *sumOps) Log(string) {}

// SecurityError implements sumdb.ClientOps; the client's error says the same.
func (o *sumOps) SecurityError(string) {}
