package tensor

import (
	"fmt"
	"slices"

	"github.com/sheaf-go/sheaf/learn/tensor/internal/cpu"
)

// A Window is the stretch of an image that a convolution or a pooling looks at
// and how it moves. Images have the shape (batch, height, width, channels).
// A zero stride, dilation or length counts as 1.
type Window struct {
	Height, Width            int  // of the window; a convolution takes them from its kernel
	StrideY, StrideX         int  // how far it moves
	DilationY, DilationX     int  // distance of its elements; 1 for pooling
	Top, Bottom, Left, Right int  // zeros around the image
	Same                     bool // pad so that the result has 1/stride of the image's lengths, rounded up
}

// A frame is a window over an image: what a convolution or pooling is of.
type frame struct {
	n, h, w, c               int
	kh, kw, k                int // k: filters of a convolution
	sy, sx, dy, dx           int
	top, bottom, left, right int
	oh, ow                   int
}

// String is the window and how it moves.
func (f frame) String() string {
	return fmt.Sprintf("%d×%d stride %d×%d", f.kh, f.kw, f.sy, f.sx)
}

// Conv2D is the convolution (as in all of deep learning, the correlation) of
// images of shape (batch, height, width, channels) with a kernel of shape
// (height, width, channels, filters). The result has the filters as channels.
func (n *Node) Conv2D(kernel *Node, w Window) *Node {
	if n.err != nil || kernel.err != nil {
		return n.op(kindConv, nil, nil, n, kernel)
	}
	if len(kernel.shape) != 4 {
		return n.g.failf("conv: kernel of shape %s; want (height, width, channels, filters)", shapeText(kernel.shape))
	}
	w.Height, w.Width = kernel.shape[0], kernel.shape[1]
	f, err := n.frame("conv", w)
	if err != nil {
		return n.g.fail(err)
	}
	if kernel.shape[2] != f.c {
		return n.g.failf("conv: image of shape %s has %d channels, the kernel of shape %s wants %d", shapeText(n.shape), f.c, shapeText(kernel.shape), kernel.shape[2])
	}
	if bad := n.notNumbers("conv", kernel); bad != nil {
		return bad
	}
	f.k = kernel.shape[3]
	return n.op(kindConv, f, []int{f.n, f.oh, f.ow, f.k}, n, kernel)
}

// MaxPool2D is the largest of each window of images of shape (batch, height,
// width, channels). Padding never wins.
//
// Of an activation that does not fall, the largest is taken before it: the
// result is the same, and there is less to activate and to differentiate.
func (n *Node) MaxPool2D(w Window) *Node {
	if a, ok := n.attr.(activation); ok && n.kind == kindAct && a.rises() {
		m := n.in[0].pool(kindMaxPool, w)
		return m.op(kindAct, a, m.shape, m)
	}
	return n.pool(kindMaxPool, w)
}

// rises reports whether a larger number never has a smaller activation.
func (a activation) rises() bool {
	switch a.act {
	case cpu.ReLU, cpu.LeakyReLU, cpu.ReLU6, cpu.ELU, cpu.SELU, cpu.Sigmoid, cpu.HardSigmoid, cpu.Tanh, cpu.Softplus, cpu.Softsign, cpu.Exponential:
		return true
	}
	return false
}

// AvgPool2D is the mean of each window of images of shape (batch, height,
// width, channels). Padding is not counted.
func (n *Node) AvgPool2D(w Window) *Node { return n.pool(kindAvgPool, w) }

func (n *Node) pool(k kind, w Window) *Node {
	if n.err != nil {
		return n
	}
	f, err := n.frame(string(k), w)
	if err != nil {
		return n.g.fail(err)
	}
	if f.dy != 1 || f.dx != 1 {
		return n.g.failf("%s: dilation %d×%d; want 1×1", k, f.dy, f.dx)
	}
	if f.top >= f.kh || f.bottom >= f.kh || f.left >= f.kw || f.right >= f.kw {
		return n.g.failf("%s: padding %d %d %d %d; want less than the window of %d×%d, as one may hold nothing else", k, f.top, f.bottom, f.left, f.right, f.kh, f.kw)
	}
	if bad := n.notNumbers(string(k)); bad != nil {
		return bad
	}
	return n.op(k, f, []int{f.n, f.oh, f.ow, f.c}, n)
}

