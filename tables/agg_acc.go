package tables

import "math"

// An acc computes one value for each group. What add is given are the group of
// each row of a chunk and the arguments.
type acc interface {
	grow(groups int)
	add(ids []uint32, args []vec)
	merge(from acc, to []uint32) // group g of from is group to[g] here
	column(t Type) *Col
}

// grown is v with zeros up to n values.
func grown[T any](v []T, n int) []T {
	if n <= len(v) {
		return v
	}
	old := len(v)
	if n > cap(v) {
		v = roomier(v, n-old)
	}
	v = v[:n]
	for lo, hi := range spans(n - old) {
		clear(v[old+lo : old+hi])
	}
	return v
}

// countRows counts rows.
type countRows struct{ v []int64 }

func (a *countRows) grow(n int) { a.v = grown(a.v, n) }

func (a *countRows) add(ids []uint32, _ []vec) {
	v := a.v
	for _, id := range ids {
		v[id]++
	}
}

func (a *countRows) merge(from acc, to []uint32) {
	for g, n := range from.(*countRows).v {
		a.v[to[g]] += n
	}
}

func (a *countRows) column(Type) *Col { return &Col{typ: Int64, data: nums[int64]{a.v}} }

// countValues counts rows in which the argument is not null.
type countValues struct{ countRows }

func (a *countValues) add(ids []uint32, args []vec) {
	null := args[0].null
	if null == nil {
		a.countRows.add(ids, nil)
		return
	}
	for i, id := range ids {
		a.v[id] += int64(b2i(!null[i]))
	}
}

func (a *countValues) merge(from acc, to []uint32) {
	a.countRows.merge(&from.(*countValues).countRows, to)
}

// sumInts adds with 64 bits and wraps.
type sumInts struct{ v []int64 }

func (a *sumInts) grow(n int) { a.v = grown(a.v, n) }

func (a *sumInts) add(ids []uint32, args []vec) {
	v, null := a.v, args[0].null
	x := args[0].i[:len(ids)]
	if null == nil {
		for i, id := range ids {
			v[id] += x[i]
		}
		return
	}
	for i, id := range ids {
		if !null[i] {
			v[id] += x[i]
		}
	}
}

func (a *sumInts) merge(from acc, to []uint32) {
	for g, x := range from.(*sumInts).v {
		a.v[to[g]] += x
	}
}

func (a *sumInts) column(t Type) *Col {
	return intResults(t, len(a.v), func(g int) (int64, bool) { return a.v[g], true })
}

// addOne adds one value, as add does, without a branch.
func (s *compensated) addOne(x float64) {
	t := s.sum + x
	b := t - s.sum
	s.lost += (s.sum - (t - b)) + (x - b)
	s.sum = t
}

func (s *compensated) merge(more compensated) {
	s.addOne(more.sum)
	s.lost += more.lost
}

// sums adds floats.
type sums struct{ v []compensated }

func (a *sums) grow(n int) { a.v = grown(a.v, n) }

func (a *sums) add(ids []uint32, args []vec) {
	v, null := a.v, args[0].null
	x := args[0].f[:len(ids)]
	if null == nil {
		for i, id := range ids {
			v[id].addOne(x[i])
		}
		return
	}
	for i, id := range ids {
		if !null[i] {
			v[id].addOne(x[i])
		}
	}
}

func (a *sums) merge(from acc, to []uint32) {
	for g, x := range from.(*sums).v {
		a.v[to[g]].merge(x)
	}
}

func (a *sums) column(t Type) *Col {
	return floatResults(t, len(a.v), func(g int) (float64, bool) { return a.v[g].total(), true })
}

// averages divide sums by counts.
type averages struct{ v []average }

type average struct {
	compensated
	n int64
}

func (a *averages) grow(n int) { a.v = grown(a.v, n) }

func (a *averages) add(ids []uint32, args []vec) {
	v, null := a.v, args[0].null
	x := args[0].f[:len(ids)]
	for i, id := range ids {
		if null == nil || !null[i] {
			e := &v[id]
			e.addOne(x[i])
			e.n++
		}
	}
}

func (a *averages) merge(from acc, to []uint32) {
	for g, x := range from.(*averages).v {
		e := &a.v[to[g]]
		e.compensated.merge(x.compensated)
		e.n += x.n
	}
}

