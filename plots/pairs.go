package plots

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"

	"github.com/sheaf-go/sheaf/tables"
)

// Pairs draws each two of 2 to 6 columns of numbers or moments against one
// another, in a square of scatters with a histogram of each column on the
// diagonal (Hartigan, 1975, "Printer graphics for clustering"); nil columns are
// the numeric ones of the table, the first six. [Color] colours rows as [Scatter]
// does, and makes the histograms densities of each class. All panels of a column
// share its scale, and zoom with it; on the diagonal that is the x axis, and the
// numbers at the left are those of the row. Of many rows (200 are not, of up to five columns) the scatters
// show a sample, the same rows in all; the histograms count all.
// [Width] and [Height] are those of a panel.
func Pairs(t *tables.Table, columns []string, opts ...Option) *Chart {
	src, err := fromTable(t)
	if err == nil {
		if len(columns) == 0 {
			columns = numericNames(t)
			columns = columns[:min(len(columns), maxPairs)]
		}
		err = fewColumns(columns)
	}
	own := option("", nil, func(c *config) { c.ys = columns })
	return newChart(pairChart, src, "", "", err, prepend(own, opts))
}

const (
	maxPairs   = 6
	pairBudget = 1800 // marks of all scatters together
	pairRows   = 200  // in each of them, if there are so many,
	pairMost   = 4000 // up to so many together
	pairPage   = 700.0
)

func fewColumns(columns []string) error {
	if len(columns) < 2 || len(columns) > maxPairs {
		return fmt.Errorf("want 2 to %d columns, got %d", maxPairs, len(columns))
	}
	seen := map[string]bool{}
	for _, c := range columns {
		if seen[c] {
			return fmt.Errorf("want different columns, got %q twice", c)
		}
		seen[c] = true
	}
	return nil
}

// A pairing is the work of making the panels of pairs.
type pairing struct {
	part
	cfg       config // of a panel
	names     []string
	diagonals []*figure
	ranges    []*[2]float64
	marked    part      // of the scatters: its rows are a sample
	divided   part      // of the diagonal
	group     *grouping // of rows by colour; nil: by no classes
	rows      []int     // of the sample
	columns   []*column // that are paired
	board     *board
}

// pairs resolves a panel for each two columns.
func pairs(p part, cfg config) (picture, error) {
	if cfg.xlabel+cfg.ylabel != "" {
		return nil, errors.New("XLabel and YLabel do not apply here; the axes are named after the columns")
	}
	if cfg.facet != "" || len(cfg.notes) > 0 || cfg.xrange != nil || cfg.yrange != nil || cfg.logX || cfg.logY {
		return nil, errors.New("Facet, notes, ranges and log scales do not apply here; each column has its own scale")
	}
	w := pairing{part: p, cfg: cfg, names: cfg.ys, board: newBoard(cfg)}
	n := len(w.names)
	w.cfg.title, w.cfg.subtitle, w.cfg.ys = "", "", nil
	side := math.Min(220, math.Floor(pairPage/float64(n)))
	w.cfg.width, w.cfg.height = orDefault(cfg.width, side), orDefault(cfg.height, side)
	w.board.columns, w.board.close = n, true
	if err := w.scales(); err != nil {
		return nil, err
	}
	if err := w.sample(); err != nil {
		return nil, err
	}
	for i := range n {
		for j := range n {
			f, err := w.panel(i, j)
			if err != nil {
				return nil, err
			}
			w.board.panels = append(w.board.panels, f)
		}
	}
	w.rule()
	if err := w.board.colour(cfg); err != nil {
		return nil, err
	}
	w.board.keys()
	w.share(cfg.unlisted)
	return w.board, nil
}

// scales finds the range of each column: that of its values and of its bins.
func (w *pairing) scales() error {
	w.ranges = make([]*[2]float64, len(w.names))
	if err := w.classes(); err != nil {
		return err
	}
	for i, name := range w.names {
		c, err := w.src.column(name)
		if err != nil {
			return err
		}
		if c.kind == nominal {
			return fmt.Errorf("column %q holds names; want numbers or moments, and names as plots.Color", name)
		}
		e := extent{}
		e.add(c.v)
		lo, hi := e.domain(0.05)
		f, err := w.diagonal(i)
		if err != nil {
			return fmt.Errorf("column %q: %w", name, err)
		}
		if f.layers[0].mark == rectMark {
			lo, hi = math.Min(lo, f.x.lo), math.Max(hi, f.x.hi)
		}
		w.ranges[i] = &[2]float64{lo, hi}
		f.x.lo, f.x.hi = lo, hi
		w.diagonals = append(w.diagonals, f)
	}
	return nil
}

