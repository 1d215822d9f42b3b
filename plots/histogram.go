package plots

import (
	"errors"
	"fmt"
	"math"
	"sort"

	"github.com/sheaf-go/sheaf/internal/interrupt"
	"github.com/sheaf-go/sheaf/internal/quantile"
	"github.com/sheaf-go/sheaf/tables"
)

// Histogram counts the values of a column of numbers or moments in bins of
// equal width with round edges. Without [Bins] their width is NumPy's "auto",
// rounded: the narrower of those of Sturges (1926; the range over log2 n + 1) and
// of Freedman and Diaconis (1981; 2·interquartile range·n^(-1/3)), the latter at
// least half the range over √n, and 1 or more for whole numbers; but there are at
// most about 100 bins. [Color] divides each bar by a column; with [Overlaid] each
// class has bars from zero. Under [LogX] the bins are of equal width in the
// logarithm.
func Histogram(t *tables.Table, x string, opts ...Option) *Chart {
	src, err := fromTable(t)
	return newChart(histogramChart, src, x, "", err, opts)
}

// HistogramX is [Histogram] over a slice.
func HistogramX(xs []float64, opts ...Option) *Chart {
	src := memory{[]*column{{name: "value", v: xs}}}
	return newChart(histogramChart, src, "value", "", nil, opts)
}

const (
	maxBins  = 500 // that a person may ask for
	autoBins = 100 // or so, where nobody does
)

func (d *drawing) histogram() error {
	if d.cfg.overlaid && d.cfg.color == "" {
		return errors.New("Overlaid: want several histograms, by plots.Color")
	}
	v, err := d.valued()
	if err != nil {
		return err
	}
	overlaid := d.cfg.overlaid && len(v.lists) > 1
	if d.logY && len(v.lists) > 1 && !overlaid {
		return errors.New("stacked bars have no log scale; use plots.Overlaid(), or leave out Color or LogY")
	}
	edges := d.edges(v.column, v.lists)
	d.x, d.y = axisOf(v.column), axis{label: "count"}
	d.tightX, d.zeroY = true, true
	d.layer = layer{mark: rectMark, xTitle: v.column.name, yTitle: "count", counted: true, opacity: orDefault(d.cfg.opacity, 1)}
	if overlaid {
		d.layer.opacity = orDefault(d.cfg.opacity, 0.5)
	}
	d.pile(v.lists, edges, v.classes)
	return nil
}

// A valuing is the values of a column that a distribution is drawn of.
type valuing struct {
	column  *column
	classes grouping
	lists   [][]float64 // of each class; they may be the column's own
	total   int
}

// valued reads the values of a histogram, a density or an ECDF.
func (d *drawing) valued() (v valuing, err error) {
	if v.column, err = d.src.column(d.part.x); err != nil {
		return v, err
	}
	if v.column.kind == nominal {
		return v, fmt.Errorf("column %q holds names; want numbers or moments, or plots.Count for names", v.column.name)
	}
	if v.classes, err = d.groups(); err != nil {
		return v, err
	}
	if v.lists, v.total = d.binned(v.column, v.classes); v.total == 0 {
		return v, errNothing(len(v.column.v), d.notes)
	}
	return v, nil
}

// binned returns the drawable values of each group; they may be the column's own.
func (d *drawing) binned(c *column, g grouping) (values [][]float64, total int) {
	f := filter{logX: d.logX}
	if g.of == nil && f.all(c.v, c.v) {
		return [][]float64{c.v}, len(c.v)
	}
	place := make([]int, len(c.v))
	for i, v := range c.v {
		poll(i)
		if g.of != nil {
			place[i] = g.of[i]
		}
		if place[i] >= 0 && f.keep(v, 1) {
			total++
		} else {
			place[i] = -1
		}
	}
	d.report(f, "value")
	return buckets(place, c.v, len(g.names)), total
}

// edges returns the bin edges: n+1 increasing numbers around all values.
func (d *drawing) edges(c *column, values [][]float64) []float64 {
	if c.whole != nil {
		return d.wholeEdges(c.whole)
	}
	log := d.logX && c.kind == quantitative
	v, lo, hi, n := digest(values)
	if log {
		lo, hi = math.Log10(lo), math.Log10(hi)
		for i := range v {
			v[i] = math.Log10(v[i])
		}
	}
	if alike(lo, hi) {
		pad := 0.5
		if wide := math.Abs(lo) * 0.05; !c.integer && wide >= smallest {
			pad = wide
		}
		return unlog([]float64{lo - pad, hi + pad}, log)
	}
	width := d.binWidth(v, hi-lo, n)
	switch {
	case c.kind == temporal:
		width = niceDuration(width)
	case c.integer && !log:
		width = d.wholeStep(width)
	default:
		width = binStep(width)
	}
	first := math.Floor(lo / width)
	last := math.Floor(hi/width) + 1
	if hi == (last-1)*width && last-1 > first && (!c.integer || width >= 10) {
		last-- // a value on the last edge belongs to the bin before it; of few whole numbers it has its own
	}
	edges := make([]float64, int(last-first)+1)
	for i := range edges {
		edges[i] = (first + float64(i)) * width
	}
	return unlog(edges, log)
}

// A binning is what bins depend on besides the values.
type binning struct {
	bins int
	log  bool
}

// wholeEdges are the edges of the bins of all panels.
func (d *drawing) wholeEdges(c *column) []float64 {
	key := binning{d.cfg.bins, d.logX}
	if c.edges[key] == nil {
		if c.edges == nil {
			c.edges = map[binning][]float64{}
		}
		c.edges[key] = d.edges(c, [][]float64{c.drawable(d.logX)})
	}
	return c.edges[key]
}

