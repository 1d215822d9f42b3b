package model

import (
	"fmt"
	"math"
	"slices"

	"github.com/sheaf-go/sheaf/learn/tensor"
)

// A Metric grades predictions over an epoch or a table: exactly, whatever the
// batches, in float64. Its methods return changed copies and chain; what is
// wrong with it is told by [Metric.Err] and when it is used.
//
// A model's metrics do not count sample weights; its weighted metrics do.
type Metric struct {
	name string
	rule *metricRule
	metricSettings
	logits string // "sigmoid" or "softmax": what makes probabilities of predictions

	state scorer
	views []*scored // batches whose memory is known
	err   error

	composed bool // a number for each sample comes from the graph
	loss     *Loss
	fn       func(yTrue, yPred *tensor.Node) *tensor.Node
}

// metricSettings are the settings of all metrics; each uses some.
type metricSettings struct {
	threshold  float64 // of probabilities
	k          int
	average    string
	curve      string
	thresholds int
	exact      bool
}

// A metricRule is what metrics of a name have in common.
type metricRule struct {
	names    []string // the first is the name
	settings []string // those it has
	lower    bool     // less is better
	make     func(m *Metric) scorer
}

// A scorer is the state of a metric between batches.
type scorer interface {
	add(b *scored) error
	result() float64
}

// MetricNames are the names that [MetricNamed] knows, each metric by its first;
// it knows those of losses too.
func MetricNames() []string {
	var names []string
	for _, r := range metricRules {
		names = append(names, r.names[0])
	}
	return names
}

// MetricNamed is the metric of a name in Keras, such as "accuracy", "auc" or
// "mae", with its defaults; or of a loss, whose mean it is. "accuracy" compares
// as the shapes ask: by a threshold if predictions have one column, else the
// column of the largest one with the target's class number or one-hot row.
func MetricNamed(name string) *Metric {
	for _, r := range metricRules {
		if slices.Contains(r.names, name) {
			return newMetric(r, name)
		}
	}
	if l := LossNamed(name); l.err == nil {
		m := MetricOf(l)
		m.name = name
		return m
	}
	return &Metric{name: name, err: noSuch("metric", name, slices.Concat(metricNamesAll(), LossNames()))}
}

func metricNamesAll() []string {
	var all []string
	for _, r := range metricRules {
		all = append(all, r.names...)
	}
	return all
}

func newMetric(r *metricRule, name string) *Metric {
	m := &Metric{name: name, rule: r, metricSettings: metricSettings{threshold: 0.5, k: 5, thresholds: 200, curve: "ROC"}}
	m.reset()
	return m
}

// MetricOf is the mean of a loss over samples as a metric.
func MetricOf(l *Loss) *Metric { return &Metric{name: l.name, composed: true, loss: l, err: l.err} }

// MetricFunc is a metric of your own, composed of operations on nodes, as in
// [LossFunc]: the mean over samples of what it gives. A model is saved with
// its name only.
func MetricFunc(name string, per func(yTrue, yPred *tensor.Node) *tensor.Node) *Metric {
	m := &Metric{name: name, composed: true, fn: per}
	if name == "" || per == nil {
		m.err = fmt.Errorf("model: metric function %q; want a name and a function", name)
	}
	return m
}

// BinaryAccuracy is the share of elements that are on the side of the
// threshold, 0.5 unless [Metric.Threshold] says otherwise, that targets of 0
// and 1 say.
func BinaryAccuracy() *Metric { return MetricNamed("binary_accuracy") }

// TopK is the share of samples whose class is among the k that are predicted
// as likeliest. What is as likely as the last of them counts as being among
// them.
func TopK(k int) *Metric {
	m := MetricNamed("top_k_categorical_accuracy")
	if m.k = k; k < 1 {
		m.err = fmt.Errorf("model: metric top_k_categorical_accuracy: k is %d; want at least 1", k)
	}
	return m
}

// Precision is the share of what is predicted that is true, 0 if nothing is
// predicted.
//
// One column of predictions, or as many as the targets have, are compared with
// a threshold, element by element; of two columns with class numbers as targets
// it is the second one, the class 1. Else, or with [Metric.Average], the
// likeliest class counts.
func Precision() *Metric { return MetricNamed("precision") }

