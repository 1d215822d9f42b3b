package plots

import (
	"bytes"
	"encoding/json"
	"math"
	"slices"
	"strconv"
)

// columnsFrom is from how many rows on the data of a layer is one record for each
// series, with lists of what its rows differ in: half as long as a record for each
// row, with what repeats once.
const columnsFrom = 50

// data is the rows of the layer, and how Vega makes them of what is written.
func (f *figure) data(l *layer) (values json.RawMessage, made []object) {
	if l.shared != nil || l.lattice.long() {
		return nil, nil // they are written in other ways
	}
	n := 0
	for _, s := range l.series {
		n += len(s.x)
	}
	w := f.writer(l, n)
	if n < columnsFrom || w.mixed() {
		return w.rows(), nil
	}
	return w.columns()
}

// sameOf is what all rows of the i-th series have.
func (f *figure) sameOf(l *layer, i int, many bool) (text string) {
	s := &l.series[i]
	if s.name != "" {
		text = `,"c":` + string(marshal(s.name))
	}
	if s.other && many {
		text += `,"d":` + string(marshal(s.detail))
	} else if l.apart {
		text += `,"d":` + strconv.Itoa(i)
	}
	if paint := f.paint(l, s); paint != "" {
		text += `,"k":"` + paint + `"`
	}
	if s.lonely() && l.mark == lineMark && !l.silent {
		text += `,"lone":true`
	}
	if len(f.legend.shapes) > 0 && l.mark == pointMark {
		text += `,"h":` + string(marshal(f.legend.shapes[s.form]))
	}
	return text
}

// A rowWriter writes the rows of a layer. encoding/json would take most of the
// time of a chart here, so the numbers are written directly.
type rowWriter struct {
	*layer
	order  []int    // of the series
	same   []string // what all rows of a series have
	fields []rowField
}

// A rowField is what rows differ in: a number, or a text.
type rowField struct {
	name   string
	has    func(*series) bool
	number func(b []byte, s *series, j int) []byte
	text   func(s *series, j int) string
}

// writer is what writes the layer's rows, of which there are n.
func (f *figure) writer(l *layer, n int) *rowWriter {
	w := &rowWriter{layer: l, order: l.fromBelow()}
	many := l.many()
	for _, i := range w.order {
		w.same = append(w.same, f.sameOf(l, i, many))
	}
	x, y := f.x.rounding(f.width, n), f.y.rounding(f.height, n)
	w.axis("x", f.x, x, func(s *series) []float64 { return s.x })
	w.add("x2", x, func(s *series) []float64 { return s.x2 })
	w.axis("y", f.y, y, func(s *series) []float64 { return s.y })
	bars := l.mark == barMark || l.mark == rectMark
	if bars {
		w.field(rowField{name: "v", has: func(s *series) bool { return s.y2 != nil },
			number: func(b []byte, s *series, j int) []byte { return y.append(b, s.y[j]-s.y2[j]) }})
	}
	if !bars || stacked(l) { // else all begin at zero
		w.add("y2", y, func(s *series) []float64 { return s.y2 })
	}
	w.channels(n)
	return w
}

// field adds a field, if some series have it.
func (w *rowWriter) field(r rowField) {
	if slices.ContainsFunc(w.series, func(s series) bool { return r.has(&s) }) {
		w.fields = append(w.fields, r)
	}
}

// mixed reports whether some series with rows lack what others have.
func (w *rowWriter) mixed() bool {
	return slices.ContainsFunc(w.fields, func(r rowField) bool {
		return slices.ContainsFunc(w.series, func(s series) bool { return len(s.x) > 0 && !r.has(&s) })
	})
}

// axis adds a field that an axis shows.
func (w *rowWriter) axis(name string, a axis, r rounding, of func(*series) []float64) {
	w.add(name, r, of)
	if a.kind != nominal || len(a.levels) == 0 {
		return
	}
	w.fields[len(w.fields)-1].text = func(s *series, j int) string { return a.levels[int(of(s)[j])] }
}

// add adds a field of numbers.
func (w *rowWriter) add(name string, r rounding, of func(*series) []float64) {
	w.field(rowField{name: name, has: func(s *series) bool { return of(s) != nil },
		number: func(b []byte, s *series, j int) []byte { return r.append(b, of(s)[j]) }})
}

// channels adds what else the rows show.
func (w *rowWriter) channels(n int) {
	w.add("z", w.shade.rounding(n), func(s *series) []float64 { return s.shade })
	w.add("s", w.size.rounding(n), func(s *series) []float64 { return s.size })
	w.field(rowField{name: "a", has: func(s *series) bool { return s.alpha != nil },
		number: func(b []byte, s *series, j int) []byte { return alphaRounding.append(b, w.opacity*s.alpha[j]) }})
	w.field(rowField{name: "t", has: func(s *series) bool { return s.text != nil },
		text: func(s *series, j int) string { return s.text[j] }})
	for k := range w.info {
		w.field(rowField{name: "i" + strconv.Itoa(k), has: func(s *series) bool { return k < len(s.info) },
			text: func(s *series, j int) string { return s.info[k][j] }})
	}
	if w.ordered {
		w.field(rowField{name: "o", has: func(*series) bool { return true },
			number: func(b []byte, _ *series, j int) []byte { return strconv.AppendInt(b, int64(j), 10) }})
	}
}

// value writes a field of the j-th row of a series.
func (r *rowField) value(b []byte, s *series, j int) []byte {
	if r.text != nil {
		return append(b, marshal(r.text(s, j))...)
	}
	return r.number(b, s, j)
}

