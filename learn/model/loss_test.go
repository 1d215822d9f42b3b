package model

import (
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/sheaf-go/sheaf/learn/tensor"
)

// lossCase is targets and predictions, in rows of cols.
type lossCase struct {
	rows, cols int
	y, p       []float64
}

// ofLoss computes the loss of each sample and its gradient by the graph, in
// float64. logits tells build that predictions are what the activation has
// made of c.p.
func ofLoss(t *testing.T, l *Loss, c lossCase, logits bool) (per, grad []float64) {
	t.Helper()
	g := tensor.NewGraph(tensor.Float64)
	var y *tensor.Node
	if l.sparse() {
		y = g.InputInts("y", c.rows)
	} else {
		y = g.Input("y", c.rows, c.cols)
	}
	x := g.Input("p", c.rows, c.cols)
	p, behind := x, (*tensor.Node)(nil)
	if logits {
		behind = x
		if p = x.Sigmoid(); l.logitsOf() == "softmax" {
			p = x.Softmax()
		}
	}
	out := l.build(g, y, p, behind)
	grads, err := g.Grad(out.Sum(), x)
	if err != nil {
		t.Fatalf("%v: %v", l, err)
	}
	prog := compile(t, g, out, grads[0])
	switch in := prog.Input("y").Raw().(type) {
	case []int32:
		for i := range in {
			in[i] = int32(c.y[i])
		}
	case []float64:
		copy(in, c.y)
	}
	copy(prog.Input("p").Raw().([]float64), c.p)
	if err := prog.Run(1, 1); err != nil {
		t.Fatalf("%v: %v", l, err)
	}
	return prog.Output(0).Float64s(), prog.Output(1).Float64s()
}

func compile(t *testing.T, g *tensor.Graph, outs ...*tensor.Node) tensor.Program {
	t.Helper()
	plan, err := g.Compile(outs...)
	if err != nil {
		t.Fatal(err)
	}
	prog, err := tensor.CPU(1).Load(plan)
	if err != nil {
		t.Fatal(err)
	}
	return prog
}

// slowLosses are the definitions, for one sample.
var slowLosses = map[string]func(y, p []float64) float64{
	"mean_squared_error":  meanOf(func(y, p float64) float64 { return (y - p) * (y - p) }),
	"mean_absolute_error": meanOf(func(y, p float64) float64 { return math.Abs(y - p) }),
	"mean_absolute_percentage_error": meanOf(func(y, p float64) float64 {
		return 100 * math.Abs(y-p) / math.Max(math.Abs(y), 1e-7)
	}),
	"mean_squared_logarithmic_error": meanOf(func(y, p float64) float64 {
		d := math.Log(1+math.Max(y, 1e-7)) - math.Log(1+math.Max(p, 1e-7))
		return d * d
	}),
	"huber": meanOf(func(y, p float64) float64 {
		if e := math.Abs(y - p); e > 1 {
			return e - 0.5
		}
		return (y - p) * (y - p) / 2
	}),
	"log_cosh": meanOf(func(y, p float64) float64 { return math.Log(math.Cosh(p - y)) }),
	"binary_crossentropy": meanOf(func(y, p float64) float64 {
		return -y*math.Log(p) - (1-y)*math.Log(1-p)
	}),
	"categorical_crossentropy": func(y, p []float64) float64 {
		sum, all := 0.0, 0.0
		for _, v := range p {
			all += v
		}
		for i := range y {
			sum -= y[i] * math.Log(p[i]/all)
		}
		return sum
	},
	"sparse_categorical_crossentropy": func(y, p []float64) float64 {
		all := 0.0
		for _, v := range p {
			all += v
		}
		return -math.Log(p[int(y[0])] / all)
	},
	"kl_divergence": func(y, p []float64) float64 {
		sum := 0.0
		for i := range y {
			a, b := math.Min(math.Max(y[i], 1e-7), 1), math.Min(math.Max(p[i], 1e-7), 1)
			sum += a * math.Log(a/b)
		}
		return sum
	},
	"poisson":       meanOf(func(y, p float64) float64 { return p - y*math.Log(p+1e-7) }),
	"hinge":         meanOf(func(y, p float64) float64 { return math.Max(1-(2*y-1)*p, 0) }),
	"squared_hinge": meanOf(func(y, p float64) float64 { return math.Pow(math.Max(1-(2*y-1)*p, 0), 2) }),
	"categorical_hinge": func(y, p []float64) float64 {
		right, other := 0.0, math.Inf(-1)
		for i := range y {
			right += y[i] * p[i]
			other = math.Max(other, (1-y[i])*p[i])
		}
		return math.Max(other-right+1, 0)
	},
	"cosine_similarity": func(y, p []float64) float64 {
		return -dot(y, p) / math.Sqrt(dot(y, y)*dot(p, p))
	},
}