func (a *averages) column(t Type) *Col {
	return floatResults(t, len(a.v), func(g int) (float64, bool) {
		e := &a.v[g]
		return e.total() / float64(e.n), e.n > 0
	})
}

// weighteds divide sums of value times weight by sums of weights.
type weighteds struct{ v []weighted }

type weighted struct {
	x, w compensated
	n    int64
}

func (a *weighteds) grow(n int) { a.v = grown(a.v, n) }

func (a *weighteds) add(ids []uint32, args []vec) {
	x, w := args[0], args[1]
	for i, id := range ids {
		if x.null != nil && x.null[i] || w.null != nil && w.null[i] {
			continue
		}
		e := &a.v[id]
		e.x.addOne(x.f[i] * w.f[i])
		e.w.addOne(w.f[i])
		e.n++
	}
}

func (a *weighteds) merge(from acc, to []uint32) {
	for g, x := range from.(*weighteds).v {
		e := &a.v[to[g]]
		e.x.merge(x.x)
		e.w.merge(x.w)
		e.n += x.n
	}
}

func (a *weighteds) column(t Type) *Col {
	return floatResults(t, len(a.v), func(g int) (float64, bool) {
		e := &a.v[g]
		return e.x.total() / e.w.total(), e.n > 0
	})
}

// spreads are variances (dividing by n-1) or their roots, by Welford's
// recurrence: B. P. Welford, Note on a method for calculating corrected sums of
// squares and products, 1962; put together as Chan, Golub and LeVeque do, 1983.
type spreads struct {
	v    []deviation
	root bool
}

type deviation struct{ n, mean, squares float64 }

func (a *spreads) grow(n int) { a.v = grown(a.v, n) }

func (a *spreads) add(ids []uint32, args []vec) {
	v, null := a.v, args[0].null
	x := args[0].f[:len(ids)]
	for i, id := range ids {
		if null == nil || !null[i] {
			e := &v[id]
			e.n++
			d := x[i] - e.mean
			e.mean += d / e.n
			e.squares += d * (x[i] - e.mean)
		}
	}
}

func (a *spreads) merge(from acc, to []uint32) {
	for g, x := range from.(*spreads).v {
		e := &a.v[to[g]]
		if x.n == 0 {
			continue
		}
		if e.n == 0 {
			*e = x
			continue
		}
		n, d := e.n+x.n, x.mean-e.mean
		e.mean += d * (x.n / n)
		e.squares += x.squares + d*d*(e.n*x.n/n)
		e.n = n
	}
}

func (a *spreads) column(t Type) *Col {
	return floatResults(t, len(a.v), func(g int) (float64, bool) {
		e := &a.v[g]
		if e.n < 2 {
			return 0, false
		}
		if a.root {
			return math.Sqrt(e.squares / (e.n - 1)), true
		}
		return e.squares / (e.n - 1), true
	})
}

// intEnds are least values, of integers changed by flip: the greatest are the
// least of what has all bits flipped.
type intEnds struct {
	v    []intEnd
	flip int64
}

type intEnd struct {
	x    int64
	seen bool
}

func (a *intEnds) grow(n int) { a.v = grown(a.v, n) }

func (a *intEnds) add(ids []uint32, args []vec) {
	v, null := a.v, args[0].null
	x := args[0].i[:len(ids)]
	for i, id := range ids {
		if null != nil && null[i] {
			continue
		}
		if e, k := &v[id], x[i]^a.flip; k < e.x || !e.seen {
			*e = intEnd{k, true}
		}
	}
}

func (a *intEnds) merge(from acc, to []uint32) {
	for g, x := range from.(*intEnds).v {
		if e := &a.v[to[g]]; x.seen && (x.x < e.x || !e.seen) {
			*e = x
		}
	}
}

func (a *intEnds) column(t Type) *Col {
	return intResults(t, len(a.v), func(g int) (int64, bool) { return a.v[g].x ^ a.flip, a.v[g].seen })
}

// floatEnds are least values, or greatest where sign is -1. -0 is less than 0,
// and a NaN makes the result NaN.
type floatEnds struct {
	v    []floatEnd
	sign float64
}

