package plots

import (
	"bytes"
	"image"
	"image/color"
	"testing"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// Names in letters that the font has not are boxes in pictures, not gaps.
func TestLettersThatTheFontHasNot(t *testing.T) {
	s := style(labelSize, false, color.Black, draw.XLeft, draw.YTop)
	face := s.Handler.Cache().Lookup(s.Font, s.Font.Size)
	for text, want := range map[string]string{"año €−…": "año €−…", "日本 5": "□□ 5", "e\u0301λЖ": "e\u0301λЖ", "👩🔬": "□□", "\U000e0100": ""} {
		if got := inFont(face, text); got != want {
			t.Errorf("%q is drawn as %q, want %q", text, got, want)
		}
	}
	if len(outline(face, vg.Point{}, "日")) < 8 {
		t.Error("a PDF has no box for a letter that the font has not")
	}
	for _, title := range []string{"日本語", "العربية"} {
		b, err := LineXY([]float64{1, 2}, []float64{1, 2}, Title(title)).PNG()
		if err != nil {
			t.Fatal(err)
		}
		img, _, err := image.Decode(bytes.NewReader(b))
		if err != nil {
			t.Fatal(err)
		}
		dark := 0
		for y := range 30 { // above the axes
			for x := range img.Bounds().Dx() {
				if r, _, _, _ := img.At(x, y).RGBA(); r < 0x8000 {
					dark++
				}
			}
		}
		if dark < 10 {
			t.Errorf("the title %s has %d dark pixels", title, dark)
		}
	}
}
