package plots

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"

	"github.com/sheaf-go/sheaf/tables"
)

// Heatmap draws a cell for each pair of values of two columns, and colours it
// by the values of a third: their mean, or what [Agg] says; with "" as value by
// the number of rows. Names are categories, the first one on top; numbers and
// moments of up to 40 different values are too, in increasing order; others are
// put into about 30 bins along x and 20 along y, or all into as many as [Bins] says. At
// most 180 categories of each column are drawn, those with the most rows.
// [Annotated] writes the numbers into the cells, [Diverging] gives the two
// sides of zero their own colours.
func Heatmap(t *tables.Table, x, y, value string, opts ...Option) *Chart {
	src, err := fromTable(t)
	return newChart(heatmapChart, src, x, y, err, prepend(valued(value), opts))
}

// HeatmapOf is [Heatmap] over a matrix: values[i][j] is the cell of yNames[i]
// and xNames[j], NaN for none. Nil names are the numbers from 0. Of more than 180
// rows or columns each cell shows the mean of several neighbours, or what [Agg]
// says, and the caption of how many.
func HeatmapOf(xNames, yNames []string, values [][]float64, opts ...Option) *Chart {
	m, err := newMatrix(xNames, yNames, values)
	return newChart(heatmapChart, m, "x", "y", err, prepend(valued("value"), opts))
}

// Correlation draws the Pearson correlations of numeric columns, all of the
// table's if none are named, as a heat map from -1 to 1. Each is over the rows
// in which both columns have a finite number. A column whose values are all
// equal has no correlations.
func Correlation(t *tables.Table, columns ...string) *Chart {
	m, err := correlations(t, columns)
	return calledAs("correlation", newChart(heatmapChart, m, "x", "y", err, []Option{valued("value"), Diverging(),
		option("", nil, func(c *config) {
			c.shades, c.square, c.annotated = &[2]float64{-1, 1}, true, whereFit
		})}))
}

// Annotated writes the value of each cell of a heat map into it, and that of each
// bar at its end (of stacked bars, of the whole), where there is room.
func Annotated() Option {
	return option("Annotated", []chartKind{heatmapChart, barChart}, func(c *config) { c.annotated = wanted })
}

// Diverging colours cells by how far they are from zero: blue below, red above,
// pale at zero. It is for values with two sides, such as correlations and
// differences.
func Diverging() Option {
	return option("Diverging", []chartKind{heatmapChart, hexbinChart}, func(c *config) { c.diverging = true })
}

// An annotation says whether cells show their values.
type annotation int

const (
	never annotation = iota
	whereFit
	wanted // and if it cannot be, the caption says so
)

// valued names the column of the cells' or slices' values.
func valued(column string) Option {
	return option("", nil, func(c *config) { c.value = column })
}

func prepend(first Option, opts []Option) []Option { return append([]Option{first}, opts...) }

// A matrix is the source of the heat maps over plain values. Its columns have
// names to ask by; those to show are their own.
type matrix struct {
	x, y, value *column
	notes       []string
}

func (m *matrix) rows() int { return m.x.len() }

func (m *matrix) column(name string) (*column, error) {
	switch name {
	case "x":
		return m.x, nil
	case "y":
		return m.y, nil
	case "value":
		return m.value, nil
	}
	return nil, noColumn(name, []string{"x", "y", "value"})
}

func newMatrix(xNames, yNames []string, values [][]float64) (*matrix, error) {
	wide := len(xNames)
	if xNames == nil && len(values) > 0 {
		wide = len(values[0])
	}
	if yNames != nil && len(yNames) != len(values) {
		return nil, fmt.Errorf("want a row of values for each of %s of y, got %s", plural(len(yNames), "name"), plural(len(values), "row"))
	}
	for i, row := range values {
		if len(row) != wide {
			return nil, fmt.Errorf("want %s in each row, as many as x has; row %d has %d", plural(wide, "value"), i, len(row))
		}
	}
	m := &matrix{x: &column{kind: nominal}, y: &column{kind: nominal}, value: &column{name: "value"}}
	var err error
	if m.x.levels, err = places("x", xNames, wide); err != nil {
		return nil, err
	}
	if m.y.levels, err = places("y", yNames, len(values)); err != nil {
		return nil, err
	}
	for i, row := range values {
		for j, v := range row {
			poll(j)
			m.x.code, m.y.code = append(m.x.code, j), append(m.y.code, i)
			m.value.v = append(m.value.v, v)
		}
	}
	return m, nil
}

