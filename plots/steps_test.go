package plots_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/sheaf-go/sheaf/plots"
	"github.com/sheaf-go/sheaf/tables"
)

// TestECDF: at every place the share of the values that are not above it; of
// many values the share is right to a step.
func TestECDF(t *testing.T) {
	rng := rand.New(rand.NewPCG(8, 1))
	for _, n := range []int{1, 2, 7, 1999, 2000, 2001, 50_000} {
		values := make([]float64, n)
		for i := range values {
			values[i] = float64(rng.IntN(5 * n))
		}
		rows := rowsOf(t, plots.ECDFX(values))
		xs, ys := numbers(t, rows, "x"), numbers(t, rows, "y")
		if ys[0] != 0 || ys[len(ys)-1] != 1 || !slices.IsSorted(xs) || len(xs) > 2001 {
			t.Fatalf("%d values: from %g to %g in %d steps", n, ys[0], ys[len(ys)-1], len(ys)-1)
		}
		for i := 1; i < len(xs); i++ {
			below := 0
			for _, v := range values {
				if v <= xs[i] {
					below++
				}
			}
			near(t, fmt.Sprintf("share at %g of %d", xs[i], n), ys[i], float64(below)/float64(n), 1e-4)
			if n <= 2000 && i > 1 && xs[i] == xs[i-1] {
				t.Errorf("two steps at %g", xs[i])
			}
			if ys[i]-ys[i-1] > 1.0/1000+3.0/float64(n)*5 {
				t.Errorf("%d values: a step of %g", n, ys[i]-ys[i-1])
			}
		}
		if said := strings.Contains(plots.ECDFX(values).String(), "steps drawn"); said != (n > 2000) {
			t.Errorf("%d values: the caption says that steps are left out: %v", n, said)
		}
	}
}

// TestStepsAndMarkers: stairs in both pictures, and a mark on each point.
func TestStepsAndMarkers(t *testing.T) {
	c := plots.LineXY([]float64{1, 2, 4}, []float64{3, 5, 1}, plots.Steps(), plots.Markers())
	if !strings.Contains(c.Spec(), `"interpolate":"step-after"`) {
		t.Error("the specification has no steps")
	}
	layers := layersOf(t, c)
	if len(layers) != 2 || layers[1].mark != "point" || len(layers[1].rows) != 3 {
		t.Errorf("want a line and three points, got %v", layers)
	}
	for _, bad := range []*plots.Chart{
		plots.ScatterXY([]float64{1}, []float64{1}, plots.Steps()),
		plots.HistogramX([]float64{1}, plots.Markers()),
		plots.ECDF(tables.New(tables.Strings("s", "a")), "s"),
		plots.ECDFX([]float64{1, 2}, plots.LogY()),
		plots.ECDFX(nil),
	} {
		if bad.Err() == nil {
			t.Errorf("%s: no error", bad)
		}
	}
}

// TestSortedBars: the greatest first; stacked ones by their sum.
func TestSortedBars(t *testing.T) {
	table := tables.New(tables.Strings("k", "a", "b", "c", "a", "b", "c"), tables.Floats("v", 1, -5, 2, 3, 1, 9),
		tables.Strings("g", "x", "x", "x", "y", "y", "y"))
	for _, opts := range [][]plots.Option{{}, {plots.Color("g")}, {plots.Color("g"), plots.Grouped()}} {
		c := plots.Bar(table, "k", "v", append(opts, plots.Sorted())...)
		if !strings.Contains(c.Spec(), `"domain":["c","a","b"]`) {
			t.Errorf("got %s", c.Spec())
		}
	}
}

