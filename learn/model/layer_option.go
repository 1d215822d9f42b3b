package model

import (
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"

	"github.com/sheaf-go/sheaf/internal/near"
	"github.com/sheaf-go/sheaf/learn/tensor"
)

// A LayerOption sets a parameter of a layer when it is made.
type LayerOption struct {
	name string
	set  func(*Layer) error
}

// String is the name of the option.
func (o LayerOption) String() string { return "model." + o.name }

// anyLayer is the options of every layer.
var anyLayer = []string{"Name", "Frozen", "InputShape"}

// Name names a layer; names in a model differ. Without it a layer is called by
// its kind and a number, such as dense_1.
func Name(name string) LayerOption {
	return LayerOption{"Name", func(l *Layer) error {
		if name == "" {
			return errors.New("Name is empty")
		}
		l.name = name
		return nil
	}}
}

// Frozen keeps the layer's weights from being trained; see [Layer.Frozen].
func Frozen() LayerOption {
	return LayerOption{"Frozen", func(l *Layer) error { l.frozen = true; return nil }}
}

// InputShape is the shape of a row of the layer's input, without the axis that
// counts rows. The first layer of [Sequential] may have it, so that the model
// has weights before it has seen data.
func InputShape(shape ...int) LayerOption {
	return LayerOption{"InputShape", func(l *Layer) error {
		if len(shape) == 0 {
			return errors.New("InputShape has no lengths; want those of a row")
		}
		l.set.InputShape = slices.Clone(shape)
		return lengths("InputShape", shape)
	}}
}

// lengths wants every number to be at least 1.
func lengths(what string, n []int) error {
	for _, d := range n {
		if d < 1 {
			return fmt.Errorf("%s is %s; want lengths of at least 1", what, shapeText(n))
		}
		if d > 1<<30 {
			return fmt.Errorf("%s is %s; want lengths below 2³⁰", what, shapeText(n))
		}
	}
	return nil
}

// Act applies an activation to what the layer gives: one of tensor.Activations,
// such as "relu", or "softmax" or "log_softmax" along the last axis.
func Act(name string) LayerOption {
	return LayerOption{"Act", func(l *Layer) (err error) {
		l.set.Act, err = activationName(name)
		return err
	}}
}

// Alpha is the parameter of the activations that have one: the slope of
// leaky_relu below 0 (0.2 without it) and the scale of elu (1 without it).
func Alpha(alpha float64) LayerOption {
	return LayerOption{"Alpha", func(l *Layer) error {
		l.set.Alpha, l.set.HasAlpha = alpha, true
		return finite("Alpha", alpha)
	}}
}

func finite(what string, x float64) error {
	if math.IsNaN(x) || math.IsInf(x, 0) {
		return fmt.Errorf("%s is %v; want a finite number", what, x)
	}
	return nil
}

// activationAliases are other names that Keras takes.
var activationAliases = map[string]string{
	"": "", "linear": "", "swish": "silu", "hard_swish": "hard_silu", "leakyrelu": "leaky_relu",
}

// activationName is the name of an activation without aliases; the linear one
// has none.
func activationName(name string) (string, error) {
	if a, ok := activationAliases[name]; ok {
		return a, nil
	}
	known := append(tensor.Activations(), "softmax", "log_softmax")
	if slices.Contains(known, name) {
		return name, nil
	}
	return "", unknown("activation", name, known)
}

// unknown is the error about a name that is none of those known.
func unknown(what, name string, known []string) error {
	if n := near.Name(name, slices.Values(known)); n != "" {
		return fmt.Errorf("no %s %q; did you mean %q?", what, name, n)
	}
	known = slices.Sorted(slices.Values(known))
	return fmt.Errorf("no %s %q; there are %v", what, name, known)
}

// UseBias says whether the layer adds a bias, which it does by default.
func UseBias(on bool) LayerOption {
	return LayerOption{"UseBias", func(l *Layer) error { l.set.NoBias = !on; return nil }}
}

// KernelInit sets how the kernel's first values are made; the default is
// [GlorotUniform].
func KernelInit(i Initializer) LayerOption { return initOption("KernelInit", "kernel", i) }

// BiasInit sets how the bias's first values are made; the default is [Zeros].
func BiasInit(i Initializer) LayerOption { return initOption("BiasInit", "bias", i) }

// GammaInit sets how the scale of a batch normalisation begins; the default is
// [Ones].
func GammaInit(i Initializer) LayerOption { return initOption("GammaInit", "gamma", i) }

// BetaInit sets how the offset of a batch normalisation begins; the default is
// [Zeros].
func BetaInit(i Initializer) LayerOption { return initOption("BetaInit", "beta", i) }