// drawable are the values that an axis can show.
func (c *column) drawable(log bool) []float64 {
	f := filter{logX: log}
	out := make([]float64, 0, len(c.v))
	for i, v := range c.v {
		poll(i)
		if f.keep(v, 1) {
			out = append(out, v)
		}
	}
	return out
}

// unlog turns edges back from logarithms, and keeps them drawable.
func unlog(edges []float64, log bool) []float64 {
	if log {
		for i := range edges {
			edges[i] = math.Max(smallest, math.Pow(10, edges[i]))
		}
	}
	for i, e := range edges {
		edges[i] = math.Max(-largest, math.Min(largest, e))
	}
	return edges
}

// binStep rounds a width to the nearest round one. It has more to choose from
// than the ticks of an axis, so that the number of bins is near the wanted one.
func binStep(raw float64) float64 {
	return inDecade(raw, func(f float64) float64 {
		best := 1.0
		for _, round := range []float64{1.5, 2, 2.5, 3, 4, 5, 6, 8, 10} {
			if math.Abs(math.Log(f/round)) < math.Abs(math.Log(f/best)) {
				best = round
			}
		}
		return best
	})
}

// wholeStep rounds the width of bins of whole numbers, which all hold as many of
// them, unless a person asks for other bins.
func (d *drawing) wholeStep(raw float64) float64 {
	width := math.Max(1, binStep(raw))
	if d.cfg.bins == 0 && width != math.Trunc(width) {
		return math.Max(1, math.Round(raw))
	}
	return width
}

// digest returns the range and the number of the values, and up to about
// 20,000 of them in order: enough for their quartiles.
func digest(values [][]float64) (some []float64, lo, hi float64, n int) {
	lo, hi = math.Inf(1), math.Inf(-1)
	for _, v := range values {
		if n += len(v); len(v) > 0 {
			least, most := ends(v)
			lo, hi = min(lo, least), max(hi, most)
		}
	}
	return spaced(values, n), lo, hi, n
}

// spaced is up to about 20,000 of n values, in order.
func spaced(values [][]float64, n int) (some []float64) {
	every := n/20_000 + 1
	for _, v := range values {
		for i := 0; i < len(v); i += every {
			some = append(some, v[i])
		}
	}
	return sorted(some)
}

// binWidth is the wanted width before rounding, of n values over span, some
// of which are given in order.
func (d *drawing) binWidth(v []float64, span float64, n int) float64 {
	if d.cfg.bins > 0 {
		return span / float64(d.cfg.bins)
	}
	q := quantile.Of(v, 0.25, 0.75)
	many := float64(n)
	diaconis := math.Max(2*(q[1]-q[0])/math.Cbrt(many), span/math.Sqrt(many)/2)
	sturges := span / (math.Log2(many) + 1)
	return math.Max(span/autoBins, math.Min(diaconis, sturges))
}

// A binFinder finds the bins of values between increasing edges.
type binFinder struct {
	edges []float64
	scale float64 // bins in a unit, where all have the same width
}

func newBinFinder(edges []float64) binFinder {
	n := len(edges) - 1
	return binFinder{edges, float64(n) / (edges[n] - edges[0])}
}

// of returns the bin that holds x: from its lower edge up to, but without, its
// upper one, which only the last bin includes. Edges at equal distance, the usual
// case, make the first guess right.
func (b *binFinder) of(x float64) int {
	n := len(b.edges) - 1
	i := max(0, min(int((x-b.edges[0])*b.scale), n-1))
	if x >= b.edges[i] && (x < b.edges[i+1] || i == n-1) {
		return i
	}
	i = sort.SearchFloat64s(b.edges, x)
	if i > n || b.edges[i] != x {
		i--
	}
	return max(0, min(i, n-1))
}

// count adds the values to the counts of their bins, which takes few steps where
// the first guess is right.
func (b *binFinder) count(v, counts []float64) {
	parts := make([][]float64, interrupt.Cores(len(v), manyRows))
	interrupt.Ranges(len(v), len(parts), func(part, lo, hi int) {
		parts[part] = make([]float64, len(counts))
		b.countAll(v[lo:hi], parts[part])
	})
	for _, p := range parts {
		for k, n := range p {
			counts[k] += n
		}
	}
}

// countAll is count on one core.
func (b *binFinder) countAll(v, counts []float64) {
	edges, first, scale := b.edges[:len(counts)+1], b.edges[0], b.scale
	for i, x := range v {
		poll(i)
		k := int((x - first) * scale)
		if uint(k) >= uint(len(counts)) || x < edges[k] || x >= edges[k+1] {
			k = b.of(x)
		}
		counts[k]++
	}
}

// pile counts the values of each group, and stacks the groups unless they are
// overlaid.
func (d *drawing) pile(values [][]float64, edges []float64, g grouping) {
	n := len(edges) - 1
	find := newBinFinder(edges)
	base := make([]float64, n)
	for k, v := range values {
		counts := make([]float64, n)
		find.count(v, counts)
		s := g.series(k)
		for i, count := range counts {
			if count == 0 {
				continue
			}
			s.x, s.x2 = append(s.x, edges[i]), append(s.x2, edges[i+1])
			s.y2, s.y = append(s.y2, base[i]), append(s.y, base[i]+count)
			if !d.cfg.overlaid {
				base[i] += count
			}
		}
		if len(s.x) > 0 {
			d.layer.series = append(d.layer.series, s)
		}
	}
}
