package plots

import (
	"errors"
	"slices"

	"github.com/sheaf-go/sheaf/tables"
)

// Steps draws a line as stairs: each y holds until the next x, as a price or a
// state does.
func Steps() Option {
	return option("Steps", []chartKind{lineChart}, func(c *config) { c.steps = true })
}

// Markers draws a mark at each point of a line, so that it shows where the data
// is and where the line only joins it.
func Markers() Option {
	return option("Markers", []chartKind{lineChart}, func(c *config) { c.dots = true })
}

// markPoints lays points over the lines.
func (d *drawing) markPoints() {
	l := layer{mark: pointMark, silent: true, opacity: d.layer.opacity, area: 36}
	for _, s := range d.layer.series {
		s.info = nil
		l.series = append(l.series, s)
	}
	d.over = append(d.over, l)
}

// stairs adds the corners of a line of steps.
func stairs(xs, ys []float64) (sx, sy []float64) {
	for i, x := range xs {
		if i > 0 {
			sx, sy = append(sx, x), append(sy, ys[i-1])
		}
		sx, sy = append(sx, x), append(sy, ys[i])
	}
	return sx, sy
}

// ECDF draws the empirical cumulative distribution function of a column of
// numbers or moments: at each value the share of the rows that are not above it,
// as stairs from 0 to 1. It shows every quantile, and needs no bins and no
// bandwidth. [Color] draws one for each value of a column.
func ECDF(t *tables.Table, x string, opts ...Option) *Chart {
	src, err := fromTable(t)
	return newChart(ecdfChart, src, x, "", err, opts)
}

// ECDFX is [ECDF] over a slice.
func ECDFX(xs []float64, opts ...Option) *Chart {
	src := memory{[]*column{{name: "value", v: xs}}}
	return newChart(ecdfChart, src, "value", "", nil, opts)
}

func (d *drawing) ecdf() error {
	if d.logY {
		return errors.New("the share of an ECDF begins at 0, which a log scale of y does not have")
	}
	of, err := d.valued()
	if err != nil {
		return err
	}
	d.x, d.y = axisOf(of.column), axis{label: "cumulative share"}
	d.layer = layer{mark: lineMark, steps: true, opacity: orDefault(d.cfg.opacity, 1), xTitle: of.column.name, yTitle: d.y.label}
	steps := 0
	for k, v := range of.lists {
		if len(v) == 0 {
			continue
		}
		s := of.classes.series(k)
		budget := max(lineBudget/len(of.lists), 200)
		if len(v) > budget {
			steps += budget
		}
		s.x, s.y = cumulated(v, budget)
		d.layer.series = append(d.layer.series, s)
	}
	if steps > 0 {
		d.note("at most %s steps drawn for %s", group(steps), plural(of.total, "value"))
	}
	d.reachY = []float64{0, 1}
	d.zeroY = true
	return nil
}

// cumulated is the stairs of values: at most budget of them, those of equal share
// where the values are more.
func cumulated(v []float64, budget int) (xs, ys []float64) {
	v = sorted(slices.Clone(v))
	n := len(v)
	xs, ys = append(xs, v[0]), append(ys, 0)
	step := max(1, (n+budget-1)/budget)
	for i := 0; i < n; {
		last := min(i+step, n) - 1
		for last+1 < n && v[last+1] == v[last] {
			last++
		}
		xs, ys = append(xs, v[last]), append(ys, float64(last+1)/float64(n))
		i = last + 1
	}
	return xs, ys
}
