package model_test

import (
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/sheaf-go/sheaf/learn"
	"github.com/sheaf-go/sheaf/learn/gather"
	"github.com/sheaf-go/sheaf/learn/model"
	"github.com/sheaf-go/sheaf/learn/scatter"
	"github.com/sheaf-go/sheaf/learn/tensor"
	"github.com/sheaf-go/sheaf/tables"
	"github.com/sheaf-go/sheaf/tables/datum"
)

// TestBadData is data that a model refuses, with what it says.
func TestBadData(t *testing.T) {
	x, y := random(6, 4, 3)
	with := func(v float64, i, j int) *tensor.Tensor {
		c := x.Cast(tensor.Float64)
		c.SetAt(v, i, j)
		return c
	}
	labels := func(k ...float64) *tensor.Tensor { return vector(k...) }
	m := irisNet(t)
	for _, c := range []struct {
		x, y *tensor.Tensor
		opts []model.FitOption
		want string
	}{
		{nil, y, nil, "model: fit: x: it is nil"},
		{x.Slice(0, 9), y, nil, "model: fit: x: tensor: slice: rows 0 to 9 of 6"},
		{x.Slice(0, 5), y, nil, "model: fit: x has 5 rows, y has 6"},
		{x.Slice(0, 0), y.Slice(0, 0), nil, "model: fit: no rows"},
		{tensor.New(tensor.Float64, 6, 3), y, nil, "model: fit: x has shape (6, 3); want (n, 4)"},
		{with(math.NaN(), 2, 3), y, nil, "model: fit: x is NaN in row 2, column 3; want finite numbers"},
		{with(math.Inf(-1), 0, 1), y, nil, "model: fit: x is -Inf in row 0, column 1; want finite numbers"},
		{with(1e300, 5, 0), y, nil, "model: fit: x is 1e+300 in row 5, column 0, too large for float32; scale it, or compile with model.Float64()"},
		{x, labels(0, 1, 2, 3, 0, 0), nil, "model: fit: y is 3 in row 3; output dense_2 has 3 classes, so want 0 to 2"},
		{x, labels(0, 1, 2, -1, 0, 0), nil, "model: fit: y is -1 in row 3; output dense_2 has 3 classes, so want 0 to 2"},
		{x, labels(0, 1, 2, 0.5, 0, 0), nil, "model: fit: output dense_2: model: loss sparse_categorical_crossentropy: targets are no whole numbers; want class numbers from 0 to 2: y is 0.5 in row 3"},
		{x, tensor.New(tensor.Float64, 6, 3), nil, "model: fit: output dense_2: model: loss sparse_categorical_crossentropy: targets have shape (n, 3) for predictions (n, 3); want (n) (one-hot targets go with categorical_crossentropy)"},
		{x, y, []model.FitOption{model.Epochs(0)}, "model: fit: Epochs is 0; want at least 1"},
		{x, y, []model.FitOption{model.Batch(-2)}, "model: fit: Batch is -2; want at least 1"},
		{x, y, []model.FitOption{model.ValidationSplit(1)}, "model: fit: ValidationSplit is 1; want between 0 and 1"},
		{x, y, []model.FitOption{model.ValidationSplit(0.01)}, "model: fit: ValidationSplit 0.01 of 6 rows leaves 6 to train on and 0 to validate; want at least one each"},
		{x, y, []model.FitOption{model.ValidationSplit(0.5), model.Validation(x, y)}, "model: fit: both ValidationSplit and Validation; want one"},
		{x, y, []model.FitOption{model.SampleWeights(vector(1, 2))}, "model: fit: sample weights have shape (2); want (6)"},
		{x, y, []model.FitOption{model.SampleWeights(vector(1, 2, -1, 0, 0, 0))}, "model: fit: the sample weight of row 2 is -1; want at least 0"},
		{x, y, []model.FitOption{model.ClassWeights(map[int]float64{1: -1})}, "model: fit: ClassWeights has -1 for class 1; want at least 0"},
		{x, y, []model.FitOption{model.Features("a")}, "model: fit: Features and Targets are for tables; use FitTable"},
		{x, y, []model.FitOption{model.Callbacks(nil)}, "model: fit: callback 0 is nil"},
	} {
		before := m.WeightBytes()
		_, err := m.Fit(c.x, c.y, c.opts...)
		if err == nil || err.Error() != c.want {
			t.Errorf("%v\nwant %s", err, c.want)
		}
		if string(before) != string(m.WeightBytes()) {
			t.Errorf("weights have changed before %v", err)
		}
	}
	for _, c := range []struct {
		err  error
		want string
	}{
		{model.Sequential(model.Dense(1)).CompileBy("adma", "mse"), `model: no optimizer "adma"; did you mean "adam"?`},
		{model.Sequential(model.Dense(1)).CompileBy("adam", "mean_squared_eror"), `model: no loss "mean_squared_eror"; did you mean "mean_squared_error"?`},
		{model.Sequential(model.Dense(1)).CompileBy("adam", "mse", "acuracy"), `model: compile: model: no metric "acuracy"; did you mean "accuracy"?`},
		{model.Sequential(model.Dense(1)).Compile(nil, model.Poisson()), "model: compile: the optimizer is nil"},
		{irisNet(t).Compile(model.Adam(1), model.Poisson(), model.Losses(model.Poisson())), "model: compile: 2 losses for 1 outputs; want one each, or one for all"},
	} {
		if c.err == nil || c.err.Error() != c.want {
			t.Errorf("%v\nwant %s", c.err, c.want)
		}
	}
	if _, err := model.Sequential(model.Dense(1)).Fit(x, y); err == nil || err.Error() != "model: fit: the model is not compiled; call Compile first" {
		t.Errorf("%v", err)
	}
	if _, err := m.Evaluate(x, y, model.Epochs(2)); err == nil || err.Error() != "model: evaluate: it has no option Epochs; it has Batch, SampleWeights, ClassWeights" {
		t.Errorf("%v", err)
	}
}

