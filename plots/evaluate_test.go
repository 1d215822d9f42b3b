package plots_test

import (
	"cmp"
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/sheaf-go/sheaf/plots"
	"github.com/sheaf-go/sheaf/tables"
)

// elapsed is when each of n epochs ended.
func elapsed(n int) []float64 {
	out := make([]float64, n)
	for i := range out {
		out[i] = 2.5 * float64(i+1)
	}
	return out
}

// finelyJudged is a split whose scores are all different.
func finelyJudged(n int) plots.Split {
	s := judged("test", n, 2, 11)
	rng := rand.New(rand.NewPCG(11, 26))
	for i := range s.Scores {
		s.Scores[i] += rng.Float64() / 100
	}
	return s
}

// kinds is a table with columns of many types, and more than are shown.
func kinds() *tables.Table {
	iris := flowers(40)
	day := make([]time.Time, 40)
	ok := make([]bool, 40)
	none := make([]any, 40)
	half := make([]any, 40)
	vectors := make([][]float64, 40)
	items := make([]string, 40)
	for i := range day {
		day[i] = time.Date(2025, 1, 1+i*i/20, 0, 0, 0, 0, time.UTC)
		ok[i] = i%3 > 0
		items[i] = fmt.Sprintf("item %d", i*i%17)
		if i%2 == 0 {
			half[i] = float64(i)
		}
	}
	return tables.New(
		tables.Floats("length", iris.Float64s("sepal_length")...), tables.Strings("class", iris.Strings("class")...),
		tables.Times("day", day...), tables.Column("fine", ok), tables.Strings("item", items...),
		tables.Values("nothing", tables.Float64, none), tables.Values("half", tables.Float64, half), tables.Column("vector", vectors),
	)
}

// A drawnLayer is the rows of one layer of a specification and its kind of mark.
type drawnLayer struct {
	mark string
	rows []map[string]any
}

// layersOf reads the layers of all panels of a chart; a line and the points over
// it are one.
func layersOf(t *testing.T, c *plots.Chart) []drawnLayer {
	t.Helper()
	if err := c.Err(); err != nil {
		t.Fatal(err)
	}
	return readLayers(t, json.RawMessage(c.Spec()))
}

func readLayers(t *testing.T, spec json.RawMessage) []drawnLayer {
	t.Helper()
	var s struct {
		Data          struct{ Values specRows }
		Transform     []map[string]any
		Mark          struct{ Type string }
		Layer, Concat []json.RawMessage
	}
	if err := json.Unmarshal(spec, &s); err != nil {
		t.Fatal(err)
	}
	if s.Data.Values != nil {
		mark := s.Mark.Type
		if s.Layer != nil {
			mark = readLayers(t, s.Layer[0])[0].mark
		}
		return []drawnLayer{{mark, s.Data.Values.looked(s.Transform)}}
	}
	if s.Mark.Type != "" {
		return []drawnLayer{{mark: s.Mark.Type}}
	}
	var out []drawnLayer
	for _, part := range append(s.Concat, s.Layer...) {
		out = append(out, readLayers(t, part)...)
	}
	return out
}

// byClass divides rows by their class, which it counts.
func byClass(rows []map[string]any) map[string][]map[string]any {
	out := map[string][]map[string]any{}
	for _, r := range rows {
		name, _ := r["c"].(string)
		out[name] = append(out[name], r)
	}
	return out
}

// only is the layers with one kind of mark.
func only(layers []drawnLayer, mark string) []drawnLayer {
	var out []drawnLayer
	for _, l := range layers {
		if l.mark == mark {
			out = append(out, l)
		}
	}
	return out
}

