package plots

import (
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
// their values at their ends, [Horizontal] lays them down. Of more than 40 categories the 40 with the longest
// bars are drawn.
func Bar(t *tables.Table, category, value string, opts ...Option) *Chart {
	src, err := fromTable(t)
	return newChart(barChart, src, category, value, err, opts)
}

// Count draws one bar for each value of a column, as long as the number of
// its rows.
func Count(t *tables.Table, category string, opts ...Option) *Chart {
	src, err := fromTable(t)
	return newChart(barChart, src, category, "", err, append([]Option{Agg("count")}, opts...))
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
	if err != nil {
		return err
	}
	if d.logY && !d.cfg.grouped && len(g.names) > 1 {
		return errors.New("stacked bars have no log scale; use plots.Grouped()")
	}
	cells, several := d.collect(cat, value, g)
	d.x = axis{kind: nominal, label: cat.name, levels: cat.levels}
	d.y = axis{label: barTitle(agg.name, value, several)}
	d.zeroY = true
	d.layer = layer{mark: barMark, xTitle: cat.name, yTitle: d.y.label, counted: agg.name == "count",
		grouped: d.cfg.grouped && len(g.names) > 1, opacity: orDefault(d.cfg.opacity, 1)}
	d.stack(cells, g, agg)
	if len(d.layer.series) == 0 {
		return errNothing(cat.len(), d.notes)
	}
	d.layer.slots = len(d.layer.series)
	d.longest()
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
		return nil, nil, fmt.Errorf("value column %q holds %s; want numbers, or plots.Count for the number of rows", value.name, value.kind.holds())
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

// collect gathers the values of each group and category, and tells whether
// some category has several in one group.
func (d *drawing) collect(cat, value *column, g grouping) (cells [][][]float64, several bool) {
	cells = make([][][]float64, len(g.names))
	for k := range cells {
		cells[k] = make([][]float64, len(cat.levels))
	}
	var f filter
	for i, c := range cat.code {
		poll(i)
		k := 0
		if g.of != nil {
			k = g.of[i]
		}
		if k < 0 {
			continue
		}
		v := 1.0
		if value != nil && value.kind == quantitative {
			v = value.v[i]
		}
		if c < 0 || !finite(v) {
			f.missing++
			continue
		}
		cells[k][c] = append(cells[k][c], v)
		several = several || len(cells[k][c]) > 1
	}
	d.report(f, "row")
	return cells, several
}

// stack makes the series: bars from zero, or on top of one another, those
// below zero downward.
func (d *drawing) stack(cells [][][]float64, g grouping, agg aggregate) {
	if len(cells) == 0 {
		return
	}
	up, down := make([]float64, len(cells[0])), make([]float64, len(cells[0]))
	below, beyond := 0, 0
	for k := range cells {
		s := g.series(k)
		for c, values := range cells[k] {
			poll(c)
			if len(values) == 0 {
				continue
			}
			v := agg.of(values)
			if d.logY && v < smallest {
				below++
				continue
			}
			base, side := 0.0, up
			if v < 0 {
				side = down
			}
			if !d.layer.grouped {
				base = side[c]
			}
			if !finite(base + v) { // a sum of finite numbers need not be
				beyond++
				continue
			}
			side[c] += v
			s.x = append(s.x, float64(c))
			s.y2, s.y = append(s.y2, base), append(s.y, base+v)
		}
		if len(s.x) > 0 {
			d.layer.series = append(d.layer.series, s)
		}
	}
	if below > 0 {
		d.note("%s left out: not above 0 on a log scale", plural(below, "bar"))
	}
	if beyond > 0 {
		d.note("%s left out: too long to draw", plural(beyond, "bar"))
	}
}

// longest keeps the maxBars categories with the longest bars, in their order.
func (d *drawing) longest() {
	n := len(d.x.levels)
	length, order := make([]float64, n), make([]int, n)
	for _, s := range d.layer.series {
		for i, c := range s.x {
			poll(i)
			length[int(c)] += math.Abs(s.y[i] - s.y2[i])
		}
	}
	for c := range order {
		order[c] = c
	}
	if n <= maxBars {
		return
	}
	slices.SortStableFunc(order, asking(func(a, b int) int {
		switch {
		case length[a] > length[b]:
			return -1
		case length[a] < length[b]:
			return 1
		}
		return 0
	}))
	d.reorder(slices.Sorted(slices.Values(order[:maxBars])))
	d.note("the %d longest of %s", maxBars, plural(n, "category"))
}

// only keeps the bars of the categories in place, at their new index.
func (s *series) only(place map[int]int) {
	n := 0
	for i, c := range s.x {
		k, ok := place[int(c)]
		if !ok {
			continue
		}
		s.x[n], s.y[n], s.y2[n] = float64(k), s.y[i], s.y2[i]
		n++
	}
	s.x, s.y, s.y2 = s.x[:n], s.y[:n], s.y2[:n]
}
