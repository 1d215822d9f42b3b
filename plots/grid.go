package plots

import (
	"image/color"
	"math"
	"strconv"
)

// A side is one direction of a grid of cells: categories, or bins.
type side struct {
	axis  axis
	of    []int     // the place of each row, or why it has none
	names []string  // of the places
	edges []float64 // of bins; nil for categories
	per   int       // how many neighbours of a matrix share a place; 0: each has its own
}

// Why a row has no place.
const (
	nowhere     = -1 // missing
	dropped     = -2 // of a category that is not drawn
	nonpositive = -3
)

func (s *side) len() int { return len(s.names) }

// edge is where the i-th place begins.
func (s *side) edge(i int) float64 {
	if s.edges == nil {
		return float64(i) - 0.5
	}
	return s.edges[i]
}

// middle is where the text of a cell stands.
func (s *side) middle(i int) float64 { return s.edge(i)/2 + s.edge(i+1)/2 }

const (
	maxDistinct = 40  // values that are read as categories
	maxSide     = 180 // cells in a direction
)

// side divides a column of a grid.
func (d *drawing) side(name string, log bool, bins int) (*side, error) {
	c, err := d.src.column(name)
	if err != nil {
		return nil, err
	}
	if c.kind != nominal && !log && d.cfg.bins == 0 && c.few(maxDistinct) {
		c = c.asNominal()
	}
	if c.kind == nominal {
		return d.categories(c), nil
	}
	return d.intervals(c, log, bins), nil
}

// categories are the names of a column: of more than maxSide those with the most
// rows, of a matrix, whose neighbours belong together, blocks of them.
func (d *drawing) categories(c *column) *side {
	s := &side{of: c.code, names: c.levels, axis: axis{kind: slotted, label: c.name, levels: c.levels}}
	n := len(c.levels)
	if n <= maxSide {
		return s
	}
	if d.plain() {
		return c.blocks((n + maxSide - 1) / maxSide)
	}
	keep := mostFrequent(c, maxSide)
	place := make([]int, n)
	s.names = nil
	for k, level := range c.levels {
		place[k] = dropped
		if keep[k] {
			place[k] = len(s.names)
			s.names = append(s.names, level)
		}
	}
	s.of = make([]int, len(c.code))
	for i, k := range c.code {
		poll(i)
		s.of[i] = k
		if k >= 0 {
			s.of[i] = place[k]
		}
	}
	s.axis.levels = s.names
	d.note("the %d most frequent of %s values of %s", maxSide, group(n), c.name)
	return s
}

// blocks puts each per categories that follow one another into one place. The
// axis shows the first of each, the tooltips the last one too.
func (c *column) blocks(per int) *side {
	s := &side{of: make([]int, len(c.code)), per: per, axis: axis{kind: slotted, label: c.name}}
	for from := 0; from < len(c.levels); from += per {
		first, last := c.levels[from], c.levels[min(from+per, len(c.levels))-1]
		s.axis.levels = append(s.axis.levels, first)
		if first != last {
			first += " to " + last
		}
		s.names = append(s.names, first)
	}
	for i, k := range c.code {
		poll(i)
		s.of[i] = k / per
	}
	return s
}

// intervals are bins of numbers or moments with round edges.
func (d *drawing) intervals(c *column, log bool, bins int) *side {
	s := &side{axis: axisOf(c), of: make([]int, len(c.v))}
	values := make([]float64, 0, len(c.v))
	for i, v := range c.v {
		poll(i)
		switch {
		case !finite(v):
			s.of[i] = nowhere
		case log && v < smallest:
			s.of[i] = nonpositive
		default:
			values = append(values, v)
		}
	}
	if len(values) == 0 {
		return s
	}
	b := drawing{logX: log}
	if b.cfg.bins = bins; d.cfg.bins > 0 {
		b.cfg.bins = min(d.cfg.bins, maxSide*3/4) // round edges may make more
	}
	s.edges = b.edges(c, [][]float64{values})
	find := newBinFinder(s.edges)
	for i, v := range c.v {
		poll(i)
		if s.of[i] == 0 {
			s.of[i] = find.of(v)
		}
	}
	for i, e := range s.edges[1:] {
		s.names = append(s.names, c.edgeLabel(s.edges[i])+" to "+c.edgeLabel(e))
	}
	d.note("%s in %s", c.name, plural(len(s.names), "bin"))
	return s
}

// edgeLabel writes the edge of a bin.
func (c *column) edgeLabel(v float64) string {
	if c.kind == temporal {
		return timeLabel(v)
	}
	return strconv.FormatFloat(v, 'g', 6, 64)
}

