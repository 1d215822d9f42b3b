package classic

import (
	"math"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/optimize"

	"github.com/sheaf-go/sheaf/internal/interrupt"
)

// precondition scales the centred columns so that the loss curves about
// equally along every weight, from the data and from the penalty together.
func (s *columns) precondition(lambda float64) {
	n, p := s.data.Dims()
	raw := s.data.RawMatrix().Data
	for j := range p {
		v := 0.0
		for i := range n {
			v += raw[i*p+j] * raw[i*p+j] / float64(n)
		}
		if math.Sqrt(v) <= 8*epsilon*math.Abs(s.mean[j]) {
			v = 0 // a constant column: what is left is rounding
		}
		switch curve := v/4 + lambda/float64(n); {
		case v == 0:
			s.scale[j] = 0 // its weight stays 0
		default:
			s.scale[j] = 1 / math.Sqrt(curve)
		}
		for i := range n {
			raw[i*p+j] *= s.scale[j]
		}
	}
}

// objective is the mean loss over the preconditioned columns. Its parameters
// are the weights, class by class, then the intercepts.
type objective struct {
	s      *columns
	codes  []int
	k      int
	lambda float64
	prob   *mat.Dense // n × k: probabilities of the last evaluation
	at     []float64  // the parameters it was made with
	loss   float64
}

func newObjective(s *columns, codes []int, k int, lambda float64) *objective {
	return &objective{s: s, codes: codes, k: k, lambda: lambda, prob: mat.NewDense(len(codes), k, nil)}
}

// evaluate fills prob and loss. The optimiser asks for the loss and for the
// gradient at one point, so the last point is kept.
func (o *objective) evaluate(x []float64) {
	if o.at != nil && floats.Equal(o.at, x) {
		return
	}
	if interrupt.Requested() { // the optimiser's goroutine; minimise ends the work
		return
	}
	n, p := o.s.data.Dims()
	o.prob.Mul(o.s.data, mat.NewDense(o.k, p, x[:o.k*p]).T())
	loss := 0.0
	for i := range n {
		row := o.prob.RawRowView(i)
		floats.Add(row, x[o.k*p:])
		own := row[o.codes[i]]
		loss += softmax(row) - own
	}
	o.loss = loss/float64(n) + o.penalty(x)
	o.at = append(o.at[:0], x...)
}

func (o *objective) penalty(x []float64) float64 {
	sum, p := 0.0, len(o.s.scale)
	for i, v := range x[:o.k*p] {
		w := v * o.s.scale[i%p]
		sum += w * w
	}
	return o.lambda * sum / (2 * float64(len(o.codes)))
}

func (o *objective) value(x []float64) float64 {
	o.evaluate(x)
	return o.loss
}

func (o *objective) gradient(grad, x []float64) {
	o.evaluate(x)
	n, p := o.s.data.Dims()
	for i, a := range o.codes {
		o.prob.Set(i, a, o.prob.At(i, a)-1)
	}
	weights, share := mat.NewDense(o.k, p, grad[:o.k*p]), 1/float64(n)
	weights.Mul(o.prob.T(), o.s.data)
	for i := range grad[:o.k*p] {
		scale := o.s.scale[i%p]
		grad[i] = share * (grad[i] + o.lambda*scale*scale*x[i])
	}
	for a := range o.k {
		grad[o.k*p+a] = share * mat.Sum(o.prob.ColView(a))
	}
	for i, a := range o.codes {
		o.prob.Set(i, a, o.prob.At(i, a)+1)
	}
}

// optimum is where the optimiser ended.
type optimum struct {
	x         []float64
	history   []float64
	converged bool
}

// minimise runs L-BFGS from zero. Close to the optimum the loss no longer
// resolves a step, and the line search gives up: that is an end, not a failure.
func minimise(c call, o *objective, cfg config) (optimum, error) {
	dim := o.k * (len(o.s.scale) + 1)
	start, grad := make([]float64, dim), make([]float64, dim)
	o.gradient(grad, start)
	interrupt.Check()
	if floats.Norm(grad, math.Inf(1)) <= cfg.tol {
		return optimum{x: start, history: []float64{o.loss}, converged: true}, nil
	}
	log := &lossLog{most: cfg.maxIter}
	result, err := optimize.Minimize(
		optimize.Problem{Func: o.value, Grad: o.gradient}, start,
		&optimize.Settings{GradientThreshold: cfg.tol, Converger: log}, &optimize.LBFGS{Store: 10})
	interrupt.Check()
	if result == nil {
		return optimum{}, c.fail("optimise: %w", err)
	}
	if math.IsNaN(result.F) || floats.HasNaN(result.X) {
		return optimum{}, c.fail("the loss became %v; the values of x are too large", result.F)
	}
	o.gradient(grad, result.X)
	interrupt.Check()
	norm := floats.Norm(grad, math.Inf(1))
	if err != nil && norm > math.Sqrt(cfg.tol) {
		return optimum{}, c.fail("optimise: %w", err)
	}
	return optimum{x: result.X, history: log.losses, converged: norm <= cfg.tol || (err != nil && norm <= 1e-6)}, nil
}

// lossLog keeps the loss at the start and after each iteration, and ends the
// optimisation after the most iterations.
type lossLog struct {
	losses []float64
	most   int
}

// Init begins a log.
func (l *lossLog) Init(int) { l.losses = nil }

// Converged is asked at the start and after each iteration.
func (l *lossLog) Converged(loc *optimize.Location) optimize.Status {
	l.losses = append(l.losses, loc.F)
	if len(l.losses) > l.most || interrupt.Requested() {
		return optimize.IterationLimit
	}
	return optimize.NotTerminated
}

var _ optimize.Converger = (*lossLog)(nil)
