package cpu

import "unsafe"

// runColumn is Run for a C of one column whose values lie beside each other. A
// tile of one column would use an eighth of its vectors.
func (g *Gemm[T]) runColumn(c, a, b []T, e *Epilogue[T]) {
	c = c[:g.m]
	if g.transA {
		g.columnAcross(c, a, b, e.Add)
	} else {
		g.columnDown(c, a, b, e.Add)
	}
	if e.Bias != nil {
		for i := range c {
			c[i] += e.Bias[0]
		}
	}
	if e.Act != Linear {
		Activate(e.Act, e.Alpha, c, c)
	}
}

// columnAcross takes C for the row that it also is: B turned, a row, times A.
func (g *Gemm[T]) columnAcross(c, a, b []T, add bool) {
	size := sizeOf[T]()
	t := tile{a: unsafe.Pointer(&b[0]), taps: noTaps, ntaps: 1, k: g.k, m: 1, brs: g.LDA * size}
	inPlace[T](&t, 0, size, false)
	if !g.transB {
		t.acs = g.LDB * size
	}
	t.finish(add, Linear, true)
	width := tileWidth[T]()
	for i := 0; i < g.m; i += width {
		t.b, t.c, t.n = unsafe.Pointer(&a[i]), unsafe.Pointer(&c[i]), min(width, g.m-i)*size
		runTile[T](&t)
	}
}

// columnDown multiplies each row of A by B, whose values lie beside each other.
func (g *Gemm[T]) columnDown(c, a, b []T, add bool) {
	done := 0
	if !add {
		done = fastColumn(c, a, b[:g.k], g.LDA)
	}
	for i := done; i < g.m; i++ {
		var sum T
		for p, v := range a[i*g.LDA:][:g.k] {
			sum += v * b[p]
		}
		if add {
			sum += c[i]
		}
		c[i] = sum
	}
}
