package model

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/sheaf-go/sheaf/learn/tensor"
)

// A part is a layer of a network for conformance, as ours and as Keras's.
type part struct {
	layer  *Layer
	class  string
	config object
	from   []int // numbers of symbols, inputs first; nil: the last one
	again  int   // the number of the part that this one is, counted with inputs; 0: a new one
}

// A network is what every layer has to pass the same tests in.
type network struct {
	name    string
	in      [][]int
	parts   func() []part
	outputs []int // numbers of symbols; nil: the last one
	loss    func() *Loss
	random  bool // in training
	ours    bool // Keras has no such layer
}

// model puts a network together anew.
func (n network) model(t testing.TB) (*Model, []part) {
	t.Helper()
	parts := n.parts()
	var symbols []*Symbol
	var inputs []*Symbol
	for _, shape := range n.in {
		inputs = append(inputs, Input(shape...))
	}
	symbols = append(symbols, inputs...)
	for i := range parts {
		p := &parts[i]
		if p.again > 0 {
			p.layer = parts[p.again-len(n.in)].layer
		}
		if p.from == nil {
			p.from = []int{len(symbols) - 1}
		}
		var x []*Symbol
		for _, at := range p.from {
			x = append(x, symbols[at])
		}
		symbols = append(symbols, p.layer.Of(x...))
	}
	outputs := n.outputs
	if outputs == nil {
		outputs = []int{len(symbols) - 1}
	}
	var ends []*Symbol
	for _, at := range outputs {
		ends = append(ends, symbols[at])
	}
	m := New(inputs, ends)
	if m.Err() != nil {
		t.Fatalf("%s: %v", n.name, m.Err())
	}
	return m, parts
}

// compiled is the network compiled, with weights that are not at a limit: no
// zeros in biases and averages.
func (n network) compiled(t testing.TB, o *Optimizer, opts ...CompileOption) (*Model, []part) {
	t.Helper()
	m, parts := n.model(t)
	if err := m.Compile(o, n.lossOf(), opts...); err != nil {
		t.Fatalf("%s: %v", n.name, err)
	}
	r := rand.New(rand.NewPCG(21, 22))
	w := m.Weights()
	for i, v := range w {
		for j, x := range v.Float64s() {
			if x == 0 || x == 1 {
				at := index(v.Shape(), j)
				w[i].SetAt(x+0.1+0.3*r.Float64(), at...)
			}
		}
	}
	if err := m.SetWeights(w...); err != nil {
		t.Fatal(err)
	}
	return m, parts
}

// index is the place of element j in row-major order.
func index(shape []int, j int) []int {
	at := make([]int, len(shape))
	for i := len(shape) - 1; i >= 0; i-- {
		at[i], j = j%shape[i], j/shape[i]
	}
	return at
}

func (n network) lossOf() *Loss {
	if n.loss != nil {
		return n.loss()
	}
	return MeanSquaredError()
}

// batch makes rows of inputs and targets.
func (n network) batch(m *Model, rows int, seed uint64) (x, y []*tensor.Tensor) {
	r := rand.New(rand.NewPCG(seed, 5))
	random := func(shape []int) *tensor.Tensor {
		shape = slices.Concat([]int{rows}, shape)
		v := make([]float64, product(shape))
		for i := range v {
			v[i] = float64(float32(2*r.Float64() - 1))
		}
		return floats(shape, v...)
	}
	for _, shape := range m.InputShapes() {
		x = append(x, random(shape))
	}
	for _, shape := range m.OutputShapes() {
		if !n.lossOf().sparse() {
			y = append(y, random(shape))
			continue
		}
		class := make([]int32, rows)
		for i := range class {
			class[i] = int32(r.IntN(shape[len(shape)-1]))
		}
		y = append(y, labels(class...))
	}
	return x, y
}

// layerPart is a part of a class that is called as the layer's kind.
func layerPart(l *Layer, config object) part { return part{layer: l, class: l.Kind(), config: config} }

