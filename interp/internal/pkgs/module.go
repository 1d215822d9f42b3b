package pkgs

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"

	"golang.org/x/mod/modfile"
	"golang.org/x/mod/module"
	"golang.org/x/mod/sumdb/dirhash"
	modzip "golang.org/x/mod/zip"
)

// goMod reads the go.mod file of a module.
func (f *fetcher) goMod(m module.Version) (*modfile.File, error) {
	data, ok := f.mods[m]
	if !ok {
		var err error
		if data, err = f.readMod(m); err != nil {
			return nil, err
		}
		f.mods[m] = data
	}
	return modfile.ParseLax(m.String()+"/go.mod", data, nil)
}

func (f *fetcher) readMod(m module.Version) ([]byte, error) {
	p, err := module.EscapePath(m.Path)
	if err != nil {
		return nil, err
	}
	v, err := module.EscapeVersion(m.Version)
	if err != nil {
		return nil, err
	}
	if data, err := f.cached(p, "@v/"+v+".mod"); err == nil {
		return data, nil
	}
	if data, err := os.ReadFile(f.extracted(p, v) + "/go.mod"); err == nil {
		return data, nil
	}
	data, err := f.remote(m.Path, "@v/"+v+".mod")
	if err != nil {
		return nil, err
	}
	hash, err := hashMod(data)
	if err != nil {
		return nil, err
	}
	if err := f.sums.check(m, "/go.mod", hash); err != nil {
		return nil, err
	}
	return data, f.store(p, "@v/"+v+".mod", data)
}

// source opens the files of a module: those in the cache, or downloaded ones.
func (f *fetcher) source(m module.Version) (fs.FS, error) {
	p, err := module.EscapePath(m.Path)
	if err != nil {
		return nil, err
	}
	v, err := module.EscapeVersion(m.Version)
	if err != nil {
		return nil, err
	}
	data, err := f.cached(p, "@v/"+v+".zip")
	if errors.Is(err, fs.ErrNotExist) {
		if dir := f.extracted(p, v); isDir(dir) {
			return os.DirFS(dir), nil
		}
		data, err = f.fetchZip(m, p, v)
	} else if err == nil {
		err = f.verify(p, v, data)
	}
	if err != nil {
		return nil, err
	}
	r, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return nil, fmt.Errorf("the module's zip is damaged: %w", err)
	}
	return fs.Sub(r, m.String())
}

func isDir(name string) bool {
	st, err := os.Stat(name)
	return err == nil && st.IsDir()
}

// verify compares a cached zip with the hash that was noted when it came.
func (f *fetcher) verify(p, v string, data []byte) error {
	want, err := f.cached(p, "@v/"+v+".ziphash")
	if err != nil {
		return nil // the go command writes it last; an older one did not
	}
	hash, err := dirhash.HashZip(f.download(p, "@v/"+v+".zip"), dirhash.Hash1)
	if err != nil {
		return fmt.Errorf("the module cache is damaged: %w", err)
	}
	if hash != strings.TrimSpace(string(want)) {
		return fmt.Errorf("the module cache is damaged: %s has the hash %s, not %s as when it was downloaded", f.download(p, "@v/"+v+".zip"), hash, want)
	}
	return nil
}

// fetchZip downloads a module, checks it, and leaves it in the cache as the go
// command would.
func (f *fetcher) fetchZip(m module.Version, p, v string) ([]byte, error) {
	data, err := f.remote(m.Path, "@v/"+v+".zip")
	if err != nil {
		return nil, err
	}
	tmp, err := os.CreateTemp("", "sheaf-*.zip")
	if err != nil {
		return nil, err
	}
	defer os.Remove(tmp.Name())
	_, err = tmp.Write(data)
	if err = errors.Join(err, tmp.Close()); err != nil {
		return nil, err
	}
	if _, err := modzip.CheckZip(m, tmp.Name()); err != nil {
		return nil, err
	}
	hash, err := dirhash.HashZip(tmp.Name(), dirhash.Hash1)
	if err != nil {
		return nil, err
	}
	if err := f.sums.check(m, "", hash); err != nil {
		return nil, err
	}
	// The hash comes first: a zip without one passes for one that needs none.
	if err := f.store(p, "@v/"+v+".ziphash", []byte(hash)); err != nil {
		return nil, err
	}
	return data, f.store(p, "@v/"+v+".zip", data)
}
