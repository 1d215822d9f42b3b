package tables

import (
	"fmt"
	"slices"
)

// AggBy is a row for each different combination of the keys' values, in the
// order in which the combinations first come, with the keys in front and then
// one column for each of aggs, written "Name = expression of aggregates":
//
//	t.AggBy([]string{"N = count()", "Share = sum(Amount * Rate) / sum(Amount)"}, "Region", "Year")
//
// What stands in an aggregate is a formula over the rows, see [Table.Where];
// what surrounds aggregates is a formula over the groups, which sees the keys
// and the columns before it. Null is a key like any other, and so is NaN.
// Without keys there is one row, even of an empty table.
//
// The aggregates are
//
//	count()           the number of rows
//	count(A)          the number of rows in which A is not null
//	countDistinct(A)  the number of different values; null does not count
//	sum(A)            of integers and truths int64 (uint64 of uint64), which
//	                  wraps where it overflows, of floats float64; 0 of none
//	absSum(A)         the sum of absolute values
//	avg(A), mean(A)   the arithmetic mean
//	wavg(A, W)        the mean weighted by W: sum(A * W) / sum(W)
//	std(A), var(A)    standard deviation and variance, dividing by n-1
//	median(A), percentile(A, q)
//	                  the value that the share q of 0 to 1 lies below,
//	                  interpolated linearly between neighbours
//	min(A), max(A)    of A's type, also of text (by its bytes), truths and times
//	first(A), last(A) in the order of the rows; null if that row is null
//	group(A)          all values as a vector, nulls too
//
// Nulls in A or W do not count; of no values everything but sums and counts is
// null, and so are std and var of one. A NaN makes sum, avg, wavg, std, var,
// min, max, median and percentile NaN.
// Sums, means and so on of durations are durations.
func (t *Table) AggBy(aggs []string, keys ...string) *Table {
	if t.err != nil {
		return t
	}
	r, err := t.aggRun("agg by", keys)
	if err != nil {
		return failed(err)
	}
	parsed := make([]aggFormula, len(aggs))
	known := slices.Clone(keys)
	for i, src := range aggs {
		if parsed[i], err = r.parse(src, known); err != nil {
			return failed(err)
		}
		if slices.Contains(known, parsed[i].name) {
			return failed(fmt.Errorf("tables: agg by: two columns are named %q", parsed[i].name))
		}
		known = append(known, parsed[i].name)
	}
	return r.table(parsed)
}

// An aggFormula is what surrounds aggregates, which it knows by hidden names.
type aggFormula struct {
	src, name string
	e         expr
}

// An aggRun computes aggregates of one grouping.
type aggRun struct {
	t     *Table
	verb  string
	keys  []*Col
	rows  *compiler // of formulas over the rows
	calls []*aggCall
}

func (t *Table) aggRun(verb string, keys []string) (*aggRun, error) {
	cols, err := t.keyCols(verb, keys)
	return &aggRun{t: t, verb: verb, keys: cols, rows: newCompiler("", t.cols, t.n)}, err
}

// keyCols finds the keys of a verb.
func (t *Table) keyCols(verb string, keys []string) ([]*Col, error) {
	cols := make([]*Col, len(keys))
	for i, k := range keys {
		c, err := t.need(verb, k)
		if err != nil {
			return nil, err
		}
		if slices.Contains(keys[:i], k) {
			return nil, fmt.Errorf("tables: %s: key %q is given twice", verb, k)
		}
		if c.typ.IsVector() {
			return nil, fmt.Errorf("tables: %s: column %q is %v, want single values: %w", verb, k, c.typ, ErrType)
		}
		cols[i] = c
	}
	return cols, nil
}

// compiler is for a formula over the rows.
func (r *aggRun) compiler(src string) *compiler {
	c := *r.rows
	c.src, c.whole, c.user = src, &wholeCalls{done: map[int]*Col{}}, false
	return &c
}

// table computes all aggregates and the formulas around them.
func (r *aggRun) table(formulas []aggFormula) *Table {
	first, results, err := r.compute()
	if err != nil {
		return failed(err)
	}
	cols := make([]*Col, 0, len(r.keys)+len(formulas))
	for _, k := range r.keys {
		cols = append(cols, k.take(first))
	}
	env := append(slices.Clone(cols), results...)
	place := make(map[string]int, len(env))
	for i, c := range env {
		place[c.name] = i
	}
	for _, f := range formulas {
		var c *Col
		if id, ok := f.e.(ident); ok && id.isHidden() {
			named := env[place[id.name]].renamed(f.name)
			c = &named
		} else if c, err = newCompiler(f.src, env, len(first)).asColumn(f.name, f.e); err != nil {
			return failed(err)
		}
		cols, env = append(cols, c), append(env, c)
	}
	return build(cols, len(first))
}

const hidden = "\x00" // begins names of results that formulas do not see

