package plots

import (
	"math"

	"github.com/sheaf-go/sheaf/tables"
)

// Violin draws the estimated density of each category, mirrored, from its least
// to its greatest value (Hintze and Nelson, Violin plots, 1998), with a bar from
// the lower to the upper quartile, a dot at the median and a thin line over the
// whole range. All violins have the
// same area. The density is that of [Density], and [Bandwidth] applies. A
// category of "" makes one violin of the whole column; [Color] divides each
// category by a column, side by side. A category of equal values, which have no
// density, is a line.
func Violin(t *tables.Table, category, value string, opts ...Option) *Chart {
	src, err := fromTable(t)
	return newChart(violinChart, src, category, value, err, opts)
}

// ViolinOf is [Violin] over slices: values[i] are those of the category names[i].
func ViolinOf(names []string, values [][]float64, opts ...Option) *Chart {
	src, err := fromLists(names, values)
	return newChart(violinChart, src, "", "value", err, opts)
}

func (d *drawing) violins() error {
	b, err := d.bunches()
	if err != nil {
		return err
	}
	shapes, widest, err := d.shapesOf(b)
	if err != nil {
		return err
	}
	bar := d.barOf(b)
	l := violinLayers{
		shapes: layer{mark: areaMark, noun: "violin", apart: true, sideways: true, opacity: orDefault(d.cfg.opacity, 0.5),
			xTitle: b.category.name, yTitle: b.value.name},
		spines: layer{mark: ruleMark, silent: true, opacity: 0.7, dash: solid},
		bars:   layer{mark: ruleMark, silent: true, opacity: 1, stroke: bar, dash: solid},
		lines:  layer{mark: ruleMark, noun: "flat violin", opacity: 1, stroke: 2.5, dash: solid, onlyInfo: true, info: b.titles()},
		dot:    series{fill: "#FFFFFF"},
	}
	for k := range b.lists {
		d.violinsOf(b, k, shapes[k], widest, &l)
	}
	dots := layer{mark: pointMark, noun: "median", opacity: 1, area: bar * bar * 0.6, onlyInfo: true, info: b.titles()}
	dots.add(l.dot)
	d.layer = l.shapes
	for _, over := range []layer{l.spines, l.bars, l.lines, dots} {
		if len(over.series) > 0 {
			d.over = append(d.over, over)
		}
	}
	if d.cfg.horizontal {
		d.lie()
	}
	return nil
}

// violinLayers are the layers of a violin chart, and the series of its medians.
type violinLayers struct {
	shapes, spines, bars, lines layer
	dot                         series
}

// violinsOf adds the violins of a class, whose densities are given.
func (d *drawing) violinsOf(b *bunches, k int, shapes []shape, widest float64, l *violinLayers) {
	spine, bar, line := b.series(k), b.series(k), b.series(k)
	for i, at := range b.lists[k] {
		s := quartiles(at.values)
		d.reachY = append(d.reachY, s.least, s.most)
		if shapes[i].x != nil {
			v := b.series(k)
			v.mirror(at.at, 0.47*b.room()/widest, shapes[i])
			l.shapes.series = append(l.shapes.series, v)
		}
		if s.q1 == s.q3 {
			line.span(at.at-0.25*b.room(), at.at+0.25*b.room(), s.q2, s.q2)
			line.tell(b.tell(at, k, s))
			continue
		}
		spine.span(at.at, at.at, s.least, s.most)
		bar.span(at.at, at.at, s.q1, s.q3)
		l.dot.x, l.dot.y = append(l.dot.x, at.at), append(l.dot.y, s.q2)
		l.dot.tell(b.tell(at, k, s))
	}
	l.spines.add(spine)
	l.bars.add(bar)
	l.lines.add(line)
}

// add adds a series that has marks.
func (l *layer) add(s series) {
	if len(s.x) > 0 {
		l.series = append(l.series, s)
	}
}

// A shape is the density of a violin at some values.
type shape struct{ x, y []float64 }

// shapesOf estimates the densities, and the greatest of them.
func (d *drawing) shapesOf(b *bunches) (shapes [][]shape, widest float64, err error) {
	n := max(25, min(100, 1500/b.count()))
	log := d.upright().logY
	shapes = make([][]shape, len(b.lists))
	for k, bunches := range b.lists {
		for _, at := range bunches {
			v := at.values
			if log {
				v = logarithms(v)
			}
			var s shape
			lo, hi := ends(v)
			if rule := silverman(v, lo, hi); rule > 0 {
				e, err := d.smooth(v, lo, hi, rule, b.names[k])
				if err != nil {
					return nil, 0, err
				}
				s.x, s.y = e.between(n)
				s.weigh()
				_, most := ends(s.y)
				widest = math.Max(widest, most)
			}
			for i := range s.x {
				if log {
					s.x[i] = math.Pow(10, s.x[i])
				}
			}
			shapes[k] = append(shapes[k], s)
		}
	}
	return shapes, widest, nil
}

// weigh makes the area 1, some of which the ends have cut off.
func (s *shape) weigh() {
	area := 0.0
	for i := 1; i < len(s.x); i++ {
		area += (s.x[i] - s.x[i-1]) * (s.y[i] + s.y[i-1]) / 2
	}
	for i := range s.y {
		s.y[i] /= area
	}
}

// mirror outlines a violin around a place on the axis of categories.
func (s *series) mirror(at, scale float64, of shape) {
	s.y = of.x
	s.x, s.x2 = make([]float64, len(of.x)), make([]float64, len(of.x))
	for i, y := range of.y {
		s.x[i], s.x2[i] = at-y*scale, at+y*scale
	}
}

// barOf is how wide the bars of the quartiles are, px.
func (d *drawing) barOf(b *bunches) float64 {
	n := float64(len(b.category.levels))
	room := orDefault(d.wide, math.Max(defaultWidth, minBand*n))
	if d.cfg.horizontal {
		room = orDefault(d.high, math.Max(defaultHeight, slotHeight*n))
	}
	return math.Max(2.5, math.Min(7, room/n*b.room()/8))
}
