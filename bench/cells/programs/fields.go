//go:build ignore

// 1e6 updates of fields of a struct in a slice.
package main

import (
	"fmt"
	"time"
)

type particle struct {
	x, y  int
	speed struct{ dx, dy int }
}

func work() int {
	ps := make([]particle, 10)
	for i := range ps {
		ps[i].speed.dx, ps[i].speed.dy = i, 1
	}
	for i := 0; i < 500_000; i++ {
		p := &ps[i%10]
		p.x += p.speed.dx
		ps[i%10].y += p.speed.dy
	}
	return ps[3].x + ps[9].y
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
