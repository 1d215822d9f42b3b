package model

import (
	"fmt"
	"slices"
	"testing"

	"gorgonia.org/gorgonia"
	dense "gorgonia.org/tensor"

	"github.com/sheaf-go/sheaf/learn/tensor"
)

// A second builds a network in Gorgonia, in float64.
type second struct {
	g      *gorgonia.ExprGraph
	leaves []*gorgonia.Node // weights in the order of the layers, then inputs
	shared map[*Layer][]*gorgonia.Node
}

func (s *second) leaf(name string, t *tensor.Tensor) *gorgonia.Node {
	value := dense.New(dense.WithShape(t.Shape()...), dense.WithBacking(slices.Clone(t.Float64s())))
	return gorgonia.NewTensor(s.g, gorgonia.Float64, t.NDim(), gorgonia.WithShape(t.Shape()...), gorgonia.WithName(name), gorgonia.WithValue(value))
}

func (s *second) weights(l *Layer) []*gorgonia.Node {
	if w, ok := s.shared[l]; ok {
		return w
	}
	var nodes []*gorgonia.Node
	for i, w := range l.Weights() {
		n := s.leaf(fmt.Sprintf("%s_%d", l.Name(), i), w)
		nodes, s.leaves = append(nodes, n), append(s.leaves, n)
	}
	s.shared[l] = nodes
	return nodes
}

// goes reports whether Gorgonia has the layer, and has it right: its average
// pooling has a wrong gradient, its padding is the same on both sides.
func (n network) goes() bool {
	if n.random || n.outputs != nil {
		return false
	}
	return !slices.ContainsFunc(n.parts(), func(p part) bool {
		if p.again > 0 {
			return false
		}
		l, set := p.layer, &p.layer.set
		if set.Act != "" && seconds[set.Act] == nil || len(l.set.regs) > 0 {
			return true
		}
		switch l.Kind() {
		case "Conv2D":
			odd := set.Size[0]%2 == 1 && set.Size[1]%2 == 1
			return set.Padding == "same" && !(odd && product(set.Stride) == 1 && product(set.Dilation) == 1)
		case "MaxPooling2D":
			return set.Padding == "same"
		case "Dense":
			return len(n.in[0]) > 1 && len(n.parts()) == 1
		case "Activation":
			return len(n.in[0]) > 1
		case "Add", "Multiply", "Flatten":
			return false
		case "Concatenate":
			return len(n.in[0]) > 1
		}
		return true
	})
}

// seconds are Gorgonia's activations.
var seconds = map[string]func(*gorgonia.Node) (*gorgonia.Node, error){
	"relu": gorgonia.Rectify, "sigmoid": gorgonia.Sigmoid, "tanh": gorgonia.Tanh, "softplus": gorgonia.Softplus,
	"mish": gorgonia.Mish, "exponential": gorgonia.Exp,
	"softmax":    func(n *gorgonia.Node) (*gorgonia.Node, error) { return gorgonia.SoftMax(n, 1) },
	"leaky_relu": func(n *gorgonia.Node) (*gorgonia.Node, error) { return gorgonia.LeakyRelu(n, 0.2) },
}

// apply is a layer applied to what Gorgonia has.
func (s *second) apply(l *Layer, x []*gorgonia.Node) *gorgonia.Node {
	w, y := s.weights(l), x[0]
	switch l.Kind() {
	case "Dense":
		y = gorgonia.Must(gorgonia.Mul(y, w[0]))
	case "Conv2D":
		y = s.conv(l, y, w[0])
	case "MaxPooling2D":
		y = images(y, func(y *gorgonia.Node) *gorgonia.Node {
			stride := l.set.Stride
			if stride == nil {
				stride = l.set.Size
			}
			return gorgonia.Must(gorgonia.MaxPool2D(y, dense.Shape(l.set.Size), []int{0, 0}, stride))
		})
	case "Flatten":
		shape := y.Shape()
		y = gorgonia.Must(gorgonia.Reshape(y, dense.Shape{shape[0], product(shape[1:])}))
	case "Concatenate":
		y = gorgonia.Must(gorgonia.Concat(1, x...))
	case "Add":
		y = gorgonia.Must(gorgonia.Add(x[0], x[1]))
	case "Multiply":
		y = gorgonia.Must(gorgonia.HadamardProd(x[0], x[1]))
	}
	if len(w) == 2 {
		shape := y.Shape().Clone()
		rows := gorgonia.Must(gorgonia.Reshape(y, dense.Shape{product(shape[:len(shape)-1]), shape[len(shape)-1]}))
		y = gorgonia.Must(gorgonia.BroadcastAdd(rows, w[1], nil, []byte{0}))
		y = gorgonia.Must(gorgonia.Reshape(y, shape))
	}
	switch f := seconds[l.set.Act]; {
	case l.set.HasAlpha: // leaky_relu alone of those here has a parameter
		y = gorgonia.Must(gorgonia.LeakyRelu(y, l.set.Alpha))
	case f != nil:
		y = gorgonia.Must(f(y))
	}
	return y
}

