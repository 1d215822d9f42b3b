package tables

import (
	"math"
	"sync/atomic"
)

// A matchList tells for each left row its right rows.
type matchList struct {
	one []int32 // where none has two: the row, or absent

	// Otherwise those of code c are rows[off[c]:off[c+1]].
	code      []int32 // nil: the left row is its code
	off, rows []int32
	left      int // rows of the left table
}

// match lists the right rows, of which there are nr, by their codes.
func (p pairing) match(nl, nr int) matchList {
	if p.right == nil && p.left != nil { // right keys are all different
		return matchList{one: p.left, left: nl}
	}
	m := matchList{code: p.left, left: nl, off: cleared[int32](p.space + 1)}
	two := false
	for r := range nr {
		poll(r)
		if c := p.rightCode(r); c >= 0 {
			m.off[c+1]++
			two = two || m.off[c+1] > 1
		}
	}
	if !two {
		m.one = p.only(m.off[1:], nl, nr)
		return m
	}
	for c := range p.space {
		poll(c)
		m.off[c+1] += m.off[c]
	}
	m.rows = uncleared[int32](int(m.off[p.space]))
	for r := range nr {
		poll(r)
		if c := p.rightCode(r); c >= 0 {
			m.rows[m.off[c]] = int32(r)
			m.off[c]++
		}
	}
	for c := p.space; c > 0; c-- { // filling has moved each start to the next
		poll(c)
		m.off[c] = m.off[c-1]
	}
	m.off[0] = 0
	return m
}

func (p pairing) rightCode(r int) int32 {
	if p.right == nil {
		return int32(r)
	}
	return p.right[r]
}

// only is the right row of each left one where no code has two of them; row is
// memory for the right row of each code.
func (p pairing) only(row []int32, nl, nr int) []int32 {
	for lo, hi := range spans(len(row)) {
		for i := range row[lo:hi] {
			row[lo+i] = absent
		}
	}
	for r := range nr {
		poll(r)
		if c := p.rightCode(r); c >= 0 {
			row[c] = int32(r)
		}
	}
	if p.left == nil {
		return row[:nl]
	}
	for i, c := range p.left {
		poll(i)
		if c >= 0 {
			p.left[i] = row[c]
		}
	}
	return p.left
}

// of is the right rows of a left row when one is nil.
func (m *matchList) of(l int) []int32 {
	c := int32(l)
	if m.code != nil {
		c = m.code[l]
	}
	if c < 0 {
		return nil
	}
	return m.rows[m.off[c]:m.off[c+1]]
}

// pairs lists the left and the right row of each row that a join has; with
// outer, left rows that match nothing come too, with absent. A nil left list
// stands for all left rows as they are. Too many rows give none, and their
// number.
func (m *matchList) pairs(outer bool) (left, right []int32, rows int) {
	if m.one != nil {
		return m.singles(outer)
	}
	parts := partsOf(m.left)
	starts := make([]int, parts+1)
	inRanges(m.left, parts, func(part, lo, hi int) {
		n := 0
		for l := lo; l < hi; l++ {
			poll(l)
			k := len(m.of(l))
			if k == 0 && outer {
				k = 1
			}
			n += k
		}
		starts[part+1] = n
	})
	for i := range starts[1:] {
		starts[i+1] += starts[i]
	}
	if rows = starts[len(starts)-1]; rows > math.MaxInt32 {
		return nil, nil, rows
	}
	left, right = uncleared[int32](rows), uncleared[int32](rows)
	inRanges(m.left, parts, func(part, lo, hi int) { m.expand(lo, hi, outer, starts[part], left, right) })
	return left, right, rows
}

// expand writes the pairs of the left rows lo to hi from at on.
func (m *matchList) expand(lo, hi int, outer bool, at int, left, right []int32) {
	asked := at
	for l := lo; l < hi; l++ {
		poll(l)
		rows := m.of(l)
		if len(rows) == 0 && outer {
			left[at], right[at] = int32(l), absent
			at++
			continue
		}
		for len(rows) > 0 {
			k := min(len(rows), pollRows)
			copy(right[at:], rows[:k])
			to := left[at : at+k]
			for i := range to {
				to[i] = int32(l)
			}
			at, rows = at+k, rows[k:]
			if at-asked > 4*pollRows {
				poll(0)
				asked = at
			}
		}
	}
}

// singles is pairs where no left row has two matches.
func (m *matchList) singles(outer bool) (left, right []int32, rows int) {
	if outer {
		return nil, m.one, m.left
	}
	parts := partsOf(m.left)
	starts := make([]int, parts+1)
	inRanges(m.left, parts, func(part, lo, hi int) {
		n := 0
		for a, b := range spans(hi - lo) {
			for _, r := range m.one[lo+a : lo+b] {
				n += b2i(r >= 0)
			}
		}
		starts[part+1] = n
	})
	for i := range starts[1:] {
		starts[i+1] += starts[i]
	}
	rows = starts[len(starts)-1]
	if rows == m.left {
		return nil, m.one, rows
	}
	left, right = uncleared[int32](rows), uncleared[int32](rows)
	inRanges(m.left, parts, func(part, lo, hi int) {
		at := starts[part]
		for l := lo; l < hi; l++ {
			poll(l)
			if r := m.one[l]; r >= 0 {
				left[at], right[at] = int32(l), r
				at++
			}
		}
	})
	return left, right, rows
}

// missing reports whether a list of rows has one that is absent.
func missing(rows []int32) bool {
	var found atomic.Bool
	inParts(len(rows), func(_, lo, hi int) {
		sum := int32(0)
		for a, b := range spans(hi - lo) {
			for _, r := range rows[lo+a : lo+b] {
				sum |= r
			}
		}
		if sum < 0 {
			found.Store(true)
		}
	})
	return found.Load()
}
