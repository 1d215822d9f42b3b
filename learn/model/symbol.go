package model

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/sheaf-go/sheaf/notebooks/show"
)

// A Symbol stands for an array in a model that is being put together: an
// [Input], or what a layer makes of others ([Layer.Of]).
type Symbol struct {
	layer *Layer // nil for an input
	from  []*Symbol
	shape []int // of a row
	name  string
	err   error
}

// Input is an input of a model, given the shape of a row: Input(28) is 28
// features, Input(28, 28, 1) an image with one channel.
func Input(shape ...int) *Symbol {
	s := &Symbol{shape: slices.Clone(shape)}
	if len(shape) == 0 {
		s.err = errors.New("model: input: no lengths; want those of a row")
	} else if err := lengths("shape", shape); err != nil {
		s.err = fmt.Errorf("model: input: %w", err)
	}
	return s
}

// Named gives an input a name for summaries and errors, and returns it.
func (s *Symbol) Named(name string) *Symbol {
	if s.layer == nil {
		s.name = name
	}
	return s
}

// Of applies the layer to symbols. Applied again, it is the same layer with the
// same weights.
func (l *Layer) Of(x ...*Symbol) *Symbol {
	s := &Symbol{layer: l, from: slices.Clone(x)}
	in := make([][]int, len(x))
	for i, v := range x {
		if v == nil {
			s.err = l.failf("input %d is nil", i)
			return s
		}
		if v.err != nil {
			s.err = v.err
			return s
		}
		in[i] = v.shape
	}
	s.shape, s.err = l.fit(in)
	return s
}

// Err says why the symbol could not be made, nil if it could.
func (s *Symbol) Err() error { return s.err }

// Shape is the shape of a row, without the axis that counts rows.
func (s *Symbol) Shape() []int { return slices.Clone(s.shape) }

// Name is the name of the input or of the layer.
func (s *Symbol) Name() string {
	switch {
	case s.layer != nil:
		return s.layer.Name()
	case s.name != "":
		return s.name
	}
	return "input"
}

// String is the name and the shape.
func (s *Symbol) String() string {
	if s.err != nil {
		return s.err.Error()
	}
	return s.Name() + " " + strings.Replace(shapeOf(s.shape), "(n", "(None", 1)
}

// Display is the symbol as text.
func (s *Symbol) Display() show.Bundle { return show.Plain(s.String()) }

// Display is the layer as text.
func (l *Layer) Display() show.Bundle { return show.Plain(l.String()) }

var (
	_ show.Displayer = (*Symbol)(nil)
	_ show.Displayer = (*Layer)(nil)
)
