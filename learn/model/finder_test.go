package model

import (
	"math"
	"testing"
)

// search lets a finder take steps on the loss curve·(w - 1)², w from 0 on.
func search(t *testing.T, f *RateFinder, curve float64) *one {
	t.Helper()
	m, cb := newOne(t), newCallbacks([]Callback{f})
	if err := cb.begin(m, 1, 1000); err != nil {
		t.Fatal(err)
	}
	if !cb.wantsBatches() {
		t.Fatal("the finder wants no batches")
	}
	for range 1000 {
		w, rate := m.weight(), m.compiled().Rate(0)
		m.set(w - rate*2*curve*(w-1))
		stop, err := cb.batch(curve * (w - 1) * (w - 1))
		if err != nil {
			t.Fatal(err)
		}
		if stop {
			break
		}
	}
	if err := cb.end(newHistory("loss")); err != nil {
		t.Fatal(err)
	}
	return m
}

// The rate that is found makes gradient descent on a parabola converge: it is
// below 1/curve, above which the steps grow, and not far. All is as before.
func TestFindRate(t *testing.T) {
	for _, curve := range []float64{0.01, 1, 50} {
		f := FindRate(1e-6, 1e3, 120)
		m := search(t, f, curve)
		if s := f.Suggested(); !(s < 1/curve) || s < 1e-3/curve {
			t.Errorf("of %v·w²: suggested is %v", curve, s)
		}
		if m.weight() != 0 || m.o.Rate(0) != 0.1 {
			t.Errorf("the weight is %v and the rate %v afterwards", m.weight(), m.o.Rate(0))
		}
		rates := f.Rates()
		if n := len(rates); n >= 120 || rates[0] != 1e-6 || !closeTo(rates[2]/rates[1], math.Pow(1e9, 1.0/119), 1e-9) || f.Table().Len() != n {
			t.Errorf("%d rates from %v on", n, rates[0])
		}
		if ls := f.Losses(); ls[0] != curve {
			t.Errorf("the first loss is %v", ls[0])
		}
	}
	f := FindRate(1e-6, 1e-5, 10)
	search(t, f, 1)
	if n := len(f.Rates()); n != 10 || !closeTo(f.Rates()[9], 1e-5, 1e-12) {
		t.Errorf("rates %v", f.Rates())
	}
	for _, bad := range []*RateFinder{FindRate(0, 1, 10), FindRate(1, 0.1, 10), FindRate(0.1, 1, 1), FindRate(0.1, math.Inf(1), 9)} {
		wantError(t, newCallbacks([]Callback{bad}).begin(newOne(t), 1, 1), "want 0 < from < to and at least 2 steps")
	}
}
