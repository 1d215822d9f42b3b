package model_test

import (
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/sheaf-go/sheaf/learn/model"
	"github.com/sheaf-go/sheaf/learn/tensor"
	"github.com/sheaf-go/sheaf/tables"
)

// TestMAD24ClassCount counts classes from the last layer with units, also where
// an Activation follows it; another number of classes is an error of Fit.
func TestMAD24ClassCount(t *testing.T) {
	x, _ := random(10, 4, 3)
	three := tensor.New(tensor.Float32, 10, 3)
	for _, layers := range [][]*model.Layer{
		{model.Dense(4, model.Act("softmax"))}, {model.Dense(4), model.Activation("softmax")},
	} {
		m := model.Sequential(layers...)
		if err := m.CompileBy("adam", "categorical_crossentropy"); err != nil {
			t.Fatal(err)
		}
		if _, err := m.Fit(x, three); err == nil || !strings.Contains(err.Error(), "targets have shape (n, 3), predictions (n, 4)") {
			t.Errorf("%v", err)
		}
		if _, err := m.Fit(x, tensor.New(tensor.Float32, 10, 4)); err != nil {
			t.Errorf("four classes: %v", err)
		}
	}
}

// TestActivationLayer trains on logits behind an Activation as behind the
// layer's own: the same weights, bit for bit.
func TestActivationLayer(t *testing.T) {
	x, y := random(20, 4, 3)
	var got [][]float64
	for _, layers := range [][]*model.Layer{
		{model.Dense(3, model.Act("softmax"))}, {model.Dense(3), model.Activation("softmax")},
	} {
		m := model.Sequential(layers...)
		if err := m.CompileBy("adam", "sparse_categorical_crossentropy"); err != nil {
			t.Fatal(err)
		}
		h, err := m.Fit(x.Cast(tensor.Float64), y, model.Epochs(3))
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, append(flat(m), h.Metric("loss")...))
	}
	if !slices.Equal(got[0], got[1]) {
		t.Errorf("%v and %v", got[0], got[1])
	}
	// Far beyond where probabilities are 0 in float32, the loss is the logit.
	m := model.Sequential(model.Dense(2, model.Act("softmax"), model.InputShape(1)))
	if err := m.CompileBy("sgd", "sparse_categorical_crossentropy"); err != nil {
		t.Fatal(err)
	}
	weights(t, m, 300, 0, 0, 0)
	loss, err := m.Evaluate(vector(1), vector(1))
	if err != nil || math.Abs(loss["loss"]-300) > 1e-3 {
		t.Errorf("%v, %v; want 300", loss, err)
	}
}

// TestQC114Predictions has classes and probabilities of a classification, and
// the numbers of a regression.
func TestQC114Predictions(t *testing.T) {
	x := tensor.FromFloat64s([]int{2, 2}, 1, 3, 2, 0)
	many := model.Sequential(model.Dense(2, model.Act("softmax"), model.KernelInit(model.Identity(1))))
	one := model.Sequential(model.Dense(1, model.Act("sigmoid"), model.InputShape(2)))
	weights(t, one, 1, -1, 0)
	for _, c := range []struct {
		m    *model.Model
		want []int64
	}{{many, []int64{1, 0}}, {one, []int64{0, 1}}} {
		k, err := c.m.Classify(x)
		if err != nil || !slices.Equal(k.Int64s(), c.want) {
			t.Errorf("classes %v, %v; want %v", k, err, c.want)
		}
		if p, err := c.m.Predict(x); err != nil || p.Float64At(0, 0) <= 0 || p.Float64At(0, 0) >= 0.5 {
			t.Errorf("probabilities %v, %v", p, err)
		}
	}
}

