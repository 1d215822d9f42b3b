package tables

import (
	"cmp"
	"slices"
	"sync/atomic"
	"unicode/utf8"
	"unsafe"

	"github.com/sheaf-go/sheaf/internal/interrupt"
)

// assemble makes the table of what has been read.
func (f *csvFile) assemble(chunks []*csvChunk) (*Table, error) {
	cols := make([]*Col, len(f.names))
	stores := make([]store, len(cols)) // of text
	err := f.eachColumn(func(i int) error {
		if f.cols[i].kind == kindString {
			stores[i] = joinTexts(chunks, i, f.cols[i].d)
		}
		return nil
	})
	if err == nil {
		err = f.each(chunks, func(_ *csvWorker, c *csvChunk) error {
			for i := range stores {
				if s, ok := stores[i].(strs); ok {
					fillPlain(s, c, i, f.cols[i].d)
				}
			}
			return nil
		})
	}
	if err == nil {
		err = f.eachColumn(func(i int) (err error) {
			cols[i], err = f.assembleColumn(chunks, i, stores[i])
			return err
		})
	}
	if err != nil {
		return nil, err
	}
	t := build(cols, f.rows)
	return t, t.err
}

// eachColumn has workers work on the columns, side by side; the error is the
// leftmost column's that has one.
func (f *csvFile) eachColumn(work func(i int) error) error {
	errs := make([]error, len(f.names))
	var next atomic.Int64
	f.together(max(min(len(f.workers), len(errs)), 1), func(int) {
		for i := int(next.Add(1)) - 1; i < len(errs); i = int(next.Add(1)) - 1 {
			errs[i] = onFault(func() error { return work(i) })
		}
	})
	return cmp.Or(errs...)
}

// assembleColumn makes a column of what has been read, or of its text.
func (f *csvFile) assembleColumn(chunks []*csvChunk, i int, text store) (*Col, error) {
	from := &f.cols[i]
	c := &Col{name: f.names[i], typ: from.kind.typ()}
	switch from.kind {
	case kindInt, kindUint, kindTime, kindDuration:
		c.data = nums[int64]{from.i}
	case kindFloat, kindSingle:
		c.data = nums[float64]{from.f}
	case kindDate:
		c.data = nums[int32]{from.d}
	case kindBool:
		c.data = newBools(from.b)
	case kindString:
		c.data = text
	default:
		c.data = strs{off: make([]int64, f.rows+1)}
	}
	for _, k := range chunks {
		interrupt.Check()
		for _, r := range k.parts[i].nulls {
			c.valid = invalidate(c.valid, k.at+int(r), f.rows)
		}
	}
	if t, ok := f.types[c.name]; ok && t != c.typ {
		return f.narrow(chunks, i, c, t)
	}
	return c, nil
}

// worthDict is dictBuilder.pays for so many words.
func worthDict(words, rows int) bool { return words <= dictWords && words*dictShare <= rows }

// joinTexts makes the store of a column of text, by one dictionary if each part
// has one and they pay together; if not, fillPlain is to fill it. codes are words
// of the parts' dictionaries, or lengths.
func joinTexts(chunks []*csvChunk, col int, codes []int32) texts {
	all := newDictBuilder(0)
	to := map[*csvDict][]int32{} // the number among all of each word
	dicts := len(codes) >= dictRows
	for _, c := range chunks {
		d := c.parts[col].dict
		if dicts = dicts && d != nil; !dicts {
			return joinPlain(chunks, col, codes)
		}
		if to[d] == nil {
			to[d] = make([]int32, d.words.len())
			for i := range to[d] {
				poll(i)
				to[d][i] = all.code(d.words.at(i))
			}
		}
	}
	if !worthDict(all.words.len(), len(codes)) {
		return joinPlain(chunks, col, codes)
	}
	// The words come in the order of the rows, whoever read which.
	out := dictBuilder{codes: codes, words: strs{off: []int64{0}}}
	place := make([]int32, all.words.len()) // plus 1
	for _, c := range chunks {
		interrupt.Check()
		mine := to[c.parts[col].dict]
		part := codes[c.at : c.at+c.rows]
		for i, code := range part {
			w := mine[code]
			if place[w] == 0 {
				out.words.b = append(out.words.b, all.words.at(int(w))...)
				out.words.off = append(out.words.off, int64(len(out.words.b)))
				place[w] = int32(out.words.len())
			}
			part[i] = place[w] - 1
		}
	}
	return out.dict()
}

