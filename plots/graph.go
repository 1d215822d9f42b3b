package plots

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
)

// Graph draws a directed graph without cycles, such as a computation: nodes as
// boxes with their names, edges as arrows from edges[k][0] to edges[k][1], which
// are indexes into nodes. Every arrow leads downward: a node stands below all
// that it comes from (longest-path layering), in an order that keeps crossings
// few (barycentres; Sugiyama, Tagawa and Toda, "Methods for visual understanding
// of hierarchical system structures", 1981).
//
// A graph has 1 to 200 nodes and up to 500 edges; equal edges are drawn once.
func Graph(nodes []string, edges [][2]int, opts ...Option) *Chart {
	g, err := newFlow(slices.Clone(nodes), slices.Clone(edges))
	if err != nil {
		return failed(graphChart, err)
	}
	g.layOut()
	return built(graphChart, g.draw, math.Max(240, math.Min(maxWidth, g.w)), math.Max(60, math.Min(maxHeight, g.h)), opts)
}

// How large a graph may be.
const (
	maxNodes    = 200
	maxEdges    = 500
	maxSegments = 700  // of lines: with more, edges run straight
	maxWidth    = 3000 // px, by itself; a larger one shrinks
	maxHeight   = 2400
)

// A flow is a graph and its layout.
type flow struct {
	names []string
	edges [][2]int // different ones
	equal int      // edges left out because there is an equal one
	in    [][]int  // of each node: the nodes before it
	out   [][]int
	rank  []int // of each node, from the top

	items []item  // the nodes, then the bends of edges
	ranks [][]int // items of each rank, from the left
	ways  [][]int // items that each edge leads through, its ends included
	w, h  float64 // px
}

// An item has a place in a rank: a node, or the bend of an edge that passes.
type item struct {
	rank, place int
	x, width    float64 // middle, px
	up, down    []int   // items that it has lines to
}

func newFlow(nodes []string, edges [][2]int) (*flow, error) {
	switch {
	case len(nodes) == 0:
		return nil, errors.New("want at least one node, got none")
	case len(nodes) > maxNodes:
		return nil, fmt.Errorf("want at most %d nodes, got %s", maxNodes, group(len(nodes)))
	case len(edges) > maxEdges:
		return nil, fmt.Errorf("want at most %s edges, got %s", group(maxEdges), group(len(edges)))
	}
	g := &flow{names: nodes, in: make([][]int, len(nodes)), out: make([][]int, len(nodes))}
	seen := map[[2]int]bool{}
	for k, e := range edges {
		for _, end := range e {
			if end < 0 || end >= len(nodes) {
				return nil, fmt.Errorf("edges[%d] is %v; want indexes of nodes, 0 to %d", k, e, len(nodes)-1)
			}
		}
		if e[0] == e[1] {
			return nil, fmt.Errorf("edges[%d] leads from %q to itself", k, nodes[e[0]])
		}
		if seen[e] {
			g.equal++
			continue
		}
		seen[e] = true
		g.edges = append(g.edges, e)
		g.out[e[0]] = append(g.out[e[0]], e[1])
		g.in[e[1]] = append(g.in[e[1]], e[0])
	}
	return g, g.layer()
}

// layer gives every node its rank, below all that lead to it.
func (g *flow) layer() error {
	g.rank = make([]int, len(g.names))
	left := make([]int, len(g.names)) // edges into the node from nodes that have no rank yet
	var ready []int
	for n, before := range g.in {
		if left[n] = len(before); left[n] == 0 {
			ready = append(ready, n)
		}
	}
	for at := 0; at < len(ready); at++ {
		for _, to := range g.out[ready[at]] {
			g.rank[to] = max(g.rank[to], g.rank[ready[at]]+1)
			if left[to]--; left[to] == 0 {
				ready = append(ready, to)
			}
		}
	}
	if len(ready) < len(g.names) {
		return fmt.Errorf("the edges make a cycle: %s", g.cycle(left))
	}
	g.sink()
	return nil
}

