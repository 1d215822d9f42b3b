//go:build ignore

// 1e6 type switches over values in any.
package main

import (
	"fmt"
	"time"
)

type celsius float64

func kind(v any) int {
	switch v := v.(type) {
	case int:
		return v
	case string:
		return len(v)
	case celsius:
		return int(v)
	}
	return -1
}

func work() int {
	vs := []any{1, "two", celsius(3), nil}
	sum := 0
	for i := 0; i < 1_000_000; i++ {
		sum += kind(vs[i&3])
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
