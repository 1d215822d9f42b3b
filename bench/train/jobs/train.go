//go:build unix

package main

import (
	"log"

	"github.com/sheaf-go/sheaf/learn/model"
	"github.com/sheaf-go/sheaf/learn/tensor"
)

// checked is after how many steps losses are compared.
const checked = 20

// network is the compiled model of a job, with the weights of its file.
func network(j *job) *model.Model {
	layers := map[string]func(*job) []*model.Layer{"mlp": mlp, "cnn": cnn}[j.Kind]
	m := model.Sequential(layers(j)...)
	loss := model.MeanSquaredError()
	if j.Loss == "labels" {
		loss = model.SparseCategoricalCrossEntropy().FromLogits()
	}
	check(m.Compile(model.Adam(1e-3), loss, model.Threads(j.threads)))
	j.weights = nil
	for _, l := range m.Layers() {
		if w := l.Weights(); len(w) > 0 {
			kernel, bias := j.take(w[0].Shape()...)
			check(l.SetWeights(kernel, bias))
		}
	}
	return m
}

func mlp(j *job) []*model.Layer {
	var layers []*model.Layer
	for i, n := range j.Sizes[1:] {
		var opts []model.LayerOption
		if i == 0 {
			opts = append(opts, model.InputShape(j.Sizes[0]))
		}
		if i < len(j.Sizes)-2 {
			opts = append(opts, model.Act("relu"))
		}
		layers = append(layers, model.Dense(n, opts...))
	}
	return layers
}

func cnn(*job) []*model.Layer {
	return []*model.Layer{
		model.Conv2D(32, 3, 3, model.Act("relu"), model.InputShape(28, 28, 1)), model.MaxPooling2D(2, 2),
		model.Conv2D(64, 3, 3, model.Act("relu")), model.MaxPooling2D(2, 2), model.Flatten(),
		model.Dense(128, model.Act("relu")), model.Dense(10),
	}
}

// fit trains with Fit, whole epochs at a time.
func fit(j *job) figures {
	m, x, y := network(j), j.x(), j.y()
	part := func(t *tensor.Tensor, rows int) *tensor.Tensor { return t.Slice(0, rows) }
	first := func() float64 {
		return must(m.Evaluate(part(x, j.Batch), part(y, j.Batch), model.Batch(j.Batch)))["loss"]
	}
	train := func(rows, epochs int) {
		must(m.Fit(part(x, rows), part(y, rows), model.Batch(j.Batch), model.Epochs(epochs), model.Shuffle(false)))
	}
	values := []float64{first()}
	train(checked*j.Batch, 1)
	values = append(values, first())
	return measure(j.Rows*j.Epochs, values, func() { train(j.Rows, j.Epochs) })
}

// A batch is where a step's rows lie in its memory.
type batch struct {
	step *model.Step
	x    []float32
	y32  []int32
	yf   []float32
}

// loop trains with Step, copying rows as Fit does.
func loop(j *job) figures {
	m := network(j)
	x, y := j.x().Raw().([]float32), j.y()
	width := len(x) / j.Rows
	labels, _ := y.Raw().([]int32)
	targets, _ := y.Raw().([]float32)
	steps := map[int]*batch{}
	step := func(from int) float64 {
		n := min(j.Batch, j.Rows-from)
		b := steps[n]
		if b == nil {
			s := must(m.Step(n))
			b = &batch{step: s, x: s.X(0).Raw().([]float32)}
			b.y32, _ = s.Y(0).Raw().([]int32)
			b.yf, _ = s.Y(0).Raw().([]float32)
			if b.y32 == nil && b.yf == nil {
				log.Fatal("the step's targets are neither int32 nor float32")
			}
			steps[n] = b
		}
		copy(b.x, x[from*width:])
		if labels != nil {
			copy(b.y32, labels[from:])
		} else {
			copy(b.yf, targets[from:])
		}
		return must(b.step.Run())
	}
	var losses []float64
	for i := range checked {
		losses = append(losses, step(i*j.Batch%j.Rows))
	}
	values := []float64{losses[0], step(0)}
	return measure(j.Rows*j.Epochs, values, func() {
		for range j.Epochs {
			for from := 0; from < j.Rows; from += j.Batch {
				step(from)
			}
		}
	})
}
