package keras

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/sheaf-go/sheaf/learn/model"
)

// A place is an array of a functional model: what a layer gave when it was
// applied for the use'th time.
type place struct {
	layer string
	use   int
}

// UnmarshalJSON reads ["dense", 0, 0], which may have arguments of the call
// behind it, and {"config": {"keras_history": ["dense", 0, 0]}}.
func (p *place) UnmarshalJSON(raw []byte) error {
	if bytes.HasPrefix(raw, []byte("{")) {
		var o struct {
			Config struct {
				History json.RawMessage `json:"keras_history"`
			} `json:"config"`
		}
		if err := json.Unmarshal(raw, &o); err != nil {
			return err
		}
		if !bytes.HasPrefix(o.Config.History, []byte("[")) {
			return fmt.Errorf("%s is no array of the model", short(raw))
		}
		return p.UnmarshalJSON(o.Config.History)
	}
	var list []json.RawMessage
	if err := json.Unmarshal(raw, &list); err != nil || len(list) < 3 || len(list) > 4 {
		return fmt.Errorf("%s is no array of the model; want [layer, use, output]", short(raw))
	}
	var output int
	for i, to := range []any{&p.layer, &p.use, &output} {
		if err := json.Unmarshal(list[i], to); err != nil {
			return fmt.Errorf("%s is no array of the model; want [layer, use, output]", short(raw))
		}
	}
	if output != 0 {
		return fmt.Errorf("output %d of layer %q; layers have one output", output, p.layer)
	}
	if len(list) == 4 {
		return noArguments(list[3])
	}
	return nil
}

// noArguments wants no arguments of a call but null ones.
func noArguments(raw json.RawMessage) error {
	var kwargs map[string]json.RawMessage
	if err := json.Unmarshal(raw, &kwargs); err != nil {
		return fmt.Errorf("arguments of a call: %s; want an object", short(raw))
	}
	for name, value := range kwargs {
		if string(value) != "null" {
			return fmt.Errorf("it is called with the argument %s; only arrays are supported", name)
		}
	}
	return nil
}

// functional reads a graph of layers.
func (r *reader) functional(raw json.RawMessage) (*model.Model, error) {
	var c struct {
		Name    string          `json:"name"`
		Layers  []object        `json:"layers"`
		Inputs  json.RawMessage `json:"input_layers"`
		Outputs json.RawMessage `json:"output_layers"`
	}
	if err := json.Unmarshal(raw, &c); err != nil {
		return nil, fmt.Errorf("the layers of the model: %w", err)
	}
	if len(c.Layers) > mostLayers {
		return nil, fmt.Errorf("%d layers; want at most %d", len(c.Layers), mostLayers)
	}
	if err := r.collect(c.Layers); err != nil {
		return nil, err
	}
	inputs, err := r.ends("input_layers", c.Inputs)
	if err != nil {
		return nil, err
	}
	outputs, err := r.ends("output_layers", c.Outputs)
	if err != nil {
		return nil, err
	}
	m, err := whole(model.New(inputs, outputs))
	if err != nil {
		return nil, err
	}
	if c.Name == "" {
		c.Name = "functional"
	}
	return m.Named(c.Name), nil
}

// collect reads the layers and where their inputs come from.
func (r *reader) collect(layers []object) error {
	r.entries = map[string]*entry{}
	uses := 0
	for i := range layers {
		o := &layers[i]
		e, err := r.entry(o)
		if err != nil {
			return err
		}
		if o.Name != "" && o.Name != e.name {
			return e.failf("it is called %q too", o.Name)
		}
		if e.name == "" {
			return e.failf("it has no name; want one in a functional model")
		}
		if r.entries[e.name] != nil {
			return e.failf("two layers of that name")
		}
		r.entries[e.name] = e
		if e.layer == nil {
			if e.shape == nil {
				return e.failf("it states no shape; define batch_shape")
			}
			in := e.input()
			if in.Err() != nil {
				return e.failf("%w", unprefixed(in.Err()))
			}
			e.uses = []use{{made: in}}
			continue
		}
		if e.uses, err = usesOf(o.Inbound); err != nil {
			return e.failf("inbound_nodes: %w", err)
		}
		if uses += len(e.uses); uses > mostLayers {
			return fmt.Errorf("layers are used more than %d times", mostLayers)
		}
	}
	return nil
}

// usesOf reads inbound_nodes: in Keras 2 lists of places, in Keras 3 the
// arguments of calls.
func usesOf(raw json.RawMessage) ([]use, error) {
	if len(raw) == 0 {
		return nil, nil
	}
	var nodes []json.RawMessage
	if err := json.Unmarshal(raw, &nodes); err != nil {
		return nil, fmt.Errorf("%s; want a list", short(raw))
	}
	var out []use
	for _, n := range nodes {
		from, err := argumentsOf(n)
		if err != nil {
			return nil, err
		}
		out = append(out, use{from: from})
	}
	return out, nil
}

