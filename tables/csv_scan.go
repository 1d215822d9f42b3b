package tables

import (
	"bytes"
	enc "encoding/binary"
	"math/bits"
)

// A scanner finds the ends of fields and rows in text.
type scanner struct {
	delim, line, quote byte
	extra              byte     // one more mark, or the quote
	ends               []uint32 // where a delimiter or a line end is; the first found are known
	rows               []uint32 // for each line end, how many ends there are up to it; the first lines are known
	found, lines       int
}

// reset makes the scanner ready for so many bytes, of which some are ends as a
// rule.
func (s *scanner) reset(size int) {
	s.found, s.lines = 0, 0
	s.room(size/8, size/32)
}

// room makes room for so many ends of fields and of rows, and for what the
// machine's ways of scanning write beyond them.
func (s *scanner) room(ends, rows int) {
	const beyond = 16
	if s.found+ends+beyond > len(s.ends) {
		s.ends = roomier(s.ends[:s.found], ends+beyond)
		s.ends = s.ends[:cap(s.ends)]
	}
	if s.lines+rows+beyond > len(s.rows) {
		s.rows = roomier(s.rows[:s.lines], rows+beyond)
		s.rows = s.rows[:cap(s.rows)]
	}
}

// add adds an end of a field, and of its row.
func (s *scanner) add(pos int, ofRow bool) {
	if s.found == len(s.ends) || s.lines == len(s.rows) {
		s.room(1, 1)
	}
	s.ends[s.found] = uint32(pos)
	s.found++
	if ofRow {
		s.rows[s.lines] = uint32(s.found)
		s.lines++
	}
}

const (
	ones  = 0x0101010101010101
	lows  = 0x7f7f7f7f7f7f7f7f
	highs = 0x8080808080808080
)

// zeroBytes has the highest bit of each byte of w that is zero.
func zeroBytes(w uint64) uint64 { return ^((w&lows + lows) | w | lows) }

// scanWords goes through b and stops at a mark, a quote, an extra
// mark or a NUL, or at the end.
func (s *scanner) scanWords(b []byte, from int) (pos int) {
	delim, line, quote, extra := uint64(s.delim)*ones, uint64(s.line)*ones, uint64(s.quote)*ones, uint64(s.extra)*ones
	for ; from+8 <= len(b); from += 8 {
		w := enc.LittleEndian.Uint64(b[from:])
		mark := zeroBytes(w^quote) | zeroBytes(w^extra) | zeroBytes(w)
		hits := zeroBytes(w^delim) | zeroBytes(w^line)
		if mark != 0 {
			hits &= mark&-mark - 1
		}
		for ; hits != 0; hits &= hits - 1 {
			at := from + bits.TrailingZeros64(hits)/8
			s.add(at, b[at] == s.line)
		}
		if mark != 0 {
			return from + bits.TrailingZeros64(mark)/8
		}
	}
	for ; from < len(b); from++ {
		switch b[from] {
		case s.quote, s.extra, 0:
			return from
		case s.delim:
			s.add(from, false)
		case s.line:
			s.add(from, true)
		}
	}
	return from
}

// linesByByte counts line feeds and tells whether there are quotes.
func linesByByte(b []byte, quote byte) (n int, quotes bool) {
	return bytes.Count(b, []byte{'\n'}), bytes.IndexByte(b, quote) >= 0
}

// A quoteScan is what quotedBytes looks for, and what it knows of the bytes
// before those that it looks at. In words, whose bits are the same or of which
// the lowest is one or zero: are they in quotes; do they end a field or quotes;
// do they end quotes; do they end a row.
type quoteScan struct {
	delim, line, quote, extra byte
	after                     byte // one more that may stand behind quotes
	comment                   byte
	in, open, closed, begin   uint64
}

// quotedBytes goes through text with fields in quotes. It stops at a quote that
// neither starts a field nor ends one, at what else is behind quotes, at an
// extra mark outside of quotes, a comment mark where a row starts, and a NUL.
func (s *scanner) quotedBytes(b []byte, from int, q *quoteScan) (pos int, stop bool) {
	for ; from < len(b); from++ {
		c := b[from]
		end := c == q.delim || c == q.line
		switch {
		case c == 0, q.in == 0 && c == q.extra, q.begin != 0 && c == q.comment,
			q.in == 0 && c == q.quote && q.open == 0,
			q.closed != 0 && !end && c != q.quote && c != q.after:
			return from, true
		case c == q.quote:
			q.in = ^q.in
			q.open, q.closed = q.in+1, q.in+1
		case q.in == 0 && end:
			s.add(from, c == q.line)
			q.open, q.closed = 1, 0
		default:
			q.open, q.closed = 0, 0
		}
		q.begin = uint64(bit(q.in == 0 && c == q.line))
	}
	return from, false
}
