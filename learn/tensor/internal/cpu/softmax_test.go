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
			Map2Scalar(Mul, row(x, r, cols), row(x, r, cols), 1e4)
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
			x, labels, hot := logits(3, rows, cols), make([]int32, rows), make([]float32, rows*cols)
			for r := range labels {
				labels[r] = int32(rand.IntN(cols))
				hot[r*cols+int(labels[r])] = 1
			}
			allLoss, loss := wide(rows, 1)
			all, dx := wide(rows*cols, 2)
			SoftmaxCrossEntropy(loss, dx, x, labels, rows, cols)
			checkGuards(t, "loss", allLoss, 1, rows)
			checkGuards(t, "gradient", all, 2, rows*cols)
			checkCrossEntropy(t, loss, dx, x, hot, rows, cols)
			lossOnly, inPlace := make([]float32, rows), slices.Clone(x)
			SoftmaxCrossEntropy(lossOnly, nil, x, labels, rows, cols)
			SoftmaxCrossEntropy(loss, inPlace, inPlace, labels, rows, cols)
			if !slices.Equal(lossOnly, loss) || !slices.Equal(inPlace, dx) {
				t.Fatalf("%v: the loss alone or the gradient in place differs", s)
			}
		}
	})
}

func TestSoftmaxCrossEntropySoft(t *testing.T) {
	atLevels(t, func(t *testing.T) {
		for _, s := range lossShapes {
			rows, cols := s[0], s[1]
			x, soft := logits(3, rows, cols), normal32(6, rows*cols)
			Map1(Square, soft, soft)
			allLoss, loss := wide(rows, 1)
			all, dx := wide(rows*cols, 2)
			SoftmaxCrossEntropySoft(loss, dx, x, soft, rows, cols)
			checkGuards(t, "loss", allLoss, 1, rows)
			checkGuards(t, "gradient", all, 2, rows*cols)
			checkCrossEntropy(t, loss, dx, x, soft, rows, cols)
			lossOnly, inPlace := make([]float32, rows), slices.Clone(x)
			SoftmaxCrossEntropySoft(lossOnly, nil, x, soft, rows, cols)
			SoftmaxCrossEntropySoft(loss, inPlace, inPlace, soft, rows, cols)
			if !slices.Equal(lossOnly, loss) || !slices.Equal(inPlace, dx) {
				t.Fatalf("%v: the loss alone or the gradient in place differs", s)
			}
		}
	})
}

// checkCrossEntropy compares a loss and its gradient with their definitions.
func checkCrossEntropy(t *testing.T, loss, dx, x, target []float32, rows, cols int) {
	t.Helper()
	for r := range rows {
		l := logSoftmax64(float64s(row(x, r, cols)))
		want, total := 0.0, 0.0
		for c, p := range l {
			target := float64(target[r*cols+c])
			want, total = want-target*p, total+target
		}
		near32(t, "loss", loss[r], want, 1e-6*(1+total))
		for c, p := range l {
			near32(t, "gradient", dx[r*cols+c], total*math.Exp(p)-float64(target[r*cols+c]), 2e-6*(1+total))
		}
	}
}

// TestLossGradients compares the gradients in float64 with central differences.
func TestLossGradients(t *testing.T) {
	const rows, cols, h = 3, 4, 1e-5
	x, soft, labels := float64s(normal32(1, rows*cols)), float64s(normal32(2, rows*cols)), []int32{3, 0, 1}
	loss, dx := make([]float64, rows), make([]float64, rows*cols)
	for name, f := range map[string]func(dx []float64){
		"labels":  func(dx []float64) { SoftmaxCrossEntropy(loss, dx, x, labels, rows, cols) },
		"targets": func(dx []float64) { SoftmaxCrossEntropySoft(loss, dx, x, soft, rows, cols) },
	} {
		f(dx)
		checkNumeric(t, name, x, dx, h, func() float64 {
			f(nil)
			return Sum(loss)
		})
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
			SoftmaxCrossEntropy(w, y, x, labels, rows, cols)
			SoftmaxCrossEntropySoft(w, y, x, x, rows, cols)
			SumColumns(w[:3], x, rows, 3, false)
		})
		if n != 0 {
			t.Errorf("%g allocations", n)
		}
	})
}
