package cpu

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
)

// atLevels runs a test at every level that the machine has.
func atLevels(t *testing.T, test func(t *testing.T)) {
	for l := Generic; l <= Best(); l++ {
		restore := Use(l)
		t.Run(l.String(), test)
		restore()
	}
}

var specials = func() []float32 {
	inf, nan := float32(math.Inf(1)), float32(math.NaN())
	v := []float32{0, nan, inf, math.MaxFloat32, math.SmallestNonzeroFloat32, 1e-40, 1.1754944e-38, 1e-30, 1e-8, 0.25, 0.5, 1,
		1.5, 2, 2.5, 3, 6, 9.1, 20, 87.3, 88.72283, 88.8, 103.97, 104.5, 1e4, 29999, 30001, 1e10, 1e30}
	for _, x := range v {
		v = append(v, -x)
	}
	return v
}()

// samples are numbers of every size: specials, ordinary ones and random bits.
func samples(seed uint64, n int) []float32 {
	r := rand.New(rand.NewPCG(seed, 1))
	v := append([]float32(nil), specials...)
	for len(v) < n {
		v = append(v, math.Float32frombits(r.Uint32()), float32(r.NormFloat64()), 10*float32(r.NormFloat64()),
			float32(r.Float64()*200-100))
	}
	return v
}

// ulps is how many units in the last place of a float32 lie between a result and
// the right one.
func ulps(got float32, want float64) float64 {
	w := float32(want)
	switch {
	case math.IsNaN(want) || got != got:
		if math.IsNaN(want) && got != got {
			return 0
		}
		return math.Inf(1)
	case math.IsInf(float64(w), 0) || math.IsInf(float64(got), 0):
		if got == w {
			return 0
		}
		if math.Abs(want) > math.MaxFloat32 && math.Abs(float64(got)) == math.MaxFloat32 {
			return 1
		}
		if math.Abs(float64(w)) == math.MaxFloat32 {
			return 1
		}
		return math.Inf(1)
	}
	_, e := math.Frexp(want)
	return math.Abs(float64(got)-want) / math.Ldexp(1, max(e-24, -149))
}

// wide keeps results at odd lengths and places, with guards on both sides.
func wide(n, at int) (all, part []float32) {
	all = make([]float32, n+at+9)
	for i := range all {
		all[i] = 12345
	}
	return all, all[at : at+n : at+n]
}

func checkGuards(t *testing.T, what string, all []float32, at, n int) {
	t.Helper()
	for i, v := range all {
		if (i < at || i >= at+n) && v != 12345 {
			t.Fatalf("%s: length %d wrote outside, at %d", what, n, i-at)
		}
	}
}

// checkLengths runs a function of slices at all short lengths and places and
// compares it, bit for bit, with what it gives for one element at a time.
func checkLengths(t *testing.T, what string, f func(z, x, y []float32)) {
	t.Helper()
	xs, ys := samples(7, 400), samples(8, 400)
	for n := range 71 {
		at := n % 9
		x, y := xs[at*3:at*3+n], ys[at*5:at*5+n]
		all, z := wide(n, at)
		f(z, x, y)
		checkGuards(t, what, all, at, n)
		inPlace := append([]float32(nil), x...)
		f(inPlace, inPlace, y)
		for i := range z {
			var one [1]float32
			f(one[:], x[i:i+1], y[i:i+1])
			if math.Float32bits(one[0]) != math.Float32bits(z[i]) && (one[0] == one[0] || z[i] == z[i]) {
				t.Fatalf("%s(%g, %g): %g alone, %g as number %d of %d", what, x[i], y[i], one[0], z[i], i, n)
			}
			if math.Float32bits(inPlace[i]) != math.Float32bits(z[i]) && (inPlace[i] == inPlace[i] || z[i] == z[i]) {
				t.Fatalf("%s(%g, %g): %g in place, %g elsewhere", what, x[i], y[i], inPlace[i], z[i])
			}
		}
	}
}

