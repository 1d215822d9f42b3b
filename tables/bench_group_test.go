package tables

import (
	"fmt"
	"math/rand/v2"
	"testing"
)

// groupBench is a table of keys of all the kinds that are measured, and a value.
func groupBench(b *testing.B, kind string) *Table {
	b.Helper()
	n := benchRows()
	rng := rand.New(rand.NewPCG(7, 8))
	a := make([]float64, n)
	for i := range a {
		a[i] = rng.Float64() * 100
	}
	var key Col
	ints, texts := make([]int64, n), []string(nil)
	switch kind {
	case "int1000", "str1000":
		for i := range ints {
			ints[i] = rng.Int64N(1000)
		}
	case "int1e6", "str1e6", "sparse1e6", "long1e6":
		for i := range ints {
			ints[i] = rng.Int64N(1_000_000)
		}
	case "runs1e6":
		for i := range ints {
			ints[i] = int64(i) / max(int64(n)/1_000_000, 1)
		}
	}
	switch kind[:3] {
	case "str":
		texts = make([]string, n)
		for i, k := range ints {
			texts[i] = fmt.Sprintf("id%07d", k)
		}
		key = Strings("K", texts...)
	case "lon":
		texts = make([]string, n)
		for i, k := range ints {
			texts[i] = fmt.Sprintf("customer number %07d", k)
		}
		key = Strings("K", texts...)
	case "spa":
		for i, k := range ints {
			ints[i] = k * 6_700_417_000_001
		}
		fallthrough
	default:
		key = Int64s("K", ints...)
	}
	return New(key, Floats("A", a...))
}

func BenchmarkGroup(b *testing.B) {
	for _, kind := range []string{"int1000", "int1e6", "runs1e6", "sparse1e6", "str1000", "str1e6", "long1e6"} {
		t := groupBench(b, kind)
		for _, fn := range []string{"sum(A)", "avg(A)", "count()", "std(A)", "median(A)"} {
			b.Run(kind+"/"+fn, func(b *testing.B) {
				fastest(b, func() error { return t.AggBy([]string{"X = " + fn}, "K").Err() })
			})
		}
	}
}
