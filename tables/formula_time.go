package tables

import (
	"math"
	"math/bits"
	"strconv"
	"strings"
	"time"
)

const (
	nsDay  = int64(24 * time.Hour)
	secDay = nsDay / int64(time.Second)
)

var timeFunctions = []function{
	{"year", "year", both(func(day int64) int64 { y, _, _ := civil(day); return y })},
	{"quarter", "quarter of the year, 1 to 4", both(func(day int64) int64 { _, m, _ := civil(day); return (m + 2) / 3 })},
	{"month monthOfYear", "month, 1 to 12", both(func(day int64) int64 { _, m, _ := civil(day); return m })},
	{"week weekOfYear", "ISO week, 1 to 53: weeks start on Monday, and the first has the year's first Thursday", both(isoWeek)},
	{"day dayOfMonth", "day of the month, 1 to 31", both(func(day int64) int64 { _, _, d := civil(day); return d })},
	{"dayOfWeek", "day of the week, Monday 1 to Sunday 7", both(func(day int64) int64 { return floorMod(day+3, 7) + 1 })},
	{"dayOfYear", "day of the year, 1 to 366", both(func(day int64) int64 { y, _, _ := civil(day); return day - daysTo(y, 1, 1) + 1 })},
	{"hour hourOfDay", "hour, 0 to 23", part(time.Hour, 24)},
	{"minute minuteOfHour", "minute, 0 to 59", part(time.Minute, 60)},
	{"second secondOfMinute", "second, 0 to 59", part(time.Second, 60)},
	{"millis millisOfSecond", "milliseconds since the second began", part(time.Millisecond, 1000)},
	{"micros microsOfSecond", "microseconds since the second began", part(time.Microsecond, 1e6)},
	{"nanos nanosOfSecond", "nanoseconds since the second began", part(1, 1e9)},
	{"date toDate", "day of a time, in UTC", []form{fn1(func(ns int64) int64 { return floorDiv(ns, nsDay) }).of(wantTime).gives(Date)}},
	{"time toTime timestamp", "midnight, in UTC, at which a day begins", []form{fn1(func(ns int64) int64 { return ns }).of(wantTime).gives(Timestamp)}},
	{"lowerBin bin", "last time at or before this one that is a multiple of a duration after 1970 began, as in lowerBin(T, '15m'); null of durations that are not positive", []form{
		try2(func(ns, span int64) (int64, bool) { return binOf(ns, span, false) }).of(wantTime, wantDuration).gives(Timestamp)}},
	{"upperBin", "first time at or after this one that is a multiple of a duration after 1970 began", []form{
		try2(func(ns, span int64) (int64, bool) { return binOf(ns, span, true) }).of(wantTime, wantDuration).gives(Timestamp)}},
	{"startOfMonth", "first day of the month", onDays(func(day int64) int64 { return day - dayOf(day) + 1 })},
	{"startOfYear", "first day of the year", onDays(func(day int64) int64 { y, _, _ := civil(day); return daysTo(y, 1, 1) })},
	{"startOfWeek", "Monday of the week", onDays(func(day int64) int64 { return day - floorMod(day+3, 7) })},
	{"plusDays", "so many days later", later(func(day, n int64) (int64, bool) { return addChecked(day, n) })},
	{"plusMonths", "same day so many months later, or the last one of a shorter month", later(plusMonths)},
	{"plusYears", "same day so many years later; February 29 becomes 28", later(func(day, n int64) (int64, bool) {
		if n > math.MaxInt32 || n < math.MinInt32 {
			return 0, false
		}
		return plusMonths(day, 12*n)
	})},
	{"epochDays", "days since 1970-01-01", []form{fn1(func(day int64) int64 { return day }).of(wantDate)}},
	{"epochSeconds", "whole seconds since 1970 began", sinceEpoch(time.Second)},
	{"epochMillis", "whole milliseconds since 1970 began", sinceEpoch(time.Millisecond)},
	{"epochMicros", "whole microseconds since 1970 began", sinceEpoch(time.Microsecond)},
	{"epochNanos", "nanoseconds since 1970 began", sinceEpoch(1)},
	{"ofEpochSeconds", "time so many seconds after 1970 began", ofEpoch(time.Second)},
	{"ofEpochMillis", "time so many milliseconds after 1970 began", ofEpoch(time.Millisecond)},
	{"ofEpochMicros", "time so many microseconds after 1970 began", ofEpoch(time.Microsecond)},
	{"ofEpochNanos", "time so many nanoseconds after 1970 began", ofEpoch(1)},
	{"ofDate", "day of a year, month and day of the month; null if there is none", []form{try3(dayOfParts).gives(Date)}},
	{"toSeconds", "duration as seconds with fraction", []form{fn1(func(ns int64) float64 { return float64(ns) / 1e9 }).of(wantDuration)}},
	{"inZone", "what clocks in a time zone such as `Europe/Berlin` show then; the parts of the result are those of that clock", []form{bound(zoned(true))}},
	{"ofZone", "the time at which clocks in a time zone show this one", []form{bound(zoned(false))}},
	{"formatTime", "time as text, written as Go's reference time, as in `02.01.2006 15:04:05`", []form{
		fn2(func(ns int64, layout string) string { return time.Unix(0, ns).UTC().Format(layout) }).of(wantTime, wantText)}},
	{"parseTime", "time that the text writes, as a CSV file may or by a layout like formatTime's; null if it does not", []form{
		try1(func(s string) (int64, bool) { return parseTime([]byte(strings.TrimSpace(s))) }).gives(Timestamp),
		try2(func(s, layout string) (int64, bool) { return byLayout(s, layout) }).gives(Timestamp)}},
	{"parseDate", "day that the text writes, as a CSV file may or by a layout like formatTime's; null if it does not", []form{
		try1(func(s string) (int64, bool) {
			d, ok := parseDate([]byte(strings.TrimSpace(s)))
			return int64(d), ok
		}).gives(Date),
		try2(func(s, layout string) (int64, bool) {
			ns, ok := byLayout(s, layout)
			return floorDiv(ns, nsDay), ok
		}).gives(Date)}},
	{"parseDuration", "duration that the text writes, as in 1h30m, 2d or PT1H; null if it does not", []form{try1(parseSpan).gives(Duration)}},
}

