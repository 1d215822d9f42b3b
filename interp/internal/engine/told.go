package engine

import "sync/atomic"

// goroutines is a set of goroutines that one of its users reads in the handler
// of a signal, without a lock. Changes need one.
type goroutines struct {
	slots []atomic.Uintptr // by open addressing; their number is a power of two
	used  int              // of slots, those of removed goroutines among them
}

// removed stands where a goroutine was.
const removed = 1

// slot is where g stands, or the first free slot that it may have; nil: the set
// has none.
//
//go:norace
func (s *goroutines) slot(g uintptr) *atomic.Uintptr {
	if s == nil {
		return nil
	}
	mask := uintptr(len(s.slots) - 1)
	for i := g >> 6 * 0x9E3779B1; ; i++ {
		if have := s.slots[i&mask].Load(); have == g || have == 0 {
			return &s.slots[i&mask]
		}
	}
}

//go:norace
func (s *goroutines) has(g uintptr) bool {
	p := s.slot(g)
	return p != nil && p.Load() == g
}

// add is the set with g, s itself or a larger one.
func (s *goroutines) add(g uintptr) *goroutines {
	if s == nil || 2*s.used >= len(s.slots) {
		s = s.grown()
	}
	if p := s.slot(g); p.Load() != g {
		p.Store(g)
		s.used++
	}
	return s
}

// remove takes g out.
func (s *goroutines) remove(g uintptr) {
	if p := s.slot(g); p != nil && p.Load() == g {
		p.Store(removed)
	}
}

// grown is a copy of the set with room.
func (s *goroutines) grown() *goroutines {
	var list []uintptr
	if s != nil {
		for i := range s.slots {
			if g := s.slots[i].Load(); g > removed {
				list = append(list, g)
			}
		}
	}
	n := 16
	for n < 4*len(list) {
		n *= 2
	}
	to := &goroutines{slots: make([]atomic.Uintptr, n)}
	for _, g := range list {
		to.slot(g).Store(g)
	}
	to.used = len(list)
	return to
}
