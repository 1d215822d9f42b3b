package cpu

import "unsafe"

// A tapConv computes images in which a pixel is a sum over taps: pixels of
// another image near it, each times a matrix. That is a convolution, and also the
// gradient of its input.
//
// Nothing is gathered: the pixels of a row of the result are rows of a matrix A
// that lie at equal distances in the image, and so they do for each tap. Only
// where taps reach over the edges of an image some rows of it are copied first,
// with zeros around them.
type tapConv[T Float] struct {
	n              int // images
	inH, inW, inC  int
	outImage, outC int // values of an image of the result, and its channels
	kw, wc, wk     int // columns, input and output channels of the weights
	turned         bool
	passes         []tapPass
	inPlace        bool // the weights need no packing
	packs          []T
	job            tapJob[T]
	packTask       func(int)
	bandTask       func(int)
}

// A tapPass computes the pixels of the result that have the same taps: all of
// them, or, for the gradient of a convolution with strides, every so-manyth.
type tapPass struct {
	outH, outW            int // pixels
	first, perRow, perCol int // where they are in an image of the result
	stepH, stepW          int // in the input, from a pixel to the next
	rows, cols            []tap
	top, left             int // the first row and column that the first pixel's taps reach
	spanH, spanW          int // how many rows and columns they reach
	padded                bool
	wide                  int   // columns of the rows that tiles read
	offsets               []int // of the taps in them, in bytes
	tapK                  int   // values of A in a tap
	chunks                []tapChunk
	base                  int // of its weights in packs, in rows
	depth                 int // rows of weights
}

// A tap is at a row or column of the input, seen from the pixel, and uses a row
// or column of the weights.
type tap struct{ at, weights int }

// A tapChunk is as much of the taps as a tile sums: several, or a part of one.
type tapChunk struct{ tap, taps, from, k, row int }

// newForward is the convolution itself.
func newForward[T Float](s ConvShape) *tapConv[T] {
	c := &tapConv[T]{
		n: s.N, inH: s.H, inW: s.W, inC: s.C, outImage: s.OutH() * s.OutW() * s.K, outC: s.K,
		kw: s.KW, wc: s.C, wk: s.K,
	}
	pass := tapPass{
		outH: s.OutH(), outW: s.OutW(), perRow: s.OutW() * s.K, perCol: s.K, stepH: s.StrideH, stepW: s.StrideW,
	}
	for i := range s.KH {
		pass.rows = append(pass.rows, tap{i*s.DilationH - s.PadTop, i})
	}
	for i := range s.KW {
		pass.cols = append(pass.cols, tap{i*s.DilationW - s.PadLeft, i})
	}
	c.passes = []tapPass{pass}
	c.inPlace = s.KH*s.KW*s.C*s.K*sizeOf[T]() <= smallB
	c.plan()
	return c
}

// newGradInput is the gradient of the input. With strides, the pixels at each
// distance from a multiple of the stride have taps of their own, some none.
func newGradInput[T Float](s ConvShape) *tapConv[T] {
	c := &tapConv[T]{
		n: s.N, inH: s.OutH(), inW: s.OutW(), inC: s.K, outImage: s.H * s.W * s.C, outC: s.C,
		kw: s.KW, wc: s.C, wk: s.K, turned: true,
	}
	for y := range min(s.StrideH, s.H) {
		for x := range min(s.StrideW, s.W) {
			c.passes = append(c.passes, tapPass{
				outH: divUp(s.H-y, s.StrideH), outW: divUp(s.W-x, s.StrideW),
				first: (y*s.W + x) * s.C, perRow: s.StrideH * s.W * s.C, perCol: s.StrideW * s.C, stepH: 1, stepW: 1,
				rows: gradTaps(y+s.PadTop, s.KH, s.StrideH, s.DilationH),
				cols: gradTaps(x+s.PadLeft, s.KW, s.StrideW, s.DilationW),
			})
		}
	}
	c.plan()
	return c
}