func argumentsOf(node json.RawMessage) ([]place, error) {
	if !bytes.HasPrefix(node, []byte("{")) {
		return places(node)
	}
	var call struct {
		Args   []json.RawMessage `json:"args"`
		Kwargs json.RawMessage   `json:"kwargs"`
	}
	if err := json.Unmarshal(node, &call); err != nil {
		return nil, err
	}
	if len(call.Kwargs) > 0 {
		if err := noArguments(call.Kwargs); err != nil {
			return nil, err
		}
	}
	if len(call.Args) != 1 {
		return nil, fmt.Errorf("a call with %d arguments; want one array or one list of arrays", len(call.Args))
	}
	return places(call.Args[0])
}

// places reads a place or a list of them.
func places(raw json.RawMessage) ([]place, error) {
	var list []json.RawMessage
	isList := json.Unmarshal(raw, &list) == nil
	if !isList || len(list) > 0 && bytes.HasPrefix(list[0], []byte(`"`)) {
		var p place
		if err := json.Unmarshal(raw, &p); err != nil {
			return nil, err
		}
		return []place{p}, nil
	}
	var out []place
	for _, one := range list {
		var p place
		if err := json.Unmarshal(one, &p); err != nil {
			return nil, err
		}
		out = append(out, p)
	}
	return out, nil
}

// ends makes the model's inputs or outputs.
func (r *reader) ends(what string, raw json.RawMessage) ([]*model.Symbol, error) {
	if !bytes.HasPrefix(raw, []byte("[")) {
		return nil, fmt.Errorf("%s is %s; want a list", what, short(raw))
	}
	list, err := places(raw)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", what, err)
	}
	var out []*model.Symbol
	for _, p := range list {
		s, err := r.symbol(p)
		if err != nil {
			return nil, err
		}
		out = append(out, s)
	}
	return out, nil
}

// symbol is the array at a place, made of those that it needs.
func (r *reader) symbol(p place) (*model.Symbol, error) {
	e := r.entries[p.layer]
	if e == nil {
		return nil, fmt.Errorf("the model refers to a layer %q, which it does not have", p.layer)
	}
	if p.use < 0 || p.use >= len(e.uses) {
		return nil, e.failf("use %d of it is referred to; there are %d", p.use, len(e.uses))
	}
	u := &e.uses[p.use]
	if u.made != nil {
		return u.made, nil
	}
	if u.begun {
		return nil, e.failf("its input depends on its output")
	}
	u.begun = true
	if len(u.from) == 0 {
		return nil, e.failf("it is used without an input")
	}
	var x []*model.Symbol
	for _, from := range u.from {
		s, err := r.symbol(from)
		if err != nil {
			return nil, err
		}
		x = append(x, s)
	}
	var err error
	u.made, err = e.apply(x)
	return u.made, err
}

// entry reads a layer.
func (r *reader) entry(o *object) (*entry, error) {
	e := &entry{class: o.Class}
	c := &config{legacy: r.legacy}
	if err := json.Unmarshal(o.Config, &c.left); err != nil {
		return nil, fmt.Errorf("layer %q (%s): its config is %s; want an object", o.Name, o.Class, short(o.Config))
	}
	e.name = take(c, "name", "")
	build := builders[o.Class]
	switch {
	case o.Class == "Sequential" || o.Class == "Functional" || o.Class == "Model":
		return nil, e.failf("a model inside a model is not supported; put its layers into the outer one")
	case o.foreign():
		return nil, e.failf("a layer of %s; layers of Keras are supported: %s", o.Module, supported())
	case build == nil && o.Class != "InputLayer":
		return nil, e.failf("this kind of layer is not supported; there are %s", supported())
	}
	c.common(o.Class == "InputLayer")
	name := e.name
	if name == "" {
		name = r.nameless(o.Class)
	}
	c.add(model.Name(name))
	if build != nil {
		if l := build(c); c.err == nil {
			e.layer, e.axis, e.kernel, c.err = l, c.axis, c.kernel, l.Err()
		}
	}
	if c.err == nil {
		c.err = c.rest()
	}
	if c.err != nil {
		if l := e.layer; l != nil && errors.Is(c.err, l.Err()) {
			return nil, unprefixed(c.err)
		}
		return nil, e.failf("%w", c.err)
	}
	e.shape = c.shape
	return e, nil
}

// nameless is the name of a layer that has none, from its class and a number.
func (r *reader) nameless(class string) string {
	if r.unnamed == nil {
		r.unnamed = map[string]int{}
	}
	n := r.unnamed[class]
	r.unnamed[class]++
	if n == 0 {
		return strings.ToLower(class)
	}
	return fmt.Sprintf("%s_%d", strings.ToLower(class), n)
}

// supported lists the classes of layers.
func supported() string {
	names := []string{"InputLayer"}
	for name := range builders {
		names = append(names, name)
	}
	slices.Sort(names)
	return join(names)
}
