package tables

import (
	"bytes"
	"math"

	"github.com/sheaf-go/sheaf/internal/interrupt"
)

// maxMissing is how many fields a chunk may have if rows may be too short: a
// small file could be a table of any size.
const maxMissing = 1 << 26

// A csvGrid is where the fields of a chunk are: row r's field j ends at
// ends[r*cols+j] and starts one behind the end before it, the first of a row
// one behind before[r], which the start of the chunk makes wrap. A field
// that starts behind its end is not there. Positions count from the start of
// the chunk.
type csvGrid struct {
	scanner
	before  []uint32
	n       int // rows
	cols    int
	end     int  // where the next record starts in the text, the chunk's end as a rule
	returns int  // carriage returns that must be before line ends
	open    bool // the chunk has ended in quotes
}

// index finds the fields of a chunk; what is not plain goes field by field. The
// last record may go on behind the chunk.
func (g *csvGrid) index(f *csvFile, c *csvChunk) error {
	interrupt.Check()
	if c.hi-c.lo > math.MaxInt32-64 {
		return f.errorAt(c.lo, "want a record of 2 GiB at most, got one of %d bytes", c.hi-c.lo)
	}
	g.cols, g.end, g.open = len(f.names), c.hi, false
	if f.escape == 0 {
		if g.plain(f, f.text[c.lo:c.hi]) {
			return nil
		}
		if g.open {
			hi, err := f.recordEnd(c.lo + g.rowStart())
			g.end = afterLineEnd(f.text, hi)
			if err == nil && g.end-c.lo < math.MaxInt32-64 && g.plain(f, f.text[c.lo:g.end]) {
				return nil
			}
		}
	}
	return g.general(f, c)
}

// plain indexes a chunk whose lines end in one way and whose rows are as long
// as they should be; false if it is not such a chunk.
func (g *csvGrid) plain(f *csvFile, b []byte) bool {
	g.reset(len(b))
	g.delim, g.line, g.quote, g.extra = f.delim, '\n', f.quote, '\r'
	g.returns = 0
	ok := true
	for pos := g.scan(b, 0); ok && pos < len(b); {
		pos, ok = g.pass(b, pos, f.comment)
	}
	if !ok {
		return false
	}
	if g.lines == 0 || int(g.rows[g.lines-1]) < g.found || int(g.ends[g.found-1]) < len(b)-1 {
		g.add(len(b), true) // the last line has no end
	}
	return g.regular(b, f.comment)
}

// pass goes on behind what has stopped a scan; false if the chunk is not plain.
func (g *csvGrid) pass(b []byte, pos int, comment byte) (next int, ok bool) {
	from := g.rowStart()
	switch {
	case b[pos] == '\r' && g.extra == '\r':
		ok = g.carriage(b, pos)
		return g.scan(b, 0), ok
	case comment != 0 && b[from] == comment: // whatever the line holds
		end := lineEnd(b, pos)
		return g.scan(b, end), bytes.IndexByte(b[pos:end], 0) < 0
	case b[pos] != g.quote || b[pos] == 0:
		return pos, false
	}
	if g.found > 0 {
		from = max(from, int(g.ends[g.found-1])+1)
	}
	if !g.blank(b[from:pos]) { // a quote inside of text is text
		return g.scan(b, pos+1), true
	}
	if from < pos {
		if pos = g.behindQuotes(b, pos); pos < 0 {
			return 0, false
		}
		return g.scan(b, pos), true
	}
	q := quoteScan{delim: g.delim, line: g.line, quote: g.quote, after: g.delim, comment: comment, open: 1}
	if g.extra == '\r' {
		q.extra = '\r'
	} else if g.line != '\r' {
		q.after = '\r'
	}
	pos, stop := g.quoted(b, pos, &q)
	g.open = !stop && q.in != 0
	return pos, !g.open
}

// rowStart is where the row starts that is being scanned.
func (g *csvGrid) rowStart() int {
	if g.lines == 0 {
		return 0
	}
	return int(g.ends[g.rows[g.lines-1]-1]) + 1
}

