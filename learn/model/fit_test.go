package model_test

import (
	"bytes"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/sheaf-go/sheaf/internal/interrupt"
	"github.com/sheaf-go/sheaf/learn/model"
	"github.com/sheaf-go/sheaf/learn/tensor"
)

// line is a model of one weight and one bias.
func line(t testing.TB, o *model.Optimizer, l *model.Loss, opts ...model.CompileOption) *model.Model {
	t.Helper()
	m := model.Sequential(model.Dense(1, model.InputShape(1)))
	if err := m.Compile(o, l, opts...); err != nil {
		t.Fatal(err)
	}
	return m
}

func vector(x ...float64) *tensor.Tensor { return tensor.FromFloat64s([]int{len(x)}, x...) }

func weights(t testing.TB, m *model.Model, w ...float64) {
	t.Helper()
	var all []*tensor.Tensor
	for _, v := range m.Weights() {
		all = append(all, tensor.FromFloat64s(v.Shape(), w[:v.Len()]...))
		w = w[v.Len():]
	}
	if err := m.SetWeights(all...); err != nil {
		t.Fatal(err)
	}
}

func flat(m *model.Model) []float64 {
	var out []float64
	for _, v := range m.Weights() {
		out = append(out, v.Float64s()...)
	}
	return out
}

// TestLEC1Neuron is the lecture's neuron: relu(1·3 + 2·4 + 0.5) = 11.5.
func TestLEC1Neuron(t *testing.T) {
	m := model.Sequential(model.Dense(1, model.Act("relu"), model.InputShape(2)))
	weights(t, m, 1, 2, 0.5)
	p, err := m.Predict(tensor.FromFloat64s([]int{1, 2}, 3, 4))
	if err != nil || p.Float64At(0, 0) != 11.5 {
		t.Errorf("%v, %v; want 11.5", p, err)
	}
}

// TestLEC7Heads builds the four output heads of the lecture.
func TestLEC7Heads(t *testing.T) {
	x, _ := random(9, 4, 2)
	for _, c := range []struct {
		units    int
		act      string
		low, sum float64
	}{{1, "sigmoid", 0, 0}, {3, "softmax", 0, 1}, {1, "", math.Inf(-1), 0}, {4, "sigmoid", 0, 0}} {
		m := model.Sequential(model.Dense(c.units, model.Act(c.act)))
		p, err := m.Predict(x)
		if err != nil || !slices.Equal(p.Shape(), []int{9, c.units}) {
			t.Fatal(p.Shape(), err)
		}
		for i := range 9 {
			sum := 0.0
			for _, v := range p.Row(i).Float64s() {
				if sum += v; v < c.low {
					t.Errorf("%s gives %v", c.act, v)
				}
			}
			if c.sum > 0 && math.Abs(sum-c.sum) > 1e-6 {
				t.Errorf("%s sums to %v", c.act, sum)
			}
		}
	}
}

// TestFitByHand follows two epochs of plain gradient descent with a short last
// batch, in order, with slow obvious arithmetic.
func TestFitByHand(t *testing.T) {
	xs, ys := []float64{1, 2, -1, 0.5, 3}, []float64{2, 1, 0, -1, 4}
	w := []float64{1, 3, 0.5, 2, 0.25}
	for _, weighted := range []bool{false, true} {
		m := line(t, model.SGD(0.05), model.MeanSquaredError(), model.Float64(), model.Metrics("mae"))
		weights(t, m, 0.3, -0.1)
		opts := []model.FitOption{model.Batch(2), model.Epochs(2), model.Shuffle(false)}
		if weighted {
			opts = append(opts, model.SampleWeights(vector(w...)))
		}
		h, err := m.Fit(vector(xs...), vector(ys...), opts...)
		if err != nil {
			t.Fatal(err)
		}
		a, b := 0.3, -0.1
		var losses, maes []float64
		for range 2 {
			loss, mae := 0.0, 0.0
			for from := 0; from < 5; from += 2 {
				to := min(from+2, 5)
				da, db := 0.0, 0.0
				for i := from; i < to; i++ {
					k := 1.0
					if weighted {
						k = w[i]
					}
					off := a*xs[i] + b - ys[i]
					loss += k * off * off
					mae += math.Abs(off)
					da += k * 2 * off * xs[i] / float64(to-from)
					db += k * 2 * off / float64(to-from)
				}
				a, b = a-0.05*da, b-0.05*db
			}
			losses, maes = append(losses, loss/5), append(maes, mae/5)
		}
		near(t, "weights", flat(m), []float64{a, b}, 1e-12)
		near(t, "losses", h.Metric("loss"), losses, 1e-12)
		near(t, "mean absolute errors", h.Metric(h.Names()[1]), maes, 1e-12)
		got, err := m.Evaluate(vector(xs...), vector(ys...), model.Batch(3))
		want := 0.0
		for i := range xs {
			want += (a*xs[i] + b - ys[i]) * (a*xs[i] + b - ys[i]) / 5
		}
		if err != nil || math.Abs(got["loss"]-want) > 1e-12 {
			t.Errorf("evaluated %v, %v; want %v", got, err, want)
		}
	}
}

