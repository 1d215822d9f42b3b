//go:build cgo && linux

package cgo

import (
	"fmt"
	"strings"
	"unsafe"

	"github.com/ebitengine/purego"

	"github.com/sheaf-go/sheaf/internal/ccall"
)

// Available says why this program cannot open libraries of C code; nil: it can.
func Available() error { return nil }

// Open opens a library that Build has made, and gives its symbols to package
// ccall under its name. Its output to stdout is written at the end of a line,
// as on a terminal, if lines.
func Open(name, file string, lines bool) error {
	entry, err := purego.Dlsym(purego.RTLD_DEFAULT, "crosscall2")
	if err != nil {
		return fmt.Errorf("cgo: this program does not let C call Go: %w", err)
	}
	lib, err := purego.Dlopen(file, purego.RTLD_NOW|purego.RTLD_LOCAL)
	if err != nil {
		return fmt.Errorf("cgo: %s", strings.TrimPrefix(err.Error(), file+": "))
	}
	find := func(name string) unsafe.Pointer {
		p, err := purego.Dlsym(lib, name)
		if err != nil {
			return nil
		}
		return pointer(p)
	}
	*(*uintptr)(find("_sheaf_crosscall2")) = entry
	*(*unsafe.Pointer)(find("_sheaf_entry")) = ccall.Entry()
	ccall.Provide(name, find)
	flush = find("_sheaf_flush")
	if lines {
		ccall.Call(find("_sheaf_lines"), nil)
	}
	return nil
}

// flush is a C function that writes what C's streams hold.
var flush unsafe.Pointer

// Flush writes what C code has printed and C still holds.
func Flush() {
	if flush != nil {
		ccall.Call(flush, nil)
	}
}

// pointer is an address outside of Go's memory.
func pointer(p uintptr) unsafe.Pointer { return *(*unsafe.Pointer)(unsafe.Pointer(&p)) }