var unaryNames = [numUnary]string{"neg", "exp", "expm1", "log", "log1p", "sqrt", "rsqrt", "square",
	"reciprocal", "abs", "sign", "floor", "sin", "cos", "tanh", "sigmoid", "erf"}

func TestMap1(t *testing.T) {
	bounds := map[Unary]float64{Exp: 1.5, Expm1: 2, Log: 1.5, Log1p: 2, Rsqrt: 1.5, TanhOf: 3, SigmoidOf: 3, Erf: 3,
		Sin: 2, Cos: 2}
	atLevels(t, func(t *testing.T) {
		x := samples(1, 400_000)
		y := make([]float32, len(x))
		for op := range numUnary {
			name, bound := unaryNames[op], max(bounds[op], 0.5000001)
			Map1(op, y, x)
			worst, at := 0.0, float32(0)
			for i, v := range x {
				want := unaryFuncs[op](float64(v))
				off := ulps(y[i], want)
				if off > worst {
					worst, at = off, v
				}
			}
			if worst > bound {
				i := indexOf(x, at)
				t.Errorf("%s(%g) is off by %.2f ulp: %g, want %g", name, at, worst, y[i], unaryFuncs[op](float64(at)))
			} else {
				t.Logf("%s: within %.2f ulp, at %g", name, worst, at)
			}
			checkLengths(t, name, func(z, x, _ []float32) { Map1(op, z, x) })
		}
	})
}

func indexOf(x []float32, v float32) int {
	for i := range x {
		if math.Float32bits(x[i]) == math.Float32bits(v) {
			return i
		}
	}
	return -1
}

// TestTrigNearMultiples has arguments that the reduction cancels most of.
func TestTrigNearMultiples(t *testing.T) {
	var x []float32
	for k := 1; k < 19000; k++ {
		v := float32(float64(k) * math.Pi / 2)
		x = append(x, v, math.Nextafter32(v, 0))
	}
	y := make([]float32, len(x))
	for _, op := range []Unary{Sin, Cos} {
		Map1(op, y, x)
		for i, v := range x {
			if off := ulps(y[i], unaryFuncs[op](float64(v))); off > 2 {
				t.Fatalf("%s(%g) = %g is off by %g ulp", unaryNames[op], v, y[i], off)
			}
		}
	}
}

func TestMap2(t *testing.T) {
	atLevels(t, func(t *testing.T) {
		x, y := samples(2, 5000), samples(3, 5000)
		copy(y[2000:], x[2000:2100]) // some are equal
		rand.Shuffle(len(y)-2100, func(i, j int) { y[i], y[j] = y[j], y[i] })
		z := make([]float32, len(x))
		for op := range numBinary {
			name, f, bound := fmt.Sprint("binary ", op), binaryFuncs[op], 0.5000001
			if op == Pow {
				bound = 0.6
			}
			Map2(op, z, x, y)
			for i := range z {
				if off := ulps(z[i], f(float64(x[i]), float64(y[i]))); off > bound {
					t.Fatalf("%s(%g, %g) = %g", name, x[i], y[i], z[i])
				}
			}
			for _, s := range specials {
				Map2Scalar(op, z, x, s)
				for i := range z {
					if off := ulps(z[i], f(float64(x[i]), float64(s))); off > bound {
						t.Fatalf("%s(%g, number %g) = %g", name, x[i], s, z[i])
					}
				}
				MapScalar2(op, z, s, x)
				for i := range z {
					if off := ulps(z[i], f(float64(s), float64(x[i]))); off > bound {
						t.Fatalf("%s(number %g, %g) = %g", name, s, x[i], z[i])
					}
				}
			}
			checkLengths(t, name, func(z, x, y []float32) { Map2(op, z, x, y) })
			checkLengths(t, name, func(z, x, _ []float32) { Map2Scalar(op, z, x, 2) })
			checkLengths(t, name, func(z, x, _ []float32) { MapScalar2(op, z, 3, x) })
		}
	})
}

