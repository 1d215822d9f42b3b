package model

import (
	"math"
	"slices"
	"testing"

	"github.com/sheaf-go/sheaf/learn/tensor"
)

// drawn is weights that an initializer has filled.
func drawn(t *testing.T, i Initializer, fanIn, fanOut int, seed uint64, shape ...int) []float64 {
	t.Helper()
	w := tensor.New(tensor.Float64, shape...)
	if err := i.fill(w, fanIn, fanOut, seed); err != nil {
		t.Fatalf("%v: %v", i, err)
	}
	return w.Float64s()
}

// Random weights have the mean, the deviation and the limits of their
// distribution, to within five standard errors.
func TestInitializerMoments(t *testing.T) {
	const n, in, out = 40000, 30, 50
	cut := func(deviation float64) float64 { return 2 * deviation / cutDeviation }
	for _, c := range []struct {
		i                      Initializer
		mean, deviation, limit float64
	}{
		{RandomNormal(2, 0.5), 2, 0.5, math.Inf(1)},
		{RandomUniform(-1, 3), 1, 4 / math.Sqrt(12), 2},
		{TruncatedNormal(-1, 0.5), -1, 0.5 * cutDeviation, 1},
		{GlorotUniform(), 0, math.Sqrt(2.0 / (in + out)), math.Sqrt(6.0 / (in + out))},
		{GlorotNormal(), 0, math.Sqrt(2.0 / (in + out)), cut(math.Sqrt(2.0 / (in + out)))},
		{HeUniform(), 0, math.Sqrt(2.0 / in), math.Sqrt(6.0 / in)},
		{HeNormal(), 0, math.Sqrt(2.0 / in), cut(math.Sqrt(2.0 / in))},
		{LecunUniform(), 0, math.Sqrt(1.0 / in), math.Sqrt(3.0 / in)},
		{LecunNormal(), 0, math.Sqrt(1.0 / in), cut(math.Sqrt(1.0 / in))},
	} {
		w := drawn(t, c.i, in, out, 7, n)
		var sum, squares, far float64
		for _, x := range w {
			sum += x - c.mean
			squares += (x - c.mean) * (x - c.mean)
			far = math.Max(far, math.Abs(x-c.mean))
		}
		mean, deviation := sum/n, math.Sqrt(squares/n)
		if math.Abs(mean) > 5*c.deviation/math.Sqrt(n) || math.Abs(deviation/c.deviation-1) > 5/math.Sqrt(n) {
			t.Errorf("%v: mean %v off, deviation %v; want %v", c.i, mean, deviation, c.deviation)
		}
		if far > c.limit || far < 0.99*c.limit && !math.IsInf(c.limit, 1) {
			t.Errorf("%v: up to %v from the mean; the limit is %v", c.i, far, c.limit)
		}
	}
}

// The same seed gives the same weights, bit for bit, and another others.
func TestInitializerSeeds(t *testing.T) {
	for _, name := range InitializerNames() {
		i, err := InitializerNamed(name)
		if err != nil {
			t.Fatal(err)
		}
		a, b, other := drawn(t, i, 5, 6, 1, 5, 6), drawn(t, i, 5, 6, 1, 5, 6), drawn(t, i, 5, 6, 2, 5, 6)
		if !slices.Equal(a, b) {
			t.Errorf("%s differs with the same seed", name)
		}
		fixed := name == "zeros" || name == "ones" || name == "constant" || name == "identity"
		if slices.Equal(a, other) != fixed {
			t.Errorf("%s with another seed: equal is %v", name, !fixed)
		}
		low := tensor.New(tensor.Float32, 5, 6)
		if err := i.fill(low, 5, 6, 1); err != nil {
			t.Fatal(err)
		}
		for k, x := range low.Float32s() {
			if x != float32(a[k]) {
				t.Fatalf("%s: float32 %v where float64 is %v", name, x, a[k])
			}
		}
	}
}

// An orthogonal matrix times its transpose is the identity.
func TestOrthogonal(t *testing.T) {
	const gain = 1.5
	for _, shape := range [][]int{{4, 4}, {3, 7}, {7, 3}, {2, 3, 5}, {1, 6}, {6, 1}} {
		w := drawn(t, Orthogonal(gain), 1, 1, 3, shape...)
		cols := shape[len(shape)-1]
		rows := len(w) / cols
		at := func(few, k int) float64 { // element k of vector few
			if rows <= cols {
				return w[few*cols+k]
			}
			return w[k*cols+few]
		}
		for i := range min(rows, cols) {
			for j := range min(rows, cols) {
				sum := 0.0
				for k := range max(rows, cols) {
					sum += at(i, k) * at(j, k)
				}
				if want := gain * gain * flag(i == j); !closeTo(sum, want, 1e-12) {
					t.Errorf("%v: vectors %d and %d have the product %v, want %v", shape, i, j, sum, want)
				}
			}
		}
	}
	if w := drawn(t, Identity(2), 1, 1, 1, 2, 3); !slices.Equal(w, []float64{2, 0, 0, 0, 2, 0}) {
		t.Errorf("the identity is %v", w)
	}
}

// What cannot be filled says why.
func TestInitializerErrors(t *testing.T) {
	_, err := InitializerNamed("glorot_unifrom")
	wantError(t, err, `did you mean "glorot_uniform"?`)
	w := tensor.New(tensor.Float32, 3)
	wantError(t, Identity(1).fill(w, 1, 1, 1), "want a matrix")
	wantError(t, Orthogonal(1).fill(w, 1, 1, 1), "want at least two")
	wantError(t, Constant(math.NaN()).fill(w, 1, 1, 1), "want finite numbers")
	wantError(t, Initializer{}.fill(w, 1, 1, 1), `no initializer ""`)
	wantError(t, Zeros().fill(tensor.New(tensor.Int32, 3), 1, 1, 1), "want float32 or float64")
	_, err = initializerOf(config{Name: "zeros", Numbers: map[string]float64{"value": 1}})
	wantError(t, err, `no number "value"`)
}

// An initializer that is saved is the same again.
func TestInitializerConfig(t *testing.T) {
	all := []Initializer{Constant(3), RandomNormal(1, 2), RandomUniform(1, 2), TruncatedNormal(1, 2), Orthogonal(3), Identity(4)}
	for _, name := range InitializerNames() {
		i, err := InitializerNamed(name)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, i)
	}
	for _, i := range all {
		if again, err := initializerOf(throughJSON(t, i.config())); err != nil || again != i {
			t.Errorf("%v is saved and comes back as %v (%v)", i, again, err)
		}
	}
}
