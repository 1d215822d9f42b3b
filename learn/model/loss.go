package model

import (
	"fmt"
	"math"
	"slices"

	"github.com/sheaf-go/sheaf/learn/tensor"
)

// epsilon keeps logarithms of probabilities finite, as in Keras.
const epsilon = 1e-7

// A Loss says how wrong predictions are: one number for each sample, of which
// Fit makes the mean small. The formulas are those of Keras 3. Its methods
// return changed copies and chain; what is wrong with it is told by [Loss.Err]
// and when it is used.
type Loss struct {
	rule       *lossRule
	name       string
	fromLogits bool
	smoothing  float64
	delta      float64
	err        error
}

// A lossRule is what losses of a name have in common.
type lossRule struct {
	names  []string // the first is the name
	ints   bool     // targets are class numbers
	act    string   // the activation whose input are logits; "" if there is none
	smooth bool     // it has label smoothing
	// per is a loss for each element or each row. p are logits if from is true.
	per func(l *Loss, y, p *tensor.Node, from bool) *tensor.Node
}

func newLoss(name string) *Loss {
	for _, r := range lossRules {
		if slices.Contains(r.names, name) {
			l := &Loss{rule: r, name: r.names[0]}
			if l.name == "huber" {
				l.delta = 1
			}
			return l
		}
	}
	return &Loss{name: name, err: noSuch("loss", name, LossNames())}
}

// LossNames are the names that [LossNamed] knows, each loss by its first.
func LossNames() []string {
	var names []string
	for _, r := range lossRules {
		names = append(names, r.names[0])
	}
	return names
}

// LossNamed is the loss of a name in Keras, such as "mse" or
// "sparse_categorical_crossentropy", with its defaults.
func LossNamed(name string) *Loss {
	for _, r := range lossRules {
		if slices.Contains(r.names, name) {
			return newLoss(name)
		}
	}
	var all []string
	for _, r := range lossRules {
		all = append(all, r.names...)
	}
	return &Loss{name: name, err: noSuch("loss", name, all)}
}

// LossFunc is a loss of your own, composed of operations on nodes: targets and
// predictions have the shape (n, …), the result one number for each sample,
// (n), or for each of its elements, (n, …), which are averaged. A model is
// saved with the name of the loss only.
func LossFunc(name string, per func(yTrue, yPred *tensor.Node) *tensor.Node) *Loss {
	l := &Loss{name: name, rule: &lossRule{names: []string{name}, per: func(_ *Loss, y, p *tensor.Node, _ bool) *tensor.Node {
		return per(y, p)
	}}}
	if name == "" || per == nil {
		l.err = fmt.Errorf("model: loss function %q; want a name and a function", name)
	}
	return l
}

// MeanSquaredError is the mean of (prediction - target)².
func MeanSquaredError() *Loss { return newLoss("mean_squared_error") }

// MeanAbsoluteError is the mean of |prediction - target|.
func MeanAbsoluteError() *Loss { return newLoss("mean_absolute_error") }

// MeanAbsolutePercentageError is 100 times the mean of
// |prediction - target| / |target|.
func MeanAbsolutePercentageError() *Loss { return newLoss("mean_absolute_percentage_error") }

// MeanSquaredLogarithmicError is the mean of
// (log(1 + prediction) - log(1 + target))²; what is below 0 counts as 0.
func MeanSquaredLogarithmicError() *Loss { return newLoss("mean_squared_logarithmic_error") }

// Huber is half the squared error where the error is at most delta, which is
// more than 0, and grows linearly beyond. (Huber, Robust Estimation of a
// Location Parameter, 1964)
func Huber(delta float64) *Loss {
	l := newLoss("huber")
	if l.delta = delta; !(delta > 0) || math.IsInf(delta, 0) {
		l.err = fmt.Errorf("model: huber: delta is %v; want more than 0", delta)
	}
	return l
}

// LogCosh is the mean of log(cosh(prediction - target)).
func LogCosh() *Loss { return newLoss("log_cosh") }

// BinaryCrossEntropy is for targets from 0 to 1 and predictions that are
// probabilities, or logits with [Loss.FromLogits]. Behind a layer with a
// sigmoid it is computed from the logits, which is exact for small
// probabilities too.
func BinaryCrossEntropy() *Loss { return newLoss("binary_crossentropy") }

// CategoricalCrossEntropy is for one-hot targets, or distributions, of shape
// (n, classes) and predictions that are probabilities, or logits with
// [Loss.FromLogits]. Behind a layer with a softmax it is computed from the
// logits.
func CategoricalCrossEntropy() *Loss { return newLoss("categorical_crossentropy") }

