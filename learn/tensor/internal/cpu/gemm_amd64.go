package cpu

import "unsafe"

// tileF32 does a tile of float32 in AVX2.
//
//go:noescape
func tileF32(t *tile)

// tileF64 does a tile of float64 in AVX2.
//
//go:noescape
func tileF64(t *tile)

// tile512 does a tile of float32 in AVX-512.
//
//go:noescape
func tile512(t *tile)

// runTile does a tile by the code of the level.
func runTile[T Float](t *tile) {
	switch {
	case level == Generic:
		tileGo[T](t)
	case unsafe.Sizeof(*new(T)) == 8:
		tileF64(t)
	case level == AVX512:
		tile512(t)
	default:
		tileF32(t)
	}
}

// copyNarrow copies rows of n bytes, a multiple of 4 up to 64, and writes 64
// bytes of each row of dst. Rows are dld and sld bytes apart.
//
//go:noescape
func copyNarrow(dst, src unsafe.Pointer, rows, n, dld, sld int)

// turn8 transposes a number of blocks of 8 by 8 float32 that lie beside each
// other in src. Rows are dld and sld bytes apart.
//
//go:noescape
func turn8(dst, src unsafe.Pointer, blocks, dld, sld int)

// fastCopy is copyBlock for the narrow rows of a panel.
func fastCopy[T Float](dst, src []T, rows, cols, dld, sld int) bool {
	size := sizeOf[T]()
	n, written := cols*size, roundUp(cols*size, 64)
	if level == Generic || n > 128 || (rows-1)*dld*size+written > len(dst)*size || n > 64 && dld*size < 128 {
		return false
	}
	d, s := unsafe.Pointer(&dst[0]), unsafe.Pointer(&src[0])
	copyNarrow(d, s, rows, min(n, 64), dld*size, sld*size)
	if n > 64 {
		copyNarrow(unsafe.Add(d, 64), unsafe.Add(s, 64), rows, n-64, dld*size, sld*size)
	}
	return true
}

// fastTurn is turnBlock for the first rows and columns, as many as it returns.
func fastTurn[T Float](dst, src []T, rows, cols, dld, sld int) (rowsDone, colsDone int) {
	size := sizeOf[T]()
	if level == Generic || size != 4 || cols < 8 {
		return 0, 0
	}
	r := 0
	for ; r+8 <= rows; r += 8 {
		turn8(unsafe.Pointer(&dst[r]), unsafe.Pointer(&src[r*sld]), cols/8, dld*size, sld*size)
	}
	return r, cols &^ 7
}

// dotRows4 computes the products of 4·blocks rows of A, which are lda bytes
// apart, and x, of k values each.
//
//go:noescape
func dotRows4(y, a, x unsafe.Pointer, blocks, k, lda int)

// fastColumn multiplies the first rows of A by x, as many as it returns.
func fastColumn[T Float](y, a, x []T, lda int) (done int) {
	blocks := len(y) / 4
	if level == Generic || sizeOf[T]() != 4 || blocks == 0 {
		return 0
	}
	dotRows4(unsafe.Pointer(&y[0]), unsafe.Pointer(&a[0]), unsafe.Pointer(&x[0]), blocks, len(x), lda*4)
	return blocks * 4
}
