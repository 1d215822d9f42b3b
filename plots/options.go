package plots

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// An Option describes a chart: its titles, its size, its scales, the columns
// behind its colours. Options are made by functions of this package, such as
// [Title] and [Color], and given to a constructor or to [Chart.With].
type Option struct {
	name  string
	kinds []chartKind // charts it applies to; nil: every chart, layered ones too
	apply func(*config) error
}

// String says what the option is for: alone it changes no chart.
func (o Option) String() string {
	if o.name == "" {
		return "an option of plots"
	}
	return fmt.Sprintf("plots.%s is an option: give it to a chart, as in plots.Line(t, \"x\", \"y\", plots.%s(…)), or to its With", o.name, o.name)
}

// config is what the options say. Its zero value is the default chart.
type config struct {
	title, subtitle string
	xlabel, ylabel  string
	width, height   float64 // plotting area, px; 0 is the default
	logX, logY      bool
	percent         [2]bool // x, y
	xrange, yrange  *[2]float64

	color, size string   // columns
	ys          []string // further y columns
	name        string   // of the only series
	bins        int
	agg         aggregate
	grouped     bool
	sorted      bool // the longest bar first
	steps, dots bool // of a line
	points      int  // samples of a function
	regression  int  // degree
	opacity     float64
	raw         bool // keep the order of rows in a line

	facet    string // column
	columns  int    // of panels
	theme    *theme
	palette  []string // in place of the theme's
	ramp     []string
	unlisted bool     // no legend
	shape    string   // column
	alpha    string   // column
	tips     []string // columns
	notes    []note
	eval     evaluation

	overlaid, horizontal, noOutliers bool
	bandwidth                        float64
	interval                         interval
	low, high                        string // columns with the ends of a band

	value     string      // column of cells and slices; "" counts rows
	annotated annotation  // of cells
	diverging bool        // colours from the middle
	shades    *[2]float64 // range of the colours
	square    bool        // cells
	ring      bool

	layerNames []string // of a network
	images     imageLook
}

const (
	defaultWidth  = 480.0
	defaultHeight = 300.0
	maxSize       = 4000.0
)

func option(name string, kinds []chartKind, apply func(*config)) Option {
	return Option{name, kinds, func(c *config) error { apply(c); return nil }}
}

// Title sets the line above the chart.
func Title(text string) Option { return option("Title", nil, func(c *config) { c.title = text }) }

// Subtitle sets the smaller line under the title. What the chart itself has to
// say about its data (thinned, rows left out) follows it.
func Subtitle(text string) Option {
	return option("Subtitle", nil, func(c *config) { c.subtitle = text })
}

// XLabel replaces the title of the x axis, which is the column's name.
func XLabel(text string) Option { return option("XLabel", nil, func(c *config) { c.xlabel = text }) }

// YLabel replaces the title of the y axis, which is the column's name.
func YLabel(text string) Option { return option("YLabel", nil, func(c *config) { c.ylabel = text }) }

// Width sets the width of the plotting area in CSS pixels, 40 to 4000; the
// default is 480.
func Width(px float64) Option {
	return sized("Width", px, func(c *config) { c.width = px })
}

// Height sets the height of the plotting area in CSS pixels, 40 to 4000; the
// default is 300.
func Height(px float64) Option {
	return sized("Height", px, func(c *config) { c.height = px })
}

func sized(name string, px float64, set func(*config)) Option {
	return Option{name, nil, func(c *config) error {
		if !(px >= 40 && px <= maxSize) {
			return fmt.Errorf("%s: want 40 to %g pixels, got %g", name, maxSize, px)
		}
		set(c)
		return nil
	}}
}

// LogX gives the x axis a base-10 logarithmic scale. Values that are not above
// zero are left out, and the caption counts them.
func LogX() Option { return option("LogX", nil, func(c *config) { c.logX = true }) }

// LogY gives the y axis a base-10 logarithmic scale. Values that are not above
// zero are left out, and the caption counts them.
func LogY() Option { return option("LogY", nil, func(c *config) { c.logY = true }) }

