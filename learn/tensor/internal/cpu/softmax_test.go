package cpu

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// lossShapes are rows and columns on both sides of a vector and of a chunk.
var lossShapes = [][2]int{{1, 1}, {3, 2}, {65, 2}, {5, 3}, {7, 7}, {4, 8}, {130, 10}, {2, 15}, {3, 16}, {3, 17}, {2, 70}, {1, 1000}, {0, 3}}

func float64s(x []float32) []float64 {
	y := make([]float64, len(x))
	for i, v := range x {
		y[i] = float64(v)
	}
	return y
}

// logSoftmax64 is a row's log softmax by its definition, in float64.
func logSoftmax64(x []float64) []float64 {
	most, sum := slices.Max(x), 0.0
	for _, v := range x {
		sum += math.Exp(v - most)
	}
	y := make([]float64, len(x))
	for i, v := range x {
		y[i] = v - most - math.Log(sum)
	}
	return y
}

// logits are of ordinary size, or, in some rows, of ±1e4.
func logits(seed uint64, rows, cols int) []float32 {
	x := normal32(seed, rows*cols)
	for r := range rows {
		if r%3 == 2 {
			Scale(x[r*cols:(r+1)*cols], 1e4)
		}
	}
	return x
}

func near32(t *testing.T, what string, got float32, want, bound float64) {
	t.Helper()
	if d := math.Abs(float64(got) - want); !(d <= bound*(1+math.Abs(want))) {
		t.Fatalf("%s: got %g, want %g", what, got, want)
	}
}

func TestSoftmax(t *testing.T) {
	atLevels(t, func(t *testing.T) {
		for _, s := range lossShapes {
			rows, cols := s[0], s[1]
			x := logits(1, rows, cols)
			all, y := wide(rows*cols, 3)
			allLog, yLog := wide(rows*cols, 5)
			Softmax(y, x, rows, cols)
			LogSoftmax(yLog, x, rows, cols)
			checkGuards(t, "softmax", all, 3, rows*cols)
			checkGuards(t, "log softmax", allLog, 5, rows*cols)
			inPlace := slices.Clone(x)
			Softmax(inPlace, inPlace, rows, cols)
			if !slices.Equal(inPlace, y) {
				t.Fatalf("softmax in place differs")
			}
			dy := normal32(2, rows*cols)
			dx, dxLog := make([]float32, rows*cols), make([]float32, rows*cols)
			SoftmaxGrad(dx, dy, y, rows, cols)
			LogSoftmaxGrad(dxLog, dy, yLog, rows, cols)
			for r := range rows {
				want := logSoftmax64(float64s(row(x, r, cols)))
				dot, sum := 0.0, 0.0
				for c, l := range want {
					dot += math.Exp(l) * float64(dy[r*cols+c])
					sum += float64(dy[r*cols+c])
				}
				for c, l := range want {
					i, p := r*cols+c, math.Exp(l)
					near32(t, "softmax", y[i], p, 2e-7)
					near32(t, "log softmax", yLog[i], l, 3e-7)
					near32(t, "gradient of softmax", dx[i], p*(float64(dy[i])-dot), 1e-6)
					near32(t, "gradient of log softmax", dxLog[i], float64(dy[i])-p*sum, 1e-5)
				}
			}
		}
	})
}

func TestSoftmaxCrossEntropy(t *testing.T) {
	atLevels(t, func(t *testing.T) {
		for _, s := range lossShapes {
			rows, cols := s[0], s[1]
			x, weights := logits(3, rows, cols), normal32(4, rows)
			labels, hot := make([]int32, rows), make([]float32, rows*cols)
			for r := range labels {
				labels[r] = int32(rand.IntN(cols))
				hot[r*cols+int(labels[r])] = 1
			}
			for _, w := range [][]float32{nil, weights} {
				allLoss, loss := wide(rows, 1)
				all, dx := wide(rows*cols, 2)
				if bad := SoftmaxCrossEntropy(loss, dx, x, labels, w, rows, cols, 0.5); bad != -1 {
					t.Fatalf("row %d is said to be bad", bad)
				}
				checkGuards(t, "loss", allLoss, 1, rows)
				checkGuards(t, "gradient", all, 2, rows*cols)
				checkCrossEntropy(t, loss, dx, x, hot, w, rows, cols)
				lossOnly, dxOnly := make([]float32, rows), slices.Clone(x)
				SoftmaxCrossEntropy(lossOnly, nil, x, labels, w, rows, cols, 0.5)
				SoftmaxCrossEntropy(nil, dxOnly, dxOnly, labels, w, rows, cols, 0.5)
				if !slices.Equal(lossOnly, loss) || !slices.Equal(dxOnly, dx) {
					t.Fatalf("%v: the loss alone or the gradient alone, in place, differs", s)
				}
				SoftmaxCrossEntropySoft(loss, dx, x, hot, w, rows, cols, 0.5)
				checkCrossEntropy(t, loss, dx, x, hot, w, rows, cols)
			}
			soft := normal32(6, rows*cols)
			for i := range soft {
				soft[i] *= soft[i]
			}
			loss, dx := make([]float32, rows), slices.Clone(x)
			SoftmaxCrossEntropySoft(loss, dx, dx, soft, weights, rows, cols, 0.5)
			checkCrossEntropy(t, loss, dx, x, soft, weights, rows, cols)
		}
	})
}

