package tables

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/sheaf-go/sheaf/internal/near"
)

// ErrNoColumn is wrapped by every error about a column that a table lacks.
var ErrNoColumn = errors.New("no such column")

// ErrLength is wrapped by errors about columns of unequal lengths.
var ErrLength = errors.New("unequal lengths")

// ErrType is wrapped by errors about a column of an unsuitable type.
var ErrType = errors.New("unsuitable type")

// A Table is an ordered set of equally long named columns, or an error.
// The zero Table has no rows and no columns.
type Table struct {
	cols  []*Col
	index map[string]int
	n     int
	err   error
}

// A Field is a column's name and type.
type Field struct {
	Name string
	Type Type
}

// New makes a table of columns, which must be equally long and differently
// named; otherwise the table's Err says what came.
func New(cols ...Col) *Table {
	if len(cols) == 0 {
		return Empty(0)
	}
	ptrs := make([]*Col, len(cols))
	for i := range cols {
		c := cols[i]
		if c.err == nil && c.data == nil {
			c.err = fmt.Errorf("tables: new: column %q has no values: make it with tables.Ints, tables.Column, …", c.name)
		}
		if c.err != nil {
			return failed(c.err)
		}
		ptrs[i] = &c
	}
	return build(ptrs, ptrs[0].Len())
}

// Empty makes a table of n rows and no columns; Update gives it some.
func Empty(n int) *Table {
	if n < 0 {
		return failed(fmt.Errorf("tables: empty: want a number of rows, got %d", n))
	}
	return build(nil, n)
}

// build checks names and lengths and makes the index.
func build(cols []*Col, n int) *Table {
	if n > math.MaxInt32 {
		return failed(fmt.Errorf("tables: %d rows: a table holds at most %d", n, math.MaxInt32))
	}
	t := &Table{cols: cols, n: n, index: make(map[string]int, len(cols))}
	for i, c := range cols {
		if err := checkName(c.name); err != nil {
			return failed(err)
		}
		if _, dup := t.index[c.name]; dup {
			return failed(fmt.Errorf("tables: two columns are named %q", c.name))
		}
		if c.Len() != n {
			return failed(fmt.Errorf("tables: column %q has %d rows, want %d: %w", c.name, c.Len(), n, ErrLength))
		}
		t.index[c.name] = i
	}
	return t
}

// checkName refuses names that nobody could type; formulas need identifiers.
func checkName(name string) error {
	if strings.TrimSpace(name) != name || name == "" {
		return fmt.Errorf("tables: want a column name without surrounding blanks, got %q", name)
	}
	return nil
}

func failed(err error) *Table { return &Table{err: err} }

// Err is why the table could not be made, or nil.
func (t *Table) Err() error { return t.err }

// Len is the number of rows.
func (t *Table) Len() int { return t.n }

// NumCols is the number of columns.
func (t *Table) NumCols() int { return len(t.cols) }

// Names are the names of the columns, in order.
func (t *Table) Names() []string {
	names := make([]string, len(t.cols))
	for i, c := range t.cols {
		names[i] = c.name
	}
	return names
}

// Has reports whether there is a column of that name.
func (t *Table) Has(name string) bool {
	_, ok := t.index[name]
	return ok
}

// TypeOf is the type of the named column.
func (t *Table) TypeOf(name string) (Type, bool) {
	c, ok := t.Column(name)
	if !ok {
		return 0, false
	}
	return c.typ, true
}

// Column is the named column.
func (t *Table) Column(name string) (*Col, bool) {
	i, ok := t.index[name]
	if !ok {
		return nil, false
	}
	return t.cols[i], true
}

// Schema lists the columns' names and types.
func (t *Table) Schema() []Field {
	fields := make([]Field, len(t.cols))
	for i, c := range t.cols {
		fields[i] = Field{c.name, c.typ}
	}
	return fields
}

// Meta is the schema as a table: Name, Type and Nulls, a row for each column.
func (t *Table) Meta() *Table {
	if t.err != nil {
		return t
	}
	types, nulls := make([]string, len(t.cols)), make([]int64, len(t.cols))
	for i, c := range t.cols {
		types[i], nulls[i] = c.typ.String(), int64(c.NullCount())
	}
	return New(Strings("Name", t.Names()...), Strings("Type", types...), Int64s("Nulls", nulls...))
}

// need finds a column for a verb, or says which name was probably meant.
func (t *Table) need(verb, name string) (*Col, error) {
	if c, ok := t.Column(name); ok {
		return c, nil
	}
	return nil, t.noColumn(verb, name)
}

func (t *Table) noColumn(verb, name string) error {
	hint := fmt.Sprintf("; the table has %s", nameList(t.Names()))
	if best := near.Name(name, slices.Values(t.Names())); best != "" {
		hint = fmt.Sprintf("; did you mean %q?", best)
	}
	return &columnError{fmt.Sprintf("tables: %s: no column %q%s", verb, name, hint)}
}

type columnError struct{ msg string }

// Error implements error.
func (e *columnError) Error() string { return e.msg }

// Unwrap gives errors.Is and errors.As the cause.
func (e *columnError) Unwrap() error { return ErrNoColumn }

// nameList names up to eight columns.
func nameList(names []string) string {
	if len(names) == 0 {
		return "no columns"
	}
	more := ""
	if len(names) > 8 {
		more = fmt.Sprintf(" and %d more", len(names)-8)
		names = names[:8]
	}
	return strings.Join(names, ", ") + more
}
