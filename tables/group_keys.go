package tables

import (
	le "encoding/binary"
	"fmt"
	"hash/maphash"
	"math"
	"math/bits"
)

// A field is a key column, or a part of one, as numbers: rows have the same
// number if and only if they have the same value. Null is a value.
type field struct {
	span uint64                    // the numbers are below it; 0: all 64 bits are used
	load func(lo int, to []uint64) // the numbers of the rows from lo
	text *textKey                  // if not nil, load gives hashes, which texts may share

	// find looks numbers up in a table that has one for each: it reports whether
	// all are there. It is nil where load has to be asked.
	find func(lo int, known, to []uint32) bool
}

// A textKey is a column of text that is compared as such.
type textKey struct {
	s     strs
	valid bitmap
}

// fieldsOf is what rows are told apart by.
func fieldsOf(keys []*Col) ([]field, error) {
	var all []field
	for _, c := range keys {
		f := c.fields()
		if f == nil {
			return nil, fmt.Errorf("column %q is %v, want single values: %w", c.name, c.typ, ErrType)
		}
		all = append(all, f...)
	}
	return all, nil
}

// fields is nil for a column whose values are no keys.
func (c *Col) fields() []field {
	switch s := c.data.(type) {
	case strs:
		return textFields(s, c.valid)
	case dict:
		return []field{s.field(c.valid)}
	case bools:
		return []field{{span: 3, load: func(lo int, to []uint64) {
			for i := range to {
				to[i] = uint64(b2i(s.b.get(lo + i)))
			}
			putNullKeys(c.valid, lo, to, 2)
		}}}
	case nums[float64]:
		return []field{floatField(s.v, c.valid)}
	case nums[float32]:
		return []field{floatField(s.v, c.valid)}
	case nums[int64]:
		return intFields(s.v, c.valid)
	case nums[int32]:
		return intFields(s.v, c.valid)
	case nums[int16]:
		return intFields(s.v, c.valid)
	case nums[int8]:
		return intFields(s.v, c.valid)
	case nums[uint64]:
		return intFields(s.v, c.valid)
	case nums[uint32]:
		return intFields(s.v, c.valid)
	case nums[uint16]:
		return intFields(s.v, c.valid)
	case nums[uint8]:
		return intFields(s.v, c.valid)
	}
	return nil
}

// putNullKeys gives rows that are null the number of null.
func putNullKeys(valid bitmap, lo int, to []uint64, null uint64) {
	if valid == nil {
		return
	}
	for i := range to {
		if !valid.get(lo + i) {
			to[i] = null
		}
	}
}

// intFields counts from the least value; null comes behind the greatest.
func intFields[T number](v []T, valid bitmap) []field {
	least, greatest := bounds(v, valid)
	base := uint64(least)
	span := uint64(greatest) - base + 1
	f := field{span: span, load: func(lo int, to []uint64) {
		for i, x := range v[lo : lo+len(to)] {
			to[i] = uint64(x) - base
		}
	}}
	switch {
	case valid == nil:
		f.find = func(lo int, known, to []uint32) bool {
			missing := uint32(0)
			for i, x := range v[lo : lo+len(to)] {
				id := known[uint64(x)-base] - 1
				to[i] = id
				missing = max(missing, id)
			}
			return missing != math.MaxUint32
		}
	case span == 0: // no number is left for null
		nulls := func(lo int, to []uint64) {
			clear(to)
			putNullKeys(valid, lo, to, 1)
		}
		return []field{f, {span: 2, load: nulls}}
	default:
		plain := f.load
		f.span++
		f.load = func(lo int, to []uint64) {
			plain(lo, to)
			putNullKeys(valid, lo, to, span)
		}
	}
	return []field{f}
}

// bounds are the least and the greatest of the values that are not null, or
// zeros.
func bounds[T number](v []T, valid bitmap) (least, greatest T) {
	first := true
	for lo, hi := range spans(len(v)) {
		if valid == nil {
			a, b := ends(v[lo:hi])
			if lo == 0 {
				least, greatest = a, b
			}
			least, greatest = min(least, a), max(greatest, b)
			continue
		}
		for i, x := range v[lo:hi] {
			if !valid.get(lo + i) {
				continue
			}
			if first {
				least, greatest, first = x, x, false
			}
			least, greatest = min(least, x), max(greatest, x)
		}
	}
	return least, greatest
}

