package plots

import (
	"fmt"
	"math"
	"strconv"

	"github.com/sheaf-go/sheaf/tables"
)

// Hexbin counts the points of a scatter in hexagons and colours these by the
// number: the picture of many points that hide one another (Carr et al., 1987).
// With [Color] the colours show a numeric column, its mean in each hexagon or
// what [Agg] says. There are about 30 hexagons along x, or as many as [Bins]
// says. On [LogX] and [LogY] they divide the logarithms.
func Hexbin(t *tables.Table, x, y string, opts ...Option) *Chart {
	src, err := fromTable(t)
	return newChart(hexbinChart, src, x, y, err, opts)
}

// HexbinXY is [Hexbin] over slices of equal length.
func HexbinXY(xs, ys []float64, opts ...Option) *Chart {
	src, err := fromXY(xs, ys)
	return newChart(hexbinChart, src, "x", "y", err, opts)
}

const (
	seam            = 0.3 // px by which hexagons reach over their neighbours
	defaultHexagons = 30
	maxHexagons     = 5000 // that fit the picture
)

func (d *drawing) hexbin() error {
	x, ys, err := d.columns(false)
	if err != nil {
		return err
	}
	y := ys[0]
	if x.kind == nominal {
		return fmt.Errorf("x column %q holds names; want numbers or moments, or plots.Heatmap for names", x.name)
	}
	v, agg, err := d.hexValues()
	if err != nil {
		return err
	}
	h, err := d.honeycomb(x, y)
	if err != nil {
		return err
	}
	z := d.hexagons(h, x.v, y.v, v, agg)
	if v == nil {
		emptied(z)
	}
	title := shadeTitle(agg, v, true)
	ch, beyond := d.shadeRange(title, z)
	if beyond > 0 {
		d.note("%s left out: too large to draw", plural(beyond, "hexagon"))
	}
	if ch == nil {
		return errNothing(x.len(), d.notes)
	}
	d.layer = layer{mark: hexMark, comb: h, opacity: orDefault(d.cfg.opacity, 1), shade: ch, radius: h.r + seam,
		xTitle: x.name, yTitle: y.name, series: []series{h.filled(z)}}
	d.reachX, d.reachY = []float64{h.x.lo, h.x.hi}, []float64{h.y.lo, h.y.hi}
	d.tightX, d.tightY = true, true
	return nil
}

// filled are the hexagons that have a value.
func (h *honeycomb) filled(z []float64) (s series) {
	for i, value := range z {
		if finite(value) {
			x, y := h.center(i)
			s.x, s.y, s.shade = append(s.x, x), append(s.y, y), append(s.shade, value)
		}
	}
	return s
}

// retile lays hexagons anew whose axes have become other ones: they are regular
// in px, so that they only fit together on the axes that they were laid on.
func (f *figure) retile(parts []part) error {
	for i := range f.layers {
		l := &f.layers[i]
		if l.mark != hexMark || l.comb.fits(f) {
			continue
		}
		d := drawing{part: parts[l.part], logX: f.x.log, logY: f.y.log, wide: f.width, high: f.height,
			xrange: &[2]float64{f.x.lo, f.x.hi}, yrange: &[2]float64{f.y.lo, f.y.hi}}
		if err := d.hexbin(); err != nil {
			return err
		}
		d.layer.part = l.part
		f.marks += len(d.layer.series[0].x) - len(l.series[0].x)
		*l = d.layer
	}
	return nil
}

// grown is the expression of a hexagon's size in Vega, which grows as the axes
// are zoomed: a zoom changes both by one factor. The parameter that zooms them
// is empty before and after.
func (h *honeycomb) grown(size float64, zoom string) string {
	from, to := strconv.FormatFloat(h.x.lo, 'g', -1, 64), strconv.FormatFloat(h.x.hi, 'g', -1, 64)
	full, now := "("+to+"-("+from+"))", "span("+zoom+".x)"
	if h.x.log {
		full, now = "log("+to+"/"+from+")", "log("+zoom+".x[1]/"+zoom+".x[0])"
	}
	return fmt.Sprintf("%g*(%s.x?pow(%s/%s,2):1)", size, zoom, full, now)
}

