package model_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/sheaf-go/sheaf/learn/model"
	"github.com/sheaf-go/sheaf/learn/tensor"
)

// grid is 0, 1, 2 … in a shape.
func grid(shape ...int) *tensor.Tensor {
	t := tensor.New(tensor.Float64, shape...)
	for i, v := 0, t.Raw().([]float64); i < len(v); i++ {
		v[i] = float64(i)
	}
	return t
}

// TestLayerValues compares layers with values from their definitions.
func TestLayerValues(t *testing.T) {
	image := grid(1, 4, 4, 1)
	for _, c := range []struct {
		l     *model.Layer
		x     *tensor.Tensor
		shape []int
		want  []float64
	}{
		{model.Rescaling(0.5, 1), grid(1, 3), []int{1, 3}, []float64{1, 1.5, 2}},
		{model.Activation("relu"), tensor.FromFloat64s([]int{1, 3}, -1, 0, 2), []int{1, 3}, []float64{0, 0, 2}},
		{model.Activation("leaky_relu"), tensor.FromFloat64s([]int{1, 2}, -1, 2), []int{1, 2}, []float64{-0.2, 2}},
		{model.Activation("leaky_relu", model.Alpha(0)), tensor.FromFloat64s([]int{1, 2}, -1, 2), []int{1, 2}, []float64{0, 2}},
		{model.Activation("swish"), tensor.FromFloat64s([]int{1, 1}, 1), []int{1, 1}, []float64{0.7310586}},
		{model.Dropout(0.9), grid(2, 2), []int{2, 2}, []float64{0, 1, 2, 3}},
		{model.Flatten(), grid(2, 2, 2), []int{2, 4}, []float64{0, 1, 2, 3, 4, 5, 6, 7}},
		{model.Reshape([]int{-1, 2}), grid(1, 6), []int{1, 3, 2}, []float64{0, 1, 2, 3, 4, 5}},
		{model.MaxPooling2D(2, 2), image, []int{1, 2, 2, 1}, []float64{5, 7, 13, 15}},
		{model.MaxPooling2D(3, 3, model.Stride(1, 2), model.Padding("same")), image, []int{1, 4, 2, 1}, []float64{6, 7, 10, 11, 14, 15, 14, 15}},
		{model.AveragePooling2D(2, 2), image, []int{1, 2, 2, 1}, []float64{2.5, 4.5, 10.5, 12.5}},
		{model.AveragePooling2D(3, 3, model.Padding("same")), grid(1, 2, 2, 1), []int{1, 1, 1, 1}, []float64{1.5}},
		{model.MaxPooling1D(2), grid(1, 5, 1), []int{1, 2, 1}, []float64{1, 3}},
		{model.AveragePooling1D(2, model.Stride(1)), grid(1, 3, 1), []int{1, 2, 1}, []float64{0.5, 1.5}},
		{model.GlobalAveragePooling1D(), grid(1, 3, 2), []int{1, 2}, []float64{2, 3}},
		{model.GlobalMaxPooling1D(), grid(1, 3, 2), []int{1, 2}, []float64{4, 5}},
		{model.GlobalAveragePooling2D(), grid(1, 2, 2, 2), []int{1, 2}, []float64{3, 4}},
		{model.GlobalMaxPooling2D(), grid(1, 2, 2, 2), []int{1, 2}, []float64{6, 7}},
		{model.UpSampling1D(2), grid(1, 2, 1), []int{1, 4, 1}, []float64{0, 0, 1, 1}},
		{model.UpSampling2D(1, 2), grid(1, 2, 1, 1), []int{1, 2, 2, 1}, []float64{0, 0, 1, 1}},
		{model.ZeroPadding2D(1, 0, 0, 1), grid(1, 1, 2, 1), []int{1, 2, 3, 1}, []float64{0, 0, 0, 0, 1, 0}},
		{model.Dense(1, model.KernelInit(model.Ones()), model.BiasInit(model.Constant(0.5))), grid(1, 2, 3), []int{1, 2, 1}, []float64{3.5, 12.5}},
		{model.Conv1D(1, 2, model.KernelInit(model.Ones()), model.UseBias(false)), grid(1, 4, 1), []int{1, 3, 1}, []float64{1, 3, 5}},
		{model.Conv1D(1, 2, model.KernelInit(model.Ones()), model.Padding("causal"), model.Dilation(2)), grid(1, 4, 1), []int{1, 4, 1}, []float64{0, 1, 2, 4}},
		{model.Conv2D(1, 2, 2, model.KernelInit(model.Ones()), model.Stride(2)), image, []int{1, 2, 2, 1}, []float64{10, 18, 42, 50}},
		{model.BatchNormalization(model.Epsilon(1e-9), model.BetaInit(model.Constant(2)), model.GammaInit(model.Constant(3))), grid(2, 1), []int{2, 1}, []float64{2, 5}},
		{model.Lambda("squares", func(x ...*tensor.Node) *tensor.Node { return x[0].Square() }), grid(1, 3), []int{1, 3}, []float64{0, 1, 4}},
	} {
		p, err := model.Sequential(c.l).Predict(c.x)
		if err != nil || !slices.Equal(p.Shape(), c.shape) {
			t.Errorf("%v: shape %v, %v; want %v", c.l, p.Shape(), err, c.shape)
			continue
		}
		near(t, c.l.String(), p.Float64s(), c.want, 1e-6)
	}
}