// checkCrossEntropy compares a loss and the gradient of half of it.
func checkCrossEntropy(t *testing.T, loss, dx, x, target, weights []float32, rows, cols int) {
	t.Helper()
	for r := range rows {
		l, w := logSoftmax64(float64s(row(x, r, cols))), float64(weightOf(weights, r))
		want, total := 0.0, 0.0
		for c, p := range l {
			target := float64(target[r*cols+c])
			want, total = want-w*target*p, total+target
		}
		near32(t, "loss", loss[r], want, 1e-6*(1+total))
		for c, p := range l {
			near32(t, "gradient", dx[r*cols+c], 0.5*w*(total*math.Exp(p)-float64(target[r*cols+c])), 1e-6*(1+total))
		}
	}
}

func TestSoftmaxCrossEntropyBadLabel(t *testing.T) {
	loss, dx := []float32{7, 7, 7}, []float32{7, 7, 7, 7, 7, 7}
	for _, bad := range []int32{-1, 2, math.MaxInt32, math.MinInt32} {
		got := SoftmaxCrossEntropy(loss, dx, make([]float32, 6), []int32{0, 1, bad}, nil, 3, 2, 1)
		if got != 2 || loss[0] != 7 || dx[0] != 7 {
			t.Errorf("label %d: got row %d, loss %v, gradient %v", bad, got, loss, dx)
		}
	}
}

func TestSigmoidCrossEntropy(t *testing.T) {
	atLevels(t, func(t *testing.T) {
		for _, s := range [][2]int{{1, 1}, {70, 1}, {3, 2}, {5, 9}, {2, 300}, {3, 513}} {
			rows, cols := s[0], s[1]
			x, weights := logits(7, rows, cols), normal32(8, rows)
			target := normal32(9, rows*cols)
			Map1(SigmoidOf, target, target)
			for _, w := range [][]float32{nil, weights} {
				allLoss, loss := wide(rows, 1)
				all, dx := wide(rows*cols, 2)
				SigmoidCrossEntropy(loss, dx, x, target, w, rows, cols, 0.5)
				checkGuards(t, "loss", allLoss, 1, rows)
				checkGuards(t, "gradient", all, 2, rows*cols)
				for r := range rows {
					w, want := float64(weightOf(w, r)), 0.0
					for i := r * cols; i < (r+1)*cols; i++ {
						v, p := float64(x[i]), float64(target[i])
						want += w * (p*softplus(-v) + (1-p)*softplus(v)) / float64(cols)
						near32(t, "gradient", dx[i], 0.5*w*(sigmoid(v)-p)/float64(cols), 1e-6)
					}
					near32(t, "loss", loss[r], want, 2e-6)
				}
			}
		}
	})
}

// TestLossGradients compares the gradients in float64 with central differences.
func TestLossGradients(t *testing.T) {
	const rows, cols, h = 3, 4, 1e-6
	x, soft := float64s(normal32(1, rows*cols)), float64s(normal32(2, rows*cols))
	weights, labels := []float64{1, 0.5, 2}, []int32{3, 0, 1}
	losses := map[string]func(loss, dx []float64){
		"softmax": func(loss, dx []float64) { SoftmaxCrossEntropy(loss, dx, x, labels, weights, rows, cols, 0.25) },
		"soft":    func(loss, dx []float64) { SoftmaxCrossEntropySoft(loss, dx, x, soft, weights, rows, cols, 0.25) },
		"sigmoid": func(loss, dx []float64) { SigmoidCrossEntropy(loss, dx, x, soft, weights, rows, cols, 0.25) },
	}
	for name, f := range losses {
		dx, up, down := make([]float64, rows*cols), make([]float64, rows), make([]float64, rows)
		f(nil, dx)
		for i, v := range x {
			x[i] = v + h
			f(up, nil)
			x[i] = v - h
			f(down, nil)
			x[i] = v
			if want := 0.25 * (Sum(up) - Sum(down)) / (2 * h); math.Abs(dx[i]-want) > 1e-8 {
				t.Errorf("%s: gradient %d is %g, want %g", name, i, dx[i], want)
			}
		}
	}
}

func TestLossesAllocateNothing(t *testing.T) {
	const rows, cols = 100, 12
	x, y, w, labels := make([]float32, rows*cols), make([]float32, rows*cols), make([]float32, rows), make([]int32, rows)
	atLevels(t, func(t *testing.T) {
		n := testing.AllocsPerRun(10, func() {
			Softmax(y, x, rows, cols)
			LogSoftmax(y, x, rows, cols)
			SoftmaxGrad(y, y, x, rows, cols)
			LogSoftmaxGrad(y, y, x, rows, cols)
			SoftmaxCrossEntropy(w, y, x, labels, nil, rows, cols, 1)
			SoftmaxCrossEntropySoft(w, y, x, x, nil, rows, cols, 1)
			SigmoidCrossEntropy(w, y, x, x, w, rows, cols, 1)
			SumColumns(w[:3], x, rows, 3, false)
		})
		if n != 0 {
			t.Errorf("%g allocations", n)
		}
	})
}
