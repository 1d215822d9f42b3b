package plots

import (
	"errors"
	"fmt"
	"math"

	"github.com/sheaf-go/sheaf/internal/interrupt"
)

// Func draws y = f(x) for x from one number to another, at 400 equally spaced
// points, both ends included; [Points] takes another number of them. Under
// [LogX] they are equally spaced in the logarithm, if the interval is above
// zero. Values that are not finite are left out. For a function of whole slices draw
// LineXY(xs, f(xs)).
func Func(f func(float64) float64, from, to float64, opts ...Option) *Chart {
	if f == nil {
		return failed(functionChart, errors.New("want a function, got nil"))
	}
	if !finite(from) || !finite(to) || from >= to {
		return failed(functionChart, fmt.Errorf("want an interval, the smaller number first, got %g to %g", from, to))
	}
	src := sampled{f: f, from: from, to: to}
	return newChart(functionChart, src, "x", "y", nil, opts)
}

// defaultPoints is how often a function is sampled.
const defaultPoints = 400

// sampled is a function as a source of its x and y.
type sampled struct {
	f        func(float64) float64
	from, to float64
	log      bool
	memory
}

// resample evaluates the function as the options want, unless that is what it
// has.
func (s sampled) resample(cfg config) source {
	n, log := cfg.points, cfg.logX && s.from > 0
	if n == 0 {
		n = defaultPoints
	}
	if s.rows() == n && s.log == log {
		return s
	}
	s.log = log
	xs, ys := make([]float64, n), make([]float64, n)
	for i := range xs {
		// The ends are exact: i/(n-1) is 0 and 1 there.
		t := float64(i) / float64(n-1)
		xs[i] = s.from*(1-t) + s.to*t
		if log && i > 0 && i < n-1 {
			xs[i] = s.from * math.Pow(s.to/s.from, t)
		}
		interrupt.Check() // a function may take its time
		ys[i] = s.f(xs[i])
	}
	s.memory = memory{[]*column{{name: "x", v: xs}, {name: "y", v: ys}}}
	return s
}
