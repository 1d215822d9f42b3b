package plots

import (
	"errors"
	"fmt"
	"slices"

	"github.com/sheaf-go/sheaf/internal/quantile"
	"github.com/sheaf-go/sheaf/tables"
)

// Bar draws one bar for each value of a column: names in the order of first
// appearance, numbers and moments in increasing order. Several rows of a
// category are added up, or joined as [Agg] says; the y axis is titled
// accordingly. With "" as value the rows are counted. [Color] divides the bars by
// a column, stacked or, with [Grouped], side by side; [Sorted] puts the longest
// first, [Annotated] writes their values at their ends, [Interval] makes them
// means with whiskers, [Horizontal] lays them down. Of more than 40 categories
// the 40 with the longest bars are drawn, in all panels of a [Facet] the same.
func Bar(t *tables.Table, category, value string, opts ...Option) *Chart {
	src, err := fromTable(t)
	return newChart(barChart, src, category, value, err, opts)
}

// Count draws one bar for each value of a column, as long as the number of
// its rows.
func Count(t *tables.Table, category string, opts ...Option) *Chart {
	src, err := fromTable(t)
	return calledAs("count", newChart(barChart, src, category, "", err, append([]Option{Agg("count")}, opts...)))
}

// BarXY is [Bar] over slices of equal length: names and the lengths of their
// bars.
func BarXY(names []string, values []float64, opts ...Option) *Chart {
	src, err := fromNames(names, values)
	return newChart(barChart, src, "", "value", err, opts)
}

const (
	maxBars    = 40   // how many categories a bar chart draws
	minBand    = 14.0 // px of width for each, where the width is free
	barPadding = 0.2  // part of that between two bars
)

// An aggregate makes one number of the values of a category.
type aggregate struct {
	name string
	of   func([]float64) float64
}

var aggregates = map[string]aggregate{
	"sum":    {"sum", sum},
	"mean":   {"mean", func(v []float64) float64 { return sum(v) / float64(len(v)) }},
	"median": {"median", median},
	"min":    {"min", func(v []float64) float64 { lo, _ := ends(v); return lo }},
	"max":    {"max", func(v []float64) float64 { _, hi := ends(v); return hi }},
	"count":  {"count", func(v []float64) float64 { return float64(len(v)) }},
}

func sum(v []float64) float64 {
	total := 0.0
	for i, x := range v {
		poll(i)
		total += x
	}
	return total
}

func median(v []float64) float64 { return quantile.Of(slices.Clone(v), 0.5)[0] }

func (d *drawing) bars() error {
	b, err := d.newBarStack()
	if err != nil {
		return err
	}
	keep, err := d.barsOf(b)
	if err != nil {
		return err
	}
	d.x = axis{kind: nominal, label: b.cat.name}
	for _, c := range keep {
		d.x.levels = append(d.x.levels, b.cat.levels[c])
	}
	d.y = axis{label: barTitle(b.agg.name, b.value, b.several)}
	d.zeroY = true
	d.layer = layer{mark: barMark, xTitle: b.cat.name, yTitle: d.y.label, counted: b.agg.name == "count",
		grouped: b.grouped, opacity: orDefault(d.cfg.opacity, 1)}
	if in := d.cfg.interval; in.of != nil {
		d.layer.info = []string{in.title + ", from", "to", "rows"}
	}
	d.stack(b, keep)
	if len(d.layer.series) == 0 {
		return errNothing(b.cat.len(), d.notes)
	}
	d.layer.slots = len(d.layer.series)
	if d.cfg.eval.normalized {
		if d.layer.grouped {
			return errors.New("Normalized divides what is stacked; leave out Grouped")
		}
		if err := d.normalize(); err != nil {
			return err
		}
	}
	return d.finishBars()
}

// newBarStack reads the values of the bars.
func (d *drawing) newBarStack() (*barStack, error) {
	b := &barStack{log: d.logY}
	var err error
	if b.cat, b.value, err = d.barColumns(); err != nil {
		return nil, err
	}
	if d.cfg.grouped && d.cfg.color == "" {
		return nil, errUngrouped
	}
	if b.classes, err = d.groups(); err != nil {
		return nil, err
	}
	several := len(b.classes.names) > 1
	b.agg, err = d.barAggregate(b.value)
	if err == nil && d.cfg.interval.of != nil {
		b.agg, err = d.barInterval(b.value, several)
	}
	if err != nil {
		return nil, err
	}
	if d.logY && !d.cfg.grouped && several {
		return nil, errors.New("stacked bars have no log scale; use plots.Grouped()")
	}
	b.grouped = d.cfg.grouped && several
	d.collect(b)
	return b, nil
}

// barAggregate is what makes a bar of the values, or of the rows where there are
// no values.
func (d *drawing) barAggregate(value *column) (aggregate, error) {
	switch agg := d.cfg.agg; {
	case value == nil && agg.of != nil && agg.name != "count":
		return agg, fmt.Errorf("Agg: want the value column whose %s the bars are; without one they count rows", agg.name)
	case value == nil:
		return aggregates["count"], nil
	case agg.of != nil:
		return agg, nil
	}
	return aggregates["sum"], nil
}

// errUngrouped is what Grouped says of a chart of one colour.
var errUngrouped = errors.New("Grouped: want the column to group by, as plots.Color(column), got none")

