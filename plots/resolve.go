package plots

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
)

// resolve computes what a chart draws from its parts.
func resolve(parts []part, cfg config) (*figure, error) {
	f := newFigure(cfg)
	var r reach
	r.x.tight, r.y.tight, r.x.whole, r.y.whole = true, true, true, true
	r.x.log, r.y.log = cfg.logX, cfg.logY
	bins, err := binsUnder(parts, cfg)
	if err != nil {
		return nil, err
	}
	for i, p := range parts {
		d := newDrawing(p, cfg)
		d.binWide = bins
		if err := d.draw(); err != nil {
			return nil, err
		}
		if err := f.place(&d, i); err != nil {
			return nil, err
		}
		r.add(&d)
	}
	f.x.levels, f.y.levels = bounded(f.x.levels, ""), bounded(f.y.levels, "")
	if err := f.annotate(cfg.notes, &r.x, &r.y); err != nil {
		return nil, err
	}
	f.reach = r
	if err := f.scale(&f.x, "XRange", r.x, cfg.xrange, xMargin); err != nil {
		return nil, err
	}
	if err := f.scale(&f.y, "YRange", r.y, cfg.yrange, yMargin); err != nil {
		return nil, err
	}
	f.fit(r.wide, r.high)
	if err := f.retile(parts); err != nil {
		return nil, err
	}
	mergeChannels(f)
	f.settleNotes()
	f.colour(map[string]int{}, cfg.unlisted)
	return f, f.enough()
}

// newDrawing is a part to draw in a chart with the configuration.
func newDrawing(p part, cfg config) drawing {
	p.cfg.theme = cfg.theme // which a layered chart may have from another part
	return drawing{part: p, logX: cfg.logX, logY: cfg.logY, xrange: cfg.xrange, yrange: cfg.yrange, wide: cfg.width, high: cfg.height}
}

// A reach is how far the parts of a chart go.
type reach struct {
	x, y       extent
	wide, high float64 // px, 0 for no wish
}

// add widens the reach to a drawn part.
func (r *reach) add(d *drawing) {
	r.x.tight = r.x.tight && d.tightX
	r.y.tight = r.y.tight && d.tightY
	r.x.zero = r.x.zero || d.zeroX
	r.y.zero = r.y.zero || d.zeroY
	r.x.add(d.reachX)
	r.y.add(d.reachY)
	r.wide, r.high = math.Max(r.wide, d.wide), math.Max(r.high, d.high)
	for _, l := range d.layers() {
		if l.silent {
			continue
		}
		if l.mark == pointMark {
			r.x.points, r.y.points = true, true
		}
		for _, s := range l.series {
			r.x.add(s.x)
			r.x.add(s.x2)
			r.y.add(s.y)
			r.y.add(s.y2)
		}
	}
}

// The shares of their ranges by which axes reach beyond the data.
const (
	xMargin = 0.03
	yMargin = 0.05
)

// fit sets the size of the plotting area: what is asked for, or what the parts
// choose, or what the categories need.
func (f *figure) fit(wide, high float64) {
	switch {
	case high > 0:
		f.height = high
	case f.y.named():
		f.height = math.Max(defaultHeight, slotHeight*float64(len(f.y.levels)))
	}
	switch {
	case wide > 0:
		f.width = wide
	case f.x.named():
		f.width = math.Max(defaultWidth, minBand*float64(min(len(f.x.levels), maxBars)))
	}
	if f.x.named() {
		f.x.turn = turned(f.x.levels, f.width)
	}
}

// slotHeight is the least height of a category on the y axis, px, where the
// height is free.
const slotHeight = 22.0

