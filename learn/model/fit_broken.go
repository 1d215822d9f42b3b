package model

import (
	"fmt"
	"strings"

	"github.com/sheaf-go/sheaf/internal/interrupt"
)

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
