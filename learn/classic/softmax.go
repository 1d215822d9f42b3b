package classic

import (
	"math"
	"slices"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"

	"github.com/sheaf-go/sheaf/learn/tensor"
)

// SoftmaxRegression is multinomial logistic regression with an L2 penalty on
// the weights, not on the intercepts, fitted by L-BFGS. Its loss, its parameter
// [C] and its answers are those of scikit-learn's LogisticRegression; columns
// are rescaled inside the optimiser only. With two classes the penalty is, as
// there, on the difference of their weights. The zero value is ready to fit
// with the defaults. (LEC-20)
type SoftmaxRegression struct {
	config     config
	configErr  error
	configured bool

	names     []string // of the columns, if there are any
	classes   []int64
	coef      *mat.Dense // class × feature
	intercept []float64
	history   []float64
	converged bool
	n         int
	accuracy  float64
}

// NewSoftmaxRegression makes a softmax regression. It takes [C], [Tol],
// [MaxIter], [Classes] and [Features].
func NewSoftmaxRegression(opts ...Option) *SoftmaxRegression {
	c, err := configure("SoftmaxRegression", opts, "C", "Tol", "MaxIter", "Classes", "Features")
	return &SoftmaxRegression{config: c, configErr: err, configured: true}
}

func (m *SoftmaxRegression) call(verb string) call {
	return call{"SoftmaxRegression", verb, m.names}
}

// Fit learns the weights. y holds classes: whole numbers of any element type,
// or bools (1 is true).
func (m *SoftmaxRegression) Fit(x, y *tensor.Tensor) error {
	c := m.call("fit").naming(x, m.config.features)
	if m.configErr != nil {
		return m.configErr
	}
	cfg := m.config
	if !m.configured {
		cfg, _ = configure("SoftmaxRegression", nil)
	}
	if err := c.whole(x); err != nil {
		return err
	}
	data, n, p, err := c.rows(x)
	if err != nil {
		return err
	}
	target, err := c.targets(y, n)
	if err != nil {
		return err
	}
	if n == 0 {
		return c.fail("no rows")
	}
	classes, codes, err := encode(c, target, cfg.classes)
	if err != nil {
		return err
	}
	s := standardise(data, n, p, true)
	lambda := 1 / cfg.c
	if len(classes) == 2 {
		lambda *= 2 // of weights ±w/2 it is the penalty of one logistic weight w
	}
	s.precondition(lambda)
	fit, err := minimise(c, newObjective(s, codes, len(classes), lambda), cfg)
	if err != nil {
		return err
	}
	m.names = c.features
	m.adopt(fit, s, classes, n)
	m.accuracy = accuracy(m.answer(m.logits(data, n)), target)
	return nil
}

// encode maps targets to positions in classes, which are given or collected.
func encode(c call, target []float64, given []int64) ([]int64, []int, error) {
	classes := slices.Clone(given)
	position := make(map[int64]int)
	for i, v := range target {
		if v != math.Trunc(v) || math.Abs(v) > 1<<53 {
			return nil, nil, c.fail("y is %v in row %d; want classes as whole numbers", v, i)
		}
		position[int64(v)] = 0
	}
	if given == nil {
		for k := range position {
			classes = append(classes, k)
		}
		slices.Sort(classes)
	}
	if len(position) < 2 {
		return nil, nil, c.fail("y has one class, %d, in all %d rows; want at least two", int64(target[0]), len(target))
	}
	for i, k := range classes {
		if _, ok := position[k]; !ok {
			return nil, nil, c.fail("class %d was given, but no row of y has it", k)
		}
		position[k] = i
	}
	codes := make([]int, len(target))
	for i, v := range target {
		codes[i] = position[int64(v)]
		if classes[codes[i]] != int64(v) {
			return nil, nil, c.fail("y is class %d in row %d, which is not among the given %v", int64(v), i, classes)
		}
	}
	return classes, codes, nil
}

// adopt takes over the optimum in the units of the original columns. Classes
// share any constant, so the intercepts are given the mean 0.
func (m *SoftmaxRegression) adopt(fit optimum, s *columns, classes []int64, n int) {
	k, p := len(classes), len(s.scale)
	m.coef, m.intercept = mat.NewDense(k, p, nil), make([]float64, k)
	for a := range k {
		m.intercept[a] = fit.x[k*p+a]
		for j := range p {
			w := fit.x[a*p+j] * s.scale[j]
			m.coef.Set(a, j, w)
			m.intercept[a] -= w * s.mean[j]
		}
	}
	floats.AddConst(-floats.Sum(m.intercept)/float64(k), m.intercept)
	m.classes, m.n, m.history, m.converged = classes, n, fit.history, fit.converged
}

