//go:build unix

package main

import (
	"log"

	"github.com/sheaf-go/sheaf/learn/model"
	"github.com/sheaf-go/sheaf/learn/tensor"
)

// A stage of ResNet-50 is blocks with the same filters; the stride is that of
// its first block.
type stage struct{ filters, blocks, stride int }

var stages = []stage{{64, 3, 1}, {128, 4, 2}, {256, 6, 2}, {512, 3, 2}}

// predict is ResNet-50 (He and others, 2015; strides as in later versions) as a
// model, its batch normalisation folded into the convolutions.
func predict(j *job) figures {
	m := resnet(j)
	x := j.x()
	out := must(m.Predict(x))
	return measure(j.Rows, sizes(out), func() { must(m.Predict(x)) })
}

func resnet(j *job) *model.Model {
	var layers []*model.Layer
	conv := func(x *model.Symbol, filters, size, stride int, opts ...model.LayerOption) *model.Symbol {
		if pad := size / 2; pad > 0 {
			x = model.ZeroPadding2D(pad, pad, pad, pad).Of(x)
		}
		l := model.Conv2D(filters, size, size, append(opts, model.Stride(stride))...)
		layers = append(layers, l)
		return l.Of(x)
	}
	relu := model.Act("relu")
	entry := model.Input(224, 224, 3)
	x := conv(entry, 64, 7, 2, relu)
	x = model.MaxPooling2D(3, 3, model.Stride(2)).Of(model.ZeroPadding2D(1, 1, 1, 1).Of(x)) // nothing is below zero here
	for _, s := range stages {
		for i := range s.blocks {
			stride := 1
			if i == 0 {
				stride = s.stride
			}
			y := conv(conv(conv(x, s.filters, 1, 1, relu), s.filters, 3, stride, relu), 4*s.filters, 1, 1)
			if i == 0 {
				x = conv(x, 4*s.filters, 1, stride)
			}
			x = model.Activation("relu").Of(model.Add().Of(y, x))
		}
	}
	last := model.Dense(1000)
	layers = append(layers, last)
	m := model.New([]*model.Symbol{entry}, []*model.Symbol{last.Of(model.GlobalAveragePooling2D().Of(x))})
	check(m.Compile(model.Adam(1e-3), model.MeanSquaredError(), model.Threads(j.threads)))
	for _, l := range layers {
		kernel, bias := j.take(l.Weights()[0].Shape()...)
		check(l.SetWeights(kernel, bias))
	}
	return m
}

// infer is the same network as a graph, whose convolutions pad by themselves.
func infer(j *job) figures {
	g := tensor.NewGraph(tensor.Float32)
	j.weights = nil
	n := 0
	take := func(shape ...int) (kernel, bias *tensor.Node) {
		k, b := j.take(shape...)
		n++
		return g.Var(must(tensor.NewVariable(layerName(n)+"k", k))), g.Var(must(tensor.NewVariable(layerName(n)+"b", b)))
	}
	conv := func(x *tensor.Node, filters, size, stride int) *tensor.Node {
		k, b := take(size, size, x.Dim(3), filters)
		p := size / 2
		return x.Conv2D(k, tensor.Window{StrideY: stride, StrideX: stride, Top: p, Bottom: p, Left: p, Right: p}).Add(b)
	}
	x := conv(g.Input("x", j.Rows, 224, 224, 3), 64, 7, 2).ReLU()
	x = x.MaxPool2D(tensor.Window{Height: 3, Width: 3, StrideY: 2, StrideX: 2, Top: 1, Bottom: 1, Left: 1, Right: 1})
	for _, s := range stages {
		for i := range s.blocks {
			stride := 1
			if i == 0 {
				stride = s.stride
			}
			y := conv(conv(conv(x, s.filters, 1, 1).ReLU(), s.filters, 3, stride).ReLU(), 4*s.filters, 1, 1)
			if i == 0 {
				x = conv(x, 4*s.filters, 1, stride)
			}
			x = y.Add(x).ReLU()
		}
	}
	k, b := take(2048, 1000)
	p := must(tensor.CPU(j.threads).Load(must(g.Compile(x.Mean(1, 2).MatMul(k).Add(b)))))
	copy(p.Input("x").Raw().([]float32), j.x().Raw().([]float32))
	run := func() {
		if err := p.Run(0, 0); err != nil {
			log.Fatal(err)
		}
	}
	run()
	return measure(j.Rows, sizes(p.Output(0)), run)
}
