package plots

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
)

// A tick is a place on an axis and its label.
type tick struct {
	at    float64
	label string
}

// tickStep is the distance of n ticks or so between two values, a round one.
func tickStep(lo, hi float64, n int) float64 { return roundStep((hi - lo) / float64(max(1, n))) }

// roundStep rounds a distance to 1, 2 or 5 times a power of ten. It is d3's choice,
// so that Vega shows the same ticks.
func roundStep(raw float64) float64 {
	return inDecade(raw, func(f float64) float64 {
		switch {
		case f >= math.Sqrt(50):
			return 10
		case f >= math.Sqrt(10):
			return 5
		case f >= math.Sqrt2:
			return 2
		}
		return 1
	})
}

// inDecade rounds a distance by its first digits, a number from 1 to 10.
func inDecade(raw float64, round func(float64) float64) float64 {
	if !(raw > 0) || math.IsInf(raw, 0) {
		return 1
	}
	exp := math.Floor(math.Log10(raw))
	f := round(raw / math.Pow(10, exp))
	if exp < 0 {
		return f / math.Pow(10, -exp)
	}
	return f * math.Pow(10, exp)
}

// ticks returns the ticks of an axis with room for about n of them.
func (a axis) ticks(n int) []tick {
	switch {
	case a.share:
		return a.percentTicks(n)
	case a.named():
		return a.names(n)
	case a.kind == temporal:
		return timeTicks(a.lo, a.hi, n)
	case a.log:
		return logTicks(a.lo, a.hi, n)
	}
	out := linearTicks(a.lo, a.hi, n)
	for i := range out {
		if a.whole {
			out[i].label = trimmed(out[i].label) // 3.0 where there is one tick only
		}
	}
	return out
}

// count is how many ticks are asked for on an axis that has room for so many.
func (a axis) count(room float64) int {
	n, most := max(2, int(math.Round(room))), fewTicks
	switch {
	case a.log:
		if decades := math.Log10(a.hi) - math.Log10(a.lo); decades > 3 {
			return min(n, int(decades)) // powers of ten only
		}
		return n
	case a.kind != quantitative:
		return n
	case a.whole:
		whole := int(math.Min(1000, a.hi-a.lo))
		n, most = max(1, min(n, whole)), min(fewTicks, whole)
	}
	for n < most && len(a.ticks(n)) < 2 { // one number alone tells no distances
		n++
	}
	return n
}

// fewTicks is how many ticks are asked for, at most, to get two.
const fewTicks = 5

// names labels the categories, or every k-th if there is no room.
func (a axis) names(room int) []tick {
	step := max(1, int(math.Ceil(float64(len(a.levels))/float64(max(1, room)))))
	var out []tick
	short := shortNames(a.levels)
	for i := 0; i < len(a.levels); i += step {
		out = append(out, tick{float64(i), short[i]})
	}
	return out
}

// linearTicks are about n round numbers.
func linearTicks(lo, hi float64, n int) []tick {
	step := tickStep(lo, hi, n)
	var out []tick
	for _, v := range multiples(lo, hi, step) {
		out = append(out, tick{v, numberLabel(v, step, math.Max(math.Abs(lo), math.Abs(hi)))})
	}
	if out == nil && n == 1 { // as d3 does
		return linearTicks(lo, hi, 2)
	}
	return out
}

// multiples are those of step between two values.
func multiples(lo, hi, step float64) []float64 {
	var out []float64
	for i := math.Ceil(lo/step - 1e-9); i*step <= hi+step*1e-9 && len(out) < 1000; i++ {
		v := i * step
		if per := math.Round(1 / step); step < 1 && finite(per) {
			v = i / per // 0.3 is not 3 * 0.1
		}
		if len(out) > 0 && v == out[len(out)-1] {
			break // too fine for the size of the numbers
		}
		if v == 0 {
			v = 0 // not -0
		}
		out = append(out, v)
	}
	return out
}