func meanOf(f func(y, p float64) float64) func(y, p []float64) float64 {
	return func(y, p []float64) float64 {
		sum := 0.0
		for i := range y {
			sum += f(y[i], p[i])
		}
		return sum / float64(len(y))
	}
}

// randomCase has targets and predictions that a loss can take: 0 and 1, one-hot
// rows or class numbers, and probabilities.
func randomCase(r *rand.Rand, l *Loss, rows, cols int) lossCase {
	c := lossCase{rows: rows, cols: cols}
	for range rows {
		k := r.IntN(cols)
		if l.sparse() {
			c.y = append(c.y, float64(k))
		}
		for j := range cols {
			c.p = append(c.p, 0.05+0.9*r.Float64())
			switch {
			case l.sparse():
			case strings.HasPrefix(l.name, "categorical"):
				c.y = append(c.y, flag(j == k))
			case l.name == "binary_crossentropy" || strings.Contains(l.name, "hinge"):
				c.y = append(c.y, float64(r.IntN(2)))
			default:
				c.y = append(c.y, 3*r.Float64())
			}
		}
	}
	if l.name == "kl_divergence" { // away from the limits, where it has kinks
		for i := range c.y {
			c.y[i] = 0.05 + 0.3*c.y[i]
		}
	}
	return c
}

// Every loss is what its definition says, on odd shapes, and its gradient is
// that of the definition.
func TestLosses(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for _, name := range LossNames() {
		slow := slowLosses[name]
		if slow == nil {
			t.Errorf("%s: the test has no definition of it", name)
			continue
		}
		for _, shape := range [][2]int{{1, 2}, {3, 5}, {7, 1}, {33, 3}} {
			l := LossNamed(name)
			if l.rule.act == "softmax" && shape[1] == 1 {
				continue // a single class is certain
			}
			c := randomCase(r, l, shape[0], shape[1])
			per, grad := ofLoss(t, l, c, false)
			checkLoss(t, name, c, slow, per, grad)
		}
	}
}

func checkLoss(t *testing.T, what string, c lossCase, slow func(y, p []float64) float64, per, grad []float64) {
	t.Helper()
	yCols := len(c.y) / c.rows
	at := func(i int, p []float64) float64 { return slow(c.y[i*yCols:(i+1)*yCols], p[i*c.cols:(i+1)*c.cols]) }
	for i := range c.rows {
		if want := at(i, c.p); !closeTo(per[i], want, 1e-9) {
			t.Errorf("%s: sample %d of (%d, %d) has the loss %v, want %v", what, i, c.rows, c.cols, per[i], want)
		}
		for j := range c.cols {
			const h = 1e-6
			p := slices.Clone(c.p)
			p[i*c.cols+j] += h
			up := at(i, p)
			p[i*c.cols+j] -= 2 * h
			if want := (up - at(i, p)) / (2 * h); !closeTo(grad[i*c.cols+j], want, 1e-5) {
				t.Errorf("%s: gradient (%d, %d) is %v, want %v", what, i, j, grad[i*c.cols+j], want)
			}
		}
	}
}

func closeTo(got, want, tol float64) bool {
	return math.Abs(got-want) <= tol*math.Max(1, math.Abs(want))
}

