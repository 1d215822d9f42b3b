package model

import (
	"encoding/binary"
	"fmt"
	"math"
	"slices"

	"github.com/sheaf-go/sheaf/learn/tensor"
)

// materialise makes the weights that are not there yet from the model's seed.
func (m *Model) materialise() error {
	for i, l := range m.layers {
		if l.vars == nil && len(l.specs) > 0 {
			if err := l.create(m.dtype, mix(m.seed, uint64(i))); err != nil {
				return err
			}
		}
		l.cast(m.dtype)
	}
	return nil
}

// create makes the layer's variables.
func (l *Layer) create(d tensor.DType, seed uint64) error {
	vars := make([]*tensor.Variable, len(l.specs))
	for i, s := range l.specs {
		t := tensor.New(d, s.shape...)
		if t.Err() != nil {
			return l.failf("%s: %w", s.name, t.Err())
		}
		vars[i] = newVariable(l.Name()+"/"+s.name, t)
	}
	l.dtype, l.vars = d, vars
	if err := l.begin(seed); err != nil {
		l.vars = nil
		return err
	}
	return nil
}

// newVariable is a variable over a tensor that was made for it.
func newVariable(name string, t *tensor.Tensor) *tensor.Variable {
	v, err := tensor.NewVariable(name, t)
	if err != nil {
		panic(err)
	}
	return v
}

// begin fills the layer's weights as its initialisers say.
func (l *Layer) begin(seed uint64) error {
	for i, s := range l.specs {
		if err := s.init.fill(l.vars[i].Value(), s.fanIn, s.fanOut, mix(seed, uint64(i))); err != nil {
			return l.failf("%s: %w", s.name, err)
		}
	}
	l.changed = false
	return nil
}

// mix makes a seed of a seed and a number (the finaliser of SplitMix64).
func mix(seed, n uint64) uint64 {
	z := seed + (n+1)*0x9e3779b97f4a7c15
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}

// cast gives the layer weights of another type, with the same values.
func (l *Layer) cast(d tensor.DType) {
	if l.dtype == d || l.vars == nil {
		return
	}
	l.dtype = d
	l.version++
	for i, v := range l.vars {
		l.vars[i] = newVariable(v.Name(), v.Value().Cast(d))
	}
}

// Reset gives the model the weights that it begins with under a seed, and
// forgets what the optimizer remembers.
func (m *Model) Reset(seed uint64) error {
	if m.err != nil {
		return m.err
	}
	m.seed = seed
	if err := m.materialise(); err != nil {
		return err
	}
	for i, l := range m.layers {
		if err := l.begin(mix(seed, uint64(i))); err != nil {
			return err
		}
	}
	m.forget()
	return nil
}

// forget makes the optimizer begin anew.
func (m *Model) forget() {
	m.iterations = 0
	if m.goal == nil {
		return
	}
	for _, slots := range m.goal.slots {
		for i, s := range slots {
			set(s.Value(), m.goal.optimizer.slotStart(i))
		}
	}
}

// set makes all elements of a row-major tensor of floats x.
func set(t *tensor.Tensor, x float64) {
	switch s := t.Raw().(type) {
	case []float32:
		for i := range s {
			s[i] = float32(x)
		}
	case []float64:
		for i := range s {
			s[i] = x
		}
	}
}

// variables is all variables in the order of layers, and their names in files.
func (m *Model) variables() []*tensor.Variable {
	var all []*tensor.Variable
	for _, l := range m.layers {
		all = append(all, l.vars...)
	}
	return all
}

// trained is the variables that training changes by gradients.
func (m *Model) trained() []*tensor.Variable {
	var all []*tensor.Variable
	for _, l := range m.layers {
		for i, s := range l.specs {
			if s.trained && !l.frozen {
				all = append(all, l.vars[i])
			}
		}
	}
	return all
}

// Weights is a copy of all weights in the order of layers, of each layer kernel
// and bias, or gamma, beta, moving mean and moving variance.
func (m *Model) Weights() []*tensor.Tensor {
	if m.ready("weights", nil) != nil {
		return nil
	}
	var out []*tensor.Tensor
	for _, v := range m.variables() {
		out = append(out, clone(v.Value()))
	}
	return out
}

// SetWeights sets all weights, in the order of [Model.Weights].
func (m *Model) SetWeights(w ...*tensor.Tensor) error {
	if err := m.ready("set weights", nil); err != nil {
		return err
	}
	vars := m.variables()
	if len(w) != len(vars) {
		return m.failf("set weights", "%d tensors; the model has %d weights", len(w), len(vars))
	}
	if err := checkWeights(vars, w); err != nil {
		return m.failf("set weights", "%w", err)
	}
	for i, v := range vars {
		must(v.Set(w[i].Cast(m.dtype)))
	}
	m.touch()
	return nil
}

// checkWeights wants a tensor of its shape for each variable.
func checkWeights(vars []*tensor.Variable, w []*tensor.Tensor) error {
	for i, v := range vars {
		if err := usable(w[i]); err != nil {
			return fmt.Errorf("%s: %w", v.Name(), err)
		}
		if want := v.Value().Shape(); !slices.Equal(w[i].Shape(), want) {
			return fmt.Errorf("%s: shape %s; want %s", v.Name(), shapeText(w[i].Shape()), shapeText(want))
		}
	}
	return nil
}

