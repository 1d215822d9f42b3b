package plots_test

import (
	"math"
	"strings"
	"testing"

	"github.com/sheaf-go/sheaf/plots"
	"github.com/sheaf-go/sheaf/tables"
)

// TestStackedAreas: the top of the stack is the sum of all classes, a class
// that misses a row in between is interpolated, beyond its rows it is zero.
func TestStackedAreas(t *testing.T) {
	c := plots.Area(tables.New(
		tables.Floats("x", 1, 2, 3, 1, 3, 4, 4),
		tables.Floats("y", 1, 2, 3, 10, 30, 20, 20),
		tables.Strings("c", "a", "a", "a", "b", "b", "b", "b"),
	), "x", "y", plots.Color("c"))
	tops := map[string][]float64{}
	for _, r := range rowsOf(t, c) {
		tops[r["c"].(string)] = append(tops[r["c"].(string)], r["y"].(float64))
	}
	for class, want := range map[string][]float64{"a": {1, 2, 3, 0}, "b": {11, 22, 33, 40}} {
		for i, w := range want {
			near(t, class, tops[class][i], w, 1e-9)
		}
	}
}

// TestBoxLayers: boxes reach from quartile to quartile, whiskers to the farthest
// value within reach, points are beyond; on its side, x and y are exchanged.
func TestBoxLayers(t *testing.T) {
	names, values := []string{"a"}, [][]float64{{30, 4, 1, 3, 5, 2}}
	layers := layersOf(t, plots.BoxOf(names, values))
	if len(layers) != 5 {
		t.Fatalf("%d layers, want boxes, whiskers, outlines, medians, outliers", len(layers))
	}
	box, whiskers, median, far := layers[0].rows[0], layers[1].rows, layers[3].rows[0], layers[4].rows[0]
	near(t, "lower quartile", box["y"].(float64), 2.25, 1e-9)
	near(t, "upper quartile", box["y2"].(float64), 4.75, 1e-9)
	near(t, "lower whisker", whiskers[0]["y2"].(float64), 1, 1e-9)
	near(t, "upper whisker", whiskers[1]["y2"].(float64), 5, 1e-9)
	near(t, "median", median["y"].(float64), 3.5, 1e-9)
	near(t, "outlier", far["y"].(float64), 30, 1e-9)
	lying := layersOf(t, plots.BoxOf(names, values, plots.Horizontal()))
	near(t, "lower quartile of a lying box", lying[0].rows[0]["x"].(float64), 2.25, 1e-9)
	near(t, "upper quartile of a lying box", lying[0].rows[0]["x2"].(float64), 4.75, 1e-9)
}

// TestViolinsHaveOneArea: the area between the two edges is the same for all.
func TestViolinsHaveOneArea(t *testing.T) {
	rows := layersOf(t, plots.Violin(flowers(600), "class", "petal_length"))[0].rows
	areas := map[any]float64{}
	var last map[string]any
	for _, r := range rows {
		if last != nil && last["d"] == r["d"] {
			width := (r["x2"].(float64) - r["x"].(float64) + last["x2"].(float64) - last["x"].(float64)) / 2
			areas[r["d"]] += width * (r["y"].(float64) - last["y"].(float64))
		}
		last = r
	}
	if len(areas) != 3 {
		t.Fatalf("%d violins, want 3", len(areas))
	}
	for _, a := range areas {
		near(t, "area of the violin", a, areas[0.0], 0.01*a)
	}
}

// TestDensityHasAreaOne: also by class, and of moments by day.
func TestDensityHasAreaOne(t *testing.T) {
	area := func(rows []map[string]any, unit float64) float64 {
		a := 0.0
		for i := 1; i < len(rows); i++ {
			if rows[i]["c"] == rows[i-1]["c"] {
				a += (rows[i]["x"].(float64) - rows[i-1]["x"].(float64)) / unit * (rows[i]["y"].(float64) + rows[i-1]["y"].(float64)) / 2
			}
		}
		return a
	}
	near(t, "area", area(layersOf(t, plots.DensityX(normal(1000)))[1].rows, 1), 1, 0.01)
	near(t, "area of three classes", area(layersOf(t, plots.Density(flowers(600), "petal_length", plots.Color("class")))[1].rows, 1), 3, 0.03)
	near(t, "area by day", area(layersOf(t, plots.Density(visits(), "when"))[1].rows, 24*3600*1000), 1, 0.01)
}

// TestStripStays: the moves aside are the same each time and stay within half a
// category.
func TestStripStays(t *testing.T) {
	strip := func() *plots.Chart { return plots.Strip(waits(400), "counter", "wait (min)") }
	first, second := strip().Spec(), strip().Spec()
	if first != second {
		t.Error("two strips of the same data differ")
	}
	for _, r := range rowsOf(t, strip()) {
		if x := r["x"].(float64); math.Abs(x-math.Round(x)) > 0.45 {
			t.Errorf("a mark at %g is nearer to another category", x)
		}
	}
}

// TestStatsWeight: what 500 rows put into a notebook, at most 100 kB, and many
// rows, at most 250 kB, or 300 kB with a PNG.
func TestStatsWeight(t *testing.T) {
	many, some := waits(200_000), waits(500)
	for name, make := range map[string]func(*tables.Table) *plots.Chart{
		"area": func(t *tables.Table) *plots.Chart {
			return plots.Area(t, "wait (min)", "wait (min)", plots.Color("counter"))
		},
		"overlaid": func(t *tables.Table) *plots.Chart {
			return plots.Area(t, "wait (min)", "wait (min)", plots.Color("counter"), plots.Overlaid())
		},
		"band":    func(t *tables.Table) *plots.Chart { return plots.ErrorBand(t, "wait (min)", "wait (min)") },
		"density": func(t *tables.Table) *plots.Chart { return plots.Density(t, "wait (min)", plots.Color("counter")) },
		"box": func(t *tables.Table) *plots.Chart {
			return plots.Box(t, "counter", "wait (min)", plots.Color("time of day"))
		},
		"violin": func(t *tables.Table) *plots.Chart {
			return plots.Violin(t, "counter", "wait (min)", plots.Color("time of day"))
		},
		"strip": func(t *tables.Table) *plots.Chart {
			return plots.Strip(t, "counter", "wait (min)", plots.Color("time of day"))
		},
	} {
		if n := weight(make(some).Display()); n > 100_000 {
			t.Errorf("%s of 500 rows: %d bytes, want at most 100,000", name, n)
		}
		most, b := 250_000, make(many).Display()
		if b.Data["image/png"] != nil {
			most = 300_000
		}
		if n := weight(b); n > most {
			t.Errorf("%s of 200,000 rows: %d bytes, want at most %d", name, n, most)
		}
	}
}

// The greatest of many whole numbers has no bin of its own; of few it has, as
// each other.
func TestLastBinOfWholeNumbers(t *testing.T) {
	upTo := func(n int) *tables.Table {
		ids := make([]int, n)
		for i := range ids {
			ids[i] = i + 1
		}
		return tables.New(tables.Ints("id", ids...))
	}
	for n, want := range map[int]string{6: "6 bins", 160: "8 bins"} {
		if got := plots.Histogram(upTo(n), "id").String(); !strings.Contains(got, want) {
			t.Errorf("1 to %d: %s, want %s", n, got, want)
		}
	}
}
