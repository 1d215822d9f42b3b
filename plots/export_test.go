package plots

import (
	"bytes"

	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgsvg"
)

// PNG draws the chart's twin for a comparison with a golden picture, one pixel
// per CSS pixel.
func (c *Chart) PNG() ([]byte, error) {
	if c.Err() != nil {
		return nil, c.Err()
	}
	return png(c.fig.sheet(), 1)
}

// SVG draws the chart's twin as SVG, whatever its number of marks.
func (c *Chart) SVG() string {
	if c.Err() != nil {
		return ""
	}
	return string(svg(c.fig.sheet()))
}

// PlainSVG is the twin as gonum/plot writes it.
func (c *Chart) PlainSVG() string {
	t := c.fig.sheet()
	w, h := t.size()
	canvas := vgsvg.New(px(w), px(h))
	t.draw(draw.New(canvas))
	var b bytes.Buffer
	if _, err := canvas.WriteTo(&b); err != nil {
		panic(err)
	}
	return b.String()
}

// TickLabels are the labels on the axes of a chart's static twin.
func TickLabels(c *Chart) []string {
	var twins []*twin
	switch s := c.fig.sheet().(type) {
	case *twin:
		twins = append(twins, s)
	case *sheetOf:
		twins = s.panels
	}
	var out []string
	for _, t := range twins {
		for _, k := range append(t.xTicks, t.yTicks...) {
			if k.label != "" {
				out = append(out, k.label)
			}
		}
	}
	return out
}

// Written is the rows of a layer in both ways of writing them, and the transforms
// of the second.
type Written struct {
	Rows, Columns []byte
	Transforms    []map[string]any
}

// DataOf is the rows of the layers of a chart of one figure.
func DataOf(c *Chart) (out []Written) {
	f, _ := c.fig.(*figure)
	for i := 0; f != nil && i < len(f.layers); i++ {
		w := f.writer(&f.layers[i], 1)
		if w.mixed() {
			continue
		}
		columns, made := w.columns()
		out = append(out, Written{w.rows(), columns, made})
	}
	return out
}
