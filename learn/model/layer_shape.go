package model

import (
	"fmt"
	"slices"

	"github.com/sheaf-go/sheaf/learn/tensor"
)

var flattenKind = register(&kind{
	name:  "Flatten",
	shape: func(_ *Layer, in [][]int) ([]int, error) { return []int{product(in[0])}, nil },
	build: func(c *layerCall) *tensor.Node { return c.x().Reshape(c.rows(), -1) },
})

// Flatten makes one axis of all axes of a row: (n, 4, 3) becomes (n, 12).
func Flatten(opts ...LayerOption) *Layer { return newLayer(flattenKind, settings{}, opts) }

var reshapeKind = register(&kind{
	name: "Reshape",
	check: func(s *settings) error {
		rest := 0
		for _, d := range s.Shape {
			if d == -1 {
				rest++
			}
			if d < 1 && d != -1 || d > 1<<30 || rest > 1 {
				return fmt.Errorf("shape %s; want lengths of at least 1, and one may be -1", shapeText(s.Shape))
			}
		}
		if len(s.Shape) == 0 {
			return fmt.Errorf("shape (); want at least one length")
		}
		return nil
	},
	shape: reshaped,
	build: func(c *layerCall) *tensor.Node {
		shape, err := reshaped(c.layer, [][]int{c.x().Shape()[1:]})
		if err != nil {
			panic(err) // fit has checked it
		}
		return c.x().Reshape(append([]int{c.rows()}, shape...)...)
	},
})

// Reshape gives rows another shape of as many elements. One length may be -1:
// it is what is left.
func Reshape(shape []int, opts ...LayerOption) *Layer {
	return newLayer(reshapeKind, settings{Shape: slices.Clone(shape)}, opts)
}

func reshaped(l *Layer, in [][]int) ([]int, error) {
	out, all := slices.Clone(l.set.Shape), product(in[0])
	if at := slices.Index(out, -1); at >= 0 {
		out[at] = 1
		out[at] = all / max(product(out), 1)
	}
	if product(out) != all {
		return nil, fmt.Errorf("input has shape %s, rows of %d elements; shape %s has %d", shapeOf(in[0]), all, shapeText(l.set.Shape), product(out))
	}
	return out, nil
}

var (
	upsampling1DKind = registerUpsampling("UpSampling1D", 1)
	upsampling2DKind = registerUpsampling("UpSampling2D", 2)
)

func registerUpsampling(name string, dims int) *kind {
	return register(&kind{
		name: name,
		check: func(s *settings) error {
			if len(s.Size) != dims {
				return fmt.Errorf("size of %d numbers; want %d", len(s.Size), dims)
			}
			return lengths("the size", s.Size)
		},
		shape: func(l *Layer, in [][]int) ([]int, error) {
			if err := wantAxes(in[0], dims+1, axisNames[dims]); err != nil {
				return nil, err
			}
			out := slices.Clone(in[0])
			for i, n := range l.set.Size {
				out[i] *= n
			}
			return out, nil
		},
		build: func(c *layerCall) *tensor.Node {
			y, x := 1, c.set.Size[dims-1]
			if dims == 2 {
				y = c.set.Size[0]
			}
			return series(image(c.x()).Upsample2D(y, x), dims)
		},
	})
}

// UpSampling1D repeats each step of series of shape (n, steps, channels).
func UpSampling1D(times int, opts ...LayerOption) *Layer {
	return newLayer(upsampling1DKind, settings{Size: []int{times}}, opts)
}

// UpSampling2D repeats each row and each column of images of shape (n, height,
// width, channels): the nearest pixel.
func UpSampling2D(rows, columns int, opts ...LayerOption) *Layer {
	return newLayer(upsampling2DKind, settings{Size: []int{rows, columns}}, opts)
}

var zeroPadding2DKind = register(&kind{
	name: "ZeroPadding2D",
	check: func(s *settings) error {
		if len(s.Pads) != 4 || slices.Min(s.Pads) < 0 || slices.Max(s.Pads) > 1<<30 {
			return fmt.Errorf("padding %v; want four numbers of at least 0", s.Pads)
		}
		return nil
	},
	shape: func(l *Layer, in [][]int) ([]int, error) {
		if err := wantAxes(in[0], 3, axisNames[2]); err != nil {
			return nil, err
		}
		p := l.set.Pads
		return []int{in[0][0] + p[0] + p[1], in[0][1] + p[2] + p[3], in[0][2]}, nil
	},
	build: func(c *layerCall) *tensor.Node {
		p := c.set.Pads
		return c.x().Pad(1, p[0], p[1]).Pad(2, p[2], p[3])
	},
})

// ZeroPadding2D puts zeros around images of shape (n, height, width, channels).
func ZeroPadding2D(top, bottom, left, right int, opts ...LayerOption) *Layer {
	return newLayer(zeroPadding2DKind, settings{Pads: []int{top, bottom, left, right}}, opts)
}
