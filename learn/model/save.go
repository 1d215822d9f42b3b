package model

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/sheaf-go/sheaf/learn/tensor"
)

// The parts of a saved model; docs/MODEL_FORMAT.md describes them.
const (
	fileFormat    = "sheaf-model"
	fileVersion   = 1
	partModel     = "model.json"
	partWeights   = "weights.safetensors"
	partOptimizer = "optimizer.safetensors"
)

// modelFile is model.json.
type modelFile struct {
	Format     string      `json:"format"`
	Version    int         `json:"version"`
	Name       string      `json:"name"`
	DType      string      `json:"dtype"`
	Seed       uint64      `json:"seed,string"`
	Iterations int         `json:"iterations"`
	Columns    []string    `json:"columns,omitempty"`
	Layers     []layerFile `json:"layers"`
	Inputs     []inputFile `json:"inputs,omitempty"` // none while the shape is not known
	Uses       []useFile   `json:"uses,omitempty"`
	Outputs    []int       `json:"outputs,omitempty"`
	Compiled   *goalFile   `json:"compiled,omitempty"`
}

type layerFile struct {
	Kind         string            `json:"kind"`
	Name         string            `json:"name"`
	Auto         bool              `json:"auto_name,omitempty"`
	Frozen       bool              `json:"frozen,omitempty"`
	Settings     settings          `json:"settings"`
	Initializers map[string]config `json:"initializers,omitempty"`
	Regularizers map[string]config `json:"regularizers,omitempty"`
}

type inputFile struct {
	Name  string `json:"name,omitempty"`
	Shape []int  `json:"shape"`
}

// useFile is an application of a layer. Arrays are numbered: the inputs first,
// then what each use gives.
type useFile struct {
	Layer int   `json:"layer"`
	From  []int `json:"from"`
}

type goalFile struct {
	Optimizer   config    `json:"optimizer"`
	Losses      []config  `json:"losses"`
	LossWeights []float64 `json:"loss_weights,omitempty"`
	Metrics     []config  `json:"metrics,omitempty"`
	Functions   []string  `json:"functions,omitempty"` // what only the program has
}

// Save writes the model to a file: its layers, weights, what it is compiled for
// and what its optimizer remembers, so that training goes on as if nothing had
// been. The file is a zip of JSON and safetensors and holds no code; functions
// of yours are kept by name only. It is replaced whole or not at all.
// docs/MODEL_FORMAT.md describes it.
func (m *Model) Save(path string) error {
	b, err := m.Bytes()
	if err != nil {
		return err
	}
	if err := replaceFile(path, b); err != nil {
		return m.failf("save", "%w", err)
	}
	return nil
}

// Bytes is what [Model.Save] writes.
func (m *Model) Bytes() ([]byte, error) {
	if m == nil {
		return nil, m.failf("save", "the model is nil")
	}
	if m.err != nil {
		return nil, m.err
	}
	if m.pending == nil {
		if err := m.materialise(); err != nil {
			return nil, err
		}
	}
	text, err := json.MarshalIndent(m.file(), "", " ")
	if err != nil {
		return nil, m.failf("save", "%w", err)
	}
	var buf bytes.Buffer
	z := zip.NewWriter(&buf)
	part := func(name string, write func(io.Writer) error) {
		if err != nil {
			return
		}
		var w io.Writer
		if w, err = z.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Store}); err == nil {
			err = write(w)
		}
	}
	part(partModel, func(w io.Writer) error { _, err := w.Write(text); return err })
	part(partWeights, func(w io.Writer) error { return tensor.WriteSafetensors(w, m.weightFile(), nil) })
	if slots := m.slotFile(); len(slots) > 0 {
		part(partOptimizer, func(w io.Writer) error { return tensor.WriteSafetensors(w, slots, nil) })
	}
	if err == nil {
		err = z.Close()
	}
	if err != nil {
		return nil, m.failf("save", "%w", err)
	}
	return buf.Bytes(), nil
}

