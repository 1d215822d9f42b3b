//go:build !amd64 && !arm64

package rtype

// There are no stubs for this processor: types without methods work, a method
// panics with an Error when its type is made.
const (
	maxStubs = 0
	stubSize = 0
)

func stubBase() uintptr { return 0 }

func checkStubs() error { return nil }
