package plots

import (
	"errors"
	"fmt"
	"math"

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
	missing := func(i int) bool { return s.t.IsNull(name, i) }
	switch {
	case typ.IsNumeric():
		return &column{name: name, integer: typ.IsInteger(), v: s.t.Float64s(name)}, nil
	case typ == tables.Timestamp:
		return s.scaled(name, temporal, 1e-6), nil
	case typ == tables.Date:
		return s.scaled(name, temporal, 24*3600*1000), nil
	case typ == tables.Duration:
		return s.scaled(name, quantitative, 1e-9), nil
	case typ == tables.String, typ == tables.Bool, typ == tables.Char:
		return newNominal(name, s.t.Strings(name), missing), nil
	}
	return nil, fmt.Errorf("column %q is %s; want numbers, text or moments", name, typ)
}

// scaled reads a column of counts since an epoch.
func (s tableSource) scaled(name string, kind scaleKind, unit float64) *column {
	counts := s.t.Int64s(name)
	c := &column{name: name, kind: kind, v: make([]float64, len(counts))}
	for i, n := range counts {
		poll(i)
		c.v[i] = float64(n) * unit
		if s.t.IsNull(name, i) {
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