// ends are the least and the greatest of some values; those of even and odd
// places do not wait for each other.
func ends[T number](v []T) (least, greatest T) {
	a, b := v[0], v[0]
	least, greatest = a, b
	for len(v) >= 4 {
		w, x, y, z := v[0], v[1], v[2], v[3]
		v = v[4:]
		if x < w {
			w, x = x, w
		}
		if z < y {
			y, z = z, y
		}
		if w < least {
			least = w
		}
		if x > greatest {
			greatest = x
		}
		if y < a {
			a = y
		}
		if z > b {
			b = z
		}
	}
	for _, x := range v {
		least, greatest = min(least, x), max(greatest, x)
	}
	return min(least, a), max(greatest, b)
}

// nullFloat are the bits of a NaN that floatKey never gives.
const nullFloat = 0x7ff8_dead_0000_0001

func floatField[T float32 | float64](v []T, valid bitmap) field {
	return field{load: func(lo int, to []uint64) {
		for i, x := range v[lo : lo+len(to)] {
			to[i] = floatKey(float64(x))
		}
		putNullKeys(valid, lo, to, nullFloat)
	}}
}

// field numbers words; words that are equal, as those of other systems'
// dictionaries may be, share a number.
func (s dict) field(valid bitmap) field {
	null := uint64(s.words.len())
	same := numberStrings(s.words, nil)
	if len(same.first) < s.words.len() {
		return field{span: null + 1, load: func(lo int, to []uint64) {
			for i, c := range s.codes[lo : lo+len(to)] {
				to[i] = uint64(same.ids[c])
			}
			putNullKeys(valid, lo, to, null)
		}}
	}
	f := field{span: null + 1, load: func(lo int, to []uint64) {
		for i, c := range s.codes[lo : lo+len(to)] {
			to[i] = uint64(c)
		}
		putNullKeys(valid, lo, to, null)
	}}
	if valid == nil {
		f.find = func(lo int, known, to []uint32) bool {
			missing := uint32(0)
			for i, c := range s.codes[lo : lo+len(to)] {
				id := known[c] - 1
				to[i] = id
				missing = max(missing, id)
			}
			return missing != math.MaxUint32
		}
	}
	return f
}

const (
	shortText = 7           // bytes, which with their number fit into 64 bits
	nullText  = 0xff << 56  // is no short text
	nullHash  = 0xa0761d64b // of long text
)

// textFields packs text into a number or two, and hashes what is longer.
func textFields(s strs, valid bitmap) []field {
	longest := int64(0)
	for lo, hi := range spans(s.len()) {
		last := s.off[lo]
		for _, o := range s.off[lo+1 : hi+1] {
			longest = max(longest, o-last)
			last = o
		}
		if longest > 8+shortText {
			break
		}
	}
	switch {
	case longest <= shortText:
		return []field{{load: func(lo int, to []uint64) { s.pack(valid, lo, to, 0) }}}
	case longest <= 8+shortText:
		return []field{{load: s.packFirst}, {load: func(lo int, to []uint64) { s.pack(valid, lo, to, 8) }}}
	}
	return []field{{text: &textKey{s, valid}, load: func(lo int, to []uint64) {
		at := s.off[lo]
		for i, end := range s.off[lo+1 : lo+1+len(to)] {
			to[i] = textHash(s.b[at:end])
			at = end
		}
		putNullKeys(valid, lo, to, nullHash)
	}}}
}

// pack is the text from byte 0 or 8 on, up to 7 bytes, and its whole length.
func (s strs) pack(valid bitmap, lo int, to []uint64, from int64) {
	at := s.off[lo]
	for i, end := range s.off[lo+1 : lo+1+len(to)] {
		to[i] = packText(s.b[min(at+from, end):end]) | uint64(end-at)<<56
		at = end
	}
	putNullKeys(valid, lo, to, nullText)
}

// packFirst is the first 8 bytes of the text, fewer if it has fewer.
func (s strs) packFirst(lo int, to []uint64) {
	at := s.off[lo]
	for i, end := range s.off[lo+1 : lo+1+len(to)] {
		to[i] = packText(s.b[at:min(at+8, end)])
		at = end
	}
}

// packText is up to 8 bytes as a number; of as many bytes, different ones give
// different numbers.
func packText(b []byte) uint64 {
	switch n := len(b); {
	case n >= 8:
		return le.LittleEndian.Uint64(b)
	case n >= 4:
		return uint64(le.LittleEndian.Uint32(b)) | uint64(le.LittleEndian.Uint32(b[n-4:]))<<(8*(n-4))
	case n >= 2:
		return uint64(le.LittleEndian.Uint16(b)) | uint64(le.LittleEndian.Uint16(b[n-2:]))<<(8*(n-2))
	case n == 1:
		return uint64(b[0])
	}
	return 0
}

