package plots

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
)

// Network draws a dense network from the sizes of its layers, the input's
// first: units as circles in columns, connections as lines between them, and
// under each layer the number of its units. Of a layer with more than 12 units
// the first and the last are drawn, with an ellipsis between them.
//
// Sizes are 1 to 100,000,000, of 2 to 24 layers. [LayerNames] names the layers.
func Network(sizes []int, opts ...Option) *Chart {
	return newNetwork(slices.Clone(sizes), nil, opts)
}

// NetworkWeights draws a dense network with its weights: weights[k][i][j] leads
// from unit i of layer k to unit j of the next one, as the kernels of dense
// layers hold them (inputs × outputs). Colours tell positive from negative
// weights; a line is the thicker and the more solid the greater the weight is
// beside the greatest of all. Weights of zero are not drawn.
func NetworkWeights(weights [][][]float64, opts ...Option) *Chart {
	sizes, err := sizesOf(weights)
	if err != nil {
		return failed(networkChart, err)
	}
	own := make([][][]float64, len(weights))
	for k, rows := range weights {
		for _, row := range rows {
			own[k] = append(own[k], slices.Clone(row))
		}
	}
	return newNetwork(sizes, own, opts)
}

// LayerNames names the layers of a network, one name for each, the input's
// first.
func LayerNames(names ...string) Option {
	return Option{"LayerNames", []chartKind{networkChart}, func(c *config) error {
		if len(names) == 0 {
			return errors.New("LayerNames: want a name for each layer, got none")
		}
		c.layerNames = slices.Clone(names)
		return nil
	}}
}

// What a network may consist of.
const (
	maxNetLayers = 24
	maxUnits     = 100_000_000
)

// sizesOf reads the sizes of layers off the weights between them.
func sizesOf(weights [][][]float64) ([]int, error) {
	if len(weights) == 0 {
		return nil, errors.New("want the weights of at least one layer, got none")
	}
	sizes := []int{len(weights[0])}
	for k, rows := range weights {
		if len(rows) == 0 || len(rows[0]) == 0 {
			return nil, fmt.Errorf("weights[%d] is empty; want a row for each of its inputs, with a weight for each output", k)
		}
		if len(rows) != sizes[k] {
			return nil, fmt.Errorf("weights[%d] has %s; want %d, one for each unit that weights[%d] leads to", k, plural(len(rows), "row"), sizes[k], k-1)
		}
		for i, row := range rows {
			if len(row) != len(rows[0]) {
				return nil, fmt.Errorf("weights[%d][%d] has %s; want %d, as weights[%d][0] has", k, i, plural(len(row), "weight"), len(rows[0]), k)
			}
			for j, w := range row {
				poll(j)
				if !finite(w) {
					return nil, fmt.Errorf("weights[%d][%d][%d] is %g; want a finite number", k, i, j, w)
				}
			}
		}
		sizes = append(sizes, len(rows[0]))
	}
	return sizes, nil
}

func checkSizes(sizes []int) error {
	if len(sizes) < 2 || len(sizes) > maxNetLayers {
		return fmt.Errorf("want the sizes of 2 to %d layers, got %d", maxNetLayers, len(sizes))
	}
	for k, n := range sizes {
		if n < 1 || n > maxUnits {
			return fmt.Errorf("layer %d has %s; want 1 to %s", k+1, plural(n, "unit"), group(maxUnits))
		}
	}
	return nil
}

// built is a chart of values of a kind of its own. It is drawn between 0 and 1
// on both axes, on a plotting area of w × h px where nobody asks for another.
func built(kind chartKind, build func(*drawing) error, w, h float64, opts []Option) *Chart {
	c := &Chart{kind: kind, parts: []part{{kind: kind, build: func(d *drawing) error {
		d.bare, d.unzoomed = true, true
		return build(d)
	}}}}
	c.cfg = config{width: math.Min(w, maxSize), height: math.Min(h, maxSize), xrange: &[2]float64{0, 1}, yrange: &[2]float64{0, 1}}
	return c.with(opts)
}

func newNetwork(sizes []int, weights [][][]float64, opts []Option) *Chart {
	if err := checkSizes(sizes); err != nil {
		return failed(networkChart, err)
	}
	n := network{sizes: sizes, weights: weights, limit: unitLimit(sizes)}
	most := 0
	for k := range sizes {
		most = max(most, len(n.places(k)))
	}
	w := math.Max(320, math.Min(900, 150*float64(len(sizes)-1)+100))
	h := math.Max(180, 30*float64(most)+labelFoot)
	return built(networkChart, n.draw, w, h, opts)
}

// A network is what is drawn of one.
type network struct {
	sizes   []int
	weights [][][]float64 // or nil
	limit   int           // of units of a layer that are drawn
}

// maxConnections is how many lines a picture of a network has at most, about.
const maxConnections = 800

