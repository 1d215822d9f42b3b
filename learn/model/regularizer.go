package model

import (
	"fmt"
	"math"

	"github.com/sheaf-go/sheaf/learn/tensor"
)

// A Regularizer adds a penalty on weights to the loss.
type Regularizer struct{ l1, l2 float64 }

// L1 is share times the sum of |weight|.
func L1(share float64) *Regularizer { return &Regularizer{l1: share} }

// L2 is share times the sum of weight².
func L2(share float64) *Regularizer { return &Regularizer{l2: share} }

// L1L2 is the sum of [L1] and [L2].
func L1L2(l1, l2 float64) *Regularizer { return &Regularizer{l1, l2} }

// Err says what is wrong with the regularizer, nil if nothing is.
func (r *Regularizer) Err() error {
	for _, x := range []float64{r.l1, r.l2} {
		if !(x >= 0) || math.IsInf(x, 0) {
			return fmt.Errorf("model: regularizer with a share of %v; want at least 0", x)
		}
	}
	return nil
}

// String is the shares of both penalties.
func (r *Regularizer) String() string { return fmt.Sprintf("L1 %v, L2 %v", r.l1, r.l2) }

// build is the penalty, a node without axes.
func (r *Regularizer) build(w *tensor.Node) *tensor.Node {
	var sum *tensor.Node
	if r.l1 != 0 {
		sum = w.Abs().Sum().Times(r.l1)
	}
	if r.l2 != 0 {
		square := w.Square().Sum().Times(r.l2)
		if sum == nil {
			return square
		}
		return sum.Add(square)
	}
	if sum == nil {
		return w.Graph().Const(0)
	}
	return sum
}

// config is what the regularizer is saved as.
func (r *Regularizer) config() config {
	return config{Name: "l1_l2", Numbers: map[string]float64{"l1": r.l1, "l2": r.l2}}
}

// regularizerOf is the regularizer that was saved.
func regularizerOf(c config) (*Regularizer, error) {
	if c.Name != "l1_l2" {
		return nil, noSuch("regularizer", c.Name, []string{"l1_l2"})
	}
	c = c.clone()
	r := L1L2(c.take("l1", 0), c.take("l2", 0))
	if err := c.left("regularizer"); err != nil {
		return nil, err
	}
	return r, r.Err()
}
