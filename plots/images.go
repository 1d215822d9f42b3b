package plots

import (
	"errors"
	"fmt"
	"image"
	"path/filepath"
	"slices"
	"strings"

	"github.com/sheaf-go/sheaf/internal/grid"
	"github.com/sheaf-go/sheaf/internal/interrupt"
	"github.com/sheaf-go/sheaf/notebooks/show"
	"github.com/sheaf-go/sheaf/tables"
)

// An ImageGrid is a grid of pictures with labels under them, as a value that
// shows itself. One that cannot be made carries its error. It does not change;
// it may be used from several goroutines.
type ImageGrid struct {
	tiles []tile
	cfg   config
	notes []string // under the title
	err   error
}

// imageLook is what the options say of a grid of images.
type imageLook struct {
	label, predicted string  // columns
	tile             float64 // px; 0 is the default
}

// How many pictures are shown, and how large, px.
const (
	maxImages   = 100
	defaultTile = 96.0
)

// Images shows the pictures of a column in a grid, the first 100 at most; the
// caption says how many of how many. [Label] writes a column under them, and
// [Predicted] a second one, right in green with a tick, wrong in red with a
// cross. [Columns] says how many stand in a row, [TileSize] how large they are;
// [Title], [Subtitle] and [Theme] are as for charts.
//
// Pictures keep their proportions. Large ones are scaled down smoothly
// (Catmull–Rom), small ones up by whole factors, so that their pixels show. A
// null is an empty tile; a picture that cannot be decoded is a grey one that
// says why.
func Images(t *tables.Table, column string, opts ...Option) *ImageGrid {
	g := newGrid(opts)
	if g.err != nil {
		return g
	}
	src, err := fromTable(t)
	if err != nil {
		return g.fail(err)
	}
	typ, ok := t.TypeOf(column)
	if !ok {
		return g.fail(noColumn(column, t.Names()))
	}
	if typ != tables.Image {
		return g.fail(fmt.Errorf("column %q is %s; want images", column, typ))
	}
	total := src.rows()
	if total == 0 {
		return g.fail(errors.New("no rows to draw"))
	}
	t = t.Head(maxImages)
	for _, p := range t.Pictures(column) {
		g.tiles = append(g.tiles, tile{source: pictureSource(p)})
	}
	if err := g.caption(t); err != nil {
		return g.fail(err)
	}
	return g.finish(total)
}

// ImagesOf shows pictures in a grid, as [Images] does, with labels under them:
// one for each picture, or nil. A nil picture is an empty tile. The pictures are
// read whenever the grid is shown. For predictions, put pictures, labels and
// predictions into a table.
func ImagesOf(images []image.Image, labels []string, opts ...Option) *ImageGrid {
	g := newGrid(opts)
	switch {
	case g.err != nil:
		return g
	case g.cfg.images.label != "" || g.cfg.images.predicted != "":
		return g.fail(errors.New("Label and Predicted name columns of a table; ImagesOf has none"))
	case labels != nil && len(labels) != len(images):
		return g.fail(fmt.Errorf("want a label for each of %s, got %d", plural(len(images), "picture"), len(labels)))
	case len(images) == 0:
		return g.fail(errors.New("no pictures to draw"))
	}
	for i, img := range images[:min(len(images), maxImages)] {
		one := tile{source: func() (image.Image, error) { return img, nil }}
		if labels != nil {
			one.lines = []tileLine{{text: labels[i]}}
		}
		g.tiles = append(g.tiles, one)
	}
	return g.finish(len(images))
}

// pictureSource decodes a picture; a null is nil.
func pictureSource(p tables.Picture) func() (image.Image, error) {
	return func() (image.Image, error) {
		if len(p.Bytes()) == 0 {
			return nil, nil
		}
		return p.Decode()
	}
}

// Label writes the values of a column under the pictures of [Images]: what they
// show.
func Label(column string) Option {
	return option("Label", []chartKind{imagesChart}, func(c *config) { c.images.label = column })
}

// Predicted writes the values of a column under the pictures of [Images]: what a
// model takes them for. Beside a [Label] they are right or wrong, and the
// caption counts them.
func Predicted(column string) Option {
	return option("Predicted", []chartKind{imagesChart}, func(c *config) { c.images.predicted = column })
}

// TileSize sets the width and the height that a picture of [Images] fits into,
// 16 to 512 CSS pixels; the default is 96.
func TileSize(px float64) Option {
	return Option{"TileSize", []chartKind{imagesChart}, func(c *config) error {
		if !(px >= 16 && px <= 512) {
			return fmt.Errorf("TileSize: want 16 to 512 pixels, got %g", px)
		}
		c.images.tile = px
		return nil
	}}
}

// imageOptions are the options for every chart that a grid of images takes too.
var imageOptions = []string{"Title", "Subtitle", "Theme", "Columns"}

func newGrid(opts []Option) *ImageGrid {
	g := &ImageGrid{}
	for _, o := range opts {
		if o.kinds == nil && o.apply != nil && !slices.Contains(imageOptions, o.name) {
			return g.fail(fmt.Errorf("%s does not apply to images", o.name))
		}
	}
	cfg, err := config{}.with(imagesChart, opts)
	if err != nil {
		return g.fail(err)
	}
	g.cfg = cfg
	if g.cfg.images.tile == 0 {
		g.cfg.images.tile = defaultTile
	}
	return g
}

