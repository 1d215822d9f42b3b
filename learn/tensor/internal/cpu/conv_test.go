package cpu

import (
	"fmt"
	"math"
	"math/rand/v2"
	"sync"
	"testing"
)

// convCases are shapes that take every way through the code, and random ones.
func convCases() []ConvShape {
	shapes := []ConvShape{
		{N: 0, H: 4, W: 4, C: 1, KH: 3, KW: 3, K: 1},
		{N: 1, H: 1, W: 1, C: 1, KH: 1, KW: 1, K: 1},
		{N: 2, H: 28, W: 28, C: 1, KH: 3, KW: 3, K: 32},
		{N: 2, H: 13, W: 13, C: 32, KH: 3, KW: 3, K: 64, PadTop: 1, PadBottom: 1, PadLeft: 1, PadRight: 1},
		{N: 1, H: 7, W: 7, C: 512, KH: 3, KW: 3, K: 40, PadTop: 1, PadBottom: 1, PadLeft: 1, PadRight: 1},
		{N: 1, H: 20, W: 21, C: 3, KH: 7, KW: 7, K: 64, StrideH: 2, StrideW: 2, PadTop: 2, PadBottom: 3, PadLeft: 2, PadRight: 3},
		{N: 2, H: 9, W: 9, C: 16, KH: 1, KW: 1, K: 24, StrideH: 2, StrideW: 2},
		{N: 2, H: 9, W: 8, C: 5, KH: 9, KW: 8, K: 7},
		{N: 3, H: 6, W: 6, C: 64, KH: 1, KW: 1, K: 130},
		{N: 1, H: 12, W: 12, C: 2, KH: 2, KW: 2, K: 3, StrideH: 3, StrideW: 5},
		{N: 1, H: 5, W: 6, C: 3, KH: 2, KW: 2, K: 3, StrideH: 9, StrideW: 9},
		{N: 1, H: 17, W: 15, C: 20, KH: 3, KW: 2, K: 33, StrideH: 2, StrideW: 1, DilationH: 2, DilationW: 3, PadTop: 4, PadRight: 5},
		{N: 1, H: 2, W: 2, C: 1, KH: 3, KW: 3, K: 2, PadTop: 5, PadBottom: 4, PadLeft: 3, PadRight: 6},
		{N: 1, H: 1, W: 50, C: 8, KH: 1, KW: 5, K: 12, DilationW: 2, PadLeft: 8},
	}
	r := rand.New(rand.NewPCG(3, 4))
	for len(shapes) < 60 {
		s := ConvShape{
			N: 1 + r.IntN(3), H: 1 + r.IntN(14), W: 1 + r.IntN(14), C: 1 + r.IntN(20),
			KH: 1 + r.IntN(4), KW: 1 + r.IntN(4), K: 1 + r.IntN(40),
			StrideH: 1 + r.IntN(4), StrideW: 1 + r.IntN(4), DilationH: 1 + r.IntN(3), DilationW: 1 + r.IntN(3),
			PadTop: r.IntN(4), PadBottom: r.IntN(4), PadLeft: r.IntN(4), PadRight: r.IntN(4),
		}
		if s.Check() == nil {
			shapes = append(shapes, s)
		}
	}
	return shapes
}

// visitConv calls visit for each product that a convolution sums, with where
// its factors are: a result, an input and a weight.
func visitConv(s ConvShape, visit func(y, x, w int)) {
	for n := range s.N {
		for i := range s.OutH() {
			for j := range s.OutW() {
				for kh := range s.KH {
					for kw := range s.KW {
						h := i*max(1, s.StrideH) + kh*max(1, s.DilationH) - s.PadTop
						w := j*max(1, s.StrideW) + kw*max(1, s.DilationW) - s.PadLeft
						if h < 0 || h >= s.H || w < 0 || w >= s.W {
							continue
						}
						for c := range s.C {
							for k := range s.K {
								visit(((n*s.OutH()+i)*s.OutW()+j)*s.K+k, ((n*s.H+h)*s.W+w)*s.C+c, ((kh*s.KW+kw)*s.C+c)*s.K+k)
							}
						}
					}
				}
			}
		}
	}
}

// near reports where got is not want, relative to the sum of the absolute values
// of what was summed.
func near[T Float](t *testing.T, what string, got []T, want, scale []float64, eps float64) {
	t.Helper()
	for i := range want {
		if d := math.Abs(float64(got[i]) - want[i]); !(d <= eps*(scale[i]+1)) {
			t.Fatalf("%s: value %d is %v, want %v", what, i, got[i], want[i])
		}
	}
}

// whole fails if a guard was written.
func whole[T Float](t *testing.T, what string, v []T) {
	t.Helper()
	for i, x := range v {
		if (i < 64 || i >= len(v)-64) && x != guard {
			t.Fatalf("%s: wrote at %d, outside", what, i-64)
		}
	}
}

