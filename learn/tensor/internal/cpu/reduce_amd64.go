package cpu

// Reductions in assembler, of n > 0 float32 behind pointers.

// sum32 is the sum, of 32 sums in float32.
//
//go:noescape
func sum32(x *float32, n int) float32

// dot32 is the sum of products.
//
//go:noescape
func dot32(x, y *float32, n int) float32

// dotShifted32 is the sum of (x - shift)·y.
//
//go:noescape
func dotShifted32(x, y *float32, shift float32, n int) float32

// squares32 is the sum of the squares of x - mean.
//
//go:noescape
func squares32(x *float32, mean float32, n int) float32

// max32 is the largest element, NaN if there is one.
//
//go:noescape
func max32(x *float32, n int) float32

// min32 is the smallest element, NaN if there is one.
//
//go:noescape
func min32(x *float32, n int) float32

// columns32 adds to dst the sums of columns over rows > 0 rows that lie stride
// apart.
//
//go:noescape
func columns32(dst, x *float32, rows, cols, stride int)
