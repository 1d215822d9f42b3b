//go:build linux && amd64

package loader

import (
	"encoding/binary"
	"unsafe"
)

// A stub calls the func value that a slot holds, with that as its closure:
// MOVQ slot(IP), DX; MOVQ (DX), DX; JMP (DX).
const stubSize = 12

func (l *link) writeStubs() {
	for slot, s := range l.stubs {
		b := l.text.mem[s.off:]
		copy(b, []byte{0x48, 0x8B, 0x15, 0, 0, 0, 0, 0x48, 0x8B, 0x12, 0xFF, 0x22})
		from := l.text.base + s.off + 7
		binary.LittleEndian.PutUint32(b[3:], uint32(l.ro.base+s.slot-from))
		binary.LittleEndian.PutUint64(l.ro.mem[s.slot:], uint64(uintptr(unsafe.Pointer(slot))))
	}
}
