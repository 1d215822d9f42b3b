package cpu

import (
	"math"
	"testing"
)

func TestActivate(t *testing.T) {
	bounds := map[Act]float64{ELU: 2.5, SELU: 3, HardSigmoid: 2, HardSwish: 2.5, Sigmoid: 3, Tanh: 3, Softplus: 2.5, Softsign: 1.5,
		Swish: 3.5, GELU: 6, GELUTanh: 3, Mish: 5, Exponential: 1.5, LeakyReLU: 0.5000001}
	atLevels(t, func(t *testing.T) {
		x := samples(11, 200_000)
		for i := range 200_000 {
			x = append(x, float32(i)/10_000-14) // where results are neither 0 nor x
		}
		y := make([]float32, len(x))
		for act := range numActs {
			const alpha = 0.25
			floor := 1e-42 // a factor may be denormal
			if act == GELUTanh {
				floor = 5e-8 // it has rounding errors in an exponent
			}
			Activate(act, alpha, y, x)
			worst, at := 0.0, 0
			for i, v := range x {
				want := actAt(act, alpha, float64(v))
				off := ulps(y[i], want)
				if math.Abs(float64(y[i])-want) < floor {
					off = 0
				}
				if off > worst {
					worst, at = off, i
				}
			}
			if worst > bounds[act] {
				t.Errorf("%v(%g) is off by %.2f ulp: %g, want %g", act, x[at], worst, y[at], actAt(act, alpha, float64(x[at])))
			} else {
				t.Logf("%v: within %.2f ulp, at %g", act, worst, x[at])
			}
			checkLengths(t, act.String(), func(z, x, _ []float32) { Activate(act, 0.25, z, x) })
		}
	})
}

// actAt is an activation of one number in float64.
func actAt(act Act, alpha, x float64) float64 {
	y := []float64{x}
	restore := Use(Generic)
	Activate(act, alpha, y, y)
	restore()
	return y[0]
}

// TestActivateMeaning compares the Go activations with their definitions at
// chosen points, written out as numbers from Keras's documentation or by hand.
func TestActivateMeaning(t *testing.T) {
	for _, c := range []struct {
		act            Act
		alpha, x, want float64
	}{
		{Linear, 0, -2, -2}, {ReLU, 0, -2, 0}, {ReLU, 0, 3, 3}, {LeakyReLU, 0.2, -2, -0.4}, {ReLU6, 0, 7, 6},
		{ELU, 1, -1, math.Exp(-1) - 1}, {SELU, 0, 1, 1.0507009873554805}, {SELU, 0, -1, -1.1113307378125625},
		{Sigmoid, 0, 0, 0.5}, {HardSigmoid, 0, -3, 0}, {HardSigmoid, 0, 1.5, 0.75}, {HardSigmoid, 0, 4, 1},
		{Tanh, 0, 0.5, math.Tanh(0.5)}, {Softplus, 0, 0, math.Ln2}, {Softsign, 0, -1, -0.5},
		{Swish, 0, 1, 1 / (1 + math.Exp(-1))}, {HardSwish, 0, -1, -1.0 / 3}, {HardSwish, 0, 3, 3},
		{GELU, 0, 1, 0.8413447460685429}, {GELUTanh, 0, 1, 0.8411919906082768},
		{Mish, 0, 1, math.Tanh(math.Log(1 + math.E))}, {Exponential, 0, 1, math.E},
	} {
		if got := actAt(c.act, c.alpha, c.x); math.Abs(got-c.want) > 1e-14 {
			t.Errorf("%v(%g) = %v, want %v", c.act, c.x, got, c.want)
		}
	}
}

// TestActivateGrad compares derivatives in float64 with central differences, and
// those in float32 with those in float64.
func TestActivateGrad(t *testing.T) {
	const alpha, h = 0.25, 1e-6
	for act := range numActs {
		for _, x := range []float64{-7, -3.5, -2.1, -1, -0.3, -1e-3, 1e-3, 0.4, 1.3, 2.7, 5, 6.5, 12} {
			want := (actAt(act, alpha, x+h) - actAt(act, alpha, x-h)) / (2 * h)
			dx := []float64{0}
			ActivateGrad(act, alpha, dx, []float64{2}, []float64{x}, []float64{actAt(act, alpha, x)})
			if math.Abs(dx[0]-2*want) > 1e-7*(1+math.Abs(want)) {
				t.Errorf("derivative of %v at %g: got %g, want %g", act, x, dx[0]/2, want)
			}
		}
	}
	atLevels(t, func(t *testing.T) {
		for act := range numActs {
			checkGrad32(t, act)
			checkLengths(t, act.String()+" gradient", func(z, x, y []float32) { ActivateGrad(act, 0.25, z, x, y, y) })
		}
	})
}

func checkGrad32(t *testing.T, act Act) {
	var v, dy []float32
	for i, x := range samples(13, 100_000) {
		if math.Abs(float64(x)) < 1e30 && x == x {
			if !act.NeedsInput() {
				x = float32(actAt(act, 0.25, float64(x)))
			}
			if math.Abs(float64(x)) < 1e30 {
				v, dy = append(v, x), append(dy, float32(i%7-3))
			}
		}
	}
	dx := make([]float32, len(v))
	ActivateGrad(act, 0.25, dx, dy, v, v)
	worst, at := 0.0, 0
	for i := range v {
		want := []float64{0}
		ActivateGrad(act, 0.25, want, []float64{float64(dy[i])}, []float64{float64(v[i])}, []float64{float64(v[i])})
		if off := math.Abs(float64(dx[i])-want[0]) / (1 + math.Abs(want[0])); off > worst || off != off {
			worst, at = off, i
		}
	}
	if !(worst < 6e-7) {
		t.Errorf("gradient of %v at %g: got %g, off by %g", act, v[at], dx[at], worst)
	} else {
		t.Logf("gradient of %v within %.1e, at %g", act, worst, v[at])
	}
}
