package cpu

import (
	"math"
	"slices"
	"testing"
)

// normShapes are rows and columns around the kernels' widths.
var normShapes = [][2]int{{1, 1}, {7, 3}, {600, 5}, {20, 8}, {33, 14}, {64, 32}, {5, 33}, {1100, 40}, {9, 71}, {6, 128}, {4, 150}, {3, 300}}

func newBatchNorm[T Float](c int) *BatchNorm[T] {
	make1 := func(v T) []T {
		x := make([]T, c)
		Fill(x, v)
		return x
	}
	b := &BatchNorm[T]{C: c, Gamma: make1(1), Beta: make1(0), MovingMean: make1(0.5), MovingVar: make1(2), Mean: make1(0),
		InvStd: make1(0), Momentum: 0.9, Epsilon: 1e-3}
	for i := range c {
		b.Gamma[i], b.Beta[i] = T(1+0.1*float64(i%5)), T(0.2*float64(i%3))
	}
	return b
}

// moments are a column's mean and variance.
func moments(x []float32, rows, cols, c int) (mean, variance float64) {
	for r := range rows {
		mean += float64(x[r*cols+c]) / float64(rows)
	}
	for r := range rows {
		d := float64(x[r*cols+c]) - mean
		variance += d * d / float64(rows)
	}
	return mean, variance
}

func TestBatchNormTrain(t *testing.T) {
	atLevels(t, func(t *testing.T) {
		for _, s := range normShapes {
			rows, cols := s[0], s[1]
			x := normal32(1, rows*cols)
			Map2Scalar(Add, x, x, 100) // a mean far from zero
			b, all, y := newBatchNorm[float32](cols), []float32(nil), []float32(nil)
			all, y = wide(rows*cols, 3)
			b.Train(y, x, rows, 0, cols/2)
			b.Train(y, x, rows, cols/2, cols)
			checkGuards(t, "batch norm", all, 3, rows*cols)
			for c := range cols {
				mean, variance := moments(x, rows, cols, c)
				near32(t, "mean", b.Mean[c], mean, 1e-6)
				near32(t, "1/deviation", b.InvStd[c], 1/math.Sqrt(variance+1e-3), 2e-4)
				near32(t, "moving mean", b.MovingMean[c], 0.45+0.1*mean, 1e-6)
				near32(t, "moving variance", b.MovingVar[c], 1.8+0.1*variance, 2e-6)
				for r := range rows {
					i, gamma, beta := r*cols+c, float64(b.Gamma[c]), float64(b.Beta[c])
					near32(t, "batch norm", y[i], (float64(x[i])-mean)/math.Sqrt(variance+1e-3)*gamma+beta, 4e-4)
				}
			}
			b.Train(x, x, rows, 0, cols)
			if !slices.Equal(x, y) {
				t.Fatalf("%v: in place differs", s)
			}
		}
	})
}

// TestBatchNormGrad compares float64 with central differences of Σ y·dy, and
// float32 with float64.
func TestBatchNormGrad(t *testing.T) {
	const rows, cols, h = 6, 3, 1e-5
	b, x, dy := newBatchNorm[float64](cols), float64s(normal32(1, rows*cols)), float64s(normal32(2, rows*cols))
	y, dx, dgamma, dbeta := make([]float64, rows*cols), make([]float64, rows*cols), make([]float64, cols), make([]float64, cols)
	b.Train(y, x, rows, 0, cols)
	b.Grad(dx, dgamma, dbeta, dy, x, rows, 0, cols)
	loss := func() float64 {
		b.Train(y, x, rows, 0, cols)
		return Dot(y, dy)
	}
	checkNumeric(t, "x", x, dx, h, loss)
	checkNumeric(t, "gamma", b.Gamma, dgamma, h, loss)
	checkNumeric(t, "beta", b.Beta, dbeta, h, loss)
	atLevels(t, func(t *testing.T) {
		for _, s := range normShapes {
			checkBatchNormGrad32(t, s[0], s[1])
		}
	})
}

