package model

import (
	"testing"

	"github.com/sheaf-go/sheaf/learn/tensor"
)

// The penalty and its gradient by hand.
func TestRegularizers(t *testing.T) {
	for _, c := range []struct {
		r          *Regularizer
		want, grad float64 // grad: of the weight -2
	}{{L1(0.1), 0.5, -0.1}, {L2(0.1), 1.3, -0.4}, {L1L2(0.1, 0.2), 3.1, -0.9}, {L1(0), 0, 0}} {
		g := tensor.NewGraph(tensor.Float64)
		w := g.Input("w", 2)
		penalty := c.r.build(w)
		grads, err := g.Grad(penalty, w)
		if err != nil {
			t.Fatal(err)
		}
		prog := compile(t, g, penalty, grads[0])
		if in := prog.Input("w"); in != nil { // which nothing needs without a penalty
			copy(in.Raw().([]float64), []float64{3, -2})
		}
		if err := prog.Run(1, 1); err != nil {
			t.Fatal(err)
		}
		if got := prog.Output(0).Float64s()[0]; !closeTo(got, c.want, 1e-12) {
			t.Errorf("%v: penalty %v, want %v", c.r, got, c.want)
		}
		if got := prog.Output(1).Float64s()[1]; !closeTo(got, c.grad, 1e-12) {
			t.Errorf("%v: gradient %v, want %v", c.r, got, c.grad)
		}
		if again, err := regularizerOf(throughJSON(t, c.r.config())); err != nil || *again != *c.r {
			t.Errorf("%v is saved and comes back as %v (%v)", c.r, again, err)
		}
	}
	wantError(t, L2(-1).Err(), "share of -1")
	_, err := regularizerOf(config{Name: "l3"})
	wantError(t, err, `no regularizer "l3"`)
}
