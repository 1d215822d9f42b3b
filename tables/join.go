package tables

import (
	"fmt"
	"math"
)

// Join is every pair of a row of the table and a row of right whose keys are
// equal: in the order of the table's rows, and for each of them in the order of
// right's. Rows without a match are left out; see [Table.LeftJoin].
//
// The keys are written "K", or "L = M" for a column that has another name on
// the right, and several with commas: "K, L = M". A name with a comma or one of
// < > = in it stands in backticks. An empty text pairs every row with every
// row. The columns of right that are taken are written "W", or "New=Old" to
// rename; if none is named, all are taken but the keys. A name that the table
// has already is an error.
//
// Keys are equal as GroupBy sees them: null is like null, NaN like NaN and 0
// like -0. Integers of any width compare by value, and so do float32 and
// float64; other types must be the same on both sides, else the error wraps
// [ErrType].
func (t *Table) Join(right *Table, on string, columns ...string) *Table {
	j, err := newJoin("join", t, right, on, columns)
	if err != nil {
		return failed(err)
	}
	return j.all(false)
}

// LeftJoin is as [Table.Join], and rows of the table that match nothing come
// once, with nulls in the columns of right.
func (t *Table) LeftJoin(right *Table, on string, columns ...string) *Table {
	j, err := newJoin("left join", t, right, on, columns)
	if err != nil {
		return failed(err)
	}
	return j.all(true)
}

// NaturalJoin is the table with columns of right, whose row of an equal key
// they come from; where there is none they are null. Two such rows are an error
// that names the key. For keys and columns see [Table.Join].
func (t *Table) NaturalJoin(right *Table, on string, columns ...string) *Table {
	return t.single("natural join", false, right, on, columns)
}

// ExactJoin is as [Table.NaturalJoin], but a row that matches nothing is an
// error too.
func (t *Table) ExactJoin(right *Table, on string, columns ...string) *Table {
	return t.single("exact join", true, right, on, columns)
}

// WhereIn keeps the rows whose keys some row of right has; for the keys see
// [Table.Join].
func (t *Table) WhereIn(right *Table, on string) *Table {
	return t.whereIn("where in", true, right, on)
}

// WhereNotIn keeps the rows whose keys no row of right has; for the keys see
// [Table.Join]. Null is a key like any other: a row of which is dropped if right
// has one.
func (t *Table) WhereNotIn(right *Table, on string) *Table {
	return t.whereIn("where not in", false, right, on)
}

// A join is what its verbs have in common.
type join struct {
	verb        string
	left, right *Table
	keys        []joinKey
	cols        []*Col // of right, as they are named in the result
}

func newJoin(verb string, left, right *Table, on string, columns []string) (*join, error) {
	switch {
	case left.err != nil:
		return nil, left.err
	case right == nil:
		return nil, fmt.Errorf("tables: %s: want a table to join with, got nil", verb)
	case right.err != nil:
		return nil, right.err
	}
	j := &join{verb: verb, left: left, right: right}
	var err error
	if j.keys, err = joinKeys(verb, left, right, on); err != nil {
		return nil, err
	}
	if err = equalKeys(verb, j.keys); err != nil {
		return nil, err
	}
	if len(j.keys) == 0 && verb != "join" {
		return nil, fmt.Errorf("tables: %s: want the keys to join on, got none", verb)
	}
	j.cols, err = joinColumns(verb, left, right, j.keys, columns)
	return j, err
}

func (j *join) match() matchList {
	return pairKeys(j.keys, j.left.n, j.right.n).match(j.left.n, j.right.n)
}

// all is the pairs as a table.
func (j *join) all(outer bool) *Table {
	var left, right []int32
	var rows int
	if len(j.keys) == 0 {
		rows = j.left.n * j.right.n // each is below 1<<31
	} else {
		m := j.match()
		left, right, rows = m.pairs(outer)
	}
	if rows > math.MaxInt32 {
		return failed(fmt.Errorf("tables: %s: the result would have %d rows, a table holds at most %d", j.verb, rows, math.MaxInt32))
	}
	if len(j.keys) == 0 {
		left, right = j.cross(rows)
	}
	return j.table(left, right, rows)
}

