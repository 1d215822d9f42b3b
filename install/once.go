package install

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// readyMarker is written into a folder that MakeOnce made, last. A folder
// without it was left by a maker that died, and is made again. (Making it
// elsewhere and renaming it would not do: a Python environment's scripts hold
// their own path.)
const readyMarker = ".sheaf-ready"

// MakeOnce sees to it that a folder of the cache is there and whole. When it
// is not, or usable says that it has decayed, it is emptied and build fills it;
// when build fails, also because ctx ends, nothing of it is left. Of several
// processes that want the same folder one makes it and the others wait.
func MakeOnce(ctx context.Context, dir string, usable func() bool, build func() error) (err error) {
	if err := os.MkdirAll(filepath.Dir(dir), 0o755); err != nil {
		return fmt.Errorf("install: cannot make the cache folder: %w", err)
	}
	unlock, err := lock(ctx, dir+".lock")
	if err != nil {
		return fmt.Errorf("install: waiting for another one that makes %s: %w", dir, err)
	}
	defer unlock()
	marker := filepath.Join(dir, readyMarker)
	if isFile(marker) && usable() {
		return nil
	}
	if err := os.RemoveAll(dir); err != nil {
		return fmt.Errorf("install: cannot remove what is half-made: %w", err)
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return fmt.Errorf("install: %w", err)
	}
	if err = build(); err == nil {
		err = os.WriteFile(marker, nil, 0o644)
	}
	if err != nil {
		return errors.Join(err, os.RemoveAll(dir))
	}
	return nil
}
