package cpu

import (
	"fmt"
	"testing"
)

// The sizes of blocks of fused element programs, of small layers and of memory.
var benchSizes = []int{8, 1024, 1 << 20}

func benchmarkSlices(b *testing.B, name string, streams int, f func(n int)) {
	for _, n := range benchSizes {
		b.Run(fmt.Sprintf("%s/%d", name, n), func(b *testing.B) {
			b.SetBytes(int64(4 * streams * n))
			for b.Loop() {
				f(n)
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(n), "ns/element")
		})
	}
}

func BenchmarkMap1(b *testing.B) {
	x, y := normal32(1, 1<<20), make([]float32, 1<<20)
	for _, op := range []Unary{Neg, Sqrt, Exp, Log, Log1p, Expm1, TanhOf, SigmoidOf, Erf, Sin} {
		benchmarkSlices(b, unaryNames[op], 2, func(n int) { Map1(op, y[:n], x[:n]) })
	}
}

func BenchmarkMap2(b *testing.B) {
	x, y, z := normal32(1, 1<<20), normal32(2, 1<<20), make([]float32, 1<<20)
	for name, op := range map[string]Binary{"add": Add, "div": Div, "max": Max, "pow": Pow} {
		benchmarkSlices(b, name, 3, func(n int) { Map2(op, z[:n], x[:n], y[:n]) })
	}
	benchmarkSlices(b, "axpy", 3, func(n int) { Axpy(z[:n], 0.5, x[:n]) })
}

func BenchmarkActivate(b *testing.B) {
	x, y := normal32(1, 1<<20), make([]float32, 1<<20)
	for act := range numActs {
		benchmarkSlices(b, act.String(), 2, func(n int) { Activate(act, 0.2, y[:n], x[:n]) })
		benchmarkSlices(b, act.String()+" gradient", 3, func(n int) { ActivateGrad(act, 0.2, y[:n], x[:n], x[:n], x[:n]) })
	}
}

func BenchmarkReduce(b *testing.B) {
	x, dst := normal32(1, 1<<20), make([]float32, 1<<20)
	var sink float32
	benchmarkSlices(b, "sum", 1, func(n int) { sink += Sum(x[:n]) })
	benchmarkSlices(b, "max", 1, func(n int) { sink += MaxOf(x[:n]) })
	for _, s := range [][2]int{{256, 36}, {256, 14}, {256, 2}, {5, 8}, {32, 64}, {12544, 64}} {
		b.Run(fmt.Sprintf("columns/%dx%d", s[0], s[1]), func(b *testing.B) {
			b.SetBytes(int64(4 * s[0] * s[1]))
			for b.Loop() {
				SumColumns(dst[:s[1]], x, s[0], s[1], false)
			}
		})
	}
}

func BenchmarkLosses(b *testing.B) {
	for _, s := range [][2]int{{5, 3}, {256, 2}, {64, 10}, {64, 1000}} {
		rows, cols := s[0], s[1]
		x, dx, loss, labels := normal32(1, rows*cols), make([]float32, rows*cols), make([]float32, rows), make([]int32, rows)
		b.Run(fmt.Sprintf("cross-entropy/%dx%d", rows, cols), func(b *testing.B) {
			for b.Loop() {
				SoftmaxCrossEntropy(loss, dx, x, labels, rows, cols)
			}
		})
		b.Run(fmt.Sprintf("softmax/%dx%d", rows, cols), func(b *testing.B) {
			for b.Loop() {
				Softmax(dx, x, rows, cols)
			}
		})
	}
}

func BenchmarkOptimizers(b *testing.B) {
	const n = 1 << 20
	p, g, s1, s2, s3 := normal32(1, n), normal32(2, n), make([]float32, n), make([]float32, n), make([]float32, n)
	for name, step := range optimizers[float32]() {
		for _, n := range []int{1592, n} {
			b.Run(fmt.Sprintf("%s/%d", name, n), func(b *testing.B) {
				for b.Loop() {
					step(p[:n], g[:n], s1[:n], s2[:n], s3[:n], 3)
				}
				b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(n), "ns/element")
			})
		}
	}
}

func BenchmarkRandom(b *testing.B) {
	x, y := normal32(1, 1<<16), make([]float32, 1<<16)
	for name, f := range map[string]func(){
		"uniform": func() { Uniform(y, 1, 2, 3) },
		"normal":  func() { Normal(y, 1, 2, 3) },
		"dropout": func() { Dropout(y, x, 0.5, 1, 2, 3) },
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				f()
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(len(y)), "ns/element")
		})
	}
}

func BenchmarkPool2D(b *testing.B) {
	s := PoolShape{N: 64, H: 26, W: 26, C: 32, KH: 2, KW: 2, StrideH: 2, StrideW: 2}
	in, out := s.N*s.H*s.W*s.C, s.N*s.OutH()*s.OutW()*s.C
	x, y, at := normal32(1, in), make([]float32, out), make([]int32, out)
	for name, f := range map[string]func(){
		"max":              func() { MaxPool(s, y, at, x, 0, s.N) },
		"max, no places":   func() { MaxPool(s, y, nil, x, 0, s.N) },
		"max gradient":     func() { MaxPoolGrad(s, x, y, at, 0, s.N) },
		"average":          func() { AvgPool(s, y, x, 0, s.N) },
		"average gradient": func() { AvgPoolGrad(s, x, y, 0, s.N) },
	} {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(4 * in))
			for b.Loop() {
				f()
			}
		})
	}
}

func BenchmarkNorm(b *testing.B) {
	const rows, cols = 64 * 14 * 14, 64
	n, x, y := newBatchNorm[float32](cols), normal32(1, rows*cols), make([]float32, rows*cols)
	dgamma, dbeta, mean, inv := make([]float32, cols), make([]float32, cols), make([]float32, rows), make([]float32, rows)
	for name, f := range map[string]func(){
		"batch":          func() { n.Train(y, x, rows, 0, cols) },
		"batch gradient": func() { n.Grad(y, dgamma, dbeta, x, x, rows, 0, cols) },
		"layer":          func() { LayerNorm(y, mean, inv, x, n.Gamma, n.Beta, rows, cols, 1e-3) },
		"layer gradient": func() { LayerNormGrad(y, dgamma, dbeta, x, x, mean, inv, n.Gamma, rows, cols) },
	} {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(4 * rows * cols)
			for b.Loop() {
				f()
			}
		})
	}
}
