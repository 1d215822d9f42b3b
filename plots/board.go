package plots

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// A board is several figures beside and under one another.
type board struct {
	title    string
	captions []string
	columns  int
	panels   []*figure
	theme    *theme
	legend   *figure         // whose legend stands for all; nil: each has its own
	close    bool            // panels of a row or column are as large as they need
	rows     json.RawMessage // that scatters share
}

// maxPanels is how many panels a chart has at most.
const maxPanels = 64

const panelGap = 14.0 // px

// Concat puts charts beside one another, in rows of [Columns] charts; without
// that as many as fit a page. Titles and themes of the whole are set by
// [Chart.With] on the result.
func Concat(charts ...*Chart) *Chart {
	if len(charts) == 0 {
		return failed(concatChart, errors.New("want at least one chart, got none"))
	}
	for i, c := range charts {
		if err := c.Err(); err != nil {
			return &Chart{kind: concatChart, err: fmt.Errorf("plots: concat: chart %d: %w", i+1, bare{err})}
		}
	}
	return (&Chart{kind: concatChart, inner: charts}).reconcat(nil)
}

// reconcat is a concat with further options.
func (c *Chart) reconcat(opts []Option) *Chart {
	out := &Chart{kind: concatChart, inner: c.inner}
	var err error
	if out.cfg, err = c.cfg.with(concatChart, opts); err != nil {
		return failed(concatChart, err)
	}
	b := newBoard(out.cfg)
	for _, chart := range c.inner {
		if out.cfg.theme != nil {
			if chart = chart.With(out.cfg.dressed()); chart.err != nil {
				return failed(concatChart, bare{chart.err})
			}
		}
		switch p := chart.fig.(type) {
		case *figure:
			b.panels = append(b.panels, p)
			b.theme = p.theme
		case *board:
			b.panels = append(b.panels, p.headed()...)
			b.captions = append(b.captions, p.captions...)
			b.theme = p.theme
		}
	}
	if len(b.panels) > maxPanels {
		return failed(concatChart, fmt.Errorf("want at most %d charts, got %d", maxPanels, len(b.panels)))
	}
	if b.columns == 0 {
		b.columns = columnsFor(b.panels)
	}
	out.fig = b
	return out
}

// headed is the panels for another board, under the title that they have had.
func (b *board) headed() []*figure {
	panels := b.unshared()
	if b.title == "" {
		return panels
	}
	out := make([]*figure, len(panels))
	for i, p := range panels {
		f := *p
		if out[i] = &f; f.title != "" {
			f.title = b.title + ": " + f.title
		} else if i == 0 {
			f.title = b.title
		}
	}
	return out
}

// unshared is the panels, each with the rows that it shows.
func (b *board) unshared() []*figure {
	if !b.close {
		return b.panels
	}
	out := make([]*figure, len(b.panels))
	for i, p := range b.panels {
		f := *p
		f.layers = slices.Clone(p.layers)
		for k := range f.layers {
			f.layers[k].shared = nil
		}
		out[i] = &f
	}
	return out
}

func newBoard(cfg config) *board {
	b := &board{title: cfg.title, columns: cfg.columns, theme: cfg.theme}
	if cfg.subtitle != "" {
		b.captions = append(b.captions, cfg.subtitle)
	}
	return b
}

// pageWidth is how wide rows of panels get where nobody says how many there are.
const pageWidth = 900.0

func columnsFor(panels []*figure) int {
	widest := 0.0
	for _, p := range panels {
		w, _ := p.layout().size()
		widest = math.Max(widest, w)
	}
	return max(1, min(len(panels), int((pageWidth+panelGap)/(widest+panelGap))))
}