var (
	textSeed  = maphash.Comparable(hashSeed, 1)
	otherSeed = maphash.Comparable(hashSeed, 2)
	textHash  = hashBytes // tests put a worse one here
)

// hashBytes spreads text over 64 bits.
func hashBytes(b []byte) uint64 {
	n := len(b)
	if n > 16 {
		return maphash.Bytes(hashSeed, b)
	}
	x, y := packText(b), uint64(0)
	if n > 8 {
		y = le.LittleEndian.Uint64(b[n-8:])
	}
	hi, lo := bits.Mul64(x^textSeed, y^otherSeed^uint64(n)<<56)
	return scramble(hi ^ lo)
}

// scramble spreads a number over 64 bits; no two numbers become the same.
func scramble(x uint64) uint64 {
	x ^= x >> 32
	x *= 0xd6e8feb86659fd93
	x ^= x >> 32
	x *= 0xd6e8feb86659fd93
	return x ^ x>>32
}

// keyHash makes numbers of all fields of a row: one that is less than span, or
// one that is spread over 64 bits, or such a one and another. Rows with the same
// numbers have the same values if exact; else, they have different values only
// if different texts have the same hash, or if loose.
type keyHash struct {
	fields        []field
	first, second []field // what the two numbers are made of
	texts         []field // whose hashes are in the first number
	exact, loose  bool
	spread        bool
	span          uint64
	tmp           []uint64
}

// newKeyHash spreads the numbers, unless there are at most so many of them.
func newKeyHash(fields []field, direct uint64) *keyHash {
	k := &keyHash{fields: fields, span: 1}
	for _, f := range fields {
		if hi, lo := bits.Mul64(k.span, f.span); f.span == 0 || hi > 0 || k.span == 0 {
			k.span = 0
		} else {
			k.span = lo
		}
		if f.text != nil {
			k.texts = append(k.texts, f)
		} else {
			k.first = append(k.first, f)
		}
	}
	k.spread = k.span == 0 || k.span > direct
	n := packable(k.first)
	switch {
	case len(k.texts) > 0 && n == len(k.first):
		k.first, k.second = nil, k.first
	case len(k.texts) > 0:
		k.loose = true
	default:
		k.first, k.second = k.first[:n], k.first[n:]
		k.exact = packable(k.second) == len(k.second)
		k.loose = !k.exact
	}
	return k
}

// wide reports whether there is a second number.
func (k *keyHash) wide() bool { return len(k.second) > 0 && !k.loose }

// packable is how many of the fields fit into one number.
func packable(fields []field) int {
	bits := 0.0
	for i, f := range fields {
		if bits += spanBits(f.span); bits > 64 {
			return i
		}
	}
	return len(fields)
}

func spanBits(span uint64) float64 {
	if span == 0 {
		return 64
	}
	return math.Log2(float64(span)) + 1e-9 // never too few because of rounding
}

// own is k with memory of its own, for another goroutine.
func (k *keyHash) own() *keyHash {
	d := *k
	d.tmp = nil
	return &d
}

// load gives the numbers of the rows from lo; second is for wide keys.
func (k *keyHash) load(lo int, to, second []uint64) {
	switch {
	case k.loose:
		k.mix(k.fields, lo, to)
	case len(k.texts) > 0:
		k.mix(k.texts, lo, to)
	default:
		k.pack(k.first, lo, to)
	}
	switch {
	case k.wide():
		k.pack(k.second, lo, second[:len(to)])
		for i, x := range second[:len(to)] {
			to[i] = scramble(to[i] ^ scramble(x))
		}
	case k.spread && len(k.texts) != 1:
		for i, x := range to {
			to[i] = scramble(x)
		}
	}
}

// mix makes one number of fields that do not fit into one.
func (k *keyHash) mix(fields []field, lo int, to []uint64) {
	fields[0].load(lo, to)
	for _, f := range fields[1:] {
		k.tmp = room(k.tmp, len(to))
		f.load(lo, k.tmp)
		for i, x := range k.tmp {
			to[i] = scramble(to[i])*0x9e3779b97f4a7c15 + x
		}
	}
}

// pack makes one number of fields that fit into one.
func (k *keyHash) pack(fields []field, lo int, to []uint64) {
	fields[0].load(lo, to)
	for _, f := range fields[1:] {
		k.tmp = room(k.tmp, len(to))
		f.load(lo, k.tmp)
		for i, x := range k.tmp {
			to[i] = to[i]*f.span + x
		}
	}
}
