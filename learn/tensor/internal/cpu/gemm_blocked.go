package cpu

import (
	"unsafe"
)

// Large products are done in blocks that stay in the caches. B is copied into
// panels of a tile's width, so that a tile reads it in a row; blockK rows of a
// panel stay in the first cache while the tiles of blockM rows of A, which stay
// in the second, go by. What is done in which order does not depend on the
// number of workers.
const (
	blockK     = 256     // rows of B in a tile
	blockM     = 144     // rows of A in a task
	packValues = 1 << 21 // values of B in panels at once
	directWork = 1 << 16 // multiplications below which nothing is prepared
)

// gemmJob is the Run that is being done.
type gemmJob[T Float] struct {
	c, a, b []T
	e       Epilogue[T]
	width   int // of a tile
	j0, nj  int // the columns of C that are being done
	p0, np  int // the part of k that is being done
	first   bool
	last    bool
	perPack int // panels to a task
	perRows int // rows of C to a task
}

// direct reports whether the product is done without preparations.
func (g *Gemm[T]) direct() bool {
	return !g.transB && g.m*g.n*g.k <= directWork
}

// plan makes the workspace.
func (g *Gemm[T]) plan() {
	if g.m == 0 || g.n == 0 || g.k == 0 || g.direct() {
		return
	}
	nj, np := g.span()
	g.packs = aligned[T](roundUp(nj, maxWidth) * np)
}

// maxWidth is the widest tile of any level and type.
const maxWidth = 32

// span is how much of n and k is done at once, so that B's panels for it fit
// into packValues.
func (g *Gemm[T]) span() (nj, np int) {
	np = min(g.k, packValues/128)
	nj = min(g.n, max(128, packValues/np&^(maxWidth-1)))
	return nj, np
}

func roundUp(n, to int) int { return (n + to - 1) / to * to }

// aligned makes a slice that starts at a line of the cache.
func aligned[T Float](n int) []T {
	const line = 64
	s := make([]T, n+line/4)
	skip := -uintptr(unsafe.Pointer(&s[0])) % line / unsafe.Sizeof(s[0])
	return s[skip:][:n:n]
}

// runBlocked is Run for all but small products.
func (g *Gemm[T]) runBlocked(p *Pool, c, a, b []T, e Epilogue[T]) {
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

// alone is a pool of the caller only.
var alone = NewPool(1)

// runSpan packs a part of B and multiplies by it.
func (g *Gemm[T]) runSpan(p *Pool) {
	job := &g.job
	panels := (job.nj + job.width - 1) / job.width
	tasks, per := p.Grain(panels, job.np*job.width/2)
	job.perPack = per
	p.Run(tasks, g.packTask)

	tasks, per = p.Grain(g.m, max(1, job.np*job.nj/16))
	job.perRows = min(per, blockM)
	p.Run((g.m+job.perRows-1)/job.perRows, g.rowsTask)
}

// pack is a task: it copies some panels of B. A panel has the rows of B of the
// span, of as many columns as a tile; the last one may lack some, whose places
// are never read.
func (g *Gemm[T]) pack(i int) {
	job := &g.job
	for q := i * job.perPack; q < (i+1)*job.perPack && q*job.width < job.nj; q++ {
		j := job.j0 + q*job.width
		cols := min(job.width, g.n-j)
		dst := g.packs[q*job.width*job.np:][:job.width*job.np]
		if g.transB {
			packTurned(dst, job.b[j*g.LDB+job.p0:], job.np, cols, job.width, g.LDB)
		} else {
			packStraight(dst, job.b[job.p0*g.LDB+j:], job.np, cols, job.width, g.LDB)
		}
	}
}

// packStraight copies rows of a number of columns to places width apart.
func packStraight[T Float](dst, src []T, rows, cols, width, ld int) {
	for r := range rows {
		copy(dst[r*width:][:cols], src[r*ld:])
	}
}

// packTurned is packStraight of a matrix that is there as its transpose.
func packTurned[T Float](dst, src []T, rows, cols, width, ld int) {
	for q := range cols {
		for r, v := range src[q*ld:][:rows] {
			dst[r*width+q] = v
		}
	}
}

// rows is a task: it computes some rows of C, those columns that are being done.
func (g *Gemm[T]) rows(i int) {
	job := &g.job
	r0 := i * job.perRows
	rows := min(job.perRows, g.m-r0)
	for p0 := 0; p0 < job.np; p0 += blockK {
		g.block(r0, rows, p0, min(blockK, job.np-p0))
	}
	if job.last && !inTile(job.e.Act) {
		activateRows(job.e.Act, job.e.Alpha, job.c[r0*g.LDC+job.j0:], rows, job.nj, g.LDC)
	}
}

// block adds the product of a block of A and all panels.
func (g *Gemm[T]) block(r0, rows, p0, np int) {
	job := &g.job
	size := sizeOf[T]()
	t := tile{taps: noTaps, ntaps: 1, k: np, m: rows, brs: job.width * size, ldc: g.LDC * size}
	if g.transA {
		t.a = unsafe.Pointer(&job.a[(job.p0+p0)*g.LDA+r0])
		t.ars, t.acs = size, g.LDA*size
	} else {
		t.a = unsafe.Pointer(&job.a[r0*g.LDA+job.p0+p0])
		t.ars, t.acs = g.LDA*size, size
	}
	first, last := job.first && p0 == 0, job.last && p0+np == job.np
	act := Linear
	if last {
		act = job.e.Act
	}
	t.finish(!first || job.e.Add, act)
	for j := 0; j < job.nj; j += job.width {
		t.b = unsafe.Pointer(&g.packs[j*job.np+p0*job.width])
		t.c = unsafe.Pointer(&job.c[r0*g.LDC+job.j0+j])
		if last && job.e.Bias != nil {
			t.bias = unsafe.Pointer(&job.e.Bias[job.j0+j])
		}
		t.n = min(job.width, job.nj-j) * size
		runTile[T](&t)
	}
}
