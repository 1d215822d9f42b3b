package cpu

import "math"

// lossRows is how many rows' sums and factors are kept at a time, a multiple of
// eight.
const lossRows = 32

// narrowCols is how wide a matrix is that has its rows, not its columns, in the
// lanes of a vector.
const narrowCols = 16

// rowStats are a chunk of rows' factors, largest elements and sums of exponents.
type rowStats[T Float] struct{ factor, most, sum [lossRows]T }

// ones are factors that change nothing.
func ones[T Float]() (factors [lossRows]T) {
	for i := range factors {
		factors[i] = 1
	}
	return factors
}

// Softmax makes each row of y, [rows, cols], exp(x) divided by the row's sum of
// it, for logits of any size. y may be x.
func Softmax[T Float](y, x []T, rows, cols int) {
	s := rowStats[T]{factor: ones[T]()}
	for lo := 0; lo < rows; lo += lossRows {
		n := min(lossRows, rows-lo)
		softmaxRows(y[lo*cols:(lo+n)*cols], x[lo*cols:], &s, n, cols)
	}
}

// LogSoftmax makes each row of y, [rows, cols], x less the logarithm of the row's
// sum of exp(x). y may be x.
func LogSoftmax[T Float](y, x []T, rows, cols int) {
	var s rowStats[T]
	for lo := 0; lo < rows; lo += lossRows {
		n := min(lossRows, rows-lo)
		softmaxRows(nil, x[lo*cols:(lo+n)*cols], &s, n, cols)
		for i := range n {
			xr, yr := row(x, lo+i, cols), row(y, lo+i, cols)
			Map2Scalar(Sub, yr, xr, s.most[i])
			Map2Scalar(Sub, yr, yr, T(math.Log(float64(s.sum[i]))))
		}
	}
}

// SoftmaxGrad is dx = y·(dy - Σ dy·y), row by row, y being what Softmax gave. dx
// may be dy or y.
func SoftmaxGrad[T Float](dx, dy, y []T, rows, cols int) {
	for r := range rows {
		dxr, dyr, yr := row(dx, r, cols), row(dy, r, cols), row(y, r, cols)
		s := Dot(dyr, yr)
		if fast[T](cols) {
			softmaxGrad32(f32(dxr), f32(dyr), f32(yr), float32(s), cols)
			continue
		}
		for i, v := range yr {
			dxr[i] = v * (dyr[i] - s)
		}
	}
}

// LogSoftmaxGrad is dx = dy - exp(y)·Σ dy, row by row, y being what LogSoftmax
// gave. dx may be dy or y.
func LogSoftmaxGrad[T Float](dx, dy, y []T, rows, cols int) {
	for r := range rows {
		dxr, dyr, yr := row(dx, r, cols), row(dy, r, cols), row(y, r, cols)
		s := Sum(dyr)
		if fast[T](cols) {
			logSoftmaxGrad32(f32(dxr), f32(dyr), f32(yr), float32(s), cols)
			continue
		}
		for i, v := range yr {
			dxr[i] = dyr[i] - s*T(math.Exp(float64(v)))
		}
	}
}

// row is a row of a matrix.
func row[T any](x []T, r, cols int) []T { return x[r*cols : (r+1)*cols : (r+1)*cols] }

// SoftmaxCrossEntropy makes loss, of length rows, -log(softmax(x)[label]) of each
// row of the logits x, [rows, cols], and dx, [rows, cols], the gradient of Σ loss.
// dx may be nil or x. Labels are from 0 to cols-1.
func SoftmaxCrossEntropy[T Float](loss, dx, x []T, labels []int32, rows, cols int) {
	s := rowStats[T]{factor: ones[T]()}
	var picked [lossRows]T
	for lo := 0; lo < rows; lo += lossRows {
		n := min(lossRows, rows-lo)
		part, names := x[lo*cols:(lo+n)*cols], labels[lo:lo+n]
		for i, label := range names {
			picked[i] = row(part, i, cols)[label]
		}
		var d []T
		if dx != nil {
			d = dx[lo*cols : (lo+n)*cols]
		}
		softmaxRows(d, part, &s, n, cols)
		if d != nil {
			for i, label := range names {
				d[i*cols+int(label)]--
			}
		}
		l := loss[lo : lo+n]
		copy(l, s.sum[:]) // s stays off the heap
		Map1(Log, l, l)
		for i := range l {
			l[i] += s.most[i] - picked[i]
		}
	}
}

