// Package keras reads and writes the architecture of models as Keras's JSON:
// what its to_json gives and model_from_json takes.
//
//	m, err := keras.FromJSON(text)
//	text, err := keras.ToJSON(m)
//
// It reads what Keras 2 (config a list of layers, as in 2.1.6, or an object, as
// in 2.2.4-tf) and Keras 3 write, sequential and functional models, and writes
// what Keras 3 writes. The JSON has no weights, so a model begins with new ones;
// Weights of a model with branches come in its own order, not in Keras's: go by
// the names of layers. Seeds of initialisers and of dropout are left out, as all
// that is random follows from the model's seed.
//
// A layer or a setting that package model lacks is an error that names it; it
// is never left out. The package does not read HDF5 or .keras files, and runs
// no code: a Lambda is refused.
package keras

import (
	"fmt"

	"github.com/sheaf-go/sheaf/learn/model"
)

// FromJSON is the model that the JSON describes, with new weights, not
// compiled. A sequential model may leave out the shape of its input; the first
// data then decide it. (MAD-21)
func FromJSON(text string) (*model.Model, error) {
	m, err := read([]byte(text))
	if err != nil {
		return nil, fmt.Errorf("keras: %w", err)
	}
	return m, nil
}

// ToJSON is the JSON that Keras 3 writes for such a model. A model whose layers
// follow one another, each used once, is a Sequential there, any other a
// Functional. A Lambda has no JSON, and neither has the activation gelu_tanh.
// (MAD-22)
func ToJSON(m *model.Model) (string, error) {
	text, err := write(m)
	if err != nil {
		return "", fmt.Errorf("keras: %w", err)
	}
	return string(text), nil
}