// places are the names of the rows or columns of a matrix, which must differ.
func places(axis string, names []string, n int) ([]string, error) {
	if names == nil {
		for i := range n {
			names = append(names, strconv.Itoa(i))
		}
		return names, nil
	}
	seen := map[string]bool{}
	for _, s := range names {
		if seen[s] {
			return nil, fmt.Errorf("want different names of %s, got %q twice", axis, s)
		}
		seen[s] = true
	}
	return slices.Clone(names), nil
}

// correlations is the matrix of Pearson's correlations of columns, nil for all of
// numbers.
func correlations(t *tables.Table, names []string) (*matrix, error) {
	src, err := fromTable(t)
	if err != nil {
		return nil, err
	}
	if len(names) == 0 {
		if names = numericNames(t); len(names) == 0 {
			return nil, errors.New("the table has no numeric columns")
		}
	}
	columns, err := numbersOf(src, names)
	if err != nil {
		return nil, err
	}
	values := make([][]float64, len(names))
	whole := make([]bool, len(names)) // columns with nothing to leave out
	for i, v := range columns {
		values[i] = make([]float64, len(names))
		var f filter
		whole[i] = f.all(v, v)
	}
	for i := range values {
		for j := range i + 1 {
			r := pearson(columns[i], columns[j], whole[i] && whole[j])
			values[i][j], values[j][i] = r, r
		}
	}
	m, err := newMatrix(names, names, values)
	if err != nil {
		return nil, err
	}
	m.value.name = "correlation"
	for i, name := range names {
		if math.IsNaN(values[i][i]) {
			m.notes = append(m.notes, fmt.Sprintf("%s does not vary", name))
		}
	}
	return m, nil
}

// numbersOf are the values of columns of numbers, which have at least two rows.
func numbersOf(src source, names []string) ([][]float64, error) {
	columns := make([][]float64, len(names))
	for i, name := range names {
		c, err := src.column(name)
		if err != nil {
			return nil, err
		}
		if c.kind != quantitative {
			return nil, fmt.Errorf("column %q holds %s; want numbers", name, c.kind.holds())
		}
		columns[i] = c.v
	}
	if src.rows() < 2 {
		return nil, fmt.Errorf("want at least two rows, got %d", src.rows())
	}
	return columns, nil
}

// numericNames are the names of the columns of numbers.
func numericNames(t *tables.Table) []string {
	var names []string
	for _, name := range t.Names() {
		if typ, ok := t.TypeOf(name); ok && typ.IsNumeric() {
			names = append(names, name)
		}
	}
	return names
}

// pearson is the correlation over the rows in which both are finite, of whole
// columns all; NaN where it is not defined.
func pearson(a, b []float64, whole bool) float64 {
	if !whole {
		var x, y []float64
		for i, v := range a {
			poll(i)
			if finite(v) && finite(b[i]) {
				x, y = append(x, v), append(y, b[i])
			}
		}
		a, b = x, y
	}
	if len(a) < 2 || constant(a) || constant(b) {
		return math.NaN()
	}
	n := float64(len(a))
	meanA, meanB := sum(a)/n, sum(b)/n
	var aa, bb, ab, restA, restB float64
	for i, x := range a {
		poll(i)
		x, y := x-meanA, b[i]-meanB
		aa, bb, ab = aa+x*x, bb+y*y, ab+x*y
		restA, restB = restA+x, restB+y // what the means are off by
	}
	aa, bb, ab = aa-restA*restA/n, bb-restB*restB/n, ab-restA*restB/n
	return math.Max(-1, math.Min(1, ab/(math.Sqrt(aa)*math.Sqrt(bb)))) // the product of both squares may be no number
}

