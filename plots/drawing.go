package plots

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"sync/atomic"

	"github.com/sheaf-go/sheaf/internal/interrupt"
)

// A drawing is the work of turning one part into a layer.
type drawing struct {
	part
	logX, logY bool
	xrange     *[2]float64
	yrange     *[2]float64
	binWide    float64 // of the histogram that shares the axes: 1, a day or a decade is the unit; 0: there is none
	wide, high float64 // px that the plotting area is given; 0: the part may choose, and does so here

	layer         layer
	under, over   []layer // drawn before and after it
	x, y          axis    // kinds, labels and levels
	notes         []string
	tightX, zeroY bool
	zeroX         bool
	tightY        bool
	bare          bool // no axes
	unzoomed      bool
	reachX        []float64 // values that the axes show besides those of the marks
	reachY        []float64
	shapes        []string // what shapes mean, where not the same as colours
	shapeTitle    string
}

// layers are all that have something to draw, in their order.
func (d *drawing) layers() []layer {
	out := append([]layer(nil), d.under...)
	if len(d.layer.series) > 0 {
		out = append(out, d.layer)
	}
	return append(out, d.over...)
}

// draw dispatches on the kind of the part.
func (d *drawing) draw() error {
	if d.build != nil {
		return d.build(d)
	}
	switch d.kind {
	case areaChart:
		return d.area()
	case errorBandChart:
		return d.errorBand()
	case densityChart:
		return d.density()
	case ecdfChart:
		return d.ecdf()
	case boxChart:
		return d.boxes()
	case violinChart:
		return d.violins()
	case stripChart:
		return d.strips()
	case scatterChart:
		return d.scatter()
	case barChart:
		return d.bars()
	case histogramChart:
		return d.histogram()
	case heatmapChart:
		return d.heatmap()
	case hexbinChart:
		return d.hexbin()
	case pieChart:
		return d.pie()
	default:
		return d.line()
	}
}

// axisOf describes the axis that shows the column.
func axisOf(c *column) axis {
	return axis{kind: c.kind, label: c.name, levels: c.levels}
}

// coordinates returns the values of the column as axis positions.
func (c *column) coordinates() []float64 {
	if c.kind != nominal {
		return c.v
	}
	out := make([]float64, len(c.code))
	for i, k := range c.code {
		poll(i)
		out[i] = float64(k)
		if k < 0 {
			out[i] = math.NaN()
		}
	}
	return out
}

// columns loads x and all y columns; names on y are refused unless allowed.
func (d *drawing) columns(namesOnY bool) (x *column, ys []*column, err error) {
	if x, err = d.src.column(d.part.x); err != nil {
		return nil, nil, err
	}
	if err := fewNames("x", x); err != nil {
		return nil, nil, err
	}
	for _, name := range append([]string{d.part.y}, d.cfg.ys...) {
		y, err := d.src.column(name)
		if err != nil {
			return nil, nil, err
		}
		if y.kind == nominal && (!namesOnY || len(d.cfg.ys) > 0) {
			return nil, nil, fmt.Errorf("y column %q holds names; want numbers or moments", name)
		}
		if err := fewNames("y", y); err != nil {
			return nil, nil, err
		}
		if len(ys) > 0 && y.kind != ys[0].kind {
			return nil, nil, fmt.Errorf("y columns %q and %q differ: %s and %s", ys[0].name, name, ys[0].kind.holds(), y.kind.holds())
		}
		ys = append(ys, y)
	}
	d.x, d.y = axisOf(x), axisOf(ys[0])
	if len(ys) > 1 {
		if err := onceEach(ys); err != nil {
			return nil, nil, err
		}
		if d.cfg.name != "" {
			return nil, nil, errors.New("Name and several y columns: choose one; the columns name the series")
		}
		d.y.label = "value"
		if d.cfg.color != "" {
			return nil, nil, errors.New("Color and several y columns: choose one; both want the colours")
		}
	}
	return x, ys, nil
}

// onceEach reports a y column that comes twice: its two lines would be one.
func onceEach(ys []*column) error {
	seen := map[string]bool{}
	for _, y := range ys {
		if seen[y.name] {
			return fmt.Errorf("want different y columns, got %q twice", y.name)
		}
		seen[y.name] = true
	}
	return nil
}

// maxNames is how many names an axis of points can show.
const maxNames = 200

