package plots_test

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"image/png"
	"io"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/sheaf-go/sheaf/notebooks/show"
	"github.com/sheaf-go/sheaf/plots"
	"github.com/sheaf-go/sheaf/tables"
)

// TestDisplay: every chart of the gallery shows a specification, one picture
// of a type that suits its size, and one line of text, but no HTML.
func TestDisplay(t *testing.T) {
	for _, s := range gallery {
		t.Run(s.name, func(t *testing.T) {
			c := s.chart()
			checkBundle(t, c)
			most := 250_000
			if c.Display().Data[show.MIMEPNG] != nil { // more than 2,000 marks
				most = 400_000
			}
			if n := weight(c.Display()); n > most {
				t.Errorf("%d bytes in the notebook, want at most %d", n, most)
			}
		})
	}
}

func checkBundle(t *testing.T, c *plots.Chart) {
	t.Helper()
	if err := c.Err(); err != nil {
		t.Fatal(err)
	}
	b := c.Display()
	for mime := range b.Data {
		switch mime {
		case show.MIMEText, show.MIMEVegaLite, show.MIMESVG, show.MIMEPNG:
		default:
			t.Errorf("unexpected %s", mime)
		}
	}
	text := b.PlainText()
	if text == "" || strings.Contains(text, "\n") || text != c.String() {
		t.Errorf("the text is %q, want one line", text)
	}
	spec, ok := b.Data[show.MIMEVegaLite].(json.RawMessage)
	if !ok || !json.Valid(spec) || string(spec) != c.Spec() {
		t.Errorf("the specification is a %T, valid JSON: %v", b.Data[show.MIMEVegaLite], json.Valid(spec))
	}
	svg, isSVG := b.Data[show.MIMESVG].(string)
	pic, isPNG := b.Data[show.MIMEPNG].([]byte)
	if isSVG == isPNG {
		t.Fatalf("want one picture: SVG %v, PNG %v", isSVG, isPNG)
	}
	if isSVG {
		checkSVG(t, svg)
		return
	}
	img, err := png.Decode(bytes.NewReader(pic))
	if err != nil {
		t.Fatal(err)
	}
	size, ok := b.Metadata[show.MIMEPNG].(map[string]any)
	if !ok || size["width"] != float64(img.Bounds().Dx())/2 || size["height"] != float64(img.Bounds().Dy())/2 {
		t.Errorf("the PNG is %v; its metadata %v, want half of that", img.Bounds().Size(), size)
	}
}

// checkSVG parses the picture and looks for numbers that no reader takes.
func checkSVG(t *testing.T, svg string) {
	t.Helper()
	d := xml.NewDecoder(strings.NewReader(svg))
	for {
		if _, err := d.Token(); err == io.EOF {
			break
		} else if err != nil {
			t.Fatalf("the SVG is no XML: %v", err)
		}
	}
	for _, bad := range []string{"NaN", "Inf"} {
		if strings.Contains(svg, bad) {
			t.Errorf("the SVG holds %s", bad)
		}
	}
}

// TestWeight holds the sizes that a notebook can carry: at most 100 kB for 500
// points and 250 kB for 2,000.
func TestWeight(t *testing.T) {
	xs, ys := walk(2000)
	for i := range ys {
		ys[i] /= 3 // many digits
	}
	for _, c := range []struct {
		name  string
		chart *plots.Chart
		most  int
	}{
		{"500 scattered", plots.ScatterXY(xs[:500], ys[:500]), 100_000},
		{"500 in a line", plots.LineXY(xs[:500], ys[:500]), 100_000},
		{"2,000 scattered", plots.ScatterXY(xs, ys), 250_000},
		{"2,000 in a line", plots.LineXY(xs, ys), 250_000},
		{"500 with classes", plots.Scatter(flowers(500), "sepal_length", "petal_length", plots.Color("class")), 100_000},
	} {
		if n := weight(c.chart.Display()); n > c.most {
			t.Errorf("%s: %d bytes, want at most %d", c.name, n, c.most)
		}
	}
}

