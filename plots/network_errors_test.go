package plots_test

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/sheaf-go/sheaf/plots"
)

func named(n int) []string {
	out := make([]string, n)
	for i := range out {
		out[i] = fmt.Sprint("n", i)
	}
	return out
}

// TestNetworkErrors: bad networks and graphs are one clear line.
func TestNetworkErrors(t *testing.T) {
	nan := math.NaN()
	abc := []string{"a", "b", "c"}
	var ring [][2]int
	for i := range 20 {
		ring = append(ring, [2]int{i, (i + 1) % 20})
	}
	checkRefused(t, "network-errors.txt", []drawn{
		{"no layers", plots.Network(nil)},
		{"one layer", plots.Network([]int{3})},
		{"many layers", plots.Network(make([]int, 25))},
		{"empty layer", plots.Network([]int{3, 0, 2})},
		{"huge layer", plots.Network([]int{3, math.MaxInt})},
		{"names", plots.Network([]int{3, 2}, plots.LayerNames("in", "hidden", "out"))},
		{"no names", plots.Network([]int{3, 2}, plots.LayerNames())},
		{"log scale", plots.Network([]int{3, 2}, plots.LogX())},
		{"option of a scatter", plots.Network([]int{3, 2}, plots.Color("a"))},
		{"facet", plots.Network([]int{3, 2}, plots.Facet("a"))},
		{"names of a scatter", plots.ScatterXY([]float64{1}, []float64{1}, plots.LayerNames("a"))},
		{"no weights", plots.NetworkWeights(nil)},
		{"empty weights", plots.NetworkWeights([][][]float64{{}})},
		{"empty row", plots.NetworkWeights([][][]float64{{{}}})},
		{"ragged weights", plots.NetworkWeights([][][]float64{{{1, 2}, {3}}})},
		{"weights that do not meet", plots.NetworkWeights([][][]float64{{{1, 2}}, {{1}, {2}, {3}}})},
		{"NaN weight", plots.NetworkWeights([][][]float64{{{1, 2}, {3, nan}}})},
		{"infinite weight", plots.NetworkWeights([][][]float64{{{math.Inf(-1)}}})},
		{"no nodes", plots.Graph(nil, nil)},
		{"many nodes", plots.Graph(named(201), nil)},
		{"many edges", plots.Graph(abc, make([][2]int, 501))},
		{"no such node", plots.Graph(abc, [][2]int{{0, 1}, {1, 3}})},
		{"negative node", plots.Graph(abc, [][2]int{{-1, 0}})},
		{"self loop", plots.Graph(abc, [][2]int{{0, 1}, {2, 2}})},
		{"cycle", plots.Graph(abc, [][2]int{{0, 1}, {1, 2}, {2, 1}})},
		{"long cycle", plots.Graph(named(22), append(ring, [2]int{20, 3}, [2]int{4, 21}))},
		{"log scale of a graph", plots.Graph(abc, nil, plots.LogY())},
	})
}

// rowsIn are the rows of the layers of a specification, in their order.
func rowsIn(t *testing.T, c *plots.Chart) [][]map[string]any {
	t.Helper()
	if err := c.Err(); err != nil {
		t.Fatal(err)
	}
	var spec struct {
		Layer []struct {
			Data struct{ Values specRows }
		}
	}
	if err := json.Unmarshal([]byte(c.Spec()), &spec); err != nil {
		t.Fatal(err)
	}
	var out [][]map[string]any
	for _, l := range spec.Layer {
		out = append(out, l.Data.Values)
	}
	return out
}

// TestLEC6Network: sizes 3, 4 and 2 draw nine units and twenty connections that
// meet them.
func TestLEC6Network(t *testing.T) {
	layers := rowsIn(t, plots.Network([]int{3, 4, 2}))
	lines, units := layers[0], layers[1]
	if len(lines) != 3*4+4*2 || len(units) != 3+4+2 {
		t.Fatalf("%d connections, %d units; want 20 and 9", len(lines), len(units))
	}
	places := map[[2]any]int{}
	for _, u := range units {
		places[[2]any{u["x"], u["y"]}] = 0
	}
	for _, l := range lines {
		for _, end := range [][2]any{{l["x"], l["y"]}, {l["x2"], l["y2"]}} {
			if _, ok := places[end]; !ok {
				t.Fatalf("a connection ends at %v, where no unit is", end)
			}
			places[end]++
		}
	}
	var counts []int
	for _, n := range places {
		counts = append(counts, n)
	}
	slices.Sort(counts)
	if fmt.Sprint(counts) != "[4 4 4 4 4 5 5 5 5]" {
		t.Errorf("the units have %v connections", counts)
	}
}

// TestNetworkWeights: signs have their own series, strength is told by the
// layer, zeros are left out, and tooltips have the weights.
func TestNetworkWeights(t *testing.T) {
	c := plots.NetworkWeights([][][]float64{{{1, -0.5, 0}, {0.01, 0.25, -1}}}, plots.LayerNames("in", "out"))
	var got []string
	for _, layer := range rowsIn(t, c)[:4] {
		for _, r := range layer {
			if r["i2"] != nil {
				got = append(got, fmt.Sprint(r["i0"], " → ", r["i1"], ": ", r["i2"], " ", r["c"]))
			}
		}
		got = append(got, "|")
	}
	want := "in, unit 2 → out, unit 1: 0.01 positive | in, unit 2 → out, unit 2: 0.25 positive | " +
		"in, unit 1 → out, unit 2: -0.5 negative | in, unit 1 → out, unit 1: 1 positive in, unit 2 → out, unit 3: -1 negative |"
	if strings.Join(got, " ") != want {
		t.Errorf("got  %s\nwant %s", strings.Join(got, " "), want)
	}
	if !strings.Contains(c.String(), "1 connection of weight 0 not drawn") {
		t.Error(c)
	}
	weights := [][][]float64{{{1}}}
	before := plots.NetworkWeights(weights)
	spec := before.Spec()
	weights[0][0][0] = -1
	if before.With(plots.Title("")).Spec() != spec {
		t.Error("the chart follows the caller's slice")
	}
	if c := plots.NetworkWeights([][][]float64{{{0, 0}}}); c.Err() != nil {
		t.Error(c.Err())
	}
}

