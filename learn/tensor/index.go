package tensor

import "fmt"

// At is the element at the given indices, one for each axis, as its Go type,
// or as a [BF16].
func (t *Tensor) At(index ...int) any { return t.data.at(t.place(index)) }

// Float64At is the element at the given indices as a float64; true is 1.
func (t *Tensor) Float64At(index ...int) float64 { return t.data.float(t.place(index)) }

// SetAt stores v, any Go number or bool, at the given indices, converted by
// the rules of [Tensor.Cast]. It writes to every view of the same memory.
func (t *Tensor) SetAt(v any, index ...int) {
	if !t.data.set(t.place(index), v) {
		panic(fmt.Sprintf("tensor: set: %T in a tensor of %v", v, t.DType()))
	}
}

func (t *Tensor) place(index []int) int {
	if t.data == nil {
		panic(fmt.Sprintf("tensor: index %v of an empty tensor%s", index, t.because()))
	}
	if len(index) != len(t.shape) {
		panic(fmt.Sprintf("tensor: %d indices for shape %s", len(index), shapeText(t.shape)))
	}
	p := t.off
	for axis, i := range index {
		if i < 0 || i >= t.shape[axis] {
			panic(fmt.Sprintf("tensor: index %v is outside shape %s", index, shapeText(t.shape)))
		}
		p += i * t.strides[axis]
	}
	return p
}

func (t *Tensor) because() string {
	if t.err == nil {
		return ""
	}
	return ": " + t.err.Error()
}

// walk visits the elements of a view in row-major order, one run along the
// last axis at a time: n elements from start, each step after the one before.
func walk(off int, shape, strides []int, run func(start, n, step int)) {
	last := len(shape) - 1
	if product(shape) == 0 {
		return
	}
	if last < 0 {
		run(off, 1, 1)
		return
	}
	index := make([]int, last)
	for {
		run(off, shape[last], strides[last])
		axis := last - 1
		for ; axis >= 0; axis-- {
			index[axis]++
			off += strides[axis]
			if index[axis] < shape[axis] {
				break
			}
			off -= shape[axis] * strides[axis]
			index[axis] = 0
		}
		if axis < 0 {
			return
		}
	}
}
