// Package classic holds the models that need no training engine: linear
// regression and softmax regression so far.
//
// Every model follows one convention, [Estimator]: Fit learns from rows and
// targets, Predict answers for rows, Score grades answers. The methods have
// the form that a learn call takes, so a model goes straight into
// learn.Train(t, m.Fit, …) and learn.Learn(t, m.Predict, …). Rows are a tensor
// of shape (n, features) of any element type; targets are (n) or (n, 1).
//
// Fit learns from the rows it is given and nothing else: called again, it
// starts over. Train it in one batch, learn.Batch(t.Len()).
package classic

import (
	"fmt"
	"math"

	"github.com/sheaf-go/sheaf/learn/tensor"
)

// An Estimator is what every model here satisfies (LEC-17). A failed Fit
// leaves the model as it was.
type Estimator interface {
	// Fit learns from x of shape (n, features) and y of shape (n) or (n, 1).
	Fit(x, y *tensor.Tensor) error
	// Predict answers for each row of x, as a tensor of shape (n).
	Predict(x *tensor.Tensor) (*tensor.Tensor, error)
	// Score compares Predict(x) with y; 1 is perfect. A regression gives R²,
	// a classifier its accuracy.
	Score(x, y *tensor.Tensor) (float64, error)
}

// An Option sets a parameter of a model when it is made.
type Option struct {
	name string
	set  func(*config) error
}

// String is the name of the option.
func (o Option) String() string { return "classic." + o.name }

type config struct {
	features    []string
	classes     []int64
	noIntercept bool
	c           float64
	tol         float64
	maxIter     int
}

// configure applies the options that the model knows, and keeps the first
// error for Fit to report.
func configure(model string, opts []Option, known ...string) (config, error) {
	c := config{c: 1, tol: 1e-8, maxIter: 1000}
	for _, o := range opts {
		if !contains(known, o.name) {
			return c, fmt.Errorf("classic: %s has no option %q; it has %v", model, o.name, known)
		}
		if err := o.set(&c); err != nil {
			return c, fmt.Errorf("classic: %s: %w", model, err)
		}
	}
	return c, nil
}

func contains(names []string, name string) bool {
	for _, n := range names {
		if n == name {
			return true
		}
	}
	return false
}

// Features names the columns of x, for the summary and for error messages.
// Without it they are called as in the table that x was gathered from, and x0,
// x1, … if it was not.
func Features(names ...string) Option {
	return Option{"Features", func(c *config) error { c.features = names; return nil }}
}

// NoIntercept fits through the origin.
func NoIntercept() Option {
	return Option{"NoIntercept", func(c *config) error { c.noIntercept = true; return nil }}
}

// C is the inverse strength of the L2 penalty, as in scikit-learn: the model
// minimises Σ loss + ‖weights‖²/(2C). The default is 1; +Inf means no penalty.
func C(c float64) Option {
	return Option{"C", func(o *config) error {
		if !(c > 0) {
			return fmt.Errorf("C is %v; want more than 0", c)
		}
		o.c = c
		return nil
	}}
}

// Tol ends the optimisation when no component of the gradient of the mean loss
// (in standardised units) exceeds tol. The default is 1e-8.
func Tol(tol float64) Option {
	return Option{"Tol", func(o *config) error {
		if !(tol > 0) || math.IsInf(tol, 0) {
			return fmt.Errorf("Tol is %v; want more than 0", tol)
		}
		o.tol = tol
		return nil
	}}
}

// MaxIter ends the optimisation after n iterations. The default is 1,000.
func MaxIter(n int) Option {
	return Option{"MaxIter", func(o *config) error {
		if n < 1 {
			return fmt.Errorf("MaxIter is %d; want at least 1", n)
		}
		o.maxIter = n
		return nil
	}}
}

// Classes gives the classes and their order. By default they are what y holds,
// sorted.
func Classes(classes ...int) Option {
	return Option{"Classes", func(o *config) error {
		seen := map[int]bool{}
		for _, k := range classes {
			if seen[k] {
				return fmt.Errorf("Classes names %d twice", k)
			}
			seen[k] = true
			o.classes = append(o.classes, int64(k))
		}
		return nil
	}}
}

// a call is the method at work, for error messages.
type call struct {
	model, verb string
	features    []string
}

func (c call) fail(format string, args ...any) error {
	return fmt.Errorf("classic: "+c.model+": "+c.verb+": "+format, args...)
}

// naming is the call with the names of x's columns, which are given or those of
// the table that x was gathered from.
func (c call) naming(x *tensor.Tensor, given []string) call {
	if c.features = given; given == nil && x != nil {
		c.features = x.Columns()
	}
	return c
}

// whole refuses a batch: Fit starts anew each time, and would remember the
// last batch only.
func (c call) whole(x *tensor.Tensor) error {
	if x == nil {
		return nil // told by rows
	}
	if p, ok := x.Part(); ok {
		return c.fail("it learns from all rows at once, and got %d of %d; use learn.Batch(%d)", x.Dim(0), p.Of, p.Of)
	}
	return nil
}

func (c call) feature(j int) string {
	if j < len(c.features) {
		return fmt.Sprintf("column %d (%s)", j, c.features[j])
	}
	return fmt.Sprintf("column %d", j)
}

// rows checks x and returns its elements, which may be x's own memory, with
// the number of rows and columns. A vector is one column.
func (c call) rows(x *tensor.Tensor) (data []float64, n, p int, err error) {
	if err := c.usable("x", x); err != nil {
		return nil, 0, 0, err
	}
	switch x.NDim() {
	case 1:
		n, p = x.Dim(0), 1
	case 2:
		n, p = x.Dim(0), x.Dim(1)
	default:
		return nil, 0, 0, c.fail("x has shape %v; want (rows, features)", x.Shape())
	}
	if p == 0 {
		return nil, 0, 0, c.fail("x has no columns")
	}
	data = x.Float64s()
	for i, v := range data {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return nil, 0, 0, c.fail("x is %v in row %d, %s; want finite numbers", v, i/p, c.feature(i%p))
		}
	}
	return data, n, p, nil
}

// targets checks y, (n) or (n, 1), against n rows of x.
func (c call) targets(y *tensor.Tensor, n int) ([]float64, error) {
	if err := c.usable("y", y); err != nil {
		return nil, err
	}
	if y.NDim() == 0 || y.NDim() > 2 || (y.NDim() == 2 && y.Dim(1) != 1) {
		return nil, c.fail("y has shape %v; want one target for each row: (%d) or (%d, 1)", y.Shape(), n, n)
	}
	if y.Dim(0) != n {
		return nil, c.fail("x has %d rows, y has %d", n, y.Dim(0))
	}
	data := y.Float64s()
	for i, v := range data {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return nil, c.fail("y is %v in row %d; want finite numbers", v, i)
		}
	}
	return data, nil
}

func (c call) usable(name string, t *tensor.Tensor) error {
	if t == nil {
		return c.fail("%s is nil", name)
	}
	if err := t.Err(); err != nil {
		return c.fail("%s: %w", name, err)
	}
	return nil
}

// fitted checks the rows that a fitted model of p features is asked about.
func (c call) fitted(x *tensor.Tensor, p int) (data []float64, n int, err error) {
	if p == 0 {
		return nil, 0, c.fail("the model is not fitted yet; call Fit first")
	}
	data, n, got, err := c.rows(x)
	if err != nil {
		return nil, 0, err
	}
	if got != p {
		return nil, 0, c.fail("x has %d columns; the model was fitted on %d", got, p)
	}
	return data, n, nil
}
