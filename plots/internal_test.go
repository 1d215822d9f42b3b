package plots

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"
)

// TestMinMaxKeepsExtremes compares with the slow and obvious way: in every
// column of the picture the thinned line has the same lowest and highest value
// as the whole line, and the same ends.
func TestMinMaxKeepsExtremes(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for round := range 60 {
		n := 3000 + rng.IntN(5000)
		xs, ys := make([]float64, n), make([]float64, n)
		x := 1.0
		for i := range xs {
			if round%2 == 0 || rng.IntN(3) > 0 { // some equal x
				x += rng.ExpFloat64()
			}
			xs[i], ys[i] = x, rng.NormFloat64()
		}
		log := round%3 == 0
		tx, ty := minMax(xs, ys, 2000, log)
		if len(tx) > 2000 || len(tx) != len(ty) {
			t.Fatalf("round %d: %d points, want at most 2,000", round, len(tx))
		}
		if !slices.IsSorted(tx) || tx[0] != xs[0] || ty[0] != ys[0] || tx[len(tx)-1] != xs[n-1] || ty[len(ty)-1] != ys[n-1] {
			t.Fatalf("round %d: the thinned line is out of order or lost an end", round)
		}
		low, high := columnsOf(xs, ys, log)
		lowThin, highThin := columnsOfRange(tx, ty, xs[0], xs[n-1], log)
		for c := range low {
			if low[c] != lowThin[c] || high[c] != highThin[c] {
				t.Fatalf("round %d, column %d: %g to %g became %g to %g", round, c, low[c], high[c], lowThin[c], highThin[c])
			}
		}
	}
}

func columnsOf(xs, ys []float64, log bool) (low, high map[int]float64) {
	return columnsOfRange(xs, ys, xs[0], xs[len(xs)-1], log)
}

// columnsOfRange finds the extremes of each of 500 columns.
func columnsOfRange(xs, ys []float64, lo, hi float64, log bool) (low, high map[int]float64) {
	low, high = map[int]float64{}, map[int]float64{}
	edges := make([]float64, 500)
	for c := range edges {
		f := float64(c+1) / 500
		edges[c] = lo + (hi-lo)*f
		if log {
			edges[c] = math.Exp(math.Log(lo) + (math.Log(hi)-math.Log(lo))*f)
		}
	}
	for i, x := range xs {
		c := 0
		for c < 499 && x >= edges[c] {
			c++
		}
		if v, ok := low[c]; !ok || ys[i] < v {
			low[c] = ys[i]
		}
		if v, ok := high[c]; !ok || ys[i] > v {
			high[c] = ys[i]
		}
	}
	return low, high
}

// TestSample: the sample of a scatter is the same every time, in order, has
// every group's share, at least a few of small ones, and the corners.
func TestSample(t *testing.T) {
	rng := rand.New(rand.NewPCG(4, 4))
	n := 60_000
	xs, ys := make([]float64, n), make([]float64, n)
	groups := make([][]int, 3)
	for i := range n {
		xs[i], ys[i] = rng.NormFloat64(), rng.NormFloat64()
		g := 0
		if i%3 == 0 {
			g = 1
		}
		if i%6000 == 1 {
			g = 2
		}
		groups[g] = append(groups[g], i)
	}
	whole := [][]int{slices.Clone(groups[0]), slices.Clone(groups[1]), slices.Clone(groups[2])}
	got := sample(groups, xs, ys, 5000)
	for g := range whole {
		if !slices.Equal(groups[g], whole[g]) {
			t.Fatal("sampling changed its input")
		}
	}
	if again := sample(groups, xs, ys, 5000); fmt.Sprint(again) != fmt.Sprint(got) {
		t.Error("two samples of the same data differ")
	}
	all := map[int]bool{}
	for g, rows := range got {
		if !slices.IsSorted(rows) || len(slices.Compact(slices.Clone(rows))) != len(rows) {
			t.Errorf("group %d is out of order or has repeats", g)
		}
		for _, r := range rows {
			all[r] = true
			if _, ok := slices.BinarySearch(groups[g], r); !ok {
				t.Errorf("row %d is not of group %d", r, g)
			}
		}
	}
	if len(all) < 4900 || len(all) > 5100 || len(got[2]) != 10 {
		t.Errorf("%d rows, %d of the small group; want about 5,000 and all 10", len(all), len(got[2]))
	}
	for _, r := range corners(groups, xs, ys) {
		if !all[r] {
			t.Errorf("the extreme row %d is missing", r)
		}
	}
}