func TestMerges(t *testing.T) {
	a, b := model.Input(2), model.Input(2)
	for _, c := range []struct {
		l    *model.Layer
		want []float64
	}{
		{model.Add(), []float64{5, 7}}, {model.Multiply(), []float64{4, 10}}, {model.Concatenate(), []float64{1, 2, 4, 5}},
		{model.Concatenate(model.Axis(1)), []float64{1, 2, 4, 5}}, {model.Concatenate(model.Axis(-1)), []float64{1, 2, 4, 5}},
	} {
		m := model.New([]*model.Symbol{a, b}, []*model.Symbol{c.l.Of(a, b)})
		p, err := m.Predict(tensor.FromFloat64s([]int{1, 2}, 1, 2), tensor.FromFloat64s([]int{1, 2}, 4, 5))
		if err != nil {
			t.Fatal(err)
		}
		near(t, c.l.String(), p.Float64s(), c.want, 0)
	}
}

// TestBatchNormalization learns the averages as Keras does: momentum · average
// + (1 - momentum) · the batch's.
func TestBatchNormalization(t *testing.T) {
	m := model.Sequential(model.BatchNormalization(model.Momentum(0.5), model.InputShape(1)))
	if err := m.Compile(model.SGD(1e-30), model.MeanSquaredError(), model.Float64()); err != nil {
		t.Fatal(err)
	}
	if _, err := m.Fit(vector(1, 3, 5, 7), vector(0, 0, 0, 0)); err != nil {
		t.Fatal(err)
	}
	near(t, "gamma, beta, mean, variance", flat(m), []float64{1, 0, 2, 3}, 1e-12)
	if _, err := m.Fit(vector(4, 4, 4), vector(0, 0, 0)); err != nil { // no variance
		t.Fatal(err)
	}
	near(t, "after equal rows", flat(m), []float64{1, 0, 3, 1.5}, 1e-12)
}

// TestDropout leaves about its share, scaled, and other elements each step.
func TestDropout(t *testing.T) {
	ones := tensor.New(tensor.Float32, 1000, 10)
	for i, v := 0, ones.Raw().([]float32); i < len(v); i++ {
		v[i] = 1
	}
	m := model.Sequential(model.Dropout(0.25, model.InputShape(10)))
	if err := m.Compile(model.SGD(1e-30), model.MeanSquaredError()); err != nil {
		t.Fatal(err)
	}
	s, err := m.Step(1000)
	if err != nil {
		t.Fatal(err)
	}
	var before []float32
	for range 3 {
		if _, err := s.Train(ones, ones); err != nil {
			t.Fatal(err)
		}
		out := slices.Clone(s.Output(0).Float32s())
		zeros := 0
		for _, v := range out {
			switch {
			case v == 0:
				zeros++
			case v < 1.3333 || v > 1.3334:
				t.Fatalf("an element of %v", v)
			}
		}
		if zeros < 2200 || zeros > 2800 {
			t.Errorf("%d of 10,000 elements dropped", zeros)
		}
		if slices.Equal(before, out) {
			t.Error("the same elements again")
		}
		before = out
	}
}

// TestRegularizers adds penalties to the loss, of trained layers only.
func TestRegularizers(t *testing.T) {
	layer := model.Dense(1, model.InputShape(2), model.KernelL2(0.1), model.BiasRegularizer(model.L1(0.5)))
	m := model.Sequential(layer)
	if err := m.CompileBy("sgd", "mse"); err != nil {
		t.Fatal(err)
	}
	weights(t, m, 3, -1, -2)
	x, y := tensor.FromFloat64s([]int{1, 2}, 0, 0), vector(-2)
	for _, c := range []struct {
		frozen bool
		want   float64
	}{{false, 0.1*(9+1) + 0.5*2}, {true, 0}} {
		if c.frozen {
			layer.Frozen()
		}
		got, err := m.Evaluate(x, y)
		if err != nil {
			t.Fatal(err)
		}
		near(t, "loss", []float64{got["loss"]}, []float64{c.want}, 1e-6)
	}
}

