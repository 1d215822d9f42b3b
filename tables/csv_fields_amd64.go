package tables

import (
	"math"

	"golang.org/x/sys/cpu"
)

// floatsAVX2 reads n fields of decimals with or without a point, n a positive
// multiple of 4: the first goes from one behind *ends to *to; from one to the
// next it is step and cols numbers. It looks at 33 bytes before the end of each
// field, and at the byte where it begins. The rows that it leaves to others go to
// left, which has room for n.
//
//go:noescape
func floatsAVX2(b *byte, ends, to *uint32, step, cols, n int, tables *fieldTables, point byte, out *float64, left *uint32) (nleft int)

// intsAVX2 is floatsAVX2 of integers, for which it looks at 16 bytes.
//
//go:noescape
func intsAVX2(b *byte, ends, to *uint32, step, cols, n int, tables *fieldTables, out *int64, left *uint32) (nleft int)

// fieldTables is what the two look up.
type fieldTables struct {
	window [64]byte      // at k: a mask of the last k bytes
	powers [64]powerOf10 // the second half is of negative ones
	signs  [2][2]int32   // of pairs of sums, without and with a minus
}

// A powerOf10 is 10^k and its inverse, rounded.
type powerOf10 struct{ power, inverse float64 }

var (
	fieldsFast = cpu.X86.HasAVX2 && cpu.X86.HasFMA && cpu.X86.HasLZCNT
	lookups    = newFieldTables()
)

func newFieldTables() *fieldTables {
	t := &fieldTables{signs: [2][2]int32{{1, 1}, {-1, -1}}}
	for i := 32; i < 64; i++ {
		t.window[i] = 0xff
	}
	for k := range 32 {
		p := powerOf10{math.NaN(), math.NaN()} // nothing is sure with it
		if k < len(pow10) {
			p = powerOf10{pow10[k], 1 / pow10[k]}
		}
		t.powers[k], t.powers[32+k] = p, powerOf10{-p.power, -p.inverse}
	}
	return t
}

// fastFloats reads plain decimals of the rows in [from, to), but for those that
// are left, counted from from.
func (t *csvCells) fastFloats(out []float64) (from, to int, left []uint32) {
	if from, to = t.inside(33, len(out)); from < to {
		cols := t.csvGrid.cols
		n := floatsAVX2(&t.b[0], &t.ends[from*t.step], &t.to[from*cols], t.step, cols, to-from, lookups, t.decimal, &out[from], &t.left[0])
		left = t.left[:n]
	}
	return from, to, left
}

// fastInts is fastFloats of integers of up to 16 digits.
func (t *csvCells) fastInts(out []int64) (from, to int, left []uint32) {
	if from, to = t.inside(16, len(out)); from < to {
		cols := t.csvGrid.cols
		n := intsAVX2(&t.b[0], &t.ends[from*t.step], &t.to[from*cols], t.step, cols, to-from, lookups, &out[from], &t.left[0])
		left = t.left[:n]
	}
	return from, to, left
}

// inside is rows, a multiple of 4, whose fields begin in the text and have so
// many bytes of it before their ends.
func (t *csvCells) inside(before, n int) (from, to int) {
	if !fieldsFast || !t.csvFile.plain {
		return 0, 0
	}
	if to = n; t.lo+len(t.b) == len(t.text) {
		to-- // the last field may begin where the text ends
	}
	for from < to && t.lo+int(t.to[from*t.csvGrid.cols]) < before {
		from++
	}
	if len(t.left) < n {
		t.left = make([]uint32, n)
	}
	return from, max(from, from+(to-from)/4*4)
}