// A recoloured source has its classes from elsewhere.
type recoloured struct {
	source
	by *column
}

func (r recoloured) column(name string) (*column, error) {
	if name == r.by.name {
		return r.by, nil
	}
	return r.source.column(name)
}

// classes settles which values of the colour column have a colour in all
// panels. Numbers of a continuous scale colour the scatters only.
func (w *pairing) classes() error {
	w.divided = part{kind: histogramChart, src: w.src}
	w.marked = part{kind: scatterChart, src: w.src}
	if w.cfg.color == "" {
		return nil
	}
	c, err := w.src.column(w.cfg.color)
	if err != nil {
		return fmt.Errorf("Color: %w", err)
	}
	if c.kind == quantitative && (!c.integer || !c.few(maxClasses)) {
		return nil
	}
	d := drawing{part: part{kind: scatterChart, src: w.src}}
	g := d.classes(c.asNominal())
	w.board.captions = append(w.board.captions, d.notes...)
	w.group = &g
	if !slices.Contains(w.names, c.name) {
		w.src = recoloured{w.src, &column{name: c.name, kind: nominal, code: g.of, levels: g.names}}
	}
	w.marked.src, w.divided.src = w.src, w.src
	w.divided.kind = densityChart
	return nil
}

// sample chooses the rows of the scatters.
func (w *pairing) sample() error {
	cols := make([]*column, len(w.names))
	for i, name := range w.names {
		c, err := w.src.column(name)
		if err != nil {
			return err
		}
		cols[i] = c
	}
	rows, total, holes := w.divide(cols)
	if holes > 0 {
		w.board.captions = append(w.board.captions, fmt.Sprintf("%s without a finite value somewhere, left out there", plural(holes, "row")))
	}
	panels := len(w.names) * (len(w.names) - 1)
	var all []int
	for _, r := range sample(rows, cols[0].v, cols[1].v, max(pairBudget/panels, min(pairMost/panels, pairRows))) {
		all = append(all, r...)
	}
	if len(all) < total {
		w.board.captions = append(w.board.captions, fmt.Sprintf("scatters of %s of %s rows: a fixed random sample", group(len(all)), group(total)))
	}
	slices.Sort(all)
	w.rows, w.columns = all, cols
	w.marked.src = some{keep(w.marked.src), all}
	return nil
}

// divide splits the rows by their class, and counts those that have one and
// those among them without a value in some column.
func (w *pairing) divide(cols []*column) (rows [][]int, total, holes int) {
	n := w.src.rows()
	gappy := slices.DeleteFunc(slices.Clone(cols), func(c *column) bool { return (&filter{}).all(c.v, c.v) })
	rows = [][]int{make([]int, 0, n)}
	if w.group != nil {
		rows = make([][]int, len(w.group.names))
	}
	for i := range n {
		poll(i)
		k := 0
		if w.group != nil {
			k = w.group.of[i]
		}
		if k < 0 {
			continue
		}
		rows[k] = append(rows[k], i)
		total++
		if slices.ContainsFunc(gappy, func(c *column) bool { return !finite(c.v[i]) }) {
			holes++
		}
	}
	return rows, total, holes
}

// diagonal resolves the picture of one column.
func (w *pairing) diagonal(i int) (*figure, error) {
	p, cfg := w.divided, w.cfg
	p.x = w.names[i]
	if cfg.bins == 0 {
		cfg.bins = 20
	}
	if w.group == nil {
		cfg.color = ""
	}
	p.cfg = cfg
	return resolve([]part{p}, cfg)
}