func (e ident) isHidden() bool { return len(e.name) > 0 && e.name[:1] == hidden }

// parse cuts a formula into aggregates and what surrounds them.
func (r *aggRun) parse(src string, known []string) (f aggFormula, err error) {
	f.src = src
	var e expr
	if f.name, e, err = parseAssign(src, false); err != nil {
		return f, err
	}
	p := aggParser{aggRun: r, c: r.compiler(src), known: known}
	f.e, err = p.outside(e)
	return f, err
}

// An aggParser takes the aggregates out of one formula.
type aggParser struct {
	*aggRun
	c     *compiler
	known []string // keys and results before
}

// outside walks over what surrounds aggregates.
func (p *aggParser) outside(e expr) (expr, error) {
	var err error
	switch e := e.(type) {
	case ident:
		return e, p.visible(e)
	case unary:
		e.x, err = p.outside(e.x)
		return e, err
	case cast:
		e.x, err = p.outside(e.x)
		return e, err
	case binary:
		err = p.each(&e.x, &e.y)
		return e, err
	case ternary:
		err = p.each(&e.cond, &e.yes, &e.no)
		return e, err
	case index:
		err = p.each(&e.x, &e.i)
		return e, err
	case inList:
		e.list = slices.Clone(e.list)
		err = p.each(append(pointers(e.list), &e.x)...)
		return e, err
	case call:
		return p.call(e)
	}
	return e, nil
}

func (p *aggParser) each(parts ...*expr) (err error) {
	for _, e := range parts {
		if *e, err = p.outside(*e); err != nil {
			return err
		}
	}
	return nil
}

func pointers(list []expr) []*expr {
	all := make([]*expr, len(list))
	for i := range list {
		all[i] = &list[i]
	}
	return all
}

// visible refuses columns of the rows, which have many values in a group.
func (p *aggParser) visible(e ident) error {
	if slices.Contains(p.known, e.name) {
		return nil
	}
	if p.c.column(e.name) != nil {
		return p.c.fail(e, "%s has many values in a group: write sum(%s), first(%s) or another aggregate, or make it a key", e.name, e.name, e.name)
	}
	if _, ok := lookup(p.c.scope, e.name); ok || e.name == "i" || e.name == "ii" || e.name == "k" {
		return nil
	}
	if n := len(e.name); n > 1 && e.name[n-1] == '_' && slices.Contains(p.known, e.name[:n-1]) {
		return nil
	}
	return p.c.unknown(e)
}

// call takes an aggregate out, and walks over other calls.
func (p *aggParser) call(e call) (expr, error) {
	args := slices.Clone(e.args)
	if e.recv != nil {
		args = append([]expr{e.recv}, args...)
	}
	k, ok := aggregateKinds[e.name]
	if ok && k.takesArgs(len(args)) && !p.ofGroups(args) {
		for _, a := range args {
			if inner := innerAggregate(a); inner != nil && p.refused(a) {
				return nil, p.c.fail(*inner, "%s stands within %s; an aggregate takes values of the rows", inner.name, e.name)
			}
		}
		c := &aggCall{kind: k, args: args, at: e, src: p.c.src, name: fmt.Sprint(hidden, len(p.calls))}
		p.calls = append(p.calls, c)
		return ident{e.at, c.name}, nil
	}
	if ok && len(args) != k.args && functions[e.name] == nil && !p.ofGroups(args) {
		return nil, p.c.fail(e, "%s takes %s, got %d", e.name, plural(k.args, "argument"), len(args))
	}
	e.recv, e.args = nil, args
	err := p.each(pointers(args)...)
	return e, err
}

// ofGroups reports whether the first argument is a vector that group makes, or
// a column of groups, so that the function is one of vectors.
func (p *aggParser) ofGroups(args []expr) bool {
	if len(args) == 0 {
		return false
	}
	switch a := args[0].(type) {
	case call:
		return a.name == "group" && len(a.args) == 1
	case ident:
		return p.c.column(a.name) == nil && slices.Contains(p.known, a.name)
	}
	return false
}

// refused reports whether an argument does not compile.
func (p *aggParser) refused(e expr) bool {
	_, err := p.compiler(p.c.src).guardedCompile(e)
	return err != nil
}

// innerAggregate finds an aggregate in an argument; of a vector in a row it is
// a function like any other.
func innerAggregate(e expr) (found *call) {
	var walk func(e expr)
	walk = func(e expr) {
		switch e := e.(type) {
		case unary:
			walk(e.x)
		case cast:
			walk(e.x)
		case binary:
			walk(e.x)
			walk(e.y)
		case ternary:
			walk(e.cond)
			walk(e.yes)
			walk(e.no)
		case call:
			if k, ok := aggregateKinds[e.name]; ok && e.recv == nil && k.takesArgs(len(e.args)) && found == nil {
				found = &e
			}
			for _, a := range e.args {
				walk(a)
			}
		}
	}
	walk(e)
	return found
}
