package keras_test

import (
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/sheaf-go/sheaf/learn/model"
	"github.com/sheaf-go/sheaf/learn/model/keras"
	"github.com/sheaf-go/sheaf/learn/tensor"
)

func fromFile(t *testing.T, name string) *model.Model {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	m, err := keras.FromJSON(string(text))
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// TestMAD21Sequential reads what Keras 2.1.6 wrote: three layers, 50 + 110 + 33
// weights.
func TestMAD21Sequential(t *testing.T) {
	m := fromFile(t, "sequential-2.1.6.json")
	var params []int
	for _, l := range m.Layers() {
		params = append(params, l.NumParams())
	}
	if !slices.Equal(params, []int{50, 110, 33}) || m.NumParams() != 193 || m.NumTrainable() != 193 {
		t.Errorf("layers of %v weights, %d in all, %d trained", params, m.NumParams(), m.NumTrainable())
	}
	if in := m.InputShapes(); len(in) != 1 || !slices.Equal(in[0], []int{4}) {
		t.Errorf("inputs %v", in)
	}
	if m.Layer("dense_2") == nil || m.Layer("dense_3").String() != "Dense dense_3, 3 units, softmax" {
		t.Errorf("%v", m)
	}
	x := tensor.FromFloat64s([]int{2, 4}, 1, 2, 3, 4, -1, 0, 1, 0)
	p, err := m.Predict(x)
	if err != nil {
		t.Fatal(err)
	}
	for i := range 2 {
		if sum := p.Float64At(i, 0) + p.Float64At(i, 1) + p.Float64At(i, 2); math.Abs(sum-1) > 1e-6 {
			t.Errorf("row %d of softmax sums to %v", i, sum)
		}
	}
	w := m.Weights()
	if b := w[3].Float64s(); b[0] != 0.5 || b[9] != 0.5 {
		t.Errorf("the bias of dense_2 begins as %v, want 0.5", b)
	}
	limit := math.Sqrt(6.0 / (4 + 10)) // glorot_uniform
	for _, v := range w[0].Float64s() {
		if math.Abs(v) > limit || v == 0 {
			t.Errorf("dense_1 begins with %v, want within %v", v, limit)
		}
	}
}

// TestMAD21TensorFlow reads what TensorFlow 1.13 wrote: one hidden layer more,
// the first layer frozen, the activation on its own.
func TestMAD21TensorFlow(t *testing.T) {
	m := fromFile(t, "sequential-2.2.4-tf.json")
	if m.NumParams() != 303 || m.NumTrainable() != 253 || len(m.Layers()) != 5 {
		t.Errorf("%v", m)
	}
	if !m.Layers()[0].IsFrozen() || m.Layers()[1].IsFrozen() || m.Name() != "sequential" {
		t.Errorf("%v", m)
	}
}

// TestMAD21Functional reads a functional model of Keras 2 with a shared layer
// and computes it by hand.
func TestMAD21Functional(t *testing.T) {
	m := fromFile(t, "functional-2.json")
	if m.NumParams() != 50+40+60 || m.NumTrainable() != 50+20+60 || len(m.InputShapes()) != 2 {
		t.Fatalf("%v", m)
	}
	left, right := []float64{1, 2, 3, 4}, []float64{-1, 1, -2, 2}
	p, err := m.Predict(tensor.FromFloat64s([]int{1, 4}, left...), tensor.FromFloat64s([]int{1, 4}, right...))
	if err != nil {
		t.Fatal(err)
	}
	kernel, out := m.Layer("shared").Weights()[0], m.Layer("out").Weights()[0]
	shared := func(x []float64, k int) (sum float64) {
		for i, v := range x {
			sum += v * kernel.Float64At(i, k)
		}
		return max(sum, 0)
	}
	var z [3]float64
	total := 0.0
	for j := range z {
		for k := range 10 { // relu before leaky: nothing is below 0
			z[j] += shared(left, k) / math.Sqrt(1.001) * out.Float64At(k, j)
			z[j] += shared(right, k) * out.Float64At(10+k, j)
		}
		total += math.Exp(z[j])
	}
	for j := range z {
		if got, want := p.Float64At(0, j), math.Exp(z[j])/total; math.Abs(got-want) > 1e-6 {
			t.Errorf("class %d: %v, want %v", j, got, want)
		}
	}
}

// TestMAD22RoundTrip: what is written is read again as the same model.
func TestMAD22RoundTrip(t *testing.T) {
	for name, m := range models(t) {
		text, err := keras.ToJSON(m)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		again, err := keras.FromJSON(text)
		if err != nil {
			t.Errorf("%s: %v\n%s", name, err, text)
			continue
		}
		sameArchitecture(t, name, m, again)
		if more, err := keras.ToJSON(again); err != nil || more != text {
			t.Errorf("%s: written again: %v\n%s\n%s", name, err, text, more)
		}
	}
	m := fromFile(t, "sequential-2.1.6.json")
	text, err := keras.ToJSON(m)
	if err != nil {
		t.Fatal(err)
	}
	again, err := keras.FromJSON(text)
	if err != nil || again.NumParams() != 193 {
		t.Fatal(again, err)
	}
	sameArchitecture(t, "2.1.6", m, again)
}

// sameArchitecture compares layers, their settings and connections, and the
// weights that the same seed gives.
func sameArchitecture(t *testing.T, what string, a, b *model.Model) {
	t.Helper()
	if a.InputShapes() != nil {
		if x, y := a.Summary(), b.Summary(); x != y {
			t.Errorf("%s:\n%s\nbecame\n%s", what, x, y)
		}
		if err := a.Reset(5); err != nil {
			t.Fatal(what, err)
		}
		if err := b.Reset(5); err != nil {
			t.Fatal(what, err)
		}
		if string(a.WeightBytes()) != string(b.WeightBytes()) {
			t.Errorf("%s: a seed gives other weights", what)
		}
	}
	for i, l := range a.Layers() {
		if o := b.Layers()[i]; l.String() != o.String() || l.IsFrozen() != o.IsFrozen() {
			t.Errorf("%s: %v became %v", what, l, o)
		}
	}
}

// models are models with all kinds of layers and settings.
func models(t testing.TB) map[string]*model.Model {
	t.Helper()
	in := func(shape ...int) model.LayerOption { return model.InputShape(shape...) }
	all := map[string]*model.Model{
		"waiting": model.Sequential(model.Dense(3, model.Act("mish")), model.Flatten()),
		"dense": model.Sequential(
			model.Dense(6, in(4), model.Act("leaky_relu"), model.Alpha(0.1), model.Frozen(), model.KernelInit(model.Orthogonal(1.5))),
			model.Dense(5, model.Act("elu"), model.Alpha(0.5), model.UseBias(false), model.KernelRegularizer(model.L1L2(0.01, 0.02))),
			model.Dropout(0.25), model.Rescaling(0.5, 0.25),
			model.BatchNormalization(model.Momentum(0.8), model.Epsilon(0.01), model.GammaInit(model.Constant(1.25)), model.BetaInit(model.RandomUniform(-0.5, 0.5))),
			model.BatchNormalization(model.Center(false), model.Scale(false)),
			model.Activation("leaky_relu"), model.Activation("elu", model.Alpha(2)), model.Activation("leaky_relu", model.Alpha(0.4)),
			model.Activation(""), model.Activation("log_softmax"),
			model.Dense(2, model.BiasInit(model.TruncatedNormal(0.5, 0.125)), model.KernelInit(model.LecunNormal()), model.BiasRegularizer(model.L2(0.5)), model.Name("head"))).Named("many"),
		"pictures": model.Sequential(
			model.Conv2D(4, 3, 2, in(9, 8, 2), model.Act("relu"), model.Padding("same"), model.Stride(2, 1), model.KernelInit(model.HeNormal())),
			model.ZeroPadding2D(1, 2, 3, 0), model.MaxPooling2D(2, 3, model.Stride(1, 2)), model.UpSampling2D(2, 3),
			model.Conv2D(3, 2, 2, model.Dilation(2), model.UseBias(false)), model.AveragePooling2D(2, 2, model.Padding("same")),
			model.GlobalMaxPooling2D(), model.Dense(3, model.Act("softmax"))),
		"pictures, mean": model.Sequential(model.Flatten(in(4, 3, 1)), model.Reshape([]int{6, -1, 1}), model.GlobalAveragePooling2D(), model.Dense(1, model.Act("sigmoid"))),
		"series": model.Sequential(
			model.Conv1D(4, 3, in(14, 2), model.Padding("causal"), model.Dilation(2), model.Act("tanh")),
			model.MaxPooling1D(2), model.UpSampling1D(3), model.AveragePooling1D(3, model.Stride(2), model.Padding("same")),
			model.Conv1D(3, 2, model.Stride(2)), model.GlobalAveragePooling1D()),
		"series, most": model.Sequential(model.Conv1D(4, 3, in(7, 2)), model.GlobalMaxPooling1D()),
	}
	for _, act := range tensor.Activations() {
		if act != "gelu_tanh" {
			all["act "+act] = model.Sequential(model.Dense(3, in(4), model.Act(act)), model.Activation(act))
		}
	}
	a, b := model.Input(4).Named("left"), model.Input(4).Named("right")
	d := model.Dense(4, model.Act("relu"), model.Name("twice"))
	x, y := d.Of(a), d.Of(b)
	sum := model.Add().Of(x, y, a)
	out := model.Concatenate(model.Axis(1)).Of(sum, d.Of(sum))
	all["graph"] = model.New([]*model.Symbol{a, b}, []*model.Symbol{model.Dense(2).Of(out), model.Multiply().Of(x, y)}).Named("graph")
	one := model.Input(4).Named("rows")
	all["residual"] = model.New([]*model.Symbol{one}, []*model.Symbol{model.Add().Of(model.Dense(4).Of(one), one)})
	for name, m := range all {
		if m.Err() != nil {
			t.Fatal(name, m.Err())
		}
	}
	return all
}

// What cannot be written is named.
func TestToJSONErrors(t *testing.T) {
	for want, m := range map[string]*model.Model{
		`keras: layer "own" (Lambda): there is no such layer in the JSON of Keras`:    model.Sequential(model.Lambda("own", func(x ...*tensor.Node) *tensor.Node { return x[0] }, model.InputShape(2))),
		`keras: layer "dense" (Dense): the activation gelu_tanh has no name in Keras`: model.Sequential(model.Dense(2, model.Act("gelu_tanh"))),
		`keras: dense: no activation "rellu"; did you mean "relu"?`:                   model.Sequential(model.Dense(2, model.Act("rellu"))),
		`keras: architecture: the model is nil`:                                       nil,
	} {
		if _, err := keras.ToJSON(m); err == nil || err.Error() != want {
			t.Errorf("%v; want %s", err, want)
		}
	}
}

// Every error names the layer and what is supported.
func TestFromJSONErrors(t *testing.T) {
	seq := func(layers string) string { return `{"class_name": "Sequential", "config": [` + layers + `]}` }
	dense := func(settings string) string {
		return seq(`{"class_name": "Dense", "config": {"name": "d", "units": 2` + settings + `}}`)
	}
	graph := func(layers, in, out string) string {
		return `{"class_name": "Model", "config": {"layers": [` + layers + `], "input_layers": ` + in + `, "output_layers": ` + out + `}}`
	}
	input := `{"class_name": "InputLayer", "config": {"name": "x", "batch_input_shape": [null, 3]}}`
	layer := func(name, from string) string {
		return `{"class_name": "Dense", "config": {"name": "` + name + `", "units": 2}, "inbound_nodes": ` + from + `}`
	}
	for _, c := range []struct{ text, want string }{
		{"", "no JSON of a model"},
		{"[]", "no JSON of a model"},
		{`{"class_name": "Sequential", "config": 3}`, "the layers of the Sequential"},
		{strings.Repeat(`[`, 20000), "no JSON of a model"},
		{`{"class_name": "Sequential", "config": {"layers": ` + strings.Repeat(`[`, 12000) + `}}`, "no JSON of a model"},
		{`{"config": []}`, "it has no class_name"},
		{`{"class_name": "Dense", "config": {}}`, "the model is a Dense; want a Sequential, Functional or Model"},
		{`{"module": "mine", "class_name": "Sequential", "config": []}`, "the model is a Sequential of mine"},
		{seq(""), "no layers"},
		{seq(input), "no layers but its input"},
		{seq(input + "," + input), `layer "x" (InputLayer): an InputLayer at place 1`},
		{seq(`{"class_name": "LSTM", "config": {"name": "memory"}}`), `layer "memory" (LSTM): this kind of layer is not supported; there are Activation, Add,`},
		{seq(`{"class_name": "Sequential", "config": {"name": "inner"}}`), `layer "inner" (Sequential): a model inside a model`},
		{seq(`{"module": "mine.layers", "class_name": "Dense", "config": {"name": "d", "units": 1}}`), `layer "d" (Dense): a layer of mine.layers`},
		{seq(`{"class_name": "Dense", "config": {"name": "d"}}`), `layer "d" (Dense): units is missing`},
		{seq(`{"class_name": "Dense", "config": []}`), `layer "" (Dense): its config is []; want an object`},
		{dense(`, "units": "many"`), `layer "d" (Dense): units is "many"; want a whole number`},
		{dense(`, "units": 1e300`), `units is 1e300; want a whole number`},
		{dense(`, "units": -5`), `d: the number of units is (-5); want lengths of at least 1`},
		{dense(`, "units": 99999999999`), `want lengths below 2³⁰`},
		{dense(`, "activation": "rellu"`), `d: no activation "rellu"; did you mean "relu"?`},
		{dense(`, "activation": {"class_name": "PReLU", "config": {}}`), "activation is"},
		{dense(`, "activation": "hard_sigmoid"`), "hard_sigmoid of Keras 2 is another function"},
		{dense(`, "kernel_constraint": {"class_name": "MaxNorm"}`), `layer "d" (Dense): setting kernel_constraint is not supported; there are activation,`},
		{dense(`, "kernel_regularizer": {"class_name": "Orthogonal", "config": {}}`), "kernel_regularizer: Orthogonal is not supported; there are L1, L2, L1L2"},
		{dense(`, "kernel_regularizer": {"class_name": "L2", "config": {"l2": -1}}`), "want at least 0"},
		{dense(`, "kernel_initializer": {"class_name": "Magic", "config": {}}`), "kernel_initializer: Magic is not supported; there are Constant,"},
		{dense(`, "kernel_initializer": {"class_name": "VarianceScaling", "config": {"scale": 3.5}}`), "scale 3.5, mode \"fan_in\""},
		{dense(`, "kernel_initializer": {"class_name": "Constant", "config": {"value": "big"}}`), "value is \"big\"; want a number"},
		{dense(`, "dtype": "mixed_float16"`), "dtype is \"mixed_float16\"; want float32"},
		{dense(`, "batch_input_shape": [null, null]`), "length 1 of the input's shape is null"},
		{dense(`, "batch_input_shape": [null, 1000000000, 1000000000]`), "at most 2⁴⁰ elements"},
		{dense(`, "units": 1000000, "batch_input_shape": [null, 100000000]`), "a kernel of more than 2⁴⁰ weights"},
		{dense(`, "batch_input_shape": []`), "the shape of the input is empty"},
		{dense(`, "batch_input_shape": [null]`), "want those of a row"},
		{seq(`{"class_name": "Flatten", "config": {"name": "f", "data_format": "channels_first"}}`), `data_format is "channels_first"; supported: "channels_last"`},
		{seq(`{"class_name": "Conv2D", "config": {"name": "c", "filters": 1, "kernel_size": [3]}}`), "kernel_size is [3]; want 2 whole numbers"},
		{seq(`{"class_name": "Conv2D", "config": {"name": "c", "filters": 1, "kernel_size": 3, "groups": 2}}`), "groups is 2; supported: 1"},
		{seq(`{"class_name": "BatchNormalization", "config": {"name": "b", "axis": 1, "batch_input_shape": [null, 4, 4, 2]}}`), "axis is 1 of an input of 4 axes; want the last"},
		{seq(`{"class_name": "BatchNormalization", "config": {"name": "b", "axis": 1}}`), "define batch_input_shape"},
		{seq(`{"class_name": "ReLU", "config": {"name": "r", "max_value": 3}}`), "max_value is 3"},
		{seq(`{"class_name": "UpSampling2D", "config": {"name": "u", "size": 1000000000, "batch_input_shape": [null, 64, 64, 3]}}`), "at most 2⁴⁰ elements"},
		{graph(input, `[["x",0,0]]`, `[["y",0,0]]`), `the model refers to a layer "y"`},
		{graph(input+","+layer("d", `[[["d",0,0,{}]]]`), `[["x",0,0]]`, `[["d",0,0]]`), `layer "d" (Dense): its input depends on its output`},
		{graph(input+","+layer("d", `[[["e",0,0,{}]]]`)+","+layer("e", `[[["d",0,0,{}]]]`), `[["x",0,0]]`, `[["d",0,0]]`), "its input depends on its output"},
		{graph(input+","+layer("d", `[[["x",0,0,{"training": false}]]]`), `[["x",0,0]]`, `[["d",0,0]]`), `layer "d" (Dense): inbound_nodes: it is called with the argument training`},
		{graph(input+","+layer("d", `[[["x",0,1,{}]]]`), `[["x",0,0]]`, `[["d",0,0]]`), `output 1 of layer "x"`},
		{graph(input+","+layer("d", `[[["x",7,0,{}]]]`), `[["x",0,0]]`, `[["d",0,0]]`), `layer "x" (InputLayer): use 7 of it is referred to; there are 1`},
		{graph(input+","+layer("d", `[[]]`), `[["x",0,0]]`, `[["d",0,0]]`), "it is used without an input"},
		{graph(input+","+layer("d", `[[["x",0,0],["x",0,0]]]`), `[["x",0,0]]`, `[["d",0,0]]`), "d: Dense takes one input; got 2"},
		{graph(input+","+input, `[["x",0,0]]`, `[["x",0,0]]`), "two layers of that name"},
		{graph(input+","+layer("d", `[[["x",0,0]]]`), `{"x": ["x",0,0]}`, `[["d",0,0]]`), "input_layers is"},
		{graph(input+","+layer("d", `[[["x",0,0]]]`), `[["d",0,0]]`, `[["d",0,0]]`), "input 0 is what layer d gives"},
		{graph(input+","+layer("d", `[[["x",0,0]]]`), `[]`, `[["d",0,0]]`), "0 inputs and 1 outputs"},
	} {
		m, err := keras.FromJSON(c.text)
		if err == nil || !strings.HasPrefix(err.Error(), "keras: ") || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%.200s\ngives %v, %v\nwant %s", c.text, m, err, c.want)
		}
	}
}

// A long chain is read in reasonable time, and one that is too long is refused.
func TestFromJSONLong(t *testing.T) {
	layer := `{"class_name": "Flatten", "config": {}}`
	text := func(n int) string {
		return `{"class_name": "Sequential", "config": [{"class_name": "Flatten", "config": {"batch_input_shape": [null, 2]}}` + strings.Repeat(","+layer, n-1) + `]}`
	}
	if m, err := keras.FromJSON(text(3000)); err != nil || len(m.Layers()) != 3000 {
		t.Error(err)
	}
	if _, err := keras.FromJSON(text(10001)); err == nil || !strings.Contains(err.Error(), "10001 layers; want at most 10000") {
		t.Error(err)
	}
}
