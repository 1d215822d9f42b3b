package tables

import (
	"fmt"
	"math"
	"slices"
	"strings"
)

// Sort orders the rows by the named columns, the first counting most; "-A"
// means descending. Rows that are equal keep their order. NaN comes behind all
// numbers and null behind everything, in both directions. Text is ordered by
// its bytes, which for UTF-8 is the order of its characters' numbers.
func (t *Table) Sort(keys ...string) *Table {
	if t.err != nil || len(keys) == 0 {
		return t
	}
	cols, down := make([]*Col, len(keys)), make([]bool, len(keys))
	for i, k := range keys {
		name := k
		if _, exact := t.Column(k); !exact {
			name, down[i] = strings.CutPrefix(k, "-")
		}
		c, err := t.need("sort", name)
		if err != nil {
			return failed(err)
		}
		if c.typ.IsVector() || c.typ == Image {
			return failed(fmt.Errorf("tables: sort: column %q is %v, want values that have an order: %w", name, c.typ, ErrType))
		}
		cols[i] = c
	}
	rows := uncleared[int32](t.n)
	for i := range rows {
		poll(i)
		rows[i] = int32(i)
	}
	for i := len(keys) - 1; i >= 0; i-- { // stable, so the last key first
		rows = cols[i].order(rows, down[i])
	}
	return t.take(rows)
}

// order sorts rows stably by the column.
func (c *Col) order(rows []int32, down bool) []int32 {
	nulls := []int32(nil)
	if c.valid != nil {
		kept := uncleared[int32](len(rows))[:0]
		for i, r := range rows {
			poll(i)
			if c.valid.get(int(r)) {
				kept = append(kept, r)
			} else {
				nulls = append(nulls, r)
			}
		}
		rows = kept
	}
	if s, ok := c.data.(strs); ok {
		s.sort(rows, down)
	} else {
		rows = radixSort(rows, c.sortKey(down))
	}
	return append(rows, nulls...)
}

// sort sorts rows stably by their text.
func (s strs) sort(rows []int32, down bool) {
	asked := 0
	slices.SortStableFunc(rows, func(a, b int32) int {
		poll(asked)
		asked++
		if down {
			a, b = b, a
		}
		return strings.Compare(s.at(int(a)), s.at(int(b)))
	})
}

// sortKey gives each row a number that orders as its value does.
func (c *Col) sortKey(down bool) func(row int32) uint64 {
	flip := uint64(0)
	if down {
		flip = math.MaxUint64
	}
	switch s := c.data.(type) {
	case dict:
		ranks := s.ranks()
		return func(r int32) uint64 { return uint64(ranks[s.codes[r]]) ^ flip }
	case bools:
		return func(r int32) uint64 { return uint64(b2i(s.b.get(int(r)))) ^ flip }
	case nums[float64]:
		return func(r int32) uint64 { return floatOrder(s.v[r], flip) }
	case nums[float32]:
		return func(r int32) uint64 { return floatOrder(float64(s.v[r]), flip) }
	case nums[uint64]:
		return func(r int32) uint64 { return s.v[r] ^ flip }
	case nums[int64]:
		return func(r int32) uint64 { return uint64(s.v[r]) ^ 1<<63 ^ flip }
	}
	v := convertNums[int64](c.data)
	return func(r int32) uint64 { return uint64(v[r]) ^ 1<<63 ^ flip }
}

// floatOrder turns the bits of a float so that they order as unsigned numbers
// do; NaN is the greatest in both directions.
func floatOrder(f float64, flip uint64) uint64 {
	if f != f {
		return math.MaxUint64
	}
	if f == 0 { // both zeros are equal
		f = 0
	}
	u := math.Float64bits(f)
	return u ^ (uint64(int64(u)>>63) | 1<<63) ^ flip
}

// A keyed is a row with its sort key.
type keyed struct {
	key uint64
	row int32
}

// radixSort sorts rows stably by their keys, a byte at a time from the lowest;
// bytes in which all keys agree are passed over.
func radixSort(rows []int32, key func(row int32) uint64) []int32 {
	v, w := uncleared[keyed](len(rows)), uncleared[keyed](len(rows))
	var hist [8][256]int
	for i, r := range rows {
		poll(i)
		k := key(r)
		v[i] = keyed{k, r}
		for b := range hist {
			hist[b][byte(k>>(8*b))]++
		}
	}
	for b := range hist {
		h := &hist[b]
		if len(v) == 0 || h[byte(v[0].key>>(8*b))] == len(v) {
			continue
		}
		at := 0
		for i, n := range h {
			h[i] = at
			at += n
		}
		for lo, hi := range spans(len(v)) {
			for _, x := range v[lo:hi] {
				d := byte(x.key >> (8 * b))
				w[h[d]] = x
				h[d]++
			}
		}
		v, w = w, v
	}
	out := rows[:len(v)]
	for lo, hi := range spans(len(v)) {
		to := out[lo:hi]
		for i, x := range v[lo:hi] {
			to[i] = x.row
		}
	}
	return out
}
