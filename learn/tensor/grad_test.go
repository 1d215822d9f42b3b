package tensor

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
)

// A gradCase is a graph of variables of shapes; build makes a node of them.
type gradCase struct {
	name   string
	shapes [][]int
	low    float64 // of the variables' values, which lie in [low, low+2)
	build  func(g *Graph, v []*Node) *Node
}

var gradCases = []gradCase{
	{"add", [][]int{{3, 4}, {4}}, -1, func(g *Graph, v []*Node) *Node { return v[0].Add(v[1]) }},
	{"sub", [][]int{{3, 1}, {1, 4}}, -1, func(g *Graph, v []*Node) *Node { return v[0].Sub(v[1]) }},
	{"mul", [][]int{{2, 1, 3}, {4, 1}}, -1, func(g *Graph, v []*Node) *Node { return v[0].Mul(v[1]) }},
	{"div", [][]int{{3, 4}, {}}, 0.5, func(g *Graph, v []*Node) *Node { return v[0].Div(v[1]) }},
	{"pow", [][]int{{5}, {5}}, 0.5, func(g *Graph, v []*Node) *Node { return v[0].Pow(v[1]) }},
	{"max", [][]int{{3, 4}, {4}}, -1, func(g *Graph, v []*Node) *Node { return v[0].Maximum(v[1]) }},
	{"min", [][]int{{3, 4}, {3, 1}}, -1, func(g *Graph, v []*Node) *Node { return v[0].Minimum(v[1]) }},
	{"square of itself", [][]int{{7}}, -1, func(g *Graph, v []*Node) *Node { return v[0].Mul(v[0]) }},
	{"clip", [][]int{{11}}, -1, func(g *Graph, v []*Node) *Node { return v[0].Clip(-0.3, 0.4) }},
	{"where", [][]int{{6}, {6}, {1}}, -1, func(g *Graph, v []*Node) *Node { return v[0].Greater(g.Const(0)).Where(v[1], v[2]) }},
	{"neg", [][]int{{3}}, -1, func(g *Graph, v []*Node) *Node { return v[0].Neg() }},
	{"exp", [][]int{{3}}, -1, func(g *Graph, v []*Node) *Node { return v[0].Exp() }},
	{"expm1", [][]int{{3}}, -1, func(g *Graph, v []*Node) *Node { return v[0].Expm1() }},
	{"log", [][]int{{3}}, 0.5, func(g *Graph, v []*Node) *Node { return v[0].Log() }},
	{"log1p", [][]int{{3}}, 0.5, func(g *Graph, v []*Node) *Node { return v[0].Log1p() }},
	{"sqrt", [][]int{{3}}, 0.5, func(g *Graph, v []*Node) *Node { return v[0].Sqrt() }},
	{"rsqrt", [][]int{{3}}, 0.5, func(g *Graph, v []*Node) *Node { return v[0].Rsqrt() }},
	{"square", [][]int{{3}}, -1, func(g *Graph, v []*Node) *Node { return v[0].Square() }},
	{"abs", [][]int{{9}}, -1, func(g *Graph, v []*Node) *Node { return v[0].Abs() }},
	{"reciprocal", [][]int{{3}}, 0.5, func(g *Graph, v []*Node) *Node { return v[0].Reciprocal() }},
	{"sin", [][]int{{3}}, -1, func(g *Graph, v []*Node) *Node { return v[0].Sin() }},
	{"cos", [][]int{{3}}, -1, func(g *Graph, v []*Node) *Node { return v[0].Cos() }},
	{"erf", [][]int{{3}}, -1, func(g *Graph, v []*Node) *Node { return v[0].Erf() }},
	{"matmul", [][]int{{3, 4}, {4, 5}}, -1, func(g *Graph, v []*Node) *Node { return v[0].MatMul(v[1]) }},
	{"matmul left turned", [][]int{{4, 3}, {4, 5}}, -1, func(g *Graph, v []*Node) *Node { return v[0].matMul(v[1], true, false) }},
	{"matmul right turned", [][]int{{3, 4}, {5, 4}}, -1, func(g *Graph, v []*Node) *Node { return v[0].matMul(v[1], false, true) }},
	{"matmul both turned", [][]int{{4, 3}, {5, 4}}, -1, func(g *Graph, v []*Node) *Node { return v[0].matMul(v[1], true, true) }},
	{"dense", [][]int{{3, 4}, {4, 5}, {5}}, -1, func(g *Graph, v []*Node) *Node { return v[0].MatMul(v[1]).Add(v[2]).Activate("tanh", 0) }},
	{"dense, bias first", [][]int{{3, 4}, {4, 5}, {5}}, -1, func(g *Graph, v []*Node) *Node { return v[2].Add(v[0].MatMul(v[1])).Activate("gelu", 0) }},
	{"two layers", [][]int{{3, 4}, {4, 5}, {5}, {5, 2}}, -1, func(g *Graph, v []*Node) *Node {
		return v[0].MatMul(v[1]).Add(v[2]).Activate("sigmoid", 0).MatMul(v[3]).Tanh()
	}},
	{"reshape", [][]int{{3, 4}}, -1, func(g *Graph, v []*Node) *Node { return v[0].Reshape(2, -1).Exp().Reshape(12) }},
	{"transpose", [][]int{{2, 3, 4}}, -1, func(g *Graph, v []*Node) *Node { return v[0].Transpose(2, 0, 1).Exp() }},
	{"turned matrix", [][]int{{3, 4}}, -1, func(g *Graph, v []*Node) *Node { return v[0].Transpose().Exp() }},
	{"slice", [][]int{{3, 5, 2}}, -1, func(g *Graph, v []*Node) *Node { return v[0].Slice(1, 1, 4).Exp() }},
	{"pad", [][]int{{3, 5}}, -1, func(g *Graph, v []*Node) *Node { return v[0].Pad(-1, 2, 1).Exp() }},
	{"concat", [][]int{{3, 2}, {3, 1}, {3, 4}}, -1, func(g *Graph, v []*Node) *Node { return g.Concat(1, v...).Exp() }},
	{"gather", [][]int{{5, 3}}, -1, func(g *Graph, v []*Node) *Node { return v[0].Gather(g.InputInts("rows", 7)).Exp() }},
	{"sum", [][]int{{3, 4}}, -1, func(g *Graph, v []*Node) *Node { return v[0].Sum().Exp() }},
	{"sum of columns", [][]int{{3, 4}}, -1, func(g *Graph, v []*Node) *Node { return v[0].Sum(0).Exp() }},
	{"sum of axes apart", [][]int{{3, 2, 4}}, -1, func(g *Graph, v []*Node) *Node { return v[0].Sum(0, 2).Exp() }},
	{"mean", [][]int{{3, 2, 4}}, -1, func(g *Graph, v []*Node) *Node { return v[0].Mean(1, 2).Exp() }},
	{"max along", [][]int{{3, 5}}, -1, func(g *Graph, v []*Node) *Node { return v[0].Max(1).Exp() }},
	{"min along", [][]int{{3, 5}}, -1, func(g *Graph, v []*Node) *Node { return v[0].Min(0).Exp() }},
	{"dropout", [][]int{{40}}, -1, func(g *Graph, v []*Node) *Node { return v[0].Dropout(0.4).Exp() }},
	{"conv", [][]int{{2, 7, 6, 3}, {3, 2, 3, 4}}, -1, func(g *Graph, v []*Node) *Node { return v[0].Conv2D(v[1], Window{}).Tanh() }},
	{"conv with all settings", [][]int{{2, 9, 8, 2}, {3, 2, 2, 3}, {3}}, -1, func(g *Graph, v []*Node) *Node {
		return v[0].Conv2D(v[1], Window{StrideY: 2, StrideX: 1, DilationY: 2, DilationX: 3, Top: 1, Left: 2, Right: 1}).Add(v[2]).Activate("sigmoid", 0)
	}},
	{"conv same", [][]int{{1, 5, 6, 2}, {3, 3, 2, 2}}, -1, func(g *Graph, v []*Node) *Node {
		return v[0].Conv2D(v[1], Window{Same: true, StrideY: 2, StrideX: 2})
	}},
	{"conv of single pixels", [][]int{{2, 4, 3, 5}, {1, 1, 5, 2}}, -1, func(g *Graph, v []*Node) *Node { return v[0].Conv2D(v[1], Window{}).ReLU() }},
	{"conv of whole images", [][]int{{3, 4, 3, 2}, {4, 3, 2, 5}}, -1, func(g *Graph, v []*Node) *Node { return v[0].Conv2D(v[1], Window{}) }},
	{"max pool", [][]int{{2, 6, 7, 3}}, -1, func(g *Graph, v []*Node) *Node {
		return v[0].MaxPool2D(Window{Height: 2, Width: 2, StrideY: 2, StrideX: 2}).Exp()
	}},
	{"max pool that overlaps", [][]int{{1, 6, 7, 2}}, -1, func(g *Graph, v []*Node) *Node {
		return v[0].MaxPool2D(Window{Height: 3, Width: 3, StrideY: 2, StrideX: 1, Same: true}).Exp()
	}},
	{"max pool of an activation", [][]int{{2, 6, 7, 3}, {3}}, -1, func(g *Graph, v []*Node) *Node {
		return v[0].Add(v[1]).ReLU().MaxPool2D(Window{Height: 2, Width: 2, StrideY: 2, StrideX: 2}).Exp()
	}},
	{"average pool", [][]int{{2, 6, 7, 3}}, -1, func(g *Graph, v []*Node) *Node {
		return v[0].AvgPool2D(Window{Height: 2, Width: 2, StrideY: 2, StrideX: 2}).Exp()
	}},
	{"average pool that overlaps", [][]int{{1, 5, 7, 2}}, -1, func(g *Graph, v []*Node) *Node {
		return v[0].AvgPool2D(Window{Height: 3, Width: 2, StrideY: 1, StrideX: 2, Same: true}).Exp()
	}},
	{"upsample", [][]int{{2, 3, 2, 3}}, -1, func(g *Graph, v []*Node) *Node { return v[0].Upsample2D(2, 3).Exp() }},
	{"layer norm", [][]int{{4, 3, 5}, {5}, {5}}, -1, func(g *Graph, v []*Node) *Node { return v[0].LayerNorm(v[1], v[2], 1e-3).Tanh() }},
	{"batch norm", [][]int{{4, 3, 2, 5}, {5}, {5}}, -1, func(g *Graph, v []*Node) *Node {
		mean, variance := New(Float64, 5), New(Float64, 5)
		m, _ := NewVariable("mean", mean)
		s, _ := NewVariable("variance", variance)
		return v[0].BatchNorm(v[1], v[2], m, s, 0.9, 1e-3).Tanh()
	}},
	{"softmax", [][]int{{3, 5}}, -1, func(g *Graph, v []*Node) *Node { return v[0].Softmax() }},
	{"log-softmax", [][]int{{2, 3, 5}}, -1, func(g *Graph, v []*Node) *Node { return v[0].LogSoftmax() }},
	{"cross-entropy by label", [][]int{{6, 5}}, -1, func(g *Graph, v []*Node) *Node {
		return v[0].SparseCrossEntropy(g.InputInts("labels", 6))
	}},
	{"cross-entropy", [][]int{{4, 5}, {4, 5}}, 0.1, func(g *Graph, v []*Node) *Node { return v[0].CrossEntropy(v[1]) }},
	{"binary cross-entropy", [][]int{{4, 5}, {4, 5}}, 0.1, func(g *Graph, v []*Node) *Node {
		return v[0].Plus(-1).BinaryCrossEntropy(v[1])
	}},
	{"standardised", [][]int{{4, 5}}, -1, func(g *Graph, v []*Node) *Node {
		d := v[0].Sub(v[0].Keep(v[0].Mean(-1), -1))
		return d.Div(d.Keep(d.Square().Mean(-1).Plus(1e-3).Sqrt(), -1))
	}},
}

