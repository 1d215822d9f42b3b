package cpu

import (
	"math"
	"slices"
	"testing"
)

// TestPhilox has the answers that Random123 publishes for ten rounds.
func TestPhilox(t *testing.T) {
	for _, c := range []struct {
		seed, stream, block uint64
		want                [4]uint32
	}{
		{0, 0, 0, [4]uint32{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}},
		{math.MaxUint64, math.MaxUint64, math.MaxUint64, [4]uint32{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}},
		{0x299f31d0a4093822, 0x0370734413198a2e, 0x85a308d3243f6a88, [4]uint32{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}},
	} {
		if got := philox(c.seed, c.stream, c.block); got != c.want {
			t.Errorf("block %x: got %x, want %x", c.block, got, c.want)
		}
	}
}

// TestRandomSplits makes slices whole and in odd pieces, at every level and in
// both element types: all elements must be equal.
func TestRandomSplits(t *testing.T) {
	const n, seed, stream = 1000, 42, 1 << 40
	kinds := map[string]struct {
		f32 func([]float32, uint64, uint64, uint64)
		f64 func([]float64, uint64, uint64, uint64)
	}{
		"uniform": {Uniform[float32], Uniform[float64]},
		"normal":  {Normal[float32], Normal[float64]},
	}
	// The last three are where the block's lower word and the counter overflow.
	for _, counter := range []uint64{0, 1, 2, 3, 1<<34 - 501, 1<<34 - 4, math.MaxUint64 - 300} {
		for name, k := range kinds {
			want := make([]float64, n)
			k.f64(want, seed, stream, counter)
			atLevels(t, func(t *testing.T) {
				all, whole := wide(n, 3)
				k.f32(whole, seed, stream, counter)
				checkGuards(t, name, all, 3, n)
				pieces := make([]float32, n)
				for lo, size := 0, 1; lo < n; lo, size = lo+size, size+7 {
					k.f32(pieces[lo:min(lo+size, n)], seed, stream, counter+uint64(lo))
				}
				for i := range whole {
					if whole[i] != float32(want[i]) || pieces[i] != whole[i] {
						t.Fatalf("%s at %d + %d: %g whole, %g in pieces, %g in float64", name, counter, i, whole[i], pieces[i], want[i])
					}
				}
			})
		}
	}
}

// TestNormals compares pairs with the same formula in float64.
func TestNormals(t *testing.T) {
	words := []uint32{0, 1, 511, 512, 1 << 31, 1<<31 - 1, math.MaxUint32}
	for i := range uint64(2000) {
		w := philox(1, 2, i)
		words = append(words, w[:]...)
	}
	for i, a := range words {
		b := words[len(words)-1-i]
		first, second := normals(a, b)
		r := math.Sqrt(-2 * math.Log((float64(a>>9)+0.5)/(1<<23)))
		angle := float64(b>>30)*math.Pi/2 + (float64(b>>8&0x3fffff)-0x200000+0.5)/(1<<22)*math.Pi/2
		if math.Abs(float64(first)-r*math.Cos(angle)) > 2e-6 || math.Abs(float64(second)-r*math.Sin(angle)) > 2e-6 {
			t.Fatalf("%x, %x: got %g, %g, want %g, %g", a, b, first, second, r*math.Cos(angle), r*math.Sin(angle))
		}
	}
}

func TestRandomMoments(t *testing.T) {
	const n = 1 << 20
	x := make([]float64, n)
	for _, c := range []struct {
		name           string
		f              func([]float64, uint64, uint64, uint64)
		mean, variance float64
		lo, hi         float64
	}{
		{"uniform", Uniform[float64], 0.5, 1.0 / 12, 0, 1},
		{"normal", Normal[float64], 0, 1, -5.8, 5.8},
	} {
		c.f(x, 7, 1, 0)
		mean := Sum(x) / n
		variance := SumSquares(x, mean) / n
		if math.Abs(mean-c.mean) > 0.004 || math.Abs(variance/c.variance-1) > 0.006 {
			t.Errorf("%s: mean %g and variance %g, want %g and %g", c.name, mean, variance, c.mean, c.variance)
		}
		if MinOf(x) < c.lo || MaxOf(x) >= c.hi {
			t.Errorf("%s: from %g to %g", c.name, MinOf(x), MaxOf(x))
		}
		if neighbours := Dot(x[1:], x[:n-1])/n - mean*mean; math.Abs(neighbours) > 0.004 {
			t.Errorf("%s: neighbours have covariance %g", c.name, neighbours)
		}
		y := make([]float64, n)
		c.f(y, 7, 2, 0)
		if slices.Equal(x[:10], y[:10]) {
			t.Errorf("%s: two streams are equal", c.name)
		}
	}
}

func TestDropout(t *testing.T) {
	atLevels(t, func(t *testing.T) {
		for _, n := range []int{0, 1, 7, 8, 31, 70, 511, 513, 2000} {
			x, u := normal32(1, n), make([]float32, n)
			Uniform(u, 5, 6, 77)
			all, y := wide(n, 2)
			Dropout(y, x, 0.25, 5, 6, 77)
			checkGuards(t, "dropout", all, 2, n)
			inPlace := slices.Clone(x)
			Dropout(inPlace, inPlace, 0.25, 5, 6, 77)
			for i := range x {
				want := float32(0)
				if u[i] >= 0.25 {
					want = x[i] * float32(1/0.75)
				}
				if y[i] != want || inPlace[i] != want {
					t.Fatalf("number %d of %d: u %g, %g became %g, in place %g; want %g", i, n, u[i], x[i], y[i], inPlace[i], want)
				}
			}
		}
		x, y := []float32{float32(math.Inf(1))}, []float32{1}
		for c := range uint64(20) {
			if Dropout(y, x, 0.5, 1, 1, c); y[0] != 0 && y[0] != x[0] {
				t.Fatalf("an infinite number became %g", y[0])
			}
		}
	})
}

func TestRandomAllocatesNothing(t *testing.T) {
	x := make([]float32, 1000)
	atLevels(t, func(t *testing.T) {
		n := testing.AllocsPerRun(10, func() {
			Uniform(x, 1, 2, 3)
			Normal(x, 1, 2, 3)
			Dropout(x, x, 0.5, 1, 2, 3)
		})
		if n != 0 {
			t.Errorf("%g allocations", n)
		}
	})
}
