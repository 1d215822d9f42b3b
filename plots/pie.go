package plots

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"

	"github.com/sheaf-go/sheaf/tables"
)

// Pie draws the shares of a whole as slices of a circle, clockwise from the top
// in the order of the data. The values of several rows of a category are added
// up; with "" as value its rows are counted. Values must not be negative. Of
// more than eight categories the seven largest keep their slices and the rest
// is one. Slices with room show their percentage.
func Pie(t *tables.Table, category, value string, opts ...Option) *Chart {
	src, err := fromTable(t)
	return newChart(pieChart, src, category, value, err, opts)
}

// PieOf is [Pie] over names and values, slices of equal length.
func PieOf(names []string, values []float64, opts ...Option) *Chart {
	src, err := fromNames(names, values)
	return newChart(pieChart, src, "", "value", err, opts)
}

// Ring is [Pie] with a hole in the middle.
func Ring(t *tables.Table, category, value string, opts ...Option) *Chart {
	return calledAs("ring", Pie(t, category, value, prepend(hollowed(), opts)...))
}

// RingOf is [PieOf] with a hole in the middle.
func RingOf(names []string, values []float64, opts ...Option) *Chart {
	return calledAs("ring", PieOf(names, values, prepend(hollowed(), opts)...))
}

func hollowed() Option { return option("", nil, func(c *config) { c.ring = true }) }

// fromNames is the source of the charts over names and their values.
func fromNames(names []string, values []float64) (source, error) {
	if len(names) != len(values) {
		return nil, fmt.Errorf("want slices of equal length, got %d names and %d values", len(names), len(values))
	}
	return memory{[]*column{newNominal("", names), {name: "value", v: values}}}, nil
}

// A slice is one piece of a pie.
type slice struct {
	name     string
	value    float64
	other    bool
	from, to float64 // radians, clockwise from the top
}

const (
	pieSize = 300.0 // px of the plotting area
	pieRoom = 36.0  // px around the circle, for labels
	pieHole = 0.58  // of a ring, in radii
)

func (d *drawing) pie() error {
	cat, value, err := d.barColumns()
	if err != nil {
		return err
	}
	slices, total, err := d.slices(cat, value)
	if err != nil {
		return err
	}
	d.bare, d.unzoomed, d.tightX, d.tightY = true, true, true, true
	d.wide, d.high = orDefault(d.wide, pieSize), orDefault(d.high, pieSize)
	p := pieOf(d.wide, d.high, d.cfg.ring)
	d.layer = layer{mark: arcMark, opacity: 1, radius: p.r, inner: p.inner, onlyInfo: true,
		info: []string{orName(cat.name, "name"), pieTitle(value), "share"}}
	for _, s := range slices {
		d.layer.series = append(d.layer.series, series{
			name: s.name, column: cat.name, other: s.other,
			x: []float64{s.from}, x2: []float64{s.to}, y: []float64{0},
			info: [][]string{{s.name}, {strconv.FormatFloat(s.value, 'g', 6, 64)}, {shareText(s.value / total)}},
		})
	}
	d.reachX, d.reachY = p.span(d.wide), p.span(d.high)
	d.percentages(p, slices, total)
	return nil
}

func orName(name, other string) string {
	if name == "" {
		return other
	}
	return name
}

func pieTitle(value *column) string {
	if value == nil {
		return "count"
	}
	return value.name
}

// shareText writes a share with the digits that tell it from nothing.
func shareText(share float64) string {
	digits := 0
	if share < 0.0995 {
		digits = 1
	}
	return strconv.FormatFloat(100*share, 'f', digits, 64) + "%"
}

// slices adds up the values of each category and puts them around the circle.
func (d *drawing) slices(cat, value *column) ([]slice, float64, error) {
	all, err := d.shares(cat, value)
	if err != nil {
		return nil, 0, err
	}
	out, total, none := all[:0], 0.0, 0
	for _, s := range all {
		if s.value == 0 {
			none++
			continue
		}
		out = append(out, s)
		total += s.value
	}
	switch {
	case len(all) == 0:
		return nil, 0, errNothing(cat.len(), d.notes)
	case total == 0:
		return nil, 0, fmt.Errorf("the values of %s add up to 0; a pie needs a whole to share", plural(none, "category"))
	case !finite(total):
		return nil, 0, errors.New("the values add up to more than a number can hold")
	}
	if none > 0 {
		d.note("%s left out: 0", plural(none, "category"))
	}
	out = d.largest(out)
	at := 0.0
	for i := range out {
		out[i].from = 2 * math.Pi * at / total
		at += out[i].value
		out[i].to = 2 * math.Pi * at / total
	}
	out[len(out)-1].to = 2 * math.Pi
	return out, total, nil
}

