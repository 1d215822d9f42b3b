package model

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strings"

	"github.com/sheaf-go/sheaf/learn/tensor"
)

// ErrFormat is what errors.Is finds in the error about a file that is no saved
// model, is damaged, or contradicts itself.
var ErrFormat = errors.New("model: malformed file")

type malformedError struct{ error }

// Is reports ErrFormat.
func (e malformedError) Is(target error) bool { return target == ErrFormat }

// Unwrap gives the cause.
func (e malformedError) Unwrap() error { return e.error }

func malformed(format string, args ...any) error {
	return malformedError{fmt.Errorf(format, args...)}
}

// A LoadOption is an argument of [Load].
type LoadOption struct{ layers []*Layer }

// With gives [Load] the layers of your own ([Lambda]) that the model has, which
// are found by their names.
func With(layers ...*Layer) LoadOption { return LoadOption{layers} }

// Load reads a model that [Model.Save] has written. No code is run; what the
// file claims is checked before memory is taken for it.
func Load(path string, opts ...LoadOption) (*Model, error) {
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("model: load: %w", err)
	}
	m, err := fromBytes(b, opts)
	if err != nil {
		return nil, fmt.Errorf("model: load %s: %w", path, err)
	}
	return m, nil
}

// FromBytes is [Load] for what [Model.Bytes] gives.
func FromBytes(b []byte, opts ...LoadOption) (*Model, error) {
	m, err := fromBytes(b, opts)
	if err != nil {
		return nil, fmt.Errorf("model: load: %w", err)
	}
	return m, nil
}

func fromBytes(b []byte, opts []LoadOption) (*Model, error) {
	parts, err := readParts(b)
	if err != nil {
		return nil, err
	}
	f, err := parseModel(parts[partModel])
	if err != nil {
		return nil, err
	}
	m, err := f.model(opts)
	if err != nil {
		return nil, err
	}
	if err := m.adoptWeights(parts[partWeights]); err != nil {
		return nil, err
	}
	if err := m.adoptGoal(f.Compiled, parts[partOptimizer]); err != nil {
		return nil, err
	}
	m.iterations = f.Iterations
	return m, nil
}

// readParts is the files of the zip, which lie there uncompressed, so that none
// can be larger than the whole.
func readParts(b []byte) (map[string][]byte, error) {
	z, err := zip.NewReader(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		return nil, malformedError{err}
	}
	parts := map[string][]byte{}
	for _, f := range z.File {
		if f.Name != partModel && f.Name != partWeights && f.Name != partOptimizer {
			return nil, malformed("a part %q; want %s, %s and %s", f.Name, partModel, partWeights, partOptimizer)
		}
		if parts[f.Name] != nil {
			return nil, malformed("two parts %q", f.Name)
		}
		if f.Method != zip.Store || f.UncompressedSize64 > uint64(len(b)) {
			return nil, malformed("%s claims %d bytes, compressed by method %d, in a file of %d; want uncompressed ones", f.Name, f.UncompressedSize64, f.Method, len(b))
		}
		r, err := f.Open()
		if err != nil {
			return nil, malformedError{err}
		}
		data := make([]byte, f.UncompressedSize64)
		if _, err := io.ReadFull(r, data); err != nil {
			return nil, malformed("%s: %w", f.Name, err)
		}
		if _, err := io.Copy(io.Discard, r); err != nil { // to the checksum
			return nil, malformed("%s: %w", f.Name, err)
		}
		parts[f.Name] = data
	}
	if parts[partModel] == nil || parts[partWeights] == nil {
		return nil, malformed("no %s or no %s; is it a saved model?", partModel, partWeights)
	}
	return parts, nil
}

func parseModel(text []byte) (*modelFile, error) {
	var head struct {
		Format  string
		Version int
	}
	if err := json.Unmarshal(text, &head); err != nil {
		return nil, malformed("%s: %w", partModel, err)
	}
	if head.Format != fileFormat || head.Version < 1 {
		return nil, malformed("%s: format %q, version %d; want %q", partModel, head.Format, head.Version, fileFormat)
	}
	if head.Version > fileVersion {
		return nil, fmt.Errorf("%s: version %d; this program reads up to %d", partModel, head.Version, fileVersion)
	}
	var f modelFile
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode(&f); err != nil {
		return nil, malformed("%s: %w", partModel, err)
	}
	return &f, nil
}

