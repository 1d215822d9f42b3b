package tables

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// plainly runs f with the loops in Go alone.
func plainly(f func()) {
	fast := simd
	simd = nil
	defer func() { simd = fast }()
	f()
}

// odd is a slice that starts off the bounds of wide loads, and a number in place
// of every third.
func odd[T any](rng *rand.Rand, n int, one func() T) []T {
	if rng.IntN(3) == 0 {
		n = 1
	}
	shift := rng.IntN(4)
	v := make([]T, n+shift)
	for i := range v {
		v[i] = one()
	}
	return v[shift:]
}

// TestLoops compares the loops of the processor with those in Go, bit by bit
// but for NaNs, whose bits Go does not promise.
func TestLoops(t *testing.T) {
	if simd == nil {
		t.Skip("this processor has only the loops in Go")
	}
	rng := rand.New(rand.NewPCG(3, 4))
	float := func() float64 { return randomFloat(rng.IntN(12)) }
	whole := func() int64 {
		if rng.IntN(2) == 0 {
			return int64(rng.Uint64())
		}
		return randomCell(rng, Int64, 6).(int64)
	}
	flag := func() bool { return rng.IntN(2) == 0 }
	for range 300 {
		n := rng.IntN(200)
		x, y, p, q := odd(rng, n, float), odd(rng, n, float), odd(rng, n, whole), odd(rng, n, whole)
		for op := range simd.floats {
			fast, slow := make([]float64, n), make([]float64, n)
			arithFloats(op, fast, x, y)
			plainly(func() { arithFloats(op, slow, x, y) })
			if !slices.EqualFunc(fast, slow, sameFloat) {
				t.Fatalf("%s of %v and %v:\n%v\n%v", op, x, y, fast, slow)
			}
		}
		for op := range simd.ints {
			fast, slow := make([]int64, n), make([]int64, n)
			arithInts(op, fast, p, q)
			plainly(func() { arithInts(op, slow, p, q) })
			if !slices.Equal(fast, slow) {
				t.Fatalf("%s of %v and %v:\n%v\n%v", op, p, q, fast, slow)
			}
		}
		for op := range simd.floatTests {
			fast, slow := make([]bool, n), make([]bool, n)
			testFloats(op, fast, x, y)
			plainly(func() { testFloats(op, slow, x, y) })
			if !slices.Equal(fast, slow) {
				t.Fatalf("%s of %v and %v:\n%v\n%v", op, x, y, fast, slow)
			}
			testInts(op, fast, p, q)
			plainly(func() { testInts(op, slow, p, q) })
			if !slices.Equal(fast, slow) {
				t.Fatalf("%s of %v and %v:\n%v\n%v", op, p, q, fast, slow)
			}
		}
		loopsOfFlags(t, rng, n, float, flag)
	}
}

func loopsOfFlags(t *testing.T, rng *rand.Rand, n int, float func() float64, flag func() bool) {
	full := func() []bool {
		v := make([]bool, n)
		for i := range v {
			v[i] = flag()
		}
		return v
	}
	x, y, c, d := make([]float64, n), make([]float64, n), full(), full()
	for i := range x {
		x[i], y[i] = float(), float()
	}
	fast, slow := make([]float64, n), make([]float64, n)
	sqrts(fast, x)
	plainly(func() { sqrts(slow, x) })
	if !slices.EqualFunc(fast, slow, sameFloat) {
		t.Fatalf("roots of %v:\n%v\n%v", x, fast, slow)
	}
	pickNumbers(fast, c, x, y)
	pick(slow, c, x, y)
	if !slices.EqualFunc(fast, slow, sameFloat) {
		t.Fatalf("%v ? %v : %v:\n%v\n%v", c, x, y, fast, slow)
	}
	first := rng.IntN(1 << 30)
	before := []int32{-1, -2, -3}[:rng.IntN(4)]
	sel := selectTrue(slices.Clone(before), c, first)
	want := before
	for i, on := range c {
		if on {
			want = append(want, int32(first+i))
		}
	}
	if !slices.Equal(sel, want) {
		t.Fatalf("rows of %v from %d:\n%v\n%v", c, first, sel, want)
	}
	for _, op := range []byte("&|^-") {
		got := make([]bool, n)
		logic(op, got, c, d)
		for i := range got {
			if want := map[byte]bool{'&': c[i] && d[i], '|': c[i] || d[i], '^': c[i] != d[i], '-': c[i] && !d[i]}[op]; got[i] != want {
				t.Fatalf("%v %c %v: %v", c, op, d, got)
			}
		}
	}
	got := make([]bool, n)
	negate(got, c)
	for i := range got {
		if got[i] == c[i] {
			t.Fatalf("not %v: %v", c, got)
		}
	}
}

func sameFloat(x, y float64) bool {
	return math.Float64bits(x) == math.Float64bits(y) || x != x && y != y
}
