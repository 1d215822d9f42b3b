//go:build ignore

// Floating point in structs: 20,000 steps of five bodies.
package main

import (
	"fmt"
	"math"
	"time"
)

type body struct{ x, y, z, vx, vy, vz, mass float64 }

func advance(bs []body, dt float64) {
	for i := range bs {
		a := &bs[i]
		for j := i + 1; j < len(bs); j++ {
			b := &bs[j]
			dx, dy, dz := a.x-b.x, a.y-b.y, a.z-b.z
			d2 := dx*dx + dy*dy + dz*dz
			mag := dt / (d2 * math.Sqrt(d2))
			a.vx -= dx * b.mass * mag
			a.vy -= dy * b.mass * mag
			a.vz -= dz * b.mass * mag
			b.vx += dx * a.mass * mag
			b.vy += dy * a.mass * mag
			b.vz += dz * a.mass * mag
		}
	}
	for i := range bs {
		b := &bs[i]
		b.x += dt * b.vx
		b.y += dt * b.vy
		b.z += dt * b.vz
	}
}

func work() int {
	bs := make([]body, 5)
	for i := range bs {
		f := float64(i)
		bs[i] = body{x: 3 * f, y: f * f, z: 1 - f, vx: 0.1 * f, vy: 0.2, vz: -0.1, mass: 1 / (f + 1)}
	}
	for i := 0; i < 20_000; i++ {
		advance(bs, 0.001)
	}
	return int(bs[0].x*1e6) + int(bs[4].z*1e6)
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
