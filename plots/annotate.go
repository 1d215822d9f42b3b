package plots

import (
	"fmt"
	"math"
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
	for _, n := range f.pending {
		lo, hi := math.Min(n.at, n.to), math.Max(n.at, n.to)
		x0, x1, y0, y1 := f.x.lo, f.x.hi, f.y.lo, f.y.hi
		if f.x.kind == slotted {
			x0, x1 = -0.5, float64(len(f.x.levels))-0.5
		}
		if f.y.kind == slotted {
			y0, y1 = -0.5, float64(len(f.y.levels))-0.5
		}
		text := textFont{size: labelSize, align: alignRight, dx: -4, dy: -3}
		switch n.kind {
		case noteHLine:
			f.rule(x0, n.at, x1, n.at)
			f.words(x1, n.at, n.text, text)
		case noteVLine:
			f.rule(n.at, y0, n.at, y1)
			f.words(n.at, y1, n.text, textFont{size: labelSize, align: alignLeft, dx: 4, dy: 12})
		case noteHBand:
			f.shadow(x0, lo, x1, hi)
			f.words(x1, hi, n.text, textFont{size: labelSize, align: alignRight, dx: -4, dy: 12})
		case noteVBand:
			f.shadow(lo, y0, hi, y1)
			f.words(lo, y1, n.text, textFont{size: labelSize, align: alignLeft, dx: 4, dy: 12})
		case noteText:
			f.words(n.at, n.y, n.text, textFont{size: labelSize, dy: -6})
		}
	}
}

func (f *figure) rule(x, y, x2, y2 float64) {
	f.layers = append(f.layers, layer{mark: ruleMark, opacity: 1, silent: true, stroke: 1.2, dash: []float64{5, 4},
		series: []series{{fill: noteColor, x: []float64{x}, y: []float64{y}, x2: []float64{x2}, y2: []float64{y2}}}})
}

func (f *figure) shadow(x, y, x2, y2 float64) {
	l := layer{mark: cellMark, opacity: 0.18, silent: true,
		series: []series{{fill: noteColor, x: []float64{x}, y: []float64{y}, x2: []float64{x2}, y2: []float64{y2}}}}
	f.layers = append([]layer{l}, f.layers...)
}

func (f *figure) words(x, y float64, text string, font textFont) {
	if text == "" {
		return
	}
	f.layers = append(f.layers, layer{mark: textMark, opacity: 1, silent: true, font: font,
		series: []series{{fill: noteColor, x: []float64{x}, y: []float64{y}, text: []string{text}}}})
}
