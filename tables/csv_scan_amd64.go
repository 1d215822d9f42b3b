package tables

import "golang.org/x/sys/cpu"

// scanAVX2 is scanWords for whole blocks of 64 bytes: it stops at the first
// mark, or where less than a block is left. It writes up to 8 ends of fields
// and one of rows more than it finds.
//
//go:noescape
func scanAVX2(b *byte, from, to int, marks uint32, ends *uint32, nends int, rows *uint32, nrows int) (pos, ends2, rows2 int)

var scanFast = cpu.X86.HasAVX2 && cpu.X86.HasBMI1 && cpu.X86.HasPOPCNT

// scanAhead is how many bytes are scanned at once: each could be an end.
const scanAhead = 1 << 13

// scan is scanWords by the fastest way that the machine has.
func (s *scanner) scan(b []byte, from int) (pos int) {
	for scanFast && from+64 <= len(b) {
		to := min(from+scanAhead, len(b))
		s.room(to-from, to-from)
		marks := uint32(s.delim) | uint32(s.line)<<8 | uint32(s.quote)<<16 | uint32(s.extra)<<24
		from, s.found, s.lines = scanAVX2(&b[0], from, to, marks, &s.ends[0], s.found, &s.rows[0], s.lines)
		if from+64 <= to { // a mark
			return from
		}
	}
	return s.scanWords(b, from)
}

// linesAVX2 counts line ends and tells whether there are quotes, in n bytes, n a
// positive multiple of 128.
//
//go:noescape
func linesAVX2(b *byte, n int, line, quote byte) (lines int, quotes bool)

// lines counts line feeds and tells whether there are quotes.
func lines(b []byte, quote byte) (n int, quotes bool) {
	if scanFast && len(b) >= 128 {
		most := len(b) &^ 127
		n, quotes = linesAVX2(&b[0], most, '\n', quote)
		b = b[most:]
	}
	rest, more := linesByByte(b, quote)
	return n + rest, quotes || more
}

// quotedAVX2 is quotedBytes for whole blocks of 64 bytes: stop tells whether it
// has met something else, or less than a block is left. It writes up to 4 ends
// of fields more than it finds.
//
//go:noescape
func quotedAVX2(b *byte, from, to int, s *quoteScan, ends *uint32, nends int, rows *uint32, nrows int) (pos, ends2, rows2 int, stop bool)

var quotedFast = scanFast && cpu.X86.HasPCLMULQDQ

// quoted is quotedBytes by the fastest way that the machine has.
func (s *scanner) quoted(b []byte, from int, q *quoteScan) (pos int, stop bool) {
	for quotedFast && from+64 <= len(b) {
		to := min(from+scanAhead, len(b))
		s.room(to-from, to-from)
		from, s.found, s.lines, stop = quotedAVX2(&b[0], from, to, q, &s.ends[0], s.found, &s.rows[0], s.lines)
		if stop {
			return from, true
		}
	}
	return s.quotedBytes(b, from, q)
}