func floorDiv(x, y int64) int64 {
	q := x / y
	if x%y < 0 {
		q--
	}
	return q
}

func floorMod(x, y int64) int64 {
	r := x % y
	if r < 0 {
		r += y
	}
	return r
}

// civil is the year, month and day of the month, so many days after 1970-01-01.
// It counts in years that begin on March 1, so that the leap day is the last.
func civil(days int64) (y, m, d int64) {
	const era = 146097 // days in 400 years
	z := days + 719468 // from 0000-03-01
	n := floorDiv(z, era)
	doe := z - n*era
	yoe := (doe - doe/1460 + doe/36524 - doe/(era-1)) / 365
	doy := doe - (365*yoe + yoe/4 - yoe/100)
	mp := (5*doy + 2) / 153
	y, m, d = yoe+400*n, mp+3, doy-(153*mp+2)/5+1
	if m > 12 {
		y, m = y+1, m-12
	}
	return y, m, d
}

// daysTo is the inverse of civil.
func daysTo(y, m, d int64) int64 {
	if m <= 2 {
		y, m = y-1, m+12
	}
	n := floorDiv(y, 400)
	yoe := y - 400*n
	doy := (153*(m-3)+2)/5 + d - 1
	return n*146097 + yoe*365 + yoe/4 - yoe/100 + doy - 719468
}

func dayOf(day int64) int64 { _, _, d := civil(day); return d }

func monthDays(y, m int64) int64 {
	if m == 12 {
		return 31
	}
	return daysTo(y, m+1, 1) - daysTo(y, m, 1)
}

