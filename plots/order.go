package plots

import (
	"cmp"
	"math/bits"
	"slices"

	"github.com/sheaf-go/sheaf/internal/quantile"
	"github.com/sheaf-go/sheaf/internal/radix"
)

// ascending is the order of numbers, which have no NaN; equal ones keep theirs.
// It sorts words: the highest bits in which the numbers differ, and the place;
// numbers that agree in these bits are then sorted by the others.
func ascending(v []float64) []int {
	rows := make([]int, len(v))
	if len(v) == 0 {
		return rows
	}
	lo, hi := ends(v)
	least, place := radix.Key(lo), bits.Len(uint(len(v)-1))
	drop := max(bits.Len64(radix.Key(hi)-least)+place-64, 0)
	words := make([]uint64, len(v))
	for i, x := range v {
		poll(i)
		words[i] = (radix.Key(x)-least)>>drop<<place | uint64(i)
	}
	radix.Sort(words, make([]uint64, len(v)))
	for i, w := range words {
		poll(i)
		rows[i] = int(w & (1<<place - 1))
	}
	if drop == 0 {
		return rows
	}
	byValue := asking(func(a, b int) int { return cmp.Compare(v[a], v[b]) })
	for i := 0; i < len(words); {
		j := i + 1
		for j < len(words) && words[j]>>place == words[i]>>place {
			j++
		}
		if j > i+1 {
			slices.SortStableFunc(rows[i:j], byValue)
		}
		i = j
	}
	return rows
}

// counted is the whole numbers from 0 to n-1.
func counted(n int) []int {
	out := make([]int, n)
	for i := range out {
		poll(i)
		out[i] = i
	}
	return out
}

// rises reports whether no value is less than the one before.
func rises(v []float64) bool {
	for i := 1; i < len(v); i++ {
		poll(i)
		if v[i] < v[i-1] {
			return false
		}
	}
	return true
}

// byX gathers the values of each x, in the order of x; those of one x keep
// theirs. The lists are on a copy.
func byX(xs, ys []float64) (at []float64, lists [][]float64) {
	if rises(xs) {
		return runs(xs, slices.Clone(ys))
	}
	places, different, ok := codeNumbers(xs, len(xs)/8)
	if !ok {
		order := ascending(xs)
		return runs(pick(xs, order), pick(ys, order))
	}
	unsorted := buckets(places, ys, len(different))
	for _, k := range ascending(different) {
		at, lists = append(at, different[k]), append(lists, unsorted[k])
	}
	return at, lists
}

// runs are the values of each x, which rise.
func runs(xs, ys []float64) (at []float64, lists [][]float64) {
	n := 0
	for i, x := range xs {
		poll(i)
		if i == 0 || x != xs[i-1] {
			n++
		}
	}
	at, lists = make([]float64, 0, n), make([][]float64, 0, n)
	begin := 0
	for i, x := range xs {
		poll(i)
		if i+1 == len(xs) || xs[i+1] != x {
			at, lists = append(at, x), append(lists, ys[begin:i+1:i+1])
			begin = i + 1
		}
	}
	return at, lists
}

// ends are the least and the greatest value.
func ends(v []float64) (lo, hi float64) { return quantile.Ends(v) }

// sorted sorts finite numbers: many of them by the digits of their bits.
func sorted(v []float64) []float64 {
	if len(v) < 1<<12 {
		slices.Sort(v)
		return v
	}
	words := make([]uint64, len(v))
	for i, x := range v {
		poll(i)
		words[i] = radix.Key(x)
	}
	radix.Sort(words, make([]uint64, len(v)))
	for i, k := range words {
		poll(i)
		v[i] = radix.Number(k)
	}
	return v
}
