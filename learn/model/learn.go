package model

import "github.com/sheaf-go/sheaf/learn/tensor"

// Fitter is Fit with options, as a function that learn.Train takes:
//
//	err := learn.Train(t, m.Fitter(model.Epochs(5)), learn.Batch(t.Len()), …)
//
// The model itself, learn.Train(t, m, …), trains once on each batch of rows
// that it is given.
func (m *Model) Fitter(opts ...FitOption) func(x, y *tensor.Tensor) error {
	return func(x, y *tensor.Tensor) error {
		_, err := m.Fit(x, y, opts...)
		return err
	}
}