// barColumns loads the category and the value; the value is nil for a count
// of rows.
func (d *drawing) barColumns() (cat, value *column, err error) {
	if cat, err = d.src.column(d.part.x); err != nil {
		return nil, nil, err
	}
	cat = cat.asNominal()
	if d.part.y == "" {
		return cat, nil, nil
	}
	if value, err = d.src.column(d.part.y); err != nil {
		return nil, nil, err
	}
	if value.kind != quantitative && d.cfg.agg.name != "count" {
		rows := "plots.Count"
		if d.kind == pieChart {
			rows = `""`
		}
		return nil, nil, fmt.Errorf("value column %q holds %s; want numbers, or %s for the number of rows", value.name, value.kind.holds(), rows)
	}
	return cat, value, nil
}

func barTitle(agg string, value *column, several bool) string {
	switch {
	case agg == "count":
		return "count"
	case several || agg != "sum":
		return agg + " of " + value.name
	}
	return value.name
}

// A barStack makes the bars of one category at a time, of all the rows that it
// has, so that few of very many categories cost little more than their rows.
type barStack struct {
	cat, value   *column // no value: rows are counted
	classes      grouping
	agg          aggregate
	log, grouped bool
	several      bool // values in one class of some category

	at     []int     // where the values of a category begin, and behind the last one
	values []float64 // of all categories
	class  []int     // of each value; nil: there is one

	lists [][]float64 // of the classes of the last category
	bars  []bar       // of the last category
	left  leftOut     // so far

	length, total []float64 // of the bars of each category, and of all:
	all           leftOut
}

// A bar is that of one class of a category.
type bar struct {
	class    int
	from, to float64
}

// leftOut counts the bars that cannot be drawn.
type leftOut struct{ below, beyond int }

// collect puts the values of each category beside one another.
func (d *drawing) collect(b *barStack) {
	of := make([]int, b.cat.len()) // category of each row, -1 for none
	b.at = make([]int, len(b.cat.levels)+1)
	b.lists = make([][]float64, len(b.classes.names))
	var f filter
	for i, c := range b.cat.code {
		poll(i)
		of[i] = -1
		if b.classes.of != nil && b.classes.of[i] < 0 {
			continue
		}
		if c < 0 || b.numbers() && !finite(b.value.v[i]) {
			f.missing++
			continue
		}
		of[i] = c
		b.at[c+1]++
	}
	d.report(f, "row")
	for c := range b.cat.levels {
		b.at[c+1] += b.at[c]
	}
	b.fill(of)
}

// numbers reports whether the bars are made of numbers, not of rows.
func (b *barStack) numbers() bool { return b.value != nil && b.value.kind == quantitative }

// fill places the values of the rows, whose categories are given.
func (b *barStack) fill(of []int) {
	n, classes := len(b.at)-1, b.classes.of
	next := slices.Clone(b.at)
	b.values = make([]float64, b.at[n])
	if classes != nil {
		b.class = make([]int, b.at[n])
	}
	for i, c := range of {
		poll(i)
		if c < 0 {
			continue
		}
		at := next[c]
		next[c]++
		b.values[at] = 1
		if b.numbers() {
			b.values[at] = b.value.v[i]
		}
		if classes != nil {
			b.class[at] = classes[i]
		}
	}
	for c := 0; c < n && !b.several; c++ {
		poll(c)
		for _, list := range b.divide(c) {
			b.several = b.several || len(list) > 1
		}
	}
}

// divide is the values of each class of a category.
func (b *barStack) divide(c int) [][]float64 {
	from, to := b.at[c], b.at[c+1]
	if b.class == nil {
		b.lists[0] = b.values[from:to]
		return b.lists
	}
	for k := range b.lists {
		b.lists[k] = b.lists[k][:0]
	}
	for i := from; i < to; i++ {
		k := b.class[i]
		b.lists[k] = append(b.lists[k], b.values[i])
	}
	return b.lists
}

// of is the bars of a category: from zero, or on top of one another, those
// below zero downward.
func (b *barStack) of(c int) []bar {
	b.bars = b.bars[:0]
	up, down := 0.0, 0.0
	for k, values := range b.divide(c) {
		if len(values) == 0 {
			continue
		}
		v := b.agg.of(values)
		if b.log && v < smallest {
			b.left.below++
			continue
		}
		base, side := 0.0, &up
		if v < 0 {
			side = &down
		}
		if !b.grouped {
			base = *side
		}
		if !finite(base + v) { // a sum of finite numbers need not be
			b.left.beyond++
			continue
		}
		*side += v
		b.bars = append(b.bars, bar{k, base, base + v})
	}
	return b.bars
}

// stack makes the series of the bars of some categories, in their order.
func (d *drawing) stack(b *barStack, keep []int) {
	all := make([]series, len(b.classes.names))
	for k := range all {
		all[k] = b.classes.series(k)
	}
	b.left = leftOut{}
	for place, c := range keep {
		for _, bar := range b.of(c) {
			s := &all[bar.class]
			s.x, s.y2, s.y = append(s.x, float64(place)), append(s.y2, bar.from), append(s.y, bar.to)
			if d.cfg.interval.of != nil {
				s.measure(d.cfg.interval, b.lists[bar.class])
			}
		}
	}
	for _, s := range all {
		if len(s.x) > 0 {
			d.layer.series = append(d.layer.series, s)
		}
	}
	n, left := len(b.cat.levels), b.left
	if len(keep) < n {
		b.measure()
		left = b.all
	}
	if left.below > 0 {
		d.note("%s left out: not above 0 on a log scale", plural(left.below, "bar"))
	}
	if left.beyond > 0 {
		d.note("%s left out: too long to draw", plural(left.beyond, "bar"))
	}
	if len(keep) < n {
		d.note("the %d longest of %s", len(keep), plural(n, "category"))
	}
}
