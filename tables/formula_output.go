package tables

import "sync"

// An output collects chunks into a column; chunks may come from several
// goroutines, as each owns its bytes, and each part its text.
type output struct {
	typ   Type
	n     int
	store store
	text  []*textBuilder // by part
	mu    sync.Mutex     // of valid, not of its bytes
	valid bitmap
}

func newOutput(t Type, n int) *output {
	o := &output{typ: t, n: n}
	switch carrierOf(t) {
	case carryBool:
		o.store = bools{uncleared[byte]((n + 7) / 8), n}
	case carryString:
	default:
		o.store = anyNums(t, n)
	}
	return o
}

// anyNums holds n numbers, to be filled.
func anyNums(t Type, n int) store {
	switch t {
	case Int8:
		return nums[int8]{uncleared[int8](n)}
	case Int16:
		return nums[int16]{uncleared[int16](n)}
	case Int32, Char, Date:
		return nums[int32]{uncleared[int32](n)}
	case Uint8:
		return nums[uint8]{uncleared[uint8](n)}
	case Uint16:
		return nums[uint16]{uncleared[uint16](n)}
	case Uint32:
		return nums[uint32]{uncleared[uint32](n)}
	case Uint64:
		return nums[uint64]{uncleared[uint64](n)}
	case Float32:
		return nums[float32]{uncleared[float32](n)}
	case Float64:
		return nums[float64]{uncleared[float64](n)}
	}
	return nums[int64]{uncleared[int64](n)}
}

// receive lets a node write into the output, which saves a copy.
func (o *output) receive(n node, lo, k int) {
	a, ok := n.(interface{ aim([]float64, []int64) })
	if !ok {
		return
	}
	switch s := o.store.(type) {
	case nums[float64]:
		a.aim(s.v[lo:lo+k:lo+k], nil)
	case nums[int64]:
		a.aim(nil, s.v[lo:lo+k:lo+k])
	}
}

// parts is how many goroutines will put chunks.
func (o *output) parts(parts int) {
	if carrierOf(o.typ) == carryString {
		o.text = make([]*textBuilder, parts)
	}
}

// put takes n > 0 rows from lo, a multiple of 8.
func (o *output) put(part, lo, n int, v vec) {
	if v.null != nil {
		v.null = v.null[:n]
		o.putNulls(lo, v.null)
	}
	switch s := o.store.(type) {
	case nil:
		if o.text[part] == nil {
			o.text[part] = newTextBuilder((o.n + len(o.text) - 1) / len(o.text))
		}
		o.text[part].add(v.s[:n], v.null)
	case bools:
		packFlags(s.b[lo/8:], v.b[:n], v.null)
	case nums[float64]:
		putNums(s.v[lo:lo+n], v.f, v.null)
	case nums[int64]:
		putNums(s.v[lo:lo+n], v.i, v.null)
	case nums[float32]:
		putNums(s.v[lo:lo+n], v.f, v.null)
	case nums[int32]:
		putNums(s.v[lo:lo+n], v.i, v.null)
	case nums[int16]:
		putNums(s.v[lo:lo+n], v.i, v.null)
	case nums[int8]:
		putNums(s.v[lo:lo+n], v.i, v.null)
	case nums[uint8]:
		putNums(s.v[lo:lo+n], v.i, v.null)
	case nums[uint16]:
		putNums(s.v[lo:lo+n], v.i, v.null)
	case nums[uint32]:
		putNums(s.v[lo:lo+n], v.i, v.null)
	case nums[uint64]:
		putNums(s.v[lo:lo+n], v.i, v.null)
	}
}

// putNums casts numbers, unless they lie there already; null becomes 0.
func putNums[T number, C int64 | float64](out []T, v []C, null []bool) {
	if own, ok := any(out).([]C); !ok {
		for i, x := range v[:len(out)] {
			out[i] = T(x)
		}
	} else if &own[0] != &v[0] {
		copy(own, v)
	}
	if null != nil {
		for i := range out {
			if null[i] {
				out[i] = 0
			}
		}
	}
}

