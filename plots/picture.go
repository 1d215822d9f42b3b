package plots

import (
	"bytes"
	"fmt"
	"image"
	stdpng "image/png"
	"io"
	"math"
	"path/filepath"
	"strings"
	"unicode"

	"golang.org/x/image/font/sfnt"
	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgimg"
	"gonum.org/v1/plot/vg/vgpdf"

	"github.com/sheaf-go/sheaf/internal/atomicfile"
	"github.com/sheaf-go/sheaf/notebooks/show"
)

// maxVectorMarks is up to how many marks the twin is an SVG; above it a PNG is
// mostly smaller and quicker to show, but not where the SVG is light.
const (
	maxVectorMarks = 2000
	lightVector    = 100 << 10 // bytes
	maxTriedMarks  = 50_000    // above which no SVG is light
)

// maxBytes is how large specification and SVG may be together before a PNG is
// tried in its place.
const maxBytes = 240 << 10

// pixelRatio is how many pixels of a PNG make one CSS pixel.
const pixelRatio = 2

// maxPixels is how many pixels a PNG has at most; a larger picture is coarser,
// because 64 panels of the greatest size would take more memory than there is.
const maxPixels = 40_000_000

// A sheet is a picture laid out on paper.
type sheet interface {
	size() (w, h float64) // px
	draw(draw.Canvas)
}

// bundle holds the specification, the twin and one line of text. There is no
// HTML: front ends would show that in place of the chart.
func bundle(p picture, text string) show.Bundle {
	spec := marshal(p.spec())
	b := show.Bundle{Data: map[string]any{show.MIMEText: text, show.MIMEVegaLite: spec}}
	t := p.sheet()
	var vector []byte
	if p.weight() <= maxTriedMarks {
		vector = svg(t)
		if len(vector) <= lightVector || p.weight() <= maxVectorMarks && len(spec)+len(vector) <= maxBytes {
			b.Data[show.MIMESVG] = string(vector)
			return b
		}
	}
	png, err := displayed(t, maxBytes-len(spec))
	if vector != nil && (err != nil || len(png)/3*4 >= len(vector)) {
		b.Data[show.MIMESVG] = string(vector)
		return b
	}
	if err != nil {
		// The specification still shows the chart; the text says what is missing.
		b.Data[show.MIMEText] = fmt.Sprintf("%s (no static picture: %v)", text, err)
		return b
	}
	b.Data[show.MIMEPNG] = png
	w, h := t.size()
	b.Metadata = map[string]any{show.MIMEPNG: map[string]any{"width": w, "height": h}}
	return b
}

// svg draws the twin as SVG.
func svg(t sheet) []byte {
	w, h := t.size()
	c := newSVG(px(w), px(h))
	t.draw(draw.New(c))
	return c.bytes()
}

func png(t sheet, ratio int) ([]byte, error) { return encoded(raster(t, ratio), minCovered) }

// displayed is the PNG in a notebook. Where it would take more than most bytes it
// has 256 colours, whatever that does to the seldom ones.
func displayed(t sheet, most int) ([]byte, error) {
	img := raster(t, pixelRatio)
	out, err := encoded(img, minCovered)
	if err == nil && len(out)/3*4 > most {
		return encoded(img, 0)
	}
	return out, err
}

func raster(t sheet, ratio int) image.Image {
	w, h := t.size()
	c := vgimg.NewWith(vgimg.UseWH(px(w), px(h)), vgimg.UseDPI(resolution(w, h, ratio)))
	t.draw(draw.New(boxed{c}))
	return c.Image()
}

// boxed is a canvas of pixels that shows a letter that the font has not as a box;
// vgimg draws nothing there.
type boxed struct{ *vgimg.Canvas }

// FillString implements vg.Canvas.
func (c boxed) FillString(face font.Face, at vg.Point, text string) {
	c.Canvas.FillString(face, at, inFont(face, text))
}

// inFont replaces letters that the font has not by boxes. Marks and joiners, which
// change other letters, are left out.
func inFont(face font.Face, text string) string {
	var buf sfnt.Buffer
	return strings.Map(func(r rune) rune {
		if r < 0x250 {
			return r
		}
		if glyph, err := face.Face.GlyphIndex(&buf, r); err == nil && glyph > 0 {
			return r
		}
		if unicode.In(r, unicode.M, unicode.Cf) {
			return -1
		}
		return '□'
	}, text)
}

// encoded writes a picture with a colour table where that covers as much of it.
func encoded(img image.Image, cover float64) ([]byte, error) {
	if full, ok := img.(*image.RGBA); ok {
		if small := indexed(full, cover); small != nil {
			img = small
		}
	}
	var b bytes.Buffer
	err := stdpng.Encode(&b, img)
	return b.Bytes(), err
}

// resolution is how many pixels an inch of a picture of w × h px has: ratio for
// each CSS pixel, if they are not too many.
func resolution(w, h float64, ratio int) int {
	return max(1, int(96*math.Min(float64(ratio), math.Sqrt(maxPixels/(w*h)))))
}

func pdf(t sheet) ([]byte, error) {
	w, h := t.size()
	c := vgpdf.New(px(w), px(h))
	t.draw(draw.New(outlined{c}))
	var b bytes.Buffer
	_, err := c.WriteTo(&b)
	return b.Bytes(), err
}

// Save writes the chart to a file: its picture for a name that ends in .png
// (two pixels per CSS pixel, 40 million at most), .svg or .pdf (text as shapes), its Vega-Lite
// specification for .json. Pictures have the letters of Liberation Sans: Latin,
// Greek, Cyrillic; others are boxes, but an .svg takes them from its reader's fonts. The folder
// must exist; a file of that name is replaced.
func (c *Chart) Save(path string) error {
	if err := c.Err(); err != nil {
		return err
	}
	var data []byte
	var err error
	switch ext := strings.ToLower(filepath.Ext(path)); ext {
	case ".png":
		data, err = png(c.fig.sheet(), pixelRatio)
	case ".svg":
		data = svg(c.fig.sheet())
	case ".pdf":
		data, err = pdf(c.fig.sheet())
	case ".json":
		data = marshal(c.fig.spec())
	default:
		return fmt.Errorf("plots: save: want a name ending in .png, .svg, .pdf or .json, got %q", filepath.Base(path))
	}
	return save(path, data, err)
}

// save writes a picture to a file, which on an error stays as it was.
func save(path string, data []byte, err error) error {
	if strings.ContainsRune(path, 0) {
		return fmt.Errorf("plots: save: no file can have the name %q", path)
	}
	if err == nil {
		err = atomicfile.Write(path, func(w io.Writer) error { _, err := w.Write(data); return err })
	}
	if err != nil {
		return fmt.Errorf("plots: save: %w", err)
	}
	return nil
}
