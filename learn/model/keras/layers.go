package keras

import (
	"encoding/json"
	"errors"
	"fmt"

	"github.com/sheaf-go/sheaf/learn/model"
)

// builders make the layers of a class from their settings; the options in the
// configuration come with all of them.
var builders = map[string]func(c *config) *model.Layer{
	"Dense":                  dense,
	"Activation":             activation,
	"Dropout":                dropout,
	"Flatten":                flatten,
	"Reshape":                reshape,
	"BatchNormalization":     batchNormalization,
	"Conv1D":                 conv1D,
	"Conv2D":                 conv2D,
	"MaxPooling1D":           pool1D(model.MaxPooling1D),
	"MaxPooling2D":           pool2D(model.MaxPooling2D),
	"AveragePooling1D":       pool1D(model.AveragePooling1D),
	"AveragePooling2D":       pool2D(model.AveragePooling2D),
	"GlobalAveragePooling1D": globalPool(model.GlobalAveragePooling1D),
	"GlobalAveragePooling2D": globalPool(model.GlobalAveragePooling2D),
	"GlobalMaxPooling1D":     globalPool(model.GlobalMaxPooling1D),
	"GlobalMaxPooling2D":     globalPool(model.GlobalMaxPooling2D),
	"UpSampling1D":           upSampling1D,
	"UpSampling2D":           upSampling2D,
	"ZeroPadding2D":          zeroPadding2D,
	"Concatenate":            concatenate,
	"Add":                    func(c *config) *model.Layer { return model.Add(c.opts...) },
	"Multiply":               func(c *config) *model.Layer { return model.Multiply(c.opts...) },
	"Rescaling":              rescaling,
	"ReLU":                   activationLayer("ReLU"),
	"LeakyReLU":              activationLayer("LeakyReLU"),
	"ELU":                    activationLayer("ELU"),
	"Softmax":                activationLayer("Softmax"),
}

// An activationReader reads a layer that is nothing but an activation.
type activationReader func(c *config) (act string, opts []model.LayerOption)

var activationLayers = map[string]activationReader{
	"ReLU": readReLU,
	"LeakyReLU": func(c *config) (string, []model.LayerOption) {
		slope := take(c, "alpha", 0.3)
		return "leaky_relu", []model.LayerOption{model.Alpha(take(c, "negative_slope", slope))}
	},
	"ELU": func(c *config) (string, []model.LayerOption) {
		return "elu", []model.LayerOption{model.Alpha(take(c, "alpha", 1.0))}
	},
	"Softmax": func(c *config) (string, []model.LayerOption) {
		if c.axis = take(c, "axis", -1); c.axis != -1 && c.axis < 1 {
			c.fail(fmt.Errorf("axis is %d; want the last, -1", c.axis))
		}
		return "softmax", nil
	},
}

func readReLU(c *config) (string, []model.LayerOption) {
	most, slope := take(c, "max_value", 0.0), take(c, "negative_slope", 0.0)
	if threshold := take(c, "threshold", 0.0); threshold != 0 {
		c.fail(fmt.Errorf("threshold is %v; supported: 0", threshold))
	}
	switch {
	case most == 0 && slope == 0:
		return "relu", nil
	case most == 0:
		return "leaky_relu", []model.LayerOption{model.Alpha(slope)}
	case most != 6 || slope != 0:
		c.fail(fmt.Errorf("max_value is %v with negative_slope %v; supported: null, or 6 with 0", most, slope))
	}
	return "relu6", nil
}

func activationLayer(class string) func(c *config) *model.Layer {
	return func(c *config) *model.Layer {
		act, opts := activationLayers[class](c)
		return model.Activation(act, append(c.opts, opts...)...)
	}
}

func dense(c *config) *model.Layer {
	units := need[int](c, "units")
	c.kernel = float64(units)
	c.weighted()
	return model.Dense(units, c.opts...)
}

// weighted reads what layers with a kernel have.
func (c *config) weighted() {
	c.activation()
	c.add(model.UseBias(take(c, "use_bias", true)))
	c.initializer("kernel_initializer", model.KernelInit)
	c.initializer("bias_initializer", model.BiasInit)
	c.regularizer("kernel_regularizer", model.KernelRegularizer)
	c.regularizer("bias_regularizer", model.BiasRegularizer)
}

func activation(c *config) *model.Layer {
	var name string
	if raw := c.raw("activation"); raw == nil || json.Unmarshal(raw, &name) != nil {
		c.fail(fmt.Errorf("activation is %s; want a name", short(raw)))
	}
	c.sameFunction(name)
	return model.Activation(name, c.opts...)
}

func dropout(c *config) *model.Layer {
	c.skip("seed")
	return model.Dropout(need[float64](c, "rate"), c.opts...)
}

func flatten(c *config) *model.Layer {
	c.channelsLast()
	return model.Flatten(c.opts...)
}

func (c *config) channelsLast() { c.only("data_format", `"channels_last"`) }

func reshape(c *config) *model.Layer {
	var shape []int
	for _, d := range need[[]*int](c, "target_shape") {
		if d == nil {
			c.fail(errors.New("target_shape has a null; want lengths, one of which may be -1"))
			return nil
		}
		shape = append(shape, *d)
	}
	if elements(shape) > mostElements {
		c.fail(fmt.Errorf("target_shape is %v; want at most 2⁴⁰ elements", shape))
	}
	return model.Reshape(shape, c.opts...)
}

