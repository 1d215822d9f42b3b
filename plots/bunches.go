package plots

import "fmt"

// bunches are the values of a chart of distributions, sorted out by class and
// category.
type bunches struct {
	grouping
	category, value *column
	lists           [][]bunch // of each class
	divided         bool      // the classes of a category stand side by side
}

// A bunch is the values of one category and class.
type bunch struct {
	category int
	at       float64 // its middle on the axis of categories
	values   []float64
}

// fromLists is the source of charts over a list of values for each category.
func fromLists(names []string, values [][]float64) (source, error) {
	if len(names) != len(values) {
		return nil, fmt.Errorf("want a list of values for each name, got %d names and %d lists", len(names), len(values))
	}
	c := newNominal("", names)
	n := 0
	for _, v := range values {
		n += len(v)
	}
	code, all := make([]int, 0, n), make([]float64, 0, n)
	for i, v := range values {
		for range v {
			code = append(code, c.code[i])
		}
		all = append(all, v...)
	}
	c.code = code
	return memory{[]*column{c, {name: "value", v: all}}}, nil
}

// maxBunches is how many boxes or violins a chart has at most.
const maxBunches = 120

// sortOut loads value and category, and the classes, unless the colours are
// continuous.
func (d *drawing) sortOut(shaded bool) (b *bunches, err error) {
	b = &bunches{}
	if b.value, err = d.src.column(d.part.y); err != nil {
		return b, err
	}
	if k := b.value.kind; k != quantitative {
		return b, fmt.Errorf("value column %q holds %s; want numbers", b.value.name, k.holds())
	}
	b.grouping = grouping{names: []string{d.cfg.name}, other: -1}
	if !shaded {
		if b.grouping, err = d.groups(); err != nil {
			return b, err
		}
	}
	c, err := d.src.column(d.part.x)
	switch {
	case err == nil:
		c = d.commonest(c.asNominal(), min(maxBars, max(5, maxBunches/max(1, len(b.names)))))
	case d.part.x == "":
		c = &column{kind: nominal, code: make([]int, b.value.len()), levels: []string{""}}
	default:
		return b, err
	}
	b.category = c
	d.x, d.y = axisOf(c), axisOf(b.value)
	d.x.kind = slotted
	return b, nil
}

// commonest keeps the n categories with the most rows, in their order.
func (d *drawing) commonest(c *column, n int) *column {
	if missing := c.missing(); missing > 0 {
		d.note("%s without %s left out", plural(missing, "row"), c.name)
	}
	if len(c.levels) <= n {
		return c
	}
	keep := mostFrequent(c, n)
	out := &column{name: c.name, kind: nominal, code: make([]int, len(c.code))}
	place := make([]int, len(c.levels))
	for k, level := range c.levels {
		place[k] = -1
		if keep[k] {
			place[k] = len(out.levels)
			out.levels = append(out.levels, level)
		}
	}
	for i, k := range c.code {
		poll(i)
		out.code[i] = -1
		if k >= 0 {
			out.code[i] = place[k]
		}
	}
	d.note("the %d most frequent of %s", n, plural(len(c.levels), "category"))
	return out
}

// class is the class of a row, -1 for none.
func (b *bunches) class(row int) int {
	if b.of == nil {
		return 0
	}
	return b.of[row]
}

// upright is the filter of values: the axes of what lies are swapped in the end.
func (d *drawing) upright() filter {
	if d.cfg.horizontal {
		return filter{logY: d.logX}
	}
	return filter{logY: d.logY}
}

// bunches gathers the drawable values of each class and category.
func (d *drawing) bunches() (*bunches, error) {
	b, err := d.sortOut(false)
	if err != nil {
		return nil, err
	}
	n := len(b.category.levels)
	cells := b.category.code // where all rows are of one class and can be drawn
	if f := d.upright(); b.of != nil || !f.all(b.value.v, b.value.v) {
		cells = make([]int, b.value.len())
		for i, v := range b.value.v {
			poll(i)
			cells[i] = -1
			if c, k := b.category.code[i], b.class(i); c >= 0 && k >= 0 && f.keep(0, v) {
				cells[i] = k*n + c
			}
		}
		d.report(f, "value")
	}
	values := buckets(cells, b.value.v, n*len(b.names))
	b.divide(values)
	b.lists = make([][]bunch, len(b.names))
	for at, v := range values {
		if len(v) > 0 {
			k, c := at/n, at%n
			b.lists[k] = append(b.lists[k], bunch{c, float64(c) + b.offset(k), v})
		}
	}
	if b.count() == 0 {
		return nil, errNothing(b.value.len(), d.notes)
	}
	return b, nil
}

// divide finds out whether some category has several classes.
func (b *bunches) divide(values [][]float64) {
	n := len(b.category.levels)
	for c := range n {
		classes := 0
		for k := range b.names {
			if len(values[k*n+c]) > 0 {
				classes++
			}
		}
		b.divided = b.divided || classes > 1
	}
}

// count is the number of bunches.
func (b *bunches) count() int {
	n := 0
	for _, l := range b.lists {
		n += len(l)
	}
	return n
}

// room is how much of a category each bunch has, in categories.
func (b *bunches) room() float64 {
	if b.divided {
		return (1 - barPadding) / float64(len(b.names))
	}
	return 1 - barPadding
}

// offset is where the k-th class stands from the middle of its category.
func (b *bunches) offset(k int) float64 {
	if !b.divided {
		return 0
	}
	return b.room() * (float64(k) - float64(len(b.names)-1)/2)
}

// titles are those of what tooltips tell of a bunch.
func (b *bunches) titles() []string {
	var out []string
	if b.named() {
		out = append(out, orName(b.category.name, "name"))
	}
	if b.divided {
		out = append(out, b.column)
	}
	return append(out, "values", "least", "lower quartile", "median", "upper quartile", "greatest")
}

// tell is what the tooltip of a bunch of the k-th class tells.
func (b *bunches) tell(at bunch, k int, s summary) []string {
	var out []string
	if b.named() {
		out = append(out, b.category.levels[at.category])
	}
	if b.divided {
		out = append(out, b.names[k])
	}
	return append(append(out, group(s.n)), numerals([]float64{s.least, s.q1, s.q2, s.q3, s.most})...)
}

// named reports whether there are categories at all.
func (b *bunches) named() bool { return len(b.category.levels) > 1 || b.category.levels[0] != "" }
