package tables

import (
	"cmp"
	"fmt"
	"hash/maphash"
	"math"
	"slices"
	"strings"
)

// GroupBy is a row for each different combination of the keys' values, in the
// order in which the combinations first come; the keys stand first, and every
// other column becomes a vector of its values in that group. Null is a value
// like any other, and so is NaN. Without keys there is one row of vectors
// (none if the table is empty).
func (t *Table) GroupBy(keys ...string) *Table {
	if t.err != nil {
		return t
	}
	keyCols, err := t.keyCols("group by", keys)
	if err != nil {
		return failed(err)
	}
	g, err := groupRows(keyCols, t.n)
	if err != nil {
		return failed(fmt.Errorf("tables: group by: %w", err))
	}
	var cols []*Col
	for _, c := range keyCols {
		cols = append(cols, c.take(g.first))
	}
	rows, off := g.members()
	for _, c := range t.cols {
		if !slices.Contains(keys, c.name) {
			cols = append(cols, &Col{name: c.name, typ: c.typ.Vector(), data: list{off, c.take(rows)}})
		}
	}
	return build(cols, len(g.first))
}

// groups tells for each row the number of its group, and for each group the
// first row.
type groups struct {
	ids   []uint32
	first []int32
}

// members lists the rows group by group; off[i] is where group i starts.
func (g groups) members() (rows []int32, off []int64) {
	off = cleared[int64](len(g.first) + 1)
	for r, id := range g.ids {
		poll(r)
		off[id+1]++
	}
	for i := range g.first {
		poll(i)
		off[i+1] += off[i]
	}
	at := uncleared[int64](len(off))
	copied(at, off)
	rows = uncleared[int32](len(g.ids))
	for r, id := range g.ids {
		poll(r)
		rows[at[id]] = int32(r)
		at[id]++
	}
	return rows, off
}

// codes numbers a column's values by first appearance.
func (c *Col) codes() (groups, error) { return groupRows([]*Col{c}, c.Len()) }

// floatKey gives equal floats equal bits: both zeros, and all NaNs.
func floatKey(f float64) uint64 {
	switch {
	case f == 0:
		return 0
	case f != f:
		return math.Float64bits(math.NaN())
	}
	return math.Float64bits(f)
}

// hashTable is open addressing over group numbers + 1; 0 is a free slot.
type hashTable struct {
	slots []uint32
	mask  uint64
}

func newHashTable() *hashTable { return &hashTable{make([]uint32, 1024), 1023} }

// grow doubles the table and puts back n groups by their hashes.
func (h *hashTable) grow(n int, hash func(g int) uint64) {
	size := 2 * len(h.slots)
	h.slots, h.mask = cleared[uint32](size), uint64(size-1)
	for g := range n {
		poll(g)
		at := hash(g) & h.mask
		for h.slots[at] != 0 {
			at = (at + 1) & h.mask
		}
		h.slots[at] = uint32(g + 1)
	}
}

var hashSeed = maphash.MakeSeed()

func numberStrings(s strs, valid bitmap) groups {
	n := s.len()
	g := groups{ids: uncleared[uint32](n)}
	h := newHashTable()
	null := uint32(0)
	var hashes []uint64
	for r := range n {
		poll(r)
		if valid != nil && !valid.get(r) {
			if null == 0 {
				g.first = add(g.first, int32(r))
				hashes = add(hashes, 0)
				null = uint32(len(hashes))
			}
			g.ids[r] = null - 1
			continue
		}
		key := s.at(r)
		sum := maphash.String(hashSeed, key)
		at := sum & h.mask
		for {
			slot := h.slots[at]
			if slot == 0 {
				hashes = add(hashes, sum)
				g.first = add(g.first, int32(r))
				slot = uint32(len(hashes))
				h.slots[at] = slot
				g.ids[r] = slot - 1
				if 2*len(hashes) > len(h.slots) {
					h.grow(len(hashes), func(i int) uint64 { return hashes[i] })
				}
				break
			}
			if hashes[slot-1] == sum && slot != null && s.at(int(g.first[slot-1])) == key {
				g.ids[r] = slot - 1
				break
			}
			at = (at + 1) & h.mask
		}
	}
	return g
}

// Ungroup is the inverse of [Table.GroupBy]: a row for each element of the
// vectors in the named columns (all vector columns if none is named), while
// the other columns repeat their cell. Rows come out group by group. A row
// whose vectors are empty or null gives no row. Vectors of unequal length in
// one row are an error.
func (t *Table) Ungroup(columns ...string) *Table {
	if t.err != nil {
		return t
	}
	if len(columns) == 0 {
		for _, c := range t.cols {
			if c.typ.IsVector() {
				columns = append(columns, c.name)
			}
		}
	}
	if len(columns) == 0 {
		return t
	}
	off, err := t.commonOffsets(columns)
	if err != nil {
		return failed(err)
	}
	total := off[t.n]
	if total > math.MaxInt32 {
		return failed(fmt.Errorf("tables: ungroup: %d rows: a table holds at most %d", total, math.MaxInt32))
	}
	repeat := uncleared[int32](int(total))[:0]
	for r := range t.n {
		poll(r)
		for range off[r+1] - off[r] {
			repeat = append(repeat, int32(r))
		}
	}
	cols := make([]*Col, len(t.cols))
	for i, c := range t.cols {
		if slices.Contains(columns, c.name) {
			s := c.data.(list)
			flat := s.elem.slice(int(s.off[0]), int(s.off[t.n])).renamed(c.name)
			cols[i] = &flat
		} else {
			cols[i] = c.take(repeat)
		}
	}
	return build(cols, int(total))
}

