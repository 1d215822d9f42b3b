package keras

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/sheaf-go/sheaf/learn/model"
)

// An architecture is what model.Architecture gives.
type architecture struct {
	Name   string
	Layers []layer
	Inputs []struct {
		Name  string
		Shape []int
	}
	Uses []struct {
		Layer int
		From  []int
	}
	Outputs []int
	Shapes  [][]int
}

type layer struct {
	Kind, Name   string
	Frozen       bool
	Settings     settings
	Initializers map[string]named
	Regularizers map[string]named
}

type settings struct {
	Units, Filters         int
	Size, Stride, Dilation []int
	Padding                string
	Pads                   []int
	Activation             string
	Alpha                  float64
	HasAlpha               bool `json:"has_alpha"`
	NoBias                 bool `json:"no_bias"`
	Rate                   float64
	Shape                  []int
	Axis                   int
	Momentum, Epsilon      float64
	NoScale                bool `json:"no_scale"`
	NoCenter               bool `json:"no_center"`
	Factor, Offset         float64
}

type named struct {
	Name    string
	Numbers map[string]float64
}

// A written is an object of Keras.
type written struct {
	Module     string  `json:"module"`
	Class      string  `json:"class_name"`
	Config     dict    `json:"config"`
	Registered *string `json:"registered_name"`
	Name       string  `json:"name,omitempty"`
	Inbound    *[]call `json:"inbound_nodes,omitempty"`
}

// A dict is JSON with its names in alphabetical order.
type dict map[string]any

// A call is an application of a layer.
type call struct {
	Args   []any `json:"args"`
	Kwargs dict  `json:"kwargs"`
}

func write(m *model.Model) ([]byte, error) {
	text, err := m.Architecture()
	if err != nil {
		return nil, unprefixed(err)
	}
	var a architecture
	if err := json.Unmarshal(text, &a); err != nil {
		return nil, fmt.Errorf("the model's architecture: %w", err)
	}
	layers := make([]written, len(a.Layers))
	for i := range a.Layers {
		l := &a.Layers[i]
		config, err := l.config()
		if err != nil {
			return nil, fmt.Errorf("layer %q (%s): %w", l.Name, l.Kind, err)
		}
		layers[i] = written{Module: "keras.layers", Class: l.class(), Config: config}
	}
	a.nameInputs()
	if a.isChain() {
		return json.Marshal(a.sequential(layers))
	}
	return json.Marshal(a.functional(layers))
}

// nameInputs names inputs without a name as Keras does.
func (a *architecture) nameInputs() {
	taken := map[string]bool{}
	for _, l := range a.Layers {
		taken[l.Name] = true
	}
	for i := range a.Inputs {
		in := &a.Inputs[i]
		base := in.Name
		if base == "" {
			base = "input_layer"
		}
		in.Name = base
		for k := 1; taken[in.Name]; k++ {
			in.Name = fmt.Sprintf("%s_%d", base, k)
		}
		taken[in.Name] = true
	}
}

// isChain reports whether the layers follow one another, each used once.
func (a *architecture) isChain() bool {
	if len(a.Inputs) == 0 {
		return true // the model waits for its input's shape
	}
	if len(a.Inputs) > 1 || len(a.Uses) != len(a.Layers) || !slices.Equal(a.Outputs, []int{len(a.Uses)}) {
		return false
	}
	for i, u := range a.Uses {
		if u.Layer != i || !slices.Equal(u.From, []int{i}) {
			return false
		}
	}
	return true
}

func (a *architecture) sequential(layers []written) written {
	config := dict{"name": a.Name, "trainable": true, "dtype": float32Policy()}
	if len(a.Inputs) > 0 {
		layers = append([]written{a.input(0)}, layers...)
		config["build_input_shape"] = batchOf(a.Inputs[0].Shape)
	}
	config["layers"] = layers
	return written{Module: "keras", Class: "Sequential", Config: config}
}

func (a *architecture) functional(layers []written) written {
	type place struct {
		name string
		use  int
	}
	var places []place
	var all []written
	for i := range a.Inputs {
		in := a.input(i)
		in.Name, in.Inbound = a.Inputs[i].Name, &[]call{}
		all = append(all, in)
		places = append(places, place{in.Name, 0})
	}
	tensor := func(at int) any {
		return dict{"class_name": "__keras_tensor__", "config": dict{"shape": batchOf(a.Shapes[at]), "dtype": "float32",
			"keras_history": []any{places[at].name, places[at].use, 0}}}
	}
	calls := make([][]call, len(layers))
	for _, u := range a.Uses {
		var args []any
		for _, from := range u.From {
			args = append(args, tensor(from))
		}
		switch a.Layers[u.Layer].Kind {
		case "Add", "Multiply", "Concatenate":
			args = []any{args}
		}
		places = append(places, place{a.Layers[u.Layer].Name, len(calls[u.Layer])})
		calls[u.Layer] = append(calls[u.Layer], call{args, dict{}})
	}
	for i, l := range layers {
		l.Name, l.Inbound = a.Layers[i].Name, &calls[i]
		all = append(all, l)
	}
	ends := func(numbers []int) any {
		var out []any
		for _, n := range numbers {
			out = append(out, []any{places[n].name, places[n].use, 0})
		}
		if len(out) == 1 {
			return out[0]
		}
		return out
	}
	inputs := make([]int, len(a.Inputs))
	for i := range inputs {
		inputs[i] = i
	}
	class := "Functional"
	return written{Module: "keras.src.models.functional", Class: class, Registered: &class, Config: dict{"name": a.Name,
		"trainable": true, "layers": all, "input_layers": ends(inputs), "output_layers": ends(a.Outputs)}}
}

