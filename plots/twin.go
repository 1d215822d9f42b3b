package plots

import (
	"image/color"
	"math"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/font/liberation"
	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// The static twin is laid out as Vega-Lite does it: the plotting area has the
// chart's width and height, and titles, axes and legend stand around it. All
// lengths here are CSS pixels from the top left corner of the picture.

// px is a length in CSS pixels, 1/96 inch; vg counts points, 1/72 inch.
func px(v float64) vg.Length { return vg.Length(v * 0.75) }

const (
	titleSize   = 15.0
	panelTitle  = 13.0
	captionSize = 11.0
	axisSize    = 12.0
	labelSize   = 11.0
	tickLength  = 5.0
	gap         = 4.0
	edge        = 10.0 // around everything
)

// fonts loads the two faces that charts use, once.
var fonts = sync.OnceValue(func() *font.Cache {
	var sans font.Collection
	for _, f := range liberation.Collection() {
		if f.Font.Variant == "Sans" && f.Font.Style == 0 {
			sans = append(sans, f)
		}
	}
	return font.NewCache(sans)
})

// bold is golang.org/x/image/font.WeightBold.
const bold = 3

// style is a text style; bold for titles.
func style(size float64, heavy bool, c color.Color, x text.XAlignment, y text.YAlignment) text.Style {
	f := font.Font{Typeface: "Liberation", Variant: "Sans", Size: px(size)}
	if heavy {
		f.Weight = bold
	}
	return text.Style{Color: c, Font: f, XAlign: x, YAlign: y, Handler: text.Plain{Fonts: fonts()}}
}

// widthOf is the drawn width of a label, px.
func widthOf(s string, size float64) float64 {
	return float64(style(size, false, color.Black, draw.XLeft, draw.YTop).Width(printable(s))) / 0.75
}

// lineWidth is widthOf a line that may be bold and have letters that the font
// has not, for which a reader's font stands in.
func lineWidth(s string, size float64, heavy bool) float64 {
	w := float64(style(size, heavy, color.Black, draw.XLeft, draw.YTop).Width(printable(s))) / 0.75
	return math.Max(w, widthOfOthers(s)*size/labelSize)
}

// widthOfOthers estimates the width of text that is mostly of other letters than
// the font has.
func widthOfOthers(s string) float64 {
	w, others := 0.0, false
	for _, r := range s {
		w += letterWidth(r)
		others = others || r >= 0x2e80
	}
	if !others {
		return 0
	}
	return w
}

// A twin is a figure laid out on paper.
type twin struct {
	*figure
	side           axis    // that is shown on the left
	left, top      float64 // corner of the plotting area
	right, bottom  float64 // room beyond it
	foot           float64 // of bottom, what the x axis takes
	titles, notes  []string
	xTitle, yTitle []string
	xTicks, yTicks []tick
	canvas         draw.Canvas

	ink, caption, gridColor, domain color.NRGBA
}

// sheet implements picture.
func (f *figure) sheet() sheet { return f.layout() }

// layout measures the text around the plotting area.
func (f *figure) layout() *twin {
	look := f.theme.orLight()
	t := &twin{figure: f, side: f.side(), notes: f.wrapped(), ink: parseColor(look.ink), caption: parseColor(look.caption), gridColor: parseColor(look.grid), domain: parseColor(look.domain)}
	if f.title != "" {
		t.titles = wrap(f.title, f.width, titleChar)
	}
	if !f.bare {
		t.xTicks = f.x.ticks(f.xRoom())
		t.yTicks = t.side.ticks(f.yRoom())
		f.x.hush(t.xTicks)
		t.side.hush(t.yTicks)
	}
	t.top = edge + float64(len(t.titles))*(f.titlePx()+4) + float64(len(t.notes))*captionLine
	if len(t.titles)+len(t.notes) > 0 {
		t.top += 8
	}
	widest := 0.0
	for _, k := range t.yTicks {
		widest = math.Max(widest, widthOf(k.label, labelSize))
	}
	t.left, t.bottom = edge, edge
	if !f.bare {
		t.left += widest + tickLength + gap
		t.bottom += tickLength + gap + labelSize
		t.xTitle, t.yTitle = f.x.titleLines(f.width), t.side.titleLines(f.height)
		t.left += titleRoom(t.yTitle)
		t.bottom += titleRoom(t.xTitle)
	}
	t.right = edge + t.legendWidth()
	t.labelRoom()
	t.foot = t.bottom
	t.textRoom()
	return t
}

// titlePx is the size of the title.
func (f *figure) titlePx() float64 {
	if f.panel {
		return panelTitle
	}
	return titleSize
}

const (
	captionLine = 15.0 // px from a line to the next
	axisLine    = 14.0
)

// titleRoom is what the title of an axis takes beside its labels, px.
func titleRoom(lines []string) float64 {
	if len(lines) == 0 {
		return 0
	}
	return axisSize + 8 + axisLine*float64(len(lines)-1)
}

// textRoom widens the margins where titles and the legend reach beyond them.
func (t *twin) textRoom() {
	for _, line := range t.titles {
		t.right = math.Max(t.right, lineWidth(line, t.titlePx(), true)-t.width+edge)
	}
	for _, line := range t.notes {
		t.right = math.Max(t.right, lineWidth(line, captionSize, false)-t.width+edge)
	}
	for _, line := range t.xTitle {
		beyond := (lineWidth(line, axisSize, false)-t.width)/2 + edge
		t.left, t.right = math.Max(t.left, beyond), math.Max(t.right, beyond)
	}
	for _, line := range t.yTitle {
		beyond := (lineWidth(line, axisSize, false)-t.height)/2 + edge
		t.top, t.bottom = math.Max(t.top, beyond), math.Max(t.bottom, beyond)
	}
	t.bottom = math.Max(t.bottom, t.legendHeight()-t.height+edge)
}

// hush takes the labels off the ticks of an axis that shows none.
func (a axis) hush(ticks []tick) {
	if a.quiet {
		for i := range ticks {
			ticks[i].label = ""
		}
	}
}

// xRoom is how many ticks fit under the x axis.
func (f *figure) xRoom() int {
	switch {
	case f.x.turn != 0:
		return int(f.width / 12)
	case f.x.named():
		return max(1, int(f.width/(widest(f.x.levels)+6)))
	}
	return f.x.count(f.width / 80)
}

// side is the axis that is shown on the left.
func (f *figure) side() axis {
	if f.ruler != nil {
		return *f.ruler
	}
	return f.y
}

// yRoom is how many ticks fit beside the axis on the left.
func (f *figure) yRoom() int {
	side := f.side()
	if side.named() {
		return max(2, int(f.height/14))
	}
	return side.count(f.height / 50)
}

// labelRoom widens the margins where labels of the x axis reach beyond it.
func (t *twin) labelRoom() {
	for _, k := range t.xTicks {
		w, at := widthOf(k.label, labelSize), t.x.norm(k.at)*t.width
		if t.x.turn != 0 {
			down, side := math.Sincos(float64(t.x.turn) * math.Pi / 180)
			t.bottom = math.Max(t.bottom, edge+tickLength+gap+w*down+labelSize*side+titleRoom(t.xTitle))
			t.left = math.Max(t.left, edge+w*side-at)
			continue
		}
		t.right = math.Max(t.right, at+w/2-t.width+edge)
	}
}

// size is that of the whole picture, px.
func (t *twin) size() (w, h float64) {
	return math.Ceil(t.left + t.width + t.right), math.Ceil(t.top + t.height + t.bottom)
}

// at places a point given in px from the top left corner.
func (t *twin) at(x, y float64) vg.Point {
	return vg.Point{X: t.canvas.Min.X + px(x), Y: t.canvas.Max.Y - px(y)}
}

// place maps axis positions to the paper.
func (t *twin) place(x, y float64) vg.Point {
	return t.at(t.xAt(x), t.yAt(y))
}

// xAt and yAt map axis positions to px; categories run downward, as in Vega.
func (t *twin) xAt(v float64) float64 { return t.left + t.x.norm(v)*t.width }

func (t *twin) yAt(v float64) float64 { return t.down(t.y, v) }

// down maps a place on an axis along the left to px.
func (t *twin) down(a axis, v float64) float64 {
	if a.named() {
		return t.top + a.norm(v)*t.height
	}
	return t.top + (1-a.norm(v))*t.height
}

// draw paints the figure on a canvas of the twin's size.
func (t *twin) draw(c draw.Canvas) {
	t.canvas = c
	c.SetColor(parseColor(t.theme.orLight().background))
	c.Fill(c.Rectangle.Path())
	if !t.bare {
		t.grid()
	}
	for i := range t.layers {
		t.marks(&t.layers[i])
	}
	if !t.bare {
		t.axes()
	}
	t.headings()
	t.legends()
}

// line strokes a straight line between two points in px.
func (t *twin) line(c color.Color, width, x1, y1, x2, y2 float64) {
	t.canvas.StrokeLines(draw.LineStyle{Color: c, Width: px(width)}, []vg.Point{t.at(x1, y1), t.at(x2, y2)})
}

// write puts text at a point in px.
func (t *twin) write(s text.Style, x, y float64, words string) {
	t.canvas.FillText(s, t.at(x, y), printable(words))
}

// printable replaces what XML and fonts have no character for.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || r == utf8.RuneError || !utf8.ValidRune(r) || r == '\uFFFE' || r == '\uFFFF' {
			return ' '
		}
		return r
	}, s)
}