// rows is a record for each row.
func (w *rowWriter) rows() json.RawMessage {
	b := []byte{'['}
	for k, i := range w.order {
		s := &w.series[i]
		for j := range s.x {
			if len(b) > 1 {
				b = append(b, ',')
			}
			for n := range w.fields {
				if r := &w.fields[n]; r.has(s) {
					b = r.value(key(append(b, "{,"[min(n, 1)]), r.name), s, j)
				}
			}
			b = append(append(b, w.same[k]...), '}')
		}
	}
	return append(b, ']')
}

func key(b []byte, name string) []byte { return append(append(append(b, '"'), name...), '"', ':') }

// columns is a record for each series, and the transforms that make rows of them.
func (w *rowWriter) columns() (values json.RawMessage, made []object) {
	records := make([][]byte, len(w.order))
	var listed []string
	for n := range w.fields {
		r := &w.fields[n]
		table, write := w.coded(r)
		lists, firsts, differ := w.lists(write)
		if differ || n == 0 { // which says how many rows there are
			listed = append(listed, r.name)
		} else {
			lists = firsts
		}
		for k := range records {
			records[k] = append(key(append(records[k], "{,"[min(n, 1)]), r.name), lists[k]...)
		}
		if table != nil {
			made = append(made, object{"calculate": string(table) + "[datum." + r.name + "]", "as": r.name})
		}
	}
	b := []byte{'['}
	for k, i := range w.order {
		if len(w.series[i].x) == 0 {
			continue
		}
		if len(b) > 1 {
			b = append(b, ',')
		}
		b = append(append(append(b, records[k]...), w.same[k]...), '}')
	}
	return append(b, ']'), append([]object{{"flatten": listed}}, made...)
}

// lists is a field of the rows of each series as a list, its first value, and
// whether the values of some series differ.
func (w *rowWriter) lists(write func([]byte, *series, int) []byte) (lists, firsts [][]byte, differ bool) {
	for _, i := range w.order {
		s := &w.series[i]
		b := []byte{'['}
		var first []byte
		for j := range s.x {
			poll(j)
			if j > 0 {
				b = append(b, ',')
			}
			at := len(b)
			b = write(b, s, j)
			if j == 0 {
				first = slices.Clone(b[at:])
			}
			differ = differ || !bytes.Equal(first, b[at:])
		}
		lists, firsts = append(lists, append(b, ']')), append(firsts, first)
	}
	return lists, firsts, differ
}

// coded writes a field; texts that come often as their places in a table, if that
// is shorter.
func (w *rowWriter) coded(r *rowField) (table []byte, write func([]byte, *series, int) []byte) {
	if r.text == nil {
		return nil, r.number
	}
	codes := map[string]int{}
	table = []byte{'['}
	full, short := 0, 0
	for _, i := range w.order {
		s := &w.series[i]
		for j := range s.x {
			text := r.text(s, j)
			k, ok := codes[text]
			if !ok {
				k = len(codes)
				codes[text] = k
				table = append(append(table, marshal(text)...), ',')
			}
			full += len(text) + 2
			short += len(strconv.Itoa(k))
		}
	}
	if table[len(table)-1] = ']'; short+2*len(table) > full {
		return nil, r.value
	}
	return table, func(b []byte, s *series, j int) []byte { return strconv.AppendInt(b, int64(codes[r.text(s, j)]), 10) }
}

// A rounding writes numbers with as many digits as a picture can show.
type rounding struct {
	decimals int // that the range needs
	digits   int // significant ones that each value has at least
}

// oversample is how much finer than a pixel coordinates are kept: what zooming
// in still resolves.
const oversample = 20

// preciseTo is up to how many rows each value has six digits. More are of interest
// together, and have those that show.
const preciseTo = 500

// rounding is that of n values along the axis.
func (a axis) rounding(px float64, n int) rounding {
	switch {
	case a.kind == nominal:
		return rounding{}
	case a.kind == slotted:
		return roundingFor(float64(len(a.levels)), px, 0)
	case a.kind == temporal:
		return roundingFor(a.hi-a.lo, px, 0)
	case n <= preciseTo:
		return roundingFor(a.hi-a.lo, px, 6)
	case a.log:
		return roundingFor(a.hi-a.lo, px, 5)
	}
	return roundingFor(a.hi-a.lo, px, 3)
}

// rounding is that of n values of the channel.
func (ch *channel) rounding(n int) rounding {
	switch {
	case ch == nil:
		return rounding{}
	case n > preciseTo:
		return roundingFor(ch.hi-ch.lo, 300, 3)
	}
	return roundingFor(ch.hi-ch.lo, 300, 6)
}

func roundingFor(span, px float64, digits int) rounding {
	r := rounding{digits: digits}
	if step := span / (px * oversample); step > 0 && finite(step) {
		r.decimals = max(0, int(math.Ceil(-math.Log10(step))))
	}
	return r
}

func (r rounding) append(b []byte, v float64) []byte {
	size := math.Abs(v)
	if v == 0 {
		return append(b, '0')
	}
	if size < 1e-4 || size >= 1e15 {
		if r.digits > 0 && size < 1e-4 {
			needed := r.decimals + int(math.Floor(math.Log10(size))) + 1
			return strconv.AppendFloat(b, v, 'g', min(max(r.digits, needed), 17), 64)
		}
		return strconv.AppendFloat(b, v, 'g', -1, 64)
	}
	d := r.decimals
	if r.digits > 0 {
		d = max(d, r.digits-1-int(math.Floor(math.Log10(size))))
	}
	start := len(b)
	b = strconv.AppendFloat(b, v, 'f', min(d, 17), 64)
	if bytes.IndexByte(b[start:], '.') < 0 {
		return b
	}
	b = bytes.TrimRight(b, "0")
	return bytes.TrimSuffix(b, []byte{'.'})
}

var alphaRounding = rounding{decimals: 3}
