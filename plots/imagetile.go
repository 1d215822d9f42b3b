package plots

import (
	"bytes"
	"errors"
	"image"
	"image/color"
	"image/jpeg"
	stdpng "image/png"
	"math"

	"golang.org/x/image/draw"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/vgimg"

	vgdraw "gonum.org/v1/plot/vg/draw"

	"github.com/sheaf-go/sheaf/notebooks/show"
)

// A tile is a picture of a grid and what stands under it.
type tile struct {
	source func() (image.Image, error) // nil once it is loaded
	small  *image.RGBA                 // scaled, pixelRatio pixels a CSS pixel; nil if there is none
	reason string                      // why it cannot be shown
	lines  []tileLine
}

// tileGround lies behind pictures that let it through: both dark and light ink
// can be seen on it.
var tileGround = image.NewUniform(color.NRGBA{0xBD, 0xBD, 0xBD, 0xFF})

// load decodes the picture and scales it to fit a square of size CSS pixels.
func (t *tile) load(size float64) {
	img, err := t.source()
	t.source = nil
	switch {
	case err != nil:
		for inner := errors.Unwrap(err); inner != nil; inner = errors.Unwrap(err) {
			err = inner
		}
		t.reason = err.Error()
	case img == nil:
	case img.Bounds().Empty():
		t.reason = "no pixels"
	default:
		t.small = scaled(img, int(size*pixelRatio))
	}
}

// scaled fits a picture into a square of n × n pixels: small ones by whole
// factors, so that each pixel becomes a square.
func scaled(img image.Image, n int) *image.RGBA {
	from := img.Bounds()
	longest := max(from.Dx(), from.Dy())
	var filter draw.Scaler = draw.NearestNeighbor
	w, h := from.Dx()*(n/longest), from.Dy()*(n/longest)
	if longest > n {
		filter = draw.CatmullRom
		w, h = max(1, from.Dx()*n/longest), max(1, from.Dy()*n/longest)
		const over = 4
		if longest > over*n { // a good filter would take long for all of a photograph's pixels
			less := image.NewRGBA(image.Rect(0, 0, over*w, over*h))
			draw.ApproxBiLinear.Scale(less, less.Bounds(), img, from, draw.Src, nil)
			img, from = less, less.Bounds()
		}
	}
	out := image.NewRGBA(image.Rect(0, 0, w, h))
	draw.Draw(out, out.Bounds(), tileGround, image.Point{}, draw.Src)
	filter.Scale(out, out.Bounds(), img, from, draw.Over, nil)
	return out
}

// The measures of a grid of pictures, px.
const (
	tileGap    = 12.0
	lineStep   = 14.0 // from one line of text to the next
	gridWidth  = 760.0
	labelWidth = 110.0 // of a label beside which tiles may stand apart
)

// A tileSheet is a grid laid out on paper.
type tileSheet struct {
	*ImageGrid
	head        *twin
	columns     int
	cell, tall  float64 // width of a cell, height of its picture
	lines, rows int     // of text in a cell; of cells
}

func (g *ImageGrid) layout() *tileSheet {
	s := &tileSheet{ImageGrid: g, cell: g.cfg.images.tile}
	for i := range g.tiles {
		t := &g.tiles[i]
		s.lines = max(s.lines, len(t.lines))
		if t.small != nil {
			s.tall = math.Max(s.tall, math.Ceil(float64(t.small.Bounds().Dy())/pixelRatio))
		} else if t.reason != "" {
			s.tall = g.cfg.images.tile
		}
		for _, l := range t.lines {
			s.cell = math.Max(s.cell, math.Min(labelWidth, math.Ceil(l.width())))
		}
	}
	if s.tall == 0 { // all are empty
		s.tall = g.cfg.images.tile
	}
	if s.columns = g.cfg.columns; s.columns == 0 {
		s.columns = max(1, int((gridWidth+tileGap)/(s.cell+tileGap)))
	}
	s.columns = min(s.columns, len(g.tiles))
	s.rows = (len(g.tiles) + s.columns - 1) / s.columns
	head := &figure{title: g.cfg.title, captions: g.notes, theme: g.cfg.theme, bare: true}
	head.width = math.Max(200, float64(s.columns)*(s.cell+tileGap)-tileGap)
	s.head = head.layout()
	s.head.left = edge
	return s
}