// gradTaps are the results that an input pixel went into, in one direction: it
// is at a place of its padded row, and a weight i took it to (at - i·dilation) /
// stride.
func gradTaps(at, kernel, stride, dilation int) (taps []tap) {
	for i := kernel - 1; i >= 0; i-- {
		if d := at - i*dilation; d%stride == 0 {
			taps = append(taps, tap{d / stride, i})
		}
	}
	return taps
}

// plan makes the passes ready and the workspace.
func (c *tapConv[T]) plan() {
	depth := 0
	for i := range c.passes {
		p := &c.passes[i]
		p.base = depth
		if p.depth = len(p.rows) * len(p.cols) * c.inC; p.depth > 0 {
			p.plan(c.inH, c.inW, c.inC, sizeOf[T]())
			depth += p.depth
		}
	}
	if !c.inPlace {
		c.packs = aligned[T](depth * roundUp(c.outC, maxWidth))
	}
	c.packTask, c.bandTask = c.packPanel, c.band
}

// plan finds out what the taps reach and how tiles sum over them.
func (p *tapPass) plan(inH, inW, inC, size int) {
	p.top, p.left = p.rows[0].at, p.cols[0].at
	p.spanH = p.rows[len(p.rows)-1].at - p.top + 1
	p.spanW = p.cols[len(p.cols)-1].at - p.left + 1
	p.padded = p.top < 0 || p.left < 0 || p.top+p.bandRows(p.outH) > inH || p.left+p.bandCols() > inW
	if p.wide = inW; p.padded {
		p.wide = p.bandCols()
	}
	cols := p.cols
	if p.tapK = inC; p.spanW == len(cols) && len(cols)*inC <= blockK {
		cols, p.tapK = cols[:1], len(cols)*inC // neighbours are one tap
	}
	for _, r := range p.rows {
		for _, c := range cols {
			p.offsets = append(p.offsets, ((r.at-p.top)*p.wide+c.at-p.left)*inC*size)
		}
	}
	p.chunks = tapChunks(len(p.offsets), p.tapK)
}

// bandRows is how many rows of the input some rows of the result reach.
func (p *tapPass) bandRows(rows int) int { return (rows-1)*p.stepH + p.spanH }

// bandCols is how many columns a row of the result reaches.
func (p *tapPass) bandCols() int { return (p.outW-1)*p.stepW + p.spanW }

// tapChunks divides taps of k values into chunks of about blockK.
func tapChunks(taps, k int) (chunks []tapChunk) {
	if k <= blockK {
		most := blockK / k
		each := divUp(taps, divUp(taps, most))
		for t := 0; t < taps; t += each {
			chunks = append(chunks, tapChunk{t, min(each, taps-t), 0, k, t * k})
		}
		return chunks
	}
	each := roundUp(divUp(k, divUp(k, blockK)), 8)
	for t := range taps {
		for from := 0; from < k; from += each {
			chunks = append(chunks, tapChunk{t, 1, from, min(each, k-from), t*k + from})
		}
	}
	return chunks
}

// tapJob is the run that is being done.
type tapJob[T Float] struct {
	out, in, w []T
	e          Epilogue[T]
	width      int // of a tile
	pass       *tapPass
	images     int // to a task
	rows       int // of each, to a task
	bands      int // tasks to so many images
	panels     int // panels to a task
	across     int // tasks to the channels of the result
}

// A task has about bandPixels of the result, so that what a tile reads of the
// input stays in the second cache, and at most bandBytes of the input.
const (
	bandPixels = 192
	bandBytes  = 1 << 20
)

// run computes the result.
func (c *tapConv[T]) run(p *Pool, out, in, w []T, e Epilogue[T]) {
	if c.n == 0 {
		return
	}
	if p == nil {
		p = alone
	}
	job := &c.job
	panels := c.begin(p, tapJob[T]{out: out, in: in, w: w, e: e})
	for i := range c.passes {
		job.pass = &c.passes[i]
		if job.pass.depth == 0 {
			c.fill(job.pass)
			continue
		}
		p.Run(c.divide(p, panels), c.bandTask)
	}
	*job = tapJob[T]{}
}

