package tables

import (
	"fmt"
	"math"
	"strings"

	"github.com/sheaf-go/sheaf/internal/radix"
)

// Sort orders the rows by the named columns, the first counting most; "-A"
// means descending. Rows that are equal keep their order. NaN comes behind all
// numbers and null behind everything, in both directions. Text is ordered by
// its bytes, which for UTF-8 is the order of its characters' numbers.
func (t *Table) Sort(keys ...string) *Table {
	if t.err != nil || len(keys) == 0 {
		return t
	}
	by := make([]sortKey, len(keys))
	for i, k := range keys {
		name, down := k, false
		if _, exact := t.Column(k); !exact {
			name, down = strings.CutPrefix(k, "-")
		}
		c, err := t.need("sort", name)
		if err != nil {
			return failed(err)
		}
		if c.typ.IsVector() || c.typ == Image {
			return failed(fmt.Errorf("tables: sort: column %q is %v, want values that have an order: %w", name, c.typ, ErrType))
		}
		by[i] = c.sortKey(down)
	}
	if sorted, ok := t.sortCounted(by); ok {
		return sorted
	}
	if len(keys) > 1 && t.n >= countedRows && t.rowBytes() <= fewRowBytes { // a list of rows would be larger than the table
		return t.Sort(keys[1:]...).Sort(keys[0])
	}
	rows := uncleared[int32](t.n)
	for i := range rows {
		poll(i)
		rows[i] = int32(i)
	}
	s := newSorter(rows, by)
	s.places = true
	s.sort(sortSpan{0, t.n, 0, 0})
	if !s.moved.Load() {
		return t
	}
	return t.taken(rows, by[0].name, s.first)
}

// taken is the rows of the table; of the named column the values are given, if
// they are known.
func (t *Table) taken(rows []int32, name string, values store) *Table {
	if values == nil {
		return t.take(rows)
	}
	known := t.index[name]
	cols := make([]*Col, len(t.cols))
	for i, c := range t.cols {
		if i == known {
			d := *c
			d.data = values
			cols[i] = &d
		} else {
			cols[i] = c.take(rows)
		}
	}
	return &Table{cols: cols, index: t.index, n: len(rows)}
}

// sort sorts rows stably by their text.
func (s strs) sort(rows []int32, down bool) { sortRows(rows, sortKey{text: &s, down: down}) }

// radixSort sorts rows stably by their keys.
func radixSort(rows []int32, key func(row int32) uint64) []int32 {
	sortRows(rows, sortKey{number: func(rows []int32, out []uint64) {
		for i, r := range rows {
			out[i] = key(r)
		}
	}})
	return rows
}

// A sortKey is what rows are sorted by: numbers that order as the values do, or
// text.
type sortKey struct {
	number func(rows []int32, out []uint64)
	text   *strs
	down   bool   // of text; numbers are turned
	valid  bitmap // nil: no nulls; they go behind the others
	name   string // of the column

	// back is the column of sorted words: its numbers are least and what they have
	// from bit shift on. nil: it has to be gathered.
	back func(words []uint64, shift int, least uint64) store
}

// sortKey is the column as a key.
func (c *Col) sortKey(down bool) sortKey {
	flip := uint64(0)
	if down {
		flip = math.MaxUint64
	}
	k := sortKey{name: c.name, down: down, valid: c.valid}
	switch s := c.data.(type) {
	case strs:
		k.text = &s
	case dict:
		ranks := s.ranks()
		k.number = func(rows []int32, out []uint64) {
			for i, r := range rows {
				out[i] = uint64(ranks[s.codes[r]]) ^ flip
			}
		}
	case bools:
		k.number = func(rows []int32, out []uint64) {
			for i, r := range rows {
				out[i] = uint64(b2i(s.b.get(int(r)))) ^ flip
			}
		}
	case nums[float64]:
		k.number = func(rows []int32, out []uint64) {
			for i, r := range rows {
				out[i] = floatOrder(s.v[r], flip)
			}
		}
	case nums[float32]:
		k.number = func(rows []int32, out []uint64) {
			for i, r := range rows {
				out[i] = floatOrder(float64(s.v[r]), flip)
			}
		}
	case nums[uint64]:
		k.number, k.back = wholeOrder(s.v, flip)
	case nums[int64]:
		k.number, k.back = wholeOrder(s.v, flip^1<<63)
	case nums[int32]:
		k.number, k.back = wholeOrder(s.v, flip^1<<63)
	case nums[int16]:
		k.number, k.back = wholeOrder(s.v, flip^1<<63)
	case nums[int8]:
		k.number, k.back = wholeOrder(s.v, flip^1<<63)
	case nums[uint32]:
		k.number, k.back = wholeOrder(s.v, flip)
	case nums[uint16]:
		k.number, k.back = wholeOrder(s.v, flip)
	case nums[uint8]:
		k.number, k.back = wholeOrder(s.v, flip)
	}
	return k
}

func wholeOrder[T number](v []T, flip uint64) (number func(rows []int32, out []uint64), back func(words []uint64, shift int, least uint64) store) {
	number = func(rows []int32, out []uint64) {
		for i, r := range rows {
			out[i] = uint64(v[r]) ^ flip
		}
	}
	back = func(words []uint64, shift int, least uint64) store {
		out := uncleared[T](len(words))
		inParts(len(words), func(_, lo, hi int) {
			for a, b := range spans(hi - lo) {
				to := out[lo+a : lo+b]
				for i, w := range words[lo+a : lo+b] {
					to[i] = T((w>>shift + least) ^ flip)
				}
			}
		})
		return nums[T]{out}
	}
	return number, back
}

// floatOrder turns the bits of a float so that they order as unsigned numbers
// do; NaN is the greatest in both directions.
func floatOrder(f float64, flip uint64) uint64 {
	if f != f {
		return math.MaxUint64
	}
	return radix.Key(f) ^ flip
}
