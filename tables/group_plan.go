package tables

import (
	"runtime"
	"sync/atomic"

	"github.com/sheaf-go/sheaf/internal/interrupt"
)

// A grouping says how the groups of rows are numbered: in how many parts of the
// rows, each for itself, and by what. The parts do not depend on how many
// processors there are, so that neither do the last digits of a sum.
type grouping struct {
	keys  []*Col
	n     int
	key   *keyHash
	parts int
	step  int // rows of a part
	way   way
	known groups // of wayKnown
}

type way uint8

const (
	wayOne    way = iota // there are no keys
	wayDirect            // keys are small numbers
	wayHashed            // one table of hashes
	wayShared            // a table for each share of the hashes
	wayKnown             // they are numbered already
)

const (
	sampleRows = 1 << 12 // are looked at to guess whether there are many groups

	directSpan  = 1 << 15 // what is known of fewer keys stays in the processor's cache
	nearKeys    = 1 << 8  // as does what is known of keys that differ by less, one row after the other
	rowsForPart = 16      // a part has so many times as many rows as groups, as its results are put together with those of others
	mostParts   = 64
)

// hashedRows is how many rows may have more groups than one table holds well;
// tests set it low.
var hashedRows = 1 << 16

// groupingOf groups n rows by the keys.
func groupingOf(keys []*Col, n int) (*grouping, error) {
	g := &grouping{keys: keys, n: n}
	groups := 1
	if len(keys) > 0 {
		fields, err := fieldsOf(keys)
		if err != nil {
			return nil, err
		}
		g.key = newKeyHash(fields, uint64(max(n, 1<<12)))
		switch {
		case !g.key.spread && (g.key.span <= directSpan || n < hashedRows || g.near()):
			g.way, groups = wayDirect, int(g.key.span)
		case n < hashedRows || g.repeats():
			g.way, groups, g.key.spread = wayHashed, sampleRows, true
		default:
			g.way, groups, g.key.spread = wayShared, n, true
		}
	}
	g.cut(groups)
	return g, nil
}

// cut sets the parts for so many groups.
func (g *grouping) cut(groups int) {
	g.parts = min(max(g.n/max(parallelRows, rowsForPart*groups), 1), mostParts)
	g.step = (g.n/g.parts/chunkRows + 1) * chunkRows
}

// whole is g in one part.
func (g *grouping) whole() *grouping {
	d := *g
	d.parts, d.step = 1, g.n
	return &d
}

// repeats reports whether half of some rows have a key that others have.
func (g *grouping) repeats() bool {
	seen := make(map[[2]uint64]bool, sampleRows)
	one, second := make([]uint64, 1), make([]uint64, 1)
	for i := range sampleRows {
		g.key.load(int(int64(g.n)*int64(i)/sampleRows), one, second)
		seen[[2]uint64{one[0], second[0]}] = true
	}
	return len(seen) <= sampleRows/2
}

// near reports whether in half of some places the key of the next row is near.
func (g *grouping) near() bool {
	two, near := make([]uint64, 2), 0
	for i := range sampleRows {
		g.key.load(int(int64(g.n-1)*int64(i)/sampleRows), two, nil)
		near += b2i(max(two[0], two[1])-min(two[0], two[1]) < nearKeys)
	}
	return near > sampleRows/2
}

// numberer numbers the rows of one part.
func (g *grouping) numberer() numberer {
	switch g.way {
	case wayDirect:
		return &directGroups{key: g.key.own(), known: cleared[uint32](int(g.key.span))}
	case wayHashed:
		return &hashedGroups{key: g.key.own(), check: newKeyCheck(g.key)}
	case wayKnown:
		return knownGroups{g.known}
	}
	return &oneGroup{}
}

// each runs work for the parts, on several goroutines if there are several
// parts; begin is called once for each of them.
func (g *grouping) each(workers int, begin func() func(part, lo, hi int)) {
	var claimed atomic.Int64
	interrupt.Together(max(min(workers, g.parts), 1), func(int) {
		work := begin()
		for p := int(claimed.Add(1)) - 1; p < g.parts; p = int(claimed.Add(1)) - 1 {
			work(p, min(p*g.step, g.n), min((p+1)*g.step, g.n))
		}
	})
}