// model puts the model together, without weights.
func (f *modelFile) model(opts []LoadOption) (*Model, error) {
	own := map[string]*Layer{}
	for _, o := range opts {
		for _, l := range o.layers {
			if l == nil || l.err != nil {
				return nil, fmt.Errorf("a layer of With is nil or failed")
			}
			own[l.Name()] = l
		}
	}
	var layers []*Layer
	for _, lf := range f.Layers {
		l, err := lf.layer(own)
		if err != nil {
			return nil, err
		}
		layers = append(layers, l)
	}
	m := newModel(f.Name)
	m.seed, m.columns = f.Seed, f.Columns
	switch f.DType {
	case "float32":
	case "float64":
		m.dtype = tensor.Float64
	default:
		return nil, malformed("numbers are %q; want float32 or float64", f.DType)
	}
	if f.Iterations < 0 {
		return nil, malformed("%d iterations", f.Iterations)
	}
	if len(f.Inputs) == 0 {
		if len(layers) == 0 || len(f.Uses)+len(f.Outputs) > 0 {
			return nil, malformed("%d layers, no inputs, %d uses, %d outputs", len(layers), len(f.Uses), len(f.Outputs))
		}
		m.pending = layers
		return m, malformedIf(nameLayers(layers))
	}
	return m, f.connect(m, layers)
}

func malformedIf(err error) error {
	if err == nil {
		return nil
	}
	return malformedError{err}
}

// connect puts inputs, uses of layers and outputs together.
func (f *modelFile) connect(m *Model, layers []*Layer) error {
	var places []*Symbol
	for _, in := range f.Inputs {
		s := Input(in.Shape...).Named(in.Name)
		if s.err != nil {
			return malformedError{s.err}
		}
		places = append(places, s)
	}
	inputs := slices.Clone(places)
	pick := func(numbers []int) ([]*Symbol, error) {
		var out []*Symbol
		for _, n := range numbers {
			if n < 0 || n >= len(places) {
				return nil, malformed("array %d of %d", n, len(places))
			}
			out = append(out, places[n])
		}
		return out, nil
	}
	for _, u := range f.Uses {
		if u.Layer < 0 || u.Layer >= len(layers) {
			return malformed("layer %d of %d", u.Layer, len(layers))
		}
		from, err := pick(u.From)
		if err != nil {
			return err
		}
		s := layers[u.Layer].Of(from...)
		if s.err != nil {
			return malformedError{s.err}
		}
		places = append(places, s)
	}
	outputs, err := pick(f.Outputs)
	if err != nil {
		return err
	}
	if len(outputs) == 0 {
		return malformed("no outputs")
	}
	if err := m.connect(inputs, outputs); err != nil {
		return malformedError{err}
	}
	if len(m.order) != len(f.Uses) || len(m.layers) != len(layers) {
		return malformed("%d uses of %d layers, of which outputs need %d of %d", len(f.Uses), len(layers), len(m.order), len(m.layers))
	}
	return nil
}

