package plots

import (
	"errors"
	"fmt"
	"strings"

	"github.com/sheaf-go/sheaf/internal/grid"
	"github.com/sheaf-go/sheaf/notebooks/show"
)

// chartKind is what a part of a chart was made as.
type chartKind int

const (
	lineChart chartKind = iota
	scatterChart
	barChart
	histogramChart
	functionChart
	layerChart
	areaChart
	errorBandChart
	densityChart
	boxChart
	violinChart
	stripChart
	heatmapChart
	hexbinChart
	pieChart
	pairChart
	concatChart
	drawnChart // of values: evaluation
	networkChart
	graphChart
	imagesChart // not a Chart, but has options
	ecdfChart
)

// String is the name of the kind's constructor, in lower case.
func (k chartKind) String() string {
	return [...]string{"line", "scatter", "bar", "histogram", "func", "layer", "area", "error band", "density",
		"box", "violin", "strip", "heatmap", "hexbin", "pie", "pair", "concat", "drawing", "network", "graph", "images", "ECDF"}[k]
}

// A part is one constructor's chart: where its data is and how to draw it.
type part struct {
	kind chartKind
	src  source
	x, y string
	cfg  config

	build       func(*drawing) error // of a drawnChart, in place of src
	constructor string               // of an evaluation chart, whose options may be its alone
}

// A Chart is a picture of data, as a value: it can be kept, given to other
// functions, described further by [Chart.With], laid over others by [Layer],
// saved, and shown as a cell's last expression. A chart that could not be made
// carries its error. A Chart does not change, whatever becomes of the slices that
// it was made of; [Chart.With] and [Layer], which draw anew, read those again. It
// may be used from several goroutines.
type Chart struct {
	kind  chartKind
	parts []part
	cfg   config                     // of the whole chart
	inner []*Chart                   // of a concat
	again func(opts []Option) *Chart // of panels: makes them anew with further options
	fig   picture
	err   error
}

// A picture is what a chart has been resolved to: one figure, or several beside
// one another.
type picture interface {
	spec() object
	sheet() sheet
	weight() int // marks in all
	heading() (title string, captions []string)
	contents() string
}

// bare is an error whose text has lost the package's prefix, for wrapping.
type bare struct{ error }

// Error implements error.
func (e bare) Error() string { return strings.TrimPrefix(e.error.Error(), "plots: ") }

// Unwrap gives errors.Is and errors.As the cause.
func (e bare) Unwrap() error { return e.error }

// brief is an error whose text may have quoted very long names.
type brief struct{ error }

// Error implements error.
func (e brief) Error() string {
	const head, tail = 300, 150 // characters
	text := []rune(e.error.Error())
	if len(text) <= head+tail {
		return string(text)
	}
	return string(text[:head]) + " … " + string(text[len(text)-tail:])
}

// Unwrap gives errors.Is and errors.As the cause.
func (e brief) Unwrap() error { return e.error }

// newChart resolves a chart with one part.
func newChart(kind chartKind, src source, x, y string, err error, opts []Option) *Chart {
	if err != nil {
		return failed(kind, err)
	}
	c := &Chart{kind: kind, parts: []part{{kind: kind, src: src, x: x, y: y}}}
	return c.with(opts)
}

// failed is a chart that carries an error, which gets the package's prefix.
func failed(kind chartKind, err error) *Chart {
	return &Chart{kind: kind, err: fmt.Errorf("plots: %s: %w", kind, brief{err})}
}

// With returns the chart changed by the options; the chart itself stays as it
// is. On a layered chart only the options for every chart apply: colours,
// sizes and bins belong to its parts.
func (c *Chart) With(opts ...Option) *Chart {
	if c.Err() != nil {
		return c
	}
	return c.with(opts)
}

func (c *Chart) with(opts []Option) *Chart {
	switch {
	case c.again != nil:
		return c.again(opts)
	case c.kind == concatChart:
		return c.reconcat(opts)
	case c.kind == drawnChart:
		name := c.parts[0].constructor
		if err := belong(name, opts); err != nil {
			return refused(name, err)
		}
		return calledAs(name, c.redrawn(opts))
	}
	return c.redrawn(opts)
}

// redrawn is a chart of one figure, or of facets or pairs, with further options.
func (c *Chart) redrawn(opts []Option) *Chart {
	out := &Chart{kind: c.kind, parts: append([]part(nil), c.parts...)}
	var err error
	if out.cfg, err = c.cfg.with(c.kind, opts); err != nil {
		return failed(c.kind, err)
	}
	if out.cfg.columns > 0 && out.cfg.facet == "" {
		return failed(c.kind, errors.New("Columns does not apply here; it is for several panels, as Facet and Concat make them"))
	}
	if c.kind != layerChart {
		out.parts[0].cfg = out.cfg
		if f, ok := out.parts[0].src.(sampled); ok {
			out.parts[0].src = f.resample(out.cfg)
		}
	}
	if out.fig, err = out.picture(); err != nil {
		return failed(c.kind, err)
	}
	return out
}

// picture resolves the parts: to one figure, or to one for each value of the
// column that the chart is divided by.
func (c *Chart) picture() (picture, error) {
	parts := reading(c.parts)
	if c.kind == pairChart {
		return pairs(parts[0], c.cfg)
	}
	if c.cfg.facet != "" {
		return facets(parts, c.cfg)
	}
	return resolve(parts, c.cfg)
}

// Err returns why the chart cannot be drawn, or nil.
func (c *Chart) Err() error {
	if c == nil {
		return errors.New("plots: the chart is nil; charts are made by functions such as plots.Line")
	}
	if c.err == nil && c.fig == nil {
		return errors.New("plots: an empty Chart; charts are made by functions such as plots.Line")
	}
	return c.err
}

