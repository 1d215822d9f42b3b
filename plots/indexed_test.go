package plots

import (
	"image"
	"image/color"
	"math/rand/v2"
	"testing"
)

// picture of wide × 100 pixels whose colours come from at.
func painted(wide int, at func(x, y int) color.RGBA) *image.RGBA {
	img := image.NewRGBA(image.Rect(0, 0, wide, 100))
	for y := range 100 {
		for x := range wide {
			img.SetRGBA(x, y, at(x, y))
		}
	}
	return img
}

// TestIndexed: a picture of few colours keeps each, seldom ones become near
// ones, and a picture of many stays as it is.
func TestIndexed(t *testing.T) {
	few := painted(200, func(x, y int) color.RGBA { return color.RGBA{uint8(x), uint8(x / 2), uint8(y / 100), 255} })
	got := indexed(few, minCovered)
	if got == nil {
		t.Fatal("200 colours are too many")
	}
	for y := range 100 {
		for x := range 200 {
			if c := color.RGBAModel.Convert(got.At(x, y)); c != few.RGBAAt(x, y) {
				t.Fatalf("pixel %d, %d is %v, want %v", x, y, c, few.RGBAAt(x, y))
			}
		}
	}
	few.SetRGBA(0, 0, color.RGBA{100, 50, 3, 255})
	few.SetRGBA(1, 0, color.RGBA{0, 0, 1, 255})
	for i := range 100 { // with the others 300 colours
		few.SetRGBA(2+i, 0, color.RGBA{uint8(2 + i), uint8(2+i) / 2, 2, 255})
	}
	got = indexed(few, minCovered)
	if got == nil {
		t.Fatal("302 colours, of which 102 are seldom, are too many")
	}
	if c := color.RGBAModel.Convert(got.At(0, 0)).(color.RGBA); c != (color.RGBA{100, 50, 2, 255}) && c != (color.RGBA{100, 50, 0, 255}) {
		t.Errorf("a seldom colour became %v", c)
	}
	rng := rand.New(rand.NewPCG(1, 1))
	if indexed(painted(200, func(_, _ int) color.RGBA { return color.RGBA{uint8(rng.IntN(256)), uint8(rng.IntN(256)), 0, 255} }), minCovered) != nil {
		t.Error("noise fits a table of 256 colours")
	}
}
