package tables

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"sync"
	"time"
	"unicode/utf8"
)

// A csvFormat writes the cells of one column.
type csvFormat struct {
	*csvConfig
	col *Col
	add func(b []byte, row int) []byte
	mu  sync.Mutex
	bad error // why the column cannot be written
	row int   // the first row to blame for it
}

// blame notes what cannot be written; of several rows the first counts.
func (f *csvFormat) blame(row int, format string, args ...any) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.bad == nil || row < f.row {
		f.bad, f.row = fmt.Errorf(format, args...), row
	}
}

func (f *csvFormat) blamed() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.bad == nil {
		return nil
	}
	return fmt.Errorf("row %d, column %q: %w", f.row, f.col.name, f.bad)
}

// What a byte of a text may call for.
const (
	wantsQuotes = 1 << iota
	wantsLook   // is not ASCII, or NUL
)

// marks tells what bytes call for.
func (c *csvConfig) marks() *[256]uint8 {
	m := new([256]uint8)
	for i := utf8.RuneSelf; i < 256; i++ {
		m[i] = wantsLook
	}
	m[0] = wantsLook
	for _, x := range []byte{c.delim, '\n', '\r', c.quote, c.escape, c.comment} {
		if x != 0 {
			m[x] |= wantsQuotes
		}
	}
	return m
}

// format makes the writer of a column.
func (c *csvConfig) format(col *Col, marks *[256]uint8) (*csvFormat, error) {
	f := &csvFormat{csvConfig: c, col: col, row: -1}
	switch s := col.data.(type) {
	case bools:
		f.add = func(b []byte, r int) []byte { return strconv.AppendBool(b, s.b.get(r)) }
	case nums[int8]:
		f.add = intCells(s.v)
	case nums[int16]:
		f.add = intCells(s.v)
	case nums[int32]:
		f.add = f.int32Cells(s.v, marks)
	case nums[int64]:
		f.add = int64Cells(col.typ, s.v)
	case nums[uint8]:
		f.add = uintCells(s.v)
	case nums[uint16]:
		f.add = uintCells(s.v)
	case nums[uint32]:
		f.add = uintCells(s.v)
	case nums[uint64]:
		f.add = uintCells(s.v)
	case nums[float32]:
		f.add = func(b []byte, r int) []byte { return appendSingle(b, s.v[r], f.decimal) }
	case nums[float64]:
		wide := pow10Wide()
		f.add = func(b []byte, r int) []byte { return appendFloat(b, s.v[r], wide, f.decimal) }
	case dict:
		f.words(s, marks)
	case strs:
		f.add = func(b []byte, r int) []byte { return f.text(b, s.at(r), marks, r) }
	}
	if f.add == nil || col.typ.IsVector() || kindOf(col.typ) == kindUnknown {
		return nil, fmt.Errorf("column %q: %v cannot be written as CSV: %w", col.name, col.typ, ErrType)
	}
	f.guard(marks)
	return f, nil
}

// guard puts what is not text in quotes where it would be taken for something
// else without. That cannot be unless the options have it so.
func (f *csvFormat) guard(marks *[256]uint8) {
	may := f.nulls != nil
	for _, c := range []byte("+-.: 0123456789aefhilmnrstuyINT" + string(f.decimal)) {
		may = may || marks[c] != 0
	}
	if _, text := f.col.data.(texts); text || f.col.typ == Char || !may {
		return
	}
	add := f.add
	f.add = func(b []byte, r int) []byte {
		from := len(b)
		b = add(b, r)
		cell := b[from:]
		found := uint8(0)
		for _, c := range cell {
			found |= marks[c]
		}
		if found&wantsQuotes == 0 && !f.nulls[string(cell)] {
			return b
		}
		return f.quoted(b[:from], string(cell), r)
	}
}

func intCells[T int8 | int16 | int32 | int64](v []T) func([]byte, int) []byte {
	return func(b []byte, r int) []byte { return appendDecimal(b, int64(v[r])) }
}

func uintCells[T uint8 | uint16 | uint32 | uint64](v []T) func([]byte, int) []byte {
	return func(b []byte, r int) []byte { return strconv.AppendUint(b, uint64(v[r]), 10) }
}

func (f *csvFormat) int32Cells(v []int32, marks *[256]uint8) func([]byte, int) []byte {
	switch f.col.typ {
	case Date:
		return func(b []byte, r int) []byte { return appendDate(b, int64(v[r])) }
	case Char:
		return func(b []byte, r int) []byte {
			if !utf8.ValidRune(v[r]) {
				f.blame(r, "%#x is no character", v[r])
			}
			return f.text(b, string(v[r]), marks, r)
		}
	}
	return intCells(v)
}