// TestBins compares counts and edges with the slow and obvious way.
func TestBins(t *testing.T) {
	rng := rand.New(rand.NewPCG(9, 9))
	for round := range 200 {
		n := 1 + rng.IntN(3000)
		v := make([]float64, n)
		for i := range v {
			v[i] = rng.NormFloat64() * math.Pow(10, float64(round%9-4))
			if round%4 == 0 {
				v[i] = math.Round(v[i] * 10)
			}
			if round%5 == 0 {
				v[i] = math.Abs(v[i]) + 1e-9
			}
		}
		opts := []Option{}
		if round%3 == 0 {
			opts = append(opts, Bins(1+rng.IntN(50)))
		}
		if round%5 == 0 {
			opts = append(opts, LogX())
		}
		c := HistogramX(v, opts...)
		if c.Err() != nil {
			t.Fatal(c.Err())
		}
		s := c.fig.(*figure).layers[0].series[0]
		total := 0.0
		for i := range s.x {
			want := 0.0
			for _, x := range v {
				last := i == len(s.x)-1
				if x >= s.x[i] && (x < s.x2[i] || last && x == s.x2[i]) {
					want++
				}
			}
			total += s.y[i]
			if s.y[i] != want {
				t.Fatalf("round %d: the bin from %g to %g has %g values, want %g", round, s.x[i], s.x2[i], s.y[i], want)
			}
		}
		if total != float64(n) {
			t.Fatalf("round %d: %g of %d values in bins", round, total, n)
		}
	}
}

// TestBinEdges: edges are round, and their number is about what was asked for.
func TestBinEdges(t *testing.T) {
	v := make([]float64, 1000)
	for i := range v {
		v[i] = 3.7 + float64(i)*0.0913 // 3.7 to 94.9
	}
	s := HistogramX(v, Bins(20)).fig.(*figure).layers[0].series[0]
	if s.x[0] != 0 || s.x2[0] != 5 || len(s.x) != 19 {
		t.Errorf("the first bin is %g to %g, one of %d; want 0 to 5, one of 19", s.x[0], s.x2[0], len(s.x))
	}
}

// ticksOf writes the labels of an axis.
func ticksOf(a axis, n int) string {
	var labels []string
	for _, k := range a.ticks(a.count(float64(n))) {
		labels = append(labels, k.label)
	}
	return strings.Join(strings.Fields(strings.Join(labels, " ")), " ")
}

func TestTicks(t *testing.T) {
	at := func(s string) float64 {
		v, err := time.Parse("2006-01-02 15:04:05", s)
		if err != nil {
			t.Fatal(err)
		}
		return float64(v.UnixMilli())
	}
	for _, c := range []struct {
		a    axis
		n    int
		want string
	}{
		{axis{lo: 0, hi: 1}, 5, "0.0 0.2 0.4 0.6 0.8 1.0"},
		{axis{lo: -1, hi: 1}, 4, "−1.0 −0.5 0.0 0.5 1.0"},
		{axis{lo: 1, hi: 4, whole: true}, 8, "1 2 3 4"},
		{axis{lo: 2010, hi: 2020}, 5, "2010 2012 2014 2016 2018 2020"},
		{axis{lo: 0, hi: 30_000}, 3, "0 10,000 20,000 30,000"},
		{axis{lo: 0, hi: 4e6}, 4, "0 1M 2M 3M 4M"},
		{axis{lo: 0, hi: 2e6}, 4, "0 0.5M 1M 1.5M 2M"},
		{axis{lo: -4e9, hi: 4e9}, 4, "−4G −2G 0 2G 4G"},
		{axis{lo: 0, hi: 4e30}, 4, "0 1e+30 2e+30 3e+30 4e+30"},
		{axis{lo: 4e307, hi: 4.0000000009e307}, 4, "4e+307 4.0000000002e+307 4.0000000004e+307 4.0000000006e+307 4.0000000008e+307"},
		{axis{lo: 0, hi: 4e-5}, 4, "0 1e−5 2e−5 3e−5 4e−5"},
		{axis{lo: 0, hi: 3e-5}, 6, "0 5e−6 1e−5 1.5e−5 2e−5 2.5e−5 3e−5"},
		{axis{lo: 1, hi: 1e6, log: true}, 7, "1 10 100 1k 10k 100k 1M"},
		{axis{lo: 0.5, hi: 60, log: true}, 8, "1 2 3 4 10 20 30 40"},
		{axis{lo: 1e-9, hi: 1, log: true}, 4, "1e−8 0.000001 0.0001 0.01 1"},
		{axis{lo: 5, hi: 9, log: true}, 4, "5 6 7 8"},
		{axis{kind: nominal, levels: []string{"a", "b"}}, 5, "a b"},
		{axis{kind: nominal, levels: []string{"a", "b", "c", "d"}}, 2, "a c"},
		{axis{kind: temporal, lo: at("2024-03-01 00:00:00"), hi: at("2024-03-01 23:00:00")}, 4, "Mar 1 06:00 12:00 18:00"},
		{axis{kind: temporal, lo: at("2024-03-01 10:00:00"), hi: at("2024-03-01 10:01:00")}, 4, "10:00:00 10:00:15 10:00:30 10:00:45 10:01:00"},
		{axis{kind: temporal, lo: at("2024-03-01 00:00:00"), hi: at("2024-03-08 00:00:00")}, 7, "Mar 1 Mar 2 Mar 3 Mar 4 Mar 5 Mar 6 Mar 7 Mar 8"},
		{axis{kind: temporal, lo: at("2024-01-01 00:00:00"), hi: at("2024-12-31 00:00:00")}, 5, "2024 Apr Jul Oct"},
		{axis{kind: temporal, lo: at("1990-01-01 00:00:00"), hi: at("2024-12-31 00:00:00")}, 6, "1990 1995 2000 2005 2010 2015 2020"},
	} {
		if got := ticksOf(c.a, c.n); got != c.want {
			t.Errorf("%v from %g to %g, room for %d:\n got %s\nwant %s", c.a.kind, c.a.lo, c.a.hi, c.n, got, c.want)
		}
	}
}

