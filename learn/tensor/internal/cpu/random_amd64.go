package cpu

// uniform32 makes 32·groups > 0 numbers of the blocks from block on, whose lower
// 32 bits must not overflow.
//
//go:noescape
func uniform32(dst *float32, seed, stream, block uint64, groups int)

// gauss32 makes as many normal numbers of the same blocks.
//
//go:noescape
func gauss32(dst *float32, seed, stream, block uint64, groups int)

// drop32 is y = u >= rate ? x·scale : 0 of n > 0 numbers.
//
//go:noescape
func drop32(y, x, u *float32, rate, scale float32, n int)
