package plots

import (
	"image/color"

	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"
	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/vgpdf"
)

// outlined is a PDF canvas that draws text as shapes. vgpdf writes text in a
// code page, which has neither Greek letters nor a minus sign, and cannot set
// a bold face.
type outlined struct{ *vgpdf.Canvas }

// SetColor sets a colour with its opacity.
func (c outlined) SetColor(clr color.Color) {
	if clr == nil {
		clr = color.Black
	}
	c.Canvas.SetColor(straight(color.NRGBAModel.Convert(clr).(color.NRGBA)))
}

// straight is a colour that is not multiplied by its opacity: vgpdf writes the
// parts as they come, and a light blue would be a grey.
type straight color.NRGBA

// RGBA implements color.Color, but for the multiplication.
func (s straight) RGBA() (r, g, b, a uint32) {
	return uint32(s.R) * 0x101, uint32(s.G) * 0x101, uint32(s.B) * 0x101, uint32(s.A) * 0x101
}

// FillString fills the outlines of the text with the current colour.
func (c outlined) FillString(face font.Face, at vg.Point, text string) {
	c.Fill(outline(face, at, text))
}

// outline is text as a path that starts at a point of its base line.
func outline(face font.Face, at vg.Point, text string) vg.Path {
	var (
		path vg.Path
		buf  sfnt.Buffer
	)
	em := int(face.Face.UnitsPerEm())
	scale := face.Font.Size / vg.Length(em)
	ppem := fixed.I(em) // one unit of the font is one pixel
	for _, r := range inFont(face, text) {
		glyph, err := face.Face.GlyphIndex(&buf, r)
		if err != nil {
			continue
		}
		segments, err := face.Face.LoadGlyph(&buf, glyph, ppem, nil)
		if err == nil {
			path = appendGlyph(path, segments, at, scale)
		}
		if advance, err := face.Face.GlyphAdvance(&buf, glyph, ppem, 0); err == nil {
			at.X += vg.Length(advance) / 64 * scale
		}
	}
	return path
}

// appendGlyph adds one glyph; fonts count downward, vg upward.
func appendGlyph(path vg.Path, segments sfnt.Segments, at vg.Point, scale vg.Length) vg.Path {
	on := func(p fixed.Point26_6) vg.Point {
		return vg.Point{X: at.X + vg.Length(p.X)/64*scale, Y: at.Y - vg.Length(p.Y)/64*scale}
	}
	for i, s := range segments {
		switch s.Op {
		case sfnt.SegmentOpMoveTo:
			if i > 0 {
				path.Close()
			}
			path.Move(on(s.Args[0]))
		case sfnt.SegmentOpLineTo:
			path.Line(on(s.Args[0]))
		case sfnt.SegmentOpQuadTo:
			path.QuadTo(on(s.Args[0]), on(s.Args[1]))
		case sfnt.SegmentOpCubeTo:
			path.CubeTo(on(s.Args[0]), on(s.Args[1]), on(s.Args[2]))
		}
	}
	if len(segments) > 0 {
		path.Close()
	}
	return path
}
