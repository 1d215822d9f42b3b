//go:build ignore

// sort.Slice of 1e5 numbers: compiled code that calls back.
package main

import (
	"fmt"
	"sort"
	"time"
)

func work() int {
	xs := make([]int, 100_000)
	seed := uint32(1)
	for i := range xs {
		seed = seed*1664525 + 1013904223
		xs[i] = int(seed >> 8)
	}
	sort.Slice(xs, func(i, j int) bool { return xs[i] < xs[j] })
	return xs[0] + xs[len(xs)/2]
}

func main() {
	check, best := 0, time.Hour
	for run := 0; run < 3; run++ {
		start := time.Now()
		check = work()
		if d := time.Since(start); d < best {
			best = d
		}
	}
	fmt.Printf("%.4f %d\n", best.Seconds()*1e3, check)
}