// unitLimit is how many units of each layer can be drawn without too many lines.
func unitLimit(sizes []int) int {
	limit := 12
	for ; limit > 4; limit -= 2 {
		lines := 0
		for k := range sizes[1:] {
			lines += min(limit, sizes[k]) * min(limit, sizes[k+1])
		}
		if lines <= maxConnections {
			break
		}
	}
	return limit
}

// hidden marks the place of the ellipsis.
const hiddenUnits = -1

// places lists the units of layer k that are drawn, from the top.
func (n *network) places(k int) []int {
	var out []int
	size, half := n.sizes[k], n.limit/2
	for i := range min(size, n.limit) {
		if size > n.limit && i >= half {
			if i == half {
				out = append(out, hiddenUnits)
			}
			i += size - n.limit
		}
		out = append(out, i)
	}
	return out
}

// labelFoot is the room for the names under the layers, px.
const labelFoot = 46.0

// A netPlan is a network laid out on a plotting area.
type netPlan struct {
	*network
	w, h, gap, step float64 // px; between layers and between units
	foot            float64 // room for names and sizes, px
	names           []string
}

// at is the place of the i-th drawn unit of layer k, as shares of the area.
func (p *netPlan) at(k, i int) (x, y float64) {
	count := len(p.places(k))
	middle := (p.h - p.foot) / 2
	down := middle + (float64(i)-float64(count-1)/2)*p.step
	return share((p.gap/2 + float64(k)*p.gap) / p.w), share(1 - down/p.h)
}

func (n *network) draw(d *drawing) error {
	names := d.cfg.layerNames
	if names != nil && len(names) != len(n.sizes) {
		return fmt.Errorf("LayerNames: want %d names, one for each layer, got %d", len(n.sizes), len(names))
	}
	most := 0
	for k := range n.sizes {
		most = max(most, len(n.places(k)))
	}
	p := netPlan{network: n, w: d.cfg.width, h: d.cfg.height, names: names}
	p.gap = p.w / float64(len(n.sizes))
	p.foot = labelFoot
	if names == nil {
		p.foot -= 15
	}
	p.step = math.Max(1, math.Min(34, (p.h-p.foot)/float64(most)))
	if n.weights == nil {
		d.under = p.plainLines()
	} else {
		d.under = p.weightLines(d)
	}
	p.units(d)
	d.over = append(d.over, p.labels(d.cfg.theme)...)
	d.note("%s", n.summary())
	return nil
}

// summary says how large the network is.
func (n *network) summary() string {
	texts := make([]string, len(n.sizes))
	lines := 0
	for k, size := range n.sizes {
		texts[k] = group(size)
		if k > 0 {
			lines += n.sizes[k-1] * size
		}
	}
	return fmt.Sprintf("%s units, %s", strings.Join(texts, " – "), plural(lines, "connection"))
}

// lines calls f for each pair of drawn units of layers that follow one another.
func (p *netPlan) lines(f func(k, i, j int, x, y, x2, y2 float64)) {
	for k := range p.sizes[1:] {
		from, to := p.places(k), p.places(k+1)
		for a, i := range from {
			for b, j := range to {
				if i == hiddenUnits || j == hiddenUnits {
					continue
				}
				x, y := p.at(k, a)
				x2, y2 := p.at(k+1, b)
				f(k, i, j, x, y, x2, y2)
			}
		}
	}
}

// share is a place on the area, with as many digits as a picture shows.
func share(v float64) float64 { return math.Round(v*1e4) / 1e4 }

// segment adds a straight line to a series.
func (s *series) segment(x, y, x2, y2 float64) {
	s.x, s.y = append(s.x, x), append(s.y, y)
	s.x2, s.y2 = append(s.x2, x2), append(s.y2, y2)
}

func (p *netPlan) plainLines() []layer {
	s := series{fill: noteColor}
	p.lines(func(_, _, _ int, x, y, x2, y2 float64) { s.segment(x, y, x2, y2) })
	return []layer{{mark: ruleMark, opacity: 0.45, silent: true, stroke: 0.8, series: []series{s}}}
}

// How weights are drawn: from a fifth of the greatest up to all of it.
var (
	weightOpacity = []float64{0.25, 0.45, 0.6, 0.8, 1}
	weightStroke  = []float64{0.6, 1, 1.5, 2.1, 2.8}
)

