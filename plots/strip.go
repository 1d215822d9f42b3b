package plots

import (
	"math"
	"math/rand/v2"

	"github.com/sheaf-go/sheaf/tables"
)

// Strip draws one mark for each row, in the strip of its category, moved aside
// at random so that equal values can be told apart; the moves are the same ones
// every time. A category of "" makes one strip of the whole column. [Color]
// colours the marks by a column, mixed, or with [Grouped] side by side; [Shape],
// [OpacityBy] and [Tooltip] are those of [Scatter]. Above 5,000 rows a sample of
// 5,000 is drawn.
func Strip(t *tables.Table, category, value string, opts ...Option) *Chart {
	src, err := fromTable(t)
	return newChart(stripChart, src, category, value, err, opts)
}

// StripOf is [Strip] over slices: values[i] are those of the category names[i].
func StripOf(names []string, values [][]float64, opts ...Option) *Chart {
	src, err := fromLists(names, values)
	return newChart(stripChart, src, "", "value", err, opts)
}

func (d *drawing) strips() error {
	if d.cfg.grouped && d.cfg.color == "" {
		return errUngrouped
	}
	d.layer.mark = pointMark
	shade, _, err := d.channels()
	if err != nil {
		return err
	}
	b, err := d.sortOut(shade != nil)
	if err != nil {
		return err
	}
	m, err := d.details()
	if err != nil {
		return err
	}
	d.layer.xTitle, d.layer.yTitle = b.category.name, b.value.name
	b.divided = d.cfg.grouped && len(b.names) > 1
	xs := b.jitter()
	f := d.upright()
	d.marks(markValues{x: xs, y: b.value.v, shade: shade, markDetail: m}, b.placed(), &f)
	d.report(f, "point")
	if len(d.layer.series) == 0 {
		return errNothing(len(xs), d.notes)
	}
	d.looks()
	if d.cfg.horizontal {
		d.lie()
	}
	return nil
}

// jitter is the place of each row on the axis of categories.
func (b *bunches) jitter() []float64 {
	rng := rand.New(rand.NewPCG(1, 0))
	xs := make([]float64, b.value.len())
	for i, c := range b.category.code {
		poll(i)
		aside := 0.7 * b.room() * (rng.Float64() - 0.5)
		if xs[i] = math.NaN(); c >= 0 {
			xs[i] = float64(c) + aside
			if k := b.class(i); b.divided && k >= 0 {
				xs[i] += b.offset(k)
			}
		}
	}
	return xs
}

// placed is the grouping without the rows that have no category, which have
// been counted.
func (b *bunches) placed() grouping {
	g := b.grouping
	if b.category.missing() == 0 {
		return g
	}
	of := make([]int, b.category.len())
	for i, c := range b.category.code {
		poll(i)
		switch {
		case c < 0:
			of[i] = -1
		case g.of != nil:
			of[i] = g.of[i]
		}
	}
	g.of = of
	return g
}
