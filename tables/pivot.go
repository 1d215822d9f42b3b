package tables

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
)

// mostPivots is how many columns Pivot makes at most.
const mostPivots = 10_000

// Pivot turns the values of the column names into columns: there is a row for
// each different combination of the keys' values, with the keys in front, and a
// column for each different value of names, both in the order in which they
// first come. A cell holds agg, a formula of aggregates such as "sum(Amount)"
// (see [Table.AggBy]), over the rows of its keys and name, and null where there
// are none. Without keys there is one row.
//
// A column is called as the value of names is shown, without surrounding blanks:
// null is called null, and empty text empty. Where the name is taken, by a key
// or by a value that is shown alike, _2, _3, … is added. More than 10,000
// columns are an error.
func (t *Table) Pivot(names, agg string, keys ...string) *Table {
	if t.err != nil {
		return t
	}
	if _, err := t.need("pivot", names); err != nil {
		return failed(err)
	}
	if slices.Contains(keys, names) {
		return failed(fmt.Errorf("tables: pivot: %q gives the names, so it is no key", names))
	}
	by := append(slices.Clone(keys), names)
	r, err := t.aggRun("pivot", by)
	if err != nil {
		return failed(err)
	}
	f, err := r.parseCell(agg, by)
	if err != nil {
		return failed(err)
	}
	cells := r.table([]aggFormula{f})
	if cells.err != nil {
		return cells
	}
	return cells.pivoted(len(keys))
}

// parseCell is parse of a formula that has no name.
func (r *aggRun) parseCell(src string, known []string) (f aggFormula, err error) {
	e, err := parseFormula(src)
	if err != nil {
		return f, err
	}
	p := aggParser{aggRun: r, c: r.compiler(src), known: known}
	if f.e, err = p.outside(e); err == nil && len(r.calls) == 0 {
		err = p.c.fail(e, "want an aggregate such as sum(A) or count()")
	}
	f.src, f.name = src, pivotCell
	return f, err
}

const pivotCell = hidden + "cell"

// pivoted has a row for each combination of the first columns, a column for each
// value of the next, and cells from the last.
func (t *Table) pivoted(keys int) *Table {
	rows, err := groupRows(t.cols[:keys], t.n)
	if err != nil {
		return failed(err)
	}
	columns, err := t.cols[keys].codes()
	if err != nil {
		return failed(err)
	}
	if n := len(columns.first); n > mostPivots {
		return failed(fmt.Errorf("tables: pivot: column %q has %d different values; Pivot makes at most %d columns", t.cols[keys].name, n, mostPivots))
	}
	n := len(rows.first)
	if keys == 0 {
		n = 1
	}
	var cols []*Col
	taken := map[string]bool{}
	for _, c := range t.cols[:keys] {
		cols = append(cols, c.take(rows.first))
		taken[c.name] = true
	}
	members, off := columns.members()
	from := uncleared[int32](n)
	for i, first := range columns.first {
		for lo, hi := range spans(n) {
			for r := range from[lo:hi] {
				from[lo+r] = -1
			}
		}
		for j, r := range members[off[i]:off[i+1]] {
			poll(j)
			from[rows.ids[r]] = r
		}
		c := t.cols[keys+1].take(from)
		c.name = pivotName(t.cols[keys], int(first), taken)
		cols = append(cols, c)
	}
	return build(cols, n)
}

// pivotName is what a column for the value in a row is called.
func pivotName(c *Col, row int, taken map[string]bool) string {
	name := "null"
	if !c.IsNull(row) {
		name = strings.Clone(formatCell(c, row)) // does not keep the column's memory
		if name = strings.TrimSpace(name); name == "" {
			name = "empty"
		}
	}
	free := name
	for i := 2; taken[free]; i++ {
		free = name + "_" + strconv.Itoa(i)
	}
	taken[free] = true
	return free
}

// Melt is the inverse of [Table.Pivot]: each of the named columns becomes rows,
// all rows of the first column, then all of the second and so on, with the
// column's name in the column name and its cells in the column value, both at
// the end; the other columns repeat. The named columns must be of one type;
// different integers become Int64, and integers with floats Float64.
func (t *Table) Melt(name, value string, columns ...string) *Table {
	if t.err != nil {
		return t
	}
	from, err := t.meltColumns(name, value, columns)
	if err != nil {
		return failed(err)
	}
	rows := t.n * len(from)
	if rows > math.MaxInt32 {
		return failed(fmt.Errorf("tables: melt: %d rows: a table holds at most %d", rows, math.MaxInt32))
	}
	var cols []*Col
	for _, c := range t.cols {
		if slices.Contains(columns, c.name) {
			continue
		}
		again := make([]*Col, len(from)-1)
		for i := range again {
			again[i] = c
		}
		cols = append(cols, c.concat(again))
	}
	codes := uncleared[int32](rows)
	for i := range codes {
		poll(i)
		codes[i] = int32(i / t.n)
	}
	values := from[0].concat(from[1:])
	values.name = value
	return build(append(cols, &Col{name: name, typ: String, data: dict{codes, newStrs(columns)}}, values), rows)
}

// meltColumns finds the columns and gives them one type.
func (t *Table) meltColumns(name, value string, columns []string) ([]*Col, error) {
	if len(columns) == 0 {
		return nil, fmt.Errorf("tables: melt: want the columns that become rows, got none")
	}
	for _, made := range []string{name, value} {
		if t.Has(made) && !slices.Contains(columns, made) || name == value {
			return nil, fmt.Errorf("tables: melt: two columns are named %q", made)
		}
	}
	from := make([]*Col, len(columns))
	common := Type(0)
	for i, col := range columns {
		c, err := t.need("melt", col)
		if err != nil {
			return nil, err
		}
		if slices.Contains(columns[:i], col) {
			return nil, fmt.Errorf("tables: melt: column %q is given twice", col)
		}
		was := common
		if common = commonType(common, c.typ); common == 0 {
			return nil, fmt.Errorf("tables: melt: column %q is %v, and those before it %v; cells of one column are of one type: %w", col, c.typ, was, ErrType)
		}
		from[i] = c
	}
	for i, c := range from {
		if c.typ == common {
			continue
		}
		wide, err := newCompiler("("+common.String()+")"+c.name, t.cols, t.n).asColumn(c.name, cast{typ: common, x: ident{name: c.name}})
		if err != nil {
			return nil, err
		}
		from[i] = wide
	}
	return from, nil
}

// commonType is the type that holds values of both, or 0; the type 0 is held by
// all.
func commonType(a, b Type) Type {
	switch {
	case a == 0 || a == b:
		return b
	case a.IsInteger() && b.IsInteger():
		return Int64
	case a.IsNumeric() && b.IsNumeric():
		return Float64
	}
	return 0
}
