package tables

import (
	"math"
	"math/bits"
	"sync"
)

// textWindow is how many bytes of each text are looked at in one go at most.
const textWindow = 16

// An alphabet numbers the bytes that texts have from depth on by their order
// from 1, so that step of them, width bits each, make a number that orders as
// the texts do; 0 is the end of a text.
type alphabet struct {
	depth, step, width int
	code               [256]uint16
	more               bool // some text goes on after step bytes
}

// alphabet is that of the rows behind what they have in common from depth on,
// for numbers of at most room bits.
func (s *strs) alphabet(rows []int32, depth, room int) alphabet {
	a := alphabet{depth: depth + s.common(rows, depth)}
	var mu sync.Mutex
	longest := 0
	var all [256]bool
	inParts(len(rows), func(_, lo, hi int) {
		var seen [256]bool
		most := 0
		for i, r := range rows[lo:hi] {
			poll(i)
			from, to := int(s.off[r])+a.depth, int(s.off[r+1])
			most = max(most, to-from)
			for from < to && to-from > textWindow {
				to = from + textWindow
			}
			for ; from < to; from++ {
				seen[s.b[from]] = true
			}
		}
		mu.Lock()
		defer mu.Unlock()
		longest = max(longest, most)
		for b, is := range seen {
			all[b] = all[b] || is
		}
	})
	n := uint16(0)
	for b, is := range all {
		if is {
			n++
			a.code[b] = n
		}
	}
	a.width = max(bits.Len16(n), 1)
	a.step = min(max(room/a.width, 1), textWindow)
	a.more = longest > a.step
	a.step = max(min(a.step, longest), 1)
	return a
}

// digits puts a.step bytes of each text into a number.
func (s *strs) digits(rows []int32, a *alphabet, down bool, out []uint64) {
	flip := uint64(0)
	if down {
		flip = math.MaxUint64
	}
	for i, r := range rows {
		lo, hi := int(s.off[r])+a.depth, int(s.off[r+1])
		x, n := uint64(0), 0
		if lo < hi {
			text := s.b[lo:hi]
			n = min(len(text), a.step)
			for _, b := range text[:n] {
				x = x<<a.width | uint64(a.code[b])
			}
		}
		out[i] = x<<((a.step-n)*a.width) ^ flip
	}
}

// common is how many bytes from depth on the texts have in common; those that
// are shorter have none.
func (s *strs) common(rows []int32, depth int) int {
	first := s.at(int(rows[0]))
	if depth >= len(first) {
		return 0
	}
	first = first[depth:]
	lengths := make([]int, partsOf(len(rows)))
	inRanges(len(rows), len(lengths), func(part, lo, hi int) {
		n := len(first)
		for i := lo; i < hi && n > 0; i++ {
			poll(i)
			n = min(n, s.agree(first[:n], int(rows[i]), depth))
		}
		lengths[part] = n
	})
	n := len(first)
	for _, k := range lengths {
		n = min(n, k)
	}
	return n
}

// agree is how many bytes of text the row has at depth.
func (s *strs) agree(text string, row, depth int) int {
	t := s.at(row)
	if len(t) <= depth {
		return 0
	}
	t = t[depth:]
	n := min(len(text), len(t))
	if text[:n] == t[:n] {
		return n
	}
	n = 0
	for text[n] == t[n] {
		n++
	}
	return n
}