// single is a network of one layer behind a dense or convolving one, whose
// gradients show that those of the layer's input are right.
func single(name string, in []int, first func() part, make func() *Layer, config object) network {
	return network{name: name, in: [][]int{in}, parts: func() []part {
		var parts []part
		if first != nil {
			parts = append(parts, first())
		}
		return append(parts, layerPart(make(), config))
	}}
}

// unbiased4 and unbiased3 are for networks in which a bias would change nothing:
// its derivative is 0 and all that could be compared is rounding.
func unbiased4() part {
	return layerPart(Dense(4, UseBias(false)), object{"units": 4, "use_bias": false})
}
func unbiased3() part {
	return layerPart(Conv2D(3, 2, 2, UseBias(false)), object{"filters": 3, "kernel_size": []int{2, 2}, "use_bias": false})
}
func dense4() part { return layerPart(Dense(4), object{"units": 4}) }
func conv3() part {
	return layerPart(Conv2D(3, 2, 2, Padding("same")), object{"filters": 3, "kernel_size": []int{2, 2}, "padding": "same"})
}
func series3() part {
	return layerPart(Conv1D(3, 2, Padding("same")), object{"filters": 3, "kernel_size": 2, "padding": "same"})
}

// networks are all that conformance is tested with.
func networks() []network {
	all := slices.Concat(denseNetworks(), convNetworks(), poolNetworks(), shapeNetworks(), joinedNetworks())
	return all
}

func denseNetworks() []network {
	var all []network
	for _, act := range append(tensor.Activations(), "softmax", "log_softmax") {
		n := single("dense "+act, []int{5}, nil, func() *Layer { return Dense(4, Act(act)) }, object{"units": 4, "activation": act})
		n.ours = act == "gelu_tanh"
		all = append(all, n)
	}
	leaky := network{name: "leaky", in: [][]int{{5}}, parts: func() []part {
		return []part{dense4(), {layer: Activation("leaky_relu", Alpha(0.3)), class: "LeakyReLU", config: object{"negative_slope": 0.3}}}
	}}
	elu := network{name: "elu", in: [][]int{{5}}, parts: func() []part {
		return []part{dense4(), {layer: Activation("elu", Alpha(0.7)), class: "ELU", config: object{"alpha": 0.7}}}
	}}
	noise := single("dropout", []int{5}, dense4, func() *Layer { return Dropout(0.4) }, object{"rate": 0.4})
	noise.random = true
	return append(all, leaky, elu, noise,
		single("dense without bias", []int{7}, nil, func() *Layer { return Dense(1, UseBias(false)) }, object{"units": 1, "use_bias": false}),
		single("dense on series", []int{3, 5}, nil, func() *Layer { return Dense(4, Act("tanh")) }, object{"units": 4, "activation": "tanh"}),
		single("dense penalised", []int{5}, nil, func() *Layer { return Dense(3, KernelRegularizer(L1L2(0.01, 0.02))) },
			object{"units": 3, "kernel_regularizer": object{"class": "L1L2", "config": object{"l1": 0.01, "l2": 0.02}}}),
		single("activation softmax", []int{3, 5}, nil, func() *Layer { return Activation("softmax") }, object{"activation": "softmax"}),
		single("rescaling", []int{3, 5}, nil, func() *Layer { return Rescaling(0.5, -2) }, object{"scale": 0.5, "offset": -2.0}),
		single("batch normalization", []int{5}, unbiased4, func() *Layer { return BatchNormalization() }, object{}),
		single("batch normalization of images", []int{5, 4, 2}, unbiased3, func() *Layer { return BatchNormalization(Momentum(0.8), Epsilon(0.01)) },
			object{"momentum": 0.8, "epsilon": 0.01}),
		single("batch normalization without scale", []int{5}, unbiased4, func() *Layer { return BatchNormalization(Scale(false)) }, object{"scale": false}),
		single("batch normalization without center", []int{3, 5}, unbiased4, func() *Layer { return BatchNormalization(Center(false)) }, object{"center": false}),
		single("layer normalization", []int{5}, unbiased4, func() *Layer { return LayerNormalization() }, object{}),
		single("layer normalization of rows", []int{3, 7}, unbiased4, func() *Layer { return LayerNormalization(Epsilon(0.01)) }, object{"epsilon": 0.01}),
		single("layer normalization without scale", []int{5}, unbiased4, func() *Layer { return LayerNormalization(Scale(false)) }, object{"scale": false}),
		single("layer normalization without center", []int{6}, unbiased4, func() *Layer { return LayerNormalization(Center(false)) }, object{"center": false}))
}

