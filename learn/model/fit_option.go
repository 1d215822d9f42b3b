package model

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/sheaf-go/sheaf/learn/tensor"
)

// A FitOption is an argument of [Model.Fit]; [Model.Evaluate] takes some of them
// too.
type FitOption struct {
	name string
	set  func(*fitSettings) error
}

// String is the name of the option.
func (o FitOption) String() string { return "model." + o.name }

type fitSettings struct {
	epochs, batch    int
	ordered          bool
	split            float64
	validX, validY   []*tensor.Tensor
	sampleWeights    *tensor.Tensor
	classWeights     map[int]float64
	callbacks        []Callback
	whole, noSingles bool     // see WholeBatches, NoSingleRows
	features, labels []string // columns of a table
}

// Epochs is how often Fit goes through all rows, once by default.
func Epochs(n int) FitOption {
	return FitOption{"Epochs", func(s *fitSettings) error {
		s.epochs = n
		return atLeastOne("Epochs", n)
	}}
}

// Batch is how many rows make a step, 32 by default. The last batch of an epoch
// is what remains; a batch larger than the data is all of it.
func Batch(rows int) FitOption {
	return FitOption{"Batch", func(s *fitSettings) error {
		s.batch = rows
		return atLeastOne("Batch", rows)
	}}
}

func atLeastOne(what string, n int) error {
	if n < 1 {
		return fmt.Errorf("%s is %d; want at least 1", what, n)
	}
	return nil
}

// Shuffle says whether rows are put in another order for each epoch, as they
// are by default. A row's inputs, targets and weight stay together.
func Shuffle(on bool) FitOption {
	return FitOption{"Shuffle", func(s *fitSettings) error { s.ordered = !on; return nil }}
}

// ValidationSplit keeps the last share of the rows, as they come, from training:
// after each epoch the model is measured on them.
func ValidationSplit(share float64) FitOption {
	return FitOption{"ValidationSplit", func(s *fitSettings) error {
		s.split = share
		if !(share > 0 && share < 1) {
			return fmt.Errorf("ValidationSplit is %v; want between 0 and 1", share)
		}
		return nil
	}}
}

// Validation is rows on which the model is measured after each epoch.
func Validation(x, y *tensor.Tensor) FitOption {
	return ValidationAll([]*tensor.Tensor{x}, []*tensor.Tensor{y})
}

// ValidationAll is [Validation] for models with several inputs or outputs.
func ValidationAll(x, y []*tensor.Tensor) FitOption {
	return FitOption{"Validation", func(s *fitSettings) error { s.validX, s.validY = x, y; return nil }}
}

// SampleWeights is by how much each row counts in the loss; its shape is (n).
func SampleWeights(w *tensor.Tensor) FitOption {
	return FitOption{"SampleWeights", func(s *fitSettings) error {
		s.sampleWeights = w
		return usable(w)
	}}
}

// ClassWeights is by how much the rows of each class count in the loss; classes
// that are not named count 1. Targets are class numbers, one-hot, or 0 and 1.
func ClassWeights(w map[int]float64) FitOption {
	return FitOption{"ClassWeights", func(s *fitSettings) error {
		s.classWeights = w
		for k, x := range w {
			if !(x >= 0) || math.IsInf(x, 0) {
				return fmt.Errorf("ClassWeights has %v for class %d; want at least 0", x, k)
			}
		}
		return nil
	}}
}

// Callbacks are told of every epoch; see [Callback].
func Callbacks(c ...Callback) FitOption {
	return FitOption{"Callbacks", func(s *fitSettings) error {
		if at := slices.IndexFunc(c, func(c Callback) bool { return c == nil }); at >= 0 {
			return fmt.Errorf("callback %d is nil", at)
		}
		s.callbacks = append(s.callbacks, c...)
		return nil
	}}
}

// settings are the options of a verb that knows some.
func (m *Model) settings(verb string, opts []FitOption, known ...string) (*fitSettings, error) {
	s := &fitSettings{epochs: 1, batch: 32}
	for _, o := range opts {
		if o.set == nil {
			return nil, m.failf(verb, "the zero FitOption")
		}
		if len(known) > 0 && !slices.Contains(known, o.name) {
			return nil, m.failf(verb, "it has no option %s; it has %s", o.name, strings.Join(known, ", "))
		}
		if err := o.set(s); err != nil {
			return nil, m.failf(verb, "%w", err)
		}
	}
	if s.split > 0 && s.validX != nil {
		return nil, m.failf(verb, "both ValidationSplit and Validation; want one")
	}
	return s, nil
}
