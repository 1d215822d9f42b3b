package model

import (
	"fmt"
	"math"
	"slices"

	"github.com/sheaf-go/sheaf/learn/tensor"
)

// A memory is rows of numbers: those of a data set, or a batch's place in a
// program. One of the slices is in use; none where a program has no such input.
type memory struct {
	f32   []float32
	f64   []float64
	i32   []int32
	width int // elements of a row
}

// newMemory is the memory of a row-major tensor of a number of rows.
func newMemory(t *tensor.Tensor, rows int) memory {
	if t == nil {
		return memory{}
	}
	d := memory{width: t.Len() / max(rows, 1)}
	switch s := t.Raw().(type) {
	case []float32:
		d.f32 = s
	case []float64:
		d.f64 = s
	case []int32:
		d.i32 = s
	}
	return d
}

func (d *memory) first() float64 {
	if d.f64 != nil {
		return d.f64[0]
	}
	return float64(d.f32[0])
}

// set makes a single number x, if the program has it.
func (d *memory) set(x float64) {
	switch {
	case d.f32 != nil:
		d.f32[0] = float32(x)
	case d.f64 != nil:
		d.f64[0] = x
	}
}

// copy takes over all numbers of another memory of the same length.
func (d *memory) copy(src *memory) {
	copy(d.f32, src.f32)
	copy(d.f64, src.f64)
}

// slice is some of the rows, sharing memory.
func (d memory) slice(from, to int) memory {
	a, b := from*d.width, to*d.width
	switch {
	case d.f32 != nil:
		d.f32 = d.f32[a:b]
	case d.f64 != nil:
		d.f64 = d.f64[a:b]
	case d.i32 != nil:
		d.i32 = d.i32[a:b]
	}
	return d
}

// take copies rows of another memory, by number, to the beginning of this one.
func (d *memory) take(src *memory, rows []int32) {
	switch {
	case d.f32 != nil:
		takeRows(d.f32, src.f32, d.width, rows)
	case d.f64 != nil:
		takeRows(d.f64, src.f64, d.width, rows)
	case d.i32 != nil:
		takeRows(d.i32, src.i32, d.width, rows)
	}
}

func takeRows[T any](dst, src []T, width int, rows []int32) {
	if width == 1 {
		for i, r := range rows {
			dst[i] = src[r]
		}
		return
	}
	for i, r := range rows {
		copy(dst[i*width:][:width], src[int(r)*width:])
	}
}

// put copies n rows of another memory, from one on, to a place in this one.
func (d *memory) put(at int, src *memory, from, n int) {
	a, b, c := at*d.width, from*d.width, n*d.width
	switch {
	case d.f32 != nil:
		copy(d.f32[a:a+c], src.f32[b:])
	case d.f64 != nil:
		copy(d.f64[a:a+c], src.f64[b:])
	case d.i32 != nil:
		copy(d.i32[a:a+c], src.i32[b:])
	}
}

// A dataset is rows ready to be copied into programs.
type dataset struct {
	rows int
	x, y []memory
	w    memory // one weight for each row, or nothing
}

func (d *dataset) weighted() bool { return d.w.f32 != nil || d.w.f64 != nil }

// slice is some of the rows.
func (d *dataset) slice(from, to int) *dataset {
	out := &dataset{rows: to - from, w: d.w.slice(from, to)}
	for _, c := range d.x {
		out.x = append(out.x, c.slice(from, to))
	}
	for _, c := range d.y {
		out.y = append(out.y, c.slice(from, to))
	}
	return out
}

// fill copies a batch into the runner: rows by number where order is given,
// else n rows from one on.
func (r *runner) fill(d *dataset, from, n int, order []int32) {
	if order != nil {
		order = order[from : from+n]
		for i := range r.x {
			r.x[i].take(&d.x[i], order)
		}
		for i := range r.y {
			r.y[i].take(&d.y[i], order)
		}
		r.w.take(&d.w, order)
		return
	}
	for i := range r.x {
		r.x[i].put(0, &d.x[i], from, n)
	}
	for i := range r.y {
		r.y[i].put(0, &d.y[i], from, n)
	}
	r.w.put(0, &d.w, from, n)
}

// features checks and converts the inputs of a verb.
func (m *Model) features(verb string, x []*tensor.Tensor) (*dataset, error) {
	if len(x) != len(m.inputs) {
		return nil, m.failf(verb, "%d inputs; the model has %d", len(x), len(m.inputs))
	}
	d := &dataset{}
	for i, t := range x {
		name := "x"
		if len(x) > 1 {
			name = fmt.Sprintf("x %d (%s)", i, m.inputs[i].Name())
		}
		c, n, err := m.numbers(name, t, m.inputs[i].shape)
		if err != nil {
			return nil, m.failf(verb, "%w", err)
		}
		if i > 0 && n != d.rows {
			return nil, m.failf(verb, "x 0 has %d rows, %s has %d", d.rows, name, n)
		}
		d.rows = n
		d.x = append(d.x, c)
	}
	return d, nil
}

