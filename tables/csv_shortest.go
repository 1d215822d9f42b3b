package tables

import (
	enc "encoding/binary"
	"math"
	"math/big"
	"math/bits"
	"slices"
	"strconv"
	"sync"
)

// Floats are written by the shortest digits that read back as the same float,
// found as in Raffaello Giulietti's "The Schubfach way to render doubles": the
// interval of numbers that round to a float holds a multiple of a power of ten
// that one multiplication finds.

const leastPow10, mostPow10 = -292, 324

// pow10Wide has the first 128 bits of 10^k, rounded up, from leastPow10 on.
var pow10Wide = sync.OnceValue(func() *[mostPow10 - leastPow10 + 1][2]uint64 {
	var all [mostPow10 - leastPow10 + 1][2]uint64
	low := new(big.Int)
	set := func(k int, num, den *big.Int) {
		q, rest := new(big.Int).QuoRem(num, den, new(big.Int))
		if rest.Sign() != 0 {
			q.Add(q, big.NewInt(1))
		}
		all[k-leastPow10] = [2]uint64{new(big.Int).Rsh(q, 64).Uint64(), low.And(q, low.SetUint64(math.MaxUint64)).Uint64()}
	}
	p, one := big.NewInt(1), big.NewInt(1)
	for k := 0; k <= mostPow10; k++ {
		if n := p.BitLen(); n <= 128 {
			set(k, new(big.Int).Lsh(p, uint(128-n)), one)
		} else {
			set(k, p, new(big.Int).Lsh(one, uint(n-128)))
		}
		if k > 0 && -k >= leastPow10 {
			set(-k, new(big.Int).Lsh(one, uint(127+p.BitLen())), p)
		}
		p.Mul(p, big.NewInt(10))
	}
	return &all
})

// shortest gives the shortest digits for a finite float above zero: it is the
// float nearest to m * 10^exp.
func shortest(wide *[mostPow10 - leastPow10 + 1][2]uint64, f float64) (m uint64, exp int) {
	b := math.Float64bits(f)
	c, e := b&(1<<52-1), int(b>>52)
	closer := uint64(0) // the float below is half as far away
	q := 1 - 1075
	if e != 0 {
		if c == 0 && e > 1 {
			closer = 1
		}
		c |= 1 << 52
		q = e - 1075
		if -q >= 0 && -q < 53 && c&(1<<-q-1) == 0 {
			return c >> -q, 0
		}
	}
	k := (q*1262611 - int(closer)*524031) >> 22
	h := q + (-k*1741647)>>19 + 1
	g := &wide[-k-leastPow10]
	odd := c & 1
	left := toOdd(g, (4*c-2+closer)<<h) + odd
	mid := toOdd(g, 4*c<<h)
	right := toOdd(g, (4*c+2)<<h) - odd
	s := mid / 4
	if s >= 10 {
		t := s / 10
		below, above := left <= 40*t, 40*t+40 <= right
		if below != above {
			if above {
				t++
			}
			return t, k + 1
		}
	}
	below, above := left <= 4*s, 4*s+4 <= right
	if below != above {
		if above {
			s++
		}
		return s, k
	}
	if mid > 4*s+2 || mid == 4*s+2 && s&1 == 1 {
		s++
	}
	return s, k
}

// toOdd is the upper part of g*c, its last bit set if anything is below.
func toOdd(g *[2]uint64, c uint64) uint64 {
	x, _ := bits.Mul64(g[1], c)
	y1, y0 := bits.Mul64(g[0], c)
	y0, carry := bits.Add64(y0, x, 0)
	y1 += carry
	if y0 > 1 {
		y1 |= 1
	}
	return y1
}