// groupRows numbers combinations of values by first appearance.
func groupRows(keys []*Col, n int) (groups, error) {
	g, err := groupingOf(keys, n)
	if err != nil {
		return groups{}, err
	}
	return g.all(), nil
}

// all numbers all rows.
func (g *grouping) all() groups {
	switch g.way {
	case wayKnown:
		return g.known
	case wayShared:
		return g.allShared()
	}
	ids := uncleared[uint32](g.n)
	firsts := make([][]int32, g.parts)
	var clash atomic.Bool
	g.each(runtime.GOMAXPROCS(0), func() func(part, lo, hi int) {
		return func(part, lo, hi int) {
			m := g.numberer()
			for ; lo < hi; lo += chunkRows {
				interrupt.Check()
				m.number(lo, ids[lo:min(lo+chunkRows, hi)])
			}
			firsts[part] = m.firsts()
			if m.clash() {
				clash.Store(true)
			}
		}
	})
	if clash.Load() {
		return g.exactly()
	}
	if g.parts == 1 {
		return groups{ids, firsts[0]}
	}
	to, first := g.together(firsts)
	g.each(runtime.GOMAXPROCS(0), func() func(part, lo, hi int) {
		return func(part, lo, hi int) {
			to := to[part]
			for i, id := range ids[lo:hi] {
				poll(i)
				ids[lo+i] = to[id]
			}
		}
	})
	return groups{ids, first}
}

// allShared numbers all rows in shares.
func (g *grouping) allShared() groups {
	s := newShared(g.key, g.n)
	if s.clash {
		return g.exactly()
	}
	all := groups{s.ids(), s.first}
	if g.key.loose {
		check := newKeyCheck(g.key)
		for lo, hi := range spans(g.n) {
			check.rows(lo, all.ids[lo:hi])
		}
		if check.clash {
			return g.exactly()
		}
	}
	return all
}

// together numbers the groups of all parts, which have these first rows: group
// i of part p is to[p][i].
func (g *grouping) together(firsts [][]int32) (to [][]uint32, first []int32) {
	n := 0
	for _, f := range firsts {
		n += len(f)
	}
	rows, at := uncleared[int32](n), 0
	for _, f := range firsts {
		at += copied(rows[at:], f)
	}
	keys := make([]*Col, len(g.keys))
	for i, c := range g.keys {
		keys[i] = c.take(rows)
	}
	sub, err := groupingOf(keys, n)
	if err != nil {
		panic(err) // the same columns were good before
	}
	all := sub.whole().all()
	for _, r := range all.first {
		first = add(first, rows[r])
	}
	ids := all.ids
	for _, f := range firsts {
		to, ids = append(to, ids[:len(f)]), ids[len(f):]
	}
	return to, first
}

// exactly numbers rows of which some have different texts with one hash: field
// by field, each text compared with all others of its hash.
func (g *grouping) exactly() groups {
	var all groups
	for i, f := range g.key.fields {
		next := f.numbered(g.n)
		if i == 0 {
			all = next
			continue
		}
		pairs := uncleared[uint64](g.n)
		for r := range pairs {
			poll(r)
			pairs[r] = scramble(uint64(all.ids[r])<<32 | uint64(next.ids[r]))
		}
		all = numberHashes(pairs)
	}
	return all
}

// numbered numbers the values of a field.
func (f field) numbered(n int) groups {
	if f.text != nil {
		return numberStrings(f.text.s, f.text.valid)
	}
	v := uncleared[uint64](n)
	for lo, hi := range spans(n) {
		f.load(lo, v[lo:hi])
		for i, x := range v[lo:hi] {
			v[lo+i] = scramble(x)
		}
	}
	return numberHashes(v)
}

// numberHashes numbers values of which equal ones are the same.
func numberHashes(v []uint64) groups {
	g := groups{ids: uncleared[uint32](len(v))}
	var table idTable
	for lo, hi := range spans(len(v)) {
		table.number(v[lo:hi], nil, g.ids[lo:hi])
		for i, id := range g.ids[lo:hi] {
			if int(id) == len(g.first) {
				g.first = add(g.first, int32(lo+i))
			}
		}
	}
	return g
}

// workersFor is how many goroutines so many rows are worth.
func workersFor(n int) int {
	if n < parallelRows {
		return 1
	}
	return runtime.GOMAXPROCS(0)
}
