package model_test

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/sheaf-go/sheaf/learn"
	"github.com/sheaf-go/sheaf/learn/gather"
	"github.com/sheaf-go/sheaf/learn/model"
	"github.com/sheaf-go/sheaf/learn/scatter"
	"github.com/sheaf-go/sheaf/learn/tensor"
	"github.com/sheaf-go/sheaf/tables"
)

// The network of seed 000's card fraud, of 1,592 parameters.
func ExampleSequential() {
	m := model.Sequential(
		model.Dense(36, model.Act("relu"), model.InputShape(28)),
		model.Dense(14, model.Act("relu")),
		model.Dense(2, model.Act("softmax")))
	fmt.Print(m.Summary())
	// Output:
	// Model: "sequential"
	// _________________________________________
	//  Layer (type)     Output Shape  Param #
	// =========================================
	//  dense (Dense)    (None, 36)    1,044
	//  dense_1 (Dense)  (None, 14)    518
	//  dense_2 (Dense)  (None, 2)     30
	// =========================================
	// Total params: 1,592 (6.22 KB)
	// Trainable params: 1,592 (6.22 KB)
	// Non-trainable params: 0 (0 B)
	// _________________________________________
}

// A residual block: what goes in is added to what comes out.
func ExampleNew() {
	in := model.Input(8).Named("features")
	y := model.Dense(8, model.Act("relu")).Of(in)
	y = model.Dense(8).Of(y)
	y = model.Add().Of(in, y)
	m := model.New([]*model.Symbol{in}, []*model.Symbol{model.Dense(1).Of(y)}).Named("residual")
	fmt.Print(m.Summary())
	// Output:
	// Model: "residual"
	// _____________________________________________________________
	//  Layer (type)      Output Shape  Param #  Connected to
	// =============================================================
	//  features (Input)  (None, 8)     0
	//  dense (Dense)     (None, 8)     72       features
	//  dense_1 (Dense)   (None, 8)     72       dense
	//  add (Add)         (None, 8)     0        features, dense_1
	//  dense_2 (Dense)   (None, 1)     9        add
	// =============================================================
	// Total params: 153 (612 B)
	// Trainable params: 153 (612 B)
	// Non-trainable params: 0 (0 B)
	// _____________________________________________________________
}

// A layer that is applied twice has its weights once.
func ExampleLayer_Of() {
	a, b := model.Input(4), model.Input(4)
	shared := model.Dense(3)
	y := model.Concatenate().Of(shared.Of(a), shared.Of(b))
	m := model.New([]*model.Symbol{a, b}, []*model.Symbol{y})
	fmt.Println(y, m.NumParams())
	// Output: concatenate (None, 6) 15
}

// What cannot be made says why; nothing panics.
func ExampleModel_Err() {
	m := model.Sequential(model.Dense(3, model.Act("sofmax")))
	fmt.Println(m.Err())
	m = model.Sequential(model.Dense(3, model.InputShape(4)), model.Conv2D(8, 3, 3))
	fmt.Println(m.Err())
	// Output:
	// model: dense: no activation "sofmax"; did you mean "softmax"?
	// model: conv2d: input has shape (n, 3); want (n, height, width, channels)
}

// lineData is y = 2x + 1.
func lineData() (x, y *tensor.Tensor) {
	x, y = tensor.New(tensor.Float32, 64), tensor.New(tensor.Float32, 64)
	for i := range 64 {
		v := float32(i)/32 - 1
		x.SetAt(v, i)
		y.SetAt(2*v+1, i)
	}
	return x, y
}

func ExampleModel_Fit() {
	x, y := lineData()
	m := model.Sequential(model.Dense(1))
	if err := m.Compile(model.SGD(0.1), model.MeanSquaredError(), model.Metrics("mae"), model.Seed(1)); err != nil {
		fmt.Println(err)
		return
	}
	h, err := m.Fit(x, y, model.Epochs(100), model.Batch(16), model.ValidationSplit(0.25))
	fmt.Println(h.Epochs(), h.Names(), err)
	p, _ := m.Predict(tensor.FromFloat64s([]int{2}, 0, 10))
	fmt.Printf("%.2f\n", p.Float64s())
	// Output:
	// 100 [loss mae val_loss val_mae] <nil>
	// [1.00 21.00]
}

func ExampleModel_CompileBy() {
	m := model.Sequential(model.Dense(1, model.Act("sigmoid")))
	fmt.Println(m.CompileBy("adam", "binary_crossentropy", "accuracy", "auc"))
	fmt.Println(m.CompileBy("adam", "binary_crosentropy"))
	// Output:
	// <nil>
	// model: no loss "binary_crosentropy"; did you mean "binary_crossentropy"?
}

func ExampleModel_Evaluate() {
	x, y := lineData()
	m := model.Sequential(model.Dense(1, model.KernelInit(model.Constant(2)), model.BiasInit(model.Constant(1.5))))
	if err := m.CompileBy("sgd", "mse"); err != nil {
		fmt.Println(err)
		return
	}
	got, err := m.Evaluate(x, y)
	fmt.Printf("%.2f %v\n", got["loss"], err)
	// Output: 0.25 <nil>
}

