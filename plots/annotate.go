package plots

import (
	"fmt"
	"math"
	"slices"
)

// A note is something that a person has drawn over a chart: a line across it, a
// band, or words.
type note struct {
	kind   noteKind
	at, to float64
	y      float64
	text   string
}

type noteKind int

const (
	noteHLine noteKind = iota
	noteVLine
	noteHBand
	noteVBand
	noteText
)

// String names the note for a caption.
func (n note) String() string {
	name := [...]string{"HLine", "VLine", "HBand", "VBand", "Note"}[n.kind]
	switch n.kind {
	case noteHBand, noteVBand:
		return fmt.Sprintf("%s from %g to %g", name, n.at, n.to)
	case noteText:
		return fmt.Sprintf("%s at %g, %g", name, n.at, n.y)
	}
	return fmt.Sprintf("%s at %g", name, n.at)
}

// HLine draws a dashed line across the chart at a value of y, and writes the
// label, which may be empty, at its right end.
func HLine(y float64, label string) Option {
	return noted("HLine", note{kind: noteHLine, at: y, to: y, text: label})
}

// VLine draws a dashed line up the chart at a value of x, and writes the label,
// which may be empty, at its top. A moment is milliseconds since 1970 UTC, as
// time.Time.UnixMilli gives them.
func VLine(x float64, label string) Option {
	return noted("VLine", note{kind: noteVLine, at: x, to: x, text: label})
}

// HBand shades the chart between two values of y.
func HBand(from, to float64, label string) Option {
	return noted("HBand", note{kind: noteHBand, at: from, to: to, text: label})
}

// VBand shades the chart between two values of x.
func VBand(from, to float64, label string) Option {
	return noted("VBand", note{kind: noteVBand, at: from, to: to, text: label})
}

// Note writes a text at a point of the chart.
func Note(x, y float64, text string) Option {
	return noted("Note", note{kind: noteText, at: x, to: x, y: y, text: text})
}

func noted(name string, n note) Option {
	return Option{name, nil, func(c *config) error {
		for _, v := range []float64{n.at, n.to, n.y} {
			if !finite(v) {
				return fmt.Errorf("%s: want finite numbers, got %g", name, v)
			}
		}
		c.notes = append(c.notes[:len(c.notes):len(c.notes)], n)
		return nil
	}}
}

// noteColor is the grey of notes, which shows on light and on dark.
const noteColor = "#808080"

// annotate adds the layers of notes; the axes reach to lines and words.
func (f *figure) annotate(notes []note, xs, ys *extent) error {
	for _, n := range notes {
		onX, onY := n.kind != noteHLine && n.kind != noteHBand, n.kind != noteVLine && n.kind != noteVBand
		if onX && f.x.kind == nominal || onY && f.y.kind == nominal {
			return fmt.Errorf("a note needs numbers on the axis; it holds names")
		}
		noX := onX && f.x.log && math.Min(n.at, n.to) < smallest
		noY := onY && f.y.log && (n.kind == noteText && n.y < smallest || n.kind != noteText && math.Min(n.at, n.to) < smallest)
		if noX || noY {
			f.note(fmt.Sprintf("%s left out: not above 0 on a log scale", n))
			continue
		}
		f.pending = append(f.pending, n)
		if onX {
			xs.add([]float64{n.at, n.to})
		}
		if n.kind == noteText {
			ys.add([]float64{n.y})
		} else if onY {
			ys.add([]float64{n.at, n.to})
		}
	}
	return nil
}

// settleNotes draws the notes when the axes have their ranges.
func (f *figure) settleNotes() {
	var taken []box
	marks := f.obstacles()
	for _, n := range f.pending {
		lo, hi := math.Min(n.at, n.to), math.Max(n.at, n.to)
		x0, x1 := f.x.ends()
		y0, y1 := f.y.ends()
		switch n.kind {
		case noteHLine:
			f.rule(x0, n.at, x1, n.at)
		case noteVLine:
			f.rule(n.at, y0, n.at, y1)
		case noteHBand:
			f.shadow(x0, lo, x1, hi)
		case noteVBand:
			f.shadow(lo, y0, hi, y1)
		}
		if n.text != "" {
			w := f.settle(n, taken, marks)
			taken = append(taken, f.boxOf(w))
			f.words(w)
		}
	}
}

// ends are the values at the ends of the axis.
func (a axis) ends() (lo, hi float64) {
	if a.named() {
		return -0.5, float64(len(a.levels)) - 0.5
	}
	return a.lo, a.hi
}

// A wording is a text at a point of the axes.
type wording struct {
	x, y float64
	text string
	font textFont
}

// settle finds the place of a note's text: the first of those that suit it where
// it is inside the plotting area, on no other note, bar or text, or at least on no
// other note, or at least inside.
func (f *figure) settle(n note, taken, marks []box) wording {
	all := f.places(n)
	best, rank := all[0], 0
	for _, w := range all {
		b := f.boxOf(w)
		if b.x1 < -1 || b.y1 < -1 || b.x2 > f.width+1 || b.y2 > f.height+1 {
			continue
		}
		here := 1
		if !slices.ContainsFunc(taken, b.meets) {
			here = 2
			if !slices.ContainsFunc(marks, b.meets) {
				return w
			}
		}
		if here > rank {
			best, rank = w, here
		}
	}
	return best
}

