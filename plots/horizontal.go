package plots

// Horizontal lays bars, boxes, violins and strips on their sides: categories on
// the y axis, the first on top, values on the x axis. Room for long names.
func Horizontal() Option {
	return option("Horizontal", []chartKind{barChart, boxChart, violinChart, stripChart},
		func(c *config) { c.horizontal = true })
}

// lie swaps the axes of what has been drawn upright.
func (d *drawing) lie() {
	d.x, d.y = d.y, d.x
	d.tightX, d.tightY, d.zeroX, d.zeroY = d.tightY, d.tightX, d.zeroY, d.zeroX
	d.reachX, d.reachY = d.reachY, d.reachX
	flip := func(l *layer) {
		l.xTitle, l.yTitle, l.sideways = l.yTitle, l.xTitle, !l.sideways
		for i := range l.series {
			s := &l.series[i]
			s.x, s.y, s.x2, s.y2 = s.y, s.x, s.y2, s.x2
		}
	}
	flip(&d.layer)
	for _, ls := range [][]layer{d.under, d.over} {
		for i := range ls {
			flip(&ls[i])
		}
	}
}

// cellBars turns bars into cells on an axis of categories with room between
// them.
func (d *drawing) cellBars() {
	l := &d.layer
	l.mark, l.noun, l.lengths = cellMark, "bar", true
	d.x.kind = slotted
	width := 1 - barPadding
	if l.grouped {
		width /= float64(l.slots)
	}
	for k := range l.series {
		s := &l.series[k]
		left := -(1 - barPadding) / 2
		if l.grouped {
			left += width * float64(k)
		}
		s.x2 = make([]float64, len(s.x))
		for i := range s.x {
			s.x[i] += left
			s.x2[i] = s.x[i] + width
		}
	}
	l.grouped = false
}
