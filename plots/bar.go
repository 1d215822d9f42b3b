package plots

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"slices"

	"github.com/sheaf-go/sheaf/internal/quantile"
	"github.com/sheaf-go/sheaf/tables"
)

// Bar draws one bar for each value of a column: names in the order of first
// appearance, numbers and moments in increasing order. Several rows of a
// category are added up, or joined as [Agg] says; the y axis is titled
// accordingly. With "" as value the rows are counted. [Color] divides the bars by a column, stacked or, with
// [Grouped], side by side; [Sorted] puts the longest first, [Annotated] writes
// their values at their ends, [Interval] makes them means with whiskers,
// [Horizontal] lays them down. Of more than 40 categories the 40 with the longest
// bars are drawn.
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
	cat, value, err := d.barColumns()
	if err != nil {
		return err
	}
	if d.cfg.grouped && d.cfg.color == "" {
		return errUngrouped
	}
	g, err := d.groups()
	if err != nil {
		return err
	}
	agg, err := d.barAggregate(value)
	if err == nil && d.cfg.interval.of != nil {
		agg, err = d.barInterval(value, len(g.names) > 1)
	}
	if err != nil {
		return err
	}
	if d.logY && !d.cfg.grouped && len(g.names) > 1 {
		return errors.New("stacked bars have no log scale; use plots.Grouped()")
	}
	b := &barStack{agg: agg, log: d.logY, grouped: d.cfg.grouped && len(g.names) > 1}
	d.collect(b, cat, value, g)
	d.x = axis{kind: nominal, label: cat.name, levels: cat.levels}
	d.y = axis{label: barTitle(agg.name, value, b.several)}
	d.zeroY = true
	d.layer = layer{mark: barMark, xTitle: cat.name, yTitle: d.y.label, counted: agg.name == "count",
		grouped: b.grouped, opacity: orDefault(d.cfg.opacity, 1)}
	if in := d.cfg.interval; in.of != nil {
		d.layer.info = []string{in.title + ", from", "to", "rows"}
	}
	d.stack(b, g)
	if len(d.layer.series) == 0 {
		return errNothing(cat.len(), d.notes)
	}
	d.layer.slots = len(d.layer.series)
	if d.cfg.sorted {
		d.sortBars()
	}
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
	agg          aggregate
	log, grouped bool
	several      bool // values in one class of some category

	at     []int     // where the values of a category begin, and behind the last one
	values []float64 // of all categories
	class  []int     // of each value; nil: there is one

	lists [][]float64 // of the classes of the last category
	bars  []bar       // of the last category
	left  leftOut
}

// A bar is that of one class of a category.
type bar struct {
	class    int
	from, to float64
}

// leftOut counts the bars that cannot be drawn.
type leftOut struct{ below, beyond int }

// collect puts the values of each category beside one another.
func (d *drawing) collect(b *barStack, cat, value *column, g grouping) {
	of := make([]int, cat.len()) // category of each row, -1 for none
	b.at = make([]int, len(cat.levels)+1)
	b.lists = make([][]float64, len(g.names))
	var f filter
	for i, c := range cat.code {
		poll(i)
		of[i] = -1
		if g.of != nil && g.of[i] < 0 {
			continue
		}
		if c < 0 || value != nil && value.kind == quantitative && !finite(value.v[i]) {
			f.missing++
			continue
		}
		of[i] = c
		b.at[c+1]++
	}
	d.report(f, "row")
	for c := range cat.levels {
		b.at[c+1] += b.at[c]
	}
	b.fill(of, value, g)
}

// fill places the values of the rows, whose categories are given.
func (b *barStack) fill(of []int, value *column, g grouping) {
	n := len(b.at) - 1
	next := slices.Clone(b.at)
	b.values = make([]float64, b.at[n])
	if g.of != nil {
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
		if value != nil && value.kind == quantitative {
			b.values[at] = value.v[i]
		}
		if g.of != nil {
			b.class[at] = g.of[i]
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

// stack makes the series of the bars.
func (d *drawing) stack(b *barStack, g grouping) {
	keep := d.longest(b)
	left := b.left
	all := make([]series, len(g.names))
	for k := range all {
		all[k] = g.series(k)
	}
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
	if len(keep) == len(b.at)-1 {
		left = b.left
	}
	if left.below > 0 {
		d.note("%s left out: not above 0 on a log scale", plural(left.below, "bar"))
	}
	if left.beyond > 0 {
		d.note("%s left out: too long to draw", plural(left.beyond, "bar"))
	}
	if all := len(b.at) - 1; len(keep) < all {
		d.note("the %d longest of %s", len(keep), plural(all, "category"))
	}
}

// longest is the maxBars categories with the longest bars, in their order, or
// all; the axis has those then.
func (d *drawing) longest(b *barStack) []int {
	n := len(d.x.levels)
	length := make([]float64, n)
	keep := make([]int, n)
	for c := range keep {
		keep[c] = c
	}
	if n <= maxBars {
		return keep
	}
	for c := range length {
		poll(c)
		for _, bar := range b.of(c) {
			length[c] += math.Abs(bar.to - bar.from)
		}
	}
	keep = leading(n, maxBars, func(a, b int) int { return cmp.Compare(length[b], length[a]) })
	slices.Sort(keep)
	levels := make([]string, len(keep))
	for i, c := range keep {
		levels[i] = d.x.levels[c]
	}
	d.x.levels = levels
	return keep
}

// only keeps the bars of the categories in place, at their new index.
func (s *series) only(place map[int]int) {
	var at []float64
	var keep []int
	for i, c := range s.x {
		if k, ok := place[int(c)]; ok {
			at, keep = append(at, float64(k)), append(keep, i)
		}
	}
	s.x, s.y, s.y2 = at, pick(s.y, keep), pick(s.y2, keep)
	if s.lo == nil {
		return
	}
	s.lo, s.hi = pick(s.lo, keep), pick(s.hi, keep)
	for k := range s.info {
		texts := make([]string, len(keep))
		for i, from := range keep {
			texts[i] = s.info[k][from]
		}
		s.info[k] = texts
	}
}
