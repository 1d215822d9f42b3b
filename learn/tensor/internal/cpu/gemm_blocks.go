package cpu

import "unsafe"

// Products that are not small are done in blocks that stay in the caches: a part
// of k, at most blockK long, of at most blockM rows of A in the second cache, by
// a panel of B of a tile's width in the first. A and B are packed, which means
// copied so that tiles read them in a row, where that pays.
//
// Nothing of this depends on the number of workers but which of them does what,
// so the sums do not.
const (
	blockM     = 144      // rows of A in a task, at most
	leastM     = 48       // and at least, if there are many workers
	blockK     = 320      // rows of B in a tile, at most
	acrossK    = 128      // and where columns of A lie across
	packValues = 1 << 21  // values of B packed at once
	fewRows    = 18       // of A, for which it does not pay to pack B
	smallB     = 64 << 10 // bytes of B which it does not pay to pack
	firstCache = 32 << 10 // bytes
	manyCols   = 256      // of C, for which it pays to pack A
)

// rightMode is how tiles find B.
type rightMode uint8

const (
	rightInPlace rightMode = iota
	rightShared            // packed for all tasks, before they start
	rightOwn               // packed by each task, a panel at a time
)

// plan chooses how to do the product, and makes the workspace.
func (g *Gemm[T]) plan() {
	work := g.m * g.n * g.k
	if work == 0 {
		return
	}
	fits := g.k*g.n*sizeOf[T]() <= smallB
	switch {
	case g.transB && work <= 1<<18 && g.k*g.n <= 1<<12:
		g.small, g.smallK = true, g.k
		g.packs = aligned[T](g.k * roundUp(g.n, 8))
	case !g.transB && work <= 1<<19 && (fits || g.m <= fewRows && g.k <= blockK):
		g.small, g.smallK = true, g.k
		if use := (g.m + g.n) * g.k * sizeOf[T](); g.n > maxWidth/2 && use > firstCache {
			g.smallK = divUp(g.k, divUp(use, firstCache*3/4))
		}
	case !g.transB && (fits || g.m <= fewRows):
		g.right = rightInPlace
	case g.m <= blockM:
		g.right = rightOwn
	default:
		g.right = rightShared
		nj, np := g.span()
		g.packs = aligned[T](roundUp(nj, maxWidth) * np)
	}
}

// maxWidth is the widest tile of any level and type.
const maxWidth = 32

// span is how much of n and k is done at once: where B is packed before, what
// fits into packValues.
func (g *Gemm[T]) span() (nj, np int) {
	if g.right != rightShared {
		return g.n, g.k
	}
	np = min(g.k, packValues/128)
	return min(g.n, max(128, packValues/np&^(maxWidth-1))), np
}

func roundUp(n, to int) int { return (n + to - 1) / to * to }

func divUp(n, by int) int { return (n + by - 1) / by }

// aligned makes a slice that starts at a line of the cache.
func aligned[T Float](n int) []T {
	const line = 64
	s := make([]T, n+line/4)
	skip := -uintptr(unsafe.Pointer(&s[0])) % line / unsafe.Sizeof(s[0])
	return s[skip:][:n:n]
}

// gemmJob is the Run that is being done.
type gemmJob[T Float] struct {
	c, a, b     []T
	e           Epilogue[T]
	width       int  // of a tile
	j0, nj      int  // the columns of C that are being done
	p0, np      int  // the part of k that is being done
	first, last bool // it is the first or last part
	chunk       int  // how much of k a tile does
	perPack     int  // panels to a task that packs
	rows        int  // rows of C to a task
	panels      int  // panels to a task
	across      int  // tasks to the columns of C
	packA       bool
}

// alone is a pool of the caller only.
var alone = NewPool(1)

// runBlocks is Run for products that are not small.
func (g *Gemm[T]) runBlocks(p *Pool, c, a, b []T, e Epilogue[T]) {
	if p == nil {
		p = alone
	}
	job := &g.job
	*job = gemmJob[T]{c: c, a: a, b: b, e: e, width: tileWidth[T]()}
	nj, np := g.span()
	for job.j0 = 0; job.j0 < g.n; job.j0 += nj {
		job.nj = min(nj, g.n-job.j0)
		for job.p0 = 0; job.p0 < g.k; job.p0 += np {
			job.np = min(np, g.k-job.p0)
			job.first, job.last = job.p0 == 0, job.p0+job.np == g.k
			g.runSpan(p)
		}
	}
	*job = gemmJob[T]{}
}

// runSpan adds the product of a part of A and a part of B.
func (g *Gemm[T]) runSpan(p *Pool) {
	job := &g.job
	most := blockK
	if g.transA && g.n < manyCols { // not packed, a column of A takes lines of the cache
		most = acrossK
	}
	job.chunk = roundUp(divUp(job.np, divUp(job.np, most)), 8)
	panels := divUp(job.nj, job.width)
	if g.right == rightShared {
		var tasks int
		tasks, job.perPack = p.Grain(panels, job.np*job.width/16)
		p.Run(tasks, g.packTask)
	}
	p.Run(g.divide(p, panels), g.blockTask)
}

// divide sets how much of C a task does, and returns how many there are.
func (g *Gemm[T]) divide(p *Pool, panels int) (tasks int) {
	job := &g.job
	down, across := divUp(g.m, blockM), 1
	if parts, _ := p.Grain(g.m*panels, divUp(job.width*job.np, 48)); parts > 1 {
		down = max(down, min(parts, g.m/leastM))
		if down < 2*p.workers {
			across = min(panels, divUp(min(parts, 2*p.workers), down))
		}
	}
	job.rows = roundUp(divUp(g.m, down), tileHeight[T]())
	job.panels = divUp(panels, across)
	job.across = divUp(panels, job.panels)
	job.packA = level > Generic && job.panels*job.width >= manyCols
	return divUp(g.m, job.rows) * job.across
}