// packFlags makes bits of booleans; null becomes 0.
func packFlags(to bitmap, v, null []bool) {
	for at := 0; at < len(v); at += 8 {
		var w uint64
		if at+8 <= len(v) {
			w = words(v[at : at+8])[0]
			if null != nil {
				w &^= words(null[at : at+8])[0]
			}
		} else {
			for i, x := range v[at:] {
				w |= uint64(b2i(x && (null == nil || !null[at+i]))) << (8 * i)
			}
		}
		to[at/8] = bits8(w)
	}
}

// bits8 is a byte of eight booleans.
func bits8(flags uint64) byte { return byte(flags * 0x0102040810204080 >> 56) }

// putNulls clears the bits of rows that are null.
func (o *output) putNulls(lo int, null []bool) {
	any := false
	for _, w := range words(null) {
		any = any || w != 0
	}
	for _, isNull := range null[len(null)&^7:] {
		any = any || isNull
	}
	if !any {
		return
	}
	o.mu.Lock()
	if o.valid == nil {
		o.valid = fullBitmap(o.n)
	}
	o.mu.Unlock()
	own := o.valid[lo/8:]
	for i, w := range words(null) {
		own[i] &^= bits8(w)
	}
	for i := len(null) &^ 7; i < len(null); i++ {
		if null[i] {
			o.valid.clear(lo + i)
		}
	}
}

// col is the finished column; null rows hold zeros.
func (o *output) col(name string) *Col {
	c := &Col{name: name, typ: o.typ, data: o.store, valid: o.valid}
	if carrierOf(o.typ) != carryString {
		return c
	}
	var stores []store
	for _, b := range o.text {
		if b != nil {
			stores = append(stores, b.finish())
		}
	}
	switch len(stores) {
	case 0:
		c.data = newStrs(nil)
	case 1:
		c.data = stores[0]
	default:
		c.data = stores[0].concat(stores[1:])
	}
	return c
}

// A textBuilder holds text by a dictionary while that pays, and end to end from
// when it does not.
type textBuilder struct {
	dict *dictBuilder // or nil
	text strs
	rows int // about how many there will be
	next int // the number of rows at which to ask whether the dictionary pays
	last struct {
		word string
		code int32
	}
}

// newTextBuilder is for about so many rows.
func newTextBuilder(rows int) *textBuilder {
	if rows < dictRows {
		return &textBuilder{rows: rows, text: strs{off: make([]int64, 1, rows+1)}}
	}
	b := &textBuilder{rows: rows, dict: newDictBuilder(rows), next: dictShare * dictRows}
	b.last.code = -1
	return b
}

// add appends rows; of those that are null it takes "".
func (b *textBuilder) add(v []string, null []bool) {
	if b.dict != nil && len(b.dict.codes) >= b.next {
		if b.next += dictShare * dictRows; !b.dict.pays() {
			b.text, b.dict = b.dict.dict().plain(), nil
			off := uncleared[int64](max(b.rows+1, len(b.text.off)))
			b.text.off = off[:copied(off, b.text.off)]
		}
	}
	if b.dict == nil {
		b.makeRoom(v)
	}
	for i, s := range v {
		if null != nil && null[i] {
			s = ""
		}
		if b.dict == nil {
			b.text.b = append(b.text.b, s...)
			b.text.off = add(b.text.off, int64(len(b.text.b)))
			continue
		}
		if b.last.code < 0 || s != b.last.word {
			b.last.word, b.last.code = s, b.dict.code(s)
		}
		b.dict.codes = add(b.dict.codes, b.last.code)
	}
}

// makeRoom is for the text of more rows, and where that is not enough, for as
// much as all rows will have if they go on like this.
func (b *textBuilder) makeRoom(v []string) {
	size := 0
	for _, s := range v {
		size += len(s)
	}
	if have := len(b.text.b); cap(b.text.b)-have < size {
		done := len(b.text.off) - 1 + len(v)
		all := float64(have+size) / float64(done) * float64(max(b.rows, done))
		text := uncleared[byte](max(int(all*1.02), have+size+have/8))
		b.text.b = text[:copied(text, b.text.b)]
	}
}

func (b *textBuilder) finish() store {
	switch {
	case b.dict == nil:
		return b.text
	case b.dict.pays():
		return b.dict.dict()
	}
	return b.dict.dict().plain()
}
