package tables

import (
	"runtime"
	"sync"
	"sync/atomic"

	"github.com/sheaf-go/sheaf/internal/interrupt"
)

// A selection is rows of a table in ascending order, in several pieces since
// several goroutines found them.
type selection [][]int32

func (s selection) len() int {
	n := 0
	for _, part := range s {
		n += len(part)
	}
	return n
}

// rows is the selection in one piece, which may be the selection's own memory.
func (s selection) rows() []int32 {
	if len(s) == 1 {
		return s[0]
	}
	all := uncleared[int32](s.len())
	at := 0
	for _, part := range s {
		at += copied(all[at:], part)
	}
	return all
}

// gather is the selected rows of every column. Columns that hold a fixed width
// are cut into pieces of gatherRows, so that all cores have work of them.
func (t *Table) gather(s selection) *Table {
	n := s.len()
	cols := make([]*Col, len(t.cols))
	var jobs []func()
	for i, c := range t.cols {
		cols[i] = &Col{name: c.name, typ: c.typ}
		jobs = append(jobs, c.gatherers(cols[i], s, n)...)
	}
	workers := 1
	if n >= parallelRows {
		workers = min(runtime.GOMAXPROCS(0), len(jobs))
	}
	var next atomic.Int64
	interrupt.Together(max(workers, 1), func(int) {
		for i := int(next.Add(1)) - 1; i < len(jobs); i = int(next.Add(1)) - 1 {
			jobs[i]()
		}
	})
	return &Table{cols: cols, index: t.index, n: n}
}

const gatherRows = 1 << 18

// gatherers are what is to do for one column; it is whole when all are done.
func (c *Col) gatherers(out *Col, s selection, n int) []func() {
	if c.valid == nil {
		switch v := c.data.(type) {
		case nums[float64]:
			return pieces(v, &out.data, s, n)
		case nums[int64]:
			return pieces(v, &out.data, s, n)
		case nums[float32]:
			return pieces(v, &out.data, s, n)
		case nums[int32]:
			return pieces(v, &out.data, s, n)
		case nums[int16]:
			return pieces(v, &out.data, s, n)
		case nums[int8]:
			return pieces(v, &out.data, s, n)
		case nums[uint8]:
			return pieces(v, &out.data, s, n)
		case nums[uint16]:
			return pieces(v, &out.data, s, n)
		case nums[uint32]:
			return pieces(v, &out.data, s, n)
		case nums[uint64]:
			return pieces(v, &out.data, s, n)
		case dict:
			var codes store
			jobs := pieces(nums[int32]{v.codes}, &codes, s, n)
			out.data = dict{codes.(nums[int32]).v, v.words}
			return jobs
		}
	}
	return []func(){func() {
		*out = *c.take(s.rows())
	}}
}

func pieces[T number](from nums[T], out *store, s selection, n int) []func() {
	to := uncleared[T](n)
	*out = nums[T]{to}
	var jobs []func()
	for _, part := range s {
		for len(part) > 0 {
			k := min(gatherRows, len(part))
			rows, piece := part[:k], to[:k]
			jobs = append(jobs, func() {
				for lo, hi := range spans(len(rows)) {
					dst := piece[lo:hi]
					for i, r := range rows[lo:hi] {
						dst[i] = from.v[r]
					}
				}
			})
			part, to = part[k:], to[k:]
		}
	}
	return jobs
}

// spare is memory for lists of rows, which a filter needs only until it has
// gathered them: fresh memory of that size costs more than to fill it.
var spare sync.Pool

func borrowRows(n int) []int32 {
	if v, ok := spare.Get().(*[]int32); ok && cap(*v) >= n {
		return (*v)[:0]
	}
	return uncleared[int32](n)[:0]
}

func (s selection) giveBack() {
	for _, part := range s {
		spare.Put(&part)
	}
}
