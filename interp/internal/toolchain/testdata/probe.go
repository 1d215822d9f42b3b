// Package interp is what the tests of package toolchain build in several ways,
// in place of the real one: it looks for its toolchain, compiles one package and
// tells how that went.
package interp

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"

	_ "github.com/sheaf-go/sheaf/internal/grid"
	"github.com/sheaf-go/sheaf/interp/internal/toolchain"
)

type answer struct {
	Found, Version, Folder, Error string
	Code                          int
	InSource                      bool // the error is one of the source
	Ready                         bool // before anything was asked
}

// Probe is the program.
func Probe(sources fs.FS) {
	var a answer
	if err := a.compile(sources, os.Args[1], os.Args[2]); err != nil {
		a.Error = err.Error()
		var s *toolchain.SourceError
		a.InSource = errors.As(err, &s)
	}
	if err := json.NewEncoder(os.Stdout).Encode(a); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func (a *answer) compile(sources fs.FS, cache, source string) error {
	o := toolchain.Options{CacheDir: cache}
	if os.Getenv("PROBE_SOURCES") != "no" {
		o.Sources = sources
	}
	ctx := context.Background()
	t, err := toolchain.Find(ctx, o)
	if err != nil {
		return err
	}
	defer t.Close()
	a.Version, a.Found = t.Version(), t.Root()
	a.Ready = t.Ready("fmt", "github.com/sheaf-go/sheaf/internal/grid")
	c, err := t.Compile(ctx, toolchain.Unit{Path: "cell/1", Files: []toolchain.File{{Name: "cell[1]", Source: []byte(source)}}})
	if c != nil {
		a.Code = len(c.Code)
	}
	a.Folder = t.Folder()
	return err
}