// TestQC180Boomerang: a line of each of four models through its three splits;
// models that are not good enough are left out, and none left is a message.
func TestQC180Boomerang(t *testing.T) {
	models := outcomes(4)
	layers := layersOf(t, plots.Boomerang(models))
	lines := byClass(layers[0].rows)
	if len(lines) != 4 {
		t.Fatalf("%d lines, want 4", len(lines))
	}
	for _, m := range models {
		rows := lines[m.Model]
		if len(rows) != 3 {
			t.Fatalf("%s has %d points, want 3", m.Model, len(rows))
		}
		for i, r := range rows {
			near(t, m.Model+" loss", r["x"].(float64), m.Losses[i], 1e-4)
			near(t, m.Model+" score", r["y"].(float64), m.Scores[i], 1e-4)
			if r["i0"] != m.Splits[i] {
				t.Errorf("the tooltip of point %d says %v, want its split %s", i, r["i0"], m.Splits[i])
			}
		}
	}
	if c := plots.Boomerang(models, plots.MinScore(0.99)); c.Err() == nil || !strings.Contains(c.Err().Error(), "none of 4 models is left") {
		t.Errorf("no model scores above 0.99, but: %v", c)
	}
	if c := plots.Boomerang(models, plots.MaxLoss(-1)); c.Err() == nil {
		t.Error("a negative MaxLoss is no error")
	}
	models[2].Losses[1] = 9
	left := byClass(layersOf(t, plots.Boomerang(models, plots.MaxLoss(9)))[0].rows)
	if len(left) != 3 || left["model 3"] != nil {
		t.Errorf("with a model of loss 9 the lines are of %d models, want the 3 others", len(left))
	}
}

// TestQC181QC189LearningCurve: a figure for each pair of metrics, which is a
// value; of 30 epochs the first 15 % left out leaves 26.
func TestQC181QC189LearningCurve(t *testing.T) {
	all := layersOf(t, plots.LearningCurve(history(30)))
	if len(all) != 2 {
		t.Fatalf("%d figures, want 2: loss and accuracy", len(all))
	}
	for i, c := range []struct {
		opts []plots.Option
		n    int
	}{{nil, 30}, {[]plots.Option{plots.SkipHead()}, 26}} {
		for _, l := range layersOf(t, plots.LearningCurve(history(30), c.opts...)) {
			lines := byClass(l.rows)
			if len(lines) != 2 || len(lines["training"]) != c.n || len(lines["validation"]) != c.n {
				t.Errorf("case %d: %d lines of %d and %d points, want 2 of %d", i, len(lines), len(lines["training"]), len(lines["validation"]), c.n)
			}
			if last := lines["training"][c.n-1]["x"]; last != 30.0 {
				t.Errorf("case %d: the last epoch is %v", i, last)
			}
		}
	}
}

// TestMAD106Charts: accuracy and loss by iteration, as an evaluation every
// three of ten iterations gives them, by time, of several models, and the best
// so far by trial.
func TestMAD106Charts(t *testing.T) {
	metrics := map[string][]float64{
		"loss": {0.9, 0.6, 0.4, 0.39}, "val_loss": {1, 0.7, 0.6, 0.61},
		"accuracy": {0.5, 0.7, 0.8, 0.82}, "val_accuracy": {0.4, 0.6, 0.75, 0.75},
	}
	for _, l := range layersOf(t, plots.LearningCurve(metrics, plots.Along("iteration", []float64{3, 6, 9, 10}))) {
		if x := numbers(t, byClass(l.rows)["validation"], "x"); fmt.Sprint(x) != "[3 6 9 10]" {
			t.Errorf("validation is drawn at %v", x)
		}
	}
	byTime := plots.LearningCurve(map[string][]float64{"accuracy": metrics["accuracy"]}, plots.Along("seconds", []float64{0.2, 0.5, 0.7, 1.1}), plots.HLine(0.8, "wanted"))
	if x := numbers(t, layersOf(t, byTime)[0].rows, "x"); x[3] != 1.1 || !strings.Contains(byTime.Spec(), `"title":"seconds"`) {
		t.Errorf("accuracy by time is drawn at %v", x)
	}
	lines := byClass(layersOf(t, plots.Curves([]string{"a", "b"}, [][]float64{{1, 2}, {1, 2, 3}}, [][]float64{{5, 4}, {6, 3, 2}}))[0].rows)
	if len(lines["a"]) != 2 || len(lines["b"]) != 3 {
		t.Errorf("two models' curves have %d and %d points", len(lines["a"]), len(lines["b"]))
	}
	// Its figures have the training split in green, the other in red, a legend
	// and a grid.
	own := plots.LearningCurve(metrics, plots.Palette("#008000", "#FF0000")).Spec()
	if !strings.Contains(own, `"domain":["training","validation"],"range":["#008000","#FF0000"]`) || !strings.Contains(own, `"grid":true`) {
		t.Errorf("the colours are not those asked for: %s", own)
	}
	for _, c := range []struct {
		maximise bool
		want     string
	}{{true, "[3 3 4 4]"}, {false, "[3 3 2 2 1]"}} {
		best := only(layersOf(t, plots.BestSoFar([]float64{3, 2, 4, math.NaN(), 1}, c.maximise)), "line")
		if y := fmt.Sprint(numbers(t, best[0].rows, "y")); y != c.want {
			t.Errorf("the best so far, maximise %v, is %s, want %s", c.maximise, y, c.want)
		}
	}
}

