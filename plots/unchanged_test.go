package plots

import (
	"reflect"
	"testing"
)

// TestPicturesStayTheSame: laying a chart out and writing its specification
// changes nothing of it, since several goroutines may do so at once.
func TestPicturesStayTheSame(t *testing.T) {
	names := []string{"a", "b", "a", "b"}
	data := memory{[]*column{{name: "x", v: []float64{1, 2, 3, 4}}, {name: "y", v: []float64{4, 2, 3, 1}}, newNominal("c", names)}}
	scatter := func(opts ...Option) *Chart { return newChart(scatterChart, data, "x", "y", nil, opts) }
	for name, draw := range map[string]func() *Chart{
		"scatter":        func() *Chart { return scatter(Color("c"), Size("x"), Title("T"), HLine(2, "two")) },
		"facets":         func() *Chart { return scatter(Color("c"), Facet("c")) },
		"facets, shade":  func() *Chart { return scatter(Color("x"), Facet("c"), Theme("dark")) },
		"concat":         func() *Chart { return Concat(scatter(Color("c")), scatter(Facet("c"))).With(Title("T")) },
		"heat map":       func() *Chart { return HeatmapOf(nil, nil, [][]float64{{1, 2}, {3, 4}}, Annotated()) },
		"pie":            func() *Chart { return PieOf([]string{"a", "b"}, []float64{1, 2}) },
		"boxes":          func() *Chart { return newChart(boxChart, data, "c", "y", nil, []Option{Horizontal()}) },
		"learning curve": func() *Chart { return LearningCurve(map[string][]float64{"loss": {2, 1}, "val_loss": {3, 2}}) },
		"network":        func() *Chart { return Network([]int{3, 2}) },
	} {
		used, fresh := draw(), draw()
		if err := used.Err(); err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if used.fig.sheet(); !reflect.DeepEqual(used.fig, fresh.fig) {
			t.Errorf("%s: laying it out changes it", name)
		}
		if used.fig.spec(); !reflect.DeepEqual(used.fig, fresh.fig) {
			t.Errorf("%s: writing its specification changes it", name)
		}
		if svg(used.fig.sheet()); !reflect.DeepEqual(used.fig, fresh.fig) {
			t.Errorf("%s: drawing it changes it", name)
		}
	}
}
