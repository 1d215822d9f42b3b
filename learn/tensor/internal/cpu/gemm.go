package cpu

import (
	"fmt"
	"unsafe"
)

// An Epilogue is what becomes of a product on its way to memory. The zero value
// stores it as it is.
type Epilogue[T Float] struct {
	Bias  []T // as many values as the product has columns, added to each row, or nil
	Act   Act // of the sum
	Alpha T   // of Act, where it has one
	Add   bool
	// Add takes what was in memory into the sum: C = act(C + A·B + bias).
}

// A Gemm computes C = act(A·B + bias) for one shape: C is (m, n), A (m, k) or,
// if transA, its transpose (k, m), and B (k, n) or, if transB, (n, k); all in
// row-major order. A row of A, B and C starts LDA, LDB and LDC elements after the
// one before, which NewGemm sets to the lengths of the rows.
//
// A Gemm has the workspace of its products and does one at a time.
type Gemm[T Float] struct {
	LDA, LDB, LDC  int
	m, n, k        int
	transA, transB bool
	small          bool // see runSmall
	smallK         int  // how much of k it does at once
	right          rightMode
	packs          []T // what is packed of B
	job            gemmJob[T]
	packTask       func(int)
	blockTask      func(int)
}

// NewGemm makes a Gemm for C (m, n) = A (m, k) · B (k, n).
func NewGemm[T Float](m, n, k int, transA, transB bool) *Gemm[T] {
	if m < 0 || n < 0 || k < 0 {
		panic(fmt.Sprintf("cpu: gemm: sizes %d, %d, %d; want none below 0", m, n, k))
	}
	g := &Gemm[T]{LDA: k, LDB: n, LDC: n, m: m, n: n, k: k, transA: transA, transB: transB}
	if transA {
		g.LDA = m
	}
	if transB {
		g.LDB = k
	}
	g.packTask, g.blockTask = g.packPanels, g.block
	g.plan()
	return g
}

// Run computes C. The slices must reach to the last element; c must not overlap
// the others. p may be nil.
func (g *Gemm[T]) Run(p *Pool, c, a, b []T, e Epilogue[T]) {
	if g.m == 0 || g.n == 0 {
		return
	}
	g.check(len(c), len(a), len(b), len(e.Bias))
	switch {
	case g.k == 0:
		g.runEmpty(c, e)
	case !g.small:
		g.runBlocks(p, c, a, b, e)
	case g.n == 1 && g.LDC == 1 && (g.transA || g.transB || g.LDB == 1):
		g.runColumn(c, a, b, &e)
	case g.transB && g.k == 1 && g.LDB == 1: // a row is a column turned
		g.runSmall(c, a, b, g.n, &e)
	case g.transB:
		ld := roundUp(g.n, 8)
		turnBlock(g.packs, b, g.n, g.k, ld, g.LDB)
		g.runSmall(c, a, g.packs, ld, &e)
	default:
		g.runSmall(c, a, b, g.LDB, &e)
	}
}

// check panics if a kernel would leave one of the slices.
func (g *Gemm[T]) check(c, a, b, bias int) {
	if g.LDC < g.n || c < (g.m-1)*g.LDC+g.n {
		panic(fmt.Sprintf("cpu: gemm: c has %d values in rows of %d; want (%d, %d)", c, g.LDC, g.m, g.n))
	}
	if rows, cols := turned(g.transA, g.m, g.k); g.LDA < cols || a < (rows-1)*g.LDA+cols {
		panic(fmt.Sprintf("cpu: gemm: a has %d values in rows of %d; want (%d, %d)", a, g.LDA, rows, cols))
	}
	if rows, cols := turned(g.transB, g.k, g.n); g.LDB < cols || b < (rows-1)*g.LDB+cols {
		panic(fmt.Sprintf("cpu: gemm: b has %d values in rows of %d; want (%d, %d)", b, g.LDB, rows, cols))
	}
	if bias != 0 && bias != g.n {
		panic(fmt.Sprintf("cpu: gemm: bias has %d values; want %d", bias, g.n))
	}
}

// turned is (rows, cols), exchanged if t.
func turned(t bool, rows, cols int) (int, int) {
	if t {
		return cols, rows
	}
	return rows, cols
}

// runEmpty is Run for k = 0, where A·B is 0.
func (g *Gemm[T]) runEmpty(c []T, e Epilogue[T]) {
	for i := range g.m {
		row := c[i*g.LDC:][:g.n]
		if !e.Add {
			clear(row)
		}
		for j, v := range e.Bias {
			row[j] += v
		}
		Activate(e.Act, e.Alpha, row, row)
	}
}

// runSmall computes C in the caller's goroutine, from A and B where they are.
// Small products would spend their time with preparations.
func (g *Gemm[T]) runSmall(c, a, b []T, ldb int, e *Epilogue[T]) {
	size := sizeOf[T]()
	t := tile{taps: noTaps, ntaps: 1, m: g.m, brs: ldb * size, ldc: g.LDC * size}
	inPlace[T](&t, g.LDA*size, size, g.transA)
	width := tileWidth[T]()
	for p0 := 0; p0 < g.k; p0 += g.smallK {
		t.a, t.k = unsafe.Pointer(&a[p0*t.acs/size]), min(g.smallK, g.k-p0)
		last := p0+t.k == g.k
		t.finish(p0 > 0 || e.Add, e.Act, last)
		for j := 0; j < g.n; j += width {
			t.b, t.c = unsafe.Pointer(&b[p0*ldb+j]), unsafe.Pointer(&c[j])
			if last && e.Bias != nil {
				t.bias = unsafe.Pointer(&e.Bias[j])
			}
			t.n = min(width, g.n-j) * size
			runTile[T](&t)
		}
	}
	if !inTile(e.Act) {
		activateRows(e.Act, e.Alpha, c, g.m, g.n, g.LDC)
	}
}

// inPlace sets the strides of an A that is not packed.
func inPlace[T Float](t *tile, ars, acs int, turned bool) {
	if turned {
		ars, acs = acs, ars
	}
	t.ars, t.acs, t.abs, t.six = ars, acs, tileHeight[T]()*ars, anyRows
}

// finish sets what a tile does with its sums: add them to C, and, if they are the
// last ones, apply act.
func (t *tile) finish(add bool, act Act, last bool) {
	t.add, t.relu = 0, 0
	if add {
		t.add = 1
	}
	if act == ReLU && last {
		t.relu = 1
	}
}

// inTile reports whether tiles do an activation themselves.
func inTile(act Act) bool { return act <= ReLU }

// activateRows applies an activation to rows that are still in the cache.
func activateRows[T Float](act Act, alpha T, c []T, rows, cols, ldc int) {
	if cols == ldc {
		Activate(act, alpha, c[:rows*cols], c)
		return
	}
	for i := range rows {
		row := c[i*ldc:][:cols]
		Activate(act, alpha, row, row)
	}
}