// TestQC182FeatureImportance: the four columns with the greatest medians, those
// first.
func TestQC182FeatureImportance(t *testing.T) {
	names := []string{"a", "b", "c", "d", "e", "f"}
	values := [][]float64{{1, 2, 3}, {9, 9, 9}, {0, 0, 50}, {5, 6, 7}, {4, 4, 5}, {math.NaN()}}
	boxes := only(layersOf(t, plots.FeatureImportance(names, values, 4)), "rect")[0].rows
	var order []string
	for _, r := range boxes {
		order = append(order, r["i0"].(string))
	}
	if fmt.Sprint(order) != "[b d e a]" {
		t.Errorf("the boxes are of %v, want b, d, e, a, by their medians", order)
	}
	if c := plots.FeatureImportance(names, values, 0); c.Err() == nil {
		t.Error("no columns wanted is no error")
	}
}

// TestQC183ROC: a line for each split and the diagonal. The numbers of the small
// one are scikit-learn's (sklearn.metrics.roc_curve, its example).
func TestQC183ROC(t *testing.T) {
	layers := layersOf(t, plots.ROC(splits()))
	if lines := only(layers, "line"); len(lines) != 1 || len(byClass(lines[0].rows)) != 3 {
		t.Errorf("the lines are not those of three splits")
	}
	d := only(layers, "rule")
	if len(d) != 1 || len(d[0].rows) != 1 {
		t.Fatalf("want one diagonal, got %v", d)
	}
	for field, want := range map[string]float64{"x": 0, "y": 0, "x2": 1, "y2": 1} {
		if d[0].rows[0][field] != want {
			t.Errorf("%s of the diagonal is %v", field, d[0].rows[0][field])
		}
	}
	small := plots.ROC([]plots.Split{{Labels: []int{0, 0, 1, 1}, Scores: []float64{0.1, 0.4, 0.35, 0.8}}})
	rows := only(layersOf(t, small), "line")[0].rows
	if x, y := numbers(t, rows, "x"), numbers(t, rows, "y"); fmt.Sprint(x, y) != "[0 0 0.5 0.5 1] [0 0.5 0.5 1 1]" {
		t.Errorf("false and true positive rates are %v %v", x, y)
	}
	if rows[0]["c"] != "0.750" {
		t.Errorf("the legend says %v", rows[0]["c"])
	}
	equal := plots.ROC([]plots.Split{{Labels: []bool{true, false, true, false}, Scores: []float64{1, 1, 1, 1}}})
	if rows := only(layersOf(t, equal), "line")[0].rows; len(rows) != 2 || rows[0]["c"] != "0.500" {
		t.Errorf("equal scores make %v, want the diagonal", rows)
	}
}