// frame is w over the images of n.
func (n *Node) frame(verb string, w Window) (frame, error) {
	if len(n.shape) != 4 {
		return frame{}, fmt.Errorf("tensor: %s: images of shape %s; want (batch, height, width, channels)", verb, shapeText(n.shape))
	}
	for _, p := range []*int{&w.Height, &w.Width, &w.StrideY, &w.StrideX, &w.DilationY, &w.DilationX} {
		if *p == 0 {
			*p = 1
		}
		if *p < 0 {
			return frame{}, fmt.Errorf("tensor: %s: window %+v has a negative length", verb, w)
		}
	}
	if min(w.Top, w.Bottom, w.Left, w.Right) < 0 {
		return frame{}, fmt.Errorf("tensor: %s: window %+v has negative padding", verb, w)
	}
	f := frame{n: n.shape[0], h: n.shape[1], w: n.shape[2], c: n.shape[3], kh: w.Height, kw: w.Width,
		sy: w.StrideY, sx: w.StrideX, dy: w.DilationY, dx: w.DilationX,
		top: w.Top, bottom: w.Bottom, left: w.Left, right: w.Right}
	spanY, spanX := (f.kh-1)*f.dy+1, (f.kw-1)*f.dx+1
	if w.Same {
		f.top, f.bottom = samePad(f.h, spanY, f.sy)
		f.left, f.right = samePad(f.w, spanX, f.sx)
	}
	if f.h+f.top+f.bottom < spanY || f.w+f.left+f.right < spanX {
		return frame{}, fmt.Errorf("tensor: %s: a window of %d×%d does not fit into images of shape %s", verb, spanY, spanX, shapeText(n.shape))
	}
	f.oh = (f.h+f.top+f.bottom-spanY)/f.sy + 1
	f.ow = (f.w+f.left+f.right-spanX)/f.sx + 1
	return f, nil
}

// samePad is the padding that makes the result ⌈length/stride⌉ long, the odd
// zero at the end as in TensorFlow.
func samePad(length, span, stride int) (before, after int) {
	out := (length + stride - 1) / stride
	all := max((out-1)*stride+span-length, 0)
	return all / 2, all - all/2
}

// Upsample2D repeats each pixel of images of shape (batch, height, width,
// channels) in both directions.
func (n *Node) Upsample2D(y, x int) *Node {
	if n.err != nil {
		return n
	}
	if len(n.shape) != 4 || y < 1 || x < 1 {
		return n.g.failf("upsample: %d×%d times shape %s; want at least 1×1 times (batch, height, width, channels)", y, x, shapeText(n.shape))
	}
	if bad := n.notNumbers("upsample"); bad != nil {
		return bad
	}
	s := n.shape
	return n.op(kindUpsample, [2]int{y, x}, []int{s[0], s[1] * y, s[2] * x, s[3]}, n)
}

// A batchNorm normalises each channel, the last axis.
type batchNorm struct {
	momentum, epsilon float64
}

// BatchNorm normalises each channel (the last axis) by the mean and the
// variance of the batch, then scales and shifts it by vectors. In each run the
// moving averages become momentum·average + (1-momentum)·batch's.
//
// Ioffe and Szegedy, Batch Normalization (2015); the variance is that of the
// batch itself (divided by its size), as in Keras.
func (n *Node) BatchNorm(scale, offset *Node, mean, variance *Variable, momentum, epsilon float64) *Node {
	if n.err != nil {
		return n
	}
	m, v := n.g.Var(mean), n.g.Var(variance)
	for _, x := range []*Node{scale, offset, m, v} {
		if x.err != nil {
			return x
		}
		if len(n.shape) < 2 || len(x.shape) != 1 || x.shape[0] != n.Dim(-1) {
			return n.g.failf("batchnorm: a vector of shape %s for an array of shape %s; want one number per channel", shapeText(x.shape), shapeText(n.shape))
		}
	}
	if n.Len() == 0 {
		return n.g.failf("batchnorm: of an empty array of shape %s", shapeText(n.shape))
	}
	if bad := n.notNumbers("batchnorm", scale, offset); bad != nil {
		return bad
	}
	y := n.op(kindBatchNorm, batchNorm{momentum, epsilon}, n.shape, n, scale, offset, m, v)
	return y
}

// LayerNorm normalises each row (along the last axis) by its own mean and
// variance, then scales and shifts it by vectors.
//
// Ba, Kiros and Hinton, Layer Normalization (2016).
func (n *Node) LayerNorm(scale, offset *Node, epsilon float64) *Node {
	if err := cmpErr(n.err, scale.err, offset.err); err != nil {
		return n.op(kindLayerNorm, nil, nil, n, scale, offset)
	}
	if bad := n.notRows("layernorm"); bad != nil {
		return bad
	}
	want := n.shape[len(n.shape)-1:]
	if !slices.Equal(scale.shape, want) || !slices.Equal(offset.shape, want) {
		return n.g.failf("layernorm: vectors of shapes %s and %s for an array of shape %s; want %s", shapeText(scale.shape), shapeText(offset.shape), shapeText(n.shape), shapeText(want))
	}
	return n.op(kindLayerNorm, epsilon, n.shape, n, scale, offset)
}
