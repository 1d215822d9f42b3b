package gather

import (
	"fmt"
	"slices"

	"github.com/sheaf-go/sheaf/tables"
)

// A Batch is a run of rows of a table, with the columns that one input named.
type Batch struct {
	rows  *tables.Table
	names []string
	from  int
}

// NewBatch is the batch of the rows of t, whose first row is row number from
// of the whole table. The names, in the input's order, may repeat.
func NewBatch(t *tables.Table, from int, names ...string) Batch {
	return Batch{rows: t, names: names, from: from}
}

// Len is the number of rows.
func (b Batch) Len() int { return b.rows.Len() }

// From is the number, from 0, of the batch's first row in the whole table.
func (b Batch) From() int { return b.from }

// Names is the names of the columns in the order in which the input lists them.
func (b Batch) Names() []string { return slices.Clone(b.names) }

// Table is the rows and columns of the batch, each column once.
func (b Batch) Table() *tables.Table {
	var cols []tables.Col
	for i, name := range b.names {
		if c, ok := b.rows.Column(name); ok && !slices.Contains(b.names[:i], name) {
			cols = append(cols, *c)
		}
	}
	if len(cols) == 0 {
		return tables.Empty(b.Len())
	}
	return tables.New(cols...)
}

// Float64s is a numeric column as float64, null as NaN; it panics if there is no
// such column. It must not be written to.
func (b Batch) Float64s(name string) []float64 { return b.rows.Float64s(name) }

// Strings is a column as text, null as "".
func (b Batch) Strings(name string) []string { return b.rows.Strings(name) }

// Value is one cell, nil for null; row counts from the batch's first. It
// panics for a row outside the batch.
func (b Batch) Value(name string, row int) any { return b.rows.Value(name, row) }

// String says which rows and columns these are.
func (b Batch) String() string {
	return fmt.Sprintf("rows %d to %d of %v", b.from, b.from+b.Len()-1, b.names)
}