// TestRowShapes are inputs that hold the rows in another shape.
func TestRowShapes(t *testing.T) {
	m := model.Sequential(model.Conv2D(1, 2, 2, model.KernelInit(model.Ones()), model.InputShape(2, 3, 1)))
	for _, shape := range [][]int{{5, 2, 3, 1}, {5, 2, 3}, {5, 6}} {
		p, err := m.Predict(grid(shape...))
		if err != nil || !slices.Equal(p.Row(0).Float64s(), []float64{0 + 1 + 3 + 4, 1 + 2 + 4 + 5}) {
			t.Errorf("%v: %v, %v", shape, p, err)
		}
	}
	if _, err := m.Predict(grid(5, 3, 2)); err == nil {
		t.Error("transposed pictures pass")
	}
	one := model.Sequential(model.Dense(2, model.InputShape(1)))
	if p, err := one.Predict(vector(1, 2, 3)); err != nil || !slices.Equal(p.Shape(), []int{3, 2}) {
		t.Errorf("a vector: %v, %v", p, err)
	}
	ints := tensor.FromSlice([]int{2, 1}, []uint8{1, 255})
	if p, err := one.Predict(ints); err != nil || p.Dim(0) != 2 {
		t.Errorf("bytes: %v, %v", p, err)
	}
	strided := grid(4, 6).T()
	four := model.Sequential(model.Dense(2, model.InputShape(4)))
	p, err1 := four.Predict(strided)
	q, err2 := four.Predict(strided.AsLayout(tensor.RowMajor))
	if err1 != nil || err2 != nil || !slices.Equal(p.Float64s(), q.Float64s()) {
		t.Errorf("a view is answered otherwise: %v, %v", err1, err2)
	}
}

// irisTable is the irises with class numbers, in standard units.
func irisTable() *tables.Table {
	t := datum.Iris().Encode("class_text")
	x, _ := iris()
	for j, name := range irisColumns {
		t = t.DropColumns(name).With(tables.Floats(name, x.Col(j).Float64s()...))
	}
	return t
}

var irisColumns = []string{"sepal_length", "sepal_width", "petal_length", "petal_width"}

