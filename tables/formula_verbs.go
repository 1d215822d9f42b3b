package tables

import (
	"slices"
	"sync"

	"github.com/sheaf-go/sheaf/internal/interrupt"
)

// Update adds columns, or replaces those of the same name, each by a formula
// "Name = expression"; later formulas see the columns of earlier ones, and
// "A = A + 1" sees the column that it replaces. See [Table.Where] for what an
// expression can be. A Name is a letter or _ with letters, digits and _ behind
// it, but not one that means something in formulas (i, ii, k, in, not, icase,
// and, or, instanceof, true, false, null). Text of few different values gets a
// dictionary.
func (t *Table) Update(formulas ...string) *Table {
	return t.update(formulas, (*compiler).asColumn)
}

// update adds columns, each of which compute makes.
func (t *Table) update(formulas []string, compute func(c *compiler, name string, e expr) (*Col, error)) *Table {
	if t.err != nil {
		return t
	}
	cols := slices.Clone(t.cols)
	for _, src := range formulas {
		name, e, err := parseAssign(src, false)
		if err != nil {
			return failed(err)
		}
		c, err := compute(newCompiler(src, cols, t.n), name, e)
		if err != nil {
			return failed(err)
		}
		cols = put(cols, c)
	}
	return build(cols, t.n)
}

// UpdateView is [Table.Update] under the name that Deephaven has for columns
// that are computed when they are read. A table here never changes and is
// computed by whole columns, so these are computed at once too.
func (t *Table) UpdateView(formulas ...string) *Table { return t.Update(formulas...) }

// View is a table of only the named columns, in that order; "Name =
// expression" makes a new one, and sees the columns made before it. Columns
// that are only named are shared, not copied.
func (t *Table) View(columns ...string) *Table {
	if t.err != nil {
		return t
	}
	env, keep := slices.Clone(t.cols), make([]*Col, 0, len(columns))
	for _, src := range columns {
		name, e, err := parseAssign(src, true)
		if exact, ok := t.Column(src); ok { // a name that is no identifier
			keep = append(keep, exact)
			continue
		}
		if err != nil {
			return failed(err)
		}
		c, err := newCompiler(src, env, t.n).asColumn(name, e)
		if err != nil {
			return failed(err)
		}
		keep, env = append(keep, c), put(env, c)
	}
	return build(keep, t.n)
}

// Select is [Table.View] under the name that Deephaven has for columns that are
// computed and kept at once, which here both do.
func (t *Table) Select(columns ...string) *Table { return t.View(columns...) }

// LazyUpdate is [Table.Update] for functions that are slow where the columns
// have few different values: each formula is computed once for every different
// combination of the columns that it names, and all rows of that combination
// get the result. Values are different as in [Table.GroupBy]: null and NaN are
// values, and the zeros are the same. Formulas with i, ii, k, Col_ or vectors
// cannot be computed so and are an error.
func (t *Table) LazyUpdate(formulas ...string) *Table {
	return t.update(formulas, (*compiler).lazily)
}

// lazily computes e on one row of each combination of the columns in it.
func (c *compiler) lazily(name string, e expr) (*Col, error) {
	var keys []*Col
	seen := map[string]bool{}
	var bad error
	walk(e, func(e expr) {
		id, ok := e.(ident)
		col := c.column(id.name)
		switch {
		case !ok || seen[id.name]:
		case col != nil && carrierOf(col.typ) != carryNone:
			keys, seen[id.name] = append(keys, col), true
		case col != nil || c.byRow(id.name):
			bad = c.fail(e, "%s cannot be had once for several rows", id.name)
		}
	})
	if bad != nil || len(keys) == 0 {
		if bad == nil {
			return c.asColumn(name, e)
		}
		return nil, bad
	}
	g, err := groupRows(keys, c.n)
	if err != nil {
		return nil, err
	}
	few := make([]*Col, len(keys))
	for i, k := range keys {
		few[i] = k.take(g.first)
	}
	res, err := newCompiler(c.src, few, len(g.first)).asColumn(name, e)
	if err != nil {
		return nil, err
	}
	rows := uncleared[int32](c.n)
	for i, id := range g.ids {
		poll(i)
		rows[i] = int32(id)
	}
	return res.take(rows), nil
}

