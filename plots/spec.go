package plots

import (
	"bytes"
	"encoding/json"
	"maps"
	"math"
	"slices"
)

// schemaURL names the dialect, as front ends expect it in a specification.
const schemaURL = "https://vega.github.io/schema/vega-lite/v5.json"

// object is a JSON object; encoding/json writes its keys in order.
type object = map[string]any

// spec writes the figure as a Vega-Lite v5 specification. Rows have short
// field names (x, y, x2, y2, c for the class, d for one of the grey classes, z
// for continuous colour, s for size, o for order, v for the length of a bar);
// the titles are those of the columns. Fifty rows and more stand in lists, one
// record for each series, that a flatten transform makes rows of.
func (f *figure) spec() object {
	s := f.panelSpec(aloneZoom, &picking{name: "pick"})
	s["$schema"], s["config"] = schemaURL, f.theme.look()
	return s
}

// aloneZoom is the name of what zooms a chart that is no panel.
const aloneZoom = "zoom"

// gridOpacity is of the grid's grey where no theme says how the background is.
const gridOpacity = 0.23

// look is the configuration of a specification.
func (t *theme) look() object {
	c := object{
		// Labels get longer when a person zooms; the room for them grows with them.
		"autosize": object{"type": "pad", "resize": true},
		"axis":     object{"gridColor": "#888", "gridOpacity": gridOpacity, "titleFontWeight": "normal", "titleFontSize": 12, "titlePadding": 8, "labelFontSize": 11},
		"legend":   object{"titleFontWeight": "normal", "titleFontSize": 12, "labelFontSize": 11, "symbolOpacity": 1, "symbolBaseFillColor": "#888888", "gradientLength": rampHeight},
		"view":     object{"stroke": nil},
		"title":    object{"anchor": "start", "frame": "group", "fontSize": 15, "subtitleFontSize": 11, "offset": 12},
	}
	t.config(c)
	return c
}

// panelSpec is the specification without what it has only once; zoom is the name
// of the parameter that zooms the axes.
func (f *figure) panelSpec(zoom string, pick *picking) object {
	s := object{"width": f.width, "height": f.height}
	if title := f.titleSpec(); title != nil {
		if zoom != aloneZoom && f.title != "" {
			title["fontSize"] = panelTitle
		}
		s["title"] = title
	}
	units := make([]object, len(f.layers))
	zoomed := false
	for i := range f.layers {
		params := f.zoom(&f.layers[i], zoom)
		if zoomed {
			params = nil
		}
		zoomed = zoomed || params != nil
		units[i] = f.unit(&f.layers[i], params, zoom)
	}
	f.pickable(units, pick)
	switch {
	case f.ruler != nil:
		s["layer"] = []object{{"layer": units}, f.rulerUnit(zoom)}
		s["resolve"] = object{"scale": object{"y": "independent"}}
	case len(units) == 1:
		maps.Copy(s, units[0])
	default:
		s["layer"] = units
	}
	return s
}

// rulerUnit draws nothing but the axis at the left that is not that of the marks;
// it follows the zoom of the panels that have it for their marks.
func (f *figure) rulerUnit(zoom string) object {
	c := f.ruler.channel("y", f.yRoom(), f.height, false)
	if scale, ok := c["scale"].(object); ok && f.fields != nil {
		scale["domain"] = object{"param": zoom, "field": f.fields[1]} // else that of the rows
	}
	ends := []object{{"y": f.ruler.lo}, {"y": f.ruler.hi}}
	return object{"data": object{"values": ends}, "mark": object{"type": "point", "opacity": 0}, "encoding": object{"y": c}}
}

// marshal writes JSON without escaping <, > and &, which are common in titles,
// but for what would end the script of a page that holds the JSON.
func marshal(v any) json.RawMessage {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		panic("plots: a specification of maps and numbers must encode: " + err.Error())
	}
	out := bytes.TrimRight(b.Bytes(), "\n")
	for _, tag := range []string{"</", "<!"} {
		out = bytes.ReplaceAll(out, []byte(tag), []byte(`\u003c`+tag[1:]))
	}
	return out
}

func (f *figure) titleSpec() object {
	if f.title == "" && len(f.captions) == 0 {
		return nil
	}
	t := object{"text": lines(wrap(f.title, f.width, titleChar))}
	if c := f.wrapped(); len(c) > 0 {
		t["subtitle"] = c
		if f.title == "" { // Vega draws no subtitle below an empty title
			t["text"], t["fontSize"] = " ", 1
		}
	}
	return t
}

// lines is one string, or a list of several, as Vega-Lite reads text.
func lines(s []string) any {
	switch len(s) {
	case 0:
		return ""
	case 1:
		return s[0]
	}
	return s
}

// Widths in px of an average character of titles and captions.
const (
	titleChar   = 8.2
	captionChar = 5.6
)

// wrapped returns the captions, broken to the width of the chart.
func (f *figure) wrapped() []string {
	var out []string
	for _, c := range f.captions {
		out = append(out, wrap(c, f.width, captionChar)...)
	}
	return out
}

