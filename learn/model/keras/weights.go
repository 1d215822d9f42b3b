package keras

import (
	"encoding/json"
	"fmt"
	"slices"

	"github.com/sheaf-go/sheaf/learn/model"
)

// initializers are the classes of initialisers and their names in package
// model; further down are those that need more than a name.
var initializers = map[string]string{
	"Zeros": "zeros", "Ones": "ones", "Constant": "constant",
	"RandomNormal": "random_normal", "RandomUniform": "random_uniform", "TruncatedNormal": "truncated_normal",
	"GlorotUniform": "glorot_uniform", "GlorotNormal": "glorot_normal",
	"HeUniform": "he_uniform", "HeNormal": "he_normal",
	"LecunUniform": "lecun_uniform", "LecunNormal": "lecun_normal",
	"Orthogonal": "orthogonal", "Identity": "identity",
}

// numbered are the initialisers with numbers.
var numbered = map[string]func(c *config) model.Initializer{
	"constant": func(c *config) model.Initializer { return model.Constant(take(c, "value", 0.0)) },
	"random_normal": func(c *config) model.Initializer {
		return model.RandomNormal(take(c, "mean", 0.0), take(c, "stddev", 0.05))
	},
	"random_uniform": func(c *config) model.Initializer {
		return model.RandomUniform(take(c, "minval", -0.05), take(c, "maxval", 0.05))
	},
	"truncated_normal": func(c *config) model.Initializer {
		return model.TruncatedNormal(take(c, "mean", 0.0), take(c, "stddev", 0.05))
	},
	"orthogonal": func(c *config) model.Initializer { return model.Orthogonal(take(c, "gain", 1.0)) },
	"identity":   func(c *config) model.Initializer { return model.Identity(take(c, "gain", 1.0)) },
}

// A scaling is what VarianceScaling, as which Keras 2 writes most initialisers,
// is told.
type scaling struct {
	scale              float64
	mode, distribution string
}

var scalings = map[scaling]string{
	{1, "fan_avg", "uniform"}: "glorot_uniform", {1, "fan_avg", "normal"}: "glorot_normal",
	{2, "fan_in", "uniform"}: "he_uniform", {2, "fan_in", "normal"}: "he_normal",
	{1, "fan_in", "uniform"}: "lecun_uniform", {1, "fan_in", "normal"}: "lecun_normal",
}

func (c *config) initializer(name string, option func(model.Initializer) model.LayerOption) {
	raw := c.raw(name)
	if raw == nil {
		return
	}
	i, err := initializer(raw)
	if err != nil {
		c.fail(fmt.Errorf("%s: %w", name, err))
		return
	}
	c.add(option(i))
}

// fixed wants the one initialiser that a weight can have.
func (c *config) fixed(name string, want model.Initializer) {
	raw := c.raw(name)
	if raw == nil {
		return
	}
	if i, err := initializer(raw); err != nil || i != want {
		c.fail(fmt.Errorf("%s is %s; supported: %v", name, short(raw), want))
	}
}

// initializer reads a name or an object.
func initializer(raw json.RawMessage) (model.Initializer, error) {
	var name string
	if json.Unmarshal(raw, &name) == nil {
		i, err := model.InitializerNamed(name)
		if known, ok := initializers[name]; ok {
			return model.InitializerNamed(known)
		}
		if err != nil {
			return i, unprefixed(err)
		}
		return i, nil
	}
	var o object
	c := &config{}
	if json.Unmarshal(raw, &o) != nil || len(o.Config) > 0 && json.Unmarshal(o.Config, &c.left) != nil {
		return model.Initializer{}, fmt.Errorf("%s; want a name, or an object with class_name and config", short(raw))
	}
	name = initializers[o.Class]
	if o.Class == "VarianceScaling" {
		name = c.scaling()
	}
	if o.foreign() || name == "" && c.err == nil {
		return model.Initializer{}, fmt.Errorf("%s is not supported; there are %s", o.Class, initializerClasses())
	}
	c.skip("seed", "dtype")
	c.only("input_axes")
	c.only("output_axes")
	var i model.Initializer
	if build := numbered[name]; build != nil {
		i = build(c)
	} else if c.err == nil {
		if i, c.err = model.InitializerNamed(name); c.err != nil {
			c.err = unprefixed(c.err)
		}
	}
	if c.err == nil {
		c.err = c.rest()
	}
	if c.err != nil {
		return i, fmt.Errorf("%s: %w", o.Class, c.err)
	}
	return i, nil
}

// scaling is the name of what a VarianceScaling comes to.
func (c *config) scaling() string {
	s := scaling{take(c, "scale", 1.0), take(c, "mode", "fan_in"), take(c, "distribution", "truncated_normal")}
	if s.distribution == "truncated_normal" {
		s.distribution = "normal"
	}
	name := scalings[s]
	if name == "" {
		c.fail(fmt.Errorf("scale %v, mode %q, distribution %q; supported are those of glorot, he and lecun", s.scale, s.mode, s.distribution))
	}
	return name
}

func initializerClasses() string {
	names := []string{"VarianceScaling"}
	for name := range initializers {
		names = append(names, name)
	}
	slices.Sort(names)
	return join(names)
}

func (c *config) regularizer(name string, option func(*model.Regularizer) model.LayerOption) {
	raw := c.raw(name)
	if raw == nil {
		return
	}
	r, err := regularizer(raw)
	if err != nil {
		c.fail(fmt.Errorf("%s: %w", name, err))
		return
	}
	c.add(option(r))
}

// regularizer reads L1, L2 and L1L2, whose shares are 0.01 where only a name is
// given.
func regularizer(raw json.RawMessage) (*model.Regularizer, error) {
	var name string
	if json.Unmarshal(raw, &name) == nil {
		switch name {
		case "l1", "L1":
			return model.L1(0.01), nil
		case "l2", "L2":
			return model.L2(0.01), nil
		case "l1_l2", "L1L2":
			return model.L1L2(0.01, 0.01), nil
		}
		return nil, fmt.Errorf("%q is not supported; there are l1, l2, l1_l2", short(raw))
	}
	var o object
	c := &config{}
	if json.Unmarshal(raw, &o) != nil || json.Unmarshal(o.Config, &c.left) != nil {
		return nil, fmt.Errorf("%s; want a name, or an object with class_name and config", short(raw))
	}
	var l1, l2 float64
	switch {
	case o.foreign():
		return nil, fmt.Errorf("%s of %s is not supported; there are L1, L2, L1L2", o.Class, o.Module)
	case o.Class == "L1":
		l1 = take(c, "l1", 0.01)
	case o.Class == "L2":
		l2 = take(c, "l2", 0.01)
	case o.Class == "L1L2":
		l1, l2 = take(c, "l1", 0.0), take(c, "l2", 0.0)
	default:
		return nil, fmt.Errorf("%s is not supported; there are L1, L2, L1L2", o.Class)
	}
	if c.err == nil {
		c.err = c.rest()
	}
	if c.err != nil {
		return nil, fmt.Errorf("%s: %w", o.Class, c.err)
	}
	return model.L1L2(l1, l2), nil
}
