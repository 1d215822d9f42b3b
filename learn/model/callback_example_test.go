package model_test

import (
	"fmt"
	"math"
	"os"
	"path/filepath"

	"github.com/sheaf-go/sheaf/learn/model"
	"github.com/sheaf-go/sheaf/learn/tensor"
)

// points are 32 points of y = 2x + 1.
func points() (x, y *tensor.Tensor) {
	xs, ys := make([]float64, 32), make([]float64, 32)
	for i := range xs {
		xs[i] = float64(i)/16 - 1
		ys[i] = 2*xs[i] + 1
	}
	return tensor.FromFloat64s([]int{32, 1}, xs...), tensor.FromFloat64s([]int{32, 1}, ys...)
}

func ExampleLossNamed() {
	fmt.Println(model.LossNamed("mse"))
	fmt.Println(model.LossNamed("hubre").Err())
	// Output:
	// mean_squared_error
	// model: no loss "hubre"; did you mean "huber"?
}

func ExampleLossFunc() {
	pinball := model.LossFunc("pinball", func(yTrue, yPred *tensor.Node) *tensor.Node {
		e := yTrue.Sub(yPred)
		return e.Times(0.9).Maximum(e.Times(-0.1)) // learns the 90 % quantile
	})
	m := model.Sequential(model.Dense(1))
	x, y := points()
	fmt.Println(m.Compile(model.Adam(0.1), pinball))
	h, err := m.Fit(x, y, model.Epochs(100))
	fmt.Println(h.Last("loss") < 0.05, err)
	// Output:
	// <nil>
	// true <nil>
}

func ExampleHuber() {
	fmt.Println(model.Huber(0.5))
	fmt.Println(model.Huber(0).Err())
	// Output:
	// huber, delta 0.5
	// model: huber: delta is 0; want more than 0
}

func ExampleBinaryCrossEntropy() {
	fmt.Println(model.BinaryCrossEntropy().FromLogits().LabelSmoothing(0.1))
	// Output: binary_crossentropy, from logits, label smoothing 0.1
}

func ExampleSparseCategoricalCrossEntropy() {
	m := model.Sequential(model.Dense(3, model.Act("softmax")))
	err := m.Compile(model.Adam(0.01), model.SparseCategoricalCrossEntropy(), model.Metrics("accuracy"))
	fmt.Println(err)
	// Output: <nil>
}

func ExampleSGD() {
	o := model.SGD(0.1).Momentum(0.9).Nesterov().ClipNorm(1)
	fmt.Println(o)
	fmt.Println(model.Adam(0.1).Momentum(0.9).Err())
	// Output:
	// sgd, rate 0.1
	// model: optimizer adam has no momentum; want sgd, rmsprop
}

func ExampleOptimizerNamed() {
	for _, name := range model.OptimizerNames()[:3] {
		fmt.Println(model.OptimizerNamed(name))
	}
	// Output:
	// sgd, rate 0.01
	// rmsprop, rate 0.001
	// adagrad, rate 0.001
}

func ExampleOptimizer_On() {
	o := model.Adam(0).On(model.CosineDecay(0.1, 1000).WarmUp(0.2, 100))
	for _, step := range []int{0, 50, 100, 600, 1100} {
		fmt.Printf("%.3f ", o.Rate(step))
	}
	// Output: 0.100 0.150 0.200 0.100 0.000
}

func ExampleOneCycle() {
	s := model.OneCycle(1, 100)
	fmt.Printf("%.2f %.2f %.2f %.6f\n", s.At(0), s.At(29), s.At(64), s.At(99))
	// Output: 0.04 1.00 0.50 0.000004
}

func ExamplePiecewiseConstant() {
	s := model.PiecewiseConstant([]int{100, 200}, []float64{0.1, 0.01, 0.001})
	fmt.Println(s.At(100), s.At(101), s.At(1000))
	// Output: 0.1 0.01 0.001
}

func ExampleScheduleFunc() {
	s := model.ScheduleFunc("inverse root", func(step int) float64 { return 1 / math.Sqrt(float64(step+1)) })
	fmt.Println(s.At(0), s.At(3))
	// Output: 1 0.5
}

func ExampleMetricNamed() {
	fmt.Println(model.MetricNamed("accuracy"))
	fmt.Println(model.MetricNamed("acuracy").Err())
	// Output:
	// accuracy
	// model: no metric "acuracy"; did you mean "accuracy"?
}

func ExamplePrecision() {
	m := model.Sequential(model.Dense(1, model.Act("sigmoid"), model.InputShape(2)))
	err := m.Compile(model.Adam(0.01), model.BinaryCrossEntropy(), model.Measure(
		model.Precision().Threshold(0.9).Named("precision_at_0.9"), model.AUC().Curve("PR").Exact().Named("average_precision")))
	fmt.Println(err)
	// Output: <nil>
}

