package plots

import (
	"errors"
	"fmt"
	"math"
	"slices"

	"github.com/sheaf-go/sheaf/tables"
)

// tableSource reads the columns of a table. Numbers are quantitative, a
// Duration is its seconds, Timestamp and Date are temporal, text, truth values
// and characters are nominal; vectors cannot be drawn.
type tableSource struct{ t *tables.Table }

func fromTable(t *tables.Table) (source, error) {
	if t == nil {
		return nil, errors.New("the table is nil")
	}
	if err := t.Err(); err != nil {
		return nil, fmt.Errorf("the table has an error: %w", err)
	}
	return tableSource{t}, nil
}

func (s tableSource) rows() int { return s.t.Len() }

func (s tableSource) column(name string) (*column, error) {
	typ, ok := s.t.TypeOf(name)
	if !ok {
		return nil, noColumn(name, s.t.Names())
	}
	switch {
	case typ.IsNumeric():
		c := &column{name: name, integer: typ.IsInteger(), v: s.t.Float64s(name)}
		if typ == tables.Int64 && slices.ContainsFunc(c.v, func(v float64) bool { return math.Abs(v) >= 1<<53 }) {
			c.exact = s.t.Int64s(name)
		}
		return c, nil
	case typ == tables.Timestamp:
		return s.scaled(name, temporal, 1e-6), nil
	case typ == tables.Date:
		return s.scaled(name, temporal, 24*3600*1000), nil
	case typ == tables.Duration:
		c := s.scaled(name, quantitative, 1e-9)
		c.name += " (s)"
		return c, nil
	case typ == tables.String, typ == tables.Bool, typ == tables.Char:
		return s.names(name)
	}
	return nil, fmt.Errorf("column %q is %s; want numbers, text or moments", name, typ)
}

// A reader reads each column of a table once, for one picture.
type reader struct {
	tableSource
	columns map[string]*column
}

func (r *reader) column(name string) (*column, error) {
	if c := r.columns[name]; c != nil {
		return c, nil
	}
	c, err := r.tableSource.column(name)
	if err == nil {
		r.columns[name] = c
	}
	return c, err
}

// reading is the parts with readers in place of their tables.
func reading(parts []part) []part {
	out := slices.Clone(parts)
	readers := map[tableSource]*reader{}
	for i := range out {
		t, ok := out[i].src.(tableSource)
		if !ok {
			continue
		}
		if readers[t] == nil {
			readers[t] = &reader{t, map[string]*column{}}
		}
		out[i].src = readers[t]
	}
	return out
}

// names reads a column of names, by the numbers that the table gives them: it may
// hold them by numbers already.
func (s tableSource) names(name string) (*column, error) {
	one := s.t.Select(name)
	coded := one.Encode(name)
	if err := coded.Err(); err != nil {
		return nil, fmt.Errorf("column %q: %w", name, err)
	}
	codes := coded.Int64s(name)
	c := &column{name: name, kind: nominal, code: make([]int, len(codes))}
	isNull := s.nulls(name)
	var first []int // row of each level
	for i, k := range codes {
		poll(i)
		if isNull != nil && isNull(i) {
			c.code[i] = -1
			continue
		}
		c.code[i] = int(k)
		if int(k) == len(first) {
			first = append(first, i)
		}
	}
	c.levels = one.Take(first...).Strings(name)
	return c, nil
}

// nulls reports which rows of a column are null; it is nil if none are.
func (s tableSource) nulls(name string) func(row int) bool {
	if c, ok := s.t.Column(name); ok && c.NullCount() > 0 {
		return c.IsNull
	}
	return nil
}

// scaled reads a column of counts since an epoch.
func (s tableSource) scaled(name string, kind scaleKind, unit float64) *column {
	counts := s.t.Int64s(name)
	c := &column{name: name, kind: kind, v: make([]float64, len(counts))}
	isNull := s.nulls(name)
	for i, n := range counts {
		poll(i)
		c.v[i] = float64(n) * unit
		if isNull != nil && isNull(i) {
			c.v[i] = math.NaN()
		}
	}
	return c
}

// fromXY is the source of the charts over two slices.
func fromXY(xs, ys []float64) (source, error) {
	if len(xs) != len(ys) {
		return nil, fmt.Errorf("want slices of equal length, got %d x and %d y", len(xs), len(ys))
	}
	return memory{[]*column{{name: "x", v: xs}, {name: "y", v: ys}}}, nil
}
