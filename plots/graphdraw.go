package plots

import (
	"math"
	"slices"
	"strings"
)

// Boxes bring their own ground, so that their names are read on any background.
const (
	boxSource = "#CFE5F5" // nothing leads to it
	boxSink   = "#FBE4BE" // it leads nowhere
	boxOther  = "#E9ECEF"
	boxInk    = "#262626"
)

// draw fills a drawing with the graph.
func (g *flow) draw(d *drawing) error {
	p := &flowPlan{flow: g, w: d.cfg.width, h: d.cfg.height}
	p.sx, p.sy = math.Min(1, p.w/g.w), math.Min(1, p.h/g.h)
	d.under = p.arrows()
	p.boxes(d)
	if g.equal > 0 {
		d.note("%s left out: there is an equal one", plural(g.equal, "edge"))
	}
	return nil
}

// A flowPlan is a graph on a plotting area of w × h px, in its middle; where the
// area is too small the graph shrinks.
type flowPlan struct {
	*flow
	w, h, sx, sy float64
}

// px places a point of the layout on the area, px from its top left corner.
func (p *flowPlan) px(x, y float64) (float64, float64) {
	return (p.w-p.flow.w*p.sx)/2 + x*p.sx, (p.h-p.flow.h*p.sy)/2 + y*p.sy
}

// share turns px into shares of the area, y upward.
func (p *flowPlan) share(x, y float64) (float64, float64) {
	return share(x / p.w), share(1 - y/p.h)
}

// line adds a straight line, given in px.
func (p *flowPlan) line(s *series, x, y, x2, y2 float64) {
	x, y = p.share(x, y)
	x2, y2 = p.share(x2, y2)
	s.segment(x, y, x2, y2)
}

// top is the upper edge of an item's rank.
func (p *flowPlan) top(i int) float64 {
	return flowEdge + float64(p.items[i].rank)*(boxHeight+rankGap)
}

// The ends of arrows, px. Lines arrive from above, so that heads are all upright
// and stand beside one another.
const (
	headLength = 7.0
	headWidth  = 3.5 // each side
	arriving   = 9.0
)

// arrows are the edges: lines that go round the boxes, with heads at their ends.
func (p *flowPlan) arrows() []layer {
	lines, heads := series{fill: noteColor}, series{fill: noteColor}
	for _, way := range p.ways {
		x, y := p.px(p.port(way[0], way[1], false), p.top(way[0])+boxHeight)
		for i, at := range way[1:] {
			last := i == len(way)-2
			x2, y2 := p.px(p.items[at].x, p.top(at))
			if last {
				x2, y2 = p.px(p.port(at, way[i], true), p.top(at))
			}
			if last {
				p.line(&lines, x, y, x2, y2-arriving)
				p.line(&lines, x2, y2-arriving, x2, y2)
				for _, side := range []float64{-1, 1} {
					p.line(&heads, x2, y2, x2+side*headWidth, y2-headLength)
				}
				break
			}
			p.line(&lines, x, y, x2, y2)
			// A bend passes its rank upright.
			x3, y3 := p.px(p.items[at].x, p.top(at)+boxHeight)
			p.line(&lines, x2, y2, x3, y3)
			x, y = x3, y3
		}
	}
	if len(lines.x) == 0 {
		return nil
	}
	return []layer{
		{mark: ruleMark, opacity: 1, silent: true, stroke: 1.2, series: []series{lines}},
		{mark: ruleMark, opacity: 1, silent: true, stroke: 1.5, series: []series{heads}},
	}
}

// port is where the line between an item and another one meets its box: lines
// stand apart in the order of the other ends.
func (p *flowPlan) port(i, other int, above bool) float64 {
	it := &p.items[i]
	near := slices.Clone(it.down)
	if above {
		near = slices.Clone(it.up)
	}
	slices.SortStableFunc(near, func(a, b int) int {
		if p.items[a].x < p.items[b].x {
			return -1
		}
		return 1
	})
	at := slices.Index(near, other)
	return it.x + it.width*0.7*((float64(at)+1)/(float64(len(near))+1)-0.5)
}

// boxes are the nodes with their names.
func (p *flowPlan) boxes(d *drawing) {
	kinds := []series{{fill: boxSource}, {fill: boxOther}, {fill: boxSink}}
	border, words := series{fill: noteColor}, series{fill: boxInk}
	for n, name := range p.names {
		it := &p.items[n]
		x, y := p.share(p.px(it.x-it.width/2, p.top(n)+boxHeight))
		x2, y2 := p.share(p.px(it.x+it.width/2, p.top(n)))
		s := &kinds[1]
		switch {
		case len(p.in[n]) == 0:
			s = &kinds[0]
		case len(p.out[n]) == 0:
			s = &kinds[2]
		}
		s.segment(x, y, x2, y2)
		border.segment(x, y, x2, y2)
		if s.info == nil {
			s.info = make([][]string, 3)
		}
		for k, text := range []string{shorter(name), p.list(p.in[n]), p.list(p.out[n])} {
			s.info[k] = append(s.info[k], text)
		}
		words.x, words.y = append(words.x, (x+x2)/2), append(words.y, (y+y2)/2)
		words.text = append(words.text, fitted(ellipsis(name), (it.width-6)*p.sx, p.fontSize()))
	}
	kinds = slices.DeleteFunc(kinds, func(s series) bool { return len(s.x) == 0 })
	radius := 6 * math.Min(p.sx, p.sy)
	d.layer = layer{mark: cellMark, opacity: 1, radius: radius, noun: "node", info: []string{"node", "from", "to"}, onlyInfo: true, series: kinds}
	d.over = []layer{
		{mark: cellMark, opacity: 1, radius: radius, hollow: true, silent: true, series: []series{border}},
		{mark: textMark, opacity: 1, silent: true, font: textFont{size: p.fontSize(), middle: true}, series: []series{words}},
	}
}

// fontSize shrinks with the boxes, px.
func (p *flowPlan) fontSize() float64 {
	return math.Max(4, labelSize*math.Min(1, p.sy*boxHeight/16))
}

// list names nodes for a tooltip.
func (p *flowPlan) list(nodes []int) string {
	const most = 8
	var names []string
	for _, n := range nodes[:min(len(nodes), most)] {
		names = append(names, ellipsis(p.names[n]))
	}
	if len(nodes) > most {
		names = append(names, "…")
	}
	return strings.Join(names, ", ")
}

// shorter keeps names that are texts out of tooltips.
func shorter(name string) string {
	const most = 100
	if r := []rune(name); len(r) > most {
		return string(r[:most-1]) + "…"
	}
	return name
}