// weightLines are the connections by the strength of their weights, the weakest
// below the others.
func (p *netPlan) weightLines(d *drawing) []layer {
	most := p.greatest()
	layers := make([]layer, len(weightStroke))
	for i := range layers {
		layers[i] = layer{mark: ruleMark, opacity: weightOpacity[i], stroke: weightStroke[i], noun: "connection",
			info: []string{"from", "to", "weight"}, onlyInfo: true,
			series: []series{newWeights("positive"), newWeights("negative")}}
	}
	zeros := 0
	p.lines(func(k, i, j int, x, y, x2, y2 float64) {
		w := p.weights[k][i][j]
		if w == 0 {
			zeros++
			return
		}
		at := int(math.Ceil(math.Abs(w)/most*float64(len(layers)))) - 1
		sign := 0
		if w < 0 {
			sign = 1
		}
		s := &layers[max(0, min(at, len(layers)-1))].series[sign]
		s.segment(x, y, x2, y2)
		for t, text := range []string{p.unit(k, i), p.unit(k+1, j), fmt.Sprintf("%.4g", w)} {
			s.info[t] = append(s.info[t], text)
		}
	})
	if zeros > 0 {
		d.note("%s of weight 0 not drawn", plural(zeros, "connection"))
	}
	return slices.DeleteFunc(layers, func(l layer) bool { return len(l.series[0].x)+len(l.series[1].x) == 0 })
}

func newWeights(sign string) series {
	return series{name: sign, column: "weight", info: make([][]string, 3)}
}

// greatest is the largest absolute weight.
func (n *network) greatest() float64 {
	most := 0.0
	for _, rows := range n.weights {
		for _, row := range rows {
			for j, w := range row {
				poll(j)
				most = math.Max(most, math.Abs(w))
			}
		}
	}
	return most
}

// layerName is what tooltips call layer k.
func (p *netPlan) layerName(k int) string {
	if p.names != nil && p.names[k] != "" {
		return p.names[k]
	}
	return fmt.Sprintf("layer %d", k+1)
}

// unit names a unit; people count from 1.
func (p *netPlan) unit(k, i int) string {
	return fmt.Sprintf("%s, unit %d", p.layerName(k), i+1)
}

// units are the circles, and the ellipses for the units that are left out.
func (p *netPlan) units(d *drawing) {
	radius := math.Max(2, math.Min(11, 0.38*p.step))
	d.layer = layer{mark: pointMark, opacity: 1, area: math.Pi * radius * radius, noun: "unit",
		info: []string{"layer", "unit"}, onlyInfo: true}
	dots := series{fill: noteColor}
	for k, size := range p.sizes {
		s := series{fill: d.cfg.theme.class(p.role(k)), info: make([][]string, 2)}
		for i, unit := range p.places(k) {
			x, y := p.at(k, i)
			if unit == hiddenUnits {
				for _, off := range []float64{-0.2, 0, 0.2} {
					dots.x, dots.y = append(dots.x, x), append(dots.y, y+off*p.step/p.h)
				}
				continue
			}
			s.x, s.y = append(s.x, x), append(s.y, y)
			s.info[0] = append(s.info[0], p.layerName(k))
			s.info[1] = append(s.info[1], fmt.Sprintf("%s of %s", group(unit+1), group(size)))
		}
		d.layer.series = append(d.layer.series, s)
	}
	if len(dots.x) > 0 {
		d.over = append(d.over, layer{mark: pointMark, opacity: 1, area: 7, silent: true, series: []series{dots}})
	}
}

// role is the class of layer k: of inputs, of what lies between, of outputs.
// The first two classes of the palette are those of the weights' signs.
func (p *netPlan) role(k int) int {
	switch k {
	case 0:
		return 5
	case len(p.sizes) - 1:
		return 3
	}
	return 2
}

// labels are the names and the sizes under the layers.
func (p *netPlan) labels(look *theme) []layer {
	names, sizes := series{fill: plainInk(look)}, series{fill: plainInk(look)}
	for k, size := range p.sizes {
		x, _ := p.at(k, 0)
		line := p.foot - 14
		if p.names != nil {
			names.x, names.y = append(names.x, x), append(names.y, line/p.h)
			names.text = append(names.text, fitted(p.names[k], p.gap-6, labelSize))
			line -= 15
		}
		sizes.x, sizes.y = append(sizes.x, x), append(sizes.y, line/p.h)
		sizes.text = append(sizes.text, fitted(group(size), p.gap-6, labelSize))
	}
	font := textFont{size: labelSize, middle: true}
	out := []layer{{mark: textMark, opacity: 1, silent: true, font: font, series: []series{sizes}}}
	if p.names != nil {
		font.bold = true
		out = append(out, layer{mark: textMark, opacity: 1, silent: true, font: font, series: []series{names}})
	}
	return out
}

// plainInk is the colour of words beside marks: grey where a front end chooses
// the background.
func plainInk(look *theme) string {
	if look == nil || look.coloursOnly {
		return noteColor
	}
	return look.ink
}

// fitted shortens a text to a width in px.
func fitted(s string, width, size float64) string {
	r := []rune(s)
	room := int(width / (textWidth("x") * size / labelSize))
	switch {
	case len(r) <= room:
		return s
	case room < 2:
		return ""
	}
	return string(r[:room-1]) + "…"
}
