package plots

import (
	"errors"
	"fmt"
	"slices"

	"github.com/sheaf-go/sheaf/tables"
)

// Area draws y over x as the area between a line and zero, in the order of x.
// x may hold numbers, moments or names, y holds numbers; the values of several
// rows with one x are added up. [Color] divides the area by a column, [Y] adds
// further columns: their areas stand on one another, or with [Overlaid] all on
// zero. Where a stacked class has no row at an x that others have, its value is
// interpolated between its neighbours, and zero before its first and after its
// last row. [Normalized] shows shares of the sum. Above about 2,000 points, 1,000 of several areas, they are thinned as
// lines are.
func Area(t *tables.Table, x, y string, opts ...Option) *Chart {
	src, err := fromTable(t)
	return newChart(areaChart, src, x, y, err, opts)
}

// AreaXY is [Area] over slices of equal length.
func AreaXY(xs, ys []float64, opts ...Option) *Chart {
	src, err := fromXY(xs, ys)
	return newChart(areaChart, src, "x", "y", err, opts)
}

// Overlaid draws the classes of an area chart or of a histogram over one another,
// see-through, all from zero; they are stacked otherwise.
func Overlaid() Option {
	return option("Overlaid", []chartKind{areaChart, histogramChart}, func(c *config) { c.overlaid = true })
}

func (d *drawing) area() error {
	x, ys, err := d.columns(false)
	if err != nil {
		return err
	}
	if err := d.areable(ys); err != nil {
		return err
	}
	g, err := d.groups()
	if err != nil {
		return err
	}
	all, several := totals(d.curves(x, ys, g))
	if len(all) == 0 {
		return errNothing(x.len(), d.notes)
	}
	if several {
		d.y.label = "sum of " + d.y.label
	}
	d.tightX, d.zeroY = true, true
	d.layer = layer{mark: areaMark, xTitle: x.name, yTitle: d.y.label, lengths: true}
	if d.cfg.overlaid && d.cfg.eval.normalized {
		return errors.New("Normalized divides what is stacked; leave out Overlaid")
	}
	if d.cfg.overlaid || len(all) == 1 {
		d.overlay(all)
	} else if err := d.heap(all); err != nil {
		return err
	}
	if d.cfg.eval.normalized {
		return d.normalize()
	}
	return nil
}

// areable refuses what areas cannot show.
func (d *drawing) areable(ys []*column) error {
	for _, y := range ys {
		if y.kind != quantitative {
			return fmt.Errorf("y column %q holds %s; want numbers", y.name, y.kind.holds())
		}
	}
	if d.cfg.overlaid && d.cfg.color == "" && len(ys) == 1 {
		return errors.New("Overlaid: want several areas, by plots.Color or plots.Y")
	}
	if d.logY {
		return errors.New("areas begin at zero, which a log scale does not have; use plots.Line")
	}
	return nil
}

// totals sorts each series by x and adds up the values of one x; it tells
// whether there were several somewhere. Empty series are left out.
func totals(all []series) (out []series, several bool) {
	for _, s := range all {
		if len(s.x) == 0 {
			continue
		}
		if !ascends(s.x) {
			n := len(s.x)
			s.x, s.y = sums(s.x, s.y)
			several = several || len(s.x) < n
		}
		out = append(out, s)
	}
	return out, several
}

// sums adds up the values of each x, in the order of x.
func sums(xs, ys []float64) (at, of []float64) {
	codes, different, few := codeNumbers(xs, len(xs)/8)
	if few {
		of = make([]float64, len(different))
		for i, k := range codes {
			poll(i)
			of[k] += ys[i]
		}
		order := ascending(different)
		at, of = pick(different, order), pick(of, order)
	} else {
		if !rises(xs) {
			order := ascending(xs)
			xs, ys = pick(xs, order), pick(ys, order)
		}
		at, of = make([]float64, 0, len(xs)), make([]float64, 0, len(xs))
		for i, x := range xs {
			poll(i)
			if last := len(at) - 1; last >= 0 && at[last] == x {
				of[last] += ys[i]
			} else {
				at, of = append(at, x), append(of, ys[i])
			}
		}
	}
	for i, v := range of {
		poll(i)
		of[i] = max(-largest, min(largest, v))
	}
	return at, of
}