// facets resolves the parts once for each value of the column that the chart is
// divided by, on common scales.
func facets(parts []part, cfg config) (picture, error) {
	parts = slices.Clone(parts)
	for i := range parts {
		parts[i].src = keep(parts[i].src)
	}
	levels, rows, missing, err := facetRows(parts, cfg.facet)
	if err != nil {
		return nil, err
	}
	b := newBoard(cfg)
	if missing > 0 {
		b.captions = append(b.captions, fmt.Sprintf("%s without %s left out", plural(missing, "row"), cfg.facet))
	}
	inner := cfg
	inner.title, inner.subtitle, inner.facet = "", "", ""
	if inner.width == 0 {
		inner.width = 190
	}
	if inner.height == 0 {
		inner.height = 180
	}
	if len(levels) > maxFacets {
		b.captions = append(b.captions, fmt.Sprintf("the first %d of %s values of %s", maxFacets, group(len(levels)), cfg.facet))
		levels = levels[:maxFacets]
	}
	if err := b.fill(parts, cfg.facet, levels, rows, inner); err != nil {
		return nil, err
	}
	b.theme = cfg.theme
	if err := b.colour(cfg); err != nil {
		return nil, err
	}
	b.keys()
	if b.columns == 0 {
		b.columns = columnsFor(b.panels)
	}
	return b, nil
}

// fill resolves a panel for each level of the facet, of the rows that have it.
func (b *board) fill(parts []part, facet string, levels []string, rows [][]int, inner config) error {
	for try := range 2 { // the second time on the scales of all
		b.panels = b.panels[:0]
		for k, name := range levels {
			f, err := resolve(subset(parts, rows[k]), inner)
			if err != nil {
				return fmt.Errorf("%s = %s: %w", facet, name, err)
			}
			f.title, f.together = name, b
			b.panels = append(b.panels, f)
		}
		if try == 0 && !b.share(&inner) {
			break
		}
	}
	return nil
}

// maxFacets is how many panels a facet has.
const maxFacets = 24

// facetRows finds the rows of each value of a column, and how many have none.
func facetRows(parts []part, name string) (levels []string, rows [][]int, missing int, err error) {
	if len(parts) != 1 || parts[0].src == nil {
		return nil, nil, 0, errors.New("Facet: want a chart of one table")
	}
	c, err := parts[0].src.column(name)
	if err != nil {
		return nil, nil, 0, fmt.Errorf("Facet: %w", err)
	}
	c = c.asNominal()
	rows = make([][]int, len(c.levels))
	for i, k := range c.code {
		poll(i)
		if k >= 0 {
			rows[k] = append(rows[k], i)
		} else {
			missing++
		}
	}
	if len(c.levels) == 0 {
		return nil, nil, 0, errNothing(len(c.code), nil)
	}
	return c.tellable().levels, rows, missing, nil
}

// subset is parts that have only some rows.
func subset(parts []part, rows []int) []part {
	out := make([]part, len(parts))
	for i, p := range parts {
		p.src = some{p.src, rows}
		out[i] = p
	}
	return out
}

// A kept source reads each column once, for all panels. It is for one goroutine.
type kept struct {
	source
	columns map[string]*column
}

func keep(src source) source {
	if src == nil {
		return nil
	}
	return kept{src, map[string]*column{}}
}

func (k kept) column(name string) (*column, error) {
	if c := k.columns[name]; c != nil {
		return c, nil
	}
	c, err := k.source.column(name)
	if err != nil {
		return nil, err
	}
	own := *c // parts keep in it what they have found out
	k.columns[name] = &own
	return &own, nil
}

// some is rows of a kept source.
type some struct {
	source
	of []int
}

func (s some) rows() int { return len(s.of) }

func (s some) column(name string) (*column, error) {
	c, err := s.source.column(name)
	if err != nil {
		return nil, err
	}
	return c.part(s.of), nil
}

