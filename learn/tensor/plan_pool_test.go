package tensor

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
)

// A pooledNet is a convolution and what is made of it.
type pooledNet struct {
	image, kernel []int
	conv          Window
	act           string
	pool          Window
	mean          bool
}

// randomNet has images and windows of odd sizes, strides and padding.
func randomNet(rnd *rand.Rand) pooledNet {
	n := pooledNet{mean: rnd.IntN(2) == 0, act: []string{"", "relu", "tanh", "leaky_relu", "silu"}[rnd.IntN(5)]}
	n.image = []int{1 + rnd.IntN(4), 3 + rnd.IntN(20), 3 + rnd.IntN(20), 1 + rnd.IntN(9)}
	n.kernel = []int{1 + rnd.IntN(3), 1 + rnd.IntN(3), n.image[3], 1 + rnd.IntN(70)}
	n.conv = Window{StrideY: 1 + rnd.IntN(2), StrideX: 1 + rnd.IntN(2), Same: rnd.IntN(2) == 0}
	n.pool = Window{Height: 1 + rnd.IntN(3), Width: 1 + rnd.IntN(3), StrideY: 1 + rnd.IntN(3), StrideX: 1 + rnd.IntN(3), Same: rnd.IntN(2) == 0}
	return n
}

// build makes the net and returns all its nodes and their sum, of which the
// derivatives with respect to kernel and bias come last.
func (n pooledNet) build(t *testing.T, g *Graph, rnd *rand.Rand, train bool) []*Node {
	t.Helper()
	array := func(name string, shape ...int) *Node {
		x := New(Float32, shape...)
		for i := range x.Raw().([]float32) {
			x.Raw().([]float32)[i] = rnd.Float32()*2 - 1
		}
		v, err := NewVariable(name, x)
		if err != nil {
			t.Fatal(err)
		}
		return g.Var(v)
	}
	x, k, b := array("x", n.image...), array("kernel", n.kernel...), array("bias", n.kernel[3])
	nodes := []*Node{x.Conv2D(k, n.conv)}
	add := func(m *Node) { nodes = append(nodes, m) }
	add(nodes[0].Add(b))
	if n.act != "" && n.mean {
		add(nodes[1].Activate(n.act, 0.1))
	}
	last := nodes[len(nodes)-1]
	switch {
	case n.mean:
		add(last.AvgPool2D(n.pool))
	case n.act != "":
		m := last.Activate(n.act, 0.1).MaxPool2D(n.pool)
		if m.Err() != nil {
			return nil
		}
		add(m.in[0]) // the pooling, or the activation
		add(m)
	default:
		add(last.MaxPool2D(n.pool))
	}
	if train && g.Err() == nil {
		grads, err := g.Grad(nodes[len(nodes)-1].Square().Sum(), x, k, b)
		if err != nil {
			t.Fatal(err)
		}
		nodes = append(nodes, grads...)
	}
	return nodes
}

// A convolution that is pooled before it goes to memory gives what one gives
// whose result is wanted, bit for bit, on any number of threads, and so do the
// derivatives.
func TestPooledConvsAgree(t *testing.T) {
	merged := 0
	for seed := range 300 {
		rnd := rand.New(rand.NewPCG(uint64(seed), 8))
		net, g, train := randomNet(rnd), NewGraph(Float32), seed%3 == 0
		nodes := net.build(t, g, rnd, train)
		if g.Err() != nil {
			continue // the windows do not fit
		}
		kept := nodes[:len(nodes)-1]
		if train {
			kept = nodes[:len(nodes)-4]
		}
		wanted := nodes[len(kept):]
		p, err := g.Compile(wanted...)
		if err != nil {
			t.Fatal(err)
		}
		if net.image[0] > 0 && strings.Contains(p.String(), "pool") && strings.Contains(p.String(), "(conv ") {
			merged++
		}
		all := loadQuietly(t, g, nodes...)
		if err := all.Run(1, 1); err != nil {
			t.Fatal(err)
		}
		for threads := 1; threads <= 3; threads++ {
			run, err := CPU(threads).Load(p)
			if err != nil {
				t.Fatal(err)
			}
			for range 2 { // the second finds used memory
				if err := run.Run(1, 1); err != nil {
					t.Fatal(err)
				}
			}
			for i := range wanted {
				same(t, fmt.Sprintf("seed %d, result %d on %d threads of %+v\n%v", seed, i, threads, net, p), run.Output(i), all.Output(len(kept)+i))
			}
		}
	}
	if merged < 100 {
		t.Errorf("%d of 300 plans pool a convolution", merged)
	}
}