func convNetworks() []network {
	var all []network
	add := func(name string, in []int, make func() *Layer, config object) {
		all = append(all, single(name, in, nil, make, config))
	}
	for _, padding := range []string{"valid", "same"} {
		for _, k := range [][2]int{{1, 1}, {3, 3}, {2, 4}} {
			for _, stride := range [][2]int{{1, 1}, {2, 3}} {
				add(fmt.Sprintf("conv2d %v %s stride %v", k, padding, stride), []int{7, 8, 2},
					func() *Layer {
						return Conv2D(3, k[0], k[1], Padding(padding), Stride(stride[0], stride[1]), Act("relu"))
					},
					object{"filters": 3, "kernel_size": k, "padding": padding, "strides": stride, "activation": "relu"})
			}
		}
		add("conv2d dilated "+padding, []int{9, 8, 3}, func() *Layer { return Conv2D(2, 3, 2, Padding(padding), Dilation(2, 3)) },
			object{"filters": 2, "kernel_size": [2]int{3, 2}, "padding": padding, "dilation_rate": [2]int{2, 3}})
		add("conv1d "+padding, []int{9, 3}, func() *Layer { return Conv1D(5, 4, Padding(padding), Stride(2)) },
			object{"filters": 5, "kernel_size": 4, "padding": padding, "strides": 2})
		add("conv1d dilated "+padding, []int{9, 1}, func() *Layer { return Conv1D(17, 3, Padding(padding), Dilation(3), UseBias(false), Act("tanh")) },
			object{"filters": 17, "kernel_size": 3, "padding": padding, "dilation_rate": 3, "use_bias": false, "activation": "tanh"})
	}
	add("conv2d of many filters", []int{5, 5, 17}, func() *Layer { return Conv2D(33, 3, 3, Padding("same")) },
		object{"filters": 33, "kernel_size": 3, "padding": "same"})
	return all
}

func poolNetworks() []network {
	var all []network
	images := func(name string, make func() *Layer, config object) {
		all = append(all, single(name, []int{7, 9, 2}, conv3, make, config))
	}
	series := func(name string, make func() *Layer, config object) {
		all = append(all, single(name, []int{11, 2}, series3, make, config))
	}
	for _, padding := range []string{"valid", "same"} {
		images("max pooling 2d "+padding, func() *Layer { return MaxPooling2D(2, 2, Padding(padding)) }, object{"pool_size": [2]int{2, 2}, "padding": padding})
		images("max pooling 2d overlapping "+padding, func() *Layer { return MaxPooling2D(3, 2, Padding(padding), Stride(2, 1)) },
			object{"pool_size": [2]int{3, 2}, "padding": padding, "strides": [2]int{2, 1}})
		images("average pooling 2d "+padding, func() *Layer { return AveragePooling2D(2, 3, Padding(padding)) }, object{"pool_size": [2]int{2, 3}, "padding": padding})
		images("average pooling 2d overlapping "+padding, func() *Layer { return AveragePooling2D(3, 3, Padding(padding), Stride(2)) },
			object{"pool_size": [2]int{3, 3}, "padding": padding, "strides": [2]int{2, 2}})
		series("max pooling 1d "+padding, func() *Layer { return MaxPooling1D(3, Padding(padding)) }, object{"pool_size": 3, "padding": padding})
		series("average pooling 1d "+padding, func() *Layer { return AveragePooling1D(3, Padding(padding), Stride(2)) },
			object{"pool_size": 3, "padding": padding, "strides": 2})
	}
	images("global max pooling 2d", func() *Layer { return GlobalMaxPooling2D() }, object{})
	images("global average pooling 2d", func() *Layer { return GlobalAveragePooling2D() }, object{})
	series("global max pooling 1d", func() *Layer { return GlobalMaxPooling1D() }, object{})
	series("global average pooling 1d", func() *Layer { return GlobalAveragePooling1D() }, object{})
	images("upsampling 2d", func() *Layer { return UpSampling2D(2, 3) }, object{"size": [2]int{2, 3}})
	series("upsampling 1d", func() *Layer { return UpSampling1D(3) }, object{"size": 3})
	images("zero padding 2d", func() *Layer { return ZeroPadding2D(1, 2, 0, 3) }, object{"padding": [2][2]int{{1, 2}, {0, 3}}})
	return all
}

