package cpu

// The kernels of norm.go in assembler, of rows > 0 rows that lie stride apart and
// cols > 0 columns.

// normApply32 is y = (x - mean)·scale + centre.
//
//go:noescape
func normApply32(y, x, mean, scale, centre *float32, rows, cols, stride int)

// normSquares32 adds to dst the columns' sums of (x - mean)².
//
//go:noescape
func normSquares32(dst, x, mean *float32, rows, cols, stride int)

// normDots32 adds to sum the columns' sums of dy, to dot those of dy·(x - mean).
//
//go:noescape
func normDots32(sum, dot, dy, x, mean *float32, rows, cols, stride int)

// normGrad32 is dx = scale·dy + k0 + k1·(x - mean).
//
//go:noescape
func normGrad32(dx, dy, x, mean, scale, k0, k1 *float32, rows, cols, stride int)

// layer32 is LayerNorm, whose sums wait in eight places.
//
//go:noescape
func layer32(y, x, gamma, beta, mean, inv *float32, rows, cols int, epsilon float32)

// layerGrad32 is LayerNormGrad of a row.
//
//go:noescape
func layerGrad32(dx, dgamma, dbeta, dy, x, gamma *float32, mean, inv float32, n int)
