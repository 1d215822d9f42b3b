package tables

import "math/bits"

// A bitmap holds one bit per row, lowest bit first, as Arrow does. A nil
// bitmap used as validity means that every row is valid.
type bitmap []byte

func newBitmap(n int) bitmap { return make(bitmap, (n+7)/8) }

// fullBitmap has its first n bits set.
func fullBitmap(n int) bitmap {
	b := newBitmap(n)
	for i := range b {
		b[i] = 0xff
	}
	if r := n % 8; r != 0 {
		b[len(b)-1] = 1<<r - 1
	}
	return b
}

func (b bitmap) get(i int) bool { return b[i>>3]&(1<<(i&7)) != 0 }
func (b bitmap) set(i int)      { b[i>>3] |= 1 << (i & 7) }
func (b bitmap) clear(i int)    { b[i>>3] &^= 1 << (i & 7) }

// count is the number of set bits among the first n.
func (b bitmap) count(n int) int {
	c := 0
	for _, x := range b[:n/8] {
		c += bits.OnesCount8(x)
	}
	if r := n % 8; r != 0 {
		c += bits.OnesCount8(b[n/8] & (1<<r - 1))
	}
	return c
}

// slice copies bits from to to; a bitmap always starts at bit 0.
func (b bitmap) slice(from, to int) bitmap {
	if from%8 == 0 {
		return append(bitmap(nil), b[from/8:(to+7)/8]...)
	}
	out := newBitmap(to - from)
	shift := from % 8
	for i := range out {
		j := from/8 + i
		x := b[j] >> shift
		if j+1 < len(b) {
			x |= b[j+1] << (8 - shift)
		}
		out[i] = x
	}
	return out
}

// take gathers bits; an index below 0 gives a clear bit.
func (b bitmap) take(idx []int32) bitmap {
	out := newBitmap(len(idx))
	inParts(len(idx), func(_, lo, hi int) {
		for i := lo; i < hi; i++ {
			poll(i)
			if j := idx[i]; j >= 0 && b.get(int(j)) {
				out.set(i)
			}
		}
	})
	return out
}

// packBools makes a bitmap of a slice of bools.
func packBools(v []bool) bitmap {
	out := newBitmap(len(v))
	for i, x := range v {
		poll(i)
		if x {
			out[i>>3] |= 1 << (i & 7)
		}
	}
	return out
}

// unpack makes bools of the first n bits.
func (b bitmap) unpack(n int) []bool {
	out := uncleared[bool](n)
	for i := range out {
		poll(i)
		out[i] = b.get(i)
	}
	return out
}
