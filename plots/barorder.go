package plots

import (
	"cmp"
	"errors"
	"math"
	"slices"
)

// Sorted puts the bar with the greatest value first; of stacked or grouped bars
// the sum of a category decides.
func Sorted() Option {
	return option("Sorted", []chartKind{barChart}, func(c *config) { c.sorted = true })
}

// barsOf is the categories that have bars, in their order. Those of a panel are
// chosen by the rows of all panels, which have them in common.
func (d *drawing) barsOf(b *barStack) ([]int, error) {
	if b.cat.whole == nil {
		return b.order(d.cfg.sorted), nil
	}
	if b.cat.whole.bars == nil {
		all := drawing{part: d.part, logX: d.logX, logY: d.logY}
		if panel, ok := d.src.(some); ok {
			all.src = panel.source
		}
		whole, err := all.newBarStack()
		if err != nil {
			return nil, err
		}
		b.cat.whole.bars = whole.order(d.cfg.sorted)
	}
	return b.cat.whole.bars, nil
}

// order is the maxBars categories with the longest bars, or all: in the order of
// the data, or that with the greatest value first.
func (b *barStack) order(sorted bool) []int {
	n := len(b.cat.levels)
	keep := make([]int, n)
	for c := range keep {
		keep[c] = c
	}
	if n <= maxBars && !sorted {
		return keep
	}
	b.measure()
	if n > maxBars {
		keep = leading(n, maxBars, func(i, j int) int { return cmp.Compare(b.length[j], b.length[i]) })
		slices.Sort(keep)
	}
	if sorted {
		slices.SortStableFunc(keep, func(i, j int) int { return cmp.Compare(b.total[j], b.total[i]) })
	}
	return keep
}

// measure finds the length of the bars of each category together, and their sum.
func (b *barStack) measure() {
	if b.length != nil {
		return
	}
	n := len(b.cat.levels)
	b.length, b.total, b.left = make([]float64, n), make([]float64, n), leftOut{}
	for c := range n {
		poll(c)
		for _, bar := range b.of(c) {
			b.length[c] += math.Abs(bar.to - bar.from)
			b.total[c] += bar.to - bar.from
		}
	}
	b.all = b.left
}

// finishBars turns bars into the shapes that their options need: texts and bars
// on their sides have places beside the categories.
func (d *drawing) finishBars() error {
	intervals := d.cfg.interval.of != nil
	if !d.cfg.horizontal && d.cfg.annotated == never && !intervals {
		return nil
	}
	if d.logX || d.logY {
		if d.cfg.horizontal {
			return errors.New("horizontal bars have no log scale; leave out Horizontal or the log scale")
		}
		return errors.New("bars with their values have no log scale; leave out Annotated or the log scale")
	}
	d.cellBars()
	if intervals {
		d.whiskers()
	}
	if d.cfg.annotated != never {
		d.barTexts()
	}
	if d.cfg.horizontal {
		d.lie()
	}
	return nil
}

// barTexts writes the values at the ends of the bars.
func (d *drawing) barTexts() {
	if d.cfg.eval.normalized {
		d.partTexts()
		return
	}
	ends, values := d.barEnds()
	format := valueFormat(values)
	if upright := !d.cfg.horizontal; upright && d.cfg.percent[1] || !upright && d.cfg.percent[0] {
		format = percentFormat(values)
	}
	texts, widest := make([]string, len(values)), 0.0
	for i, v := range values {
		texts[i] = format(v)
		widest = math.Max(widest, textWidth(texts[i]))
	}
	if room := d.barRoom(); room < labelSize || !d.cfg.horizontal && room < widest {
		d.note("the bars are too narrow for their values")
		return
	}
	d.endTexts(ends, values, texts)
	d.reachTexts(ends, values, widest)
}

// endTexts lays texts over the ends of the bars, and under those of negative values.
func (d *drawing) endTexts(ends [][2]float64, values []float64, texts []string) {
	up, down := textFont{dy: -3}, textFont{dy: labelSize + 3}
	if d.cfg.horizontal {
		up, down = textFont{align: alignLeft, middle: true, dx: 4}, textFont{align: alignRight, middle: true, dx: -4}
	}
	for _, side := range []struct {
		below bool
		font  textFont
	}{{false, up}, {true, down}} {
		s := series{fill: "ink"}
		for i, e := range ends {
			if values[i] < 0 == side.below {
				s.x, s.y, s.text = append(s.x, e[0]), append(s.y, e[1]), append(s.text, texts[i])
			}
		}
		if len(s.x) > 0 {
			d.over = append(d.over, layer{mark: textMark, silent: true, opacity: 1, font: side.font, series: []series{s}})
		}
	}
}

