package plots

import (
	"math"
	"math/bits"
)

// codeNames numbers the different names, in order of first appearance.
func codeNames(names []string) (codes []int, levels []string) {
	index := map[string]int{}
	codes = make([]int, len(names))
	var recent [256]int // code + 1 of the last name that ends as this one
	for i, s := range names {
		poll(i)
		end := ending(s)
		if k := recent[end] - 1; k >= 0 && levels[k] == s {
			codes[i] = k
			continue
		}
		k, ok := index[s]
		if !ok {
			k = len(levels)
			index[s] = k
			levels = append(levels, s)
		}
		codes[i], recent[end] = k, k+1
	}
	return codes, levels
}

// ending tells short lists of names apart, mostly.
func ending(s string) uint8 {
	n := len(s)
	if n < 2 {
		return uint8(n)
	}
	return uint8(n) + 31*s[n-1] + 7*s[n-2]
}

// codeNumbers numbers the different finite values, in order of first
// appearance; others have -1. It gives up where there are more than most.
func codeNumbers(v []float64, most int) (codes []int, values []float64, ok bool) {
	x := newNumberIndex()
	codes = make([]int, len(v))
	for i, n := range v {
		poll(i)
		codes[i] = -1
		if finite(n) {
			if codes[i] = x.code(n); len(x.values) > most {
				return nil, nil, false
			}
		}
	}
	return codes, x.values, true
}

// A numberIndex numbers different numbers: open addressing, as a map takes
// several times as long.
type numberIndex struct {
	values []float64
	slots  []int32 // number + 1; 0 is free
	shift  uint
}

func newNumberIndex() *numberIndex {
	x := &numberIndex{}
	x.resize(1 << 10)
	return x
}

func (x *numberIndex) code(v float64) int {
	at := x.place(v)
	for x.slots[at] != 0 {
		k := int(x.slots[at] - 1)
		if x.values[k] == v {
			return k
		}
		at = (at + 1) & (len(x.slots) - 1)
	}
	x.values = append(x.values, v)
	x.slots[at] = int32(len(x.values))
	if 2*len(x.values) > len(x.slots) {
		x.resize(4 * len(x.slots))
	}
	return len(x.values) - 1
}

// place is where the search for a number begins, the same for both zeros.
func (x *numberIndex) place(v float64) int {
	return int(math.Float64bits(v+0) * 0x9e3779b97f4a7c15 >> x.shift)
}

func (x *numberIndex) resize(n int) {
	x.slots, x.shift = make([]int32, n), uint(64-bits.TrailingZeros(uint(n)))
	for k, v := range x.values {
		poll(k)
		at := x.place(v)
		for x.slots[at] != 0 {
			at = (at + 1) & (n - 1)
		}
		x.slots[at] = int32(k + 1)
	}
}
