package plots

// PNG draws the chart's twin for a comparison with a golden picture, one pixel
// per CSS pixel.
func (c *Chart) PNG() ([]byte, error) {
	if c.Err() != nil {
		return nil, c.Err()
	}
	return png(c.fig.sheet(), 1)
}
