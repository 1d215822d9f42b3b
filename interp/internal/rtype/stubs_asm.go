//go:build amd64 || arm64

package rtype

// maxStubs is how many stubs stubs.h unrolls.
const maxStubs = 7 * 4096

func stubs()
func enterStub()
func stubBase() uintptr
