package plots_test

import (
	"bytes"
	"errors"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/sheaf-go/sheaf/notebooks/show"
	"github.com/sheaf-go/sheaf/plots"
	"github.com/sheaf-go/sheaf/tables"
)

// digit is a ring or a stroke of 28×28 pixels, white on black.
func digit(k int) image.Image {
	img := image.NewGray(image.Rect(0, 0, 28, 28))
	for y := range 28 {
		for x := range 28 {
			far := math.Hypot(float64(x)-13.5, float64(y)-13.5)
			if k%2 == 0 && far > 6 && far < 9 || k%2 == 1 && x > 11+k%5 && x < 15+k%5 && y > 4 && y < 24 {
				img.SetGray(x, y, color.Gray{255})
			}
		}
	}
	return img
}

// photo is a smooth picture with grain, as cameras make them.
func photo(w, h int) image.Image {
	rng := rand.New(rand.NewPCG(uint64(w), uint64(h)))
	img := image.NewNRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			grain := rng.IntN(60)
			img.SetNRGBA(x, y, color.NRGBA{uint8(x*195/w + grain), uint8(y*195/h + grain), uint8(120 + grain), 255})
		}
	}
	return img
}

// glass is a disc of one colour on nothing.
func glass(c color.NRGBA) image.Image {
	img := image.NewNRGBA(image.Rect(10, 10, 50, 40)) // not from the origin
	for y := 10; y < 40; y++ {
		for x := 10; x < 50; x++ {
			if math.Hypot(float64(x)-30, float64(y)-25) < 12 {
				img.SetNRGBA(x, y, c)
			}
		}
	}
	return img
}

