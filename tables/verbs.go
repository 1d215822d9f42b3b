package tables

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
)

// With is the table with columns added at the end, or replaced in their place
// where the name is taken. They must have as many rows as the table; a table
// without rows and columns takes the length of the first.
func (t *Table) With(cols ...Col) *Table {
	if t.err != nil || len(cols) == 0 {
		return t
	}
	n := t.n
	if len(t.cols) == 0 && n == 0 {
		n = cols[0].Len()
	}
	all := slices.Clone(t.cols)
	for i := range cols {
		c := cols[i]
		if c.err != nil {
			return failed(c.err)
		}
		if c.Len() != n {
			return failed(fmt.Errorf("tables: with: column %q has %d rows, the table has %d: %w", c.name, c.Len(), n, ErrLength))
		}
		all = put(all, &c)
	}
	return build(all, n)
}

// put replaces the column of that name, or adds it.
func put(cols []*Col, c *Col) []*Col {
	for i, old := range cols {
		if old.name == c.name {
			cols[i] = c
			return cols
		}
	}
	return append(cols, c)
}

// Slice is the rows from (counted from 0) up to but not including to; both are
// cut to the table.
func (t *Table) Slice(from, to int) *Table {
	if t.err != nil {
		return t
	}
	from = min(max(from, 0), t.n)
	to = min(max(to, from), t.n)
	cols := make([]*Col, len(t.cols))
	for i, c := range t.cols {
		cols[i] = c.slice(from, to)
	}
	return &Table{cols: cols, index: t.index, n: to - from}
}

// Head is the first n rows, or all if there are fewer.
func (t *Table) Head(n int) *Table { return t.Slice(0, n) }

// Tail is the last n rows, or all if there are fewer.
func (t *Table) Tail(n int) *Table { return t.Slice(t.n-max(n, 0), t.n) }

// take gathers rows of every column.
func (t *Table) take(idx []int32) *Table {
	cols := make([]*Col, len(t.cols))
	for i, c := range t.cols {
		cols[i] = c.gather(idx, false)
	}
	return &Table{cols: cols, index: t.index, n: len(idx)}
}

// Take is the given rows (counted from 0), in that order; a row may come
// several times. A row outside the table is an error.
func (t *Table) Take(rows ...int) *Table {
	if t.err != nil {
		return t
	}
	idx := make([]int32, len(rows))
	for i, r := range rows {
		if r < 0 || r >= t.n {
			return failed(fmt.Errorf("tables: take: row %d is outside the table of %d rows", r, t.n))
		}
		idx[i] = int32(r)
	}
	return t.take(idx)
}

// Reverse is the rows in the opposite order.
func (t *Table) Reverse() *Table {
	if t.err != nil {
		return t
	}
	rows := uncleared[int32](t.n)
	for i := range rows {
		poll(i)
		rows[i] = int32(t.n - 1 - i)
	}
	return t.take(rows)
}

// MoveColumns puts the named columns, in that order, where the first of them
// has the given place among all columns: 0 is the front, and -1 the end.
func (t *Table) MoveColumns(to int, names ...string) *Table {
	if t.err != nil {
		return t
	}
	var moved, rest []*Col
	for i, name := range names {
		c, err := t.need("move columns", name)
		if err != nil {
			return failed(err)
		}
		if slices.Contains(names[:i], name) {
			return failed(fmt.Errorf("tables: move columns: %q is given twice", name))
		}
		moved = append(moved, c)
	}
	for _, c := range t.cols {
		if !slices.Contains(moved, c) {
			rest = append(rest, c)
		}
	}
	if to == -1 {
		to = len(rest)
	}
	if to < 0 || to > len(rest) {
		return failed(fmt.Errorf("tables: move columns: want a place from 0 to %d, or -1 for the end, got %d", len(rest), to))
	}
	return build(slices.Insert(rest, to, moved...), t.n)
}

// DropColumns is the table without the named columns, which must exist.
func (t *Table) DropColumns(names ...string) *Table {
	if t.err != nil {
		return t
	}
	for _, name := range names {
		if _, err := t.need("drop columns", name); err != nil {
			return failed(err)
		}
	}
	var keep []*Col
	for _, c := range t.cols {
		if !slices.Contains(names, c.name) {
			keep = append(keep, c)
		}
	}
	return build(keep, t.n)
}

// RenameColumns gives columns new names, each written "New=Old". All renaming
// happens at once, so "A=B", "B=A" swaps.
func (t *Table) RenameColumns(pairs ...string) *Table {
	if t.err != nil {
		return t
	}
	cols := slices.Clone(t.cols)
	for _, p := range pairs {
		to, from, ok := strings.Cut(p, "=")
		to, from = strings.TrimSpace(to), strings.TrimSpace(from)
		if !ok {
			return failed(fmt.Errorf("tables: rename columns: want %q, got %q", "New=Old", p))
		}
		if _, err := t.need("rename columns", from); err != nil {
			return failed(err)
		}
		c := t.cols[t.index[from]].renamed(to)
		cols[t.index[from]] = &c
	}
	return build(cols, t.n)
}

// Merge puts tables of the same columns and types below this one; columns are
// matched by name.
func (t *Table) Merge(more ...*Table) *Table {
	if t.err != nil {
		return t
	}
	n := t.n
	for _, m := range more {
		if m == nil {
			return failed(errors.New("tables: merge: want tables, got nil"))
		}
		if m.err != nil {
			return m
		}
		if len(m.cols) != len(t.cols) {
			return failed(fmt.Errorf("tables: merge: one table has columns %s, the other %s", nameList(t.Names()), nameList(m.Names())))
		}
		n += m.n
	}
	if n > math.MaxInt32 {
		return failed(fmt.Errorf("tables: merge: the result would have %d rows, a table holds at most %d", n, math.MaxInt32))
	}
	cols := make([]*Col, len(t.cols))
	for i, c := range t.cols {
		parts := make([]*Col, len(more))
		for j, m := range more {
			p, err := m.need("merge", c.name)
			if err != nil {
				return failed(err)
			}
			if p.typ != c.typ {
				return failed(fmt.Errorf("tables: merge: column %q is %v in one table, %v in another: %w", c.name, c.typ, p.typ, ErrType))
			}
			parts[j] = p
		}
		cols[i] = c.concat(parts)
	}
	return build(cols, n)
}