// From logits, and behind an activation, the cross-entropies are what they are
// of the probabilities; also where these are 0 or 1 in floating point.
func TestLossFromLogits(t *testing.T) {
	softmax := func(z []float64) []float64 {
		out, sum := make([]float64, len(z)), 0.0
		for i, x := range z {
			out[i] = math.Exp(x)
			sum += out[i]
		}
		for i := range out {
			out[i] /= sum
		}
		return out
	}
	sigmoid := func(z []float64) []float64 {
		out := make([]float64, len(z))
		for i, x := range z {
			out[i] = 1 / (1 + math.Exp(-x))
		}
		return out
	}
	r := rand.New(rand.NewPCG(3, 4))
	for name, act := range map[string]func([]float64) []float64{
		"binary_crossentropy": sigmoid, "categorical_crossentropy": softmax, "sparse_categorical_crossentropy": softmax,
	} {
		slow := func(y, z []float64) float64 { return slowLosses[name](y, act(z)) }
		c := randomCase(r, LossNamed(name), 9, 4)
		for i := range c.p {
			c.p[i] = 4*c.p[i] - 2
		}
		per, grad := ofLoss(t, LossNamed(name).FromLogits(), c, false)
		checkLoss(t, name+" from logits", c, slow, per, grad)
		behind, grad := ofLoss(t, LossNamed(name), c, true)
		checkLoss(t, name+" behind the activation", c, slow, behind, grad)
	}
	far := lossCase{rows: 1, cols: 2, y: []float64{1}, p: []float64{0, -800}}
	if per, _ := ofLoss(t, SparseCategoricalCrossEntropy().FromLogits(), far, false); per[0] != 800 {
		t.Errorf("a logit of -800 costs %v, want 800", per[0])
	}
}

// Numbers that can be computed by hand.
func TestLossesByHand(t *testing.T) {
	for _, c := range []struct {
		loss *Loss
		y, p []float64
		want float64
	}{
		{MeanSquaredError(), []float64{1, 2}, []float64{3, 2}, 2},
		{Huber(2), []float64{0, 0}, []float64{1, 5}, (0.5 + 8) / 2},
		{BinaryCrossEntropy().LabelSmoothing(0.2), []float64{1}, []float64{0.5}, math.Ln2},
		{CategoricalCrossEntropy().LabelSmoothing(0.5), []float64{1, 0}, []float64{0.25, 0.75}, -0.75*math.Log(0.25) - 0.25*math.Log(0.75)},
		{Hinge(), []float64{-1, 1}, []float64{0.5, 0.5}, 1}, // (1.5 + 0.5) / 2
		{CosineSimilarity(), []float64{0, 2}, []float64{0, 3}, -1},
		{CosineSimilarity(), []float64{0, 0}, []float64{0, 3}, 0},
	} {
		if per, _ := ofLoss(t, c.loss, lossCase{1, len(c.p), c.y, c.p}, false); !closeTo(per[0], c.want, 1e-12) {
			t.Errorf("%v of %v and %v is %v, want %v", c.loss, c.y, c.p, per[0], c.want)
		}
	}
}

// Samples of more than one row have the mean over the rows.
func TestLossOfSequences(t *testing.T) {
	g := tensor.NewGraph(tensor.Float64)
	y, p := g.Input("y", 2, 3, 1), g.Input("p", 2, 3, 1)
	prog := compile(t, g, MeanSquaredError().build(g, y, p, nil))
	copy(prog.Input("p").Raw().([]float64), []float64{1, 2, 3, 0, 0, 3})
	if err := prog.Run(1, 1); err != nil {
		t.Fatal(err)
	}
	if got := prog.Output(0).Float64s(); !closeTo(got[0], 14.0/3, 1e-12) || !closeTo(got[1], 3, 1e-12) {
		t.Errorf("got %v", got)
	}
}