// checkConv compares a convolution and its gradients with the definition.
func checkConv[T Float](t *testing.T, p *Pool, s ConvShape, e Epilogue[T], eps float64) {
	t.Helper()
	name := fmt.Sprintf("%+v %v add %v", s, e.Act, e.Add)
	ny, nx, nw := s.N*s.OutH()*s.OutW()*s.K, s.N*s.H*s.W*s.C, s.KH*s.KW*s.C*s.K
	x, w, dy := values[T](nx, 1), values[T](nw, 2), values[T](ny, 3)
	wholeY, y := guarded(values[T](ny, 4))
	wholeX, dx := guarded(values[T](nx, 5))
	wholeW, dw := guarded(values[T](nw, 6))

	wantY, scaleY := make([]float64, ny), make([]float64, ny)
	wantX, scaleX := make([]float64, nx), make([]float64, nx)
	wantW, scaleW := make([]float64, nw), make([]float64, nw)
	if e.Add {
		wantY, wantX, wantW = widen(y), widen(dx), widen(dw)
	}
	sum := func(want, scale []float64, i int, a, b T) {
		v := float64(a) * float64(b)
		want[i] += v
		scale[i] += math.Abs(v)
	}
	visitConv(s, func(iy, ix, iw int) {
		sum(wantY, scaleY, iy, x[ix], w[iw])
		sum(wantX, scaleX, ix, dy[iy], w[iw])
		sum(wantW, scaleW, iw, dy[iy], x[ix])
	})
	for i := range wantY {
		if e.Bias != nil {
			wantY[i] += float64(e.Bias[i%s.K])
		}
		wantY[i] = slowAct(e.Act, float64(e.Alpha), wantY[i])
	}

	c := NewConv[T](s)
	c.Forward(p, y, x, w, e)
	near(t, name+" forward", y, wantY, scaleY, eps)
	c.GradInput(p, dx, dy, w, e.Add)
	near(t, name+" input", dx, wantX, scaleX, eps)
	c.GradWeights(p, dw, x, dy, e.Add)
	near(t, name+" weights", dw, wantW, scaleW, eps)
	whole(t, name+" forward", wholeY)
	whole(t, name+" input", wholeX)
	whole(t, name+" weights", wholeW)
}

func TestConv(t *testing.T) {
	p := NewPool(3)
	defer p.Close()
	acts := []Act{Linear, ReLU, LeakyReLU, Tanh}
	levels(t, func(t *testing.T) {
		for i, s := range convCases() {
			e := Epilogue[float32]{Act: acts[i%len(acts)], Alpha: 0.125, Add: i%3 == 0}
			if i%2 == 0 {
				e.Bias = values[float32](s.K, 9)
			}
			checkConv(t, p, s, e, 1e-6)
			checkConv(t, nil, s, Epilogue[float64]{Act: e.Act, Alpha: 0.125, Add: e.Add}, 1e-15)
		}
	})
}

func TestConvShapeCheck(t *testing.T) {
	good := ConvShape{N: 1, H: 5, W: 6, C: 1, KH: 3, KW: 3, K: 1}
	for _, c := range []struct {
		change func(*ConvShape)
		want   string
	}{
		{func(s *ConvShape) {}, "<nil>"},
		{func(s *ConvShape) { s.C = 0 }, "conv: channels is 0; want at least 1"},
		{func(s *ConvShape) { s.PadLeft = -1 }, "conv: left padding is -1; want at least 0"},
		{func(s *ConvShape) { s.KH = 6 }, "conv: images have 5 rows with padding; the kernel wants at least 6"},
		{func(s *ConvShape) { s.DilationW = 3 }, "conv: images have 6 columns with padding; the kernel wants at least 7"},
	} {
		s := good
		c.change(&s)
		if got := fmt.Sprint(s.Check()); got != c.want {
			t.Errorf("%+v: %s, want %s", s, got, c.want)
		}
	}
}

// TestConcurrent runs products and convolutions in several goroutines over one
// pool, which must give what one alone gives.
func TestConcurrent(t *testing.T) {
	p := NewPool(4)
	defer p.Close()
	var all sync.WaitGroup
	for i := range 6 {
		all.Go(func() {
			for range 3 {
				checkGemm[float32](t, p, gemmCase{m: 200 + i, n: 150, k: 170, transB: i%2 == 0, act: ReLU}, 1e-6)
				checkConv(t, p, ConvShape{N: 2, H: 10, W: 10 + i, C: 16, KH: 3, KW: 3, K: 32, PadTop: 1}, Epilogue[float32]{}, 1e-6)
			}
		})
	}
	all.Wait()
}

