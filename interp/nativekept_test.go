package interp_test

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sheaf-go/sheaf/interp"
	"github.com/sheaf-go/sheaf/notebooks/show"
)

// TestNativeKept runs a cell again and again, in two sessions: it is compiled
// the first times only, and its errors are in the cell that ran last.
func TestNativeKept(t *testing.T) {
	if !withSymbols(t) {
		return
	}
	cache := t.TempDir()
	t.Setenv("XDG_CACHE_HOME", cache)
	objects := func() int {
		files, err := filepath.Glob(filepath.Join(cache, "sheaf", "native-*", "objects", "*"))
		if err != nil {
			t.Fatal(err)
		}
		return len(files)
	}
	const cell = "k := 0\nfunc get() int { return k }\nfunc at(i int) int {\n\treturn []int{1, 2}[i+get()]\n}\nat(1)"
	compiled := 0
	for session := range 2 {
		k := newTierTalker(t, interp.Native)
		for i := range 4 {
			k.run(cell)
			if session == 0 && i == 1 {
				compiled = objects()
			}
		}
		if n := objects(); n != compiled || n == 0 {
			t.Errorf("session %d: %d objects, want %d", session, n, compiled)
		}
		k.cell++
		res := k.s.Execute(context.Background(), show.Cell{Source: "at(2)", Count: k.cell}, silent{})
		if want := fmt.Sprintf("cell[%d]:4", k.cell-1); res.Err == nil || !strings.Contains(strings.Join(res.Err.Traceback, "\n"), want) {
			t.Errorf("session %d: got %v, want a traceback with %s", session, res.Err, want)
		}
		if said := k.tier(); strings.Count(said, "compiled at, get") != 4 {
			t.Errorf("session %d: %s", session, said)
		}
	}
}