func near(t testing.TB, what string, got, want []float64, tol float64) {
	t.Helper()
	if len(got) != len(want) {
		t.Errorf("%s: %v, want %v", what, got, want)
		return
	}
	for i := range got {
		if !(math.Abs(got[i]-want[i]) <= tol*max(1, math.Abs(want[i]))) {
			t.Errorf("%s: %v, want %v", what, got, want)
			return
		}
	}
}

// TestShuffleKeepsPairs is about trap T-QC5: rows and targets move together.
// The loss on exact pairs is 0 at the right weights, and stays it.
func TestShuffleKeepsPairs(t *testing.T) {
	n := 1000
	x, y, w := tensor.New(tensor.Float64, n, 1), tensor.New(tensor.Float64, n), tensor.New(tensor.Float64, n)
	for i := range n {
		x.SetAt(float64(i)/100, i, 0)
		y.SetAt(2*float64(i)/100+1, i)
		w.SetAt(float64(i%3), i)
	}
	m := line(t, model.SGD(0.001), model.MeanSquaredError(), model.Float64())
	weights(t, m, 2, 1)
	h, err := m.Fit(x, y, model.Epochs(3), model.Batch(7), model.SampleWeights(w))
	if err != nil || h.Metric("loss")[2] > 1e-20 {
		t.Errorf("losses %v, %v", h.Metric("loss"), err)
	}
	// And they do move: one step on the first of sorted rows is one that only
	// their order decides.
	first := func(opts ...model.FitOption) float64 {
		m := line(t, model.SGD(1e-3), model.MeanSquaredError(), model.Float64())
		weights(t, m, 0, 0)
		if _, err := m.Fit(x, y, append(opts, model.Batch(500))...); err != nil {
			t.Fatal(err)
		}
		return flat(m)[1]
	}
	if a, b := first(model.Shuffle(false)), first(); a == b {
		t.Error("the order of rows makes no difference")
	}
}

// TestSeeds sees that a seed decides weights, order and dropout, bit for bit,
// on any number of threads.
func TestSeeds(t *testing.T) {
	x, y := random(70, 28, 2)
	train := func(seed uint64, threads int) []byte {
		m := model.Sequential(model.Dense(17, model.Act("relu"), model.InputShape(28)), model.Dropout(0.3), model.Dense(2, model.Act("softmax")))
		if err := m.Compile(model.Adam(0.01), model.SparseCategoricalCrossEntropy(), model.Seed(seed), model.Threads(threads)); err != nil {
			t.Fatal(err)
		}
		if _, err := m.Fit(x, y, model.Epochs(3), model.Batch(16)); err != nil {
			t.Fatal(err)
		}
		return m.WeightBytes()
	}
	a := train(5, 1)
	if !bytes.Equal(a, train(5, 1)) || !bytes.Equal(a, train(5, 2)) {
		t.Error("the same seed gives other weights")
	}
	if bytes.Equal(a, train(6, 1)) {
		t.Error("another seed gives the same weights")
	}
	m := fraudNet(t, model.Seed(9))
	before := m.WeightBytes()
	if _, err := m.Fit(x, y); err != nil {
		t.Fatal(err)
	}
	if err := m.Reset(9); err != nil || !bytes.Equal(before, m.WeightBytes()) {
		t.Errorf("Reset gives other weights: %v", err)
	}
}

