package cpu

import (
	"fmt"
	"math"
)

// A PoolShape describes pooling of N images of H rows, W columns and C channels,
// in that order, by windows of KH × KW.
type PoolShape struct {
	N, H, W, C, KH, KW, StrideH, StrideW int
	PadTop, PadBottom, PadLeft, PadRight int
}

// OutH is the number of rows of a pooled image.
func (s PoolShape) OutH() int { return (s.H+s.PadTop+s.PadBottom-s.KH)/s.StrideH + 1 }

// OutW is the number of columns of a pooled image.
func (s PoolShape) OutW() int { return (s.W+s.PadLeft+s.PadRight-s.KW)/s.StrideW + 1 }

// Check reports a shape that cannot be pooled. Every window must have a part
// inside the image, so padding is smaller than the window.
func (s PoolShape) Check() error {
	switch {
	case s.N < 0 || s.H <= 0 || s.W <= 0 || s.C <= 0:
		return fmt.Errorf("tensor: pool: images are (%d, %d, %d, %d); want positive sizes", s.N, s.H, s.W, s.C)
	case s.KH <= 0 || s.KW <= 0 || s.StrideH <= 0 || s.StrideW <= 0:
		return fmt.Errorf("tensor: pool: window is %d×%d, stride %d×%d; want positive sizes", s.KH, s.KW, s.StrideH, s.StrideW)
	case min(s.PadTop, s.PadBottom, s.PadLeft, s.PadRight) < 0 || max(s.PadTop, s.PadBottom) >= s.KH || max(s.PadLeft, s.PadRight) >= s.KW:
		return fmt.Errorf("tensor: pool: padding is %d, %d, %d, %d; want 0 or more and less than the window, %d×%d",
			s.PadTop, s.PadBottom, s.PadLeft, s.PadRight, s.KH, s.KW)
	case s.H+s.PadTop+s.PadBottom < s.KH || s.W+s.PadLeft+s.PadRight < s.KW:
		return fmt.Errorf("tensor: pool: window %d×%d is larger than the padded image, %d×%d",
			s.KH, s.KW, s.H+s.PadTop+s.PadBottom, s.W+s.PadLeft+s.PadRight)
	}
	return nil
}

// A poolRun is pixels in a row of the output whose windows have one size inside
// the image. The assembler knows its layout.
type poolRun struct {
	pixels, c int
	kh, kw    int     // the window inside the image
	pos, skip int     // the number of its first place, and of places left out between rows
	step      int     // from a window to the next, in elements
	row       int     // from a row of the image to the next
	add       int     // 0 if a gradient is stored, else it is added
	factor    float32 // 1 / (kh·kw)
	gap       int     // of the output, from the end of a pixel to the next
}

// runs calls f for all runs of some images, with where the first window and the
// first pixel begin.
func (s PoolShape) runs(from, to, add int, f func(r poolRun, x, y int)) {
	outH, outW := s.OutH(), s.OutW()
	r := poolRun{c: s.C, step: s.StrideW * s.C, row: s.W * s.C, add: add}
	for n := from; n < to; n++ {
		for oh := range outH {
			s.rowRuns(r, oh, n*s.H*s.W*s.C, (n*outH+oh)*outW*s.C, f)
		}
	}
}

// rowRuns calls f for the runs of a row of the output of an image that begins at
// x; the row begins at y.
func (s PoolShape) rowRuns(r poolRun, oh, x, y int, f func(r poolRun, x, y int)) {
	outW := s.OutW()
	interior := (s.W - s.KW + s.PadLeft) / s.StrideW // the last window that is inside
	if s.W+s.PadLeft < s.KW {
		interior = -1
	}
	top := oh*s.StrideH - s.PadTop
	h0, h1 := max(0, -top), min(s.KH, s.H-top)
	r.kh = h1 - h0
	for ow := 0; ow < outW; ow += r.pixels {
		left := ow*s.StrideW - s.PadLeft
		w0, w1 := max(0, -left), min(s.KW, s.W-left)
		r.pixels, r.kw = 1, w1-w0
		if r.kw == s.KW {
			r.pixels = max(1, min(interior, outW-1)-ow+1)
		}
		r.pos, r.skip = h0*s.KW+w0, s.KW-r.kw
		r.factor = 1 / float32(r.kh*r.kw)
		f(r, x+((top+h0)*s.W+left+w0)*s.C, y+ow*(s.C+r.gap))
	}
}

// MaxPool makes y, [N, OutH, OutW, C], the largest elements of windows of x,
// [N, H, W, C], for the images from … to-1. argmax, unless it is nil, of y's shape,
// gets the places in the windows, kh·KW + kw, of the first largest (or the first
// NaN, which is larger than all).
func MaxPool[T Float](s PoolShape, y []T, argmax []int32, x []T, from, to int) {
	s.checkLengths(len(x), len(y), from, to)
	if argmax != nil {
		argmax = argmax[:len(y)]
	}
	s.runs(from, to, 0, func(r poolRun, xAt, yAt int) {
		var arg []int32
		if argmax != nil {
			arg = argmax[yAt:]
		}
		maxPool(y[yAt:], arg, x[xAt:], &r)
	})
}

