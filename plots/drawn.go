package plots

import (
	"errors"
	"fmt"
	"slices"
)

// drawn is a chart of plain values under the name of its constructor: build
// fills the drawing, each time anew that an option changes what the chart shows.
func drawn(constructor string, build func(*drawing) error, opts []Option) *Chart {
	c := &Chart{kind: drawnChart, parts: []part{{kind: drawnChart, build: build, constructor: constructor}}}
	return c.with(opts)
}

// refused is a chart that the named constructor cannot make of what it got.
func refused(constructor string, err error) *Chart {
	return &Chart{kind: drawnChart, err: fmt.Errorf("plots: %s: %w", constructor, brief{err})}
}

// calledAs gives the error of a chart the name of the constructor that was
// called.
func calledAs(constructor string, c *Chart) *Chart {
	if c.err == nil {
		return c
	}
	return refused(constructor, errors.Unwrap(c.err))
}

// wholeOptions describe panels together; all others describe each.
var wholeOptions = []string{"Title", "Subtitle", "Columns", "Theme"}

// togetherOptions are those that a [Concat] has.
var togetherOptions = append([]string{"Palette", "Ramp"}, wholeOptions...)

// panelled is one chart or several beside one another: charts makes them of what the
// options say and of those that are for each panel, and makes them anew where
// further options come.
func panelled(constructor string, opts []Option, charts func(cfg config, each []Option) ([]*Chart, error)) *Chart {
	cfg, err := config{}.with(drawnChart, opts)
	if err == nil && cfg.facet != "" {
		err = errors.New("Facet does not apply here; want the values of one panel at a time")
	}
	if err == nil {
		err = belong(constructor, opts)
	}
	if err != nil {
		return refused(constructor, err)
	}
	whole, each := divided(opts)
	all, err := charts(cfg, each)
	if err != nil {
		return refused(constructor, err)
	}
	for _, c := range all {
		if c.err != nil {
			return calledAs(constructor, c)
		}
	}
	out := all[0]
	if len(all) > 1 {
		out = Concat(all...)
	} else { // which needs no columns
		whole = slices.DeleteFunc(whole, func(o Option) bool { return o.name == "Columns" })
	}
	if out = calledAs(constructor, out.With(whole...)); out.err == nil {
		out.again = func(more []Option) *Chart {
			return panelled(constructor, append(opts[:len(opts):len(opts)], more...), charts)
		}
	}
	return out
}

// divided are the options for panels together and those for each.
func divided(opts []Option) (whole, each []Option) {
	for _, o := range opts {
		if slices.Contains(wholeOptions, o.name) {
			whole = append(whole, o)
		} else {
			each = append(each, o)
		}
	}
	return whole, each
}
