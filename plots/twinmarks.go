package plots

import (
	"image/color"
	"maps"
	"math"
	"slices"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"github.com/sheaf-go/sheaf/internal/interrupt"
)

func (t *twin) marks(l *layer) {
	for _, i := range l.fromBelow() {
		s := &l.series[i]
		c := tint(parseColor(t.fillOf(s)), l.opacity)
		switch l.mark {
		case lineMark:
			t.polyline(l, s, c)
		case pointMark:
			t.points(l, s, c)
		case barMark:
			t.bars(l, s, i, c)
		case rectMark:
			t.rects(s, c)
		case areaMark:
			t.band(s, c)
		case cellMark:
			t.cells(l, s, c)
		case ruleMark:
			t.rules(l, s, c)
		case textMark:
			t.texts(l, s, c)
		case hexMark:
			t.hexagons(l, s, c)
		case arcMark:
			t.arcs(l, s, c)
		}
	}
}

// stroke draws joined straight lines.
func (t *twin) stroke(c color.Color, width float64, dash []float64, pts ...[]vg.Point) {
	t.canvas.StrokeLines(lineStyle(c, width, dash), pts...)
}

// lineStyle is that of a line whose lengths are given in px.
func lineStyle(c color.Color, width float64, dash []float64) draw.LineStyle {
	style := draw.LineStyle{Color: c, Width: px(width)}
	for _, d := range dash {
		style.Dashes = append(style.Dashes, px(d))
	}
	return style
}

// loneRadius is of the dot in place of a line of one point, px.
const loneRadius = 3

// polyline draws a line; a single point would be invisible, so it is a dot.
func (t *twin) polyline(l *layer, s *series, c color.NRGBA) {
	if s.lonely() && t.x.inside(s.x[0]) && t.y.inside(s.y[0]) {
		t.fill(c, dot(nil, t.place(s.x[0], s.y[0]), loneRadius))
		return
	}
	area, xs, ys := t.area(), s.x, s.y
	if l.steps {
		xs, ys = stairs(xs, ys)
	}
	t.stroke(c, orDefault(l.stroke, 2), t.dashOf(l, s), area.ClipLinesXY(t.path(xs, ys))...)
}

// dashOf is how the lines of a series are dashed.
func (t *twin) dashOf(l *layer, s *series) []float64 {
	if l.dash != nil {
		return l.dash
	}
	return t.theme.dash(s.slot)
}

// path places points.
func (t *twin) path(xs, ys []float64) []vg.Point {
	pts := make([]vg.Point, len(xs))
	for i := range pts {
		pts[i] = t.place(t.reach(t.x, xs[i]), t.reach(t.y, ys[i]))
	}
	return pts
}

// reach keeps positions beyond the domain at a distance that the canvas can
// express; on a log axis there is nothing at zero and below.
func (t *twin) reach(a axis, v float64) float64 {
	if a.named() {
		return v
	}
	if a.log {
		f := math.Pow(a.hi/a.lo, 20)
		return math.Max(a.lo/f, math.Min(a.hi*f, v))
	}
	far := (a.hi - a.lo) * 1e3
	return math.Max(a.lo-far, math.Min(a.hi+far, v))
}

// alone is up to how many points each is a shape of its own, so that those
// that overlap show; more are a few shapes per colour, which keeps an SVG small
// and shows where many lie.
const (
	alone    = 300
	overlaps = 4
)

func (t *twin) points(l *layer, s *series, c color.NRGBA) {
	const shades = 32
	paths := map[int]vg.Path{}
	passes := 1
	if t.figure.marks > alone && !t.panel {
		passes = overlaps
	}
	form := forms[s.form]
	single := t.figure.marks <= alone && !t.crowded || s.alpha != nil || l.hollow
	for n, i := range t.drawOrder(s, single) {
		poll(n)
		if !t.x.inside(s.x[i]) || !t.y.inside(s.y[i]) {
			continue
		}
		key := 0
		if l.shade != nil {
			key = int(math.Round(l.shade.fraction(s.shade[i]) * shades))
		}
		area, step := t.areaOf(l, s, i)
		key = (key*passes+i%passes)*sizeSteps + step
		p := form.path(paths[key], t.place(s.x[i], s.y[i]), area)
		if single {
			shade := t.shadeOf(l, key/passes/sizeSteps, shades, c)
			if s.alpha != nil {
				shade = tint(shade, l.opacity*s.alpha[i])
			}
			t.dot(l, shade, p)
			p = nil
		}
		paths[key] = p
	}
	for _, key := range slices.Sorted(maps.Keys(paths)) {
		if paths[key] != nil {
			t.fill(t.shadeOf(l, key/passes/sizeSteps, shades, c), paths[key])
		}
	}
}

