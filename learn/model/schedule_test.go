package model

import (
	"math"
	"slices"
	"testing"
)

// The schedules at steps whose rates follow by hand.
func TestSchedules(t *testing.T) {
	half := math.Sqrt(0.5)
	for _, c := range []struct {
		s    *Schedule
		step int
		want float64
	}{
		{ConstantRate(0.3), 1000, 0.3},
		{ExponentialDecay(1, 10, 0.5), 0, 1},
		{ExponentialDecay(1, 10, 0.5), 5, half},
		{ExponentialDecay(1, 10, 0.5).Staircase(), 19, 0.5},
		{ExponentialDecay(1, 10, 0.5).Staircase(), 20, 0.25},
		{InverseTimeDecay(1, 10, 3), 10, 0.25},
		{InverseTimeDecay(1, 10, 3).Staircase(), 9, 1},
		{PolynomialDecay(1, 10, 0.2), 5, 0.6},
		{PolynomialDecay(1, 10, 0.2), 50, 0.2},
		{PolynomialDecay(1, 10, 0).Power(2), 5, 0.25},
		{PolynomialDecay(1, 10, 0).Cycle(), 15, 0.25},
		{PolynomialDecay(1, 10, 0).Cycle(), 10, 0},
		{PiecewiseConstant([]int{10, 20}, []float64{3, 2, 1}), 10, 3},
		{PiecewiseConstant([]int{10, 20}, []float64{3, 2, 1}), 11, 2},
		{PiecewiseConstant([]int{10, 20}, []float64{3, 2, 1}), 21, 1},
		{CosineDecay(2, 100), 50, 1},
		{CosineDecay(2, 100).Alpha(0.5), 100, 1},
		{CosineDecay(2, 100).Alpha(0.5), 1000, 1},
		{CosineDecay(1, 100).WarmUp(3, 10), 5, 2},
		{CosineDecay(1, 100).WarmUp(3, 10), 10, 3},
		{CosineDecay(1, 100).WarmUp(3, 10), 60, 1.5},
		{CosineRestarts(1, 10), 5, 0.5},
		{CosineRestarts(1, 10), 10, 1},
		{CosineRestarts(1, 10), 20, 0.5},
		{CosineRestarts(1, 10), 30, 1},
		{CosineRestarts(1, 10).Growth(1, 0.5), 25, 0.125},
		{CosineRestarts(1, 10).Growth(3, 0.5), 40, 0.25},
		{OneCycle(1, 100), 0, 0.04},
		{OneCycle(1, 100), 29, 1},
		{OneCycle(1, 100), 99, 0.04 / 1e4},
		{OneCycle(1, 100), 500, 0.04 / 1e4},
		{OneCycle(1, 100).Rise(0.5).Divide(10, 100), 49, 1},
		{OneCycle(1, 100).Rise(0.5).Divide(10, 100), 99, 0.001},
		{ScheduleFunc("halving", func(step int) float64 { return 1 / float64(step+1) }), 3, 0.25},
	} {
		if got := c.s.At(c.step); !closeTo(got, c.want, 1e-12) {
			t.Errorf("%v after %d steps is %v, want %v", c.s, c.step, got, c.want)
		}
	}
}

// A one-cycle rises, falls, and never jumps, however short it is.
func TestOneCycle(t *testing.T) {
	for _, steps := range []int{1, 2, 3, 4, 7, 1000} {
		s := OneCycle(1, steps)
		var rates []float64
		for step := range steps + 3 {
			rates = append(rates, s.At(step))
		}
		top := slices.Index(rates, slices.Max(rates))
		for i := range rates[1:] {
			if d := rates[i+1] - rates[i]; math.IsNaN(d) || i < top && d < 0 || i >= top && d > 1e-15 {
				t.Errorf("of %d steps: rates %v", steps, rates)
				break
			}
		}
	}
}

// What makes no schedule says why, also through an optimizer.
func TestScheduleErrors(t *testing.T) {
	wantError(t, CosineDecay(1, 0).Err(), "cosine_decay: 0 steps; want at least 1")
	wantError(t, ExponentialDecay(-1, 10, 1).Err(), "initial is -1")
	wantError(t, ExponentialDecay(math.NaN(), 10, 1).Err(), "initial is NaN")
	wantError(t, ConstantRate(math.Inf(1)).Err(), "+Inf")
	wantError(t, PiecewiseConstant([]int{1}, []float64{1}).Err(), "1 values for 1 boundaries")
	wantError(t, PiecewiseConstant([]int{3, 1}, []float64{1, 2, 3}).Err(), "not in order")
	wantError(t, CosineDecay(1, 10).Power(2).Err(), "has no power")
	wantError(t, CosineRestarts(1, 10).Growth(0.5, 1).Err(), "want at least 1")
	wantError(t, OneCycle(1, 10).Rise(1).Err(), "rise 1")
	wantError(t, ScheduleFunc("f", nil).Err(), "want a name and a function")
	wantError(t, Adam(0.1).On(CosineDecay(1, 0)).Err(), "optimizer adam: model: schedule cosine_decay: 0 steps")
	if r := CosineDecay(1, 0).At(3); !math.IsNaN(r) {
		t.Errorf("a schedule with an error gives %v", r)
	}
}

// A schedule that is saved is the same again.
func TestScheduleConfig(t *testing.T) {
	for _, s := range []*Schedule{
		ConstantRate(0.3), ExponentialDecay(1, 10, 0.5).Staircase(), InverseTimeDecay(1, 10, 3), PolynomialDecay(1, 10, 0.2).Power(2).Cycle(),
		PiecewiseConstant([]int{10, 20}, []float64{3, 2, 1}), CosineDecay(1, 100).WarmUp(3, 10).Alpha(0.1),
		CosineRestarts(1, 10).Growth(3, 0.5), OneCycle(1, 100).Rise(0.2),
	} {
		again := scheduleOf(throughJSON(t, s.config()))
		for _, step := range []int{0, 7, 33, 100, 1000} {
			if again.At(step) != s.At(step) {
				t.Errorf("%v is saved and comes back as %v", s, again)
			}
		}
	}
	wantError(t, scheduleOf(config{Name: "cosine_decai"}).Err(), `did you mean "cosine_decay"?`)
	wantError(t, scheduleOf(config{Name: "constant", Numbers: map[string]float64{"slope": 1}}).Err(), `no number "slope"`)
}
