package cpu

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
)

// levels runs a test at every level that the machine has.
func levels(t *testing.T, test func(t *testing.T)) {
	for l := Generic; l <= Best(); l++ {
		t.Run(l.String(), func(t *testing.T) {
			defer Use(l)()
			test(t)
		})
	}
}

// values are normal ones of a seed.
func values[T Float](n int, seed uint64) []T {
	r := rand.New(rand.NewPCG(seed, 1))
	v := make([]T, n)
	for i := range v {
		v[i] = T(r.NormFloat64())
	}
	return v
}

// guard is around matrices: a kernel that writes it is wrong.
const guard = 12345.5

// guarded is a slice of n values with guards before and after it.
func guarded[T Float](v []T) (whole, inner []T) {
	whole = make([]T, len(v)+128)
	for i := range whole {
		whole[i] = guard
	}
	inner = whole[64:][:len(v):len(v)]
	copy(inner, v)
	return whole, inner
}

// gemmCase is a product and how its matrices lie.
type gemmCase struct {
	m, n, k          int
	transA, transB   bool
	padA, padB, padC int
	bias, add        bool
	act              Act
}

func (g gemmCase) String() string {
	return fmt.Sprintf("%d×%d×%d transA=%v transB=%v pad=%d,%d,%d bias=%v add=%v %v",
		g.m, g.n, g.k, g.transA, g.transB, g.padA, g.padB, g.padC, g.bias, g.add, g.act)
}

// slow computes C by the definition, in float64, and the sum of the absolute
// values of each sum's parts, to which the error is in proportion.
func (g gemmCase) slow(c, a, b, bias []float64, lda, ldb, ldc int) (want, scale []float64) {
	want, scale = append([]float64(nil), c...), make([]float64, len(c))
	for i := range g.m {
		for j := range g.n {
			sum, abs := 0.0, 0.0
			if g.add {
				sum, abs = c[i*ldc+j], math.Abs(c[i*ldc+j])
			}
			for p := range g.k {
				ai, ap := turned(g.transA, i, p)
				bp, bj := turned(g.transB, p, j)
				x := a[ai*lda+ap] * b[bp*ldb+bj]
				sum, abs = sum+x, abs+math.Abs(x)
			}
			if g.bias {
				sum, abs = sum+bias[j], abs+math.Abs(bias[j])
			}
			want[i*ldc+j], scale[i*ldc+j] = slowAct(g.act, 0.1, sum), abs
		}
	}
	return want, scale
}

func slowAct(act Act, alpha, x float64) float64 {
	switch act {
	case Linear:
		return x
	case ReLU:
		return max(x, 0)
	case LeakyReLU:
		return max(x, 0) + alpha*min(x, 0)
	case Sigmoid:
		return 1 / (1 + math.Exp(-x))
	case Tanh:
		return math.Tanh(x)
	}
	panic("no slow " + act.String())
}

func widen[T Float](v []T) []float64 {
	w := make([]float64, len(v))
	for i, x := range v {
		w[i] = float64(x)
	}
	return w
}

// length is that of a matrix whose rows are cols + pad apart.
func length(rows, cols, pad int) int { return max(0, rows*(cols+pad)-pad) }

// checkGemm compares a Gemm with the definition.
func checkGemm[T Float](t *testing.T, p *Pool, g gemmCase, eps float64) {
	t.Helper()
	ar, ac := turned(g.transA, g.m, g.k)
	br, bc := turned(g.transB, g.k, g.n)
	_, a := guarded(values[T](length(ar, ac, g.padA), 1))
	_, b := guarded(values[T](length(br, bc, g.padB), 2))
	wholeC, c := guarded(values[T](length(g.m, g.n, g.padC), 3))
	e := Epilogue[T]{Act: g.act, Alpha: 0.1, Add: g.add}
	if g.bias {
		_, e.Bias = guarded(values[T](g.n, 4))
	}
	x := NewGemm[T](g.m, g.n, g.k, g.transA, g.transB)
	x.LDA, x.LDB, x.LDC = ac+g.padA, bc+g.padB, g.n+g.padC
	want, scale := g.slow(widen(c), widen(a), widen(b), widen(e.Bias), x.LDA, x.LDB, x.LDC)
	x.Run(p, c, a, b, e)
	for i := range c {
		if d := math.Abs(float64(c[i]) - want[i]); !(d <= eps*(scale[i]+1)) {
			t.Fatalf("%v: c[%d, %d] = %v, want %v", g, i/x.LDC, i%x.LDC, c[i], want[i])
		}
	}
	for i, v := range wholeC {
		if (i < 64 || i >= 64+len(c)) && v != guard {
			t.Fatalf("%v: wrote at %d, outside of c", g, i-64)
		}
	}
}

// gemmCases visits all sizes, transposed or not, with what else can be chosen
// going round.
func gemmCases(sizes []int, visit func(gemmCase)) {
	r := rand.New(rand.NewPCG(1, 2))
	acts := []Act{Linear, ReLU, Linear, ReLU, Sigmoid, LeakyReLU, Tanh}
	for _, m := range sizes {
		for _, n := range sizes {
			for _, k := range sizes {
				for trans := range 4 {
					visit(gemmCase{
						m: m, n: n, k: k, transA: trans&1 != 0, transB: trans&2 != 0,
						padA: r.IntN(2) * r.IntN(5), padB: r.IntN(2) * r.IntN(5), padC: r.IntN(2) * r.IntN(5),
						bias: r.IntN(2) == 0, add: r.IntN(2) == 0, act: acts[r.IntN(len(acts))],
					})
				}
			}
		}
	}
}

