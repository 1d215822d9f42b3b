package model

import "encoding/json"

// Architecture is the layers of the model and how they are put together: the
// model.json of a saved model (docs/MODEL_FORMAT.md) without what it is compiled
// for, and with "shapes", that of a row of each array. It has no weights, and a
// model needs none for it. Package keras writes models from it.
func (m *Model) Architecture() ([]byte, error) {
	if m == nil {
		return nil, m.failf("architecture", "the model is nil")
	}
	if m.err != nil {
		return nil, m.err
	}
	f := struct {
		*modelFile
		Shapes [][]int `json:"shapes,omitempty"`
	}{m.file(), append(shapesOf(m.inputs), shapesOf(m.order)...)}
	f.Compiled, f.Iterations = nil, 0
	text, err := json.Marshal(f)
	if err != nil {
		return nil, m.failf("architecture", "%w", err)
	}
	return text, nil
}
