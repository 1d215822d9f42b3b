//go:build ignore

// 1e6 calls of a method on a pointer.
package main

import (
	"fmt"
	"time"
)

type counter struct{ n int }

func (c *counter) add(d int) { c.n += d }

func work() int {
	c := &counter{}
	for i := 0; i < 1_000_000; i++ {
		c.add(i & 7)
	}
	return c.n
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