// TestBarValues: a value at the end of each bar, of stacked ones the sum.
func TestBarValues(t *testing.T) {
	table := tables.New(tables.Strings("k", "a", "a", "b"), tables.Floats("v", 1, 3, -5), tables.Strings("g", "x", "y", "x"))
	texts := func(c *plots.Chart) (out []string) {
		for _, l := range layersOf(t, c) {
			for _, r := range l.rows {
				if s, ok := r["t"].(string); ok {
					out = append(out, fmt.Sprintf("%s at %v, %v", s, r["x"], r["y"]))
				}
			}
		}
		return out
	}
	if got := texts(plots.Bar(table, "k", "v", plots.Color("g"), plots.Annotated())); !slices.Equal(got, []string{"4 at 0, 4", "−5 at 1, -5"}) {
		t.Errorf("stacked: %q", got)
	}
	if got := texts(plots.Bar(table, "k", "v", plots.Color("g"), plots.Grouped(), plots.Annotated())); !slices.Equal(got, []string{"1 at -0.2, 1", "3 at 0.2, 3", "−5 at 0.8, -5"}) {
		t.Errorf("grouped: %q", got)
	}
	if got := texts(plots.Bar(table, "k", "v", plots.Horizontal(), plots.Annotated())); !slices.Equal(got, []string{"4 at 4, 0", "−5 at -5, 1"}) {
		t.Errorf("lying: %q", got)
	}
	names, values := make([]string, 40), make([]float64, 40)
	for i := range names {
		names[i], values[i] = fmt.Sprint("n", i), 123456.5
	}
	if got := plots.BarXY(names, values, plots.Annotated()).String(); !strings.Contains(got, "the bars are too narrow for their values") {
		t.Errorf("got %s", got)
	}
	if err := plots.BarXY([]string{"a"}, []float64{1}, plots.Annotated(), plots.LogY()).Err(); err == nil || !strings.Contains(err.Error(), "no log scale") {
		t.Errorf("got %v", err)
	}
}

// TestPalettes: given colours are used in both pictures, too few are an error.
func TestPalettes(t *testing.T) {
	iris := flowers(30)
	c := plots.Scatter(iris, "sepal_length", "petal_length", plots.Color("class"), plots.Palette("#112233", "#445566", "#aabbcc"))
	if !strings.Contains(c.Spec(), `"range":["#112233","#445566","#AABBCC"]`) || strings.Contains(c.Spec(), `"background"`) {
		t.Errorf("got %s", c.Spec())
	}
	if dark := c.With(plots.Theme("dark")).Spec(); !strings.Contains(dark, `#445566`) || !strings.Contains(dark, `"background":"#182D41"`) {
		t.Errorf("with a theme: %s", dark)
	}
	if board := plots.Concat(c, c).With(plots.Palette("#010101", "#020202", "#030303")).Spec(); strings.Contains(board, "#112233") || !strings.Contains(board, "#020202") {
		t.Errorf("of a board: %s", board)
	}
	for want, c := range map[string]*plots.Chart{
		"want a colour for each of 3 classes, got 2": plots.Scatter(iris, "sepal_length", "petal_length", plots.Color("class"), plots.Palette("#112233", "#445566")),
		"got 2":                           plots.Scatter(iris, "sepal_length", "petal_length", plots.Color("class"), plots.Facet("class"), plots.Palette("#112233", "#445566")),
		`written "#RRGGBB", got "red"`:    plots.HistogramX([]float64{1}, plots.Palette("red")),
		"want 2 to 64 colours, got 1":     plots.HexbinXY([]float64{1}, []float64{1}, plots.Ramp("#000000")),
		"Palette: want 1 to 64 colours, ": plots.HistogramX([]float64{1}, plots.Palette()),
	} {
		if err := c.Err(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %s", err, want)
		}
	}
	ten := make([]string, 10)
	for i := range ten {
		ten[i] = fmt.Sprintf("#0000%02X", i)
	}
	names, values := []string{}, []float64{}
	for i := range 10 {
		names, values = append(names, fmt.Sprint(i)), append(values, 1)
	}
	table := tables.New(tables.Strings("n", names...), tables.Floats("v", values...))
	if got := plots.Scatter(table, "v", "v", plots.Color("n"), plots.Palette(ten...)).Spec(); !strings.Contains(got, "#000009") {
		t.Errorf("ten colours for ten classes: %s", got)
	}
}