// signWidth is the room for a tick or a cross before a text, px.
const signWidth = 14.0

func (l tileLine) width() float64 {
	w := widthOf(l.text, labelSize)
	if l.verdict != unjudged {
		w += signWidth
	}
	return w
}

// rowHeight is that of a picture with its texts and the gap below it.
func (s *tileSheet) rowHeight() float64 {
	h := s.tall + tileGap
	if s.lines > 0 {
		h += 4 + lineStep*float64(s.lines)
	}
	return h
}

// size is that of the whole grid, px.
func (s *tileSheet) size() (w, h float64) {
	return math.Ceil(2*edge + s.head.width), math.Ceil(s.head.top + float64(s.rows)*s.rowHeight() - tileGap + edge)
}

// corner is where the i-th picture's cell begins, px.
func (s *tileSheet) corner(i int) (x, y float64) {
	return edge + float64(i%s.columns)*(s.cell+tileGap), s.head.top + float64(i/s.columns)*s.rowHeight()
}

// paint draws the grid with so many pixels a CSS pixel, one if it is very large.
func (s *tileSheet) paint(ratio int) image.Image {
	w, h := s.size()
	if w*h*float64(ratio*ratio) > maxPixels {
		ratio = 1
	}
	c := vgimg.NewWith(vgimg.UseWH(px(w), px(h)), vgimg.UseDPI(96*ratio))
	s.head.canvas = vgdraw.New(boxed{c})
	s.head.fill(parseColor(s.cfg.theme.orLight().background), s.head.canvas.Rectangle.Path())
	s.head.headings()
	for i := range s.tiles {
		s.frame(i)
		s.words(i)
	}
	for i := range s.tiles {
		s.picture(c.Image(), i, ratio)
	}
	return c.Image()
}

// picture puts the i-th picture into the middle of its place.
func (s *tileSheet) picture(to draw.Image, i, ratio int) {
	small := s.tiles[i].small
	if small == nil {
		return
	}
	x, y, w, h := s.place(i)
	at := func(v float64) int { return int(math.Round(v * float64(ratio))) }
	r := image.Rect(at(x), at(y), at(x+w), at(y+h))
	if ratio == pixelRatio {
		draw.Draw(to, r, small, small.Bounds().Min, draw.Src)
		return
	}
	draw.ApproxBiLinear.Scale(to, r, small, small.Bounds(), draw.Src, nil)
}

// place is where the i-th picture, or what stands for it, lies.
func (s *tileSheet) place(i int) (x, y, w, h float64) {
	x, y = s.corner(i)
	w, h = s.cfg.images.tile, s.tall
	if small := s.tiles[i].small; small != nil {
		w, h = float64(small.Bounds().Dx())/pixelRatio, float64(small.Bounds().Dy())/pixelRatio
	}
	snap := func(v float64) float64 { return math.Floor(v*pixelRatio) / pixelRatio }
	return x + snap((s.cell-w)/2), y + snap((s.tall-h)/2), w, h
}

// frame draws the edge of the i-th picture, or what stands in its place.
func (s *tileSheet) frame(i int) {
	x, y, w, h := s.place(i)
	t, one := s.head, &s.tiles[i]
	box := vg.Rectangle{Min: t.at(x-0.5, y+h+0.5), Max: t.at(x+w+0.5, y-0.5)}.Path()
	if one.reason != "" {
		t.fill(parseColor("#D4D4D4"), box)
		look := style(9, false, parseColor("#333333"), vgdraw.XLeft, vgdraw.YTop)
		for k, line := range wrap(one.reason, w-8, 4.9) {
			if float64(k+1)*11 > h-4 {
				break
			}
			t.write(look, x+4, y+4+float64(k)*11, fitted(line, w-8, 9))
		}
		return
	}
	t.canvas.SetColor(t.domain)
	t.canvas.SetLineWidth(px(0.5))
	t.canvas.SetLineDash(nil, 0)
	if one.small == nil {
		t.canvas.SetLineDash([]vg.Length{px(4), px(3)}, 0)
	}
	t.canvas.Stroke(box)
}

