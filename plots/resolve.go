package plots

import (
	"errors"
	"fmt"
	"math"
	"strings"
)

// resolve computes what a chart draws from its parts.
func resolve(parts []part, cfg config) (*figure, error) {
	f := newFigure(cfg)
	var xs, ys extent
	xs.tight, xs.whole, ys.whole = true, true, true
	xs.log, ys.log = cfg.logX, cfg.logY
	for i, p := range parts {
		d := drawing{part: p, logX: cfg.logX, logY: cfg.logY, xrange: cfg.xrange}
		if err := d.draw(); err != nil {
			return nil, err
		}
		if err := f.place(&d, i == 0); err != nil {
			return nil, err
		}
		xs.tight = xs.tight && d.tightX
		ys.zero = ys.zero || d.zeroY
		for _, s := range d.layer.series {
			xs.add(s.x)
			xs.add(s.x2)
			ys.add(s.y)
			ys.add(s.y2)
		}
	}
	if err := f.scale(&f.x, "XRange", xs, cfg.xrange, 0.03); err != nil {
		return nil, err
	}
	if err := f.scale(&f.y, "YRange", ys, cfg.yrange, 0.05); err != nil {
		return nil, err
	}
	if f.x.kind == nominal {
		if cfg.width == 0 {
			f.width = math.Max(defaultWidth, minBand*float64(min(len(f.x.levels), maxBars)))
		}
		f.x.turn = turned(f.x.levels, f.width)
	}
	f.colour()
	return f, nil
}

// newFigure is an empty figure with what the options say of the whole chart.
func newFigure(cfg config) *figure {
	f := &figure{
		title: cfg.title, width: cfg.width, height: cfg.height,
		x: axis{label: cfg.xlabel, log: cfg.logX}, y: axis{label: cfg.ylabel, log: cfg.logY},
	}
	if f.width == 0 {
		f.width = defaultWidth
	}
	if f.height == 0 {
		f.height = defaultHeight
	}
	if cfg.subtitle != "" {
		f.captions = append(f.captions, cfg.subtitle)
	}
	return f
}

// place adds a drawn part to the figure: its layer, its captions, its kinds
// of axis, which must be those of the parts before it.
func (f *figure) place(d *drawing, first bool) error {
	if err := f.x.join("x", d.x, d.shiftX, first); err != nil {
		return err
	}
	if err := f.y.join("y", d.y, d.shiftY, first); err != nil {
		return err
	}
	for _, s := range d.layer.series {
		f.marks += len(s.x)
	}
	f.layers = append(f.layers, d.layer)
	for _, n := range d.notes {
		f.note(n)
	}
	return nil
}

// note adds a caption once.
func (f *figure) note(text string) {
	for _, have := range f.captions {
		if have == text {
			return
		}
	}
	f.captions = append(f.captions, text)
}

// join gives the axis the kind, label and levels of another part. Categories
// that it already has keep their places; shift moves the part's own.
func (a *axis) join(which string, b axis, shift func(map[int]int), first bool) error {
	if first {
		a.kind, a.levels = b.kind, b.levels
	} else if a.kind != b.kind {
		return fmt.Errorf("the %s axes differ: %q holds %s, %q holds %s", which, a.label, a.kind.holds(), b.label, b.kind.holds())
	}
	if a.kind == nominal && !first {
		index := map[string]int{}
		for i, l := range a.levels {
			index[l] = i
		}
		moved := map[int]int{}
		for i, l := range b.levels {
			k, ok := index[l]
			if !ok {
				k = len(a.levels)
				a.levels = append(a.levels[:k:k], l)
			}
			moved[i] = k
		}
		shift(moved)
	}
	if a.label == "" {
		a.label = b.label
	}
	return nil
}

// scale sets the domain of an axis.
func (f *figure) scale(a *axis, name string, e extent, user *[2]float64, margin float64) error {
	if a.kind == nominal {
		if a.log {
			return fmt.Errorf("a log scale needs numbers; %q holds names", a.label)
		}
		if user != nil {
			return fmt.Errorf("%s needs numbers; %q holds names", name, a.label)
		}
		return nil
	}
	if a.log && a.kind == temporal {
		return fmt.Errorf("a log scale needs numbers; %q holds moments", a.label)
	}
	if user != nil {
		if a.log && user[0] <= 0 {
			return fmt.Errorf("%s on a log scale must start above 0, got %g", name, user[0])
		}
		a.lo, a.hi = user[0], user[1]
		a.whole = e.whole && !a.log && a.hi-a.lo > 1
		return nil
	}
	a.lo, a.hi = e.domain(margin)
	a.whole = e.whole && !a.log
	return nil
}

// colour gives every series its place in the palette and lists the named ones.
func (f *figure) colour() {
	slots := map[string]int{}
	next := 0
	title, titled := "", false
	for i := range f.layers {
		l := &f.layers[i]
		for j := range l.series {
			s := &l.series[j]
			k, known := slots[s.name]
			switch {
			case s.other:
				k = len(palette)
			case !known || s.name == "":
				k = next
				next++
			}
			s.slot = k
			if s.name == "" || known {
				continue
			}
			slots[s.name] = k
			f.legend.names = append(f.legend.names, s.name)
			f.legend.slots = append(f.legend.slots, k)
			f.legend.marks = append(f.legend.marks, l.mark)
			if !titled {
				title, titled = s.column, true
			} else if title != s.column {
				title = ""
			}
		}
	}
	f.legend.title = title
}

// errNothing is the reason when no row is left to draw.
func errNothing(total int, notes []string) error {
	if total == 0 {
		return errors.New("no rows to draw")
	}
	if len(notes) == 0 {
		return fmt.Errorf("none of %s can be drawn", plural(total, "row"))
	}
	return fmt.Errorf("nothing to draw: %s", strings.Join(notes, "; "))
}