// Layer draws several charts over one another on common axes: a fitted line
// on its scatter, a function on a histogram. The axes must agree in kind.
// Titles, labels, scales and size come from the first chart that sets them, or
// from [Chart.With] on the result.
func Layer(charts ...*Chart) *Chart {
	if len(charts) == 0 {
		return failed(layerChart, errors.New("want at least one chart, got none"))
	}
	out := &Chart{kind: layerChart}
	for i, c := range charts {
		if err := c.Err(); err != nil {
			return &Chart{kind: layerChart, err: fmt.Errorf("plots: layer: chart %d: %w", i+1, bare{err})}
		}
		if _, several := c.fig.(*board); several {
			return failed(layerChart, fmt.Errorf("chart %d is several charts beside one another; lay the parts over one another first", i+1))
		}
		out.parts = append(out.parts, c.parts...)
		out.cfg = out.cfg.or(c.cfg)
	}
	fig, err := resolve(reading(out.parts), out.cfg)
	if err != nil {
		return failed(layerChart, err)
	}
	out.fig = fig
	return out
}

// or fills what c leaves open, of the options for whole charts, from d.
func (c config) or(d config) config {
	first := func(a, b string) string {
		if a != "" {
			return a
		}
		return b
	}
	out := config{
		title: first(c.title, d.title), subtitle: first(c.subtitle, d.subtitle),
		xlabel: first(c.xlabel, d.xlabel), ylabel: first(c.ylabel, d.ylabel),
		width: c.width, height: c.height,
		logX: c.logX || d.logX, logY: c.logY || d.logY,
		xrange: c.xrange, yrange: c.yrange,
		percent: [2]bool{c.percent[0] || d.percent[0], c.percent[1] || d.percent[1]},
		theme:   c.theme, palette: c.palette, ramp: c.ramp, unlisted: c.unlisted || d.unlisted,
		notes: append(c.notes[:len(c.notes):len(c.notes)], d.notes...),
	}
	if out.theme == nil {
		out.theme, out.palette, out.ramp = d.theme, d.palette, d.ramp
	}
	if out.width == 0 {
		out.width = d.width
	}
	if out.height == 0 {
		out.height = d.height
	}
	if out.xrange == nil {
		out.xrange = d.xrange
	}
	if out.yrange == nil {
		out.yrange = d.yrange
	}
	return out
}

// Spec returns the chart as a Vega-Lite v5 specification (JSON), its data
// inside; "" for a chart with an error.
func (c *Chart) Spec() string {
	if c.Err() != nil {
		return ""
	}
	return string(marshal(c.fig.spec()))
}

// String describes the chart in one line.
func (c *Chart) String() string {
	if err := c.Err(); err != nil {
		return err.Error()
	}
	var b strings.Builder
	title, captions := c.fig.heading()
	if c.kind == drawnChart {
		b.WriteString("chart")
	} else {
		fmt.Fprintf(&b, "%s chart", c.kind)
	}
	if title != "" {
		fmt.Fprintf(&b, " %q", title)
	}
	if f, ok := c.fig.(*figure); ok && !f.bare {
		switch x, y := f.x.label, f.y.label; {
		case x != "" && y != "":
			fmt.Fprintf(&b, ": %s by %s", y, x)
		case x+y != "":
			fmt.Fprintf(&b, ": %s", x+y)
		}
	}
	fmt.Fprintf(&b, ", %s", c.fig.contents())
	for _, line := range captions {
		fmt.Fprintf(&b, "; %s", line)
	}
	return b.String()
}

// nouns are what marks are called that say nothing else.
var nouns = map[markKind]string{lineMark: "point", pointMark: "point", barMark: "bar", rectMark: "bin",
	areaMark: "point", cellMark: "cell", ruleMark: "rule", textMark: "label", hexMark: "hexagon", arcMark: "slice"}

// contents counts the marks: "150 points in 3 series".
func (f *figure) contents() string {
	var counts []int
	var things []string
	type class struct {
		part         int
		name, detail string
	}
	classes := map[class]bool{}
	for i := range f.layers {
		l := &f.layers[i]
		if l.silent {
			continue
		}
		for _, s := range l.series {
			classes[class{l.part, s.name, s.detail}] = true
		}
		n, noun := l.count()
		if k := len(things) - 1; k >= 0 && l.noun != "" && things[k] == noun {
			counts[k] += n // the same things, drawn in several layers
			continue
		}
		counts, things = append(counts, n), append(things, noun)
	}
	parts := make([]string, len(counts))
	for k, n := range counts {
		parts[k] = plural(n, things[k])
	}
	text := strings.Join(parts, " + ")
	if len(classes) > 1 {
		text += fmt.Sprintf(" in %d series", len(classes))
	}
	return text
}

// count is how many things the layer shows, and what they are called.
func (l *layer) count() (n int, noun string) {
	for _, s := range l.series {
		n += len(s.x)
	}
	if l.noun == "" {
		return n, nouns[l.mark]
	}
	if l.apart { // a shape each
		n = len(l.series)
	}
	return n, l.noun
}

// heading implements picture.
func (f *figure) heading() (title string, captions []string) { return f.title, f.captions }

// weight implements picture.
func (f *figure) weight() int { return f.marks }

// Display shows the chart: a Vega-Lite specification, a static picture of the
// same figure (SVG, or PNG where above 2,000 marks the SVG takes more than
// 100 kB) and one line of text; for a chart with an error, the error.
func (c *Chart) Display() show.Bundle {
	if err := c.Err(); err != nil {
		return show.Bundle{Data: map[string]any{show.MIMEText: err.Error(), show.MIMEHTML: grid.ErrorHTML(err.Error())}}
	}
	return bundle(c.fig, c.String())
}

var _ show.Displayer = (*Chart)(nil)
