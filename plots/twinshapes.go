package plots

import (
	"image/color"
	"maps"
	"math"
	"slices"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// band fills the room between the two edges of an area.
func (t *twin) band(s *series, c color.NRGBA) {
	x2, y2 := s.x2, s.y2
	if x2 == nil {
		x2 = s.x
	}
	if y2 == nil {
		y2 = s.y
	}
	pts := t.path(s.x, s.y)
	back := t.path(x2, y2)
	for i := len(back) - 1; i >= 0; i-- {
		pts = append(pts, back[i])
	}
	area := t.area()
	t.canvas.FillPolygon(c, area.ClipPolygonXY(pts))
}

// cells fills rectangles.
func (t *twin) cells(l *layer, s *series, c color.NRGBA) {
	if l.shade != nil {
		t.shadedCells(l, s)
		return
	}
	var all vg.Path
	for i := range s.x {
		x, x2 := t.xAt(t.x.clamp(s.x[i])), t.xAt(t.x.clamp(s.x2[i]))
		y, y2 := t.yAt(t.y.clamp(s.y[i])), t.yAt(t.y.clamp(s.y2[i]))
		if x == x2 || y == y2 {
			continue
		}
		all = append(all, rounded(t.at(math.Min(x, x2), math.Max(y, y2)), t.at(math.Max(x, x2), math.Min(y, y2)), px(l.radius))...)
		if l.opacity < 1 { // where two lie over one another they show through
			t.dot(l, c, all)
			all = nil
		}
	}
	if len(all) > 0 {
		t.dot(l, c, all)
	}
}

// rounded is a rectangle whose corners have a radius.
func rounded(low, high vg.Point, r vg.Length) vg.Path {
	r = min(r, (high.X-low.X)/2, (high.Y-low.Y)/2)
	if r <= 0 {
		return vg.Rectangle{Min: low, Max: high}.Path()
	}
	var p vg.Path
	p.Move(vg.Point{X: low.X + r, Y: low.Y})
	for i, c := range []vg.Point{{X: high.X - r, Y: low.Y + r}, {X: high.X - r, Y: high.Y - r}, {X: low.X + r, Y: high.Y - r}, {X: low.X + r, Y: low.Y + r}} {
		p.Arc(c, r, float64(i-1)*math.Pi/2, math.Pi/2)
	}
	p.Close()
	return p
}

// rules draws straight lines; many of one series are one shape, which takes less
// time and a smaller SVG.
func (t *twin) rules(l *layer, s *series, c color.NRGBA) {
	area := t.area()
	var lines [][]vg.Point
	for i := range s.x {
		poll(i)
		lines = append(lines, area.ClipLinesXY(t.path([]float64{s.x[i], s.x2[i]}, []float64{s.y[i], s.y2[i]}))...)
	}
	width, dash := orDefault(l.stroke, 1), t.dashOf(l, s)
	if len(lines) <= alone {
		t.stroke(c, width, dash, lines...)
		return
	}
	var p vg.Path
	for _, line := range lines {
		p.Move(line[0])
		for _, at := range line[1:] {
			p.Line(at)
		}
	}
	t.canvas.SetLineStyle(lineStyle(c, width, dash))
	t.canvas.Stroke(p)
}

// texts writes labels.
func (t *twin) texts(l *layer, s *series, c color.NRGBA) {
	look := style(orDefault(l.font.size, labelSize), l.font.bold, c, draw.XCenter, draw.YBottom)
	switch l.font.align {
	case alignLeft:
		look.XAlign = draw.XLeft
	case alignRight:
		look.XAlign = draw.XRight
	}
	if l.font.middle {
		look.YAlign = draw.YCenter
	}
	for i := range s.x {
		if t.x.inside(s.x[i]) && t.y.inside(s.y[i]) {
			t.write(look, t.xAt(s.x[i])+l.font.dx, t.yAt(s.y[i])+l.font.dy, s.text[i])
		}
	}
}

// hexagons fills hexagons that stand on a corner.
func (t *twin) hexagons(l *layer, s *series, c color.NRGBA) {
	area := t.area()
	paths := map[int]vg.Path{}
	for i := range s.x {
		key, center := 0, t.place(s.x[i], s.y[i])
		if l.shade != nil {
			key = int(math.Round(l.shade.fraction(s.shade[i]) * cellShades))
		}
		corners := make([]vg.Point, 6)
		for k := range corners {
			corners[k] = around(center, l.radius, math.Pi/2+math.Pi/3*float64(k))
		}
		paths[key] = closed(paths[key], area.ClipPolygonXY(corners))
	}
	for _, key := range slices.Sorted(maps.Keys(paths)) {
		t.fill(t.shadeOf(l, key, cellShades, c), paths[key])
	}
}

// cellShades is in how many steps of colour cells are drawn: those of one step
// are one shape, which keeps an SVG small.
const cellShades = 64

// shadedCells fills rectangles whose colours say how much.
func (t *twin) shadedCells(l *layer, s *series) {
	paths := map[int]vg.Path{}
	for i := range s.x {
		// On whole px no seams show.
		x, x2 := math.Round(t.xAt(t.x.clamp(s.x[i]))), math.Round(t.xAt(t.x.clamp(s.x2[i])))
		y, y2 := math.Round(t.yAt(t.y.clamp(s.y[i]))), math.Round(t.yAt(t.y.clamp(s.y2[i])))
		if x == x2 || y == y2 {
			continue
		}
		low, high := t.at(math.Min(x, x2), math.Max(y, y2)), t.at(math.Max(x, x2), math.Min(y, y2))
		key := int(math.Round(l.shade.fraction(s.shade[i]) * cellShades))
		paths[key] = closed(paths[key], []vg.Point{low, {X: high.X, Y: low.Y}, high, {X: low.X, Y: high.Y}})
	}
	for _, key := range slices.Sorted(maps.Keys(paths)) {
		t.fill(t.shadeOf(l, key, cellShades, color.NRGBA{}), paths[key])
	}
}

// closed adds a polygon to a path.
func closed(p vg.Path, corners []vg.Point) vg.Path {
	for i, at := range corners {
		if i == 0 {
			p.Move(at)
		} else {
			p.Line(at)
		}
	}
	if len(corners) > 0 {
		p.Close()
	}
	return p
}

// arcs fills pieces of a ring in the middle of the plotting area.
func (t *twin) arcs(l *layer, s *series, c color.NRGBA) {
	center := t.at(t.left+t.width/2, t.top+t.height/2)
	for i := range s.x {
		p := ring(center, l, s.x[i], s.x2[i])
		t.fill(c, p)
		t.canvas.SetColor(parseColor(t.theme.orLight().background))
		t.canvas.SetLineWidth(px(1))
		t.canvas.SetLineDash(nil, 0)
		t.canvas.Stroke(p)
	}
}

// ring is a piece of a ring; a whole one has no edge where it begins.
func ring(center vg.Point, l *layer, x, x2 float64) (p vg.Path) {
	// Angles run clockwise from the top here, counterclockwise from the right in vg.
	from, turn := math.Pi/2-x, x-x2
	whole := turn <= 1e-9-2*math.Pi
	p.Move(around(center, l.radius, from))
	p.Arc(center, px(l.radius), from, turn)
	switch {
	case whole && l.inner > 0:
		p.Close()
		p.Move(around(center, l.inner, from+turn))
	case l.inner > 0:
		p.Line(around(center, l.inner, from+turn))
	case !whole:
		p.Line(center)
	}
	if l.inner > 0 {
		p.Arc(center, px(l.inner), from+turn, -turn)
	}
	p.Close()
	return p
}

// around is the point at a distance of r px in the direction of an angle.
func around(center vg.Point, r, angle float64) vg.Point {
	return vg.Point{X: center.X + px(r*math.Cos(angle)), Y: center.Y + px(r*math.Sin(angle))}
}

// polygon adds a regular polygon whose corners are r px from its middle, the
// first one in the direction of an angle.
func polygon(p vg.Path, center vg.Point, r float64, corners int, angle float64) vg.Path {
	for i := range corners {
		at := around(center, r, angle+2*math.Pi*float64(i)/float64(corners))
		if i == 0 {
			p.Move(at)
		} else {
			p.Line(at)
		}
	}
	p.Close()
	return p
}

// A form is the shape of a point.
type form struct {
	name string // in Vega-Lite
	path func(p vg.Path, center vg.Point, area float64) vg.Path
}

// forms are the shapes of points, the easiest to tell apart first.
var forms = []form{
	{"circle", func(p vg.Path, c vg.Point, area float64) vg.Path {
		return dot(p, c, math.Sqrt(area)/2) // Vega's area is that of the square around it
	}},
	{"square", func(p vg.Path, c vg.Point, area float64) vg.Path {
		return polygon(p, c, math.Sqrt(area/2), 4, math.Pi/4)
	}},
	{"triangle-up", func(p vg.Path, c vg.Point, area float64) vg.Path {
		// Vega's triangle of a size stands in the square of that area.
		r, h := math.Sqrt(area)/2, math.Sqrt(area)*math.Sqrt(3)/4
		p.Move(vg.Point{X: c.X, Y: c.Y + px(h)})
		p.Line(vg.Point{X: c.X - px(r), Y: c.Y - px(h)})
		p.Line(vg.Point{X: c.X + px(r), Y: c.Y - px(h)})
		p.Close()
		return p
	}},
	{"diamond", func(p vg.Path, c vg.Point, area float64) vg.Path {
		return polygon(p, c, math.Sqrt(area)/2, 4, 0)
	}},
	{"cross", func(p vg.Path, c vg.Point, area float64) vg.Path {
		return cross(p, c, math.Sqrt(area)/2, math.Sqrt(area)/5)
	}},
	{"triangle-down", func(p vg.Path, c vg.Point, area float64) vg.Path {
		r, h := math.Sqrt(area)/2, math.Sqrt(area)*math.Sqrt(3)/4
		p.Move(vg.Point{X: c.X, Y: c.Y - px(h)})
		p.Line(vg.Point{X: c.X + px(r), Y: c.Y + px(h)})
		p.Line(vg.Point{X: c.X - px(r), Y: c.Y + px(h)})
		p.Close()
		return p
	}},
}

// cross adds a plus sign whose arms are r px long and 2w px wide.
func cross(p vg.Path, c vg.Point, r, w float64) vg.Path {
	for i, at := range [][2]float64{{-r, -w}, {-w, -w}, {-w, -r}, {w, -r}, {w, -w}, {r, -w}, {r, w}, {w, w}, {w, r}, {-w, r}, {-w, w}, {-r, w}} {
		pt := vg.Point{X: c.X + px(at[0]), Y: c.Y + px(at[1])}
		if i == 0 {
			p.Move(pt)
		} else {
			p.Line(pt)
		}
	}
	p.Close()
	return p
}

// form is the shape of the i-th entry: that of its series, where shapes have no
// entries of their own.
func (l *legend) form(i int) form {
	if i < len(l.forms) {
		return forms[l.forms[i]]
	}
	return forms[0]
}

// shapeLegend lists what shapes mean.
func (t *twin) shapeLegend(x, y float64) float64 {
	y = t.legendTitle(t.legend.shapeTitle, x, y)
	label := style(labelSize, false, t.ink, draw.XLeft, draw.YCenter)
	for i, name := range shortNames(t.legend.shapes) {
		mid := y + rowHeight/2
		t.fill(color.NRGBA{0x88, 0x88, 0x88, 255}, forms[i%len(forms)].path(nil, t.at(x+swatchSize/2, mid), 50))
		t.write(label, x+swatchSize+6, mid, name)
		y += rowHeight
	}
	return y + legendBreak
}
