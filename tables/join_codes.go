package tables

import (
	"math"
	"unsafe"
)

// A pairing tells which rows of two tables have equal keys: those whose codes
// are the same. A nil list stands for codes that are the rows themselves.
type pairing struct {
	left, right []int32 // absent where the other table has no such key
	space       int     // codes are below it
}

// pairKeys codes the rows of two tables of nl and nr rows by their keys, of
// which there is at least one.
func pairKeys(keys []joinKey, nl, nr int) pairing {
	var p codePair
	for i, k := range keys {
		build, probe := k.right, k.left
		if nl < nr {
			build, probe = probe, build
		}
		next := pairCols(build, probe)
		if i == 0 {
			p = next
		} else {
			p = p.and(next, min(nl, nr), max(nl, nr))
		}
	}
	if nl < nr {
		return pairing{left: p.build, right: p.probe, space: p.space}
	}
	return pairing{left: p.probe, right: p.build, space: p.space}
}

// A codePair is the codes of the side that an index was made of, none of them
// absent, and of the side that was looked for in it.
type codePair struct {
	build, probe []int32 // build may be nil: the rows themselves
	space        int
}

// pairCols codes two columns of types that can be compared.
func pairCols(build, probe *Col) codePair {
	if _, ok := build.data.(texts); ok {
		return pairTexts(build, probe)
	}
	x, codes, null := indexNumbers(build.allBits(), build.valid)
	read := probe.bitsReader()
	shared := probe.bitsShared()
	// Of an unsigned and a signed column the upper half of either is not in the
	// other, though its bits may be.
	mixed := build.typ.isSigned() && probe.typ == Uint64 || build.typ == Uint64 && probe.typ.isSigned()
	out := uncleared[int32](probe.Len())
	find := func(lo, hi int, buf []uint64) {
		v := buf[:hi-lo]
		if shared != nil {
			v = shared[lo:hi]
		} else {
			read(lo, v)
		}
		x.find(v, out[lo:hi])
		if mixed {
			for i, k := range v {
				if int64(k) < 0 {
					out[lo+i] = absent
				}
			}
		}
	}
	probeParts(len(out), find)
	probe.putNull(out, null)
	return codePair{codes, out, build.Len()}
}

// allBits is the column as bitsReader reads it.
func (c *Col) allBits() []uint64 {
	if shared := c.bitsShared(); shared != nil {
		return shared
	}
	bits, read := uncleared[uint64](c.Len()), c.bitsReader()
	inParts(len(bits), func(_, lo, hi int) {
		for a, b := range spans(hi - lo) {
			read(lo+a, bits[lo+a:lo+b])
		}
	})
	return bits
}

// probeParts calls find for at most probeRows rows at a time.
func probeParts(n int, find func(lo, hi int, buf []uint64)) {
	inParts(n, func(_, lo, hi int) {
		buf := make([]uint64, probeRows)
		for ; lo < hi; lo += probeRows {
			poll(lo / probeRows * probeRows)
			find(lo, min(lo+probeRows, hi), buf)
		}
	})
}

// putNull gives the rows that are null their code.
func (c *Col) putNull(codes []int32, null int32) {
	if c.valid == nil {
		return
	}
	for i := range codes {
		poll(i)
		if !c.valid.get(i) {
			codes[i] = null
		}
	}
}

func (t Type) isSigned() bool { return t >= Int8 && t <= Int64 }

// bitsShared is the memory of a column of 64-bit integers, or nil.
func (c *Col) bitsShared() []uint64 {
	switch s := c.data.(type) {
	case nums[uint64]:
		return s.v
	case nums[int64]:
		return unsafe.Slice((*uint64)(unsafe.Pointer(unsafe.SliceData(s.v))), len(s.v))
	}
	return nil
}

