package model

import (
	"fmt"
	"maps"
	"math"
	"slices"
)

// A Schedule is the learning rate as a function of the steps done so far. The
// formulas are those of Keras 3 where it has the schedule. Its methods return
// changed copies and chain; what is wrong with it is told by [Schedule.Err] and
// when it is used.
//
//	model.SGD(0).On(model.CosineDecay(0.1, 1000).WarmUp(0.2, 100))
type Schedule struct {
	name string
	scheduleNumbers
	boundaries, values []float64
	fn                 func(step int) float64
	err                error
}

// scheduleNumbers are the settings of all schedules; each uses some.
type scheduleNumbers struct {
	initial, steps, rate, end, power, alpha float64
	target, warm                            float64 // warm-up
	tMul, mMul                              float64 // restarts
	share, divide, finalDivide              float64 // one-cycle
	staircase, cycle                        float64 // 1: yes
}

// fields are the settings by the name that they are saved under.
func (s *scheduleNumbers) fields() map[string]*float64 {
	return map[string]*float64{
		"initial": &s.initial, "steps": &s.steps, "rate": &s.rate, "end": &s.end, "power": &s.power, "alpha": &s.alpha,
		"warmup_target": &s.target, "warmup_steps": &s.warm, "t_mul": &s.tMul, "m_mul": &s.mMul,
		"share": &s.share, "divide": &s.divide, "final_divide": &s.finalDivide, "staircase": &s.staircase, "cycle": &s.cycle,
	}
}

// scheduleRules are the schedules by name.
var scheduleRules = map[string]func(s *Schedule, step float64) float64{
	"constant":              func(s *Schedule, _ float64) float64 { return s.initial },
	"exponential_decay":     (*Schedule).exponential,
	"inverse_time_decay":    (*Schedule).inverseTime,
	"polynomial_decay":      (*Schedule).polynomial,
	"piecewise_constant":    (*Schedule).piecewise,
	"cosine_decay":          (*Schedule).cosine,
	"cosine_decay_restarts": (*Schedule).restarts,
	"one_cycle":             (*Schedule).oneCycle,
}

// ConstantRate is the same rate at all steps.
func ConstantRate(rate float64) *Schedule {
	return (&Schedule{name: "constant", scheduleNumbers: scheduleNumbers{initial: rate}}).check()
}

// ExponentialDecay is initial·rate^(step/steps).
func ExponentialDecay(initial float64, steps int, rate float64) *Schedule {
	return (&Schedule{name: "exponential_decay",
		scheduleNumbers: scheduleNumbers{initial: initial, steps: float64(steps), rate: rate}}).check()
}

// InverseTimeDecay is initial/(1 + rate·step/steps).
func InverseTimeDecay(initial float64, steps int, rate float64) *Schedule {
	return (&Schedule{name: "inverse_time_decay",
		scheduleNumbers: scheduleNumbers{initial: initial, steps: float64(steps), rate: rate}}).check()
}

// PolynomialDecay goes from initial to end in a number of steps, along a line
// or by a [Schedule.Power], and stays there.
func PolynomialDecay(initial float64, steps int, end float64) *Schedule {
	return (&Schedule{name: "polynomial_decay",
		scheduleNumbers: scheduleNumbers{initial: initial, steps: float64(steps), end: end, power: 1}}).check()
}

// PiecewiseConstant is values[0] up to and with the step boundaries[0],
// values[1] up to boundaries[1] and so on; there is one value more than there
// are boundaries.
func PiecewiseConstant(boundaries []int, values []float64) *Schedule {
	s := &Schedule{name: "piecewise_constant", values: slices.Clone(values)}
	for _, b := range boundaries {
		s.boundaries = append(s.boundaries, float64(b))
	}
	return s.check()
}

// CosineDecay goes from initial to 0, or a share of it ([Schedule.Alpha]), by
// half a wave of a cosine, in a number of steps, and stays there. (Loshchilov
// and Hutter, SGDR, 2016)
func CosineDecay(initial float64, steps int) *Schedule {
	return (&Schedule{name: "cosine_decay", scheduleNumbers: scheduleNumbers{initial: initial, steps: float64(steps)}}).check()
}

// CosineRestarts is [CosineDecay] that begins again after steps, then after
// twice as many (see [Schedule.Growth]) and so on.
func CosineRestarts(initial float64, steps int) *Schedule {
	return (&Schedule{name: "cosine_decay_restarts",
		scheduleNumbers: scheduleNumbers{initial: initial, steps: float64(steps), tMul: 2, mMul: 1}}).check()
}

