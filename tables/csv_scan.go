package tables

import (
	"bytes"
	enc "encoding/binary"
	"math/bits"
)

// A scanner finds the ends of fields and rows in text that has no quotes.
type scanner struct {
	delim, line, quote byte
	extra              byte     // one more mark, or the quote
	ends               []uint32 // where a delimiter or a line end is; the first so many are known
	rows               []uint32 // for each line end, how many ends there are up to it; the first lines of them are known
	found, lines       int
}

// reset makes the scanner ready for so many bytes.
func (s *scanner) reset(size int) {
	const beyond = 16 // see scanAVX2
	if len(s.ends) < size+beyond {
		s.ends, s.rows = uncleared[uint32](size+beyond), uncleared[uint32](size+beyond)
	}
	s.found, s.lines = 0, 0
}

// end adds an end of a field, and of its row.
func (s *scanner) end(pos int, ofRow bool) {
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
			s.end(at, b[at] == s.line)
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
			s.end(from, false)
		case s.line:
			s.end(from, true)
		}
	}
	return from
}

// linesByByte counts line feeds and tells whether there are quotes.
func linesByByte(b []byte, quote byte) (n int, quotes bool) {
	return bytes.Count(b, []byte{'\n'}), bytes.IndexByte(b, quote) >= 0
}
