package tables

import (
	"math"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"
)

// TestShortest compares digits with strconv's, and the text with the float.
func TestShortest(t *testing.T) {
	rng := rand.New(rand.NewPCG(31, 32))
	wide := pow10Wide()
	check := func(f float64) {
		t.Helper()
		s := string(appendFloat(nil, f, wide, '.'))
		if back, err := strconv.ParseFloat(s, 64); err != nil || math.Float64bits(back) != math.Float64bits(f) && f == f {
			t.Fatalf("%v becomes %s", f, s)
		}
		if f != f || math.IsInf(f, 0) {
			return
		}
		if !strings.ContainsAny(s, ".") {
			t.Fatalf("%v becomes %s, which reads as an integer", f, s)
		}
		mant, exp, _ := strings.Cut(s, "e")
		got := strings.Trim(strings.Replace(strings.TrimPrefix(mant, "-"), ".", "", 1), "0")
		want, _, _ := strings.Cut(strconv.FormatFloat(math.Abs(f), 'e', -1, 64), "e")
		if want = strings.Trim(strings.Replace(want, ".", "", 1), "0"); got != want {
			t.Fatalf("%v becomes %s: digits %s, want %s, exponent %s", f, s, got, want, exp)
		}
	}
	for _, f := range []float64{0, math.Copysign(0, -1), 1, -1, 10, 100, 1e15, 1e16, 1e17, 1e21, 1e22, 1e23, 5e-324, math.MaxFloat64, 0.1, 0.3, 2.5e-5, 1e-5, 1e-4, 9.5e-5,
		123456789012345680, 1 << 53, 1<<53 + 2, 9007199254740993, 2.2250738585072014e-308, 2.225073858507201e-308, math.NaN(), math.Inf(1), math.Inf(-1)} {
		check(f)
	}
	for e := range 2046 { // powers of two, whose neighbours are not as far away on both sides
		check(math.Float64frombits(uint64(e+1) << 52))
		check(math.Float64frombits(uint64(e+1)<<52 - 1))
		check(math.Float64frombits(uint64(e+1)<<52 + 1))
	}
	for range 300_000 {
		check(math.Float64frombits(rng.Uint64()))
		check(rng.Float64())
		check(rng.NormFloat64() * 1e6)
		check(float64(rng.IntN(1e9)) / 100)
		check(float64(rng.Int64()))
	}
}

func BenchmarkAppendFloat(b *testing.B) {
	v := make([]float64, 1024)
	for i := range v {
		v[i] = rand.Float64() * 100
	}
	buf := make([]byte, 0, 64)
	wide := pow10Wide()
	b.Run("own", func(b *testing.B) {
		for i := range b.N {
			buf = appendFloat(buf[:0], v[i%1024], wide, '.')
		}
	})
	b.Run("strconv", func(b *testing.B) {
		for i := range b.N {
			buf = strconv.AppendFloat(buf[:0], v[i%1024], 'g', -1, 64)
		}
	})
}
