package plots

import (
	"slices"

	"github.com/sheaf-go/sheaf/internal/quantile"
	"github.com/sheaf-go/sheaf/internal/radix"
	"github.com/sheaf-go/sheaf/tables"
)

// ascending is the order of numbers, which have no NaN; equal ones keep theirs.
func ascending(v []float64) []int {
	rows := counted(len(v))
	sorted := tables.New(tables.Floats("value", v...), tables.Ints("row", rows...)).Sort("value")
	for i, row := range sorted.Int64s("row") {
		poll(i)
		rows[i] = int(row)
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
