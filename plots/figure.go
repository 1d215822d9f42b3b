package plots

import (
	"math"
)

// A figure is a chart resolved to what is drawn: thinned data, scales, colours
// and captions. The Vega-Lite specification and the static twin are both
// written from it and decide nothing of their own that changes the picture.
type figure struct {
	title         string
	captions      []string // under the title, one line each
	width, height float64  // plotting area, px
	x, y          axis
	ruler         *axis // shown on the left in place of y; nil: y is
	layers        []layer
	legend        legend
	marks         int        // marks or line points in all, which choose SVG or PNG
	bare          bool       // no axes: a pie, a network
	unzoomed      bool       // marks do not follow the axes' zoom
	keyless       bool       // legends stand elsewhere
	crowded       bool       // with others, so that few marks are many in all
	panel         bool       // of a board, whose title is larger
	together      *board     // whose panels zoom as one; nil: alone
	fields        *[2]string // by which panels know which axes to zoom as one; nil: x and y
	theme         *theme
	pending       []note // that wait for the axes' ranges
	reach         reach  // before there are margins
}

// An axis is one scale with its title.
type axis struct {
	kind   scaleKind
	label  string
	log    bool
	whole  bool // all values are whole numbers: no ticks between them
	lo, hi float64
	levels []string // nominal, slotted
	turn   int      // degrees by which category labels are turned to fit
	quiet  bool     // ticks have no labels
	share  bool     // ticks are in percent
}

// A markKind is the shape that a layer draws.
type markKind int

const (
	lineMark  markKind = iota
	pointMark          // circles at x, y; shade and size optional
	barMark            // from y2 to y over category x
	rectMark           // bins: from x to x2, y2 to y
	areaMark           // between y and y2 over x, or sideways
	cellMark           // rectangles from x to x2, y to y2
	ruleMark           // straight lines from x, y to x2, y2
	textMark           // text at x, y
	hexMark            // hexagons around x, y of the layer's radius
	arcMark            // pieces of a ring, clockwise from the top, from x to x2 radians
)

// A layer is one set of marks over the figure's axes.
type layer struct {
	mark    markKind
	series  []series
	opacity float64
	grouped bool     // bars side by side
	slots   int      // how many of them
	shade   *channel // continuous colour
	size    *channel // area of points
	area    float64  // of a point without size, px²
	xTitle  string   // of tooltips
	yTitle  string
	counted bool // y is a count of rows
	ordered bool // join points in the order of rows

	stroke   float64   // width of lines, px; 0: 2 for lines, 1 for rules
	dash     []float64 // px on, px off; nil: solid
	steps    bool      // a line keeps its y until the next x
	sideways bool      // an area lies between x and x2 over y
	apart    bool      // each series is a shape of its own, also where colours are equal
	across   bool      // a note, which names on an axis do not hold
	hollow   bool      // points are rings
	silent   bool      // no tooltips, no legend entry, no say in the axes' ranges
	radius   float64   // of hexagons, of rings outside and of the corners of cells, px
	inner    float64   // of rings inside, px
	lattice  *cellGrid // whose cells these are
	shared   *shared   // rows that are the board\'s
	font     textFont  // of text
	info     []string  // titles of what tooltips show beside, or in place of, the coordinates
	onlyInfo bool
	lengths  bool   // tooltips show how far an area or a cell reaches, not where to
	part     int    // which part of the chart it is of
	noun     string // what a mark stands for; "": named by its shape

	comb *honeycomb // whose hexagons these are
}

// A textFont is how the text of a layer is set.
type textFont struct {
	size   float64 // px; 0: 11
	bold   bool
	align  textAlign
	middle bool    // centred on y, else above it
	dx, dy float64 // px
}

// A textAlign says where a text stands from its point.
type textAlign int

const (
	alignCenter textAlign = iota
	alignLeft
	alignRight
)

// String is the name in Vega-Lite.
func (a textAlign) String() string { return [...]string{"center", "left", "right"}[a] }

// A channel is a quantitative scale other than x and y.
type channel struct {
	title     string
	lo, hi    float64
	diverging bool // colours go two ways from the middle
}

// A series is the part of a layer that has one colour.
type series struct {
	name        string // "" for the only, unnamed one
	column      string // where the name comes from: titles the legend
	other       bool   // the rest, in grey
	detail      string // the class that a grey line draws
	slot        int    // index into the palette
	x, y        []float64
	x2, y2      []float64 // the other edge of bars and rectangles
	shade, size []float64
	alpha       []float64  // opacity of each mark, 0 to 1
	form        int        // of points: index into forms
	text        []string   // of text marks
	of          float64    // of a density: how many values it is of
	lo, hi      []float64  // of bars: the ends of their intervals
	info        [][]string // what tooltips show of each mark, one list for each title of the layer
	fill        string     // "#RRGGBB" in place of the palette's; "ink" is the theme's text
}

// many reports whether the grey rest is several lines.
func (l *layer) many() bool {
	n := 0
	for _, s := range l.series {
		if s.other {
			n++
		}
	}
	return n > 1
}

// fromBelow are the places of the series in the order in which they are drawn: the
// grey rest first, so that it covers none that has a name.
func (l *layer) fromBelow() []int {
	order := make([]int, 0, len(l.series))
	for _, rest := range []bool{true, false} {
		for i := range l.series {
			if l.series[i].other == rest {
				order = append(order, i)
			}
		}
	}
	return order
}

// A legend lists the named series.
type legend struct {
	title string
	names []string
	slots []int
	marks []markKind
	forms []int // of points whose shapes mean the same as their colours

	shapeTitle string
	shapes     []string // what the shapes mean, where that is something else
}

// plot area in square pixels of the smallest and the largest sized mark.
const (
	minArea = 20.0
	maxArea = 320.0
)

// areaOf maps a value of the size channel to a mark's area in px².
func (ch channel) areaOf(v float64) float64 {
	return minArea + (maxArea-minArea)*ch.fraction(v)
}

func (ch channel) fraction(v float64) float64 {
	if alike(ch.lo, ch.hi) {
		return 0.5
	}
	return math.Max(0, math.Min(1, (v-ch.lo)/(ch.hi-ch.lo)))
}

// norm maps a value to its place along the axis, 0 to 1 inside the domain.
func (a axis) norm(v float64) float64 {
	switch {
	case a.named():
		return (v + 0.5) / float64(max(1, len(a.levels)))
	case a.log:
		l := math.Log(a.lo)
		return (math.Log(v) - l) / (math.Log(a.hi) - l)
	}
	return (v - a.lo) / (a.hi - a.lo)
}

// textWidth estimates the width in px of a label in the charts' 11 px sans. Fonts
// of browsers can be a tenth wider than the twin's.
func textWidth(s string) float64 { return 1.1 * widthOf(s, labelSize) }

// widest is the width of the widest label of categories.
func widest(levels []string) float64 {
	w := 0.0
	for _, l := range shortNames(levels) {
		w = math.Max(w, textWidth(l))
	}
	return w
}

// turned returns by how many degrees category labels are turned so that they
// fit side by side. Those so short that many fit unturned are not, where some
// are left out anyhow.
func turned(levels []string, width float64) int {
	band, w := width/float64(max(1, len(levels))), widest(levels)
	switch {
	case w <= band-6:
		return 0
	case band < 12 && w < 25:
		return 0
	case band < 17:
		return 90
	}
	return 45
}

// named reports whether the axis has categories.
func (a axis) named() bool { return a.kind == nominal || a.kind == slotted }