// numberLabel writes v as d3 would on an axis whose ticks are step apart and
// whose largest value is most: 1,500 or 0.25, SI prefixes from a million on,
// exponents below a thousandth.
func numberLabel(v, step, most float64) string {
	switch format := axisFormat(step, most); {
	case format == "~s":
		return siLabel(v, step, most)
	case strings.HasSuffix(format, "~e"):
		if v == 0 {
			return "0"
		}
		return shortExponent(strconv.FormatFloat(v, 'e', mantissa(v, step), 64))
	}
	s := strconv.FormatFloat(v, 'f', decimals(step), 64)
	switch {
	case most >= 1e3 && most < 1e4:
		return minus(trimmed(s)) // 2024 is a year more often than a quantity
	case most < 1e4:
		return minus(s)
	}
	return commas(s)
}

// trimmed is a decimal number without zeros at its end that say nothing.
func trimmed(s string) string {
	if !strings.Contains(s, ".") {
		return s
	}
	return strings.TrimSuffix(strings.TrimRight(s, "0"), ".")
}

// axisFormat chooses the d3 number format that both pictures follow; "" is
// d3's own choice, with thousands separators.
func axisFormat(step, most float64) string {
	switch {
	case most > 0 && most < 1e-3, most >= 1e28, most >= 1e15 && step/most < 1e-4:
		if digits := mantissa(most, step); digits > 6 { // that d3 writes by itself
			return fmt.Sprintf(".%d~e", min(digits, 16))
		}
		return "~e"
	case most >= 1e6 && step/most >= 1e-4:
		return "~s"
	case most >= 1e3 && most < 1e4:
		return "~r"
	}
	return ""
}

// decimals is how many digits after the point tell steps apart.
func decimals(step float64) int {
	return max(0, int(-math.Floor(math.Log10(step)+1e-9)))
}

// prefixes are the SI prefixes of large numbers.
var prefixes = []struct {
	unit float64
	name string
}{{1e24, "Y"}, {1e21, "Z"}, {1e18, "E"}, {1e15, "P"}, {1e12, "T"}, {1e9, "G"}, {1e6, "M"}, {1e3, "k"}}

// siLabel writes a number with the SI prefix that suits the largest one of its
// axis, and as many decimals as tell steps apart.
func siLabel(v, step, most float64) string {
	if v == 0 {
		return "0"
	}
	for _, p := range prefixes {
		if most < p.unit*(1-1e-12) {
			continue
		}
		if most >= p.unit*1e4 {
			break
		}
		return minus(trimmed(strconv.FormatFloat(v/p.unit, 'f', decimals(math.Min(1, step/p.unit)), 64))) + p.name
	}
	return shortExponent(strconv.FormatFloat(v, 'e', mantissa(v, step), 64))
}

// mantissa is how many digits of v after the first tell steps apart.
func mantissa(v, step float64) int {
	return max(0, int(math.Floor(math.Log10(math.Abs(v))+1e-9)-math.Floor(math.Log10(step)+1e-9)))
}

// shortExponent turns Go's 1.5e-05 into d3's 1.5e-5.
func shortExponent(s string) string {
	number, exponent, ok := strings.Cut(s, "e")
	if !ok {
		return s
	}
	sign := exponent[:1]
	if sign == "-" {
		sign = "−"
	}
	return minus(trimmed(number)) + "e" + sign + strings.TrimPrefix(exponent[1:], "0")
}

// commas puts thousands separators into a decimal number.
func commas(s string) string {
	end := len(s)
	for i := range s {
		if s[i] == '.' {
			end = i
			break
		}
	}
	start := 0
	if s[0] == '-' {
		start = 1
	}
	for i := end - 3; i > start; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return minus(s)
}

// minus replaces a leading hyphen by a minus sign, as d3 does.
func minus(s string) string {
	if s[0] == '-' {
		return "−" + s[1:]
	}
	return s
}

