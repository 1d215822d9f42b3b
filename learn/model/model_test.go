package model_test

import (
	"slices"
	"testing"

	"github.com/sheaf-go/sheaf/learn/model"
	"github.com/sheaf-go/sheaf/learn/tensor"
	"github.com/sheaf-go/sheaf/tables/datum"
)

// iris is the irises in standard units, and their class numbers.
func iris() (x, y *tensor.Tensor) {
	t := datum.Iris().Encode("class_text")
	names := []string{"sepal_length", "sepal_width", "petal_length", "petal_width"}
	x = tensor.New(tensor.Float32, t.Len(), len(names))
	for j, name := range names {
		for i, v := range t.Float64s(name) {
			x.SetAt(float32((v-t.Mean(name))/t.Std(name)), i, j)
		}
	}
	return x, tensor.FromSlice([]int{t.Len()}, t.Int64s("class_text"))
}

// irisNet is the network of row DH-64, compiled.
func irisNet(t testing.TB, opts ...model.CompileOption) *model.Model {
	t.Helper()
	m := model.Sequential(
		model.Dense(16, model.Act("relu"), model.InputShape(4)),
		model.Dense(12, model.Act("relu")),
		model.Dense(3, model.Act("softmax")))
	opts = append([]model.CompileOption{model.Metrics("accuracy")}, opts...)
	if err := m.Compile(model.Adam(0.01), model.SparseCategoricalCrossEntropy(), opts...); err != nil {
		t.Fatal(err)
	}
	return m
}

func TestDH64Iris(t *testing.T) {
	x, y := iris()
	m := irisNet(t)
	if n := m.NumParams(); n != 323 {
		t.Errorf("%d parameters, want 323", n)
	}
	h, err := m.Fit(x, y, model.Epochs(30), model.Batch(5))
	if err != nil {
		t.Fatal(err)
	}
	loss := h.Metric("loss")
	if len(loss) != 30 || loss[29] > loss[0]/3 {
		t.Errorf("losses %v", loss)
	}
	got, err := m.Evaluate(x, y)
	if err != nil || got["accuracy"] <= 0.95 {
		t.Errorf("%v, %v; want an accuracy above 0.95", got, err)
	}
	p, err := m.Predict(x)
	if err != nil || !slices.Equal(p.Shape(), []int{150, 3}) {
		t.Fatalf("%v, %v", p.Shape(), err)
	}
	k, err := m.Classify(x)
	if err != nil {
		t.Fatal(err)
	}
	right := 0
	for i, v := range k.Int64s() {
		if v == y.Int64s()[i] {
			right++
		}
	}
	if float64(right)/150 != got["accuracy"] {
		t.Errorf("%d right, accuracy %v", right, got["accuracy"])
	}
}
