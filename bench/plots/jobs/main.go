// Command jobs draws the charts that bench/plots/compare.py measures.
//
// Usage: jobs -data FOLDER -job NAME [-times N]
//
// FOLDER holds x.f64, y.f64 and u.f64, a million little-endian float64 each. It prints
// the median of N runs in milliseconds, and how many bytes the chart, or its
// specification, takes in a notebook. The job "kinds" prints the bytes of a chart
// of each kind in place of that, one a line.
package main

import (
	"encoding/binary"
	"encoding/json"
	"flag"
	"fmt"
	"log"
	"math"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/sheaf-go/sheaf/notebooks/show"
	"github.com/sheaf-go/sheaf/plots"
	"github.com/sheaf-go/sheaf/tables"
)

func main() {
	folder := flag.String("data", ".", "the folder with x.f64, y.f64 and u.f64")
	job := flag.String("job", "", "what to draw")
	times := flag.Int("times", 10, "how often")
	flag.Parse()
	x, y, u := read(*folder, "x"), read(*folder, "y"), read(*folder, "u")
	if *job == "kinds" {
		kinds(x[:500], y[:500])
		return
	}
	run := jobs(x, y, u)[*job]
	if run == nil {
		log.Fatalf("no job %q", *job)
	}
	bytes := run() // the first chart of a process loads the fonts
	took := make([]float64, *times)
	for i := range took {
		start := time.Now()
		run()
		took[i] = time.Since(start).Seconds() * 1e3
	}
	slices.Sort(took)
	fmt.Println(took[len(took)/2], bytes)
}

func read(folder, name string) []float64 {
	data, err := os.ReadFile(filepath.Join(folder, name+".f64"))
	if err != nil {
		log.Fatal(err)
	}
	out := make([]float64, len(data)/8)
	for i := range out {
		out[i] = math.Float64frombits(binary.LittleEndian.Uint64(data[8*i:]))
	}
	return out
}

// jobs are what is measured: each draws a chart and returns its size.
func jobs(x, y, u []float64) map[string]func() int {
	out := map[string]func() int{}
	for _, charts := range []map[string]func() *plots.Chart{small(x[:2000], y[:2000]), large(x, y), grouped(x, y, u)} {
		for name, chart := range charts {
			out[name] = func() int { return weight(shown(chart())) }
			out["spec "+name] = func() int {
				c := chart()
				if c.Err() != nil {
					log.Fatal(c.Err())
				}
				return len(c.Spec())
			}
		}
	}
	return out
}

// small are charts of 2,000 points and less.
func small(x, y []float64) map[string]func() *plots.Chart {
	classes := classed(x, y, 20)
	return map[string]func() *plots.Chart{
		"line 2000":      func() *plots.Chart { return plots.LineXY(x, y) },
		"scatter 2000":   func() *plots.Chart { return plots.ScatterXY(x, y) },
		"classes 2000":   func() *plots.Chart { return plots.Scatter(classes, "x", "y", plots.Color("class")) },
		"line 500":       func() *plots.Chart { return plots.LineXY(x[:500], y[:500]) },
		"scatter 500":    func() *plots.Chart { return plots.ScatterXY(x[:500], y[:500]) },
		"errorband 2000": func() *plots.Chart { return plots.ErrorBand(classes, "rounded", "y") },
		"violin 2000":    func() *plots.Chart { return plots.Violin(classes, "class", "y") },
		"heatmap 2000":   func() *plots.Chart { return plots.Heatmap(classes, "x", "y", "") },
	}
}

// large are charts of slices of a million numbers.
func large(x, y []float64) map[string]func() *plots.Chart {
	return map[string]func() *plots.Chart{
		"line 1e6":      func() *plots.Chart { return plots.LineXY(x, y) },
		"scatter 1e6":   func() *plots.Chart { return plots.ScatterXY(x, y) },
		"histogram 1e6": func() *plots.Chart { return plots.HistogramX(y) },
		"hexbin 1e6":    func() *plots.Chart { return plots.HexbinXY(x, y) },
		"density 1e6":   func() *plots.Chart { return plots.DensityX(y) },
	}
}