func encoded(t testing.TB, img image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// digits are 14 pictures with labels and predictions, two of which are wrong;
// one picture is null, one is cut off, one label is missing.
func digits(t testing.TB) *tables.Table {
	t.Helper()
	pictures, label, predicted := make([][]byte, 14), make([]any, 14), make([]int, 14)
	for i := range pictures {
		pictures[i] = encoded(t, digit(i))
		label[i], predicted[i] = i%2, i%2
	}
	predicted[3], predicted[10] = 0, 1
	pictures[5] = nil
	pictures[6] = pictures[6][:len(pictures[6])/2]
	label[8] = nil
	return tables.New(tables.ImageBytes("picture", pictures...), tables.Column("digit", label), tables.Ints("model", predicted...))
}

func many(n int) []image.Image {
	out := make([]image.Image, n)
	for i := range out {
		out[i] = digit(i)
	}
	return out
}

type imageSample struct {
	name string
	grid func(t testing.TB) *plots.ImageGrid
}

var imageGallery = []imageSample{
	{"images_predicted", func(t testing.TB) *plots.ImageGrid {
		return plots.Images(digits(t), "picture", plots.Label("digit"), plots.Predicted("model"), plots.Columns(5), plots.Title("Digits"))
	}},
	{"images_labels", func(t testing.TB) *plots.ImageGrid {
		return plots.ImagesOf([]image.Image{
			photo(640, 480), photo(300, 400), nil, digit(0), glass(color.NRGBA{255, 255, 255, 255}), glass(color.NRGBA{0, 0, 0, 255}), image.NewGray(image.Rect(0, 0, 0, 5)), photo(3000, 12),
		}, []string{"photo", "another one with a long label", "nothing", "zero", "white ink", "black ink", "empty", "flat"}, plots.Subtitle("Pictures of all sorts"))
	}},
	{"images_many", func(testing.TB) *plots.ImageGrid {
		return plots.ImagesOf(many(1234), nil, plots.TileSize(32), plots.Columns(20))
	}},
	{"images_dark", func(t testing.TB) *plots.ImageGrid {
		return plots.Images(digits(t), "picture", plots.Predicted("model"), plots.Label("digit"), plots.Theme("dark"), plots.TileSize(48))
	}},
}

// TestImagesGolden compares grids with pictures in testdata, and with
// SHEAF_GALLERY keeps them for a person to look at.
func TestImagesGolden(t *testing.T) {
	for _, s := range imageGallery {
		t.Run(s.name, func(t *testing.T) {
			file := filepath.Join(t.TempDir(), s.name+".png")
			if dir := os.Getenv("SHEAF_GALLERY"); dir != "" {
				file = filepath.Join(dir, s.name+".png")
			}
			if err := s.grid(t).Save(file); err != nil {
				t.Fatal(err)
			}
			got, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			golden := filepath.Join("testdata", "golden", s.name+".png")
			if *update {
				write(t, golden, got)
				return
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if share := difference(t, got, want); share > 0.002 {
				kept := filepath.Join(t.ArtifactDir(), s.name+".png")
				write(t, kept, got)
				t.Errorf("%.2f%% of the pixels differ from %s; what was drawn is in %s (-update accepts it)", share*100, golden, kept)
			}
		})
	}
}

// TestImagesDisplay: a grid is one picture of the size that its metadata says,
// and one line of text.
func TestImagesDisplay(t *testing.T) {
	for _, s := range imageGallery {
		g := s.grid(t)
		b := g.Display()
		pic, _ := b.Data[show.MIMEPNG].([]byte)
		size, _ := b.Metadata[show.MIMEPNG].(map[string]any)
		if len(b.Data) != 2 || pic == nil || b.PlainText() != g.String() || strings.Contains(g.String(), "\n") {
			t.Fatalf("%s shows %d forms, text %q; want a PNG and one line", s.name, len(b.Data), b.PlainText())
		}
		img := decode(t, pic).Bounds()
		if size["width"] != float64(img.Dx())/2 || size["height"] != float64(img.Dy())/2 {
			t.Errorf("%s: the PNG is %v, its metadata %v; want half of that", s.name, img.Size(), size)
		}
		if n := weight(b); n > 400_000 {
			t.Errorf("%s: %d bytes in the notebook, want at most 400,000", s.name, n)
		}
	}
}

// TestImagesText: what a grid says of itself.
func TestImagesText(t *testing.T) {
	for i, want := range []string{
		`images "Digits": 14 pictures; 11 of 13 predictions right`,
		`images: 8 pictures; Pictures of all sorts`,
		`images: 100 pictures; the first 100 of 1,234 pictures`,
		`images: 14 pictures; 11 of 13 predictions right`,
	} {
		if got := imageGallery[i].grid(t).String(); got != want {
			t.Errorf("%s: %q, want %q", imageGallery[i].name, got, want)
		}
	}
}

// TestImagesOfPhotos: a hundred photographs stay within what a notebook carries.
func TestImagesOfPhotos(t *testing.T) {
	pictures := make([]image.Image, 100)
	for i := range pictures {
		pictures[i] = photo(200, 150+i%3)
	}
	b := plots.ImagesOf(pictures, nil).Display()
	data, _ := b.Data[show.MIMEJPEG].([]byte)
	if n := weight(b); data == nil || n > 400_000 {
		t.Fatalf("%d bytes, a JPEG: %v; want a JPEG of at most 400,000", n, data != nil)
	}
	img, err := jpeg.Decode(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	size, _ := b.Metadata[show.MIMEJPEG].(map[string]any)
	if ratio := float64(img.Bounds().Dx()) / size["width"].(float64); ratio != 1 && ratio != 2 {
		t.Errorf("the JPEG is %v, its metadata %v", img.Bounds().Size(), size)
	}
}

// pixels is a grid of one picture as it is saved, whose tile begins at (20, 20).
func pixels(t *testing.T, img image.Image, tile float64) image.Image {
	t.Helper()
	file := filepath.Join(t.TempDir(), "a.png")
	if err := plots.ImagesOf([]image.Image{img}, nil, plots.TileSize(tile)).Save(file); err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return decode(t, data)
}

func grey(img image.Image, x, y int) uint8 {
	return color.GrayModel.Convert(img.At(x, y)).(color.Gray).Y
}

// TestImagesScaling: pixels of small pictures become squares of whole pixels;
// of large ones the mean is kept.
func TestImagesScaling(t *testing.T) {
	chess := image.NewGray(image.Rect(0, 0, 8, 8))
	for i := range chess.Pix {
		chess.Pix[i] = 255 * uint8((i+i/8)%2)
	}
	img := pixels(t, chess, 50) // 100 pixels: squares of 12
	for y := range 8 {
		for x := range 8 {
			at := func(dx, dy int) uint8 { return grey(img, 20+2+12*x+dx, 20+12*y+dy) }
			want := chess.GrayAt(x, y).Y
			for _, got := range []uint8{at(0, 0), at(11, 0), at(0, 11), at(11, 11)} {
				if got != want {
					t.Fatalf("square %d, %d has %d at a corner, want %d", x, y, got, want)
				}
			}
		}
	}
	fine := image.NewGray(image.Rect(0, 0, 1000, 1000))
	for i := range fine.Pix {
		fine.Pix[i] = 255 * uint8((i+i/1000)%2)
	}
	img = pixels(t, fine, 50)
	for y := 30; y < 110; y += 10 {
		if g := grey(img, 70, y); g < 100 || g > 155 {
			t.Errorf("a fine pattern has %d at 70, %d; want its mean, 128", g, y)
		}
	}
}

// TestImagesErrors: bad input is one clear line.
func TestImagesErrors(t *testing.T) {
	data := digits(t)
	checkRefused(t, "images-errors.txt", []drawn{
		{"missing column", plots.Images(data, "pictures")},
		{"no images", plots.Images(data, "digit")},
		{"missing label", plots.Images(data, "picture", plots.Label("digits"))},
		{"missing prediction", plots.Images(data, "picture", plots.Label("digit"), plots.Predicted("modle"))},
		{"images as label", plots.Images(data, "picture", plots.Label("picture"))},
		{"no rows", plots.Images(data.Head(0), "picture")},
		{"nil table", plots.Images(nil, "picture")},
		{"table with an error", plots.Images(tables.New(tables.Floats("a", 1), tables.Floats("a", 2)), "a")},
		{"option of charts", plots.Images(data, "picture", plots.LogX())},
		{"option of scatters", plots.Images(data, "picture", plots.Color("digit"))},
		{"empty option", plots.Images(data, "picture", plots.Option{})},
		{"tiny tiles", plots.Images(data, "picture", plots.TileSize(2))},
		{"NaN tiles", plots.Images(data, "picture", plots.TileSize(math.NaN()))},
		{"no columns", plots.Images(data, "picture", plots.Columns(0))},
		{"labels of different length", plots.ImagesOf(many(2), []string{"a"})},
		{"no pictures", plots.ImagesOf(nil, nil)},
		{"column for slices", plots.ImagesOf(many(2), nil, plots.Label("a"))},
		{"nil grid", (*plots.ImageGrid)(nil)},
		{"zero grid", &plots.ImageGrid{}},
	})
	ok := plots.ImagesOf(many(1), nil)
	if err := ok.Save("a.gif"); err == nil || !strings.Contains(err.Error(), `want a name ending in .png, got "a.gif"`) {
		t.Errorf("Save to a.gif: %v", err)
	}
	if err := ok.Save(filepath.Join(t.TempDir(), "missing", "a.png")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("Save to a missing folder: %v", err)
	}
}

// TestImagesConcurrent: a grid may be shown from several goroutines.
func TestImagesConcurrent(t *testing.T) {
	g := imageGallery[0].grid(t)
	want := weight(g.Display())
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			if got := weight(g.Display()); got != want {
				t.Errorf("%d bytes, want %d", got, want)
			}
		})
	}
	wg.Wait()
}

// TestShowImage: pictures of a column are shown by show.Image as well.
func TestShowImage(t *testing.T) {
	p := digits(t).Pictures("picture")
	img, err := p[0].Decode()
	if err != nil {
		t.Fatal(err)
	}
	b := show.Image(img)
	data, _ := b.Data[show.MIMEPNG].([]byte)
	if got := decode(t, data); got.Bounds() != img.Bounds() || grey(got, 13, 6) != grey(img, 13, 6) || b.PlainText() != "image 28×28" {
		t.Errorf("show.Image shows %v, %q", got.Bounds(), b.PlainText())
	}
	if _, err := p[6].Decode(); err == nil {
		t.Error("half a picture decodes")
	}
}
