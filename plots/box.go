package plots

import (
	"slices"

	"github.com/sheaf-go/sheaf/internal/quantile"
	"github.com/sheaf-go/sheaf/tables"
)

// Box draws the values of each category as Tukey's box (Exploratory Data
// Analysis, 1977): from the lower to the upper quartile, a line at the median,
// whiskers to the farthest values within 1.5 times the box's length of it, and
// the values beyond as points. Quartiles are interpolated as NumPy does it
// (Hyndman and Fan's definition 7). Tooltips tell the number of values, the
// least, the quartiles and the greatest. A category of "" makes one box of the
// whole column. [Color] divides each category by a column, side by side. Of
// many categories the most frequent are drawn, of many outliers some of each
// box, the farthest included; the caption says so.
func Box(t *tables.Table, category, value string, opts ...Option) *Chart {
	src, err := fromTable(t)
	return newChart(boxChart, src, category, value, err, opts)
}

// BoxOf is [Box] over slices: values[i] are those of the category names[i].
func BoxOf(names []string, values [][]float64, opts ...Option) *Chart {
	src, err := fromLists(names, values)
	return newChart(boxChart, src, "", "value", err, opts)
}

// NoOutliers leaves out the points of a box chart beyond the whiskers; the
// caption counts them.
func NoOutliers() Option {
	return option("NoOutliers", []chartKind{boxChart}, func(c *config) { c.noOutliers = true })
}

// A summary is what a box shows.
type summary struct {
	n                       int
	least, q1, q2, q3, most float64
	low, high               float64   // ends of the whiskers
	outliers                []float64 // beyond them, in order
}

// quartiles is the summary of values without whiskers and outliers; it reorders
// them.
func quartiles(v []float64) summary {
	q := quantile.Of(v, 0, 0.25, 0.5, 0.75, 1)
	return summary{n: len(v), least: q[0], q1: q[1], q2: q[2], q3: q[3], most: q[4], low: q[1], high: q[3]}
}

// summarize sums up values, which it reorders.
func summarize(v []float64) summary {
	s := quartiles(v)
	reach := 1.5 * (s.q3 - s.q1)
	for i, x := range v {
		poll(i)
		if x < s.q1-reach || x > s.q3+reach {
			s.outliers = append(s.outliers, x)
			continue
		}
		s.low, s.high = min(s.low, x), max(s.high, x)
	}
	slices.Sort(s.outliers)
	return s
}

const (
	maxOutliers = 1500 // of all boxes together
	perBox      = 200  // of one
)

// boxLayers are the layers of a box chart.
type boxLayers struct {
	boxes, whiskers, outline, medians, points layer
	drawn, outliers                           int
}

func (d *drawing) boxes() error {
	b, err := d.bunches()
	if err != nil {
		return err
	}
	most := max(20, min(perBox, maxOutliers/b.count()))
	l := boxLayers{
		boxes:    layer{mark: cellMark, noun: "box", opacity: orDefault(d.cfg.opacity, 0.35), onlyInfo: true, info: b.titles()},
		whiskers: layer{mark: ruleMark, silent: true, opacity: 1, stroke: 1.5, dash: solid},
		outline:  layer{mark: cellMark, hollow: true, silent: true, opacity: 1},
		medians:  layer{mark: ruleMark, silent: true, opacity: 1, stroke: 2.5, dash: solid},
		points:   layer{mark: pointMark, noun: "outlier", opacity: 0.8, area: 16, xTitle: b.category.name, yTitle: b.value.name},
	}
	for k := range b.lists {
		d.boxesOf(b, k, most, &l)
	}
	d.layer = l.boxes
	d.over = []layer{l.whiskers, l.outline, l.medians}
	if len(l.points.series) > 0 {
		d.over = append(d.over, l.points)
	}
	d.noteOutliers(l.drawn, l.outliers)
	if d.cfg.horizontal {
		d.lie()
	}
	return nil
}

// boxesOf adds the boxes of a class; most is how many outliers each shows.
func (d *drawing) boxesOf(b *bunches, k, most int, l *boxLayers) {
	if len(b.lists[k]) == 0 {
		return
	}
	box, line, whisker, median, far := b.series(k), b.series(k), b.series(k), b.series(k), b.series(k)
	for _, at := range b.lists[k] {
		s := summarize(at.values)
		left, right := at.at-0.4*b.room(), at.at+0.4*b.room()
		box.span(left, right, s.q1, s.q3)
		box.tell(b.tell(at, k, s))
		line.span(left, right, s.q1, s.q3)
		whisker.span(at.at, at.at, s.q1, s.low)
		whisker.span(at.at, at.at, s.q3, s.high)
		median.span(left, right, s.q2, s.q2)
		d.reachY = append(d.reachY, s.low, s.high)
		l.outliers += len(s.outliers)
		some, _ := everyKth(s.outliers, s.outliers, most)
		for _, v := range some {
			far.x, far.y = append(far.x, at.at), append(far.y, v)
		}
	}
	l.boxes.add(box)
	l.outline.add(line)
	l.whiskers.add(whisker)
	l.medians.add(median)
	if !d.cfg.noOutliers {
		l.drawn += len(far.x)
		l.points.add(far)
	}
}

func (d *drawing) noteOutliers(drawn, all int) {
	switch {
	case drawn == 0 && all > 0:
		d.note("%s beyond the whiskers not drawn", plural(all, "value"))
	case drawn < all:
		d.note("%s of %s drawn", group(drawn), plural(all, "outlier"))
	}
}

// solid is the dash of lines that are solid in every theme.
var solid = []float64{}

// span adds a rectangle, or a straight line.
func (s *series) span(x, x2, y, y2 float64) {
	s.x, s.x2, s.y, s.y2 = append(s.x, x), append(s.x2, x2), append(s.y, y), append(s.y2, y2)
}

// tell adds what the tooltip of the last mark shows.
func (s *series) tell(texts []string) {
	if s.info == nil {
		s.info = make([][]string, len(texts))
	}
	for i, t := range texts {
		s.info[i] = append(s.info[i], t)
	}
}
