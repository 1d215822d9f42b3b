package plots

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"html"
	"image"
	"image/color"
	stdpng "image/png"
	"math"
	"slices"
	"strconv"

	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/vg"
)

// svgFonts are those of texts. Liberation Sans, whose metrics the layout uses,
// has those of Arial and Helvetica, so a reader without it sees the same widths.
const svgFonts = "Liberation Sans,Arial,Helvetica,sans-serif"

// An svgCanvas writes a drawing as a small SVG. Lengths are whole tenths of a CSS
// pixel; what neighbours look like stands once, in a group around them, as
// attributes, which programs that clean an SVG leave in place.
type svgCanvas struct {
	w, h  vg.Length
	out   []byte
	stack []svgState

	look  string // of the elements that are not in out yet
	run   []byte
	count int
	lines pathWriter // the last of them, which may go on
}

// An svgState is what Push saves.
type svgState struct {
	colour color.NRGBA
	width  vg.Length
	dashes []vg.Length
	offset vg.Length
	matrix affine
}

// newSVG is an empty canvas.
func newSVG(w, h vg.Length) *svgCanvas {
	c := &svgCanvas{w: w, h: h, stack: make([]svgState, 1)}
	c.now().matrix = affine{tenths(1), 0, 0, -tenths(1), 0, tenths(h)}
	vg.Initialize(c)
	return c
}

// tenths is a length in tenths of a CSS pixel.
func tenths(l vg.Length) float64 { return float64(l) / 0.075 }

// An affine is a, b, c, d, e, f of x' = ax+cy+e, y' = bx+dy+f.
type affine [6]float64

func (m affine) apply(p vg.Point) (x, y float64) {
	px, py := float64(p.X), float64(p.Y)
	return m[0]*px + m[2]*py + m[4], m[1]*px + m[3]*py + m[5]
}

// after is the transformation that does n and then m.
func (m affine) after(n affine) affine {
	return affine{m[0]*n[0] + m[2]*n[1], m[1]*n[0] + m[3]*n[1], m[0]*n[2] + m[2]*n[3], m[1]*n[2] + m[3]*n[3],
		m[0]*n[4] + m[2]*n[5] + m[4], m[1]*n[4] + m[3]*n[5] + m[5]}
}

// scale is how much longer lengths get, on average.
func (m affine) scale() float64 { return math.Sqrt(math.Abs(m[0]*m[3] - m[1]*m[2])) }

func (c *svgCanvas) now() *svgState { return &c.stack[len(c.stack)-1] }

// Size implements vg.CanvasSizer.
func (c *svgCanvas) Size() (w, h vg.Length) { return c.w, c.h }

// SetLineWidth implements vg.Canvas.
func (c *svgCanvas) SetLineWidth(w vg.Length) { c.now().width = w }

// SetLineDash implements vg.Canvas.
func (c *svgCanvas) SetLineDash(pattern []vg.Length, offset vg.Length) {
	c.now().dashes, c.now().offset = pattern, offset
}

// SetColor implements vg.Canvas.
func (c *svgCanvas) SetColor(colour color.Color) {
	if colour == nil {
		colour = color.Black
	}
	c.now().colour = color.NRGBAModel.Convert(colour).(color.NRGBA)
}

// Rotate implements vg.Canvas.
func (c *svgCanvas) Rotate(rad float64) {
	sin, cos := math.Sincos(rad)
	c.now().matrix = c.now().matrix.after(affine{cos, sin, -sin, cos, 0, 0})
}

// Translate implements vg.Canvas.
func (c *svgCanvas) Translate(p vg.Point) {
	c.now().matrix = c.now().matrix.after(affine{1, 0, 0, 1, float64(p.X), float64(p.Y)})
}

// Scale implements vg.Canvas.
func (c *svgCanvas) Scale(x, y float64) {
	c.now().matrix = c.now().matrix.after(affine{x, 0, 0, y, 0, 0})
}

// Push implements vg.Canvas.
func (c *svgCanvas) Push() { c.stack = append(c.stack, *c.now()) }

// Pop implements vg.Canvas.
func (c *svgCanvas) Pop() { c.stack = c.stack[:len(c.stack)-1] }

// Fill implements vg.Canvas. Circles of one size are dots of a round pen.
func (c *svgCanvas) Fill(p vg.Path) {
	s := c.now()
	var w pathWriter
	if r := dotRadius(p); r > 0 {
		for i := 0; i < len(p); i += 3 {
			w.dot(s.matrix.apply(p[i+1].Pos))
		}
		c.add(` fill="none" stroke-linecap="round"`+paint("stroke", s.colour)+attribute("stroke-width", 2*r*s.matrix.scale()), w)
		return
	}
	w.path(p, s.matrix)
	c.add(paint("fill", s.colour), w)
}