// maxPool is MaxPool of a run.
func maxPool[T Float](y []T, arg []int32, x []T, r *poolRun) {
	switch {
	case !fast[T](1):
		maxRun(y, arg, x, r)
	case arg != nil:
		maxPool32(f32(y), &arg[0], f32(x), r)
	default:
		most32(f32(y), f32(x), r)
	}
}

// MaxPoolGrad makes dx, [N, H, W, C], the gradient of MaxPool: dy where argmax
// says that a window's largest was, added up where windows overlap.
func MaxPoolGrad[T Float](s PoolShape, dx, dy []T, argmax []int32, from, to int) {
	s.checkLengths(len(dx), len(dy), from, to)
	argmax = argmax[:len(dy)]
	s.runs(from, to, clearGrad(s, dx, from, to), func(r poolRun, xAt, yAt int) {
		if fast[T](1) {
			maxPoolGrad32(f32(dx[xAt:]), f32(dy[yAt:]), &argmax[yAt], &r)
			return
		}
		maxGradRun(dx[xAt:], dy[yAt:], argmax[yAt:], &r)
	})
}

// AvgPool makes y, [N, OutH, OutW, C], the means of windows of x, [N, H, W, C],
// without padding, for the images from … to-1.
func AvgPool[T Float](s PoolShape, y, x []T, from, to int) {
	s.checkLengths(len(x), len(y), from, to)
	s.runs(from, to, 0, func(r poolRun, xAt, yAt int) { avgPool(y[yAt:], x[xAt:], &r) })
}

// avgPool is AvgPool of a run.
func avgPool[T Float](y, x []T, r *poolRun) {
	if fast[T](1) {
		avgPool32(f32(y), f32(x), r)
		return
	}
	avgRun(y, x, r)
}

// AvgPoolGrad makes dx, [N, H, W, C], the gradient of AvgPool.
func AvgPoolGrad[T Float](s PoolShape, dx, dy []T, from, to int) {
	s.checkLengths(len(dx), len(dy), from, to)
	s.runs(from, to, clearGrad(s, dx, from, to), func(r poolRun, xAt, yAt int) {
		if fast[T](1) {
			avgPoolGrad32(f32(dx[xAt:]), f32(dy[yAt:]), &r)
			return
		}
		avgGradRun(dx[xAt:], dy[yAt:], &r)
	})
}

// checkLengths panics unless the kernels stay inside slices of these lengths.
func (s PoolShape) checkLengths(x, y, from, to int) {
	if err := s.Check(); err != nil {
		panic(err)
	}
	if from < 0 || to > s.N || x < s.N*s.H*s.W*s.C || y < s.N*s.OutH()*s.OutW()*s.C {
		panic(fmt.Sprintf("cpu: pool: images %d to %d of %+v with %d and %d elements", from, to, s, x, y))
	}
}

// clearGrad clears what no window, or more than one, will write, and says whether
// windows add.
func clearGrad[T Float](s PoolShape, dx []T, from, to int) (add int) {
	overlap := s.KH > s.StrideH || s.KW > s.StrideW
	whole := s.KH == s.StrideH && s.KW == s.StrideW && s.OutH()*s.KH-s.PadTop >= s.H && s.OutW()*s.KW-s.PadLeft >= s.W
	if overlap || !whole {
		image := s.H * s.W * s.C
		clear(dx[from*image : to*image])
	}
	if overlap {
		return 1
	}
	return 0
}

func maxRun[T Float](y []T, arg []int32, x []T, r *poolRun) {
	for p := range r.pixels {
		for c := range r.c {
			most, at, pos := T(math.Inf(-1)), r.pos, r.pos
			for h := range r.kh {
				for w := range r.kw {
					if v := x[p*r.step+h*r.row+w*r.c+c]; v > most || v != v && most == most {
						most, at = v, pos
					}
					pos++
				}
				pos += r.skip
			}
			y[p*(r.c+r.gap)+c] = most
			if arg != nil {
				arg[p*(r.c+r.gap)+c] = int32(at)
			}
		}
	}
}

func maxGradRun[T Float](dx, dy []T, arg []int32, r *poolRun) {
	for p := range r.pixels {
		for c := range r.c {
			pos := int32(r.pos)
			for h := range r.kh {
				for w := range r.kw {
					d := &dx[p*r.step+h*r.row+w*r.c+c]
					if r.add == 0 {
						*d = 0
					}
					if arg[p*r.c+c] == pos {
						*d += dy[p*r.c+c]
					}
					pos++
				}
				pos += int32(r.skip)
			}
		}
	}
}

func avgRun[T Float](y, x []T, r *poolRun) {
	for p := range r.pixels {
		for c := range r.c {
			sum := T(0)
			for h := range r.kh {
				for w := range r.kw {
					sum += x[p*r.step+h*r.row+w*r.c+c]
				}
			}
			y[p*(r.c+r.gap)+c] = sum / T(r.kh*r.kw)
		}
	}
}

func avgGradRun[T Float](dx, dy []T, r *poolRun) {
	for p := range r.pixels {
		for c := range r.c {
			g := dy[p*r.c+c] / T(r.kh*r.kw)
			for h := range r.kh {
				for w := range r.kw {
					d := &dx[p*r.step+h*r.row+w*r.c+c]
					if r.add == 0 {
						*d = 0
					}
					*d += g
				}
			}
		}
	}
}
