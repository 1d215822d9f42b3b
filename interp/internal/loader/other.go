//go:build !(linux && amd64)

package loader

import (
	"errors"
	"runtime"

	"github.com/sheaf-go/sheaf/interp/internal/objfile"
)

// A Host is the symbol table of the running program.
type Host struct{}

// OpenHost fails: code is loaded on linux/amd64 only.
func OpenHost() (*Host, error) {
	return nil, errors.New("loader: compiled code cannot be loaded on " + runtime.GOOS + "/" + runtime.GOARCH)
}

// Lookup finds nothing.
func (h *Host) Lookup(string, uint16) (uintptr, bool) { return 0, false }

// Variable finds nothing.
func (h *Host) Variable(string, uintptr) uintptr { return 0 }

// Load fails, as OpenHost has.
func (h *Host) Load(*objfile.Object, []string, Resolver) (*Module, error) {
	_, err := OpenHost()
	return nil, err
}
