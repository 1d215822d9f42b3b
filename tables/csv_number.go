package tables

import (
	enc "encoding/binary"
	"math"
	"math/bits"
	"strconv"
	"time"
	"unsafe"
)

// A csvKind is what a column's fields have turned out to be.
type csvKind uint8

const (
	kindUnknown csvKind = iota // only nulls so far
	kindInt
	kindFloat
	kindBool
	kindDate
	kindTime
	kindString
	kindUint // from here on only where a type demands it
	kindSingle
	kindDuration
)

// kindOf is the kind to read for a demanded type, kindUnknown if there is none.
func kindOf(t Type) csvKind {
	switch {
	case t == Uint64:
		return kindUint
	case t == Float32:
		return kindSingle
	case t.IsInteger():
		return kindInt
	case t.IsFloat():
		return kindFloat
	}
	return map[Type]csvKind{Bool: kindBool, Date: kindDate, Timestamp: kindTime, Duration: kindDuration, String: kindString, Char: kindString}[t]
}

func (k csvKind) typ() Type {
	return [...]Type{String, Int64, Float64, Bool, Date, Timestamp, String, Int64, Float64, Duration}[k]
}

// join is the narrowest kind that holds both.
func (k csvKind) join(l csvKind) csvKind {
	if k > l {
		k, l = l, k
	}
	switch {
	case k == l || k == kindUnknown:
		return l
	case k == kindInt && l == kindFloat:
		return kindFloat
	case k == kindDate && l == kindTime:
		return kindTime
	}
	return kindString
}

// parseInt takes decimal digits with a sign; false beyond 64 bits.
func parseInt(b []byte) (int64, bool) {
	v, next := scanInt(b, 0)
	if next == len(b) {
		return v, next > 0
	}
	if next < 0 && len(b) > 18 {
		return parseLongInt(b)
	}
	return 0, false
}

func parseLongInt(b []byte) (int64, bool) {
	if c := b[len(b)-1]; c < '0' || c > '9' {
		return 0, false
	}
	v, err := strconv.ParseInt(text(b), 10, 64)
	return v, err == nil
}

// parseUint is parseInt for unsigned integers, as the bits of one.
func parseUint(b []byte) (int64, bool) {
	v, err := strconv.ParseUint(text(b), 10, 64)
	return int64(v), err == nil
}

// parseDuration takes what time.Duration writes: 1h2m3.5s.
func parseDuration(b []byte) (int64, bool) {
	d, err := time.ParseDuration(text(b))
	return int64(d), err == nil
}

// text is b as a string that lives only as long as b is not written to.
func text(b []byte) string { return unsafe.String(unsafe.SliceData(b), len(b)) }

var pow10 = [...]float64{1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11,
	1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22}

// parseFloat takes decimal floats, NaN and infinities.
func parseFloat(b []byte) (float64, bool) {
	if f, next := scanFloat(b, 0); next == len(b) {
		return f, len(b) > 0
	}
	return slowFloat(b)
}

// scanFloat reads up to 19 digits with a sign and a point, which is what data
// mostly are, and divides exactly; next is -1 where strconv must look. It
// stops at the first other character.
func scanFloat(b []byte, pos int) (f float64, next int) {
	neg := false
	if pos < len(b) && (b[pos] == '-' || b[pos] == '+') {
		neg = b[pos] == '-'
		pos++
	}
	m, end := uint64(0), pos
	for end < len(b) && b[end]-'0' <= 9 { // few, as a rule
		m = m*10 + uint64(b[end]-'0')
		end++
	}
	digits, frac := end-pos, 0
	if end < len(b) && b[end] == '.' {
		from := end + 1
		m, end = scanDigits(b, from, m)
		frac = end - from
	}
	if digits += frac; digits == 0 || digits > 19 {
		return 0, -1
	}
	if f = overPow10(m, frac); neg {
		f = -f
	}
	return f, end
}