// images computes on (batch, channels, height, width).
func images(x *gorgonia.Node, f func(*gorgonia.Node) *gorgonia.Node) *gorgonia.Node {
	y := f(gorgonia.Must(gorgonia.Transpose(x, 0, 3, 1, 2)))
	return gorgonia.Must(gorgonia.Transpose(y, 0, 2, 3, 1))
}

func (s *second) conv(l *Layer, x, kernel *gorgonia.Node) *gorgonia.Node {
	pad, pair := []int{0, 0}, func(v []int) []int {
		if v == nil {
			return []int{1, 1}
		}
		return v
	}
	if l.set.Padding == "same" {
		pad = []int{l.set.Size[0] / 2, l.set.Size[1] / 2}
	}
	return images(x, func(y *gorgonia.Node) *gorgonia.Node {
		filter := gorgonia.Must(gorgonia.Transpose(kernel, 3, 2, 0, 1))
		return gorgonia.Must(gorgonia.Conv2d(y, filter, dense.Shape(l.set.Size), pad, pair(l.set.Stride), pair(l.set.Dilation)))
	})
}

// Predictions and gradients of the mean squared error are Gorgonia's, where it
// has the layers.
func TestGorgonia(t *testing.T) {
	went := 0
	for _, n := range networks() {
		n.loss = nil
		if !n.goes() {
			continue
		}
		went++
		t.Run(n.name, func(t *testing.T) {
			m, parts := n.compiled(t, SGD(0.1), Float64())
			x, y := n.batch(m, 4, 41)
			loss, grads := lossGradients(t, m, x, y)
			wantLoss, wantGrads := n.inGorgonia(t, m, parts, x, y[0])
			if !closeTo(loss, wantLoss, 1e-9) {
				t.Errorf("the loss is %v, Gorgonia's %v", loss, wantLoss)
			}
			if len(grads) != len(wantGrads) {
				t.Fatalf("%d gradients, Gorgonia has %d", len(grads), len(wantGrads))
			}
			for i, g := range grads {
				if d := apart(tensor.FromFloat64s(g.Shape(), wantGrads[i]...), g); d > 1e-9 {
					t.Errorf("gradient %d of shape %v differs by %v", i, g.Shape(), d)
				}
			}
		})
	}
	if went < 20 {
		t.Errorf("only %d networks were compared", went)
	}
}

// inGorgonia is the loss and the gradients as Gorgonia computes them.
func (n network) inGorgonia(t *testing.T, m *Model, parts []part, x []*tensor.Tensor, y *tensor.Tensor) (loss float64, grads [][]float64) {
	t.Helper()
	s := &second{g: gorgonia.NewGraph(), shared: map[*Layer][]*gorgonia.Node{}}
	var inputs []*gorgonia.Node
	for i, v := range x {
		inputs = append(inputs, s.leaf(fmt.Sprintf("x%d", i), v))
	}
	for _, l := range m.Layers() {
		s.weights(l) // in their order
	}
	symbols := slices.Clone(inputs)
	for _, p := range parts {
		var from []*gorgonia.Node
		for _, at := range p.from {
			from = append(from, symbols[at])
		}
		symbols = append(symbols, s.apply(p.layer, from))
	}
	out := symbols[len(symbols)-1]
	cost := gorgonia.Must(gorgonia.Mean(gorgonia.Must(gorgonia.Square(gorgonia.Must(gorgonia.Sub(out, s.leaf("y", y)))))))
	wrt := append(s.leaves, inputs...)
	if _, err := gorgonia.Grad(cost, wrt...); err != nil {
		t.Fatal(err)
	}
	vm := gorgonia.NewTapeMachine(s.g, gorgonia.BindDualValues(wrt...))
	defer vm.Close()
	if err := vm.RunAll(); err != nil {
		t.Fatal(err)
	}
	for _, w := range wrt {
		g, err := w.Grad()
		if err != nil {
			t.Fatal(err)
		}
		grads = append(grads, slices.Clone(g.Data().([]float64)))
	}
	return cost.Value().Data().(float64), grads
}