func (g *ImageGrid) fail(err error) *ImageGrid {
	return &ImageGrid{err: fmt.Errorf("plots: images: %w", err)}
}

// caption writes labels and predictions under the tiles.
func (g *ImageGrid) caption(t *tables.Table) error {
	src := tableSource{t}
	var label, predicted *column
	for _, c := range []struct {
		option, column string
		to             **column
	}{{"Label", g.cfg.images.label, &label}, {"Predicted", g.cfg.images.predicted, &predicted}} {
		if c.column == "" {
			continue
		}
		col, err := src.column(c.column)
		if err != nil {
			return fmt.Errorf("%s: %w", c.option, err)
		}
		*c.to = col
	}
	right, judged := 0, 0
	for i := range g.tiles {
		lines := tileLines(label, predicted, i)
		g.tiles[i].lines = lines
		if len(lines) > 0 && lines[0].verdict != unjudged {
			judged++
			if lines[0].verdict == judgedRight {
				right++
			}
		}
	}
	if judged > 0 {
		g.notes = append(g.notes, fmt.Sprintf("%s of %s right", group(right), plural(judged, "prediction")))
	}
	return nil
}

// A verdict says whether a prediction is right.
type verdict int

const (
	unjudged verdict = iota
	judgedRight
	judgedWrong
)

// A tileLine is a line of text under a picture.
type tileLine struct {
	text    string
	verdict verdict
	faint   bool
}

// tileLines is what stands under row i: the label, or the prediction and, if it
// is wrong, the label.
func tileLines(label, predicted *column, i int) []tileLine {
	switch {
	case predicted == nil && label == nil:
		return nil
	case predicted == nil:
		return []tileLine{{text: label.text(i)}}
	case label == nil || label.text(i) == "" || predicted.text(i) == "":
		return []tileLine{{text: predicted.text(i)}}
	case label.text(i) == predicted.text(i):
		return []tileLine{{text: predicted.text(i), verdict: judgedRight}}
	}
	return []tileLine{{text: predicted.text(i), verdict: judgedWrong}, {text: "is " + label.text(i), faint: true}}
}

// finish scales the pictures, of which there are total, and writes the captions.
func (g *ImageGrid) finish(total int) *ImageGrid {
	for i := range g.tiles {
		interrupt.Check()
		g.tiles[i].load(g.cfg.images.tile)
	}
	if total > len(g.tiles) {
		g.notes = append([]string{fmt.Sprintf("the first %d of %s", len(g.tiles), plural(total, "picture"))}, g.notes...)
	}
	if g.cfg.subtitle != "" {
		g.notes = append([]string{g.cfg.subtitle}, g.notes...)
	}
	return g
}

// Err returns why the pictures cannot be shown, or nil.
func (g *ImageGrid) Err() error {
	switch {
	case g == nil:
		return errors.New("plots: the image grid is nil; grids are made by plots.Images")
	case g.err == nil && len(g.tiles) == 0:
		return errors.New("plots: an empty ImageGrid; grids are made by plots.Images")
	}
	return g.err
}

// String describes the grid in one line.
func (g *ImageGrid) String() string {
	if err := g.Err(); err != nil {
		return err.Error()
	}
	text := "images"
	if g.cfg.title != "" {
		text += fmt.Sprintf(" %q", g.cfg.title)
	}
	return strings.Join(append([]string{text + ": " + plural(len(g.tiles), "picture")}, g.notes...), "; ")
}

// Display shows the grid as one PNG, two pixels per CSS pixel, and one line of
// text. Photographs that would make it larger than 400 kB are a JPEG in its
// place, if need be of one pixel per CSS pixel. A grid with an error shows that.
func (g *ImageGrid) Display() show.Bundle {
	if err := g.Err(); err != nil {
		return show.Bundle{Data: map[string]any{show.MIMEText: err.Error(), show.MIMEHTML: grid.ErrorHTML(err.Error())}}
	}
	data, mime, err := g.encode()
	if err != nil {
		return show.Plain(fmt.Sprintf("%s (no picture: %v)", g, err))
	}
	w, h := g.layout().size()
	return show.Bundle{
		Data:     map[string]any{show.MIMEText: g.String(), mime: data},
		Metadata: map[string]any{mime: map[string]any{"width": w, "height": h}},
	}
}

// Save writes the grid to a PNG file, two pixels per CSS pixel; the name must
// end in .png. The folder must exist; a file of that name is replaced.
func (g *ImageGrid) Save(path string) error {
	if err := g.Err(); err != nil {
		return err
	}
	if strings.ToLower(filepath.Ext(path)) != ".png" {
		return fmt.Errorf("plots: save: want a name ending in .png, got %q", filepath.Base(path))
	}
	data, err := g.png(pixelRatio)
	return save(path, data, err)
}

var _ show.Displayer = (*ImageGrid)(nil)
