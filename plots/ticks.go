package plots

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
)

// A tick is a place on an axis and its label.
type tick struct {
	at    float64
	label string
}

// niceStep rounds a step to 1, 2 or 5 times a power of ten.
func niceStep(raw float64) float64 {
	if !(raw > 0) || math.IsInf(raw, 0) {
		return 1
	}
	exp := math.Floor(math.Log10(raw))
	f := raw / math.Pow(10, exp)
	switch {
	case f < 1.5:
		f = 1
	case f < 3.5:
		f = 2
	case f < 7.5:
		f = 5
	default:
		f = 10
	}
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
	return linearTicks(a.lo, a.hi, n, a.whole)
}

// names labels the categories, or every k-th if there is no room.
func (a axis) names(room int) []tick {
	step := max(1, int(math.Ceil(float64(len(a.levels))/float64(max(1, room)))))
	var out []tick
	for i := 0; i < len(a.levels); i += step {
		out = append(out, tick{float64(i), ellipsis(a.levels[i])})
	}
	return out
}

func linearTicks(lo, hi float64, n int, whole bool) []tick {
	step := niceStep((hi - lo) / float64(max(1, n)))
	if whole {
		step = math.Max(1, step)
	}
	var out []tick
	for i := math.Ceil(lo/step - 1e-9); i*step <= hi+step*1e-9 && len(out) < 1000; i++ {
		v := i * step
		if len(out) > 0 && v == out[len(out)-1].at {
			break // too fine for the size of the numbers
		}
		if v == 0 {
			v = 0 // not -0
		}
		out = append(out, tick{v, numberLabel(v, step, math.Max(math.Abs(lo), math.Abs(hi)))})
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
	if most < 1e4 {
		return minus(s) // 2024 is a year more often than a quantity
	}
	return commas(s)
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
		return minus(strconv.FormatFloat(v/p.unit, 'f', decimals(math.Min(1, step/p.unit)), 64)) + p.name
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
	return minus(number) + "e" + sign + strings.TrimPrefix(exponent[1:], "0")
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

// logTicks marks powers of ten, and 2 and 5 times them when there is room; a
// domain inside one decade gets linear ticks.
func logTicks(lo, hi float64, n int) []tick {
	decades := math.Log10(hi) - math.Log10(lo)
	if decades < 0.8 {
		return linearTicks(lo, hi, n, false)
	}
	factors := []float64{1}
	if float64(n) >= decades*3 {
		factors = []float64{1, 2, 5}
	}
	every := max(1, int(math.Ceil(decades/float64(max(1, n)))))
	first := int(math.Floor(math.Log10(lo)))
	var out []tick
	for e := first; float64(e) <= math.Log10(hi)+1; e++ {
		if ((e%every)+every)%every != 0 {
			continue
		}
		for _, f := range factors {
			v := f * math.Pow10(e)
			if v >= lo*(1-1e-9) && v <= hi*(1+1e-9) {
				out = append(out, tick{v, logLabel(v)})
			}
		}
	}
	return out
}

func logLabel(v float64) string {
	if v >= 1e6 {
		return siLabel(v, v, v)
	}
	if v >= 1e-3 {
		return commas(strconv.FormatFloat(v, 'f', -1, 64))
	}
	return shortExponent(strconv.FormatFloat(v, 'e', 0, 64))
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
		return niceStep(raw)
	}
	for _, s := range timeSteps {
		if s >= raw*0.8 {
			return s
		}
	}
	return day * math.Ceil(niceStep(raw/day))
}

// timeTicks marks round moments (UTC) with room for about n labels.
func timeTicks(lo, hi float64, n int) []tick {
	raw := (hi - lo) / float64(max(1, n))
	if raw > 10*day {
		return calendarTicks(lo, hi, raw)
	}
	step := niceDuration(raw)
	origin := 0.0
	if step == 7*day {
		origin = 4 * day // 1970-01-05 was a Monday
	}
	var out []tick
	for i := math.Ceil((lo - origin) / step); origin+i*step <= hi && len(out) < 1000; i++ {
		v := origin + i*step
		out = append(out, tick{v, moment(v).Format(stepFormat(v, step))})
	}
	return out
}

// stepFormat is how a tick reads; the first one of a day shows the day.
func stepFormat(v, step float64) string {
	switch {
	case step >= day, math.Mod(v, day) == 0:
		return "Jan 2"
	case step >= minute:
		return "15:04"
	case step >= second:
		return "15:04:05"
	}
	return "05.000"
}

// calendarTicks marks the starts of months or years.
func calendarTicks(lo, hi, raw float64) []tick {
	months := 0
	for _, m := range []int{1, 2, 3, 6} {
		if float64(m)*30.4*day >= raw*0.8 {
			months = m
			break
		}
	}
	if months == 0 {
		months = 12 * max(1, int(niceStep(raw/(365.25*day))))
	}
	from := moment(lo)
	year := from.Year()
	if months > 12 {
		year -= year % (months / 12)
	}
	t := time.Date(year, 1, 1, 0, 0, 0, 0, time.UTC)
	var out []tick
	for ; float64(t.UnixMilli()) <= hi && len(out) < 1000; t = t.AddDate(0, months, 0) {
		if float64(t.UnixMilli()) < lo {
			continue
		}
		format := "2006"
		if months < 12 && t.Month() != time.January {
			format = "Jan"
		}
		out = append(out, tick{float64(t.UnixMilli()), t.Format(format)})
	}
	return out
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
