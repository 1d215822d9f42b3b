package datum

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/sheaf-go/sheaf/internal/interrupt"
)

// ErrNotFound is wrapped when a data file is nowhere.
var ErrNotFound = errors.New("data file not found")

// ErrChecksum is wrapped when a file is not the one that was asked for.
var ErrChecksum = errors.New("wrong checksum")

// A source is where a known file comes from.
type source struct {
	sha256    string
	addresses []string
	licence   string
}

// The checksum makes sure that nothing else is taken for the file, whatever the
// address gives.
var known = map[string]source{
	"insurance.csv": {
		sha256: "6f9588de10a0a8a1f2d1356468f2d21e62ab20b141f316d882fc9b4aa3f29938",
		addresses: []string{
			"https://raw.githubusercontent.com/PacktPublishing/Machine-Learning-with-R-Third-Edition/master/Chapter06/insurance.csv",
			"https://media.githubusercontent.com/media/deephaven/examples/main/Insurance/csv/insurance.csv",
		},
		licence: "MIT",
	},
}

const maxDownload = 256 << 20 // bytes

// A fileStore is where files are looked for; tests make their own.
type fileStore struct {
	data   string // what SHEAF_DATA names, or ""
	start  string // folder from which shared/data is looked for upwards
	cache  string // "" where there is no cache folder
	known  map[string]source
	client *http.Client
}

func theStore() *fileStore {
	s := &fileStore{data: os.Getenv("SHEAF_DATA"), known: known, client: &http.Client{Timeout: 60 * time.Second}}
	if dir, err := os.Getwd(); err == nil {
		s.start = dir
	}
	if dir, err := os.UserCacheDir(); err == nil {
		s.cache = filepath.Join(dir, "sheaf", "data")
	}
	return s
}

// find gives the path of a file that has been checked.
func (s *fileStore) find(name string) (string, error) {
	if name == "" || filepath.Base(name) != name || name == "." || name == ".." {
		return "", fmt.Errorf("datum: load: want the name of a file without a folder, got %q", name)
	}
	src, isKnown := s.known[name]
	for _, dir := range s.folders() {
		path := filepath.Join(dir, name)
		if info, err := os.Stat(path); err != nil || info.IsDir() {
			continue
		}
		if isKnown {
			err := check(path, src.sha256)
			if err != nil && dir == s.cache { // fetch it anew
				continue
			}
			if err != nil {
				return "", fmt.Errorf("datum: load: %s: %w", path, err)
			}
		}
		return path, nil
	}
	if !isKnown {
		return "", fmt.Errorf("datum: load: no file %s in %s: %w", name, strings.Join(s.folders(), " or "), ErrNotFound)
	}
	path, err := s.fetch(name, src)
	if err != nil {
		return "", s.howTo(name, src, err)
	}
	return path, nil
}

// folders lists where to look, the best first.
func (s *fileStore) folders() []string {
	var dirs []string
	if s.data != "" {
		dirs = append(dirs, s.data)
	} else if s.start != "" {
		for dir := s.start; ; dir = filepath.Dir(dir) {
			shared := filepath.Join(dir, "shared", "data")
			if info, err := os.Stat(shared); err == nil && info.IsDir() {
				dirs = append(dirs, shared)
			}
			if dir == filepath.Dir(dir) {
				break
			}
		}
	}
	if s.cache != "" {
		dirs = append(dirs, s.cache)
	}
	return dirs
}

// howTo says how a person gets the file when the network did not.
func (s *fileStore) howTo(name string, src source, err error) error {
	place := s.data
	if place == "" {
		place = s.cache
	}
	if place == "" {
		place = "a folder, and set SHEAF_DATA to it"
	}
	return fmt.Errorf("datum: load: %s is not here: get it from %s and put it into %s, or set SHEAF_DATA to the folder that holds it (its sha256 is %s); it could not be fetched: %w",
		name, src.addresses[0], place, src.sha256, err)
}

// fetch downloads a file into the cache; a file that is cut off or wrong never
// gets its name. An interrupt of the cell ends it, and leaves nothing behind.
func (s *fileStore) fetch(name string, src source) (string, error) {
	if s.cache == "" {
		return "", errors.New("there is no cache folder for this user")
	}
	if err := os.MkdirAll(s.cache, 0o755); err != nil {
		return "", err
	}
	ctx, stop := untilInterrupt()
	defer stop()
	var errs []error
	for _, address := range src.addresses {
		path := filepath.Join(s.cache, name)
		err := s.download(ctx, address, path, src.sha256)
		if err == nil {
			return path, nil
		}
		if ctx.Err() != nil {
			panic(interrupt.Err)
		}
		errs = append(errs, err)
	}
	return "", errors.Join(errs...)
}

// untilInterrupt is a context that ends when the cell is interrupted, which
// waiting for the network cannot ask about itself.
func untilInterrupt() (context.Context, func()) {
	ctx, cancel := context.WithCancel(context.Background())
	go func() {
		tick := time.NewTicker(20 * time.Millisecond)
		defer tick.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
				if interrupt.Requested() {
					cancel()
				}
			}
		}
	}()
	return ctx, cancel
}

func (s *fileStore) download(ctx context.Context, address, path, sum string) (err error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return err
	}
	resp, err := s.client.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("%s answers %s", address, resp.Status)
	}
	f, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".*.part")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			os.Remove(f.Name())
		}
	}()
	_, err = io.Copy(f, io.LimitReader(resp.Body, maxDownload))
	if closeErr := f.Close(); err == nil {
		err = closeErr
	}
	if err != nil {
		return err
	}
	if err := check(f.Name(), sum); err != nil {
		return fmt.Errorf("what %s gives: %w", address, err)
	}
	return os.Rename(f.Name(), path)
}

// check compares a file with a checksum.
func check(path, want string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return err
	}
	if got := hex.EncodeToString(h.Sum(nil)); got != want {
		return fmt.Errorf("want sha256 %s, got %s: %w", want, got, ErrChecksum)
	}
	return nil
}
