package plots_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/sheaf-go/sheaf/plots"
	"github.com/sheaf-go/sheaf/tables"
)

// A picture of the gallery: drawn as a golden image, validated and rendered as
// a specification, and checked for structure.
type sample struct {
	name  string
	chart func() *plots.Chart
}

func sigmoid(x float64) float64 { return 1 / (1 + math.Exp(-x)) }

// flowers makes three clouds of points: reproducible, and of the shape of the
// iris data.
func flowers(n int) *tables.Table {
	rng := rand.New(rand.NewPCG(7, 1))
	names := []string{"setosa", "versicolor", "virginica"}
	centers := [][3]float64{{5.0, 1.46, 0.25}, {5.94, 4.26, 1.33}, {6.59, 5.55, 2.03}}
	x, y, z := make([]float64, n), make([]float64, n), make([]float64, n)
	class := make([]string, n)
	for i := range n {
		k := i * 3 / n
		class[i] = names[k]
		x[i] = round(centers[k][0] + 0.45*rng.NormFloat64())
		y[i] = round(math.Max(0.8, centers[k][1]+0.35*rng.NormFloat64()))
		z[i] = round(math.Max(0.1, centers[k][2]+0.2*rng.NormFloat64()))
	}
	return tables.New(tables.Floats("sepal_length", x...), tables.Floats("petal_length", y...),
		tables.Floats("petal_width", z...), tables.Strings("class", class...))
}

func titleOf(text string) plots.Option { return plots.Title(text) }

func round(v float64) float64 { return math.Round(v*10) / 10 }

// training is a learning curve over 30 epochs.
func training() *tables.Table {
	var epoch []int
	var loss, val []float64
	for i := range 30 {
		epoch = append(epoch, i+1)
		loss = append(loss, 1.1*math.Exp(-float64(i)/7)+0.04)
		val = append(val, 1.15*math.Exp(-float64(i)/8)+0.1+0.02*math.Sin(float64(i)))
	}
	return tables.New(tables.Ints("epoch", epoch...), tables.Floats("loss", loss...), tables.Floats("val_loss", val...))
}

// walk is a random walk of n steps.
func walk(n int) (xs, ys []float64) {
	rng := rand.New(rand.NewPCG(3, 9))
	xs, ys = make([]float64, n), make([]float64, n)
	for i := range xs {
		xs[i] = float64(i)
		if i > 0 {
			ys[i] = ys[i-1] + rng.NormFloat64()
		}
	}
	return xs, ys
}

func weather() *tables.Table {
	start := time.Date(2024, 11, 20, 0, 0, 0, 0, time.UTC)
	rng := rand.New(rand.NewPCG(5, 5))
	var when []time.Time
	var temp []float64
	for i := range 200 {
		when = append(when, start.AddDate(0, 0, i))
		temp = append(temp, 9-8*math.Cos(2*math.Pi*float64(i-60)/365)+2*rng.NormFloat64())
	}
	return tables.New(tables.Times("day", when...), tables.Floats("temperature (°C)", temp...))
}

// visits are moments of one day, most of them around noon.
func visits() *tables.Table {
	rng := rand.New(rand.NewPCG(6, 6))
	when := make([]time.Time, 800)
	for i := range when {
		at := 12*3600 + 3*3600*rng.NormFloat64()
		when[i] = time.Date(2025, 3, 1, 0, 0, int(math.Max(0, math.Min(86399, at))), 0, time.UTC)
	}
	return tables.New(tables.Times("when", when...))
}

// stations is the load of n stations over a day: more than there are colours.
func stations(n int) *tables.Table {
	var hour []int
	var load []float64
	var name []string
	for s := range n {
		for h := range 25 {
			hour = append(hour, h)
			load = append(load, 10*float64(s+1)+8*math.Sin(float64(h+2*s)/4))
			name = append(name, fmt.Sprintf("S%02d", s+1))
		}
	}
	return tables.New(tables.Ints("hour", hour...), tables.Floats("load", load...), tables.Strings("station", name...))
}

func sales() *tables.Table {
	return tables.New(
		tables.Strings("region", "North", "North", "East", "East", "South", "South", "West", "West"),
		tables.Strings("product", "tea", "coffee", "tea", "coffee", "tea", "coffee", "tea", "coffee"),
		tables.Floats("revenue", 12, 19, 15, 11, 9, 23, 17, 14),
	)
}

func categories(n int) *tables.Table {
	names, values := make([]string, n), make([]float64, n)
	rng := rand.New(rand.NewPCG(2, 2))
	for i := range names {
		names[i] = fmt.Sprintf("item %05d", i)
		values[i] = math.Round(rng.ExpFloat64() * 1000)
	}
	return tables.New(tables.Strings("item", names...), tables.Floats("sold", values...))
}