// fits reports whether the hexagons were laid on the figure's axes.
func (h *honeycomb) fits(f *figure) bool {
	return h.wide == f.width && h.high == f.height && h.x.lo == f.x.lo && h.x.hi == f.x.hi && h.y.lo == f.y.lo && h.y.hi == f.y.hi
}

// hexValues loads the column behind the colours; it is nil for a count.
func (d *drawing) hexValues() (*column, aggregate, error) {
	agg := d.cfg.agg
	if d.cfg.color == "" {
		if agg.of != nil && agg.name != "count" {
			return nil, agg, fmt.Errorf("Agg: want the column for the %s, as plots.Color(column), got none", agg.name)
		}
		return nil, aggregates["count"], nil
	}
	c, err := d.src.column(d.cfg.color)
	if err != nil {
		return nil, agg, fmt.Errorf("Color: %w", err)
	}
	if agg.of == nil {
		agg = aggregates["mean"]
	}
	if agg.name == "count" && c.kind != quantitative {
		return nil, agg, nil
	}
	if c.kind != quantitative {
		return nil, agg, fmt.Errorf("Color: column %q holds %s; want numbers", c.name, c.kind.holds())
	}
	return c, agg, nil
}

// A honeycomb is a lattice of hexagons that stand on a corner. It counts px
// from the lower left corner of the plotting area.
type honeycomb struct {
	wide, high float64 // of the plotting area
	w, r       float64 // width, and distance of the corners
	byW, byRow float64 // 1 over the distances of columns and rows
	cols, rows int     // in store, two more than can be seen
	x, y       hexSide
}

// A hexSide maps the values of an axis to px.
type hexSide struct {
	lo, hi    float64 // of the axis
	log       bool
	from, per float64 // px of v is (v-from)*per, of its logarithm on a log axis
}

func (s *hexSide) px(v float64) float64 {
	if s.log {
		v = math.Log(v)
	}
	return (v - s.from) * s.per
}

func (s *hexSide) value(px float64) float64 {
	v := px/s.per + s.from
	if s.log {
		v = math.Exp(v)
	}
	return v
}

// honeycomb lays the hexagons over the range of the data, or the one asked for.
func (d *drawing) honeycomb(x, y *column) (*honeycomb, error) {
	wide, high := orDefault(d.wide, defaultWidth), orDefault(d.high, defaultHeight)
	n := defaultHexagons
	if d.cfg.bins > 0 {
		n = d.cfg.bins
	}
	h := &honeycomb{wide: wide, high: high, w: wide / float64(n+2)}
	if least := math.Sqrt(wide * high / (math.Sqrt(3) / 2 * maxHexagons)); h.w < least {
		h.w = least
		d.note("about %d hexagons along x: at most %s fit", int(wide/least), group(maxHexagons))
	}
	h.w = math.Min(h.w, math.Min(wide, high)/5)
	h.r = h.w / math.Sqrt(3)
	h.byW, h.byRow = 1/h.w, 1/(1.5*h.r)
	h.cols, h.rows = int(wide/h.w)+3, int(high/(1.5*h.r))+3
	var ex, ey extent
	ex.log, ey.log = d.logX, d.logY
	f := filter{logX: d.logX, logY: d.logY}
	for i, a := range x.v {
		poll(i)
		b := y.v[i]
		if f.keep(a, b) {
			ex.see(a)
			ey.see(b)
		}
	}
	d.report(f, "point")
	if !ex.any {
		return nil, errNothing(x.len(), d.notes)
	}
	h.x, h.y = newHexSide(ex, d.xrange, wide, h.w), newHexSide(ey, d.yrange, high, 2*h.r)
	return h, nil
}

// see widens the extent to a value that can be drawn.
func (e *extent) see(v float64) {
	if !e.any {
		e.lo, e.hi, e.any = v, v, true
	}
	e.lo, e.hi = min(e.lo, v), max(e.hi, v)
}