// overPow10 is m / 10^frac rounded once.
func overPow10(m uint64, frac int) float64 {
	if m < 1<<53 { // both are exact floats
		return float64(m) / pow10[frac]
	}
	return quotient(m, frac)
}

// scanDigits appends decimal digits to m, eight at a time; m overflows beyond
// 19.
func scanDigits(b []byte, pos int, m uint64) (uint64, int) {
	for pos+8 <= len(b) {
		w := enc.LittleEndian.Uint64(b[pos:])
		bad := ((w + 0x4646464646464646) | (w - zeros)) & highs // lowest bit: the first byte that is no digit
		w -= zeros
		if bad == 0 {
			m = m*1e8 + eightDigits(w)
			pos += 8
			continue
		}
		n := bits.TrailingZeros64(bad) / 8
		if n == 0 {
			return m, pos
		}
		// Moved up, the n digits have zeros before them.
		return m*pow10Int[n] + eightDigits(w<<(64-8*n)), pos + n
	}
	for pos < len(b) && b[pos]-'0' <= 9 {
		m = m*10 + uint64(b[pos]-'0')
		pos++
	}
	return m, pos
}

// eightDigits is the number whose digits are the bytes of w, the lowest byte
// first: pairs of digits, then pairs of pairs, side by side in one word.
func eightDigits(w uint64) uint64 {
	w = w*10 + w>>8
	const pairs, up, low = 0x000000ff000000ff, 100 + 1000000<<32, 1 + 10000<<32
	return ((w&pairs)*up + (w>>16&pairs)*low) >> 32
}

// scanInt reads up to 18 digits with a sign; next is -1 where there are none
// or more.
func scanInt(b []byte, pos int) (v int64, next int) {
	neg := false
	if pos < len(b) && (b[pos] == '-' || b[pos] == '+') {
		neg = b[pos] == '-'
		pos++
	}
	m, end := scanDigits(b, pos, 0)
	if end == pos || end-pos > 18 {
		return 0, -1
	}
	if neg {
		return -int64(m), end
	}
	return int64(m), end
}

var pow10Int = func() (p [20]uint64) {
	p[0] = 1
	for i := range 19 {
		p[i+1] = p[i] * 10
	}
	return p
}()

// quotient is m / 10^k rounded to the nearest float, halves to even, for m > 0
// and k < 20. A 128-bit division gives 64 bits of the quotient, of which a
// float keeps 53, and the remainder tells what lies below them.
func quotient(m uint64, k int) float64 {
	d := pow10Int[k]
	lm, ld := bits.LeadingZeros64(m), bits.LeadingZeros64(d)
	m <<= lm
	d <<= ld
	hi, lo, exp := m, uint64(0), ld-lm-64
	if m >= d { // the quotient must stay below 2^64
		hi, lo, exp = m>>1, m<<63, exp+1
	}
	q, rest := bits.Div64(hi, lo, d)
	mant, low := q>>11, q&(1<<11-1)
	const half = 1 << 10
	if low > half || low == half && (rest != 0 || mant&1 == 1) {
		mant++ // may reach 2^53, which carries into the exponent below
	}
	return math.Float64frombits(uint64(exp+11+52+1023)<<52 + (mant - 1<<52))
}

func slowFloat(b []byte) (float64, bool) {
	if len(b) == 0 {
		return 0, false
	}
	switch c := b[len(b)-1]; {
	case c >= '0' && c <= '9' || c == '.':
	case c|0x20 == 'n' || c|0x20 == 'f' || c|0x20 == 'y': // NaN, Inf, Infinity
	default:
		return 0, false
	}
	for _, c := range b {
		if c == '_' || c|0x20 == 'x' || c|0x20 == 'p' { // Go's own notations are no data
			return 0, false
		}
	}
	f, err := strconv.ParseFloat(text(b), 64)
	if err != nil && err.(*strconv.NumError).Err != strconv.ErrRange {
		return 0, false
	}
	return f, true
}

