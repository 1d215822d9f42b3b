// Package tensor is the dense n-dimensional array that Sheaf's learning code
// passes around: a batch of rows on its way from a table into a model, and
// the model's answer on its way back.
//
// A [Tensor] has an element type ([DType]), a shape, and strides, so slicing,
// transposing and squeezing give views that share memory. It is not a linear
// algebra library: [Tensor.Matrix] hands a tensor to gonum without a copy.
// Tensors travel in the files of NumPy ([LoadNPY], [LoadNPZ]) and of
// safetensors ([LoadSafetensors]).
//
// A constructor or a view that cannot do what was asked returns an empty
// tensor that carries the reason ([Tensor.Err]), so calls chain. Indexing
// outside the shape panics, as it does with a Go slice.
package tensor

import (
	"fmt"
	"slices"
	"strings"
)

// A Tensor is a dense array of one element type. It may be a view that shares
// its memory with other tensors. The zero Tensor is an empty float64 vector.
type Tensor struct {
	data    store
	off     int
	shape   []int
	strides []int // in elements
	err     error
	part    Part
	columns []string
}

// New returns a tensor of zeros in row-major order. With no lengths it holds
// a single element.
func New(d DType, shape ...int) *Tensor { return NewLayout(d, RowMajor, shape...) }

// NewLayout is [New] with the memory order given, RowMajor or ColMajor.
func NewLayout(d DType, layout Layout, shape ...int) *Tensor {
	if !d.Valid() {
		return fail("tensor: new: %v is not an element type", d)
	}
	if layout > ColMajor {
		return fail("tensor: new: layout %v; want RowMajor or ColMajor", layout)
	}
	if err := checkShape("new", shape); err != nil {
		return &Tensor{err: err}
	}
	return wrap(newStore(d, product(shape), false), layout, shape)
}

// FromFloat64s returns a float64 tensor of the given shape over the values in
// row-major order. A slice passed as data... is used as it is, not copied.
func FromFloat64s(shape []int, data ...float64) *Tensor { return FromSlice(shape, data) }

// FromSlice returns a tensor over the elements of data, a slice of bools, of
// [BF16] or of any Go integer or float type, in row-major order. The slice is
// used as it is, not copied; only []int and []uint are copied, to int64 and
// uint64.
func FromSlice(shape []int, data any) *Tensor { return FromSliceLayout(RowMajor, shape, data) }

// FromSliceLayout is [FromSlice] for elements that lie in the given order,
// RowMajor or ColMajor.
func FromSliceLayout(layout Layout, shape []int, data any) *Tensor {
	s := storeOf(data)
	if s == nil {
		return fail("tensor: from slice: %T; want a slice of bools, integers or floats", data)
	}
	if layout > ColMajor {
		return fail("tensor: from slice: layout %v; want RowMajor or ColMajor", layout)
	}
	if err := checkShape("from slice", shape); err != nil {
		return &Tensor{err: err}
	}
	if n := product(shape); n != s.len() {
		return fail("tensor: from slice: shape %s wants %d values, got %d", shapeText(shape), n, s.len())
	}
	return wrap(s, layout, shape)
}

// FromRows returns the float64 tensor of shape (rows, columns) that copies
// rows, which must have one length.
func FromRows(rows [][]float64) *Tensor {
	cols := 0
	if len(rows) > 0 {
		cols = len(rows[0])
	}
	data := make([]float64, 0, len(rows)*cols)
	for i, r := range rows {
		if len(r) != cols {
			return fail("tensor: from rows: row %d has %d values, row 0 has %d", i, len(r), cols)
		}
		data = append(data, r...)
	}
	return FromSlice([]int{len(rows), cols}, data)
}

func wrap(s store, layout Layout, shape []int) *Tensor {
	return &Tensor{data: s, shape: slices.Clone(shape), strides: stridesOf(layout, shape)}
}

func fail(format string, args ...any) *Tensor { return &Tensor{err: fmt.Errorf(format, args...)} }

func (t *Tensor) failed(verb, format string, args ...any) *Tensor {
	if t.err != nil {
		return t
	}
	return fail("tensor: "+verb+": "+format, args...)
}

// Err says why the tensor could not be made, nil if it could.
func (t *Tensor) Err() error { return t.err }

// DType is the element type.
func (t *Tensor) DType() DType {
	if t.data == nil {
		return Float64
	}
	return t.data.dtype()
}

