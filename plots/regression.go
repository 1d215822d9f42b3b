package plots

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"gonum.org/v1/gonum/stat/distuv"
)

// Regression lays the least-squares polynomial of a degree from 1 (a straight
// line) to 5 over a scatter, and around it the 95% confidence band of its mean
// (Student's t; Draper and Smith, Applied Regression Analysis, 1998, section
// 1.4). It is fitted to all rows that can be drawn, also where a sample of them
// is, one for each colour; on a log axis to the logarithms. The caption tells
// R², the part of the variance that it explains, and of a straight line its
// equation.
func Regression(degree int) Option {
	return Option{"Regression", []chartKind{scatterChart}, func(c *config) error {
		if degree < 1 || degree > 5 {
			return fmt.Errorf("Regression: want a degree from 1 to 5, got %d", degree)
		}
		c.regression = degree
		return nil
	}}
}

// A polynomial is a sum of polynomials that are orthogonal on the points fitted
// (Forsythe, Generation and use of orthogonal polynomials for data-fitting,
// 1957): no system of equations that could be close to singular.
type polynomial struct {
	lo, hi  float64   // range of x, mapped to -1…1
	scale   float64   // of y
	a, b    []float64 // p[k+1](t) = (t - a[k])·p[k](t) - b[k]·p[k-1](t)
	c, norm []float64 // coefficients; Σp[k]²
	r2      float64
	t       float64 // half the width of the band, in standard errors
}

// fitPolynomial returns nil where x has too few different values.
func fitPolynomial(xs, ys []float64, degree int) *polynomial {
	p := &polynomial{}
	p.lo, p.hi = ends(xs)
	lo, hi := ends(ys)
	p.scale = math.Max(math.Abs(lo), math.Abs(hi)) // squares of large numbers stay finite
	if p.scale == 0 {
		p.scale = 1
	}
	n := len(xs)
	if n <= degree || p.lo == p.hi || !finite(p.hi-p.lo) {
		return nil
	}
	ts, rest := make([]float64, n), make([]float64, n)
	mean := 0.0
	for i, x := range xs {
		poll(i)
		ts[i], rest[i] = p.unit(x), ys[i]/p.scale
		mean += rest[i] / float64(n)
	}
	total := 0.0
	for i, y := range rest {
		poll(i)
		total += (y - mean) * (y - mean)
	}
	left, ok := p.project(ts, rest, degree)
	if !ok {
		return nil
	}
	if p.r2 = math.NaN(); total > 0 {
		p.r2 = math.Max(0, 1-left/total)
	}
	if free := n - degree - 1; free > 0 {
		p.t = distuv.StudentsT{Sigma: 1, Nu: float64(free)}.Quantile(0.975) * math.Sqrt(left/float64(free))
	}
	return p
}

// project takes one polynomial after another out of the values, which become
// the residuals, and returns the sum of their squares.
func (p *polynomial) project(ts, rest []float64, degree int) (left float64, ok bool) {
	n := len(ts)
	now, before := make([]float64, n), make([]float64, n)
	for i := range now {
		now[i] = 1
	}
	for k := 0; ; k++ {
		norm, at, with := 0.0, 0.0, 0.0
		for i, v := range now {
			poll(i)
			norm += v * v
			at += ts[i] * v * v
			with += rest[i] * v
		}
		if norm <= 1e-20*float64(n) { // fewer different values of x than k
			return 0, false
		}
		a, b, c := at/norm, 0.0, with/norm
		if k > 0 {
			b = norm / p.norm[k-1]
		}
		p.a, p.b, p.c, p.norm = append(p.a, a), append(p.b, b), append(p.c, c), append(p.norm, norm)
		left = 0
		for i, v := range now {
			poll(i)
			rest[i] -= c * v
			left += rest[i] * rest[i]
			now[i], before[i] = (ts[i]-a)*v-b*before[i], v
		}
		if k == degree {
			return left, true
		}
	}
}

