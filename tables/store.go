package tables

import (
	"unsafe"

	"github.com/sheaf-go/sheaf/internal/interrupt"
)

// A store holds a column's values in Arrow's layout, without nulls.
type store interface {
	len() int
	slice(from, to int) store // shares memory where the layout allows
	take(idx []int32) store   // an index below 0 gives the zero value
	concat(more []store) store
	values() any // the Go slice; shared for numbers, built for the others
}

type number interface {
	~int8 | ~int16 | ~int32 | ~int64 | ~uint8 | ~uint16 | ~uint32 | ~uint64 | ~float32 | ~float64
}

// nums holds numbers of a fixed width; the slice is the Arrow buffer.
type nums[T number] struct{ v []T }

func (s nums[T]) len() int                 { return len(s.v) }
func (s nums[T]) slice(from, to int) store { return nums[T]{s.v[from:to:to]} }
func (s nums[T]) values() any              { return s.v }

func (s nums[T]) take(idx []int32) store {
	out := uncleared[T](len(idx))
	inParts(len(idx), func(_, lo, hi int) {
		for a, b := range spans(hi - lo) {
			to := out[lo+a : lo+b]
			for i, j := range idx[lo+a : lo+b] {
				if j >= 0 {
					to[i] = s.v[j]
				} else {
					to[i] = 0
				}
			}
		}
	})
	return nums[T]{out}
}

func (s nums[T]) concat(more []store) store {
	n := len(s.v)
	for _, m := range more {
		n += m.len()
	}
	out := uncleared[T](n)
	at := copied(out, s.v)
	for _, m := range more {
		at += copied(out[at:], m.(nums[T]).v)
	}
	return nums[T]{out}
}

// bools holds one bit per row.
type bools struct {
	b bitmap
	n int
}

func newBools(v []bool) bools            { return bools{packBools(v), len(v)} }
func (s bools) len() int                 { return s.n }
func (s bools) slice(from, to int) store { return bools{s.b.slice(from, to), to - from} }
func (s bools) take(idx []int32) store   { return bools{s.b.take(idx), len(idx)} }
func (s bools) values() any              { return s.b.unpack(s.n) }
func (s bools) concat(more []store) store {
	all := s.b.unpack(s.n)
	for _, m := range more {
		all = append(all, m.values().([]bool)...)
	}
	return newBools(all)
}

// strs holds text end to end; row i is b[off[i]:off[i+1]].
type strs struct {
	off []int64
	b   []byte
}

func newStrs(v []string) strs {
	n := 0
	for i, s := range v {
		poll(i)
		n += len(s)
	}
	out := strs{off: uncleared[int64](len(v) + 1), b: uncleared[byte](n)[:0]}
	out.off[0] = 0
	for i, s := range v {
		poll(i)
		out.b = append(out.b, s...)
		out.off[i+1] = int64(len(out.b))
	}
	return out
}

func (s strs) len() int { return len(s.off) - 1 }

// at is row i without a copy: the text lives as long as the column's memory.
func (s strs) at(i int) string {
	lo, hi := s.off[i], s.off[i+1]
	if lo == hi {
		return ""
	}
	return unsafe.String(&s.b[lo], int(hi-lo))
}

func (s strs) slice(from, to int) store { return strs{s.off[from : to+1 : to+1], s.b} }

func (s strs) take(idx []int32) store {
	out := strs{off: uncleared[int64](len(idx) + 1)}
	out.off[0] = 0
	parts := partsOf(len(idx))
	starts := make([]int64, parts+1) // of the parts' texts
	inRanges(len(idx), parts, func(part, lo, hi int) {
		n := int64(0)
		for i, j := range idx[lo:hi] {
			poll(i)
			if j >= 0 {
				n += s.off[j+1] - s.off[j]
			}
			out.off[lo+i+1] = n
		}
		starts[part+1] = n
	})
	for i := range starts[1:] {
		starts[i+1] += starts[i]
	}
	out.b = uncleared[byte](int(starts[len(starts)-1]))
	inRanges(len(idx), parts, func(part, lo, hi int) {
		s.copyRows(idx[lo:hi], out.off[lo+1:hi+1], out.b[starts[part]:starts[part+1]], starts[part])
	})
	return out
}

