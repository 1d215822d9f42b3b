package model_test

import (
	"strings"
	"testing"

	"github.com/sheaf-go/sheaf/learn/model"
	"github.com/sheaf-go/sheaf/learn/tensor"
)

// TestLEC8GradCheck compares derivatives through every layer, with batch
// normalisation as in training and as in use, and dropout, with differences.
func TestLEC8GradCheck(t *testing.T) {
	x, y := pictures(3)
	for _, frozen := range []bool{false, true} {
		m := everyLayer(t)
		if frozen {
			m.Layer("batch_normalization").Frozen()
		}
		before := m.WeightBytes()
		r, err := model.GradCheck(m, x, y)
		if err != nil {
			t.Fatal(err)
		}
		if r.Worst > 1e-5 || r.Checked < m.NumTrainable() || r.Kinks > r.Checked/20 {
			t.Errorf("frozen %v: %v", frozen, r)
		}
		if string(before) != string(m.WeightBytes()) {
			t.Error("the check changed the model")
		}
	}
}

// TestGradCheckFinds has a function whose derivative is wrong by design: it
// does not go through a part of it.
func TestGradCheckFinds(t *testing.T) {
	x := tensor.FromFloat64s([]int{2, 2}, 0.5, -1, 2, 0.3)
	r, err := model.GradCheckFunc(func(x ...*tensor.Node) *tensor.Node { return x[0].Square().Mul(x[0].Sin()) }, x)
	if err != nil || r.Worst > 1e-7 || r.Checked != 4 {
		t.Errorf("%v, %v", r, err)
	}
	r, err = model.GradCheckFunc(func(x ...*tensor.Node) *tensor.Node { return x[0].Square().StopGradient().Add(x[0]) }, x)
	if err != nil || r.Worst < 0.1 || !strings.HasPrefix(r.At, "x0[") {
		t.Errorf("a wrong derivative passes: %v, %v", r, err)
	}
	kink := tensor.FromFloat64s([]int{2}, 0, 1)
	r, err = model.GradCheckFunc(func(x ...*tensor.Node) *tensor.Node { return x[0].ReLU() }, kink)
	if err != nil || r.Kinks != 1 || r.Checked != 1 || r.Worst > 1e-7 {
		t.Errorf("at a kink: %v, %v", r, err)
	}
}

// TestGradCheckOfNothing has a bias that a normalisation takes away again: its
// derivative is 0, and differences are rounding errors.
func TestGradCheckOfNothing(t *testing.T) {
	m := model.Sequential(model.Dense(3), model.BatchNormalization(), model.Dense(2, model.Act("softmax")))
	if err := m.CompileBy("sgd", "sparse_categorical_crossentropy"); err != nil {
		t.Fatal(err)
	}
	x, y := random(6, 4, 2)
	if r, err := model.GradCheck(m, x, y); err != nil || r.Worst > 1e-5 {
		t.Errorf("%v, %v", r, err)
	}
}
