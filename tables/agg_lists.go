package tables

import (
	"sync/atomic"

	"github.com/sheaf-go/sheaf/internal/interrupt"
	"github.com/sheaf-go/sheaf/internal/quantile"
)

// members are the rows of each group, listed when they are first needed.
type members struct {
	of   groups
	rows []int32
	off  []int64
}

func (m *members) list() (rows []int32, off []int64) {
	if m.off == nil {
		m.rows, m.off = m.of.members()
	}
	return m.rows, m.off
}

// group is all values of each group.
func (c *aggCall) group(m *members) *Col {
	rows, off := m.list()
	return &Col{typ: c.col.typ.Vector(), data: list{off, c.col.take(rows)}}
}

// percentiles are of the values that are not null.
func (c *aggCall) percentiles(m *members) *Col {
	q, t := c.q, c.typ
	if c.kind.name == "median" {
		q = 0.5
	}
	if t != Duration {
		t = Float64
	}
	rows, off := m.list()
	v := c.col.take(rows).floats()
	n := len(off) - 1
	out, null := uncleared[float64](n), make([]bool, n)
	workers := workersFor(len(rows))
	var claimed atomic.Int64
	const step = 64 // groups
	interrupt.Together(workers, func(int) {
		for lo := int(claimed.Add(step)) - step; lo < n; lo = int(claimed.Add(step)) - step {
			for g := lo; g < min(lo+step, n); g++ {
				interrupt.Check()
				x, ok := percentile(v.values[off[g]:off[g+1]], v.present, int(off[g]), q)
				out[g], null[g] = x, !ok
			}
		}
	})
	return floatResults(t, n, func(g int) (float64, bool) { return out[g], !null[g] })
}

// floatCells are a column's values as floats; they may be reordered.
type floatCells struct {
	values  []float64
	present bitmap
}

// floats reads a column that nothing else needs.
func (c *Col) floats() floatCells {
	d := *c
	if d.typ == Duration {
		d.typ = Int64
	}
	return floatCells{d.float64s(), c.valid}
}

// percentile interpolates linearly in v, which it reorders; row is where v
// begins in the bitmap.
func percentile(v []float64, present bitmap, row int, q float64) (float64, bool) {
	k := 0
	for i, x := range v {
		poll(i + 1) // the caller asks for each group, which may be small
		if x != x && (present == nil || present.get(row+i)) {
			return x, true
		}
		if present == nil || present.get(row+i) {
			v[k] = x
			k++
		}
	}
	if v = v[:k]; k == 0 {
		return 0, false
	}
	return quantile.Of(v, q)[0], true
}

// countDistinct counts combinations of group and value.
func (c *aggCall) countDistinct(first []int32, g *groups) *Col {
	n := make([]int64, len(first))
	if len(g.ids) > 0 {
		of := &Col{typ: Uint32, data: nums[uint32]{g.ids}}
		pairs, err := groupRows([]*Col{of, c.col}, len(g.ids))
		if err != nil {
			panic(err) // the type was checked
		}
		for i, row := range pairs.first {
			poll(i)
			if !c.col.IsNull(int(row)) {
				n[g.ids[row]]++
			}
		}
	}
	return &Col{typ: Int64, data: nums[int64]{n}}
}