// begin takes a job and packs its weights. It returns into how many panels of
// channels the result is divided.
func (c *tapConv[T]) begin(p *Pool, job tapJob[T]) (panels int) {
	job.width = tileWidth[T]()
	c.job = job
	panels = divUp(c.outC, job.width)
	if !c.inPlace {
		p.Run(panels*len(c.passes), c.packTask)
	}
	return panels
}

// divide sets how much of the result a task does, and returns how many there are.
func (c *tapConv[T]) divide(p *Pool, panels int) (tasks int) {
	job, pass := &c.job, c.job.pass
	row := pass.wide * c.inC * sizeOf[T]() * pass.stepH
	rows := max(1, min(pass.outH, bandPixels/pass.outW, bandBytes/row-pass.spanH/pass.stepH))
	images := 1
	if rows == pass.outH {
		images = max(1, min(c.n, bandPixels/(rows*pass.outW), bandBytes/(row*rows)))
	}
	job.across = 1
	if parts, _ := p.Grain(c.n*pass.outH, divUp(pass.outW*pass.depth*c.outC, 48)); parts > 1 {
		wanted := min(parts, 2*p.workers)
		images = max(1, min(images, c.n/wanted))
		rows = max(1, min(rows, pass.outH/divUp(wanted, c.n)))
		job.across = min(panels, divUp(wanted, divUp(c.n, images)*divUp(pass.outH, rows)))
	}
	job.images = images
	job.rows = divUp(pass.outH, divUp(pass.outH, rows))
	job.bands = divUp(pass.outH, job.rows)
	job.panels = divUp(panels, job.across)
	job.across = divUp(panels, job.panels)
	return divUp(c.n, images) * job.bands * job.across
}

// packPanel is a task: it copies the weights of a pass for a panel of channels
// of the result, tap after tap.
func (c *tapConv[T]) packPanel(i int) {
	job := &c.job
	pass := &c.passes[i%len(c.passes)]
	j := i / len(c.passes) * job.width
	dst := c.packs[pass.base*roundUp(c.outC, job.width)+j*pass.depth:]
	width := min(job.width, c.outC-j)
	for _, row := range pass.rows {
		for _, col := range pass.cols {
			w := job.w[(row.weights*c.kw+col.weights)*c.wc*c.wk:]
			if c.turned {
				turnBlock(dst, w[j*c.wk:], width, c.inC, job.width, c.wk)
			} else {
				copyBlock(dst[:c.inC*job.width], w[j:], c.inC, width, job.width, c.wk)
			}
			dst = dst[c.inC*job.width:]
		}
	}
}

// A tapBand is what a task does: rows of some images of the result, and where
// their input is.
type tapBand[T Float] struct {
	in, out              []T
	images, rows         int
	perImage             int // values of the input from an image to the next
	from, to             int // the channels of the result; out begins at the first
	outImage, outRow, by int // values of out from an image, a row and a pixel to the next
}

// band is a task: it computes some rows of some images of the result.
func (c *tapConv[T]) band(i int) {
	job, pass := &c.job, c.job.pass
	part, i := i%job.across, i/job.across
	image, row := i/job.bands*job.images, i%job.bands*job.rows
	b := tapBand[T]{
		images:   min(job.images, c.n-image),
		rows:     min(job.rows, pass.outH-row),
		from:     part * job.panels * job.width,
		to:       min((part+1)*job.panels*job.width, c.outC),
		outImage: c.outImage, outRow: pass.perRow, by: pass.perCol,
	}
	b.out = job.out[image*c.outImage+pass.first+row*pass.perRow+b.from:]
	var space []T
	if n := c.copied(b.images, b.rows); n > 0 {
		space = takeScratch[T](n)
		defer giveScratch(space)
	}
	c.load(&b, space, image, row)
	c.sum(&b)
}

// copied is how many values of the input are copied for some rows of some images
// of the result.
func (c *tapConv[T]) copied(images, rows int) int {
	pass := c.job.pass
	if !pass.padded {
		return 0
	}
	return images * pass.bandRows(rows) * pass.wide * c.inC
}