// Where keeps the rows in which every filter is true; null is not true.
//
// An expression is written as in Java, or as in Go where that reads alike:
//
//   - numbers 1, 2L, 0.5, 1e3, 2f, 0xff, 1_000; text in backticks or in double
//     quotes with escapes; true, false, null; in single quotes a character 'x',
//     a day '2006-01-02', a time '2006-01-02 15:04:05' (in UTC, or with a zone
//     behind it), or a duration '1h30m', '2d', 'PT1H';
//   - columns by name, and variables and functions of the session; i (int32),
//     ii and k (int64), the number of the row; Math.PI;
//   - + - * / %, & | ^ ~ << >> >>>, = == != < <= > >=, && || ! (or "and", "or"),
//     in, not in, icase in, icase not in with a list, cond ? a : b;
//   - casts such as (double)i, to byte short int long float double boolean char
//     String or a column type: int8 … uint64, float32, float64, bool, string,
//     timestamp, date, duration;
//   - functions f(x, y), or the same as x.f(y): [Functions] lists them, and the
//     session's own have the names that they have there;
//   - A_[i-1], a value of another row (outside the table null), and of vectors
//     sum(V), avg, min, max, std, var, median, count, size, first, last, V[0].
//
// Integers are computed with 64 bits, wrap around on overflow, as in Go, and
// int/int stays an integer; an integer divided by 0 is null, and a uint64 above
// 9223372036854775807, in a column or as the sum of a vector, an error. With a
// float the result is float64 (float32 if both are narrow), divided by 0 an
// infinity or NaN. Of times and durations + and -, durations times and by
// numbers, and the quotient of durations, a float64, can be had; what does not
// fit into 64 bits of nanoseconds is null.
//
// Null in gives null out, except that false && null is false, true || null is
// true, and isNull, isNotNull, coalesce and nullIf see nulls. A comparison with
// NaN is false, but != true, and -0.0 equals 0.0, as in Go. Text is compared by
// its bytes.
//
// A function of the session that takes and gives slices, such as
// func([]float64) []float64, is called once with whole columns, in which null is
// NaN (columns of other types must have no nulls), and must give a value for
// every row, which are copied; one of single values, such as func(float64,
// string) (float64, error), once for every row in which no argument is null, and
// gives null elsewhere; one that takes a slice and gives a single value, with a
// vector of each row. Their errors and panics are errors of the table.
func (t *Table) Where(filters ...string) *Table {
	if t.err != nil || len(filters) == 0 {
		return t
	}
	f := &filter{}
	for _, src := range filters {
		e, err := parseFormula(src)
		if err != nil {
			return failed(err)
		}
		c := newCompiler(src, t.cols, t.n)
		n, err := c.condition(e)
		if err != nil {
			return failed(err)
		}
		f.compilers, f.exprs, f.nodes = append(f.compilers, c), append(f.exprs, e), append(f.nodes, n)
	}
	sel, err := f.rows()
	if err != nil {
		return failed(err)
	}
	out := t
	if sel.len() < t.n {
		out = t.gather(sel)
	}
	sel.giveBack() // not after an interrupt: others may still work with it
	return out
}

// A filter is conditions that must all be true.
type filter struct {
	compilers []*compiler
	exprs     []expr
	nodes     []node
}

// condition compiles a filter.
func (c *compiler) condition(e expr) (node, error) {
	n, err := c.guardedCompile(e)
	if err != nil {
		return nil, err
	}
	if n.typ() != Bool {
		return nil, c.fail(e, "a filter must be a boolean, this is %s", typeText(n.typ()))
	}
	return &sourced{node: n, src: c.src}, nil
}

// sourced says in which of several formulas an evaluation failed.
type sourced struct {
	node
	src string
}

func (s *sourced) eval(lo, n int) vec {
	defer func() {
		if p := recover(); p != nil {
			if e, ok := p.(evalError); ok {
				e.src = s.src
				panic(e)
			}
			panic(p)
		}
	}()
	return s.node.eval(lo, n)
}

// rows lists the rows in which all conditions are true.
func (f *filter) rows() (selection, error) {
	c := f.compilers[0]
	for _, other := range f.compilers {
		c.user = c.user || other.user
	}
	again := func() ([]node, error) {
		nodes := make([]node, len(f.exprs))
		for i, e := range f.exprs {
			own := *f.compilers[i]
			n, err := own.condition(e)
			if err != nil {
				return nil, err
			}
			nodes[i] = n
		}
		return nodes, nil
	}
	var mu sync.Mutex
	byPart := map[int][]int32{}
	err := c.run(c.parts(), f.nodes, again, func(part int, nodes []node, lo, hi int) {
		sel := borrowRows((hi-lo)/2 + chunkRows)
		masks := make([]bool, 2*chunkRows)
		for ; lo < hi; lo += chunkRows {
			interrupt.Check()
			sel = selectTrue(sel, allTrue(nodes, masks, lo, min(chunkRows, hi-lo)), lo)
		}
		mu.Lock()
		byPart[part] = sel
		mu.Unlock()
	})
	all := make(selection, len(byPart))
	for part, sel := range byPart {
		all[part] = sel
	}
	return all, err
}

// allTrue marks the rows in which all conditions are true; masks is memory for
// two chunks.
func allTrue(nodes []node, masks []bool, lo, n int) []bool {
	both, one := masks[:n], masks[chunkRows:chunkRows+n]
	for i, c := range nodes {
		v := c.eval(lo, n)
		b := v.b[:n]
		if v.null != nil {
			logic('-', one, b, v.null)
			b = one
		}
		if len(nodes) == 1 {
			return b
		}
		if i == 0 {
			copy(both, b)
		} else {
			logic('&', both, both, b)
		}
	}
	return both
}
