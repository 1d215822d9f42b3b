package tables

import "math"

// A spanNode is + - * / % of times and durations, as 64-bit nanoseconds; what
// does not fit is null, and so is a division by 0.
type spanNode struct {
	t    Type
	op   string
	x, y node
	scratch
	mask []bool
}

func (s *spanNode) typ() Type { return s.t }

func (s *spanNode) eval(lo, n int) vec {
	x, y := s.x.eval(lo, n), s.y.eval(lo, n)
	out := s.of(s.t, n).i
	null := nulls(&s.mask, n)
	op := spanOps[s.op]
	any := false
	for i := range out {
		v, ok := op(x.i[i], y.i[i])
		out[i], null[i] = v, !ok
		any = any || !ok
	}
	if !any {
		return vec{i: out, null: either(&s.mask, n, x, y)}
	}
	for _, v := range []vec{x, y} {
		if v.null != nil {
			logic('|', null, null, v.null)
		}
	}
	return vec{i: out, null: null}
}

var spanOps = map[string]func(x, y int64) (int64, bool){"+": addChecked, "-": subChecked, "*": mulChecked,
	"/": func(x, y int64) (int64, bool) {
		if y == 0 {
			return 0, false
		}
		return x / y, y != -1 || x != math.MinInt64
	},
	"%": func(x, y int64) (int64, bool) {
		if y == 0 {
			return 0, false
		}
		return x % y, true
	}}

// stretch is a duration times a float.
var stretch = try2(func(ns int64, by float64) (int64, bool) {
	v := math.Round(float64(ns) * by)
	return floatToInt64(v), math.Abs(v) < 1<<63
}).of(wantDuration, wantFloat).gives(Duration)

// dateToTime widens days to nanoseconds; days that a timestamp cannot hold
// become null.
type dateToTime struct {
	x node
	scratch
	mask []bool
}

func (d *dateToTime) typ() Type { return Timestamp }

func (d *dateToTime) eval(lo, n int) vec {
	const most = math.MaxInt64 / nsDay
	x := d.x.eval(lo, n)
	out := d.of(Timestamp, n)
	far := false
	for i, v := range x.i[:n] {
		out.i[i] = v * nsDay
		far = far || v > most || v < -most
	}
	if !far {
		return vec{i: out.i, null: x.null}
	}
	d.mask = room(d.mask, n)
	for i, v := range x.i[:n] {
		d.mask[i] = v > most || v < -most || x.null != nil && x.null[i]
	}
	return vec{i: out.i, null: d.mask}
}
