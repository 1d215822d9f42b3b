package plots

import (
	"math"

	"github.com/sheaf-go/sheaf/internal/interrupt"
)

// An extent collects the range of an axis over all layers.
type extent struct {
	lo, hi float64
	zero   bool // something starts at zero: that end gets no margin
	tight  bool // no margin wanted at all, by every layer so far
	whole  bool // only whole numbers so far
	log    bool // only what is above zero counts
	points bool // marks stand on the values: those at zero are shown whole
	any    bool
}

// smallest is what a log scale takes for above zero: a quotient of two such
// numbers and the largest is a number still.
const smallest = 1e-300

// alike reports whether a range is empty, or so narrow that neither its ticks nor
// a quotient by its width are good numbers.
func alike(lo, hi float64) bool {
	return hi-lo <= 1e-12*math.Max(math.Abs(lo), math.Abs(hi)) || hi-lo < smallest
}

// pointMargin is the share of the range that half a point takes.
const pointMargin = 0.015

// add widens the extent to the finite values.
func (e *extent) add(values []float64) {
	parts := make([]extent, interrupt.Cores(len(values), manyRows))
	if len(parts) == 1 {
		e.widen(values)
		return
	}
	interrupt.Ranges(len(values), len(parts), func(part, lo, hi int) {
		p := *e
		p.widen(values[lo:hi])
		parts[part] = p
	})
	for _, p := range parts {
		e.join(p)
	}
}

// widen is add on one core.
func (e *extent) widen(values []float64) {
	least := -largest
	if e.log {
		least = smallest
	}
	for i, v := range values {
		poll(i)
		if !(v >= least && v <= largest) {
			continue
		}
		e.whole = e.whole && v == math.Trunc(v)
		switch {
		case !e.any:
			e.lo, e.hi, e.any = v, v, true
		case v < e.lo:
			e.lo = v
		case v > e.hi:
			e.hi = v
		}
	}
}

// join widens the extent to another of the same axis.
func (e *extent) join(o extent) {
	if !o.any {
		return
	}
	if !e.any {
		*e = o
		return
	}
	e.lo, e.hi = math.Min(e.lo, o.lo), math.Max(e.hi, o.hi)
	e.zero, e.points = e.zero || o.zero, e.points || o.points
	e.tight, e.whole = e.tight && o.tight, e.whole && o.whole
}

// domain returns the range to show: the data's with a margin, never empty,
// never across zero when the data isn't.
func (e extent) domain(margin float64) (lo, hi float64) {
	if !e.any {
		if e.log {
			return 1, 10
		}
		return 0, 1
	}
	if e.log {
		return e.logDomain(margin)
	}
	lo, hi = e.lo, e.hi
	if e.zero {
		lo, hi = math.Min(lo, 0), math.Max(hi, 0)
	}
	if alike(lo, hi) {
		pad := math.Max(math.Abs(lo), math.Abs(hi)) * 0.1
		if pad < smallest {
			pad = 1
		}
		return widen(lo, hi, pad)
	}
	if e.tight {
		return lo, hi
	}
	pad := (hi - lo) * margin
	from, to := widen(lo, hi, pad)
	if lo >= 0 && from < 0 || e.zero && lo == 0 {
		from = 0
		if room := (hi - lo) * pointMargin; e.points && !e.zero {
			from = math.Min(0, lo-room)
		}
	}
	if hi <= 0 && to > 0 || e.zero && hi == 0 {
		to = 0
	}
	return from, to
}

func (e extent) logDomain(margin float64) (lo, hi float64) {
	if e.zero {
		return decadeBelow(e.lo), math.Min(e.hi*1.2, largest)
	}
	if e.hi-e.lo <= e.hi*1e-12 {
		return math.Max(e.lo/2, smallest), e.hi * 2
	}
	if e.tight {
		return e.lo, e.hi
	}
	f := math.Exp(margin * (math.Log(e.hi) - math.Log(e.lo)))
	return math.Max(e.lo/f, smallest), math.Min(e.hi*f, largest)
}

// decadeBelow is where bars begin that have no zero to begin at: the power of
// ten below the shortest, but far enough below for that one to be seen.
func decadeBelow(v float64) float64 {
	lo := math.Pow(10, math.Floor(math.Log10(v)+1e-9))
	if v < lo*1.5 {
		lo /= 2
	}
	return math.Max(lo, smallest)
}

// widen moves both ends outward, and keeps them finite.
func widen(lo, hi, pad float64) (float64, float64) {
	lo, hi = lo-pad, hi+pad
	return math.Max(lo, -largest), math.Min(hi, largest)
}
