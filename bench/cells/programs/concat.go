//go:build ignore

// 1e6 joins of two short texts, and 5,000 of += to one that grows.
package main

import (
	"fmt"
	"time"
)

func work() int {
	words := []string{"table", "chart", "cell", "x"}
	bytes := 0
	for i := 0; i < 1_000_000; i++ {
		bytes += len(words[i&3] + words[i>>2&3])
	}
	s := ""
	for i := 0; i < 5_000; i++ {
		s += words[i&3]
	}
	return bytes + len(s)
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