// bitsReader reads rows from lo on as 64 bits that are equal where the values
// are: whole numbers extended, of floats both zeros 0 and all NaNs one.
func (c *Col) bitsReader() func(lo int, to []uint64) {
	switch s := c.data.(type) {
	case bools:
		return func(lo int, to []uint64) {
			for i := range to {
				to[i] = uint64(b2i(s.b.get(lo + i)))
			}
		}
	case nums[float64]:
		return func(lo int, to []uint64) {
			for i, f := range s.v[lo : lo+len(to)] {
				to[i] = floatKey(f)
			}
		}
	case nums[float32]:
		return func(lo int, to []uint64) {
			for i, f := range s.v[lo : lo+len(to)] {
				to[i] = floatKey(float64(f))
			}
		}
	case nums[int8]:
		return wideReader(s.v)
	case nums[int16]:
		return wideReader(s.v)
	case nums[int32]:
		return wideReader(s.v)
	case nums[int64]:
		return wideReader(s.v)
	case nums[uint8]:
		return wideReader(s.v)
	case nums[uint16]:
		return wideReader(s.v)
	case nums[uint32]:
		return wideReader(s.v)
	case nums[uint64]:
		return wideReader(s.v)
	}
	panic("tables: join: a key of " + c.typ.String())
}

func wideReader[T number](v []T) func(lo int, to []uint64) {
	return func(lo int, to []uint64) {
		for i, x := range v[lo : lo+len(to)] {
			to[i] = uint64(x)
		}
	}
}

// pairTexts codes two columns of text. Of a dictionary only the words are
// looked at, so that codes are numbers of words, and that of null the next.
func pairTexts(build, probe *Col) codePair {
	var p codePair
	var x *textIndex
	var null int32
	switch s := build.data.(type) {
	case strs:
		x, p.build, null = indexTexts(s, build.valid)
		p.space = s.len()
	case dict:
		var words []int32
		x, words, _ = indexTexts(s.words, nil)
		null = int32(s.words.len())
		p.space = int(null) + 1
		p.build = codesOfWords(s, words)
		build.putNull(p.build, null)
	}
	switch s := probe.data.(type) {
	case strs:
		p.probe = uncleared[int32](s.len())
		probeParts(s.len(), func(lo, hi int, _ []uint64) { x.find(s, lo, p.probe[lo:hi]) })
	case dict:
		words := make([]int32, s.words.len())
		for lo := 0; lo < len(words); lo += probeRows {
			poll(lo)
			x.find(s.words, lo, words[lo:min(lo+probeRows, len(words))])
		}
		p.probe = codesOfWords(s, words)
	}
	probe.putNull(p.probe, null)
	return p
}

// codesOfWords gives each row the code of its word; without codes, the word.
func codesOfWords(s dict, words []int32) []int32 {
	out := uncleared[int32](len(s.codes))
	inParts(len(out), func(_, lo, hi int) {
		for a, b := range spans(hi - lo) {
			to := out[lo+a : lo+b]
			for i, w := range s.codes[lo+a : lo+b] {
				if words != nil {
					w = words[w]
				}
				to[i] = w
			}
		}
	})
	return out
}

// and is the pairing by two keys; p and q are of nb and np rows.
func (p codePair) and(q codePair, nb, np int) codePair {
	const never = math.MaxUint64 // larger than all pairs of codes
	width := uint64(q.space)
	code := func(codes []int32, r int) uint64 {
		if codes == nil {
			return uint64(r)
		}
		return uint64(codes[r])
	}
	keys := uncleared[uint64](nb)
	for r := range keys {
		poll(r)
		keys[r] = code(p.build, r)*width + code(q.build, r)
	}
	x, codes, _ := indexNumbers(keys, nil)
	out := uncleared[int32](np)
	probeParts(np, func(lo, hi int, buf []uint64) {
		v := buf[:hi-lo]
		for i := range v {
			a, b := p.probe[lo+i], q.probe[lo+i]
			v[i] = uint64(a)*width + uint64(b)
			if a < 0 || b < 0 {
				v[i] = never
			}
		}
		x.find(v, out[lo:hi])
	})
	return codePair{codes, out, nb}
}
