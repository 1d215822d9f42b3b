package model

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/sheaf-go/sheaf/learn/tensor"
)

// floats is a float32 tensor as a program has them.
func floats(shape []int, v ...float64) *tensor.Tensor {
	return tensor.FromFloat64s(shape, v...).Cast(tensor.Float32)
}

func labels(v ...int32) *tensor.Tensor { return tensor.FromSlice([]int{len(v)}, v) }

// grade is the metric of one batch.
func grade(t *testing.T, m *Metric, y, p *tensor.Tensor, w ...float64) float64 {
	t.Helper()
	m = m.clone()
	m.update(y, p, w)
	if m.err != nil {
		t.Fatalf("%v", m.err)
	}
	return m.result()
}

// Numbers that follow by hand. (QC-144)
func TestMetricsByHand(t *testing.T) {
	y4, p4 := floats([]int{4}, 0, 1, 1, 0), floats([]int{4, 1}, 0.2, 0.9, 0.4, 0.7)
	y3, p3 := labels(0, 1, 2, 1), floats([]int{4, 3}, 0.7, 0.2, 0.1, 0.1, 0.2, 0.7, 0, 0.1, 0.9, 0.4, 0.5, 0.1)
	hot := floats([]int{4, 3}, 1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 1, 0)
	y2, p2 := labels(1, 0, 1, 0), floats([]int{4, 2}, 0.2, 0.8, 0.9, 0.1, 0.6, 0.4, 0.5, 0.5)
	yr, pr := floats([]int{3}, 1, 2, 3), floats([]int{3, 1}, 1, 2, 4)
	for _, c := range []struct {
		metric *Metric
		y, p   *tensor.Tensor
		w      []float64
		want   float64
	}{
		{MetricNamed("accuracy"), y4, p4, nil, 0.5},
		{MetricNamed("accuracy").Threshold(0.3), y4, p4, nil, 0.75},
		{MetricNamed("accuracy"), y4, p4, []float64{3, 1, 0, 0}, 1},
		{MetricNamed("accuracy"), y3, p3, nil, 0.75},
		{MetricNamed("accuracy"), hot, p3, nil, 0.75},
		{MetricNamed("accuracy"), y2, p2, nil, 0.75},
		{BinaryAccuracy(), hot, p3, nil, (3 + 1 + 3 + 2) / 12.0},
		{TopK(1), y3, p3, nil, 0.75},
		{TopK(2), y3, p3, nil, 1},
		{TopK(2), hot, p3, nil, 1},
		{Precision(), y4, p4, nil, 0.5},
		{Recall(), y4, p4, nil, 0.5},
		{Recall(), y4, p4, []float64{1, 2, 1, 1}, 2.0 / 3},
		{F1(), y4, p4, nil, 0.5},
		{Precision(), y2, p2, nil, 1},
		{Recall(), y2, p2, nil, 0.5},
		{Precision().Threshold(0.99), y4, p4, nil, 0},
		{Precision(), hot, p3, nil, 2.0 / 3}, // above 0.5: (0, 0), (1, 2), (2, 2)
		{F1(), y3, p3, nil, (1 + 2.0/3 + 2.0/3) / 3},
		{F1().Average("weighted"), y3, p3, nil, (1 + 2*2.0/3 + 2.0/3) / 4},
		{F1().Average("micro"), y3, p3, nil, 0.75},
		{Precision().Average("macro"), hot, p3, nil, (1 + 1 + 0.5) / 3},
		{MetricNamed("true_positives"), y4, p4, nil, 1},
		{MetricNamed("true_negatives"), y4, p4, nil, 1},
		{MetricNamed("false_positives"), y4, p4, nil, 1},
		{MetricNamed("false_negatives"), y4, p4, nil, 1},
		{AUC().Exact(), y4, p4, nil, 0.75},
		{AUC().Exact().Curve("PR"), y4, p4, nil, (1 + 2.0/3) / 2},
		{AUC().Exact(), y2, p2, nil, 0.75},
		{MetricNamed("mse"), yr, pr, nil, 1.0 / 3},
		{MetricNamed("rmse"), yr, pr, nil, math.Sqrt(1.0 / 3)},
		{MetricNamed("mae"), yr, pr, []float64{0, 1, 3}, 0.75},
		{MetricNamed("mape"), yr, pr, nil, 100.0 / 9},
		{MetricNamed("r2"), yr, pr, nil, 0.5},
		{MetricNamed("explained_variance"), yr, pr, nil, 2.0 / 3},
		{MetricNamed("r2"), floats([]int{2}, 3, 3), floats([]int{2}, 3, 3), nil, 1},
		{MetricNamed("r2"), floats([]int{2}, 3, 3), floats([]int{2}, 3, 4), nil, 0},
		{MetricNamed("explained_variance"), floats([]int{2}, 3, 3), floats([]int{2}, 4, 4), nil, 1},
		{MetricNamed("r2"), floats([]int{2, 2}, 0, 0, 2, 2), floats([]int{2, 2}, 0, 1, 2, 1), nil, 0.5},
		{MetricNamed("log_loss"), labels(1, 0), floats([]int{2, 1}, 0.25, 0.5), nil, (math.Log(4) + math.Log(2)) / 2},
		{MetricNamed("log_loss"), labels(0, 1), floats([]int{2, 2}, 1, 3, 1, 1), nil, (math.Log(4) + math.Log(2)) / 2},
		{MetricNamed("cosine_similarity"), floats([]int{2, 2}, 1, 0, 1, 1), floats([]int{2, 2}, 2, 0, 1, 0), nil, (1 + math.Sqrt(0.5)) / 2},
	} {
		if got := grade(t, c.metric, c.y, c.p, c.w...); !closeTo(got, c.want, 1e-6) {
			t.Errorf("%v %+v is %v, want %v", c.metric, c.metric.metricSettings, got, c.want)
		}
	}
}

