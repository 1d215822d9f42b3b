package model

import (
	"math"
	"math/rand/v2"
	"time"

	"github.com/sheaf-go/sheaf/internal/interrupt"
	"github.com/sheaf-go/sheaf/learn/tensor"
)

// trainable is nil if the model is whole and compiled.
func (m *Model) trainable(verb string, x []*tensor.Tensor) error {
	if err := m.ready(verb, x); err != nil {
		return err
	}
	if m.goal == nil && m.missing != "" {
		return m.failf(verb, "the model was compiled with %s, which the file does not hold; call Compile", m.missing)
	}
	if m.goal == nil {
		return m.failf(verb, "the model is not compiled; call Compile first")
	}
	if err := m.goal.check(len(m.outputs)); err != nil {
		return m.failf(verb, "%w", err)
	}
	return nil
}

// Fit trains the model on rows and their targets, which are tensors of any
// element type whose first axis counts rows: x of shape (n, …) as the model's
// input, y as its output, or (n) class numbers where the loss is sparse. It
// goes on from the weights that the model has.
//
// A loss that is NaN or infinite ends it with an error that names the step and
// the layer; the model then has the weights from before that step. An interrupt
// leaves it the weights so far. The history comes with an error too.
func (m *Model) Fit(x, y *tensor.Tensor, opts ...FitOption) (*History, error) {
	return m.FitAll([]*tensor.Tensor{x}, []*tensor.Tensor{y}, opts...)
}

// FitAll is [Model.Fit] for models with several inputs or outputs.
func (m *Model) FitAll(x, y []*tensor.Tensor, opts ...FitOption) (*History, error) {
	if err := m.trainable("fit", x); err != nil {
		return nil, err
	}
	s, err := m.settings("fit", opts)
	if err != nil {
		return nil, err
	}
	if s.features != nil || s.labels != nil {
		return nil, m.failf("fit", "Features and Targets are for tables; use FitTable")
	}
	return m.fit(x, y, s)
}

func (m *Model) fit(x, y []*tensor.Tensor, s *fitSettings) (*History, error) {
	d, err := m.dataset("fit", x, y)
	if err != nil {
		return nil, err
	}
	if d.rows == 0 {
		return nil, m.failf("fit", "no rows")
	}
	if err := m.weigh(d, s); err != nil {
		return nil, m.failf("fit", "%w", err)
	}
	f := &session{m: m, set: s, train: d}
	if s.split > 0 {
		at := d.rows - int(math.Round(float64(d.rows)*s.split))
		if at == 0 || at == d.rows {
			return nil, m.failf("fit", "ValidationSplit %v of %d rows leaves %d to train on and %d to validate; want at least one each", s.split, d.rows, at, d.rows-at)
		}
		f.train, f.valid = d.slice(0, at), d.slice(at, d.rows)
	}
	if s.validX != nil {
		if f.valid, err = m.dataset("fit: validation", s.validX, s.validY); err != nil {
			return nil, err
		}
		if f.valid.rows == 0 {
			return nil, m.failf("fit", "no rows to validate on")
		}
	}
	if f.rows, err = s.epochRows(f.train.rows); err != nil {
		return nil, m.failf("fit", "%w", err)
	}
	return f.run()
}

// A session is a Fit at work.
type session struct {
	m     *Model
	set   *fitSettings
	train *dataset
	valid *dataset

	names   []string
	score   *score // of training
	order   []int32
	calls   *callbacks
	saved   *state    // at the begin of the epoch
	rates   []float64 // of the epoch's steps
	history *History
	stopped bool
	rows    int // of an epoch
	rowWork int // about how many numbers a row takes
	work    int // since the last look for an interrupt
}

