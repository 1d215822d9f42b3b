package cpu

import (
	"math"
	"math/bits"
)

// Random numbers are words of Philox4x32-10 (Salmon et al. 2011), a function of
// a seed, a stream and a place. The element that counter+i names is the same
// whatever slice it is made in, at every level and for both element types: work
// may be split anywhere.

// The multipliers and key increments of Philox.
const (
	philoxM0 = 0xD2511F53
	philoxM1 = 0xCD9E8D57
	philoxW0 = 0x9E3779B9
	philoxW1 = 0xBB67AE85
)

// philox is a block of four words.
func philox(seed, stream, block uint64) [4]uint32 {
	c0, c1, c2, c3 := uint32(block), uint32(block>>32), uint32(stream), uint32(stream>>32)
	k0, k1 := uint32(seed), uint32(seed>>32)
	for range 10 {
		hi0, lo0 := bits.Mul32(philoxM0, c0)
		hi1, lo1 := bits.Mul32(philoxM1, c2)
		c0, c1, c2, c3 = hi1^c1^k0, lo1, hi0^c3^k1, lo0
		k0, k1 = k0+philoxW0, k1+philoxW1
	}
	return [4]uint32{c0, c1, c2, c3}
}

// unit is a number in [0, 1), a multiple of 2^-24, from a word's upper bits.
func unit[T Float](word uint32) T { return T(word>>8) * (1.0 / (1 << 24)) }

// Uniform makes dst evenly distributed multiples of 2^-24 in [0, 1).
func Uniform[T Float](dst []T, seed, stream, counter uint64) {
	head, groups := randomGroups(dst, counter)
	uniform(dst[:head], seed, stream, counter)
	dst, counter = dst[head:], counter+uint64(head)
	if groups > 0 {
		uniform32(f32(dst), seed, stream, counter/4, groups)
		dst, counter = dst[32*groups:], counter+uint64(32*groups)
	}
	uniform(dst, seed, stream, counter)
}

// randomGroups is how many elements come before a block's first, and how many
// groups of eight blocks follow that assembler can make, whose blocks' numbers
// must not carry from bit 31.
func randomGroups[T Float](dst []T, counter uint64) (head, groups int) {
	if !fast[T](len(dst)) {
		return 0, 0
	}
	head = min(len(dst), int(-counter&3))
	groups = (len(dst) - head) / 32
	if first := (counter + uint64(head)) / 4; first&math.MaxUint32+uint64(8*groups) > math.MaxUint32 {
		return head, 0
	}
	return head, groups
}

func uniform[T Float](dst []T, seed, stream, counter uint64) {
	for i := 0; i < len(dst); {
		words := philox(seed, stream, (counter+uint64(i))/4)
		for _, w := range words[(counter+uint64(i))%4:] {
			if i == len(dst) {
				return
			}
			dst[i] = unit[T](w)
			i++
		}
	}
}

// Normal makes dst numbers of the standard normal distribution, two of two words
// (Box and Muller 1958), computed in float32. None is beyond ±5.8.
func Normal[T Float](dst []T, seed, stream, counter uint64) {
	head, groups := randomGroups(dst, counter)
	normal(dst[:head], seed, stream, counter)
	dst, counter = dst[head:], counter+uint64(head)
	if groups > 0 {
		gauss32(f32(dst), seed, stream, counter/4, groups)
		dst, counter = dst[32*groups:], counter+uint64(32*groups)
	}
	normal(dst, seed, stream, counter)
}

func normal[T Float](dst []T, seed, stream, counter uint64) {
	for i := 0; i < len(dst); {
		at := counter + uint64(i)
		w := philox(seed, stream, at/4)
		var z [4]float32
		z[0], z[1] = normals(w[0], w[1])
		z[2], z[3] = normals(w[2], w[3])
		for _, v := range z[at%4:] {
			if i == len(dst) {
				return
			}
			dst[i] = T(v)
			i++
		}
	}
}

// normals are two normal numbers: √(-2·ln u) times the cosine and the sine of an
// angle, with u of a's upper 23 bits, the angle's quarter of b's upper two and its
// place there of 22 others. They are rounded after every operation, so that all
// machines agree.
func normals(a, b uint32) (first, second float32) {
	u := (float32(a>>9) + 0.5) * (1.0 / (1 << 23))
	bits := int32(math.Float32bits(u))
	e := (bits - 0x3f3504f3) >> 23
	f := math.Float32frombits(uint32(bits-e<<23)) - 1
	p := float32(-0.0786619112)
	for _, c := range logCoefficients {
		p = horner(p, f, c)
	}
	p = horner(p, f, -0.5)
	ln := float32(p*float32(f*f)) + f + float32(float32(e)*0.693147182)
	r := float32(math.Sqrt(float64(-2 * ln)))
	x := (float32(int32(b>>8&0x3fffff)-0x200000) + 0.5) * (math.Pi / 2 / (1 << 22))
	s := float32(x * x)
	sin := horner(horner(-0.000195166562, s, 0.00833217334), s, -0.166666552)
	sin = horner(float32(sin*s), x, x)
	cos := horner(horner(2.44377297e-05, s, -0.00138873619), s, 0.0416666456)
	cos = horner(horner(cos, s, -0.5), s, 1)
	switch b >> 30 {
	case 0:
		return cos * r, sin * r
	case 1:
		return -sin * r, cos * r
	case 2:
		return -cos * r, -sin * r
	}
	return sin * r, -cos * r
}

// horner is p·x + c, rounded twice.
func horner(p, x, c float32) float32 { return float32(p*x) + c }

// logCoefficients are kLog9 to kLog3 of the assembler.
var logCoefficients = [...]float32{0.128908709, -0.131304994, 0.141800165, -0.166242763, 0.200023293, -0.250008196, 0.333333164}

// Dropout makes y = x/(1-rate) where Uniform of the same place is rate or more,
// and 0 elsewhere. The slices have one length; y may be x. The gradient is Dropout
// of dy with the same arguments.
func Dropout[T Float](y, x []T, rate T, seed, stream, counter uint64) {
	x = x[:len(y)]
	var buf [512]T
	scale := 1 / (1 - rate)
	for lo := 0; lo < len(y); lo += len(buf) {
		hi := min(lo+len(buf), len(y))
		u := buf[:hi-lo]
		Uniform(u, seed, stream, counter+uint64(lo))
		drop(y[lo:hi], x[lo:hi], u, rate, scale)
	}
}

// drop is y = u >= rate ? x·scale : 0.
func drop[T Float](y, x, u []T, rate, scale T) {
	if fast[T](len(y)) {
		drop32(f32(y), f32(x), f32(u), float32(rate), float32(scale), len(y))
		return
	}
	for i, v := range u {
		if v >= rate {
			y[i] = x[i] * scale
		} else {
			y[i] = 0
		}
	}
}