// However rows are cut into batches, the metric is the same.
func TestMetricsStream(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	const rows, cols = 101, 4
	y, hot, p, one := make([]int32, rows), make([]float64, rows*cols), make([]float64, rows*cols), make([]float64, rows)
	bin, w := make([]float64, rows), make([]float64, rows)
	for i := range rows {
		y[i], bin[i], w[i], one[i] = int32(r.IntN(cols)), float64(r.IntN(2)), r.Float64(), r.Float64()
		hot[i*cols+int(y[i])] = 1
		for j := range cols {
			p[i*cols+j] = r.Float64()
		}
	}
	sets := [][2]*tensor.Tensor{
		{labels(y...), floats([]int{rows, cols}, p...)},
		{floats([]int{rows, cols}, hot...), floats([]int{rows, cols}, p...)},
		{floats([]int{rows}, bin...), floats([]int{rows, 1}, one...)},
	}
	metrics := []*Metric{AUC().Exact(), AUC().Curve("PR"), AUC().Exact().Curve("PR"), F1().Average("macro"), F1().Average("weighted"), TopK(2)}
	for _, name := range MetricNames() {
		metrics = append(metrics, MetricNamed(name))
	}
	for _, m := range metrics {
		for k, set := range sets {
			whole := m.clone()
			whole.update(set[0], set[1], w)
			parts := m.clone()
			for _, cut := range [][2]int{{0, 1}, {1, 38}, {38, 38}, {38, rows}} {
				parts.update(set[0].Slice(cut[0], cut[1]), set[1].Slice(cut[0], cut[1]), w[cut[0]:cut[1]])
			}
			if (whole.err == nil) != (parts.err == nil) {
				t.Errorf("%v of set %d: whole %v, in parts %v", m, k, whole.err, parts.err)
			}
			if whole.err == nil && !closeTo(parts.result(), whole.result(), 1e-12) {
				t.Errorf("%v of set %d: whole %v, in parts %v", m, k, whole.result(), parts.result())
			}
		}
	}
}

