package tables

// A numberer numbers the groups of rows by first appearance. It is asked for
// chunks of rows one after the other.
type numberer interface {
	number(lo int, ids []uint32) // of the rows from lo
	firsts() []int32             // the first rows of the groups met so far
	clash() bool                 // different keys were taken for the same; nothing is right
}

// oneGroup holds all rows.
type oneGroup struct{ first []int32 }

func (o *oneGroup) number(lo int, ids []uint32) {
	if o.first == nil && len(ids) > 0 {
		o.first = []int32{int32(lo)}
	}
	clear(ids)
}

func (o *oneGroup) firsts() []int32 { return o.first }
func (o *oneGroup) clash() bool     { return false }

// knownGroups are those that were numbered before.
type knownGroups struct{ groups }

func (k knownGroups) number(lo int, ids []uint32) { copy(ids, k.ids[lo:]) }
func (k knownGroups) firsts() []int32             { return k.first }
func (k knownGroups) clash() bool                 { return false }

// directGroups are found by keys that are small numbers.
type directGroups struct {
	key   *keyHash
	known []uint32 // the number of each key's group, plus 1
	first []int32
	buf   []uint64
}

func (d *directGroups) number(lo int, ids []uint32) {
	if f := d.key.fields[0]; len(d.key.fields) == 1 && f.find != nil && f.find(lo, d.known, ids) {
		return
	}
	d.buf = room(d.buf, len(ids))
	d.key.load(lo, d.buf, nil)
	known := d.known
	for i, k := range d.buf {
		id := known[k]
		if id == 0 {
			d.first = add(d.first, int32(lo+i))
			id = uint32(len(d.first))
			known[k] = id
		}
		ids[i] = id - 1
	}
}

func (d *directGroups) firsts() []int32 { return d.first }
func (d *directGroups) clash() bool     { return false }

// hashedGroups are found by a table of hashes.
type hashedGroups struct {
	key    *keyHash
	table  idTable
	first  []int32
	buf    []uint64
	second []uint64  // of wide keys
	check  *keyCheck // nil if equal hashes mean equal keys
}

func (h *hashedGroups) number(lo int, ids []uint32) {
	h.buf = room(h.buf, len(ids))
	if h.key.wide() {
		h.second = room(h.second, len(ids))
	}
	h.key.load(lo, h.buf, h.second)
	h.table.number(h.buf, h.second, ids)
	if h.table.n > len(h.first) { // somewhere in these rows
		for i, id := range ids {
			if int(id) == len(h.first) {
				h.first = add(h.first, int32(lo+i))
			}
		}
	}
	h.check.rows(lo, ids)
}

func (h *hashedGroups) firsts() []int32 { return h.first }
func (h *hashedGroups) clash() bool     { return h.check != nil && h.check.clash }

// An idTable numbers hashes by first appearance: open addressing. Where there
// are second numbers, these must be equal too.
type idTable struct {
	slots  []idSlot
	second []uint64 // of each slot
	n      int
}

type idSlot struct {
	hash uint64
	id   uint32 // plus 1; 0 is a free slot
}

// reset forgets all.
func (t *idTable) reset() {
	clear(t.slots)
	t.n = 0
}

// number may write ids over the memory of the hashes.
func (t *idTable) number(hashes, second []uint64, ids []uint32) {
	for len(hashes) > 0 {
		n := min(len(hashes), chunkRows)
		for 2*(t.n+n) > len(t.slots) {
			t.grow(second != nil)
		}
		if second == nil {
			t.narrow(hashes[:n], ids[:n])
		} else {
			t.wide(hashes[:n], second[:n], ids[:n])
			second = second[n:]
		}
		hashes, ids = hashes[n:], ids[n:]
	}
}

func (t *idTable) narrow(hashes []uint64, ids []uint32) {
	slots, mask := t.slots, uint64(len(t.slots)-1)
	for i, h := range hashes {
		at := h & mask
		for slots[at].id != 0 && slots[at].hash != h {
			at = (at + 1) & mask
		}
		if slots[at].id == 0 {
			t.n++
			slots[at] = idSlot{h, uint32(t.n)}
		}
		ids[i] = slots[at].id - 1
	}
}

func (t *idTable) wide(hashes, second []uint64, ids []uint32) {
	slots, more, mask := t.slots, t.second, uint64(len(t.slots)-1)
	for i, h := range hashes {
		at := h & mask
		for slots[at].id != 0 && (slots[at].hash != h || more[at] != second[i]) {
			at = (at + 1) & mask
		}
		if slots[at].id == 0 {
			t.n++
			slots[at] = idSlot{h, uint32(t.n)}
			more[at] = second[i]
		}
		ids[i] = slots[at].id - 1
	}
}

// grow doubles the table once there is one.
func (t *idTable) grow(wide bool) {
	old, second := t.slots, t.second
	t.slots = cleared[idSlot](max(2*len(old), 2*chunkRows))
	if wide {
		t.second = uncleared[uint64](len(t.slots))
	}
	mask := uint64(len(t.slots) - 1)
	for i, s := range old {
		poll(i)
		if s.id == 0 {
			continue
		}
		at := s.hash & mask
		for t.slots[at].id != 0 {
			at = (at + 1) & mask
		}
		t.slots[at] = s
		if wide {
			t.second[at] = second[i]
		}
	}
}

// A keyCheck compares the keys of rows that have the same hash.
type keyCheck struct {
	fields []field
	values [][]uint64  // of each group, for a field that is no text
	words  []*wordList // of each group, for text
	buf    []uint64
	clash  bool
}

// newKeyCheck is nil where there is nothing to check.
func newKeyCheck(key *keyHash) *keyCheck {
	if key.exact {
		return nil
	}
	c := &keyCheck{fields: key.fields, values: make([][]uint64, len(key.fields)), words: make([]*wordList, len(key.fields))}
	for i, f := range key.fields {
		if f.text != nil {
			c.words[i] = newWordList()
		}
	}
	return c
}

// rows looks at the rows from lo.
func (c *keyCheck) rows(lo int, ids []uint32) {
	if c == nil {
		return
	}
	for j, f := range c.fields {
		if f.text != nil {
			c.clash = !c.words[j].same(f.text, lo, ids) || c.clash
			continue
		}
		c.buf = room(c.buf, len(ids))
		f.load(lo, c.buf)
		known := c.values[j]
		for i, id := range ids {
			if int(id) == len(known) {
				known = add(known, c.buf[i])
			} else if known[id] != c.buf[i] {
				c.clash = true
			}
		}
		c.values[j] = known
	}
}

// A wordList holds the text of each group.
type wordList struct {
	strs
	null int // the number of the group of null, or -1
}

func newWordList() *wordList { return &wordList{strs: strs{off: []int64{0}}, null: -1} }

// same compares rows with the text of their groups; new groups get theirs.
func (w *wordList) same(t *textKey, lo int, ids []uint32) bool {
	ok := true
	for i, id := range ids {
		null := t.valid != nil && !t.valid.get(lo+i)
		s := ""
		if !null {
			s = t.s.at(lo + i)
		}
		if int(id) == w.len() {
			if null {
				w.null = int(id)
			}
			for cap(w.b)-len(w.b) < len(s) {
				w.b = roomier(w.b, len(s))
			}
			w.b = append(w.b, s...)
			w.off = add(w.off, int64(len(w.b)))
		} else if w.at(int(id)) != s || null != (int(id) == w.null) {
			ok = false
		}
	}
	return ok
}