// obstacles are bars, on which the grey of notes is hard to read, and texts.
func (f *figure) obstacles() []box {
	var out []box
	for i := range f.layers {
		l := &f.layers[i]
		if l.across {
			continue
		}
		for _, s := range l.series {
			for j := range s.x {
				from := 0.0
				if s.y2 != nil {
					from = s.y2[j]
				}
				switch l.mark {
				case barMark:
					const half = (1 - barPadding) / 2
					out = append(out, f.boxBetween(s.x[j]-half, s.y[j], s.x[j]+half, from))
				case textMark:
					out = append(out, f.boxOf(wording{s.x[j], s.y[j], s.text[j], l.font}))
				case cellMark, rectMark:
					out = append(out, f.boxBetween(s.x[j], s.y[j], s.x2[j], from))
				}
			}
		}
	}
	return out
}

// boxBetween is what lies between two places of the axes, px from the top left
// corner of the plotting area.
func (f *figure) boxBetween(x, y, x2, y2 float64) box {
	across := func(v float64) float64 { return math.Max(0, math.Min(1, f.x.norm(v))) * f.width }
	down := func(v float64) float64 {
		at := math.Max(0, math.Min(1, f.y.norm(v)))
		if !f.y.named() {
			at = 1 - at
		}
		return at * f.height
	}
	return box{math.Min(across(x), across(x2)), math.Min(down(y), down(y2)), math.Max(across(x), across(x2)), math.Max(down(y), down(y2))}
}

// places lists where the text of a note may stand, the best first.
func (f *figure) places(n note) []wording {
	x0, x1 := f.x.ends()
	_, y1 := f.y.ends()
	if f.y.named() { // runs down
		y1 = -0.5
	}
	text := shortened(n.text, f.width-8)
	var out []wording
	add := func(x, y float64, align textAlign, dx, dy float64) {
		out = append(out, wording{x, y, text, textFont{size: labelSize, align: align, dx: dx, dy: dy}})
	}
	along := func(y, dy float64) {
		for shift := 12.0; shift < f.width; shift += 8 {
			add(x1, y, alignRight, -shift, dy)
		}
	}
	switch n.kind {
	case noteHLine:
		for _, dy := range []float64{-3, 14, 29, 44} {
			add(x1, n.at, alignRight, -4, dy)
			add(x0, n.at, alignLeft, 4, dy)
		}
		along(n.at, -3)
		along(n.at, 14)
	case noteHBand:
		hi := math.Max(n.at, n.to)
		add(x1, hi, alignRight, -4, 12)
		add(x0, hi, alignLeft, 4, 12)
		along(hi, 12)
	case noteVLine, noteVBand:
		for row := range 5 {
			dy := 12 + 13*float64(row)
			add(math.Min(n.at, n.to), y1, alignLeft, 4, dy)
			add(math.Min(n.at, n.to), y1, alignRight, -4, dy)
		}
		add(x0, y1, alignLeft, 4, 12)
	case noteText:
		for _, align := range []textAlign{alignCenter, alignRight, alignLeft} {
			add(n.at, n.y, align, 0, -6)
			add(n.at, n.y, align, 0, 17)
		}
		add(x0, n.y, alignLeft, 4, -6)
	}
	return out
}

// boxOf estimates where a text is drawn, px from the top left corner of the
// plotting area.
func (f *figure) boxOf(w wording) box {
	x, y := f.x.norm(w.x)*f.width+w.font.dx, (1-f.y.norm(w.y))*f.height+w.font.dy
	if f.y.named() {
		y = f.y.norm(w.y)*f.height + w.font.dy
	}
	width := textWidth(w.text)
	switch w.font.align {
	case alignCenter:
		x -= width / 2
	case alignRight:
		x -= width
	}
	return box{x, y - labelSize, x + width, y}
}

func (f *figure) rule(x, y, x2, y2 float64) {
	f.layers = append(f.layers, layer{mark: ruleMark, opacity: 1, silent: true, across: true, stroke: 1.2, dash: []float64{5, 4},
		series: []series{{fill: noteColor, x: []float64{x}, y: []float64{y}, x2: []float64{x2}, y2: []float64{y2}}}})
}

func (f *figure) shadow(x, y, x2, y2 float64) {
	l := layer{mark: cellMark, opacity: 0.18, silent: true, across: true,
		series: []series{{fill: noteColor, x: []float64{x}, y: []float64{y}, x2: []float64{x2}, y2: []float64{y2}}}}
	f.layers = append([]layer{l}, f.layers...)
}

func (f *figure) words(w wording) {
	f.layers = append(f.layers, layer{mark: textMark, opacity: 1, silent: true, across: true, font: w.font,
		series: []series{{fill: noteColor, x: []float64{w.x}, y: []float64{w.y}, text: []string{w.text}}}})
}