// shares is the sum of each category that has a value, in the order of the data.
func (d *drawing) shares(cat, value *column) ([]slice, error) {
	sums, seen := make([]float64, len(cat.levels)), make([]bool, len(cat.levels))
	var f filter
	for i, k := range cat.code {
		poll(i)
		v := 1.0
		if value != nil {
			v = value.v[i]
		}
		if k < 0 || !finite(v) {
			f.missing++
			continue
		}
		if v < 0 {
			return nil, fmt.Errorf("want values of 0 and above, got %g for %q", v, cat.levels[k])
		}
		sums[k] += v
		seen[k] = true
	}
	d.report(f, "row")
	out := make([]slice, 0, len(cat.levels))
	for k, level := range cat.levels {
		if seen[k] {
			out = append(out, slice{name: level, value: sums[k]})
		}
	}
	return out, nil
}

// largest keeps as many slices as have a colour, in their order, and joins the
// rest at the end.
func (d *drawing) largest(all []slice) []slice {
	limit := d.cfg.classLimit()
	if len(all) <= limit {
		return all
	}
	order := leading(len(all), limit-1, func(a, b int) int { return cmp.Compare(all[b].value, all[a].value) })
	slices.Sort(order)
	rest := slice{name: group(len(all)-len(order)) + " others", other: true}
	var out []slice
	for i, s := range all {
		if _, kept := slices.BinarySearch(order, i); kept {
			out = append(out, s)
		} else {
			rest.value += s.value
		}
	}
	d.note("the %d largest of %s", len(order), plural(len(all), "category"))
	return append(out, rest)
}

// A pieShape is where the circle of a pie is. Its texts stand on axes that have
// nothing else to show: both count from the middle, and unit is how many of
// theirs make a px.
type pieShape struct {
	r, inner, unit float64
}

func pieOf(wide, high float64, ring bool) pieShape {
	side := math.Min(wide, high)
	// The angles of the slices are on the x axis too, so it reaches beyond 2π.
	p := pieShape{r: math.Max(side/4, side/2-pieRoom), unit: 14 / wide}
	if ring {
		p.inner = p.r * pieHole
	}
	return p
}

func (p pieShape) span(px float64) []float64 { return []float64{-px / 2 * p.unit, px / 2 * p.unit} }

// percentages writes the shares into the slices, beside those that are too
// thin, and nowhere where it would run into another.
func (d *drawing) percentages(p pieShape, all []slice, total float64) {
	l := layer{mark: textMark, opacity: 1, silent: true, font: textFont{middle: true}}
	of := map[string]int{} // which series has the texts of a colour
	var taken []box
	for i, s := range all {
		if s.other {
			i = restSlot
		}
		text := shareText(s.value / total)
		r, ink, b := p.label(s, text, inkOn(parseColor(d.cfg.theme.class(i))))
		sin, cos := math.Sincos((s.from + s.to) / 2)
		if slices.ContainsFunc(taken, b.meets) {
			continue
		}
		taken = append(taken, b)
		if _, ok := of[ink]; !ok {
			of[ink] = len(l.series)
			l.series = append(l.series, series{fill: ink})
		}
		t := &l.series[of[ink]]
		t.x, t.y, t.text = append(t.x, r*sin*p.unit), append(t.y, r*cos*p.unit), append(t.text, text)
	}
	if len(l.series) > 0 {
		d.over = append(d.over, l)
	}
}

// label is how far from the middle the text of a slice stands, in which colour,
// and its room: in the slice, or beside it where it is too thin.
func (p pieShape) label(s slice, text, ink string) (r float64, colour string, room box) {
	w, h, angle := textWidth(text), labelSize+2, (s.from+s.to)/2
	r = p.r * 0.68
	if p.inner > 0 {
		r = (p.r + p.inner) / 2
	}
	if room = textBox(r, angle, w, h); p.holds(s, room) {
		return r, ink, room
	}
	r = p.r + 4 + math.Hypot(w/2*math.Sin(angle), h/2*math.Cos(angle))
	return r, noteColor, textBox(r, angle, w+4, h)
}

// A box is the room of a text, px.
type box struct{ x1, y1, x2, y2 float64 }

// textBox is the room of a text in a direction from the middle.
func textBox(r, angle, w, h float64) box {
	sin, cos := math.Sincos(angle)
	return box{r*sin - w/2, r*cos - h/2, r*sin + w/2, r*cos + h/2}
}

// holds reports whether a text lies within a slice.
func (p pieShape) holds(s slice, b box) bool {
	for _, c := range [][2]float64{{b.x1, b.y1}, {b.x1, b.y2}, {b.x2, b.y1}, {b.x2, b.y2}} {
		r, angle := math.Hypot(c[0], c[1]), math.Atan2(c[0], c[1])
		if angle < 0 {
			angle += 2 * math.Pi
		}
		if r > p.r-2 || r < p.inner+2 || angle < s.from || angle > s.to {
			return false
		}
	}
	return true
}

func (a box) meets(b box) bool { return a.x1 < b.x2 && b.x1 < a.x2 && a.y1 < b.y2 && b.y1 < a.y2 }
