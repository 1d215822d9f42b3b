package cpu

// BatchNorm normalises each column of matrices [rows, C] (images of C channels
// are such matrices). All slices have length C. Its methods work on the columns
// from … to-1 only, so that work can be split by column.
type BatchNorm[T Float] struct {
	C                     int
	Gamma, Beta           []T // scale and centre
	MovingMean, MovingVar []T // running statistics
	Mean, InvStd          []T // those of the last Train, for Grad
	Momentum, Epsilon     T   // Keras has 0.99 and 1e-3
}

// normBlock is how many columns are worked on at a time.
const normBlock = 128

// blocks calls f for blocks of columns.
func (b *BatchNorm[T]) blocks(from, to int, f func(from, to int)) {
	for lo := from; lo < to; lo += normBlock {
		f(lo, min(lo+normBlock, to))
	}
}

// Train makes y = Gamma·(x - mean)/√(variance + Epsilon) + Beta with the mean and
// the variance (divided by rows) of each column, and moves the running statistics
// towards them: moving = Momentum·moving + (1-Momentum)·batch. y may be x.
func (b *BatchNorm[T]) Train(y, x []T, rows, from, to int) {
	if rows == 0 {
		return
	}
	y, x = y[:rows*b.C], x[:rows*b.C]
	b.blocks(from, to, func(from, to int) {
		mean, inv := b.Mean[from:to], b.InvStd[from:to]
		columnSums(mean, x[from:], rows, b.C)
		Map2Scalar(Div, mean, mean, T(rows))
		columnSquares(inv, x[from:], mean, rows, b.C)
		for i := range inv {
			variance := inv[i] / T(rows)
			at := from + i
			b.MovingMean[at] = b.Momentum*b.MovingMean[at] + (1-b.Momentum)*mean[i]
			b.MovingVar[at] = b.Momentum*b.MovingVar[at] + (1-b.Momentum)*variance
			inv[i] = 1 / root(variance+b.Epsilon)
		}
		b.apply(y[from:], x[from:], mean, inv, rows, from)
	})
}

// apply makes y = (x - mean)·inv·Gamma + Beta of a block of columns.
func (b *BatchNorm[T]) apply(y, x, mean, inv []T, rows, from int) {
	var scale, centre [normBlock]T
	for i, v := range inv {
		scale[i], centre[i] = v*b.Gamma[from+i], b.Beta[from+i]
	}
	cols := len(mean)
	if fast[T](cols) {
		normApply32(f32(y), f32(x), f32(mean), f32(scale[:]), f32(centre[:]), rows, cols, b.C)
		return
	}
	for r := range rows {
		for c, m := range mean {
			y[r*b.C+c] = (x[r*b.C+c]-m)*scale[c] + centre[c]
		}
	}
}

// Grad makes the gradients of Train with respect to x, Gamma and Beta from dy and
// from what Train was given and kept. dgamma and dbeta may be nil; dx may be dy,
// or nil.
func (b *BatchNorm[T]) Grad(dx, dgamma, dbeta, dy, x []T, rows, from, to int) {
	if rows == 0 {
		clearRange(dgamma, from, to)
		clearRange(dbeta, from, to)
		return
	}
	dy, x = dy[:rows*b.C], x[:rows*b.C]
	if dx != nil {
		dx = dx[:rows*b.C]
	}
	b.blocks(from, to, func(from, to int) {
		mean, inv := b.Mean[from:to], b.InvStd[from:to]
		var sum, dot, scale [normBlock]T
		columnDots(sum[:to-from], dot[:to-from], dy[from:], x[from:], mean, rows, b.C)
		for i, v := range inv {
			dot[i] *= v
			if dgamma != nil {
				dgamma[from+i] = dot[i]
			}
			if dbeta != nil {
				dbeta[from+i] = sum[i]
			}
			scale[i] = v * b.Gamma[from+i]
			sum[i] *= -scale[i] / T(rows)
			dot[i] *= -scale[i] * v / T(rows)
		}
		if dx != nil {
			normGrad(dx[from:], dy[from:], x[from:], mean, scale[:to-from], sum[:], dot[:], rows, b.C)
		}
	})
}

func clearRange[T Float](x []T, from, to int) {
	if x != nil {
		clear(x[from:to])
	}
}

// The kernels of blocks of columns, each len(mean) or len(dst) wide, whose rows
// lie stride apart.

// columnSums makes dst the columns' sums.
func columnSums[T Float](dst, x []T, rows, stride int) {
	clear(dst)
	if !fast[T](len(dst)) {
		addColumns(dst, x, rows, stride)
		return
	}
	for lo := 0; lo < rows; lo += columnBlock {
		columns32(f32(dst), f32(x[lo*stride:]), min(columnBlock, rows-lo), len(dst), stride)
	}
}