// partTexts writes the shares of stacked bars into their parts, where they fit.
func (d *drawing) partTexts() {
	high, wide := orDefault(d.high, defaultHeight), d.barRoom()*(1-barPadding)
	if d.cfg.horizontal {
		high, wide = wide, orDefault(d.wide, defaultWidth)
	}
	for k, s := range d.layer.series {
		slot := k
		if s.other {
			slot = restSlot
		}
		l := layer{mark: textMark, silent: true, opacity: 1, font: textFont{middle: true}}
		t := series{fill: inkOn(parseColor(d.cfg.theme.class(slot)))}
		for i := range s.x {
			share := s.y[i] - s.y2[i]
			text := percentFormat([]float64{math.Round(share*100) / 100})(share)
			room, across := wide, high*share
			if d.cfg.horizontal {
				room, across = wide*share, high
			}
			if textWidth(text) <= room && across >= labelSize+4 {
				t.x, t.y, t.text = append(t.x, (s.x[i]+s.x2[i])/2), append(t.y, (s.y[i]+s.y2[i])/2), append(t.text, text)
			}
		}
		if len(t.x) > 0 {
			l.series = []series{t}
			d.over = append(d.over, l)
		}
	}
}

// barEnds are the places at the ends of the bars, and the values there: of
// stacked bars the sums.
func (d *drawing) barEnds() (at [][2]float64, values []float64) {
	type end struct{ up, down, sum float64 }
	ends := map[float64]*end{}
	for _, s := range d.layer.series {
		for i := range s.x {
			x := (s.x[i] + s.x2[i]) / 2
			e := ends[x]
			if e == nil {
				e = &end{}
				ends[x] = e
			}
			e.up, e.down = math.Max(e.up, s.y[i]), math.Min(e.down, s.y[i])
			if s.lo != nil && finite(s.lo[i]) && finite(s.hi[i]) {
				e.up, e.down = math.Max(e.up, s.hi[i]), math.Min(e.down, s.lo[i])
			}
			e.sum += s.y[i] - s.y2[i]
		}
	}
	for x, e := range ends {
		y := e.up
		if e.sum < 0 {
			y = e.down
		}
		at, values = append(at, [2]float64{x, y}), append(values, e.sum)
	}
	order := make([]int, len(at))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int { return cmp.Compare(at[a][0], at[b][0]) })
	sorted := make([][2]float64, len(at))
	for i, k := range order {
		sorted[i] = at[k]
	}
	return sorted, pick(values, order)
}

// barRoom is the size across of a bar with its gap, px.
func (d *drawing) barRoom() float64 {
	n := float64(len(d.x.levels))
	size := orDefault(d.wide, math.Max(defaultWidth, minBand*n))
	if d.cfg.horizontal {
		size = orDefault(d.high, math.Max(defaultHeight, slotHeight*n))
	}
	band := size / n
	if d.cfg.grouped {
		return band * (1 - barPadding) / float64(max(1, d.layer.slots))
	}
	return band
}

// reachTexts makes room for the texts beyond the longest bars.
func (d *drawing) reachTexts(ends [][2]float64, values []float64, widest float64) {
	lo, hi := 0.0, 0.0
	for _, e := range ends {
		lo, hi = math.Min(lo, e[1]), math.Max(hi, e[1])
	}
	room, size := labelSize+8.0, orDefault(d.high, defaultHeight)
	if d.cfg.horizontal {
		room, size = widest+8, orDefault(d.wide, defaultWidth)
	}
	beyond := (hi - lo) * room / math.Max(size-2*room, room)
	for i, e := range ends {
		if values[i] >= 0 {
			d.reachY = append(d.reachY, e[1]+beyond)
		} else {
			d.reachY = append(d.reachY, e[1]-beyond)
		}
	}
}