func fewNames(axis string, c *column) error {
	if len(c.levels) <= maxNames {
		return nil
	}
	return fmt.Errorf("%s column %q has %s different names; at most %d fit an axis", axis, c.name, group(len(c.levels)), maxNames)
}

// longestName is how many characters of the name of a class or a category are
// kept: each of its rows and panels has it.
const longestName = 100

// tellable is a column of names with names that a legend can list: none empty,
// none too long, all different.
func (c *column) tellable() *column {
	out := *c
	out.levels = bounded(c.levels, "(empty)")
	return &out
}

// bounded is the names with the long ones cut, and another in place of the
// empty one; they stay different.
func bounded(names []string, empty string) []string {
	long := func(s string) bool { return s == "" && empty != "" || len(s) > longestName }
	if !slices.ContainsFunc(names, long) {
		return names
	}
	out := slices.Clone(names)
	taken := map[string]bool{}
	for _, s := range names {
		taken[s] = true
	}
	for k, s := range out {
		if !long(s) {
			continue
		}
		short := empty
		if s != "" {
			r := []rune(s)
			if len(r) <= longestName {
				continue
			}
			short = string(r[:longestName]) + "…"
		}
		name := short
		for i := 2; taken[name]; i++ {
			name = fmt.Sprintf("%s (%d)", short, i)
		}
		taken[name], out[k] = true, name
	}
	return out
}

// A grouping splits rows into the series of a colour column.
type grouping struct {
	of     []int // group of each row, -1 for none; nil: everything is group 0
	names  []string
	other  int      // the first group of the rest, -1 for none
	detail []string // the classes of the rest, if each is a group
	column string
}

// groups reads the colour column as classes.
func (d *drawing) groups() (grouping, error) {
	if d.cfg.color == "" {
		return grouping{names: []string{d.cfg.name}, other: -1}, nil
	}
	if d.cfg.name != "" {
		return grouping{}, errors.New("Name and Color: choose one; Color names the series")
	}
	c, err := d.colorColumn()
	if err != nil {
		return grouping{}, err
	}
	return d.classes(c.asNominal()), nil
}

// colorColumn loads the column that colours the marks.
func (d *drawing) colorColumn() (*column, error) {
	c, err := d.src.column(d.cfg.color)
	if err != nil && looksLikeColour(d.cfg.color) {
		return nil, fmt.Errorf("Color: no column %q; Color wants a column, and plots.Palette(\"#RRGGBB\") is a colour for all", d.cfg.color)
	}
	if err != nil {
		return nil, fmt.Errorf("Color: %w", err)
	}
	return c, nil
}

// classes keeps the most frequent classes of a nominal column, in their order,
// and makes one group of the rest; of lines, which cannot be joined, a group
// of each of the rest.
func (d *drawing) classes(c *column) grouping {
	c = c.tellable()
	if missing := c.missing(); missing > 0 {
		d.note("%s without %s left out", plural(missing, "row"), c.name)
	}
	limit := d.cfg.classLimit()
	if len(c.levels) <= limit {
		return grouping{of: c.code, names: c.levels, other: -1, column: c.name}
	}
	keep := mostFrequent(c, limit-1)
	g := grouping{column: c.name, other: len(keep)}
	place := make([]int, len(c.levels))
	for k, level := range c.levels {
		place[k] = g.other
		if keep[k] {
			place[k] = len(g.names)
			g.names = append(g.names, level)
		}
	}
	rest := fmt.Sprintf("%s others", group(len(c.levels)-g.other))
	if d.kind == lineChart {
		d.separate(c, keep, place, &g, rest)
	} else {
		g.names = append(g.names, rest)
	}
	g.of = make([]int, len(c.code))
	for i, k := range c.code {
		poll(i)
		g.of[i] = -1
		if k >= 0 {
			g.of[i] = place[k]
		}
	}
	d.note("colours for the %d most frequent of %s values of %s", g.other, group(len(c.levels)), c.name)
	return g
}

// maxLines is how many lines of one colour column are drawn.
const maxLines = 60

// separate gives each class of the rest, up to maxLines in all, its own group.
func (d *drawing) separate(c *column, keep map[int]bool, place []int, g *grouping, rest string) {
	drawn := mostFrequent(c, min(maxLines, len(c.levels)))
	for k, level := range c.levels {
		if keep[k] {
			continue
		}
		place[k] = -1
		if drawn[k] {
			place[k] = len(g.names)
			g.names = append(g.names, rest)
			g.detail = append(g.detail, level)
		}
	}
	if len(c.levels) > maxLines {
		d.note("%d of %s lines drawn", maxLines, group(len(c.levels)))
	}
}

