package tensor

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
)

// plain is the slow, obvious tensor: a shape and the values in row-major order.
type plain struct {
	shape  []int
	values []float64
}

// mapped builds a plain tensor of another shape, its value at an index being
// the old value at from(index).
func (p plain) mapped(shape []int, from func(index []int) []int) plain {
	out := plain{shape, nil}
	for n := range product(shape) {
		index := unravel(n, shape)
		at := 0
		for axis, i := range from(index) {
			at = at*p.shape[axis] + i
		}
		out.values = append(out.values, p.values[at])
	}
	return out
}

func unravel(n int, shape []int) []int {
	index := make([]int, len(shape))
	for axis := len(shape) - 1; axis >= 0; axis-- {
		index[axis] = n % shape[axis]
		n /= shape[axis]
	}
	return index
}

// TestViewsAgainstPlain applies random chains of views to a tensor and to its
// plain twin.
func TestViewsAgainstPlain(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	for range 500 {
		shape := make([]int, r.IntN(4))
		for i := range shape {
			shape[i] = r.IntN(4)
		}
		p := plain{shape: shape}
		for i := range product(shape) {
			p.values = append(p.values, float64(i))
		}
		d := DType(2 + r.IntN(10))
		x := FromFloat64s(shape, slices.Clone(p.values)...).Cast(d).AsLayout(Layout(r.IntN(2)))
		chain := fmt.Sprint(d, shape)
		for range r.IntN(6) {
			var step string
			x, p, step = randomView(r, x, p)
			chain += step
		}
		if x.Err() != nil || !slices.Equal(x.Shape(), p.shape) || !slices.Equal(x.Float64s(), p.values) {
			t.Fatalf("%s: error %v\ngot  %v %v\nwant %v %v", chain, x.Err(), x.Shape(), x.Float64s(), p.shape, p.values)
		}
		for n := range x.Len() {
			if got := x.Float64At(unravel(n, p.shape)...); got != p.values[n] {
				t.Fatalf("%s: element %d is %v, want %v", chain, n, got, p.values[n])
			}
		}
		if c := x.AsLayout(ColMajor); c.Layout() == Strided || !slices.Equal(c.Float64s(), p.values) {
			t.Fatalf("%s: column-major copy %v", chain, c)
		}
	}
}

func randomView(r *rand.Rand, x *Tensor, p plain) (*Tensor, plain, string) {
	n := len(p.shape)
	switch op := r.IntN(5); {
	case op == 0 && n > 0:
		from := r.IntN(p.shape[0] + 1)
		to := from + r.IntN(p.shape[0]-from+1)
		shape := append([]int{to - from}, p.shape[1:]...)
		q := p.mapped(shape, func(i []int) []int { return append([]int{i[0] + from}, i[1:]...) })
		return x.Slice(from, to), q, fmt.Sprintf(".Slice(%d,%d)", from, to)
	case op == 1:
		shape := slices.Clone(p.shape)
		slices.Reverse(shape)
		q := p.mapped(shape, func(i []int) []int { j := slices.Clone(i); slices.Reverse(j); return j })
		return x.T(), q, ".T()"
	case op == 2 && n > 1 && p.shape[1] > 0:
		j := r.IntN(p.shape[1])
		shape := slices.Delete(slices.Clone(p.shape), 1, 2)
		q := p.mapped(shape, func(i []int) []int { return slices.Insert(slices.Clone(i), 1, j) })
		return x.Col(j), q, fmt.Sprintf(".Col(%d)", j)
	case op == 3:
		shape := slices.DeleteFunc(slices.Clone(p.shape), func(d int) bool { return d == 1 })
		return x.Squeeze(), plain{shape, p.values}, ".Squeeze()"
	case op == 4 && n > 1:
		shape := append([]int{p.shape[0] * p.shape[1]}, p.shape[2:]...)
		return x.Reshape(shape...), plain{shape, p.values}, fmt.Sprintf(".Reshape(%v)", shape)
	}
	return x, p, ""
}
