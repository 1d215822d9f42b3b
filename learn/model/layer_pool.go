package model

import (
	"errors"
	"slices"

	"github.com/sheaf-go/sheaf/learn/tensor"
)

var (
	maxPool1DKind = registerPool("MaxPooling1D", 1, (*tensor.Node).MaxPool2D)
	maxPool2DKind = registerPool("MaxPooling2D", 2, (*tensor.Node).MaxPool2D)
	avgPool1DKind = registerPool("AveragePooling1D", 1, (*tensor.Node).AvgPool2D)
	avgPool2DKind = registerPool("AveragePooling2D", 2, (*tensor.Node).AvgPool2D)
)

func registerPool(name string, dims int, pool func(*tensor.Node, tensor.Window) *tensor.Node) *kind {
	return register(&kind{
		name:    name,
		options: []string{"Stride", "Padding"},
		check:   func(s *settings) error { return s.checkPool(dims) },
		shape: func(l *Layer, in [][]int) ([]int, error) {
			if err := wantAxes(in[0], dims+1, axisNames[dims]); err != nil {
				return nil, err
			}
			out, err := l.set.windows(in[0])
			return append(out, in[0][dims]), err
		},
		build: func(c *layerCall) *tensor.Node { return series(pool(image(c.x()), c.set.window()), dims) },
	})
}

func (s *settings) checkPool(dims int) error {
	if s.Stride == nil {
		s.Stride = slices.Clone(s.Size)
	}
	if s.Padding == "causal" {
		return unknown("padding", s.Padding, []string{"valid", "same"})
	}
	if slices.ContainsFunc(s.Dilation, func(d int) bool { return d != 1 }) {
		return errors.New("pooling has no dilation")
	}
	return s.checkWindow(dims)
}

// MaxPooling1D is the largest of each stretch of series of shape (n, steps,
// channels). [Stride] is the length of the stretch by default.
func MaxPooling1D(length int, opts ...LayerOption) *Layer {
	return newLayer(maxPool1DKind, settings{Size: []int{length}}, opts)
}

// MaxPooling2D is the largest of each window of images of shape (n, height,
// width, channels). [Stride] is the window's size by default.
func MaxPooling2D(height, width int, opts ...LayerOption) *Layer {
	return newLayer(maxPool2DKind, settings{Size: []int{height, width}}, opts)
}

// AveragePooling1D is the mean of each stretch of series of shape (n, steps,
// channels). What [Padding] adds is not counted.
func AveragePooling1D(length int, opts ...LayerOption) *Layer {
	return newLayer(avgPool1DKind, settings{Size: []int{length}}, opts)
}

// AveragePooling2D is the mean of each window of images of shape (n, height,
// width, channels). What [Padding] adds is not counted.
func AveragePooling2D(height, width int, opts ...LayerOption) *Layer {
	return newLayer(avgPool2DKind, settings{Size: []int{height, width}}, opts)
}

var (
	globalAvg1DKind = registerGlobal("GlobalAveragePooling1D", 1, (*tensor.Node).Mean)
	globalAvg2DKind = registerGlobal("GlobalAveragePooling2D", 2, (*tensor.Node).Mean)
	globalMax1DKind = registerGlobal("GlobalMaxPooling1D", 1, (*tensor.Node).Max)
	globalMax2DKind = registerGlobal("GlobalMaxPooling2D", 2, (*tensor.Node).Max)
)

func registerGlobal(name string, dims int, reduce func(*tensor.Node, ...int) *tensor.Node) *kind {
	return register(&kind{
		name: name,
		shape: func(l *Layer, in [][]int) ([]int, error) {
			if err := wantAxes(in[0], dims+1, axisNames[dims]); err != nil {
				return nil, err
			}
			return in[0][dims:], nil
		},
		build: func(c *layerCall) *tensor.Node { return reduce(c.x(), []int{1, 2}[:dims]...) },
	})
}

// GlobalAveragePooling1D is the mean over all steps: (n, steps, channels)
// becomes (n, channels).
func GlobalAveragePooling1D(opts ...LayerOption) *Layer {
	return newLayer(globalAvg1DKind, settings{}, opts)
}

// GlobalAveragePooling2D is the mean over all pixels: (n, height, width,
// channels) becomes (n, channels).
func GlobalAveragePooling2D(opts ...LayerOption) *Layer {
	return newLayer(globalAvg2DKind, settings{}, opts)
}

// GlobalMaxPooling1D is the largest of all steps: (n, steps, channels) becomes
// (n, channels).
func GlobalMaxPooling1D(opts ...LayerOption) *Layer {
	return newLayer(globalMax1DKind, settings{}, opts)
}

// GlobalMaxPooling2D is the largest of all pixels: (n, height, width, channels)
// becomes (n, channels).
func GlobalMaxPooling2D(opts ...LayerOption) *Layer {
	return newLayer(globalMax2DKind, settings{}, opts)
}