// SoftmaxCrossEntropySoft makes loss, of length rows, -Σ t·log(softmax(x)) of each
// row of the logits x and the targets t, both [rows, cols], and dx the gradient of
// Σ loss with respect to x. dx may be nil or x. The targets of a row need not add
// up to 1.
func SoftmaxCrossEntropySoft[T Float](loss, dx, x, t []T, rows, cols int) {
	var s rowStats[T] // the factors are the sums of targets
	var far [lossRows]T
	for lo := 0; lo < rows; lo += lossRows {
		n := min(lossRows, rows-lo)
		for i := range n {
			s.factor[i], far[i] = targetSums(row(x, lo+i, cols), row(t, lo+i, cols))
		}
		var d []T
		if dx != nil {
			d = dx[lo*cols : (lo+n)*cols]
		}
		softmaxRows(d, x[lo*cols:(lo+n)*cols], &s, n, cols)
		if d != nil {
			for i := range n {
				subtractRow(row(d, i, cols), row(t, lo+i, cols))
			}
		}
		l := loss[lo : lo+n]
		copy(l, s.sum[:]) // s stays off the heap
		Map1(Log, l, l)
		for i := range l {
			l[i] = s.factor[i]*l[i] - far[i]
		}
	}
}

// targetSums are a row's sums of t and of t·(x - max x).
func targetSums[T Float](x, t []T) (total, far T) {
	if len(x) > narrowCols {
		return Sum(t), dotShifted(x, t, MaxOf(x))
	}
	t = t[:len(x)]
	most := T(math.Inf(-1))
	for _, v := range x {
		if v > most {
			most = v
		}
	}
	for i, v := range x {
		total += t[i]
		far += t[i] * (v - most)
	}
	return total, far
}

// subtractRow is y -= x; a kernel costs more than it saves in a narrow row.
func subtractRow[T Float](y, x []T) {
	if len(y) > narrowCols {
		Map2(Sub, y, y, x)
		return
	}
	x = x[:len(y)]
	for i := range y {
		y[i] -= x[i]
	}
}

// dotShifted is the sum of (x - shift)·y.
func dotShifted[T Float](x, y []T, shift T) T {
	y = y[:len(x)]
	if fast[T](len(x)) {
		return T(dotShifted32(f32(x), f32(y), float32(shift), len(x)))
	}
	s := 0.0
	for i, v := range x {
		s += (float64(v) - float64(shift)) * float64(y[i])
	}
	return T(s)
}

// softmaxRows fills most and sum from rows of x and makes y, unless it is nil,
// softmax(x)·factor.
func softmaxRows[T Float](y, x []T, s *rowStats[T], rows, cols int) {
	x = x[:rows*cols]
	if y != nil {
		y = y[:rows*cols]
	}
	if fast[T](len(x)) {
		if cols <= narrowCols {
			softmaxNarrow(y, x, s, rows, cols)
		} else {
			softmax32(f32(y), f32(x), f32(s.factor[:]), f32(s.most[:]), f32(s.sum[:]), rows, cols)
		}
		return
	}
	for r := range rows {
		xr := row(x, r, cols)
		most, sum := MaxOf(xr), 0.0
		for _, v := range xr {
			sum += math.Exp(float64(v - most))
		}
		if y != nil {
			f := float64(s.factor[r]) / sum
			for i, v := range xr {
				y[r*cols+i] = T(math.Exp(float64(v-most)) * f)
			}
		}
		s.most[r], s.sum[r] = most, T(sum)
	}
}

// softmaxNarrow is softmaxRows of a narrow matrix. Rows that do not fill a group
// go through a copy that does.
func softmaxNarrow[T Float](y, x []T, s *rowStats[T], rows, cols int) {
	whole := rows &^ 7
	if whole > 0 {
		softmaxNarrow32(f32(y), f32(x), f32(s.factor[:]), f32(s.most[:]), f32(s.sum[:]), whole/8, cols)
	}
	if rows == whole {
		return
	}
	var buf [8 * narrowCols]T
	rest := buf[:(rows-whole)*cols]
	copy(rest, x[whole*cols:])
	softmaxNarrow32(f32(rest), f32(rest), f32(s.factor[whole:]), f32(s.most[whole:]), f32(s.sum[whole:]), 1, cols)
	if y != nil {
		copy(y[whole*cols:], rest)
	}
}