// A model with two inputs and two outputs.
func ExampleModel_FitAll() {
	a, b := model.Input(2).Named("a"), model.Input(1).Named("b")
	both := model.Concatenate().Of(a, b)
	m := model.New([]*model.Symbol{a, b}, []*model.Symbol{
		model.Dense(1, model.Name("size")).Of(both),
		model.Dense(3, model.Act("softmax"), model.Name("kind")).Of(both),
	})
	err := m.Compile(model.Adam(0.01), model.MeanSquaredError(), model.Losses(model.SparseCategoricalCrossEntropy()), model.LossWeights(1, 0.5))
	if err != nil {
		fmt.Println(err)
		return
	}
	x := []*tensor.Tensor{tensor.New(tensor.Float32, 10, 2), tensor.New(tensor.Float32, 10, 1)}
	y := []*tensor.Tensor{tensor.New(tensor.Float32, 10), tensor.New(tensor.Int64, 10)}
	h, err := m.FitAll(x, y)
	fmt.Println(h.Names(), err)
	out, err := m.PredictAll(x...)
	fmt.Println(out[0].Shape(), out[1].Shape(), err)
	// Output:
	// [loss size_loss kind_loss] <nil>
	// [10 1] [10 3] <nil>
}

// wine is a small table of two classes.
func wine() *tables.Table {
	return tables.New(
		tables.Floats("Sugar", 1, 2, 1.5, 8, 9, 7.5), tables.Floats("Acid", 0.2, 0.1, 0.3, 0.1, 0.2, 0.2),
		tables.Ints("Sweet", 0, 0, 0, 1, 1, 1))
}

func ExampleModel_FitTable() {
	t := wine()
	m := model.Sequential(model.Rescaling(0.1, 0), model.Dense(1, model.Act("sigmoid")))
	if err := m.Compile(model.Adam(0.1), model.BinaryCrossEntropy(), model.Metrics("accuracy")); err != nil {
		fmt.Println(err)
		return
	}
	_, err := m.FitTable(t, model.Features("Sugar", "Acid"), model.Targets("Sweet"),
		model.Epochs(300), model.ClassWeights(map[int]float64{1: 2}))
	if err != nil {
		fmt.Println(err)
		return
	}
	got, err := m.EvaluateTable(t, model.Targets("Sweet"))
	fmt.Println(got["accuracy"], err)
	out := m.PredictTable(t, "P").Update("Says = P > 0.5 ? 1 : 0")
	fmt.Println(out.Int64s("Says"), out.Err())
	// Output:
	// 1 <nil>
	// [0 0 0 1 1 1] <nil>
}

// A model is a model for package learn as it is.
func ExampleModel_Fitter() {
	t := wine()
	m := model.Sequential(model.Rescaling(0.1, 0), model.Dense(2, model.Act("softmax")))
	if err := m.CompileBy("adam", "sparse_categorical_crossentropy"); err != nil {
		fmt.Println(err)
		return
	}
	in := learn.In(gather.Float32, "Sugar", "Acid")
	err := learn.Train(t, m.Fitter(model.Epochs(2000)), learn.Batch(t.Len()), in, learn.In(gather.Int64, "Sweet"))
	out := learn.Learn(t, m, learn.Batch(4), in, learn.Out("Says", scatter.Argmax, tables.Int32))
	fmt.Println(out.Int64s("Says"), err, out.Err())
	// Output: [0 0 0 1 1 1] <nil> <nil>
}

// A loop of one's own: fill the step's memory, run it.
func ExampleModel_Step() {
	m := model.Sequential(model.Dense(1, model.InputShape(1)))
	if err := m.Compile(model.SGD(0.1), model.MeanSquaredError()); err != nil {
		fmt.Println(err)
		return
	}
	step, err := m.Step(4)
	if err != nil {
		fmt.Println(err)
		return
	}
	x, y := step.X(0).Raw().([]float32), step.Y(0).Raw().([]float32)
	var loss float64
	for i := range 400 {
		for j := range x {
			x[j] = float32((i+j)%7) / 7
			y[j] = 3 * x[j]
		}
		if loss, err = step.Run(); err != nil {
			fmt.Println(err)
			return
		}
	}
	fmt.Println(loss < 1e-3)
	// Output: true
}

func ExampleModel_Classify() {
	m := model.Sequential(model.Dense(3, model.KernelInit(model.Identity(1))))
	k, err := m.Classify(tensor.FromFloat64s([]int{2, 3}, 0, 5, 1, 7, 2, 3))
	fmt.Println(k.Int64s(), err)
	// Output: [1 0] <nil>
}

// Frozen layers keep their weights.
func ExampleLayer_Frozen() {
	m := model.Sequential(model.Dense(10, model.InputShape(4)).Frozen(), model.Dense(10), model.Dense(3))
	fmt.Println(m.NumParams(), m.NumTrainable())
	m.Layer("dense").Unfrozen()
	fmt.Println(m.NumTrainable())
	// Output:
	// 193 143
	// 193
}

