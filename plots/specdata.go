package plots

import (
	"bytes"
	"encoding/json"
	"math"
	"strconv"
)

// rows writes the layer's data. encoding/json would take most of the time of
// a chart here, so the numbers are written directly.
func (f *figure) rows(l *layer) json.RawMessage {
	w := rowWriter{
		layer: l, x: f.x.rounding(f.width), y: f.y.rounding(f.height), z: l.shade.rounding(), size: l.size.rounding(),
		levels: quoteAll(f.x.words()), yLevels: quoteAll(f.y.words()),
		bars: l.mark == barMark || l.mark == rectMark, based: stacked(l),
	}
	many := l.many()
	b := []byte{'['}
	for _, i := range l.fromBelow() {
		s := &l.series[i]
		same := f.sameOf(l, i, many)
		for j := range s.x {
			if len(b) > 1 {
				b = append(b, ',')
			}
			b = w.places(b, s, j)
			b = w.channels(b, s, j)
			b = append(append(b, same...), '}')
		}
	}
	return append(b, ']')
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

// A rowWriter writes the rows of a layer.
type rowWriter struct {
	*layer
	x, y, z, size   rounding
	levels, yLevels []string // of categories, in quotes
	bars            bool
	based           bool // some do not begin at zero
}

// places begins the j-th row of a series, with where it is drawn.
func (w *rowWriter) places(b []byte, s *series, j int) []byte {
	b = w.x.appendAt(append(b, `{"x":`...), s.x[j], w.levels)
	if s.x2 != nil {
		b = w.x.append(append(b, `,"x2":`...), s.x2[j])
	}
	b = w.y.appendAt(append(b, `,"y":`...), s.y[j], w.yLevels)
	if s.y2 != nil && w.bars {
		b = w.y.append(append(b, `,"v":`...), s.y[j]-s.y2[j])
	} else if s.y2 != nil {
		b = w.y.append(append(b, `,"y2":`...), s.y2[j])
	}
	if w.based && w.bars {
		b = w.y.append(append(b, `,"y2":`...), s.y2[j])
	}
	return b
}

// channels adds what else the row shows.
func (w *rowWriter) channels(b []byte, s *series, j int) []byte {
	if s.shade != nil {
		b = w.z.append(append(b, `,"z":`...), s.shade[j])
	}
	if s.size != nil {
		b = w.size.append(append(b, `,"s":`...), s.size[j])
	}
	if s.alpha != nil {
		b = alphaRounding.append(append(b, `,"a":`...), w.opacity*s.alpha[j])
	}
	if s.text != nil {
		b = append(append(b, `,"t":`...), marshal(s.text[j])...)
	}
	for k, texts := range s.info {
		b = append(strconv.AppendInt(append(b, `,"i`...), int64(k), 10), `":`...)
		b = append(b, marshal(texts[j])...)
	}
	if w.ordered {
		b = strconv.AppendInt(append(b, `,"o":`...), int64(j), 10)
	}
	return b
}

func quoteAll(names []string) []string {
	out := make([]string, len(names))
	for i, n := range names {
		out[i] = string(marshal(n))
	}
	return out
}

// A rounding writes numbers with as many digits as a picture can show.
type rounding struct {
	decimals int  // that the range needs
	digits   bool // and at least six significant ones of each value
}

// oversample is how much finer than a pixel coordinates are kept: what zooming
// in still resolves.
const oversample = 20

func (a axis) rounding(px float64) rounding {
	if a.kind == nominal {
		return rounding{}
	}
	if a.kind == slotted {
		return roundingFor(float64(len(a.levels)), px, false)
	}
	return roundingFor(a.hi-a.lo, px, a.kind == quantitative)
}

func (ch *channel) rounding() rounding {
	if ch == nil {
		return rounding{}
	}
	return roundingFor(ch.hi-ch.lo, 300, true)
}

func roundingFor(span, px float64, digits bool) rounding {
	r := rounding{digits: digits}
	if step := span / (px * oversample); step > 0 && finite(step) {
		r.decimals = max(0, int(math.Ceil(-math.Log10(step))))
	}
	return r
}

// appendAt writes a category's name, or the number if there are no names.
func (r rounding) appendAt(b []byte, v float64, levels []string) []byte {
	if len(levels) > 0 {
		return append(b, levels[int(v)]...)
	}
	return r.append(b, v)
}

func (r rounding) append(b []byte, v float64) []byte {
	size := math.Abs(v)
	if v == 0 {
		return append(b, '0')
	}
	if size < 1e-4 || size >= 1e15 {
		if r.digits && size < 1e-4 {
			needed := r.decimals + int(math.Floor(math.Log10(size))) + 1
			return strconv.AppendFloat(b, v, 'g', min(max(6, needed), 17), 64)
		}
		return strconv.AppendFloat(b, v, 'g', -1, 64)
	}
	d := r.decimals
	if r.digits {
		d = max(d, 5-int(math.Floor(math.Log10(size))))
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

// words are the names that stand for the values of a nominal axis.
func (a axis) words() []string {
	if a.kind == nominal {
		return a.levels
	}
	return nil
}