// numbers converts a tensor whose rows have a shape, and refuses what is not
// finite.
func (m *Model) numbers(name string, t *tensor.Tensor, row []int) (memory, int, error) {
	if err := usable(t); err != nil {
		return memory{}, 0, fmt.Errorf("%s: %w", name, err)
	}
	shape := t.Shape()
	if !fitsRows(shape, row) {
		return memory{}, 0, fmt.Errorf("%s has shape %s; want %s", name, shapeText(shape), shapeOf(row))
	}
	d := memory{width: product(row)}
	bad := -1
	if m.dtype == tensor.Float64 {
		d.f64 = t.Float64s()
		bad = firstBad(d.f64)
	} else {
		d.f32 = t.Float32s()
		bad = firstBad(d.f32)
	}
	if bad >= 0 {
		return memory{}, 0, m.badNumber(name, t.Float64s()[bad], bad, d.width)
	}
	return d, shape[0], nil
}

// badNumber is the error about an element that is not finite, or not in
// float32.
func (m *Model) badNumber(name string, x float64, at, width int) error {
	where := fmt.Sprintf("row %d", at/width)
	if width > 1 {
		where += fmt.Sprintf(", column %d", at%width)
		if name == "x" && len(m.columns) == width {
			where += fmt.Sprintf(" (%s)", m.columns[at%width])
		}
	}
	if !math.IsNaN(x) && !math.IsInf(x, 0) {
		return fmt.Errorf("%s is %v in %s, too large for float32; scale it, or compile with model.Float64()", name, x, where)
	}
	return fmt.Errorf("%s is %v in %s; want finite numbers", name, x, where)
}

// fitsRows reports whether a tensor of a shape holds rows of another: they are
// equal, rows of one number are a vector, or rows of several axes are given as
// columns, as tables have them.
func fitsRows(shape, row []int) bool {
	switch {
	case len(shape) == 0:
		return false
	case slices.Equal(shape[1:], row):
		return true
	case len(shape) == 1:
		return product(row) == 1
	case len(shape) == 2:
		return shape[1] == product(row)
	case len(shape) == len(row) && row[len(row)-1] == 1: // images of one channel
		return slices.Equal(shape[1:], row[:len(row)-1])
	}
	return false
}

// dataset checks and converts inputs and targets.
func (m *Model) dataset(verb string, x, y []*tensor.Tensor) (*dataset, error) {
	d, err := m.features(verb, x)
	if err != nil {
		return nil, err
	}
	if len(y) != len(m.outputs) {
		return nil, m.failf(verb, "%d targets; the model has %d outputs", len(y), len(m.outputs))
	}
	for i, t := range y {
		name := "y"
		if len(y) > 1 {
			name = fmt.Sprintf("y %d (%s)", i, m.outputs[i].Name())
		}
		c, n, err := m.targets(name, t, i)
		if err != nil {
			return nil, m.failf(verb, "%w", err)
		}
		if n != d.rows {
			return nil, m.failf(verb, "x has %d rows, %s has %d", d.rows, name, n)
		}
		d.y = append(d.y, c)
	}
	return d, nil
}

// targets converts the targets of an output as its loss wants them.
func (m *Model) targets(name string, t *tensor.Tensor, output int) (memory, int, error) {
	if err := usable(t); err != nil {
		return memory{}, 0, fmt.Errorf("%s: %w", name, err)
	}
	loss, out := m.goal.loss(output), m.outputs[output]
	shape := t.Shape()
	if len(shape) == 0 {
		return memory{}, 0, fmt.Errorf("%s is a single number; want rows", name)
	}
	if loss.sparse() {
		return m.labels(name, t, loss, out)
	}
	if err := loss.check(shape[1:], out.shape, !t.DType().IsFloat()); err != nil {
		return memory{}, 0, fmt.Errorf("output %s: %w", out.Name(), err)
	}
	if product(shape[1:]) != product(out.shape) { // of a user's loss
		return memory{}, 0, fmt.Errorf("%s has shape %s; output %s has %s", name, shapeText(shape), out.Name(), shapeOf(out.shape))
	}
	return m.numbers(name, t.Reshape(append([]int{shape[0]}, out.shape...)...), out.shape)
}

// labels converts class numbers, and refuses those that the output does not
// have.
func (m *Model) labels(name string, t *tensor.Tensor, loss *Loss, out *Symbol) (memory, int, error) {
	whole, notWhole := wholeNumbers(t)
	if err := loss.check(t.Shape()[1:], out.shape, whole != nil); err != nil {
		if notWhole >= 0 {
			err = fmt.Errorf("%w: %s is %v in row %d", err, name, t.Float64s()[notWhole], notWhole)
		}
		return memory{}, 0, fmt.Errorf("output %s: %w", out.Name(), err)
	}
	classes := out.shape[len(out.shape)-1]
	labels := make([]int32, len(whole))
	width := max(product(out.shape[:len(out.shape)-1]), 1)
	for i, v := range whole {
		if v < 0 || v >= int64(classes) {
			return memory{}, 0, fmt.Errorf("%s is %d in row %d; output %s has %d classes, so want 0 to %d", name, v, i/width, out.Name(), classes, classes-1)
		}
		labels[i] = int32(v)
	}
	return memory{i32: labels, width: width}, t.Dim(0), nil
}

// wholeNumbers is the elements if all are whole, else where the first other is.
func wholeNumbers(t *tensor.Tensor) (whole []int64, notWhole int) {
	if t.DType().IsFloat() {
		for i, x := range t.Float64s() {
			if x != math.Trunc(x) || math.Abs(x) > 1<<53 {
				return nil, i
			}
		}
	}
	if w := t.Int64s(); w != nil {
		return w, -1
	}
	return []int64{}, -1
}
