package model

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"github.com/sheaf-go/sheaf/internal/interrupt"
	"github.com/sheaf-go/sheaf/learn/tensor"
)

// A FitOption is an argument of [Model.Fit]; [Model.Evaluate] takes some of them
// too.
type FitOption struct {
	name string
	set  func(*fitSettings) error
}

// String is the name of the option.
func (o FitOption) String() string { return "model." + o.name }

type fitSettings struct {
	epochs, batch    int
	ordered          bool
	split            float64
	validX, validY   []*tensor.Tensor
	sampleWeights    *tensor.Tensor
	classWeights     map[int]float64
	callbacks        []Callback
	features, labels []string // columns of a table
}

// Epochs is how often Fit goes through all rows, once by default.
func Epochs(n int) FitOption {
	return FitOption{"Epochs", func(s *fitSettings) error {
		s.epochs = n
		return atLeastOne("Epochs", n)
	}}
}

// Batch is how many rows make a step, 32 by default. The last batch of an epoch
// is what remains; a batch larger than the data is all of it.
func Batch(rows int) FitOption {
	return FitOption{"Batch", func(s *fitSettings) error {
		s.batch = rows
		return atLeastOne("Batch", rows)
	}}
}

func atLeastOne(what string, n int) error {
	if n < 1 {
		return fmt.Errorf("%s is %d; want at least 1", what, n)
	}
	return nil
}

// Shuffle says whether rows are put in another order for each epoch, as they
// are by default. A row's inputs, targets and weight stay together.
func Shuffle(on bool) FitOption {
	return FitOption{"Shuffle", func(s *fitSettings) error { s.ordered = !on; return nil }}
}

// ValidationSplit keeps the last share of the rows, as they come, from training:
// after each epoch the model is measured on them.
func ValidationSplit(share float64) FitOption {
	return FitOption{"ValidationSplit", func(s *fitSettings) error {
		s.split = share
		if !(share > 0 && share < 1) {
			return fmt.Errorf("ValidationSplit is %v; want between 0 and 1", share)
		}
		return nil
	}}
}

// Validation is rows on which the model is measured after each epoch.
func Validation(x, y *tensor.Tensor) FitOption {
	return ValidationAll([]*tensor.Tensor{x}, []*tensor.Tensor{y})
}

// ValidationAll is [Validation] for models with several inputs or outputs.
func ValidationAll(x, y []*tensor.Tensor) FitOption {
	return FitOption{"Validation", func(s *fitSettings) error { s.validX, s.validY = x, y; return nil }}
}

// SampleWeights is by how much each row counts in the loss; its shape is (n).
func SampleWeights(w *tensor.Tensor) FitOption {
	return FitOption{"SampleWeights", func(s *fitSettings) error {
		s.sampleWeights = w
		return usable(w)
	}}
}

// ClassWeights is by how much the rows of each class count in the loss; classes
// that are not named count 1. Targets are class numbers, one-hot, or 0 and 1.
func ClassWeights(w map[int]float64) FitOption {
	return FitOption{"ClassWeights", func(s *fitSettings) error {
		s.classWeights = w
		for k, x := range w {
			if !(x >= 0) || math.IsInf(x, 0) {
				return fmt.Errorf("ClassWeights has %v for class %d; want at least 0", x, k)
			}
		}
		return nil
	}}
}

// Callbacks are told of every epoch; see [Callback].
func Callbacks(c ...Callback) FitOption {
	return FitOption{"Callbacks", func(s *fitSettings) error {
		if at := slices.IndexFunc(c, func(c Callback) bool { return c == nil }); at >= 0 {
			return fmt.Errorf("callback %d is nil", at)
		}
		s.callbacks = append(s.callbacks, c...)
		return nil
	}}
}