// TestRounding: coordinates keep what a picture and its tooltip can show, and
// parse as JSON numbers.
func TestRounding(t *testing.T) {
	for _, c := range []struct {
		span, px float64
		v        float64
		want     string
	}{
		{3.6, 480, 5.1, "5.1"},
		{1, 300, 4.5397868702e-5, "4.53979e-05"},
		{1, 300, 0.9999546021312976, "0.999955"},
		{1e6, 480, 123456.789, "123457"},
		{2, 480, 1e9 + 0.123456789, "1000000000.1235"},
		{5, 480, math.Copysign(0, -1), "0"},
		{5, 480, 1e20, "1e+20"},
		{5, 480, 3, "3"},
		{1e-12, 480, 1e-12, "1e-12"},
		{1e-19, 480, 1.0000000001e-9, "1.0000000001e-09"},
	} {
		if got := string(roundingFor(c.span, c.px, 6).append(nil, c.v)); got != c.want {
			t.Errorf("%g in a span of %g is written %s, want %s", c.v, c.span, got, c.want)
		}
	}
}

func TestWrap(t *testing.T) {
	got := wrap("one two  three four five", 60, 6)
	if want := []string{"one two", "three four", "five"}; !slices.Equal(got, want) {
		t.Errorf("wrapped to %q, want %q", got, want)
	}
	if got := wrap("", 60, 6); len(got) != 0 {
		t.Errorf("nothing wrapped to %q", got)
	}
}

func TestNearest(t *testing.T) {
	names := []string{"sepal_length", "petal_length", "class", "Time"}
	for want, with := range map[string]string{"sepal_length": "sepal_lenght", "Time": "time", "class": "clas", "": "temperature", "petal_length": "petal"} {
		if got := nearest(with, names); got != want {
			t.Errorf("nearest to %q is %q, want %q", with, got, want)
		}
	}
	for _, want := range []string{"a", "sepal", "length"} {
		if got := nearest(want, []string{"b", "sepal_length", "sepal_width", "petal_length"}); got != "" {
			t.Errorf("nearest to %q is %q, want none: it is another, or one of several", want, got)
		}
	}
}

func TestPlural(t *testing.T) {
	for want, got := range map[string]string{
		"1 row": plural(1, "row"), "1,234,567 rows": plural(1234567, "row"), "0 classes": plural(0, "class"), "2 categories": plural(2, "category"),
	} {
		if got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

// TestDrawOrder: many points of one shape are drawn from the right, others in the
// order of rows, which shows where they overlap.
func TestDrawOrder(t *testing.T) {
	s := &series{x: []float64{2, 9, -1, 2}}
	for _, test := range []struct {
		marks  int
		single bool
		want   []int
	}{{maxVectorMarks + 1, false, []int{1, 3, 0, 2}}, {maxVectorMarks, false, []int{0, 1, 2, 3}}, {maxVectorMarks + 1, true, []int{0, 1, 2, 3}}} {
		w := &twin{figure: &figure{marks: test.marks}}
		if got := w.drawOrder(s, test.single); !slices.Equal(got, test.want) {
			t.Errorf("%d marks, single %t: %v, want %v", test.marks, test.single, got, test.want)
		}
	}
}