// carriage starts anew in a chunk whose first carriage return is at pos: all
// must be before line feeds, or there must be no line feeds.
func (g *csvGrid) carriage(b []byte, pos int) bool {
	g.reset(len(b))
	g.extra = g.quote
	if pos+1 == len(b) || b[pos+1] == '\n' {
		g.returns = bytes.Count(b[pos:], []byte{'\r'})
		return true
	}
	g.line = '\r'
	return bytes.IndexByte(b, '\n') < 0
}

// blank reports whether b is nothing but what may stand around a field.
func (g *csvGrid) blank(b []byte) bool {
	for _, c := range b {
		if c != ' ' && c != '\t' || c == g.delim {
			return false
		}
	}
	return true
}

// behindQuotes is the end of the field whose quote is at pos, or -1 if there
// is something else behind the quotes.
func (g *csvGrid) behindQuotes(b []byte, pos int) int {
	for pos++; ; pos += 2 {
		i := bytes.IndexByte(b[pos:], g.quote)
		if i < 0 {
			return -1
		}
		if pos += i; pos+1 >= len(b) || b[pos+1] != g.quote {
			break
		}
	}
	for pos++; pos < len(b) && (b[pos] == ' ' || b[pos] == '\t') && b[pos] != g.delim; {
		pos++
	}
	if pos < len(b) && b[pos] != g.delim && b[pos] != '\n' && b[pos] != '\r' {
		return -1
	}
	return pos
}

// regular drops blank lines and comments and sees that all other lines have a
// field for each column, and that the carriage returns are those before line
// ends.
func (g *csvGrid) regular(b []byte, comment byte) bool {
	if cap(g.before) < g.lines {
		g.before = uncleared[uint32](g.lines + g.lines/4)
	}
	g.before, g.n = g.before[:cap(g.before)], 0
	start, from := uint32(0), 0
	for _, to := range g.rows[:g.lines] {
		end := g.ends[to-1]
		cr := uint32(0)
		if g.returns > 0 && end > start && b[end-1] == '\r' {
			g.returns--
			cr = 1
		}
		switch {
		case comment != 0 && end > start && b[start] == comment:
		case int(to)-from == g.cols:
			if at := g.n * g.cols; at < from {
				copy(g.ends[at:at+g.cols], g.ends[from:to])
			}
			g.before[g.n] = start - 1
			g.n++
			g.ends[g.n*g.cols-1] -= cr
		case int(to)-from != 1 || end > start+cr:
			return false
		}
		start, from = end+1, int(to)
	}
	return g.returns == 0
}

// general indexes a chunk field by field.
func (g *csvGrid) general(f *csvFile, c *csvChunk) error {
	text := f.text
	if i := bytes.IndexByte(text[c.lo:c.hi], 0); i >= 0 {
		return f.errorAt(c.lo+i, "want text, got a NUL byte: the file is binary")
	}
	g.reset(c.hi - c.lo)
	g.n, g.end = 0, c.lo
	g.before = g.before[:0]
	for g.end < c.hi {
		if e := text[g.end]; (e == '\n' || e == '\r') && g.cols != 1 {
			g.end = afterLineEnd(text, g.end)
			continue
		} else if f.comment != 0 && e == f.comment {
			g.end = afterLineEnd(text, lineEnd(text, g.end))
			continue
		}
		poll(g.n)
		end, err := g.record(f, c, g.end)
		if err != nil {
			return err
		}
		g.before = add(g.before, uint32(g.end-c.lo)-1)
		g.n++
		g.end = afterLineEnd(text, end)
	}
	return nil
}

// record indexes one record and gives its end.
func (g *csvGrid) record(f *csvFile, c *csvChunk, start int) (end int, err error) {
	text := f.text
	for pos, n := start, 0; ; pos++ {
		if _, pos, err = f.field(pos); err != nil {
			return 0, err
		}
		if n++; n <= g.cols {
			g.add(pos-c.lo, false)
		}
		if pos < len(text) && text[pos] == f.delim {
			continue
		}
		if n < g.cols && !f.missing || n > g.cols && !f.excess {
			return 0, f.errorAt(start, "want %s, got %d", plural(g.cols, "field"), n)
		}
		if g.found > maxMissing {
			return 0, f.errorAt(start, "want fewer missing fields: more than %d in %d bytes", maxMissing, pos-c.lo)
		}
		for ; n < g.cols; n++ { // fields that are not there
			g.add(int(g.ends[g.found-1]), false)
		}
		return pos, nil
	}
}