type floatEnd struct {
	x    float64
	seen bool
}

func (a *floatEnds) grow(n int) { a.v = grown(a.v, n) }

func (a *floatEnds) add(ids []uint32, args []vec) {
	v, null := a.v, args[0].null
	x := args[0].f[:len(ids)]
	for i, id := range ids {
		if null != nil && null[i] {
			continue
		}
		if e, k := &v[id], x[i]*a.sign; !(k > e.x) || !e.seen {
			e.put(k)
		}
	}
}

func (e *floatEnd) put(x float64) {
	if e.seen {
		x = min(x, e.x)
	}
	*e = floatEnd{x, true}
}

func (a *floatEnds) merge(from acc, to []uint32) {
	for g, x := range from.(*floatEnds).v {
		if x.seen {
			a.v[to[g]].put(x.x)
		}
	}
}

func (a *floatEnds) column(t Type) *Col {
	return floatResults(t, len(a.v), func(g int) (float64, bool) { return a.v[g].x * a.sign, a.v[g].seen })
}

// rowEnds are the rows of the least values of a column, the first of equal
// ones; nil for before means the last row whatever is in it. The argument is
// the number of the row.
type rowEnds struct {
	v      []int32 // plus 1; 0 is none
	c      *Col
	before func(a, b int32) bool
}

func (a *rowEnds) grow(n int) { a.v = grown(a.v, n) }

func (a *rowEnds) add(ids []uint32, args []vec) {
	rows, null := args[0].i[:len(ids)], args[0].null
	if a.before == nil {
		for i, id := range ids {
			a.v[id] = int32(rows[i] + 1)
		}
		return
	}
	for i, id := range ids {
		if null == nil || !null[i] {
			a.put(id, int32(rows[i]))
		}
	}
}

func (a *rowEnds) put(id uint32, row int32) {
	if old := a.v[id]; old == 0 || a.before(row, old-1) {
		a.v[id] = row + 1
	}
}

func (a *rowEnds) merge(from acc, to []uint32) {
	for g, row := range from.(*rowEnds).v {
		switch {
		case row == 0:
		case a.before == nil:
			a.v[to[g]] = row
		default:
			a.put(to[g], row-1)
		}
	}
}

func (a *rowEnds) column(Type) *Col {
	rows := uncleared[int32](len(a.v))
	for i, row := range a.v {
		poll(i)
		rows[i] = row - 1
	}
	return a.c.take(rows)
}

// intResults makes a column of integers, truths or times.
func intResults(t Type, n int, at func(g int) (int64, bool)) *Col {
	out := newOutput(t, n)
	v := vec{i: make([]int64, chunkRows), b: make([]bool, chunkRows), null: make([]bool, chunkRows)}
	for lo := 0; lo < n; lo += chunkRows {
		poll(lo)
		k, any := min(chunkRows, n-lo), false
		for g := range k {
			x, ok := at(lo + g)
			v.i[g], v.b[g], v.null[g] = x, x != 0, !ok
			any = any || !ok
		}
		out.put(0, lo, k, v.cut(k, any))
	}
	return out.col("")
}

// floatResults makes a column of floats, or of durations, which are rounded.
func floatResults(t Type, n int, at func(g int) (float64, bool)) *Col {
	if !t.IsFloat() {
		return intResults(t, n, func(g int) (int64, bool) {
			x, ok := at(g)
			return floatToInt64(math.RoundToEven(x)), ok
		})
	}
	out := newOutput(t, n)
	v := vec{f: make([]float64, chunkRows), null: make([]bool, chunkRows)}
	for lo := 0; lo < n; lo += chunkRows {
		poll(lo)
		k, any := min(chunkRows, n-lo), false
		for g := range k {
			x, ok := at(lo + g)
			v.f[g], v.null[g] = x, !ok
			any = any || !ok
		}
		out.put(0, lo, k, v.cut(k, any))
	}
	return out.col("")
}

// cut is the first n values, with nulls or without.
func (v vec) cut(n int, nulls bool) vec {
	v.i, v.f, v.b, v.s, v.null = cutTo(v.i, n), cutTo(v.f, n), cutTo(v.b, n), cutTo(v.s, n), cutTo(v.null, n)
	if !nulls {
		v.null = nil
	}
	return v
}
