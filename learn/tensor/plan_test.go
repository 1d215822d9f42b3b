package tensor

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"
)

// A plan that merges steps and shares memory gives what one gives that keeps
// every node: random graphs of all kinds of nodes.
func TestPlansAgree(t *testing.T) {
	rounds := 400
	if testing.Short() {
		rounds = 60
	}
	for seed := range rounds {
		rnd := rand.New(rand.NewPCG(uint64(seed), 3))
		g := NewGraph(Float64)
		nodes := randomGraph(g, rnd)
		if g.Err() != nil {
			t.Fatalf("seed %d: %v", seed, g.Err())
		}
		last := nodes[len(nodes)-1]
		all, one := loadQuietly(t, g, nodes...), loadQuietly(t, g, last)
		for _, run := range []Program{all, one, one} { // the second run finds used memory
			if err := run.Run(1, 1); err != nil {
				t.Fatal(err)
			}
		}
		want, got := all.Output(len(nodes)-1).Float64s(), one.Output(0).Float64s()
		for i := range want {
			if diff := math.Abs(got[i] - want[i]); diff > 1e-9*(1+math.Abs(want[i])) || math.IsNaN(got[i]) != math.IsNaN(want[i]) {
				p, _ := g.Compile(last)
				t.Fatalf("seed %d: element %d is %v; without merging %v\n%v", seed, i, got[i], want[i], p)
			}
		}
	}
}

// randomGraph is some tens of nodes, each made of those before it, that end in
// one that depends on many.
func randomGraph(g *Graph, rnd *rand.Rand) []*Node {
	const rows, cols = 6, 5
	matrix := func() *Node {
		x := New(Float64, rows, cols)
		for i := range x.Raw().([]float64) {
			x.Raw().([]float64)[i] = rnd.Float64()*2 - 1
		}
		return g.Constant(x)
	}
	nodes := []*Node{matrix(), matrix()}
	pick := func() *Node { return nodes[len(nodes)-1-rnd.IntN(min(len(nodes), 5))] }
	for range 5 + rnd.IntN(25) {
		a, b := pick(), pick()
		var n *Node
		switch rnd.IntN(14) {
		case 0:
			n = a.Add(b)
		case 1:
			n = a.Mul(b).Tanh()
		case 2:
			n = a.Sub(a.Keep(b.Mean(0), 0))
		case 3:
			n = a.Maximum(a.Keep(b.Sum(1), 1)).Tanh()
		case 4:
			n = a.Activate([]string{"relu", "gelu", "sigmoid", "softplus"}[rnd.IntN(4)], 0)
		case 5:
			n = a.Greater(g.Const(0)).Where(b, a.Times(0.5))
		case 6:
			n = a.matMul(b, false, true).MatMul(pick()).Add(b.Sum(0).Times(0.1)).Activate("tanh", 0)
		case 7:
			n = g.Concat(0, a.Slice(0, 0, 2), b.Slice(0, 2, rows))
		case 8:
			n = a.Reshape(cols, rows).Exp().Reshape(rows, cols).Tanh()
		case 9:
			n = a.Transpose().Neg().Transpose()
		case 10:
			n = a.Softmax().Add(b.LogSoftmax().Times(0.1))
		case 11:
			n = a.Plus(rnd.Float64()).Square().Sqrt()
		case 12:
			n = a.Add(b.Sum()).Tanh()
		default:
			n = a.Slice(1, 1, 4).Pad(1, 1, 1).Add(b)
		}
		nodes = append(nodes, n)
	}
	sum := nodes[0]
	for _, n := range nodes[1:] {
		if rnd.IntN(2) == 0 {
			sum = sum.Add(n)
		}
	}
	return append(nodes, sum.Exp().Log1p())
}

func loadQuietly(t *testing.T, g *Graph, outputs ...*Node) Program {
	t.Helper()
	p, err := g.Compile(outputs...)
	if err != nil {
		t.Fatal(err)
	}
	run, err := CPU(0).Load(p)
	if err != nil {
		t.Fatalf("%v\n%v", err, p)
	}
	return run
}

