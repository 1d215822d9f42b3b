package model

import (
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"github.com/sheaf-go/sheaf/internal/clients"
	"github.com/sheaf-go/sheaf/internal/needs"
	"github.com/sheaf-go/sheaf/learn/tensor"
)

// An object is JSON for testdata/conform.py.
type object map[string]any

// A numbered is an array in JSON.
type numbered struct {
	Shape []int     `json:"shape"`
	Data  []float64 `json:"data"`
	Ints  bool      `json:"ints,omitempty"`
}

func numbersOf(t *tensor.Tensor) numbered {
	return numbered{append([]int{}, t.Shape()...), append([]float64{}, t.Float64s()...), !t.DType().IsFloat()}
}

func allNumbers(ts []*tensor.Tensor) []numbered {
	out := make([]numbered, len(ts))
	for i, t := range ts {
		out[i] = numbersOf(t)
	}
	return out
}

// An answered is what Keras has for a request; each kind has some of it.
type answered struct {
	Error     string
	Per, Grad numbered
	Result    float64
	Rates     []float64
	After     json.RawMessage
	Shape     []int
	Params    int
	Predicted []numbered
	Loss      float64
	Grads     []numbered
	History   map[string][]float64
}

// askKeras has real Keras answer requests, all in one process.
func askKeras(t *testing.T, requests []object) []answered {
	t.Helper()
	if testing.Short() {
		t.Skip("may have to make a Python environment; -short leaves it out")
	}
	env, err := clients.Oracle(t.Context(), "keras", t.Output())
	needs.Have(t, err)
	dir := t.TempDir()
	ask, answer := filepath.Join(dir, "ask.json"), filepath.Join(dir, "answer.json")
	data, err := json.Marshal(requests)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(ask, data, 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := clients.Script(t.Context(), env, filepath.Join("testdata", "conform.py"), ask, answer); err != nil {
		t.Fatal(err)
	}
	if data, err = os.ReadFile(answer); err != nil {
		t.Fatal(err)
	}
	var answers []answered
	if err := json.Unmarshal(data, &answers); err != nil {
		t.Fatal(err)
	}
	if len(answers) != len(requests) {
		t.Fatalf("%d answers to %d requests", len(answers), len(requests))
	}
	for i, a := range answers {
		if a.Error != "" {
			t.Fatalf("request %d, %v: %s", i, requests[i]["class"], a.Error)
		}
	}
	return answers
}

// A suite is requests and what is done with the answers.
type suite struct {
	requests []object
	check    func(t *testing.T, answers []answered)
}

// Losses, metrics, schedules, optimizers, layers and whole trainings are those
// of real Keras, which is started once for all.
func TestKeras(t *testing.T) {
	names := []string{"losses", "metrics", "schedules", "optimizers", "layers", "trainings"}
	suites := []suite{kerasLossesSuite(t), kerasMetricsSuite(t), kerasSchedulesSuite(t), kerasOptimizersSuite(t), kerasLayersSuite(t), kerasFitsSuite(t)}
	var requests []object
	for _, s := range suites {
		requests = append(requests, s.requests...)
	}
	answers := askKeras(t, requests)
	for i, s := range suites {
		mine := answers[:len(s.requests)]
		answers = answers[len(s.requests):]
		t.Run(names[i], func(t *testing.T) { s.check(t, mine) })
	}
}

// asKeras compares with what Keras has, relative to the largest of all numbers
// but never closer than tol itself.
func asKeras(t *testing.T, what string, got []float64, want []float64, tol float64) {
	t.Helper()
	if len(got) != len(want) {
		t.Errorf("%s: %d numbers, Keras has %d", what, len(got), len(want))
		return
	}
	scale := 1.0
	for _, x := range want {
		scale = max(scale, math.Abs(x))
	}
	worst, at := 0.0, -1
	for i := range got {
		if d := math.Abs(got[i]-want[i]) / scale; !(d <= worst) {
			worst, at = d, i
		}
	}
	if !(worst <= tol) {
		t.Errorf("%s: number %d is %v, Keras has %v", what, at, got[at], want[at])
	}
}

// kerasLosses are the classes of the losses.
var kerasLosses = map[string]string{
	"binary_crossentropy": "BinaryCrossentropy", "categorical_crossentropy": "CategoricalCrossentropy",
	"sparse_categorical_crossentropy": "SparseCategoricalCrossentropy", "poisson": "Poisson", "kl_divergence": "KLDivergence",
	"mean_squared_error": "MeanSquaredError", "mean_absolute_error": "MeanAbsoluteError",
	"mean_absolute_percentage_error": "MeanAbsolutePercentageError", "mean_squared_logarithmic_error": "MeanSquaredLogarithmicError",
	"cosine_similarity": "CosineSimilarity", "log_cosh": "LogCosh", "huber": "Huber", "hinge": "Hinge",
	"squared_hinge": "SquaredHinge", "categorical_hinge": "CategoricalHinge",
}

// Losses and their gradients are Keras's: of probabilities, behind the
// activation, of logits, smoothed.
func kerasLossesSuite(t *testing.T) suite {
	r := rand.New(rand.NewPCG(11, 12))
	type asked struct {
		name   string
		loss   *Loss
		c      lossCase
		behind bool
	}
	var cases []asked
	var requests []object
	add := func(l *Loss, c lossCase, act string, config object) {
		y := numbered{Shape: []int{c.rows, c.cols}, Data: c.y}
		if l.sparse() {
			y = numbered{Shape: []int{c.rows}, Data: c.y, Ints: true}
		}
		cases = append(cases, asked{fmt.Sprintf("%v %s (%d, %d)", l, act, c.rows, c.cols), l, c, act != ""})
		requests = append(requests, object{"ask": "loss", "class": kerasLosses[l.name], "config": config, "act": act,
			"y": y, "p": numbered{Shape: []int{c.rows, c.cols}, Data: c.p}})
	}
	for _, name := range LossNames() {
		if kerasLosses[name] == "" {
			t.Errorf("the test does not know Keras's %s", name)
			continue
		}
		for _, cols := range []int{2, 5} {
			add(LossNamed(name), randomCase(r, LossNamed(name), 7, cols), "", object{})
		}
		l := LossNamed(name)
		if act := l.rule.act; act != "" {
			c := randomCase(r, l, 9, 3)
			for i := range c.p {
				c.p[i] = 20*c.p[i] - 10
			}
			add(l, c, act, object{})
			add(l.FromLogits(), c, "", object{"from_logits": true})
			if l.rule.smooth {
				add(l.LabelSmoothing(0.2), randomCase(r, l, 5, 4), "", object{"label_smoothing": 0.2})
				add(l.FromLogits().LabelSmoothing(0.2), c, "", object{"label_smoothing": 0.2, "from_logits": true})
			}
		}
	}
	add(Huber(0.3), randomCase(r, Huber(0.3), 6, 3), "", object{"delta": 0.3})
	return suite{requests, func(t *testing.T, answers []answered) {
		for i, a := range answers {
			c := cases[i]
			per, grad := ofLoss(t, c.loss, c.c, c.behind)
			asKeras(t, c.name, per, a.Per.Data, 1e-5)
			asKeras(t, c.name+", gradient", grad, a.Grad.Data, 1e-4)
		}
	}}
}

// Metrics are Keras's, over batches with weights.
func kerasMetricsSuite(t *testing.T) suite {
	r := rand.New(rand.NewPCG(13, 14))
	type asked struct {
		metric  *Metric
		batches [][3]*tensor.Tensor
	}
	var cases []asked
	var requests []object
	for _, c := range []struct {
		metric *Metric
		class  string
		config object
		target string // binary, hot, class or number
	}{
		{BinaryAccuracy(), "BinaryAccuracy", object{}, "binary"},
		{BinaryAccuracy().Threshold(0.3), "BinaryAccuracy", object{"threshold": 0.3}, "binary"},
		{MetricNamed("accuracy"), "CategoricalAccuracy", object{}, "hot"},
		{MetricNamed("accuracy"), "SparseCategoricalAccuracy", object{}, "class"},
		{TopK(2), "TopKCategoricalAccuracy", object{"k": 2}, "hot"},
		{TopK(3), "SparseTopKCategoricalAccuracy", object{"k": 3}, "class"},
		{Precision(), "Precision", object{}, "binary"},
		{Precision().Threshold(0.7), "Precision", object{"thresholds": 0.7}, "binary"},
		{Recall(), "Recall", object{}, "binary"},
		{F1(), "F1Score", object{"average": "macro", "threshold": 0.5}, "binary"},
		{F1().Average("macro"), "F1Score", object{"average": "macro"}, "hot"},
		{F1().Average("micro"), "F1Score", object{"average": "micro"}, "hot"},
		{F1().Average("weighted"), "F1Score", object{"average": "weighted"}, "hot"},
		{MetricNamed("true_positives"), "TruePositives", object{}, "binary"},
		{MetricNamed("true_negatives"), "TrueNegatives", object{}, "binary"},
		{MetricNamed("false_positives"), "FalsePositives", object{}, "binary"},
		{MetricNamed("false_negatives"), "FalseNegatives", object{}, "binary"},
		{AUC(), "AUC", object{}, "binary"},
		{AUC().Thresholds(50), "AUC", object{"num_thresholds": 50}, "binary"},
		{AUC().Curve("PR"), "AUC", object{"curve": "PR"}, "binary"},
		{AUC(), "AUC", object{}, "hot"},
		{MetricNamed("mse"), "MeanSquaredError", object{}, "number"},
		{MetricNamed("rmse"), "RootMeanSquaredError", object{}, "number"},
		{MetricNamed("mae"), "MeanAbsoluteError", object{}, "number"},
		{MetricNamed("mape"), "MeanAbsolutePercentageError", object{}, "number"},
		{MetricNamed("r2"), "R2Score", object{}, "number"},
		{MetricNamed("cosine_similarity"), "CosineSimilarity", object{}, "number"},
	} {
		a := asked{metric: c.metric}
		var batches []object
		for _, n := range []int{1, 37, 12} {
			y, p := targetsFor(r, c.target, n)
			w := make([]float64, n)
			for i := range w {
				w[i] = 0.1 + r.Float64()
			}
			weights := floats([]int{n}, w...)
			a.batches = append(a.batches, [3]*tensor.Tensor{y, p, weights})
			batches = append(batches, object{"y": numbersOf(y), "p": numbersOf(p), "w": numbersOf(weights)})
		}
		cases = append(cases, a)
		requests = append(requests, object{"ask": "metric", "class": c.class, "config": c.config, "batches": batches})
	}
	return suite{requests, func(t *testing.T, answers []answered) {
		for i, a := range answers {
			m := cases[i].metric.clone()
			for _, b := range cases[i].batches {
				m.update(b[0], b[1], b[2].Float64s())
			}
			if m.err != nil {
				t.Errorf("%v: %v", requests[i]["class"], m.err)
				continue
			}
			asKeras(t, fmt.Sprint(requests[i]["class"], requests[i]["config"]), []float64{m.result()}, []float64{a.Result}, 1e-5)
		}
	}}
}

// targetsFor makes targets of a kind and predictions.
func targetsFor(r *rand.Rand, kind string, n int) (y, p *tensor.Tensor) {
	cols := map[string]int{"binary": 1, "hot": 5, "class": 5, "number": 3}[kind]
	pv, hot := make([]float64, n*cols), make([]float64, n*cols)
	class := make([]int32, n)
	for i := range pv {
		pv[i] = r.Float64()
		hot[i] = float64(r.IntN(2))
		if kind == "number" {
			hot[i] = 1 + 2*r.Float64()
		}
	}
	for i := range n {
		class[i] = int32(r.IntN(cols))
		if kind == "hot" {
			for j := range cols {
				hot[i*cols+j] = flag(j == int(class[i]))
			}
		}
	}
	p = floats([]int{n, cols}, pv...)
	if kind == "class" {
		return labels(class...), p
	}
	return floats([]int{n, cols}, hot...), p
}

// Schedules are Keras's.
func kerasSchedulesSuite(t *testing.T) suite {
	steps := []int{0, 1, 5, 9, 10, 11, 29, 30, 31, 60, 75, 100, 110, 1000}
	cases := []struct {
		s      *Schedule
		class  string
		config object
	}{
		{ExponentialDecay(0.3, 10, 0.9), "ExponentialDecay", object{"initial_learning_rate": 0.3, "decay_steps": 10, "decay_rate": 0.9}},
		{ExponentialDecay(0.3, 10, 0.9).Staircase(), "ExponentialDecay", object{"initial_learning_rate": 0.3, "decay_steps": 10, "decay_rate": 0.9, "staircase": true}},
		{InverseTimeDecay(0.3, 10, 0.9), "InverseTimeDecay", object{"initial_learning_rate": 0.3, "decay_steps": 10, "decay_rate": 0.9}},
		{InverseTimeDecay(0.3, 10, 0.9).Staircase(), "InverseTimeDecay", object{"initial_learning_rate": 0.3, "decay_steps": 10, "decay_rate": 0.9, "staircase": true}},
		{PolynomialDecay(0.3, 30, 0.01).Power(0.5), "PolynomialDecay", object{"initial_learning_rate": 0.3, "decay_steps": 30, "end_learning_rate": 0.01, "power": 0.5}},
		{PolynomialDecay(0.3, 30, 0.01).Cycle(), "PolynomialDecay", object{"initial_learning_rate": 0.3, "decay_steps": 30, "end_learning_rate": 0.01, "cycle": true}},
		{PiecewiseConstant([]int{10, 30}, []float64{3, 2, 1}), "PiecewiseConstantDecay", object{"boundaries": []int{10, 30}, "values": []float64{3, 2, 1}}},
		{CosineDecay(0.3, 75).Alpha(0.1), "CosineDecay", object{"initial_learning_rate": 0.3, "decay_steps": 75, "alpha": 0.1}},
		{CosineDecay(0.1, 75).WarmUp(0.5, 30), "CosineDecay", object{"initial_learning_rate": 0.1, "decay_steps": 75, "warmup_target": 0.5, "warmup_steps": 30}},
		{CosineRestarts(0.3, 10), "CosineDecayRestarts", object{"initial_learning_rate": 0.3, "first_decay_steps": 10}},
		{CosineRestarts(0.3, 10).Growth(1, 0.8).Alpha(0.1), "CosineDecayRestarts", object{"initial_learning_rate": 0.3, "first_decay_steps": 10, "t_mul": 1.0, "m_mul": 0.8, "alpha": 0.1}},
		{CosineRestarts(0.3, 10).Growth(1.5, 0.8), "CosineDecayRestarts", object{"initial_learning_rate": 0.3, "first_decay_steps": 10, "t_mul": 1.5, "m_mul": 0.8}},
	}
	var requests []object
	for _, c := range cases {
		requests = append(requests, object{"ask": "schedule", "class": c.class, "config": c.config, "steps": steps})
	}
	return suite{requests, func(t *testing.T, answers []answered) {
		for i, a := range answers {
			var got []float64
			for _, step := range steps {
				got = append(got, cases[i].s.At(step))
			}
			asKeras(t, fmt.Sprint(cases[i].class, cases[i].config), got, a.Rates, 1e-6)
		}
	}}
}

// kerasOptimizer is an optimizer as Keras has it.
func kerasOptimizer(o *Optimizer) object {
	class := map[string]string{"sgd": "SGD", "rmsprop": "RMSprop", "adagrad": "Adagrad", "adadelta": "Adadelta",
		"adam": "Adam", "adamw": "AdamW", "adamax": "Adamax", "nadam": "Nadam"}[o.Name()]
	r := o.rule
	config := object{"learning_rate": o.base}
	switch o.Name() {
	case "sgd":
		config["nesterov"] = r.Nesterov
	case "rmsprop":
		config["rho"], config["centered"] = r.Rho, r.Centered
	case "adagrad":
		config["initial_accumulator_value"] = o.accumulator
	case "adadelta":
		config["rho"] = r.Rho
	default:
		config["beta_1"], config["beta_2"] = r.Beta1, r.Beta2
		if o.Name() == "adam" || o.Name() == "adamw" {
			config["amsgrad"] = r.AMSGrad
		}
	}
	for name, x := range map[string]float64{"epsilon": r.Epsilon, "momentum": r.Momentum, "weight_decay": r.WeightDecay,
		"clipnorm": o.clipNorm, "global_clipnorm": o.clipGlobal, "clipvalue": o.clipValue} {
		if x != 0 {
			config[name] = x
		}
	}
	if s := o.schedule; s != nil && s.name == "exponential_decay" {
		config["schedule"] = object{"class": "ExponentialDecay", "config": object{
			"initial_learning_rate": s.initial, "decay_steps": s.steps, "decay_rate": s.rate}}
		delete(config, "learning_rate")
	}
	return object{"class": class, "config": config}
}

// Every optimizer takes Keras's steps.
func kerasOptimizersSuite(t *testing.T) suite {
	all := append(allOptimizers(), Adam(0.1).ClipNorm(0.5), SGD(0.1).ClipGlobalNorm(0.5), RMSprop(0.1).ClipValue(0.2))
	start := [][]float64{{1, -2, 0.5, 3, 0}, {0.1, 0.2}}
	const steps = 6
	var grads [steps][][]float64
	for s := range grads {
		for k, v := range start {
			g := make([]float64, len(v))
			for i := range g {
				g[i] = math.Sin(float64(5*s+3*k+i)) * math.Pow(10, float64(i%4-2))
			}
			grads[s] = append(grads[s], g)
		}
	}
	vector := func(v []float64) numbered { return numbered{Shape: []int{len(v)}, Data: v} }
	var requests []object
	for _, o := range all {
		request := kerasOptimizer(o)
		request["ask"] = "optimizer"
		request["start"] = []numbered{vector(start[0]), vector(start[1])}
		var gs [][]numbered
		for _, g := range grads {
			gs = append(gs, []numbered{vector(g[0]), vector(g[1])})
		}
		request["grads"] = gs
		requests = append(requests, request)
	}
	return suite{requests, func(t *testing.T, answers []answered) {
		for i, a := range answers {
			var after [][]numbered
			if err := json.Unmarshal(a.After, &after); err != nil {
				t.Fatal(err)
			}
			s := newStepper(t, all[i], start...)
			for step, g := range grads {
				s.step(t, g...)
				for k, v := range s.vars {
					asKeras(t, fmt.Sprintf("%v %v, step %d", all[i], requests[i]["config"], step+1), v.Value().Float64s(), after[step][k].Data, 1e-5)
				}
			}
		}
	}}
}
