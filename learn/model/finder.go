package model

import (
	"fmt"
	"math"
	"slices"

	"github.com/sheaf-go/sheaf/notebooks/show"
	"github.com/sheaf-go/sheaf/tables"
)

// A RateFinder tries learning rates: it is a callback for a Fit whose steps it
// takes with rates that grow from one to the other, and that it ends. Weights
// and rate are then as they were.
//
//	finder := model.FindRate(1e-5, 1, 100)
//	m.Fit(x, y, model.Callbacks(finder), …)
//	finder.Suggested()
//
// Smith, Cyclical Learning Rates for Training Neural Networks (2017).
type RateFinder struct {
	from, to float64
	steps    int
	err      error

	model  trainee
	before snapshot
	saved  Optimizer
	rates  []float64
	losses []float64 // as they were
	smooth []float64 // as moving averages
	reason string
}

// FindRate tries rates from one to a larger one in a number of steps, each the
// same factor above the one before. It ends early when the loss is four times
// the smallest one, or no number.
func FindRate(from, to float64, steps int) *RateFinder {
	f := &RateFinder{from: from, to: to, steps: steps}
	if !(from > 0 && to > from) || math.IsInf(to, 0) || steps < 2 {
		f.err = fmt.Errorf("model: find rate: from %v to %v in %d steps; want 0 < from < to and at least 2 steps", from, to, steps)
	}
	return f
}

func (f *RateFinder) begin(fit fitting) error {
	f.rates, f.losses, f.smooth, f.reason = nil, nil, nil, ""
	if f.err != nil {
		return f.err
	}
	if f.model = fit.model; f.model == nil {
		return fmt.Errorf("model: find rate: no model")
	}
	f.before.take(f.model.variables())
	f.saved = *f.model.compiled()
	f.model.compiled().SetRate(f.from)
	return nil
}

func (f *RateFinder) batch(loss float64) (stop bool, err error) {
	const memory = 0.9
	n := len(f.rates)
	average := loss * (1 - memory)
	if n > 0 {
		average += memory * f.smooth[n-1] * (1 - math.Pow(memory, float64(n)))
	}
	average /= 1 - math.Pow(memory, float64(n+1))
	f.rates = append(f.rates, f.model.compiled().base)
	f.losses, f.smooth = append(f.losses, loss), append(f.smooth, average)
	if n+1 >= f.steps || !(average <= 4*slices.Min(f.smooth)) && n > 0 || loss != loss {
		f.reason = fmt.Sprintf("%d learning rates tried", n+1)
		return true, nil
	}
	f.model.compiled().SetRate(f.from * math.Pow(f.to/f.from, float64(n+1)/float64(f.steps-1)))
	return false, nil
}

// Epoch implements [Callback].
func (f *RateFinder) Epoch(int, map[string]float64) (stop bool) { return f.reason != "" }

func (f *RateFinder) why() (string, error) { return f.reason, nil }

func (f *RateFinder) end(*History) error {
	if f.before.vars == nil {
		return nil
	}
	*f.model.compiled() = f.saved
	err := f.before.restore()
	f.before = snapshot{}
	return err
}

// Rates are the learning rates that were tried.
func (f *RateFinder) Rates() []float64 { return slices.Clone(f.rates) }

// Losses are the losses of the steps.
func (f *RateFinder) Losses() []float64 { return slices.Clone(f.losses) }

// Suggested is the rate at which the averaged loss falls fastest by the
// logarithm of the rate; NaN if it never falls.
func (f *RateFinder) Suggested() float64 {
	best, steepest := math.NaN(), 0.0
	for i := 1; i+1 < len(f.rates); i++ {
		slope := (f.smooth[i+1] - f.smooth[i-1]) / math.Log(f.rates[i+1]/f.rates[i-1])
		if slope < steepest {
			best, steepest = f.rates[i], slope
		}
	}
	return best
}

// Table is the steps as a table with the columns "rate", "loss" and "smooth",
// the moving average of the loss.
func (f *RateFinder) Table() *tables.Table {
	return tables.New(tables.Floats("rate", f.rates...), tables.Floats("loss", f.losses...), tables.Floats("smooth", f.smooth...))
}

// String is the rate that is suggested.
func (f *RateFinder) String() string {
	switch {
	case f.err != nil:
		return f.err.Error()
	case len(f.rates) == 0:
		return "learning rates not tried yet"
	}
	return fmt.Sprintf("%d learning rates from %.3g to %.3g tried; the loss falls fastest at %.3g", len(f.rates), f.rates[0], f.rates[len(f.rates)-1], f.Suggested())
}

// Display is the rate that is suggested.
func (f *RateFinder) Display() show.Bundle { return show.Plain(f.String()) }

var _ show.Displayer = (*RateFinder)(nil)
