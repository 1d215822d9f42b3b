package tables

import (
	"bytes"
	enc "encoding/binary"
	"math"
	"math/bits"
	"strconv"
	"unicode/utf8"
)

// csvCells is one column of the chunk that a worker has indexed.
type csvCells struct {
	*csvWorker
	col   *csvColumn
	part  *csvPart
	b     []byte // the chunk
	lo    int    // where it starts in the text
	ends  []uint32
	to    []uint32 // field r goes from one behind ends[r*step] to to[r*cols]
	step  int
	at    int // the first row's number
	index int // the column's
	err   *csvError
}

// column reads one column; the error is of a field that a demanded type cannot
// hold, or of text that is none.
func (w *csvWorker) column(c *csvChunk, i int) *csvError {
	if w.n == 0 {
		return nil
	}
	t := w.cells(c, i)
	switch t.col.kind {
	case kindInt:
		t.ints(t.col.i[c.at : c.at+c.rows])
	case kindFloat:
		t.floats(t.col.f[c.at : c.at+c.rows])
	case kindString:
		t.texts(t.col.d[c.at : c.at+c.rows])
	case kindBool:
		t.bools(t.col.b[c.at : c.at+c.rows])
	default:
		for r := 0; r < w.n && t.other(r); r++ {
		}
	}
	return t.err
}

func (w *csvWorker) cells(c *csvChunk, i int) csvCells {
	t := csvCells{csvWorker: w, col: &w.csvFile.cols[i], part: &c.parts[i], b: w.text[c.lo:c.hi], lo: c.lo, at: c.at, index: i,
		ends: w.before, to: w.csvGrid.ends[i:w.found], step: 1}
	if i > 0 {
		t.ends, t.step = w.csvGrid.ends[i-1:w.found], w.csvGrid.cols
	}
	return t
}

// field is where field r of the column is in the chunk.
func (t *csvCells) field(r int) (lo, hi int) {
	return int(t.ends[r*t.step] + 1), int(t.to[r*t.csvGrid.cols])
}

// ints reads plain integers and leaves everything else to other.
func (t *csvCells) ints(out []int64) {
	from, to, left := t.fastInts(out)
	if !t.someInts(out, 0, from) {
		return
	}
	for _, r := range left {
		if !t.other(from + int(r)) {
			return
		}
	}
	t.someInts(out, to, len(out))
}

// someInts reads plain integers of up to 16 digits eight digits at a time.
func (t *csvCells) someInts(out []int64, from, to int) bool {
	b, step, cols := t.b, t.step, t.csvGrid.cols
	plain := t.csvFile.plain
	for r, p, q := from, from*step, from*cols; r < to; r, p, q = r+1, p+step, q+cols {
		lo, hi := int(t.ends[p]+1), int(t.to[q])
		if plain && hi >= 16 && uint(hi-lo-1) < 17 {
			neg := 0
			if b[lo] == '-' {
				neg = 1
			}
			n := hi - lo - neg
			low := enc.LittleEndian.Uint64(b[hi-8:]) ^ zeros
			high := enc.LittleEndian.Uint64(b[hi-16:]) ^ zeros
			cut := uint(8 * (8 - min(n, 8)))
			low = low >> cut << cut
			cut = uint(8 * (16 - max(n, 8)))
			high = high >> cut << cut
			if (low+noDigit|low|(high+noDigit)|high)&highs == 0 && uint(n-1) < 16 {
				v := int64(eightDigits(high)*1e8 + eightDigits(low))
				out[r] = v ^ -int64(neg) + int64(neg)
				continue
			}
		}
		if !t.other(r) {
			return false
		}
	}
	return true
}

const (
	zeros   = 0x3030303030303030
	noDigit = 0x7676767676767676 // added to a byte beyond 9, sets its highest bit
)

// floats reads plain decimals and leaves everything else to other.
func (t *csvCells) floats(out []float64) {
	from, to, left := t.fastFloats(out)
	if !t.someFloats(out, 0, from) {
		return
	}
	for _, r := range left {
		if !t.other(from + int(r)) {
			return
		}
	}
	t.someFloats(out, to, len(out))
}