// TestPictureBySize: up to 2,000 marks an SVG, above it a PNG, but for an SVG of
// 100 kB at most.
func TestPictureBySize(t *testing.T) {
	xs, ys := walk(5000)
	at := func(n int, opts ...plots.Option) show.Bundle {
		return plots.ScatterXY(xs[:n], ys[:n], opts...).Display()
	}
	if at(2000).Data[show.MIMESVG] == nil {
		t.Error("2,000 marks are no SVG")
	}
	if svg, _ := at(5000).Data[show.MIMESVG].(string); svg == "" || len(svg) > 60_000 {
		t.Errorf("5,000 marks are an SVG of %d bytes, want 60 kB at most", len(svg))
	}
	wide := flowers(5000)
	if plots.Scatter(wide, "sepal_length", "petal_length", plots.OpacityBy("petal_width")).Display().Data[show.MIMEPNG] == nil {
		t.Error("5,000 marks of their own opacity are no PNG")
	}
}

// clouds are points with many digits in three classes and 24 panels.
func clouds(n int) *tables.Table {
	rng := rand.New(rand.NewPCG(1, 2))
	x, y, z := make([]float64, n), make([]float64, n), make([]float64, n)
	class, panel := make([]string, n), make([]string, n)
	for i := range n {
		k := rng.IntN(3)
		x[i], y[i], z[i] = rng.NormFloat64()+float64(k), 30*rng.NormFloat64(), rng.ExpFloat64()
		class[i], panel[i] = fmt.Sprint("class ", k), fmt.Sprint("panel ", rng.IntN(24))
	}
	return tables.New(tables.Floats("x", x...), tables.Floats("y", y...), tables.Floats("z", z...),
		tables.Strings("class", class...), tables.Strings("panel", panel...))
}

// TestWeightOfMany: also a chart of as many points as are drawn takes at most
// 250 kB, and a panel about 20.
func TestWeightOfMany(t *testing.T) {
	some, more := clouds(5000), clouds(24_000)
	const panels = 24
	for name, c := range map[string]struct {
		chart *plots.Chart
		most  int
	}{
		"scatter":  {plots.Scatter(some, "x", "y"), 125_000},
		"classes":  {plots.Scatter(some, "x", "y", plots.Color("class")), 125_000},
		"shapes":   {plots.Scatter(some, "x", "y", plots.Color("class"), plots.Shape("class")), 200_000},
		"shades":   {plots.Scatter(some, "x", "y", plots.Color("z")), 170_000},
		"sizes":    {plots.Scatter(some, "x", "y", plots.Color("class"), plots.Size("z"), plots.Tooltip("panel")), 250_000},
		"strip":    {plots.Strip(some, "class", "y"), 125_000},
		"scatters": {plots.Scatter(more, "x", "y", plots.Color("class"), plots.Facet("panel")), panels * 25_000},
		"density":  {plots.Density(more, "x", plots.Facet("panel")), panels * 10_000},
		"curves":   {plots.Density(more, "x", plots.Color("class"), plots.Facet("panel")), panels * 20_000},
		"violins":  {plots.Violin(more, "class", "x", plots.Facet("panel")), panels * 20_000},
	} {
		if n := weight(c.chart.Display()); n > c.most || n == 0 {
			t.Errorf("%s: %d bytes, want at most %d", name, n, c.most)
		}
	}
}

// TestCaptions: whatever is left out or put together is said under the title.
func TestCaptions(t *testing.T) {
	xs, ys := walk(10_000)
	nan := math.NaN()
	lonely := tables.New(tables.Floats("x", 1, 2, 3), tables.Floats("y", 1, 2, 3), tables.Column("c", []any{"a", nil, "b"}))
	var b strings.Builder
	for _, s := range []struct {
		name  string
		chart *plots.Chart
	}{
		{"long line", plots.LineXY(xs, ys)},
		{"long line in the order of rows", plots.Line(tables.New(tables.Floats("x", xs...), tables.Floats("y", ys...)), "x", "y", plots.RowOrder())},
		{"many points", plots.ScatterXY(xs, ys)},
		{"gaps", plots.LineXY([]float64{1, nan, 3}, []float64{1, 2, 3}, plots.Subtitle("mine"))},
		{"log", plots.ScatterXY([]float64{0, 1, 2}, []float64{1, -2, 3}, plots.LogX(), plots.LogY())},
		{"classes", plots.Line(stations(100), "hour", "load", plots.Color("station"))},
		{"scattered classes", plots.Scatter(stations(20), "hour", "load", plots.Color("station"))},
		{"rows without a class", plots.Scatter(lonely, "x", "y", plots.Color("c"))},
		{"many bars", plots.Bar(categories(10_000), "item", "sold")},
		{"added up", plots.Bar(sales(), "product", "revenue")},
		{"nothing to say", plots.BarXY([]string{"a"}, []float64{1})},
	} {
		if err := s.chart.Err(); err != nil {
			t.Errorf("%s: %v", s.name, err)
			continue
		}
		fmt.Fprintf(&b, "%s\n\t%s\n", s.name, s.chart)
		var spec struct {
			Title struct{ Subtitle []string }
		}
		if err := json.Unmarshal([]byte(s.chart.Spec()), &spec); err != nil {
			t.Fatal(err)
		}
		for _, line := range spec.Title.Subtitle {
			fmt.Fprintf(&b, "\t\t%s\n", line)
		}
	}
	goldenText(t, "captions.txt", b.String())
}