// checkNumeric compares a gradient with central differences.
func checkNumeric(t *testing.T, what string, x, dx []float64, h float64, loss func() float64) {
	t.Helper()
	for i, v := range x {
		x[i] = v + h
		up := loss()
		x[i] = v - h
		down := loss()
		x[i] = v
		if want := (up - down) / (2 * h); math.Abs(dx[i]-want) > 1e-7*(1+math.Abs(want)) {
			t.Errorf("gradient of %s %d: got %g, want %g", what, i, dx[i], want)
		}
	}
}

func checkBatchNormGrad32(t *testing.T, rows, cols int) {
	t.Helper()
	x, dy := normal32(3, rows*cols), normal32(4, rows*cols)
	b, exact := newBatchNorm[float32](cols), newBatchNorm[float64](cols)
	y, wantY := make([]float32, rows*cols), make([]float64, rows*cols)
	b.Train(y, x, rows, 0, cols)
	exact.Train(wantY, float64s(x), rows, 0, cols)
	want, wantGamma, wantBeta := make([]float64, rows*cols), make([]float64, cols), make([]float64, cols)
	exact.Grad(want, wantGamma, wantBeta, float64s(dy), float64s(x), rows, 0, cols)
	all, dx := wide(rows*cols, 3)
	allGamma, dgamma := wide(cols, 2)
	dbeta := make([]float32, cols)
	b.Grad(dx, dgamma, dbeta, dy, x, rows, 0, cols/3)
	b.Grad(dx, dgamma, dbeta, dy, x, rows, cols/3, cols)
	checkGuards(t, "dx", all, 3, rows*cols)
	checkGuards(t, "dgamma", allGamma, 2, cols)
	for i := range dx {
		near32(t, "dx", dx[i], want[i], 1e-5)
	}
	for c := range cols {
		near32(t, "dgamma", dgamma[c], wantGamma[c], 2e-6*math.Sqrt(float64(rows)))
		near32(t, "dbeta", dbeta[c], wantBeta[c], 2e-6*math.Sqrt(float64(rows)))
	}
	b.Grad(dy, nil, nil, dy, x, rows, 0, cols)
	for i := range dx {
		near32(t, "dx in dy's place", dy[i], want[i], 1e-5)
	}
}

func TestLayerNorm(t *testing.T) {
	const rows, cols, h = 4, 5, 1e-5
	x, dy := float64s(normal32(1, rows*cols)), float64s(normal32(2, rows*cols))
	gamma, beta := float64s(normal32(3, cols)), float64s(normal32(4, cols))
	y, dx, mean, inv := make([]float64, rows*cols), make([]float64, rows*cols), make([]float64, rows), make([]float64, rows)
	dgamma, dbeta := make([]float64, cols), make([]float64, cols)
	loss := func() float64 {
		LayerNorm(y, mean, inv, x, gamma, beta, rows, cols, 1e-3)
		return Dot(y, dy)
	}
	loss()
	LayerNormGrad(dx, dgamma, dbeta, dy, x, mean, inv, gamma, rows, cols)
	checkNumeric(t, "x", x, dx, h, loss)
	checkNumeric(t, "gamma", gamma, dgamma, h, loss)
	checkNumeric(t, "beta", beta, dbeta, h, loss)
	atLevels(t, func(t *testing.T) {
		for _, s := range normShapes {
			checkLayerNorm32(t, s[0], s[1])
		}
		checkLayerNorm32(t, 2, 2500)
	})
}

