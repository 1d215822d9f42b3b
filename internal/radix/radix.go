// Package radix sorts words of 64 bits by their digits, and turns floating-point
// numbers into such words. It is for lists that fit memory twice; what belongs to
// a word has to be in it.
package radix

import (
	"math"
	"math/bits"
	"sync/atomic"

	"github.com/sheaf-go/sheaf/internal/interrupt"
)

// Key is a word that orders as numbers do: both zeros have the same, NaN has the
// greatest.
func Key(f float64) uint64 {
	if f != f {
		return math.MaxUint64
	}
	k := math.Float64bits(f + 0) // which makes both zeros one
	return k ^ (uint64(int64(k)>>63) | 1<<63)
}

// Number is the number of a key.
func Number(key uint64) float64 {
	return math.Float64frombits(key ^ (^uint64(int64(key)>>63) | 1<<63))
}

// shortSort is how many words are sorted by insertion.
const shortSort = 24

// manyWords is how many words make a second goroutine worth its while; tests set
// it low.
var manyWords = 1 << 18

// partsOf is how many goroutines work on n words.
func partsOf(n int) int { return interrupt.Cores(n, manyWords) }

// Sort sorts the words, fewer than 1<<31, many of them on all cores; spare is as
// long.
func Sort(words, spare []uint64) { sortInto(words, spare, false) }

// sortInto sorts a by its highest bits that differ, then each bucket by its
// own; the sorted words are in b if there, else in a.
func sortInto(a, b []uint64, there bool) {
	if len(a) >= 1<<10 {
		interrupt.Check()
	}
	if len(a) >= manyWords && manyWords > shortSort {
		sortTogether(a, b, there)
		return
	}
	if len(a) <= shortSort {
		insertWords(a)
		if there {
			copy(b, a)
		}
		return
	}
	shift, width := digitOf(a)
	if width == 0 {
		if there {
			copied(b, a)
		}
		return
	}
	var ends [1 << mostDigit]int32
	mask := uint64(1)<<width - 1
	for lo, hi := range interrupt.Spans(len(a)) {
		for _, x := range a[lo:hi] {
			ends[x>>shift&mask]++
		}
	}
	at := int32(0)
	for i, n := range ends[:mask+1] {
		ends[i] = at
		at += n
	}
	for lo, hi := range interrupt.Spans(len(a)) {
		for _, x := range a[lo:hi] {
			to := &ends[x>>shift&mask]
			b[*to] = x
			*to++
		}
	}
	lo := int32(0)
	for _, hi := range ends[:mask+1] {
		if hi > lo {
			sortInto(b[lo:hi], a[lo:hi], !there)
		}
		lo = hi
	}
}

// mostDigit is how many bits of the words are looked at in one go at most.
const mostDigit = 11

// digitOf tells which bits to sort by: the highest that differ, as many as make
// buckets that are sorted by insertion, or at first ones that fit the cache. No
// bits are needed if the words are sorted.
func digitOf(a []uint64) (shift, width int) {
	differ, before, down := uint64(0), a[0], false
	for lo, hi := range interrupt.Spans(len(a)) {
		for _, x := range a[lo:hi] {
			differ |= x ^ before
			down = down || x < before
			before = x
		}
	}
	if !down {
		return 0, 0
	}
	return digitFor(differ, len(a))
}

func digitFor(differ uint64, n int) (shift, width int) {
	width = 8
	if n < 1<<17 {
		width = min(max(bits.Len(uint(n))-4, 3), mostDigit)
	}
	top := bits.Len64(differ)
	return max(top-width, 0), min(width, top)
}

func copied(to, from []uint64) {
	for lo, hi := range interrupt.Spans(len(from)) {
		copy(to[lo:hi], from[lo:hi])
	}
}

func insertWords(a []uint64) {
	for i := 1; i < len(a); i++ {
		x, j := a[i], i
		for ; j > 0 && a[j-1] > x; j-- {
			a[j] = a[j-1]
		}
		a[j] = x
	}
}

// sortTogether is sortInto on all cores.
func sortTogether(a, b []uint64, there bool) {
	shift, width := digitFor(differing(a), len(a))
	if width == 0 {
		if there {
			copied(b, a)
		}
		return
	}
	starts := deal(a, b, shift, width)
	buckets := int64(len(starts) - 1)
	var next atomic.Int64
	interrupt.Together(partsOf(len(a)), func(int) {
		for d := next.Add(1) - 1; d < buckets; d = next.Add(1) - 1 {
			lo, hi := starts[d], starts[d+1]
			if int(hi-lo) < manyWords {
				sortInto(b[lo:hi], a[lo:hi], !there)
			}
		}
	})
	for d := range buckets { // these share the cores
		if lo, hi := starts[d], starts[d+1]; int(hi-lo) >= manyWords {
			sortInto(b[lo:hi], a[lo:hi], !there)
		}
	}
}

// differing has the bits that are not the same in all words.
func differing(a []uint64) uint64 {
	bits := make([]uint64, partsOf(len(a)))
	interrupt.Ranges(len(a), len(bits), func(part, lo, hi int) {
		differ := uint64(0)
		for p, q := range interrupt.Spans(hi - lo) {
			for _, x := range a[lo+p : lo+q] {
				differ |= x ^ a[0]
			}
		}
		bits[part] = differ
	})
	all := uint64(0)
	for _, d := range bits {
		all |= d
	}
	return all
}

// deal puts the words into buckets by width bits from shift on, on all cores,
// and tells where in b each bucket starts, and at last where they end.
func deal(a, b []uint64, shift, width int) []int32 {
	mask := uint64(1)<<width - 1
	counts := make([][]int32, partsOf(len(a)))
	interrupt.Ranges(len(a), len(counts), func(part, lo, hi int) {
		n := make([]int32, mask+1)
		for p, q := range interrupt.Spans(hi - lo) {
			for _, x := range a[lo+p : lo+q] {
				n[x>>shift&mask]++
			}
		}
		counts[part] = n
	})
	starts := make([]int32, mask+2)
	at := int32(0)
	for d := range mask + 1 {
		starts[d] = at
		for _, n := range counts {
			n[d], at = at, at+n[d]
		}
	}
	starts[mask+1] = at
	interrupt.Ranges(len(a), len(counts), func(part, lo, hi int) {
		to := counts[part]
		for p, q := range interrupt.Spans(hi - lo) {
			for _, x := range a[lo+p : lo+q] {
				d := x >> shift & mask
				b[to[d]] = x
				to[d]++
			}
		}
	})
	return starts
}