// someFloats reads plain decimals with their point near their start.
func (t *csvCells) someFloats(out []float64, from, to int) bool {
	b, step, cols := t.b, t.step, t.csvGrid.cols
	point := uint64(t.decimal) * ones
	plain := t.csvFile.plain
	for r, p, q := from, from*step, from*cols; r < to; r, p, q = r+1, p+step, q+cols {
		lo, hi := int(t.ends[p]+1), int(t.to[q])
		if plain && lo < hi {
			neg := uint64(0)
			if b[lo] == '-' {
				neg = 1
			}
			if m, frac := decimalAt(b, lo+int(neg), hi, point); frac >= 0 {
				out[r] = math.Float64frombits(math.Float64bits(overPow10(m, frac)) | neg<<63)
				continue
			}
		}
		if !t.other(r) {
			return false
		}
	}
	return true
}

func (t *csvCells) bools(out []bool) {
	plain := t.nulls == nil
	for r := range out {
		lo, hi := t.field(r)
		if n := hi - lo; plain && uint(n-1) < 5 && lo+8 <= len(t.b) {
			w := enc.LittleEndian.Uint64(t.b[lo:]) & (1<<(8*n) - 1)
			yes := bit(w == wordtrue) | bit(w == wordTrue) | bit(w == wordTRUE)
			no := bit(w == wordfalse) | bit(w == wordFalse) | bit(w == wordFALSE)
			if out[r] = yes != 0; yes|no != 0 {
				continue
			}
		}
		if !t.other(r) {
			return
		}
	}
}

// bit is for conditions of which no branch shall guess the outcome.
func bit(b bool) uint8 {
	if b {
		return 1
	}
	return 0
}

// The bytes of words, the first one lowest.
const (
	wordtrue  = 't' | 'r'<<8 | 'u'<<16 | 'e'<<24
	wordTrue  = 'T' | 'r'<<8 | 'u'<<16 | 'e'<<24
	wordTRUE  = 'T' | 'R'<<8 | 'U'<<16 | 'E'<<24
	wordfalse = 'f' | 'a'<<8 | 'l'<<16 | 's'<<24 | 'e'<<32
	wordFalse = 'F' | 'a'<<8 | 'l'<<16 | 's'<<24 | 'e'<<32
	wordFALSE = 'F' | 'A'<<8 | 'L'<<16 | 'S'<<24 | 'E'<<32
)

// decimalAt reads digits with a point among the first eight characters: the
// number is m / 10^frac. frac is -1 if there is anything else, or more than 19
// digits.
func decimalAt(b []byte, lo, hi int, point uint64) (m uint64, frac int) {
	if hi < 24 || lo+8 > len(b) {
		return 0, -1
	}
	head := enc.LittleEndian.Uint64(b[lo:])
	dot := bits.TrailingZeros64(zeroBytes(head^point)) &^ 7
	frac = hi - lo - 1 - dot/8
	if dot == 64 || uint(frac-1) >= 18 || frac+dot/8 > 19 {
		return 0, -1
	}
	head = (head ^ zeros) << (64 - dot)
	low := enc.LittleEndian.Uint64(b[hi-8:]) ^ zeros
	mid := enc.LittleEndian.Uint64(b[hi-16:]) ^ zeros
	high := enc.LittleEndian.Uint64(b[hi-24:]) ^ zeros
	cut := 8 * uint(8-min(frac, 8))
	low = low >> cut << cut
	cut = 8 * uint(16-min(max(frac, 8), 16))
	mid = mid >> cut << cut
	cut = 8 * uint(24-max(frac, 16))
	high = high >> cut << cut
	if (head+noDigit|head|(low+noDigit)|low|(mid+noDigit)|mid|(high+noDigit)|high)&highs != 0 {
		return 0, -1
	}
	return eightDigits(head)*pow10Int[frac] + eightDigits(high)*1e16 + eightDigits(mid)*1e8 + eightDigits(low), frac
}