// zoom is the named parameter for zooming and panning the continuous axes, or nil.
func (f *figure) zoom(l *layer, name string) []object {
	var axes []string
	if f.bare || f.unzoomed || l.silent {
		return nil
	}
	if !f.x.named() {
		axes = append(axes, "x")
	}
	if !f.y.named() && f.ruler == nil && l.mark != rectMark && l.mark != barMark {
		axes = append(axes, "y")
	}
	if len(axes) == 0 || l.mark == barMark {
		return nil
	}
	if len(axes) == 1 && slices.ContainsFunc(f.layers, func(l layer) bool { return l.mark == hexMark }) {
		return nil // hexagons zoom in both directions, or in none
	}
	return []object{{"name": name, "select": object{"type": "interval", "encodings": axes}, "bind": "scales"}}
}

// unit writes a layer; param is the name of what zooms the axes.
func (f *figure) unit(l *layer, zoom []object, param string) object {
	encoding := object{}
	if l.mark != arcMark {
		encoding["x"], encoding["y"] = f.channelX(l), f.channelY(l)
	}
	named := f.named(encoding)
	if c := f.classColour(l); c != nil {
		encoding["color"] = c
	}
	if l.many() || l.apart {
		encoding["detail"] = object{"field": "d", "type": "nominal"}
	}
	values, made := f.data(l)
	u := object{"data": object{"values": values}, "encoding": encoding}
	if computed := slices.Concat(made, named, f.moments(l), f.adapted(l)); len(computed) > 0 {
		u["transform"] = computed
	}
	mark := object{"clip": true, "opacity": l.opacity}
	switch l.mark {
	case lineMark:
		u["layer"] = f.lineUnits(l, mark, encoding, zoom)
		return u
	case areaMark:
		u["layer"] = f.areaUnits(l, mark, zoom)
		return u
	}
	f.oneMark(l, mark, encoding, param)
	if l.across {
		f.acrossNames(&l.series[0], encoding)
	}
	f.lattice(l, u)
	f.sharing(l, u)
	u["mark"] = mark
	if !l.silent && l.mark != textMark || l.mark == textMark && l.info != nil {
		encoding["tooltip"] = f.tooltip(l)
	}
	if zoom != nil {
		u["params"] = zoom
	}
	return u
}

// acrossNames places a note where an axis has names, which have no room between
// them: in pixels.
func (f *figure) acrossNames(s *series, encoding object) {
	if f.x.kind == nominal {
		encoding["x"] = object{"value": f.x.norm(s.x[0]) * f.width}
		if s.x2 != nil {
			encoding["x2"] = object{"value": f.x.norm(s.x2[0]) * f.width}
		}
	}
	if f.y.kind == nominal {
		encoding["y"] = object{"value": f.y.norm(s.y[0]) * f.height}
		if s.y2 != nil {
			encoding["y2"] = object{"value": f.y.norm(s.y2[0]) * f.height}
		}
	}
}

// named gives the fields of the axes the names that panels know them by, and
// returns how to compute these fields. The scale of a ruler is not that of y.
func (f *figure) named(encoding object) (computed []object) {
	if f.fields == nil {
		return nil
	}
	for k, axis := range []string{"x", "y"} {
		if c, ok := encoding[axis].(object); ok && (axis == "x" || f.ruler == nil) {
			c["field"] = f.fields[k]
			computed = append(computed, object{"calculate": "datum." + axis, "as": f.fields[k]})
		}
	}
	return computed
}

// oneMark writes the mark of a layer that is one unit.
func (f *figure) oneMark(l *layer, mark, encoding object, param string) {
	switch l.mark {
	case pointMark:
		mark["type"], mark["filled"] = "point", true
		f.pointChannels(l, mark, encoding)
	case barMark:
		mark["type"] = "bar"
		f.bars(l, encoding)
	case rectMark:
		mark["type"], mark["orient"], mark["binSpacing"] = "bar", "vertical", 1
		encoding["x2"] = object{"field": "x2"}
		encoding["y2"] = f.base(l)
	default:
		f.shapeMark(l, mark, encoding, param)
	}
}

// sharing takes the rows of a unit from the board, which has them once for all.
func (f *figure) sharing(l *layer, u object) {
	if l.shared == nil {
		return
	}
	u["data"] = object{"name": "rows"}
	places := []object{{"calculate": "datum." + l.shared.x, "as": "x"}, {"calculate": "datum." + l.shared.y, "as": "y"}}
	u["transform"] = slices.Concat(places, f.moments(l), f.adapted(l))
}

// lineUnits draws a line as two units: Vega gives a whole line one tooltip, so
// invisible points over it carry those of its points.
func (f *figure) lineUnits(l *layer, mark, encoding object, zoom []object) []object {
	mark["type"], mark["strokeWidth"], mark["strokeJoin"] = "line", orDefault(l.stroke, 2), "round"
	f.dashed(l, mark, encoding)
	if l.steps {
		mark["interpolate"] = "step-after"
	}
	if l.ordered {
		encoding["order"] = object{"field": "o", "type": "quantitative"}
	}
	line := object{"mark": mark}
	if zoom != nil {
		line["params"] = zoom
	}
	if l.silent {
		return []object{line}
	}
	if slices.ContainsFunc(l.series, series.lonely) {
		return []object{line, lonePoints(mark), f.touch(l)}
	}
	return []object{line, f.touch(l)}
}