// Recall is the share of what is true that is predicted, 0 if nothing is true;
// see [Precision] for what counts.
func Recall() *Metric { return MetricNamed("recall") }

// F1 is the harmonic mean of precision and recall; see [Precision] for what
// counts.
func F1() *Metric { return MetricNamed("f1") }

// AUC is the area under the curve of true positives over false positives, or of
// precision over recall ([Metric.Curve]), from 200 thresholds as in Keras, or
// from all predictions ([Metric.Exact]). Which columns count is as in
// [Precision]; those of more than two classes are put one after the other.
func AUC() *Metric { return MetricNamed("auc") }

// Threshold is what a probability must exceed to count as 1. The accuracy,
// precision, recall and F1 have it; it is for probabilities even where the
// model gives logits.
func (m *Metric) Threshold(t float64) *Metric {
	return m.with("threshold", func(c *Metric) error {
		if c.threshold = t; !(t >= 0 && t <= 1) {
			return fmt.Errorf("threshold %v; want 0 to 1", t)
		}
		return nil
	})
}

// Average makes precision, recall and F1 compare likeliest classes and says how
// one number comes of those of the classes: "macro" is their mean, "weighted"
// that by how often the classes are true, and "micro" counts all classes
// together. "binary" is the threshold for each element.
func (m *Metric) Average(how string) *Metric {
	return m.with("average", func(c *Metric) error {
		known := []string{"binary", "macro", "micro", "weighted"}
		if c.average = how; !slices.Contains(known, how) {
			return noSuch("average", how, known)
		}
		return nil
	})
}

// Curve is "ROC" or "PR", which of the two an AUC is of.
func (m *Metric) Curve(curve string) *Metric {
	return m.with("curve", func(c *Metric) error {
		if c.curve = curve; curve != "ROC" && curve != "PR" {
			return noSuch("curve", curve, []string{"ROC", "PR"})
		}
		return nil
	})
}

// Thresholds is how many thresholds an AUC is computed from, at least 3.
func (m *Metric) Thresholds(n int) *Metric {
	return m.with("thresholds", func(c *Metric) error {
		if c.thresholds = n; n < 3 || n > 1<<20 {
			return fmt.Errorf("%d thresholds; want 3 to %d", n, 1<<20)
		}
		return nil
	})
}

// Exact makes an AUC keep all predictions and compute the area from them: the
// probability that a true one is above a false one (ROC), or the average
// precision (PR).
func (m *Metric) Exact() *Metric {
	return m.with("exact", func(c *Metric) error { c.exact = true; return nil })
}

// Named gives the metric another name, such as when two differ in a setting.
func (m *Metric) Named(name string) *Metric {
	c := m.clone()
	if c.name = name; name == "" && c.err == nil {
		c.err = fmt.Errorf("model: metric %s: its name is empty", m.name)
	}
	return c
}

// with is a copy that f has changed, or an error if the metric lacks the
// setting.
func (m *Metric) with(setting string, f func(*Metric) error) *Metric {
	c := m.clone()
	if c.err != nil {
		return c
	}
	if c.rule == nil || !slices.Contains(c.rule.settings, setting) {
		c.err = fmt.Errorf("model: metric %s has no %s", m.name, setting)
	} else if err := f(c); err != nil {
		c.err = fmt.Errorf("model: metric %s: %w", m.name, err)
	} else {
		c.reset()
	}
	return c
}

// Name is the metric's name in histories.
func (m *Metric) Name() string { return m.name }

// Err says what is wrong with the metric, nil if nothing is.
func (m *Metric) Err() error { return m.err }

// String is the name.
func (m *Metric) String() string {
	if m.err != nil {
		return m.err.Error()
	}
	return m.name
}

// clone is a metric of the same settings that has seen nothing.
func (m *Metric) clone() *Metric {
	c := *m
	c.views = nil
	c.reset()
	return &c
}

// suit makes the metric see the probabilities behind the logits that a loss
// wants.
func (m *Metric) suit(l *Loss) {
	if l.err != nil || !l.fromLogits {
		return
	}
	m.logits = l.rule.act
	if m.loss != nil && m.loss.err == nil && m.loss.rule.act == l.rule.act {
		m.loss = m.loss.FromLogits()
	}
}

// reset forgets all batches.
func (m *Metric) reset() {
	switch {
	case m.composed:
		m.state = &mean{}
	case m.rule != nil:
		m.state = m.rule.make(m)
	}
}

