package tables

import "math"

var numberFunctions = []function{
	{"sqrt", "square root; NaN of negative numbers", []form{loop(sqrts)}},
	{"cbrt", "cube root", []form{fn1(math.Cbrt)}},
	{"pow", "x to the power of y", []form{fn2(math.Pow)}},
	{"exp", "e to the power of x", []form{fn1(math.Exp)}},
	{"expm1", "exp(x) - 1, exact near 0", []form{fn1(math.Expm1)}},
	{"log ln", "natural logarithm; NaN of negative numbers", []form{fn1(math.Log)}},
	{"log10", "logarithm to base 10", []form{fn1(math.Log10)}},
	{"log2", "logarithm to base 2", []form{fn1(math.Log2)}},
	{"log1p", "log(1 + x), exact near 0", []form{fn1(math.Log1p)}},
	{"hypot", "sqrt(x*x + y*y) without overflow", []form{fn2(math.Hypot)}},
	{"sin", "sine of radians", []form{fn1(math.Sin)}},
	{"cos", "cosine of radians", []form{fn1(math.Cos)}},
	{"tan", "tangent of radians", []form{fn1(math.Tan)}},
	{"asin", "arc sine in radians", []form{fn1(math.Asin)}},
	{"acos", "arc cosine in radians", []form{fn1(math.Acos)}},
	{"atan", "arc tangent in radians", []form{fn1(math.Atan)}},
	{"atan2", "angle of the point (x, y), given y first, in radians", []form{fn2(math.Atan2)}},
	{"sinh", "hyperbolic sine", []form{fn1(math.Sinh)}},
	{"cosh", "hyperbolic cosine", []form{fn1(math.Cosh)}},
	{"tanh", "hyperbolic tangent", []form{fn1(math.Tanh)}},
	{"radians toRadians", "degrees as radians", []form{fn1(func(x float64) float64 { return x / 180 * math.Pi })}},
	{"degrees toDegrees", "radians as degrees", []form{fn1(func(x float64) float64 { return x / math.Pi * 180 })}},
	{"floor", "greatest whole number that is not above x", []form{loop(func(out, x []float64) {
		for i, v := range x {
			out[i] = math.Floor(v)
		}
	})}},
	{"ceil", "least whole number that is not below x", []form{loop(func(out, x []float64) {
		for i, v := range x {
			out[i] = math.Ceil(v)
		}
	})}},
	{"trunc", "x without its fraction", []form{loop(func(out, x []float64) {
		for i, v := range x {
			out[i] = math.Trunc(v)
		}
	})}},
	{"rint", "nearest whole number, of two the even one, as a float", []form{fn1(math.RoundToEven)}},
	{"round", "nearest whole number, of two the upper one, as an integer; with a second argument the nearest with so many decimals (of two the one farther from 0; negative counts are tens), as a float",
		[]form{fn1(func(x int64) int64 { return x }), fn1(roundHalfUp), fn2(roundTo)}},
	{"abs", "x without its sign", []form{fn1(func(x int64) int64 { return max(x, -x) }), loop(func(out, x []float64) {
		for i, v := range x {
			out[i] = math.Abs(v)
		}
	})}},
	{"signum sign", "-1, 0 or 1; NaN of NaN", []form{fn1(signInt), fn1(signFloat)}},
	{"min", "least of the values; NaN if one is NaN", extreme(fn2(func(x, y int64) int64 { return min(x, y) }), fn2(math.Min), fn2(func(x, y string) string { return min(x, y) }))},
	{"max", "greatest of the values; NaN if one is NaN", extreme(fn2(func(x, y int64) int64 { return max(x, y) }), fn2(math.Max), fn2(func(x, y string) string { return max(x, y) }))},
	{"clamp", "x, but at least the second and at most the third argument", []form{fn3(clamp[int64]), fn3(clamp[float64])}},
	{"between", "whether x is at least the second and at most the third argument", []form{fn3(between[int64]), fn3(between[float64]), fn3(between[string]),
		fn3(between[int64]).of(wantDate, wantDate, wantDate), fn3(between[int64]).of(wantTime, wantTime, wantTime),
		fn3(between[int64]).of(wantDuration, wantDuration, wantDuration)}},
	{"isNaN", "whether x is NaN", []form{fn1(func(x float64) bool { return x != x })}},
	{"isInf", "whether x is infinite", []form{fn1(func(x float64) bool { return math.IsInf(x, 0) })}},
	{"isFinite", "whether x is neither NaN nor infinite", []form{fn1(func(x float64) bool { return !math.IsInf(x, 0) && x == x })}},
}

// extreme takes two values of any kind that has an order.
func extreme(ints, floats, texts form) []form {
	return []form{ints, floats, texts, ints.of(wantDate, wantDate).gives(Date), ints.of(wantTime, wantTime).gives(Timestamp),
		ints.of(wantDuration, wantDuration).gives(Duration)}
}

// roundHalfUp is Java's Math.round: to the nearest, halves upwards.
func roundHalfUp(x float64) int64 {
	f := math.Floor(x)
	if x-f >= 0.5 {
		f++
	}
	return floatToInt64(f)
}

// roundTo rounds to decimals. The product with a power of ten can be off by
// some last digits, which is put right where x is as near to a half as a float
// can say: 1.005, which is a little less, becomes 1, and 2.675 becomes 2.67.
func roundTo(x float64, digits int64) float64 {
	if math.IsNaN(x) || math.IsInf(x, 0) || digits > 308 {
		return x
	}
	if digits < -308 {
		return 0 * x
	}
	scale := math.Pow(10, math.Abs(float64(digits)))
	if digits < 0 {
		return math.Round(x/scale) * scale
	}
	y := x * scale
	if math.IsInf(y, 0) || math.Abs(y) >= 1<<52 {
		return x
	}
	r := math.Round(y)
	if lost := math.FMA(x, scale, -y); math.Abs(y-math.Trunc(y)) == 0.5 && lost != 0 && (lost < 0) == (x > 0) {
		r = math.Trunc(y)
	}
	return r / scale
}

func signInt(x int64) int64 {
	switch {
	case x < 0:
		return -1
	case x > 0:
		return 1
	}
	return 0
}

func signFloat(x float64) float64 {
	switch {
	case x < 0:
		return -1
	case x > 0:
		return 1
	}
	return x // both zeros and NaN
}

func clamp[T int64 | float64](x, lo, hi T) T { return min(max(x, lo), hi) }

func between[T int64 | float64 | string](x, lo, hi T) bool { return lo <= x && x <= hi }
