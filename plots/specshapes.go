package plots

import (
	"fmt"
	"math"
	"slices"
)

// slots writes the scale of categories that have room between them.
func (a axis) slots(field string, c, look object, ticks int) {
	n := len(a.levels)
	c["scale"] = object{"domain": []float64{-0.5, float64(n) - 0.5}, "nice": false, "zero": false, "reverse": field == "y"}
	names := shortNames(a.levels)
	var at []float64
	for _, k := range a.names(ticks) {
		at = append(at, k.at)
	}
	look["values"], look["labelExpr"] = at, string(marshal(names))+"[datum.value]"
	look["labelAngle"] = 0
	if a.turn != 0 && field == "x" {
		look["labelAngle"] = -a.turn
	}
	look["labelLimit"], look["labelOverlap"], look["grid"] = 0, false, false
}

// edges adds the other edge of an area.
func edges(l *layer, encoding object) {
	if l.sideways {
		encoding["x2"] = object{"field": "x2"}
	} else {
		encoding["y2"] = object{"field": "y2"}
	}
}

// areaUnits draws an area, and the points that carry its tooltips.
func (f *figure) areaUnits(l *layer, mark object, zoom []object) []object {
	mark["type"] = "area"
	mark["orient"] = "vertical"
	if l.sideways {
		mark["orient"] = "horizontal"
	}
	edge := object{}
	edges(l, edge)
	area := object{"mark": mark, "encoding": edge} // its own: points have none
	if zoom != nil {
		area["params"] = zoom
	}
	if l.silent {
		return []object{area}
	}
	return []object{area, f.touch(l)}
}

// dashed gives the lines of a layer their dashes.
func (f *figure) dashed(l *layer, mark, encoding object) {
	if l.dash != nil {
		mark["strokeDash"] = l.dash
		return
	}
	if f.theme == nil || f.theme.dashes == nil {
		return
	}
	if len(l.series) == 1 || l.silent {
		if d := f.theme.dash(l.series[0].slot); d != nil {
			mark["strokeDash"] = d
		}
		return
	}
	dashes := make([][]float64, len(f.legend.slots))
	for i, k := range f.legend.slots {
		if dashes[i] = f.theme.dash(k); dashes[i] == nil {
			dashes[i] = []float64{1, 0}
		}
	}
	if len(dashes) > 0 {
		c := object{"field": "c", "type": "nominal", "title": nil, "legend": f.legend.look(),
			"scale": object{"domain": f.legend.names, "range": dashes}}
		describe(c, f.legend.title)
		encoding["strokeDash"] = c
	}
}

// shapeMark writes the marks that stand for themselves.
func (f *figure) shapeMark(l *layer, mark, encoding object, zoom string) {
	if l.shade != nil {
		encoding["color"] = f.shaded(l)
	}
	switch l.mark {
	case cellMark:
		mark["type"] = "rect"
		if l.hollow {
			mark["filled"], mark["strokeWidth"] = false, 1.5
		}
		if l.radius > 0 {
			mark["cornerRadius"] = l.radius
		}
		encoding["x2"], encoding["y2"] = object{"field": "x2"}, object{"field": "y2"}
	case ruleMark:
		mark["type"], mark["strokeWidth"] = "rule", orDefault(l.stroke, 1)
		f.dashed(l, mark, encoding)
		encoding["x2"], encoding["y2"] = object{"field": "x2"}, object{"field": "y2"}
	case textMark:
		mark["type"], mark["fontSize"], mark["align"], mark["baseline"] = "text", orDefault(l.font.size, labelSize), l.font.align.String(), "bottom"
		if l.font.middle {
			mark["baseline"] = "middle"
		}
		if l.font.bold {
			mark["fontWeight"] = "bold"
		}
		mark["dx"], mark["dy"] = l.font.dx, l.font.dy
		encoding["text"] = object{"field": "t", "type": "nominal"}
	case hexMark:
		mark["type"], mark["filled"], mark["shape"] = "point", true, hexagon()
		mark["size"] = object{"expr": l.comb.grown(4*l.radius*l.radius, zoom)}
	case arcMark:
		mark["type"], mark["innerRadius"], mark["outerRadius"] = "arc", l.inner, l.radius
		mark["stroke"], mark["strokeWidth"] = f.theme.orLight().background, 1
		delete(mark, "clip")
		encoding["theta"] = object{"field": "x", "type": "quantitative", "scale": nil, "stack": nil}
		encoding["theta2"] = object{"field": "x2"}
	}
}

// hexagon is a path for Vega: in a square from -1 to 1, standing on a corner.
func hexagon() string {
	path := ""
	for i := range 6 {
		y, x := math.Sincos(math.Pi/2 + math.Pi/3*float64(i))
		path += fmt.Sprintf("%s%.4f,%.4f", map[bool]string{true: "M", false: "L"}[i == 0], x, -y)
	}
	return path + "Z"
}

// painted reports whether the rows of a layer bring their colours: those of
// series that have their own, and of silent ones, which no scale lists.
func (l *layer) painted() bool {
	return l.shade == nil && l.silent && len(l.series) > 1 || l.shade == nil && slices.ContainsFunc(l.series, func(s series) bool { return s.fill != "" })
}

// paint is the colour that the rows of a series carry, if they do.
func (f *figure) paint(l *layer, s *series) string {
	if l.shade == nil && (l.painted() && len(l.series) > 1 || len(f.legend.names) == 0 && s.name != "") {
		return f.fillOf(s)
	}
	return ""
}

// shaped adds the shapes of points.
func (f *figure) shaped(encoding object) {
	names, field, title := f.legend.shapes, "h", f.legend.shapeTitle
	var numbers []int
	for i := range names {
		numbers = append(numbers, i%len(forms))
	}
	if len(f.legend.forms) > 0 {
		names, field, title, numbers = f.legend.names, "c", f.legend.title, f.legend.forms
	}
	if len(numbers) == 0 {
		return
	}
	shapes := make([]string, len(names))
	for i := range shapes {
		shapes[i] = forms[numbers[i]].name
	}
	c := object{"field": field, "type": "nominal", "title": nil, "scale": object{"domain": names, "range": shapes}}
	describe(c, title)
	encoding["shape"] = c
}

// look is how a legend shows the marks that it lists; Vega would draw a circle for
// each of them, where points lie over lines for their tooltips.
func (l *legend) look() object {
	if len(l.forms) > 0 {
		return object{}
	}
	lines, squares := []string{}, []string{}
	for i, m := range l.marks {
		switch m {
		case pointMark:
		case lineMark, ruleMark:
			lines = append(lines, l.names[i])
		default:
			squares = append(squares, l.names[i])
		}
	}
	look := object{}
	shorten(look, l.names)
	switch len(l.names) {
	case len(l.names) - len(lines) - len(squares):
	case len(lines):
		look["symbolType"], look["symbolStrokeWidth"], look["symbolSize"] = "stroke", 2, 150
	case len(squares):
		look["symbolType"] = "square"
	default:
		look["symbolType"] = object{"expr": fmt.Sprintf("indexof(%s,datum.value)>=0?'stroke':indexof(%s,datum.value)>=0?'square':'circle'", marshal(lines), marshal(squares))}
	}
	return look
}