// XRange shows the x axis from lo to hi, whatever the data's own range.
func XRange(lo, hi float64) Option {
	return ranged("XRange", lo, hi, func(c *config, r *[2]float64) { c.xrange = r })
}

// YRange shows the y axis from lo to hi, whatever the data's own range.
func YRange(lo, hi float64) Option {
	return ranged("YRange", lo, hi, func(c *config, r *[2]float64) { c.yrange = r })
}

func ranged(name string, lo, hi float64, set func(*config, *[2]float64)) Option {
	return Option{name, nil, func(c *config) error {
		if !finite(lo) || !finite(hi) || lo >= hi {
			return fmt.Errorf("%s: want two numbers, the smaller first, got %g and %g", name, lo, hi)
		}
		if alike(lo, hi) {
			return fmt.Errorf("%s: want two numbers that an axis can tell apart, got %v and %v", name, lo, hi)
		}
		set(c, &[2]float64{lo, hi})
		return nil
	}}
}

// Color gives each value of a column its own colour and a legend entry: names
// get the colours of the palette, numbers of a scatter a continuous scale (a
// whole-number column of at most eight values counts as names). Above eight
// names the most frequent seven keep a colour and the rest is grey.
func Color(column string) Option {
	return option("Color", []chartKind{lineChart, scatterChart, barChart, histogramChart,
		areaChart, errorBandChart, densityChart, ecdfChart, boxChart, violinChart, stripChart, hexbinChart, pairChart},
		func(c *config) { c.color = column })
}

// Size makes the area of each mark of a scatter follow a numeric column; the
// smallest value is drawn smallest, so zero and below are fine.
func Size(column string) Option {
	return option("Size", []chartKind{scatterChart}, func(c *config) { c.size = column })
}

// Y adds further y columns to a line chart or a scatter: one series each,
// named after its column.
func Y(columns ...string) Option {
	return option("Y", []chartKind{lineChart, scatterChart, areaChart}, func(c *config) {
		c.ys = append(c.ys[:len(c.ys):len(c.ys)], columns...)
	})
}

// Name names the chart's only series, so that it has a legend entry: the way
// to tell the parts of a [Layer] apart.
func Name(text string) Option {
	return option("Name", []chartKind{lineChart, scatterChart, barChart, histogramChart, functionChart,
		areaChart, errorBandChart, densityChart, ecdfChart, boxChart, violinChart, stripChart},
		func(c *config) { c.name = text })
}

// Bins asks a histogram for about n bins (1 to 500). Their edges are round
// numbers, so there may be a few more or fewer. A heat map divides each of its
// axes of many numbers so (into 135 at most), a hexbin has about n hexagons
// along x, as far as 5,000 fit the picture.
func Bins(n int) Option {
	return Option{"Bins", []chartKind{histogramChart, heatmapChart, hexbinChart, pairChart}, func(c *config) error {
		if n < 1 || n > maxBins {
			return fmt.Errorf("Bins: want 1 to %d, got %d", maxBins, n)
		}
		c.bins = n
		return nil
	}}
}

// Agg says how a bar chart makes one bar of several rows: "sum" (the
// default), "mean", "median", "min", "max" or "count", the number of rows that
// have a value. For the cells of a heat map and the hexagons of a hexbin the
// default is "mean".
func Agg(how string) Option {
	return Option{"Agg", []chartKind{barChart, heatmapChart, hexbinChart}, func(c *config) error {
		a, ok := aggregates[how]
		if !ok {
			return fmt.Errorf(`Agg: want "sum", "mean", "median", "min", "max" or "count", got %q`, how)
		}
		c.agg = a
		return nil
	}}
}

// Grouped draws the colours of a bar chart side by side, which are stacked
// otherwise, or those of a strip chart, which are mixed otherwise.
func Grouped() Option {
	return option("Grouped", []chartKind{barChart, stripChart}, func(c *config) { c.grouped = true })
}

