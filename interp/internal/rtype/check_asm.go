//go:build amd64 || arm64

package rtype

import (
	"fmt"
	"unsafe"
)

// checkStubs reads the machine code of every stub: the assembler must have
// given each its fixed length.
func checkStubs() error {
	base := stubBase()
	for i := 1; i <= maxStubs; i++ {
		if n := stubNumber(stubAddress(base, i)); n != i {
			return fmt.Errorf("stub %d loads %d", i, n)
		}
	}
	return nil
}

// codeAt reads a 32-bit word of machine code.
func codeAt(p unsafe.Pointer, off int) uint32 {
	b := (*[4]byte)(unsafe.Add(p, off))
	return uint32(b[0]) | uint32(b[1])<<8 | uint32(b[2])<<16 | uint32(b[3])<<24
}
