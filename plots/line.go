package plots

import (
	"cmp"
	"math"
	"slices"
	"sort"

	"github.com/sheaf-go/sheaf/tables"
)

// Line draws y over x as a line, in the order of x. Both columns may hold
// numbers or moments (shown in UTC), x also names (in the order of first
// appearance). [Color]
// makes one line of each value of a column, [Y] adds further columns as lines
// of their own. Rows where x or y is missing are left out, and the line joins
// their neighbours; above about 2,000 points the line is thinned to the first,
// last, lowest and highest point of each pixel column.
func Line(t *tables.Table, x, y string, opts ...Option) *Chart {
	src, err := fromTable(t)
	return newChart(lineChart, src, x, y, err, opts)
}

// LineXY is [Line] over slices of equal length.
func LineXY(xs, ys []float64, opts ...Option) *Chart {
	src, err := fromXY(xs, ys)
	return newChart(lineChart, src, "x", "y", err, opts)
}

// lineBudget is how many points the lines of one part share.
const lineBudget = 2000

func (d *drawing) line() error {
	x, ys, err := d.columns(false)
	if err != nil {
		return err
	}
	g, err := d.groups()
	if err != nil {
		return err
	}
	d.layer = layer{mark: lineMark, opacity: orDefault(d.cfg.opacity, 1), xTitle: x.name, yTitle: d.y.label, ordered: d.cfg.raw}
	d.layer.steps = d.cfg.steps
	tips, err := d.tipColumns()
	if err != nil {
		return err
	}
	if len(tips) > 0 {
		d.toldLines(x.coordinates(), ys[0].v, g, markDetail{tips: tips})
	} else {
		d.thinLines(d.curves(x, ys, g))
	}
	if len(d.layer.series) == 0 {
		return errNothing(x.len(), d.notes)
	}
	d.tightX = !d.cfg.raw && !d.cfg.dots // marks at the frame would be cut
	if d.cfg.dots {
		d.markPoints()
	}
	return nil
}

// curves are the drawable points of each class, or of each y column.
func (d *drawing) curves(x *column, ys []*column, g grouping) []series {
	f := filter{logX: d.logX, logY: d.logY}
	var all []series
	xv := x.coordinates()
	for i, y := range ys {
		part := d.split(xv, y.v, g, &f)
		if len(ys) > 1 {
			part[0].name = y.name
		} else if i == 0 && g.of == nil {
			part[0].name = d.cfg.name
		}
		all = append(all, part...)
	}
	d.report(f, "point")
	return all
}

// split sorts the drawable points into their groups.
func (d *drawing) split(xs, ys []float64, g grouping, f *filter) []series {
	out := make([]series, len(g.names))
	for k := range out {
		out[k] = g.series(k)
	}
	if g.of == nil && f.all(xs, ys) {
		// Nothing to leave out: a long line is not copied to be thinned.
		out[0].x, out[0].y = xs, ys
		return out
	}
	if g.of == nil {
		out[0].x = make([]float64, 0, len(xs))
		out[0].y = make([]float64, 0, len(xs))
	}
	for i, x := range xs {
		poll(i)
		k := 0
		if g.of != nil {
			if k = g.of[i]; k < 0 {
				continue
			}
		}
		if f.keep(x, ys[i]) {
			out[k].x = append(out[k].x, x)
			out[k].y = append(out[k].y, ys[i])
		}
	}
	return out
}

// thinLines sorts and thins each series and keeps those with points.
func (d *drawing) thinLines(all []series) {
	budget := max(lineBudget/max(1, len(all)), 200)
	total, drawn := 0, 0
	for _, s := range all {
		if d.jumbled(s.x, budget) {
			rows := unsortedRows(s.x, s.y, budget, d.logX)
			total, drawn = total+len(s.x), drawn+len(rows)
			s.x, s.y = pick(s.x, rows), pick(s.y, rows)
			d.layer.series = append(d.layer.series, s)
			continue
		}
		if !d.cfg.raw {
			s.sortX()
			if d.xrange != nil {
				s.x, s.y = window(s.x, s.y, d.xrange[0], d.xrange[1])
			}
		}
		if len(s.x) == 0 {
			continue
		}
		total += len(s.x)
		if d.cfg.raw {
			s.x, s.y = everyKth(s.x, s.y, budget)
		} else {
			s.x, s.y = minMax(s.x, s.y, budget, d.logX)
		}
		drawn += len(s.x)
		d.layer.series = append(d.layer.series, s)
	}
	d.noteThinned(drawn, total)
}

