package plots

import (
	"math"
	"slices"
	"strings"
)

func (f *figure) channelX(l *layer) object {
	c := f.x.channel("x", f.xRoom(), f.width, l.mark == barMark)
	if f.bare {
		c["axis"] = nil
	}
	switch {
	case l.mark == areaMark && !f.x.named():
		c["stack"] = nil // else Vega-Lite stacks along x where y is logarithmic
	case f.x.fine(f.xRoom()):
	case l.mark == rectMark && f.x.kind == quantitative:
		c["bin"] = "binned"
	case f.x.kind == temporal && f.spans():
		c["scale"] = f.x.spanned()
	}
	return c
}

// spans reports whether some marks have a second place on the axes.
func (f *figure) spans() bool {
	return slices.ContainsFunc(f.layers, func(l layer) bool {
		return l.mark == rectMark || l.mark == cellMark || l.mark == ruleMark || l.lattice != nil
	})
}

// spanned is the scale of moments that have a second place. Given as domain,
// Vega-Lite 5 reads moments in two ways, one for x and one for x2, and warns that
// they differ.
func (a axis) spanned() object {
	return object{"type": "utc", "domainMin": a.lo, "domainMax": a.hi, "nice": false, "padding": 0}
}

func (f *figure) channelY(l *layer) object {
	c := f.y.channel("y", f.yRoom(), f.height, false)
	if f.bare || f.ruler != nil {
		c["axis"] = nil
	}
	if l.mark == barMark || l.mark == rectMark || l.mark == areaMark {
		c["stack"] = nil
	}
	if f.y.kind == temporal && f.spans() && !f.y.fine(f.yRoom()) {
		c["scale"] = f.y.spanned()
	}
	return c
}

// channel writes the encoding of a position along an axis of the length, px.
func (a axis) channel(field string, ticks int, length float64, bars bool) object {
	look := object{"title": lines(a.titleLines(length))}
	c := object{"field": field, "type": a.kind.String(), "axis": look}
	if a.label == "" {
		look["title"] = nil
	}
	if a.quiet {
		look["labels"], look["ticks"] = false, false
	}
	switch {
	case a.kind == nominal:
		a.categories(c, look, ticks, bars)
	case a.kind == slotted:
		a.slots(field, c, look, ticks)
	case a.fine(ticks):
		c["type"] = quantitative.String()
		c["scale"] = object{"domain": []float64{a.lo, a.hi}, "nice": false, "zero": false, "padding": 0}
		look["tickCount"], look["grid"], look["labelExpr"] = ticks, true, timeStepOf(a.lo, a.hi, ticks).expr()
	case a.kind == temporal:
		c["scale"] = object{"type": "utc", "domain": []float64{a.lo, a.hi}, "nice": false}
		look["tickCount"], look["labelExpr"] = ticks, timeStepOf(a.lo, a.hi, ticks).expr()
	case a.log:
		a.decades(c, look, ticks)
	default:
		c["scale"] = object{"domain": []float64{a.lo, a.hi}, "nice": false, "zero": false}
		look["tickCount"], look["grid"] = ticks, true
		a.numbers(look, ticks)
	}
	return c
}

// categories writes the scale and the axis of names.
func (a axis) categories(c, look object, ticks int, bars bool) {
	look["labelAngle"] = 0
	if a.turn != 0 {
		look["labelAngle"] = -a.turn
	}
	look["labelLimit"] = 0       // they are short enough
	look["labelOverlap"] = false // it takes turned labels for wider than they are
	if shown := a.names(ticks); len(shown) < len(a.levels) {
		names := make([]string, len(shown))
		for i, k := range shown {
			names[i] = a.levels[int(k.at)]
		}
		look["values"] = names
	}
	look["grid"] = false
	shorten(look, a.levels)
	c["sort"] = nil
	c["scale"] = object{"domain": a.levels}
	if bars {
		c["scale"] = object{"domain": a.levels, "paddingInner": barPadding, "paddingOuter": barPadding / 2}
	}
}

// decades writes a log scale and its axis, whose grid is finer between the powers
// of ten.
func (a axis) decades(c, look object, ticks int) {
	c["scale"] = object{"type": "log", "domain": []float64{a.lo, a.hi}, "nice": false}
	look["tickCount"], look["grid"] = ticks, true
	look["gridWidth"] = object{"value": 1, "condition": object{"value": 0.5,
		"test": "abs(log(datum.value)/LN10-round(log(datum.value)/LN10))>1e-6"}}
	if a.share {
		look["format"] = "~%"
	} else if format := logFormat(a.hi); format != "" {
		look["format"] = format
	}
}

// shorten cuts long names on an axis or in a legend as the twin does.
func shorten(look object, names []string) {
	other := object{}
	for i, s := range shortNames(names) {
		if s != names[i] {
			other[names[i]] = s
		}
	}
	if len(other) > 0 {
		look["labelLimit"] = 0
		look["labelExpr"] = string(marshal(other)) + "[datum.value]||datum.label"
	}
}

// numbers writes how the labels of a linear axis read.
func (a axis) numbers(look object, ticks int) {
	format := axisFormat(tickStep(a.lo, a.hi, ticks), math.Max(math.Abs(a.lo), math.Abs(a.hi)))
	switch {
	case a.share:
		format = "%"
		look["format"] = format
	case format == "" && a.whole:
		look["format"] = ",~r" // of one tick d3 writes 1.0
	case format != "":
		look["format"] = format
	}
	if format == "~s" || strings.HasSuffix(format, "~e") {
		look["labelExpr"] = "datum.value ? datum.label : '0'" // d3 writes 0e+0 and 0M
	}
}
