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

// A config is the settings of a layer. What is read is taken out, so that what
// is left is what nobody knows. The first error stays.
type config struct {
	left   map[string]json.RawMessage
	legacy bool
	known  []string
	shape  []int   // batch_shape without the rows
	axis   int     // that must be the last
	kernel float64 // weights for each channel of the input
	opts   []model.LayerOption
	err    error
}

func (c *config) add(opts ...model.LayerOption) { c.opts = append(c.opts, opts...) }

func (c *config) fail(err error) {
	if c.err == nil {
		c.err = err
	}
}

// raw takes a setting out; it is nil if it is missing or null.
func (c *config) raw(name string) json.RawMessage {
	c.known = append(c.known, name)
	v := c.left[name]
	delete(c.left, name)
	if string(v) == "null" {
		return nil
	}
	return v
}

// A value is what a setting can be.
type value interface {
	int | float64 | bool | string | []*int
}

// take is a setting, or what it is by default.
func take[T value](c *config, name string, by T) T {
	raw := c.raw(name)
	if raw == nil {
		return by
	}
	var v T
	if err := json.Unmarshal(raw, &v); err != nil {
		c.fail(fmt.Errorf("%s is %s; want %s", name, short(raw), wanted(v)))
		return by
	}
	return v
}

func wanted(v any) string {
	switch v.(type) {
	case int:
		return "a whole number"
	case float64:
		return "a number"
	case bool:
		return "true or false"
	case string:
		return "a text"
	}
	return "a list of whole numbers"
}

// need is take for what has no default.
func need[T value](c *config, name string) T {
	var zero T
	if raw := c.left[name]; raw == nil || string(raw) == "null" {
		c.fail(fmt.Errorf("%s is missing", name))
	}
	return take(c, name, zero)
}

// only wants a setting to have one of some values, as JSON, or to be missing.
func (c *config) only(name string, values ...string) {
	if raw := c.raw(name); raw != nil && !slices.Contains(values, string(raw)) {
		c.fail(fmt.Errorf("%s is %s; supported: %s", name, short(raw), join(values)))
	}
}

// skip takes out settings that change nothing.
func (c *config) skip(names ...string) {
	for _, name := range names {
		c.raw(name)
	}
}

// sizes is n whole numbers, of which one may stand for all; nil if missing.
func (c *config) sizes(name string, n int) []int {
	raw := c.raw(name)
	if raw == nil {
		return nil
	}
	var one *int
	var list []*int
	if json.Unmarshal(raw, &one) == nil {
		list = slices.Repeat([]*int{one}, n)
	} else if json.Unmarshal(raw, &list) != nil {
		list = nil
	}
	if len(list) != n || slices.Contains(list, nil) {
		c.fail(fmt.Errorf("%s is %s; want %d whole numbers", name, short(raw), n))
		return nil
	}
	out := make([]int, n)
	for i, p := range list {
		out[i] = *p
	}
	return out
}

// common reads what all layers have.
func (c *config) common(input bool) {
	if !take(c, "trainable", true) {
		c.add(model.Frozen())
	}
	c.dtype(c.raw("dtype"), input)
	shape := take(c, "batch_shape", []*int(nil))
	if old := take(c, "batch_input_shape", []*int(nil)); shape == nil {
		shape = old
	}
	if shape != nil {
		var err error
		if c.shape, err = rowShape(shape); err != nil {
			c.fail(err)
		}
		if c.shape == nil {
			c.shape = []int{}
		}
	}
	if input {
		c.only("sparse", "false")
		c.only("ragged", "false")
		c.only("optional", "false")
	}
}

// dtype wants float32, which Keras 3 may wrap into a policy. What an input holds
// does not matter as long as it is numbers.
func (c *config) dtype(raw json.RawMessage, input bool) {
	if raw == nil {
		return
	}
	var name string
	if json.Unmarshal(raw, &name) != nil {
		var o object
		var policy struct {
			Name string `json:"name"`
		}
		if json.Unmarshal(raw, &o) == nil && json.Unmarshal(o.Config, &policy) == nil {
			name = policy.Name
		}
	}
	if name != "float32" && (!input || name == "string" || name == "") {
		c.fail(fmt.Errorf("dtype is %s; want float32 (a model computes with float64 when it is compiled with model.Float64)", short(raw)))
	}
}

// rest wants nothing to be left but nulls.
func (c *config) rest() error {
	var names []string
	for name, raw := range c.left {
		if string(raw) != "null" {
			names = append(names, name)
		}
	}
	if len(names) == 0 {
		return nil
	}
	slices.Sort(names)
	slices.Sort(c.known)
	return fmt.Errorf("setting %s is not supported; there are %s", names[0], join(slices.Compact(c.known)))
}

// activation reads a name, or a layer in place of one.
func (c *config) activation() {
	raw := c.raw("activation")
	if raw == nil {
		return
	}
	var name string
	if json.Unmarshal(raw, &name) == nil {
		c.act(name)
		return
	}
	var o object
	inner := &config{legacy: c.legacy}
	if json.Unmarshal(raw, &o) != nil || o.foreign() {
		c.fail(fmt.Errorf("activation is %s; want a name", short(raw)))
		return
	}
	if o.Class == "function" && json.Unmarshal(o.Config, &name) == nil && o.Module == "builtins" {
		c.act(name)
		return
	}
	read := activationLayers[o.Class]
	if read == nil || json.Unmarshal(o.Config, &inner.left) != nil {
		c.fail(fmt.Errorf("activation is %s; want a name", short(raw)))
		return
	}
	act, opts := read(inner)
	inner.common(false)
	inner.skip("name")
	if inner.err == nil {
		inner.err = inner.rest()
	}
	if inner.err == nil && inner.axis > 0 {
		inner.err = errors.New("axis must be -1")
	}
	if inner.err != nil {
		c.fail(fmt.Errorf("activation %s: %w", o.Class, inner.err))
	}
	c.act(act)
	c.add(opts...)
}

func (c *config) act(name string) {
	c.sameFunction(name)
	c.add(model.Act(name))
}

// sameFunction refuses an activation that is another function in Keras 2, and
// one that Keras does not have.
func (c *config) sameFunction(name string) {
	switch {
	case c.legacy && name == "hard_sigmoid":
		c.fail(errors.New("hard_sigmoid of Keras 2 is another function than that of Keras 3, which is supported"))
	case name == "gelu_tanh":
		c.fail(errors.New("activation gelu_tanh is none of Keras"))
	}
}

// join lists names for messages.
func join(names []string) string { return strings.Join(names, ", ") }

// short is JSON for messages.
func short(raw json.RawMessage) string {
	raw = bytes.TrimSpace(raw)
	if len(raw) == 0 {
		return "missing"
	}
	if len(raw) > 60 {
		return strings.ToValidUTF8(string(raw[:60]), "") + "…"
	}
	return string(raw)
}