// share sets the ranges that show what all panels have, and reports whether
// that changes any.
func (b *board) share(cfg *config) bool {
	x, y, reach := b.panels[0].x, b.panels[0].y, b.panels[0].reach
	same := true
	for _, p := range b.panels[1:] {
		same = same && p.x.lo == x.lo && p.x.hi == x.hi && p.y.lo == y.lo && p.y.hi == y.hi
		reach.x.join(p.reach.x)
		reach.y.join(p.reach.y)
	}
	if same {
		return false
	}
	x.lo, x.hi = reach.x.domain(xMargin)
	y.lo, y.hi = reach.y.domain(yMargin)
	if !x.named() && cfg.xrange == nil {
		cfg.xrange = &[2]float64{x.lo, x.hi}
	}
	if !y.named() && cfg.yrange == nil {
		cfg.yrange = &[2]float64{y.lo, y.hi}
	}
	return true
}

// colour gives equal names equal colours in all panels; the first panel's legend
// lists the names of all.
func (b *board) colour(cfg config) error {
	slots := map[string]int{}
	all := &figure{theme: b.theme}
	for _, p := range b.panels {
		shapes, title := p.legend.shapes, p.legend.shapeTitle
		p.legend = legend{shapes: shapes, shapeTitle: title}
		all.legend.shapes, all.legend.shapeTitle = shapes, title
		p.colour(slots, cfg.unlisted)
		if err := p.enough(); err != nil {
			return err
		}
		all.legend.add(p.legend)
	}
	for _, p := range b.panels {
		p.legend = all.legend
	}
	b.legend = all
	return nil
}

// keys gives the continuous colours and the sizes of all panels one range, and
// their legend to the board.
func (b *board) keys() {
	shade, size := mergeChannels(b.panels...)
	if shade != nil || size != nil {
		b.legend.layers = []layer{{shade: shade, size: size}}
	}
}

// mergeChannels makes one scale of the continuous colours, and one of the sizes,
// because Vega has one of each.
func mergeChannels(figures ...*figure) (shade, size *channel) {
	for _, f := range figures {
		for i := range f.layers {
			f.layers[i].shade, shade = f.layers[i].shade.merge(shade)
			f.layers[i].size, size = f.layers[i].size.merge(size)
		}
	}
	return shade, size
}

// merge returns what a layer has for its channel, and what all have: the same
// one, as wide as both.
func (ch *channel) merge(all *channel) (own, both *channel) {
	switch {
	case ch == nil:
		return nil, all
	case all == nil:
		c := *ch
		return &c, &c
	}
	all.lo, all.hi = math.Min(all.lo, ch.lo), math.Max(all.hi, ch.hi)
	return all, all
}

// add adds the entries that l does not have.
func (l *legend) add(m legend) {
	have := map[string]bool{}
	for _, n := range l.names {
		have[n] = true
	}
	if l.title == "" {
		l.title = m.title
	}
	for i, n := range m.names {
		if !have[n] {
			l.names, l.slots, l.marks = append(l.names, n), append(l.slots, m.slots[i]), append(l.marks, m.marks[i])
			if m.forms != nil {
				l.forms = append(l.forms, m.forms[i])
			}
		}
	}
}

// heading implements picture.
func (b *board) heading() (title string, captions []string) { return b.title, b.captions }

// weight implements picture.
func (b *board) weight() int {
	n := 0
	for _, p := range b.panels {
		n += p.marks
	}
	if b.close { // the marks have a budget, and a PNG of them is larger and slower
		n = min(n, maxVectorMarks)
	}
	return n
}

// contents implements picture.
func (b *board) contents() string { return plural(len(b.panels), "panel") }

// width is that of a row of panels, px, for breaking titles.
func (b *board) width() float64 {
	w := 0.0
	for i, p := range b.panels {
		if i < b.columns {
			w += p.width + 40
		}
	}
	return w
}

