package tensor

import (
	"fmt"

	"gonum.org/v1/gonum/blas/blas64"
	"gonum.org/v1/gonum/mat"
)

// Matrix is the tensor as a gonum matrix, without a copy: it sees later
// changes of the elements. A vector (n) is n×1; with three axes or more the
// second and later ones become the columns. A float64 tensor whose rows or
// columns are dense is a *[mat.Dense] or its transpose, which gonum hands to
// BLAS; any other is read element by element and converted. A tensor without
// elements is a matrix of 0 rows or 0 columns.
func (t *Tensor) Matrix() mat.Matrix {
	if t.data == nil {
		return view{}
	}
	m := t
	switch len(t.shape) {
	case 0:
		m = t.Reshape(1, 1)
	case 1:
		m = t.view(t.off, []int{t.shape[0], 1}, []int{t.strides[0], 1})
	case 2:
	default:
		m = t.Reshape(t.shape[0], product(t.shape[1:]))
	}
	v := view{m.data, m.off, m.shape[0], m.shape[1], m.strides[0], m.strides[1]}
	if d, ok := v.dense(); ok {
		return d
	}
	if d, ok := v.transposed().dense(); ok {
		return d.T()
	}
	return v
}

// view is a matrix over the memory of a tensor of any element type.
type view struct {
	data                      store
	off, rows, cols, byR, byC int
}

// Dims is the number of rows and columns.
func (v view) Dims() (r, c int) { return v.rows, v.cols }

// At is the element in row i and column j.
func (v view) At(i, j int) float64 {
	if i < 0 || i >= v.rows {
		panic(mat.ErrRowAccess)
	}
	if j < 0 || j >= v.cols {
		panic(mat.ErrColAccess)
	}
	return v.data.float(v.off + i*v.byR + j*v.byC)
}

// T is the transpose.
func (v view) T() mat.Matrix { return v.transposed() }

func (v view) transposed() view { return view{v.data, v.off, v.cols, v.rows, v.byC, v.byR} }

// dense is the view as gonum's own matrix where its rows are dense.
func (v view) dense() (*mat.Dense, bool) {
	s, ok := v.data.(nums[float64])
	step := v.byR
	if v.rows == 1 {
		step = v.cols
	}
	if !ok || v.rows == 0 || v.cols == 0 || (v.byC != 1 && v.cols != 1) || step < v.cols {
		return nil, false
	}
	end := v.off + (v.rows-1)*step + v.cols
	var d mat.Dense
	d.SetRawMatrix(blas64.General{Rows: v.rows, Cols: v.cols, Stride: step, Data: s[v.off:end:end]})
	return &d, true
}

// FromMatrix is the float64 tensor of shape (rows, columns) that copies a
// gonum matrix or vector.
func FromMatrix(m mat.Matrix) *Tensor {
	if m == nil {
		return fail("tensor: from matrix: nil")
	}
	r, c := m.Dims()
	t := New(Float64, r, c)
	if d, ok := m.(mat.RawMatrixer); ok {
		raw, out := d.RawMatrix(), t.data.(nums[float64])
		for i := range r {
			copy(out[i*c:(i+1)*c], raw.Data[i*raw.Stride:])
		}
		return t
	}
	out := t.data.(nums[float64])
	for i := range r {
		for j := range c {
			out[i*c+j] = m.At(i, j)
		}
	}
	return t
}

var (
	_ mat.Matrix   = view{}
	_ fmt.Stringer = (*Tensor)(nil)
)
