package toolchain

import (
	"context"
	"fmt"
)

// Describe tells in a line, for people, whether cells can be compiled here, and
// if not, why. Paths are the packages that cells may import; what is not built
// yet of them is counted, not built.
func Describe(ctx context.Context, o Options, paths []string) (ok bool, line string) {
	t, err := Find(ctx, o)
	if err != nil {
		return false, "cells are interpreted, never compiled: " + err.Error()
	}
	defer t.Close()
	line = fmt.Sprintf("%s at %s compiles cells", t.Version(), t.Root())
	if t.private {
		line += "; the cache folder cannot be written, so every session asks the go command anew"
	}
	switch _, _, missing := t.known(paths); {
	case len(missing) == 0:
		line += fmt.Sprintf("; all %d packages that they can import are ready", len(paths))
	default:
		line += fmt.Sprintf("; %d of %d packages that they can import are looked up at first use", len(missing), len(paths))
	}
	return true, line
}