// commonOffsets makes sure that the vectors of each row are equally long.
func (t *Table) commonOffsets(columns []string) ([]int64, error) {
	var off []int64
	for _, name := range columns {
		c, err := t.need("ungroup", name)
		if err != nil {
			return nil, err
		}
		s, ok := c.data.(list)
		if !ok {
			return nil, fmt.Errorf("tables: ungroup: column %q is %v, want vectors: %w", name, c.typ, ErrType)
		}
		mine := uncleared[int64](len(s.off))
		for i := range mine {
			poll(i)
			mine[i] = s.off[i] - s.off[0]
		}
		if off == nil {
			off = mine
			continue
		}
		for r := range t.n {
			poll(r)
			if a, b := off[r+1]-off[r], mine[r+1]-mine[r]; a != b {
				return nil, fmt.Errorf("tables: ungroup: row %d has %d values in %q, %d in %q: %w", r, a, columns[0], b, name, ErrLength)
			}
		}
	}
	return off, nil
}

// An EncodeOption changes how [Table.Encode] numbers categories.
type EncodeOption struct{ sorted bool }

// Sorted numbers categories in ascending order instead of by first appearance.
func Sorted() EncodeOption { return EncodeOption{sorted: true} }

// Encode replaces a column's values by whole numbers from 0, by first
// appearance unless [Sorted] is given; rows keep their order and null stays
// null. [Table.Categories] tells which number stands for what.
func (t *Table) Encode(name string, opts ...EncodeOption) *Table {
	if t.err != nil {
		return t
	}
	c, err := t.need("encode", name)
	if err != nil {
		return failed(err)
	}
	g, order, err := c.categories(opts)
	if err != nil {
		return failed(fmt.Errorf("tables: encode: %w", err))
	}
	rank := make([]int64, len(g.first))
	for code, group := range order {
		poll(code)
		rank[group] = int64(code)
	}
	codes := uncleared[int64](t.n)
	for r, id := range g.ids {
		poll(r)
		codes[r] = rank[id]
	}
	cols := slices.Clone(t.cols)
	cols[t.index[name]] = &Col{name: name, typ: Int64, data: nums[int64]{codes}, valid: c.valid}
	return build(cols, t.n)
}

// Categories is the different values of a column that are not null, in the
// order of the numbers that [Table.Encode] gives them with the same options.
func (t *Table) Categories(name string, opts ...EncodeOption) *Table {
	if t.err != nil {
		return t
	}
	c, err := t.need("categories", name)
	if err != nil {
		return failed(err)
	}
	g, order, err := c.categories(opts)
	if err != nil {
		return failed(fmt.Errorf("tables: categories: %w", err))
	}
	rows := uncleared[int32](len(order))
	for code, group := range order {
		poll(code)
		rows[code] = g.first[group]
	}
	return build([]*Col{c.take(rows)}, len(rows))
}

// categories numbers the values; order lists the groups that are not null.
func (c *Col) categories(opts []EncodeOption) (g groups, order []int, err error) {
	if g, err = c.codes(); err != nil {
		return g, nil, err
	}
	for group, row := range g.first {
		poll(group)
		if !c.IsNull(int(row)) {
			order = append(order, group)
		}
	}
	for _, o := range opts {
		if o.sorted {
			less := c.comparer()
			asked := 0
			slices.SortStableFunc(order, func(a, b int) int {
				poll(asked)
				asked++
				return less(g.first[a], g.first[b])
			})
		}
	}
	return g, order, nil
}

// comparer compares two rows: nulls last, then NaN, false before true, text by
// its bytes.
func (c *Col) comparer() func(a, b int32) int {
	var values func(a, b int32) int
	switch s := c.data.(type) {
	case strs:
		values = func(a, b int32) int { return strings.Compare(s.at(int(a)), s.at(int(b))) }
	case dict:
		ranks := s.ranks()
		values = func(a, b int32) int { return cmp.Compare(ranks[s.codes[a]], ranks[s.codes[b]]) }
	case bools:
		values = func(a, b int32) int { return b2i(s.b.get(int(a))) - b2i(s.b.get(int(b))) }
	case nums[float64]:
		values = func(a, b int32) int { return compareFloat(s.v[a], s.v[b]) }
	case nums[float32]:
		values = func(a, b int32) int { return compareFloat(float64(s.v[a]), float64(s.v[b])) }
	case nums[uint64]:
		values = compareNums(s.v)
	default:
		v := convertNums[int64](c.data)
		values = compareNums(v)
	}
	if c.valid == nil {
		return values
	}
	return func(a, b int32) int {
		x, y := c.IsNull(int(a)), c.IsNull(int(b))
		if x || y {
			return b2i(x) - b2i(y)
		}
		return values(a, b)
	}
}

func compareNums[T number](v []T) func(a, b int32) int {
	return func(a, b int32) int {
		switch x, y := v[a], v[b]; {
		case x < y:
			return -1
		case x > y:
			return 1
		}
		return 0
	}
}

// compareFloat puts NaN behind all numbers.
func compareFloat(x, y float64) int {
	switch {
	case x < y:
		return -1
	case x > y:
		return 1
	case x == y:
		return 0
	}
	return b2i(x != x) - b2i(y != y)
}

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}