// Points sets how many equally spaced samples [Func] takes (2 to 100,000), the
// two ends included; the default is 400.
func Points(n int) Option {
	return Option{"Points", []chartKind{functionChart}, func(c *config) error {
		if n < 2 || n > 100_000 {
			return fmt.Errorf("Points: want 2 to 100,000, got %d", n)
		}
		c.points = n
		return nil
	}}
}

// RowOrder joins the points of a line in the order of the rows, as for a path
// on a map; a line is drawn in the order of x otherwise. Such a line is
// thinned by taking every k-th point.
func RowOrder() Option {
	return option("RowOrder", []chartKind{lineChart}, func(c *config) { c.raw = true })
}

// Opacity makes the marks see-through: 1 is solid, 0.1 faint. The default
// depends on the number of marks.
func Opacity(alpha float64) Option {
	kinds := []chartKind{lineChart, scatterChart, barChart, histogramChart, functionChart,
		areaChart, errorBandChart, densityChart, ecdfChart, boxChart, violinChart, stripChart}
	return Option{"Opacity", kinds, func(c *config) error {
		if !(alpha > 0 && alpha <= 1) {
			return fmt.Errorf("Opacity: want above 0, up to 1, got %g", alpha)
		}
		c.opacity = alpha
		return nil
	}}
}

// applies reports whether the option means something for a chart of kind k.
func (o Option) applies(k chartKind) bool {
	if o.kinds == nil {
		return true
	}
	for _, have := range o.kinds {
		if have == k {
			return true
		}
	}
	return false
}

// ofAxes are the options for every chart with axes.
var ofAxes = []string{"LogX", "LogY", "XRange", "YRange", "XLabel", "YLabel", "XPercent", "YPercent", "HLine", "VLine", "HBand", "VBand", "Note"}

// shadedKinds are the charts that may have a continuous scale of colours.
var shadedKinds = []chartKind{scatterChart, stripChart, heatmapChart, hexbinChart, pairChart, drawnChart, layerChart, concatChart}

// refused is why the option means nothing for a chart of kind k, or nil.
func (o Option) refused(k chartKind) error {
	switch {
	case !o.applies(k):
		return o.misplaced()
	case k == concatChart && o.name != "" && !slices.Contains(togetherOptions, o.name):
		return fmt.Errorf("%s does not apply to several charts together; give it to each", o.name)
	case (k == pieChart || k == networkChart || k == graphChart) && slices.Contains(ofAxes, o.name):
		return fmt.Errorf("%s does not apply here; this chart has no axes", o.name)
	case o.name == "Ramp" && !slices.Contains(shadedKinds, k):
		return errors.New("Ramp does not apply here; this chart has no scale of colours")
	case o.name == "Palette" && (k == heatmapChart || k == hexbinChart || k == graphChart):
		return errors.New("Palette does not apply here; this chart has no classes")
	}
	return nil
}

// misplaced is the error of an option of other charts.
func (o Option) misplaced() error {
	kinds := kindList(slices.DeleteFunc(slices.Clone(o.kinds), func(k chartKind) bool { return k == drawnChart }))
	if owner := ownOptions[o.name]; owner != "" {
		kinds = strings.TrimPrefix(kinds+", "+owner, ", ")
	}
	return fmt.Errorf("%s does not apply here; it is for %s", o.name, kinds)
}

// with returns the configuration changed by the options.
func (c config) with(kind chartKind, opts []Option) (config, error) {
	for _, o := range opts {
		if o.apply == nil {
			return c, fmt.Errorf("an empty Option; options are made by functions such as plots.Title")
		}
		if err := o.refused(kind); err != nil {
			return c, err
		}
		if err := o.apply(&c); err != nil {
			return c, err
		}
	}
	return c, nil
}

func kindList(kinds []chartKind) string {
	names := make([]string, len(kinds))
	for i, k := range kinds {
		names[i] = k.String()
	}
	return strings.Join(names, ", ")
}
