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

// chunkSize is how much of it is given at once to modules' memory of one kind,
// which modules have one after the other: most are far smaller than a page, and
// a piece of memory with a protection of its own is one of 65,530 that a process
// can have.
const chunkSize = 128 << 10

const (
	pageSize   = 4096
	moduleUnit = 64 // bytes that modules do not share: what a processor writes at once
)

func roundUp(n, unit uintptr) uintptr { return (n + unit - 1) &^ (unit - 1) }

// arena is the address space near the program's code, so that 32-bit
// displacements reach from one to the other.
var arena struct {
	sync.Mutex
	base, next, end uintptr
}

// A store is memory of one kind.
type store struct{ next, end uintptr }

// The kinds: each has its own protection.
var texts, constants, variables store

// reserve gives the addresses of n bytes of zeros. text is where the program's
// code begins.
func (s *store) reserve(n, text uintptr) (uintptr, error) {
	arena.Lock()
	defer arena.Unlock()
	if arena.base == 0 {
		base, err := place(text)
		if err != nil {
			return 0, err
		}
		arena.base, arena.next, arena.end = base, base, base+arenaSize
	}
	n = roundUp(n, moduleUnit)
	if n > s.end-s.next {
		size := uintptr(chunkSize)
		if n > chunkSize/4 {
			size = roundUp(n, pageSize)
		}
		if size > arena.end-arena.next {
			return 0, fmt.Errorf("loader: %d MB of compiled code are loaded, and there is no place for more", (arena.next-arena.base)>>20)
		}
		at := arena.next
		arena.next += size
		if size != chunkSize {
			return at, nil
		}
		s.next, s.end = at, at+size
	}
	at := s.next
	s.next += n
	return at, nil
}

// protect makes the pages of n bytes at an address readable, and more.
func protect(at, n uintptr, more int) error {
	if n == 0 {
		return nil
	}
	first := at &^ (pageSize - 1)
	pages := unsafe.Slice((*byte)(pointer(first)), roundUp(at+n, pageSize)-first)
	if err := unix.Mprotect(pages, unix.PROT_READ|more); err != nil {
		return fmt.Errorf("loader: memory for code: %w", err)
	}
	return nil
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
