package tensor

import (
	"math"
	"math/bits"

	"github.com/sheaf-go/sheaf/internal/memory"
)

// halfToFloat32 is the float32 of the bits of an IEEE 754 binary16, exactly.
func halfToFloat32(h uint16) float32 {
	sign, exp, frac := uint32(h>>15), int(h>>10&31), uint32(h&1023)
	switch {
	case exp == 31: // infinities and NaN
		exp = 255 - 127 + 15
	case exp == 0 && frac == 0:
		exp = -127 + 15
	case exp == 0: // a subnormal, which is a normal float32
		shift := bits.LeadingZeros16(uint16(frac)) - 5
		exp, frac = 1-shift, frac<<shift&1023
	}
	return math.Float32frombits(sign<<31 | uint32(exp-15+127)<<23 | frac<<13)
}

// halves turns the bits of binary16 numbers into float32s.
func halves(s nums[uint16]) nums[float32] {
	out := nums[float32](memory.Uncleared[float32](len(s)))
	for i, h := range s {
		out[i] = halfToFloat32(h)
	}
	return out
}