// run goes through the epochs. However it ends, callbacks are told and the
// history stays.
func (f *session) run() (h *History, err error) {
	m := f.m
	f.score, f.rowWork = m.newScore(), m.NumParams()+m.rowSize()
	f.names = m.metricNames("")
	if f.valid != nil {
		f.names = append(f.names, m.metricNames("val_")...)
	}
	f.history = newHistory(f.names...)
	m.history = f.history
	if !f.set.ordered {
		f.order = make([]int32, f.train.rows)
	}
	steps := (f.rows + f.set.batch - 1) / f.set.batch
	f.rates = make([]float64, 0, steps)
	f.calls = newCallbacks(f.set.callbacks)
	if err := f.calls.begin(m, f.set.epochs, steps); err != nil {
		return nil, err
	}
	ended := false
	defer func() {
		if !ended && err == nil { // a panic: the interrupt of the cell
			f.history.stop("interrupted")
		}
		if e := f.calls.end(f.history); e != nil && err == nil {
			err = e
		}
	}()
	m.touch()
	for epoch := 1; epoch <= f.set.epochs && !f.stopped; epoch++ {
		if err = f.epoch(epoch); err != nil {
			f.history.stop(err.Error())
			return f.history, err
		}
	}
	ended = true
	return f.history, nil
}

// epoch trains on all rows once, and measures.
func (f *session) epoch(n int) error {
	m, begin := f.m, time.Now()
	f.shuffle()
	if f.saved == nil {
		f.saved = m.keep()
	} else {
		m.retake(f.saved)
	}
	f.rates = f.rates[:0]
	f.score.reset()
	for from := 0; from < f.rows && !f.stopped; from += f.set.batch {
		if err := f.step(from); err != nil {
			return err
		}
	}
	values, err := f.score.values()
	if err != nil {
		return err
	}
	if f.valid != nil {
		v, err := m.assess(f.valid, f.set.batch)
		if err != nil {
			return err
		}
		values = append(values, v...)
	}
	f.history.add(values, time.Since(begin))
	stop, err := f.calls.epoch(n, f.names, values)
	f.stop(stop)
	return err
}

func (f *session) stop(stop bool) {
	if stop && !f.stopped {
		f.stopped = true
		f.history.stop(f.calls.reason())
	}
}

// shuffle puts the rows in the order of the next epoch, which follows from the
// seed and the number of steps before it.
func (f *session) shuffle() {
	if f.order == nil {
		return
	}
	for i := range f.order {
		f.order[i] = int32(i)
	}
	r := rand.New(rand.NewPCG(f.m.seed, uint64(f.m.iterations)))
	for i := len(f.order) - 1; i > 0; i-- {
		j := r.Uint32N(uint32(i + 1))
		f.order[i], f.order[j] = f.order[j], f.order[i]
	}
}

// batch is the program for the rows from one on, filled with them.
func (f *session) batch(from int) (r *runner, rows int, err error) {
	rows = min(f.set.batch, f.train.rows-from)
	r, err = f.m.runner(planKey{stepping, rows, f.train.weighted()})
	if err == nil {
		r.fill(f.train, from, rows, f.order)
	}
	return r, rows, err
}

// checkEvery is about how many numbers are computed between two looks at whether
// the cell is interrupted: a look takes as long as a few hundred.
const checkEvery = 1 << 16

// check ends the work if the cell is interrupted.
func (f *session) check(rows int) {
	if f.work += rows * f.rowWork; f.work >= checkEvery {
		f.work = 0
		interrupt.Check()
	}
}

// step trains on one batch.
func (f *session) step(from int) error {
	m := f.m
	r, rows, err := f.batch(from)
	if err != nil {
		return err
	}
	rate := m.goal.optimizer.rate(m.iterations)
	f.rates = append(f.rates, rate)
	loss, err := m.train(r, rate)
	if err != nil {
		return err
	}
	if loss-loss != 0 {
		return f.broken(loss)
	}
	f.score.add(r, rows)
	if f.calls.wantsBatches() {
		stop, err := f.calls.batch(loss)
		if err != nil {
			return err
		}
		f.stop(stop)
	}
	f.check(rows)
	return nil
}