// OneCycle rises from peak/25 to peak in the first 30 % of the steps and falls
// to a 10,000th of where it began, by half waves of a cosine. (Smith and
// Topin, Super-Convergence, 2018; the numbers are PyTorch's)
func OneCycle(peak float64, steps int) *Schedule {
	return (&Schedule{name: "one_cycle", scheduleNumbers: scheduleNumbers{
		initial: peak, steps: float64(steps), share: 0.3, divide: 25, finalDivide: 1e4}}).check()
}

// ScheduleFunc is a schedule of your own: the rate after so many steps, the
// first being 0. A model is saved with its name only.
func ScheduleFunc(name string, at func(step int) float64) *Schedule {
	s := &Schedule{name: name, fn: at}
	if name == "" || at == nil {
		s.err = fmt.Errorf("model: schedule function %q; want a name and a function", name)
	}
	return s
}

// Staircase makes an exponential or inverse-time decay change only after whole
// multiples of its steps.
func (s *Schedule) Staircase() *Schedule {
	return s.with("staircase", func(c *Schedule) { c.staircase = 1 }, "exponential_decay", "inverse_time_decay")
}

// Power makes a polynomial decay follow (1 - step/steps)^power.
func (s *Schedule) Power(power float64) *Schedule {
	return s.with("power", func(c *Schedule) { c.power = power }, "polynomial_decay")
}

// Cycle makes a polynomial decay go on: whenever its end is reached, the steps
// to it are extended by as many again.
func (s *Schedule) Cycle() *Schedule {
	return s.with("cycle", func(c *Schedule) { c.cycle = 1 }, "polynomial_decay")
}

// Alpha is the share of the initial rate at which a cosine decay ends.
func (s *Schedule) Alpha(share float64) *Schedule {
	return s.with("alpha", func(c *Schedule) { c.alpha = share }, "cosine_decay", "cosine_decay_restarts")
}

// WarmUp makes a cosine decay begin by a line from the initial rate to target
// in a number of steps; it decays from there.
func (s *Schedule) WarmUp(target float64, steps int) *Schedule {
	return s.with("warm-up", func(c *Schedule) { c.target, c.warm = target, float64(steps) }, "cosine_decay")
}

// Growth multiplies the steps (by t, at least 1) and the height (by m) of a
// cosine decay at each restart.
func (s *Schedule) Growth(t, m float64) *Schedule {
	return s.with("growth", func(c *Schedule) { c.tMul, c.mMul = t, m }, "cosine_decay_restarts")
}

// Rise is the share of a one-cycle's steps in which the rate rises.
func (s *Schedule) Rise(share float64) *Schedule {
	return s.with("rise", func(c *Schedule) { c.share = share }, "one_cycle")
}

// Divide sets where a one-cycle begins, peak/first, and where it ends, at that
// divided by last.
func (s *Schedule) Divide(first, last float64) *Schedule {
	return s.with("divide", func(c *Schedule) { c.divide, c.finalDivide = first, last }, "one_cycle")
}

// with is a copy that f has changed, or an error if the schedule is not one
// that has the setting.
func (s *Schedule) with(what string, f func(*Schedule), names ...string) *Schedule {
	c := *s
	if c.err != nil {
		return &c
	}
	if !slices.Contains(names, s.name) {
		c.err = fmt.Errorf("model: schedule %s has no %s; want %v", s.name, what, names)
		return &c
	}
	f(&c)
	return c.check()
}

// check sets the error of settings that make no rate.
func (s *Schedule) check() *Schedule {
	bad := func(format string, args ...any) *Schedule {
		s.err = fmt.Errorf("model: schedule "+s.name+": "+format, args...)
		return s
	}
	fields := s.fields()
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		if x := *fields[name]; math.IsNaN(x) || math.IsInf(x, 0) || x < 0 {
			return bad("%s is %v; want a number of at least 0", name, x)
		}
	}
	switch s.name {
	case "constant":
	case "piecewise_constant":
		if len(s.values) != len(s.boundaries)+1 {
			return bad("%d values for %d boundaries; want one more", len(s.values), len(s.boundaries))
		}
		if !slices.IsSorted(s.boundaries) {
			return bad("boundaries %v are not in order", s.boundaries)
		}
	default:
		if s.steps < 1 {
			return bad("%v steps; want at least 1", s.steps)
		}
	}
	if s.name == "cosine_decay_restarts" && s.tMul < 1 {
		return bad("growth of steps %v; want at least 1", s.tMul)
	}
	if s.name == "one_cycle" && (s.share <= 0 || s.share >= 1 || s.divide == 0 || s.finalDivide == 0) {
		return bad("rise %v, divided by %v and %v; want a rise between 0 and 1 and divisors above 0", s.share, s.divide, s.finalDivide)
	}
	return s
}