// TestPow has many ordinary numbers, whose powers are neither 0 nor infinite.
func TestPow(t *testing.T) {
	x, y := normal32(1, 100_000), normal32(2, 100_000)
	Map1(Exp, x, x)
	Map2Scalar(Mul, y, y, 20)
	z := make([]float32, len(x))
	Map2(Pow, z, x, y)
	worst := 0.0
	for i := range z {
		worst = max(worst, ulps(z[i], math.Pow(float64(x[i]), float64(y[i]))))
	}
	if worst > 0.6 {
		t.Errorf("off by %g ulp", worst)
	}
	for _, s := range []float32{0.5, 1.5, 3, -2, 0} {
		Map2Scalar(Pow, z, x, s)
		for i := range z {
			if off := ulps(z[i], math.Pow(float64(x[i]), float64(s))); off > 0.6 {
				t.Fatalf("%g^%g = %g is off by %g ulp", x[i], s, z[i], off)
			}
		}
	}
}

func TestSelectFillAxpy(t *testing.T) {
	atLevels(t, func(t *testing.T) {
		checkLengths(t, "select", func(z, x, y []float32) { Select(z, x, y, x) })
		checkLengths(t, "fill", func(z, _, _ []float32) { Fill(z, 3) })
		checkLengths(t, "axpy", func(z, x, y []float32) {
			copy(z, x)
			Axpy(z, 0.25, y)
		})
		x, y := samples(4, 300), samples(5, 300)
		c, z := make([]float32, len(x)), make([]float32, len(x))
		for i := range c {
			c[i] = []float32{0, 1, float32(math.Copysign(0, -1)), float32(math.NaN()), 1e-45}[i%5]
		}
		Select(z, c, x, y)
		for i := range z {
			want := y[i]
			if c[i] != 0 {
				want = x[i]
			}
			if math.Float32bits(z[i]) != math.Float32bits(want) {
				t.Fatalf("select %g: got %g, want %g", c[i], z[i], want)
			}
		}
		Fill(z, 1)
		clear(x)
		x[7] = 3
		Axpy(z, 2, x)
		if z[7] != 7 || z[8] != 1 {
			t.Fatalf("axpy: got %g and %g, want 7 and 1", z[7], z[8])
		}
	})
}

// TestFloat64 checks that float64 is not rounded on the way.
func TestFloat64(t *testing.T) {
	x := []float64{0.1, -2.3, 4.5}
	y := make([]float64, 3)
	Map1(Exp, y, x)
	for i := range x {
		if y[i] != math.Exp(x[i]) {
			t.Errorf("exp(%g) = %g", x[i], y[i])
		}
	}
	Activate(GELU, 0, y, x)
	if want := 4.5 * (1 + math.Erf(4.5/math.Sqrt2)) / 2; math.Abs(y[2]-want) > 1e-15 {
		t.Errorf("gelu(4.5) = %v, want %v", y[2], want)
	}
}

func TestVectorKernelsAllocateNothing(t *testing.T) {
	x, y, z := make([]float32, 100), make([]float32, 100), make([]float32, 100)
	x[3] = 1e9
	atLevels(t, func(t *testing.T) {
		n := testing.AllocsPerRun(10, func() {
			Map1(Exp, y, x)
			Map1(Sin, y, x)
			Map2(Add, z, x, y)
			Map2Scalar(Mul, z, x, 2)
			MapScalar2(Sub, z, 1, x)
			Select(z, x, y, x)
			Axpy(z, 2, x)
			Fill(z, 1)
			Activate(GELU, 0, y, x)
			ActivateGrad(GELU, 0, z, y, x, y)
		})
		if n != 0 {
			t.Errorf("%g allocations", n)
		}
	})
}