// TestLEC16Graph: an addition is three nodes, the sum below its inputs, with two
// arrows.
func TestLEC16Graph(t *testing.T) {
	layers := rowsIn(t, plots.Graph([]string{"a", "b", "a + b"}, [][2]int{{0, 2}, {1, 2}}))
	heads, nodes := layers[1], layers[2]
	if len(nodes) != 3 || len(heads) != 2*2 {
		t.Fatalf("%d nodes, %d strokes of arrows' heads; want 3 and 4", len(nodes), len(heads))
	}
	sum := nodes[2]
	if sum["i0"] != "a + b" || sum["i1"] != "a, b" || nodes[0]["i2"] != "a + b" {
		t.Errorf("the tooltips say %v", nodes)
	}
	for _, n := range nodes[:2] {
		if n["y"].(float64) <= sum["y2"].(float64) {
			t.Errorf("%v does not stand above the sum", n)
		}
	}
	for _, h := range heads {
		if math.Abs(h["y"].(float64)-sum["y2"].(float64)) > 1e-3 || h["x"].(float64) < sum["x"].(float64) || h["x"].(float64) > sum["x2"].(float64) {
			t.Errorf("an arrow ends at %v, not on top of the sum", h)
		}
	}
}

// TestGraphLayout: boxes of random graphs stand apart, every arrow leads
// downward, and no line runs through a box.
func TestGraphLayout(t *testing.T) {
	for _, size := range [][2]int{{2, 2}, {5, 3}, {6, 5}, {12, 6}, {10, 10}} {
		nodes, edges := layered(size[0], size[1])
		layers := rowsIn(t, plots.Graph(nodes, edges))
		lines, boxes := layers[0], layers[2]
		f := func(r map[string]any, field string) float64 { return r[field].(float64) }
		for i, a := range boxes {
			for _, b := range boxes[:i] {
				if f(a, "x") < f(b, "x2") && f(b, "x") < f(a, "x2") && f(a, "y") < f(b, "y2") && f(b, "y") < f(a, "y2") {
					t.Fatalf("%v: %v and %v overlap", size, a["i0"], b["i0"])
				}
			}
		}
		for _, l := range lines {
			if f(l, "y2") > f(l, "y")+1e-9 {
				t.Fatalf("%v: a line leads upward: %v", size, l)
			}
			for at := 0.05; at < 1; at += 0.1 {
				x, y := f(l, "x")+at*(f(l, "x2")-f(l, "x")), f(l, "y")+at*(f(l, "y2")-f(l, "y"))
				for _, b := range boxes {
					const in = 1e-4
					if x > f(b, "x")+in && x < f(b, "x2")-in && y > f(b, "y")+in && y < f(b, "y2")-in {
						t.Fatalf("%v: a line runs through %v", size, b["i0"])
					}
				}
			}
		}
	}
}

// TestGraphCrossings: two chains that are given crosswise are drawn apart.
func TestGraphCrossings(t *testing.T) {
	lines := rowsIn(t, plots.Graph([]string{"a", "b", "c", "d", "e", "f"}, [][2]int{{0, 3}, {1, 2}, {3, 4}, {2, 5}}))[0]
	side := func(l map[string]any) bool { return l["x"].(float64) < 0.5 }
	for _, l := range lines {
		if x2 := l["x2"].(float64) < 0.5; x2 != side(l) {
			t.Errorf("a line crosses the middle: %v", l)
		}
	}
}

// TestGraphExtremes: the largest graphs are charts, in little time and space.
func TestGraphExtremes(t *testing.T) {
	var dense, chain [][2]int
	for i := range 200 {
		if i > 0 {
			chain = append(chain, [2]int{i - 1, i})
		}
		for j := max(0, i-2); j < i; j++ {
			dense = append(dense, [2]int{j, i})
		}
	}
	for name, c := range map[string]*plots.Chart{
		"dense": plots.Graph(named(200), dense), "chain": plots.Graph(named(200), chain), "alone": plots.Graph(named(200), nil),
		"twice": plots.Graph([]string{"x", "x²"}, [][2]int{{0, 1}, {0, 1}}), "nameless": plots.Graph([]string{""}, nil),
		"long name": plots.Graph([]string{strings.Repeat("long ", 1e4)}, nil), "wide": plots.Network([]int{1e8, 1e8}, plots.Width(40)),
	} {
		checkBundle(t, c)
		if n := weight(c.Display()); n > 250_000 {
			t.Errorf("%s: %d bytes", name, n)
		}
	}
}

// TestVegaCaption: what a chart says of itself is drawn by Vega, with a title and
// without.
func TestVegaCaption(t *testing.T) {
	for name, r := range render(t, map[string]string{
		"titled": plots.Network([]int{3, 4, 2}, plots.Title("A network")).Spec(), "untitled": plots.Network([]int{3, 4, 2}).Spec(),
	}) {
		if !strings.Contains(r.SVG, ">3 – 4 – 2 units, 20 connections<") {
			t.Errorf("%s: Vega draws no caption", name)
		}
	}
}
