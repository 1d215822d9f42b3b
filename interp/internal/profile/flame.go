package profile

import (
	"cmp"
	"fmt"
	"hash/fnv"
	"html"
	"maps"
	"slices"
	"strings"
	"time"
)

// The flame graph, in pixels.
const (
	flameWidth = 960
	rowHeight  = 18
	charWidth  = 6.7 // of the font, 11px monospace
	thinnest   = 0.4 // what is narrower is left out
	deepest    = 80  // rows
	mostBars   = 1000
)

// A node is a call in the tree of stacks.
type node struct {
	frame Frame
	time  time.Duration
	lines map[string]time.Duration
	kids  map[string]*node
}

// tree merges the samples' stacks from the outermost call inwards; the lines of
// a function are one node.
func (p *Profile) tree() *node {
	root := &node{kids: map[string]*node{}}
	for _, s := range p.Samples {
		n := root
		n.time += s.Time
		for _, f := range slices.Backward(s.Stack) {
			kid := n.kids[f.Func]
			if kid == nil {
				kid = &node{frame: f, kids: map[string]*node{}, lines: map[string]time.Duration{}}
				n.kids[f.Func] = kid
			}
			kid.time += s.Time
			kid.lines[f.Place()] += s.Time
			n = kid
		}
	}
	return root
}

// times lists those of a node and its calls, as far as they are drawn.
func (n *node) times(list []time.Duration, row int) []time.Duration {
	list = append(list, n.time)
	if row+1 < deepest {
		for _, k := range n.kids {
			list = k.times(list, row+1)
		}
	}
	return list
}

// least is the time of the smallest bar that is drawn.
func (n *node) least() time.Duration {
	list := n.times(nil, 0)
	slices.Sort(list)
	least := time.Duration(thinnest / flameWidth * float64(n.time))
	if len(list) > mostBars {
		least = max(least, list[len(list)-mostBars]+1)
	}
	return least
}

// depth is the number of rows that are drawn of a node and its calls.
func (n *node) depth(least time.Duration) int {
	d := 0
	for _, k := range n.kids {
		if k.time >= least {
			d = max(d, k.depth(least))
		}
	}
	return d + 1
}

func wide(t, total time.Duration) float64 {
	return flameWidth * float64(t) / float64(total)
}

// Flame draws the tree of calls as SVG: callers above what they call, as wide
// as the time spent in them. All text stands on bars, so that it can be read
// on light and on dark pages; a bar says more when the pointer rests on it.
// "" when there is nothing to draw.
func (p *Profile) Flame() string {
	total, n := p.Total()
	if n == 0 {
		return ""
	}
	root := p.tree()
	least := root.least()
	rows := min(root.depth(least), deepest)
	height := rows * rowHeight
	var b strings.Builder
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" width="%d" height="%d" style="max-width:100%%;height:auto" font-family="Menlo,Consolas,DejaVu Sans Mono,monospace" font-size="11" role="img" aria-label="flame graph">`+"\n",
		flameWidth, height, flameWidth, height)
	root.frame.Func = fmt.Sprintf("%s, %d samples; blue is compiled code", short(total), n)
	f := flame{&b, total, least}
	f.draw(root, 0, 0)
	b.WriteString("</svg>\n")
	return b.String()
}

// A flame is a picture that is being written.
type flame struct {
	b            *strings.Builder
	total, least time.Duration
}

func (p *flame) draw(n *node, x float64, row int) {
	if n.time < p.least || row >= deepest {
		return
	}
	w, y := wide(n.time, p.total), row*rowHeight
	fmt.Fprintf(p.b, `<g><title>%s</title><rect x="%.1f" y="%d" width="%.1f" height="%d" rx="2" fill="%s"/>`,
		html.EscapeString(n.about(row, p.total)), x, y, max(w-0.6, thinnest), rowHeight-1, n.color(row))
	if text := fitting(last(n.frame.Func), w); text != "" {
		fmt.Fprintf(p.b, `<text x="%.1f" y="%d" fill="#1a1a1a">%s</text>`, x+4, y+rowHeight-6, html.EscapeString(text))
	}
	p.b.WriteString("</g>\n")
	kids := slices.Collect(maps.Values(n.kids))
	slices.SortFunc(kids, func(a, c *node) int {
		return cmp.Or(cmp.Compare(c.time, a.time), cmp.Compare(a.frame.Func, c.frame.Func))
	})
	for _, k := range kids {
		p.draw(k, x, row+1)
		x += wide(k.time, p.total)
	}
}

// about is what a bar says when the pointer rests on it.
func (n *node) about(row int, total time.Duration) string {
	if row == 0 {
		return n.frame.Func
	}
	text := n.frame.Func
	if at := hottest(n.lines); at != "" {
		text += " (" + at + ")"
	}
	return fmt.Sprintf("%s\n%s, %.1f %%", text, short(n.time), percent(n.time, total))
}

// color is the same for a function wherever it stands.
func (n *node) color(row int) string {
	if row == 0 {
		return "#c9ccd1"
	}
	h := fnv.New32a()
	h.Write([]byte(n.frame.Func))
	v := h.Sum32()
	if n.frame.Compiled {
		return fmt.Sprintf("hsl(%d,60%%,%d%%)", 200+v%20, 72+v>>8%8)
	}
	return fmt.Sprintf("hsl(%d,85%%,%d%%)", 14+v%38, 64+v>>8%10)
}

// last is a function's name without the folders of its package.
func last(name string) string {
	path := name
	if i := strings.IndexAny(name, "([ "); i >= 0 {
		path = name[:i]
	}
	return name[strings.LastIndexByte(path, '/')+1:]
}

// fitting is as much of a name as fits a bar.
func fitting(name string, w float64) string {
	room := int((w - 8) / charWidth)
	r := []rune(name)
	switch {
	case len(r) <= room:
		return name
	case room < 3:
		return ""
	}
	return string(r[:room-1]) + "…"
}
