package plots_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/sheaf-go/sheaf/plots"
	"github.com/sheaf-go/sheaf/tables"
)

// TestLineTooltips: each point of a line tells the further columns of its own
// row, also where lines are sorted, divided, cut or thinned.
func TestLineTooltips(t *testing.T) {
	const n = 5000
	xs, ys, notes, class := make([]float64, n), make([]float64, n), make([]string, n), make([]string, n)
	for i := range n {
		xs[i], ys[i] = float64(i*7919%n), float64(i*i%977)
		notes[i], class[i] = fmt.Sprintf("%g,%g", xs[i], ys[i]), string(rune('a'+i%2))
	}
	table := tables.New(tables.Floats("x", xs...), tables.Floats("y", ys...), tables.Strings("note", notes...), tables.Strings("class", class...))
	for name, of := range map[string]struct {
		rows int
		opts []plots.Option
	}{
		"sorted":  {50, nil},
		"divided": {50, []plots.Option{plots.Color("class")}},
		"cut":     {n, []plots.Option{plots.XRange(100, 200)}},
		"thinned": {n, nil},
		"path":    {n, []plots.Option{plots.RowOrder()}},
	} {
		plain := plots.Line(table.Head(of.rows), "x", "y", of.opts...)
		c := plain.With(plots.Tooltip("note"))
		rows := rowsOf(t, c)
		if len(rows) < 50 || len(rows) > 2000 {
			t.Errorf("%s: %d points", name, len(rows))
		}
		for _, r := range rows {
			if want := fmt.Sprintf("%g,%g", r["x"], r["y"]); r["i0"] != want {
				t.Fatalf("%s: the point %s tells %v", name, want, r["i0"])
			}
		}
		if !strings.Contains(c.Spec(), `"title":"note"`) {
			t.Errorf("%s: no tooltip shows the notes", name)
		}
		if a, b := numbers(t, rows, "y"), numbers(t, rowsOf(t, plain), "y"); !slices.Equal(a, b) {
			t.Errorf("%s: tooltips change the line", name)
		}
	}
}
