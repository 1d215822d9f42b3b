package model_test

import (
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/sheaf-go/sheaf/learn/model"
	"github.com/sheaf-go/sheaf/learn/tensor"
)

// TestQC113Defaults compiles for a kind of target without naming loss or
// optimizer: the loss is that of the formula, and a step is one of Adamax.
func TestQC113Defaults(t *testing.T) {
	for _, c := range []struct {
		task string
		y, p []float64
		loss float64 // by hand
	}{
		{"regression", []float64{3}, []float64{1.5}, 1.5},
		{"classification_binary", []float64{1}, []float64{0.25}, -math.Log(0.25)},
		{"classification_multi", []float64{0, 1}, []float64{0.75, 0.25}, -math.Log(0.25)},
	} {
		m := model.Sequential(model.Dense(len(c.p), model.InputShape(1), model.UseBias(false)))
		if err := m.CompileFor(c.task, model.Float64()); err != nil {
			t.Fatal(err)
		}
		weights(t, m, c.p...)
		x, y := tensor.FromFloat64s([]int{1, 1}, 1), tensor.FromFloat64s([]int{1, len(c.y)}, c.y...)
		got, err := m.Evaluate(x, y)
		if err != nil || math.Abs(got["loss"]-c.loss) > 1e-6 {
			t.Errorf("%s: %v, %v; want a loss of %v", c.task, got, err, c.loss)
		}
		// The first step of Adamax is the rate, whatever the gradient.
		if _, err := m.Fit(x, y); err != nil {
			t.Fatal(err)
		}
		for i, w := range flat(m) {
			if step := math.Abs(w - c.p[i]); math.Abs(step-0.01) > 1e-6 {
				t.Errorf("%s: weight %d moved by %v, want 0.01", c.task, i, step)
			}
		}
	}
	err := model.Sequential(model.Dense(1)).CompileFor("classification_binery")
	if err == nil || err.Error() != `model: compile: no task "classification_binery"; did you mean "classification_binary"?` {
		t.Errorf("%v", err)
	}
}

// rowsSeen is a model whose one weight for each row of data counts how often
// the row was trained on: inputs are one-hot, each step moves the weight of a
// row of a batch of k by 1/k.
func rowsSeen(t *testing.T, n, batch int, opts ...model.FitOption) (times []float64, err error) {
	t.Helper()
	m := model.Sequential(model.Dense(1, model.UseBias(false), model.KernelInit(model.Zeros()), model.InputShape(n)))
	sum := model.LossFunc("sum", func(_, p *tensor.Node) *tensor.Node { return p.Reshape(p.Dim(0)).Neg() })
	if err := m.Compile(model.SGD(1), sum, model.Float64()); err != nil {
		t.Fatal(err)
	}
	x := tensor.New(tensor.Float64, n, n)
	for i := range n {
		x.SetAt(1.0, i, i)
	}
	_, err = m.Fit(x, tensor.New(tensor.Float64, n, 1), append(opts, model.Batch(batch))...)
	for _, w := range flat(m) {
		times = append(times, w*float64(batch))
	}
	return times, err
}

// TestQC117WholeBatches: of 102 rows in batches of 5, 100 are trained on in an
// epoch and 2 are not, others in the next one; without the option all are.
func TestQC117WholeBatches(t *testing.T) {
	once := func(opts ...model.FitOption) (left []int) {
		times, err := rowsSeen(t, 102, 5, opts...)
		if err != nil {
			t.Fatal(err)
		}
		for i, n := range times {
			switch {
			case n == 0:
				left = append(left, i)
			case math.Abs(n-1) > 1e-9 && math.Abs(n-2.5) > 1e-9: // of the batch of 2
				t.Errorf("row %d was trained on %v times", i, n)
			}
		}
		return left
	}
	if left := once(); left != nil {
		t.Errorf("rows %v were left out", left)
	}
	if left := once(model.WholeBatches()); len(left) != 2 {
		t.Errorf("rows %v were left out, want 2", left)
	}
	if left := once(model.WholeBatches(), model.Shuffle(false)); !slices.Equal(left, []int{100, 101}) {
		t.Errorf("rows %v were left out, want the last", left)
	}
	times, err := rowsSeen(t, 102, 5, model.WholeBatches(), model.Epochs(30))
	total := 0.0
	for i, n := range times {
		if total += n; n < 20 {
			t.Errorf("row %d was trained on %v times in 30 epochs", i, n)
		}
	}
	if err != nil || math.Abs(total-3000) > 1e-6 {
		t.Errorf("%v rows in 30 epochs, %v; want 20 batches of 5 in each", total, err)
	}
}