func (a *architecture) input(i int) written {
	in := a.Inputs[i]
	return written{Module: "keras.layers", Class: "InputLayer", Config: dict{"batch_shape": batchOf(in.Shape),
		"dtype": "float32", "sparse": false, "ragged": false, "optional": false, "name": in.Name}}
}

// batchOf is the shape of rows as Keras has it, with null for their number.
func batchOf(row []int) []*int {
	out := []*int{nil}
	for _, d := range row {
		out = append(out, &d)
	}
	return out
}

func float32Policy() written {
	return written{Module: "keras", Class: "DTypePolicy", Config: dict{"name": "float32"}}
}

// class is the layer's class in Keras, where activations with a parameter have
// their own.
func (l *layer) class() string {
	if class := l.Settings.activationClass(); l.Kind == "Activation" && class != "" {
		return class
	}
	return l.Kind
}

func (s *settings) activationClass() string {
	switch {
	case s.HasAlpha && s.Activation == "leaky_relu":
		return "LeakyReLU"
	case s.HasAlpha && s.Activation == "elu":
		return "ELU"
	}
	return ""
}

// config is the layer's settings as Keras has them.
func (l *layer) config() (dict, error) {
	d := dict{"name": l.Name, "trainable": !l.Frozen, "dtype": float32Policy()}
	s := &l.Settings
	if s.Activation == "gelu_tanh" {
		return nil, errors.New("the activation gelu_tanh has no name in Keras")
	}
	switch l.Kind {
	case "Dense":
		d["units"] = s.Units
		l.weighted(d)
	case "Conv1D", "Conv2D":
		d["filters"], d["kernel_size"], d["strides"], d["dilation_rate"], d["groups"] = s.Filters, s.Size, s.Stride, s.Dilation, 1
		d["padding"], d["data_format"] = s.Padding, "channels_last"
		l.weighted(d)
	case "MaxPooling1D", "MaxPooling2D", "AveragePooling1D", "AveragePooling2D":
		d["pool_size"], d["strides"], d["padding"], d["data_format"] = s.Size, s.Stride, s.Padding, "channels_last"
	case "GlobalAveragePooling1D", "GlobalAveragePooling2D", "GlobalMaxPooling1D", "GlobalMaxPooling2D":
		d["data_format"], d["keepdims"] = "channels_last", false
	case "BatchNormalization":
		d["axis"], d["momentum"], d["epsilon"], d["center"], d["scale"] = -1, s.Momentum, s.Epsilon, !s.NoCenter, !s.NoScale
		d["gamma_initializer"] = l.initializer("gamma", "ones")
		d["beta_initializer"] = l.initializer("beta", "zeros")
	case "Activation":
		l.activation(d)
	case "Dropout":
		d["rate"], d["seed"], d["noise_shape"] = s.Rate, nil, nil
	case "Flatten":
		d["data_format"] = "channels_last"
	case "Reshape":
		d["target_shape"] = s.Shape
	case "UpSampling1D":
		d["size"] = s.Size[0]
	case "UpSampling2D":
		d["size"], d["data_format"], d["interpolation"] = s.Size, "channels_last", "nearest"
	case "ZeroPadding2D":
		d["padding"], d["data_format"] = [][]int{s.Pads[:2], s.Pads[2:]}, "channels_last"
	case "Concatenate":
		if d["axis"] = s.Axis; s.Axis == 0 {
			d["axis"] = -1
		}
	case "Rescaling":
		d["scale"], d["offset"] = s.Factor, s.Offset
	case "Add", "Multiply":
	default:
		return nil, errors.New("there is no such layer in the JSON of Keras")
	}
	return d, nil
}

// weighted writes what layers with a kernel have.
func (l *layer) weighted(d dict) {
	s := &l.Settings
	d["use_bias"] = !s.NoBias
	d["kernel_initializer"] = l.initializer("kernel", "glorot_uniform")
	d["bias_initializer"] = l.initializer("bias", "zeros")
	for _, name := range []string{"kernel", "bias"} {
		d[name+"_regularizer"] = nil
		if r, ok := l.Regularizers[name]; ok {
			d[name+"_regularizer"] = written{Module: "keras.regularizers", Class: "L1L2", Config: numbersOf(r)}
		}
	}
	d["activation"] = linear(s.Activation)
	if class := s.activationClass(); class != "" {
		own := dict{"name": class, "trainable": true, "dtype": float32Policy()}
		s.alpha(own)
		d["activation"] = written{Module: "keras.layers", Class: class, Config: own}
	}
}

// activation writes a layer that is only an activation.
func (l *layer) activation(d dict) {
	if l.Settings.activationClass() != "" {
		l.Settings.alpha(d)
		return
	}
	d["activation"] = linear(l.Settings.Activation)
}

func (s *settings) alpha(d dict) {
	if s.Activation == "elu" {
		d["alpha"] = s.Alpha
		return
	}
	d["negative_slope"] = s.Alpha
}

func linear(act string) string {
	if act == "" {
		return "linear"
	}
	return act
}

func (l *layer) initializer(weight, by string) written {
	i := l.Initializers[weight]
	if i.Name == "" {
		i = named{Name: by}
	}
	out := written{Module: "keras.initializers", Config: numbersOf(i)}
	for class, name := range initializers {
		if name == i.Name {
			out.Class = class
		}
	}
	return out
}

func numbersOf(n named) dict {
	d := dict{}
	for name, x := range n.Numbers {
		d[name] = x
	}
	return d
}