// newFigure is an empty figure with what the options say of the whole chart.
func newFigure(cfg config) *figure {
	f := &figure{
		title: cfg.title, width: cfg.width, height: cfg.height,
		x: axis{label: cfg.xlabel, log: cfg.logX, share: cfg.percent[0]}, y: axis{label: cfg.ylabel, log: cfg.logY, share: cfg.percent[1]},
		theme: cfg.theme,
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
func (f *figure) place(d *drawing, part int) error {
	first := part == 0
	if !first && f.bare != d.bare {
		return errors.New("a chart without axes cannot lie over one with axes; set them beside one another by plots.Concat")
	}
	if err := f.x.join("x", d.x, d.shiftX, first); err != nil {
		return err
	}
	if err := f.y.join("y", d.y, d.shiftY, first); err != nil {
		return err
	}
	for _, l := range d.layers() {
		for _, s := range l.series {
			n := len(s.x)
			if l.mark == ruleMark && n > alone { // one shape, see rules
				n /= 4
			}
			f.marks += n
		}
		if l.mark == barMark && f.x.kind == slotted {
			return fmt.Errorf("the x axes differ: bars need %q to themselves", f.x.label)
		}
		l.part = part
		l.own()
		f.layers = append(f.layers, l)
	}
	if d.shapes != nil {
		f.legend.shapes, f.legend.shapeTitle = d.shapes, d.shapeTitle
	}
	f.bare = f.bare || d.bare
	f.unzoomed = f.unzoomed || d.unzoomed
	f.x.share, f.y.share = f.x.share || d.x.share, f.y.share || d.y.share
	for _, n := range d.notes {
		f.note(n)
	}
	return nil
}

// own copies what may be a caller's slices, which may change later.
func (l *layer) own() {
	l.series = slices.Clone(l.series)
	for i := range l.series {
		s := &l.series[i]
		for _, v := range []*[]float64{&s.x, &s.y, &s.x2, &s.y2, &s.shade, &s.size, &s.alpha} {
			*v = slices.Clone(*v)
		}
		s.text, s.info = slices.Clone(s.text), slices.Clone(s.info)
		for k := range s.info {
			s.info[k] = slices.Clone(s.info[k])
		}
	}
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
	} else if a.named() && b.named() {
		a.kind = max(a.kind, b.kind) // places beside the categories need room
	} else if a.kind != b.kind {
		return fmt.Errorf("the %s axes differ: %q holds %s, %q holds %s", which, a.label, a.kind.holds(), b.label, b.kind.holds())
	}
	if a.named() && !first {
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
	if a.share && a.kind != quantitative {
		return fmt.Errorf("percent need numbers; %q holds %s", a.label, a.kind.holds())
	}
	if a.named() {
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
		if a.log && user[0] < smallest {
			return fmt.Errorf("%s on a log scale must start above 0, got %g", name, user[0])
		}
		a.lo, a.hi = user[0], user[1]
		a.whole = e.whole && !a.log && !a.share && a.hi-a.lo > 1
		return nil
	}
	a.lo, a.hi = e.domain(margin)
	a.whole = e.whole && !a.log && !a.share
	return nil
}

// colour gives every series its place in the palette and lists the named ones;
// slots are the places of names, to which it adds.
func (f *figure) colour(slots map[string]int, unlisted bool) {
	next := len(slots)
	listed, unnamed := map[string]bool{}, map[int]int{} // the latter: of each part
	for i := range f.layers {
		l := &f.layers[i]
		for j := range l.series {
			s := &l.series[j]
			if s.fill != "" {
				continue
			}
			k, known := slots[s.name]
			if s.name == "" {
				k, known = unnamed[l.part]
			}
			switch {
			case s.other:
				k = restSlot
			case !known:
				k = next
				next++
			}
			s.slot = k
			if s.name == "" {
				unnamed[l.part] = k
				continue
			}
			slots[s.name] = k
			if !listed[s.name] && !unlisted && !l.silent {
				listed[s.name] = true
				f.legend.list(l.mark, s)
			}
		}
	}
	if len(f.legend.shapes) > 0 || slices.Max(append(f.legend.forms, 0)) == 0 {
		f.legend.forms = nil
	}
}

// list adds a class. The title is what all classes are values of, if they are of
// one column.
func (g *legend) list(m markKind, s *series) {
	if len(g.names) == 0 {
		g.title = s.column
	} else if g.title != s.column {
		g.title = ""
	}
	g.names, g.slots = append(g.names, s.name), append(g.slots, s.slot)
	g.marks, g.forms = append(g.marks, m), append(g.forms, s.form)
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
