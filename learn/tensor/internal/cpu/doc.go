// Package cpu holds the float kernels of the training engine for one process's
// processor: matrix products, convolutions and loops over slices.
//
// The kernels are functions over plain slices. They know no tensors, no graph
// and no shapes but those they are given, and check just enough of them that a
// fast kernel cannot leave its slices; a shape that does not fit is a bug of the
// caller and panics. No call allocates: what needs workspace is an object that
// is made once per shape (Gemm, Conv) and used by one goroutine at a time.
//
// Everything exists as Go that runs anywhere. On amd64 there is assembler for
// AVX2 and, for products of float32 matrices, AVX-512; Best says which level the
// machine has, Use picks a lower one, as tests do to compare them. float64 is
// the reference for checks of gradients and only its products are in assembler.
//
// Work is shared by a Pool. No result depends on how many workers there are.
package cpu
