//go:build !amd64

package cpu

var (
	sum32, max32, min32 func(x *float32, n int) float32
	dot32               func(x, y *float32, n int) float32
	squares32           func(x *float32, mean float32, n int) float32
	index32             func(x *float32, v float32, n int) int
	columns32           func(dst, x *float32, rows, cols, stride int)
)
