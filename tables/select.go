package tables

import (
	"math"

	"github.com/sheaf-go/sheaf/internal/interrupt"
)

// quantiles are the quantiles of v at qs, which ascend, interpolated linearly
// between neighbours; v has no NaN and is reordered.
func quantiles(v []float64, qs ...float64) []float64 {
	out := make([]float64, len(qs))
	from := 0
	for i, q := range qs {
		at := q * float64(len(v)-1)
		k := min(max(int(math.Floor(at)), 0), len(v)-1)
		place(v[from:], k-from)
		out[i], from = v[k], k
		if f := at - float64(k); f > 0 && k+1 < len(v) {
			out[i] = interpolated(v[k], least(v[k+1:]), f)
		}
	}
	return out
}

// interpolated is the value that lies the share f of the way from a to b.
func interpolated(a, b, f float64) float64 {
	if d := b - a; d-d == 0 {
		return a + f*d
	}
	if a == b { // infinite, which has no difference
		return a
	}
	return a*(1-f) + b*f // the difference overflows
}

// least is the least value, NaN if there is one.
func least(v []float64) float64 {
	m := v[0]
	for lo, hi := range spans(len(v)) {
		for _, x := range v[lo:hi] {
			m = min(m, x)
		}
	}
	return m
}

// greatest is the greatest value, NaN if there is one.
func greatest(v []float64) float64 {
	m := v[0]
	for lo, hi := range spans(len(v)) {
		for _, x := range v[lo:hi] {
			m = max(m, x)
		}
	}
	return m
}

// place reorders v so that v[k] is what it would be if v were sorted, with
// nothing greater before it and nothing less behind: Hoare's selection. Pivots
// come from anywhere, as there is an order that makes any fixed places bad.
func place(v []float64, k int) {
	work, random := 0, uint64(len(v))
	for lo, hi := 0, len(v)-1; lo < hi; {
		random = random*0x9e3779b97f4a7c15 + 0xd1b54a32d192ed03
		pivot := middle(v[lo], v[lo+int(random>>33)%(hi-lo+1)], v[hi])
		i, j := lo, hi
		for i <= j {
			for v[i] < pivot {
				i++
			}
			for v[j] > pivot {
				j--
			}
			if i <= j {
				v[i], v[j] = v[j], v[i]
				i++
				j--
			}
			if work++; work%pollRows == 0 {
				interrupt.Check()
			}
		}
		switch {
		case k <= j:
			hi = j
		case k >= i:
			lo = i
		default:
			return
		}
	}
}

// middle is the second of three values.
func middle(a, b, c float64) float64 {
	return max(min(a, b), min(max(a, b), c))
}
