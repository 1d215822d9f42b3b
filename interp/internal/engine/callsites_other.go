//go:build !amd64

package engine

import "runtime"

// callSites are the places where the function that calls it was called, and where
// that function's caller was.
//
//go:noinline
func callSites() (pc, up uintptr) {
	var pcs [2]uintptr
	runtime.Callers(3, pcs[:])
	return pcs[0], pcs[1]
}