// TestWithKeepsTheChart: a chart is a value; options make another one.
func TestWithKeepsTheChart(t *testing.T) {
	c := plots.Histogram(flowers(90), "petal_length")
	before := c.Spec()
	d := c.With(plots.Title("another"), plots.Bins(4))
	if c.Spec() != before {
		t.Error("With changed the chart it was called on")
	}
	if d.Err() != nil || !strings.Contains(d.Spec(), "another") || len(rowsOf(t, d)) >= len(rowsOf(t, c)) {
		t.Errorf("With made %v", d)
	}
	f := plots.Func(math.Sin, 0, 1)
	if n := len(rowsOf(t, f.With(plots.Points(7)))); n != 7 {
		t.Errorf("a function resampled at 7 points has %d", n)
	}
	if x := numbers(t, rowsOf(t, plots.Func(math.Sqrt, 1, 1e4, plots.Points(5), plots.LogX())), "x"); fmt.Sprint(x) != "[1 10 100 1000 10000]" {
		t.Errorf("a function on a log scale is sampled at %v", x)
	}
	base := plots.Line(training(), "epoch", "loss")
	one, two := base.With(plots.Y("val_loss")), base.With(plots.Y("epoch"))
	if one.Spec() == two.Spec() || strings.Contains(one.Spec(), `"c":"epoch"`) {
		t.Error("two charts made from one share their columns")
	}
}

// TestLayerKeepsItsParts: layering categories does not change the charts that
// are layered, and puts equal names at the same place.
func TestLayerKeepsItsParts(t *testing.T) {
	a := plots.BarXY([]string{"x", "y"}, []float64{1, 2})
	b := plots.BarXY([]string{"y", "z"}, []float64{3, 4})
	before := b.Spec()
	l := plots.Layer(a, b)
	if l.Err() != nil {
		t.Fatal(l.Err())
	}
	if b.Spec() != before {
		t.Error("Layer changed a part")
	}
	if !strings.Contains(l.Spec(), `"domain":["x","y","z"]`) || !strings.Contains(l.Spec(), `{"x":"y","y":3,"v":3}`) {
		t.Errorf("the categories moved: %s", l.Spec())
	}
}

// TestLineOrder: a line runs in the order of x, unless asked for that of rows;
// the slices stay as they are.
func TestLineOrder(t *testing.T) {
	xs, ys := []float64{3, 1, 2}, []float64{30, 10, 20}
	if got := numbers(t, rowsOf(t, plots.LineXY(xs, ys)), "y"); fmt.Sprint(got) != "[10 20 30]" {
		t.Errorf("in the order of x: %v", got)
	}
	if got := numbers(t, rowsOf(t, plots.LineXY(xs, ys, plots.RowOrder())), "y"); fmt.Sprint(got) != "[30 10 20]" {
		t.Errorf("in the order of rows: %v", got)
	}
	if xs[0] != 3 {
		t.Error("the caller's slice was sorted")
	}
}

// TestBarAggregates: several rows of a category become one bar.
func TestBarAggregates(t *testing.T) {
	data := tables.New(tables.Strings("k", "a", "b", "a", "a"), tables.Floats("v", 1, 5, 3, 8))
	for how, want := range map[string]string{
		"sum": "[12 5]", "mean": "[4 5]", "median": "[3 5]", "min": "[1 5]", "max": "[8 5]", "count": "[3 1]",
	} {
		if got := numbers(t, rowsOf(t, plots.Bar(data, "k", "v", plots.Agg(how))), "y"); fmt.Sprint(got) != want {
			t.Errorf("%s: %v, want %s", how, got, want)
		}
	}
}

