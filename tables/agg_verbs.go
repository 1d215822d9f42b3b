package tables

import (
	"fmt"
	"math"
	"slices"
)

// CountBy is a row for each different combination of the keys' values, with
// the keys in front and the number of rows as a column of that name.
func (t *Table) CountBy(name string, keys ...string) *Table {
	if t.err != nil {
		return t
	}
	r, err := t.aggRun("count by", keys)
	if err != nil {
		return failed(err)
	}
	if slices.Contains(keys, name) {
		return failed(fmt.Errorf("tables: count by: two columns are named %q", name))
	}
	return r.table([]aggFormula{r.plain("count", name)})
}

// SumBy is a row for each different combination of the keys' values, in the
// order in which the combinations first come, with the keys in front and the
// sums of all other columns; see [Table.AggBy] for types, nulls and NaN. A
// column that cannot be summed is an error: leave it out first, with
// [Table.DropColumns] or [Table.View].
func (t *Table) SumBy(keys ...string) *Table { return t.allBy("sum by", "sum", keys) }

// AbsSumBy is as [Table.SumBy], with sums of absolute values.
func (t *Table) AbsSumBy(keys ...string) *Table { return t.allBy("abs sum by", "absSum", keys) }

// AvgBy is as [Table.SumBy], with arithmetic means.
func (t *Table) AvgBy(keys ...string) *Table { return t.allBy("avg by", "avg", keys) }

// MedianBy is as [Table.SumBy], with medians.
func (t *Table) MedianBy(keys ...string) *Table { return t.allBy("median by", "median", keys) }

// StdBy is as [Table.SumBy], with standard deviations, dividing by n-1.
func (t *Table) StdBy(keys ...string) *Table { return t.allBy("std by", "std", keys) }

// VarBy is as [Table.SumBy], with variances, dividing by n-1.
func (t *Table) VarBy(keys ...string) *Table { return t.allBy("var by", "var", keys) }

// MinBy is as [Table.SumBy], with least values; text, truths and times have
// them too.
func (t *Table) MinBy(keys ...string) *Table { return t.allBy("min by", "min", keys) }

// MaxBy is as [Table.MinBy], with greatest values.
func (t *Table) MaxBy(keys ...string) *Table { return t.allBy("max by", "max", keys) }

// FirstBy is the first row of each group, with the keys in front; columns of
// all types have one.
func (t *Table) FirstBy(keys ...string) *Table { return t.allBy("first by", "first", keys) }

// LastBy is the last row of each group, in the order in which the groups first
// come, with the keys in front.
func (t *Table) LastBy(keys ...string) *Table { return t.allBy("last by", "last", keys) }

// CountDistinctBy is as [Table.SumBy], with the number of different values;
// null does not count.
func (t *Table) CountDistinctBy(keys ...string) *Table {
	return t.allBy("count distinct by", "countDistinct", keys)
}

// PercentileBy is as [Table.SumBy], with the values that the share q, from 0
// to 1, lies below, interpolated linearly.
func (t *Table) PercentileBy(q float64, keys ...string) *Table {
	if t.err == nil && !(q >= 0 && q <= 1) {
		return failed(fmt.Errorf("tables: percentile by: want a share from 0 to 1, got %v", q))
	}
	return t.allBy("percentile by", "percentile", keys, literal{typ: Float64, val: q})
}

// WeightedAvgBy is as [Table.SumBy], with means weighted by the column weight,
// which is left out of the result.
func (t *Table) WeightedAvgBy(weight string, keys ...string) *Table {
	if t.err != nil {
		return t
	}
	c, err := t.need("weighted avg by", weight)
	if err != nil {
		return failed(err)
	}
	if slices.Contains(keys, weight) {
		return failed(fmt.Errorf("tables: weighted avg by: %q is both a key and the weight", weight))
	}
	if k := aggregateKinds["wavg"]; !k.want.takes(c.typ) {
		return failed((&aggCall{kind: k, args: []expr{ident{name: weight}}}).refuse("weighted avg by", c.typ))
	}
	return t.allBy("weighted avg by", "wavg", keys, ident{name: weight})
}

