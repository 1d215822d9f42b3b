//go:build ignore

// A product of two matrices of 200 × 200.
package main

import (
	"fmt"
	"time"
)

func matrix(n int, at func(i, j int) float64) [][]float64 {
	m := make([][]float64, n)
	for i := range m {
		m[i] = make([]float64, n)
		for j := range m[i] {
			m[i][j] = at(i, j)
		}
	}
	return m
}

func work() int {
	const n = 200
	a := matrix(n, func(i, j int) float64 { return float64(i + j) })
	b := matrix(n, func(i, j int) float64 { return float64(i - j) })
	c := matrix(n, func(i, j int) float64 { return 0 })
	for i := 0; i < n; i++ {
		for j := 0; j < n; j++ {
			sum := 0.0
			for k := 0; k < n; k++ {
				sum += a[i][k] * b[k][j]
			}
			c[i][j] = sum
		}
	}
	return int(c[3][5] + c[n-1][n-1])
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
