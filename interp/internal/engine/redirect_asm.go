//go:build amd64 || arm64

package engine

//lint:ignore U1000 go vet wants a declaration for assembler code
func redirects()

// redirectCode is the address of redirects.
//
//go:noescape
func redirectCode() uintptr