// Err says what is wrong with the schedule, nil if nothing is.
func (s *Schedule) Err() error { return s.err }

// String is the name and the first rate.
func (s *Schedule) String() string {
	if s.err != nil {
		return s.err.Error()
	}
	return fmt.Sprintf("%s from %.6g", s.name, s.At(0))
}

// At is the rate of the step that follows so many steps; it is NaN for a
// schedule with an error.
func (s *Schedule) At(step int) float64 {
	switch {
	case s.err != nil:
		return math.NaN()
	case s.fn != nil:
		return s.fn(step)
	}
	return scheduleRules[s.name](s, float64(step))
}

func (s *Schedule) exponential(step float64) float64 {
	return s.initial * math.Pow(s.rate, s.periods(step))
}

func (s *Schedule) inverseTime(step float64) float64 {
	return s.initial / (1 + s.rate*s.periods(step))
}

func (s *Schedule) periods(step float64) float64 {
	p := step / s.steps
	if s.staircase != 0 {
		return math.Floor(p)
	}
	return p
}

func (s *Schedule) polynomial(step float64) float64 {
	steps := s.steps
	if s.cycle != 0 {
		steps *= max(math.Ceil(step/steps), 1)
	} else {
		step = min(step, steps)
	}
	return (s.initial-s.end)*math.Pow(1-step/steps, s.power) + s.end
}

func (s *Schedule) piecewise(step float64) float64 {
	at := slices.IndexFunc(s.boundaries, func(b float64) bool { return step <= b })
	if at < 0 {
		at = len(s.boundaries)
	}
	return s.values[at]
}

func (s *Schedule) cosine(step float64) float64 {
	from := s.initial
	if s.warm > 0 {
		if step < s.warm {
			return s.initial + (s.target-s.initial)*step/s.warm
		}
		from, step = s.target, step-s.warm
	}
	return from * ((1-s.alpha)*halfWave(min(step/s.steps, 1)) + s.alpha)
}

func (s *Schedule) restarts(step float64) float64 {
	length, height := s.steps, 1.0
	for step >= length {
		if s.tMul == 1 {
			n := math.Floor(step / length)
			step, height = step-n*length, height*math.Pow(s.mMul, n)
			break
		}
		step, length, height = step-length, length*s.tMul, height*s.mMul
	}
	return s.initial * ((1-s.alpha)*height*halfWave(step/length) + s.alpha)
}

func (s *Schedule) oneCycle(step float64) float64 {
	between := func(from, to, share float64) float64 { return to + (from-to)*halfWave(share) }
	first, top, last := s.initial/s.divide, max(s.share*s.steps-1, 0), s.steps-1
	if step < top {
		return between(first, s.initial, step/top)
	}
	fallen := flag(step > top)
	if last > top {
		fallen = min((step-top)/(last-top), 1)
	}
	return between(s.initial, first/s.finalDivide, fallen)
}

// halfWave falls from 1 to 0 as x goes from 0 to 1.
func halfWave(x float64) float64 { return (1 + math.Cos(math.Pi*x)) / 2 }

// config is what the schedule is saved as.
func (s *Schedule) config() config {
	c := config{Name: s.name, Numbers: map[string]float64{}}
	for name, x := range s.fields() {
		if *x != 0 {
			c.Numbers[name] = *x
		}
	}
	if s.name == "piecewise_constant" {
		c.Lists = map[string][]float64{"boundaries": s.boundaries, "values": s.values}
	}
	return c
}

// scheduleOf is the schedule that was saved.
func scheduleOf(c config) *Schedule {
	s := &Schedule{name: c.Name, boundaries: c.Lists["boundaries"], values: c.Lists["values"]}
	if scheduleRules[c.Name] == nil {
		s.err = noSuch("schedule", c.Name, slices.Collect(maps.Keys(scheduleRules)))
		return s
	}
	c = c.clone()
	for name, x := range s.fields() {
		*x = c.take(name, 0)
	}
	if s.err = c.left("schedule"); s.err != nil {
		return s
	}
	return s.check()
}