// joinPlain has room for text end to end, and where each chunk's starts.
func joinPlain(chunks []*csvChunk, col int, codes []int32) strs {
	out := strs{off: uncleared[int64](len(codes) + 1)}
	out.off[0] = 0
	n := int64(0)
	for _, c := range chunks {
		out.off[c.at] = n
		if d := c.parts[col].dict; d != nil {
			for _, code := range codes[c.at : c.at+c.rows] {
				n += d.words.off[code+1] - d.words.off[code]
			}
		} else {
			n += int64(len(c.parts[col].txt))
		}
	}
	out.off[len(codes)] = n
	out.b = uncleared[byte](int(n))
	return out
}

// fillPlain puts a chunk's text into what joinPlain has made.
func fillPlain(out strs, c *csvChunk, col int, codes []int32) {
	interrupt.Check()
	if c.rows == 0 {
		return
	}
	codes = codes[c.at : c.at+c.rows]
	off := out.off[c.at : c.at+c.rows]
	n := off[0]
	d := c.parts[col].dict
	if d == nil {
		copy(out.b[n:], c.parts[col].txt)
		for i, size := range codes {
			off[i] = n
			n += int64(size)
		}
		return
	}
	for i, code := range codes {
		off[i] = n
		n += int64(copy(out.b[n:], d.words.at(int(code))))
	}
}

// narrow makes a column read as its widest kind into the demanded type; what
// does not fit is an error, not a wrong number.
func (f *csvFile) narrow(chunks []*csvChunk, i int, c *Col, t Type) (*Col, error) {
	bad := -1
	switch s := c.data.(type) {
	case nums[int64]:
		c.data, bad = fitInts(s.v, t)
	case nums[float64]:
		c.data = nums[float32]{convertSlice[float32](s.v)}
	case texts:
		c.data, bad = charsOf(s, c)
	}
	c.typ = t
	if bad < 0 {
		return c, nil
	}
	pos, b, err := f.fieldAt(chunks, i, bad)
	if err != nil {
		return nil, err
	}
	what := t.String()
	if t == Char {
		what = "one character"
	}
	return nil, f.errorAt(pos, "column %q: want %s, got %q", c.name, what, excerpt(b))
}

// fitInts makes integers of a type; bad is the first row that does not fit.
func fitInts(v []int64, t Type) (out store, bad int) {
	switch t {
	case Int8:
		return fitting[int8](v)
	case Int16:
		return fitting[int16](v)
	case Int32:
		return fitting[int32](v)
	case Uint8:
		return fitting[uint8](v)
	case Uint16:
		return fitting[uint16](v)
	case Uint32:
		return fitting[uint32](v)
	case Uint64: // read as such
		return nums[uint64]{unsafe.Slice((*uint64)(unsafe.Pointer(unsafe.SliceData(v))), len(v))}, -1
	}
	return nums[int64]{v}, -1
}

func fitting[T number](v []int64) (store, int) {
	out := uncleared[T](len(v))
	for lo, hi := range spans(len(v)) {
		for i, x := range v[lo:hi] {
			if out[lo+i] = T(x); int64(out[lo+i]) != x {
				return nil, lo + i
			}
		}
	}
	return nums[T]{out}, -1
}

// charsOf makes characters of texts; bad is the first row that is not one.
func charsOf(s texts, c *Col) (out store, bad int) {
	v := uncleared[int32](s.len())
	for i := range v {
		poll(i)
		if v[i] = 0; c.IsNull(i) {
			continue
		}
		x := s.at(i)
		r, n := utf8.DecodeRuneInString(x)
		if n != len(x) || n == 0 {
			return nil, i
		}
		v[i] = r
	}
	return nums[int32]{v}, -1
}

// fieldAt finds a field again, for errors.
func (f *csvFile) fieldAt(chunks []*csvChunk, col, row int) (pos int, b []byte, err error) {
	at, _ := slices.BinarySearchFunc(chunks, row, func(c *csvChunk, row int) int {
		switch {
		case c.at+c.rows <= row:
			return -1
		case c.at > row:
			return 1
		}
		return 0
	})
	c, w := chunks[at], &csvWorker{csvFile: f}
	if err := w.index(f, c); err != nil {
		return 0, nil, err
	}
	t := w.cells(c, col)
	lo, hi := t.field(row - c.at)
	b, _ = t.value(lo, hi)
	return c.lo + lo, b, nil
}
