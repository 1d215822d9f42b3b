package plots

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/gonum/stat/distuv"

	"github.com/sheaf-go/sheaf/internal/quantile"
	"github.com/sheaf-go/sheaf/tables"
)

// ErrorBand draws what several rows of each x have in common: the line of their
// mean y, and a band around it. The band is the 95% confidence interval of the
// mean by Student's t (mean ± t·s/√n), unless [Interval] says another; an x with
// one row has no width. x may hold numbers, moments or names, y holds numbers.
// [Color] gives each value of a column a line and a band. Above about 1,000
// points the line is thinned as [Line] does it.
func ErrorBand(t *tables.Table, x, y string, opts ...Option) *Chart {
	src, err := fromTable(t)
	return newChart(errorBandChart, src, x, y, err, opts)
}

// ErrorBandXY draws a line and a given band around it: four slices of equal
// length, the band from lo to hi at each x.
func ErrorBandXY(xs, ys, lo, hi []float64, opts ...Option) *Chart {
	var err error
	if len(ys) != len(xs) || len(lo) != len(xs) || len(hi) != len(xs) {
		err = fmt.Errorf("want slices of equal length, got %d x, %d y, %d low and %d high", len(xs), len(ys), len(lo), len(hi))
	}
	src := memory{[]*column{{name: "x", v: xs}, {name: "y", v: ys}, {name: "low", v: lo}, {name: "high", v: hi}}}
	given := option("given", nil, func(c *config) { c.low, c.high = "low", "high" })
	return newChart(errorBandChart, src, "x", "y", err, append([]Option{given}, opts...))
}

// An interval is a middle and a band of the values of one x, which it may
// reorder.
type interval struct {
	middle, title string
	of            func([]float64) (middle, lo, hi float64)
}

var intervals = map[string]interval{
	"ci95": {"mean", "95% confidence", confidence},
	"sd": {"mean", "mean ± standard deviation", func(v []float64) (float64, float64, float64) {
		m, s := meanSD(v)
		return m, m - s, m + s
	}},
	"range": {"mean", "range", func(v []float64) (float64, float64, float64) {
		m, _ := meanSD(v)
		lo, hi := ends(v)
		return m, lo, hi
	}},
	"quartiles": {"median", "quartiles", func(v []float64) (float64, float64, float64) {
		q := quantile.Of(v, 0.25, 0.5, 0.75)
		return q[1], q[0], q[2]
	}},
}

// Interval says what the band of an [ErrorBand] shows, and draws whiskers at the
// ends of bars, which are then as long as its middle: "ci95", the 95%
// confidence interval of the mean (the default); "sd", the standard deviation
// (of a sample, n-1) on both sides of the mean; "range", the least and the
// greatest value around the mean; "quartiles", the lower and the upper quartile
// around the median.
func Interval(kind string) Option {
	return Option{"Interval", []chartKind{errorBandChart, barChart}, func(c *config) error {
		i, ok := intervals[kind]
		if !ok {
			return fmt.Errorf(`Interval: want "ci95", "sd", "range" or "quartiles", got %q`, kind)
		}
		c.interval = i
		return nil
	}}
}

// confidence is the mean and its 95% confidence interval, by Student's t.
func confidence(v []float64) (mean, lo, hi float64) {
	if len(v) < 2 {
		return v[0], v[0], v[0]
	}
	m, s := meanSD(v)
	n := float64(len(v))
	half := distuv.StudentsT{Sigma: 1, Nu: n - 1}.Quantile(0.975) * s / math.Sqrt(n)
	return m, m - half, m + half
}

// meanSD is the mean and the standard deviation of a sample, 0 for one value.
func meanSD(v []float64) (mean, sd float64) {
	lo, hi := ends(v)
	return meanSDWithin(v, lo, hi)
}

// meanSDWithin is meanSD of values from lo to hi.
func meanSDWithin(v []float64, lo, hi float64) (mean, sd float64) {
	scale := math.Max(math.Abs(lo), math.Abs(hi)) // squares of large numbers stay finite
	if scale == 0 || len(v) == 1 {
		return v[0], 0
	}
	for i, x := range v {
		poll(i)
		mean += x / scale
	}
	mean /= float64(len(v))
	squares := 0.0
	for i, x := range v {
		poll(i)
		d := x/scale - mean
		squares += d * d
	}
	return mean * scale, math.Sqrt(squares/float64(len(v)-1)) * scale
}

func (d *drawing) errorBand() error {
	x, ys, err := d.columns(false)
	if err != nil {
		return err
	}
	y := ys[0]
	if y.kind != quantitative {
		return fmt.Errorf("y column %q holds %s; want numbers", y.name, y.kind.holds())
	}
	g, err := d.groups()
	if err != nil {
		return err
	}
	var all []series
	if d.cfg.low != "" {
		all, err = d.givenBand(x, y, g)
	} else {
		all = d.computedBand(x, y, g)
	}
	if err != nil {
		return err
	}
	if d.logY {
		d.raise(all)
	}
	d.drawBand(all)
	if len(d.layer.series) == 0 {
		return errNothing(x.len(), d.notes)
	}
	d.tightX = true
	return nil
}