// legendFigure is the number in a legend entry such as "0.912 test".
func legendFigure(t *testing.T, name string) float64 {
	t.Helper()
	v, err := strconv.ParseFloat(strings.Fields(name)[0], 64)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// TestAUCIsTheChanceOfOrder compares with the definition: how often a positive
// row scores higher than a negative one, a tie counting half.
func TestAUCIsTheChanceOfOrder(t *testing.T) {
	for seed := range uint64(20) {
		s := judged("s", 40+int(seed), 1, seed)
		labels := s.Labels.([]int)
		wins, pairs := 0.0, 0.0
		for i, a := range s.Scores {
			for j, b := range s.Scores {
				if labels[i] == 1 && labels[j] == 0 {
					pairs++
					switch {
					case a > b:
						wins++
					case a == b:
						wins += 0.5
					}
				}
			}
		}
		rows := only(layersOf(t, plots.ROC([]plots.Split{s})), "line")[0].rows
		near(t, fmt.Sprintf("AUC, seed %d", seed), legendFigure(t, rows[0]["c"].(string)), wins/pairs, 5.1e-4)
		near(t, fmt.Sprintf("drawn area, seed %d", seed), areaUnder(numbers(t, rows, "x"), numbers(t, rows, "y")), wins/pairs, 1e-4)
	}
}

// TestAUCOfManyRows compares with Mann and Whitney's statistic over the mean
// ranks of rows of equal score, below zero, at both zeros and of all sizes.
func TestAUCOfManyRows(t *testing.T) {
	rng := rand.New(rand.NewPCG(12, 27))
	const n = 20_000
	labels, scores, order := make([]bool, n), make([]float64, n), make([]int, n)
	for i := range labels {
		order[i], labels[i] = i, rng.IntN(2) == 1
		scores[i] = math.Round(100*rng.NormFloat64()) / 100
		if labels[i] {
			scores[i] += 0.3
		}
		switch rng.IntN(20) {
		case 0:
			scores[i] = math.Copysign(0, scores[i])
		case 1:
			scores[i] *= math.Pow(10, float64(rng.IntN(600)-300))
		}
	}
	slices.SortFunc(order, func(a, b int) int { return cmp.Compare(scores[a]+0, scores[b]+0) })
	ranks, positive := 0.0, 0.0
	for from := 0; from < n; {
		to := from
		for to < n && scores[order[to]] == scores[order[from]] {
			to++
		}
		for _, i := range order[from:to] {
			if labels[i] {
				ranks += float64(from+to+1) / 2
				positive++
			}
		}
		from = to
	}
	want := (ranks - positive*(positive+1)/2) / (positive * (n - positive))
	rows := only(layersOf(t, plots.ROC([]plots.Split{{Labels: labels, Scores: scores}})), "line")[0].rows
	near(t, "AUC", legendFigure(t, rows[0]["c"].(string)), want, 5.1e-4)
	near(t, "drawn area", areaUnder(numbers(t, rows, "x"), numbers(t, rows, "y")), want, 2e-3)
}

func areaUnder(x, y []float64) float64 {
	area := 0.0
	for i := 1; i < len(x); i++ {
		area += (x[i] - x[i-1]) * (y[i] + y[i-1]) / 2
	}
	return area
}

// TestQC184PrecisionRecall: recall across, precision up, one line for each
// split; the area under the steps is the average precision, which for
// scikit-learn's example (average_precision_score) is 0.83.
func TestQC184PrecisionRecall(t *testing.T) {
	c := plots.PrecisionRecall(splits())
	lines := only(layersOf(t, c), "line")
	if len(lines) != 1 || len(byClass(lines[0].rows)) != 3 {
		t.Fatal("the lines are not those of three splits")
	}
	if text := c.String(); !strings.Contains(text, "precision by recall") {
		t.Errorf("the axes are those of %s", text)
	}
	for name, rows := range byClass(lines[0].rows) {
		x, y := numbers(t, rows, "x"), numbers(t, rows, "y")
		near(t, name, areaUnder(x, y), legendFigure(t, name), 6e-4)
		if x[0] != 0 || x[len(x)-1] != 1 {
			t.Errorf("%s: recall goes from %g to %g", name, x[0], x[len(x)-1])
		}
	}
	small := []plots.Split{{Labels: []int{0, 0, 1, 1}, Scores: []float64{0.1, 0.4, 0.35, 0.8}}}
	rows := only(layersOf(t, plots.PrecisionRecall(small)), "line")[0].rows
	if rows[0]["c"] != "0.833" {
		t.Errorf("the legend says %v", rows[0]["c"])
	}
}

// TestThinnedRanks: a curve of many thresholds keeps its area, and says that it
// is thinned.
func TestThinnedRanks(t *testing.T) {
	s := finelyJudged(100_000)
	for name, c := range map[string]*plots.Chart{"ROC": plots.ROC([]plots.Split{s}), "precision recall": plots.PrecisionRecall([]plots.Split{s})} {
		rows := only(layersOf(t, c), "line")[0].rows
		if len(rows) > 1200 || len(rows) < 200 {
			t.Errorf("%s: %d points", name, len(rows))
		}
		near(t, name, areaUnder(numbers(t, rows, "x"), numbers(t, rows, "y")), legendFigure(t, rows[0]["c"].(string)), 2e-3)
		if !strings.Contains(c.String(), "points drawn") {
			t.Errorf("%s does not say that it is thinned: %s", name, c)
		}
	}
}

// TestQC185ConfusionMatrix: 27 test rows of iris, actual downward, predicted
// across, with the names of the classes.
func TestQC185ConfusionMatrix(t *testing.T) {
	actual, predicted := guesses(27, 3)
	classes := plots.Classes("setosa", "versicolor", "virginica")
	c := plots.ConfusionMatrix(actual, predicted, classes)
	layers := layersOf(t, c)
	cells := only(layers, "rect")[0].rows
	if len(cells) != 9 {
		t.Fatalf("%d cells, want 9", len(cells))
	}
	if sum := total(numbers(t, cells, "z")); sum != 27 {
		t.Errorf("the cells hold %g rows, want 27", sum)
	}
	for i := range 3 {
		for j := range 3 {
			n := 0
			for r := range actual {
				if actual[r] == i && predicted[r] == j {
					n++
				}
			}
			cell := cells[3*i+j]
			if cell["z"] != float64(n) || cell["x"] != float64(j)-0.5 || cell["y"] != float64(i)-0.5 {
				t.Errorf("actual %d, predicted %d: want %d rows, got %v", i, j, n, cell)
			}
		}
	}
	texts := 0
	for _, l := range only(layers, "text") {
		texts += len(l.rows)
	}
	if texts != 9 || strings.Count(c.Spec(), `[\"setosa\",\"versicolor\",\"virginica\"]`) < 2 {
		t.Errorf("%d of 9 cells have their number, or the names are missing", texts)
	}
	names := []string{"setosa", "versicolor", "virginica"}
	var a, p []string
	for i := range actual {
		a, p = append(a, names[actual[i]]), append(p, names[predicted[i]])
	}
	if got := plots.ConfusionMatrix(a, p).Spec(); got != c.Spec() {
		t.Error("names and indexes of classes make different charts")
	}
	for _, r := range only(layersOf(t, plots.ConfusionMatrix(a, p, plots.Normalized())), "rect")[0].rows {
		if z := r["z"].(float64); z < 0 || z > 1 {
			t.Errorf("a share is %g", z)
		}
	}
}

// TestConfusionOfManyClasses: those with fewest rows become one.
func TestConfusionOfManyClasses(t *testing.T) {
	actual, predicted := guesses(20_000, 10_000)
	c := plots.ConfusionMatrix(actual, predicted)
	cells := only(layersOf(t, c), "rect")[0].rows
	sum := 0
	for _, r := range cells {
		n, err := strconv.Atoi(strings.ReplaceAll(r["i2"].(string), ",", ""))
		if err != nil {
			t.Fatal(err)
		}
		sum += n
	}
	if len(cells) != 25*25 || sum != 20_000 {
		t.Errorf("%d cells hold %d rows, want 625 and 20,000", len(cells), sum)
	}
	if !strings.Contains(c.String(), "the 24 most frequent of") {
		t.Errorf("it does not say what is shown: %s", c)
	}
}

// TestQC186Confidence: a point on the logistic curve for two classes, a ring of
// the probabilities for more.
func TestQC186Confidence(t *testing.T) {
	two := plots.Confidence([]float64{0.12, 0.88}, []string{"rock", "mine"})
	points := only(layersOf(t, two), "point")
	if len(points) != 1 || len(points[0].rows) != 1 {
		t.Fatalf("the points are %v, want one", points)
	}
	near(t, "log odds", points[0].rows[0]["x"].(float64), math.Log(0.88/0.12), 1e-4)
	near(t, "probability", points[0].rows[0]["y"].(float64), 0.88, 1e-4)
	ring := plots.Confidence([]float64{0.989, 0.010, 0.001}, []string{"setosa", "versicolor", "virginica"})
	arcs := only(layersOf(t, ring), "arc")
	if len(arcs) != 1 || len(arcs[0].rows) != 3 {
		t.Fatalf("the ring has %v, want three pieces", arcs)
	}
	for i, p := range []float64{0.989, 0.010, 0.001} {
		r := arcs[0].rows[i]
		near(t, "piece", (r["x2"].(float64)-r["x"].(float64))/(2*math.Pi), p, 1e-3)
	}
	if c := plots.Confidence([]float64{0, 1}, []string{"a", "b"}); c.Err() != nil || !strings.Contains(c.String(), "drawn at 8") {
		t.Errorf("a certain prediction is %v", c)
	}
}

// TestLEC2LEC3LEC4Activations: 100 points of each function from -10 to 10, and
// the sums that the lecture's curves have.
func TestLEC2LEC3LEC4Activations(t *testing.T) {
	for name, want := range map[string]float64{"sigmoid": 50, "relu": 252.525, "leaky_relu": 250, "tanh": 0, "softsign": 0} {
		rows := rowsOf(t, plots.Activations(name))
		if len(rows) != 100 {
			t.Fatalf("%s has %d points, want 100", name, len(rows))
		}
		near(t, "the sum of "+name, total(numbers(t, rows, "y")), want, 1e-3)
	}
	at1 := map[string]float64{ // torch.nn.functional at 1 and -1
		"elu": -0.632121, "selu": -1.111331, "gelu": -0.158655, "silu": -0.268941, "mish": -0.303401,
		"softplus": 0.313262, "hard_sigmoid": 1.0 / 3, "leaky_relu": -0.01,
	}
	for name, want := range at1 {
		rows := rowsOf(t, plots.Activations(name).With(plots.Points(21)))
		near(t, name+" at -1", rows[9]["y"].(float64), want, 1e-5)
	}
	if all := layersOf(t, plots.Activations()); len(all) != 12 {
		t.Errorf("%d panels, want one for each of 12 functions", len(all))
	}
}

// TestResiduals: actual − predicted over the prediction, and how often.
func TestResiduals(t *testing.T) {
	layers := layersOf(t, plots.Residuals([]float64{3, 5, 9}, []float64{2, 6, 8.5}))
	x, y := numbers(t, layers[0].rows, "x"), numbers(t, layers[0].rows, "y")
	if fmt.Sprint(x, y) != "[2 6 8.5] [1 -1 0.5]" {
		t.Errorf("the points are %v %v", x, y)
	}
	bars := only(layers, "bar")
	if len(bars) != 1 || total(numbers(t, bars[0].rows, "v")) != 3 {
		t.Errorf("the histogram is %v", bars)
	}
}

// TestCalibration: each bin's share of positive rows over its mean probability.
func TestCalibration(t *testing.T) {
	labels := []bool{false, true, false, true, true, true}
	c := plots.Calibration(labels, []float64{0.1, 0.3, 0.2, 0.6, 0.8, 1}, 2)
	layers := layersOf(t, c)
	rows := only(layers, "point")[0].rows
	x, y := numbers(t, rows, "x"), numbers(t, rows, "y")
	near(t, "mean probability", x[0], 0.2, 1e-6)
	near(t, "share", y[0], 1.0/3, 1e-6)
	near(t, "mean probability", x[1], 0.8, 1e-6)
	near(t, "share", y[1], 1, 1e-6)
	if bars := only(layers, "bar")[0].rows; total(numbers(t, bars, "v")) != 6 {
		t.Errorf("the bins hold %v", bars)
	}
	// By hand: 0.74/6, and (3·|0.2 − 1/3| + 3·|0.8 − 1|)/6.
	if want := "Brier score 0.123, expected calibration error 0.167"; !strings.Contains(c.Spec(), want) {
		t.Errorf("the caption does not say %q: %s", want, c.Spec())
	}
}

// TestOverview: a panel for each column that can be drawn.
func TestOverview(t *testing.T) {
	c := plots.Overview(kinds())
	if err := c.Err(); err != nil {
		t.Fatal(err)
	}
	if text := c.String(); !strings.Contains(text, "7 panels; 40 rows, 8 columns; 1 of other types left out") {
		t.Errorf("the overview is %q", text)
	}
	for _, want := range []string{"nothing: no value", "3 others", "20 values left out"} {
		if !strings.Contains(c.Spec(), want) {
			t.Errorf("the overview does not say %q", want)
		}
	}
	var wide []tables.Col
	for i := range 20 {
		wide = append(wide, tables.Floats(fmt.Sprintf("c%d", i), 1, 2, 3))
	}
	if text := plots.Overview(tables.New(wide...)).String(); !strings.Contains(text, "12 panels; 3 rows, 20 columns; the first 12 are shown") {
		t.Errorf("the overview of 20 columns is %q", text)
	}
}

// TestEvaluationThemes: the options of a whole and of its panels both arrive.
func TestEvaluationThemes(t *testing.T) {
	c := plots.LearningCurve(history(5), plots.Theme("dark"), plots.Height(111), plots.Title("whole"), plots.LogY())
	spec := c.Spec()
	if c.Err() != nil || !strings.Contains(spec, "#182D41") || strings.Count(spec, `"height":111`) != 2 || strings.Count(spec, `"whole"`) != 1 || strings.Count(spec, `"type":"log"`) < 2 {
		t.Errorf("theme, height, title or scale is missing: %v %s", c.Err(), spec)
	}
}
