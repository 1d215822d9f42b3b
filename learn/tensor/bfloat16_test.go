package tensor

import (
	"math"
	"math/rand/v2"
	"slices"
	"strconv"
	"testing"
)

// nearestBF16 rounds by trying both neighbours, in float64, which holds their
// distances exactly.
func nearestBF16(x float32) BF16 {
	down := BF16{uint16(math.Float32bits(x) >> 16)} // towards 0
	up := BF16{down.bits + 1}
	far := func(b BF16) float64 {
		v := float64(b.Float32())
		if math.IsInf(v, 0) { // as if the exponent went on
			v = math.Copysign(math.Ldexp(1, 128), v)
		}
		return math.Abs(v - float64(x))
	}
	switch a, b := far(down), far(up); {
	case a < b, a == b && down.bits&1 == 0:
		return down
	}
	return up
}

func TestBF16Rounds(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 8))
	check := func(x float32) {
		t.Helper()
		if got, want := ToBF16(x), nearestBF16(x); got != want {
			t.Errorf("%g (%#x) became %#x, want %#x", x, math.Float32bits(x), got.bits, want.bits)
		}
	}
	for range 200_000 {
		if x := math.Float32frombits(r.Uint32()); x == x && !math.IsInf(float64(x), 0) {
			check(x)
		}
	}
	for b := range uint32(1 << 16) { // around each number and each half way
		for _, low := range []uint32{0, 1, 0x7fff, 0x8000, 0x8001, 0xffff} {
			if x := math.Float32frombits(b<<16 | low); x == x && !math.IsInf(float64(x), 0) {
				check(x)
			}
		}
	}
}

// Every bfloat16 goes to float32, to text and back.
func TestBF16RoundTrips(t *testing.T) {
	for i := range 1 << 16 {
		b := BF16{uint16(i)}
		x := b.Float32()
		if x != x {
			if y := ToBF16(x).Float32(); y == y || math.Signbit(float64(y)) != math.Signbit(float64(x)) {
				t.Errorf("NaN %#x became %v", i, y)
			}
			continue
		}
		if ToBF16(x) != b {
			t.Errorf("%#x became %#x", i, ToBF16(x).bits)
		}
		if y, err := strconv.ParseFloat(b.String(), 64); err != nil || ToBF16(float32(y)) != b {
			t.Errorf("%#x reads %s, which is %#x", i, b, ToBF16(float32(y)).bits)
		}
	}
	if low := math.Float32frombits(0x7f800001); !math.IsNaN(float64(ToBF16(low).Float32())) {
		t.Error("a NaN with low bits only became an infinity")
	}
}

func TestBF16Text(t *testing.T) {
	for want, x := range map[string]float32{
		"0.1": 0.1, "1": 1, "-2.5": -2.5, "256": 256, "NaN": float32(math.NaN()), "+Inf": math.MaxFloat32, "3.14": math.Pi, "1e+30": 1e30,
	} {
		if got := ToBF16(x).String(); got != want {
			t.Errorf("%g reads %s, want %s", x, got, want)
		}
	}
}

func TestBFloat16Tensor(t *testing.T) {
	x := FromFloat64s([]int{2, 2}, 0.1, -3, 300, math.NaN()).Cast(BFloat16)
	if x.DType() != BFloat16 || x.DType().Size() != 2 || x.DType().String() != "bfloat16" || !x.DType().IsFloat() {
		t.Fatalf("type %v of %d bytes", x.DType(), x.DType().Size())
	}
	if got := x.String(); got != "[[0.1  -3]\n [300 NaN]]" {
		t.Errorf("printed\n%s", got)
	}
	if got := x.Float64At(0, 0); got != 0.10009765625 || x.At(1, 0) != ToBF16(300) {
		t.Errorf("0.1 is %v, 300 is %v", got, x.At(1, 0))
	}
	x.SetAt(true, 1, 1)
	x.SetAt(ToBF16(7), 0, 1)
	if got := x.T().Float32s(); !slices.Equal(got, []float32{0.10009765625, 300, 7, 1}) {
		t.Errorf("transposed %v", got)
	}
	y := New(Int32, 1)
	y.SetAt(x.At(0, 1), 0)
	if y.At(0) != int32(7) {
		t.Errorf("an element as an int32: %v", y)
	}
	if raw := x.Slice(1, 2).Raw().([]BF16); &raw[0] != &x.Raw().([]BF16)[2] {
		t.Error("Raw copied")
	}
	if z := FromSlice([]int{1}, []BF16{ToBF16(2)}); z.Matrix().At(0, 0) != 2 || z.Sum(0).Float64At() != 2 {
		t.Errorf("from a slice: %v", z)
	}
	for d := Bool; d <= BFloat16; d++ {
		ones := New(d, 3)
		ones.SetAt(1, 1)
		if b := ones.Cast(BFloat16); !slices.Equal(b.Float64s(), []float64{0, 1, 0}) || !slices.Equal(b.Cast(d).Float64s(), b.Float64s()) {
			t.Errorf("%v: %v and back %v", d, b, b.Cast(d))
		}
	}
}