// A band is kept as a series whose x2 is the low end at each x, y2 the high one,
// and size the number of rows, until it is drawn.

// computedBand summarizes the values of each class and x.
func (d *drawing) computedBand(x, y *column, g grouping) []series {
	in := d.cfg.interval
	if in.of == nil {
		in = intervals["ci95"]
	}
	d.y.label = in.middle + " of " + y.name
	d.layer.info = []string{in.title + ", from", "to", "rows"}
	all := d.curves(x, []*column{y}, g)
	single, beyond := 0, 0
	for k := range all {
		s := &all[k]
		xs, lists := byX(s.x, s.y)
		s.x, s.y = nil, nil
		for i, v := range lists {
			middle, lo, hi := in.of(v)
			if !finite(middle) || !finite(lo) || !finite(hi) {
				beyond++
				continue
			}
			if len(v) == 1 {
				single++
			}
			s.x, s.y = append(s.x, xs[i]), append(s.y, middle)
			s.x2, s.y2 = append(s.x2, lo), append(s.y2, hi)
			s.size = append(s.size, float64(len(v)))
		}
	}
	if single > 0 {
		d.note("no band at %s with one row", plural(single, "place"))
	}
	if beyond > 0 {
		d.note("%s left out: too large to draw", plural(beyond, "place"))
	}
	return all
}

// givenBand reads the ends of the band, in the order of x.
func (d *drawing) givenBand(x, y *column, g grouping) ([]series, error) {
	if d.cfg.interval.of != nil {
		return nil, errors.New("Interval: the ends of the band are given")
	}
	low, err := d.src.column(d.cfg.low)
	if err != nil {
		return nil, err
	}
	high, err := d.src.column(d.cfg.high)
	if err != nil {
		return nil, err
	}
	d.layer.info = []string{"from", "to"}
	f := filter{logX: d.logX, logY: d.logY}
	var rows []int
	for i, v := range x.v {
		poll(i)
		if low.v[i] > high.v[i] {
			return nil, fmt.Errorf("want a band from the low end to the high one, got %g to %g in row %d", low.v[i], high.v[i], i+1)
		}
		if !finite(low.v[i]) || !finite(high.v[i]) {
			f.missing++
		} else if f.keep(v, y.v[i]) {
			rows = append(rows, i)
		}
	}
	d.report(f, "point")
	slices.SortStableFunc(rows, asking(func(a, b int) int { return cmp.Compare(x.v[a], x.v[b]) }))
	s := g.series(0)
	s.x, s.y, s.x2, s.y2 = pick(x.v, rows), pick(y.v, rows), pick(low.v, rows), pick(high.v, rows)
	return []series{s}, nil
}

// raise keeps the low ends on a log scale, which has no room at zero and below.
func (d *drawing) raise(all []series) {
	floor := math.Inf(1)
	for _, s := range all {
		for i, lo := range s.x2 {
			for _, v := range []float64{lo, s.y[i]} {
				if v >= smallest {
					floor = math.Min(floor, v)
				}
			}
		}
	}
	raised := 0
	for _, s := range all {
		for i, lo := range s.x2 {
			if lo < smallest {
				s.x2[i] = floor
				raised++
			}
		}
	}
	if raised > 0 {
		d.note("the band's low end is not above 0 at %s and drawn at %g", plural(raised, "place"), floor)
	}
}

// drawBand draws the lines, with the numbers of the band in their tooltips, on
// the bands.
func (d *drawing) drawBand(all []series) {
	budget := max(lineBudget/2/max(1, len(all)), 150)
	band := layer{mark: areaMark, silent: true, opacity: orDefault(d.cfg.opacity, 0.25)}
	d.layer.mark, d.layer.opacity, d.layer.xTitle, d.layer.yTitle = lineMark, 1, d.x.label, d.y.label
	drawn, total := 0, 0
	for _, s := range all {
		total += len(s.x)
		if len(s.x) > budget {
			rows := minMaxRows(s.x, s.y, budget, d.logX)
			s.x, s.y, s.x2, s.y2, s.size = pick(s.x, rows), pick(s.y, rows), pick(s.x2, rows), pick(s.y2, rows), pick(s.size, rows)
		}
		if len(s.x) == 0 {
			continue
		}
		drawn += len(s.x)
		d.reachY = append(append(d.reachY, s.x2...), s.y2...)
		area := s
		area.y, area.y2, area.x2, area.size = s.y2, s.x2, nil, nil
		band.series = append(band.series, area)
		s.info = [][]string{numerals(s.x2), numerals(s.y2)}
		if s.size != nil {
			s.info = append(s.info, numerals(s.size))
		}
		s.x2, s.y2, s.size = nil, nil, nil
		d.layer.series = append(d.layer.series, s)
	}
	if len(band.series) > 0 {
		d.under = append(d.under, band)
	}
	d.thinned(drawn, total)
}

// numerals writes numbers for tooltips, with six digits or more.
func numerals(v []float64) []string {
	out := make([]string, len(v))
	for i, x := range v {
		out[i] = string(rounding{digits: 6}.append(nil, x))
	}
	return out
}