// constant reports whether all values are equal.
func constant(v []float64) bool {
	for i, x := range v {
		poll(i)
		if x != v[0] {
			return false
		}
	}
	return true
}

func (d *drawing) heatmap() error {
	x, err := d.side(d.part.x, d.logX, 30)
	if err != nil {
		return err
	}
	y, err := d.side(d.part.y, d.logY, 20)
	if err != nil {
		return err
	}
	if d.cfg.bins > 0 && x.edges == nil && y.edges == nil {
		return errors.New("Bins: want numbers or moments on an axis; both hold names")
	}
	v, agg, err := d.cellValues()
	if err != nil {
		return err
	}
	if m, ok := d.src.(*matrix); ok {
		if d.cfg.agg.of != nil && x.len() == len(m.x.levels) && y.len() == len(m.y.levels) {
			return errors.New("Agg does not apply here; each cell has one value")
		}
		d.notes = append(d.notes, m.notes...)
		m.noteBlocks(d, x, y, agg)
	}
	g := &cellGrid{x: x, y: y, nx: x.len(), ny: y.len()}
	cell := g.cells(d, v)
	if g.rows == 0 {
		return errNothing(d.src.rows(), d.notes)
	}
	if agg.name == "count" { // of the rows that have a value
		v = nil
	}
	g.fill(cell, v, agg)
	d.x, d.y = x.axis, y.axis
	d.tightX, d.tightY = true, true
	return d.gridLayer(g, shadeTitle(agg, v, g.several))
}

// noteBlocks says how many values each cell stands for, where it is several.
func (m *matrix) noteBlocks(d *drawing, x, y *side, agg aggregate) {
	if x.per+y.per > 0 {
		d.note("%s × %s values: each cell shows the %s of %d × %d",
			group(len(m.x.levels)), group(len(m.y.levels)), agg.name, max(1, x.per), max(1, y.per))
	}
}

// cellValues loads the column behind the colours; it is nil for a count.
func (d *drawing) cellValues() (*column, aggregate, error) {
	agg := d.cfg.agg
	if d.cfg.value == "" {
		if agg.of != nil && agg.name != "count" {
			return nil, agg, fmt.Errorf("Agg: want a value column for the %s, got none", agg.name)
		}
		return nil, aggregates["count"], nil
	}
	c, err := d.src.column(d.cfg.value)
	if err != nil {
		return nil, agg, err
	}
	if agg.of == nil {
		agg = aggregates["mean"]
	}
	if agg.name == "count" && c.kind != quantitative {
		return nil, agg, nil
	}
	if c.kind != quantitative {
		return nil, agg, fmt.Errorf("value column %q holds %s; want numbers, or \"\" for the number of rows", c.name, c.kind.holds())
	}
	return c, agg, nil
}

// shadeTitle is what the legend of the colours says.
func shadeTitle(agg aggregate, v *column, several bool) string {
	switch {
	case v == nil, agg.name == "count":
		return "count"
	case several:
		return agg.name + " of " + v.name
	}
	return v.name
}

// A cellGrid is the cells of a heat map.
type cellGrid struct {
	x, y    *side
	nx, ny  int
	z       []float64 // of each cell, row by row; NaN for none
	rows    int       // of the data, in some cell
	several bool      // in one cell
	counted bool
}

// cells finds the cell of each row, -1 for none.
func (g *cellGrid) cells(d *drawing, v *column) []int {
	var f filter
	out := make([]int, len(g.x.of))
	for i, a := range g.x.of {
		poll(i)
		b := g.y.of[i]
		out[i] = -1
		switch {
		case a == dropped || b == dropped:
		case a == nonpositive || b == nonpositive:
			f.nonposi++
		case a < 0 || b < 0 || v != nil && !finite(v.v[i]):
			if !d.plain() {
				f.missing++
			}
		default:
			out[i] = b*g.nx + a
			g.rows++
		}
	}
	d.report(f, "row")
	return out
}

// plain reports whether the cells were given one by one, so that an empty one
// shows itself.
func (d *drawing) plain() bool {
	_, ok := d.src.(*matrix)
	return ok
}