func parseBool(b []byte) (v, ok bool) {
	switch string(b) {
	case "true", "True", "TRUE":
		return true, true
	case "false", "False", "FALSE":
		return false, true
	}
	return false, false
}

// digits reads decimal digits; it is below 0 if there is anything else.
func digits(b []byte) int64 {
	n := int64(0)
	for _, c := range b {
		if c -= '0'; c > 9 {
			return -1
		}
		n = n*10 + int64(c)
	}
	return n
}

// parseDate takes 2006-01-02 and gives days since 1970-01-01. A year with a
// sign may have up to seven digits.
func parseDate(b []byte) (int32, bool) {
	year, sign := 4, int64(1)
	if len(b) > 10 && (b[0] == '+' || b[0] == '-') {
		if b[0] == '-' {
			sign = -1
		}
		b = b[1:]
		year = len(b) - 6
	}
	if len(b) != year+6 || year > 7 || b[year] != '-' || b[year+3] != '-' {
		return 0, false
	}
	y, m, d := digits(b[:year]), digits(b[year+1:year+3]), digits(b[year+4:])
	if y < 0 || m < 1 || m > 12 || d < 1 || d > 31 {
		return 0, false
	}
	y *= sign
	if d > 28 && d > monthDays(y, m) {
		return 0, false
	}
	days := daysTo(y, m, d)
	return int32(days), int64(int32(days)) == days
}

var timeLayouts = []string{"2006-01-02T15:04:05", "2006-01-02T15:04", "2006-01-02T15:04:05Z07:00",
	"2006-01-02T15:04Z07:00", "2006-01-02T15:04:05Z0700", "2006-01-02T15:04:05 Z07:00"}

// parseTime takes a day with or without a time of day and a zone, and gives
// nanoseconds since 1970 in UTC.
func parseTime(b []byte) (int64, bool) {
	if len(b) < 10 || len(b) > 40 || b[4] != '-' {
		return 0, false
	}
	if len(b) == 10 {
		d, ok := parseDate(b)
		return int64(d) * 86400 * 1e9, ok && inNanos(time.Unix(int64(d)*86400, 0))
	}
	if b[10] != ' ' && b[10] != 'T' {
		return 0, false
	}
	if ns, ok := parseTimeUTC(b); ok {
		return ns, true
	}
	s := string(b[:10]) + "T" + string(b[11:])
	for _, layout := range timeLayouts {
		if t, err := time.Parse(layout, s); err == nil {
			return t.UnixNano(), inNanos(t)
		}
	}
	return 0, false
}

// parseTimeUTC takes 2006-01-02 15:04:05 with up to nine digits of a fraction
// and no zone or Z, which is how times are mostly written.
func parseTimeUTC(b []byte) (int64, bool) {
	if b[len(b)-1] == 'Z' {
		b = b[:len(b)-1]
	}
	if len(b) < 19 || len(b) == 20 || len(b) > 29 || b[13] != ':' || b[16] != ':' || len(b) > 19 && b[19] != '.' {
		return 0, false
	}
	day, ok := parseDate(b[:10])
	h, m, s := digits(b[11:13]), digits(b[14:16]), digits(b[17:19])
	const first, last = -292 * 365, 291 * 365 // years that are surely within 64 bits
	if !ok || day < first || day > last || h < 0 || h > 23 || m < 0 || m > 59 || s < 0 || s > 59 {
		return 0, false
	}
	frac := int64(0)
	if len(b) > 20 {
		if frac = digits(b[20:]); frac < 0 {
			return 0, false
		}
		frac *= int64(pow10Int[29-len(b)])
	}
	return ((int64(day)*24+h)*60+m)*60*1e9 + s*1e9 + frac, true
}

// inNanos reports whether 64 bits of nanoseconds hold the time.
func inNanos(t time.Time) bool { y := t.UTC().Year(); return y >= 1678 && y <= 2261 }
