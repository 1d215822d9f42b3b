package plots

import (
	"errors"
	"fmt"
	"math"
	"strconv"
)

// Facet draws the chart once for each value of a column, in panels with common
// axes, categories, bins and colours: small multiples. What zooms and drags one
// panel does so to all. Names come in the order of first appearance, numbers in
// increasing order; [Columns] says how many stand beside one another.
func Facet(column string) Option {
	return option("Facet", nil, func(c *config) { c.facet = column })
}

// Columns says how many panels of a [Facet], a [Concat] or an evaluation chart of
// several panels stand in a row, 1 to 64, and how many pictures of [Images].
func Columns(n int) Option {
	return Option{"Columns", nil, func(c *config) error {
		if n < 1 || n > maxPanels {
			return fmt.Errorf("Columns: want 1 to %d, got %d", maxPanels, n)
		}
		c.columns = n
		return nil
	}}
}

// NoLegend leaves out the list of the colours' names.
func NoLegend() Option { return option("NoLegend", nil, func(c *config) { c.unlisted = true }) }

// Shape gives each value of a column its own shape of mark, up to six; with the
// column of [Color] the two share their legend.
func Shape(column string) Option {
	return option("Shape", []chartKind{scatterChart, stripChart}, func(c *config) { c.shape = column })
}

// OpacityBy makes marks the more solid the greater a numeric column is.
func OpacityBy(column string) Option {
	return option("OpacityBy", []chartKind{scatterChart, stripChart}, func(c *config) { c.alpha = column })
}

// Tooltip shows further columns where the pointer rests on a mark.
func Tooltip(columns ...string) Option {
	return option("Tooltip", []chartKind{scatterChart, stripChart, lineChart}, func(c *config) {
		c.tips = append(c.tips[:len(c.tips):len(c.tips)], columns...)
	})
}

// A markDetail is what a scatter shows of its rows beside place and colour.
type markDetail struct {
	shape *column   // nominal
	alpha []float64 // opacity
	tips  []*column
}

// details loads the columns of shape, opacity and tooltips.
func (d *drawing) details() (m markDetail, err error) {
	if d.cfg.shape != "" {
		c, err := d.src.column(d.cfg.shape)
		if err != nil {
			return m, fmt.Errorf("Shape: %w", err)
		}
		m.shape = c.asNominal()
		if n := len(m.shape.levels); n > len(forms) {
			return m, fmt.Errorf("Shape: column %q has %s different values; there are %d shapes", c.name, group(n), len(forms))
		}
		if d.cfg.shape != d.cfg.color {
			d.shapes, d.shapeTitle = m.shape.levels, c.name
		}
	}
	if d.cfg.alpha != "" {
		c, err := d.src.column(d.cfg.alpha)
		if err != nil {
			return m, fmt.Errorf("OpacityBy: %w", err)
		}
		if c.kind != quantitative {
			return m, fmt.Errorf("OpacityBy: column %q holds %s; want numbers", c.name, c.kind.holds())
		}
		m.alpha = opacities(c)
	}
	m.tips, err = d.tipColumns()
	return m, err
}

func (d *drawing) tipColumns() ([]*column, error) {
	var out []*column
	for _, name := range d.cfg.tips {
		c, err := d.src.column(name)
		if err != nil {
			return nil, fmt.Errorf("Tooltip: %w", err)
		}
		d.layer.info = append(d.layer.info, c.name)
		out = append(out, c)
	}
	if len(out) > 0 && len(d.cfg.ys) > 0 {
		return nil, errors.New("Tooltip and several y columns: choose one")
	}
	return out, nil
}

// opacities maps a column to 0.15 for its least value up to 1.
func opacities(c *column) []float64 {
	ch := channelOf(c)
	out := make([]float64, len(c.v))
	for i, v := range c.v {
		poll(i)
		out[i] = math.NaN()
		if finite(v) {
			out[i] = 0.15 + 0.85*ch.fraction(v)
		}
	}
	return out
}

// can reports whether a row has what the details need.
func (m *markDetail) can(row int) bool {
	return (m.shape == nil || m.shape.code[row] >= 0) && (m.alpha == nil || finite(m.alpha[row]))
}

// divide splits rows by their shape.
func (m *markDetail) divide(rows []int) [][]int {
	if m.shape == nil {
		return [][]int{rows}
	}
	out := make([][]int, len(m.shape.levels))
	for _, r := range rows {
		k := m.shape.code[r]
		out[k] = append(out[k], r)
	}
	return out
}

// texts are the values of the columns of tooltips.
func (m *markDetail) texts(rows []int) [][]string {
	var out [][]string
	for _, c := range m.tips {
		texts := make([]string, len(rows))
		for i, r := range rows {
			texts[i] = c.text(r)
		}
		out = append(out, texts)
	}
	return out
}

// text writes a row's value.
func (c *column) text(row int) string {
	switch {
	case c.kind == nominal:
		if c.code[row] < 0 {
			return ""
		}
		return c.levels[c.code[row]]
	case !finite(c.v[row]):
		return ""
	case c.kind == temporal:
		return timeLabel(c.v[row])
	case c.integer:
		return strconv.FormatFloat(c.v[row], 'f', 0, 64)
	}
	return strconv.FormatFloat(c.v[row], 'g', 6, 64)
}