func init() {
	for _, name := range Activations() {
		gradCases = append(gradCases, gradCase{"activation " + name, [][]int{{17}}, -1, func(g *Graph, v []*Node) *Node {
			return v[0].Times(3.1).Activate(name, 0.3)
		}})
	}
}

// Derivatives are those that central differences give, in float64.
func TestGrad(t *testing.T) {
	for _, c := range gradCases {
		t.Run(c.name, func(t *testing.T) { checkGrad(t, c) })
	}
}

func checkGrad(t *testing.T, c gradCase) {
	rnd := rand.New(rand.NewPCG(1, uint64(len(c.name))))
	g := NewGraph(Float64)
	var vars []*Variable
	var nodes []*Node
	for i, shape := range c.shapes {
		x := New(Float64, shape...)
		for j := range x.Raw().([]float64) {
			x.Raw().([]float64)[j] = c.low + 2*rnd.Float64()
		}
		v, err := NewVariable(fmt.Sprint("v", i), x)
		if err != nil {
			t.Fatal(err)
		}
		vars, nodes = append(vars, v), append(nodes, g.Var(v))
	}
	y := c.build(g, nodes)
	weights := New(Float64, y.Shape()...)
	for j := range weights.Raw().([]float64) {
		weights.Raw().([]float64)[j] = 0.5 + rnd.Float64()
	}
	loss := y.Mul(g.Constant(weights)).Sum()
	grads, err := g.Grad(loss, nodes...)
	if err != nil {
		t.Fatal(err)
	}
	run := loaded(t, g, append(grads, loss)...)
	fill(run)
	value := func() float64 {
		if err := run.Run(7, 1); err != nil {
			t.Fatal(err)
		}
		return run.Output(len(grads)).Raw().([]float64)[0]
	}
	value()
	var got [][]float64
	for i := range grads {
		got = append(got, append([]float64(nil), run.Output(i).Float64s()...))
	}
	const h = 1e-5
	for i, v := range vars {
		x := v.Value().Raw().([]float64)
		for j := range x {
			was := x[j]
			x[j] = was + h
			up := value()
			x[j] = was - h
			down := value()
			x[j] = was
			want := (up - down) / (2 * h)
			if diff := math.Abs(got[i][j] - want); diff > 1e-6*(1+math.Abs(want)) || math.IsNaN(diff) {
				t.Errorf("operand %d, element %d: %v; differences give %v", i, j, got[i][j], want)
			}
		}
	}
}

// fill gives the int32 inputs of the cases their values.
func fill(run Program) {
	for _, name := range []string{"rows", "labels"} {
		if in := run.Input(name); in != nil {
			for i := range in.Raw().([]int32) {
				in.Raw().([]int32)[i] = int32(i * 2 % 5)
			}
		}
	}
}

func loaded(t *testing.T, g *Graph, outputs ...*Node) Program {
	t.Helper()
	p, err := g.Compile(outputs...)
	if err != nil {
		t.Fatal(err)
	}
	t.Log("\n" + p.String())
	run, err := CPU(0).Load(p)
	if err != nil {
		t.Fatalf("%v\n%v", err, p)
	}
	return run
}
