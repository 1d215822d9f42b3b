package tables

import (
	"iter"
	"math"
	"slices"

	"github.com/sheaf-go/sheaf/internal/interrupt"
)

// Keys of few different values need no sort of words: the rows of each value
// are counted, which tells where in the result they go, and every column is
// written there, in one pass and without a list of rows.

const (
	mostCounted = 1 << 12 // values of the keys together, for which that is faster
	mostCodes   = 1 << 16 // and, in tables of few bytes a row, for which it takes less memory
	fewRowBytes = 4
)

// countedRows is from how many rows on that is tried; tests take fewer.
var countedRows = 1 << 12

// A countedKey is a key with few values: width of them from least on, and null.
type countedKey struct {
	sortKey
	least, width uint64
}

func (k *countedKey) values() int { return int(k.width) + b2i(k.valid != nil) }

// sortCounted is the table sorted by the keys, if they have few values.
func (t *Table) sortCounted(keys []sortKey) (*Table, bool) {
	most := mostCounted
	if t.rowBytes() <= fewRowBytes {
		most = mostCodes
	}
	counted := make([]countedKey, len(keys))
	values := 1
	for i, k := range keys {
		if t.n < countedRows || k.text != nil || !counted[i].of(k, t.n, min(most, t.n)) {
			return nil, false
		}
		values *= counted[i].values()
		if values > min(most, t.n) {
			return nil, false
		}
	}
	return t.counted(counted, values), true
}

// rowBytes is what a row takes in columns of one or two bytes, more with others.
func (t *Table) rowBytes() int {
	n := 0
	for _, c := range t.cols {
		switch c.data.(type) {
		case bools, nums[int8], nums[uint8]:
			n++
		case nums[int16], nums[uint16]:
			n += 2
		default:
			n += fewRowBytes + 1
		}
	}
	return n
}

// of finds the values of a key of n rows, and reports whether they are at most so
// many.
func (c *countedKey) of(k sortKey, n, most int) bool {
	c.sortKey = k
	lo, hi := uint64(math.MaxUint64), uint64(0)
	r := newKeyReader()
	for from := 0; from < n; from += keyRows {
		poll(from)
		for i, x := range r.read(&k, from, min(keyRows, n-from)) {
			if k.valid == nil || k.valid.get(from+i) {
				lo, hi = min(lo, x), max(hi, x)
			}
		}
		if lo < hi && hi-lo >= uint64(most) {
			return false
		}
	}
	if lo <= hi {
		c.least, c.width = lo, hi-lo+1
	}
	return true
}

// keyRows is how many rows a keyReader reads at a time.
const keyRows = 1 << 9

// A keyReader reads the numbers of keys.
type keyReader struct {
	rows   []int32
	digits []uint64
}

func newKeyReader() *keyReader {
	return &keyReader{make([]int32, keyRows), make([]uint64, keyRows)}
}

// read is the numbers of n rows, until the next read.
func (r *keyReader) read(k *sortKey, from, n int) []uint64 {
	for i := range r.rows[:n] {
		r.rows[i] = int32(from + i)
	}
	k.number(r.rows[:n], r.digits[:n])
	return r.digits[:n]
}

// counted is the place of each row in a sort by counting.
type counted struct {
	n      int
	keys   []countedKey
	codes  []uint16  // of the rows, see number; nil: they are made again each time
	starts [][]int32 // of each part of the rows, where in the result the rows of a code begin
	next   [][]int32 // the same, as it goes on
}

// counted is the table sorted by keys that have so many values together.
func (t *Table) counted(keys []countedKey, values int) *Table {
	c := &counted{n: t.n, keys: keys}
	if !t.bitsOnly() {
		c.number()
	}
	if c.sorted() {
		return t
	}
	c.count(values)
	var rows []int32
	cols := make([]*Col, len(t.cols))
	for i, col := range t.cols {
		d, ok := *col, false
		if d.data, ok = c.spread(col.data); !ok {
			if rows == nil {
				rows = c.rows()
			}
			d.data = col.data.take(rows)
		}
		if col.valid != nil {
			d.valid = c.bits(col.valid)
		}
		cols[i] = &d
	}
	return &Table{cols: cols, index: t.index, n: t.n}
}

// bitsOnly reports whether the codes of the rows would take more than the table.
func (t *Table) bitsOnly() bool {
	return !slices.ContainsFunc(t.cols, func(c *Col) bool {
		_, is := c.data.(bools)
		return !is
	})
}

// number gives the rows their codes: equal keys have equal codes, in the order
// of the keys.
func (c *counted) number() {
	codes := uncleared[uint16](c.n)
	inParts(c.n, func(_, lo, hi int) {
		for from, some := range c.chunks(lo, hi) {
			copy(codes[from:], some)
		}
	})
	c.codes = codes
}