// The areas are what their definitions say, with ties and weights.
func TestAUCDefinitions(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 8))
	for trial := range 20 {
		n := 1 + r.IntN(40)
		y, p, w := make([]float64, n), make([]float64, n), make([]float64, n)
		for i := range n {
			y[i], p[i], w[i] = float64(r.IntN(2)), float64(r.IntN(8))/8, float64(1+r.IntN(3))
		}
		y[0], p[0] = 1, 0.5
		ty, tp := floats([]int{n}, y...), floats([]int{n}, p...)
		wins, pairs := 0.0, 0.0
		for i := range n {
			for j := range n {
				if y[i] == 1 && y[j] == 0 {
					pairs += w[i] * w[j]
					wins += w[i] * w[j] * (flag(p[i] > p[j]) + flag(p[i] == p[j])/2)
				}
			}
		}
		if got := grade(t, AUC().Exact(), ty, tp, w...); !closeTo(got, ratio(wins, pairs), 1e-12) {
			t.Errorf("trial %d: ROC %v, want %v", trial, got, ratio(wins, pairs))
		}
		precision, yes := 0.0, 0.0
		for i := range n {
			if y[i] == 1 {
				above, right := 0.0, 0.0
				for j := range n {
					if p[j] >= p[i] {
						above += w[j]
						right += w[j] * y[j]
					}
				}
				precision += w[i] * right / above
				yes += w[i]
			}
		}
		if got := grade(t, AUC().Exact().Curve("PR"), ty, tp, w...); !closeTo(got, precision/yes, 1e-12) {
			t.Errorf("trial %d: average precision %v, want %v", trial, got, precision/yes)
		}
		// Predictions on multiples of 1/8 are told apart by 201 thresholds.
		if got, want := grade(t, AUC().Thresholds(201), ty, tp, w...), ratio(wins, pairs); !closeTo(got, want, 1e-12) {
			t.Errorf("trial %d: ROC by thresholds %v, want %v", trial, got, want)
		}
	}
}

// Variances come from one pass and still are exact far from 0.
func TestSpreadFarFromZero(t *testing.T) {
	y, p := []float64{1e9, 1e9 + 1, 1e9 + 2}, []float64{1e9, 1e9 + 1, 1e9 + 3}
	m := MetricNamed("r2").clone()
	m.update(tensor.FromFloat64s([]int{3}, y...), tensor.FromFloat64s([]int{3}, p...), nil)
	if got := m.result(); got != 0.5 {
		t.Errorf("R² is %v, want 0.5", got)
	}
}

// Behind a loss that is from logits, thresholds are still of probabilities.
func TestMetricsOfLogits(t *testing.T) {
	p := []float64{0.2, 0.9, 0.4, 0.7}
	z := make([]float64, 4)
	for i := range p {
		z[i] = math.Log(p[i] / (1 - p[i]))
	}
	y := floats([]int{4}, 0, 1, 1, 0)
	for _, m := range []*Metric{MetricNamed("accuracy").Threshold(0.3), Precision(), AUC(), MetricNamed("log_loss")} {
		of := m.clone()
		of.suit(BinaryCrossEntropy().FromLogits())
		if got, want := grade(t, of, y, floats([]int{4, 1}, z...)), grade(t, m, y, floats([]int{4, 1}, p...)); !closeTo(got, want, 1e-6) {
			t.Errorf("%v of logits is %v, of probabilities %v", m, got, want)
		}
	}
	classes := MetricNamed("log_loss").clone()
	classes.suit(SparseCategoricalCrossEntropy().FromLogits())
	if got := grade(t, classes, labels(0), floats([]int{1, 2}, math.Log(3), 0)); !closeTo(got, math.Log(4.0/3), 1e-6) {
		t.Errorf("log loss of logits is %v", got)
	}
}

// Once a pair of tensors is known, another batch in it allocates nothing.
func TestMetricsAllocateNothing(t *testing.T) {
	y, p := labels(0, 1, 2, 1), floats([]int{4, 3}, 0.7, 0.2, 0.1, 0.1, 0.2, 0.7, 0, 0.1, 0.9, 0.4, 0.5, 0.1)
	for _, name := range []string{"accuracy", "top_k_categorical_accuracy", "precision", "f1", "auc", "log_loss"} {
		m := MetricNamed(name).clone()
		m.update(y, p, nil)
		if n := testing.AllocsPerRun(50, func() { m.update(y, p, nil) }); n != 0 || m.err != nil {
			t.Errorf("%s: %v allocations, error %v", name, n, m.err)
		}
	}
}

// Composed metrics are means over samples of what the graph gives.
func TestComposedMetrics(t *testing.T) {
	largest := MetricFunc("largest_error", func(y, p *tensor.Node) *tensor.Node { return p.Sub(y).Abs().Max(-1) })
	for _, c := range []struct {
		m    *Metric
		want float64
	}{{largest, 2}, {MetricNamed("huber"), ((0.5+1.5)/2 + (0+0.5)/2) / 2}, {MetricOf(MeanSquaredError()), 1.5}} {
		g := tensor.NewGraph(tensor.Float32)
		if !c.m.composed {
			t.Fatalf("%v is not composed", c.m)
		}
		prog := compile(t, g, c.m.build(g, g.Input("y", 2, 2), g.Input("p", 2, 2)))
		copy(prog.Input("y").Raw().([]float32), []float32{0, 0, 1, 1})
		copy(prog.Input("p").Raw().([]float32), []float32{1, 2, 1, 2})
		if err := prog.Run(1, 1); err != nil {
			t.Fatal(err)
		}
		m := c.m.clone()
		m.updateValues(prog.Output(0), nil)
		want := c.want
		if c.m == largest {
			want = (2.0 + 1) / 2
		}
		if got := m.result(); !closeTo(got, want, 1e-6) {
			t.Errorf("%v is %v, want %v", c.m, got, want)
		}
	}
}

