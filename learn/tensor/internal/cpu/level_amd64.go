package cpu

import (
	"slices"
	"unsafe"

	"golang.org/x/sys/cpu"
)

var best = detect()

func detect() Level {
	x := &cpu.X86
	switch {
	case !x.HasAVX2 || !x.HasFMA:
		return Generic
	case x.HasAVX512F && x.HasAVX512DQ && x.HasAVX512BW && x.HasAVX512VL && tileRight(tile512):
		return AVX512
	}
	return AVX2
}

// tileRight compares a kernel of 12 rows by 32 columns of float32 with Go, for
// each number of rows and kind of edge that it has code for. Few machines that
// this is developed on run AVX-512, so a machine that does makes sure before it
// is relied on; that takes well under a millisecond.
func tileRight(kernel func(*tile)) bool {
	for i, m := range []int{1, 2, 3, 4, 5, 6, 7, 8, 9, 11, 12, 15, 19, 24, 43} {
		for j, n := range []int{1, 15, 16, 17, 31, 32} {
			if !tileSame(kernel, m, n, i+j) {
				return false
			}
		}
	}
	return true
}

// tileSame compares a kernel with Go for a tile of some size; way chooses what
// else it does.
func tileSame(kernel func(*tile), m, n, way int) bool {
	const k, wide, before = 3, 40, 64
	a, b, bias := selfTestValues(2*48*k), selfTestValues(2*k*wide), selfTestValues(wide)
	got, want := selfTestValues(2*before+43*wide), selfTestValues(2*before+43*wide)
	offsets := [2]int{0, 4 * 48 * k}
	t := tile{
		a: unsafe.Pointer(&a[0]), b: unsafe.Pointer(&b[0]), taps: &offsets[0], ntaps: 2, k: k, m: m,
		ars: 4 * k, acs: 4, brs: 4 * wide, ldc: 4 * wide, n: 4 * n, abs: 4 * 12 * k, six: anyRows,
		add: way & 1, relu: way >> 1 & 1,
	}
	if way&4 != 0 {
		t.bias = unsafe.Pointer(&bias[0])
	}
	if way%3 == 0 { // packed
		t.ars, t.acs, t.six = 4, 4*12, 12
	}
	t.c = unsafe.Pointer(&got[before])
	kernel(&t)
	t.c = unsafe.Pointer(&want[before])
	tileGo[float32](&t)
	return slices.Equal(got, want) // values are small integers, so sums are exact
}

// selfTestValues are whole numbers from -8 to 8.
func selfTestValues(n int) []float32 {
	v, x := make([]float32, n), uint32(1)
	for i := range v {
		x = x*1664525 + 1013904223
		v[i] = float32(x>>24%17) - 8
	}
	return v
}