// TestTables trains on a table what tensors train.
func TestTables(t *testing.T) {
	d := irisTable()
	x, y := iris()
	a, b := irisNet(t), irisNet(t)
	if _, err := a.Fit(x, y, model.Epochs(20)); err != nil {
		t.Fatal(err)
	}
	if _, err := b.FitTable(d, model.Features(irisColumns...), model.Targets("class_text"), model.Epochs(20)); err != nil {
		t.Fatal(err)
	}
	if string(a.WeightBytes()) != string(b.WeightBytes()) {
		t.Error("a table trains otherwise than its tensors")
	}
	want, err1 := a.Evaluate(x, y)
	got, err2 := b.EvaluateTable(d, model.Targets("class_text"))
	if err1 != nil || err2 != nil || want["loss"] != got["loss"] {
		t.Errorf("%v, %v; %v, %v", want, err1, got, err2)
	}
	classes, _ := a.Classify(x)
	out := b.PredictTable(d, "Class")
	if out.Err() != nil || !slices.Equal(out.Int64s("Class"), classes.Int64s()) {
		t.Errorf("%v", out.Err())
	}
	three := b.PredictTable(d, "P0", "P1", "P2")
	p, _ := a.Predict(x)
	if three.Err() != nil || !slices.Equal(three.Float64s("P1"), p.Col(1).Float64s()) {
		t.Errorf("%v", three.Err())
	}
	for _, c := range []struct {
		err  error
		want string
	}{
		{b.PredictTable(d, "A", "B").Err(), "model: predict: 2 names for 3 columns of output; want one for each, or one for the class"},
		{b.PredictTable(tables.Failed(tables.ErrCSV), "A").Err(), "model: predict: malformed CSV"},
		{fitTable(b, d, model.Features("petal_lenght"), model.Targets("class_text")), `model: fit: no column "petal_lenght"; did you mean "petal_length"?`},
		{fitTable(b, datum.Iris(), model.Features(irisColumns...), model.Targets("class_text")), `model: fit: column "class_text" is text; make class numbers of it with t.Encode("class_text"), or numbers with t.Update`},
		{fitTable(b, d.Slice(0, 0), model.Targets("class_text")), "model: fit: no rows"},
		{fitTable(b, d), "model: fit: want Features(…) and Targets(…), the names of columns"},
		{fitTable(b, d.Update("petal_width = i == 7 ? 1 / 0.0 : petal_width"), model.Targets("class_text")), "model: fit: x is +Inf in row 7, column 3 (petal_width); want finite numbers"},
	} {
		if c.err == nil || c.err.Error() != c.want {
			t.Errorf("%v\nwant %s", c.err, c.want)
		}
	}
}

// TestTableOfSeveral divides columns among inputs and outputs.
func TestTableOfSeveral(t *testing.T) {
	d := irisTable()
	net := func() *model.Model {
		a, b := model.Input(3), model.Input(1)
		both := model.Concatenate().Of(a, b)
		m := model.New([]*model.Symbol{a, b}, []*model.Symbol{model.Dense(1, model.Name("size")).Of(both), model.Dense(3, model.Act("softmax"), model.Name("class")).Of(both)})
		if err := m.Compile(model.Adam(0.01), model.MeanSquaredError(), model.Losses(model.SparseCategoricalCrossEntropy())); err != nil {
			t.Fatal(err)
		}
		return m
	}
	m, n := net(), net()
	if err := fitTable(m, d, model.Features(irisColumns...), model.Targets("id", "class_text")); err != nil {
		t.Fatal(err)
	}
	x, y := iris()
	id := tensor.FromSlice([]int{150}, d.Int64s("id"))
	if _, err := n.FitAll([]*tensor.Tensor{x.T().Slice(0, 3).T(), x.Col(3)}, []*tensor.Tensor{id, y}); err != nil {
		t.Fatal(err)
	}
	if string(m.WeightBytes()) != string(n.WeightBytes()) {
		t.Error("a table trains otherwise than its tensors")
	}
	err := fitTable(m, d, model.Features("id", "sepal_width"), model.Targets("id", "class_text"))
	if err == nil || err.Error() != "model: fit: features: 2 columns; the model has 2 arrays with rows of 4 elements together" {
		t.Errorf("%v", err)
	}
}

func fitTable(m *model.Model, t *tables.Table, opts ...model.FitOption) error {
	_, err := m.FitTable(t, opts...)
	return err
}

