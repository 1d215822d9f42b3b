//go:build ignore

// Recursion: the 30th Fibonacci number.
package main

import (
	"fmt"
	"time"
)

func fib(n int) int {
	if n < 2 {
		return n
	}
	return fib(n-1) + fib(n-2)
}

func work() int { return fib(30) }

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
