//go:build linux && amd64

package loader

import (
	"fmt"
	"sync"
	"unsafe"

	"golang.org/x/sys/unix"
)

// arenaSize is how much address space is kept for loaded code. It costs nothing
// until it is used.
const arenaSize = 256 << 20

// arena is the address space near the program's code, so that 32-bit
// displacements reach from one to the other.
var arena struct {
	sync.Mutex
	base, next, end uintptr
}

// reserve gives n bytes (a multiple of the page size) of writable memory.
func reserve(n, text uintptr) ([]byte, error) {
	arena.Lock()
	defer arena.Unlock()
	if arena.base == 0 {
		base, err := place(text)
		if err != nil {
			return nil, err
		}
		arena.base, arena.next, arena.end = base, base, base+arenaSize
	}
	if n > arena.end-arena.next {
		return nil, fmt.Errorf("loader: %d MB of compiled code are loaded, and there is no place for more", (arena.next-arena.base)>>20)
	}
	b := unsafe.Slice((*byte)(pointer(arena.next)), n)
	if err := unix.Mprotect(b, unix.PROT_READ|unix.PROT_WRITE); err != nil {
		return nil, fmt.Errorf("loader: memory for code: %w", err)
	}
	arena.next += n
	return b, nil
}

// place finds free address space within reach of the program's code.
func place(text uintptr) (uintptr, error) {
	const fixedNoReplace, step = 0x100000, 64 << 20
	first := (text + 256<<20) &^ (step - 1)
	for at := first; at+arenaSize < text+1<<31-64<<20; at += step {
		p, err := unix.MmapPtr(-1, 0, pointer(at), arenaSize, unix.PROT_NONE,
			unix.MAP_PRIVATE|unix.MAP_ANON|unix.MAP_NORESERVE|fixedNoReplace)
		if err != nil {
			continue
		}
		if uintptr(p) == at {
			return at, nil
		}
		unix.MunmapPtr(p, arenaSize)
	}
	return 0, fmt.Errorf("loader: no free address space near the program's code")
}

// protect makes memory executable, or readable only.
func protect(b []byte, code bool) error {
	if len(b) == 0 {
		return nil
	}
	prot := unix.PROT_READ
	if code {
		prot |= unix.PROT_EXEC
	}
	return unix.Mprotect(b, prot)
}