func shapeNetworks() []network {
	return []network{
		single("flatten", []int{3, 2, 2}, conv3, func() *Layer { return Flatten() }, object{}),
		single("reshape", []int{3, 5}, dense4, func() *Layer { return Reshape([]int{2, -1, 3}) }, object{"target_shape": []int{2, -1, 3}}),
	}
}

func joinedNetworks() []network {
	pair := func(name string, l func() *Layer, config object) network {
		return network{name: name, in: [][]int{{4}, {5}}, parts: func() []part {
			a, b := dense4(), dense4()
			a.from, b.from = []int{0}, []int{1}
			join := layerPart(l(), config)
			join.from = []int{2, 3}
			return []part{a, b, join}
		}}
	}
	residual := network{name: "residual", in: [][]int{{6, 6, 3}}, parts: func() []part {
		a, b := conv3(), layerPart(Conv2D(3, 3, 3, Padding("same"), UseBias(false)), object{"filters": 3, "kernel_size": 3, "padding": "same", "use_bias": false})
		b.from = []int{1}
		add := layerPart(Add(), object{})
		add.from = []int{0, 2}
		return []part{a, b, add, layerPart(BatchNormalization(), object{}), layerPart(Activation("relu"), object{"activation": "relu"}),
			layerPart(GlobalAveragePooling2D(), object{}), layerPart(Dense(3, Act("softmax")), object{"units": 3, "activation": "softmax"})}
	}, loss: SparseCategoricalCrossEntropy}
	shared := network{name: "shared", in: [][]int{{4}, {4}}, parts: func() []part {
		a := layerPart(Dense(3, Act("tanh")), object{"units": 3, "activation": "tanh"})
		a.from = []int{0}
		join := layerPart(Multiply(), object{})
		join.from = []int{2, 3}
		return []part{a, {again: 2, from: []int{1}}, join, layerPart(Dense(1, Act("sigmoid")), object{"units": 1, "activation": "sigmoid"})}
	}}
	two := network{name: "two outputs", in: [][]int{{4}}, outputs: []int{2, 3}, parts: func() []part {
		b, c := layerPart(Dense(2), object{"units": 2}), layerPart(Dense(3, Act("tanh")), object{"units": 3, "activation": "tanh"})
		b.from, c.from = []int{1}, []int{1}
		return []part{dense4(), b, c}
	}}
	return []network{
		pair("concatenate", func() *Layer { return Concatenate() }, object{}), pair("add", func() *Layer { return Add() }, object{}),
		pair("multiply", func() *Layer { return Multiply() }, object{}), residual, shared, two,
		{name: "concatenate images", in: [][]int{{3, 4, 2}}, parts: func() []part {
			join := layerPart(Concatenate(Axis(2)), object{"axis": 2})
			join.from = []int{0, 1}
			return []part{layerPart(Conv2D(2, 1, 1), object{"filters": 2, "kernel_size": 1}), join}
		}},
		{name: "image network", in: [][]int{{8, 8, 1}}, parts: func() []part {
			return []part{layerPart(Conv2D(4, 3, 3, Act("relu")), object{"filters": 4, "kernel_size": 3, "activation": "relu"}),
				layerPart(MaxPooling2D(2, 2), object{"pool_size": 2}), layerPart(Flatten(), object{}),
				layerPart(Dense(5, Act("relu")), object{"units": 5, "activation": "relu"}),
				layerPart(Dense(3, Act("softmax")), object{"units": 3, "activation": "softmax"})}
		}, loss: SparseCategoricalCrossEntropy},
		{name: "binary network", in: [][]int{{6}}, parts: func() []part {
			return []part{layerPart(Dense(5, Act("gelu")), object{"units": 5, "activation": "gelu"}),
				layerPart(Dense(1, Act("sigmoid")), object{"units": 1, "activation": "sigmoid"})}
		}, loss: func() *Loss { return BinaryCrossEntropy().LabelSmoothing(0.1) }},
	}
}

