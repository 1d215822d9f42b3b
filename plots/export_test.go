package plots

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
