package clients

import "testing"

// marksWanted is how many marks at least Vega draws of each kind for the cells
// of testdata/charts.cells that show a chart, in their order.
var marksWanted = []struct {
	name  string
	marks map[string]int
}{
	{"line", map[string]int{"line": 1, "symbol": 4}},
	{"scatter", map[string]int{"symbol": 150}},
	{"bar", map[string]int{"rect": 2}},
	{"histogram", map[string]int{"rect": 6}},
	{"area", map[string]int{"area": 1, "symbol": 3}},
	{"box", map[string]int{"rect": 3}},
	{"violin", map[string]int{"area": 3}},
	{"heatmap", map[string]int{"rect": 6}},
	{"hexbin", map[string]int{"symbol": 10}},
	{"pie", map[string]int{"arc": 3}},
	{"pairs", map[string]int{"symbol": 150, "rect": 2}},
	{"facet", map[string]int{"symbol": 150}},
	{"confusion", map[string]int{"rect": 4, "text": 3}},
	{"dark", map[string]int{"line": 1}},
	{"network", map[string]int{"rule": 3*4 + 4*2, "symbol": 3 + 4 + 2, "text": 6}},
	{"weights", map[string]int{"rule": 6, "symbol": 5, "text": 3}},
	{"graph", map[string]int{"rect": 3, "rule": 4, "text": 3}},
}

// checkCharts: every chart of the notebook is drawn with its marks, and the grid
// of images is a picture.
func checkCharts(t *testing.T, p page) {
	t.Helper()
	for _, e := range append(p.Errors, p.Problems...) {
		t.Errorf("an error: %s", e)
	}
	if len(p.Charts) != len(marksWanted) {
		t.Fatalf("%d charts in the page, want %d", len(p.Charts), len(marksWanted))
	}
	for i, want := range marksWanted {
		c := p.Charts[i]
		if !c.Drawn {
			t.Errorf("%s is not drawn", want.name)
		}
		for kind, n := range want.marks {
			if c.Marks[kind] < n {
				t.Errorf("%s has %v; want %d of %s", want.name, c.Marks, n, kind)
			}
		}
	}
	if len(p.Images) != 1 || p.Images[0][0] < 200 {
		t.Errorf("the images of the page are %v, want one grid of pictures", p.Images)
	}
}
