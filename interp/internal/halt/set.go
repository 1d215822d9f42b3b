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

// Write puts code where it will run. Other code may be running in the same pages.
func Write(text, code []byte) error {
	set.Lock()
	defer set.Unlock()
	return change(text, func() { copy(text, code) })
}

// change makes text writable for as long as f runs. set is locked: what one
// makes unwritable another must not be writing to.
func change(text []byte, f func()) error {
	const page = 4096
	at := uintptr(unsafe.Pointer(unsafe.SliceData(text)))
	before := at % page
	pages := unsafe.Slice((*byte)(word(uint64(at-before))), (before+uintptr(len(text))+page-1)&^(page-1))
	if err := unix.Mprotect(pages, unix.PROT_READ|unix.PROT_WRITE|unix.PROT_EXEC); err != nil {
		return fmt.Errorf("halt: %w", err)
	}
	f()
	if err := unix.Mprotect(pages, unix.PROT_READ|unix.PROT_EXEC); err != nil {
		return fmt.Errorf("halt: %w", err)
	}
	return nil
}

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
		list = *old
	}
	i, _ := slices.BinarySearchFunc(list, r.base, func(r region, at uintptr) int { return cmp.Compare(r.base, at) })
	if i < len(list) {
		list = slices.Clone(list)
	}
	list = slices.Insert(list, i, r) // behind those that readers of the old list see, or in a list of its own
	set.regions.Store(&list)
	if set.on == Nothing {
		return nil
	}
	return change(text, func() { r.put(set.on) })
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
	set.on = what
	regions := set.regions.Load()
	if regions == nil {
		return nil
	}
	for list := *regions; len(list) > 0; {
		n := neighbours(list)
		last := list[n-1]
		text := unsafe.Slice((*byte)(word(uint64(list[0].base))), last.base+uintptr(len(last.text))-list[0].base)
		if err := change(text, func() {
			for _, r := range list[:n] {
				r.put(what)
			}
		}); err != nil {
			return err
		}
		list = list[n:]
	}
	return nil
}

// neighbours is how many regions at the head of a list have no page between them
// that is none of theirs: it takes the system as long to make one writable as all.
func neighbours(list []region) int {
	const page = 4096
	for i := range list[1:] {
		end := list[i].base + uintptr(len(list[i].text))
		if (end+page-1)&^(page-1) < list[i+1].base&^(page-1) {
			return i + 1
		}
	}
	return len(list)
}

const breakpoint = 0xCC

// put changes the code at the places, which is writable. A byte is written at
// once, so whoever runs the code meets the old instruction or the new one.
func (r region) put(what What) {
	for i := range r.places {
		p := &r.places[i]
		if stops := what == All || what == Entries && p.entry; stops {
			r.text[p.Off] = breakpoint
		} else {
			r.text[p.Off] = p.was
		}
	}
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