// fill computes the value of each cell.
func (g *cellGrid) fill(cell []int, v *column, agg aggregate) {
	n := g.nx * g.ny
	g.z = make([]float64, n)
	if v == nil {
		g.counted = true
		for i, c := range cell {
			poll(i)
			if c >= 0 {
				g.z[c]++
			}
		}
		for i, count := range g.z { // where categories meet, none is a count too
			if count == 0 && (g.x.edges != nil || g.y.edges != nil) {
				g.z[i] = math.NaN()
			}
		}
		return
	}
	for i, values := range buckets(cell, v.v, n) {
		poll(i)
		g.several = g.several || len(values) > 1
		g.z[i] = math.NaN()
		if len(values) > 0 {
			g.z[i] = drawable(agg.of(values))
		}
	}
}

// drawable marks what came out too large for a chart.
func drawable(v float64) float64 {
	if !finite(v) {
		return math.Inf(1)
	}
	return v
}

// buckets puts the values of each of n places beside one another; places below
// zero are none.
func buckets(place []int, v []float64, n int) [][]float64 {
	at := make([]int, n+1)
	for i, p := range place {
		poll(i)
		if p >= 0 {
			at[p+1]++
		}
	}
	for p := range n {
		at[p+1] += at[p]
	}
	all, out := make([]float64, at[n]), make([][]float64, n)
	for p := range out {
		out[p] = all[at[p]:at[p]:at[p+1]]
	}
	for i, p := range place {
		poll(i)
		if p >= 0 {
			out[p] = append(out[p], v[i])
		}
	}
	return out
}

// gridLayer makes the layer of a heat map.
func (d *drawing) gridLayer(g *cellGrid, title string) error {
	ch, beyond := d.shadeRange(title, g.z)
	if beyond > 0 {
		d.note("%s left out: too large to draw", plural(beyond, "cell"))
	}
	if ch == nil {
		return errNothing(d.src.rows(), d.notes)
	}
	if g.counted {
		ch.lo = 0
	}
	format := valueFormat(g.z)
	label := g.labels(format)
	fontSize := d.cellSize(g, label)
	s := series{info: make([][]string, 2)}
	for i, v := range g.z {
		if !finite(v) {
			continue
		}
		a, b := i%g.nx, i/g.nx
		s.x, s.x2 = append(s.x, g.x.edge(a)), append(s.x2, g.x.edge(a+1))
		s.y, s.y2 = append(s.y, g.y.edge(b)), append(s.y2, g.y.edge(b+1))
		s.shade = append(s.shade, v)
		s.info[0], s.info[1] = append(s.info[0], g.x.names[a]), append(s.info[1], g.y.names[b])
	}
	d.layer = layer{mark: cellMark, opacity: 1, shade: ch, series: []series{s}, onlyInfo: true, lattice: g,
		info: []string{titleOf(d.x, "", "x"), titleOf(d.y, "", "y")}}
	if fontSize > 0 {
		d.over = append(d.over, d.cellTexts(g, ch, label, fontSize))
	}
	return nil
}

// shadeRange is the channel of the values, nil where there are none, and how
// many are too large.
func (d *drawing) shadeRange(title string, z []float64) (ch *channel, beyond int) {
	ch = &channel{title: title, lo: math.Inf(1), hi: math.Inf(-1), diverging: d.cfg.diverging}
	for _, v := range z {
		if finite(v) {
			ch.lo, ch.hi = math.Min(ch.lo, v), math.Max(ch.hi, v)
		} else if math.IsInf(v, 0) {
			beyond++
		}
	}
	switch {
	case ch.lo > ch.hi:
		return nil, beyond
	case d.cfg.shades != nil:
		ch.lo, ch.hi = d.cfg.shades[0], d.cfg.shades[1]
	case ch.diverging:
		most := math.Max(math.Abs(ch.lo), math.Abs(ch.hi))
		if most == 0 {
			most = 1
		}
		ch.lo, ch.hi = -most, most
	}
	return ch, beyond
}
