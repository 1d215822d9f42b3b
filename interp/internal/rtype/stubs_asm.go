//go:build amd64 || arm64

package rtype

// maxStubs is how many stubs stubs.h unrolls.
const maxStubs = 7 * 4096

//lint:ignore U1000 go vet wants a declaration for assembler code
func stubs()

//lint:ignore U1000 go vet wants a declaration for assembler code
func enterStub()

func stubBase() uintptr