// sink lowers the nodes that nothing leads to, so that their lines are short,
// and puts those that lead nowhere either into rows.
func (g *flow) sink() {
	const beside = 8
	alone := 0
	for n, after := range g.out {
		switch {
		case len(g.in[n]) > 0:
		case len(after) == 0:
			g.rank[n] = alone / beside
			alone++
		default:
			g.rank[n] = maxNodes
			for _, to := range after {
				g.rank[n] = min(g.rank[n], g.rank[to]-1)
			}
		}
	}
}

// cycle names the nodes of a cycle; left is above zero for nodes that lie on
// one or behind one. Each of them has such a node before it, so going back from
// any comes round.
func (g *flow) cycle(left []int) string {
	n := slices.IndexFunc(left, func(k int) bool { return k > 0 })
	var path []int
	for !slices.Contains(path, n) {
		path = append(path, n)
		before := g.in[n]
		n = before[slices.IndexFunc(before, func(m int) bool { return left[m] > 0 })]
	}
	path = append(path[slices.Index(path, n):], n)
	slices.Reverse(path)
	const most = 8
	var names []string
	for i, m := range path {
		if len(path) > most && i >= most/2 && i < len(path)-most/2+1 {
			if i == most/2 {
				names = append(names, "…")
			}
			continue
		}
		names = append(names, ellipsis(g.names[m]))
	}
	return strings.Join(names, " → ")
}

// The measures of a graph, px.
const (
	boxHeight = 30.0
	rankGap   = 44.0 // between the boxes of two ranks
	boxGap    = 20.0 // between boxes beside one another
	bendWidth = 6.0
	flowEdge  = 8.0 // around the graph
)

// layOut finds places for all nodes and for the bends of edges.
func (g *flow) layOut() {
	g.route()
	g.ranks = make([][]int, slices.Max(g.rank)+1)
	for i := range g.items {
		r := g.items[i].rank
		g.ranks[r] = append(g.ranks[r], i)
	}
	g.number()
	g.uncross()
	g.spread()
	low, high := math.Inf(1), math.Inf(-1)
	for _, it := range g.items {
		low, high = math.Min(low, it.x-it.width/2), math.Max(high, it.x+it.width/2)
	}
	for i := range g.items {
		g.items[i].x += flowEdge - low
	}
	g.w = high - low + 2*flowEdge
	g.h = float64(len(g.ranks))*(boxHeight+rankGap) - rankGap + 2*flowEdge
}

// route makes the items: nodes, and a bend on each rank that an edge passes.
func (g *flow) route() {
	for n, name := range g.names {
		g.items = append(g.items, item{rank: g.rank[n], width: math.Max(46, textWidth(ellipsis(name))+20)})
	}
	segments := 0
	for _, e := range g.edges {
		segments += g.rank[e[1]] - g.rank[e[0]]
	}
	for _, e := range g.edges {
		way := []int{e[0]}
		for r := g.rank[e[0]] + 1; r < g.rank[e[1]] && segments <= maxSegments; r++ {
			way = append(way, len(g.items))
			g.items = append(g.items, item{rank: r, width: bendWidth})
		}
		way = append(way, e[1])
		for i := 1; i < len(way); i++ {
			a, b := way[i-1], way[i]
			g.items[a].down = append(g.items[a].down, b)
			g.items[b].up = append(g.items[b].up, a)
		}
		g.ways = append(g.ways, way)
	}
}

// number tells the items of each rank their places.
func (g *flow) number() {
	for _, rank := range g.ranks {
		for place, i := range rank {
			g.items[i].place = place
		}
	}
}

// uncross orders the ranks by the mean places of their neighbours, down and up,
// and keeps the order with the fewest crossings.
func (g *flow) uncross() {
	best, fewest := g.order(), g.crossings()
	for round := 0; round < 12 && fewest > 0; round++ {
		for k := range g.ranks {
			if round%2 == 0 {
				g.sortRank(k, func(it *item) []int { return it.up })
			} else {
				g.sortRank(len(g.ranks)-1-k, func(it *item) []int { return it.down })
			}
		}
		if n := g.crossings(); n < fewest {
			best, fewest = g.order(), n
		}
	}
	g.ranks = best
	g.number()
}

func (g *flow) order() [][]int {
	out := make([][]int, len(g.ranks))
	for r, rank := range g.ranks {
		out[r] = slices.Clone(rank)
	}
	return out
}

