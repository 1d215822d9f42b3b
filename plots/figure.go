package plots

import (
	"math"
	"unicode/utf8"
)

// A figure is a chart resolved to what is drawn: thinned data, scales, colours
// and captions. The Vega-Lite specification and the static twin are both
// written from it and decide nothing of their own that changes the picture.
type figure struct {
	title         string
	captions      []string // under the title, one line each
	width, height float64  // plotting area, px
	x, y          axis
	layers        []layer
	legend        legend
	marks         int // marks or line points in all, which choose SVG or PNG
}

// An axis is one scale with its title.
type axis struct {
	kind   scaleKind
	label  string
	log    bool
	whole  bool // all values are whole numbers: no ticks between them
	lo, hi float64
	levels []string // nominal
	turn   int      // degrees by which category labels are turned to fit
}

// A markKind is the shape that a layer draws.
type markKind int

const (
	lineMark  markKind = iota
	pointMark          // circles at x, y; shade and size optional
	barMark            // from y2 to y over category x
	rectMark           // from x to x2, y2 to y
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
}

// A channel is a quantitative scale other than x and y.
type channel struct {
	title  string
	lo, hi float64
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

// A legend lists the named series.
type legend struct {
	title string
	names []string
	slots []int
	marks []markKind
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
	if ch.hi <= ch.lo {
		return 0.5
	}
	return math.Max(0, math.Min(1, (v-ch.lo)/(ch.hi-ch.lo)))
}

// norm maps a value to its place along the axis, 0 to 1 inside the domain.
func (a axis) norm(v float64) float64 {
	switch {
	case a.kind == nominal:
		return (v + 0.5) / float64(max(1, len(a.levels)))
	case a.log:
		l := math.Log(a.lo)
		return (math.Log(v) - l) / (math.Log(a.hi) - l)
	}
	return (v - a.lo) / (a.hi - a.lo)
}

// textWidth estimates the width in px of a label in the charts' 11 px sans.
func textWidth(s string) float64 { return 6.1 * float64(utf8.RuneCountInString(s)) }

// turned returns by how many degrees category labels are turned so that they
// fit side by side.
func turned(levels []string, width float64) int {
	band := width / float64(max(1, len(levels)))
	for _, l := range levels {
		if textWidth(ellipsis(l)) > band-6 {
			if band < 17 {
				return 90
			}
			return 45
		}
	}
	return 0
}

// maxLabel is how many characters of a category name are drawn.
const maxLabel = 22

// ellipsis shortens a name for drawing.
func ellipsis(s string) string {
	r := []rune(s)
	if len(r) <= maxLabel {
		return s
	}
	return string(r[:maxLabel-1]) + "…"
}
