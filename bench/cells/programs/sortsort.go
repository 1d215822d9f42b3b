//go:build ignore

// sort.Sort of 1e5 numbers: compiled code that calls methods of a type.
package main

import (
	"fmt"
	"sort"
	"time"
)

type increasing []int

// Len implements sort.Interface.
func (x increasing) Len() int { return len(x) }

// Less implements sort.Interface.
func (x increasing) Less(i, j int) bool { return x[i] < x[j] }

// Swap implements sort.Interface.
func (x increasing) Swap(i, j int) { x[i], x[j] = x[j], x[i] }

func work() int {
	numbers := make(increasing, 100_000)
	v := uint32(1)
	for i := range numbers {
		v = v*1664525 + 1013904223
		numbers[i] = int(v >> 8)
	}
	sort.Sort(numbers)
	return numbers[len(numbers)/2]
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