// spec implements picture.
func (b *board) spec() object {
	panels, pick, zooms := make([]object, len(b.panels)), &picking{name: "pick"}, map[*board]string{}
	for i, p := range b.panels {
		own := fmt.Sprintf("_%d", i+1)
		if b.legend == nil { // each has its own
			pick = &picking{name: "pick" + own}
		}
		zoom := "zoom" + own
		if p.together != nil { // Vega-Lite joins what has one name
			if zooms[p.together] == "" {
				zooms[p.together] = zoom
			}
			zoom = zooms[p.together]
		}
		panels[i] = p.panelSpec(zoom, pick)
	}
	s := object{"$schema": schemaURL, "config": b.theme.look(), "concat": panels, "columns": b.columns, "spacing": panelGap}
	head := figure{title: b.title, captions: b.captions, width: b.width()}
	if title := head.titleSpec(); title != nil {
		s["title"] = title
	}
	if b.close {
		s["align"] = "each"
		s["datasets"] = object{"rows": b.rows}
	}
	if b.legend == nil {
		s["resolve"] = object{"scale": object{"color": "independent", "size": "independent", "shape": "independent", "strokeDash": "independent"}}
	}
	return s
}

// sheet implements picture.
func (b *board) sheet() sheet {
	s := &sheetOf{board: b, head: &figure{title: b.title, captions: b.captions, width: b.width(), theme: b.theme, bare: true}}
	for _, p := range b.panels {
		f := *p
		f.panel = true
		f.marks = b.weight() // many are one shape per colour, which keeps an SVG small
		if b.legend != nil {
			f.legend, f.keyless = legend{}, true
		}
		s.panels = append(s.panels, f.layout())
	}
	s.arrange()
	return s
}

// A sheetOf is a board laid out on paper.
type sheetOf struct {
	*board
	head   *figure
	top    float64
	panels []*twin
	x, y   []float64 // of the panels' corners
	w, h   float64
	legend *twin
}

// arrange places the panels; those of a column have their plotting areas under
// one another.
func (s *sheetOf) arrange() {
	head := s.head.layout()
	if s.top = head.top; s.top <= edge {
		s.top = 0
	}
	n := len(s.panels)
	rows := (n + s.columns - 1) / s.columns
	left, width := make([]float64, s.columns), make([]float64, s.columns)
	above, height := make([]float64, rows), make([]float64, rows)
	for i, p := range s.panels {
		c, r := i%s.columns, i/s.columns
		left[c], above[r] = math.Max(left[c], p.left), math.Max(above[r], p.top)
	}
	for i, p := range s.panels {
		c, r := i%s.columns, i/s.columns
		p.left, p.top = left[c], above[r]
		w, h := p.size()
		width[c], height[r] = math.Max(width[c], w), math.Max(height[r], h)
	}
	at := s.top
	for r := range rows {
		x := 0.0
		for c := range s.columns {
			if r*s.columns+c < n {
				s.x, s.y = append(s.x, x), append(s.y, at)
			}
			x += width[c]
			s.w = math.Max(s.w, x)
		}
		at += height[r]
	}
	s.h = at
	if s.board.legend != nil {
		key := *s.board.legend // the board's own may be drawn elsewhere at the same time
		key.bare = true
		s.legend = key.layout()
		s.w += s.legend.legendWidth()
		s.h = math.Max(s.h, s.top+2*edge+s.legend.legendHeight())
	}
}

// size implements sheet.
func (s *sheetOf) size() (w, h float64) { return math.Ceil(s.w), math.Ceil(s.h) }

// draw implements sheet.
func (s *sheetOf) draw(c draw.Canvas) {
	c.SetColor(parseColor(s.theme.orLight().background))
	c.Fill(c.Rectangle.Path())
	for i, p := range s.panels {
		w, h := p.size()
		p.draw(draw.Canvas{Canvas: c.Canvas, Rectangle: vg.Rectangle{
			Min: vg.Point{X: c.Min.X + px(s.x[i]), Y: c.Max.Y - px(s.y[i]+h)},
			Max: vg.Point{X: c.Min.X + px(s.x[i]+w), Y: c.Max.Y - px(s.y[i])},
		}})
	}
	head := s.head.layout()
	head.canvas = c
	if len(s.panels) > 0 {
		head.left = edge
	}
	head.headings()
	if s.legend != nil {
		s.legend.canvas = c
		s.legend.left, s.legend.top = s.w-s.legend.legendWidth()-edge, s.top+edge
		s.legend.legends()
	}
}