// grouped are charts of a table of a million rows in three classes, named by
// text, or of two classes and their scores.
func grouped(x, y, u []float64) map[string]func() *plots.Chart {
	t := classed(x, y, len(x)/50).With(tables.Floats("u", u...))
	positive, score := make([]bool, len(u)), make([]float64, len(u))
	for i, v := range u {
		if score[i] = v; i%2 == 0 {
			positive[i], score[i] = true, v+0.5
		}
	}
	splits := []plots.Split{{Name: "test", Labels: positive, Scores: score}}
	return map[string]func() *plots.Chart{
		"scatter of classes 1e6": func() *plots.Chart { return plots.Scatter(t, "u", "y", plots.Color("class")) },
		"roc 1e6":                func() *plots.Chart { return plots.ROC(splits) },
		"precision recall 1e6":   func() *plots.Chart { return plots.PrecisionRecall(splits) },
		"box 1e6":                func() *plots.Chart { return plots.Box(t, "class", "u") },
		"violin 1e6":             func() *plots.Chart { return plots.Violin(t, "class", "u") },
		"strip 1e6":              func() *plots.Chart { return plots.Strip(t, "class", "u") },
		"errorband 1e6":          func() *plots.Chart { return plots.ErrorBand(t, "rounded", "u") },
		"bar 1e6":                func() *plots.Chart { return plots.Bar(t, "class", "u", plots.Agg("mean")) },
		"heatmap 1e6":            func() *plots.Chart { return plots.Heatmap(t, "u", "y", "") },
		"correlation 1e6":        func() *plots.Chart { return plots.Correlation(t, "x", "y", "u", "rounded") },
		"pairs 1e6":              func() *plots.Chart { return plots.Pairs(t, []string{"x", "y", "u", "rounded"}) },
	}
}

// classed is a table with a class of each point, and x rounded to whole widths.
func classed(x, y []float64, width int) *tables.Table {
	class, rounded := make([]string, len(x)), make([]float64, len(x))
	for i := range x {
		class[i] = []string{"one", "two", "three"}[i%3]
		rounded[i] = math.Floor(x[i] / float64(width))
	}
	return tables.New(tables.Floats("x", x...), tables.Floats("y", y...), tables.Floats("rounded", rounded...), tables.Strings("class", class...))
}

// shown is what a notebook gets.
func shown(c *plots.Chart) show.Bundle {
	if c.Err() != nil {
		log.Fatal(c.Err())
	}
	return c.Display()
}

// weight is the size of a bundle in a notebook, where a PNG is base64.
func weight(b show.Bundle) int {
	n := 0
	for _, v := range b.Data {
		switch v := v.(type) {
		case string:
			n += len(v)
		case []byte:
			n += (len(v) + 2) / 3 * 4
		case json.RawMessage:
			n += len(v)
		}
	}
	return n
}

// kinds prints the size of one chart of each kind, of 500 points.
func kinds(x, y []float64) {
	t := classed(x, y, 20)
	labels, wrong := make([]bool, len(x)), make([]string, len(x))
	scores := make([]float64, len(x))
	for i := range x {
		labels[i] = y[i] > y[len(y)/2]
		scores[i] = 1 / (1 + math.Exp(-y[i]+y[len(y)/2]+3*math.Sin(x[i])))
		wrong[i] = []string{"one", "two", "three"}[(i+i%7/6)%3]
	}
	for _, k := range []struct {
		name  string
		chart *plots.Chart
	}{
		{"Line", plots.LineXY(x, y)},
		{"Scatter", plots.ScatterXY(x, y)},
		{"Scatter, 3 classes", plots.Scatter(t, "x", "y", plots.Color("class"))},
		{"Scatter, Facet", plots.Scatter(t, "x", "y", plots.Facet("class"))},
		{"Area", plots.AreaXY(x, y)},
		{"ErrorBand", plots.ErrorBand(t, "rounded", "y")},
		{"Bar", plots.Bar(t, "class", "y")},
		{"Histogram", plots.HistogramX(y)},
		{"Density", plots.DensityX(y)},
		{"Box", plots.Box(t, "class", "y")},
		{"Violin", plots.Violin(t, "class", "y")},
		{"Strip", plots.Strip(t, "class", "y")},
		{"Heatmap", plots.Heatmap(t, "x", "y", "")},
		{"Hexbin", plots.HexbinXY(x, y)},
		{"Pie", plots.Pie(t, "class", "x")},
		{"Pairs", plots.Pairs(t, []string{"x", "y", "rounded"})},
		{"Func", plots.Func(math.Sin, 0, 10)},
		{"ROC", plots.ROC([]plots.Split{{Name: "test", Labels: labels, Scores: scores}})},
		{"PrecisionRecall", plots.PrecisionRecall([]plots.Split{{Name: "test", Labels: labels, Scores: scores}})},
		{"ConfusionMatrix", plots.ConfusionMatrix(t.Strings("class"), wrong)},
		{"LearningCurve", plots.LearningCurve(map[string][]float64{"loss": scores, "val_loss": y})},
		{"Residuals", plots.Residuals(y, scores)},
		{"Network", plots.Network([]int{500, 100, 10})},
		{"Graph, 200 nodes", chain(200)},
	} {
		fmt.Printf("%s\t%d\n", k.name, weight(shown(k.chart)))
	}
}

// chain is a graph of n nodes, each after the one before it and the one before
// that.
func chain(n int) *plots.Chart {
	nodes := make([]string, n)
	var edges [][2]int
	for i := range nodes {
		nodes[i] = fmt.Sprint("node ", i)
		for j := max(0, i-2); j < i; j++ {
			edges = append(edges, [2]int{j, i})
		}
	}
	return plots.Graph(nodes, edges)
}