func (t *twin) grid() {
	if !t.x.named() {
		for _, k := range t.xTicks {
			x := t.xAt(k.at)
			t.line(t.gridOf(t.x, k.at), 1, x, t.top, x, t.top+t.height)
		}
	}
	if !t.side.named() {
		for _, k := range t.yTicks {
			y := t.down(t.side, k.at)
			t.line(t.gridOf(t.side, k.at), 1, t.left, y, t.left+t.width, y)
		}
	}
}

// gridOf is the colour of the grid at a place: lighter between powers of ten.
func (t *twin) gridOf(a axis, v float64) color.Color {
	if e := math.Log10(v); a.log && math.Abs(e-math.Round(e)) > 1e-6 {
		return tint(t.gridColor, 0.5)
	}
	return t.gridColor
}

func (t *twin) axes() {
	floor := t.top + t.height
	t.line(t.domain, 1, t.left, floor, t.left+t.width, floor)
	t.line(t.domain, 1, t.left, t.top, t.left, floor)
	label := style(labelSize, false, t.ink, draw.XCenter, draw.YTop)
	if t.x.turn != 0 {
		label.XAlign, label.YAlign, label.Rotation = draw.XRight, draw.YCenter, float64(t.x.turn)*math.Pi/180
	}
	free := math.Inf(-1) // from where on there is no label
	for _, k := range t.xTicks {
		x := t.xAt(k.at)
		if !t.x.quiet {
			t.line(t.domain, 1, x, floor, x, floor+tickLength)
		}
		w := widthOf(k.label, labelSize) / 2
		if !t.x.named() && x-w < free { // as Vega does
			continue
		}
		t.write(label, x, floor+tickLength+gap, k.label)
		if k.label != "" {
			free = x + w + 3
		}
	}
	label = style(labelSize, false, t.ink, draw.XRight, draw.YCenter)
	for _, k := range t.yTicks {
		y := t.down(t.side, k.at)
		if !t.side.quiet {
			t.line(t.domain, 1, t.left-tickLength, y, t.left, y)
		}
		t.write(label, t.left-tickLength-gap, y, k.label)
	}
	t.axisTitles()
}