// TestQC117Loop has 102 rows in batches of 5: 20 whole ones and one of 2, which
// counts too; the history has a value for each epoch of training and
// validation.
func TestQC117Loop(t *testing.T) {
	x, y := random(102, 4, 3)
	m := irisNet(t)
	h, err := m.Fit(x, y, model.Epochs(30), model.Batch(5), model.Validation(x.Slice(0, 9), y.Slice(0, 9)))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"loss", "accuracy", "val_loss", "val_accuracy"} {
		if n := len(h.Metric(name)); n != 30 {
			t.Errorf("%s has %d values", name, n)
		}
	}
}

// TestDH63Fraud trains the network of the seed on payments of the real schema
// and rates, made up: V3 and V7 tell frauds.
func TestDH63Fraud(t *testing.T) {
	const n = 6000
	r := rand.New(rand.NewPCG(6, 3))
	var cols []tables.Col
	class := make([]int, n)
	var names []string
	for i := range class {
		if r.IntN(100) < 3 {
			class[i] = 1
		}
	}
	for j := 1; j <= 28; j++ {
		v := make([]float64, n)
		for i := range v {
			if v[i] = r.NormFloat64(); class[i] == 1 && (j == 3 || j == 7) {
				v[i] -= 5
			}
		}
		names = append(names, "V"+string(rune('0'+j/10))+string(rune('0'+j%10)))
		cols = append(cols, tables.Floats(names[j-1], v...))
	}
	all := tables.New(append(cols, tables.Ints("Class", class...))...)
	train, test := all.TrainTestSplit(0.3)
	if train.Len()+test.Len() != n {
		t.Fatalf("%d + %d rows of %d", train.Len(), test.Len(), n)
	}
	m := fraudNet(t, model.Metrics("accuracy"))
	if m.NumParams() != 1592 {
		t.Errorf("%d parameters, want 1592", m.NumParams())
	}
	if _, err := m.FitTable(train, model.Features(names...), model.Targets("Class"), model.Epochs(15), model.Batch(64)); err != nil {
		t.Fatal(err)
	}
	out := m.PredictTable(test, "PredictedClass")
	if out.Err() != nil {
		t.Fatal(out.Err())
	}
	found, frauds, wrong := 0, 0, 0
	for i, k := range out.Int64s("PredictedClass") {
		is := test.Int64s("Class")[i]
		switch {
		case k != 0 && k != 1:
			t.Fatalf("class %d", k)
		case is == 1:
			frauds++
			found += int(k)
		case k == 1:
			wrong++
		}
	}
	if found*10 < frauds*9 || wrong > 5 {
		t.Errorf("%d of %d frauds found, %d false alarms", found, frauds, wrong)
	}
}

// TestQC118StopWhen stops once all limits are met, and refuses what it does not
// know.
func TestQC118StopWhen(t *testing.T) {
	x, y := iris()
	m := irisNet(t)
	h, err := m.Fit(x, y, model.Epochs(500), model.Batch(10),
		model.Callbacks(model.StopWhen("accuracy", ">=", 0.96).And("loss", "<=", 0.2)))
	if err != nil {
		t.Fatal(err)
	}
	accuracy, loss := h.Metric("accuracy"), h.Metric("loss")
	last := h.Epochs() - 1
	if last >= 499 || accuracy[last] < 0.96 || loss[last] > 0.2 || !strings.Contains(h.String(), "0.96") {
		t.Errorf("after %d epochs: accuracy %v, loss %v\n%v", last+1, accuracy[last], loss[last], h)
	}
	for i := range last {
		if accuracy[i] >= 0.96 && loss[i] <= 0.2 {
			t.Errorf("not stopped after epoch %d", i+1)
		}
	}
	for _, c := range []struct {
		stop *model.Cutoff
		want string
	}{{model.StopWhen("acuracy", ">=", 0.9), `"accuracy"`}, {model.StopWhen("accuracy", "above", 0.9), ">="}} {
		if _, err := m.Fit(x, y, model.Callbacks(c.stop)); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%v; want %s", err, c.want)
		}
	}
}