// sizeSteps is of how many sizes very many points are: those of one size are dots of
// one pen, which are short to write.
const sizeSteps = 32

// areaOf is the area of a point in px², and how many sizes are greater.
func (t *twin) areaOf(l *layer, s *series, i int) (area float64, greater int) {
	if l.size == nil {
		return l.area, 0
	}
	area = l.size.areaOf(s.size[i])
	if t.figure.marks <= maxVectorMarks {
		return area, 0
	}
	small, large := math.Sqrt(minArea), math.Sqrt(maxArea)
	step := math.Round((math.Sqrt(area) - small) / (large - small) * (sizeSteps - 1))
	wide := small + step/(sizeSteps-1)*(large-small)
	return wide * wide, sizeSteps - 1 - int(step)
}

// drawOrder is the order in which the points of a series are drawn. Many that
// are one shape come from the right to the left: the rasterizer looks for the
// place of each in a list of what a line of pixels has, from the left.
func (t *twin) drawOrder(s *series, single bool) []int {
	if !single && t.figure.marks > maxVectorMarks {
		order := ascending(s.x)
		slices.Reverse(order)
		return order
	}
	return counted(len(s.x))
}

// dot fills or, where points are hollow, outlines a path.
func (t *twin) dot(l *layer, c color.Color, p vg.Path) {
	if !l.hollow {
		t.fill(c, p)
		return
	}
	t.canvas.SetColor(c)
	t.canvas.SetLineWidth(px(1.5))
	t.canvas.SetLineDash(nil, 0)
	t.canvas.Stroke(p)
}

func (t *twin) shadeOf(l *layer, key, shades int, c color.NRGBA) color.NRGBA {
	if l.shade == nil {
		return c
	}
	return tint(rampColor(t.theme.rampOf(l.shade), float64(key)/float64(shades)), l.opacity)
}

// dot adds a circle of radius r px to a path.
func dot(p vg.Path, center vg.Point, r float64) vg.Path {
	p.Move(vg.Point{X: center.X + px(r), Y: center.Y})
	p.Arc(center, px(r), 0, 2*math.Pi)
	p.Close()
	return p
}

// fill fills a path. A picture of many shapes takes long enough to be
// interrupted.
func (t *twin) fill(c color.Color, p vg.Path) {
	interrupt.Check()
	t.canvas.SetColor(c)
	t.canvas.Fill(p)
}

// bars draws the k-th series of bars over categories.
func (t *twin) bars(l *layer, s *series, k int, c color.NRGBA) {
	band := t.width / float64(max(1, len(t.x.levels)))
	from, width := band*barPadding/2, band*(1-barPadding)
	if l.grouped {
		width /= float64(l.slots)
		from += width * float64(k)
	}
	for i := range s.x {
		left := t.left + s.x[i]*band + from
		t.box(c, left, left+width, s.y2[i], s.y[i])
	}
}

func (t *twin) rects(s *series, c color.NRGBA) {
	for i := range s.x {
		x, x2 := t.x.clamp(s.x[i]), t.x.clamp(s.x2[i])
		if x2 <= x {
			continue
		}
		left, right := t.xAt(x), t.xAt(x2)
		if right-left > 2 {
			left, right = left+0.5, right-0.5
		}
		t.box(c, left, right, s.y2[i], s.y[i])
	}
}

// box fills a bar between two places in px and two values of the y axis.
func (t *twin) box(c color.Color, left, right, from, to float64) {
	from, to = t.y.clamp(from), t.y.clamp(to)
	if from == to {
		return
	}
	y1 := t.yAt(from)
	y2 := t.yAt(to)
	t.fill(c, vg.Rectangle{Min: t.at(left, math.Max(y1, y2)), Max: t.at(right, math.Min(y1, y2))}.Path())
}