// Shape is a copy of the lengths of the axes.
func (t *Tensor) Shape() []int {
	if t.data == nil {
		return []int{0}
	}
	return slices.Clone(t.shape)
}

// Strides is a copy of the distances, in elements, between neighbours along
// each axis.
func (t *Tensor) Strides() []int {
	if t.data == nil {
		return []int{1}
	}
	return slices.Clone(t.strides)
}

// NDim is the number of axes.
func (t *Tensor) NDim() int {
	if t.data == nil {
		return 1
	}
	return len(t.shape)
}

// Dim is the length of one axis; a negative axis counts from the last.
func (t *Tensor) Dim(axis int) int {
	if t.data == nil {
		return 0
	}
	if axis < 0 {
		axis += len(t.shape)
	}
	if axis < 0 || axis >= len(t.shape) {
		panic(fmt.Sprintf("tensor: axis %d of a tensor of shape %s", axis, shapeText(t.shape)))
	}
	return t.shape[axis]
}

// Len is the number of elements.
func (t *Tensor) Len() int {
	if t.data == nil {
		return 0
	}
	return product(t.shape)
}

// Layout reports how the elements lie: RowMajor or ColMajor without gaps,
// else Strided. What fits both, such as a vector, is RowMajor.
func (t *Tensor) Layout() Layout {
	switch {
	case t.dense(RowMajor):
		return RowMajor
	case t.dense(ColMajor):
		return ColMajor
	}
	return Strided
}

// dense reports whether the elements fill one run of memory in that order.
// Axes of length 1 never move, so their stride does not matter.
func (t *Tensor) dense(layout Layout) bool {
	if t.Len() == 0 {
		return true
	}
	for i, want := range stridesOf(layout, t.shape) {
		if t.shape[i] != 1 && t.strides[i] != want {
			return false
		}
	}
	return true
}

func checkShape(verb string, shape []int) error {
	if _, err := elementCount(shape); err != nil {
		return fmt.Errorf("tensor: %s: %w", verb, err)
	}
	return nil
}

// elementCount is the product of the lengths. An axis of length 0 does not
// excuse lengths whose product no stride could hold.
func elementCount(shape []int) (int, error) {
	n := 1
	for _, d := range shape {
		if d < 0 {
			return 0, fmt.Errorf("shape %s has a negative length", shapeText(shape))
		}
		if d > 0 && n > maxElements/d {
			return 0, fmt.Errorf("shape %s is too large", shapeText(shape))
		}
		n *= max(d, 1)
	}
	return product(shape), nil
}

// maxElements keeps the byte size of any tensor inside an int.
const maxElements = int(^uint(0)>>1) / 8

func product(shape []int) int {
	n := 1
	for _, d := range shape {
		n *= d
	}
	return n
}

func stridesOf(layout Layout, shape []int) []int {
	strides, step := make([]int, len(shape)), 1
	for i := range shape {
		axis := i
		if layout == RowMajor {
			axis = len(shape) - 1 - i
		}
		strides[axis] = step
		step *= max(shape[axis], 1)
	}
	return strides
}

// shapeText prints a shape as (2, 3).
func shapeText(shape []int) string {
	s := make([]string, len(shape))
	for i, d := range shape {
		s[i] = fmt.Sprint(d)
	}
	return "(" + strings.Join(s, ", ") + ")"
}

// A Part says that a tensor holds some of the rows of a larger table.
type Part struct {
	From, Of int // the first row, and how many rows there are in all
}

// WithPart notes that the rows of t are some of a larger table's; views of t
// and copies do not have the note. It returns t.
func (t *Tensor) WithPart(p Part) *Tensor {
	t.part = p
	return t
}

// Part is what WithPart noted; ok is false without a note. What learns from
// all rows at once can refuse a batch by it.
func (t *Tensor) Part() (p Part, ok bool) { return t.part, t.part.Of > 0 }

// WithColumns notes the names of the table's columns that the columns of t
// were gathered from; views of t and copies do not have the note. It returns
// t.
func (t *Tensor) WithColumns(names ...string) *Tensor {
	t.columns = slices.Clone(names)
	return t
}

// Columns is a copy of the names that WithColumns noted, nil without a note.
func (t *Tensor) Columns() []string { return slices.Clone(t.columns) }
