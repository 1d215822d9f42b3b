package plots

import (
	"bytes"
	"math"
	"strconv"
	"strings"
)

// shortSVG writes the paths of an SVG in relative coordinates, circles as dots
// of a round pen, and the font once: half as many bytes of the same picture.
func shortSVG(svg []byte) []byte {
	const head, styled = `<path d="`, `" style="`
	var out bytes.Buffer
	for {
		before, rest, found := bytes.Cut(svg, []byte(head))
		out.Write(before)
		if !found {
			return shortFonts(out.Bytes())
		}
		d, rest, _ := bytes.Cut(rest, []byte(styled))
		style, rest, _ := bytes.Cut(rest, []byte(`"`))
		data, look := shortPath(string(d), string(style))
		out.WriteString(head + data + styled + look + `"`)
		svg = rest
	}
}

// svgFonts are those of texts. Liberation Sans, whose metrics the layout uses,
// has those of Arial and Helvetica, so a reader without it sees the same widths.
const svgFonts = "Liberation Sans,Arial,Helvetica,sans-serif"

// shortFonts names the font at the root only.
func shortFonts(svg []byte) []byte {
	for _, same := range []string{"font-family:Liberation Sans;", "font-weight:normal;", "font-variant:none;", "font-variant:normal;", "font-style:normal;"} {
		svg = bytes.ReplaceAll(svg, []byte(same), nil)
	}
	return bytes.Replace(svg, []byte("<svg "), []byte(`<svg font-family="`+svgFonts+`" `), 1)
}

// A pathPart is a command of a path with absolute coordinates: M, L, A, Q, C
// or Z.
type pathPart struct {
	letter byte
	v      []float64
}

// shortPath returns the data and the style of a path that looks the same; those
// that it got where it does not understand them.
func shortPath(data, style string) (string, string) {
	parts, ok := pathParts(data)
	if !ok {
		return data, style
	}
	if r := dotRadius(parts); r > 0 && strings.HasPrefix(style, "fill:#") && !strings.Contains(style, "stroke") {
		return dots(parts), "fill:none;stroke-linecap:round;stroke-width:" + shortNumber(hundredths(2*r)) + ";" + strings.ReplaceAll(style, "fill", "stroke")
	}
	w := pathWriter{joins: strings.Contains(style, "fill:none")}
	for _, p := range parts {
		w.add(p)
	}
	return string(w.out), style
}

// pathParts reads path data.
func pathParts(data string) (parts []pathPart, ok bool) {
	count := map[byte]int{'M': 2, 'L': 2, 'A': 7, 'Q': 4, 'C': 6, 'Z': 0}
	for len(data) > 0 {
		p := pathPart{letter: data[0]}
		want, known := count[p.letter]
		end := strings.IndexAny(data[1:], "MLAQCZ") + 1
		if end == 0 {
			end = len(data)
		}
		for _, field := range strings.FieldsFunc(data[1:end], func(r rune) bool { return r == ',' || r == ' ' }) {
			v, err := strconv.ParseFloat(field, 64)
			if err != nil {
				return nil, false
			}
			p.v = append(p.v, v)
		}
		if !known || len(p.v) != want {
			return nil, false
		}
		parts, data = append(parts, p), data[end:]
	}
	return parts, true
}

// dotRadius is the radius of the circles that a path has and nothing else; 0 for
// other paths.
func dotRadius(parts []pathPart) float64 {
	if len(parts) == 0 || len(parts)%4 != 0 {
		return 0
	}
	r := 0.0
	for i := 0; i < len(parts); i += 4 {
		from, half, back := parts[i], parts[i+1], parts[i+2]
		if from.letter != 'M' || half.letter != 'A' || back.letter != 'A' || parts[i+3].letter != 'Z' {
			return 0
		}
		if r == 0 {
			r = half.v[0]
		}
		across := math.Hypot(half.v[5]-from.v[0], half.v[6]-from.v[1])
		if half.v[0] != r || back.v[0] != r || math.Abs(across-2*r) > 0.05 || back.v[5] != from.v[0] || back.v[6] != from.v[1] {
			return 0
		}
	}
	return r
}

// dots are lines of no length at the middles of circles.
func dots(parts []pathPart) string {
	var w pathWriter
	for i := 0; i < len(parts); i += 4 {
		from, half := parts[i].v, parts[i+1].v
		middle := []float64{(from[0] + half[5]) / 2, (from[1] + half[6]) / 2}
		w.add(pathPart{'M', middle})
		w.add(pathPart{'L', middle})
	}
	return string(w.out)
}

// A pathWriter writes commands in hundredths of a point from the last place, so
// that rounding does not add up.
type pathWriter struct {
	out   []byte
	joins bool // a line that begins where the last one ended goes on
	begun bool
	x, y  int // the last place
	x0    int // where the part began
	y0    int
}

func (w *pathWriter) add(p pathPart) {
	if p.letter == 'Z' {
		w.out, w.x, w.y = append(w.out, 'z'), w.x0, w.y0
		return
	}
	n := len(p.v)
	x, y := hundredths(p.v[n-2]), hundredths(p.v[n-1])
	dx, dy := x-w.x, y-w.y
	switch {
	case p.letter == 'M' && !w.begun:
		w.put('M', x, y)
	case p.letter == 'M':
		if !w.joins || dx != 0 || dy != 0 || w.out[len(w.out)-1] == 'z' {
			w.put('m', dx, dy)
		}
	case p.letter == 'L' && dy == 0:
		w.put('h', dx)
	case p.letter == 'L' && dx == 0:
		w.put('v', dy)
	case p.letter == 'L':
		w.put('l', dx, dy)
	case p.letter == 'A':
		w.put('a', hundredths(p.v[0]), hundredths(p.v[1]), hundredths(p.v[2]), hundredths(p.v[3]), hundredths(p.v[4]), dx, dy)
	default:
		all := make([]int, n)
		for i := 0; i < n; i += 2 {
			all[i], all[i+1] = hundredths(p.v[i])-w.x, hundredths(p.v[i+1])-w.y
		}
		w.put(p.letter+'a'-'A', all...)
	}
	if p.letter == 'M' {
		w.x0, w.y0 = x, y
	}
	w.begun, w.x, w.y = true, x, y
}

// put writes a command.
func (w *pathWriter) put(letter byte, v ...int) {
	w.out = append(w.out, letter)
	for i, n := range v {
		if i > 0 && n >= 0 {
			w.out = append(w.out, ' ')
		}
		w.out = append(w.out, shortNumber(n)...)
	}
}

func hundredths(v float64) int { return int(math.Round(v * 100)) }

// shortNumber writes hundredths.
func shortNumber(n int) string { return strconv.FormatFloat(float64(n)/100, 'f', -1, 64) }