func checkLayerNorm32(t *testing.T, rows, cols int) {
	t.Helper()
	x, dy, gamma, beta := normal32(1, rows*cols), normal32(2, rows*cols), normal32(3, cols), normal32(4, cols)
	all, y := wide(rows*cols, 3)
	allDx, dx := wide(rows*cols, 1)
	allGamma, dgamma := wide(cols, 2)
	mean, inv, dbeta := make([]float32, rows), make([]float32, rows), make([]float32, cols)
	Fill(dgamma, 1)
	LayerNorm(y, mean, inv, x, gamma, beta, rows, cols, 1e-3)
	LayerNormGrad(dx, dgamma, dbeta, dy, x, mean, inv, gamma, rows, cols)
	checkGuards(t, "layer norm", all, 3, rows*cols)
	checkGuards(t, "dx", allDx, 1, rows*cols)
	checkGuards(t, "dgamma", allGamma, 2, cols)
	want, wantDx := make([]float64, rows*cols), make([]float64, rows*cols)
	wantMean, wantInv := make([]float64, rows), make([]float64, rows)
	wantGamma, wantBeta := make([]float64, cols), make([]float64, cols)
	Fill(wantGamma, 1)
	LayerNorm(want, wantMean, wantInv, float64s(x), float64s(gamma), float64s(beta), rows, cols, 1e-3)
	LayerNormGrad(wantDx, wantGamma, wantBeta, float64s(dy), float64s(x), wantMean, wantInv, float64s(gamma), rows, cols)
	for i := range y {
		near32(t, "layer norm", y[i], want[i], 1e-5)
		near32(t, "dx", dx[i], wantDx[i], 1e-4)
	}
	for c := range dgamma {
		near32(t, "dgamma", dgamma[c], wantGamma[c], 2e-6*float64(10+rows))
		near32(t, "dbeta", dbeta[c], wantBeta[c], 2e-6*float64(10+rows))
	}
}

func TestNormsAllocateNothing(t *testing.T) {
	const rows, cols = 10, 13
	b, x, y := newBatchNorm[float32](cols), normal32(1, rows*cols), make([]float32, rows*cols)
	a, c := make([]float32, cols), make([]float32, cols)
	atLevels(t, func(t *testing.T) {
		n := testing.AllocsPerRun(10, func() {
			b.Train(y, x, rows, 0, cols)
			b.Grad(y, a, c, x, x, rows, 0, cols)
			LayerNorm(y, a, c, x, b.Gamma, b.Beta, rows, cols, 1e-3)
			LayerNormGrad(y, b.Gamma, b.Beta, x, x, a, c, b.Gamma, rows, cols)
		})
		if n != 0 {
			t.Errorf("%g allocations", n)
		}
	})
}

// TestShortSlicesPanic checks that no kernel leaves slices that do not fit.
func TestShortSlicesPanic(t *testing.T) {
	const rows, cols = 10, 16
	b, x := newBatchNorm[float32](cols), make([]float32, rows*cols)
	short, labels := make([]float32, rows*cols-1), make([]int32, rows)
	pool := PoolShape{N: 1, H: rows, W: 1, C: cols, KH: 1, KW: 1, StrideH: 1, StrideW: 1}
	atLevels(t, func(t *testing.T) {
		for name, f := range map[string]func(){
			"map":           func() { Map1(Exp, x, short) },
			"binary":        func() { Map2(Add, x, x, short) },
			"gradient":      func() { ActivateGrad(ReLU, 0, x, x, nil, short) },
			"columns":       func() { SumColumns(x[:cols], short, rows, cols, false) },
			"softmax":       func() { Softmax(x, short, rows, cols) },
			"cross-entropy": func() { SoftmaxCrossEntropy(x, short, x, labels, rows, cols) },
			"labels":        func() { SoftmaxCrossEntropy(x, nil, x, []int32{cols}, 1, cols) },
			"targets":       func() { SoftmaxCrossEntropySoft(x, x, x, short, rows, cols) },
			"adam":          func() { Adam(x, x, x, short, nil, AdamArgs[float32]{Step: 1}) },
			"dropout":       func() { Dropout(x, short, 0.5, 1, 2, 3) },
			"pool":          func() { MaxPool(pool, x, nil, short, 0, 1) },
			"train":         func() { b.Train(x, short, rows, 0, cols) },
			"grad":          func() { b.Grad(x, nil, nil, short, x, rows, 0, cols) },
			"layer":         func() { LayerNorm(x, x, x, short, b.Gamma, b.Beta, rows, cols, 1) },
		} {
			func() {
				defer func() {
					if recover() == nil {
						t.Errorf("%s with a slice that is too short does not panic", name)
					}
				}()
				f()
			}()
		}
	})
}
