package model_test

import (
	"fmt"

	"github.com/sheaf-go/sheaf/learn/model"
	"github.com/sheaf-go/sheaf/learn/tensor"
)

// predict runs rows through layers.
func predict(x *tensor.Tensor, layers ...*model.Layer) {
	p, err := model.Sequential(layers...).Predict(x)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(p.Shape(), p.Float64s())
}

func ExampleDense() {
	predict(tensor.FromFloat64s([]int{2, 2}, 1, 2, 3, 4),
		model.Dense(1, model.KernelInit(model.Ones()), model.BiasInit(model.Constant(0.5))))
	// Output: [2 1] [3.5 7.5]
}

func ExampleUseBias() {
	m := model.Sequential(model.Dense(3, model.InputShape(4), model.UseBias(false)))
	fmt.Println(m.NumParams())
	// Output: 12
}

func ExampleAct() {
	predict(tensor.FromFloat64s([]int{1, 2}, -4, 4), model.Dense(2, model.KernelInit(model.Identity(1)), model.Act("relu")))
	// Output: [1 2] [0 4]
}

func ExampleActivation() {
	predict(tensor.FromFloat64s([]int{1, 2}, -4, 4), model.Activation("leaky_relu", model.Alpha(0.25)))
	// Output: [1 2] [-1 4]
}

func ExampleKernelL2() {
	m := model.Sequential(model.Dense(1, model.KernelInit(model.Constant(3)), model.KernelL2(0.5), model.InputShape(1)))
	if err := m.CompileBy("sgd", "mse"); err != nil {
		fmt.Println(err)
		return
	}
	got, err := m.Evaluate(tensor.FromFloat64s([]int{1}, 0), tensor.FromFloat64s([]int{1}, 0))
	fmt.Println(got["loss"], err)
	// Output: 4.5 <nil>
}

func ExampleRescaling() {
	predict(tensor.FromFloat64s([]int{1, 3}, 0, 64, 128), model.Rescaling(1.0/64, -1))
	// Output: [1 3] [-1 0 1]
}

func ExampleFlatten() {
	m := model.Sequential(model.Flatten(model.InputShape(28, 28, 1)))
	fmt.Println(m.OutputShapes())
	// Output: [[784]]
}

func ExampleReshape() {
	m := model.Sequential(model.Reshape([]int{7, -1}, model.InputShape(28)))
	fmt.Println(m.OutputShapes())
	// Output: [[7 4]]
}

func ExampleMaxPooling1D() {
	predict(tensor.FromFloat64s([]int{1, 5, 1}, 1, 5, 2, 3, 9), model.MaxPooling1D(2))
	predict(tensor.FromFloat64s([]int{1, 5, 1}, 1, 5, 2, 3, 9), model.MaxPooling1D(2, model.Stride(1), model.Padding("same")))
	// Output:
	// [1 2 1] [5 3]
	// [1 5 1] [5 5 3 9 9]
}

func ExampleAveragePooling1D() {
	predict(tensor.FromFloat64s([]int{1, 4, 1}, 1, 5, 2, 4), model.AveragePooling1D(2))
	// Output: [1 2 1] [3 3]
}

func ExampleGlobalAveragePooling1D() {
	predict(tensor.FromFloat64s([]int{1, 2, 2}, 1, 2, 3, 4), model.GlobalAveragePooling1D())
	// Output: [1 2] [2 3]
}

func ExampleGlobalMaxPooling2D() {
	predict(tensor.FromFloat64s([]int{1, 2, 1, 2}, 1, 4, 3, 2), model.GlobalMaxPooling2D())
	// Output: [1 2] [3 4]
}

// Dropout does nothing but while the model trains.
func ExampleDropout() {
	predict(tensor.FromFloat64s([]int{1, 3}, 1, 2, 3), model.Dropout(0.5))
	// Output: [1 3] [1 2 3]
}

func ExampleBatchNormalization() {
	m := model.Sequential(model.BatchNormalization(model.Momentum(0), model.InputShape(1)))
	if err := m.Compile(model.SGD(1e-9), model.MeanSquaredError()); err != nil {
		fmt.Println(err)
		return
	}
	x := tensor.FromFloat64s([]int{4}, 1, 3, 5, 7)
	if _, err := m.Fit(x, x); err != nil {
		fmt.Println(err)
		return
	}
	w := m.Weights()
	fmt.Println("mean", w[2].Float64s(), "variance", w[3].Float64s())
	// Output: mean [4] variance [5]
}

