package model

import (
	"fmt"
	"math"

	"github.com/sheaf-go/sheaf/learn/tensor"
)

// weigh gives the rows of a data set their weights, if there are any.
func (m *Model) weigh(d *dataset, s *fitSettings) error {
	if s.sampleWeights == nil && s.classWeights == nil {
		return nil
	}
	w := make([]float64, d.rows)
	for i := range w {
		w[i] = 1
	}
	if t := s.sampleWeights; t != nil {
		if t.Len() != d.rows || t.NDim() == 0 || t.Dim(0) != d.rows {
			return fmt.Errorf("sample weights have shape %s; want (%d)", shapeText(t.Shape()), d.rows)
		}
		copy(w, t.Float64s())
		for i, x := range w {
			if !(x >= 0) || math.IsInf(x, 0) {
				return fmt.Errorf("the sample weight of row %d is %v; want at least 0", i, x)
			}
		}
	}
	if s.classWeights != nil {
		if len(d.y) != 1 {
			return fmt.Errorf("ClassWeights is for models with one output; this one has %d", len(d.y))
		}
		for i := range w {
			k, err := d.y[0].class(i)
			if err != nil {
				return err
			}
			if x, ok := s.classWeights[k]; ok {
				w[i] *= x
			}
		}
	}
	if d.w.width = 1; m.dtype == tensor.Float64 {
		d.w.f64 = w
	} else {
		d.w.f32 = tensor.FromSlice([]int{len(w)}, w).Float32s()
	}
	return nil
}

// class is the class of a row of targets.
func (d *memory) class(row int) (int, error) {
	if d.i32 != nil {
		if d.width != 1 {
			return 0, fmt.Errorf("ClassWeights is for one class for each row; here are %d", d.width)
		}
		return int(d.i32[row]), nil
	}
	at := func(j int) float64 {
		if d.f64 != nil {
			return d.f64[row*d.width+j]
		}
		return float64(d.f32[row*d.width+j])
	}
	if d.width == 1 {
		if x := at(0); x == math.Trunc(x) {
			return int(x), nil
		}
		return 0, fmt.Errorf("ClassWeights is for classes; y is %v in row %d", at(0), row)
	}
	best := 0
	for j := range d.width {
		if at(j) > at(best) {
			best = j
		}
	}
	return best, nil
}