// Buffers that are in use at one time do not overlap, and memory is used again.
func TestMemory(t *testing.T) {
	g := NewGraph(Float32)
	x := g.Input("x", 100)
	h := x
	for range 50 {
		h = h.Sum().Mul(x) // a sum keeps steps from being merged
	}
	p, err := g.Compile(h)
	if err != nil {
		t.Fatal(err)
	}
	if want := 8 * 128 * 4; p.Bytes() > want {
		t.Errorf("%d bytes for 50 arrays of 400 bytes, of which two live at a time; want at most %d", p.Bytes(), want)
	}
	checkMemory(t, p)
}

// checkMemory reports buffers that overlap, and how much there is in all the
// buffers of numbers that are in use at one time.
func checkMemory(t *testing.T, p *Plan) (most int) {
	t.Helper()
	for i, a := range p.buffers {
		for _, b := range p.buffers[:i] {
			if a.role != temporary || b.role != temporary || a.ints != b.ints {
				continue
			}
			apart := a.at >= b.at+b.len() || b.at >= a.at+a.len()
			inTurn := a.first >= b.last || b.first >= a.last
			if !apart && !inTurn {
				t.Errorf("%v (steps %d to %d) and %v (%d to %d) overlap", a, a.first, a.last, b, b.first, b.last)
			}
		}
	}
	for i := range p.steps {
		used := 0
		for _, b := range p.buffers {
			if b.role == temporary && !b.ints && b.first <= i && i <= b.last {
				used += roundUp(b.len())
			}
		}
		most = max(most, used)
	}
	return most
}

// A training step of convolutions has large and small buffers. They need little
// more memory than those have that are in use at one time.
func TestMemoryOfTraining(t *testing.T) {
	g := NewGraph(Float32)
	half := Window{Height: 2, Width: 2, StrideY: 2, StrideX: 2}
	var vars []*Node
	v := func(shape ...int) *Node {
		vars = append(vars, g.Var(zeros(t, "v", shape...)))
		return vars[len(vars)-1]
	}
	h := g.Input("x", 4, 28, 28, 1).Conv2D(v(3, 3, 1, 32), Window{}).Add(v(32)).ReLU().MaxPool2D(half)
	h = h.Conv2D(v(3, 3, 32, 64), Window{}).Add(v(64)).ReLU().MaxPool2D(half).Reshape(4, 1600)
	loss := h.MatMul(v(1600, 10)).SparseCrossEntropy(g.InputInts("y", 4)).Mean()
	grads, err := g.Grad(loss, vars...)
	if err != nil {
		t.Fatal(err)
	}
	for i, n := range vars {
		adam(g, n.attr.(*Variable), grads[i])
	}
	p, err := g.Compile(loss)
	if err != nil {
		t.Fatal(err)
	}
	if most := checkMemory(t, p); p.arena > most*11/10 {
		t.Errorf("%d numbers for at most %d at a time", p.arena, most)
	}
}

// A plan prints as what it computes.
func TestPlanText(t *testing.T) {
	g := NewGraph(Float32)
	w, b := zeros(t, "kernel", 3, 2), zeros(t, "bias", 2)
	var y *Node
	g.In("dense", func() { y = g.Input("x", 4, 3).MatMul(g.Var(w)).Add(g.Var(b)).ReLU() })
	g.In("loss", func() { y = y.Sub(g.Input("y", 4, 2)).Square().Mean() })
	p, err := g.Compile(y)
	if err != nil {
		t.Fatal(err)
	}
	want := `plan of float32: 3 steps, 128 bytes
   0  dense  %4(4, 2) = relu(matmul(x(4, 3), kernel(3, 2)) + bias(2))
   1  loss   %6(4, 2) = square(%4(4, 2) - y(4, 2))
   2  loss   %7()     = reduce mean [0 1](%6(4, 2))
`
	if got := renumbered(p.String()); got != renumbered(want) {
		t.Errorf("got\n%swant\n%s", got, want)
	}
}