// panel resolves the picture in row i and column j. Only the panels at the left
// and below say what their axes show.
func (w *pairing) panel(i, j int) (f *figure, err error) {
	if i == j {
		f = w.diagonals[i]
	} else {
		p, cfg := w.marked, w.cfg
		p.x, p.y = w.names[j], w.names[i]
		cfg.xrange, cfg.yrange, cfg.bins = w.ranges[j], w.ranges[i], 0
		p.cfg = cfg
		f, err = resolve([]part{p}, cfg)
	}
	if err != nil {
		return nil, fmt.Errorf("%s by %s: %w", w.names[i], w.names[j], err)
	}
	if i != j {
		f.layers[0].area = math.Pi * 2.4 * 2.4 // a radius of 1.8 points, which is short to write
	}
	f.captions = nil
	f.coarse()
	f.crowded = true
	f.together, f.fields = w.board, &[2]string{fieldOf(j), fieldOf(i)}
	w.label(f, i, j)
	return f, nil
}

// label says what the axes of a panel show, those at the left and below.
func (w *pairing) label(f *figure, i, j int) {
	f.x.label, f.y.label = w.names[j], w.names[i]
	if f.x.quiet = i < len(w.names)-1; f.x.quiet {
		f.x.label = ""
	}
	if f.y.quiet = j > 0; f.y.quiet || i == j {
		f.y.label = ""
	}
}

// rule gives the panels of the diagonal the scales of their rows at the left, in
// place of those of their counts.
func (w *pairing) rule() {
	n := len(w.names)
	for i, f := range w.diagonals {
		beside := i * n
		if i == 0 {
			beside = 1
		}
		side := w.board.panels[beside].y
		side.label, side.quiet = "", i > 0
		if i == 0 {
			side.label = w.names[0]
		}
		f.ruler = &side
	}
}

// fieldOf is the name of the field of a column in the rows.
func fieldOf(column int) string { return fmt.Sprintf("v%d", column) }

// A shared layer draws rows that all panels of a board have in common: columns
// of their fields.
type shared struct{ x, y string }

// share writes the rows of the sample once, for all scatters.
func (w *pairing) share(unlisted bool) {
	n := len(w.names)
	var shade *channel
	var colours *column
	for i, f := range w.board.panels {
		if i/n == i%n {
			continue
		}
		l := &f.layers[0]
		l.shared = &shared{fieldOf(i % n), fieldOf(i / n)}
		shade = l.shade
	}
	if shade != nil {
		colours, _ = w.src.column(w.cfg.color)
	}
	z := shade.rounding(len(w.rows))
	b := []byte{'['}
	for _, r := range w.rows {
		if colours != nil && !finite(colours.v[r]) {
			continue
		}
		if len(b) > 1 {
			b = append(b, ',')
		}
		b = append(b, '{')
		b = w.places(b, r)
		if colours != nil {
			b = z.append(append(b, `"z":`...), colours.v[r])
		} else {
			b = append(b, w.class(r, unlisted)...)
		}
		b = append(b, '}')
	}
	w.board.rows = append(b, ']')
}

// places writes the values of a row; those that cannot be drawn are left out.
func (w *pairing) places(b []byte, row int) []byte {
	for k, c := range w.columns {
		if v := c.v[row]; finite(v) {
			b = append(strconv.AppendInt(append(b, `"v`...), int64(k), 10), `":`...)
			b = append(w.board.panels[k].x.rounding(w.cfg.width, len(w.rows)).append(b, v), ',')
		}
	}
	return b
}

// class writes the colour of a row: its name, or what that looks like.
func (w *pairing) class(row int, unlisted bool) string {
	if w.group == nil {
		return `"c":""`
	}
	name := w.group.names[w.group.of[row]]
	if !unlisted {
		return `"c":` + string(marshal(name))
	}
	for _, l := range w.board.panels[1].layers {
		for i := range l.series {
			if l.series[i].name == name {
				return `"k":"` + w.board.panels[1].fillOf(&l.series[i]) + `"`
			}
		}
	}
	return `"c":""`
}

// coarse keeps the curves of a small panel to as many points as it can show.
func (f *figure) coarse() {
	for i := range f.layers {
		most := max(16, min(48, 120/max(1, len(f.layers[i].series))))
		for j := range f.layers[i].series {
			s := &f.layers[i].series[j]
			if len(s.x) <= most || f.layers[i].mark != lineMark && f.layers[i].mark != areaMark {
				continue
			}
			rows := make([]int, most)
			for k := range rows {
				rows[k] = k * (len(s.x) - 1) / (most - 1)
			}
			s.x, s.y, s.x2, s.y2 = pick(s.x, rows), pick(s.y, rows), pick(s.x2, rows), pick(s.y2, rows)
		}
	}
}
