package plots

import (
	"errors"
	"fmt"
	"math"
	"slices"

	"github.com/sheaf-go/sheaf/internal/quantile"
	"github.com/sheaf-go/sheaf/tables"
)

// Density draws the estimated density of a column of numbers or moments: a
// smooth histogram whose area is 1. It is a sum of Gaussian kernels, one around
// each value, of the bandwidth of Silverman's rule of thumb (0.9·min(standard
// deviation, interquartile range/1.34)·n^(-1/5); Density Estimation, 1986,
// equation 3.31), or of [Bandwidth]. [Color] draws a curve of area 1 for each
// value of a column. The density of moments is that by day. Under [LogX] it is
// the density of the base-10 logarithm. Laid over a [Histogram] by [Layer], it is
// drawn as the counts that it expects in the bins. The values are first put on a fine grid
// (Wand, Fast computation of multivariate kernel estimators, 1994), so that
// many cost little.
func Density(t *tables.Table, x string, opts ...Option) *Chart {
	src, err := fromTable(t)
	return newChart(densityChart, src, x, "", err, opts)
}

// DensityX is [Density] over a slice.
func DensityX(xs []float64, opts ...Option) *Chart {
	src := memory{[]*column{{name: "value", v: xs}}}
	return newChart(densityChart, src, "value", "", nil, opts)
}

// Bandwidth sets the standard deviation of the kernels of a density or a
// violin, in the unit of the values (milliseconds for moments; decades under a
// log scale): greater is smoother.
func Bandwidth(h float64) Option {
	return Option{"Bandwidth", []chartKind{densityChart, violinChart}, func(c *config) error {
		if !(h > 0) || !finite(h) {
			return fmt.Errorf("Bandwidth: want a number above 0, got %g", h)
		}
		c.bandwidth = h
		return nil
	}}
}

func (d *drawing) density() error {
	of, err := d.valued()
	if err != nil {
		return err
	}
	d.x, d.y = axisOf(of.column), axis{label: "density"}
	unit := 1.0
	switch {
	case of.column.kind == temporal:
		d.y.label, unit = "density per day", day
	case d.logX:
		d.y.label = "density of the logarithm"
	}
	var curves []series
	for k, v := range of.lists {
		if len(v) == 0 {
			continue
		}
		s := of.classes.series(k)
		if s.x, s.y, err = d.curve(v, s.name, unit, len(of.lists)); err != nil {
			return err
		}
		s.of = float64(len(v))
		curves = append(curves, s)
	}
	d.drawDensity(curves, of.column.name)
	return nil
}

// curve is the density of values, thinned to what the picture shows of one of
// several curves.
func (d *drawing) curve(v []float64, name string, unit float64, several int) (xs, ys []float64, err error) {
	if d.logX {
		v = logarithms(v)
	}
	e, err := d.estimate(v, name)
	if err != nil {
		return nil, nil, err
	}
	budget := max(lineBudget/5/several, 100)
	if d.wide > 0 { // smooth as it is, a point for every second px
		budget = min(budget, max(48, int(d.wide/2)))
	}
	xs, ys = e.all(budget)
	for i := range xs {
		ys[i] *= unit
		if d.logX {
			xs[i] = math.Max(smallest, math.Min(largest, math.Pow(10, xs[i])))
		}
	}
	return xs, ys, nil
}

func logarithms(v []float64) []float64 {
	out := make([]float64, len(v))
	for i, x := range v {
		poll(i)
		out[i] = math.Log10(x)
	}
	return out
}

// drawDensity draws the curves over light areas; a log scale of y has no room
// for the areas, and none for the far ends of the curves.
func (d *drawing) drawDensity(curves []series, title string) {
	d.tightX = true
	d.layer = layer{mark: lineMark, opacity: 1, xTitle: title, yTitle: d.y.label}
	d.expect(curves)
	if d.logY {
		for i := range curves {
			curves[i].above(1e-4)
		}
		d.layer.series = curves
		return
	}
	d.zeroY = true
	d.layer.series = curves
	if d.binWide > 0 && d.cfg.opacity == 0 {
		return // an area would change the colour of the bars
	}
	area := layer{mark: areaMark, silent: true, opacity: orDefault(d.cfg.opacity, 0.2)}
	for _, s := range curves {
		s.y2 = make([]float64, len(s.x))
		area.series = append(area.series, s)
	}
	d.under = append(d.under, area)
}

// binsUnder is the width of the bins that densities lie over, in the units of
// the densities; 0 if there are none.
func binsUnder(parts []part, cfg config) (float64, error) {
	under := slices.IndexFunc(parts, func(p part) bool { return p.kind == histogramChart })
	if under < 0 || !slices.ContainsFunc(parts, func(p part) bool { return p.kind == densityChart }) {
		return 0, nil
	}
	d := newDrawing(parts[under], cfg)
	if err := d.draw(); err != nil {
		return 0, err
	}
	s := &d.layer.series[0]
	switch lo, hi := s.x[0], s.x2[0]; {
	case d.x.kind == temporal:
		return (hi - lo) / day, nil
	case d.logX:
		return math.Log10(hi) - math.Log10(lo), nil
	default:
		return hi - lo, nil
	}
}