func int64Cells(t Type, v []int64) func([]byte, int) []byte {
	switch t {
	case Timestamp:
		return func(b []byte, r int) []byte { return appendTime(b, v[r]) }
	case Duration:
		return func(b []byte, r int) []byte { return append(b, time.Duration(v[r]).String()...) }
	}
	return intCells(v)
}

// words prepares the words of a dictionary.
func (f *csvFormat) words(s dict, marks *[256]uint8) {
	words := make([][]byte, s.words.len())
	first := make([]int, len(words)) // row, for errors
	for i := range words {
		first[i] = -1
	}
	for i, c := range s.codes {
		poll(i)
		if first[c] < 0 && !f.col.IsNull(i) {
			first[c] = i
		}
	}
	for i := range words {
		poll(i)
		if first[i] >= 0 {
			words[i] = f.text(nil, s.words.at(i), marks, first[i])
		}
	}
	f.add = func(b []byte, r int) []byte { return append(b, words[s.codes[r]]...) }
}

// text writes text in quotes where it needs them: where it would be taken for
// something else without.
func (f *csvFormat) text(b []byte, s string, marks *[256]uint8, row int) []byte {
	found := uint8(0)
	for i := range len(s) {
		found |= marks[s[i]]
	}
	if found&wantsLook != 0 {
		f.look(s, row)
		if strings.HasPrefix(s, "\ufeff") {
			found |= wantsQuotes // no byte order mark
		}
	}
	plain := found&wantsQuotes == 0 && !f.quoteText && s != "" && s[0] != ' ' && s[0] != '\t' && s[len(s)-1] != ' ' && s[len(s)-1] != '\t'
	if plain && (f.nulls == nil || !f.nulls[s]) {
		return append(b, s...)
	}
	return f.quoted(b, s, row)
}

func (f *csvFormat) quoted(b []byte, s string, row int) []byte {
	if f.quote == 0 {
		f.blame(row, "want text that needs no quotes, got %q", excerpt([]byte(s)))
	}
	b = append(b, f.quote)
	for i := range len(s) {
		switch {
		case s[i] == f.quote:
			b = append(b, f.quote)
		case s[i] == f.escape && f.escape != 0:
			b = append(b, f.escape)
		}
		b = append(b, s[i])
	}
	return append(b, f.quote)
}

// look refuses text that could not be read back.
func (f *csvFormat) look(s string, row int) {
	if !utf8.ValidString(s) {
		f.blame(row, "want UTF-8 text, got %q", excerpt([]byte(s)))
	}
	for i := range len(s) {
		if s[i] == 0 {
			f.blame(row, "want text without NUL bytes, got %q", excerpt([]byte(s)))
			return
		}
	}
}

// appendSingle is appendFloat for the shortest digits of a float32.
func appendSingle(b []byte, v float32, point byte) []byte {
	from := len(b)
	b = strconv.AppendFloat(b, float64(v), 'g', -1, 32)
	if v != v {
		return b
	}
	if math.IsInf(float64(v), 0) {
		return append(b[:from], map[bool]string{true: "-Inf", false: "Inf"}[v < 0]...)
	}
	whole := true
	for i := from; i < len(b); i++ {
		switch b[i] {
		case '.':
			b[i] = point
			whole = false
		case 'e':
			whole = false
		}
	}
	if whole {
		b = append(b, point, '0')
	}
	return b
}

// appendDate writes days since 1970 as 2006-01-02; years of more than four
// digits have a sign.
func appendDate(b []byte, days int64) []byte {
	y, m, d := civil(days)
	if y < 0 || y > 9999 {
		sign := byte('+')
		if y < 0 {
			sign, y = '-', -y
		}
		b = append(b, sign)
		for p := int64(1000); p > y && p > 1; p /= 10 {
			b = append(b, '0')
		}
		b = strconv.AppendInt(b, y, 10)
	} else {
		b = append(b, byte('0'+y/1000), byte('0'+y/100%10), byte('0'+y/10%10), byte('0'+y%10))
	}
	return append(b, '-', byte('0'+m/10), byte('0'+m%10), '-', byte('0'+d/10), byte('0'+d%10))
}

// appendTime writes nanoseconds since 1970 as 2006-01-02 15:04:05.999999999.
func appendTime(b []byte, ns int64) []byte {
	const day = int64(24 * time.Hour)
	days := ns / day
	if ns %= day; ns < 0 {
		days--
		ns += day
	}
	b = appendDate(b, days)
	sec, ns := ns/1e9, ns%1e9
	h, m, s := sec/3600, sec/60%60, sec%60
	b = append(b, ' ', byte('0'+h/10), byte('0'+h%10), ':', byte('0'+m/10), byte('0'+m%10), ':', byte('0'+s/10), byte('0'+s%10))
	if ns == 0 {
		return b
	}
	b = append(b, '.')
	for p := int64(1e8); ns > 0; p /= 10 {
		b = append(b, byte('0'+ns/p))
		ns %= p
	}
	return b
}
