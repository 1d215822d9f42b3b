package tables

import (
	le "encoding/binary"
	"hash/maphash"
	"math/bits"
)

// A textIndex finds texts by hashing.
type textIndex struct {
	text  strs
	slots []textSlot
	shift int
	used  int
}

// A textSlot holds a text of up to slotText bytes itself, with zeros behind;
// of a longer one it has the hash, and the bytes are compared too.
type textSlot struct {
	a, b uint64
	size uint32 // in bytes; of texts beyond 4 GiB the lower bits
	code int32  // absent: the slot is free
}

// slotText is how many bytes are compared as two numbers.
const slotText = 16

// hash is spread over 64 bits, of which the highest are used.
func (t *textSlot) hash() uint64 {
	hi, lo := bits.Mul64(t.a^textSeed, t.b^otherSeed^uint64(t.size)<<56)
	return (hi ^ lo) * 0x9e3779b97f4a7c15
}

// slot is a row as a slot holds it, without its code.
func (s *strs) slot(row int) textSlot {
	lo, hi := int(s.off[row]), int(s.off[row+1])
	n := hi - lo
	if n > slotText {
		return textSlot{a: maphash.Bytes(hashSeed, s.b[lo:hi]), size: uint32(n)}
	}
	if b := s.b[lo:]; len(b) >= slotText { // a branch less for each length
		x, y := le.LittleEndian.Uint64(b), le.LittleEndian.Uint64(b[8:])
		return textSlot{a: x & lowBytes(n), b: y & lowBytes(n-8), size: uint32(n)}
	}
	return textSlot{a: packText(s.b[lo:min(lo+8, hi)]), b: packText(s.b[min(lo+8, hi):hi]), size: uint32(n)}
}

// lowBytes is the mask of the lowest n bytes, of all eight if n is more: a shift
// by 64 or more leaves nothing to subtract from.
func lowBytes(n int) uint64 { return uint64(1)<<(8*uint(max(n, 0))) - 1 }

// indexTexts codes the texts as indexNumbers does numbers.
func indexTexts(s strs, valid bitmap) (x *textIndex, codes []int32, null int32) {
	x, null = &textIndex{text: s}, absent
	x.slots, x.shift = newSlots(slotBits(s.len()), textSlot{code: absent})
	c := coder{n: s.len()}
	for r := range s.len() {
		poll(r)
		if valid != nil && !valid.get(r) {
			if null == absent {
				null = int32(r)
			}
			c.put(r, null)
			continue
		}
		c.put(r, x.place(int32(r)))
	}
	return x, c.codes, null
}

// place gives a row of the index's own text its code.
func (x *textIndex) place(row int32) int32 {
	t := x.text.slot(int(row))
	at, code := x.walk(t, t.hash(), x.text.at(int(row)))
	if code != absent {
		return code
	}
	t.code = row
	x.slots[at] = t
	if x.used++; 2*x.used > len(x.slots) {
		x.grow()
	}
	return row
}

// walk finds the slot of a text, and its code, or a free slot.
func (x *textIndex) walk(t textSlot, hash uint64, text string) (at int, code int32) {
	mask := len(x.slots) - 1
	for at = int(hash >> x.shift); ; at = (at + 1) & mask {
		s := &x.slots[at]
		if s.code == absent || s.a == t.a && s.b == t.b && s.size == t.size &&
			(len(text) <= slotText || x.text.at(int(s.code)) == text) {
			return at, s.code
		}
	}
}

func (x *textIndex) grow() {
	old := x.slots
	x.slots, x.shift = newSlots(66-x.shift, textSlot{code: absent})
	mask := len(x.slots) - 1
	for i := range old {
		poll(i)
		s := &old[i]
		if s.code == absent {
			continue
		}
		at := int(s.hash() >> x.shift)
		for x.slots[at].code != absent {
			at = (at + 1) & mask
		}
		x.slots[at] = *s
	}
}

// find puts the codes of the rows from lo on, at most probeRows, into out.
func (x *textIndex) find(s strs, lo int, out []int32) {
	var keys [probeRows]textSlot
	var hash, differ [probeRows]uint64
	for i := range out {
		keys[i] = s.slot(lo + i)
		hash[i] = keys[i].hash()
	}
	slots, shift := x.slots, x.shift
	for i := range out { // loads only, which do not wait for one another
		k, t := &keys[i], &slots[hash[i]>>shift]
		differ[i] = (t.a ^ k.a) | (t.b ^ k.b) | uint64(t.size^k.size)
		out[i] = t.code // a free slot has none
	}
	for i, d := range differ[:len(out)] {
		if d != 0 || keys[i].size > slotText {
			_, out[i] = x.walk(keys[i], hash[i], s.at(lo+i))
		}
	}
}
