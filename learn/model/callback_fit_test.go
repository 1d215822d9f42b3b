package model_test

import (
	"bytes"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/sheaf-go/sheaf/learn/model"
	"github.com/sheaf-go/sheaf/learn/tensor"
)

// straight is n points of y = 2x + 1 and a model that can learn them.
func straight(t testing.TB, n int, o *model.Optimizer) (m *model.Model, x, y *tensor.Tensor) {
	t.Helper()
	xs, ys := make([]float64, n), make([]float64, n)
	for i := range n {
		xs[i] = float64(i)/float64(n) - 0.5
		ys[i] = 2*xs[i] + 1
	}
	m = model.Sequential(model.Dense(1, model.InputShape(1)))
	if err := m.Compile(o, model.MeanSquaredError(), model.Metrics("mae")); err != nil {
		t.Fatal(err)
	}
	return m, tensor.FromFloat64s([]int{n, 1}, xs...), tensor.FromFloat64s([]int{n, 1}, ys...)
}

func weightBytes(m *model.Model) []byte { return slices.Clone(m.WeightBytes()) }

// The best epoch's weights are back after early stopping, and those are the
// weights that a checkpoint of the best epoch has.
func TestRestoreBestIsTheCheckpoint(t *testing.T) {
	m, x, y := straight(t, 40, model.SGD(0.6).Momentum(0.95)) // overshoots
	path := filepath.Join(t.TempDir(), "best.sheaf")
	stop := model.EarlyStopping("loss").Patience(4).RestoreBest()
	best := model.Checkpoint(path).Best("loss")
	h, err := m.Fit(x, y, model.Epochs(200), model.Batch(8), model.Callbacks(stop, best))
	if err != nil {
		t.Fatal(err)
	}
	epoch, _ := h.Best("loss")
	if h.Epochs() != epoch+4 || stop.BestEpoch() != epoch || !strings.Contains(h.Stopped(), "early stopping") {
		t.Errorf("%d epochs, the best is %d, stopped: %q", h.Epochs(), epoch, h.Stopped())
	}
	saved, err := model.Load(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(saved.WeightBytes(), m.WeightBytes()) {
		t.Errorf("the checkpoint has the weights %v, the model %v", saved.Weights(), m.Weights())
	}
}

// A finder leaves weights and rate as they were and suggests a rate that
// learns.
func TestFindRateInFit(t *testing.T) {
	m, x, y := straight(t, 200, model.SGD(1e-9))
	before := weightBytes(m)
	f := model.FindRate(1e-5, 100, 80)
	h, err := m.Fit(x, y, model.Epochs(50), model.Batch(10), model.Callbacks(f))
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(before, m.WeightBytes()) || !strings.Contains(h.Stopped(), "learning rates tried") {
		t.Errorf("weights have changed, or stopped is %q", h.Stopped())
	}
	rate := f.Suggested()
	if !(rate > 1e-4 && rate < 2) {
		t.Errorf("suggested: %v\n%v", rate, f)
	}
	good, x, y := straight(t, 200, model.SGD(rate))
	if h, err = good.Fit(x, y, model.Epochs(60), model.Batch(10)); err != nil || !(h.Last("loss") < h.Metric("loss")[0]/10) {
		t.Errorf("with it the loss ends at %v (%v)", h.Last("loss"), err)
	}
}

// Limits, rates and errors of callbacks reach Fit.
func TestCallbacksInFit(t *testing.T) {
	m, x, y := straight(t, 20, model.SGD(0.1))
	h, err := m.Fit(x, y, model.Epochs(500), model.Batch(5), model.Callbacks(model.StopWhen("mae", "<=", 0.05).And("loss", "<=", 0.1)))
	if err != nil || !(h.Last("mae") <= 0.05) || h.Epochs() == 500 || !strings.HasPrefix(h.Stopped(), "stopped in epoch") {
		t.Errorf("mae %v after %d epochs: %q, %v", h.Last("mae"), h.Epochs(), h.Stopped(), err)
	}
	_, err = m.Fit(x, y, model.Epochs(3), model.Callbacks(model.EarlyStopping("val_loss")))
	if err == nil || !strings.Contains(err.Error(), `no metric "val_loss"; metrics of validation need data for it`) {
		t.Errorf("early stopping without validation: %v", err)
	}
	log := filepath.Join(t.TempDir(), "log.csv")
	for range 2 {
		if _, err := m.Fit(x, y, model.Epochs(2), model.Callbacks(model.CSVLog(log), model.Progress())); err != nil {
			t.Fatal(err)
		}
	}
	if lines := strings.Split(strings.TrimSpace(readFile(t, log)), "\n"); len(lines) != 5 || lines[0] != "epoch,loss,mae" || !strings.HasPrefix(lines[4], "4,") {
		t.Errorf("the log is %q", lines)
	}
}

// A rate that a callback has lowered stays low in the steps that follow.
func TestPlateauInFit(t *testing.T) {
	m, x, y := straight(t, 20, model.SGD(0.1))
	if _, err := m.Fit(x, y, model.Epochs(4), model.Callbacks(model.ReduceOnPlateau("loss", 1e-9, 1).MinDelta(1e9))); err != nil {
		t.Fatal(err)
	}
	before := m.Weights()[0].Float64At(0, 0)
	if _, err := m.Fit(x, y, model.Epochs(1)); err != nil {
		t.Fatal(err)
	}
	if after := m.Weights()[0].Float64At(0, 0); math.Abs(after-before) > 1e-6 {
		t.Errorf("the weight goes from %v to %v", before, after)
	}
}

// Metrics of a Fit and of Evaluate are those of the predictions, with a loss
// from logits too.
func TestMetricsOfModel(t *testing.T) {
	xs, ys := make([]float64, 60), make([]float64, 60)
	for i := range xs {
		xs[i] = math.Sin(float64(i))
		ys[i] = math.Round(0.5 + 0.45*math.Sin(float64(i)) + 0.3*math.Cos(float64(7*i)))
		ys[i] = min(max(ys[i], 0), 1)
	}
	x, y := tensor.FromFloat64s([]int{60, 1}, xs...), tensor.FromFloat64s([]int{60, 1}, ys...)
	results := map[bool]map[string]float64{}
	for _, logits := range []bool{false, true} {
		act, loss := "sigmoid", model.BinaryCrossEntropy()
		if logits {
			act, loss = "linear", loss.FromLogits()
		}
		m := model.Sequential(model.Dense(1, model.Act(act), model.InputShape(1)))
		if err := m.Compile(model.Adam(0.1), loss, model.Metrics("accuracy", "precision", "auc", "log_loss", "binary_crossentropy")); err != nil {
			t.Fatal(err)
		}
		if _, err := m.Fit(x, y, model.Epochs(20), model.Batch(7)); err != nil {
			t.Fatal(err)
		}
		got, err := m.Evaluate(x, y)
		if err != nil {
			t.Fatal(err)
		}
		results[logits] = got
	}
	for name, v := range results[false] {
		if d := math.Abs(v - results[true][name]); !(d < 1e-4) {
			t.Errorf("%s is %v, from logits %v", name, v, results[true][name])
		}
	}
	if a := results[false]["accuracy"]; !(a > 0.7) {
		t.Errorf("accuracy %v", a)
	}
	if d := math.Abs(results[false]["log_loss"] - results[false]["binary_crossentropy"]); !(d < 1e-4) {
		t.Errorf("the log loss differs from the cross-entropy by %v", d)
	}
}

// A softmax in front of a loss that makes one itself is an error, not a model
// that learns badly; who wants it twice writes it so.
func TestSoftmaxTwice(t *testing.T) {
	x, y := tensor.FromFloat64s([]int{2, 1}, 1, 2), tensor.FromSlice([]int{2}, []int32{0, 1})
	compile := func(layers ...*model.Layer) *model.Model {
		m := model.Sequential(layers...)
		if err := m.Compile(model.SGD(0.1), model.SparseCategoricalCrossEntropy().FromLogits()); err != nil {
			t.Fatal(err)
		}
		return m
	}
	softmax := model.Dense(2, model.Act("softmax"), model.InputShape(1))
	_, err := compile(softmax).Fit(x, y)
	want := "is from logits, but the last layer has a softmax; leave out FromLogits (the loss starts before the softmax by itself) or the activation"
	if err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("the error is %v", err)
	}
	twice := compile(model.Dense(2, model.Act("softmax"), model.InputShape(1)), model.Activation("relu"))
	if err := twice.SetWeights(tensor.FromRows([][]float64{{1, -1}}), tensor.FromFloat64s([]int{2}, 0, 0)); err != nil {
		t.Fatal(err)
	}
	got, err := twice.Evaluate(x, y)
	loss := 0.0
	for i, z := range []float64{1, 2} { // logits z and -z
		p := 1 / (1 + math.Exp(-2*z))
		loss += math.Log(math.Exp(p)+math.Exp(1-p)) - []float64{p, 1 - p}[i]
	}
	if err != nil || math.Abs(got["loss"]-loss/2) > 1e-6 {
		t.Errorf("the loss of a softmax twice is %v, want %v (%v)", got["loss"], loss/2, err)
	}
}

func readFile(t *testing.T, path string) string {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}
