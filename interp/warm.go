package interp

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/sheaf-go/sheaf/interp/internal/loader"
	"github.com/sheaf-go/sheaf/interp/internal/toolchain"
)

// Compilable tells in a line whether sessions with this configuration can
// compile the functions of cells, and if not, why.
func Compilable(ctx context.Context, cfg Config) (ok bool, line string) {
	if _, err := loader.OpenHost(); err != nil {
		return false, "cells are interpreted, never compiled: " + err.Error()
	}
	return toolchain.Describe(ctx, cfg.Toolchain, cfg.Library.Paths())
}

// Warm makes ready what compiling most cells takes: the archives of the standard
// library and of Sheaf's packages. Those of others that cells can import are
// asked for when one first does. It does nothing where that has been done
// before, and gives an error where nothing can be compiled. Packages that cannot
// be had are no error: cells that import them are interpreted.
func Warm(ctx context.Context, cfg Config, progress func(done, total int)) error {
	if _, err := loader.OpenHost(); err != nil {
		return err
	}
	tc, err := toolchain.Find(ctx, cfg.Toolchain)
	if err != nil {
		return err
	}
	defer tc.Close()
	groups := inOrder(cfg.Library.Paths())
	if tc.Ready(slices.Concat(groups...)...) {
		return nil
	}
	err = tc.Warm(ctx, groups, progress)
	if _, some := errors.AsType[*toolchain.RefusedError](err); some {
		return nil
	}
	return err
}

// common are packages that most notebooks import.
var common = []string{
	"bytes", "context", "errors", "fmt", "io", "maps", "math", "math/rand", "math/rand/v2", "os", "slices",
	"sort", "strconv", "strings", "sync", "time",
}

// inOrder groups packages by when they are likely to be needed: the common ones,
// Sheaf's own, the rest of the standard library.
func inOrder(paths []string) [][]string {
	groups := make([][]string, 3)
	for _, p := range paths {
		first, _, _ := strings.Cut(p, "/")
		switch {
		case slices.Contains(common, p):
			groups[0] = append(groups[0], p)
		case strings.HasPrefix(p, "github.com/sheaf-go/sheaf/"):
			groups[1] = append(groups[1], p)
		case !strings.Contains(first, "."):
			groups[2] = append(groups[2], p)
		}
	}
	return groups
}
