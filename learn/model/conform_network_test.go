package model

import (
	"encoding/json"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/sheaf-go/sheaf/learn/tensor"
)

// forKeras is a network with its weights as testdata/conform.py takes it.
func (n network) forKeras(m *Model, parts []part) object {
	var layers []object
	for _, p := range parts {
		spec := object{"class": p.class, "config": p.config, "from": p.from}
		if p.again > 0 {
			spec["again"] = p.again
		} else if w := p.layer.Weights(); len(w) > 0 {
			spec["weights"] = allNumbers(w)
		}
		if p.layer.IsFrozen() {
			spec["frozen"] = true
		}
		layers = append(layers, spec)
	}
	inputs := n.in
	r := object{"inputs": inputs, "layers": layers}
	if n.outputs != nil {
		r["outputs"] = n.outputs
	}
	return r
}

func kerasLoss(l *Loss) object {
	config := object{}
	if l.smoothing != 0 {
		config["label_smoothing"] = l.smoothing
	}
	return object{"class": kerasLosses[l.name], "config": config}
}

// lossGradients is the loss of a training step with its gradients: of the
// weights, in the order of the layers, and of the inputs.
func lossGradients(t *testing.T, m *Model, x, y []*tensor.Tensor) (loss float64, grads []*tensor.Tensor) {
	t.Helper()
	d, err := m.dataset("conform", x, y)
	if err != nil {
		t.Fatal(err)
	}
	b := m.loss(d.rows, true, false)
	var wrt []*tensor.Node
	for _, v := range m.trained() {
		wrt = append(wrt, b.g.Var(v))
	}
	for _, s := range m.inputs {
		wrt = append(wrt, b.nodes[s])
	}
	found, err := b.g.Grad(b.total, wrt...)
	if err != nil {
		t.Fatal(err)
	}
	prog := compile(t, b.g, append([]*tensor.Node{b.total}, found...)...)
	for i, v := range x {
		fillInput(prog.Input(inputName("x", i)), v)
	}
	for i, v := range y {
		fillInput(prog.Input(inputName("y", i)), v)
	}
	if err := prog.Run(1, 1); err != nil {
		t.Fatal(err)
	}
	for i := range found {
		grads = append(grads, prog.Output(i+1).Clone())
	}
	return prog.Output(0).Float64s()[0], grads
}

// fillInput copies numbers into the memory of an input.
func fillInput(to, from *tensor.Tensor) {
	switch to := to.Raw().(type) {
	case []float32:
		copy(to, from.Float32s())
	case []float64:
		copy(to, from.Float64s())
	case []int32:
		for i, x := range from.Int64s() {
			to[i] = int32(x)
		}
	}
}

func inputName(of string, i int) string { return of + string(rune('0'+i)) }

// steps is how many steps of training are compared.
const steps = 3

// Predictions, losses, gradients and weights after steps of an optimizer are
// Keras's, for every layer that Keras has.
func kerasLayersSuite(t *testing.T) suite {
	var cases []network
	var requests []object
	for _, n := range networks() {
		if n.ours {
			continue
		}
		m, parts := n.compiled(t, kerasStep())
		x, y := n.batch(m, 5, 9)
		r := n.forKeras(m, parts)
		maps.Copy(r, object{"ask": "model", "class": n.name, "x": allNumbers(x), "y": allNumbers(y), "steps": steps,
			"optimizer": kerasOptimizer(kerasStep())})
		var losses []object
		for range y {
			losses = append(losses, kerasLoss(n.lossOf()))
		}
		r["losses"] = losses
		if n.random {
			r["steps"] = 0
		}
		cases, requests = append(cases, n), append(requests, r)
	}
	return suite{requests, func(t *testing.T, answers []answered) {
		for i, a := range answers {
			t.Run(cases[i].name, func(t *testing.T) { cases[i].likeKeras(t, a) })
		}
	}}
}

func kerasStep() *Optimizer { return SGD(0.1).Momentum(0.9) }

func (n network) likeKeras(t *testing.T, a answered) {
	m, _ := n.compiled(t, kerasStep())
	x, y := n.batch(m, 5, 9)
	for i, p := range n.predict(t, m, x) {
		if !slices.Equal(p.Shape(), a.Predicted[i].Shape) {
			t.Errorf("output %d has shape %v, Keras's has %v", i, p.Shape(), a.Predicted[i].Shape)
		}
		asKeras(t, "predictions", p.Float64s(), a.Predicted[i].Data, 1e-5)
	}
	if m.NumParams() != a.Params {
		t.Errorf("%d parameters, Keras has %d", m.NumParams(), a.Params)
	}
	if n.random {
		return // each has its own random numbers
	}
	loss, grads := lossGradients(t, m, x, y)
	asKeras(t, "loss", []float64{loss}, []float64{a.Loss}, 1e-5)
	if len(grads) != len(a.Grads) {
		t.Fatalf("%d gradients, Keras has %d", len(grads), len(a.Grads))
	}
	for i, g := range grads {
		asKeras(t, "gradient", g.Float64s(), a.Grads[i].Data, 1e-4)
	}
	m, parts := n.compiled(t, kerasStep()) // moving averages have moved
	for range steps {
		if _, err := m.FitAll(x, y, Batch(5), Epochs(1), Shuffle(false)); err != nil {
			t.Fatal(err)
		}
	}
	n.compareWeights(t, parts, a)
}

// compareWeights compares those of all parts with what Keras has afterwards.
func (n network) compareWeights(t *testing.T, parts []part, a answered) {
	t.Helper()
	var after [][]numbered
	if err := json.Unmarshal(a.After, &after); err != nil {
		t.Fatal(err)
	}
	for i, p := range parts {
		if p.again > 0 {
			continue
		}
		for k, w := range p.layer.Weights() {
			asKeras(t, "weights of "+p.layer.Name()+" after training", w.Float64s(), after[i][k].Data, 1e-4)
		}
	}
}

