package model

import (
	"fmt"
	"math"

	"github.com/sheaf-go/sheaf/learn/tensor"
)

// An array is the memory of a tensor in row-major order.
type array struct {
	f32 []float32
	f64 []float64
	i32 []int32
}

func arrayOf(t *tensor.Tensor) (array, error) {
	if err := t.Err(); err != nil {
		return array{}, err
	}
	switch v := t.AsLayout(tensor.RowMajor).Raw().(type) {
	case []float32:
		return array{f32: v}, nil
	case []int32:
		return array{i32: v}, nil
	case []float64:
		return array{f64: v}, nil
	}
	return array{f64: t.Float64s()}, nil
}

func (a *array) at(i int) float64 {
	switch {
	case a.f32 != nil:
		return float64(a.f32[i])
	case a.i32 != nil:
		return float64(a.i32[i])
	}
	return a.f64[i]
}

// argmax is the place of the largest of n elements, the first of several.
func (a *array) argmax(from, n int) int {
	best := 0
	if a.f32 != nil {
		row := a.f32[from : from+n]
		for i, v := range row {
			if v > row[best] {
				best = i
			}
		}
		return best
	}
	for i := 1; i < n; i++ {
		if a.at(from+i) > a.at(from+best) {
			best = i
		}
	}
	return best
}

// A scored is a batch of targets and predictions: rows of columns along the
// last axis. A sample of more than two axes has several rows.
type scored struct {
	yTensor, pTensor *tensor.Tensor

	y, p        array
	rows        int
	cols, yCols int // of predictions and of targets
	perSample   int // rows
	w           []float64
	logits      string
	scratch     []float64
}

func newScored(m *Metric, y, p *tensor.Tensor) (*scored, error) {
	b := &scored{yTensor: y, pTensor: p, logits: m.logits}
	var err error
	if b.y, err = arrayOf(y); err != nil {
		return nil, err
	}
	if b.p, err = arrayOf(p); err != nil {
		return nil, err
	}
	if p.NDim() == 0 || y.NDim() == 0 || y.Dim(0) != p.Dim(0) {
		return nil, fmt.Errorf("targets have shape %v, predictions %v; want as many samples", y.Shape(), p.Shape())
	}
	b.cols, b.perSample = 1, 1
	if p.NDim() > 1 {
		b.cols = p.Dim(-1)
		for _, d := range p.Shape()[1 : p.NDim()-1] {
			b.perSample *= d
		}
	}
	b.rows, b.yCols = p.Dim(0)*b.perSample, 1
	if b.rows > 0 {
		b.yCols = y.Len() / b.rows
	}
	if b.cols == 0 || b.yCols*b.rows != y.Len() || b.yCols != 1 && b.yCols != b.cols {
		return nil, fmt.Errorf("targets have shape %v, predictions %v; want class numbers or equal shapes", y.Shape(), p.Shape())
	}
	b.scratch = make([]float64, b.cols)
	return b, nil
}

// weight is that of the sample of a row.
func (b *scored) weight(row int) float64 {
	if b.w == nil {
		return 1
	}
	return b.w[row/b.perSample]
}

// classes reports whether targets are the numbers of columns.
func (b *scored) classes() bool { return b.yCols == 1 && b.cols > 1 }

// class is the target of a row as the number of a column.
func (b *scored) class(row int) (int, error) {
	if !b.classes() {
		return b.y.argmax(row*b.cols, b.cols), nil
	}
	v := b.y.at(row)
	if v != math.Trunc(v) || v < 0 || v >= float64(b.cols) {
		return 0, fmt.Errorf("target %v in row %d; want a class number from 0 to %d", v, row, b.cols-1)
	}
	return int(v), nil
}

// probabilities are the predictions of a row; the slice is used again for the
// next.
func (b *scored) probabilities(row int) []float64 {
	out := b.scratch
	for i := range out {
		out[i] = b.p.at(row*b.cols + i)
	}
	switch b.logits {
	case "sigmoid":
		for i, x := range out {
			out[i] = 1 / (1 + math.Exp(-x))
		}
	case "softmax":
		top, sum := out[b.p.argmax(row*b.cols, b.cols)], 0.0
		for i, x := range out {
			out[i] = math.Exp(x - top)
			sum += out[i]
		}
		for i := range out {
			out[i] /= sum
		}
	}
	return out
}

// each calls f for each element that a metric of two classes looks at: whether
// it is true, and its probability.
func (b *scored) each(f func(yes bool, p, w float64) error) error {
	for row := range b.rows {
		w, probs := b.weight(row), b.probabilities(row)
		if b.classes() {
			k, err := b.class(row)
			if err != nil {
				return err
			}
			if b.cols == 2 {
				if err := f(k == 1, probs[1], w); err != nil {
					return err
				}
				continue
			}
			for c, p := range probs {
				if err := f(c == k, p, w); err != nil {
					return err
				}
			}
			continue
		}
		for c, p := range probs {
			if err := f(b.y.at(row*b.cols+c) != 0, p, w); err != nil {
				return err
			}
		}
	}
	return nil
}

// A mean is of numbers with weights.
type mean struct{ sum, weight float64 }

func (m *mean) count(x, w float64) {
	m.sum += x * w
	m.weight += w
}

func (m *mean) result() float64 { return m.sum / m.weight }

// add averages predictions, which are the values of a composed metric.
func (m *mean) add(b *scored) error {
	for row := range b.rows {
		for c := range b.cols {
			m.count(b.p.at(row*b.cols+c), b.weight(row))
		}
	}
	return nil
}
