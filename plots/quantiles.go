package plots

import "math"

// quantiles are the quantiles of v at qs, which ascend, interpolated linearly
// between neighbours (Hyndman and Fan's definition 7, NumPy's default); v is
// not empty, has no NaN, and is reordered.
func quantiles(v []float64, qs ...float64) []float64 {
	out := make([]float64, len(qs))
	from := 0
	for i, q := range qs {
		at := q * float64(len(v)-1)
		k := min(max(int(math.Floor(at)), 0), len(v)-1)
		rank(v[from:], k-from)
		out[i], from = v[k], k
		if f := at - float64(k); f > 0 && k+1 < len(v) {
			next, _ := ends(v[k+1:])
			out[i] += f * (next - v[k])
		}
	}
	return out
}

// ends are the least and the greatest value.
func ends(v []float64) (lo, hi float64) {
	lo, hi = v[0], v[0]
	for i, x := range v {
		poll(i)
		lo, hi = min(lo, x), max(hi, x)
	}
	return lo, hi
}

// rank reorders v so that v[k] is what it would be if v were sorted, with
// nothing greater before it and nothing less behind: Hoare's selection. A
// pivot comes from anywhere, as there is an order that makes any fixed place
// bad.
func rank(v []float64, k int) {
	work, random := 0, uint64(len(v))
	for lo, hi := 0, len(v)-1; lo < hi; {
		random = random*0x9e3779b97f4a7c15 + 0xd1b54a32d192ed03
		a, b, c := v[lo], v[lo+int(random>>33)%(hi-lo+1)], v[hi]
		pivot := max(min(a, b), min(max(a, b), c))
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
