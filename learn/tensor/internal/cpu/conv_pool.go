package cpu

import "fmt"

// A PooledConv does convolutions of which only what a pooling makes of them is
// wanted. A task computes some rows of some channels in memory that stays in the
// caches and pools them there, so the convolution itself is nowhere whole, and
// what no window reaches is not computed.
//
// It has its workspace and does one at a time.
type PooledConv[T Float] struct {
	conv *tapConv[T] // of what windows reach
	pool PoolShape   // of that
	mean bool
	job  pooledJob[T]
	task func(int)
}

// pooledJob is the run that is being done.
type pooledJob[T Float] struct {
	y              []T
	argmax         []int32
	act            Act
	alpha          T
	images, rows   int // of the output, at a time
	band, bands    int // rows to a task, and tasks to so many images
	panels, across int // panels of channels to a task, and tasks to the channels
	group          int // channels at a time
}

// mostPooled is how many values of a panel windows may reach from a row of the
// output, so that they stay in the second cache.
const mostPooled = 1 << 16

// groupBytes is what the channels that are done at a time have in memory, unless
// one panel has more, so that it stays in the first cache.
const groupBytes = 32 << 10

// Pools reports whether a PooledConv pays, whose pooling is p: not where the
// convolution is a product of matrices, whose rows are divided otherwise, and
// not with windows so large that they would fill the caches.
func (s ConvShape) Pools(p PoolShape) bool {
	if _, dense := s.dense(); dense > 0 || s.N == 0 {
		return false
	}
	panel := p.KH * p.W * min(s.K, maxWidth)
	if p.KH > p.StrideH {
		panel *= divUp(s.K, maxWidth)
	}
	return panel <= mostPooled
}

// NewPooledConv makes a PooledConv that takes the means of windows, or their
// largest. It panics if a shape does not pass its Check, or the pooling is not
// of the convolution's result.
func NewPooledConv[T Float](s ConvShape, pool PoolShape, mean bool) *PooledConv[T] {
	if err := s.Check(); err != nil {
		panic("cpu: " + err.Error())
	}
	if err := pool.Check(); err != nil {
		panic(err)
	}
	if pool.N != s.N || pool.H != s.OutH() || pool.W != s.OutW() || pool.C != s.K {
		panic(fmt.Sprintf("cpu: conv: pooling of images (%d, %d, %d, %d); want those of %+v", pool.N, pool.H, pool.W, pool.C, s))
	}
	s.StrideH, s.StrideW = max(1, s.StrideH), max(1, s.StrideW)
	s.DilationH, s.DilationW = max(1, s.DilationH), max(1, s.DilationW)
	pool.H, pool.PadBottom = reached(pool.H, pool.OutH(), pool.KH, pool.StrideH, pool.PadTop)
	pool.W, pool.PadRight = reached(pool.W, pool.OutW(), pool.KW, pool.StrideW, pool.PadLeft)
	s.PadBottom -= (s.OutH() - pool.H) * s.StrideH
	s.PadRight -= (s.OutW() - pool.W) * s.StrideW
	c := &PooledConv[T]{conv: newForward[T](s), pool: pool, mean: mean}
	c.task = c.part
	return c
}

// reached is how much of a length the windows of an output reach, and how much
// further the last one does.
func reached(length, out, window, stride, pad int) (inside, beyond int) {
	end := (out-1)*stride - pad + window
	return min(length, end), max(0, end-length)
}

// Run computes y = act(pool(e.Act(x ∗ w + e.Bias))), and argmax, unless it is
// nil, as [MaxPool] does. e.Add is not for this. p may be nil.
func (c *PooledConv[T]) Run(p *Pool, y []T, argmax []int32, x, w []T, e Epilogue[T], act Act, alpha T) {
	c.check(len(y), argmax, len(x), len(w), e)
	if c.pool.N == 0 {
		return
	}
	if p == nil {
		p = alone
	}
	panels := c.conv.begin(p, tapJob[T]{in: x, w: w, e: e})
	c.conv.job.pass = &c.conv.passes[0]
	c.job = pooledJob[T]{y: y, argmax: argmax, act: act, alpha: alpha}
	p.Run(c.divide(p, panels), c.task)
	c.conv.job, c.job = tapJob[T]{}, pooledJob[T]{}
}

