package interp_test

import (
	"image"
	"testing"

	"github.com/sheaf-go/sheaf/interp"
	"github.com/sheaf-go/sheaf/notebooks/show"
)

// A picture is shown as one; of several it is said what draws them.
func TestRenderImages(t *testing.T) {
	dot := image.NewGray(image.Rect(0, 0, 3, 2))
	if b := interp.Render(dot); b.Data[show.MIMEPNG] == nil || b.PlainText() != "image 3×2" {
		t.Errorf("a picture is rendered as %v", b)
	}
	want := "2 pictures; plots.ImagesOf(…, nil) draws them, show.Image one of them"
	if got := interp.Render([]image.Image{dot, dot}).PlainText(); got != want {
		t.Errorf("pictures are rendered as %q, want %q", got, want)
	}
}