// TestLearn gives a model to learn.Train and learn.Learn as it is. (LEC-17)
func TestLearn(t *testing.T) {
	d := irisTable()
	in := learn.In(gather.Float32, irisColumns...)
	m := irisNet(t)
	err := learn.Train(d, m.Fitter(model.Epochs(40), model.Batch(10)), learn.Batch(d.Len()), in, learn.In(gather.Int16, "class_text"))
	if err != nil {
		t.Fatal(err)
	}
	for range 3 {
		if err := learn.Train(d, m, learn.Batch(64), in, learn.In(gather.Int64, "class_text")); err != nil {
			t.Fatal(err)
		}
	}
	out := learn.Learn(d, m, learn.Batch(37), in, learn.Out("Predicted", scatter.Argmax, tables.Int32), learn.Out("P2", scatter.Col(2), tables.Float64))
	if out.Err() != nil {
		t.Fatal(out.Err())
	}
	right := 0
	for i, k := range out.Int64s("Predicted") {
		if k == d.Int64s("class_text")[i] {
			right++
		}
	}
	if right < 143 {
		t.Errorf("%d of 150 right", right)
	}
	bad := learn.Learn(d, m, learn.Batch(37), learn.In(gather.Float32, "sepal_length"), learn.Out("P", scatter.Argmax, tables.Int32))
	if bad.Err() == nil || !strings.Contains(bad.Err().Error(), "model: predict: x has shape (37, 1); want (n, 4)") {
		t.Errorf("%v", bad.Err())
	}
}

// TestMAD28WeightBytes has the weights as a flat string of float32.
func TestMAD28WeightBytes(t *testing.T) {
	m := model.Sequential(model.Dense(10, model.InputShape(4)), model.Dense(10), model.Dense(3))
	b := m.WeightBytes()
	if len(b) != 772 {
		t.Errorf("%d bytes, want 772", len(b))
	}
	other := model.Sequential(model.Dense(10, model.InputShape(4)), model.Dense(10), model.Dense(3))
	if err := other.Reset(77); err != nil || string(other.WeightBytes()) == string(b) {
		t.Errorf("another seed has the same weights: %v", err)
	}
	if err := other.SetWeightBytes(b); err != nil || string(other.WeightBytes()) != string(b) {
		t.Errorf("set weights are not the ones got: %v", err)
	}
	if err := m.SetWeightBytes(b[:40]); err == nil || err.Error() != "model: set weight bytes: elements 10 vs 193: 40 bytes; want 4 for each of 193 weights" {
		t.Errorf("%v", err)
	}
	if err := m.SetWeights(m.Weights()[:2]...); err == nil || err.Error() != "model: set weights: 2 tensors; the model has 6 weights" {
		t.Errorf("%v", err)
	}
	w := m.Weights()
	w[1], w[0] = w[0], w[1]
	if err := m.SetWeights(w...); err == nil || err.Error() != "model: set weights: dense/kernel: shape (10); want (4, 10)" {
		t.Errorf("%v", err)
	}
}

// TestMAD50Precedence: weights that were set stay when the model is compiled,
// with a seed or without; weights that were not follow the seed.
func TestMAD50Precedence(t *testing.T) {
	net := func() *model.Model { return model.Sequential(model.Dense(2, model.InputShape(2))) }
	compile := func(m *model.Model, seed uint64) *model.Model {
		if err := m.Compile(model.Adam(0.01), model.MeanSquaredError(), model.Seed(seed)); err != nil {
			t.Fatal(err)
		}
		return m
	}
	if a, b := compile(net(), 3), compile(net(), 4); slices.Equal(flat(a), flat(b)) {
		t.Error("two seeds give the same weights")
	}
	m := net()
	weights(t, m, 1, 2, 3, 4, 5, 6)
	if got := flat(compile(m, 3)); !slices.Equal(got, []float64{1, 2, 3, 4, 5, 6}) {
		t.Errorf("set weights became %v", got)
	}
	limit := math.Sqrt(6.0 / 4)
	for i, w := range flat(compile(net(), 8)) {
		if i < 4 && (w == 0 || math.Abs(w) > limit) || i >= 4 && w != 0 {
			t.Errorf("weight %d begins as %v", i, w)
		}
	}
}