// layer is a layer of the file, or the one of the program that it names.
func (f *layerFile) layer(own map[string]*Layer) (*Layer, error) {
	k := kinds[f.Kind]
	if k == nil {
		return nil, malformedError{unknown("kind of layer", f.Kind, slices.Collect(maps.Keys(kinds)))}
	}
	if f.Name == "" {
		return nil, malformed("a layer without a name")
	}
	if k == lambdaKind {
		l := own[f.Name]
		if l == nil {
			return nil, fmt.Errorf("layer %q is a function of the program that saved it; give it to Load as model.With(model.Lambda(%q, …))", f.Name, f.Name)
		}
		return l.freeze(f.Frozen), nil
	}
	l := &Layer{kind: k, set: f.Settings, name: f.Name, auto: f.Auto, frozen: f.Frozen, dtype: tensor.Float32}
	err := lengths("InputShape", l.set.InputShape)
	if err == nil && k.check != nil {
		err = k.check(&l.set)
	}
	if err != nil {
		return nil, malformedError{l.failf("%w", err)}
	}
	for name, c := range f.Initializers {
		i, err := initializerOf(c)
		if err != nil {
			return nil, malformedError{l.failf("%w", err)}
		}
		must(initOption("", name, i).set(l))
	}
	for name, c := range f.Regularizers {
		r, err := regularizerOf(c)
		if err != nil {
			return nil, malformedError{l.failf("%w", err)}
		}
		must(regOption("", name, r).set(l))
	}
	return l, nil
}

// adoptWeights makes the tensors of the file the layers' weights. No weight is
// made that the file does not hold.
func (m *Model) adoptWeights(b []byte) error {
	tensors, _, err := tensor.ReadSafetensors(bytes.NewReader(b))
	if err != nil {
		return malformed("%s: %w", partWeights, err)
	}
	for _, l := range m.layers {
		for _, s := range l.specs {
			name := l.Name() + "/" + s.name
			t := tensors[name]
			if err := m.fits(t, s.shape); err != nil {
				return malformed("%s: %s: %w", partWeights, name, err)
			}
			delete(tensors, name)
			l.vars = append(l.vars, newVariable(name, t))
		}
		l.dtype, l.changed = m.dtype, true
	}
	for name := range tensors {
		return malformed("%s: no layer has a weight %q", partWeights, name)
	}
	return nil
}

// fits wants a tensor of the model's type and of a shape.
func (m *Model) fits(t *tensor.Tensor, shape []int) error {
	switch {
	case t == nil:
		return errors.New("it is missing")
	case t.DType() != m.dtype:
		return fmt.Errorf("it is %v; want %v", t.DType(), m.dtype)
	case !slices.Equal(t.Shape(), shape):
		return fmt.Errorf("shape %s; want %s", shapeText(t.Shape()), shapeText(shape))
	}
	return nil
}

// adoptGoal compiles the model as it was. If a function of the program was part
// of that, it stays uncompiled.
func (m *Model) adoptGoal(f *goalFile, slots []byte) error {
	if f == nil {
		return nil
	}
	if len(f.Functions) > 0 {
		m.missing = strings.Join(f.Functions, " and ")
		return nil
	}
	var losses []*Loss
	for _, c := range f.Losses {
		losses = append(losses, lossOf(c))
	}
	var metrics []*Metric
	for _, c := range f.Metrics {
		metrics = append(metrics, metricOf(c))
	}
	if len(losses) == 0 {
		return malformed("compiled without a loss")
	}
	opts := []CompileOption{Losses(losses[1:]...), LossWeights(f.LossWeights...), Measure(metrics...)}
	if err := m.Compile(optimizerOf(f.Optimizer), losses[0], opts...); err != nil {
		return malformedError{err}
	}
	if slots == nil {
		return nil
	}
	return m.adoptSlots(slots)
}

// adoptSlots gives the optimizer back what it remembered.
func (m *Model) adoptSlots(b []byte) error {
	tensors, _, err := tensor.ReadSafetensors(bytes.NewReader(b))
	if err != nil {
		return malformed("%s: %w", partOptimizer, err)
	}
	for _, l := range m.layers {
		for i, s := range l.specs {
			for k := 0; ; k++ {
				name := slotName(l, s, k)
				t := tensors[name]
				if t == nil {
					break
				}
				if err := m.fits(t, s.shape); err != nil {
					return malformed("%s: %s: %w", partOptimizer, name, err)
				}
				delete(tensors, name)
				m.goal.slots[l.vars[i]] = append(m.goal.slots[l.vars[i]], newVariable(name, t))
				m.goal.made++
			}
		}
	}
	for name := range tensors {
		return malformed("%s: no weight has %q", partOptimizer, name)
	}
	return nil
}