// texts reads text, by a dictionary of the worker's while that pays.
func (t *csvCells) texts(out []int32) {
	split := false // a text starts inside of a character
	if t.col.plain.Load() {
		split = t.plainTexts(out)
	} else {
		if t.dicts[t.index] == nil {
			t.dicts[t.index] = &csvDict{dictBuilder: newDictBuilder(0)}
		}
		d := t.dicts[t.index]
		t.part.dict = d
		for r := range out {
			b := t.cellText(r)
			split = split || len(b) > 0 && !utf8.RuneStart(b[0])
			out[r] = d.code(text(b))
		}
	}
	t.checkText(out, split)
}

// plainTexts puts text end to end; split tells whether one starts inside of a
// character.
func (t *csvCells) plainTexts(out []int32) (split bool) {
	const block = 32 // bytes are moved so many at a time
	size := block
	for r := range out {
		lo, hi := t.field(r)
		size += max(hi-lo, 0)
	}
	if len(t.room) < size {
		t.room = uncleared[byte](max(size, min(1<<18, len(t.text))))
	}
	at, to, b, quote, plain := 0, t.room, t.b, t.csvFile.quote, t.nulls == nil
	for r := range out {
		lo, hi := t.field(r)
		n := hi - lo
		if plain && uint(n-1) < block && lo+block <= len(b) && b[lo] > ' ' && b[hi-1] > ' ' && b[lo] != quote {
			*(*[block]byte)(to[at:]) = *(*[block]byte)(b[lo:])
			split = split || !utf8.RuneStart(b[lo])
		} else {
			n = copy(to[at:], t.cellText(r))
			split = split || n > 0 && !utf8.RuneStart(to[at])
		}
		out[r] = int32(n)
		at += n
	}
	t.part.txt, t.room = to[:at:at], to[at:]
	return split
}

// cellText is the text of field r; a null, which is noted, has none.
func (t *csvCells) cellText(r int) []byte {
	lo, hi := t.field(r)
	if lo < hi {
		quote := t.csvFile.quote
		switch first, last := t.b[lo], t.b[hi-1]; {
		case first > ' ' && last > ' ' && first != quote && t.nulls == nil:
			return t.b[lo:hi]
		case first == quote && last == quote && quote != 0 && lo+1 < hi && t.escape == 0 && !t.trim:
			return t.single(t.b[lo+1 : hi-1])
		}
	}
	b, quoted := t.value(lo, hi)
	if len(b) == 0 && !quoted || t.nulls != nil && !quoted && t.nulls[string(b)] {
		t.part.nulls = append(t.part.nulls, int32(r))
		return nil
	}
	return b
}

// single is the text in quotes with its doubled quotes made single.
func (t *csvCells) single(b []byte) []byte {
	i := bytes.IndexByte(b, t.csvFile.quote)
	if i < 0 {
		return b
	}
	out := t.scratch[:0]
	for ; i >= 0; i = bytes.IndexByte(b, t.csvFile.quote) {
		out = append(out, b[:i+1]...)
		b = b[min(i+2, len(b)):]
	}
	t.scratch = append(out, b...)
	return t.scratch
}

// checkText sees that text is UTF-8, looking at many end to end, and whether the
// dictionary still pays.
func (t *csvCells) checkText(out []int32, split bool) {
	valid := true
	if d := t.part.dict; d != nil {
		valid = utf8.Valid(d.words.b[d.checked:])
		d.checked = len(d.words.b)
		d.rows += len(out)
		if d.rows >= dictRows && !worthDict(d.words.len(), d.rows) {
			t.col.plain.Store(true)
		}
	} else {
		valid = utf8.Valid(t.part.txt)
	}
	if valid && !split {
		return
	}
	for r := range out {
		lo, hi := t.field(r)
		if b, _ := t.value(lo, hi); !utf8.Valid(b) {
			t.fail(lo, "column %q: want UTF-8 text, got %q", t.names[t.index], excerpt(b))
			return
		}
	}
}

// fail notes the first error.
func (t *csvCells) fail(pos int, format string, args ...any) {
	t.err = t.errorAt(t.lo+pos, format, args...)
}

// excerpt is enough of a field to recognize it.
func excerpt(b []byte) string {
	const most = 60
	if len(b) <= most {
		return string(b)
	}
	return string(b[:most]) + "…"
}

