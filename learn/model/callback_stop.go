package model

import (
	"fmt"
	"math"
	"strings"
)

// An EarlyStopper ends training when a metric no longer improves. Its methods
// return changed copies and chain.
type EarlyStopper struct {
	watch     monitor
	patience  int
	startFrom int
	baseline  float64
	restore   bool

	model  trainee
	best   snapshot
	bestAt int
	waited int
	reason string
	failed error
}

// EarlyStopping ends training once a metric, such as "val_loss", has not
// improved in an epoch; see [EarlyStopper.Patience].
func EarlyStopping(metric string) *EarlyStopper {
	return &EarlyStopper{watch: newMonitor("early stopping", metric), baseline: math.NaN()}
}

func (e *EarlyStopper) copy() *EarlyStopper {
	c := *e
	c.best = snapshot{}
	return &c
}

// Patience is how many epochs in a row may be without improvement.
func (e *EarlyStopper) Patience(epochs int) *EarlyStopper {
	c := e.copy()
	if c.patience = epochs; epochs < 0 {
		c.watch.fail(fmt.Errorf("model: early stopping: patience %d; want at least 0", epochs))
	}
	return c
}

// MinDelta is what the metric must improve by to count.
func (e *EarlyStopper) MinDelta(delta float64) *EarlyStopper {
	c := e.copy()
	c.watch.delta = math.Abs(delta)
	return c
}

// Mode says what is better, "min" or "max". Without it, it follows from the
// metric's name: accuracies and their like are to grow, all else to fall.
func (e *EarlyStopper) Mode(mode string) *EarlyStopper {
	c := e.copy()
	c.watch.mode(mode)
	return c
}

// StartFrom lets epochs before this one, counted from 1, pass.
func (e *EarlyStopper) StartFrom(epoch int) *EarlyStopper {
	c := e.copy()
	c.startFrom = epoch
	return c
}

// Baseline is a value that the metric must beat to count as improved.
func (e *EarlyStopper) Baseline(value float64) *EarlyStopper {
	c := e.copy()
	c.baseline = value
	return c
}

// RestoreBest makes the weights those of the best epoch when training ends,
// also when it ends by an error, but not when it is interrupted.
func (e *EarlyStopper) RestoreBest() *EarlyStopper {
	c := e.copy()
	c.restore = true
	return c
}

// BestEpoch is the epoch, counted from 1, whose metric was best; 0 before
// training.
func (e *EarlyStopper) BestEpoch() int { return e.bestAt }

func (e *EarlyStopper) begin(f fitting) error {
	e.watch.reset()
	e.model, e.best, e.bestAt, e.waited, e.reason, e.failed = f.model, snapshot{}, 0, 0, "", nil
	return e.watch.err
}

// Epoch implements [Callback].
func (e *EarlyStopper) Epoch(n int, metrics map[string]float64) (stop bool) {
	if n < e.startFrom {
		return false
	}
	value, improved, err := e.watch.improved(metrics)
	if err != nil {
		e.failed = err
		return true
	}
	if improved {
		e.bestAt = n
		if e.restore && e.model != nil {
			e.best.take(e.model.variables())
		}
	}
	if improved && (math.IsNaN(e.baseline) || better(value, e.baseline, e.watch.delta, e.watch.lower)) {
		e.waited = 0
		return false
	}
	e.waited++
	if e.waited < max(e.patience, 1) || n == 1 {
		return false
	}
	e.reason = fmt.Sprintf("early stopping in epoch %d: %s was best in epoch %d, %s", n, e.watch.metric, e.bestAt, metricText(e.watch.best))
	return true
}

func (e *EarlyStopper) why() (string, error) { return e.reason, e.failed }

func (e *EarlyStopper) end(h *History) error {
	if !e.restore || h.Stopped() == interrupted {
		return nil
	}
	err := e.best.restore()
	e.best = snapshot{}
	return err
}

// A Cutoff ends training when metrics have passed limits.
type Cutoff struct {
	limits []limit
	err    error
	reason string
	failed error
}

type limit struct {
	metric, op string
	value      float64
}

// StopWhen ends training after the first epoch in which a metric is at least
// (">=") or at most ("<=") a value. (QC-118)
func StopWhen(metric, op string, value float64) *Cutoff { return (&Cutoff{}).And(metric, op, value) }

