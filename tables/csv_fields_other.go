//go:build !amd64

package tables

const fieldsFast = false

// fastFloats reads no rows: all are left to a loop in Go.
func (t *csvCells) fastFloats([]float64) (from, to int, left []uint32) { return 0, 0, nil }

// fastInts is fastFloats of integers.
func (t *csvCells) fastInts([]int64) (from, to int, left []uint32) { return 0, 0, nil }