func (t *twin) axisTitles() {
	floor := math.Ceil(t.top+t.height+t.foot) - edge + 3
	s := style(axisSize, false, t.ink, draw.XCenter, draw.YBottom)
	for i, line := range t.xTitle {
		t.write(s, t.left+t.width/2, floor-axisLine*float64(len(t.xTitle)-1-i), line)
	}
	s = style(axisSize, false, t.ink, draw.XCenter, draw.YTop)
	s.Rotation = math.Pi / 2
	for i, line := range t.yTitle {
		t.write(s, edge-2+axisLine*float64(i), t.top+t.height/2, line)
	}
}

func (t *twin) headings() {
	y := edge
	for _, line := range t.titles {
		t.write(style(t.titlePx(), true, t.ink, draw.XLeft, draw.YTop), t.left, y, line)
		y += t.titlePx() + 4
	}
	for _, line := range t.notes {
		t.write(style(captionSize, false, t.caption, draw.XLeft, draw.YTop), t.left, y, line)
		y += captionLine
	}
}

// area is the plotting area as a canvas that clips.
func (t *twin) area() draw.Canvas {
	return draw.Canvas{Canvas: t.canvas.Canvas, Rectangle: vg.Rectangle{
		Min: t.at(t.left, t.top+t.height), Max: t.at(t.left+t.width, t.top),
	}}
}

// tint is a palette colour with the layer's opacity.
func tint(c color.NRGBA, opacity float64) color.NRGBA {
	c.A = uint8(math.Round(255 * opacity))
	return c
}

// inside reports whether an axis position is within the domain, which a
// person may have made narrower than the data.
func (a axis) inside(v float64) bool {
	n := a.norm(v)
	return n >= -1e-9 && n <= 1+1e-9
}

// clamp keeps an axis position within the domain.
func (a axis) clamp(v float64) float64 {
	if a.named() {
		return v
	}
	return math.Max(a.lo, math.Min(a.hi, v))
}
