package rtype

import "unsafe"

// stubSize is the length of one stub: MOVL $imm32, DX and JMP rel32.
const stubSize = 10

// stubNumber reads the number that the stub at p loads, -1 if it is no stub.
func stubNumber(p unsafe.Pointer) int {
	if *(*byte)(p) != 0xBA || *(*byte)(unsafe.Add(p, 5)) != 0xE9 {
		return -1
	}
	return int(codeAt(p, 1))
}