// chunks are the codes of the rows lo to hi in pieces, each with its first row.
func (c *counted) chunks(lo, hi int) iter.Seq2[int, []uint16] {
	return func(yield func(from int, codes []uint16) bool) {
		var codes []uint16
		var r *keyReader
		if c.codes == nil {
			codes, r = make([]uint16, keyRows), newKeyReader()
		}
		for from := lo; from < hi; from += keyRows {
			poll(from - lo)
			n := min(keyRows, hi-from)
			if r != nil {
				codes = codes[:n]
				c.code(r, from, codes)
			} else {
				codes = c.codes[from : from+n]
			}
			if !yield(from, codes) {
				return
			}
		}
	}
}

// code is the codes of the rows that begin at row from.
func (c *counted) code(r *keyReader, from int, codes []uint16) {
	for j := range c.keys {
		k := &c.keys[j]
		values := uint64(k.values())
		for i, x := range r.read(&k.sortKey, from, len(codes)) {
			code := x - k.least
			if k.valid != nil && !k.valid.get(from+i) {
				code = k.width
			}
			if j > 0 {
				code += uint64(codes[i]) * values
			}
			codes[i] = uint16(code)
		}
	}
}

func (c *counted) sorted() bool {
	last := uint16(0)
	for _, codes := range c.chunks(0, c.n) {
		if codes[0] < last || !slices.IsSorted(codes) {
			return false
		}
		last = codes[len(codes)-1]
	}
	return true
}

// count finds where the rows of each code go.
func (c *counted) count(values int) {
	parts := min(partsOf(c.n), max(1, c.n/(8*values))) // else their counts take more memory than the rows
	c.starts, c.next = make([][]int32, parts), make([][]int32, parts)
	c.inParts(func(part, lo, hi int) {
		counts := make([]int32, values)
		for _, codes := range c.chunks(lo, hi) {
			for _, code := range codes {
				counts[code]++
			}
		}
		c.starts[part], c.next[part] = counts, make([]int32, values)
	})
	at := int32(0)
	for code := range values {
		for _, counts := range c.starts {
			n := counts[code]
			counts[code] = at
			at += n
		}
	}
}

// inParts runs work on ranges of the rows, one for each list of starts.
func (c *counted) inParts(work func(part, lo, hi int)) {
	parts := len(c.starts)
	interrupt.Together(parts, func(part int) { work(part, c.n*part/parts, c.n*(part+1)/parts) })
}

// begin is where the rows of each code go, of the part's first rows.
func (c *counted) begin(part int) []int32 {
	copy(c.next[part], c.starts[part])
	return c.next[part]
}

// spread puts values into the order of the result, if they have a fixed width.
func (c *counted) spread(data store) (out store, ok bool) {
	switch s := data.(type) {
	case bools:
		return bools{c.bits(s.b), s.n}, true
	case dict:
		return dict{scattered(c, s.codes), s.words}, true
	case nums[float64]:
		return nums[float64]{scattered(c, s.v)}, true
	case nums[float32]:
		return nums[float32]{scattered(c, s.v)}, true
	case nums[int64]:
		return nums[int64]{scattered(c, s.v)}, true
	case nums[int32]:
		return nums[int32]{scattered(c, s.v)}, true
	case nums[int16]:
		return nums[int16]{scattered(c, s.v)}, true
	case nums[int8]:
		return nums[int8]{scattered(c, s.v)}, true
	case nums[uint64]:
		return nums[uint64]{scattered(c, s.v)}, true
	case nums[uint32]:
		return nums[uint32]{scattered(c, s.v)}, true
	case nums[uint16]:
		return nums[uint16]{scattered(c, s.v)}, true
	case nums[uint8]:
		return nums[uint8]{scattered(c, s.v)}, true
	}
	return nil, false
}

func scattered[T number](c *counted, v []T) []T {
	out := uncleared[T](len(v))
	c.inParts(func(part, lo, hi int) {
		to := c.begin(part)
		for from, codes := range c.chunks(lo, hi) {
			for i, x := range v[from : from+len(codes)] {
				code := codes[i]
				at := to[code]
				to[code] = at + 1
				out[at] = x
			}
		}
	})
	return out
}

// rows are the rows in the order of the result.
func (c *counted) rows() []int32 {
	out := uncleared[int32](c.n)
	c.inParts(func(part, lo, hi int) {
		to := c.begin(part)
		for from, codes := range c.chunks(lo, hi) {
			for i, code := range codes {
				out[to[code]] = int32(from + i)
				to[code]++
			}
		}
	})
	return out
}

// bits puts bits into the order of the result, on one core, as goroutines would
// share bytes.
func (c *counted) bits(b bitmap) bitmap {
	out := newBitmap(c.n)
	to := c.begin(0) // where the first part's rows begin, the others' follow
	for from, codes := range c.chunks(0, c.n) {
		for i, code := range codes {
			at := to[code]
			to[code] = at + 1
			out[at>>3] |= byte(b2i(b.get(from+i))) << (at & 7)
		}
	}
	return out
}