func same(t *testing.T, what string, got, want *Tensor) {
	t.Helper()
	a, b := got.Float32s(), want.Float32s()
	for i := range a {
		if a[i] != b[i] {
			t.Fatalf("%s: element %d is %v; want %v", what, i, a[i], b[i])
		}
	}
}

// The plan of a convolution that is pooled is one step, unless something else
// reads the convolution, the shapes are those of a product of matrices or a
// window is very large.
func TestPooledConvText(t *testing.T) {
	k, b := zeros(t, "kernel", 3, 3, 1, 8), zeros(t, "bias", 8)
	half := Window{Height: 2, Width: 2, StrideY: 2, StrideX: 2}
	conv := func(g *Graph) *Node { return g.Input("x", 2, 10, 10, 1).Conv2D(g.Var(k), Window{}).Add(g.Var(b)) }
	for _, c := range []struct {
		want  string
		build func(g *Graph) []*Node
	}{
		{`plan of float32: 1 steps, 1024 bytes
   0    %a(2, 4, 4, 8) = relu(maxpool 2×2 stride 2×2(conv 3×3 stride 1×1(x(2, 10, 10, 1), kernel(3, 3, 1, 8)) + bias(8)))
`, func(g *Graph) []*Node { return []*Node{conv(g).ReLU().MaxPool2D(half)} }},
		{`plan of float32: 1 steps, 1024 bytes
   0    %a(2, 4, 4, 8) = avgpool 2×2 stride 2×2(relu(conv 3×3 stride 1×1(x(2, 10, 10, 1), kernel(3, 3, 1, 8)) + bias(8)))
`, func(g *Graph) []*Node { return []*Node{conv(g).ReLU().AvgPool2D(half)} }},
		{`plan of float32: 2 steps, 5120 bytes
   0    %a(2, 8, 8, 8) = conv 3×3 stride 1×1(x(2, 10, 10, 1), kernel(3, 3, 1, 8)) + bias(8)
   1    %b(2, 4, 4, 8) = maxpool 2×2 stride 2×2(%a(2, 8, 8, 8))
`, func(g *Graph) []*Node {
			n := conv(g)
			return []*Node{n, n.MaxPool2D(half)}
		}},
		{`plan of float32: 2 steps, 1088 bytes
   0    %a(2, 10, 10, 1) = conv 1×1 stride 1×1(x(2, 10, 10, 1), point(1, 1, 1, 1))
   1    %b(2, 5, 5, 1)   = maxpool 2×2 stride 2×2(%a(2, 10, 10, 1))
`, func(g *Graph) []*Node {
			return []*Node{g.Input("x", 2, 10, 10, 1).Conv2D(g.Var(zeros(t, "point", 1, 1, 1, 1)), Window{}).MaxPool2D(half)}
		}},
	} {
		g := NewGraph(Float32)
		p, err := g.Compile(c.build(g)...)
		if err != nil {
			t.Fatal(err)
		}
		if got := renumbered(p.String()); got != c.want {
			t.Errorf("got\n%swant\n%s", got, c.want)
		}
	}
}

// A training step whose convolutions are pooled allocates nothing.
func TestPooledConvsAllocateNothing(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 9))
	net := pooledNet{image: []int{8, 28, 28, 3}, kernel: []int{3, 3, 3, 32}, act: "relu", pool: Window{Height: 3, Width: 3, StrideY: 2, StrideX: 2}}
	g := NewGraph(Float32)
	nodes := net.build(t, g, rnd, true)
	for _, threads := range []int{1, 2} {
		p, err := g.Compile(nodes[len(nodes)-3:]...)
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