// appendFloat writes a float so that it reads back as the same one, and as a
// float: with a point or an exponent, which it has below 1e-5 and from 1e16 on.
func appendFloat(b []byte, f float64, wide *[mostPow10 - leastPow10 + 1][2]uint64, point byte) []byte {
	switch {
	case f != f:
		return append(b, "NaN"...)
	case math.Signbit(f):
		b = append(b, '-')
		f = -f
	}
	if f == 0 {
		return append(b, '0', point, '0')
	}
	if f > math.MaxFloat64 {
		return append(b, "Inf"...)
	}
	m, exp := shortest(wide, f)
	if exp == 0 && m < 1e16 {
		return append(appendDecimal(b, int64(m)), point, '0')
	}
	var room digitRoom
	from := room.put(m)
	digits := 24 - from
	for ; room[from+digits-1] == '0'; exp++ {
		digits--
	}
	at := digits + exp // where the point is
	n := len(b)
	b = slices.Grow(b, 64)[:n+64]
	to := b[n : n+64]
	switch {
	case at > 16 || at < -4:
		to[0], to[1], to[2] = room[from], point, '0'
		*(*[24]byte)(to[2:]) = *(*[24]byte)(room[from+1:])
		if digits == 1 {
			to[2] = '0'
			digits = 2
		}
		to[digits+1] = 'e'
		return strconv.AppendInt(b[:n+digits+2], int64(at-1), 10)
	case at <= 0:
		*(*[8]byte)(to) = [8]byte{'0', point, '0', '0', '0', '0'}
		*(*[24]byte)(to[2-at:]) = *(*[24]byte)(room[from:])
		return b[:n+2-at+digits]
	case at < digits:
		*(*[24]byte)(to) = *(*[24]byte)(room[from:])
		*(*[24]byte)(to[at+1:]) = *(*[24]byte)(room[from+at:])
		to[at] = point
		return b[:n+digits+1]
	default: // zeros follow
		*(*[24]byte)(to) = *(*[24]byte)(room[from:])
		for i := digits; i < at; i++ {
			to[i] = '0'
		}
		to[at], to[at+1] = point, '0'
		return b[:n+at+2]
	}
}

// appendDecimal writes an integer.
func appendDecimal(b []byte, v int64) []byte {
	u, n := uint64(v), len(b)
	b = slices.Grow(b, 32)[:n+32]
	if v < 0 {
		u = -u
		b[n] = '-'
		n++
	}
	switch {
	case u < 10:
		b[n] = byte('0' + u)
		return b[:n+1]
	case u < 1e8:
		w := digitsOf(u)
		first := bits.TrailingZeros64(w) / 8
		enc.LittleEndian.PutUint64(b[n:], (w|zeros)>>(8*first))
		return b[:n+8-first]
	}
	var room digitRoom
	from := room.put(u)
	*(*[24]byte)(b[n:]) = *(*[24]byte)(room[from:])
	return b[:n+24-from]
}

// A digitRoom has digits up to its middle, and may be read beyond.
type digitRoom [48]byte

// put writes m > 0 and tells where its digits start.
func (room *digitRoom) put(m uint64) (from int) {
	low := m % 1e8
	m /= 1e8
	words := [3]uint64{digitsOf(m / 1e8 % 1e8), digitsOf(m % 1e8), digitsOf(low)}
	enc.LittleEndian.PutUint64(room[0:], words[0]|zeros)
	enc.LittleEndian.PutUint64(room[8:], words[1]|zeros)
	enc.LittleEndian.PutUint64(room[16:], words[2]|zeros)
	for from < 2 && words[from] == 0 {
		from++
	}
	return 8*from + bits.TrailingZeros64(words[from])/8
}

// digitsOf has the eight digits of m in its bytes, the first in the lowest.
func digitsOf(m uint64) uint64 {
	w := m/10000 | m%10000<<32
	hundreds := w * 10486 >> 20 & 0x7f0000007f
	w = hundreds | (w-hundreds*100)<<16
	tens := w * 103 >> 10 & 0x000f000f000f000f
	return tens | (w-tens*10)<<8
}
