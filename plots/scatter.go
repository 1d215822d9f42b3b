package plots

import (
	"errors"
	"fmt"
	"math"

	"github.com/sheaf-go/sheaf/tables"
)

// Scatter draws one mark for each row, at x and y: numbers, moments or names.
// [Color] colours the marks by a column, [Size] sizes them. Above 5,000 rows
// a sample of 5,000 is drawn, the same one every time, in which every colour
// has its share and the extremes are kept.
func Scatter(t *tables.Table, x, y string, opts ...Option) *Chart {
	src, err := fromTable(t)
	return newChart(scatterChart, src, x, y, err, opts)
}

// ScatterXY is [Scatter] over slices of equal length.
func ScatterXY(xs, ys []float64, opts ...Option) *Chart {
	src, err := fromXY(xs, ys)
	return newChart(scatterChart, src, "x", "y", err, opts)
}

// scatterBudget is how many marks a scatter draws.
const scatterBudget = 5000

func (d *drawing) scatter() error {
	x, ys, err := d.columns(true)
	if err != nil {
		return err
	}
	d.layer = layer{mark: pointMark, xTitle: x.name, yTitle: d.y.label}
	shade, size, err := d.channels()
	if err != nil {
		return err
	}
	m, err := d.details()
	if err != nil {
		return err
	}
	g := grouping{names: []string{d.cfg.name}, other: -1}
	if shade == nil {
		if g, err = d.groups(); err != nil {
			return err
		}
	}
	if err := d.scatters(x, ys, markValues{shade: shade, size: size, markDetail: m}, g); err != nil {
		return err
	}
	d.looks()
	return nil
}

// scatters adds the marks of each y column, and their regressions.
func (d *drawing) scatters(x *column, ys []*column, values markValues, g grouping) error {
	f := filter{logX: d.logX, logY: d.logY}
	values.x = x.coordinates()
	for _, y := range ys {
		if len(ys) > 1 {
			g.names = []string{y.name}
		}
		values.y = y.coordinates()
		rows := d.marks(values, g, &f)
		if d.cfg.regression > 0 {
			if err := d.regress(rows, values.x, values.y, g); err != nil {
				return err
			}
		}
	}
	d.report(f, "point")
	if len(d.layer.series) == 0 {
		return errNothing(len(values.x), d.notes)
	}
	return nil
}

// channels loads the columns of continuous colour and of size, if any.
func (d *drawing) channels() (shade, size []float64, err error) {
	if d.cfg.size != "" {
		c, err := d.src.column(d.cfg.size)
		if err != nil {
			return nil, nil, fmt.Errorf("Size: %w", err)
		}
		if c.kind != quantitative {
			return nil, nil, fmt.Errorf("Size: column %q holds %s; want numbers", c.name, c.kind.holds())
		}
		size, d.layer.size = c.v, channelOf(c)
	}
	if d.cfg.color != "" {
		c, err := d.colorColumn()
		if err != nil {
			return nil, nil, err
		}
		if c.kind == temporal {
			return nil, nil, fmt.Errorf("Color: column %q holds moments; want names or numbers", c.name)
		}
		if c.kind == quantitative && (!c.integer || !c.few(maxClasses)) {
			if len(d.cfg.ys) > 0 {
				return nil, nil, errors.New("Color and several y columns: choose one; both want the colours")
			}
			shade, d.layer.shade = c.v, channelOf(c)
		}
	}
	return shade, size, nil
}

// channelOf returns the range of a column's finite values.
func channelOf(c *column) *channel {
	ch := &channel{title: c.name, lo: math.Inf(1), hi: math.Inf(-1)}
	for i, v := range c.v {
		poll(i)
		if finite(v) {
			ch.lo, ch.hi = math.Min(ch.lo, v), math.Max(ch.hi, v)
		}
	}
	return ch
}

// markValues are what the rows of a scatter show, where it is not nil.
type markValues struct {
	x, y, shade, size []float64
	markDetail
}

// can reports whether a row has what its mark needs beside a place.
func (m *markValues) can(row int) bool {
	return (m.shade == nil || finite(m.shade[row])) && (m.size == nil || finite(m.size[row])) && m.markDetail.can(row)
}

// marks adds a series for each group of rows that can be drawn, and returns
// these rows.
func (d *drawing) marks(m markValues, g grouping, f *filter) [][]int {
	rows, total := m.drawable(g, f)
	n := 0
	for k, rows := range sample(rows, m.x, m.y, scatterBudget/(1+len(d.cfg.ys))) {
		n += len(rows)
		for form, rows := range m.divide(rows) {
			if len(rows) == 0 {
				continue
			}
			s := g.series(k)
			s.form = form
			s.x, s.y = pick(m.x, rows), pick(m.y, rows)
			s.shade, s.size, s.alpha = pick(m.shade, rows), pick(m.size, rows), pick(m.alpha, rows)
			s.info = m.texts(rows)
			d.layer.series = append(d.layer.series, s)
		}
	}
	if n < total {
		d.note("%s of %s points drawn: a fixed random sample", group(n), group(total))
	}
	return rows
}

// drawable is the rows of each group that can be drawn, and how many they are; the
// filter counts the others.
func (m *markValues) drawable(g grouping, f *filter) (rows [][]int, total int) {
	rows = make([][]int, len(g.names))
	if g.of == nil {
		rows[0] = make([]int, 0, len(m.x))
	}
	for i := range m.x {
		poll(i)
		k := 0
		if g.of != nil {
			k = g.of[i]
		}
		if k < 0 {
			continue
		}
		if !m.can(i) {
			f.missing++
			continue
		}
		if f.keep(m.x[i], m.y[i]) {
			rows[k] = append(rows[k], i)
			total++
		}
	}
	return rows, total
}

func pick(v []float64, rows []int) []float64 {
	if v == nil {
		return nil
	}
	out := make([]float64, len(rows))
	for i, r := range rows {
		poll(i)
		out[i] = v[r]
	}
	return out
}

// looks sets size and opacity of the marks by their number.
func (d *drawing) looks() {
	n := 0
	for _, s := range d.layer.series {
		n += len(s.x)
	}
	area, opacity := 42.0, 0.9
	switch {
	case n > 2000:
		area, opacity = 10, 0.45
	case n > 500:
		area, opacity = 22, 0.7
	}
	d.layer.area = area
	d.layer.opacity = orDefault(d.cfg.opacity, opacity)
}
