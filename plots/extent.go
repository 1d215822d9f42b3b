package plots

import "math"

// An extent collects the range of an axis over all layers.
type extent struct {
	lo, hi float64
	zero   bool // something starts at zero: that end gets no margin
	tight  bool // no margin wanted at all, by every layer so far
	any    bool
}

// add widens the extent to the finite values.
func (e *extent) add(values []float64) {
	for _, v := range values {
		if !finite(v) {
			continue
		}
		if !e.any {
			e.lo, e.hi, e.any = v, v, true
			continue
		}
		e.lo, e.hi = math.Min(e.lo, v), math.Max(e.hi, v)
	}
}

// domain returns the range to show: the data's with a margin, never empty,
// never across zero when the data isn't.
func (e extent) domain(log bool, margin float64) (lo, hi float64) {
	if !e.any {
		if log {
			return 1, 10
		}
		return 0, 1
	}
	if log {
		return e.logDomain(margin)
	}
	lo, hi = e.lo, e.hi
	if e.zero {
		lo, hi = math.Min(lo, 0), math.Max(hi, 0)
	}
	if lo == hi {
		pad := math.Abs(lo) * 0.1
		if pad == 0 || !finite(pad) {
			pad = 1
		}
		return widen(lo, hi, pad)
	}
	if e.tight {
		return lo, hi
	}
	pad := (hi/2 - lo/2) * 2 * margin
	from, to := widen(lo, hi, pad)
	if lo >= 0 && from < 0 || e.zero && lo == 0 {
		from = 0
	}
	if hi <= 0 && to > 0 || e.zero && hi == 0 {
		to = 0
	}
	return from, to
}

func (e extent) logDomain(margin float64) (lo, hi float64) {
	if e.lo == e.hi {
		return e.lo / 2, e.hi * 2
	}
	if e.tight {
		return e.lo, e.hi
	}
	f := math.Exp(margin * (math.Log(e.hi) - math.Log(e.lo)))
	return e.lo / f, e.hi * f
}

// widen moves both ends outward, and keeps them finite.
func widen(lo, hi, pad float64) (float64, float64) {
	lo, hi = lo-pad, hi+pad
	return math.Max(lo, -math.MaxFloat64/4), math.Min(hi, math.MaxFloat64/4)
}
