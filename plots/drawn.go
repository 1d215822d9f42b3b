package plots

import "fmt"

// drawn is a chart of plain values: build fills the drawing, each time anew
// that an option changes what the chart shows.
func drawn(build func(*drawing) error, opts []Option) *Chart {
	c := &Chart{kind: drawnChart, parts: []part{{kind: drawnChart, build: build}}}
	return c.with(opts)
}

// refused is a chart that the named constructor cannot make of what it got.
func refused(constructor string, err error) *Chart {
	return &Chart{kind: drawnChart, err: fmt.Errorf("plots: %s: %w", constructor, err)}
}
