package tables

import (
	"fmt"
	"math"
)

// AsOfJoin is the table with columns of right, which come from the row that was
// the last one at the time: with "Sym, T >= U", the row of right with the same
// Sym whose U is the greatest that is not above T. With ">" it is below T; with
// "<=" and "<" it is the row whose U is the least that is not below T, or is
// above it. The comparison is the last key; if there is none, the last key K
// stands for K >= K. The other keys, which there need not be, are as those of
// [Table.Join], and so are columns; but if none is named, U is taken as well
// where it has a name of its own.
//
// The times may be times, dates, durations, characters or numbers; right need
// not be sorted by them. Of rows with the same U the last counts, and with "<="
// and "<" the first. Rows without a match have nulls. A null or NaN time matches
// nothing.
func (t *Table) AsOfJoin(right *Table, on string, columns ...string) *Table {
	const verb = "as-of join"
	switch {
	case t.err != nil:
		return t
	case right == nil:
		return failed(fmt.Errorf("tables: %s: want a table to join with, got nil", verb))
	case right.err != nil:
		return right
	}
	j := &join{verb: verb, left: t, right: right}
	var err error
	if j.keys, err = joinKeys(verb, t, right, on); err == nil {
		err = asOfKeys(verb, j.keys)
	}
	if err == nil {
		j.cols, err = joinColumns(verb, t, right, j.keys, columns)
	}
	if err != nil {
		return failed(err)
	}
	return j.table(nil, j.asOf(), t.n)
}

// asOfKeys sees that the last key, and only it, compares.
func asOfKeys(verb string, keys []joinKey) error {
	if len(keys) == 0 {
		return fmt.Errorf("tables: %s: want keys of which the last compares, such as %q, got none", verb, "Sym, T >= U")
	}
	for _, k := range keys[:len(keys)-1] {
		if k.op != "" && k.op != "=" {
			return fmt.Errorf("tables: %s: want %s %s %s as the last key", verb, k.left.name, k.op, k.right.name)
		}
	}
	k := &keys[len(keys)-1]
	l, r := k.left.typ, k.right.typ
	switch {
	case k.op == "=":
		return fmt.Errorf("tables: %s: want <, <=, > or >= in the last key, got %s = %s", verb, k.left.name, k.right.name)
	case !l.IsNumeric() && !l.IsTemporal() && l != Char:
		return fmt.Errorf("tables: %s: key %s is %v, want times or numbers: %w", verb, k.name(), l, ErrType)
	case (l == Uint64) != (r == Uint64):
		name, side := k.left.name, "left"
		if r == Uint64 {
			name, side = k.right.name, "right"
		}
		return fmt.Errorf("tables: %s: key %s is %v on the left, %v on the right; cast the %s one first: Update(%q): %w",
			verb, k.name(), l, r, side, fmt.Sprintf("%s = (long)%[1]s", name), ErrType)
	}
	if k.op == "" {
		k.op = ">="
	}
	return nil
}

// A timeline is the rows of right that have a time, those of each code
// together and in the order of their times.
type timeline struct {
	off  []int32 // code c has the places off[c] up to off[c+1]
	rows []int32
	time []uint64
}

// asOf finds the row of right for each left row, or absent.
func (j *join) asOf() []int32 {
	last := len(j.keys) - 1
	p := pairing{space: 1}
	if last > 0 {
		p = pairKeys(j.keys[:last], j.left.n, j.right.n)
	}
	code := func(codes []int32, r int32) int32 {
		switch {
		case last == 0:
			return 0
		case codes == nil:
			return r
		}
		return codes[r]
	}
	k := j.keys[last]
	line := newTimeline(k.right, p.space, func(r int32) int32 { return code(p.right, r) })
	upper, back := k.op == ">=" || k.op == "<", k.op == ">=" || k.op == ">"
	out := uncleared[int32](j.left.n)
	read := k.left.timeReader()
	inParts(len(out), func(_, lo, hi int) {
		at := cleared[int32](p.space) // where the last search of a code ended, from its start
		buf, has := make([]uint64, probeRows), make([]bool, probeRows)
		for ; lo < hi; lo += probeRows {
			poll(lo / probeRows * pollRows)
			n := min(probeRows, hi-lo)
			read(lo, buf[:n], has[:n])
			for i, t := range buf[:n] {
				out[lo+i] = absent
				if c := code(p.left, int32(lo+i)); has[i] && c >= 0 {
					out[lo+i] = line.find(c, t, upper, back, &at[c])
				}
			}
		}
	})
	return out
}