// TestMAD49Frozen sees that a frozen layer keeps its weights bit for bit.
func TestMAD49Frozen(t *testing.T) {
	x, y := random(64, 4, 3)
	m := model.Sequential(model.Dense(10, model.Act("relu"), model.InputShape(4)).Frozen(), model.Dense(10, model.Act("relu")), model.Dense(3, model.Act("softmax")))
	if err := m.CompileBy("adam", "sparse_categorical_crossentropy"); err != nil {
		t.Fatal(err)
	}
	if m.NumParams() != 193 || m.NumTrainable() != 143 {
		t.Errorf("%d of %d weights are trained", m.NumTrainable(), m.NumParams())
	}
	fit := func() (changed []bool) {
		before := m.Weights()
		if _, err := m.Fit(x, y, model.Epochs(2)); err != nil {
			t.Fatal(err)
		}
		for i, w := range m.Weights() {
			changed = append(changed, !slices.Equal(before[i].Float32s(), w.Float32s()))
		}
		return changed
	}
	if got := fit(); !slices.Equal(got, []bool{false, false, true, true, true, true}) {
		t.Errorf("frozen: changed %v", got)
	}
	m.Layers()[0].Unfrozen()
	m.Layers()[2].Frozen()
	if got := fit(); !slices.Equal(got, []bool{true, true, true, true, false, false}) {
		t.Errorf("another frozen: changed %v", got)
	}
	for _, l := range m.Layers() {
		l.Frozen()
	}
	if got := fit(); slices.Contains(got, true) {
		t.Errorf("all frozen: changed %v", got)
	}
}

// TestFrozenBatchNormalization runs on its averages and keeps them.
func TestFrozenBatchNormalization(t *testing.T) {
	x, y := random(32, 3, 2)
	m := model.Sequential(model.BatchNormalization(model.InputShape(3)), model.Dense(2, model.Act("softmax")))
	if err := m.CompileBy("sgd", "sparse_categorical_crossentropy"); err != nil {
		t.Fatal(err)
	}
	if _, err := m.Fit(x, y, model.Epochs(3)); err != nil {
		t.Fatal(err)
	}
	norm := m.Layers()[0]
	if slices.Equal(norm.Weights()[2].Float64s(), []float64{0, 0, 0}) {
		t.Error("the averages have not moved")
	}
	norm.Frozen()
	before := m.Weights()
	if _, err := m.Fit(x, y, model.Epochs(2)); err != nil {
		t.Fatal(err)
	}
	for i, w := range norm.Weights() {
		if !slices.Equal(before[i].Float32s(), w.Float32s()) {
			t.Errorf("weight %d of a frozen normalisation has changed", i)
		}
	}
}

// TestClassWeights equals sample weights of the classes.
func TestClassWeights(t *testing.T) {
	x, y := random(30, 4, 3)
	w := tensor.New(tensor.Float64, 30)
	for i, k := range y.Int64s() {
		w.SetAt([]float64{1, 5, 0.5}[k], i)
	}
	a, b, c := irisNet(t), irisNet(t), irisNet(t)
	for m, opt := range map[*model.Model]model.FitOption{a: model.SampleWeights(w), b: model.ClassWeights(map[int]float64{1: 5, 2: 0.5}), c: model.Batch(32)} {
		if _, err := m.Fit(x, y, opt, model.Epochs(2)); err != nil {
			t.Fatal(err)
		}
	}
	if !bytes.Equal(a.WeightBytes(), b.WeightBytes()) || bytes.Equal(a.WeightBytes(), c.WeightBytes()) {
		t.Error("class weights are not sample weights by class")
	}
}

// TestValidation measures on rows that are kept from training.
func TestValidation(t *testing.T) {
	x, y := random(50, 4, 3)
	a, b := irisNet(t), irisNet(t)
	h, err := a.Fit(x, y, model.ValidationSplit(0.2), model.Epochs(2), model.Batch(8))
	if err != nil {
		t.Fatal(err)
	}
	g, err := b.Fit(x.Slice(0, 40), y.Slice(0, 40), model.Validation(x.Slice(40, 50), y.Slice(40, 50)), model.Epochs(2), model.Batch(8))
	if err != nil || !bytes.Equal(a.WeightBytes(), b.WeightBytes()) {
		t.Errorf("a split is not its parts: %v", err)
	}
	if !slices.Equal(h.Names(), []string{"loss", "accuracy", "val_loss", "val_accuracy"}) || !slices.Equal(h.Metric("val_loss"), g.Metric("val_loss")) {
		t.Errorf("%v: %v and %v", h.Names(), h.Metric("val_loss"), g.Metric("val_loss"))
	}
	got, err := a.Evaluate(x.Slice(40, 50), y.Slice(40, 50))
	if err != nil || math.Abs(got["loss"]-h.Metric("val_loss")[1]) > 1e-6 || got["accuracy"] != h.Metric("val_accuracy")[1] {
		t.Errorf("evaluated %v, %v; the history has %v", got, err, h.Metric("val_loss"))
	}
}

