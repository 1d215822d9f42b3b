//go:build ignore

// 1e6 calls of a generic function, for two types.
package main

import (
	"fmt"
	"time"
)

type number interface{ ~int | ~float64 }

func larger[T number](a, b T) T {
	if a > b {
		return a
	}
	return b
}

func work() int {
	sum, f := 0, 0.0
	for i := 0; i < 500_000; i++ {
		sum += larger(i&15, 7)
		f = larger(f, float64(i&1023))
	}
	return sum + int(f)
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
