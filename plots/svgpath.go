package plots

import (
	"math"
	"strconv"

	"gonum.org/v1/plot/vg"
)

// dotRadius is the radius of the circles that a path has and nothing else; 0 for
// other paths.
func dotRadius(p vg.Path) float64 {
	if len(p) == 0 || len(p)%3 != 0 {
		return 0
	}
	r := p[min(1, len(p)-1)].Radius
	for i := 0; i < len(p); i += 3 {
		from, circle := p[i], p[i+1]
		if from.Type != vg.MoveComp || circle.Type != vg.ArcComp || p[i+2].Type != vg.CloseComp ||
			circle.Radius != r || math.Abs(circle.Angle) < 2*math.Pi {
			return 0
		}
	}
	return float64(r)
}

// A pathWriter writes path data in whole units from the last place, so that
// rounding does not add up.
type pathWriter struct {
	out    []byte
	letter byte // of the last command, which pairs of numbers continue
	x, y   int  // the last place
	x0, y0 int  // where the part began
	dx, dy int  // a straight line to here that is not in out yet, because it may go on
}

// path adds a path whose points are transformed.
func (w *pathWriter) path(p vg.Path, m affine) {
	for _, part := range p {
		switch part.Type {
		case vg.MoveComp:
			w.move(m.apply(part.Pos))
		case vg.LineComp:
			w.line(m.apply(part.Pos))
		case vg.ArcComp:
			w.arc(part, m)
		case vg.CurveComp:
			w.curve(part, m)
		case vg.CloseComp:
			w.close()
		}
	}
	w.straight()
}

func (w *pathWriter) move(x, y float64) {
	w.straight()
	to, down := int(math.Round(x)), int(math.Round(y))
	if len(w.out) == 0 {
		w.put('M', to, down)
	} else {
		w.put('m', to-w.x, down-w.y)
	}
	w.x, w.y, w.x0, w.y0 = to, down, to, down
}

// line adds a straight line; one that goes on as the last did is part of it.
func (w *pathWriter) line(x, y float64) {
	dx, dy := int(math.Round(x))-w.x, int(math.Round(y))-w.y
	if w.dx*dy != w.dy*dx || w.dx*dx+w.dy*dy < 0 {
		w.straight()
	}
	w.dx, w.dy, w.x, w.y = w.dx+dx, w.dy+dy, w.x+dx, w.y+dy
}

// straight writes the straight line that has led here.
func (w *pathWriter) straight() {
	switch {
	case w.dx == 0 && w.dy == 0:
	case w.dy == 0:
		w.put('h', w.dx)
	case w.dx == 0:
		w.put('v', w.dy)
	default:
		w.put('l', w.dx, w.dy)
	}
	w.dx, w.dy = 0, 0
}

// arc adds a piece of a circle.
func (w *pathWriter) arc(p vg.PathComp, m affine) {
	at := func(angle float64) (x, y float64) {
		sin, cos := math.Sincos(angle)
		return m.apply(vg.Point{X: p.Pos.X + p.Radius*vg.Length(cos), Y: p.Pos.Y + p.Radius*vg.Length(sin)})
	}
	if len(w.out) == 0 {
		w.move(at(p.Start))
	} else {
		w.line(at(p.Start))
	}
	w.straight()
	r, sweep := int(math.Round(float64(p.Radius)*m.scale())), 0
	if (p.Angle > 0) == (m[0]*m[3]-m[1]*m[2] > 0) {
		sweep = 1
	}
	to := func(x, y int) {
		w.put('a', r, r, 0, 0, sweep, x-w.x, y-w.y)
		w.x, w.y = x, y
	}
	turn := math.Max(-2*math.Pi, math.Min(2*math.Pi, p.Angle))
	if x, y := m.apply(p.Pos); math.Abs(turn) == 2*math.Pi && int(math.Round(y)) == w.y {
		left := 2 * r // two halves, exact
		if x < float64(w.x) {
			left = -left
		}
		to(w.x+left, w.y)
		to(w.x-left, w.y)
		return
	}
	// Of thirds, whole numbers for the ends say well where the middle is.
	pieces := int(math.Ceil(math.Abs(turn)/(2*math.Pi/3) - 1e-9))
	for i := range pieces {
		x, y := at(p.Start + turn*float64(i+1)/float64(pieces))
		to(int(math.Round(x)), int(math.Round(y)))
	}
}

// curve adds a Bézier curve of one or two control points.
func (w *pathWriter) curve(p vg.PathComp, m affine) {
	w.straight()
	var v []int
	for _, at := range append(p.Control[:len(p.Control):len(p.Control)], p.Pos) {
		x, y := m.apply(at)
		v = append(v, int(math.Round(x))-w.x, int(math.Round(y))-w.y)
	}
	letter := byte('q')
	if len(p.Control) == 2 {
		letter = 'c'
	}
	w.put(letter, v...)
	w.x, w.y = w.x+v[len(v)-2], w.y+v[len(v)-1]
}

func (w *pathWriter) close() {
	w.straight()
	w.put('z')
	w.x, w.y = w.x0, w.y0
}

// dot adds a line of no length, which a round pen draws as a dot.
func (w *pathWriter) dot(x, y float64) {
	w.move(x, y)
	w.put('h', 0)
}

// end is the path data.
func (w *pathWriter) end() []byte {
	w.straight()
	return w.out
}

// put writes a command, without its letter where it goes on.
func (w *pathWriter) put(letter byte, v ...int) {
	goesOn := letter == w.letter && letter != 'm' && letter != 'z' || letter == 'l' && w.letter == 'm'
	if !goesOn {
		w.out = append(w.out, letter)
	}
	for i, n := range v {
		if (i > 0 || goesOn) && n >= 0 {
			w.out = append(w.out, ' ')
		}
		w.out = strconv.AppendInt(w.out, int64(n), 10)
	}
	w.letter = letter
}