func isoWeek(day int64) int64 {
	thursday := day - floorMod(day+3, 7) + 3
	y, _, _ := civil(thursday)
	return (thursday-daysTo(y, 1, 1))/7 + 1
}

// both takes a function of days for days and for times.
func both(f func(day int64) int64) []form {
	return []form{fn1(f).of(wantDate), fn1(func(ns int64) int64 { return f(floorDiv(ns, nsDay)) }).of(wantTime)}
}

// onDays gives days.
func onDays(f func(day int64) int64) []form {
	forms := both(f)
	return []form{forms[0].gives(Date), forms[1].gives(Date)}
}

// part is a part of a time's clock.
func part(unit time.Duration, of int64) []form {
	return []form{fn1(func(ns int64) int64 { return floorMod(floorDiv(ns, int64(unit)), of) }).of(wantTime)}
}

func sinceEpoch(unit time.Duration) []form {
	return []form{fn1(func(ns int64) int64 { return floorDiv(ns, int64(unit)) }).of(wantTime)}
}

func ofEpoch(unit time.Duration) []form {
	return []form{try1(func(n int64) (int64, bool) { return mulChecked(n, int64(unit)) }).gives(Timestamp)}
}

// later moves days, or times by their days.
func later(f func(day, n int64) (int64, bool)) []form {
	return []form{
		try2(func(day, n int64) (int64, bool) {
			d, ok := f(day, n)
			return d, ok && d == int64(int32(d))
		}).of(wantDate, wantInt).gives(Date),
		try2(func(ns, n int64) (int64, bool) {
			d, ok := f(floorDiv(ns, nsDay), n)
			if !ok {
				return 0, false
			}
			start, ok := mulChecked(d, nsDay)
			if !ok {
				return 0, false
			}
			return addChecked(start, floorMod(ns, nsDay))
		}).of(wantTime, wantInt).gives(Timestamp)}
}

func plusMonths(day, n int64) (int64, bool) {
	if n > math.MaxInt32*12 || n < math.MinInt32*12 {
		return 0, false
	}
	y, m, d := civil(day)
	months := 12*y + m - 1 + n
	y, m = floorDiv(months, 12), floorMod(months, 12)+1
	return daysTo(y, m, min(d, monthDays(y, m))), true
}

func dayOfParts(y, m, d int64) (int64, bool) {
	if y < -5_000_000 || y > 5_000_000 || m < 1 || m > 12 || d < 1 || d > monthDays(y, m) {
		return 0, false
	}
	return daysTo(y, m, d), true
}

// addChecked and mulChecked report whether the result fits.
func addChecked(x, y int64) (int64, bool) {
	r := x + y
	return r, (x^r)&(y^r) >= 0
}

func subChecked(x, y int64) (int64, bool) {
	r := x - y
	return r, (x^y)&(x^r) >= 0
}

func mulChecked(x, y int64) (int64, bool) {
	hi, lo := bits.Mul64(uint64(max(x, -x)), uint64(max(y, -y)))
	ok := hi == 0 && lo <= math.MaxInt64 && x != math.MinInt64 && y != math.MinInt64
	return x * y, ok
}

func binOf(ns, span int64, up bool) (int64, bool) {
	if span <= 0 {
		return 0, false
	}
	r := floorMod(ns, span)
	if r == 0 {
		return ns, true
	}
	if up {
		return addChecked(ns, span-r)
	}
	return subChecked(ns, r)
}

// zoned moves a time to the clock of a zone or back, and remembers between which
// times its clocks differ so much from UTC.
func zoned(there bool) func(fails) form {
	return func(fail fails) form {
		var name string
		var zone *time.Location
		var from, to, shift int64 // shift is good for from <= ns < to
		return try2(func(ns int64, want string) (int64, bool) {
			if zone == nil || name != want {
				z, err := time.LoadLocation(want)
				if err != nil || want == "" || want == "Local" {
					fail("no time zone %q; want a name as in `Europe/Berlin`", want)
				}
				name, zone, from, to = want, z, 0, 0
			}
			if !there {
				t := time.Unix(0, ns).UTC()
				return nanosOf(time.Date(t.Year(), t.Month(), t.Day(), t.Hour(), t.Minute(), t.Second(), t.Nanosecond(), zone))
			}
			if ns < from || ns >= to {
				t := time.Unix(0, ns).In(zone)
				_, sec := t.Zone()
				shift = int64(sec) * int64(time.Second)
				from, to = reach(t)
			}
			return addChecked(ns, shift)
		}).of(wantTime, wantText).gives(Timestamp)
	}
}

