package cpu

// The kernels of losses in assembler; n, rows and cols are positive.

// softmax32 makes, row by row, most the largest x, sums the sum of exp(x - most)
// and, unless y is nil, y = exp(x - most)·factor/sum. cols is at least 8.
//
//go:noescape
func softmax32(y, x, factors, most, sums *float32, rows, cols int)

// softmaxNarrow32 is softmax32 of groups of eight rows with at most 16 columns.
//
//go:noescape
func softmaxNarrow32(y, x, factors, most, sums *float32, groups, cols int)

// softmaxGrad32 is dx = y·(dy - s).
//
//go:noescape
func softmaxGrad32(dx, dy, y *float32, s float32, n int)

// logSoftmaxGrad32 is dx = dy - s·exp(y).
//
//go:noescape
func logSoftmaxGrad32(dx, dy, y *float32, s float32, n int)