// Stroke implements vg.Canvas.
func (c *svgCanvas) Stroke(p vg.Path) {
	s := c.now()
	if s.width <= 0 {
		return
	}
	look := ` fill="none"` + paint("stroke", s.colour) + attribute("stroke-width", float64(s.width)*s.matrix.scale())
	if len(s.dashes) > 0 {
		look += ` stroke-dasharray="`
		for i, d := range s.dashes {
			if i > 0 {
				look += " "
			}
			look += decimal(float64(d) * s.matrix.scale())
		}
		look += `"`
	}
	if s.offset != 0 {
		look += attribute("stroke-dashoffset", float64(s.offset)*s.matrix.scale())
	}
	// What is opaque is the same as several paths and as one.
	if look == c.look && s.colour.A == 255 && len(c.lines.out) > 0 {
		c.lines.path(p, s.matrix)
		return
	}
	var w pathWriter
	w.path(p, s.matrix)
	c.add(look, w)
}

// FillString implements vg.Canvas.
func (c *svgCanvas) FillString(face font.Face, at vg.Point, text string) {
	s := c.now()
	if face.Font.Size <= 0 {
		return
	}
	look := attribute("font-size", float64(face.Font.Size)*s.matrix.scale())
	if face.Font.Weight == bold {
		look += ` font-weight="bold"`
	}
	x, y := s.matrix.apply(at)
	turned := ""
	if angle := math.Atan2(s.matrix[1], s.matrix[0]) * 180 / math.Pi; math.Abs(angle) > 1e-9 {
		turned = fmt.Sprintf(` transform="rotate(%s %s %s)"`, decimal(angle), whole(x), whole(y))
	}
	c.begin(look + paint("fill", s.colour))
	c.run = fmt.Appendf(c.run, `<text x="%s" y="%s"%s>%s</text>`, whole(x), whole(y), turned, html.EscapeString(text))
}

// DrawImage implements vg.Canvas.
func (c *svgCanvas) DrawImage(to vg.Rectangle, img image.Image) {
	var b bytes.Buffer
	if err := stdpng.Encode(&b, img); err != nil {
		panic("plots: writing PNG to memory: " + err.Error())
	}
	m := c.now().matrix
	x, y := m.apply(vg.Point{X: to.Min.X, Y: to.Max.Y})
	c.flush()
	c.out = fmt.Appendf(c.out, `<image transform="matrix(%.6g %.6g %.6g %.6g %.6g %.6g)" width="%g" height="%g" preserveAspectRatio="none" href="data:image/png;base64,%s"/>`+"\n",
		m[0], m[1], 0-m[2], 0-m[3], x, y, float64(to.Size().X), float64(to.Size().Y), base64.StdEncoding.EncodeToString(b.Bytes()))
}

// add adds a path of a look.
func (c *svgCanvas) add(look string, w pathWriter) {
	c.begin(look)
	c.lines = w
}

// begin makes room for an element of a look after those that have it, too.
func (c *svgCanvas) begin(look string) {
	if look != c.look {
		c.flush()
	}
	c.endPath()
	c.look = look
	c.count++
}

// endPath writes the path that might have gone on.
func (c *svgCanvas) endPath() {
	if len(c.lines.out) > 0 {
		c.run = append(append(append(c.run, `<path d="`...), c.lines.end()...), `"/>`...)
	}
	c.lines = pathWriter{}
}

// flush writes the elements of one look; it stands in the only one, or around
// several.
func (c *svgCanvas) flush() {
	c.endPath()
	switch {
	case c.count == 1 && len(c.run) > 0:
		const tag = len("<path") // and of <text
		c.out = append(append(append(append(c.out, c.run[:tag]...), c.look...), c.run[tag:]...), '\n')
	case len(c.run) > 0:
		c.out = fmt.Appendf(c.out, "<g%s>%s</g>\n", c.look, c.run)
	}
	c.run, c.look, c.count = c.run[:0], "", 0
}

// bytes is the SVG.
func (c *svgCanvas) bytes() []byte {
	c.flush()
	w, h := tenths(c.w)/10, tenths(c.h)/10
	head := fmt.Sprintf("<?xml version=\"1.0\"?>\n"+`<svg xmlns="http://www.w3.org/2000/svg" width="%s" height="%s" viewBox="0 0 %s %s" font-family="%s">`,
		decimal(w), decimal(h), decimal(10*w), decimal(10*h), svgFonts)
	return slices.Concat([]byte(head), []byte("\n"), c.out, []byte("</svg>\n"))
}

// paint is a colour, and how opaque it is, as attributes.
func paint(what string, c color.NRGBA) string {
	text := fmt.Sprintf(` %s="#%02X%02X%02X"`, what, c.R, c.G, c.B)
	if c.A < 255 {
		text += fmt.Sprintf(` %s-opacity="%s"`, what, strconv.FormatFloat(math.Round(float64(c.A)/0.255)/1000, 'f', -1, 64))
	}
	return text
}

func attribute(name string, v float64) string { return " " + name + `="` + decimal(v) + `"` }

// decimal writes a number with two decimals at most.
func decimal(v float64) string { return strconv.FormatFloat(math.Round(v*100)/100, 'f', -1, 64) }

func whole(v float64) string { return strconv.Itoa(int(math.Round(v))) }

var _ vg.CanvasSizer = (*svgCanvas)(nil)