// And makes the cutoff wait for one more metric: training ends when all are
// past their limits in the same epoch.
func (c *Cutoff) And(metric, op string, value float64) *Cutoff {
	d := &Cutoff{limits: append(c.limits[:len(c.limits):len(c.limits)], limit{metric, op, value}), err: c.err}
	switch {
	case d.err != nil:
	case op != ">=" && op != "<=":
		d.err = fmt.Errorf("model: stop when %s: comparison %q; want \">=\" or \"<=\"", metric, op)
	case math.IsNaN(value):
		d.err = fmt.Errorf("model: stop when %s: the limit is NaN", metric)
	}
	return d
}

func (c *Cutoff) begin(fitting) error {
	c.reason, c.failed = "", nil
	return c.err
}

// Epoch implements [Callback].
func (c *Cutoff) Epoch(n int, metrics map[string]float64) (stop bool) {
	var passed []string
	all := c.err == nil
	for _, l := range c.limits {
		v, err := metricIn("stop when", metrics, l.metric)
		if err != nil {
			c.failed = err
			return true
		}
		if all = all && (l.op == ">=" && v >= l.value || l.op == "<=" && v <= l.value); all {
			passed = append(passed, fmt.Sprintf("%s is %s", l.metric, metricText(v)))
		}
	}
	if all {
		c.reason = fmt.Sprintf("stopped in epoch %d: %s", n, strings.Join(passed, ", "))
	}
	return all
}

func (c *Cutoff) why() (string, error) { return c.reason, c.failed }

// A PlateauReducer lowers the learning rate when a metric no longer improves.
// Its methods return changed copies and chain.
type PlateauReducer struct {
	watch    monitor
	factor   float64
	patience int
	cooldown int
	least    float64

	model   trainee
	waited  int
	cooling int
	steps   int
	failed  error
}

// ReduceOnPlateau multiplies the learning rate by a factor, below 1, once a
// metric has not improved for a number of epochs, as Keras's ReduceLROnPlateau.
// An improvement counts from 0.0001 on.
func ReduceOnPlateau(metric string, factor float64, patience int) *PlateauReducer {
	p := &PlateauReducer{watch: newMonitor("reduce on plateau", metric), factor: factor, patience: patience}
	p.watch.delta = 1e-4
	if !(factor > 0 && factor < 1) || patience < 0 {
		p.watch.fail(fmt.Errorf("model: reduce on plateau: factor %v and patience %d; want a factor between 0 and 1 and a patience of at least 0", factor, patience))
	}
	return p
}

// MinDelta is what the metric must improve by to count.
func (p *PlateauReducer) MinDelta(delta float64) *PlateauReducer {
	c := *p
	c.watch.delta = math.Abs(delta)
	return &c
}

// Mode says what is better, "min" or "max"; see [EarlyStopper.Mode].
func (p *PlateauReducer) Mode(mode string) *PlateauReducer {
	c := *p
	c.watch.mode(mode)
	return &c
}

// Cooldown is how many epochs pass after a change before waiting begins again.
func (p *PlateauReducer) Cooldown(epochs int) *PlateauReducer {
	c := *p
	c.cooldown = epochs
	return &c
}

// MinRate is where the learning rate stops falling.
func (p *PlateauReducer) MinRate(rate float64) *PlateauReducer {
	c := *p
	c.least = rate
	return &c
}

func (p *PlateauReducer) begin(f fitting) error {
	p.watch.reset()
	p.model, p.waited, p.cooling, p.steps, p.failed = f.model, 0, 0, f.steps, nil
	return p.watch.err
}

// Epoch implements [Callback].
func (p *PlateauReducer) Epoch(n int, metrics map[string]float64) (stop bool) {
	_, improved, err := p.watch.improved(metrics)
	if err != nil {
		p.failed = err
		return true
	}
	if p.cooling > 0 {
		p.cooling--
		p.waited = 0
	}
	if improved {
		p.waited = 0
		return false
	}
	if p.cooling > 0 {
		return false
	}
	if p.waited++; p.waited < p.patience || p.model == nil {
		return false
	}
	o := p.model.compiled()
	if rate := o.rate(n * p.steps); rate > p.least {
		o.scale *= max(p.factor, p.least/rate)
	}
	p.cooling, p.waited = p.cooldown, 0
	return false
}

func (p *PlateauReducer) why() (string, error) { return "", p.failed }