// What makes no sense is an error of the metric and makes its result NaN.
func TestMetricErrors(t *testing.T) {
	wantError(t, MetricNamed("acuracy").Err(), `no metric "acuracy"; did you mean "accuracy"?`)
	wantError(t, MetricNamed("hubre").Err(), `did you mean "huber"?`)
	wantError(t, TopK(0).Err(), "k is 0")
	wantError(t, AUC().Threshold(0.5).Err(), "metric auc has no threshold")
	wantError(t, Precision().Threshold(2).Err(), "want 0 to 1")
	wantError(t, F1().Average("mikro").Err(), `did you mean "micro"?`)
	wantError(t, AUC().Curve("roc").Err(), `did you mean "ROC"?`)
	wantError(t, AUC().Thresholds(2).Err(), "2 thresholds")
	wantError(t, MetricFunc("", nil).Err(), "want a name and a function")
	for _, c := range []struct {
		m    *Metric
		y, p *tensor.Tensor
		want string
	}{
		{MetricNamed("accuracy"), labels(0, 3), floats([]int{2, 3}, 0, 0, 0, 0, 0, 0), "target 3 in row 1; want a class number from 0 to 2"},
		{MetricNamed("accuracy"), floats([]int{1}, 0.5), floats([]int{1, 3}, 0, 0, 0), "target 0.5 in row 0"},
		{MetricNamed("accuracy"), floats([]int{1, 2}, 0, 1), floats([]int{1, 3}, 0, 0, 0), "want class numbers or equal shapes"},
		{MetricNamed("accuracy"), labels(0, 3), floats([]int{1, 3}, 0, 0, 0), "want as many samples"},
		{MetricNamed("mse"), labels(0), floats([]int{1, 3}, 0, 0, 0), "targets have one column, predictions 3"},
		{AUC(), floats([]int{1}, 1), floats([]int{1}, 1.5), "prediction 1.5; want probabilities"},
		{AUC(), floats([]int{1}, 1), floats([]int{1}, math.NaN()), "prediction NaN"},
		{AUC().Exact(), floats([]int{1}, 1), floats([]int{1}, math.NaN()), "prediction NaN"},
	} {
		m := c.m.clone()
		m.update(c.y, c.p, nil)
		wantError(t, m.Err(), fmt.Sprintf("model: metric %s: ", m.name), c.want)
		if !math.IsNaN(m.result()) {
			t.Errorf("%v gives %v after an error", m, m.result())
		}
	}
	if m := MetricNamed("mse").clone(); !math.IsNaN(m.result()) {
		t.Errorf("the mean of nothing is %v", m.result())
	}
}

// A metric that is saved is the same again.
func TestMetricConfig(t *testing.T) {
	metrics := []*Metric{AUC().Exact().Curve("PR").Named("ap"), AUC().Thresholds(50), Precision().Threshold(0.2).Average("binary"),
		TopK(3), MetricOf(Huber(0.5)).Named("h")}
	for _, name := range MetricNames() {
		metrics = append(metrics, MetricNamed(name))
	}
	for _, m := range metrics {
		again := metricOf(throughJSON(t, m.config()))
		if again.err != nil || again.name != m.name || again.metricSettings != m.metricSettings || again.rule != m.rule {
			t.Errorf("%v %+v is saved and comes back as %v %+v", m, m.metricSettings, again, again.metricSettings)
		}
		if m.loss != nil && again.loss.String() != m.loss.String() {
			t.Errorf("%v comes back as %v", m.loss, again.loss)
		}
	}
	wantError(t, metricOf(config{Name: "a", Texts: map[string]string{"rule": "auc"}, Numbers: map[string]float64{"thresholds": 1e18}}).Err(), "thresholds")
}