// lonely reports whether the series is one point, which is no line to see.
func (s series) lonely() bool { return len(s.x) == 1 }

// lonePoints is the dots in place of lines of one point.
func lonePoints(line object) object {
	return object{"transform": []object{{"filter": "datum.lone"}}, "mark": object{"type": "point", "filled": true,
		"size": math.Round(math.Pi * loneRadius * loneRadius), "opacity": line["opacity"], "clip": true}}
}

// touch is invisible points that carry tooltips.
func (f *figure) touch(l *layer) object {
	return object{
		"mark":     object{"type": "point", "filled": true, "size": 90, "opacity": 0, "clip": true},
		"encoding": object{"tooltip": f.tooltip(l)},
	}
}

// shaded is the encoding of continuous colour.
func (f *figure) shaded(l *layer) object {
	return object{"field": "z", "type": "quantitative", "title": l.shade.titleSpec(), "legend": l.shade.key(),
		"scale": object{"domain": l.shade.span(), "range": f.theme.rampOf(l.shade)}}
}

// key is the legend of a channel: with the ticks of the twin's.
func (ch *channel) key() object {
	span := ch.span()
	key := object{"tickCount": rampTicks}
	if format := axisFormat(tickStep(span[0], span[1], rampTicks), math.Max(math.Abs(span[0]), math.Abs(span[1]))); format != "" {
		key["format"] = format
	}
	return key
}

// pointChannels adds continuous colour, opacity, shape and size.
func (f *figure) pointChannels(l *layer, mark, encoding object) {
	if l.shade != nil {
		encoding["color"] = f.shaded(l)
	}
	if l.hollow {
		mark["filled"] = false
		mark["strokeWidth"] = 1.5
	}
	if slices.ContainsFunc(l.series, func(s series) bool { return s.alpha != nil }) {
		encoding["opacity"] = object{"field": "a", "type": "quantitative", "scale": nil}
	}
	f.shaped(encoding)
	if l.size == nil {
		mark["size"] = l.area
		return
	}
	encoding["size"] = object{"field": "s", "type": "quantitative", "title": l.size.titleSpec(), "legend": l.size.key(),
		"scale": object{"type": "linear", "domain": l.size.span(), "range": []float64{minArea, maxArea}, "zero": false}}
}

// bars adds what bars over categories need: where they start, and with
// several groups their place inside the category.
func (f *figure) bars(l *layer, encoding object) {
	encoding["y2"] = f.base(l)
	if l.grouped {
		names := make([]string, len(l.series))
		for i, s := range l.series {
			names[i] = s.name
		}
		encoding["xOffset"] = object{"field": "c", "type": "nominal", "sort": nil, "scale": object{"domain": names}}
	}
}

// base is where the bars of the layer begin.
func (f *figure) base(l *layer) object {
	if stacked(l) {
		return object{"field": "y2"}
	}
	if f.y.log {
		return object{"datum": f.y.lo}
	}
	return object{"datum": 0}
}

// stacked reports whether some bar does not start at zero.
func stacked(l *layer) bool {
	for _, s := range l.series {
		for _, v := range s.y2 {
			if v != 0 {
				return true
			}
		}
	}
	return false
}

// span is the channel's domain, never empty.
func (ch *channel) span() []float64 {
	if !alike(ch.lo, ch.hi) {
		return []float64{ch.lo, ch.hi}
	}
	pad := math.Max(1, math.Abs(ch.lo)*0.1)
	return []float64{ch.lo - pad, ch.lo + pad}
}

// classColour writes the colour of the layer's series, and the legend.
func (f *figure) classColour(l *layer) object {
	if l.shade != nil {
		return nil
	}
	if l.painted() && len(l.series) == 1 {
		return object{"value": f.fillOf(&l.series[0])}
	}
	if l.painted() {
		return object{"field": "k", "type": "nominal", "scale": nil}
	}
	if l.series[0].name == "" || l.silent {
		return object{"value": f.theme.adaptive(l.series[0].slot)}
	}
	if len(f.legend.names) == 0 { // none is wanted
		return object{"field": "k", "type": "nominal", "scale": nil}
	}
	colours := make([]any, len(f.legend.slots))
	for i, k := range f.legend.slots {
		colours[i] = f.theme.adaptive(k)
		if l.mark == arcMark { // the texts on slices are for these
			colours[i] = f.theme.class(k)
		}
	}
	c := object{"field": "c", "type": "nominal", "title": nil, "legend": f.legend.look(),
		"scale": object{"domain": f.legend.names, "range": colours}}
	describe(c, f.legend.title)
	return c
}

// describe titles the legend of an encoding.
func describe(c object, title string) {
	if title != "" {
		c["title"] = lines(titleLines(title, maxLegendRoom))
	}
}

// titleSpec is the title of the legend.
func (ch *channel) titleSpec() any { return lines(titleLines(ch.title, maxLegendRoom)) }
