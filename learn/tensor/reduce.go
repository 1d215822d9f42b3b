package tensor

import (
	"math"
	"slices"
)

// Sum adds the elements along one axis, as float64, so the result has one
// axis fewer: Sum(1) of shape (n, k) is the n row sums, Sum(0) the k column
// sums. A negative axis counts from the last.
func (t *Tensor) Sum(axis int) *Tensor {
	return t.reduce("sum", axis, func(n int, at func(int) float64) float64 {
		s := 0.0
		for i := range n {
			s += at(i)
		}
		return s
	})
}

// Mean is [Tensor.Sum] divided by the length of the axis; NaN for length 0.
func (t *Tensor) Mean(axis int) *Tensor {
	return t.reduce("mean", axis, func(n int, at func(int) float64) float64 {
		s := 0.0
		for i := range n {
			s += at(i)
		}
		return s / float64(n)
	})
}

// Argmax is the index of the largest element along one axis, the first of
// equal ones, as an int64 tensor with one axis fewer. NaN counts as largest,
// so that it is not overlooked. An axis of length 0 is an error.
func (t *Tensor) Argmax(axis int) *Tensor {
	if t.err == nil && axis >= -t.NDim() && axis < t.NDim() && t.Dim(axis) == 0 {
		return t.failed("argmax", "axis %d of shape %s is empty", axis, shapeText(t.Shape()))
	}
	return t.reduce("argmax", axis, func(n int, at func(int) float64) float64 {
		best, top := 0, math.Inf(-1)
		for i := range n {
			v := at(i)
			if math.IsNaN(v) {
				return float64(i)
			}
			if v > top {
				best, top = i, v
			}
		}
		return float64(best)
	}).Cast(Int64)
}

func (t *Tensor) reduce(verb string, axis int, f func(n int, at func(int) float64) float64) *Tensor {
	if t.err != nil {
		return t
	}
	at := axis
	if at < 0 {
		at += t.NDim()
	}
	if at < 0 || at >= t.NDim() {
		return t.failed(verb, "axis %d of shape %s", axis, shapeText(t.Shape()))
	}
	if t.data == nil {
		return wrap(nums[float64]{f(0, nil)}, RowMajor, nil)
	}
	n, step := t.shape[at], t.strides[at]
	shape := slices.Delete(slices.Clone(t.shape), at, at+1)
	strides := slices.Delete(slices.Clone(t.strides), at, at+1)
	out := make(nums[float64], 0, product(shape))
	walk(t.off, shape, strides, func(start, count, by int) {
		for ; count > 0; count, start = count-1, start+by {
			out = append(out, f(n, func(i int) float64 { return t.data.float(start + i*step) }))
		}
	})
	return wrap(out, RowMajor, shape)
}