// weightFile is the weights by name.
func (m *Model) weightFile() map[string]*tensor.Tensor {
	out := map[string]*tensor.Tensor{}
	for _, l := range m.layers {
		for i, s := range l.specs {
			out[l.Name()+"/"+s.name] = l.vars[i].Value()
		}
	}
	return out
}

// slotFile is what the optimizer remembers, by name.
func (m *Model) slotFile() map[string]*tensor.Tensor {
	out := map[string]*tensor.Tensor{}
	if m.goal == nil {
		return out
	}
	for _, l := range m.layers {
		for i, s := range l.specs {
			for k, v := range m.goal.slots[l.vars[i]] {
				out[slotName(l, s, k)] = v.Value()
			}
		}
	}
	return out
}

func slotName(l *Layer, s weightSpec, k int) string {
	return fmt.Sprintf("%s/%s/slot%d", l.Name(), s.name, k)
}

func (m *Model) file() *modelFile {
	f := &modelFile{Format: fileFormat, Version: fileVersion, Name: m.name, DType: m.dtype.String(),
		Seed: m.seed, Iterations: m.iterations, Columns: m.columns}
	numbers := map[*Layer]int{}
	for i, l := range m.Layers() {
		numbers[l] = i
		f.Layers = append(f.Layers, l.file())
	}
	places := map[*Symbol]int{}
	for _, s := range m.inputs {
		places[s] = len(places)
		f.Inputs = append(f.Inputs, inputFile{s.name, s.shape})
	}
	for _, s := range m.order {
		u := useFile{Layer: numbers[s.layer]}
		for _, from := range s.from {
			u.From = append(u.From, places[from])
		}
		places[s] = len(places)
		f.Uses = append(f.Uses, u)
	}
	for _, s := range m.outputs {
		f.Outputs = append(f.Outputs, places[s])
	}
	if m.goal != nil {
		f.Compiled = m.goal.file()
	}
	return f
}

func (l *Layer) file() layerFile {
	f := layerFile{Kind: l.kind.name, Name: l.Name(), Auto: l.auto, Frozen: l.frozen, Settings: l.set}
	for name, i := range l.set.inits {
		if f.Initializers == nil {
			f.Initializers = map[string]config{}
		}
		f.Initializers[name] = i.config()
	}
	for name, r := range l.set.regs {
		if f.Regularizers == nil {
			f.Regularizers = map[string]config{}
		}
		f.Regularizers[name] = r.config()
	}
	return f
}

func (g *goal) file() *goalFile {
	f := &goalFile{Optimizer: g.optimizer.config(), LossWeights: g.shares}
	if s := g.optimizer.schedule; s != nil && s.fn != nil {
		f.Functions = append(f.Functions, fmt.Sprintf("schedule %q", s.config().Name))
	}
	for _, l := range g.losses {
		f.Losses = append(f.Losses, l.config())
		if l.isFunc() {
			f.Functions = append(f.Functions, fmt.Sprintf("loss %q", l.Name()))
		}
	}
	for _, mt := range g.metrics {
		f.Metrics = append(f.Metrics, mt.config())
		if mt.fn != nil || mt.loss != nil && mt.loss.isFunc() {
			f.Functions = append(f.Functions, fmt.Sprintf("metric %q", mt.Name()))
		}
	}
	return f
}

// replaceFile writes a file whole or not at all.
func replaceFile(path string, b []byte) error {
	if real, err := filepath.EvalSymlinks(path); err == nil {
		path = real
	}
	perm := os.FileMode(0o644)
	if info, err := os.Stat(path); err == nil {
		if !info.Mode().IsRegular() {
			return os.WriteFile(path, b, perm)
		}
		perm = info.Mode().Perm()
	}
	f, err := os.CreateTemp(filepath.Dir(path), ".model-*.tmp")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name()) // fails, rightly, once it is renamed
	_, err = f.Write(b)
	for _, do := range []func() error{func() error { return f.Chmod(perm) }, f.Sync} {
		if err == nil {
			err = do()
		}
	}
	if e := f.Close(); err == nil {
		err = e
	}
	if err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}