// same reports whether tensors are equal bit for bit, NaN apart.
func same(a, b []*tensor.Tensor) bool {
	return slices.EqualFunc(a, b, func(x, y *tensor.Tensor) bool {
		return slices.Equal(x.Shape(), y.Shape()) && slices.Equal(x.Float64s(), y.Float64s())
	})
}

// apart is the largest difference of two tensors, relative to the largest
// number but never less than to 1.
func apart(a, b *tensor.Tensor) float64 {
	x, y := a.Float64s(), b.Float64s()
	if len(x) != len(y) {
		return math.Inf(1)
	}
	worst, scale := 0.0, 1.0
	for i := range x {
		d := math.Abs(x[i] - y[i])
		if !(d <= worst) {
			worst = d
		}
		scale = math.Max(scale, math.Abs(x[i]))
	}
	return worst / scale
}

func (n network) predict(t *testing.T, m *Model, x []*tensor.Tensor) []*tensor.Tensor {
	t.Helper()
	p, err := m.PredictAll(x...)
	if err != nil {
		t.Fatalf("%s: %v", n.name, err)
	}
	return p
}

func (n network) train(t *testing.T, m *Model, x, y []*tensor.Tensor) {
	t.Helper()
	if _, err := m.FitAll(x, y, Epochs(2), Batch(4)); err != nil {
		t.Fatalf("%s: %v", n.name, err)
	}
}

// Every layer passes the same tests, on every device that there is.
func TestConformance(t *testing.T) {
	for _, n := range networks() {
		t.Run(n.name, func(t *testing.T) {
			t.Run("shapes", n.shapes)
			t.Run("gradients", n.gradients)
			t.Run("determinism", n.determinism)
			t.Run("devices", n.devices)
			t.Run("precision", n.precision)
			t.Run("frozen", n.frozen)
			t.Run("saved", n.saved)
		})
	}
}

// shapes: predictions have the shape that the model says, for any number of
// rows, and do not depend on how rows are cut into batches.
func (n network) shapes(t *testing.T) {
	m, _ := n.compiled(t, SGD(0.1))
	x, _ := n.batch(m, 7, 1)
	whole := n.predict(t, m, x)
	for i, p := range whole {
		if want := slices.Concat([]int{7}, m.OutputShapes()[i]); !slices.Equal(p.Shape(), want) {
			t.Errorf("output %d has shape %v, want %v", i, p.Shape(), want)
		}
	}
	for _, cut := range [][2]int{{0, 1}, {1, 4}, {4, 7}} {
		var part []*tensor.Tensor
		for _, v := range x {
			part = append(part, v.Slice(cut[0], cut[1]))
		}
		for i, p := range n.predict(t, m, part) {
			if d := apart(whole[i].Slice(cut[0], cut[1]), p); d > 2e-6 {
				t.Errorf("rows %v of output %d differ by %v from those predicted with others", cut, i, d)
			}
		}
	}
}

// gradients: those of all weights and inputs are the differences of the loss.
func (n network) gradients(t *testing.T) {
	m, _ := n.compiled(t, SGD(0.1))
	x, y := n.batch(m, 4, 2)
	r, err := GradCheckAll(m, x, y)
	if err != nil {
		t.Fatal(err)
	}
	if !(r.Worst < 1e-5) || r.Checked == 0 || r.Kinks > r.Checked/4 {
		t.Errorf("%v", r)
	}
}

