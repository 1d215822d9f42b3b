package tensor

import (
	"fmt"
	"math/rand/v2"
	"testing"
)

// mlp is a training step of dense layers with ReLU between them and
// cross-entropy by label.
func mlp(b *testing.B, batch int, sizes ...int) Program {
	g := NewGraph(Float32)
	var vars []*Node
	h := g.Input("x", batch, sizes[0])
	for i, n := range sizes[1:] {
		w, z := New(Float32, sizes[i], n), New(Float32, n)
		for j := range w.Raw().([]float32) {
			w.Raw().([]float32)[j] = rand.Float32() - 0.5
		}
		vw, _ := NewVariable(fmt.Sprint("w", i), w)
		vb, _ := NewVariable(fmt.Sprint("b", i), z)
		vars = append(vars, g.Var(vw), g.Var(vb))
		h = h.MatMul(g.Var(vw)).Add(g.Var(vb))
		if i < len(sizes)-2 {
			h = h.ReLU()
		}
	}
	loss := h.SparseCrossEntropy(g.InputInts("y", batch)).Mean()
	grads, err := g.Grad(loss, vars...)
	if err != nil {
		b.Fatal(err)
	}
	for i, v := range vars {
		adam(g, v.attr.(*Variable), grads[i])
	}
	p, err := g.Compile(loss)
	if err != nil {
		b.Fatal(err)
	}
	run, err := CPU(1).Load(p)
	if err != nil {
		b.Fatal(err)
	}
	for i := range run.Input("x").Raw().([]float32) {
		run.Input("x").Raw().([]float32)[i] = rand.Float32()
	}
	return run
}

func adam(g *Graph, v *Variable, grad *Node) {
	var slots []*Variable
	for range 2 {
		s, _ := NewVariable(v.Name(), New(Float32, v.Value().Shape()...))
		slots = append(slots, s)
	}
	g.Update(Optimizer{Rule: "adam", Beta1: 0.9, Beta2: 0.999, Epsilon: 1e-7}, v, grad, g.Const(0.001), g.Const(1), slots)
}

func BenchmarkStep(b *testing.B) {
	for _, c := range []struct {
		name  string
		batch int
		sizes []int
	}{{"fraud", 256, []int{28, 36, 14, 2}}, {"iris", 5, []int{4, 8, 3}}, {"houses", 32, []int{12, 64, 64, 1}}} {
		b.Run(c.name, func(b *testing.B) {
			run := mlp(b, c.batch, c.sizes...)
			if b.N == 1 {
				b.Log(run.(*program[float32]).plan)
			}
			b.ReportAllocs()
			for b.Loop() {
				run.Run(1, 1)
			}
		})
	}
}