// must is for errors that a check before has ruled out.
func must(err error) {
	if err != nil {
		panic(err)
	}
}

// touch notes that the weights are no longer what the seed made them.
func (m *Model) touch() {
	for _, l := range m.layers {
		l.changed = true
	}
}

// Weights is a copy of the layer's weights; nil before a model has made them.
func (l *Layer) Weights() []*tensor.Tensor {
	var out []*tensor.Tensor
	for _, v := range l.vars {
		out = append(out, clone(v.Value()))
	}
	return out
}

// SetWeights sets the layer's weights, in the order of [Layer.Weights].
func (l *Layer) SetWeights(w ...*tensor.Tensor) error {
	if l.err != nil {
		return l.err
	}
	if len(w) != len(l.vars) {
		return l.failf("set weights: %d tensors; the layer has %d weights", len(w), len(l.vars))
	}
	if err := checkWeights(l.vars, w); err != nil {
		return l.failf("set weights: %w", err)
	}
	for i, v := range l.vars {
		must(v.Set(w[i].Cast(l.dtype)))
	}
	l.changed = true
	return nil
}

func clone(t *tensor.Tensor) *tensor.Tensor {
	c := tensor.New(t.DType(), t.Shape()...)
	copyValues(c, t)
	return c
}

// copyValues copies the elements between row-major tensors of one float type
// and length.
func copyValues(dst, src *tensor.Tensor) {
	switch d := dst.Raw().(type) {
	case []float32:
		copy(d, src.Float32s())
	case []float64:
		copy(d, src.Float64s())
	}
}

// WeightBytes is all weights as float32s, little-endian, one array after the
// other in the order of [Model.Weights]: 193 weights are 772 bytes. (MAD-28)
func (m *Model) WeightBytes() []byte {
	var b []byte
	for _, t := range m.Weights() {
		for _, x := range t.Float32s() {
			b = binary.LittleEndian.AppendUint32(b, math.Float32bits(x))
		}
	}
	return b
}

// SetWeightBytes sets all weights from what [Model.WeightBytes] gives. (MAD-28)
func (m *Model) SetWeightBytes(b []byte) error {
	if err := m.ready("set weight bytes", nil); err != nil {
		return err
	}
	if len(b)%4 != 0 || len(b)/4 != m.NumParams() {
		return m.failf("set weight bytes", "elements %d vs %d: %d bytes; want 4 for each of %d weights", len(b)/4, m.NumParams(), len(b), m.NumParams())
	}
	var w []*tensor.Tensor
	for _, v := range m.variables() {
		x := make([]float32, v.Value().Len())
		for i := range x {
			x[i] = math.Float32frombits(binary.LittleEndian.Uint32(b[4*i:]))
		}
		b = b[4*len(x):]
		w = append(w, tensor.FromSlice(v.Value().Shape(), x))
	}
	return m.SetWeights(w...)
}

// A state is a model's weights at one time, and what its optimizer remembered.
type state struct {
	live, kept []memory // of all arrays: the model's, and their copies
	arrays     map[*tensor.Variable]bool
	iterations int
}

// keep copies the model's state.
func (m *Model) keep() *state {
	s := &state{arrays: map[*tensor.Variable]bool{}}
	m.retake(s)
	return s
}

// retake copies the model's state into one that was kept before.
func (m *Model) retake(s *state) {
	if len(s.live) < m.arrays() {
		m.extend(s)
	}
	for i := range s.live {
		s.kept[i].copy(&s.live[i])
	}
	s.iterations = m.iterations
}

// arrays is how many variables the model and its optimizer have.
func (m *Model) arrays() int {
	n := m.goal.made
	for _, l := range m.layers {
		n += len(l.vars)
	}
	return n
}

// extend makes room for variables that have been made since.
func (m *Model) extend(s *state) {
	for _, v := range m.variables() {
		for _, x := range append([]*tensor.Variable{v}, m.goal.slots[v]...) {
			if !s.arrays[x] {
				s.arrays[x] = true
				s.live = append(s.live, newMemory(x.Value(), 1))
				s.kept = append(s.kept, newMemory(clone(x.Value()), 1))
			}
		}
	}
}

// restore goes back to a state. What the optimizer has made since is as it was
// when it was new.
func (m *Model) restore(s *state) {
	for i := range s.live {
		s.live[i].copy(&s.kept[i])
	}
	for _, slots := range m.goal.slots {
		for i, x := range slots {
			if !s.arrays[x] {
				set(x.Value(), m.goal.optimizer.slotStart(i))
			}
		}
	}
	m.iterations = s.iterations
}

// notFinite is the name of the first layer with a weight that is NaN or
// infinite.
func (m *Model) notFinite() string {
	for _, l := range m.layers {
		for _, v := range l.vars {
			if !allFinite(v.Value()) {
				return l.Name()
			}
		}
	}
	return ""
}

// allFinite reports whether a row-major tensor of floats holds only finite
// numbers.
func allFinite(t *tensor.Tensor) bool {
	switch s := t.Raw().(type) {
	case []float32:
		return firstBad(s) < 0
	case []float64:
		return firstBad(s) < 0
	}
	return true
}

// firstBad is where the first NaN or infinity is, -1 without one.
func firstBad[T float32 | float64](s []T) int {
	for i, x := range s {
		if x-x != 0 {
			return i
		}
	}
	return -1
}
