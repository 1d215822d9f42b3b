package keras_test

import (
	"encoding/json"
	"maps"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/sheaf-go/sheaf/internal/clients"
	"github.com/sheaf-go/sheaf/internal/needs"
	"github.com/sheaf-go/sheaf/learn/model"
	"github.com/sheaf-go/sheaf/learn/model/keras"
	"github.com/sheaf-go/sheaf/learn/tensor"
)

// An array is one in JSON for testdata/reread.py.
type array struct {
	Shape []int     `json:"shape"`
	Data  []float64 `json:"data"`
}

type request struct {
	JSON    string             `json:"json"`
	Weights map[string][]array `json:"weights"`
	X       []array            `json:"x"`
}

type answer struct {
	Error, JSON     string
	Params, Trained int
	Predicted       []array
}

func arrays(ts []*tensor.Tensor) []array {
	out := []array{}
	for _, v := range ts {
		out = append(out, array{append([]int{}, v.Shape()...), v.Float64s()})
	}
	return out
}

// TestMAD22RealKeras: real Keras reads what is written, has as many weights,
// predicts the same with the same ones; and what it then writes itself is read
// again as the same model.
func TestMAD22RealKeras(t *testing.T) {
	if testing.Short() {
		t.Skip("may have to make a Python environment; -short leaves it out")
	}
	env, err := clients.Oracle(t.Context(), "keras", t.Output())
	needs.Have(t, err)
	all := models(t)
	for _, name := range []string{"sequential-2.1.6.json", "sequential-2.2.4-tf.json", "functional-2.json"} {
		all[name] = fromFile(t, name)
	}
	all["waiting"] = model.Sequential(model.Dense(3, model.Act("mish")), model.Flatten()) // Keras builds it by the data
	names := slices.Sorted(maps.Keys(all))
	inputs := map[string][]*tensor.Tensor{}
	var requests []request
	r := rand.New(rand.NewPCG(21, 22))
	for _, name := range names {
		m := all[name]
		shapes := m.InputShapes()
		text, err := keras.ToJSON(m)
		if err != nil {
			t.Fatal(name, err)
		}
		if shapes == nil {
			shapes = [][]int{{4}}
		}
		var x []*tensor.Tensor
		for _, shape := range shapes {
			x = append(x, randomTensor(r, append([]int{3}, shape...)))
		}
		inputs[name] = x
		requests = append(requests, request{text, weightsOf(t, r, m), arrays(x)})
	}
	for i, a := range ask(t, env.Python(), requests, func(ask, answer string) error {
		_, err := clients.Script(t.Context(), env, filepath.Join("testdata", "reread.py"), ask, answer)
		return err
	}) {
		name := names[i]
		if a.Error != "" {
			t.Errorf("%s: %s\n%s", name, a.Error, requests[i].JSON)
			continue
		}
		compare(t, name, all[name], inputs[name], a)
	}
}

// weightsOf gives the model other weights, and returns them by layer. Variances
// stay positive.
func weightsOf(t *testing.T, r *rand.Rand, m *model.Model) map[string][]array {
	t.Helper()
	out := map[string][]array{}
	if m.InputShapes() != nil {
		if err := m.Reset(1); err != nil {
			t.Fatal(err)
		}
	}
	for _, l := range m.Layers() {
		if l.NumParams() == 0 {
			continue
		}
		var w []*tensor.Tensor
		for _, v := range l.Weights() {
			w = append(w, randomTensor(r, v.Shape()))
		}
		if l.Kind() == "BatchNormalization" {
			last := w[len(w)-1]
			for i := range last.Len() {
				last.SetAt(0.5+r.Float64(), i)
			}
		}
		if err := l.SetWeights(w...); err != nil {
			t.Fatal(err)
		}
		out[l.Name()] = arrays(l.Weights())
	}
	return out
}

func randomTensor(r *rand.Rand, shape []int) *tensor.Tensor {
	n := 1
	for _, d := range shape {
		n *= d
	}
	v := make([]float64, n)
	for i := range v {
		v[i] = float64(float32(2*r.Float64() - 1))
	}
	return tensor.FromFloat64s(shape, v...)
}

// ask has the script answer requests.
func ask(t *testing.T, python string, requests []request, run func(ask, answer string) error) []answer {
	t.Helper()
	dir := t.TempDir()
	in, out := filepath.Join(dir, "ask.json"), filepath.Join(dir, "answer.json")
	data, err := json.Marshal(requests)
	if err == nil {
		err = os.WriteFile(in, data, 0o644)
	}
	if err == nil {
		err = run(in, out)
	}
	if err == nil {
		data, err = os.ReadFile(out)
	}
	var answers []answer
	if err == nil {
		err = json.Unmarshal(data, &answers)
	}
	if err != nil || len(answers) != len(requests) {
		t.Fatalf("%s: %d answers to %d requests: %v", python, len(answers), len(requests), err)
	}
	return answers
}

func compare(t *testing.T, name string, m *model.Model, x []*tensor.Tensor, a answer) {
	t.Helper()
	again, err := keras.FromJSON(a.JSON)
	if err != nil {
		t.Errorf("%s, written by Keras: %v\n%s", name, err, a.JSON)
		return
	}
	waits := m.InputShapes() == nil
	if !waits {
		if a.Params != m.NumParams() || a.Trained != m.NumTrainable() {
			t.Errorf("%s: Keras has %d weights and trains %d; want %d and %d", name, a.Params, a.Trained, m.NumParams(), m.NumTrainable())
		}
		sameLayers(t, name, m, again)
		if err := again.Reset(1); err != nil {
			t.Fatal(name, err)
		}
		for _, l := range m.Layers() {
			if l.NumParams() == 0 {
				continue
			}
			if err := again.Layer(l.Name()).SetWeights(l.Weights()...); err != nil {
				t.Fatal(name, err)
			}
		}
	}
	for _, m := range []*model.Model{m, again} {
		got, err := m.PredictAll(x...)
		if err != nil {
			t.Fatal(name, err)
		}
		if len(got) != len(a.Predicted) {
			t.Fatalf("%s: %d outputs, Keras has %d", name, len(got), len(a.Predicted))
		}
		for i, p := range got {
			want := a.Predicted[i]
			if !slices.Equal(p.Shape(), want.Shape) {
				t.Errorf("%s: output %v, Keras has %v", name, p.Shape(), want.Shape)
				continue
			}
			for k, v := range p.Float64s() {
				if !waits && math.Abs(v-want.Data[k]) > 1e-5*max(1, math.Abs(want.Data[k])) {
					t.Errorf("%s: element %d is %v, Keras has %v", name, k, v, want.Data[k])
					break
				}
			}
		}
	}
}

// sameLayers compares layers by name.
func sameLayers(t *testing.T, what string, a, b *model.Model) {
	t.Helper()
	if len(a.Layers()) != len(b.Layers()) {
		t.Errorf("%s: %d layers became %d", what, len(a.Layers()), len(b.Layers()))
	}
	for _, l := range a.Layers() {
		o := b.Layer(l.Name())
		if o == nil || l.String() != o.String() || l.IsFrozen() != o.IsFrozen() {
			t.Errorf("%s: %v became %v", what, l, o)
		}
	}
	x, err := keras.ToJSON(a)
	if err != nil {
		t.Fatal(err)
	}
	if y, err := keras.ToJSON(b); err != nil || x != y {
		t.Errorf("%s: %v\n%s\nbecame\n%s", what, err, x, y)
	}
}
