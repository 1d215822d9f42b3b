package tensor

import "slices"

// view shares the receiver's memory under another shape.
func (t *Tensor) view(off int, shape, strides []int) *Tensor {
	return &Tensor{data: t.data, off: off, shape: shape, strides: strides}
}

// Slice is the view of the rows from ≤ i < to: the elements whose first index
// lies in that range. It shares memory.
func (t *Tensor) Slice(from, to int) *Tensor {
	if t.err != nil {
		return t
	}
	if t.NDim() == 0 {
		return t.failed("slice", "a single element has no rows")
	}
	if from < 0 || to < from || to > t.Dim(0) {
		return t.failed("slice", "rows %d to %d of %d", from, to, t.Dim(0))
	}
	if t.data == nil {
		return t
	}
	shape := slices.Clone(t.shape)
	shape[0] = to - from
	return t.view(t.off+from*t.strides[0], shape, slices.Clone(t.strides))
}

// Row is the view of one row: element i of the first axis, with one axis
// fewer. It shares memory.
func (t *Tensor) Row(i int) *Tensor { return t.pickAxis("row", 0, i) }

// Col is the view of one column: element j of the second axis, with one axis
// fewer. It shares memory.
func (t *Tensor) Col(j int) *Tensor { return t.pickAxis("col", 1, j) }

func (t *Tensor) pickAxis(verb string, axis, i int) *Tensor {
	if t.err != nil {
		return t
	}
	if t.NDim() <= axis {
		return t.failed(verb, "shape %s has no axis %d", shapeText(t.Shape()), axis)
	}
	if i < 0 || i >= t.Dim(axis) {
		return t.failed(verb, "%d is outside shape %s", i, shapeText(t.Shape()))
	}
	shape := slices.Delete(slices.Clone(t.shape), axis, axis+1)
	strides := slices.Delete(slices.Clone(t.strides), axis, axis+1)
	return t.view(t.off+i*t.strides[axis], shape, strides)
}

// Squeeze is the view without the axes of length 1, so (n, 1) becomes (n). It
// shares memory.
func (t *Tensor) Squeeze() *Tensor {
	if t.data == nil {
		return t
	}
	var shape, strides []int
	for i, d := range t.shape {
		if d != 1 {
			shape, strides = append(shape, d), append(strides, t.strides[i])
		}
	}
	return t.view(t.off, shape, strides)
}

// T is the view with the axes in reverse order. It shares memory.
func (t *Tensor) T() *Tensor {
	if t.data == nil {
		return t
	}
	shape, strides := slices.Clone(t.shape), slices.Clone(t.strides)
	slices.Reverse(shape)
	slices.Reverse(strides)
	return t.view(t.off, shape, strides)
}

// Reshape is the tensor with the same elements, in row-major order, under
// another shape. One length may be -1: it is worked out from the others. It
// shares memory when the elements lie in row-major order, and else copies.
func (t *Tensor) Reshape(shape ...int) *Tensor {
	if t.err != nil {
		return t
	}
	want, ok := fillShape(shape, t.Len())
	if !ok {
		return t.failed("reshape", "%d values of shape %s do not fill shape %s",
			t.Len(), shapeText(t.Shape()), shapeText(shape))
	}
	if t.data == nil {
		return wrap(newStore(Float64, 0, false), RowMajor, want)
	}
	if t.dense(RowMajor) {
		return t.view(t.off, want, stridesOf(RowMajor, want))
	}
	return wrap(t.data.pick(t.off, t.shape, t.strides), RowMajor, want)
}

func fillShape(shape []int, n int) ([]int, bool) {
	out, open, known := slices.Clone(shape), -1, 1
	for i, d := range shape {
		switch {
		case d == -1 && open < 0:
			open = i
		case d < 0:
			return nil, false
		case d > 0 && known > maxElements/d:
			return nil, false
		default:
			known *= d
		}
	}
	if open >= 0 {
		if known == 0 || n%known != 0 {
			return nil, false
		}
		out[open] = n / known
		return out, true
	}
	return out, known == n
}

// Clone is a copy with memory of its own, in row-major order.
func (t *Tensor) Clone() *Tensor { return t.copyTo(RowMajor) }

// AsLayout is the tensor in the given memory order, RowMajor or ColMajor: the
// receiver itself if it already lies so without gaps, else a copy.
func (t *Tensor) AsLayout(layout Layout) *Tensor {
	if layout > ColMajor {
		return t.failed("layout", "%v; want RowMajor or ColMajor", layout)
	}
	if t.data == nil || t.dense(layout) {
		return t
	}
	return t.copyTo(layout)
}

func (t *Tensor) copyTo(layout Layout) *Tensor {
	if t.data == nil {
		return t
	}
	if layout == ColMajor {
		r := t.T()
		return wrap(r.data.pick(r.off, r.shape, r.strides), RowMajor, r.shape).T()
	}
	return wrap(t.data.pick(t.off, t.shape, t.strides), RowMajor, t.shape)
}