// renumbered names the results of steps in the order in which they come.
func renumbered(s string) string {
	names := map[string]string{}
	var out strings.Builder
	for i := 0; i < len(s); {
		if s[i] != '%' {
			out.WriteByte(s[i])
			i++
			continue
		}
		j := i + 1
		for j < len(s) && s[j] >= '0' && s[j] <= '9' {
			j++
		}
		if names[s[i:j]] == "" {
			names[s[i:j]] = fmt.Sprintf("%%%c", 'a'+len(names))
		}
		out.WriteString(names[s[i:j]])
		i = j
	}
	return out.String()
}

func zeros(t *testing.T, name string, shape ...int) *Variable {
	t.Helper()
	v, err := NewVariable(name, New(Float32, shape...))
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// What cannot be built says what was wanted and what came, with the name that
// it was built under.
func TestGraphErrors(t *testing.T) {
	for want, build := range map[string]func(g *Graph) *Node{
		"tensor: matmul: left is (2, 3), right is (4, 5); want equal inner lengths": func(g *Graph) *Node {
			return g.Input("a", 2, 3).MatMul(g.Input("b", 4, 5))
		},
		"tensor: add: shapes (2, 3) and (4) do not broadcast": func(g *Graph) *Node { return g.Input("a", 2, 3).Add(g.Input("b", 4)) },
		"hidden/1: tensor: reshape: shape (6) has 6 elements, (4) has 4": func(g *Graph) (n *Node) {
			g.In("hidden", func() { g.In("1", func() { n = g.Input("a", 6).Reshape(4) }) })
			return n.Exp()
		},
		"tensor: slice: from 1 to 5 of axis 1 of shape (2, 3)":            func(g *Graph) *Node { return g.Input("a", 2, 3).Slice(1, 1, 5) },
		"tensor: sum: axes [0 0] of shape (2, 3); want each at most once": func(g *Graph) *Node { return g.Input("a", 2, 3).Sum(0, 0) },
		"tensor: conv: image of shape (1, 8, 8, 3) has 3 channels, the kernel of shape (3, 3, 4, 8) wants 4": func(g *Graph) *Node {
			return g.Input("a", 1, 8, 8, 3).Conv2D(g.Input("k", 3, 3, 4, 8), Window{})
		},
		"tensor: maxpool: a window of 9×9 does not fit into images of shape (1, 8, 8, 3)": func(g *Graph) *Node {
			return g.Input("a", 1, 8, 8, 3).MaxPool2D(Window{Height: 9, Width: 9})
		},
		"tensor: activate: elu with alpha -0.1; want at least 0":           func(g *Graph) *Node { return g.Input("a", 3).Activate("elu", -0.1) },
		"tensor: exp: an operand is int32; want float32 (Floats converts)": func(g *Graph) *Node { return g.InputInts("a", 3).Exp() },
	} {
		g := NewGraph(Float32)
		n := build(g)
		if n.Err() == nil || n.Err().Error() != want {
			t.Errorf("got %v; want %s", n.Err(), want)
		}
		if _, err := g.Compile(n); !errors.Is(err, n.Err()) {
			t.Errorf("compile: %v; want %s", err, want)
		}
	}
}

// A label out of range fails the run before anything changes.
func TestLabelsOutOfRange(t *testing.T) {
	g := NewGraph(Float32)
	w := zeros(t, "w", 2, 3)
	g.Assign(w, g.Var(w).Plus(1))
	loss := g.Var(w).SparseCrossEntropy(g.InputInts("y", 2))
	run := loadQuietly(t, g, loss)
	copy(run.Input("y").Raw().([]int32), []int32{0, 3})
	err := run.Run(1, 1)
	var bad *RangeError
	if !errors.As(err, &bad) || bad.Place != 1 || bad.Value != 3 || err.Error() != "tensor: run: input y has class 3 at place 1; want 0 to 2" {
		t.Errorf("got %v", err)
	}
	if got := w.Value().Float64At(0, 0); got != 0 {
		t.Errorf("the variable has become %v", got)
	}
	run.Input("y").Raw().([]int32)[1] = 2
	if err := run.Run(1, 1); err != nil {
		t.Fatal(err)
	}
	if got := w.Value().Float64At(0, 0); got != 1 {
		t.Errorf("the variable is %v after a run; want 1", got)
	}
}

// A step of training allocates nothing, whatever the number of threads.
func TestStepAllocatesNothing(t *testing.T) {
	for _, threads := range []int{1, 2} {
		g := NewGraph(Float32)
		w, b := zeros(t, "w", 300, 200), zeros(t, "b", 200)
		y := g.Input("x", 500, 300).MatMul(g.Var(w)).Add(g.Var(b)).Activate("gelu", 0)
		loss := y.SparseCrossEntropy(g.InputInts("y", 500)).Mean()
		grads, err := g.Grad(loss, g.Var(w), g.Var(b))
		if err != nil {
			t.Fatal(err)
		}
		adam(g, w, grads[0])
		adam(g, b, grads[1])
		p, err := g.Compile(loss)
		if err != nil {
			t.Fatal(err)
		}
		run, err := CPU(threads).Load(p)
		if err != nil {
			t.Fatal(err)
		}
		if n := testing.AllocsPerRun(20, func() { run.Run(1, 1) }); n != 0 {
			t.Errorf("%d threads: %v allocations a step", threads, n)
		}
	}
}

// Dropout keeps the share that it should, scaled so that the mean stays, differs
// from step to step and from one dropout to the next, and is the same for any
// number of threads.
func TestDropout(t *testing.T) {
	const n = 200_000
	var first []float32
	for _, threads := range []int{1, 2} {
		g := NewGraph(Float32)
		one := g.Const(1).expand([]int{n})
		p, err := g.Compile(one.Dropout(0.25), one.Dropout(0.25))
		if err != nil {
			t.Fatal(err)
		}
		run, err := CPU(threads).Load(p)
		if err != nil {
			t.Fatal(err)
		}
		at := func(step uint64, i int) []float32 {
			if err := run.Run(5, step); err != nil {
				t.Fatal(err)
			}
			return append([]float32(nil), run.Output(i).Float32s()...)
		}
		x := at(1, 0)
		sum := 0.0
		for _, v := range x {
			if v != 0 && v != float32(1/0.75) {
				t.Fatalf("%v; want 0 or 4/3", v)
			}
			sum += float64(v)
		}
		if mean := sum / n; math.Abs(mean-1) > 0.01 {
			t.Errorf("mean %v; want 1", mean)
		}
		for name, y := range map[string][]float32{"the next step": at(2, 0), "another dropout": at(1, 1)} {
			if share := equalShare(x, y); math.Abs(share-(0.75*0.75+0.25*0.25)) > 0.01 {
				t.Errorf("%s agrees in %v of the elements; chance would be 0.625", name, share)
			}
		}
		if first == nil {
			first = x
		} else if equalShare(first, x) != 1 {
			t.Error("two threads choose others than one")
		}
	}
}

func equalShare(x, y []float32) float64 {
	n := 0
	for i := range x {
		n += btoi(x[i] == y[i])
	}
	return float64(n) / float64(len(x))
}

// The largest of activated numbers is the activation of the largest, for all
// activations and with numbers that are equal.
func TestMaxPoolOfActivations(t *testing.T) {
	for _, name := range Activations() {
		g := NewGraph(Float64)
		x := New(Float64, 1, 8, 8, 2)
		for i := range x.Raw().([]float64) {
			x.Raw().([]float64)[i] = math.Round(rand.Float64()*16-8) / 2
		}
		w := Window{Height: 3, Width: 2, StrideY: 1, StrideX: 2, Same: true}
		act := g.Constant(x).Activate(name, 0.3)
		run := loadQuietly(t, g, act.MaxPool2D(w), act.Plus(1).MaxPool2D(w).Plus(-1)) // the second keeps its order
		if err := run.Run(1, 1); err != nil {
			t.Fatal(err)
		}
		want := run.Output(1).Float64s()
		for i, got := range run.Output(0).Float64s() {
			if math.Abs(got-want[i]) > 1e-12*(1+math.Abs(want[i])) {
				t.Errorf("%s: element %d is %v; want %v", name, i, got, want[i])
			}
		}
	}
}