// load sets where the input of a band is, which begins at a row of an image of
// the result: where it was, or, if it needs zeros around, in space.
func (c *tapConv[T]) load(b *tapBand[T], space []T, image, row int) {
	pass := c.job.pass
	top := row*pass.stepH + pass.top
	b.perImage = c.inH * c.inW * c.inC
	in := c.job.in[image*b.perImage:]
	if !pass.padded {
		b.in = in[(top*c.inW+pass.left)*c.inC:]
		return
	}
	size := c.copied(1, b.rows)
	for q := range b.images {
		padRows(space[q*size:], in[q*b.perImage:], top, pass.bandRows(b.rows), c.inH, pass.left, pass.wide, c.inW, c.inC, c.inC)
	}
	b.in, b.perImage = space, size
}

// sum computes a band.
func (c *tapConv[T]) sum(b *tapBand[T]) {
	job, pass := &c.job, c.job.pass
	size := sizeOf[T]()
	t := tile{m: pass.outW, ldc: b.by * size}
	inPlace[T](&t, pass.stepW*c.inC*size, size, false)
	for q := range pass.chunks {
		for j := b.from; j < b.to; j += job.width {
			c.chunkTile(&t, q, j)
			for image := range b.images {
				for i := range b.rows {
					t.a = unsafe.Pointer(&b.in[image*b.perImage+i*pass.stepH*pass.wide*c.inC+pass.chunks[q].from])
					t.c = unsafe.Pointer(&b.out[image*b.outImage+i*b.outRow+j-b.from])
					runTile[T](&t)
				}
			}
		}
	}
	if inTile(job.e.Act) {
		return
	}
	for image := range b.images {
		for i := range b.rows {
			row := b.out[image*b.outImage+i*b.outRow:]
			activateRows(job.e.Act, job.e.Alpha, row, pass.outW, b.to-b.from, b.by)
		}
	}
}

// chunkTile makes a tile ready for a chunk of the taps and a panel of channels of
// the result.
func (c *tapConv[T]) chunkTile(t *tile, q, j int) {
	job, pass := &c.job, c.job.pass
	size := sizeOf[T]()
	chunk, last := &pass.chunks[q], q == len(pass.chunks)-1
	if t.bias = nil; last && job.e.Bias != nil {
		t.bias = unsafe.Pointer(&job.e.Bias[j])
	}
	t.finish(q > 0 || job.e.Add, job.e.Act, last)
	t.taps, t.ntaps, t.k = &pass.offsets[chunk.tap], chunk.taps, chunk.k
	t.n = min(job.width, c.outC-j) * size
	if c.inPlace {
		t.b, t.brs = unsafe.Pointer(&job.w[chunk.row*c.outC+j]), c.outC*size
		return
	}
	panel := c.packs[pass.base*roundUp(c.outC, job.width)+j*pass.depth:]
	t.b, t.brs = unsafe.Pointer(&panel[chunk.row*job.width]), job.width*size
	t.next = uintptr(t.b) + uintptr(job.width*pass.depth*size)
}

// fill does a pass without taps.
func (c *tapConv[T]) fill(pass *tapPass) {
	if c.job.e.Add {
		return
	}
	for image := range c.n {
		for i := range pass.outH {
			row := c.job.out[image*c.outImage+pass.first+i*pass.perRow:]
			for j := range pass.outW {
				clear(row[j*pass.perCol:][:c.outC])
			}
		}
	}
}

// padRows copies rows of an image, and zeros for those outside of it: rows from
// top on, each of wide columns from left on. The channels of a pixel are at the
// start of perPixel values.
func padRows[T Float](dst, image []T, top, rows, h, left, wide, w, channels, perPixel int) {
	from, to := min(max(0, -left), wide), max(0, min(wide, w-left))
	for r := range rows {
		row := dst[r*wide*perPixel:][:wide*perPixel]
		if y := top + r; y < 0 || y >= h || from >= to {
			clear(row)
			continue
		}
		clear(row[:from*perPixel])
		clear(row[to*perPixel:])
		src := image[((top+r)*w+left+from)*channels:][:(to-from)*channels]
		if perPixel == channels {
			copy(row[from*perPixel:], src)
			continue
		}
		for ; len(src) > 0; src = src[channels:] {
			copy(row[from*perPixel:], src[:channels])
			row = row[perPixel:]
		}
	}
}
