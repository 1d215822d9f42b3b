package classic

import (
	"math"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/stat"

	"github.com/sheaf-go/sheaf/learn/tensor"
)

// LinearRegression is ordinary least squares, y ≈ intercept + Σ coef·x, by a
// QR factorisation of the centred and scaled columns. The zero value is ready
// to fit. (DH-60, DH-61)
type LinearRegression struct {
	config    config
	configErr error
	names     []string // of the columns, if there are any
	coef      []float64
	intercept float64
	n         int
	r2, rmse  float64
}

// NewLinearRegression makes a linear regression. It takes [Features] and
// [NoIntercept].
func NewLinearRegression(opts ...Option) *LinearRegression {
	c, err := configure("LinearRegression", opts, "Features", "NoIntercept")
	return &LinearRegression{config: c, configErr: err}
}

func (m *LinearRegression) call(verb string) call {
	return call{"LinearRegression", verb, m.names}
}

// Fit finds the coefficients with the least sum of squared errors. Columns
// that are constant or a combination of others have no unique coefficient:
// they are an error that names the column. It wants more rows than columns.
func (m *LinearRegression) Fit(x, y *tensor.Tensor) error {
	c := m.call("fit").naming(x, m.config.features)
	if m.configErr != nil {
		return m.configErr
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
	need := p + 1
	if m.config.noIntercept {
		need = p
	}
	if n < need {
		return c.fail("%d rows are too few for %d columns; want at least %d", n, p, need)
	}
	s := standardise(data, n, p, !m.config.noIntercept)
	if err := s.unit(c); err != nil {
		return err
	}
	centre := 0.0
	if !m.config.noIntercept {
		centre = stat.Mean(target, nil)
	}
	coef, err := solve(c, s, target, centre)
	if err != nil {
		return err
	}
	m.names = c.features
	m.coef, m.intercept, m.n = coef, centre-floats.Dot(coef, s.mean), n
	guess := m.predict(data, n)
	m.r2, m.rmse = rSquared(target, guess), rootMeanSquare(target, guess)
	return nil
}

// columns is a copy of the features, shifted by mean and multiplied by scale,
// which fit chooses column by column.
type columns struct {
	data        *mat.Dense // n × p
	mean, scale []float64
	noise       []float64 // rounding error of each scaled column
}

// standardise copies n×p data and subtracts the column means if asked to.
func standardise(data []float64, n, p int, centre bool) *columns {
	s := &columns{data: mat.NewDense(n, p, append([]float64(nil), data...)),
		mean: make([]float64, p), scale: make([]float64, p), noise: make([]float64, p)}
	raw := s.data.RawMatrix().Data
	for j := range p {
		s.scale[j] = 1
		if !centre {
			continue
		}
		s.mean[j] = columnMean(raw[j:], n, p)
		for i := range n {
			raw[i*p+j] -= s.mean[j]
		}
	}
	return s
}

// columnMean takes two passes, so that large values do not spoil it.
func columnMean(col []float64, n, step int) float64 {
	mean := 0.0
	for i := range n {
		mean += (col[i*step] - mean) / float64(i+1)
	}
	rest := 0.0
	for i := range n {
		rest += col[i*step] - mean
	}
	return mean + rest/float64(n)
}

// unit scales every column to length 1; one without variation is an error.
func (s *columns) unit(c call) error {
	n, p := s.data.Dims()
	raw := s.data.RawMatrix().Data
	for j := range p {
		norm, top := 0.0, math.Abs(s.mean[j])
		for i := range n {
			norm = math.Hypot(norm, raw[i*p+j])
			top = math.Max(top, math.Abs(raw[i*p+j]))
		}
		s.noise[j] = epsilon * top * math.Sqrt(float64(n)) / norm
		if norm == 0 || s.noise[j] > 1e-3 {
			if s.mean[j] == 0 {
				return c.fail("%s is all zeros; leave it out", c.feature(j))
			}
			return c.fail("%s is constant, which the intercept already covers; leave it out", c.feature(j))
		}
		s.scale[j] = 1 / norm
		for i := range n {
			raw[i*p+j] /= norm
		}
	}
	return nil
}

const epsilon = 0x1p-52

// solve finds the coefficients of the original columns. The columns of s have
// length 1, so a diagonal element of R is a column's distance from the span of
// those before it.
func solve(c call, s *columns, target []float64, centre float64) ([]float64, error) {
	n, p := s.data.Dims()
	var qr mat.QR
	qr.Factorize(s.data)
	var r mat.Dense
	qr.RTo(&r)
	tol := 8 * (epsilon*float64(n) + floats.Max(s.noise))
	for j := range p {
		if math.Abs(r.At(j, j)) <= tol {
			return nil, c.fail("%s is a combination of the columns before it; leave one of them out", c.feature(j))
		}
	}
	rhs := mat.NewVecDense(n, nil)
	for i, v := range target {
		rhs.SetVec(i, v-centre)
	}
	var z mat.VecDense
	if err := qr.SolveVecTo(&z, false, rhs); err != nil {
		if _, ill := err.(mat.Condition); !ill { // ill-conditioned is solved all the same
			return nil, c.fail("%w", err)
		}
	}
	coef := make([]float64, p)
	for j := range coef {
		coef[j] = z.AtVec(j) * s.scale[j]
		if math.IsNaN(coef[j]) || math.IsInf(coef[j], 0) {
			return nil, c.fail("the coefficient of %s is %v; the values are too large to square", c.feature(j), coef[j])
		}
	}
	return coef, nil
}

// Predict answers for each row of x, as float64 of shape (n).
func (m *LinearRegression) Predict(x *tensor.Tensor) (*tensor.Tensor, error) {
	data, n, err := m.call("predict").fitted(x, len(m.coef))
	if err != nil {
		return nil, err
	}
	return tensor.FromSlice([]int{n}, m.predict(data, n)), nil
}

func (m *LinearRegression) predict(data []float64, n int) []float64 {
	p, out := len(m.coef), make([]float64, n)
	for i := range out {
		out[i] = m.intercept + floats.Dot(data[i*p:(i+1)*p], m.coef)
	}
	return out
}

// Score is R², the share of y's variance that the model explains.
func (m *LinearRegression) Score(x, y *tensor.Tensor) (float64, error) {
	return m.grade("score", x, y, rSquared)
}

// RMSE is the root of the mean squared error, in the unit of y.
func (m *LinearRegression) RMSE(x, y *tensor.Tensor) (float64, error) {
	return m.grade("rmse", x, y, rootMeanSquare)
}

func (m *LinearRegression) grade(verb string, x, y *tensor.Tensor, f func(y, guess []float64) float64) (float64, error) {
	c := m.call(verb)
	data, n, err := c.fitted(x, len(m.coef))
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
	return f(target, m.predict(data, n)), nil
}

// Coef is a copy of the coefficients, one for each column of x; nil before Fit.
func (m *LinearRegression) Coef() []float64 { return append([]float64(nil), m.coef...) }

// Intercept is the prediction where every column is 0.
func (m *LinearRegression) Intercept() float64 { return m.intercept }

// NumParams is the number of fitted numbers.
func (m *LinearRegression) NumParams() int {
	if len(m.coef) == 0 || m.config.noIntercept {
		return len(m.coef)
	}
	return len(m.coef) + 1
}

// rSquared is 1 − Σ(y−guess)²/Σ(y−mean)². Of a constant y it is 1 for exact
// guesses and else 0.
func rSquared(y, guess []float64) float64 {
	mean, rest, total := stat.Mean(y, nil), 0.0, 0.0
	for i, v := range y {
		rest += (v - guess[i]) * (v - guess[i])
		total += (v - mean) * (v - mean)
	}
	switch {
	case total > 0:
		return 1 - rest/total
	case rest == 0:
		return 1
	}
	return 0
}

func rootMeanSquare(y, guess []float64) float64 {
	return floats.Distance(y, guess, 2) / math.Sqrt(float64(len(y)))
}
