package model

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"

	"github.com/sheaf-go/sheaf/internal/near"
	"github.com/sheaf-go/sheaf/learn/tensor"
)

// A Callback is told of each epoch, counted from 1, with the metrics of it, the
// validation's too; training ends if it says so. It must not keep the map. One
// that has a method Flush() is told by it that the training has ended, however
// that came about. A live chart of package plots is a callback.
type Callback interface {
	Epoch(n int, metrics map[string]float64) (stop bool)
}

// EpochFunc is a callback that calls a function.
func EpochFunc(f func(n int, metrics map[string]float64) (stop bool)) Callback { return epochFunc(f) }

type epochFunc func(int, map[string]float64) bool

// Epoch implements [Callback].
func (f epochFunc) Epoch(n int, metrics map[string]float64) bool { return f(n, metrics) }

// What else callbacks of ours can do.
type (
	// A trainee is the model that is being trained.
	trainee interface {
		variables() []*tensor.Variable // all weights, moving averages too
		Save(path string) error
		compiled() *Optimizer // the model's own
	}
	// A fitting is one call of Fit.
	fitting struct {
		model         trainee
		epochs, steps int // steps of an epoch
	}
	beginner interface{ begin(f fitting) error }
	batcher  interface {
		batch(loss float64) (stop bool, err error)
	}
	// A reasoner says, after Epoch, why training should stop, or what failed.
	reasoner interface {
		why() (reason string, err error)
	}
	ender   interface{ end(h *History) error }
	flusher interface{ Flush() }
)

// callbacks runs the callbacks of one Fit.
type callbacks struct {
	list    []Callback
	batches []batcher
	why     string
}

func newCallbacks(list []Callback) *callbacks {
	c := &callbacks{list: list}
	for _, cb := range list {
		if b, ok := cb.(batcher); ok {
			c.batches = append(c.batches, b)
		}
	}
	return c
}

func (c *callbacks) begin(model trainee, epochs, steps int) error {
	for i, cb := range c.list {
		if cb == nil {
			return fmt.Errorf("model: fit: callback %d is nil", i)
		}
		if b, ok := cb.(beginner); ok {
			if err := b.begin(fitting{model, epochs, steps}); err != nil {
				return err
			}
		}
	}
	return nil
}

// wantsBatches reports whether batch does anything.
func (c *callbacks) wantsBatches() bool { return len(c.batches) > 0 }

// batch tells of a training step.
func (c *callbacks) batch(loss float64) (stop bool, err error) {
	for _, b := range c.batches {
		s, err := b.batch(loss)
		if err != nil {
			return true, err
		}
		if s {
			c.stopped(b)
			stop = true
		}
	}
	return stop, nil
}

// epoch tells all callbacks of an epoch, counted from 1.
func (c *callbacks) epoch(n int, names []string, values []float64) (stop bool, err error) {
	if len(c.list) == 0 {
		return false, nil
	}
	metrics := make(map[string]float64, len(names))
	for i, name := range names {
		metrics[name] = values[i]
	}
	for _, cb := range c.list {
		s := cb.Epoch(n, metrics)
		if r, ok := cb.(reasoner); ok {
			if _, err := r.why(); err != nil {
				return true, err
			}
		}
		if s {
			c.stopped(cb)
			stop = true
		}
	}
	return stop, nil
}

func (c *callbacks) stopped(by any) {
	why := "stopped by a callback"
	if r, ok := by.(reasoner); ok {
		if reason, _ := r.why(); reason != "" {
			why = reason
		}
	}
	if c.why == "" {
		c.why = why
	}
}

// reason is why the first callback that wanted it has stopped training, "" if
// none has.
func (c *callbacks) reason() string { return c.why }

// end tells all callbacks that Fit has ended; the first error is returned.
func (c *callbacks) end(h *History) error {
	var first error
	for _, cb := range c.list {
		if e, ok := cb.(ender); ok {
			if err := e.end(h); err != nil && first == nil {
				first = err
			}
		}
		if f, ok := cb.(flusher); ok {
			f.Flush()
		}
	}
	return first
}

// A monitor watches a metric for its best value.
type monitor struct {
	who, metric string
	lower       bool
	modeSet     bool
	delta       float64
	best        float64
	seen        bool
	err         error
}

func newMonitor(who, metric string) monitor {
	return monitor{who: who, metric: metric, lower: lowerIsBetter(metric)}
}

// mode says which is better, "min" or "max".
func (m *monitor) mode(mode string) {
	if mode != "min" && mode != "max" {
		m.fail(noSuch("mode", mode, []string{"min", "max"}))
	}
	m.lower, m.modeSet = mode == "min", true
}

func (m *monitor) fail(err error) {
	if m.err == nil {
		m.err = err
	}
}

// reset forgets what has been seen.
func (m *monitor) reset() { m.seen, m.best = false, math.NaN() }

// improved looks at an epoch.
func (m *monitor) improved(metrics map[string]float64) (value float64, improved bool, err error) {
	value, err = metricIn(m.who, metrics, m.metric)
	if err != nil {
		return value, false, err
	}
	if value == value && (!m.seen || better(value, m.best, m.delta, m.lower)) {
		m.seen, m.best = true, value
		return value, true, nil
	}
	return value, false, nil
}

// metricIn is a metric of an epoch, or the error that there is none.
func metricIn(who string, metrics map[string]float64, name string) (float64, error) {
	if v, ok := metrics[name]; ok {
		return v, nil
	}
	hint := ""
	if meant := near.Name(name, maps.Keys(metrics)); meant != "" {
		hint = fmt.Sprintf("; did you mean %q?", meant)
	} else if _, ok := metrics[bareName(name)]; ok {
		hint = "; metrics of validation need data for it"
	} else {
		hint = "; there are " + strings.Join(slices.Sorted(maps.Keys(metrics)), ", ")
	}
	return math.NaN(), fmt.Errorf("model: %s: no metric %q%s", who, name, hint)
}

// bareName is the name of a metric without "val_".
func bareName(name string) string { return strings.TrimPrefix(name, "val_") }

// A snapshot is the weights of a moment.
type snapshot struct {
	vars   []*tensor.Variable
	values []*tensor.Tensor
}

// take copies the weights.
func (s *snapshot) take(vars []*tensor.Variable) {
	s.vars, s.values = vars, s.values[:0]
	for _, v := range vars {
		s.values = append(s.values, v.Value().Clone())
	}
}

// restore puts them back, if there are any.
func (s *snapshot) restore() error {
	for i, v := range s.vars {
		if err := v.Set(s.values[i]); err != nil {
			return err
		}
	}
	return nil
}