func TestGemmSmall(t *testing.T) {
	levels(t, func(t *testing.T) {
		gemmCases([]int{0, 1, 2, 3, 5, 8, 13, 17, 31}, func(g gemmCase) {
			checkGemm[float32](t, nil, g, 1e-6)
			checkGemm[float64](t, nil, g, 1e-15)
		})
	})
}

func TestGemmLarge(t *testing.T) {
	p := NewPool(3)
	defer p.Close()
	levels(t, func(t *testing.T) {
		gemmCases([]int{1, 33, 63, 127}, func(g gemmCase) {
			checkGemm[float32](t, p, g, 1e-6)
			checkGemm[float64](t, p, g, 1e-15)
		})
		for _, n := range []int{36, 17, 3} { // small, in parts of k
			g := gemmCase{m: 28, n: n, k: 300, transA: n > 17, bias: true, add: n > 3, act: ReLU, padB: 1}
			checkGemm[float32](t, p, g, 1e-6)
			checkGemm[float64](t, p, g, 1e-15)
		}
		for trans := range 4 {
			g := gemmCase{m: 301, n: 77, k: 600, transA: trans&1 != 0, transB: trans&2 != 0, bias: true, act: ReLU, padA: 3}
			checkGemm[float32](t, p, g, 1e-6)
			checkGemm[float64](t, p, g, 1e-15)
		}
	})
}

// TestGemmNaN checks that what is not a number goes where it should, and that
// nothing comes from beside the matrices.
func TestGemmNaN(t *testing.T) {
	nan := float32(math.NaN())
	levels(t, func(t *testing.T) {
		for _, n := range []int{1, 3, 8, 9, 16, 21, 33, 70} {
			const m, k, pad = 23, 19, 5
			a, b, c := values[float32](m*k, 1), make([]float32, k*(n+pad)), make([]float32, m*n)
			for i := range b {
				if b[i] = 1; i%(n+pad) >= n {
					b[i] = nan
				}
			}
			a[4*k+7] = nan
			g := NewGemm[float32](m, n, k, false, false)
			g.LDB = n + pad
			g.Run(nil, c, a, b, Epilogue[float32]{Act: ReLU})
			for i, v := range c {
				if math.IsNaN(float64(v)) != (i/n == 4) {
					t.Fatalf("n = %d: c[%d, %d] = %v", n, i/n, i%n, v)
				}
			}
		}
	})
}

func TestGemmAllocatesNothing(t *testing.T) {
	p := NewPool(2)
	defer p.Close()
	for _, n := range []int{5, 60, 300} {
		for trans := range 4 {
			a, b, c := values[float32](n*n, 1), values[float32](n*n, 2), make([]float32, n*n)
			g := NewGemm[float32](n, n, n, trans&1 != 0, trans&2 != 0)
			e := Epilogue[float32]{Bias: b[:n], Act: Tanh}
			if allocs := testing.AllocsPerRun(10, func() { g.Run(p, c, a, b, e) }); allocs != 0 {
				t.Errorf("%d×%d×%d: %v allocations in a Run", n, n, n, allocs)
			}
		}
	}
}

// BenchmarkGemm reports multiplications and additions as GFLOP/s.
func BenchmarkGemm(b *testing.B) {
	benchGemm := func(b *testing.B, p *Pool, m, n, k int, transA, transB bool) {
		x, y, c := values[float32](m*k, 1), values[float32](k*n, 2), make([]float32, m*n)
		g := NewGemm[float32](m, n, k, transA, transB)
		for b.Loop() {
			g.Run(p, c, x, y, Epilogue[float32]{})
		}
		b.ReportMetric(2*float64(m)*float64(n)*float64(k)*float64(b.N)/float64(b.Elapsed().Nanoseconds()), "GFLOP/s")
	}
	for _, s := range []struct{ m, n, k int }{
		{5, 10, 4}, {5, 3, 10}, {256, 36, 28}, {256, 14, 36}, {256, 2, 14}, {28, 36, 256}, {32, 64, 12}, {32, 64, 64}, {32, 1, 64},
		{64, 64, 64}, {128, 128, 128}, {256, 256, 256}, {512, 512, 512}, {1024, 1024, 1024}, {2048, 2048, 2048},
	} {
		for trans := range 4 {
			if trans != 0 && s.m*s.n*s.k > 1<<25 {
				continue
			}
			name := fmt.Sprintf("%dx%dx%d/%s", s.m, s.n, s.k, []string{"nn", "tn", "nt", "tt"}[trans])
			b.Run(name, func(b *testing.B) { benchGemm(b, nil, s.m, s.n, s.k, trans&1 != 0, trans&2 != 0) })
		}
		if s.m*s.n*s.k > 1<<20 {
			p := NewPool(2)
			b.Run(fmt.Sprintf("%dx%dx%d/two", s.m, s.n, s.k), func(b *testing.B) { benchGemm(b, p, s.m, s.n, s.k, false, false) })
			p.Close()
		}
	}
}