// ascends reports whether each value is greater than the one before.
func ascends(v []float64) bool {
	for i := 1; i < len(v); i++ {
		poll(i)
		if v[i] <= v[i-1] {
			return false
		}
	}
	return true
}

// overlay draws each series from zero, with its line over it if there are
// several.
func (d *drawing) overlay(all []series) {
	d.layer.opacity = orDefault(d.cfg.opacity, 0.75)
	budget := lineBudget
	if len(all) > 1 {
		d.layer.opacity = orDefault(d.cfg.opacity, 0.35)
		budget = max(lineBudget/2/len(all), 125)
	}
	lines := layer{mark: lineMark, opacity: 1, stroke: 1.5, silent: true, dash: solid}
	drawn, total := 0, 0
	for _, s := range all {
		if d.xrange != nil {
			s.x, s.y = window(s.x, s.y, d.xrange[0], d.xrange[1])
		}
		if len(s.x) == 0 {
			continue
		}
		total += len(s.x)
		s.x, s.y = minMax(s.x, s.y, budget, d.logX)
		drawn += len(s.x)
		line := s
		s.y2 = make([]float64, len(s.x))
		d.layer.series = append(d.layer.series, s)
		lines.series = append(lines.series, line)
	}
	if len(all) > 1 {
		d.over = append(d.over, lines)
	}
	d.thinned(drawn, total)
}

// thinned says how many points of lines are drawn.
func (d *drawing) thinned(drawn, total int) {
	if drawn < total {
		d.note("%s of %s points drawn: the extremes of each pixel column", group(drawn), group(total))
	}
}

// heap draws each series on those before it, at the places that any of them
// has.
func (d *drawing) heap(all []series) error {
	xs, total, err := d.places(all)
	if err != nil {
		return err
	}
	d.layer.opacity = orDefault(d.cfg.opacity, 0.85)
	if budget := max(lineBudget/2/len(all), 125); len(xs) > budget {
		top := make([]float64, len(xs))
		for k := range all {
			all[k].raise(top, xs)
		}
		xs = pick(xs, minMaxRows(xs, top, budget, d.logX))
		d.thinned(len(xs)*len(all), total)
	}
	top := make([]float64, len(xs))
	for k := range all {
		s := &all[k]
		base := slices.Clone(top)
		s.raise(top, xs)
		s.x, s.y, s.y2 = xs, slices.Clone(top), base
	}
	d.layer.series = all
	return nil
}

// raise puts the series on what is there at each of xs, which ascend.
func (s *series) raise(top, xs []float64) {
	for i, y := range s.spread(xs) {
		poll(i)
		top[i] = min(largest, top[i]+y)
	}
}

// places are all x of the series, once each and in order; total is how many
// points they have. What is below zero cannot stand on others.
func (d *drawing) places(all []series) (xs []float64, total int, err error) {
	for _, s := range all {
		for i, y := range s.y {
			poll(i)
			if y < 0 {
				return nil, 0, fmt.Errorf("stacked areas need values of at least 0, got %g at %s; use plots.Overlaid()", y, d.textX(s.x[i]))
			}
		}
		xs = append(xs, s.x...)
	}
	total = len(xs)
	xs = slices.Compact(sorted(xs))
	if d.xrange != nil {
		xs, _ = window(xs, xs, d.xrange[0], d.xrange[1])
	}
	return xs, total, nil
}

// textX writes a place on the x axis for a message.
func (d *drawing) textX(v float64) string {
	if d.x.named() {
		return fmt.Sprintf("%q", d.x.levels[int(v)])
	}
	return (&column{kind: d.x.kind}).label(v)
}

// spread is the value of the series at each of xs, which ascend: interpolated
// between its points, zero beyond them.
func (s *series) spread(xs []float64) []float64 {
	out := make([]float64, len(xs))
	n, k := len(s.x), 0
	for i, x := range xs {
		poll(i)
		for k < n && s.x[k] < x {
			k++
		}
		switch {
		case k < n && s.x[k] == x:
			out[i] = s.y[k]
		case k > 0 && k < n:
			t := (x - s.x[k-1]) / (s.x[k] - s.x[k-1])
			out[i] = s.y[k-1]*(1-t) + s.y[k]*t
		}
	}
	return out
}