// plain is an aggregate of a column, or of none.
func (r *aggRun) plain(fn, name string, args ...expr) aggFormula {
	c := &aggCall{kind: aggregateKinds[fn], args: args, at: ident{name: name}, src: fn + "(" + name + ")", name: fmt.Sprint(hidden, len(r.calls))}
	r.calls = append(r.calls, c)
	return aggFormula{src: c.src, name: name, e: ident{name: c.name}}
}

// allBy applies an aggregate to every column that is no key; more are its
// further arguments.
func (t *Table) allBy(verb, fn string, keys []string, more ...expr) *Table {
	if t.err != nil {
		return t
	}
	r, err := t.aggRun(verb, keys)
	if err != nil {
		return failed(err)
	}
	skip := make(map[string]bool, len(keys)+1)
	for _, k := range keys {
		skip[k] = true
	}
	for _, e := range more {
		if w, ok := e.(ident); ok {
			skip[w.name] = true
		}
	}
	var formulas []aggFormula
	for _, c := range t.cols {
		if skip[c.name] {
			continue
		}
		f := r.plain(fn, c.name, append([]expr{ident{name: c.name}}, more...)...)
		if call := r.calls[len(r.calls)-1]; !call.kind.want.takes(c.typ) {
			return failed(call.refuse(verb, c.typ))
		}
		formulas = append(formulas, f)
	}
	return r.table(formulas)
}

// HeadBy is the first n rows of each group, group by group in the order in
// which the groups first come; the columns stay as they are.
func (t *Table) HeadBy(n int, keys ...string) *Table {
	return t.someBy("head by", n, keys, func(rows []int32) []int32 { return rows[:min(n, len(rows))] })
}

// TailBy is the last n rows of each group, group by group in the order in
// which the groups first come; the columns stay as they are.
func (t *Table) TailBy(n int, keys ...string) *Table {
	return t.someBy("tail by", n, keys, func(rows []int32) []int32 { return rows[max(len(rows)-n, 0):] })
}

func (t *Table) someBy(verb string, n int, keys []string, some func(rows []int32) []int32) *Table {
	if t.err != nil {
		return t
	}
	if n < 0 {
		return failed(fmt.Errorf("tables: %s: want a number of rows, got %d", verb, n))
	}
	cols, err := t.keyCols(verb, keys)
	if err != nil {
		return failed(err)
	}
	g, err := groupRows(cols, t.n)
	if err != nil {
		return failed(fmt.Errorf("tables: %s: %w", verb, err))
	}
	rows, off := g.members()
	keep := uncleared[int32](min(len(rows), len(g.first)*min(n, math.MaxInt32)))[:0]
	for i := range g.first {
		poll(i)
		for _, r := range some(rows[off[i]:off[i+1]]) {
			keep = add(keep, r)
		}
	}
	return t.take(keep)
}

// Distinct is the different combinations of values of the named columns, or of
// all columns, in the order in which they first come. Only the named columns
// stay; for the first row of each combination with all its columns, see
// [Table.FirstBy]. Null equals null, and NaN equals NaN.
func (t *Table) Distinct(columns ...string) *Table {
	if t.err != nil {
		return t
	}
	if len(columns) == 0 {
		columns = t.Names()
	}
	cols, err := t.keyCols("distinct", columns)
	if err != nil {
		return failed(err)
	}
	if len(cols) == 0 {
		return Empty(min(t.n, 1))
	}
	g, err := groupingOf(cols, t.n)
	if err != nil {
		return failed(fmt.Errorf("tables: distinct: %w", err))
	}
	first, err := (&aggRun{t: t}).flow(g, nil, workersFor(t.n), nil)
	if err != nil {
		return failed(err)
	}
	return build(cols, t.n).take(first)
}