// missing counts the rows without a class.
func (c *column) missing() int {
	n := 0
	for i, k := range c.code {
		poll(i)
		if k < 0 {
			n++
		}
	}
	return n
}

// mostFrequent marks the n levels with the most rows, in all panels together;
// earlier ones win ties.
func mostFrequent(c *column, n int) map[int]bool {
	counts := make([]int, len(c.levels))
	if c.whole != nil {
		c = c.whole
	}
	for i, k := range c.code {
		poll(i)
		if k >= 0 {
			counts[k]++
		}
	}
	keep := map[int]bool{}
	for _, k := range leading(len(counts), n, func(a, b int) int { return counts[b] - counts[a] }) {
		keep[k] = true
	}
	return keep
}

// leading is the first most of n places in an order, in that order; of equal
// ones the lower is first. It is for few of many: it sorts only those.
func leading(n, most int, order func(a, b int) int) []int {
	var out []int
	for i := range n {
		poll(i)
		if len(out) == most && (most == 0 || order(out[most-1], i) <= 0) {
			continue
		}
		at, _ := slices.BinarySearchFunc(out, i, func(have, i int) int {
			if order(have, i) <= 0 {
				return -1
			}
			return 1
		})
		out = slices.Insert(out[:min(len(out), most-1)], at, i)
	}
	return out
}

// series returns an empty series for group k.
func (g grouping) series(k int) series {
	s := series{name: g.names[k], column: g.column, other: g.other >= 0 && k >= g.other}
	if s.other && g.detail != nil {
		s.detail = g.detail[k-g.other]
	}
	return s
}

// A filter decides which rows can be drawn and counts the others.
type filter struct {
	logX, logY       bool
	missing, nonposi int
}

func (f *filter) keep(x, y float64) bool {
	if !finite(x) || !finite(y) {
		f.missing++
		return false
	}
	if f.logX && x < smallest || f.logY && y < smallest {
		f.nonposi++
		return false
	}
	return true
}

// least is from where on the axes can show values.
func (f *filter) least() (x, y float64) {
	x, y = -largest, -largest
	if f.logX {
		x = smallest
	}
	if f.logY {
		y = smallest
	}
	return x, y
}

// all reports whether every point can be drawn; it counts nothing.
func (f *filter) all(xs, ys []float64) bool {
	leastX, leastY := f.least()
	var not atomic.Bool
	interrupt.Ranges(len(xs), interrupt.Cores(len(xs), manyRows), func(_, lo, hi int) {
		for i, x := range xs[lo:hi] {
			poll(i)
			if y := ys[lo+i]; !(x >= leastX && x <= largest && y >= leastY && y <= largest) {
				not.Store(true)
				return
			}
		}
	})
	return !not.Load()
}

// report turns what the filter counted into captions.
func (d *drawing) report(f filter, what string) {
	if f.missing > 0 {
		d.note("%s left out: missing or not finite", plural(f.missing, what))
	}
	if f.nonposi > 0 {
		d.note("%s left out: not above 0 on a log scale", plural(f.nonposi, what))
	}
}

func (d *drawing) note(format string, args ...any) {
	d.notes = append(d.notes, fmt.Sprintf(format, args...))
}

// shiftX and shiftY move category indexes to their places on a shared axis.
func (d *drawing) shiftX(to map[int]int) {
	d.layer.lattice = nil
	d.each(func(s *series) { s.x, s.x2 = moved(s.x, to), moved(s.x2, to) })
}

func (d *drawing) shiftY(to map[int]int) {
	d.layer.lattice = nil
	d.each(func(s *series) { s.y, s.y2 = moved(s.y, to), moved(s.y2, to) })
}

// each calls f for all series.
func (d *drawing) each(f func(*series)) {
	for _, ls := range [][]layer{d.under, {d.layer}, d.over} {
		for i := range ls {
			for j := range ls[i].series {
				f(&ls[i].series[j])
			}
		}
	}
}

// moved moves places on an axis of categories with the categories that they are
// nearest to.
func moved(v []float64, to map[int]int) []float64 {
	if v == nil {
		return nil
	}
	out := make([]float64, len(v))
	for i, x := range v {
		k := int(math.Round(x))
		out[i] = float64(to[k]) + x - float64(k)
	}
	return out
}