// TestBadModels are models that cannot be made, with what they say.
func TestBadModels(t *testing.T) {
	in := model.Input(4, 3)
	nine := model.Dense(9, model.Name("nine"))
	nine.Of(model.Input(2))
	for _, c := range []struct {
		m    *model.Model
		want string
	}{
		{model.Sequential(), "model: no layers"},
		{model.Sequential(nil), "model: layer 0 is nil"},
		{model.Sequential(model.Dense(0)), "model: dense: the number of units is (0); want lengths of at least 1"},
		{model.Sequential(model.Dense(3, model.Act("rleu"))), `model: dense: no activation "rleu"; did you mean "relu"?`},
		{model.Sequential(model.Activation("sigmod")), `model: activation: no activation "sigmod"; did you mean "sigmoid"?`},
		{model.Sequential(model.Conv2D(3, 2, 2, model.Padding("smae"))), `model: conv2d: no padding "smae"; did you mean "same"?`},
		{model.Sequential(model.Dense(3, model.Stride(2))), "model: dense: Dense has no option Stride; it has Act, Alpha, UseBias, KernelInit, BiasInit, KernelRegularizer, BiasRegularizer, Name, Frozen, InputShape"},
		{model.Sequential(model.Conv2D(3, 2, 2, model.Stride(1, 2, 3))), "model: conv2d: Stride has 3 numbers; want 1 or 2"},
		{model.Sequential(model.Dropout(1)), "model: dropout: rate is 1; want 0 ≤ rate < 1"},
		{model.Sequential(model.Dense(3, model.InputShape(2)), model.Conv2D(4, 3, 3)), "model: conv2d: input has shape (n, 3); want (n, height, width, channels)"},
		{model.Sequential(model.Conv2D(4, 3, 3, model.InputShape(2, 9, 1))), "model: conv2d: input has shape (n, 2, 9, 1), into which a window of 3×3 does not fit"},
		{model.Sequential(model.Reshape([]int{4, 2}, model.InputShape(6))), "model: reshape: input has shape (n, 6), rows of 6 elements; shape (4, 2) has 8"},
		{model.Sequential(model.Dense(2, model.Name("a"), model.InputShape(2)), model.Dense(2, model.Name("a"))), `model: two layers are called "a"; want different names`},
		{model.Sequential(model.Lambda("mine", func(x ...*tensor.Node) *tensor.Node { return x[0].Sum() }, model.InputShape(2))), "model: mine: the function makes shape () of batches of 2 rows; want (2, …) with at least one axis more"},
		{model.Sequential(model.Lambda("mine", nil)), "model: mine: the function is nil"},
		{model.New([]*model.Symbol{in}, []*model.Symbol{model.Add().Of(in)}), "model: add: Add takes at least 2 inputs; got 1"},
		{model.New([]*model.Symbol{in}, []*model.Symbol{model.Add().Of(in, model.Input(4, 2))}), "model: add: input 1 has shape (n, 4, 2), the first (n, 4, 3); want equal shapes, but for lengths of 1"},
		{model.New([]*model.Symbol{in}, []*model.Symbol{model.Flatten().Of(model.Input(2))}), "model: an output needs input input (None, 2), which is not among the model's inputs"},
		{model.New([]*model.Symbol{in, model.Input(1)}, []*model.Symbol{model.Flatten().Of(in)}), "model: no output needs input input (None, 1)"},
		{model.New([]*model.Symbol{in}, nil), "model: 1 inputs and 0 outputs; want at least one of each"},
		{model.New([]*model.Symbol{model.Input()}, []*model.Symbol{in}), "model: input: no lengths; want those of a row"},
		{model.New([]*model.Symbol{in}, []*model.Symbol{nine.Of(in)}), "model: nine: input has shape (n, 4, 3), for which kernel would have shape (3, 9); it has (2, 9) already"},
	} {
		if err := c.m.Err(); err == nil || err.Error() != c.want {
			t.Errorf("%v\nwant %s", err, c.want)
		}
		if err := c.m.CompileBy("adam", "mse"); err == nil || err.Error() != c.want {
			t.Errorf("compiled: %v\nwant %s", err, c.want)
		}
		if _, err := c.m.Predict(vector(1)); err == nil || err.Error() != c.want {
			t.Errorf("predicted: %v\nwant %s", err, c.want)
		}
		if !strings.Contains(c.m.Summary(), c.want) || c.m.Display().PlainText() == "" {
			t.Errorf("the summary is %s", c.m.Summary())
		}
	}
}
