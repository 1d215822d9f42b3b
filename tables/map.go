package tables

import (
	"slices"
	"strings"
)

// Map adds a column, or replaces it, by a Go function of other columns: a
// function of single values, such as func(string) int, is called for every row
// in which no argument is null (elsewhere the result is null); a function of
// slices, such as func([]float64) []float64, is called once with the whole
// columns, where null is NaN, and what it returns is copied. The function may
// also return an error.
func (t *Table) Map(name string, fn any, columns ...string) *Table {
	if t.err != nil {
		return t
	}
	args := make([]expr, len(columns))
	for i, from := range columns {
		if _, err := t.need("map", from); err != nil {
			return failed(err)
		}
		args[i] = ident{at(len(name) + 3), from}
	}
	c := newCompiler(name+" = fn("+strings.Join(columns, ", ")+")", t.cols, t.n)
	c.scope = onlyScope{fn}
	col, err := c.asColumn(name, call{at: at(len(name) + 3), name: mapName, args: args})
	if err != nil {
		return failed(err)
	}
	return build(put(slices.Clone(t.cols), col), t.n)
}

const mapName = "fn"

// onlyScope knows one function.
type onlyScope struct{ fn any }

// Lookup implements Scope.
func (o onlyScope) Lookup(name string) (any, bool) { return o.fn, name == mapName }