// A wholeFit is a training: epochs over batches, of which the last is short.
type wholeFit struct {
	n         network
	o         *Optimizer
	metrics   []string
	weights   bool // of samples
	classes   map[int]float64
	frozen    bool // the first layer
	validated bool
}

func trainings() []wholeFit {
	classes := network{name: "classes", in: [][]int{{6}}, loss: SparseCategoricalCrossEntropy, parts: func() []part {
		return []part{layerPart(Dense(8, Act("relu"), KernelL2(0.01)), object{"units": 8, "activation": "relu", "kernel_regularizer": object{"class": "L2", "config": object{"l2": 0.01}}}),
			layerPart(BatchNormalization(), object{}), layerPart(Dense(3, Act("softmax")), object{"units": 3, "activation": "softmax"})}
	}}
	numbers := network{name: "numbers", in: [][]int{{4}}, parts: func() []part {
		return []part{layerPart(Dense(6, Act("tanh")), object{"units": 6, "activation": "tanh"}), layerPart(Dense(2), object{"units": 2})}
	}}
	pictures := network{name: "pictures", in: [][]int{{6, 6, 2}}, loss: SparseCategoricalCrossEntropy, parts: func() []part {
		return []part{layerPart(Conv2D(4, 3, 3, Padding("same"), Act("relu")), object{"filters": 4, "kernel_size": 3, "padding": "same", "activation": "relu"}),
			layerPart(MaxPooling2D(2, 2), object{"pool_size": 2}), layerPart(Flatten(), object{}),
			layerPart(Dense(3, Act("softmax")), object{"units": 3, "activation": "softmax"})}
	}}
	return []wholeFit{
		{n: classes, o: Adam(0.01), metrics: []string{"accuracy"}, validated: true},
		{n: classes, o: SGD(0.05).Momentum(0.9).Nesterov(), metrics: []string{"accuracy"}, weights: true},
		{n: classes, o: RMSprop(0.01), classes: map[int]float64{0: 1, 1: 3, 2: 0.5}},
		{n: numbers, o: Adamax(0.01), metrics: []string{"mae"}, validated: true},
		{n: numbers, o: Nadam(0.01).ClipGlobalNorm(0.5), weights: true},
		{n: numbers, o: Adam(0).On(ExponentialDecay(0.02, 5, 0.9)), frozen: true},
		{n: pictures, o: Adam(0.01), metrics: []string{"accuracy"}},
	}
}

const (
	trainingRows, trainingBatch, trainingEpochs = 22, 5, 4
)

// prepare makes the model and the data of a training.
func (c wholeFit) prepare(t *testing.T) (m *Model, parts []part, x, y, w, vx, vy *tensor.Tensor) {
	t.Helper()
	m, parts = c.n.compiled(t, c.o, Metrics(c.metrics...), Seed(3))
	if c.frozen {
		parts[0].layer.Frozen()
	}
	xs, ys := c.n.batch(m, trainingRows, 31)
	vxs, vys := c.n.batch(m, 7, 32)
	r := rand.New(rand.NewPCG(33, 34))
	v := make([]float64, trainingRows)
	for i := range v {
		v[i] = 2 * r.Float64()
	}
	return m, parts, xs[0], ys[0], floats([]int{trainingRows}, v...), vxs[0], vys[0]
}

// A whole training comes to Keras's losses, metrics and weights.
func kerasFitsSuite(t *testing.T) suite {
	cases := trainings()
	var requests []object
	for _, c := range cases {
		m, parts, x, y, w, vx, vy := c.prepare(t)
		r := c.n.forKeras(m, parts)
		maps.Copy(r, object{"ask": "fit", "class": c.n.name, "x": numbersOf(x), "y": numbersOf(y), "batch": trainingBatch,
			"epochs": trainingEpochs, "optimizer": kerasOptimizer(c.o), "loss": kerasLoss(c.n.lossOf()), "metrics": append([]string{}, c.metrics...)})
		if c.weights {
			r["sample_weight"] = numbersOf(w)
		}
		if c.classes != nil {
			r["class_weight"] = c.classes
		}
		if c.validated {
			r["validation"] = object{"x": numbersOf(vx), "y": numbersOf(vy)}
		}
		requests = append(requests, r)
	}
	return suite{requests, func(t *testing.T, answers []answered) {
		for i, a := range answers {
			t.Run(cases[i].n.name+" by "+cases[i].o.Name(), func(t *testing.T) { cases[i].likeKeras(t, a) })
		}
	}}
}

func (c wholeFit) likeKeras(t *testing.T, a answered) {
	m, parts, x, y, w, vx, vy := c.prepare(t)
	opts := []FitOption{Epochs(trainingEpochs), Batch(trainingBatch), Shuffle(false)}
	if c.weights {
		opts = append(opts, SampleWeights(w))
	}
	if c.classes != nil {
		opts = append(opts, ClassWeights(c.classes))
	}
	if c.validated {
		opts = append(opts, Validation(vx, vy))
	}
	h, err := m.Fit(x, y, opts...)
	if err != nil {
		t.Fatal(err)
	}
	c.n.compareWeights(t, parts, a)
	if len(a.History) != len(h.Names()) {
		t.Errorf("the history has %v, Keras's %v", h.Names(), slices.Sorted(maps.Keys(a.History)))
	}
	for name, want := range a.History {
		asKeras(t, "history of "+name, h.Metric(name), want, 1e-4)
	}
}
