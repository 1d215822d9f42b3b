package plots

import (
	"fmt"
	"math"
	"strings"
)

// tooltip lists what hovering over a mark shows. Vega-Lite puts the titles
// between quotes of an expression as they are.
func (f *figure) tooltip(l *layer) []object {
	tips := f.tips(l)
	for _, tip := range tips {
		tip["title"] = quotable(tip["title"].(string))
	}
	return tips
}

// quotable writes what would end a text between quotes, or break its line, as an
// escape.
func quotable(text string) string {
	var b strings.Builder
	for _, r := range text {
		if r == '"' || r == '\\' || r < ' ' || r == '\u2028' || r == '\u2029' {
			fmt.Fprintf(&b, `\u%04x`, r)
		} else {
			b.WriteRune(r)
		}
	}
	return b.String()
}

// tips are the lines of a tooltip.
func (f *figure) tips(l *layer) []object {
	xTitle, yTitle := titleOf(f.x, l.xTitle, "name"), titleOf(f.y, l.yTitle, "value")
	x, y := f.x.tip("x", xTitle), f.y.tip("y", yTitle)
	switch {
	case l.mark == rectMark:
		to := f.x.tip("x2", "to")
		x["title"] = xTitle + " from"
		y = f.y.length(yTitle)
		return withClass(l, f, []object{x, to, y})
	case l.mark == barMark:
		y = f.y.length(yTitle)
	}
	if l.lengths {
		if l.lies() {
			x = f.x.length(xTitle)
		} else {
			y = f.y.length(yTitle)
		}
	}
	tips := []object{x, y}
	if l.onlyInfo {
		tips = nil
	}
	for i, title := range l.info {
		tips = append(tips, object{"field": fmt.Sprintf("i%d", i), "type": "nominal", "title": title})
	}
	if l.onlyInfo && l.lattice == nil {
		return tips
	}
	if l.shade != nil {
		tips = append(tips, object{"field": "z", "type": "quantitative", "title": l.shade.title})
	}
	if l.size != nil {
		tips = append(tips, object{"field": "s", "type": "quantitative", "title": l.size.title})
	}
	return withClass(l, f, tips)
}

// titleOf is what a tooltip calls the values of an axis: as the axis does.
func titleOf(a axis, column, other string) string {
	switch {
	case a.label != "":
		return a.label
	case column != "":
		return column
	}
	return other
}

// withClass adds the class of a mark to its tooltip.
func withClass(l *layer, f *figure, tips []object) []object {
	if l.shade != nil || l.series[0].name == "" {
		return tips
	}
	title := f.legend.title
	if title == "" {
		title = "series"
	}
	field := "c"
	if l.many() {
		field = "c_text"
	}
	return append(tips, object{"field": field, "type": "nominal", "title": title})
}

func (a axis) tip(field, title string) object {
	o := object{"field": field, "type": a.kind.String(), "title": title}
	if a.kind == temporal || a.kind == slotted {
		o["field"], o["type"] = field+"_text", "nominal"
	}
	if a.share {
		o["format"] = percentTip
	}
	return o
}

// moments computes the text of moments for tooltips: Vega-Lite writes those in
// the reader's zone, whatever their time unit, and the axes are in UTC. It
// computes the names of categories from places near them, lengths, and the
// classes of lines that the legend calls others, too.
func (f *figure) moments(l *layer) []object {
	if l.silent || l.onlyInfo || l.mark == textMark {
		return nil
	}
	var out []object
	if l.many() {
		out = append(out, object{"calculate": "isString(datum.d) ? datum.d : datum.c", "as": "c_text"})
	}
	if l.lengths {
		length := map[bool]string{true: "datum.x - datum.x2", false: "datum.y - datum.y2"}[l.lies()]
		out = append(out, object{"calculate": length, "as": "v"})
	}
	add := func(a axis, field string, values func(*series) []float64) {
		if a.kind == slotted {
			name := fmt.Sprintf("%s[round(datum.%s)]", marshal(a.levels), field)
			out = append(out, object{"calculate": name, "as": field + "_text"})
		}
		if a.kind == temporal {
			text := fmt.Sprintf("utcFormat(datum.%s, '%s')", field, momentFormat(l.series, values))
			out = append(out, object{"calculate": text, "as": field + "_text"})
		}
	}
	add(f.x, "x", func(s *series) []float64 { return s.x })
	if l.mark == rectMark {
		add(f.x, "x2", func(s *series) []float64 { return s.x2 })
	}
	add(f.y, "y", func(s *series) []float64 { return s.y })
	return out
}

// momentFormat is the shortest d3 format that tells the moments apart.
func momentFormat(all []series, values func(*series) []float64) string {
	format, unit := "%Y-%m-%d", day
	for i := range all {
		for _, v := range values(&all[i]) {
			for math.Mod(v, unit) != 0 {
				switch unit {
				case day:
					format, unit = "%Y-%m-%d %H:%M", minute
				case minute:
					format, unit = "%Y-%m-%d %H:%M:%S", second
				default:
					return "%Y-%m-%d %H:%M:%S.%L"
				}
			}
		}
	}
	return format
}