// check panics if a kernel would leave one of the slices.
func (c *PooledConv[T]) check(y int, argmax []int32, x, w int, e Epilogue[T]) {
	s, f := &c.pool, c.conv
	if want := s.N * s.OutH() * s.OutW() * s.C; y < want || argmax != nil && (len(argmax) < want || c.mean) {
		panic(fmt.Sprintf("cpu: conv: pooled results have %d values and %d places; want %d", y, len(argmax), want))
	}
	if want := f.n * f.inH * f.inW * f.inC; x < want {
		panic(fmt.Sprintf("cpu: conv: images have %d values; want %d", x, want))
	}
	if want := f.passes[0].depth * f.outC; w < want {
		panic(fmt.Sprintf("cpu: conv: weights have %d values; want %d", w, want))
	}
	if e.Add || len(e.Bias) != 0 && len(e.Bias) != f.outC {
		panic(fmt.Sprintf("cpu: conv: bias has %d values, add is %v; want %d and false", len(e.Bias), e.Add, f.outC))
	}
}

// overlap is how many rows a window shares with the next.
func (c *PooledConv[T]) overlap() int { return max(0, c.pool.KH-c.pool.StrideH) }

// divide sets how much of the output a task does, and returns how many there are.
// A task goes on through an image as far as others have enough to do: where
// windows overlap, it computes again what it shares with the one before.
func (c *PooledConv[T]) divide(p *Pool, panels int) (tasks int) {
	job, s, pass := &c.job, &c.pool, c.conv.job.pass
	outH, row := s.OutH(), s.StrideH*s.W // pixels of the convolution to a row of the output
	bytes := s.StrideH * pass.stepH * pass.wide * c.conv.inC * sizeOf[T]()
	job.rows = max(1, min(outH, (bandPixels+row/2)/row, bandBytes/bytes))
	job.images, job.across = 1, 1
	if job.rows == outH {
		job.images = max(1, min(s.N, bandPixels/(s.H*s.W), bandBytes/(bytes*outH)))
	}
	job.rows = divUp(outH, divUp(outH, job.rows))
	job.band = outH
	if parts, _ := p.Grain(s.N*outH, divUp(row*pass.depth*s.C, 48)); parts > 1 {
		wanted := min(parts, 2*p.workers)
		job.images = max(1, min(job.images, s.N/wanted))
		least := min(outH, divUp(4*c.overlap(), s.StrideH)) // or too much is done twice
		job.band = max(1, least, min(job.band, outH/divUp(wanted, s.N)))
		job.rows = min(job.rows, job.band)
		job.across = min(panels, divUp(wanted, divUp(s.N, job.images)*divUp(outH, job.band)))
	}
	job.bands = divUp(outH, job.band)
	job.panels = divUp(panels, job.across)
	most := job.images * min(s.H, (job.rows-1)*s.StrideH+s.KH) * s.W * c.conv.job.width * sizeOf[T]()
	job.group = c.conv.job.width * max(1, min(job.panels, groupBytes/most))
	job.across = divUp(panels, job.panels)
	return divUp(s.N, job.images) * job.bands * job.across
}

// A pooledPart is what a task does: rows of the output of some images, some at a
// time. Their channels are in groups.
type pooledPart[T Float] struct {
	image, images int
	from, to      int // channels
	row, end      int // of the output: those that come now
	first, last   int // rows of the convolution that are in memory
	most          int // of them
	memory        []T // of a group, or, if windows overlap, of one after the other
	space         []T // for the input
}

