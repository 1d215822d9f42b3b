package model_test

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sheaf-go/sheaf/learn/model"
	"github.com/sheaf-go/sheaf/learn/tensor"
)

// everyLayer is a model that has a layer of each kind but Lambda.
func everyLayer(t testing.TB) *model.Model {
	t.Helper()
	in := model.Input(8, 8, 2).Named("picture")
	x := model.Rescaling(0.5, 0.1).Of(in)
	x = model.ZeroPadding2D(1, 0, 0, 1).Of(x)
	x = model.Conv2D(4, 3, 3, model.Padding("same"), model.Act("relu"), model.KernelL2(1e-3), model.KernelInit(model.HeNormal())).Of(x)
	x = model.BatchNormalization().Of(x)
	a := model.MaxPooling2D(2, 2, model.Padding("same")).Of(x)
	b := model.AveragePooling2D(2, 2, model.Padding("same")).Of(x)
	x = model.Add().Of(a, b)
	x = model.Multiply().Of(x, a)
	x = model.UpSampling2D(2, 1).Of(x)
	g := model.Concatenate().Of(model.GlobalAveragePooling2D().Of(x), model.GlobalMaxPooling2D().Of(x))
	s := model.Reshape([]int{-1, 4}).Of(x)
	s = model.Conv1D(3, 3, model.Padding("causal"), model.Dilation(2), model.Act("tanh")).Of(s)
	s = model.UpSampling1D(2).Of(model.MaxPooling1D(2).Of(s))
	s = model.AveragePooling1D(3, model.Stride(2)).Of(s)
	s = model.Concatenate().Of(model.GlobalAveragePooling1D().Of(s), model.GlobalMaxPooling1D().Of(s), model.Flatten().Of(s))
	shared := model.Dense(5, model.Act("gelu"), model.Name("shared"))
	y := model.Add().Of(shared.Of(model.Dense(6).Of(g)), shared.Of(model.Dense(6, model.UseBias(false)).Of(s)))
	y = model.Dropout(0.25).Of(model.Activation("leaky_relu", model.Alpha(0.1)).Of(y))
	m := model.New([]*model.Symbol{in}, []*model.Symbol{model.Dense(3, model.Act("softmax")).Of(y)})
	err := m.Compile(model.RMSprop(0.003).Momentum(0.5), model.CategoricalCrossEntropy(), model.Metrics("accuracy", "mae"), model.Seed(7))
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// pictures is rows for everyLayer.
func pictures(n int) (x, y *tensor.Tensor) {
	x, y = tensor.New(tensor.Float32, n, 8, 8, 2), tensor.New(tensor.Float32, n, 3)
	for i, values := 0, x.Raw().([]float32); i < len(values); i++ {
		values[i] = float32((i*7919)%101)/50 - 1
	}
	for i := range n {
		y.SetAt(float32(1), i, (i*i)%3)
	}
	return x, y
}

// TestSaveGoesOn trains, saves, loads and trains on: weights and optimizer are
// bit for bit those of a model that went on without.
func TestSaveGoesOn(t *testing.T) {
	x, y := pictures(11)
	m := everyLayer(t)
	if _, err := m.Fit(x, y, model.Epochs(2), model.Batch(4)); err != nil {
		t.Fatal(err)
	}
	m.Layer("batch_normalization").Frozen()
	path := filepath.Join(t.TempDir(), "m.sheaf")
	if err := m.Save(path); err != nil {
		t.Fatal(err)
	}
	again, err := model.Load(path)
	if err != nil {
		t.Fatal(err)
	}
	if again.Summary() != m.Summary() {
		t.Errorf("summary\n%s\nwant\n%s", again.Summary(), m.Summary())
	}
	for range 2 {
		for _, m := range []*model.Model{m, again} {
			if _, err := m.Fit(x, y, model.Epochs(2), model.Batch(4)); err != nil {
				t.Fatal(err)
			}
		}
		if !bytes.Equal(m.WeightBytes(), again.WeightBytes()) {
			t.Fatal("a loaded model learns otherwise")
		}
	}
	p, _ := m.Predict(x)
	q, err := again.Predict(x)
	if err != nil || !bytes.Equal(floatBytes(p), floatBytes(q)) {
		t.Errorf("a loaded model predicts otherwise: %v", err)
	}
}

func floatBytes(t *tensor.Tensor) []byte {
	var b bytes.Buffer
	if err := tensor.WriteSafetensors(&b, map[string]*tensor.Tensor{"x": t}, nil); err != nil {
		panic(err)
	}
	return b.Bytes()
}

func TestSaveFunctions(t *testing.T) {
	double := func() *model.Layer {
		return model.Lambda("double", func(x ...*tensor.Node) *tensor.Node { return x[0].Times(2) })
	}
	m := model.Sequential(model.Dense(2, model.InputShape(3)), double())
	mine := model.LossFunc("mine", func(y, p *tensor.Node) *tensor.Node { return y.Sub(p).Square() })
	if err := m.Compile(model.SGD(0.1), mine); err != nil {
		t.Fatal(err)
	}
	b, err := m.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := model.FromBytes(b); err == nil || !strings.Contains(err.Error(), `give it to Load as model.With(model.Lambda("double", …))`) {
		t.Errorf("without the layer: %v", err)
	}
	again, err := model.FromBytes(b, model.With(double()))
	if err != nil {
		t.Fatal(err)
	}
	x, y := tensor.FromFloat64s([]int{1, 3}, 1, 2, 3), tensor.FromFloat64s([]int{1, 2}, 1, 2)
	if _, err := again.Fit(x, y); err == nil || !strings.Contains(err.Error(), `compiled with loss "mine", which the file does not hold; call Compile`) {
		t.Errorf("without the loss: %v", err)
	}
	p, _ := m.Predict(x)
	q, err := again.Predict(x)
	if err != nil || !bytes.Equal(floatBytes(p), floatBytes(q)) {
		t.Errorf("predicts otherwise: %v", err)
	}
	waiting := model.Sequential(model.Dense(2))
	if b, err = waiting.Bytes(); err != nil {
		t.Fatal(err)
	}
	if again, err = model.FromBytes(b); err != nil || again.NumParams() != 0 {
		t.Errorf("a model without an input: %v", err)
	}
	if p, err := again.Predict(x); err != nil || p.Dim(1) != 2 {
		t.Errorf("%v, %v", p, err)
	}
}

func TestLoadMalformed(t *testing.T) {
	m := model.Sequential(model.Dense(2, model.InputShape(3)))
	b, err := m.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	change := func(old, new string) []byte {
		c := bytes.Replace(b, []byte(old), []byte(new), 1)
		if bytes.Equal(b, c) {
			t.Fatalf("%q is not in the file", old)
		}
		return c
	}
	for name, bad := range map[string][]byte{
		"empty": {}, "text": []byte("hello"), "cut": b[:len(b)/2], "no directory": b[:len(b)-30],
		"checksum": change(`"units": 2`, `"units": 3`),
		"claim":    change("PK\x01\x02", "PK\x01\x03"),
	} {
		if _, err := model.FromBytes(bad); !errors.Is(err, model.ErrFormat) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// trainedBytes is a saved model that has been trained.
func trainedBytes(t testing.TB) []byte {
	m := model.Sequential(model.Dense(2, model.InputShape(3), model.Act("relu")), model.BatchNormalization(), model.Dense(1))
	if err := m.Compile(model.Adam(0.1), model.MeanSquaredError(), model.Metrics("mae")); err != nil {
		t.Fatal(err)
	}
	if _, err := m.Fit(tensor.New(tensor.Float64, 4, 3), tensor.New(tensor.Float64, 4)); err != nil {
		t.Fatal(err)
	}
	b, err := m.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// loadAgain wants what was loaded to be saved and loaded again.
func loadAgain(t *testing.T, b []byte) {
	m, err := model.FromBytes(b)
	if err != nil {
		return
	}
	if m.Summary() == "" {
		t.Fatal("no summary")
	}
	c, err := m.Bytes()
	if err != nil {
		t.Fatalf("what was loaded is not saved: %v", err)
	}
	if _, err := model.FromBytes(c); err != nil {
		t.Fatalf("what was saved is not loaded: %v", err)
	}
}

// FuzzFromBytes changes whole files.
func FuzzFromBytes(f *testing.F) {
	b := trainedBytes(f)
	f.Add(b)
	f.Add(b[:len(b)-1])
	f.Fuzz(loadAgain)
}

// pack makes a file of parts, with right checksums.
func pack(t testing.TB, parts map[string]string) []byte {
	var buf bytes.Buffer
	z := zip.NewWriter(&buf)
	for _, name := range []string{"model.json", "weights.safetensors", "optimizer.safetensors"} {
		if text, ok := parts[name]; ok {
			w, err := z.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Store})
			if err == nil {
				_, err = io.WriteString(w, text)
			}
			if err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return buf.Bytes()
}

// unpack is the parts of a file.
func unpack(t testing.TB, b []byte) map[string]string {
	z, err := zip.NewReader(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		t.Fatal(err)
	}
	parts := map[string]string{}
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		parts[f.Name] = string(text)
	}
	return parts
}

// FuzzLoadParts changes what is in the parts of a file.
func FuzzLoadParts(f *testing.F) {
	parts := unpack(f, trainedBytes(f))
	f.Add(parts["model.json"], []byte(parts["weights.safetensors"]), []byte(parts["optimizer.safetensors"]))
	f.Fuzz(func(t *testing.T, text string, weights, slots []byte) {
		loadAgain(t, pack(t, map[string]string{"model.json": text, "weights.safetensors": string(weights), "optimizer.safetensors": string(slots)}))
	})
}

// TestLoadHostile has files whose parts contradict themselves or claim what is
// not there.
func TestLoadHostile(t *testing.T) {
	good := trainedBytes(t)
	for _, c := range []struct{ part, old, new, want string }{
		{"model.json", `"format": "sheaf-model"`, `"format": "other"`, `format "other", version 1; want "sheaf-model"`},
		{"model.json", `"version": 1`, `"version": 0`, "version 0"},
		{"model.json", `"name": "sequential"`, `"nome": "sequential"`, "unknown field"},
		{"model.json", `"units": 2`, `"units": 1000000000`, "weights.safetensors: dense/kernel: shape (3, 2); want (3, 1000000000)"},
		{"model.json", `"units": 2`, `"units": -2`, "the number of units is (-2)"},
		{"model.json", `"units": 2`, `"units": 99999999999`, "want lengths below"},
		{"model.json", `"kind": "Dense"`, `"kind": "Dance"`, `no kind of layer "Dance"; did you mean "Dense"?`},
		{"model.json", `"kind": "Dense"`, `"kind": "Conv2D"`, "the number of filters is (0)"},
		{"model.json", `"activation": "relu"`, `"activation": "rm -rf"`, `no activation "rm -rf"`},
		{"model.json", `"layer": 0`, `"layer": 9`, "layer 9 of 3"},
		{"model.json", `"layer": 0`, `"layer": -1`, "layer -1 of 3"},
		{"model.json", `"dtype": "float32"`, `"dtype": "float64"`, "it is float32; want float64"},
		{"model.json", `"iterations": 1`, `"iterations": -1`, "-1 iterations"},
		{"model.json", `"name": "adam"`, `"name": "adan"`, `no optimizer "adan"`},
		{"weights.safetensors", "dense/bias", "dense/bios", "dense/bias: it is missing"},
		{"weights.safetensors", `[3,2]`, `[2,3]`, "dense/kernel: shape (2, 3); want (3, 2)"},
		{"optimizer.safetensors", "dense/bias/slot0", "dense/bias/slot9", `no weight has "dense/bias/slot`},
		{"optimizer.safetensors", "\x00", "\x7f", "optimizer.safetensors: "},
	} {
		parts := unpack(t, good)
		was := parts[c.part]
		if parts[c.part] = strings.Replace(was, c.old, c.new, 1); parts[c.part] == was {
			t.Errorf("%s has no %q:\n%s", c.part, c.old, was)
		}
		if _, err := model.FromBytes(pack(t, parts)); !errors.Is(err, model.ErrFormat) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s for %s: %v\nwant %s", c.new, c.old, err, c.want)
		}
	}
	for _, without := range []string{"model.json", "weights.safetensors"} {
		parts := unpack(t, good)
		delete(parts, without)
		if _, err := model.FromBytes(pack(t, parts)); !errors.Is(err, model.ErrFormat) {
			t.Errorf("without %s: %v", without, err)
		}
	}
	parts := unpack(t, good)
	parts["model.json"] = strings.Replace(parts["model.json"], `"version": 1`, `"version": 2`, 1)
	if _, err := model.FromBytes(pack(t, parts)); err == nil || errors.Is(err, model.ErrFormat) || !strings.Contains(err.Error(), "version 2; this program reads up to 1") {
		t.Errorf("a newer file: %v", err)
	}
}

// TestLoadClaims has a directory that claims 10 GB for a part.
func TestLoadClaims(t *testing.T) {
	b := trainedBytes(t)
	at := bytes.Index(b, []byte("PK\x01\x02")) // the first entry of the directory
	binary.LittleEndian.PutUint32(b[at+20:], 0xfffffff0)
	binary.LittleEndian.PutUint32(b[at+24:], 0xfffffff0)
	if _, err := model.FromBytes(b); !errors.Is(err, model.ErrFormat) {
		t.Errorf("%v", err)
	}
}