// value is a field without quotes and surrounding blanks.
func (t *csvCells) value(lo, hi int) (b []byte, quoted bool) {
	if lo >= hi { // empty, or not there
		return nil, false
	}
	s, _, err := t.csvFile.field(t.lo + lo)
	if err != nil { // it has been indexed: the file has changed
		panic(err)
	}
	return t.bytes(s, &t.scratch), s.quoted
}

// other reads field r of any kind; false ends the column.
func (t *csvCells) other(r int) bool {
	lo, hi := t.field(r)
	b, quoted := t.value(lo, hi)
	c := t.col
	if len(b) == 0 || t.nulls != nil && !quoted && t.nulls[string(b)] {
		t.part.empty = t.part.empty || quoted && len(b) == 0
		t.part.nulls = append(t.part.nulls, int32(r))
		c.setNull(t.at + r)
		return true
	}
	if t.part.want == kindUnknown && t.set(t.at+r, b) {
		return true
	}
	if c.forced {
		t.fail(lo, "column %q: want %v, got %q", t.names[t.index], t.types[t.names[t.index]], excerpt(b))
		return false
	}
	if t.part.want = t.part.want.join(c.kind).join(t.detect(b, &t.number)); t.part.want == c.kind {
		t.part.want = kindString // a day that is no point in time, being too far away
	}
	return true
}

func (c *csvColumn) setNull(row int) {
	switch {
	case c.i != nil:
		c.i[row] = 0
	case c.f != nil:
		c.f[row] = 0
	case c.b != nil:
		c.b[row] = false
	case c.d != nil:
		c.d[row] = 0
	}
}

// set puts a field in its row if it is of the column's kind.
func (t *csvCells) set(row int, b []byte) (ok bool) {
	c := t.col
	switch c.kind {
	case kindInt:
		c.i[row], ok = parseInt(t.tidy(b, &t.number))
	case kindUint:
		c.i[row], ok = parseUint(t.tidy(b, &t.number))
	case kindFloat:
		c.f[row], ok = parseFloat(t.tidy(b, &t.number))
	case kindSingle:
		c.f[row], ok = parseSingle(t.tidy(b, &t.number))
	case kindBool:
		c.b[row], ok = parseBool(b)
	case kindDate:
		c.d[row], ok = parseDate(b)
	case kindTime:
		c.i[row], ok = parseTime(b)
	case kindDuration:
		c.i[row], ok = parseDuration(b)
	}
	return ok
}

// detect is the narrowest kind that a field has.
func (c *csvConfig) detect(b []byte, scratch *[]byte) csvKind {
	n := c.tidy(b, scratch)
	if _, ok := parseInt(n); ok {
		return kindInt
	}
	if _, ok := parseFloat(n); ok {
		return kindFloat
	}
	if _, ok := parseBool(b); ok {
		return kindBool
	}
	if _, ok := parseDate(b); ok {
		return kindDate
	}
	if _, ok := parseTime(b); ok {
		return kindTime
	}
	return kindString
}

// tidy is a number as Go writes it: without the marks between thousands and
// with a point. What is no number stays none.
func (c *csvConfig) tidy(b []byte, scratch *[]byte) []byte {
	if c.decimal == '.' && c.thousands == 0 {
		return b
	}
	out := (*scratch)[:0]
	group, behind := -1, false // digits since a mark; behind the point
	for _, x := range b {
		switch {
		case x == c.decimal && !behind:
			if group >= 0 && group != 3 {
				return nil
			}
			behind, group = true, -1
			out = append(out, '.')
			continue
		case x == c.thousands && x != 0:
			if behind || len(out) == 0 || group >= 0 && group != 3 || group < 0 && len(out) > 4 {
				return nil
			}
			group = 0
			continue
		case x == '.':
			return nil
		case group >= 0:
			group++
		}
		out = append(out, x)
	}
	if group >= 0 && group != 3 {
		return nil
	}
	*scratch = out
	return out
}

// parseSingle is parseFloat to the nearest float32; rounding twice is another
// matter where the first time ends between two of them.
func parseSingle(b []byte) (float64, bool) {
	f, ok := parseFloat(b)
	if ok && math.Float64bits(f)&(1<<29-1) == 1<<28 {
		if g, err := strconv.ParseFloat(text(b), 32); err == nil {
			return g, true
		}
	}
	return f, ok
}