// cross pairs every row with every row.
func (j *join) cross(rows int) (left, right []int32) {
	left, right = uncleared[int32](rows), uncleared[int32](rows)
	inParts(rows, func(_, lo, hi int) {
		if lo == hi {
			return
		}
		l, r := int32(lo/j.right.n), int32(lo%j.right.n)
		for i := lo; i < hi; i++ {
			poll(i)
			left[i], right[i] = l, r
			if r++; int(r) == j.right.n {
				l, r = l+1, 0
			}
		}
	})
	return left, right
}

// table puts the columns of both sides together; a nil left is all its rows.
func (j *join) table(left, right []int32, rows int) *Table {
	cols := make([]*Col, 0, len(j.left.cols)+len(j.cols))
	for _, c := range j.left.cols {
		if left != nil {
			c = c.gather(left, false)
		}
		cols = append(cols, c)
	}
	miss := missing(right)
	for _, c := range j.cols {
		cols = append(cols, c.gather(right, miss))
	}
	return build(cols, rows)
}

// single is the joins that give each left row one right row.
func (t *Table) single(verb string, exact bool, right *Table, on string, columns []string) *Table {
	j, err := newJoin(verb, t, right, on, columns)
	if err != nil {
		return failed(err)
	}
	m := j.match()
	if m.one == nil {
		if m.one, err = j.onlyMatches(&m); err != nil {
			return failed(err)
		}
	}
	if exact {
		for l, r := range m.one {
			poll(l)
			if r < 0 {
				return failed(fmt.Errorf("tables: %s: %s has no row on the right", verb, j.keyAt(l)))
			}
		}
	}
	return j.table(nil, m.one, t.n)
}

// onlyMatches is the matches where some rows on the right have the same key, which
// then must not be on the left.
func (j *join) onlyMatches(m *matchList) ([]int32, error) {
	one := uncleared[int32](m.left)
	for l := range one {
		poll(l)
		switch rows := m.of(l); len(rows) {
		case 0:
			one[l] = absent
		case 1:
			one[l] = rows[0]
		default:
			return nil, fmt.Errorf("tables: %s: %s has %d rows on the right (%d and %d first), want one", j.verb, j.keyAt(l), len(rows), rows[0], rows[1])
		}
	}
	return one, nil
}

// keyAt shows the key of a left row in an error.
func (j *join) keyAt(row int) string {
	text := "key "
	for i, k := range j.keys {
		if i > 0 {
			text += ", "
		}
		value := "null"
		switch {
		case k.left.IsNull(row):
		case k.left.typ == String:
			value = fmt.Sprintf("%q", headOf(formatCell(k.left, row), 1))
		default:
			value = headOf(formatCell(k.left, row), 1)
		}
		text += k.left.name + " = " + value
	}
	return fmt.Sprintf("%s of row %d", text, row)
}

// whereIn keeps the rows whose key is in right, or those whose is not.
func (t *Table) whereIn(verb string, in bool, right *Table, on string) *Table {
	switch {
	case t.err != nil:
		return t
	case right == nil:
		return failed(fmt.Errorf("tables: %s: want a table to look in, got nil", verb))
	case right.err != nil:
		return right
	}
	keys, err := joinKeys(verb, t, right, on)
	if err == nil {
		err = equalKeys(verb, keys)
	}
	if err == nil && len(keys) == 0 {
		err = fmt.Errorf("tables: %s: want the keys to compare, got none", verb)
	}
	if err != nil {
		return failed(err)
	}
	rows := pairKeys(keys, t.n, right.n).within(t.n, right.n, in)
	if len(rows) == t.n {
		return t
	}
	return t.take(rows)
}

// within is the left rows whose code the right has, or has not.
func (p pairing) within(nl, nr int, in bool) []int32 {
	has := newBitmap(p.space)
	for r := range nr {
		poll(r)
		if c := p.rightCode(r); c >= 0 {
			has.set(int(c))
		}
	}
	rows := uncleared[int32](nl)
	n := 0
	for l := range nl {
		poll(l)
		c := int32(l)
		if p.left != nil {
			c = p.left[l]
		}
		rows[n] = int32(l)
		n += b2i((c >= 0 && has.get(int(c))) == in)
	}
	return rows[:n]
}
