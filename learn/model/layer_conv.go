package model

import (
	"fmt"

	"github.com/sheaf-go/sheaf/learn/tensor"
)

var convOptions = []string{"Act", "Alpha", "UseBias", "Stride", "Dilation", "Padding",
	"KernelInit", "BiasInit", "KernelRegularizer", "BiasRegularizer"}

var conv1DKind = register(&kind{name: "Conv1D", options: convOptions,
	check: func(s *settings) error { return s.checkConv(1) }, shape: convShape, weights: convWeights, build: buildConv})

var conv2DKind = register(&kind{name: "Conv2D", options: convOptions,
	check: func(s *settings) error { return s.checkConv(2) }, shape: convShape, weights: convWeights, build: buildConv})

// Conv1D slides filters of a length over series: its input has the shape (n,
// steps, channels), its output (n, new steps, filters). See [Stride],
// [Dilation], [Padding] and [Act].
func Conv1D(filters, length int, opts ...LayerOption) *Layer {
	return newLayer(conv1DKind, settings{Filters: filters, Size: []int{length}}, opts)
}

// Conv2D slides filters of a height and a width over images: its input has the
// shape (n, height, width, channels), its output (n, new height, new width,
// filters). See [Stride], [Dilation], [Padding] and [Act].
func Conv2D(filters, height, width int, opts ...LayerOption) *Layer {
	return newLayer(conv2DKind, settings{Filters: filters, Size: []int{height, width}}, opts)
}

func (s *settings) checkConv(dims int) error {
	return checkAll(lengths("the number of filters", []int{s.Filters}), s.checkWindow(dims), s.checkAct())
}

// checkWindow looks at a window over a number of directions, and fills in what
// was left out.
func (s *settings) checkWindow(dims int) error {
	for _, p := range []*[]int{&s.Stride, &s.Dilation} {
		if *p == nil {
			*p = []int{1, 1}[:dims]
		}
	}
	if s.Padding == "" {
		s.Padding = "valid"
	}
	for _, p := range [][]int{s.Size, s.Stride, s.Dilation} {
		if len(p) != dims {
			return fmt.Errorf("window of %d, stride of %d, dilation of %d numbers; want %d each", len(s.Size), len(s.Stride), len(s.Dilation), dims)
		}
	}
	if s.Padding != "valid" && s.Padding != "same" && (s.Padding != "causal" || dims != 1) {
		return unknown("padding", s.Padding, []string{"valid", "same"})
	}
	return checkAll(lengths("the window", s.Size), lengths("the stride", s.Stride), lengths("the dilation", s.Dilation))
}

// axisNames are the axes of a row of series and of images.
var axisNames = []string{"", "steps, channels", "height, width, channels"}

func convShape(l *Layer, in [][]int) ([]int, error) {
	dims := len(l.set.Size)
	if err := wantAxes(in[0], dims+1, axisNames[dims]); err != nil {
		return nil, err
	}
	out, err := l.set.windows(in[0])
	return append(out, l.set.Filters), err
}

// windows is how often the window fits into each direction of an input.
func (s *settings) windows(in []int) ([]int, error) {
	var out []int
	for i, size := range s.Size {
		span := (size-1)*s.Dilation[i] + 1
		n := (in[i] + s.Stride[i] - 1) / s.Stride[i]
		if s.Padding == "valid" {
			if in[i] < span {
				return nil, fmt.Errorf("input has shape %s, into which a window of %s does not fit", shapeOf(in), times(s.spans()))
			}
			n = (in[i]-span)/s.Stride[i] + 1
		}
		out = append(out, n)
	}
	return out, nil
}

// spans is the window's lengths with the gaps of dilation.
func (s *settings) spans() []int {
	out := make([]int, len(s.Size))
	for i, size := range s.Size {
		out[i] = (size-1)*s.Dilation[i] + 1
	}
	return out
}

func convWeights(l *Layer, in [][]int) []weightSpec {
	channels, filters, field := in[0][len(in[0])-1], l.set.Filters, product(l.set.Size)
	shape := append(append([]int{}, l.set.Size...), channels, filters)
	return l.withBias(filters, l.spec("kernel", GlorotUniform(), field*channels, field*filters, shape...))
}

func buildConv(c *layerCall) *tensor.Node {
	kernel := c.weight(0)
	if len(c.set.Size) == 1 {
		kernel = kernel.Reshape(append([]int{1}, kernel.Shape()...)...)
	}
	y := c.bias(image(c.x()).Conv2D(kernel, c.set.window()))
	return c.act(series(y, len(c.set.Size)))
}

// image is series as images of one row of pixels.
func image(x *tensor.Node) *tensor.Node {
	if x.NDim() != 3 {
		return x
	}
	s := x.Shape()
	return x.Reshape(s[0], 1, s[1], s[2])
}

// series undoes image where the layer has one direction.
func series(x *tensor.Node, dims int) *tensor.Node {
	if dims != 1 {
		return x
	}
	s := x.Shape()
	if len(s) != 4 {
		return x // it carries an error
	}
	return x.Reshape(s[0], s[2], s[3])
}

// window is the window for the graph, over images.
func (s *settings) window() tensor.Window {
	w := tensor.Window{Same: s.Padding == "same"}
	last := len(s.Size) - 1
	w.Width, w.StrideX, w.DilationX = s.Size[last], s.Stride[last], s.Dilation[last]
	w.Height, w.StrideY, w.DilationY = 1, 1, 1
	if last > 0 {
		w.Height, w.StrideY, w.DilationY = s.Size[0], s.Stride[0], s.Dilation[0]
	}
	if s.Padding == "causal" {
		w.Left = (w.Width - 1) * w.DilationX
	}
	return w
}