// columnSquares makes dst the columns' sums of (x - mean)².
func columnSquares[T Float](dst, x, mean []T, rows, stride int) {
	clear(dst)
	if !fast[T](len(dst)) {
		var sums [normBlock]float64
		for r := range rows {
			for c, m := range mean {
				d := float64(x[r*stride+c] - m)
				sums[c] += d * d
			}
		}
		addTo(dst, sums[:])
		return
	}
	for lo := 0; lo < rows; lo += columnBlock {
		normSquares32(f32(dst), f32(x[lo*stride:]), f32(mean), min(columnBlock, rows-lo), len(dst), stride)
	}
}

// columnDots adds to sum the columns' sums of dy, to dot those of dy·(x - mean).
func columnDots[T Float](sum, dot, dy, x, mean []T, rows, stride int) {
	if !fast[T](len(sum)) {
		var sums, dots [normBlock]float64
		for r := range rows {
			for c, m := range mean {
				g := float64(dy[r*stride+c])
				sums[c] += g
				dots[c] += g * float64(x[r*stride+c]-m)
			}
		}
		addTo(sum, sums[:])
		addTo(dot, dots[:])
		return
	}
	for lo := 0; lo < rows; lo += columnBlock {
		normDots32(f32(sum), f32(dot), f32(dy[lo*stride:]), f32(x[lo*stride:]), f32(mean),
			min(columnBlock, rows-lo), len(sum), stride)
	}
}

// normGrad is dx = scale·dy + k0 + k1·(x - mean).
func normGrad[T Float](dx, dy, x, mean, scale, k0, k1 []T, rows, stride int) {
	if fast[T](len(mean)) {
		normGrad32(f32(dx), f32(dy), f32(x), f32(mean), f32(scale), f32(k0), f32(k1), rows, len(mean), stride)
		return
	}
	for r := range rows {
		for c, m := range mean {
			i := r*stride + c
			dx[i] = scale[c]*dy[i] + k0[c] + k1[c]*(x[i]-m)
		}
	}
}

// LayerNorm makes each row of y, [rows, cols], (x - mean)/√(variance + epsilon)
// of the row's own mean and variance, times gamma, plus beta, which have length
// cols. mean and invStd, of length rows, keep what LayerNormGrad needs. y may be
// x.
func LayerNorm[T Float](y, mean, invStd, x, gamma, beta []T, rows, cols int, epsilon T) {
	y, x, mean, invStd = y[:rows*cols], x[:rows*cols], mean[:rows], invStd[:rows]
	if fast[T](len(x)) && cols <= sumBlock {
		layer32(f32(y), f32(x), f32(gamma[:cols]), f32(beta[:cols]), f32(mean), f32(invStd), rows, cols, float32(epsilon))
		return
	}
	for r := range rows {
		xr, yr := row(x, r, cols), row(y, r, cols)
		m := Sum(xr) / T(cols)
		inv := 1 / root(SumSquares(xr, m)/T(cols)+epsilon)
		mean[r], invStd[r] = m, inv
		for c, v := range xr {
			yr[c] = (v-m)*inv*gamma[c] + beta[c]
		}
	}
}

// LayerNormGrad makes dx, [rows, cols], the gradient of LayerNorm, and adds those
// with respect to gamma and beta to dgamma and dbeta, of length cols. dx may be
// dy.
func LayerNormGrad[T Float](dx, dgamma, dbeta, dy, x, mean, invStd, gamma []T, rows, cols int) {
	for r := range rows {
		g, xr, dxr := row(dy, r, cols), row(x, r, cols), row(dx, r, cols)
		m, inv := mean[r], invStd[r]
		if fast[T](cols) {
			layerGrad32(f32(dxr), f32(dgamma[:cols]), f32(dbeta[:cols]), f32(g), f32(xr), f32(gamma[:cols]), float32(m), float32(inv), cols)
			continue
		}
		sum, dot := 0.0, 0.0
		for c, v := range xr {
			d := float64(g[c]) * float64(gamma[c])
			sum += d
			dot += d * float64(v-m)
		}
		k0, k1 := T(-sum/float64(cols)), T(-dot*float64(inv)*float64(inv)/float64(cols))
		for c, v := range xr {
			d := g[c]
			dgamma[c] += d * (v - m) * inv
			dbeta[c] += d
			dxr[c] = inv * (d*gamma[c] + k0 + k1*(v-m))
		}
	}
}
