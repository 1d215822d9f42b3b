package engine

//lint:ignore U1000 go vet wants a declaration for assembler code
func bounds()

// boundCode is the address of bounds.
//
//go:noescape
func boundCode() uintptr
