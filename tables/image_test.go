package tables

import (
	"bytes"
	"image"
	"image/color"
	"image/jpeg"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sheaf-go/sheaf/notebooks/show"
)

// gradient is an image that no other size has.
func gradient(w, h int) image.Image {
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			img.Set(x, y, color.RGBA{uint8(x * 255 / w), uint8(y * 255 / h), 80, 255})
		}
	}
	return img
}

func TestImages(t *testing.T) {
	var jpg bytes.Buffer
	if err := jpeg.Encode(&jpg, gradient(300, 200), nil); err != nil {
		t.Fatal(err)
	}
	all := New(Images("I", gradient(20, 10), nil, gradient(100, 50)), Ints("N", 1, 2, 3))
	if got := all.Value("I", 0); got.(Picture).String() != "PNG 20×10" {
		t.Errorf("got %v, want PNG 20×10", got)
	}
	if all.Value("I", 1) != nil {
		t.Error("nil is not null")
	}
	img, err := all.Pictures("I")[2].Decode()
	if err != nil || img.Bounds().Dx() != 100 || img.At(50, 25) != gradient(100, 50).At(50, 25) && color.RGBAModel.Convert(img.At(50, 25)) != gradient(100, 50).At(50, 25) {
		t.Errorf("got %v, %v", img.Bounds(), err)
	}
	photo := New(ImageBytes("I", jpg.Bytes())).With(Ints("N", 4))
	both := all.Merge(photo).Where("N != 1").Sort("-N")
	if text := strings.Join(both.Strings("I"), ","); both.Err() != nil || text != "JPEG 300×200,PNG 100×50," {
		t.Errorf("got %q, %v", text, both.Err())
	}
	rec, err := all.Record()
	if err != nil {
		t.Fatal(err)
	}
	if back := FromRecord(rec); back.Err() != nil || back.Value("I", 2).(Picture).String() != "PNG 100×50" {
		t.Errorf("through Arrow: %v", back)
	}
	copied := all.Update("J = I", "K = isNull(I)")
	if copied.Err() != nil || copied.Bools("K")[1] != true {
		t.Error(copied.Err())
	}
	if g := all.Merge(all).GroupBy("I"); g.Err() != nil || g.Len() != 3 {
		t.Errorf("%d groups, want 3: %v", g.Len(), g.Err())
	}
	page := all.Display().Data[show.MIMEHTML].(string)
	if strings.Count(page, `<img src="data:image/png;base64,`) != 2 || len(page) > 20_000 {
		t.Errorf("%d thumbnails in %d bytes", strings.Count(page, "<img"), len(page))
	}
	if w, h := all.Pictures("I")[2].Size(); w != 100 || h != 50 {
		t.Errorf("%d × %d", w, h)
	}
	if text := all.String(); !strings.Contains(text, "PNG 100×50") {
		t.Error(text)
	}
}

func TestImageErrors(t *testing.T) {
	dir := t.TempDir()
	bad := filepath.Join(dir, "x.png")
	if err := os.WriteFile(bad, []byte("no image"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		got  *Table
		want string
	}{
		{New(ImageBytes("I", []byte("abc"))), "want a PNG, JPEG or GIF image, got 3 bytes"},
		{New(ImageFiles("I", bad)), "x.png: want a PNG, JPEG or GIF image"},
		{New(ImageFiles("I", filepath.Join(dir, "none.png"))), "none.png"},
		{New(ImageFiles("I", filepath.Join(dir, "*.jpg"))), "no file matches"},
		{New(Images("I", gradient(1, 1))).Sort("I"), `column "I" is image`},
		{New(Images("I", gradient(1, 1))).Update("A = I + 1"), "image"},
		{New(Images("I", gradient(1, 1))).Where("I == `x`"), "image"},
		{New(Values("I", Image, []any{"text"})), "want a tables.Picture, got string"},
	} {
		if test.got.Err() == nil || !strings.Contains(test.got.Err().Error(), test.want) {
			t.Errorf("got %v, want %s", test.got.Err(), test.want)
		}
	}
}

// TestTruncatedImages looks at images that end anywhere, or have been changed.
func TestTruncatedImages(t *testing.T) {
	whole := New(Images("I", gradient(80, 80))).Pictures("I")[0].Bytes()
	for n := range len(whole) {
		for _, p := range []Picture{{whole[:n]}, {append(append(bytes.Clone(whole[:n]), whole[n]^0x55), whole[n+1:]...)}} {
			p.Decode()
			p.Display()
			p.thumbnail()
			_ = p.String()
		}
	}
}