// determinism: the same seed gives the same weights, bit for bit, before and
// after training; another one does not.
func (n network) determinism(t *testing.T) {
	after := func(seed uint64) (before, after []*tensor.Tensor) {
		m, _ := n.model(t)
		if err := m.Compile(Adam(0.01), n.lossOf(), Seed(seed), On(tensor.CPU(1))); err != nil {
			t.Fatal(err)
		}
		before = m.Weights()
		x, y := n.batch(m, 10, 3)
		n.train(t, m, x, y)
		return before, m.Weights()
	}
	b1, a1 := after(7)
	b2, a2 := after(7)
	_, a3 := after(8)
	if !same(b1, b2) || !same(a1, a2) {
		t.Error("the same seed gives other weights")
	}
	if len(a1) > 0 && same(a1, a3) {
		t.Error("another seed gives the same weights")
	}
}

// devices: as many threads as may be come to what one comes to.
func (n network) devices(t *testing.T) {
	var weights [][]*tensor.Tensor
	for _, threads := range []int{1, 2, 3} {
		m, _ := n.compiled(t, SGD(0.05), On(tensor.CPU(threads)))
		x, y := n.batch(m, 10, 3)
		n.train(t, m, x, y)
		weights = append(weights, m.Weights())
	}
	for i := range weights[0] {
		for k := range weights[1:] {
			if d := apart(weights[0][i], weights[k+1][i]); d > 1e-5 {
				t.Errorf("weight %d differs by %v with %d threads", i, d, k+2)
			}
		}
	}
}

// precision: float32 is within its band of float64.
func (n network) precision(t *testing.T) {
	low, _ := n.compiled(t, SGD(0.1))
	high, _ := n.compiled(t, SGD(0.1), Float64())
	if err := high.SetWeights(low.Weights()...); err != nil {
		t.Fatal(err)
	}
	x, _ := n.batch(low, 9, 4)
	wide := make([]*tensor.Tensor, len(x))
	for i, v := range x {
		wide[i] = v.Cast(tensor.Float64)
	}
	a, b := n.predict(t, low, x), n.predict(t, high, wide)
	for i := range a {
		if d := apart(b[i], a[i]); d > 1e-5 {
			t.Errorf("output %d differs by %v", i, d)
		}
		if a[i].DType() != tensor.Float32 || b[i].DType() != tensor.Float64 {
			t.Errorf("output %d is %v and %v", i, a[i].DType(), b[i].DType())
		}
	}
}

// frozen: weights of a frozen layer are the same bits after training, those of
// others are not.
func (n network) frozen(t *testing.T) {
	m, _ := n.compiled(t, Adam(0.01))
	layers := m.Layers()
	for at, l := range layers {
		if l.NumParams() == 0 {
			continue
		}
		m, _ := n.compiled(t, Adam(0.01).WeightDecay(0.1))
		frozen := m.Layers()[at].Frozen()
		x, y := n.batch(m, 10, 5)
		before := make([][]*tensor.Tensor, len(layers))
		for i, l := range m.Layers() {
			before[i] = l.Weights()
		}
		n.train(t, m, x, y)
		for i, l := range m.Layers() {
			if kept := same(before[i], l.Weights()); l.NumParams() > 0 && kept != (l == frozen) {
				t.Errorf("with %s frozen, that the weights of %s are the same is %v", frozen.Name(), l.Name(), kept)
			}
		}
	}
}

// saved: what is loaded predicts the same bits, and goes on training to the
// same bits.
func (n network) saved(t *testing.T) {
	m, _ := n.compiled(t, Adam(0.01).Betas(0.8, 0.9), On(tensor.CPU(1)))
	x, y := n.batch(m, 10, 6)
	n.train(t, m, x, y)
	data, err := m.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	again, err := FromBytes(data)
	if err != nil {
		t.Fatal(err)
	}
	if !same(m.Weights(), again.Weights()) || !same(n.predict(t, m, x), n.predict(t, again, x)) {
		t.Error("what is loaded predicts otherwise")
	}
	for range 2 {
		n.train(t, m, x, y)
		n.train(t, again, x, y)
	}
	for i, w := range m.Weights() {
		if d := apart(w, again.Weights()[i]); d > 1e-6 {
			t.Errorf("trained on, weight %d of what is loaded differs by %v", i, d)
		}
	}
}