// unit maps the range of x to -1…1.
func (p *polynomial) unit(x float64) float64 { return (x-p.lo)/(p.hi-p.lo)*2 - 1 }

// at is the polynomial, and half the width of its band.
func (p *polynomial) at(x float64) (y, half float64) {
	t := p.unit(x)
	now, before, spread := 1.0, 0.0, 0.0
	for k, c := range p.c {
		y += c * now
		spread += now * now / p.norm[k]
		now, before = (t-p.a[k])*now-p.b[k]*before, now
	}
	return y * p.scale, p.t * math.Sqrt(spread) * p.scale
}

// regress adds the fits of the rows of each group.
func (d *drawing) regress(rows [][]int, xs, ys []float64, g grouping) error {
	for _, a := range []axis{d.x, d.y} {
		if a.named() {
			return fmt.Errorf("Regression wants numbers or moments; %q holds names", a.label)
		}
	}
	band := layer{mark: areaMark, silent: true, apart: true, opacity: 0.18}
	line := layer{mark: lineMark, silent: true, opacity: 1, stroke: 2.5}
	for k, rows := range rows {
		if len(rows) == 0 {
			continue
		}
		x, y := onScale(pick(xs, rows), d.logX), onScale(pick(ys, rows), d.logY)
		p := fitPolynomial(x, y, d.cfg.regression)
		if p == nil {
			d.note("no regression%s: too few different values", of(g.names[k]))
			continue
		}
		s, area := g.series(k), g.series(k)
		if d.layer.shade != nil {
			s.fill, area.fill = "ink", "ink"
		}
		d.trace(p, &s, &area)
		d.reachY = append(d.reachY, s.y...)
		line.series, band.series = append(line.series, s), append(band.series, area)
		d.note("%s", d.equation(p, g.names[k]))
	}
	if len(line.series) > 0 {
		d.under, d.over = append(d.under, band), append(d.over, line)
	}
	return nil
}

// traced is at how many places a fit is drawn.
const traced = 60

// trace draws the fit over the range of its x.
func (d *drawing) trace(p *polynomial, line, band *series) {
	for i := range traced {
		f := float64(i) / (traced - 1)
		x := p.lo*(1-f) + p.hi*f
		y, half := p.at(x)
		line.x, line.y = append(line.x, offScale(x, d.logX)), append(line.y, offScale(y, d.logY))
		band.y, band.y2 = append(band.y, offScale(y+half, d.logY)), append(band.y2, offScale(y-half, d.logY))
	}
	band.x = line.x
}

// equation tells what was fitted and how well.
func (d *drawing) equation(p *polynomial, name string) string {
	var b strings.Builder
	if name != "" {
		b.WriteString(name + ": ")
	}
	x, y := d.x.label, d.y.label
	if d.logX {
		x = "log10 " + x
	}
	if d.logY {
		y = "log10 " + y
	}
	if d.cfg.regression == 1 && d.x.kind == quantitative && d.y.kind == quantitative {
		slope := p.scale * p.c[1] * 2 / (p.hi - p.lo)
		start, _ := p.at(0)
		sign := "+"
		if slope < 0 {
			sign = "−"
		}
		fmt.Fprintf(&b, "%s = %s %s %s·%s, ", y, short(start), sign, short(math.Abs(slope)), x)
	}
	if math.IsNaN(p.r2) {
		b.WriteString("no variance to explain")
	} else {
		b.WriteString("R² " + strconv.FormatFloat(p.r2, 'f', 3, 64))
	}
	return b.String()
}

// short writes a number with four digits.
func short(v float64) string { return minus(strconv.FormatFloat(v, 'g', 4, 64)) }

// of is " of name", or nothing.
func of(name string) string {
	if name == "" {
		return ""
	}
	return " of " + name
}

// onScale is the values as the axis spaces them.
func onScale(v []float64, log bool) []float64 {
	if log {
		return logarithms(v)
	}
	return v
}

func offScale(v float64, log bool) float64 {
	if log {
		return math.Max(smallest, math.Min(largest, math.Pow(10, v)))
	}
	return v
}
