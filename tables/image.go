package tables

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	_ "image/gif" // so that Decode knows the format
	_ "image/jpeg"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"unsafe"

	"golang.org/x/image/draw"

	"github.com/sheaf-go/sheaf/notebooks/show"
)

// A Picture is a cell of an [Image] column: an image as the bytes of its file,
// which is decoded when it is asked for. It shows itself.
type Picture struct{ data []byte }

var _ show.Displayer = Picture{}

// Bytes is the encoded image; it must not be written to.
func (p Picture) Bytes() []byte { return p.data }

// Format is what the bytes are: "png", "jpeg" or "gif"; "" if none of these.
func (p Picture) Format() string {
	_, format, err := image.DecodeConfig(bytes.NewReader(p.data))
	if err != nil {
		return ""
	}
	return format
}

// Size is the width and the height in pixels, which the bytes' beginning tells;
// zeros if they are no image.
func (p Picture) Size() (width, height int) {
	c, _, err := image.DecodeConfig(bytes.NewReader(p.data))
	if err != nil {
		return 0, 0
	}
	return c.Width, c.Height
}

// maxPixels is more than any camera takes; headers can claim anything.
const maxPixels = 1 << 28

// Decode is the image. Bytes that are none, and more than 2^28 pixels, are an
// error.
func (p Picture) Decode() (image.Image, error) {
	if w, h := p.Size(); w > 0 && h > maxPixels/w {
		return nil, fmt.Errorf("tables: picture: %d × %d pixels: want at most %d", w, h, maxPixels)
	}
	img, _, err := image.Decode(bytes.NewReader(p.data))
	if err != nil {
		return nil, fmt.Errorf("tables: picture: want a PNG, JPEG or GIF image: %w", err)
	}
	return img, nil
}

// String is the format and the size: "PNG 32×24".
func (p Picture) String() string {
	c, format, err := image.DecodeConfig(bytes.NewReader(p.data))
	if err != nil {
		return fmt.Sprintf("no image, %d bytes", len(p.data))
	}
	return fmt.Sprintf("%s %d×%d", strings.ToUpper(format), c.Width, c.Height)
}

// Display shows the image in its own format.
func (p Picture) Display() show.Bundle {
	data := map[string]any{show.MIMEText: p.String()}
	if format := p.Format(); format != "" {
		data["image/"+format] = p.data
	}
	return show.Bundle{Data: data}
}

// thumbSize is the width or height of a thumbnail in pixels at most, thumbBytes
// its size.
const (
	thumbSize  = 64
	thumbBytes = 16 << 10
)

// thumbnail is a small image and its MIME type; nil if there is none.
func (p Picture) thumbnail() (data []byte, mime string) {
	w, h := p.Size()
	if max(w, h) <= thumbSize && len(p.data) <= thumbBytes {
		if w > 0 {
			return p.data, "image/" + p.Format()
		}
		return nil, ""
	}
	img, err := p.Decode()
	if err != nil {
		return nil, ""
	}
	scale := min(1, thumbSize/float64(max(w, h)))
	small := image.NewNRGBA(image.Rect(0, 0, max(1, int(float64(w)*scale)), max(1, int(float64(h)*scale))))
	draw.ApproxBiLinear.Scale(small, small.Bounds(), img, img.Bounds(), draw.Src, nil)
	var b bytes.Buffer
	if png.Encode(&b, small) != nil || b.Len() > 2*thumbBytes {
		return nil, ""
	}
	return b.Bytes(), "image/png"
}

// Images is a column of Image, encoded as PNG; nil is null.
func Images(name string, values ...image.Image) Col {
	cells := make([][]byte, len(values))
	for i, img := range values {
		poll(i)
		if img == nil {
			continue
		}
		var b bytes.Buffer
		if err := png.Encode(&b, img); err != nil {
			return Col{name: name, err: fmt.Errorf("tables: column %q: row %d: %w", name, i, err)}
		}
		cells[i] = b.Bytes()
	}
	return imageCol(name, cells)
}

// ImageBytes is a column of Image of the bytes of image files, which are
// copied: PNG, JPEG or GIF; nil is null, and anything else an error.
func ImageBytes(name string, values ...[]byte) Col {
	for i, b := range values {
		poll(i)
		if b == nil {
			continue
		}
		if _, _, err := image.DecodeConfig(bytes.NewReader(b)); err != nil {
			return Col{name: name, err: fmt.Errorf("tables: column %q: row %d: want a PNG, JPEG or GIF image, got %d bytes: %w", name, i, len(b), err)}
		}
	}
	return imageCol(name, values)
}

// ImageFiles is a column of Image of files; a path may be a pattern such as
// "digits/*.png", which stands for the files that it matches, in order of their
// names. A file that is missing or no image is an error that names it.
func ImageFiles(name string, paths ...string) Col {
	fail := func(err error) Col { return Col{name: name, err: fmt.Errorf("tables: column %q: %w", name, err)} }
	var cells [][]byte
	for _, path := range paths {
		files := []string{path}
		if _, err := os.Stat(path); err != nil && strings.ContainsAny(path, "*?[") {
			if files, err = filepath.Glob(path); err != nil {
				return fail(fmt.Errorf("%q: %w", path, err))
			}
			if len(files) == 0 {
				return fail(fmt.Errorf("no file matches %q", path))
			}
		}
		for _, file := range files {
			poll(0)
			b, err := os.ReadFile(file)
			if err == nil {
				_, _, err = image.DecodeConfig(bytes.NewReader(b))
				if errors.Is(err, image.ErrFormat) {
					err = fmt.Errorf("%s: want a PNG, JPEG or GIF image", file)
				}
			}
			if err != nil {
				return fail(err)
			}
			cells = append(cells, b)
		}
	}
	return imageCol(name, cells)
}

// imageCol is a column of encoded images, end to end.
func imageCol(name string, cells [][]byte) Col {
	text := make([]string, len(cells))
	c := Col{name: name, typ: Image}
	for i, b := range cells {
		if b == nil {
			c.valid = invalidate(c.valid, i, len(cells))
		}
		text[i] = unsafe.String(unsafe.SliceData(b), len(b))
	}
	c.data = newStrs(text)
	return c
}

// picture is row i of a column of images.
func (s strs) picture(i int) Picture {
	return Picture{s.b[s.off[i]:s.off[i+1]:s.off[i+1]]}
}

// Pictures is an Image column as a slice; null is a Picture without bytes. It
// panics for other types and unknown names. Nothing is decoded.
func (t *Table) Pictures(name string) []Picture {
	s := t.cells("Pictures", name, "images", func(t Type) bool { return t == Image }).data.(strs)
	out := make([]Picture, s.len())
	for i := range out {
		poll(i)
		out[i] = s.picture(i)
	}
	return out
}