func populations() *tables.Table {
	rng := rand.New(rand.NewPCG(8, 8))
	n := 80
	gdp, life, pop := make([]float64, n), make([]float64, n), make([]float64, n)
	for i := range gdp {
		gdp[i] = math.Round(math.Exp(7 + 4*rng.Float64()))
		life[i] = round(20 + 5.5*math.Log(gdp[i]) + 3*rng.NormFloat64())
		pop[i] = round(math.Exp(5 * rng.Float64()))
	}
	return tables.New(tables.Floats("GDP per head", gdp...), tables.Floats("life expectancy", life...), tables.Floats("population (M)", pop...))
}

func normal(n int) []float64 {
	rng := rand.New(rand.NewPCG(4, 4))
	v := make([]float64, n)
	for i := range v {
		v[i] = 170 + 9*rng.NormFloat64()
	}
	return v
}

// gallery is one chart of each kind and of each way it can look.
var gallery = []sample{
	{"func", func() *plots.Chart {
		return plots.Func(sigmoid, -10, 10, plots.Points(100), plots.Title("Sigmoid"), plots.YLabel("σ(x)"))
	}},
	{"line_two", func() *plots.Chart {
		return plots.Line(training(), "epoch", "loss", plots.Y("val_loss"), plots.Title("Learning curve"), plots.YLabel("loss"))
	}},
	{"line_long", func() *plots.Chart {
		xs, ys := walk(200_000)
		return plots.LineXY(xs, ys, plots.Title("A random walk"), plots.XLabel("step"), plots.YLabel("position"))
	}},
	{"line_time", func() *plots.Chart {
		return plots.Line(weather(), "day", "temperature (°C)", plots.Title("A winter"))
	}},
	{"line_log", func() *plots.Chart {
		return plots.Line(training(), "epoch", "loss", plots.LogY(), plots.Title("Loss on a log scale"))
	}},
	{"scatter_classes", func() *plots.Chart {
		return plots.Scatter(flowers(150), "sepal_length", "petal_length", plots.Color("class"), plots.Title("Three species"))
	}},
	{"scatter_shade", func() *plots.Chart {
		return plots.Scatter(flowers(450), "sepal_length", "petal_length", plots.Color("petal_width"))
	}},
	{"scatter_size", func() *plots.Chart {
		return plots.Scatter(populations(), "GDP per head", "life expectancy", plots.Size("population (M)"), plots.LogX(), plots.Title("Wealth and health"))
	}},
	{"scatter_many", func() *plots.Chart {
		return plots.Scatter(flowers(30_000), "sepal_length", "petal_length", plots.Color("class"))
	}},
	{"scatter_names", func() *plots.Chart {
		return plots.Scatter(flowers(150), "petal_length", "class", plots.Title("A strip per class"))
	}},
	{"bar", func() *plots.Chart {
		return plots.BarXY([]string{"linear", "tree", "forest", "network"}, []float64{0.71, 0.78, 0.86, 0.91}, plots.YLabel("accuracy"), plots.Title("Models"))
	}},
	{"bar_stacked", func() *plots.Chart {
		return plots.Bar(sales(), "region", "revenue", plots.Color("product"), plots.Title("Revenue"))
	}},
	{"bar_grouped", func() *plots.Chart {
		return plots.Bar(sales(), "region", "revenue", plots.Color("product"), plots.Grouped(), plots.Title("Revenue"))
	}},
	{"line_time_notes", func() *plots.Chart {
		march := func(day int) float64 {
			return float64(time.Date(2024, 3, day, 0, 0, 0, 0, time.UTC).UnixMilli())
		}
		days := tables.New(tables.Column("day", daysFrom(time.Date(2024, 3, 1, 0, 0, 0, 0, time.UTC), 20)), tables.Column("visits", upTo(20)))
		return plots.Line(days, "day", "visits", plots.VBand(march(5), march(8), "strike"), plots.VLine(march(12), "launch"), plots.HLine(8, "goal"))
	}},
	{"bar_interval", func() *plots.Chart {
		return plots.Bar(flowers(150), "class", "petal_length", plots.Interval("sd"), plots.Title("Petals"))
	}},
	{"bar_interval_grouped", func() *plots.Chart {
		return plots.Bar(doses(), "drug", "effect", plots.Color("sex"), plots.Grouped(), plots.Interval("ci95"), plots.Horizontal(), plots.Annotated())
	}},
	{"histogram_density", func() *plots.Chart {
		return plots.Layer(plots.HistogramX(normal(1000), plots.Opacity(0.5)), plots.DensityX(normal(1000)))
	}},
	{"bar_negative", func() *plots.Chart {
		return plots.BarXY([]string{"Q1", "Q2", "Q3", "Q4"}, []float64{3.5, -1.25, -2, 4}, plots.YLabel("profit"))
	}},
	{"bar_mean", func() *plots.Chart {
		return plots.Bar(sales(), "product", "revenue", plots.Agg("mean"), plots.Width(240))
	}},
	{"bar_many", func() *plots.Chart {
		return plots.Bar(categories(10_000), "item", "sold", plots.Title("Best sellers"))
	}},
	{"count", func() *plots.Chart { return plots.Count(flowers(150), "class") }},
	{"histogram", func() *plots.Chart {
		return plots.HistogramX(normal(10_000), plots.XLabel("height (cm)"), plots.Title("Heights"))
	}},
	{"histogram_classes", func() *plots.Chart {
		return plots.Histogram(flowers(600), "petal_length", plots.Bins(20), plots.Color("class"))
	}},
	{"histogram_overlaid", func() *plots.Chart {
		return plots.Histogram(flowers(600), "petal_length", plots.Bins(20), plots.Color("class"), plots.Overlaid())
	}},
	{"histogram_time", func() *plots.Chart {
		return plots.Histogram(visits(), "when", plots.Title("Visits of a day"))
	}},
	{"line_classes", func() *plots.Chart {
		return plots.Line(stations(12), "hour", "load", plots.Color("station"))
	}},
	{"layer", func() *plots.Chart {
		t := flowers(150)
		return plots.Layer(
			plots.Scatter(t, "sepal_length", "petal_length", plots.Name("flowers")),
			plots.Func(func(x float64) float64 { return 1.86*x - 7.1 }, 4.5, 7.8, plots.Name("linear fit")),
		).With(plots.Title("A fit over its data"), plots.XLabel("sepal length (cm)"), plots.YLabel("petal length (cm)"))
	}},
	{"scatter_two", func() *plots.Chart {
		return plots.Scatter(training(), "epoch", "loss", plots.Y("val_loss"), plots.YLabel("loss"))
	}},
	{"layer_names", func() *plots.Chart {
		months := []string{"Jan", "Feb", "Mar", "Apr"}
		t := tables.New(tables.Strings("month", months...), tables.Floats("target", 3, 4, 4, 5))
		return plots.Layer(
			plots.BarXY(months, []float64{2.5, 4.5, 3, 5.5}, plots.Name("sold")),
			plots.Line(t, "month", "target", plots.Name("target")),
		).With(plots.YLabel("thousands"), plots.Title("Sold and wanted"))
	}},
	{"path", func() *plots.Chart {
		xs, ys := make([]float64, 400), make([]float64, 400)
		for i := range xs {
			a := float64(i) / 20
			xs[i], ys[i] = a*math.Cos(a), a*math.Sin(a)
		}
		return plots.LineXY(xs, ys, plots.RowOrder(), plots.Width(320), plots.Height(320), plots.Title("A spiral, in the order of rows"))
	}},
	{"ranges", func() *plots.Chart {
		xs, ys := walk(50_000)
		return plots.LineXY(xs, ys, plots.XRange(20_000, 20_400), plots.YRange(-100, 0), plots.Title("A window into a long line"))
	}},
	{"histogram_log", func() *plots.Chart {
		return plots.Histogram(categories(3000), "sold", plots.LogX(), plots.LogY(), plots.Title("Sales, both axes logarithmic"))
	}},
	{"bar_log", func() *plots.Chart {
		return plots.Bar(sales(), "region", "revenue", plots.Color("product"), plots.Grouped(), plots.LogY())
	}},
	{"histogram_equal", func() *plots.Chart { return plots.HistogramX([]float64{7, 7, 7}) }},
	{"long_texts", func() *plots.Chart {
		return plots.BarXY([]string{"a category with a very long name", "短い", "another category", "d"}, []float64{3, 1, 2, 2.5},
			plots.Title("A title that is much too long for one line above a chart of this width, so that it has to be broken"),
			plots.Subtitle("And a subtitle, with & and < in it, that goes on for more than one line as well, because people write such"),
			plots.YLabel("a label (in units)"))
	}},
	{"equal", func() *plots.Chart {
		return plots.LineXY([]float64{1, 2, 3}, []float64{5, 5, 5}, plots.Title("All equal"))
	}},
	{"one_point", func() *plots.Chart { return plots.ScatterXY([]float64{3}, []float64{4}) }},
	{"gaps", func() *plots.Chart {
		return plots.LineXY([]float64{1, 2, 3, 4, math.Inf(1)}, []float64{1, math.NaN(), 9, 16, 25}, plots.Subtitle("Squares"))
	}},
	{"large_numbers", func() *plots.Chart {
		return plots.LineXY([]float64{2015, 2016, 2017, 2018}, []float64{1.25e6, 2.5e6, 7.75e6, 31e6}, plots.YLabel("users"))
	}},
}

// TestGalleryPictures writes the pictures of the gallery and of the charts with
// little room into SHEAF_GALLERY for a
// person to look at.
func TestGalleryPictures(t *testing.T) {
	dir := os.Getenv("SHEAF_GALLERY")
	if dir == "" {
		t.Skip("SHEAF_GALLERY names no folder to draw the gallery into")
	}
	for _, s := range slices.Concat(gallery, awkward) {
		for _, ext := range []string{".png", ".json", ".svg", ".pdf"} {
			if err := s.chart().Save(filepath.Join(dir, s.name+ext)); err != nil {
				t.Errorf("%s: %v", s.name, err)
			}
		}
	}
}

// daysFrom are n days.
func daysFrom(first time.Time, n int) []time.Time {
	out := make([]time.Time, n)
	for i := range out {
		out[i] = first.AddDate(0, 0, i)
	}
	return out
}