func ExampleModel_SetWeights() {
	m := model.Sequential(model.Dense(1, model.Act("relu"), model.InputShape(2)))
	err := m.SetWeights(tensor.FromFloat64s([]int{2, 1}, 1, 2), tensor.FromFloat64s([]int{1}, 0.5))
	if err != nil {
		fmt.Println(err)
		return
	}
	p, err := m.Predict(tensor.FromFloat64s([]int{1, 2}, 3, 4))
	fmt.Println(p.Float64s(), err)
	fmt.Println(len(m.WeightBytes()), "bytes")
	// Output:
	// [11.5] <nil>
	// 12 bytes
}

// A layer of one's own is a composition of differentiable operations.
func ExampleLambda() {
	squash := model.Lambda("squash", func(x ...*tensor.Node) *tensor.Node {
		return x[0].Div(x[0].Abs().Plus(1))
	})
	m := model.Sequential(squash)
	p, err := m.Predict(tensor.FromFloat64s([]int{1, 2}, 1, -3))
	fmt.Println(p.Float64s(), err)
	// Output: [0.5 -0.75] <nil>
}

func ExampleLoad() {
	dir, err := os.MkdirTemp("", "example")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(dir)
	double := model.Lambda("double", func(x ...*tensor.Node) *tensor.Node { return x[0].Times(2) })
	m := model.Sequential(model.Dense(3, model.InputShape(2)), double)
	path := filepath.Join(dir, "model.sheaf")
	if err := m.Save(path); err != nil {
		fmt.Println(err)
		return
	}
	again, err := model.Load(path, model.With(double))
	fmt.Println(again.NumParams(), err)
	// Output: 9 <nil>
}

func ExampleGradCheck() {
	m := model.Sequential(model.Dense(4, model.Act("tanh")), model.Dense(1))
	if err := m.CompileBy("sgd", "mse"); err != nil {
		fmt.Println(err)
		return
	}
	x, y := lineData()
	r, err := model.GradCheck(m, x.Slice(0, 5), y.Slice(0, 5))
	fmt.Println(r.Checked, r.Worst < 1e-6, err)
	// Output: 18 true <nil>
}

func ExampleGradCheckFunc() {
	softplus := func(x ...*tensor.Node) *tensor.Node { return x[0].Exp().Log1p() }
	r, err := model.GradCheckFunc(softplus, tensor.FromFloat64s([]int{3}, -1, 0, 2))
	fmt.Println(r.Checked, r.Worst < 1e-8, err)
	// Output: 3 true <nil>
}

// Pictures: convolutions, pooling, and dropout while training.
func ExampleConv2D() {
	m := model.Sequential(
		model.Conv2D(16, 3, 3, model.Padding("same"), model.Act("relu"), model.InputShape(28, 28, 1)),
		model.BatchNormalization(),
		model.MaxPooling2D(2, 2),
		model.Conv2D(32, 3, 3, model.Stride(2), model.KernelL2(1e-4)),
		model.GlobalAveragePooling2D(),
		model.Dropout(0.2),
		model.Dense(10, model.Act("softmax")))
	for _, l := range m.Layers() {
		fmt.Println(l, l.NumParams())
	}
	fmt.Println(m.InputShapes(), m.OutputShapes(), m.NumTrainable())
	// Output:
	// Conv2D conv2d, 16 filters, size 3×3, relu 160
	// BatchNormalization batch_normalization 64
	// MaxPooling2D max_pooling2d, size 2×2 0
	// Conv2D conv2d_1, 32 filters, size 3×3 4640
	// GlobalAveragePooling2D global_average_pooling2d 0
	// Dropout dropout 0
	// Dense dense, 10 units, softmax 330
	// [[28 28 1]] [[10]] 5162
}

// Series: (n, steps, channels).
func ExampleConv1D() {
	m := model.Sequential(
		model.Conv1D(8, 3, model.Padding("causal"), model.Dilation(2), model.InputShape(24, 2)),
		model.MaxPooling1D(2),
		model.UpSampling1D(2),
		model.Flatten(),
		model.Dense(1))
	fmt.Println(m.OutputShapes(), m.NumParams(), m.Err())
	// Output: [[1]] 249 <nil>
}

// What a picture goes through and comes out as: an encoder and a decoder.
func ExampleUpSampling2D() {
	m := model.Sequential(
		model.ZeroPadding2D(0, 1, 0, 1, model.InputShape(7, 7, 1)),
		model.AveragePooling2D(2, 2),
		model.Conv2D(4, 3, 3, model.Padding("same"), model.UseBias(false)),
		model.Activation("leaky_relu", model.Alpha(0.1)),
		model.UpSampling2D(2, 2),
		model.Reshape([]int{64, 4}))
	fmt.Println(m.OutputShapes(), m.Err())
	// Output: [[64 4]] <nil>
}