func ExampleMetricFunc() {
	largest := model.MetricFunc("largest_error", func(yTrue, yPred *tensor.Node) *tensor.Node {
		return yPred.Sub(yTrue).Abs().Max(-1)
	})
	m := model.Sequential(model.Dense(1))
	x, y := points()
	if err := m.Compile(model.Adam(0.1), model.MeanSquaredError(), model.Measure(largest)); err != nil {
		fmt.Println(err)
	}
	h, err := m.Fit(x, y, model.Epochs(50))
	fmt.Println(h.Names(), err)
	// Output: [loss largest_error] <nil>
}

func ExampleInitializerNamed() {
	i, err := model.InitializerNamed("he_normal")
	fmt.Println(i, err)
	_, err = model.InitializerNamed("he_norml")
	fmt.Println(err)
	// Output:
	// he_normal <nil>
	// model: no initializer "he_norml"; did you mean "he_normal"?
}

func ExampleGlorotUniform() {
	l := model.Dense(4, model.KernelInit(model.GlorotUniform()), model.BiasInit(model.Constant(0.1)), model.KernelRegularizer(model.L1L2(1e-5, 1e-4)))
	fmt.Println(l.Err())
	// Output: <nil>
}

func ExampleEarlyStopping() {
	m := model.Sequential(model.Dense(1))
	x, y := points()
	if err := m.Compile(model.SGD(0.1), model.MeanSquaredError()); err != nil {
		fmt.Println(err)
	}
	h, err := m.Fit(x, y, model.Epochs(1000), model.ValidationSplit(0.25),
		model.Callbacks(model.EarlyStopping("val_loss").Patience(5).MinDelta(1e-6).RestoreBest()))
	fmt.Println(h.Epochs() < 1000, h.Stopped() != "", err)
	// Output: true true <nil>
}

func ExampleStopWhen() {
	m := model.Sequential(model.Dense(1))
	x, y := points()
	if err := m.Compile(model.SGD(0.1), model.MeanSquaredError(), model.Metrics("mae", "r2")); err != nil {
		fmt.Println(err)
	}
	h, err := m.Fit(x, y, model.Epochs(1000), model.Batch(8),
		model.Callbacks(model.StopWhen("r2", ">=", 0.99).And("mae", "<=", 0.1)))
	fmt.Println(h.Last("r2") >= 0.99, h.Last("mae") <= 0.1, h.Epochs() < 1000, err)
	// Output: true true true <nil>
}

func ExampleEpochFunc() {
	m := model.Sequential(model.Dense(1))
	x, y := points()
	if err := m.Compile(model.SGD(0.1), model.MeanSquaredError()); err != nil {
		fmt.Println(err)
	}
	_, err := m.Fit(x, y, model.Epochs(10), model.Callbacks(model.EpochFunc(func(n int, metrics map[string]float64) bool {
		fmt.Println("epoch", n, metrics["loss"] > 0)
		return n == 2
	})))
	fmt.Println(err)
	// Output:
	// epoch 1 true
	// epoch 2 true
	// <nil>
}

func ExampleCheckpoint() {
	dir, err := os.MkdirTemp("", "model")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(dir)
	m := model.Sequential(model.Dense(1))
	x, y := points()
	if err := m.Compile(model.SGD(0.1), model.MeanSquaredError()); err != nil {
		fmt.Println(err)
	}
	best := model.Checkpoint(filepath.Join(dir, "best-{epoch}.sheaf")).Best("loss")
	log := model.CSVLog(filepath.Join(dir, "log.csv"))
	_, err = m.Fit(x, y, model.Epochs(3), model.Callbacks(best, log))
	fmt.Println(filepath.Base(best.Saved()), err)
	// Output: best-003.sheaf <nil>
}

func ExampleReduceOnPlateau() {
	m := model.Sequential(model.Dense(1))
	x, y := points()
	if err := m.Compile(model.SGD(0.1), model.MeanSquaredError()); err != nil {
		fmt.Println(err)
	}
	_, err := m.Fit(x, y, model.Epochs(20), model.Callbacks(model.ReduceOnPlateau("loss", 0.5, 3).Cooldown(1).MinRate(1e-4)))
	fmt.Println(err)
	// Output: <nil>
}

func ExampleFindRate() {
	m := model.Sequential(model.Dense(1))
	x, y := points()
	if err := m.Compile(model.SGD(0.01), model.MeanSquaredError()); err != nil {
		fmt.Println(err)
	}
	finder := model.FindRate(1e-5, 100, 60)
	_, err := m.Fit(x, y, model.Epochs(100), model.Batch(8), model.Callbacks(finder))
	fmt.Println(finder.Suggested() > 1e-3, finder.Suggested() < 2, err)
	// Output: true true <nil>
}

func ExampleHistory() {
	m := model.Sequential(model.Dense(1))
	x, y := points()
	if err := m.Compile(model.SGD(0.1), model.MeanSquaredError()); err != nil {
		fmt.Println(err)
	}
	h, err := m.Fit(x, y, model.Epochs(5))
	epoch, _ := h.Best("loss")
	fmt.Println(h.Epochs(), epoch, h.Table().Names(), err)
	// Output: 5 5 [epoch loss seconds] <nil>
}