// newTimeline sorts the rows that have a time by code and time, stably.
func newTimeline(c *Col, space int, code func(r int32) int32) timeline {
	n := c.Len()
	times, has := uncleared[uint64](n), uncleared[bool](n)
	read := c.timeReader()
	for lo, hi := range spans(n) {
		read(lo, times[lo:hi], has[lo:hi])
	}
	rows, sorted, before := uncleared[int32](n)[:0], true, uint64(0)
	for r, t := range times {
		poll(r)
		if has[r] && code(int32(r)) >= 0 {
			rows = append(rows, int32(r))
			sorted = sorted && before <= t
			before = t
		}
	}
	if !sorted {
		rows = radixSort(rows, func(r int32) uint64 { return times[r] })
	}
	l := timeline{off: cleared[int32](space + 1), rows: uncleared[int32](len(rows)), time: uncleared[uint64](len(rows))}
	for i, r := range rows {
		poll(i)
		l.off[code(r)+1]++
	}
	for c := range space {
		poll(c)
		l.off[c+1] += l.off[c]
	}
	for i, r := range rows {
		poll(i)
		at := &l.off[code(r)]
		l.rows[*at], l.time[*at] = r, times[r]
		*at++
	}
	for c := space; c > 0; c-- { // filling has moved each start to the next
		poll(c)
		l.off[c] = l.off[c-1]
	}
	l.off[0] = 0
	return l
}

// timeReader reads rows from lo on as numbers in the order of the times, and
// whether there is a time.
func (c *Col) timeReader() func(lo int, to []uint64, has []bool) {
	read := c.bitsReader()
	flip := uint64(1) << 63
	if c.typ == Uint64 {
		flip = 0
	}
	return func(lo int, to []uint64, has []bool) {
		read(lo, to)
		for i, x := range to {
			has[i] = c.valid == nil || c.valid.get(lo+i)
			if c.typ.IsFloat() {
				f := math.Float64frombits(x)
				has[i] = has[i] && f == f
				to[i] = floatOrder(f, 0)
			} else {
				to[i] = x ^ flip
			}
		}
	}
}

// find is the row of code c for time t: the last one before the end of those
// that are below t (not above it, with upper), or the first one behind it. The
// search starts at the place where the one before ended, as rows that follow
// one another mostly have times that do.
func (l *timeline) find(c int32, t uint64, upper, back bool, at *int32) int32 {
	rows, times := l.rows[l.off[c]:l.off[c+1]], l.time[l.off[c]:l.off[c+1]]
	before := func(i int) bool { return times[i] < t || upper && times[i] == t }
	lo, hi := 0, len(times) // those below lo are before t, those from hi on are not
	if p := int(*at); p < len(times) && before(p) {
		lo = p + 1
		for step := 1; p+step < len(times); step *= 2 {
			if !before(p + step) {
				hi = p + step
				break
			}
			lo = p + step + 1
		}
	} else {
		hi = p
		for step := 1; p-step >= 0; step *= 2 {
			if before(p - step) {
				lo = p - step + 1
				break
			}
			hi = p - step
		}
	}
	for lo < hi {
		if mid := int(uint(lo+hi) >> 1); before(mid) {
			lo = mid + 1
		} else {
			hi = mid
		}
	}
	*at = int32(lo)
	switch {
	case back && lo > 0:
		return rows[lo-1]
	case !back && lo < len(rows):
		return rows[lo]
	}
	return absent
}