func initOption(name, weight string, i Initializer) LayerOption {
	return LayerOption{name, func(l *Layer) error {
		l.set.inits = maps.Clone(l.set.inits)
		if l.set.inits == nil {
			l.set.inits = map[string]Initializer{}
		}
		l.set.inits[weight] = i
		return nil
	}}
}

// KernelRegularizer adds a penalty on the kernel to the loss.
func KernelRegularizer(r *Regularizer) LayerOption {
	return regOption("KernelRegularizer", "kernel", r)
}

// BiasRegularizer adds a penalty on the bias to the loss.
func BiasRegularizer(r *Regularizer) LayerOption { return regOption("BiasRegularizer", "bias", r) }

// KernelL2 adds factor · Σ kernel² to the loss.
func KernelL2(factor float64) LayerOption { return KernelRegularizer(L2(factor)) }

// KernelL1 adds factor · Σ |kernel| to the loss.
func KernelL1(factor float64) LayerOption { return KernelRegularizer(L1(factor)) }

func regOption(name, weight string, r *Regularizer) LayerOption {
	return LayerOption{name, func(l *Layer) error {
		if r == nil {
			return fmt.Errorf("%s is nil", name)
		}
		if err := r.Err(); err != nil {
			return err
		}
		l.set.regs = maps.Clone(l.set.regs)
		if l.set.regs == nil {
			l.set.regs = map[string]*Regularizer{}
		}
		l.set.regs[weight] = r
		return nil
	}}
}

// Stride is how far a window moves: one number for all directions, or one for
// each. The default is 1 for convolutions and the window's size for pooling.
func Stride(n ...int) LayerOption {
	return sizesOption("Stride", n, func(s *settings) *[]int { return &s.Stride })
}

// Dilation is the distance between the elements of a convolution's window: one
// number for all directions, or one for each. The default is 1.
func Dilation(n ...int) LayerOption {
	return sizesOption("Dilation", n, func(s *settings) *[]int { return &s.Dilation })
}

func sizesOption(name string, n []int, field func(*settings) *[]int) LayerOption {
	return LayerOption{name, func(l *Layer) error {
		dims := len(l.set.Size)
		want := slices.Clone(n)
		if len(want) == 1 {
			for len(want) < dims {
				want = append(want, n[0])
			}
		}
		if len(want) != dims {
			return fmt.Errorf("%s has %d numbers; want 1 or %d", name, len(n), dims)
		}
		*field(&l.set) = want
		return lengths(name, n)
	}}
}

// Padding is "valid", the default, where windows stay inside the input; "same",
// where zeros around it make the output 1/stride of the input's lengths, rounded
// up; or, for [Conv1D], "causal", where no output sees later inputs.
func Padding(how string) LayerOption {
	return LayerOption{"Padding", func(l *Layer) error {
		known := []string{"valid", "same"}
		if l.kind.name == "Conv1D" {
			known = append(known, "causal")
		}
		if !slices.Contains(known, how) {
			return unknown("padding", how, known)
		}
		l.set.Padding = how
		return nil
	}}
}

// Momentum is the share of a moving average that a batch leaves, 0.99 by
// default.
func Momentum(m float64) LayerOption {
	return LayerOption{"Momentum", func(l *Layer) error {
		l.set.Momentum = m
		if !(m >= 0 && m <= 1) {
			return fmt.Errorf("Momentum is %v; want 0 to 1", m)
		}
		return nil
	}}
}

// Epsilon is added to variances, 0.001 by default.
func Epsilon(e float64) LayerOption {
	return LayerOption{"Epsilon", func(l *Layer) error {
		l.set.Epsilon = e
		if !(e > 0) || math.IsInf(e, 0) {
			return fmt.Errorf("Epsilon is %v; want more than 0", e)
		}
		return nil
	}}
}

// Center says whether a batch normalisation adds an offset, as it does by
// default.
func Center(on bool) LayerOption {
	return LayerOption{"Center", func(l *Layer) error { l.set.NoCenter = !on; return nil }}
}

// Scale says whether a batch normalisation multiplies by a scale, as it does by
// default.
func Scale(on bool) LayerOption {
	return LayerOption{"Scale", func(l *Layer) error { l.set.NoScale = !on; return nil }}
}

// Axis is the axis along which [Concatenate] works, counted with the one of
// rows: 1 is the first of a row, -1, the default, the last.
func Axis(axis int) LayerOption {
	return LayerOption{"Axis", func(l *Layer) error {
		if axis == 0 {
			return errors.New("Axis is 0, that of rows; want 1 or more, or a negative one")
		}
		l.set.Axis = axis
		return nil
	}}
}