// settings are the options of a verb that knows some.
func (m *Model) settings(verb string, opts []FitOption, known ...string) (*fitSettings, error) {
	s := &fitSettings{epochs: 1, batch: 32}
	for _, o := range opts {
		if o.set == nil {
			return nil, m.failf(verb, "the zero FitOption")
		}
		if len(known) > 0 && !slices.Contains(known, o.name) {
			return nil, m.failf(verb, "it has no option %s; it has %s", o.name, strings.Join(known, ", "))
		}
		if err := o.set(s); err != nil {
			return nil, m.failf(verb, "%w", err)
		}
	}
	if s.split > 0 && s.validX != nil {
		return nil, m.failf(verb, "both ValidationSplit and Validation; want one")
	}
	return s, nil
}

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
	steps := (f.train.rows + f.set.batch - 1) / f.set.batch
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
	for from := 0; from < f.train.rows && !f.stopped; from += f.set.batch {
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

// broken is about a loss that is not finite. The epoch is trained again up to
// before the step that did it, so that the model has the last good weights.
func (f *session) broken(loss float64) error {
	m := f.m
	step, bad := m.iterations, len(f.rates)-1
	if f.calls.wantsBatches() {
		stop, err := f.calls.batch(loss)
		if f.stop(stop); stop || err != nil {
			return err
		}
	}
	good, where, err := f.replay(bad)
	if err == nil && good < bad { // its weights broke before the loss
		_, _, err = f.replay(good)
	}
	if err == nil && where == "" {
		where, err = f.examine(bad)
	}
	if err != nil {
		return err
	}
	return m.failf("fit", "the loss is %v at step %d: %s; the model has the weights from after step %d. A smaller learning rate, scaled inputs or ClipNorm may help",
		loss, step, where, m.iterations)
}

// replay trains the epoch again up to before a step. Good is how many steps it
// took until weights were no longer finite, and where those are.
func (f *session) replay(steps int) (good int, where string, err error) {
	m := f.m
	m.restore(f.saved)
	for i := range steps {
		interrupt.Check()
		r, _, err := f.batch(i * f.set.batch)
		if err != nil {
			return i, "", err
		}
		if _, err := m.train(r, f.rates[i]); err != nil {
			return i, "", err
		}
		if layer := m.notFinite(); layer != "" {
			return i, fmt.Sprintf("step %d has made weights of %s infinite or NaN", m.iterations, layer), nil
		}
	}
	return steps, "", nil
}

// examine finds the first layer whose output is not finite on a batch.
func (f *session) examine(step int) (where string, err error) {
	m := f.m
	from := step * f.set.batch
	rows := min(f.set.batch, f.train.rows-from)
	r, err := m.load(planKey{examining, rows, false})
	if err != nil {
		return "", err
	}
	saved := m.keep() // a batch normalisation changes its averages
	defer m.restore(saved)
	r.fill(f.train, from, rows, f.order)
	if err := r.prog.Run(m.seed, uint64(m.iterations)); err != nil {
		return "", err
	}
	for i, s := range m.order {
		if !allFinite(r.pred[i]) {
			return fmt.Sprintf("the output of %s is infinite or NaN", s.Name()), nil
		}
	}
	var names []string
	for i := range m.outputs {
		names = append(names, m.goal.loss(i).Name())
	}
	return "all layers' outputs are finite, so it comes from the loss " + strings.Join(names, ", ") + " itself", nil
}

// weigh gives the rows of a data set their weights, if there are any.
func (m *Model) weigh(d *dataset, s *fitSettings) error {
	if s.sampleWeights == nil && s.classWeights == nil {
		return nil
	}
	w := make([]float64, d.rows)
	for i := range w {
		w[i] = 1
	}
	if t := s.sampleWeights; t != nil {
		if t.Len() != d.rows || t.NDim() == 0 || t.Dim(0) != d.rows {
			return fmt.Errorf("sample weights have shape %s; want (%d)", shapeText(t.Shape()), d.rows)
		}
		copy(w, t.Float64s())
		for i, x := range w {
			if !(x >= 0) || math.IsInf(x, 0) {
				return fmt.Errorf("the sample weight of row %d is %v; want at least 0", i, x)
			}
		}
	}
	if s.classWeights != nil {
		if len(d.y) != 1 {
			return fmt.Errorf("ClassWeights is for models with one output; this one has %d", len(d.y))
		}
		for i := range w {
			k, err := d.y[0].class(i)
			if err != nil {
				return err
			}
			if x, ok := s.classWeights[k]; ok {
				w[i] *= x
			}
		}
	}
	if d.w.width = 1; m.dtype == tensor.Float64 {
		d.w.f64 = w
	} else {
		d.w.f32 = tensor.FromSlice([]int{len(w)}, w).Float32s()
	}
	return nil
}

// class is the class of a row of targets.
func (d *memory) class(row int) (int, error) {
	if d.i32 != nil {
		if d.width != 1 {
			return 0, fmt.Errorf("ClassWeights is for one class for each row; here are %d", d.width)
		}
		return int(d.i32[row]), nil
	}
	at := func(j int) float64 {
		if d.f64 != nil {
			return d.f64[row*d.width+j]
		}
		return float64(d.f32[row*d.width+j])
	}
	if d.width == 1 {
		if x := at(0); x == math.Trunc(x) {
			return int(x), nil
		}
		return 0, fmt.Errorf("ClassWeights is for classes; y is %v in row %d", at(0), row)
	}
	best := 0
	for j := range d.width {
		if at(j) > at(best) {
			best = j
		}
	}
	return best, nil
}
