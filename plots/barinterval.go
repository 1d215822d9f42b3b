package plots

import (
	"errors"
	"fmt"
	"math"
)

// barInterval checks that the bars can have the intervals that are asked for; bars
// with intervals are as long as the middle of these.
func (d *drawing) barInterval(value *column, several bool) (aggregate, error) {
	in, agg := d.cfg.interval, d.cfg.agg
	switch {
	case value == nil || agg.name == "count":
		return agg, errors.New("Interval: want bars of a value column; a number of rows has no interval")
	case agg.of != nil && agg.name != in.middle:
		return agg, fmt.Errorf("Interval: %s is around the %s; leave out Agg, or want plots.Agg(%q), got %q", in.title, in.middle, in.middle, agg.name)
	case several && !d.cfg.grouped:
		return agg, errors.New("Interval: stacked bars have none; want plots.Grouped()")
	case d.logY:
		return agg, errors.New("bars with their intervals have no log scale; leave out Interval or LogY")
	case d.cfg.eval.normalized:
		return agg, errors.New("Normalized and Interval: choose one; shares have no interval")
	}
	return aggregates[in.middle], nil
}

// measure adds the interval of a bar's values to its series.
func (s *series) measure(in interval, values []float64) {
	_, lo, hi := in.of(values)
	s.lo, s.hi = append(s.lo, lo), append(s.hi, hi)
	s.tell([]string{numerals([]float64{lo})[0], numerals([]float64{hi})[0], group(len(values))})
}

// whiskers draws the intervals at the ends of the bars, which are cells by now.
func (d *drawing) whiskers() {
	l := layer{mark: ruleMark, silent: true, opacity: 1, stroke: 2, dash: solid}
	single, beyond := 0, 0
	for _, s := range d.layer.series {
		w := series{fill: "ink"}
		for i, lo := range s.lo {
			hi := s.hi[i]
			switch {
			case !finite(lo) || !finite(hi):
				beyond++
				continue
			case lo == hi:
				single++
				continue
			}
			middle, half := (s.x[i]+s.x2[i])/2, math.Min(0.08, (s.x2[i]-s.x[i])/4)
			w.span(middle, middle, lo, hi)
			w.span(middle-half, middle+half, lo, lo)
			w.span(middle-half, middle+half, hi, hi)
			d.reachY = append(d.reachY, lo, hi)
		}
		l.series = append(l.series, w)
	}
	if single > 0 {
		d.note("no interval at %s of one row or of equal values", plural(single, "bar"))
	}
	if beyond > 0 {
		d.note("no interval at %s: too large to draw", plural(beyond, "bar"))
	}
	d.over = append(d.over, l)
}