// newHexSide leaves room at both ends of the data, so that all hexagons are
// whole; a range that is asked for is as it is.
func newHexSide(e extent, user *[2]float64, size, room float64) hexSide {
	s := hexSide{log: e.log}
	if user != nil {
		s.lo, s.hi = user[0], user[1]
	} else {
		s.lo, s.hi = e.domain(0)
		if e.lo < e.hi {
			s.pad(size, room)
		}
	}
	lo, hi := s.lo, s.hi
	if s.log {
		lo, hi = math.Log(lo), math.Log(hi)
	}
	s.from, s.per = lo, size/(hi-lo)
	return s
}

// pad widens the range by room px at both ends.
func (s *hexSide) pad(size, room float64) {
	lo, hi := s.lo, s.hi
	if s.log {
		lo, hi = math.Log(lo), math.Log(hi)
	}
	by := (hi - lo) * room / (size - 2*room)
	lo, hi = lo-by, hi+by
	if s.log {
		lo, hi = math.Exp(lo), math.Exp(hi)
		lo = math.Max(lo, smallest)
	}
	s.lo, s.hi = widen(lo, hi, 0)
}

// cell is the place in store of the hexagon around a point, both in px.
func (h *honeycomb) cell(x, y float64) int {
	row := y * h.byRow
	j := int(row + 0.5)
	col := x*h.byW - float64(j&1)/2
	i := math.Floor(col + 0.5)
	if up := row - float64(j); math.Abs(up)*3 > 1 {
		// Near the upper or lower corners the hexagon of the next row may be nearer.
		k := j + 1
		if up < 0 {
			k = j - 1
		}
		col2 := x*h.byW - float64(k&1)/2
		i2 := math.Floor(col2 + 0.5)
		a, b := (col-i)*h.w, (col2-i2)*h.w
		da, db := up*1.5*h.r, (row-float64(k))*1.5*h.r
		if b*b+db*db < a*a+da*da {
			i, j = i2, k
		}
	}
	return max(0, min(h.rows-1, j+1))*h.cols + max(0, min(h.cols-1, int(i)+1))
}

// center is the middle of a hexagon in store, as values of the axes.
func (h *honeycomb) center(cell int) (x, y float64) {
	j, i := cell/h.cols-1, cell%h.cols-1
	return h.x.value((float64(i) + float64(j&1)/2) * h.w), h.y.value(float64(j) * 1.5 * h.r)
}

// hexagons computes the value of each hexagon in store: of a column, NaN for
// none, or the number of points.
func (d *drawing) hexagons(h *honeycomb, xs, ys []float64, v *column, agg aggregate) []float64 {
	f := filter{logX: d.logX, logY: d.logY}
	z := make([]float64, h.cols*h.rows)
	var place []int
	if v != nil {
		place = make([]int, len(xs))
	}
	outside, unknown := 0, 0
	for i, x := range xs {
		poll(i)
		y := ys[i]
		cell := -1
		switch {
		case !(x >= h.x.lo && x <= h.x.hi && y >= h.y.lo && y <= h.y.hi):
			if f.keep(x, y) {
				outside++
			}
		case v != nil && !finite(v.v[i]):
			unknown++
		default:
			cell = h.cell(h.x.px(x), h.y.px(y))
		}
		if place != nil {
			place[i] = cell
		} else if cell >= 0 {
			z[cell]++
		}
	}
	if outside > 0 {
		d.note("%s outside the range", plural(outside, "point"))
	}
	if unknown > 0 {
		d.note("%s left out: no %s", plural(unknown, "point"), v.name)
	}
	if v != nil {
		aggregated(z, place, v.v, agg)
	}
	return z
}

// aggregated computes the value of each hexagon of those of its rows.
func aggregated(z []float64, place []int, v []float64, agg aggregate) {
	for i, values := range buckets(place, v, len(z)) {
		if z[i] = math.NaN(); len(values) > 0 {
			z[i] = drawable(agg.of(values))
		}
	}
}

// emptied marks the hexagons that count nothing.
func emptied(z []float64) {
	for i, count := range z {
		if count == 0 {
			z[i] = math.NaN()
		}
	}
}