// TestQC117SingleRows: a last batch of one row is left out, and batches of one
// row are refused, only if that is asked for.
func TestQC117SingleRows(t *testing.T) {
	for _, c := range []struct {
		n, batch int
		opts     []model.FitOption
		rows     int
		want     string
	}{
		{11, 5, nil, 11, ""},
		{11, 5, []model.FitOption{model.NoSingleRows()}, 10, ""},
		{12, 5, []model.FitOption{model.NoSingleRows()}, 12, ""},
		{3, 1, nil, 3, ""},
		{3, 1, []model.FitOption{model.NoSingleRows()}, 0, "model: fit: Batch is 1 with NoSingleRows; want at least 2"},
		{1, 5, []model.FitOption{model.NoSingleRows()}, 0, "model: fit: a single row with NoSingleRows; want at least 2 to train on"},
		{4, 5, []model.FitOption{model.WholeBatches()}, 0, "model: fit: fewer rows than a batch with WholeBatches; want a smaller Batch"},
		{5, 5, []model.FitOption{model.WholeBatches()}, 5, ""},
	} {
		times, err := rowsSeen(t, c.n, c.batch, c.opts...)
		seen := 0
		for _, n := range times {
			if n > 0 {
				seen++
			}
		}
		if seen != c.rows || (err == nil) != (c.want == "") || err != nil && err.Error() != c.want {
			t.Errorf("%d rows by %d: %d trained on, %v; want %d, %s", c.n, c.batch, seen, err, c.rows, c.want)
		}
	}
	h, err := line(t, model.SGD(0.1), model.MeanSquaredError()).Fit(vector(1, 2, 3), vector(1, 2, 3), model.WholeBatches(), model.Batch(2), model.Epochs(30))
	if err != nil || len(h.Metric("loss")) != 30 {
		t.Errorf("a history of %d, %v; want 30", len(h.Metric("loss")), err)
	}
	if _, err := irisNet(t).Evaluate(vector(1), vector(1), model.WholeBatches()); err == nil || !strings.Contains(err.Error(), "it has no option WholeBatches") {
		t.Errorf("%v", err)
	}
}

// TestQC117PairsStayPairs: whatever the shuffling, each row's loss is with its
// own target: at the right weights there is none, with any two targets
// exchanged there is. (T-QC5)
func TestQC117PairsStayPairs(t *testing.T) {
	n := 102
	x, y := make([]float64, n), make([]float64, n)
	for i := range x {
		x[i] = float64(i*i%103) / 103
		y[i] = 3*x[i] - 1
	}
	fit := func() float64 {
		m := line(t, model.SGD(0.05), model.MeanSquaredError(), model.Float64())
		weights(t, m, 3, -1)
		h, err := m.Fit(vector(x...), vector(y...), model.Epochs(3), model.Batch(5), model.WholeBatches())
		if err != nil {
			t.Fatal(err)
		}
		return slices.Max(h.Metric("loss"))
	}
	if loss := fit(); loss > 1e-20 {
		t.Errorf("loss %v with pairs kept, want 0", loss)
	}
	y[3], y[70] = y[70], y[3]
	if loss := fit(); loss < 1e-4 {
		t.Errorf("loss %v with two targets exchanged", loss)
	}
}