// logTicks marks powers of ten, and where there is room their multiples, of which
// the first ones have labels. It is d3's choice, so that Vega shows the same ticks.
func logTicks(lo, hi float64, n int) []tick {
	from, to := math.Log10(lo), math.Log10(hi)
	var at []float64
	if to-from < float64(n) {
		for e := math.Floor(from); e <= math.Ceil(to); e++ {
			for k := 1.0; k < 10; k++ {
				if v := k * math.Pow10(int(e)); v >= lo*(1-1e-9) && v <= hi*(1+1e-9) {
					at = append(at, v)
				}
			}
		}
		if len(at)*2 < n {
			at = multiples(lo, hi, tickStep(lo, hi, n))
		}
	} else {
		for _, e := range multiples(from, to, tickStep(from, to, n)) {
			at = append(at, math.Pow(10, e))
		}
	}
	out := make([]tick, len(at))
	labelled := math.Max(1, 10*float64(n)/float64(len(at)))
	for i, v := range at {
		out[i].at = v
		digit := v / math.Pow(10, math.Round(math.Log10(v)))
		if digit < 0.95 {
			digit *= 10
		}
		if digit <= labelled {
			out[i].label = logLabel(v, hi)
		}
	}
	return out
}

// logLabel writes a number on a log axis whose largest is most.
func logLabel(v, most float64) string {
	v, _ = strconv.ParseFloat(strconv.FormatFloat(v, 'e', 11, 64), 64)
	switch {
	case logFormat(most) == "~s" && v >= 1e3:
		return siLabel(v, v*1e-3, v)
	case v >= 1e-6 && v < 1e21:
		return commas(strconv.FormatFloat(v, 'f', -1, 64))
	}
	return shortExponent(strconv.FormatFloat(v, 'e', -1, 64))
}

// logFormat chooses the d3 number format of a log axis.
func logFormat(most float64) string {
	if most >= 1e6 && most < 1e27 {
		return "~s"
	}
	return ""
}

const (
	second = 1000.0
	minute = 60 * second
	hour   = 60 * minute
	day    = 24 * hour
)

// timeSteps are the round steps of time axes up to a week, in milliseconds.
var timeSteps = []float64{1, 2, 5, 10, 20, 50, 100, 200, 500,
	second, 2 * second, 5 * second, 15 * second, 30 * second,
	minute, 2 * minute, 5 * minute, 15 * minute, 30 * minute,
	hour, 2 * hour, 3 * hour, 6 * hour, 12 * hour, day, 2 * day, 7 * day}

// niceDuration rounds a duration in ms to a round one.
func niceDuration(raw float64) float64 {
	if raw < 1 {
		return roundStep(raw)
	}
	for _, s := range timeSteps {
		if s >= raw*0.8 {
			return s
		}
	}
	return day * math.Ceil(roundStep(raw/day))
}

// A timeStep is a distance between moments on an axis.
type timeStep struct {
	unit  float64 // second, minute, hour or day; 0: months
	times int
	about float64 // ms
}

const month, year = 30 * day, 365 * day

// axisSteps are d3's, so that Vega shows the same ticks.
var axisSteps = []timeStep{
	{second, 1, second}, {second, 5, 5 * second}, {second, 15, 15 * second}, {second, 30, 30 * second},
	{minute, 1, minute}, {minute, 5, 5 * minute}, {minute, 15, 15 * minute}, {minute, 30, 30 * minute},
	{hour, 1, hour}, {hour, 3, 3 * hour}, {hour, 6, 6 * hour}, {hour, 12, 12 * hour},
	{day, 1, day}, {day, 2, 2 * day}, {day, 7, 7 * day},
	{0, 1, month}, {0, 3, 3 * month}, {0, 12, year},
}

// timeStepOf is the step of about n moments between two.
func timeStepOf(lo, hi float64, n int) timeStep {
	target := (hi - lo) / float64(max(1, n))
	i := slices.IndexFunc(axisSteps, func(s timeStep) bool { return s.about > target })
	switch {
	case i < 0:
		years := max(1, int(tickStep(lo/year, hi/year, n)))
		return timeStep{0, 12 * years, year * float64(years)}
	case i == 0:
		return timeStep{1, 1, math.Max(1, tickStep(lo, hi, n))}
	}
	s := axisSteps[i]
	if below := axisSteps[i-1]; target/below.about < s.about/target {
		s = below
	}
	return s
}