// reach is between which times the clocks of t's zone differ from UTC as then.
func reach(t time.Time) (from, to int64) {
	start, end := t.ZoneBounds()
	from, to = math.MinInt64, math.MaxInt64
	if ns, ok := nanosOf(start); ok && !start.IsZero() {
		from = ns
	}
	if ns, ok := nanosOf(end); ok && !end.IsZero() {
		to = ns
	}
	return from, to
}

// nanosOf is a time as a Timestamp, if it can be one.
func nanosOf(t time.Time) (int64, bool) {
	if y := t.Year(); y < 1678 || y > 2261 {
		return 0, false
	}
	return t.UnixNano(), true
}

func byLayout(s, layout string) (int64, bool) {
	t, err := time.Parse(layout, s)
	if err != nil {
		return 0, false
	}
	return nanosOf(t)
}

// parseSpan reads 1h30m, 1.5s, 2d, 1w3d and, of ISO 8601, P1DT2H30M.
func parseSpan(s string) (int64, bool) {
	s = strings.TrimSpace(s)
	neg := strings.HasPrefix(s, "-")
	s = strings.TrimPrefix(strings.TrimPrefix(s, "-"), "+")
	if rest, ok := strings.CutPrefix(s, "P"); ok {
		date, clock, timed := strings.Cut(rest, "T")
		if strings.ToUpper(rest) != rest || rest == "" || timed && clock == "" || strings.ContainsAny(date, "HMSY") || strings.ContainsAny(clock, "DWN") {
			return 0, false
		}
		s = strings.ToLower(date + clock)
	}
	total := int64(0)
	for s != "" {
		digits := strings.IndexFunc(s, func(r rune) bool { return r != '.' && (r < '0' || r > '9') })
		if digits <= 0 {
			return 0, false
		}
		unit, ok := int64(0), false
		rest := s[digits:]
		for _, u := range spanUnits {
			if rest2, is := strings.CutPrefix(rest, u.name); is {
				rest, unit, ok = rest2, u.ns, true
				break
			}
		}
		v, good := timesUnit(s[:digits], unit)
		if !ok || !good {
			return 0, false
		}
		if total, ok = addChecked(total, v); !ok {
			return 0, false
		}
		s = rest
		if s == "" {
			if neg {
				total = -total
			}
			return total, true
		}
	}
	return 0, false
}

// The longer of two names that begin alike stands first.
var spanUnits = []struct {
	name string
	ns   int64
}{{"ns", 1}, {"us", 1e3}, {"µs", 1e3}, {"ms", 1e6}, {"s", 1e9}, {"min", 60e9}, {"m", 60e9}, {"h", 3600e9}, {"d", nsDay}, {"w", 7 * nsDay}}

// timesUnit is a decimal number of units.
func timesUnit(number string, unit int64) (int64, bool) {
	whole, fraction, _ := strings.Cut(number, ".")
	if whole == "" && fraction == "" || strings.Contains(fraction, ".") {
		return 0, false
	}
	n := int64(0)
	if whole != "" {
		var err error
		if n, err = strconv.ParseInt(whole, 10, 64); err != nil {
			return 0, false
		}
	}
	n, ok := mulChecked(n, unit)
	if fraction != "" {
		f, err := strconv.ParseFloat("."+fraction, 64)
		if err != nil {
			return 0, false
		}
		var fits bool
		n, fits = addChecked(n, int64(math.Round(f*float64(unit))))
		ok = ok && fits
	}
	return n, ok
}