// toldLines draws lines whose points tell the values of further columns; so it
// thins rows, where thinLines thins coordinates.
func (d *drawing) toldLines(xs, ys []float64, g grouping, m markDetail) {
	f := filter{logX: d.logX, logY: d.logY}
	rows := make([][]int, len(g.names))
	for i, x := range xs {
		poll(i)
		k := 0
		if g.of != nil {
			k = g.of[i]
		}
		if k >= 0 && f.keep(x, ys[i]) {
			rows[k] = append(rows[k], i)
		}
	}
	d.report(f, "point")
	budget := max(lineBudget/max(1, len(rows)), 200)
	total, drawn := 0, 0
	for k, of := range rows {
		if !d.cfg.raw {
			slices.SortStableFunc(of, asking(func(a, b int) int { return cmp.Compare(xs[a], xs[b]) }))
			of = d.seen(xs, of)
		}
		if len(of) == 0 {
			continue
		}
		total += len(of)
		of = d.thinRows(xs, ys, of, budget)
		drawn += len(of)
		s := g.series(k)
		s.x, s.y, s.info = pick(xs, of), pick(ys, of), m.texts(of)
		d.layer.series = append(d.layer.series, s)
	}
	d.noteThinned(drawn, total)
}

// seen are the rows, sorted by x, inside the wanted range and their neighbours.
func (d *drawing) seen(xs []float64, rows []int) []int {
	if d.xrange == nil {
		return rows
	}
	from := sort.Search(len(rows), func(i int) bool { return xs[rows[i]] >= d.xrange[0] })
	to := sort.Search(len(rows), func(i int) bool { return xs[rows[i]] > d.xrange[1] })
	return rows[max(0, from-1):min(len(rows), to+1)]
}

// thinRows keeps at most budget of the rows of a line.
func (d *drawing) thinRows(xs, ys []float64, rows []int, budget int) []int {
	if len(rows) <= budget {
		return rows
	}
	var keep []int
	if d.cfg.raw {
		for i := range budget {
			keep = append(keep, i*(len(rows)-1)/(budget-1))
		}
	} else {
		keep = minMaxRows(pick(xs, rows), pick(ys, rows), budget, d.logX)
	}
	out := make([]int, len(keep))
	for i, k := range keep {
		out[i] = rows[k]
	}
	return out
}

// noteThinned says how lines are thinned, if they are.
func (d *drawing) noteThinned(drawn, total int) {
	if drawn == total {
		return
	}
	how := "the extremes of each pixel column"
	if d.cfg.raw {
		how = "every k-th"
	}
	d.note("%s of %s points drawn: %s", group(drawn), group(total), how)
}

// jumbled reports whether the points of a line are not in order and too many to
// be drawn, and all are wanted: then only those that are drawn are put in order.
func (d *drawing) jumbled(xs []float64, budget int) bool {
	return !d.cfg.raw && d.xrange == nil && len(xs) > budget && !rises(xs)
}

// sortX sorts the points by x, on a copy if they are not in order.
func (s *series) sortX() {
	if rises(s.x) {
		return
	}
	order := ascending(s.x) // points of equal x keep the order of rows
	s.x, s.y = pick(s.x, order), pick(s.y, order)
}

// window keeps the points of a sorted line inside lo to hi and the neighbour
// on each side, so that the line reaches the edges.
func window(xs, ys []float64, lo, hi float64) ([]float64, []float64) {
	from := sort.SearchFloat64s(xs, lo)
	to := sort.Search(len(xs), func(i int) bool { return xs[i] > hi })
	from, to = max(0, from-1), min(len(xs), to+1)
	return xs[from:to], ys[from:to]
}

func orDefault(v, def float64) float64 {
	if v == 0 || math.IsNaN(v) {
		return def
	}
	return v
}
