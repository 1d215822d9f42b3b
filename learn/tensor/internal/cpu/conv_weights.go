package cpu

import "unsafe"

// A weightConv computes the gradient of the weights of a convolution: for each
// tap the product of the images' pixels, turned, and those of the gradient of
// the results. A tile sums over the pixels of some rows, so its taps are rows.
//
// Tasks divide the weights, not the pixels, and each sums over all pixels in
// the same order whatever the division.
type weightConv[T Float] struct {
	s          ConvShape
	outH, outW int
	left       int // the first column that taps reach
	wide       int // columns they reach
	perPixel   int // values to a pixel of a band
	starts     []weightTap
	m          int // rows of weights to a tap
	images     int // to a band
	rows       int // of each of their results
	offsets    []int
	job        weightJob[T]
	task       func(int)
}

// A weightTap is at a row and column of the images, seen from the corner of the
// first pixel, and belongs to the weights from a row on.
type weightTap struct{ row, col, weights int }

// weightJob is the run that is being done.
type weightJob[T Float] struct {
	dw, x, dy []T
	add       bool
	width     int // of a tile
	units     int // pairs of a tap and a panel to a task
}

const (
	fewChannels = 16       // below which the columns of the taps are one tap
	tilePixels  = 200      // of the results to a tile: they stay in the first cache
	perLine     = 64       // bytes
	weightBytes = 96 << 10 // of the images to a band
)

func newGradWeights[T Float](s ConvShape) *weightConv[T] {
	size := sizeOf[T]()
	c := &weightConv[T]{s: s, outH: s.OutH(), outW: s.OutW(), left: -s.PadLeft, perPixel: s.C, m: s.C}
	c.wide = (c.outW-1)*s.StrideW + (s.KW-1)*s.DilationW + 1
	cols := s.KW
	if s.C < fewChannels && s.DilationW == 1 {
		c.m, cols = s.KW*s.C, 1
	} else if s.C*size%(4*perLine) == 0 {
		c.perPixel += perLine / size // so that pixels are in different sets of the cache
	}
	for i := range s.KH {
		for j := range cols {
			c.starts = append(c.starts, weightTap{i * s.DilationH, j * s.DilationW, (i*s.KW + j) * s.C})
		}
	}
	row := c.wide * c.perPixel * size
	c.rows = max(1, min(c.outH, tilePixels/c.outW, (weightBytes/row-(s.KH-1)*s.DilationH)/s.StrideH))
	if c.images = 1; c.rows == c.outH {
		c.images = max(1, min(s.N, tilePixels/(c.rows*c.outW), 6*weightBytes/(row*c.bandRows(c.rows))))
	}
	for i := range c.images {
		for j := range c.rows {
			c.offsets = append(c.offsets, (i*c.bandRows(c.rows)+j*s.StrideH)*row)
		}
	}
	c.task = c.part
	return c
}

// bandRows is how many rows of an image some rows of its result reach.
func (c *weightConv[T]) bandRows(rows int) int {
	return (rows-1)*c.s.StrideH + (c.s.KH-1)*c.s.DilationH + 1
}

func (c *weightConv[T]) run(p *Pool, dw, x, dy []T, add bool) {
	if c.s.N == 0 {
		if !add {
			clear(dw[:c.s.KH*c.s.KW*c.s.C*c.s.K])
		}
		return
	}
	if p == nil {
		p = alone
	}
	c.job = weightJob[T]{dw: dw, x: x, dy: dy, add: add, width: tileWidth[T]()}
	units := len(c.starts) * divUp(c.s.K, c.job.width)
	parts, _ := p.Grain(units, divUp(c.s.N*c.outH*c.outW*c.m*c.job.width, 32))
	parts = min(parts, 2*p.workers)
	c.job.units = divUp(units, parts)
	p.Run(divUp(units, c.job.units), c.task)
	c.job = weightJob[T]{}
}

// part is a task: it computes the gradients of some taps and panels of filters.
func (c *weightConv[T]) part(i int) {
	job := &c.job
	panels := divUp(c.s.K, job.width)
	u0 := i * job.units
	u1 := min(u0+job.units, len(c.starts)*panels)
	bandSize := roundUp(c.images*c.bandRows(c.rows)*c.wide*c.perPixel, perLine)
	space := takeScratch[T](bandSize + c.images*c.rows*c.outW*panels*job.width)
	defer giveScratch(space)
	band, right := space[:bandSize], space[bandSize:]
	add := job.add
	for image := 0; image < c.s.N; image += c.images {
		images := min(c.images, c.s.N-image)
		for row := 0; row < c.outH; row += c.rows {
			rows := min(c.rows, c.outH-row)
			for i := range images {
				c.load(band[i*c.bandRows(rows)*c.wide*c.perPixel:], image+i, row, rows)
			}
			c.packRight(right, image, row, images*rows)
			c.sum(band, right, images*rows, u0, u1, add)
			add = true
		}
	}
}

// load copies what some rows of a result reach of its image.
func (c *weightConv[T]) load(band []T, image, row, rows int) {
	s := &c.s
	x := c.job.x[image*s.H*s.W*s.C:][:s.H*s.W*s.C]
	padRows(band, x, row*s.StrideH-s.PadTop, c.bandRows(rows), s.H, c.left, c.wide, s.W, s.C, c.perPixel)
}

// packRight copies some rows of the results' gradient into panels; those of
// several images are whole.
func (c *weightConv[T]) packRight(right []T, image, row, rows int) {
	width, pixels := c.job.width, rows*c.outW
	dy := c.job.dy[(image*c.outH+row)*c.outW*c.s.K:][:pixels*c.s.K]
	for j := 0; j < c.s.K; j += width {
		copyBlock(right[j*pixels:][:pixels*width], dy[j:], pixels, min(width, c.s.K-j), width, c.s.K)
	}
}

// sum adds what a band gives to some gradients.
func (c *weightConv[T]) sum(band, right []T, rows, u0, u1 int, add bool) {
	size := sizeOf[T]()
	width := c.job.width
	panels := divUp(c.s.K, width)
	t := tile{taps: &c.offsets[0], ntaps: rows, k: c.outW, m: c.m, brs: width * size, ldc: c.s.K * size}
	inPlace[T](&t, size, c.s.StrideW*c.perPixel*size, false)
	t.finish(add, Linear, true)
	for u := u0; u < u1; u++ {
		start, j := c.starts[u/panels], u%panels*width
		t.a = unsafe.Pointer(&band[(start.row*c.wide+start.col)*c.perPixel])
		t.b = unsafe.Pointer(&right[j*rows*c.outW])
		t.c = unsafe.Pointer(&c.job.dw[start.weights*c.s.K+j])
		t.n = min(width, c.s.K-j) * size
		runTile[T](&t)
	}
}
