package cpu

import "unsafe"

// A tile is the innermost product, C = A·B or C += A·B, then + bias, then
// max(·, 0) where asked for: A of m rows, C of m rows and at most tileWidth
// columns. The columns of A come in taps, k of them at each offset of taps; the
// rows of B of all taps follow one another. So one tile sums over the taps of a
// convolution, whose rows of A are pieces of an image.
//
// All strides, offsets and n are in bytes. A value of A is at
// a + taps[t] + row·ars + column·acs, one of B at b + row·brs + column, one of
// C at c + row·ldc + column. m, n, k and ntaps are at least 1.
//
// Where A was packed, panels of a tileHeight of rows are abs apart, and six is
// the height; elsewhere abs is that many rows and six is anyRows.
type tile struct {
	a, b, c   unsafe.Pointer
	bias      unsafe.Pointer // n values that are added to each row, or nil
	taps      *int
	ntaps     int
	k, m      int
	ars, acs  int
	brs       int
	ldc       int
	n         int
	add, relu int // 1 or 0
	abs       int
	six       int     // with so many rows left, a tileHeight of them is done at once
	next      uintptr // what will be b, to be fetched meanwhile, or 0
}

// anyRows is how many rows a tile divides into blocks of tileHeight before it
// looks for a division of what is left that keeps the multipliers busy. The
// tables of the assembler have as many entries.
const anyRows = 24

// row is where a row of A starts, in bytes.
func (t *tile) row(i int) int {
	if t.six == anyRows {
		return i * t.ars
	}
	return i/t.six*t.abs + i%t.six*t.ars
}

// noTaps is for tiles of one tap.
var noTaps = new(int)

// tileWidth is the number of columns of C in a tile.
func tileWidth[T Float]() int {
	if level == AVX512 && sizeOf[T]() == 4 {
		return 32
	}
	return 64 / sizeOf[T]()
}

// tileHeight is the number of rows of C that a tile does at once.
func tileHeight[T Float]() int {
	if level == AVX512 && sizeOf[T]() == 4 {
		return 12
	}
	return 6
}

// panelRows is the space for a column of a packed panel of A.
func panelRows[T Float]() int { return roundUp(tileHeight[T](), 8) }

// sizeOf is the size of an element in bytes.
func sizeOf[T Float]() int { return int(unsafe.Sizeof(*new(T))) }

// at is the value at an offset in bytes.
func at[T Float](p unsafe.Pointer, offset int) T { return *(*T)(unsafe.Add(p, offset)) }

// tileGo does a tile in Go: 2 rows by 4 columns at a time, which fit into the
// registers of most machines, and single ones at the edges.
func tileGo[T Float](t *tile) {
	size := sizeOf[T]()
	i := 0
	for ; i+2 <= t.m; i += 2 {
		j := 0
		for ; j+4*size <= t.n; j += 4 * size {
			tileGo2x4[T](t, i, j)
		}
		for ; j < t.n; j += size {
			tileGo1x1[T](t, i, j)
			tileGo1x1[T](t, i+1, j)
		}
	}
	if i < t.m {
		for j := 0; j < t.n; j += size {
			tileGo1x1[T](t, i, j)
		}
	}
}

func tileGo2x4[T Float](t *tile, i, j int) {
	var c00, c01, c02, c03, c10, c11, c12, c13 T
	size := sizeOf[T]()
	b := j
	for _, tap := range unsafe.Slice(t.taps, t.ntaps) {
		a, below := unsafe.Add(t.a, tap+t.row(i)), t.row(i+1)-t.row(i)
		for p := range t.k {
			a0, a1 := at[T](a, p*t.acs), at[T](a, p*t.acs+below)
			b0, b1, b2, b3 := at[T](t.b, b), at[T](t.b, b+size), at[T](t.b, b+2*size), at[T](t.b, b+3*size)
			c00, c01, c02, c03 = c00+a0*b0, c01+a0*b1, c02+a0*b2, c03+a0*b3
			c10, c11, c12, c13 = c10+a1*b0, c11+a1*b1, c12+a1*b2, c13+a1*b3
			b += t.brs
		}
	}
	for q, v := range [4]T{c00, c01, c02, c03} {
		tilePut(t, i, j+q*size, v)
	}
	for q, v := range [4]T{c10, c11, c12, c13} {
		tilePut(t, i+1, j+q*size, v)
	}
}

func tileGo1x1[T Float](t *tile, i, j int) {
	var sum T
	b := j
	for _, tap := range unsafe.Slice(t.taps, t.ntaps) {
		a := unsafe.Add(t.a, tap+t.row(i))
		for p := range t.k {
			sum += at[T](a, p*t.acs) * at[T](t.b, b)
			b += t.brs
		}
	}
	tilePut(t, i, j, sum)
}

// tilePut finishes a value of C.
func tilePut[T Float](t *tile, i, j int, v T) {
	c := (*T)(unsafe.Add(t.c, i*t.ldc+j))
	if t.add != 0 {
		v += *c
	}
	if t.bias != nil {
		v += at[T](t.bias, j)
	}
	if t.relu != 0 && v < 0 {
		v = 0
	}
	*c = v
}
