package plots

import (
	"image/color"
	"math"
	"slices"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

const (
	legendGap  = 18.0 // between the plotting area and the legend
	rowHeight  = 17.0
	swatchSize = 12.0
	rampHeight = 110.0
	rampTicks  = 4

	legendBreak = 10.0 // between one legend and the next
	rampBreak   = 16.0
)

// legendWidth is the room right of the plotting area, px.
func (t *twin) legendWidth() float64 {
	if t.keyless {
		return 0
	}
	w := 0.0
	see := func(label string, extra float64) { w = math.Max(w, lineWidth(label, labelSize, false)+extra) }
	title := func(label string) {
		for _, line := range titleLines(label, maxLegendRoom) {
			w = math.Max(w, lineWidth(line, axisSize, false))
		}
	}
	for _, n := range shortNames(t.legend.names) {
		see(n, swatchSize+6)
	}
	if len(t.legend.names) > 0 {
		title(t.legend.title)
	}
	if len(t.legend.shapes) > 0 {
		title(t.legend.shapeTitle)
		for _, n := range shortNames(t.legend.shapes) {
			see(n, swatchSize+6)
		}
	}
	for _, l := range t.layers {
		for _, ch := range []*channel{l.shade, l.size} {
			if ch == nil {
				continue
			}
			title(ch.title)
			for _, k := range ch.ticks() {
				see(k.label, 24)
			}
		}
	}
	if w == 0 {
		return 0
	}
	return w + legendGap
}

func (ch *channel) ticks() []tick {
	span := ch.span()
	return linearTicks(span[0], span[1], rampTicks)
}

// legends draws the classes, the colour scales and the sizes, one under the
// other.
func (t *twin) legends() {
	if t.keyless {
		return
	}
	x, y := t.left+t.width+legendGap, t.top
	if len(t.legend.names) > 0 {
		y = t.classLegend(x, y)
	}
	if len(t.legend.shapes) > 0 {
		y = t.shapeLegend(x, y)
	}
	shade, size := t.channels()
	for _, ch := range shade {
		y = t.rampLegend(ch, x, y)
	}
	for _, ch := range size {
		y = t.sizeLegend(ch, x, y)
	}
}

func (t *twin) legendTitle(title string, x, y float64) float64 {
	for i, line := range titleLines(title, maxLegendRoom) {
		t.write(style(axisSize, false, t.ink, draw.XLeft, draw.YTop), x, y+axisLine*float64(i), line)
	}
	return y + legendTitleHeight(title)
}

// legendTitleHeight is the room of the title of a legend, px.
func legendTitleHeight(title string) float64 {
	lines := titleLines(title, maxLegendRoom)
	if len(lines) == 0 {
		return 0
	}
	return rowHeight + 3 + axisLine*float64(len(lines)-1)
}

// legendHeight is the room of all legends, px, without the gap below the last.
func (t *twin) legendHeight() float64 {
	if t.keyless {
		return 0
	}
	h := -legendBreak
	list := func(title string, names []string) {
		if len(names) > 0 {
			h += legendTitleHeight(title) + rowHeight*float64(len(names)) + legendBreak
		}
	}
	list(t.legend.title, t.legend.names)
	list(t.legend.shapeTitle, t.legend.shapes)
	shade, size := t.channels()
	for _, ch := range shade {
		h += legendTitleHeight(ch.title) + rampHeight + rampBreak
	}
	for _, ch := range size {
		h += legendTitleHeight(ch.title) + legendBreak
		for _, k := range ch.ticks() {
			h += ch.row(k.at)
		}
	}
	return h
}

// channels lists the different scales of colour and of size.
func (t *twin) channels() (shade, size []*channel) {
	for _, l := range t.layers {
		if l.shade != nil && !slices.Contains(shade, l.shade) {
			shade = append(shade, l.shade)
		}
		if l.size != nil && !slices.Contains(size, l.size) {
			size = append(size, l.size)
		}
	}
	return shade, size
}

// row is how high the entry of a size is, px.
func (ch *channel) row(v float64) float64 {
	return math.Max(rowHeight, math.Sqrt(ch.areaOf(v))+3)
}

func (t *twin) classLegend(x, y float64) float64 {
	y = t.legendTitle(t.legend.title, x, y)
	label := style(labelSize, false, t.ink, draw.XLeft, draw.YCenter)
	for i, name := range shortNames(t.legend.names) {
		c := parseColor(t.theme.class(t.legend.slots[i]))
		mid := y + rowHeight/2
		switch t.legend.marks[i] {
		case lineMark, ruleMark:
			t.stroke(c, 2, t.theme.dash(t.legend.slots[i]), []vg.Point{t.at(x, mid), t.at(x+swatchSize, mid)})
		case pointMark:
			t.fill(c, t.legend.form(i).path(nil, t.at(x+swatchSize/2, mid), 50))
		default:
			t.fill(c, vg.Rectangle{Min: t.at(x, mid+5), Max: t.at(x+10, mid-5)}.Path())
		}
		t.write(label, x+swatchSize+6, mid, name)
		y += rowHeight
	}
	return y + legendBreak
}

func (t *twin) rampLegend(ch *channel, x, y float64) float64 {
	y = t.legendTitle(ch.title, x, y)
	const steps = 55
	h := rampHeight / steps
	for i := range steps {
		top := y + float64(i)*h
		c := rampColor(t.theme.rampOf(ch), 1-(float64(i)+0.5)/steps)
		// A little overlap, so that no seams show between the steps.
		t.fill(c, vg.Rectangle{Min: t.at(x, math.Min(top+h+0.4, y+rampHeight)), Max: t.at(x+14, top)}.Path())
	}
	label := style(labelSize, false, t.ink, draw.XLeft, draw.YCenter)
	span := ch.span()
	for _, k := range ch.ticks() {
		at := y + rampHeight*(1-(k.at-span[0])/(span[1]-span[0]))
		t.line(color.White, 1, x+10, at, x+14, at)
		t.write(label, x+20, at, k.label)
	}
	return y + rampHeight + rampBreak
}

func (t *twin) sizeLegend(ch *channel, x, y float64) float64 {
	y = t.legendTitle(ch.title, x, y)
	label := style(labelSize, false, t.ink, draw.XLeft, draw.YCenter)
	for _, k := range ch.ticks() {
		r := math.Sqrt(ch.areaOf(k.at)) / 2
		row := ch.row(k.at)
		t.fill(color.NRGBA{0x88, 0x88, 0x88, 255}, dot(nil, t.at(x+10, y+row/2), r))
		t.write(label, x+24, y+row/2, k.label)
		y += row
	}
	return y + legendBreak
}
