package tables

import (
	"math/bits"

	"github.com/sheaf-go/sheaf/internal/interrupt"
)

// The rows of one side of a join, the smaller one, give each key a code: the
// first row that has it. An index finds the codes of the other side's keys.

// probeRows is how many keys are looked for at a time: their places are
// computed first, so that the memory is asked for all of them together.
const probeRows = 1 << 10

// absent is the code of a key that the other side does not have.
const absent = int32(-1)

// A coder notes the codes of rows as long as they are not the row itself.
type coder struct {
	codes []int32 // nil: every key is different
	n     int
}

func (c *coder) put(r int, code int32) {
	if c.codes == nil {
		if int(code) == r {
			return
		}
		c.codes = uncleared[int32](c.n)
		for i := range r {
			poll(i)
			c.codes[i] = int32(i)
		}
	}
	c.codes[r] = code
}

// A numberIndex finds numbers: those of a narrow range in a plain list, others
// by hashing.
type numberIndex struct {
	base  uint64
	dense []int32 // code + 1 of key base+i
	slots []numberSlot
	shift int
	used  int
}

type numberSlot struct {
	key  uint64
	code int32 // absent: the slot is free
}

// indexNumbers codes the keys; valid may be nil. Null has the code of its first
// row, or absent.
func indexNumbers(keys []uint64, valid bitmap) (x *numberIndex, codes []int32, null int32) {
	x, null = newNumberIndex(keys, valid), absent
	c := coder{n: len(keys)}
	for r, k := range keys {
		poll(r)
		if valid != nil && !valid.get(r) {
			if null == absent {
				null = int32(r)
			}
			c.put(r, null)
			continue
		}
		c.put(r, x.place(k, int32(r)))
	}
	return x, c.codes, null
}

// newNumberIndex has the room for the keys; it is dense where that takes no
// more memory than hashing.
func newNumberIndex(keys []uint64, valid bitmap) *numberIndex {
	least, most, n := int64(0), int64(-1), 0
	for r, k := range keys {
		poll(r)
		if valid != nil && !valid.get(r) {
			continue
		}
		v := int64(k)
		if n == 0 {
			least, most = v, v
		}
		least, most = min(least, v), max(most, v)
		n++
	}
	if width := uint64(most - least); n > 0 && width < uint64(max(8*n, 1<<12)) {
		return &numberIndex{base: uint64(least), dense: cleared[int32](int(width) + 1)}
	}
	x := &numberIndex{}
	x.slots, x.shift = newSlots(slotBits(n), numberSlot{0, absent})
	return x
}

// slotBits is how many slots an index starts with when it may get n keys.
func slotBits(n int) int { return min(bits.Len(uint(max(2*n, 2)-1)), 16) }

// newSlots makes 1<<size free slots; the highest bits of a hash are its slot's
// number.
func newSlots[T any](size int, free T) (slots []T, shift int) {
	slots = uncleared[T](1 << size)
	for lo, hi := range spans(len(slots)) {
		for i := range slots[lo:hi] {
			slots[lo+i] = free
		}
	}
	return slots, 64 - size
}

// grow makes four times the slots.
func (x *numberIndex) grow() {
	old := x.slots
	x.slots, x.shift = newSlots(66-x.shift, numberSlot{0, absent})
	mask := len(x.slots) - 1
	for i, s := range old {
		poll(i)
		if s.code == absent {
			continue
		}
		at := int(hashNumber(s.key) >> x.shift)
		for x.slots[at].code != absent {
			at = (at + 1) & mask
		}
		x.slots[at] = s
	}
}

// place gives a key its code, the row unless an earlier one has the key.
func (x *numberIndex) place(k uint64, row int32) int32 {
	if x.dense != nil {
		s := &x.dense[k-x.base]
		if *s == 0 {
			*s = row + 1
		}
		return *s - 1
	}
	mask := len(x.slots) - 1
	for at := int(hashNumber(k) >> x.shift); ; at = (at + 1) & mask {
		s := &x.slots[at]
		if s.code == absent {
			*s = numberSlot{k, row}
			if x.used++; 2*x.used > len(x.slots) {
				x.grow()
			}
			return row
		}
		if s.key == k {
			return s.code
		}
	}
}

// hashNumber spreads a key over 64 bits, of which the highest are the best.
func hashNumber(k uint64) uint64 {
	k = (k ^ k>>32) * 0x9e3779b97f4a7c15
	return (k ^ k>>29) * 0xbf58476d1ce4e5b9
}

// find puts the codes of at most probeRows keys into out.
func (x *numberIndex) find(keys []uint64, out []int32) {
	if x.dense != nil {
		dense, base := x.dense, x.base
		for i, k := range keys {
			code := absent
			if d := k - base; d < uint64(len(dense)) {
				code = dense[d] - 1
			}
			out[i] = code
		}
		return
	}
	var at [probeRows]uint32
	var got [probeRows]uint64
	var open [probeRows]int32 // whose first slot has another key
	for i, k := range keys {
		at[i] = uint32(hashNumber(k) >> x.shift)
	}
	slots, out := x.slots, out[:len(keys)]
	for i := range out { // loads only, which do not wait for one another
		s := &slots[at[i]]
		out[i], got[i] = s.code, s.key // a free slot has no code either
	}
	n := 0
	for i, k := range keys {
		open[n] = int32(i)
		n += b2i(got[i] != k)
	}
	mask := uint32(len(slots) - 1)
	for _, i := range open[:n] {
		k, a := keys[i], at[i]
		for slots[a].key != k && slots[a].code != absent {
			a = (a + 1) & mask
		}
		out[i] = slots[a].code
	}
}

// inParts runs work on ranges of n rows, many rows on all cores; ranges start
// at multiples of 64.
func inParts(n int, work func(part, lo, hi int)) { inRanges(n, partsOf(n), work) }

// inRanges is inParts where the number of ranges matters to what surrounds it:
// GOMAXPROCS may change at any time, and does where a container gets other
// limits.
func inRanges(n, parts int, work func(part, lo, hi int)) {
	interrupt.Ranges(n, parts, work)
}

// partsOf is how many ranges inParts makes of n rows.
func partsOf(n int) int { return interrupt.Cores(n, parallelRows) }
