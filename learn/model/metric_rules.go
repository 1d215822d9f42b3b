package model

import (
	"math"
	"slices"
)

// metricRules are the metrics: accuracies, those of two classes, those of
// regressions.
var metricRules = []*metricRule{
	{names: []string{"accuracy", "acc"}, settings: []string{"threshold"}, make: func(m *Metric) scorer { return &accuracy{m: m} }},
	{names: []string{"binary_accuracy"}, settings: []string{"threshold"}, make: func(m *Metric) scorer { return &accuracy{m: m, binary: true} }},
	{names: []string{"categorical_accuracy", "sparse_categorical_accuracy"}, make: func(m *Metric) scorer { return &accuracy{m: m, likeliest: true} }},
	{names: []string{"top_k_categorical_accuracy", "sparse_top_k_categorical_accuracy"}, settings: []string{"k"}, make: func(m *Metric) scorer { return &topK{m: m} }},
	{names: []string{"precision"}, settings: counted, make: func(m *Metric) scorer { return &counts{m: m, of: precisionOf} }},
	{names: []string{"recall"}, settings: counted, make: func(m *Metric) scorer { return &counts{m: m, of: recallOf} }},
	{names: []string{"f1", "f1_score"}, settings: counted, make: func(m *Metric) scorer { return &counts{m: m, of: f1Of} }},
	{names: []string{"true_positives"}, settings: counted[:1], make: func(m *Metric) scorer {
		return &counts{m: m, of: func(c outcome) float64 { return c.tp }}
	}},
	{names: []string{"true_negatives"}, settings: counted[:1], make: func(m *Metric) scorer {
		return &counts{m: m, of: func(c outcome) float64 { return c.tn }}
	}},
	{names: []string{"false_positives"}, settings: counted[:1], lower: true, make: func(m *Metric) scorer {
		return &counts{m: m, of: func(c outcome) float64 { return c.fp }}
	}},
	{names: []string{"false_negatives"}, settings: counted[:1], lower: true, make: func(m *Metric) scorer {
		return &counts{m: m, of: func(c outcome) float64 { return c.fn }}
	}},
	{names: []string{"auc", "AUC"}, settings: []string{"curve", "thresholds", "exact"}, make: newArea},
	{names: []string{"log_loss"}, lower: true, make: func(m *Metric) scorer { return &logLoss{} }},
	{names: []string{"mean_squared_error", "mse", "MSE"}, lower: true, make: errorsOf(func(y, p float64) float64 { return (p - y) * (p - y) }, nil)},
	{names: []string{"root_mean_squared_error", "rmse", "RMSE"}, lower: true, make: errorsOf(func(y, p float64) float64 { return (p - y) * (p - y) }, math.Sqrt)},
	{names: []string{"mean_absolute_error", "mae", "MAE"}, lower: true, make: errorsOf(func(y, p float64) float64 { return math.Abs(p - y) }, nil)},
	{names: []string{"mean_absolute_percentage_error", "mape", "MAPE"}, lower: true, make: errorsOf(func(y, p float64) float64 {
		return 100 * math.Abs(p-y) / max(math.Abs(y), epsilon)
	}, nil)},
	{names: []string{"r2", "r2_score"}, make: func(m *Metric) scorer { return &spread{} }},
	{names: []string{"explained_variance"}, make: func(m *Metric) scorer { return &spread{explained: true} }},
	{names: []string{"cosine_similarity"}, make: func(m *Metric) scorer { return &cosine{} }},
}

// counted is the settings of precision and its like.
var counted = []string{"threshold", "average"}

// lowerIsBetter reports whether a name in a history, such as val_loss, is of
// something that ought to become small.
func lowerIsBetter(name string) bool {
	name = bareName(name)
	for _, r := range metricRules {
		if slices.Contains(r.names, name) {
			return r.lower
		}
	}
	for _, r := range metricRules { // such as auc_pr
		for _, n := range r.names {
			if len(name) > len(n) && name[:len(n)+1] == n+"_" {
				return r.lower
			}
		}
	}
	return true
}

// An accuracy is the share of samples that are predicted right.
type accuracy struct {
	mean
	m                 *Metric
	binary, likeliest bool
}

func (a *accuracy) add(b *scored) error {
	if a.binary || b.cols == 1 && !a.likeliest {
		return a.sides(b)
	}
	for row := range b.rows {
		k, err := b.class(row)
		if err != nil {
			return err
		}
		a.count(flag(b.p.argmax(row*b.cols, b.cols) == k), b.weight(row))
	}
	return nil
}

// sides compares which side of the threshold elements are on.
func (a *accuracy) sides(b *scored) error {
	for row := range b.rows {
		right := 0.0
		for c, p := range b.probabilities(row) {
			at := row*b.yCols + min(c, b.yCols-1)
			right += flag(flag(p > a.m.threshold) == b.y.at(at))
		}
		a.count(right/float64(b.cols), b.weight(row))
	}
	return nil
}

// A topK is the share of samples whose class is among the k likeliest.
type topK struct {
	mean
	m *Metric
}

func (t *topK) add(b *scored) error {
	for row := range b.rows {
		k, err := b.class(row)
		if err != nil {
			return err
		}
		its, above := b.p.at(row*b.cols+k), 0
		for c := range b.cols {
			if b.p.at(row*b.cols+c) > its {
				above++
			}
		}
		finite := !math.IsNaN(its) && !math.IsInf(its, 0)
		t.count(flag(finite && above < t.m.k), b.weight(row))
	}
	return nil
}

// A logLoss is the mean of -log of the probability of what is true.
type logLoss struct{ mean }

func (l *logLoss) add(b *scored) error {
	for row := range b.rows {
		w, probs := b.weight(row), b.probabilities(row)
		if b.cols == 1 {
			p := min(max(probs[0], epsilon), 1-epsilon)
			y := b.y.at(row)
			l.count(-y*math.Log(p)-(1-y)*math.Log1p(-p), w)
			continue
		}
		k, err := b.class(row)
		if err != nil {
			return err
		}
		sum := 0.0
		for _, p := range probs {
			sum += p
		}
		l.count(-math.Log(min(max(probs[k]/sum, epsilon), 1-epsilon)), w)
	}
	return nil
}
