package model

import (
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sheaf-go/sheaf/learn/tensor"
)

// one is a model of a single weight, for callbacks to work on.
type one struct {
	w *tensor.Variable
	o *Optimizer
}

func newOne(t *testing.T) *one {
	t.Helper()
	w, err := tensor.NewVariable("w", tensor.FromFloat64s([]int{1}, 0))
	if err != nil {
		t.Fatal(err)
	}
	return &one{w, SGD(0.1)}
}

func (m *one) variables() []*tensor.Variable { return []*tensor.Variable{m.w} }
func (m *one) compiled() *Optimizer          { return m.o }
func (m *one) weight() float64               { return m.w.Value().Float64At(0) }
func (m *one) set(x float64)                 { m.w.Value().SetAt(x, 0) }

// Save writes the weight, and fails for a weight that is no number.
func (m *one) Save(path string) error {
	if err := os.WriteFile(path, []byte(fmt.Sprint(m.weight())), 0o644); err != nil {
		return err
	}
	if math.IsNaN(m.weight()) {
		return errors.New("the weight is NaN")
	}
	return nil
}

// follow runs callbacks over epochs that have a value of a metric each; the
// weight is the number of the epoch. It returns how many epochs there were.
func follow(t *testing.T, m *one, metric string, values []float64, list ...Callback) (epochs int, why string, err error) {
	t.Helper()
	cb := newCallbacks(list)
	h := newHistory(metric)
	if err := cb.begin(m, len(values), 10); err != nil {
		return 0, "", err
	}
	for i, v := range values {
		m.set(float64(i + 1))
		stop, err := cb.epoch(i+1, []string{metric}, []float64{v})
		h.add([]float64{v}, 0)
		if err != nil {
			return i + 1, "", err
		}
		if stop {
			h.stop(cb.reason())
			break
		}
	}
	return h.Epochs(), h.Stopped(), cb.end(h)
}

// Early stopping waits as Keras's does and restores the best weights.
func TestEarlyStopping(t *testing.T) {
	nan := math.NaN()
	for _, c := range []struct {
		stop   *EarlyStopper
		metric string
		values []float64
		epochs int
		weight float64
	}{
		{EarlyStopping("val_loss"), "val_loss", []float64{3, 2, 2, 1}, 3, 3},
		{EarlyStopping("val_loss").Patience(1), "val_loss", []float64{3, 2, 2, 1}, 3, 3},
		{EarlyStopping("val_loss").Patience(2).RestoreBest(), "val_loss", []float64{3, 2, 4, 5, 1}, 4, 2},
		{EarlyStopping("val_loss").Patience(3), "val_loss", []float64{3, 2, 4, 5, 1}, 5, 5},
		{EarlyStopping("val_loss").Patience(9).RestoreBest(), "val_loss", []float64{3, 2, 4}, 3, 2},
		{EarlyStopping("val_accuracy").Patience(1), "val_accuracy", []float64{0.1, 0.2, 0.1, 0.9}, 3, 3},
		{EarlyStopping("val_f1").Mode("min").Patience(1), "val_f1", []float64{0.2, 0.1, 0.2, 0}, 3, 3},
		{EarlyStopping("loss").MinDelta(0.5).Patience(1), "loss", []float64{3, 2.6, 1}, 2, 2},
		{EarlyStopping("loss").StartFrom(4).Patience(1), "loss", []float64{1, 2, 3, 4, 5, 6}, 5, 5},
		{EarlyStopping("loss").Baseline(1).Patience(2), "loss", []float64{5, 4, 3}, 2, 2},
		{EarlyStopping("loss").Patience(2), "loss", []float64{1, nan, nan, 0}, 3, 3},
	} {
		m := newOne(t)
		epochs, why, err := follow(t, m, c.metric, c.values, c.stop)
		if err != nil || epochs != c.epochs || m.weight() != c.weight {
			t.Errorf("%v: %d epochs, weight %v, error %v; want %d epochs, weight %v", c.values, epochs, m.weight(), err, c.epochs, c.weight)
		}
		if (epochs < len(c.values)) != strings.HasPrefix(why, "early stopping in epoch") {
			t.Errorf("%v: the reason is %q", c.values, why)
		}
	}
	m, es := newOne(t), EarlyStopping("loss").RestoreBest()
	cb, h := newCallbacks([]Callback{es}), newHistory("loss")
	if err := cb.begin(m, 5, 1); err != nil {
		t.Fatal(err)
	}
	m.set(1)
	if _, err := cb.epoch(1, []string{"loss"}, []float64{1}); err != nil {
		t.Fatal(err)
	}
	m.set(2)
	h.stop(interrupted)
	if err := cb.end(h); err != nil || m.weight() != 2 || es.BestEpoch() != 1 {
		t.Errorf("after an interrupt the weight is %v, the best epoch %d (%v)", m.weight(), es.BestEpoch(), err)
	}
}

// A callback of an early stopping can be used for another Fit.
func TestEarlyStoppingAgain(t *testing.T) {
	es := EarlyStopping("loss").Patience(2)
	for range 2 {
		if epochs, _, err := follow(t, newOne(t), "loss", []float64{2, 1, 3, 3, 3}, es); epochs != 4 || err != nil {
			t.Errorf("%d epochs, %v; want 4", epochs, err)
		}
	}
}

