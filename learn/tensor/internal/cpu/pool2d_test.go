package cpu

import (
	"math"
	"math/rand/v2"
	"strings"
	"testing"
)

// eachWindow calls f for every place of every window that is inside the image:
// the slow and obvious loops.
func eachWindow(s PoolShape, f func(x, y, pos int)) {
	for n := range s.N {
		for oh := range s.OutH() {
			for ow := range s.OutW() {
				for kh := range s.KH {
					for kw := range s.KW {
						h, w := oh*s.StrideH-s.PadTop+kh, ow*s.StrideW-s.PadLeft+kw
						if h < 0 || h >= s.H || w < 0 || w >= s.W {
							continue
						}
						for c := range s.C {
							f(((n*s.H+h)*s.W+w)*s.C+c, ((n*s.OutH()+oh)*s.OutW()+ow)*s.C+c, kh*s.KW+kw)
						}
					}
				}
			}
		}
	}
}

func poolShapes() []PoolShape {
	shapes := []PoolShape{
		{N: 2, H: 6, W: 8, C: 8, KH: 2, KW: 2, StrideH: 2, StrideW: 2},
		{N: 2, H: 7, W: 5, C: 32, KH: 2, KW: 2, StrideH: 2, StrideW: 2},
		{N: 1, H: 5, W: 5, C: 3, KH: 3, KW: 3, StrideH: 2, StrideW: 2, PadTop: 1, PadBottom: 1, PadLeft: 1, PadRight: 1},
		{N: 1, H: 1, W: 9, C: 5, KH: 1, KW: 4, StrideH: 1, StrideW: 3, PadLeft: 3, PadRight: 2},
		{N: 3, H: 4, W: 4, C: 1, KH: 4, KW: 4, StrideH: 1, StrideW: 1},
		{N: 1, H: 2, W: 2, C: 9, KH: 5, KW: 5, StrideH: 1, StrideW: 1, PadTop: 2, PadBottom: 2, PadLeft: 2, PadRight: 2},
	}
	r := rand.New(rand.NewPCG(3, 4))
	for len(shapes) < 150 {
		s := PoolShape{N: 1 + r.IntN(2), H: 1 + r.IntN(9), W: 1 + r.IntN(9), C: 1 + r.IntN(20), KH: 1 + r.IntN(4), KW: 1 + r.IntN(4),
			StrideH: 1 + r.IntN(4), StrideW: 1 + r.IntN(4)}
		s.PadTop, s.PadBottom, s.PadLeft, s.PadRight = r.IntN(s.KH), r.IntN(s.KH), r.IntN(s.KW), r.IntN(s.KW)
		if s.Check() == nil {
			shapes = append(shapes, s)
		}
	}
	return shapes
}

func TestMaxPool(t *testing.T) {
	atLevels(t, func(t *testing.T) {
		for i, s := range poolShapes() {
			x := normal32(uint64(i), s.N*s.H*s.W*s.C)
			for j := range x {
				x[j] = float32(math.Round(float64(2 * x[j]))) // ties
			}
			if i%3 == 0 {
				x[len(x)/2], x[0] = float32(math.NaN()), float32(math.Inf(-1))
			}
			checkMaxPool(t, s, x)
		}
	})
}