// words writes the lines under the i-th picture.
func (s *tileSheet) words(i int) {
	x, y := s.corner(i)
	t := s.head
	for k, l := range s.tiles[i].lines {
		c := t.ink
		if l.faint {
			c = t.caption
		}
		if l.verdict != unjudged {
			c = s.judgement(l.verdict)
		}
		room := s.cell + tileGap - 4
		text, sign := l.text, 0.0
		if l.verdict != unjudged {
			sign = signWidth
		}
		text = cut(text, room-sign)
		left := x + (s.cell-sign-widthOf(text, labelSize))/2
		mid := y + s.tall + 4 + lineStep*(float64(k)+0.5)
		t.sign(l.verdict, c, left, mid+1)
		t.write(style(labelSize, false, c, vgdraw.XLeft, vgdraw.YCenter), left+sign, mid, text)
	}
}

// judgement is the colour of what is right or wrong.
func (s *tileSheet) judgement(v verdict) color.NRGBA {
	colours := [2]string{"#1A7F37", "#C1121F"}
	switch theme := s.cfg.theme.orLight(); theme.name {
	case "dark":
		colours = [2]string{"#3FD07F", "#FF8A80"}
	case "print":
		colours = [2]string{theme.ink, theme.ink}
	}
	return parseColor(colours[v-judgedRight])
}

// sign draws a tick or a cross; the font has neither.
func (t *twin) sign(v verdict, c color.Color, x, y float64) {
	switch v {
	case judgedRight:
		t.stroke(c, 1.6, nil, []vg.Point{t.at(x+1, y), t.at(x+4, y+3.5), t.at(x+9.5, y-4)})
	case judgedWrong:
		t.stroke(c, 1.6, nil, []vg.Point{t.at(x+1.5, y-3.5), t.at(x+8.5, y+3.5)}, []vg.Point{t.at(x+8.5, y-3.5), t.at(x+1.5, y+3.5)})
	}
}

// cut shortens a text to its drawn width.
func cut(s string, width float64) string {
	if widthOf(s, labelSize) <= width {
		return s
	}
	r := []rune(s)
	if len(r) > 100 { // measured in no time
		r = r[:100]
	}
	for len(r) > 1 && widthOf(string(r)+"…", labelSize) > width {
		r = r[:len(r)-1]
	}
	return string(r) + "…"
}

func (g *ImageGrid) png(ratio int) ([]byte, error) {
	var b bytes.Buffer
	err := stdpng.Encode(&b, g.layout().paint(ratio))
	return b.Bytes(), err
}

// maxImageBytes is how large the picture of a grid may be as a PNG.
const maxImageBytes = 400_000 * 3 / 4 // base64 in a notebook

// encode is the picture for a notebook and its type.
func (g *ImageGrid) encode() (data []byte, mime string, err error) {
	img := g.layout().paint(pixelRatio)
	var b bytes.Buffer
	if err := stdpng.Encode(&b, img); err != nil || b.Len() <= maxImageBytes {
		return b.Bytes(), show.MIMEPNG, err
	}
	for ratio := pixelRatio; ; ratio-- {
		if ratio < pixelRatio {
			img = g.layout().paint(ratio)
		}
		b.Reset()
		if err := jpeg.Encode(&b, img, &jpeg.Options{Quality: 85}); err != nil || b.Len() <= maxImageBytes || ratio == 1 {
			return b.Bytes(), show.MIMEJPEG, err
		}
	}
}
