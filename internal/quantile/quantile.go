// Package quantile finds numbers by their rank without sorting all of them. It is
// for memory that fits; it keeps no summaries of streams.
package quantile

import (
	"math"

	"github.com/sheaf-go/sheaf/internal/interrupt"
)

// Of is the quantiles of v at qs, which ascend from 0 to 1, interpolated linearly
// between neighbours (Hyndman and Fan's definition 7, NumPy's default). v is not
// empty, has no NaN, and is reordered.
func Of(v []float64, qs ...float64) []float64 {
	if len(v) >= manyValues {
		if out := binned(v, qs); out != nil {
			return out
		}
	}
	out := make([]float64, len(qs))
	from := 0
	for i, q := range qs {
		k, share := rank(q, len(v))
		place(v[from:], k-from)
		out[i], from = v[k], k
		if share > 0 {
			next, _ := Ends(v[k+1:])
			out[i] = interpolated(v[k], next, share)
		}
	}
	return out
}

// rank is where the quantile q lies among n values in order, and how far from
// there to the next one.
func rank(q float64, n int) (k int, share float64) {
	at := q * float64(n-1)
	k = min(max(int(math.Floor(at)), 0), n-1)
	if k == n-1 {
		return k, 0
	}
	return k, math.Max(at-float64(k), 0)
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

// parallelValues is how many values several cores look at; tests set it low.
var parallelValues = 1 << 18

// Ends is the least and the greatest of values, which are not empty; both are NaN
// if one is.
func Ends(v []float64) (least, most float64) {
	parts := interrupt.Cores(len(v), parallelValues)
	if parts == 1 {
		return ends(v)
	}
	all := make([]float64, 2*parts)
	interrupt.Ranges(len(v), parts, func(part, lo, hi int) {
		all[2*part], all[2*part+1] = v[0], v[0]
		if lo < hi {
			all[2*part], all[2*part+1] = ends(v[lo:hi])
		}
	})
	return ends(all)
}

// ends is Ends on one core. Branches are faster here than min and max, which wait
// for the value before.
func ends(v []float64) (least, most float64) {
	least, most = v[0], v[0]
	for i, x := range v {
		poll(i)
		switch {
		case x < least:
			least = x
		case x > most:
			most = x
		case x != x:
			return x, x
		}
	}
	return least, most
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
			poll(work)
			work++
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

// poll asks for the interrupt now and then.
func poll(i int) {
	if i%(1<<12) == 0 {
		interrupt.Check()
	}
}