// TestSameOnAnyPool holds the promise that workers change no result.
func TestSameOnAnyPool(t *testing.T) {
	s := ConvShape{N: 3, H: 30, W: 30, C: 24, KH: 3, KW: 3, K: 40, PadTop: 1, PadLeft: 1}
	x, w, dy := values[float32](s.N*s.H*s.W*s.C, 1), values[float32](9*s.C*s.K, 2), values[float32](s.N*s.OutH()*s.OutW()*s.K, 3)
	a, b := values[float32](400*700, 4), values[float32](700*300, 5)
	results := func(workers int) [][]float32 {
		p := NewPool(workers)
		defer p.Close()
		y, dx, dw, c := make([]float32, len(dy)), make([]float32, len(x)), make([]float32, len(w)), make([]float32, 400*300)
		conv := NewConv[float32](s)
		conv.Forward(p, y, x, w, Epilogue[float32]{Act: ReLU})
		conv.GradInput(p, dx, dy, w, false)
		conv.GradWeights(p, dw, x, dy, false)
		NewGemm[float32](400, 300, 700, false, false).Run(p, c, a, b, Epilogue[float32]{})
		return [][]float32{y, dx, dw, c}
	}
	one := results(1)
	for _, workers := range []int{2, 5, 16} {
		for i, v := range results(workers) {
			for j := range v {
				if v[j] != one[i][j] {
					t.Fatalf("%d workers: result %d differs at %d: %v, alone %v", workers, i, j, v[j], one[i][j])
				}
			}
		}
	}
}

func TestConvAllocatesNothing(t *testing.T) {
	p := NewPool(2)
	defer p.Close()
	s := ConvShape{N: 2, H: 28, W: 28, C: 8, KH: 3, KW: 3, K: 32, PadTop: 1, PadBottom: 1, PadLeft: 1, PadRight: 1}
	x, w, dy := values[float32](s.N*s.H*s.W*s.C, 1), values[float32](9*s.C*s.K, 2), values[float32](s.N*s.OutH()*s.OutW()*s.K, 3)
	conv := NewConv[float32](s)
	conv.GradInput(p, make([]float32, len(x)), dy, w, false)
	conv.GradWeights(p, make([]float32, len(w)), x, dy, false)
	dx, dw, y := make([]float32, len(x)), make([]float32, len(w)), make([]float32, len(dy))
	if n := testing.AllocsPerRun(10, func() {
		conv.Forward(p, y, x, w, Epilogue[float32]{Act: ReLU})
		conv.GradInput(p, dx, dy, w, false)
		conv.GradWeights(p, dw, x, dy, false)
	}); n != 0 {
		t.Errorf("%v allocations in a step", n)
	}
}

// BenchmarkConv reports multiplications and additions as GFLOP/s.
func BenchmarkConv(b *testing.B) {
	same := func(s ConvShape) ConvShape {
		s.PadTop, s.PadBottom, s.PadLeft, s.PadRight = s.KH/2, s.KH/2, s.KW/2, s.KW/2
		return s
	}
	for _, c := range []struct {
		name string
		s    ConvShape
	}{
		{"3x3x64-64x56x56-b8", same(ConvShape{N: 8, H: 56, W: 56, C: 64, KH: 3, KW: 3, K: 64})},
		{"3x3x256-256x14x14-b8", same(ConvShape{N: 8, H: 14, W: 14, C: 256, KH: 3, KW: 3, K: 256})},
		{"3x3x512-512x7x7-b8", same(ConvShape{N: 8, H: 7, W: 7, C: 512, KH: 3, KW: 3, K: 512})},
		{"7x7x3-64x224x224-b1", same(ConvShape{N: 1, H: 224, W: 224, C: 3, KH: 7, KW: 7, K: 64, StrideH: 2, StrideW: 2})},
		{"1x1x256-64x56x56-b2", ConvShape{N: 2, H: 56, W: 56, C: 256, KH: 1, KW: 1, K: 64}},
		{"mnist1", ConvShape{N: 64, H: 28, W: 28, C: 1, KH: 3, KW: 3, K: 32}},
		{"mnist2", ConvShape{N: 64, H: 13, W: 13, C: 32, KH: 3, KW: 3, K: 64}},
	} {
		s := c.s
		x, w, dy := values[float32](s.N*s.H*s.W*s.C, 1), values[float32](s.KH*s.KW*s.C*s.K, 2), values[float32](s.N*s.OutH()*s.OutW()*s.K, 3)
		conv := NewConv[float32](s)
		bench := func(part string, run func(p *Pool)) {
			for workers := 1; workers <= 2; workers++ {
				p := NewPool(workers)
				b.Run(fmt.Sprintf("%s/%s/%d", c.name, part, workers), func(b *testing.B) {
					for b.Loop() {
						run(p)
					}
					b.ReportMetric(2*float64(len(dy))*float64(s.KH*s.KW*s.C)*float64(b.N)/float64(b.Elapsed().Nanoseconds()), "GFLOP/s")
				})
				p.Close()
			}
		}
		dx, dw, y := make([]float32, len(x)), make([]float32, len(w)), make([]float32, len(dy))
		bench("forward", func(p *Pool) { conv.Forward(p, y, x, w, Epilogue[float32]{Act: ReLU}) })
		bench("input", func(p *Pool) { conv.GradInput(p, dx, dy, w, false) })
		bench("weights", func(p *Pool) { conv.GradWeights(p, dw, x, dy, false) })
	}
}
