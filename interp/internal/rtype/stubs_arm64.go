package rtype

import "unsafe"

// stubSize is the length of one stub: MOVZ $imm16, R26 and B.
const stubSize = 8

// stubNumber reads the number that the stub at p loads, -1 if it is no stub.
func stubNumber(p unsafe.Pointer) int {
	movz, b := codeAt(p, 0), codeAt(p, 4)
	if movz&^(0xFFFF<<5) != 0xD280001A || b>>26 != 0x05 {
		return -1
	}
	return int(movz >> 5 & 0xFFFF)
}