// Training stops when all limits are passed in the same epoch. (QC-118)
func TestStopWhen(t *testing.T) {
	cb := newCallbacks([]Callback{StopWhen("val_accuracy", ">=", 0.96).And("loss", "<=", 0.5)})
	if err := cb.begin(newOne(t), 9, 1); err != nil {
		t.Fatal(err)
	}
	names := []string{"loss", "val_accuracy"}
	for i, v := range [][]float64{{0.4, 0.9}, {0.6, 0.97}, {math.NaN(), 1}, {0.5, 0.96}} {
		stop, err := cb.epoch(i+1, names, v)
		if err != nil || stop != (i == 3) {
			t.Errorf("epoch %d: stop is %v, error %v", i+1, stop, err)
		}
	}
	if why := cb.reason(); why != "stopped in epoch 4: val_accuracy is 0.9600, loss is 0.5000" {
		t.Errorf("the reason is %q", why)
	}
	for _, c := range []struct {
		cb   Callback
		want string
	}{
		{StopWhen("val_acuracy", ">=", 1), `stop when: no metric "val_acuracy"; did you mean "val_accuracy"?`},
		{StopWhen("val_loss", "<=", 1), "metrics of validation need data for it"},
		{StopWhen("gain", "<=", 1), "there are loss, val_accuracy"},
		{StopWhen("loss", "<", 1), `comparison "<"; want ">=" or "<="`},
		{StopWhen("loss", "<=", math.NaN()), "the limit is NaN"},
		{EarlyStopping("val_loss"), "early stopping: no metric"},
		{EarlyStopping("loss").Patience(-1), "patience -1"},
		{EarlyStopping("loss").Mode("least"), `no mode "least"`},
		{ReduceOnPlateau("loss", 2, 1), "factor 2"},
		{ReduceOnPlateau("vloss", 0.5, 1), `no metric "vloss"`},
		{Checkpoint(""), "the path is empty"},
		{Checkpoint("x").Every(0), "every 0 epochs"},
		{nil, "callback 0 is nil"},
	} {
		cb := newCallbacks([]Callback{c.cb})
		err := cb.begin(newOne(t), 1, 1)
		if err == nil {
			_, err = cb.epoch(1, names, []float64{1, 1})
		}
		wantError(t, err, c.want)
	}
}

// A function is a callback.
func TestEpochFunc(t *testing.T) {
	var seen []float64
	epochs, why, err := follow(t, newOne(t), "loss", []float64{3, 2, 1}, EpochFunc(func(n int, m map[string]float64) bool {
		seen = append(seen, float64(n)*m["loss"])
		return n == 2
	}))
	if epochs != 2 || why != "stopped by a callback" || err != nil || len(seen) != 2 || seen[1] != 4 {
		t.Errorf("%d epochs, %q, %v, saw %v", epochs, why, err, seen)
	}
}

// The rate falls on a plateau, waits, cools down, and has a least value.
func TestReduceOnPlateau(t *testing.T) {
	for _, c := range []struct {
		p      *PlateauReducer
		values []float64
		want   float64 // of 0.1
	}{
		{ReduceOnPlateau("loss", 0.5, 2), []float64{3, 2, 2, 2}, 0.5},
		{ReduceOnPlateau("loss", 0.5, 2), []float64{3, 2, 2, 1}, 1},
		{ReduceOnPlateau("loss", 0.5, 1), []float64{2, 2, 2, 2}, 0.125},
		{ReduceOnPlateau("loss", 0.5, 1).Cooldown(2), []float64{2, 2, 2, 2, 2}, 0.25},
		{ReduceOnPlateau("loss", 0.1, 1).MinRate(0.04), []float64{2, 2, 2}, 0.4},
		{ReduceOnPlateau("loss", 0.5, 1).MinDelta(0.5), []float64{2, 1.8}, 0.5},
		{ReduceOnPlateau("loss", 0.5, 1).Mode("max"), []float64{2, 1}, 0.5},
	} {
		m := newOne(t)
		if _, _, err := follow(t, m, "loss", c.values, c.p); err != nil || !closeTo(m.o.Rate(0), 0.1*c.want, 1e-12) {
			t.Errorf("%v: rate %v, error %v; want %v", c.values, m.o.Rate(0), err, 0.1*c.want)
		}
	}
}

// Checkpoints are whole files under the names that were asked for, and a save
// that fails leaves the old one and nothing else.
func TestCheckpoint(t *testing.T) {
	dir := t.TempDir()
	read := func(name string) string {
		data, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			return "-"
		}
		return string(data)
	}
	best := Checkpoint(filepath.Join(dir, "best.m")).Best("val_loss")
	each := Checkpoint(filepath.Join(dir, "{epoch}-{val_loss}.m")).Every(2)
	if _, _, err := follow(t, newOne(t), "val_loss", []float64{3, 1, 2, 4}, best, each); err != nil {
		t.Fatal(err)
	}
	if read("best.m") != "2" || read("002-1.0000.m") != "2" || read("004-4.0000.m") != "4" || read("001-3.0000.m") != "-" {
		t.Errorf("best %q, epoch 2 %q, epoch 4 %q, epoch 1 %q", read("best.m"), read("002-1.0000.m"), read("004-4.0000.m"), read("001-3.0000.m"))
	}
	if each.Saved() != filepath.Join(dir, "004-4.0000.m") {
		t.Errorf("saved last: %s", each.Saved())
	}
	m := newOne(t)
	m.set(math.NaN())
	wantError(t, saveWhole(m, filepath.Join(dir, "best.m")), "checkpoint", "the weight is NaN")
	if files, _ := filepath.Glob(filepath.Join(dir, ".*")); read("best.m") != "2" || len(files) != 0 {
		t.Errorf("after a failure the file has %q, and there are %v", read("best.m"), files)
	}
	_, _, err := follow(t, newOne(t), "val_loss", []float64{1}, Checkpoint(filepath.Join(dir, "{gain}")))
	wantError(t, err, `checkpoint: no metric "gain"`)
	_, _, err = follow(t, newOne(t), "val_loss", []float64{1}, Checkpoint(filepath.Join(dir, "no", "such", "dir")))
	wantError(t, err, "model: checkpoint: ")
}