// TestLossNotFinite sees which step and layer a NaN is laid to, and that the
// weights are those from before.
func TestLossNotFinite(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	x, y := tensor.New(tensor.Float64, 40, 1), tensor.New(tensor.Float64, 40)
	for i := range 40 {
		x.SetAt(r.NormFloat64()*1e3, i, 0)
		y.SetAt(r.NormFloat64()*1e3, i)
	}
	for rate, want := range map[float64]string{
		100:  "at step 3: all layers' outputs are finite, so it comes from the loss mean_squared_error itself; the model has the weights from after step 2",
		1e31: "at step 2: the output of dense is infinite or NaN; the model has the weights from after step 1",
		1e38: "at step 2: step 1 has made weights of dense infinite or NaN; the model has the weights from after step 0",
	} {
		m := line(t, model.SGD(rate), model.MeanSquaredError())
		h, err := m.Fit(x, y, model.Epochs(50), model.Batch(4))
		if err == nil || !strings.HasPrefix(err.Error(), "model: fit: the loss is ") || !strings.Contains(err.Error(), want) {
			t.Errorf("rate %v: %v", rate, err)
		}
		for _, w := range flat(m) {
			if math.IsNaN(w) || math.IsInf(w, 0) {
				t.Errorf("weights %v after %v", flat(m), err)
			}
		}
		if h == nil || m.History() != h {
			t.Error("no history")
		}
	}
	// The exponential of a large number, and nothing wrong before.
	big := model.Sequential(model.Dense(1, model.InputShape(1)), model.Activation("exponential"), model.Dense(1, model.Name("last")))
	if err := big.Compile(model.SGD(1e-9), model.MeanSquaredError()); err != nil {
		t.Fatal(err)
	}
	weights(t, big, 1, 0, 1, 0)
	_, err := big.Fit(vector(1, 2, 3, 1000), vector(0, 0, 0, 0), model.Batch(1), model.Shuffle(false))
	if err == nil || !strings.Contains(err.Error(), "at step 4: the output of activation is infinite or NaN; the model has the weights from after step 3") {
		t.Errorf("%v", err)
	}
}

// TestInterruptKeepsWeights interrupts a Fit, which panics as the session
// wants it, and leaves what was learned.
func TestInterruptKeepsWeights(t *testing.T) {
	x, y := random(100, 4, 3)
	m := irisNet(t)
	before := m.WeightBytes()
	asked := 0
	interrupt.Watch(func() bool { asked++; return asked > 3 })
	defer interrupt.Watch(func() bool { return false })
	func() {
		defer func() {
			if v := recover(); v != any(interrupt.Err) {
				t.Errorf("panicked with %v", v)
			}
		}()
		m.Fit(x, y, model.Epochs(100), model.Batch(10))
	}()
	interrupt.Watch(func() bool { return false })
	if bytes.Equal(before, m.WeightBytes()) {
		t.Error("nothing was learned")
	}
	if h := m.History(); h == nil || h.Epochs() < 1 || h.Epochs() > 10 || !strings.Contains(h.String(), "interrupted") {
		t.Errorf("history %v", m.History())
	}
}

// TestStopsByCallback ends after the epoch that a callback says.
func TestStopsByCallback(t *testing.T) {
	x, y := random(20, 4, 3)
	m := irisNet(t)
	var seen []int
	h, err := m.Fit(x, y, model.Epochs(10), model.Callbacks(model.EpochFunc(func(n int, v map[string]float64) bool {
		seen = append(seen, n)
		return n == 3 && v["loss"] > 0
	})))
	if err != nil || h.Epochs() != 3 || !slices.Equal(seen, []int{1, 2, 3}) {
		t.Errorf("%d epochs, callbacks at %v, %v", h.Epochs(), seen, err)
	}
}