func ExampleMultiply() {
	in := model.Input(3)
	gate := model.Dense(3, model.Act("sigmoid"), model.Name("gate")).Of(in)
	m := model.New([]*model.Symbol{in}, []*model.Symbol{model.Multiply().Of(in, gate)})
	fmt.Println(m.OutputShapes(), m.NumParams())
	// Output: [[3]] 12
}

func ExampleConcatenate() {
	a, b := model.Input(5, 2), model.Input(3, 2)
	fmt.Println(model.Concatenate(model.Axis(1)).Of(a, b))
	fmt.Println(model.Concatenate().Of(a, b))
	// Output:
	// concatenate (None, 8, 2)
	// model: concatenate: input 1 has shape (n, 3, 2), the first (n, 5, 2); want them equal but for axis 2
}

func ExampleSeed() {
	first := func(seed uint64) float64 {
		m := model.Sequential(model.Dense(1, model.InputShape(1)))
		if err := m.Compile(model.Adam(0.01), model.MeanSquaredError(), model.Seed(seed)); err != nil {
			fmt.Println(err)
		}
		return m.Weights()[0].Float64At(0, 0)
	}
	fmt.Println(first(1) == first(1), first(1) == first(2))
	// Output: true false
}

func ExampleFloat64() {
	m := model.Sequential(model.Dense(1, model.InputShape(1), model.KernelInit(model.Constant(0.1))))
	if err := m.Compile(model.Adam(0.01), model.MeanSquaredError(), model.Float64(), model.Threads(1)); err != nil {
		fmt.Println(err)
		return
	}
	p, err := m.Predict(tensor.FromFloat64s([]int{1}, 3))
	fmt.Println(p.DType(), p.Float64s(), err)
	// Output: float64 [0.30000000000000004] <nil>
}

func ExampleMeasure() {
	m := model.Sequential(model.Dense(1, model.Act("sigmoid"), model.KernelInit(model.Ones()), model.InputShape(1)))
	err := m.Compile(model.Adam(0.01), model.BinaryCrossEntropy(), model.Measure(model.Recall().Threshold(0.7)))
	if err != nil {
		fmt.Println(err)
		return
	}
	got, err := m.Evaluate(tensor.FromFloat64s([]int{4}, -1, 0.5, 1, 2), tensor.FromFloat64s([]int{4}, 0, 1, 1, 1))
	fmt.Printf("%.2f %v\n", got["recall"], err)
	// Output: 0.67 <nil>
}

func ExampleSampleWeights() {
	m := model.Sequential(model.Dense(1, model.InputShape(1), model.KernelInit(model.Zeros())))
	if err := m.CompileBy("sgd", "mse"); err != nil {
		fmt.Println(err)
		return
	}
	x, y := tensor.FromFloat64s([]int{2}, 1, 1), tensor.FromFloat64s([]int{2}, 1, 3)
	got, err := m.Evaluate(x, y, model.SampleWeights(tensor.FromFloat64s([]int{2}, 1, 0)))
	fmt.Println(got["loss"], err)
	// Output: 0.5 <nil>
}

func ExampleCallbacks() {
	x, y := lineData()
	m := model.Sequential(model.Dense(1))
	if err := m.CompileBy("sgd", "mse"); err != nil {
		fmt.Println(err)
		return
	}
	three := model.EpochFunc(func(n int, metrics map[string]float64) bool { return n == 3 })
	h, err := m.Fit(x, y, model.Epochs(10), model.Shuffle(false), model.Callbacks(three))
	fmt.Println(h.Epochs(), err)
	// Output: 3 <nil>
}

func ExampleModel_Reset() {
	x, y := lineData()
	m := model.Sequential(model.Dense(1, model.InputShape(1)))
	if err := m.CompileBy("sgd", "mse"); err != nil {
		fmt.Println(err)
		return
	}
	before := string(m.WeightBytes())
	_, err := m.Fit(x, y)
	fmt.Println(before == string(m.WeightBytes()), err)
	fmt.Println(m.Reset(1), before == string(m.WeightBytes()))
	// Output:
	// false <nil>
	// <nil> true
}

func ExampleFromBytes() {
	m := model.Sequential(model.Dense(3, model.InputShape(2)))
	b, err := m.Bytes()
	if err != nil {
		fmt.Println(err)
		return
	}
	again, err := model.FromBytes(b)
	fmt.Println(again.NumParams(), err)
	_, err = model.FromBytes(b[:100])
	fmt.Println(err)
	// Output:
	// 9 <nil>
	// model: load: zip: not a valid zip file
}