// A loss of one's own is what its function says, and must give a number for
// each sample.
func TestLossFunc(t *testing.T) {
	quartic := LossFunc("quartic", func(y, p *tensor.Node) *tensor.Node { return p.Sub(y).Square().Square() })
	per, grad := ofLoss(t, quartic, lossCase{2, 1, []float64{0, 1}, []float64{2, 4}}, false)
	if per[0] != 16 || per[1] != 81 || grad[0] != 32 || grad[1] != 108 {
		t.Errorf("per sample %v, gradients %v", per, grad)
	}
	g := tensor.NewGraph(tensor.Float64)
	bad := LossFunc("whole", func(y, p *tensor.Node) *tensor.Node { return p.Sub(y).Mean() })
	n := bad.build(g, g.Input("y", 4, 2), g.Input("p", 4, 2), nil)
	wantError(t, n.Err(), "model: loss whole gives", "want a number for each of the 4 samples")
	wantError(t, LossFunc("", nil).Err(), "want a name and a function")
}

func wantError(t *testing.T, err error, parts ...string) {
	t.Helper()
	for _, part := range parts {
		if err == nil || !strings.Contains(err.Error(), part) {
			t.Errorf("the error is %v; want one with %q", err, part)
		}
	}
}

// Targets that do not fit are told of with both shapes and what to do.
func TestLossCheck(t *testing.T) {
	for _, c := range []struct {
		loss           *Loss
		target, output []int
		ints           bool
		want           string
	}{
		{MeanSquaredError(), nil, []int{1}, false, ""},
		{MeanSquaredError(), []int{1}, nil, false, ""},
		{MeanSquaredError(), []int{2}, []int{3}, false, "targets have shape (n, 2), predictions (n, 3); want equal shapes"},
		{CategoricalCrossEntropy(), nil, []int{3}, true, "sparse_categorical_crossentropy"},
		{SparseCategoricalCrossEntropy(), nil, []int{3}, true, ""},
		{SparseCategoricalCrossEntropy(), []int{1}, []int{3}, true, ""},
		{SparseCategoricalCrossEntropy(), []int{3}, []int{3}, true, "go with categorical_crossentropy"},
		{SparseCategoricalCrossEntropy(), nil, []int{3}, false, "want class numbers from 0 to 2"},
		{SparseCategoricalCrossEntropy(), nil, nil, true, "want (n, classes)"},
	} {
		err := c.loss.check(c.target, c.output, c.ints)
		if c.want == "" && err != nil {
			t.Errorf("%v: %v", c.loss, err)
		} else if c.want != "" {
			wantError(t, err, c.want)
		}
	}
	g := tensor.NewGraph(tensor.Float32)
	wantError(t, MeanSquaredError().build(g, g.Input("y", 4), g.Input("p", 4, 3), nil).Err(), "want equal shapes")
}

// What makes no sense is an error of the loss.
func TestLossErrors(t *testing.T) {
	wantError(t, LossNamed("mean_squared_eror").Err(), `did you mean "mean_squared_error"?`)
	wantError(t, LossNamed("gain").Err(), `no loss "gain"`, "huber")
	wantError(t, Huber(0).Err(), "delta is 0")
	wantError(t, Huber(math.NaN()).Err(), "delta is NaN")
	wantError(t, MeanSquaredError().FromLogits().Err(), "has no logits")
	wantError(t, Huber(1).LabelSmoothing(0.1).Err(), "no label smoothing")
	wantError(t, BinaryCrossEntropy().LabelSmoothing(2).Err(), "want 0 to 1")
	g := tensor.NewGraph(tensor.Float32)
	wantError(t, Huber(-1).build(g, g.Input("y", 4), g.Input("p", 4), nil).Err(), "delta is -1")
}

// A loss that is saved is the same again.
func TestLossConfig(t *testing.T) {
	losses := []*Loss{Huber(0.3), BinaryCrossEntropy().FromLogits().LabelSmoothing(0.1)}
	for _, name := range LossNames() {
		losses = append(losses, LossNamed(name))
	}
	for _, l := range losses {
		again := lossOf(throughJSON(t, l.config()))
		if again.err != nil || again.String() != l.String() || again.rule != l.rule {
			t.Errorf("%v is saved and comes back as %v", l, again)
		}
	}
	wantError(t, lossOf(config{Name: "huber", Numbers: map[string]float64{"delta": -1}}).Err(), "delta")
	wantError(t, lossOf(config{Name: "mse", Numbers: map[string]float64{"power": 3}}).Err(), `no number "power"`)
}