// copyRows puts the texts of rows into b, and into off where they end, start
// being where b does.
func (s strs) copyRows(rows []int32, off []int64, b []byte, start int64) {
	const block, wide = 256, 16
	var from, size [block]int
	at := 0
	for len(rows) > 0 {
		n := min(block, len(rows))
		for i, r := range rows[:n] { // loads only, which do not wait for one another
			lo, hi := int64(0), int64(0)
			if r >= 0 {
				lo, hi = s.off[r], s.off[r+1]
			}
			from[i], size[i] = int(lo), int(hi-lo)
		}
		for i := range n {
			lo, k := from[i], size[i]
			if k <= wide && lo+wide <= len(s.b) && at+wide <= len(b) {
				*(*[wide]byte)(b[at:]) = *(*[wide]byte)(s.b[lo:]) // what is too much is overwritten by the next
			} else {
				copy(b[at:], s.b[lo:lo+k])
			}
			at += k
			off[i] = start + int64(at)
		}
		rows, off = rows[n:], off[n:]
		interrupt.Check()
	}
}

func (s strs) concat(more []store) store {
	all := []strs{s}
	for _, m := range more {
		if d, ok := m.(dict); ok {
			m = d.plain()
		}
		all = append(all, m.(strs))
	}
	rows, size := 0, int64(0)
	for _, t := range all {
		rows, size = rows+t.len(), size+t.off[t.len()]-t.off[0]
	}
	out := strs{off: uncleared[int64](rows + 1)[:1], b: uncleared[byte](int(size))[:0]}
	out.off[0] = 0
	for _, t := range all {
		out = out.with(t)
	}
	return out
}

// with is s, which has the room, with the rows of t at its end.
func (s strs) with(t strs) strs {
	text := t.b[t.off[0]:t.off[t.len()]]
	at := len(s.b)
	s.b = s.b[:at+len(text)]
	copied(s.b[at:], text)
	for i, o := range t.off[1:] {
		poll(i)
		s.off = append(s.off, o-t.off[0]+int64(at))
	}
	return s
}

func (s strs) values() any {
	out := make([]string, s.len())
	for i := range out {
		poll(i)
		out[i] = s.at(i)
	}
	return out
}

// list holds vectors end to end in elem; row i is elem[off[i]:off[i+1]].
type list struct {
	off  []int64
	elem *Col
}

func (s list) len() int                 { return len(s.off) - 1 }
func (s list) slice(from, to int) store { return list{s.off[from : to+1 : to+1], s.elem} }

func (s list) at(i int) *Col { return s.elem.slice(int(s.off[i]), int(s.off[i+1])) }

func (s list) take(idx []int32) store {
	off := uncleared[int64](len(idx) + 1)
	off[0] = 0
	n := int64(0)
	for i, j := range idx {
		poll(i)
		if j >= 0 {
			n += s.off[j+1] - s.off[j]
		}
		off[i+1] = n
	}
	inner := uncleared[int32](int(n))[:0]
	for i, j := range idx {
		poll(i)
		if j < 0 {
			continue
		}
		for k := s.off[j]; k < s.off[j+1]; k++ {
			inner = append(inner, int32(k))
		}
	}
	return list{off, s.elem.take(inner)}
}

func (s list) concat(more []store) store {
	out := list{off: []int64{0}}
	var elems []*Col
	n := int64(0)
	for _, m := range append([]store{s}, more...) {
		t := m.(list)
		base := n - t.off[0]
		for i, o := range t.off[1:] {
			poll(i)
			out.off = add(out.off, o+base)
		}
		elems = append(elems, t.elem.slice(int(t.off[0]), int(t.off[t.len()])))
		n = out.off[len(out.off)-1]
	}
	out.elem = elems[0].concat(elems[1:])
	return out
}

// values is a slice of slices for vectors of simple types, []any for deeper.
func (s list) values() any {
	switch v := s.elem.Values().(type) {
	case []bool:
		return cut(v, s.off)
	case []int8:
		return cut(v, s.off)
	case []int16:
		return cut(v, s.off)
	case []int32:
		return cut(v, s.off)
	case []int64:
		return cut(v, s.off)
	case []uint8:
		return cut(v, s.off)
	case []uint16:
		return cut(v, s.off)
	case []uint32:
		return cut(v, s.off)
	case []uint64:
		return cut(v, s.off)
	case []float32:
		return cut(v, s.off)
	case []float64:
		return cut(v, s.off)
	case []string:
		return cut(v, s.off)
	}
	out := make([]any, s.len())
	for i := range out {
		poll(i)
		out[i] = s.at(i).Values()
	}
	return out
}

func cut[T any](v []T, off []int64) [][]T {
	out := make([][]T, len(off)-1)
	for i := range out {
		poll(i)
		out[i] = v[off[i]:off[i+1]:off[i+1]]
	}
	return out
}