// TestSeveral has two inputs, two outputs, two losses and a shared layer.
func TestSeveral(t *testing.T) {
	a, b := model.Input(3).Named("left"), model.Input(3).Named("right")
	shared := model.Dense(4, model.Act("tanh"), model.Name("shared"))
	both := model.Concatenate().Of(shared.Of(a), shared.Of(b))
	class := model.Dense(3, model.Act("softmax"), model.Name("class")).Of(both)
	size := model.Dense(1, model.Name("size")).Of(model.Add().Of(shared.Of(a), shared.Of(b)))
	m := model.New([]*model.Symbol{a, b}, []*model.Symbol{class, size})
	if m.NumParams() != 16+8*3+3+5 {
		t.Errorf("%d weights:\n%v", m.NumParams(), m)
	}
	err := m.Compile(model.Adam(0.02), model.SparseCategoricalCrossEntropy(), model.Losses(model.MeanSquaredError()), model.LossWeights(1, 0.5))
	if err != nil {
		t.Fatal(err)
	}
	x1, k := random(60, 3, 3)
	x2, _ := random(60, 3, 3)
	s := x1.Sum(1)
	h, err := m.FitAll([]*tensor.Tensor{x1, x2}, []*tensor.Tensor{k, s}, model.Epochs(30), model.Batch(16), model.ValidationSplit(0.1))
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(h.Names()[:3], []string{"loss", "class_loss", "size_loss"}) {
		t.Errorf("names %v", h.Names())
	}
	last := func(name string) float64 { v := h.Metric(name); return v[len(v)-1] }
	if off := last("loss") - last("class_loss") - last("size_loss")/2; math.Abs(off) > 1e-5 {
		t.Errorf("the losses do not add up: %v", off)
	}
	if first := h.Metric("size_loss")[0]; last("size_loss") > first/2 {
		t.Errorf("size_loss from %v to %v", first, last("size_loss"))
	}
	out, err := m.PredictAll(x1, x2)
	if err != nil || len(out) != 2 || !slices.Equal(out[0].Shape(), []int{60, 3}) || !slices.Equal(out[1].Shape(), []int{60, 1}) {
		t.Errorf("%v, %v", out, err)
	}
	if _, err := m.Predict(x1); err == nil || !strings.Contains(err.Error(), "1 inputs; the model has 2") {
		t.Errorf("%v", err)
	}
	if r, err := model.GradCheckAll(m, []*tensor.Tensor{x1.Slice(0, 3), x2.Slice(0, 3)}, []*tensor.Tensor{k.Slice(0, 3), s.Slice(0, 3)}); err != nil || r.Worst > 1e-5 {
		t.Errorf("%v, %v", r, err)
	}
}

// TestStep is a loop of one's own; it learns what Fit learns.
func TestStep(t *testing.T) {
	x, y := random(40, 4, 3)
	a, b := irisNet(t), irisNet(t)
	if _, err := a.Fit(x, y, model.Epochs(2), model.Batch(10), model.Shuffle(false)); err != nil {
		t.Fatal(err)
	}
	s, err := b.Step(10)
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		for from := 0; from < 40; from += 10 {
			if loss, err := s.Train(x.Slice(from, from+10), y.Slice(from, from+10)); err != nil || !(loss > 0) {
				t.Fatal(loss, err)
			}
		}
	}
	if !bytes.Equal(a.WeightBytes(), b.WeightBytes()) {
		t.Error("steps learn otherwise than Fit")
	}
	if _, err := s.Train(x.Slice(0, 3), y.Slice(0, 3)); err == nil || !strings.Contains(err.Error(), "3 rows; the step is for 10") {
		t.Errorf("%v", err)
	}
	b.Layers()[0].Frozen()
	if _, err := s.Run(); err == nil || !strings.Contains(err.Error(), "make the step anew") {
		t.Errorf("%v", err)
	}
}

// TestBatches of any size predict the same, and one larger than the data is
// all of it.
func TestBatches(t *testing.T) {
	x, y := random(300, 4, 3)
	m := irisNet(t)
	if _, err := m.Fit(x.Slice(0, 7), y.Slice(0, 7), model.Batch(1000)); err != nil {
		t.Fatal(err)
	}
	all, err := m.Predict(x)
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range []int{1, 2, 31} {
		p, err := m.Predict(x.Slice(10, 10+n))
		if err != nil {
			t.Fatal(err)
		}
		near(t, "predictions", p.Float64s(), all.Slice(10, 10+n).Float64s(), 1e-6)
	}
	if p, err := m.Predict(x.Slice(0, 0)); err != nil || p.Dim(0) != 0 {
		t.Errorf("no rows: %v, %v", p, err)
	}
	one, err1 := m.Evaluate(x, y, model.Batch(1))
	most, err2 := m.Evaluate(x, y, model.Batch(299))
	if err1 != nil || err2 != nil || math.Abs(one["loss"]-most["loss"]) > 1e-6 || one["accuracy"] != most["accuracy"] {
		t.Errorf("%v and %v: %v %v", one, most, err1, err2)
	}
}
