//go:build linux && amd64

package halt

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"unsafe"

	"golang.org/x/sys/unix"
)

// A region is code with its places, in the order of their addresses.
type region struct {
	base   uintptr
	text   []byte
	places []Place
}

// set is all code that has been added, in the order of addresses. The handler
// of the trap reads it without a lock, so a published slice is never changed.
var set struct {
	sync.Mutex
	regions atomic.Pointer[[]region]
	on      What
}

// What says which places stop code.
type What uint8

// The places.
const (
	Nothing What = iota
	Entries      // where functions begin
	All          // there, and at jumps back
)

// Add makes the places of loaded code known. The code stays where it is.
func Add(text []byte, places []Place) error {
	if len(places) == 0 {
		return nil
	}
	set.Lock()
	defer set.Unlock()
	r := region{uintptr(unsafe.Pointer(&text[0])), text, places}
	var list []region
	if old := set.regions.Load(); old != nil {
		list = slices.Clone(*old)
	}
	i, _ := slices.BinarySearchFunc(list, r.base, func(r region, at uintptr) int { return cmp.Compare(r.base, at) })
	list = slices.Insert(list, i, r)
	set.regions.Store(&list)
	return r.put(Nothing, set.on)
}

// Set makes code stop at these places, until Set is called again.
func Set(what What) error {
	set.Lock()
	defer set.Unlock()
	if what == set.on {
		return nil
	}
	if what != Nothing && !installed.Load() {
		return errors.New("halt: nothing catches breakpoints")
	}
	was := set.on
	set.on = what
	regions := set.regions.Load()
	if regions == nil {
		return nil
	}
	for _, r := range *regions {
		if err := r.put(was, what); err != nil {
			return err
		}
	}
	return nil
}

const breakpoint = 0xCC

// put changes the code at the places that differ. A byte is written at once, so
// whoever runs the code meets the old instruction or the new one.
func (r region) put(was, what What) error {
	if was == what {
		return nil
	}
	if err := unix.Mprotect(r.text, unix.PROT_READ|unix.PROT_WRITE|unix.PROT_EXEC); err != nil {
		return fmt.Errorf("halt: %w", err)
	}
	for i := range r.places {
		p := &r.places[i]
		if stops := what == All || what == Entries && p.entry; stops {
			r.text[p.Off] = breakpoint
		} else {
			r.text[p.Off] = p.was
		}
	}
	return unix.Mprotect(r.text, unix.PROT_READ|unix.PROT_EXEC)
}

// find is the place at an address; nil: there is none.
func find(pc uintptr) *Place {
	regions := set.regions.Load()
	if regions == nil {
		return nil
	}
	list := *regions
	lo, hi := 0, len(list)
	for lo < hi { // the last that begins at pc or before
		if mid := (lo + hi) / 2; list[mid].base <= pc {
			lo = mid + 1
		} else {
			hi = mid
		}
	}
	if lo == 0 {
		return nil
	}
	r := &list[lo-1]
	off := pc - r.base
	lo, hi = 0, len(r.places)
	for lo < hi {
		if mid := (lo + hi) / 2; uintptr(r.places[mid].Off) < off {
			lo = mid + 1
		} else {
			hi = mid
		}
	}
	if lo == len(r.places) || uintptr(r.places[lo].Off) != off {
		return nil
	}
	return &r.places[lo]
}