// valueFormat is how the values of a grid are written: with as many digits as
// tell them apart, or three; large ones with the SI prefixes of axes.
func valueFormat(z []float64) func(float64) string {
	most, whole := 0.0, true
	for _, v := range z {
		if finite(v) {
			most = math.Max(most, math.Abs(v))
			whole = whole && v == math.Trunc(v)
		}
	}
	switch {
	case most >= 1e6 && most < 1e28:
		return threeDigits
	case most >= 1e6, most > 0 && most < 1e-3:
		return func(v float64) string { return minus(strconv.FormatFloat(v, 'g', 3, 64)) }
	}
	digits := 0
	if !whole {
		digits = 2 - int(math.Floor(math.Log10(most)))
		if most < 1 {
			digits--
		}
		digits = max(0, digits)
	}
	return func(v float64) string {
		s := strconv.FormatFloat(v, 'f', digits, 64)
		if most < 1e4 {
			return minus(s)
		}
		return commas(s)
	}
}

// threeDigits writes a number with three digits and the SI prefix that suits it:
// 604G, 1.23M, 45.
func threeDigits(v float64) string {
	if v == 0 {
		return "0"
	}
	v, _ = strconv.ParseFloat(strconv.FormatFloat(v, 'g', 3, 64), 64)
	for _, p := range prefixes {
		if math.Abs(v) >= p.unit {
			return minus(strconv.FormatFloat(v/p.unit, 'g', 3, 64)) + p.name
		}
	}
	return minus(strconv.FormatFloat(v, 'g', 3, 64))
}

// labels are the texts of the cells, "" for empty ones.
func (g *cellGrid) labels(format func(float64) string) []string {
	out := make([]string, len(g.z))
	for i, v := range g.z {
		if finite(v) {
			out[i] = format(v)
		}
	}
	return out
}

// maxAnnotated is up to how many cells show their values.
const maxAnnotated = 400

// cellSize chooses the size of the cells, where it is free, and returns that
// of their texts, 0 for no texts.
func (d *drawing) cellSize(g *cellGrid, label []string) float64 {
	annotate := d.cfg.annotated != never && len(g.z) <= maxAnnotated
	text := 0.0
	if annotate {
		for _, l := range label {
			text = math.Max(text, textWidth(l)+8)
		}
	}
	w, h := cellPixels(g.nx, defaultWidth, 72, 160), cellPixels(g.ny, 320, 36, 120)
	if float64(g.nx)*text <= 900 {
		w = math.Max(w, math.Ceil(text))
	}
	if annotate && g.ny <= 40 {
		h = math.Max(h, 20)
	}
	if d.cfg.square {
		w = math.Max(math.Max(cellPixels(g.nx, 400, 56, 120), w*math.Min(1, 56/w)), h)
		h = w
	}
	w, d.wide = sizedCells(d.wide, w, g.nx)
	h, d.high = sizedCells(d.high, h, g.ny)
	size := math.Min(labelSize, math.Min(h-2, labelSize*w/math.Max(1, text)))
	if annotate && size >= 8 {
		return size
	}
	if d.cfg.annotated == wanted {
		d.note("the cells are too small for their values")
	}
	return 0
}

// sizedCells divides an asked size among n cells, or makes it n cells. Large cells
// are of whole px, so that no seams show.
func sizedCells(asked, cell float64, n int) (each, all float64) {
	if asked > 0 {
		if each = math.Floor(asked / float64(n)); each >= 8 {
			return each, each * float64(n)
		}
		return asked / float64(n), asked
	}
	return cell, cell * float64(n)
}

// cellPixels is the size of n cells along an axis of about total px, in whole
// px, so that no seams show.
func cellPixels(n int, total, most, least float64) float64 {
	cell := math.Max(2, math.Min(most, math.Floor(total/float64(n))))
	if cell*float64(n) < least {
		cell = math.Ceil(least / float64(n))
	}
	return cell
}

// cellTexts is the layer of the values in the cells.
func (d *drawing) cellTexts(g *cellGrid, ch *channel, label []string, size float64) layer {
	// Where the pointer rests on a text, it is that of the cell.
	l := layer{mark: textMark, opacity: 1, silent: true, font: textFont{size: math.Round(size), middle: true},
		onlyInfo: true, info: []string{titleOf(d.x, "", "x"), titleOf(d.y, "", "y"), ch.title}}
	for _, ink := range []string{darkInk, lightInk} {
		s := series{fill: ink, info: make([][]string, 3)}
		for i, text := range label {
			if text != "" && inkOn(d.cfg.theme.colourOf(ch, g.z[i])) == ink {
				s.x, s.y = append(s.x, g.x.middle(i%g.nx)), append(s.y, g.y.middle(i/g.nx))
				s.text = append(s.text, text)
				for k, words := range []string{g.x.names[i%g.nx], g.y.names[i/g.nx], text} {
					s.info[k] = append(s.info[k], words)
				}
			}
		}
		if len(s.x) > 0 {
			l.series = append(l.series, s)
		}
	}
	return l
}

// The colours of texts on cells and slices.
const (
	darkInk  = "#1A1A1A"
	lightInk = "#FFFFFF"
)

// inkOn is the colour of text that shows on a colour.
func inkOn(c color.NRGBA) string {
	if lightColour(c) {
		return darkInk
	}
	return lightInk
}