// expect turns densities over a histogram into the counts that they expect in its
// bins, for which its axis is.
func (d *drawing) expect(curves []series) {
	if d.binWide == 0 {
		return
	}
	d.y.label, d.layer.yTitle = "count", "expected count"
	d.note("the density is scaled to the counts of the bins")
	for _, s := range curves {
		for i := range s.y {
			s.y[i] *= s.of * d.binWide
		}
	}
}

// above keeps the points that are at least a part of the highest.
func (s *series) above(part float64) {
	_, most := ends(s.y)
	var xs, ys []float64
	for i, y := range s.y {
		if y >= most*part {
			xs, ys = append(xs, s.x[i]), append(ys, y)
		}
	}
	s.x, s.y = xs, ys
}

// An estimate is a density on a grid.
type estimate struct {
	from, step float64
	y          []float64
	h          float64 // the bandwidth
	lo, hi     float64 // the range of the values
}

// finest is how many bandwidths the range of the values has at most; a smaller
// bandwidth would not show.
const finest = 8192.0

// estimate estimates the density of the values of a class, which are not empty.
func (d *drawing) estimate(v []float64, name string) (estimate, error) {
	lo, hi := ends(v)
	rule := 0.0
	if d.cfg.bandwidth == 0 {
		rule = silverman(v, lo, hi)
	}
	return d.smooth(v, lo, hi, rule, name)
}

// smooth estimates the density of values from lo to hi, whose bandwidth is rule
// unless another is asked for.
func (d *drawing) smooth(v []float64, lo, hi, rule float64, name string) (estimate, error) {
	h := d.cfg.bandwidth
	if h == 0 {
		if h = rule; h == 0 {
			h = orDefault(math.Abs(lo)*0.1, 1)
			of := ""
			if name != "" {
				of = " of " + name
			}
			d.note("all values%s are equal: the bandwidth is a guess, %s", of, numerals([]float64{h})[0])
		}
	}
	if least := (hi - lo) / finest; h < least {
		if d.cfg.bandwidth > 0 {
			d.note("bandwidth %s, the least that shows", numerals([]float64{least})[0])
		}
		h = least
	}
	if !finite(1/h) || !finite(lo-4*h) || !finite(hi+4*h) || (hi-lo+6*h)/h > 2*finest || lo+h == lo || hi+h == hi {
		return estimate{}, errors.New("the values are too large, or too close to one another, for a density")
	}
	return kernels(v, lo, hi, h), nil
}

// silverman is the bandwidth of Silverman's rule; 0 if all values are equal, or
// as good as equal.
func silverman(v []float64, lo, hi float64) float64 {
	if alike(lo, hi) {
		return 0
	}
	_, spread := meanSDWithin(v, lo, hi)
	q := quantile.Of(spaced([][]float64{v}, len(v)), 0.25, 0.75)
	if iqr := (q[1] - q[0]) / 1.34; iqr > 0 {
		spread = math.Min(spread, iqr)
	}
	return 0.9 * spread * math.Pow(float64(len(v)), -0.2)
}

// kernels sums the kernels: each value is shared by the two grid points beside
// it, and the grid is convolved with the kernel.
func kernels(v []float64, lo, hi, h float64) estimate {
	const reach = 3 // bandwidths beyond the values
	e := estimate{from: lo - reach*h, h: h, lo: lo, hi: hi}
	span := hi - lo + 2*reach*h
	n := max(512, int(span/(h/4))+2)
	e.step = span / float64(n-1)
	weights := make([]float64, n+1)
	for i, x := range v {
		poll(i)
		p := (x - e.from) / e.step
		k := min(int(p), n-1)
		weights[k] += 1 - (p - float64(k))
		weights[k+1] += p - float64(k)
	}
	taps := make([]float64, int(4*h/e.step)+1)
	scale := 1 / (float64(len(v)) * h * math.Sqrt(2*math.Pi))
	for i := range taps {
		z := float64(i) * e.step / h
		taps[i] = scale * math.Exp(-z*z/2)
	}
	e.y = make([]float64, n)
	for k, w := range weights[:n] {
		poll(k)
		if w == 0 {
			continue
		}
		e.y[k] += w * taps[0]
		for i := 1; i < len(taps); i++ {
			if k >= i {
				e.y[k-i] += w * taps[i]
			}
			if k+i < n {
				e.y[k+i] += w * taps[i]
			}
		}
	}
	return e
}

// all is the whole curve in at most about budget points: equally spaced ones
// where they show every bend, else the extremes.
func (e estimate) all(budget int) (xs, ys []float64) {
	xs = make([]float64, len(e.y))
	for i := range xs {
		xs[i] = e.from + float64(i)*e.step
	}
	if float64(len(xs))/float64(budget)*e.step <= e.h/2 {
		return everyKth(xs, e.y, budget)
	}
	return minMax(xs, e.y, 2*budget, false)
}

// between is the curve from the least to the greatest value, at n points.
func (e estimate) between(n int) (xs, ys []float64) {
	xs, ys = make([]float64, n), make([]float64, n)
	for i := range xs {
		t := float64(i) / float64(n-1)
		xs[i] = e.lo*(1-t) + e.hi*t
		p := (xs[i] - e.from) / e.step
		k := min(int(p), len(e.y)-2)
		f := p - float64(k)
		ys[i] = e.y[k]*(1-f) + e.y[k+1]*f
	}
	return xs, ys
}
