//go:build !amd64

package cpu

func uniform32(dst *float32, seed, stream, block uint64, groups int) { panic(noLoop) }
func gauss32(dst *float32, seed, stream, block uint64, groups int)   { panic(noLoop) }
func drop32(y, x, u *float32, rate, scale float32, n int)            { panic(noLoop) }