// part is a task.
func (c *PooledConv[T]) part(i int) {
	job, s, width := &c.job, &c.pool, c.conv.job.width
	part, i := i%job.across, i/job.across
	a := pooledPart[T]{image: i / job.bands * job.images, row: i % job.bands * job.band, from: part * job.panels * width}
	a.images = min(job.images, s.N-a.image)
	a.to = min(a.from+job.panels*width, s.C)
	a.most = min(s.H, (job.rows-1)*s.StrideH+s.KH)
	size := c.groupSize(&a)
	if c.overlap() > 0 {
		size *= divUp(a.to-a.from, job.group)
	}
	size = roundUp(size, 16)
	memory := takeScratch[T](size + c.conv.copied(a.images, a.most))
	defer giveScratch(memory)
	a.memory, a.space = memory[:size], memory[size:]
	end := min(a.row+job.band, s.OutH())
	for ; a.row < end; a.row = a.end {
		a.end = min(a.row+job.rows, end)
		c.step(&a)
	}
}

// groupSize is how many values a group has.
func (c *PooledConv[T]) groupSize(a *pooledPart[T]) int {
	return a.images * a.most * c.pool.W * min(c.job.group, a.to-a.from)
}

// step computes some rows of the output.
func (c *PooledConv[T]) step(a *pooledPart[T]) {
	job, s := &c.job, &c.pool
	first := max(0, a.row*s.StrideH-s.PadTop)
	last := min(s.H, (a.end-1)*s.StrideH-s.PadTop+s.KH)
	done := max(first, a.last)
	b := tapBand[T]{images: a.images, rows: last - done}
	if b.rows > 0 {
		c.conv.load(&b, a.space, a.image, done)
	}
	group := a.memory
	for b.from = a.from; b.from < a.to; b.from = b.to {
		b.to = min(b.from+job.group, a.to)
		b.by = b.to - b.from
		b.outRow = s.W * b.by
		b.outImage = a.most * b.outRow
		if a.last > first { // the windows before have reached these rows too
			copy(group, group[(first-a.first)*b.outRow:(a.last-a.first)*b.outRow])
		}
		if b.rows > 0 {
			b.out = group[(done-first)*b.outRow:]
			c.conv.sum(&b)
		}
		c.poolGroup(a, group, first, b.from, b.by)
		if c.overlap() > 0 {
			group = group[c.groupSize(a):]
		}
	}
	a.first, a.last = first, last
	c.activate(a)
}

// activate finishes some rows of the output.
func (c *PooledConv[T]) activate(a *pooledPart[T]) {
	job, s := &c.job, &c.pool
	if job.act == Linear {
		return
	}
	for image := range a.images {
		y := job.y[((a.image+image)*s.OutH()+a.row)*s.OutW()*s.C+a.from:]
		activateRows(job.act, job.alpha, y, (a.end-a.row)*s.OutW(), a.to-a.from, s.C)
	}
}

// poolGroup pools the rows of a group, which begins at a row of the convolution
// and at a channel.
func (c *PooledConv[T]) poolGroup(a *pooledPart[T], group []T, first, channel, channels int) {
	job, s := &c.job, c.pool
	all := s.C
	s.C = channels
	r := poolRun{c: channels, step: s.StrideW * channels, row: s.W * channels, gap: all - channels}
	for image := range a.images {
		x := (image*a.most - first) * s.W * channels
		for row := a.row; row < a.end; row++ {
			y := ((a.image+image)*s.OutH()+row)*s.OutW()*all + channel
			s.rowRuns(r, row, x, y, func(r poolRun, x, y int) {
				switch {
				case c.mean:
					avgPool(job.y[y:], group[x:], &r)
				case job.argmax != nil:
					maxPool(job.y[y:], job.argmax[y:], group[x:], &r)
				default:
					maxPool(job.y[y:], nil, group[x:], &r)
				}
			})
		}
	}
}
