//go:build !cgo || !linux

package cgo

import (
	"errors"
	"runtime"
)

// Available says why this program cannot open libraries of C code; nil: it can.
func Available() error {
	if runtime.GOOS != "linux" {
		return errors.New("C code is compiled into sessions on Linux only")
	}
	return errors.New("this sheaf was built without cgo (CGO_ENABLED=1 and a C compiler are needed to build it with)")
}

// Open opens nothing, see Available.
func Open(name, file string, lines bool) error { return Available() }

// Flush has nothing to write.
func Flush() {}
