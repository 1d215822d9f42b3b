package plots_test

import (
	"bytes"
	"flag"
	"image"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sheaf-go/sheaf/plots"
)

var update = flag.Bool("update", false, "rewrite the golden files from what the package does now")

// TestGolden compares the gallery's static pictures with those in testdata. A
// few pixels may differ: processors round differently at the edges of shapes.
func TestGolden(t *testing.T) {
	for _, s := range gallery {
		t.Run(s.name, func(t *testing.T) {
			samePicture(t, s.chart(), filepath.Join("testdata", "golden", s.name+".png"))
		})
	}
}

// samePicture compares a chart's picture with that in a file, or writes it.
func samePicture(t *testing.T, c *plots.Chart, file string) {
	t.Helper()
	got, err := c.PNG()
	if err != nil {
		t.Fatal(err)
	}
	if *update {
		write(t, file, got)
		return
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if share := difference(t, got, want); share > 0.002 {
		kept := filepath.Join(t.ArtifactDir(), filepath.Base(file))
		write(t, kept, got)
		t.Errorf("%.2f%% of the pixels differ from %s; what was drawn is in %s (-update accepts it)", share*100, file, kept)
	}
}

func write(t *testing.T, file string, data []byte) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(file), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, data, 0o666); err != nil {
		t.Fatal(err)
	}
}

// difference is the share of pixels that differ visibly, 1 for other sizes.
func difference(t *testing.T, got, want []byte) float64 {
	t.Helper()
	a, b := decode(t, got), decode(t, want)
	if a.Bounds() != b.Bounds() {
		return 1
	}
	r := a.Bounds()
	differ := 0
	for y := r.Min.Y; y < r.Max.Y; y++ {
		for x := r.Min.X; x < r.Max.X; x++ {
			r1, g1, b1, _ := a.At(x, y).RGBA()
			r2, g2, b2, _ := b.At(x, y).RGBA()
			if apart(r1, r2) || apart(g1, g2) || apart(b1, b2) {
				differ++
			}
		}
	}
	return float64(differ) / float64(r.Dx()*r.Dy())
}

// apart allows an eighth of the range of a channel.
func apart(a, b uint32) bool { return max(a, b)-min(a, b) > 0x2000 }

func decode(t *testing.T, data []byte) image.Image {
	t.Helper()
	img, err := png.Decode(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	return img
}

// TestGoldenSeesChanges makes sure that the comparison can fail: a chart with
// another title differs by more than the tolerance.
func TestGoldenSeesChanges(t *testing.T) {
	for _, s := range gallery {
		if s.name != "bar" {
			continue
		}
		got, err := s.chart().With(titleOf("Other title")).PNG()
		if err != nil {
			t.Fatal(err)
		}
		want, err := os.ReadFile(filepath.Join("testdata", "golden", "bar.png"))
		if err != nil {
			t.Fatal(err)
		}
		if share := difference(t, got, want); share <= 0.002 {
			t.Errorf("another title changes %.3f%% of the pixels; the tolerance would let it pass", share*100)
		}
	}
}

// goldenText compares text with a file of testdata, or rewrites the file.
func goldenText(t *testing.T, name, got string) {
	t.Helper()
	file := filepath.Join("testdata", name)
	if *update {
		write(t, file, []byte(got))
		return
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if got == string(want) {
		return
	}
	gotLines, wantLines := strings.Split(got, "\n"), strings.Split(string(want), "\n")
	for i := range max(len(gotLines), len(wantLines)) {
		g, w := "(no line)", "(no line)"
		if i < len(gotLines) {
			g = gotLines[i]
		}
		if i < len(wantLines) {
			w = wantLines[i]
		}
		if g != w {
			t.Errorf("%s:%d\n got %s\nwant %s", file, i+1, g, w)
		}
	}
}
