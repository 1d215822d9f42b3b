package toolchain

import (
	"context"
	"fmt"
	"testing"
)

func BenchmarkFind(b *testing.B) {
	cache := b.TempDir()
	findIn(b, cache)
	for b.Loop() {
		tc, err := Find(context.Background(), Options{CacheDir: cache})
		if err != nil {
			b.Fatal(err)
		}
		tc.Close()
	}
}

func BenchmarkCompile(b *testing.B) {
	tc := find(b)
	for name, source := range map[string]string{
		"fmt": `package cell

import "fmt"

func Sum(n int) (s float64) {
	for i := range n {
		s += float64(i) * 0.5
	}
	fmt.Println("sum", s)
	return s
}
`,
		"generics": `package cell

import (
	"cmp"
	"maps"
	"slices"
)

type Pair[K cmp.Ordered, V any] struct {
	Key K
	Val V
}

func Sorted[K cmp.Ordered, V any](m map[K]V) (out []Pair[K, V]) {
	for _, k := range slices.Sorted(maps.Keys(m)) {
		out = append(out, Pair[K, V]{k, m[k]})
	}
	return out
}

func Use() (int, int) {
	p := Sorted(map[string]int{"b": 1, "a": 2})
	q := Sorted(map[int]float64{1: 2})
	slices.SortFunc(p, func(a, b Pair[string, int]) int { return cmp.Compare(b.Val, a.Val) })
	i, _ := slices.BinarySearch([]int{1, 2, 3}, 2)
	return len(q), i
}
`,
	} {
		for mode, flags := range map[string][]string{"dynlink": nil, "static": {"-dynlink=false"}} {
			b.Run(name+"/"+mode, func(b *testing.B) {
				u := unit("cell/1", source)
				u.Flags = flags
				compile(b, tc, u)           // the imports are looked up once
				for i := 0; b.Loop(); i++ { // another source each time, which is not kept
					u.Files[0].Source = fmt.Appendf([]byte(source), "// %d\n", i)
					compile(b, tc, u)
				}
			})
		}
	}
}
