package cpu

import "fmt"

// A ConvShape is that of a convolution of N images of H rows, W columns and C
// channels with K filters of KH rows and KW columns. Images are in row-major
// order [N, H, W, C], weights [KH, KW, C, K] and results [N, OutH, OutW, K].
// Strides and dilations of 0 mean 1; a dilation is the distance of neighbours in
// a filter. Around the images there are rows and columns of zeros.
type ConvShape struct {
	N, H, W, C                           int
	KH, KW, K                            int
	StrideH, StrideW                     int
	DilationH, DilationW                 int
	PadTop, PadBottom, PadLeft, PadRight int
}

// OutH is the number of rows of the result.
func (s ConvShape) OutH() int {
	return (s.H+s.PadTop+s.PadBottom-(s.KH-1)*max(1, s.DilationH)-1)/max(1, s.StrideH) + 1
}

// OutW is the number of columns of the result.
func (s ConvShape) OutW() int {
	return (s.W+s.PadLeft+s.PadRight-(s.KW-1)*max(1, s.DilationW)-1)/max(1, s.StrideW) + 1
}

// Check says what is wrong with a shape.
func (s ConvShape) Check() error {
	for _, v := range []struct {
		what       string
		has, least int
	}{
		{"batch", s.N, 0}, {"height", s.H, 1}, {"width", s.W, 1}, {"channels", s.C, 1},
		{"kernel height", s.KH, 1}, {"kernel width", s.KW, 1}, {"filters", s.K, 1},
		{"vertical stride", s.StrideH, 0}, {"horizontal stride", s.StrideW, 0},
		{"vertical dilation", s.DilationH, 0}, {"horizontal dilation", s.DilationW, 0},
		{"top padding", s.PadTop, 0}, {"bottom padding", s.PadBottom, 0},
		{"left padding", s.PadLeft, 0}, {"right padding", s.PadRight, 0},
	} {
		if v.has < v.least {
			return fmt.Errorf("conv: %s is %d; want at least %d", v.what, v.has, v.least)
		}
	}
	if h, need := s.H+s.PadTop+s.PadBottom, (s.KH-1)*max(1, s.DilationH)+1; h < need {
		return fmt.Errorf("conv: images have %d rows with padding; the kernel wants at least %d", h, need)
	}
	if w, need := s.W+s.PadLeft+s.PadRight, (s.KW-1)*max(1, s.DilationW)+1; w < need {
		return fmt.Errorf("conv: images have %d columns with padding; the kernel wants at least %d", w, need)
	}
	return nil
}

// A Conv does convolutions of one shape and their gradients. It has their
// workspace and does one at a time.
type Conv[T Float] struct {
	s       ConvShape
	forward *tapConv[T]
	input   *tapConv[T]
	weights *weightConv[T]
	dense   *denseConv[T] // of a shape that is a product of matrices, instead
}

// NewConv makes a Conv. It panics if the shape does not pass Check.
func NewConv[T Float](s ConvShape) *Conv[T] {
	if err := s.Check(); err != nil {
		panic("cpu: " + err.Error())
	}
	s.StrideH, s.StrideW = max(1, s.StrideH), max(1, s.StrideW)
	s.DilationH, s.DilationW = max(1, s.DilationH), max(1, s.DilationW)
	c := &Conv[T]{s: s}
	if c.dense = newDenseConv[T](s); c.dense == nil {
		c.forward = newForward[T](s)
	}
	return c
}

// Forward computes y = act(x ∗ w + bias) of shape [N, OutH, OutW, K], with K
// values of bias. p may be nil.
func (c *Conv[T]) Forward(p *Pool, y, x, w []T, e Epilogue[T]) {
	c.check(len(y), len(x), len(w))
	if len(e.Bias) != 0 && len(e.Bias) != c.s.K {
		panic(fmt.Sprintf("cpu: conv: bias has %d values; want %d", len(e.Bias), c.s.K))
	}
	if c.dense != nil {
		c.dense.forward.Run(p, y, x, w, e)
		return
	}
	c.forward.run(p, y, x, w, e)
}

// GradInput computes the gradient dx of the images from that of the results; it
// is added to what is in dx if add.
func (c *Conv[T]) GradInput(p *Pool, dx, dy, w []T, add bool) {
	c.check(len(dy), len(dx), len(w))
	if c.dense != nil {
		c.dense.input.Run(p, dx, dy, w, Epilogue[T]{Add: add})
		return
	}
	if c.input == nil {
		c.input = newGradInput[T](c.s)
	}
	c.input.run(p, dx, dy, w, Epilogue[T]{Add: add})
}

// GradWeights computes the gradient dw of the weights from that of the results;
// it is added to what is in dw if add.
func (c *Conv[T]) GradWeights(p *Pool, dw, x, dy []T, add bool) {
	c.check(len(dy), len(x), len(dw))
	if c.dense != nil {
		c.dense.weights.Run(p, dw, x, dy, Epilogue[T]{Add: add})
		return
	}
	if c.weights == nil {
		c.weights = newGradWeights[T](c.s)
	}
	c.weights.run(p, dw, x, dy, add)
}

// check panics if a slice is too short.
func (c *Conv[T]) check(y, x, w int) {
	s := c.s
	if want := s.N * s.OutH() * s.OutW() * s.K; y < want {
		panic(fmt.Sprintf("cpu: conv: results have %d values; want %d", y, want))
	}
	if want := s.N * s.H * s.W * s.C; x < want {
		panic(fmt.Sprintf("cpu: conv: images have %d values; want %d", x, want))
	}
	if want := s.KH * s.KW * s.C * s.K; w < want {
		panic(fmt.Sprintf("cpu: conv: weights have %d values; want %d", w, want))
	}
}

// denseConv is a convolution that is a product of matrices: of single pixels, or
// of whole images.
type denseConv[T Float] struct{ forward, input, weights *Gemm[T] }

// newDenseConv is nil for other shapes.
func newDenseConv[T Float](s ConvShape) *denseConv[T] {
	rows, cols := s.dense()
	if cols == 0 {
		return nil
	}
	return &denseConv[T]{
		forward: NewGemm[T](rows, s.K, cols, false, false),
		input:   NewGemm[T](rows, cols, s.K, false, true),
		weights: NewGemm[T](cols, s.K, rows, true, false),
	}
}

// dense is the shape of the matrix that the images are where a convolution is a
// product of matrices; it has no columns elsewhere.
func (s ConvShape) dense() (rows, cols int) {
	padded := s.PadTop+s.PadBottom+s.PadLeft+s.PadRight > 0
	switch {
	case padded:
	case s.KH == 1 && s.KW == 1 && s.StrideH == 1 && s.StrideW == 1:
		return s.N * s.H * s.W, s.C
	case s.KH == s.H && s.KW == s.W && s.DilationH == 1 && s.DilationW == 1:
		return s.N, s.H * s.W * s.C
	}
	return 0, 0
}