// logits is x·Wᵀ + intercept, of shape n × classes.
func (m *SoftmaxRegression) logits(data []float64, n int) *mat.Dense {
	k, p := m.coef.Dims()
	if n == 0 {
		return &mat.Dense{}
	}
	z := mat.NewDense(n, k, nil)
	z.Mul(mat.NewDense(n, p, data), m.coef.T())
	for i := range n {
		floats.Add(z.RawRowView(i), m.intercept)
	}
	return z
}

func (m *SoftmaxRegression) answer(z *mat.Dense) []int64 {
	n, _ := z.Dims()
	out := make([]int64, n)
	for i := range out {
		out[i] = m.classes[floats.MaxIdx(z.RawRowView(i))]
	}
	return out
}

func (m *SoftmaxRegression) features() int {
	if m.coef == nil {
		return 0
	}
	_, p := m.coef.Dims()
	return p
}

// Predict is the likeliest class of each row of x, as int64 of shape (n).
func (m *SoftmaxRegression) Predict(x *tensor.Tensor) (*tensor.Tensor, error) {
	data, n, err := m.call("predict").fitted(x, m.features())
	if err != nil {
		return nil, err
	}
	return tensor.FromSlice([]int{n}, m.answer(m.logits(data, n))), nil
}

// PredictProba is the probability of each class for each row of x, as float64
// of shape (n, classes) in the order of [SoftmaxRegression.Classes].
func (m *SoftmaxRegression) PredictProba(x *tensor.Tensor) (*tensor.Tensor, error) {
	data, n, err := m.call("predict proba").fitted(x, m.features())
	if err != nil {
		return nil, err
	}
	z := m.logits(data, n)
	for i := range n {
		softmax(z.RawRowView(i))
	}
	return tensor.FromSlice([]int{n, len(m.classes)}, z.RawMatrix().Data), nil
}

// softmax turns logits into probabilities and returns the log of their
// normaliser.
func softmax(z []float64) float64 {
	top, sum := floats.Max(z), 0.0
	for a, v := range z {
		z[a] = math.Exp(v - top)
		sum += z[a]
	}
	floats.Scale(1/sum, z)
	return top + math.Log(sum)
}

// Score is the share of rows whose class is predicted.
func (m *SoftmaxRegression) Score(x, y *tensor.Tensor) (float64, error) {
	c := m.call("score")
	data, n, err := c.fitted(x, m.features())
	if err != nil {
		return 0, err
	}
	target, err := c.targets(y, n)
	if err != nil {
		return 0, err
	}
	if n == 0 {
		return 0, c.fail("no rows")
	}
	return accuracy(m.answer(m.logits(data, n)), target), nil
}

func accuracy(got []int64, want []float64) float64 {
	right := 0
	for i, v := range want {
		if float64(got[i]) == v {
			right++
		}
	}
	return float64(right) / float64(len(want))
}

// Classes is a copy of the classes in the order of the columns of
// [SoftmaxRegression.PredictProba]; nil before Fit.
func (m *SoftmaxRegression) Classes() []int64 { return slices.Clone(m.classes) }

// Coef is a copy of the weights, one row for each class; nil before Fit.
func (m *SoftmaxRegression) Coef() [][]float64 {
	out := make([][]float64, len(m.classes))
	for a := range out {
		out[a] = mat.Row(nil, a, m.coef)
	}
	return out
}

// Intercept is a copy of the intercepts, one for each class; their sum is 0.
func (m *SoftmaxRegression) Intercept() []float64 { return slices.Clone(m.intercept) }

// History is the loss before the first iteration and after each one: the mean
// cross-entropy of a row plus its share of the penalty.
func (m *SoftmaxRegression) History() []float64 { return slices.Clone(m.history) }

// Converged reports whether the gradient fell below [Tol] within [MaxIter]
// iterations.
func (m *SoftmaxRegression) Converged() bool { return m.converged }

// NumParams is the number of fitted numbers: classes × (features + 1).
func (m *SoftmaxRegression) NumParams() int { return len(m.classes) * (m.features() + 1) }