// SparseCategoricalCrossEntropy is [CategoricalCrossEntropy] for targets that
// are class numbers from 0 on, of shape (n) or (n, 1). (DH-63)
func SparseCategoricalCrossEntropy() *Loss { return newLoss("sparse_categorical_crossentropy") }

// KLDivergence is the sum of target·log(target / prediction).
func KLDivergence() *Loss { return newLoss("kl_divergence") }

// Poisson is the mean of prediction - target·log(prediction).
func Poisson() *Loss { return newLoss("poisson") }

// Hinge is the mean of max(1 - target·prediction, 0) for targets that are -1 or
// 1; if all targets of a batch are 0 or 1, 0 counts as -1.
func Hinge() *Loss { return newLoss("hinge") }

// SquaredHinge is the mean of the square of [Hinge]'s terms.
func SquaredHinge() *Loss { return newLoss("squared_hinge") }

// CategoricalHinge is max(1 + n - p, 0) for one-hot targets, where p is the
// prediction for the class and n the largest for another.
func CategoricalHinge() *Loss { return newLoss("categorical_hinge") }

// CosineSimilarity is minus the cosine of the angle between targets and
// predictions along the last axis: -1 where they point the same way.
func CosineSimilarity() *Loss { return newLoss("cosine_similarity") }

// FromLogits says that predictions are the input of a sigmoid or a softmax, not
// its output: the last layer has no activation, and it is an error of training
// if it has a sigmoid or a softmax, which in Keras means another thing with each
// backend. Only the cross-entropies have it.
func (l *Loss) FromLogits() *Loss {
	c := l.copy()
	if c.err == nil && c.rule.act == "" {
		c.err = fmt.Errorf("model: loss %s has no logits; the cross-entropies have", l.name)
	}
	c.fromLogits = true
	return c
}

// LabelSmoothing mixes targets with a share of the uniform distribution:
// target·(1-share) + share/classes. Binary and categorical cross-entropy have
// it. (Szegedy et al., Rethinking the Inception Architecture, 2015)
func (l *Loss) LabelSmoothing(share float64) *Loss {
	c := l.copy()
	switch {
	case c.err != nil:
	case !c.rule.smooth:
		c.err = fmt.Errorf("model: loss %s has no label smoothing; want binary or categorical cross-entropy", l.name)
	case !(share >= 0 && share <= 1):
		c.err = fmt.Errorf("model: loss %s: label smoothing %v; want 0 to 1", l.name, share)
	}
	c.smoothing = share
	return c
}

// Name is the loss's name.
func (l *Loss) Name() string { return l.name }

// Err says what is wrong with the loss, nil if nothing is.
func (l *Loss) Err() error { return l.err }

// String is the name and what has been set.
func (l *Loss) String() string {
	if l.err != nil {
		return l.err.Error()
	}
	s := l.name
	if l.rule.names[0] == "huber" {
		s += fmt.Sprintf(", delta %v", l.delta)
	}
	if l.fromLogits {
		s += ", from logits"
	}
	if l.smoothing != 0 {
		s += fmt.Sprintf(", label smoothing %v", l.smoothing)
	}
	return s
}

func (l *Loss) copy() *Loss {
	c := *l
	return &c
}

// sparse reports whether targets are class numbers.
func (l *Loss) sparse() bool { return l.err == nil && l.rule.ints }

// logitsOf is the activation of the last layer whose input build wants as
// logits, "" if none.
func (l *Loss) logitsOf() string {
	if l.err != nil {
		return ""
	}
	return l.rule.act
}

// config is what the loss is saved as.
func (l *Loss) config() config {
	c := config{Name: l.name, Numbers: map[string]float64{}}
	if l.fromLogits {
		c.Numbers["from_logits"] = 1
	}
	if l.smoothing != 0 {
		c.Numbers["label_smoothing"] = l.smoothing
	}
	if l.name == "huber" {
		c.Numbers["delta"] = l.delta
	}
	return c
}

// lossOf is the loss that was saved.
func lossOf(c config) *Loss {
	c = c.clone()
	l := LossNamed(c.Name)
	if l.err != nil {
		return l
	}
	if l.name == "huber" {
		l = Huber(c.take("delta", 1))
	}
	if c.take("from_logits", 0) != 0 {
		l = l.FromLogits()
	}
	if s := c.take("label_smoothing", 0); s != 0 {
		l = l.LabelSmoothing(s)
	}
	if err := c.left("loss"); err != nil && l.err == nil {
		l.err = err
	}
	return l
}