// TestSave writes each kind of file.
func TestSave(t *testing.T) {
	dir := t.TempDir()
	c := plots.LineXY([]float64{1, 2}, []float64{3, 4}, plots.Title("Saved"))
	for ext, magic := range map[string]string{".png": "\x89PNG", ".SVG": "<?xml", ".pdf": "%PDF-", ".json": `{"$schema"`} {
		file := filepath.Join(dir, "chart"+ext)
		if err := c.Save(file); err != nil {
			t.Error(err)
			continue
		}
		data, err := os.ReadFile(file)
		if err != nil || !bytes.HasPrefix(data, []byte(magic)) {
			t.Errorf("%s begins with %.10q, %v", ext, data, err)
		}
	}
}

// TestLargestPNG: the largest chart is a PNG of no more pixels than memory has
// room for; one of usual size has two for each CSS pixel.
func TestLargestPNG(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.png")
	size := func(opts ...plots.Option) (w, h int) {
		if err := plots.LineXY([]float64{1, 2}, []float64{1, 2}, opts...).Save(path); err != nil {
			t.Fatal(err)
		}
		f, err := os.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		c, err := png.DecodeConfig(f)
		if err != nil {
			t.Fatal(err)
		}
		return c.Width, c.Height
	}
	if w, h := size(plots.Width(4000), plots.Height(4000)); w*h > 40_000_000 || w*h < 30_000_000 {
		t.Errorf("%d by %d pixels", w, h)
	}
	if w, h := size(plots.Width(400), plots.Height(100)); w < 800 || h < 200 {
		t.Errorf("%d by %d pixels for 400 by 100 px", w, h)
	}
}

// TestConcurrent: a chart may be shown from several goroutines.
func TestConcurrent(t *testing.T) {
	c := plots.Scatter(flowers(200), "sepal_length", "petal_length", plots.Color("class"))
	want := weight(c.Display())
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			if got := weight(c.With(plots.Opacity(0.9)).Display()); got != want {
				t.Errorf("%d bytes, want %d", got, want)
			}
		})
	}
	wg.Wait()
}

// TestStrangeData: whatever the numbers and the options, a chart is an error
// or a sound bundle; nothing panics and nothing is NaN.
func TestStrangeData(t *testing.T) {
	values := []float64{0, 1, -1, 0.1, 1e-300, -1e-300, 5e-324, 1e300, -1e300, math.MaxFloat64, -math.MaxFloat64,
		math.NaN(), math.Inf(1), math.Inf(-1), 1e15, 1e15 + 1, 1 + 1e-15, 1e-5, 12345678, 0.3}
	rng := rand.New(rand.NewPCG(11, 12))
	for round := range 400 {
		n := 1 + rng.IntN(6)
		xs, ys, names := make([]float64, n), make([]float64, n), make([]string, n)
		for i := range xs {
			xs[i], ys[i] = values[rng.IntN(len(values))], values[rng.IntN(len(values))]
			names[i] = []string{"", "a", "b\x00\xff", "<&\"'>", "long long long long long name"}[rng.IntN(5)]
		}
		var opts []plots.Option
		if round%3 == 0 {
			opts = append(opts, plots.LogX())
		}
		if round%5 == 0 {
			opts = append(opts, plots.LogY())
		}
		data := tables.New(tables.Floats("x", xs...), tables.Floats("y", ys...), tables.Strings("c", names...))
		for _, c := range []*plots.Chart{
			plots.LineXY(xs, ys, opts...),
			plots.Scatter(data, "x", "y", append(opts, plots.Color("c"), plots.Size("y"))...),
			plots.Scatter(data, "x", "y", append(opts, plots.Color("x"))...),
			plots.HistogramX(xs, opts...),
			plots.BarXY(names, ys),
			plots.LineXY(xs, ys, append(opts, plots.XRange(0.5, 2), plots.YRange(0.5, 2))...),
		} {
			if c.Err() != nil {
				continue
			}
			checkBundle(t, c)
			if t.Failed() {
				t.Fatalf("round %d: %v over x %v, y %v, names %q", round, c, xs, ys, names)
			}
		}
	}
}