func batchNormalization(c *config) *model.Layer {
	if raw := c.left["axis"]; len(raw) > 0 && raw[0] == '[' { // of TensorFlow 2
		if axes := c.sizes("axis", 1); axes != nil {
			c.axis = axes[0]
		}
	} else {
		c.axis = take(c, "axis", -1)
	}
	if c.axis != -1 && c.axis < 1 {
		c.fail(fmt.Errorf("axis is %d; want the last, -1", c.axis))
	}
	c.add(model.Momentum(take(c, "momentum", 0.99)), model.Epsilon(take(c, "epsilon", 1e-3)),
		model.Center(take(c, "center", true)), model.Scale(take(c, "scale", true)))
	c.initializer("gamma_initializer", model.GammaInit)
	c.initializer("beta_initializer", model.BetaInit)
	c.fixed("moving_mean_initializer", model.Zeros())
	c.fixed("moving_variance_initializer", model.Ones())
	c.only("renorm", "false")
	c.only("synchronized", "false")
	c.skip("renorm_momentum", "fused")
	return model.BatchNormalization(c.opts...)
}

// convolution reads what convolutions over a number of directions have.
func (c *config) convolution(dims int) (filters int, size []int) {
	filters, size = need[int](c, "filters"), c.sizes("kernel_size", dims)
	if size == nil {
		c.fail(errors.New("kernel_size is missing"))
		return 0, make([]int, dims)
	}
	c.kernel = float64(filters) * elements(size)
	c.window(dims)
	if dilation := c.sizes("dilation_rate", dims); dilation != nil {
		c.add(model.Dilation(dilation...))
	}
	c.only("groups", "1")
	c.weighted()
	return filters, size
}

// window reads how a window moves.
func (c *config) window(dims int) {
	c.channelsLast()
	if strides := c.sizes("strides", dims); strides != nil {
		c.add(model.Stride(strides...))
	}
	c.add(model.Padding(take(c, "padding", "valid")))
}

func conv1D(c *config) *model.Layer {
	filters, size := c.convolution(1)
	return model.Conv1D(filters, size[0], c.opts...)
}

func conv2D(c *config) *model.Layer {
	filters, size := c.convolution(2)
	return model.Conv2D(filters, size[0], size[1], c.opts...)
}

func pool1D(layer func(int, ...model.LayerOption) *model.Layer) func(*config) *model.Layer {
	return func(c *config) *model.Layer {
		size := c.sizes("pool_size", 1)
		if size == nil {
			size = []int{2}
		}
		c.window(1)
		return layer(size[0], c.opts...)
	}
}

func pool2D(layer func(int, int, ...model.LayerOption) *model.Layer) func(*config) *model.Layer {
	return func(c *config) *model.Layer {
		size := c.sizes("pool_size", 2)
		if size == nil {
			size = []int{2, 2}
		}
		c.window(2)
		return layer(size[0], size[1], c.opts...)
	}
}

func globalPool(layer func(...model.LayerOption) *model.Layer) func(*config) *model.Layer {
	return func(c *config) *model.Layer {
		c.channelsLast()
		c.only("keepdims", "false")
		return layer(c.opts...)
	}
}

func upSampling1D(c *config) *model.Layer {
	size := c.sizes("size", 1)
	if size == nil {
		size = []int{2}
	}
	return model.UpSampling1D(size[0], c.opts...)
}

func upSampling2D(c *config) *model.Layer {
	c.channelsLast()
	c.only("interpolation", `"nearest"`)
	size := c.sizes("size", 2)
	if size == nil {
		size = []int{2, 2}
	}
	return model.UpSampling2D(size[0], size[1], c.opts...)
}

// zeroPadding2D takes one number, one for each direction, or one for each side.
func zeroPadding2D(c *config) *model.Layer {
	c.channelsLast()
	raw := c.raw("padding")
	var sides [][]int
	p := [4]int{1, 1, 1, 1}
	if json.Unmarshal(raw, &sides) == nil {
		if len(sides) != 2 || len(sides[0]) != 2 || len(sides[1]) != 2 {
			c.fail(fmt.Errorf("padding is %s; want [[top, bottom], [left, right]]", short(raw)))
			return nil
		}
		p = [4]int{sides[0][0], sides[0][1], sides[1][0], sides[1][1]}
	} else if raw != nil {
		again := &config{left: map[string]json.RawMessage{"padding": raw}}
		both := again.sizes("padding", 2)
		if c.fail(again.err); both == nil {
			return nil
		}
		p = [4]int{both[0], both[0], both[1], both[1]}
	}
	return model.ZeroPadding2D(p[0], p[1], p[2], p[3], c.opts...)
}

func concatenate(c *config) *model.Layer {
	c.add(model.Axis(take(c, "axis", -1)))
	return model.Concatenate(c.opts...)
}

func rescaling(c *config) *model.Layer {
	return model.Rescaling(need[float64](c, "scale"), take(c, "offset", 0.0), c.opts...)
}