// result is the metric over all batches since the last reset, NaN if it has an
// error or there were none.
func (m *Metric) result() float64 {
	if m.err != nil || m.state == nil {
		return math.NaN()
	}
	return m.state.result()
}

// update adds a batch. Weights, one for each sample, may be nil. Once a pair
// of tensors has been seen, another update with it allocates nothing: their
// memory is remembered.
func (m *Metric) update(yTrue, yPred *tensor.Tensor, w []float64) {
	if m.err != nil {
		return
	}
	b, err := m.view(yTrue, yPred)
	if err == nil && b.rows > 0 {
		b.w = w
		err = m.state.add(b)
	}
	if err != nil {
		m.err = fmt.Errorf("model: metric %s: %w", m.name, err)
	}
}

// updateValues adds a batch of a composed metric: what build gave.
func (m *Metric) updateValues(per *tensor.Tensor, w []float64) { m.update(per, per, w) }

// viewed is how many pairs of tensors a metric remembers: those of whole and of
// last batches, in training and in validation.
const viewed = 4

func (m *Metric) view(y, p *tensor.Tensor) (*scored, error) {
	for _, b := range m.views {
		if b.yTensor == y && b.pTensor == p {
			return b, nil
		}
	}
	b, err := newScored(m, y, p)
	if err != nil {
		return nil, err
	}
	if len(m.views) == viewed {
		m.views = m.views[1:]
	}
	m.views = append(m.views, b)
	return b, nil
}

// build is the metric of each sample, of shape (n), for a composed one.
func (m *Metric) build(g *tensor.Graph, yTrue, yPred *tensor.Node) *tensor.Node {
	switch {
	case m.err != nil:
		return failNode(yPred, "%v", m.err)
	case m.loss != nil:
		return m.loss.build(g, yTrue, yPred, nil)
	}
	per := m.fn(yTrue, yPred)
	if n := yPred.Dim(0); per.Err() == nil && (per.NDim() == 0 || per.Dim(0) != n) {
		return failNode(yPred, "model: metric %s gives %v; want a number for each of the %d samples: (n) or (n, …)", m.name, per, n)
	}
	return perSample(per)
}

// config is what the metric is saved as.
func (m *Metric) config() config {
	c := config{Name: m.name, Texts: map[string]string{}, Numbers: map[string]float64{}}
	if m.loss != nil {
		l := m.loss.config()
		c.Of = &l
		return c
	}
	if m.rule == nil {
		return c
	}
	c.Texts["rule"] = m.rule.names[0]
	c.Numbers["threshold"], c.Numbers["k"], c.Numbers["thresholds"] = m.threshold, float64(m.k), float64(m.thresholds)
	c.Numbers["exact"] = flag(m.exact)
	c.Texts["average"], c.Texts["curve"] = m.average, m.curve
	return c
}

// metricOf is the metric that was saved.
func metricOf(c config) *Metric {
	if c.Of != nil {
		return MetricOf(lossOf(*c.Of)).Named(c.Name)
	}
	m := MetricNamed(c.Texts["rule"])
	if m.err != nil {
		return m
	}
	m.name, c = c.Name, c.clone()
	m = m.apply(c)
	if err := c.left("metric"); m.err == nil {
		m.err = err
	}
	return m
}

// apply sets what has been saved, through the checks of the methods.
func (m *Metric) apply(c config) *Metric {
	set := func(name string, is float64, f func(x float64) *Metric) {
		if x := c.take(name, is); x != is {
			m = f(x)
		}
	}
	set("threshold", m.threshold, func(x float64) *Metric { return m.Threshold(x) })
	set("thresholds", float64(m.thresholds), func(x float64) *Metric { return m.Thresholds(int(x)) })
	set("exact", 0, func(float64) *Metric { return m.Exact() })
	if k := c.take("k", float64(m.k)); m.err == nil {
		if m.k = int(k); m.k < 1 {
			m.err = fmt.Errorf("model: metric %s: k is %v; want at least 1", m.name, k)
		}
	}
	if a := c.Texts["average"]; a != "" {
		m = m.Average(a)
	}
	if curve := c.Texts["curve"]; curve != "" && curve != m.curve {
		m = m.Curve(curve)
	}
	return m
}
