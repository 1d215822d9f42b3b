package model

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/sheaf-go/sheaf/internal/near"
	"github.com/sheaf-go/sheaf/learn/tensor"
)

// A config is what a loss, an optimizer, an initializer and their like are
// saved as: the name and what was set.
type config struct {
	Name    string               `json:"name"`
	Numbers map[string]float64   `json:"numbers,omitempty"`
	Lists   map[string][]float64 `json:"lists,omitempty"`
	Texts   map[string]string    `json:"texts,omitempty"`
	Of      *config              `json:"of,omitempty"` // such as the schedule of an optimizer
}

// take returns a number and removes it, so that left tells what nobody knows.
func (c *config) take(name string, otherwise float64) float64 {
	x, ok := c.Numbers[name]
	if !ok {
		return otherwise
	}
	delete(c.Numbers, name)
	return x
}

// left is an error if numbers have not been taken.
func (c *config) left(what string) error {
	for _, name := range slices.Sorted(maps.Keys(c.Numbers)) {
		return fmt.Errorf("model: %s %s has no number %q", what, c.Name, name)
	}
	return nil
}

// clone is c with numbers that can be taken.
func (c config) clone() config {
	c.Numbers = maps.Clone(c.Numbers)
	return c
}

func flag(on bool) float64 {
	if on {
		return 1
	}
	return 0
}

// noSuch is the error of a name that nothing has.
func noSuch(what, name string, known []string) error {
	if meant := near.Name(name, slices.Values(known)); meant != "" {
		return fmt.Errorf("model: no %s %q; did you mean %q?", what, name, meant)
	}
	return fmt.Errorf("model: no %s %q; there are %s", what, name, strings.Join(slices.Sorted(slices.Values(known)), ", "))
}

// failNode is a node of n's graph that carries an error of ours.
func failNode(n *tensor.Node, format string, args ...any) *tensor.Node {
	if n.Err() != nil {
		return n
	}
	return n.Graph().Fail(fmt.Errorf(format, args...))
}

// shapeOf prints a shape whose first axis is the batch, as (n, 3).
func shapeOf(rest []int) string {
	s := "(n"
	for _, d := range rest {
		s += fmt.Sprintf(", %d", d)
	}
	return s + ")"
}