// sortRank orders rank r by the mean places of the items that side names; those
// without any keep their own place.
func (g *flow) sortRank(r int, side func(*item) []int) {
	mean := make(map[int]float64, len(g.ranks[r]))
	for _, i := range g.ranks[r] {
		near := side(&g.items[i])
		mean[i] = float64(g.items[i].place)
		if len(near) > 0 {
			sum := 0.0
			for _, j := range near {
				sum += float64(g.items[j].place)
			}
			mean[i] = sum / float64(len(near))
		}
	}
	slices.SortStableFunc(g.ranks[r], func(a, b int) int {
		switch {
		case mean[a] < mean[b]:
			return -1
		case mean[a] > mean[b]:
			return 1
		}
		return 0
	})
	for place, i := range g.ranks[r] {
		g.items[i].place = place
	}
}

// crossings counts the lines between ranks that follow one another which cross.
func (g *flow) crossings() int {
	n := 0
	for r, rank := range g.ranks {
		var ends []int // of the lines from further left
		for _, i := range rank {
			from := len(ends)
			for _, j := range g.items[i].down {
				if g.items[j].rank != r+1 {
					continue // a straight line over several ranks
				}
				for _, other := range ends[:from] {
					if other > g.items[j].place {
						n++
					}
				}
				ends = append(ends, g.items[j].place)
			}
		}
	}
	return n
}

// spread moves the items of each rank near the middle of their neighbours, down
// and up, without changing the order.
func (g *flow) spread() {
	for _, rank := range g.ranks {
		g.settle(rank, make([]float64, len(rank)))
	}
	for round := range 24 {
		for k := range g.ranks {
			r := k
			if round%2 == 1 {
				r = len(g.ranks) - 1 - k
			}
			want := make([]float64, len(g.ranks[r]))
			for p, i := range g.ranks[r] {
				want[p] = g.middle(i)
			}
			g.settle(g.ranks[r], want)
		}
	}
}

// middle is the mean place of an item's neighbours; bends count for more, so
// that long lines are straight (Gansner and others, "A technique for drawing
// directed graphs", 1993).
func (g *flow) middle(i int) float64 {
	it := &g.items[i]
	sum, total := 0.0, 0.0
	for _, near := range [][]int{it.up, it.down} {
		for _, j := range near {
			weight := 1.0
			if g.bend(i) && g.bend(j) {
				weight = 8
			} else if g.bend(i) || g.bend(j) {
				weight = 2
			}
			sum, total = sum+weight*g.items[j].x, total+weight
		}
	}
	if total > 0 {
		return sum / total
	}
	return it.x
}

// bend reports whether an item is the bend of an edge.
func (g *flow) bend(i int) bool { return i >= len(g.names) }

// apart is how far the middles of two items beside one another are apart at least.
func (g *flow) apart(i, j int) float64 {
	gap := boxGap
	switch {
	case g.bend(i) && g.bend(j):
		gap = 6
	case g.bend(i) || g.bend(j):
		gap = 12
	}
	return (g.items[i].width+g.items[j].width)/2 + gap
}

// settle gives the items of a rank the places nearest to the wanted ones (least
// squares) at which they keep their distances: with the distances taken off it
// is a regression to increasing values, by pooling adjacent violators.
func (g *flow) settle(rank []int, want []float64) {
	type block struct {
		sum float64
		n   int
	}
	offset := make([]float64, len(rank))
	var blocks []block
	for p, i := range rank {
		if p > 0 {
			offset[p] = offset[p-1] + g.apart(rank[p-1], i)
		}
		b := block{want[p] - offset[p], 1}
		for len(blocks) > 0 {
			last := blocks[len(blocks)-1]
			if last.sum/float64(last.n) <= b.sum/float64(b.n) {
				break
			}
			b.sum, b.n = b.sum+last.sum, b.n+last.n
			blocks = blocks[:len(blocks)-1]
		}
		blocks = append(blocks, b)
	}
	p := 0
	for _, b := range blocks {
		for range b.n {
			g.items[rank[p]].x = b.sum/float64(b.n) + offset[p]
			p++
		}
	}
}