// packPanels is a task: it packs some panels of B for all.
func (g *Gemm[T]) packPanels(i int) {
	job := &g.job
	for q := i * job.perPack; q < (i+1)*job.perPack && q*job.width < job.nj; q++ {
		g.packPanel(g.packs[q*job.width*job.np:], q*job.width, 0, job.np)
	}
}

// packPanel copies np rows of B from p0 on, of as many columns as a tile has,
// from j on; if there are fewer, the places of the others are never read.
func (g *Gemm[T]) packPanel(dst []T, j, p0, np int) {
	job := &g.job
	cols := min(job.width, job.nj-j)
	dst = dst[:np*job.width]
	j, p0 = job.j0+j, job.p0+p0
	if g.transB {
		turnBlock(dst, job.b[j*g.LDB+p0:], cols, np, job.width, g.LDB)
	} else {
		copyBlock(dst, job.b[p0*g.LDB+j:], np, cols, job.width, g.LDB)
	}
}

// block is a task: it computes a block of C.
func (g *Gemm[T]) block(i int) {
	job := &g.job
	r0 := i / job.across * job.rows
	rows := min(job.rows, g.m-r0)
	j0 := i % job.across * job.panels * job.width
	j1 := min(j0+job.panels*job.width, job.nj)

	var spaceA, spaceB []T
	if sizeA := divUp(rows, tileHeight[T]()) * panelSize[T](job.chunk); job.packA || g.right == rightOwn {
		space := takeScratch[T](sizeA + 64 + job.width*job.chunk)
		defer giveScratch(space)
		spaceA, spaceB = space[:sizeA+64], space[sizeA+64:]
	}
	for p0 := 0; p0 < job.np; p0 += job.chunk {
		np := min(job.chunk, job.np-p0)
		t := g.blockTile(r0, rows, p0, np, spaceA)
		for j := j0; j < j1; j += job.width {
			g.panel(&t, r0, j, p0, np, spaceB)
		}
	}
	if job.last && !inTile(job.e.Act) {
		activateRows(job.e.Act, job.e.Alpha, job.c[r0*g.LDC+job.j0+j0:], rows, j1-j0, g.LDC)
	}
}

// blockTile is a tile for rows of A and part of k, which it packs if that pays,
// for any panel of B.
func (g *Gemm[T]) blockTile(r0, rows, p0, np int, space []T) tile {
	job := &g.job
	size := sizeOf[T]()
	t := tile{taps: noTaps, ntaps: 1, k: np, m: rows, ldc: g.LDC * size}
	if job.packA {
		g.packA(space, r0, rows, job.p0+p0, np)
		t.a = unsafe.Pointer(&space[0])
		t.ars, t.acs, t.abs, t.six = size, panelRows[T]()*size, panelSize[T](np)*size, tileHeight[T]()
	} else {
		row, col := turned(g.transA, r0, job.p0+p0)
		t.a = unsafe.Pointer(&job.a[row*g.LDA+col])
		inPlace[T](&t, g.LDA*size, size, g.transA)
	}
	t.finish(!job.first || p0 > 0 || job.e.Add, job.e.Act, job.last && p0+np == job.np)
	return t
}

// packA copies a part of k of some rows of A to panels, in which the values of a
// column that a tile takes at once lie beside each other. It goes through memory
// in the order of A's rows.
func (g *Gemm[T]) packA(dst []T, r0, rows, p0, np int) {
	height, space, panel := tileHeight[T](), panelRows[T](), panelSize[T](np)
	if !g.transA {
		for r := 0; r < rows; r += height {
			// a whole panel is turned faster than the rows that are asked for
			turnBlock(dst, g.job.a[(r0+r)*g.LDA+p0:], min(space, g.m-r0-r), np, space, g.LDA)
			dst = dst[panel:]
		}
		return
	}
	const some = 16
	for p := 0; p < np; p += some {
		a := g.job.a[(p0+p)*g.LDA+r0:]
		for r := 0; r < rows; r += height {
			copyBlock(dst[r/height*panel+p*space:], a[r:], min(some, np-p), min(height, rows-r), space, g.LDA)
		}
	}
}

// panelSize is the space of a panel of A; copyBlock may write behind its end.
func panelSize[T Float](np int) int { return panelRows[T]() * (np + 1) }

// panel adds the product of a block of A and a panel of B.
func (g *Gemm[T]) panel(t *tile, r0, j, p0, np int, space []T) {
	job := &g.job
	size := sizeOf[T]()
	switch g.right {
	case rightInPlace:
		t.b, t.brs = unsafe.Pointer(&job.b[(job.p0+p0)*g.LDB+job.j0+j]), g.LDB*size
	case rightShared:
		t.b, t.brs = unsafe.Pointer(&g.packs[j*job.np+p0*job.width]), job.width*size
		t.next = uintptr(t.b) + uintptr(job.width*job.np*size)
	case rightOwn:
		g.packPanel(space, j, p0, np)
		t.b, t.brs = unsafe.Pointer(&space[0]), job.width*size
	}
	t.c = unsafe.Pointer(&job.c[r0*g.LDC+job.j0+j])
	t.bias = nil
	if job.e.Bias != nil && job.last && p0+np == job.np {
		t.bias = unsafe.Pointer(&job.e.Bias[job.j0+j])
	}
	t.n = min(job.width, job.nj-j) * size
	runTile[T](t)
}
