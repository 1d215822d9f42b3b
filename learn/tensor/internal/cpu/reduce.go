package cpu

import "math"

// Sums of float32 are made of blocks that are summed in float32, in 32 sums that
// take turns, and added in float64. So a sum of 1e7 numbers of one sign is good
// to 1e-6, and depends on nothing but the numbers.
const sumBlock = 2048

// columnBlock is how many rows' sums are added in float32 before they are added
// to the result.
const columnBlock = 512

// Sum is the sum of x.
func Sum[T Float](x []T) T {
	if fast[T](len(x)) {
		if len(x) <= sumBlock {
			return T(sum32(f32(x), len(x)))
		}
		s := 0.0
		for len(x) > 0 {
			n := min(len(x), sumBlock)
			s += float64(sum32(f32(x), n))
			x = x[n:]
		}
		return T(s)
	}
	s := 0.0
	for _, v := range x {
		s += float64(v)
	}
	return T(s)
}

// Dot is the sum of x·y. The slices have one length.
func Dot[T Float](x, y []T) T {
	y = y[:len(x)]
	s := 0.0
	if fast[T](len(x)) {
		for len(x) > 0 {
			n := min(len(x), sumBlock)
			s += float64(dot32(f32(x), f32(y), n))
			x, y = x[n:], y[n:]
		}
		return T(s)
	}
	for i, v := range x {
		s += float64(v) * float64(y[i])
	}
	return T(s)
}

// SumSquares is the sum of (x - mean)².
func SumSquares[T Float](x []T, mean T) T {
	s := 0.0
	if fast[T](len(x)) {
		for len(x) > 0 {
			n := min(len(x), sumBlock)
			s += float64(squares32(f32(x), float32(mean), n))
			x = x[n:]
		}
		return T(s)
	}
	for _, v := range x {
		d := float64(v) - float64(mean)
		s += d * d
	}
	return T(s)
}

// MaxOf is the largest element: NaN if there is one, -Inf if x is empty.
func MaxOf[T Float](x []T) T {
	if fast[T](len(x)) {
		return T(max32(f32(x), len(x)))
	}
	m := T(math.Inf(-1))
	for _, v := range x {
		m = max(m, v)
	}
	return m
}

// MinOf is the smallest element: NaN if there is one, +Inf if x is empty.
func MinOf[T Float](x []T) T {
	if fast[T](len(x)) {
		return T(min32(f32(x), len(x)))
	}
	m := T(math.Inf(1))
	for _, v := range x {
		m = min(m, v)
	}
	return m
}

// SumColumns makes dst, of length cols, the column sums of x, [rows, cols]; with
// add they are added to it.
func SumColumns[T Float](dst, x []T, rows, cols int, add bool) {
	dst, x = dst[:cols], x[:rows*cols]
	if !add {
		clear(dst)
	}
	if rows == 0 {
		return
	}
	if !fast[T](len(x)) {
		for lo := 0; lo < cols; lo += normBlock {
			addColumns(dst[lo:min(lo+normBlock, cols)], x[lo:], rows, cols)
		}
		return
	}
	for rows > 0 {
		n := min(rows, columnBlock)
		sumColumns32(f32(dst), x[:n*cols], n, cols)
		x, rows = x[n*cols:], rows-n
	}
}

// addColumns adds to dst, not wider than normBlock, the sums of columns whose rows
// lie stride apart, in float64.
func addColumns[T Float](dst, x []T, rows, stride int) {
	var sums [normBlock]float64
	for r := range rows {
		for c, v := range x[r*stride : r*stride+len(dst)] {
			sums[c] += float64(v)
		}
	}
	addTo(dst, sums[:])
}

// addTo is dst += sums.
func addTo[T Float](dst []T, sums []float64) {
	for i := range dst {
		dst[i] += T(sums[i])
	}
}

// sumColumns32 adds the column sums of some rows to dst. Eight narrow rows are
// taken as one wide row, so that all lanes have work and sums do not wait for one
// another.
func sumColumns32[T Float](dst *float32, x []T, rows, cols int) {
	switch {
	case cols >= 64 || rows < 16:
		columns32(dst, f32(x), rows, cols, cols)
	case cols <= 16:
		var wide [8 * 16]float32
		widened(dst, &wide[0], x, rows, cols)
	default:
		var wide [8 * 64]float32
		widened(dst, &wide[0], x, rows, cols)
	}
}

// widened adds the column sums of eight rows at a time to wide, which is zeros,
// and then those and the other rows' to dst.
func widened[T Float](dst, wide *float32, x []T, rows, cols int) {
	n := rows / 8
	columns32(wide, f32(x), n, 8*cols, 8*cols)
	columns32(dst, wide, 8, cols, cols)
	if rest := rows - 8*n; rest > 0 {
		columns32(dst, f32(x[8*n*cols:]), rest, cols, cols)
	}
}

// A Reduction makes one number of many.
type Reduction uint8

// The reductions.
const (
	ReduceSum Reduction = iota
	ReduceMean
	ReduceMax // NaN if one is
	ReduceMin
	numReductions
)

// Reduce makes dst, [outer, inner], the reduction of x, [outer, mid, inner], over
// mid. An empty mid gives 0, NaN, -Inf and +Inf.
func Reduce[T Float](op Reduction, dst, x []T, outer, mid, inner int) {
	size := mid * inner
	for o := range outer {
		d, part := dst[o*inner:(o+1)*inner], x[o*size:(o+1)*size]
		switch {
		case inner == 1:
			d[0] = reduceAll(op, part)
		case op == ReduceSum || op == ReduceMean:
			SumColumns(d, part, mid, inner, false)
			if op == ReduceMean {
				Map2Scalar(Div, d, d, T(mid))
			}
		default:
			foldColumns(op, d, part, mid, inner)
		}
	}
}

func reduceAll[T Float](op Reduction, x []T) T {
	switch op {
	case ReduceSum:
		return Sum(x)
	case ReduceMean:
		return Sum(x) / T(len(x))
	case ReduceMax:
		return MaxOf(x)
	default:
		return MinOf(x)
	}
}

// foldColumns folds rows into dst one after the other.
func foldColumns[T Float](op Reduction, dst, x []T, rows, cols int) {
	if rows == 0 {
		Fill(dst, reduceAll[T](op, nil))
		return
	}
	with := Max
	if op == ReduceMin {
		with = Min
	}
	copy(dst, x[:cols])
	for r := 1; r < rows; r++ {
		Map2(with, dst, dst, x[r*cols:(r+1)*cols])
	}
}