func checkMaxPool(t *testing.T, s PoolShape, x []float32) {
	t.Helper()
	n := s.N * s.OutH() * s.OutW() * s.C
	want, at := make([]float32, n), make([]int32, n)
	for i := range at {
		at[i] = -1
	}
	eachWindow(s, func(x1, y1, pos int) {
		if v := x[x1]; at[y1] < 0 || v > want[y1] || v != v && want[y1] == want[y1] {
			want[y1], at[y1] = v, int32(pos)
		}
	})
	all, y := wide(n, 3)
	args := make([]int32, n)
	MaxPool(s, y, args, x, 0, 1)
	MaxPool(s, y, args, x, 1, s.N)
	checkGuards(t, "max pool", all, 3, n)
	plain := make([]float32, n)
	MaxPool(s, plain, nil, x, 0, s.N)
	for i := range y {
		if math.Float32bits(y[i]) != math.Float32bits(want[i]) || args[i] != at[i] || math.Float32bits(plain[i]) != math.Float32bits(y[i]) {
			t.Fatalf("%+v at %d: got %g (%g without places) at %d, want %g at %d", s, i, y[i], plain[i], args[i], want[i], at[i])
		}
	}
	dy, exact := normal32(7, n), make([]float64, len(x))
	eachWindow(s, func(x1, y1, pos int) {
		if at[y1] == int32(pos) {
			exact[x1] += float64(dy[y1])
		}
	})
	allDx, dx := wide(len(x), 5)
	MaxPoolGrad(s, dx, dy, args, 0, s.N)
	checkGuards(t, "gradient of max pool", allDx, 5, len(x))
	for i := range dx {
		near32(t, "gradient of max pool", dx[i], exact[i], 1e-6)
	}
}

func TestAvgPool(t *testing.T) {
	atLevels(t, func(t *testing.T) {
		for i, s := range poolShapes() {
			n := s.N * s.OutH() * s.OutW() * s.C
			x, dy := normal32(uint64(i), s.N*s.H*s.W*s.C), normal32(9, n)
			want, count, exact := make([]float64, n), make([]float64, n), make([]float64, len(x))
			eachWindow(s, func(x1, y1, _ int) {
				want[y1] += float64(x[x1])
				count[y1]++
			})
			eachWindow(s, func(x1, y1, _ int) { exact[x1] += float64(dy[y1]) / count[y1] })
			all, y := wide(n, 3)
			AvgPool(s, y, x, 0, s.N)
			checkGuards(t, "average pool", all, 3, n)
			allDx, dx := wide(len(x), 5)
			AvgPoolGrad(s, dx, dy, 0, 1)
			AvgPoolGrad(s, dx, dy, 1, s.N)
			checkGuards(t, "gradient of average pool", allDx, 5, len(x))
			for i := range y {
				near32(t, "average pool", y[i], want[i]/count[i], 1e-6)
			}
			for i := range dx {
				near32(t, "gradient of average pool", dx[i], exact[i], 1e-6)
			}
		}
	})
}

func TestPoolShapeCheck(t *testing.T) {
	good := PoolShape{N: 1, H: 4, W: 4, C: 3, KH: 2, KW: 2, StrideH: 2, StrideW: 2}
	if err := good.Check(); err != nil {
		t.Error(err)
	}
	for want, change := range map[string]func(s *PoolShape){
		"images are (1, 0, 4, 3)":            func(s *PoolShape) { s.H = 0 },
		"stride 0×2; want positive":          func(s *PoolShape) { s.StrideH = 0 },
		"padding is 2, 0, 0, 0; want 0 or":   func(s *PoolShape) { s.PadTop = 2 },
		"window 2×5 is larger than the padd": func(s *PoolShape) { s.KW = 5 },
	} {
		s := good
		change(&s)
		if err := s.Check(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%+v: got error %v, want %q", s, err, want)
		}
	}
}

func TestPoolsAllocateNothing(t *testing.T) {
	s := PoolShape{N: 2, H: 6, W: 6, C: 9, KH: 3, KW: 2, StrideH: 2, StrideW: 2, PadTop: 1}
	x, y, args := make([]float32, s.N*s.H*s.W*s.C), make([]float32, s.N*s.OutH()*s.OutW()*s.C), make([]int32, s.N*s.OutH()*s.OutW()*s.C)
	atLevels(t, func(t *testing.T) {
		n := testing.AllocsPerRun(10, func() {
			MaxPool(s, y, args, x, 0, s.N)
			MaxPoolGrad(s, x, y, args, 0, s.N)
			AvgPool(s, y, x, 0, s.N)
			AvgPoolGrad(s, x, y, 0, s.N)
		})
		if n != 0 {
			t.Errorf("%g allocations", n)
		}
	})
}
