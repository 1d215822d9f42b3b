//go:build ignore

// 1e6 values from an iterator that a function yields.
package main

import (
	"fmt"
	"time"
)

func upTo(n int) func(yield func(int) bool) {
	return func(yield func(int) bool) {
		for i := 0; i < n; i++ {
			if !yield(i) {
				return
			}
		}
	}
}

func work() int {
	sum := 0
	for v := range upTo(1_000_000) {
		if v&1 == 0 {
			continue
		}
		sum += v
	}
	return sum
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
