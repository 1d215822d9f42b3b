package tensor

import (
	"math"
	"strconv"
)

// A BF16 is one element of a [BFloat16] tensor: the upper 16 bits of a
// float32, and so its range with 8 bits of precision. Go has no arithmetic for
// it; convert a tensor with [Tensor.Cast] to compute. It is a struct so that
// nobody takes its bits for a number.
type BF16 struct{ bits uint16 }

// ToBF16 is the bfloat16 nearest to x, of two the one whose last bit is 0.
// What is beyond the largest one becomes an infinity, NaN stays NaN.
func ToBF16(x float32) BF16 {
	b := math.Float32bits(x)
	if x != x {
		return BF16{uint16(b>>16 | 1<<6)} // its set bits may all be in the lower half
	}
	return BF16{uint16((b + 0x7fff + b>>16&1) >> 16)}
}

// Float32 is the number, exactly.
func (b BF16) Float32() float32 { return math.Float32frombits(uint32(b.bits) << 16) }

// String is the shortest decimal that [ToBF16] makes this number of.
func (b BF16) String() string {
	x := float64(b.Float32())
	for digits := 1; digits <= 3; digits++ {
		short, err := strconv.ParseFloat(strconv.FormatFloat(x, 'e', digits-1, 64), 64)
		if err == nil && ToBF16(float32(short)) == b {
			return strconv.FormatFloat(short, 'g', -1, 64)
		}
	}
	return strconv.FormatFloat(x, 'g', 4, 64)
}

// bf16s is the memory of a BFloat16 tensor.
type bf16s []BF16

func (s bf16s) dtype() DType         { return BFloat16 }
func (s bf16s) len() int             { return len(s) }
func (s bf16s) raw(from, to int) any { return []BF16(s[from:to:to]) }
func (s bf16s) at(i int) any         { return s[i] }
func (s bf16s) float(i int) float64  { return float64(s[i].Float32()) }
func (s bf16s) bytes() []byte        { return bytesOf(s) }

func (s bf16s) set(i int, v any) bool {
	x, ok := scalar[float32](v)
	if ok {
		s[i] = ToBF16(x)
	}
	return ok
}

func (s bf16s) pick(off int, shape, strides []int) store {
	return bf16s(picked(s, off, shape, strides))
}

func (s bf16s) floats(off int, shape, strides []int) []float64 {
	return convertSlice[float64](s.pick(off, shape, strides).(bf16s).float32s())
}

func (s bf16s) float32s() []float32 {
	out := make([]float32, len(s))
	for i, b := range s {
		out[i] = b.Float32()
	}
	return out
}

func bf16sOf(values []float32) bf16s {
	out := make(bf16s, len(values))
	for i, x := range values {
		out[i] = ToBF16(x)
	}
	return out
}