// timeTicks marks round moments (UTC), about n of them.
func timeTicks(lo, hi float64, n int) []tick {
	step := timeStepOf(lo, hi, n)
	var out []tick
	for _, v := range step.moments(lo, hi) {
		out = append(out, tick{v, step.label(v)})
	}
	return out
}

// moments are those of a step between two of them.
func (s timeStep) moments(lo, hi float64) []float64 {
	switch {
	case s.unit == 0:
		return months(lo, hi, s.times)
	case s.times < 7 || s.unit < day:
		return multiples(lo, hi, s.about)
	}
	var out []float64
	for _, v := range multiples(lo, hi, day) {
		if moment(v).Weekday() == time.Sunday {
			out = append(out, v)
		}
	}
	return out
}

// fine reports whether the ticks of a time axis are less than a second apart. Vega
// takes such moments for one another; as numbers it tells them apart.
func (a axis) fine(ticks int) bool {
	return a.kind == temporal && timeStepOf(a.lo, a.hi, ticks).about < second
}

// months are the starts of every so manieth month, or of years.
func months(lo, hi float64, every int) []float64 {
	start := moment(lo).Year()
	if every > 12 {
		years := every / 12
		start -= ((start % years) + years) % years
	}
	var out []float64
	for t := time.Date(start, 1, 1, 0, 0, 0, 0, time.UTC); float64(t.UnixMilli()) <= hi && len(out) < 1000; t = t.AddDate(0, every, 0) {
		if v := float64(t.UnixMilli()); v >= lo {
			out = append(out, v)
		}
	}
	return out
}

// label writes of a moment on an axis what is new about it; expr does so in Vega.
func (s timeStep) label(ms float64) string {
	t := moment(ms)
	first, newYear := s.firsts()
	switch {
	case t.Nanosecond() != 0:
		return t.Format("05.000")
	case t.Second() != 0 || s.about < minute:
		return t.Format("15:04:05")
	case t.Hour() != 0 || t.Minute() != 0:
		return t.Format("15:04")
	case t.Day() != 1:
		return t.Format("Jan 2")
	case t.Month() != time.January:
		return t.Format(first.layout)
	}
	return t.Format(newYear.layout)
}

// A timeLayout is a way to write a moment: Go's and d3's.
type timeLayout struct{ layout, d3 string }

// firsts is how the first days of months and of years read.
func (s timeStep) firsts() (month, newYear timeLayout) {
	ofDay := timeLayout{"Jan 2", "%b %-d"}
	switch {
	case s.about < day:
		return ofDay, ofDay
	case s.about < 28*day:
		return ofDay, timeLayout{"2006", "%Y"}
	}
	return timeLayout{"Jan", "%b"}, timeLayout{"2006", "%Y"}
}

func (s timeStep) expr() string {
	first, newYear := s.firsts()
	return fmt.Sprintf("utcFormat(datum.value,utcmilliseconds(datum.value)?'%%S.%%L':utcseconds(datum.value)||%t?'%%H:%%M:%%S':"+
		"utchours(datum.value)||utcminutes(datum.value)?'%%H:%%M':utcdate(datum.value)!=1?'%%b %%-d':utcmonth(datum.value)?'%s':'%s')",
		s.about < minute, first.d3, newYear.d3)
}

// moment is the time of an axis position, UTC.
func moment(ms float64) time.Time {
	return time.UnixMicro(int64(math.Round(ms * 1000))).UTC()
}

// timeLabel writes a moment as shortly as it can be.
func timeLabel(ms float64) string {
	t := moment(ms)
	switch {
	case math.Mod(ms, day) == 0:
		return t.Format("2006-01-02")
	case math.Mod(ms, minute) == 0:
		return t.Format("2006-01-02 15:04")
	}
	return t.Format("2006-01-02 15:04:05.999")
}
