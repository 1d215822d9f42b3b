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
// one behind before[r], which the start of the chunk makes wrap. A field that starts behind its end is not there. Positions
// count from the start of the chunk.
type csvGrid struct {
	scanner
	before []uint32
	n      int // rows
	cols   int
	quotes bool // there are some
}

// index finds the fields of a chunk; what is not plain goes field by field.
func (g *csvGrid) index(f *csvFile, c *csvChunk) error {
	interrupt.Check()
	if c.hi-c.lo > math.MaxInt32-64 {
		return f.errorAt(c.lo, "want a record of 2 GiB at most, got one of %d bytes", c.hi-c.lo)
	}
	g.cols, g.quotes = len(f.names), false
	g.reset(c.hi - c.lo)
	if f.comment == 0 && f.escape == 0 && g.plain(f, f.text[c.lo:c.hi]) {
		return nil
	}
	g.reset(c.hi - c.lo)
	g.quotes = f.quote != 0 && bytes.IndexByte(f.text[c.lo:c.hi], f.quote) >= 0
	return g.general(f, c)
}

// plain indexes a chunk whose lines end in one way and whose rows are as long
// as they should be; false if it is not such a chunk.
func (g *csvGrid) plain(f *csvFile, b []byte) bool {
	g.delim, g.line, g.quote, g.extra = f.delim, '\n', f.quote, '\r'
	returns := 0
	for pos := g.scan(b, 0); pos < len(b); pos = g.scan(b, pos) {
		switch {
		case b[pos] == 0:
			return false
		case b[pos] == '\r' && g.extra == '\r':
			if returns = g.carriage(b, pos); returns < 0 {
				return false
			}
			pos = 0
			continue
		}
		g.quotes = true
		from := 0
		if g.found > 0 {
			from = int(g.ends[g.found-1]) + 1
		}
		if !g.blank(b[from:pos]) { // a quote inside of text is text
			pos++
		} else if pos = g.behindQuotes(b, pos); pos < 0 {
			return false
		}
	}
	if g.lines == 0 || int(g.rows[g.lines-1]) < g.found || int(g.ends[g.found-1]) < len(b)-1 {
		g.end(len(b), true) // the last line has no end
	}
	return g.regular(b, returns)
}

// carriage starts anew in a chunk whose first carriage return is at pos: it
// gives how many there are before line feeds, or -1 if some are and some are not.
func (g *csvGrid) carriage(b []byte, pos int) (returns int) {
	g.reset(len(b))
	g.extra = g.quote
	if pos+1 == len(b) || b[pos+1] == '\n' {
		return bytes.Count(b[pos:], []byte{'\r'})
	}
	if bytes.IndexByte(b, '\n') >= 0 {
		return -1
	}
	g.line = '\r'
	return 0
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

// regular drops blank lines and sees that all others have a field for each
// column, and that the carriage returns are those before line ends.
func (g *csvGrid) regular(b []byte, returns int) bool {
	if cap(g.before) < g.lines {
		g.before = uncleared[uint32](g.lines + g.lines/4)
	}
	g.before, g.n = g.before[:cap(g.before)], 0
	start, from := uint32(0), 0
	for _, to := range g.rows[:g.lines] {
		end := g.ends[to-1]
		cr := uint32(0)
		if returns > 0 && end > start && b[end-1] == '\r' {
			returns--
			cr = 1
		}
		switch {
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
	return returns == 0
}

// general indexes a chunk field by field.
func (g *csvGrid) general(f *csvFile, c *csvChunk) error {
	text := f.text[:c.hi]
	if i := bytes.IndexByte(text[c.lo:], 0); i >= 0 {
		return f.errorAt(c.lo+i, "want text, got a NUL byte: the file is binary")
	}
	g.n = 0
	g.before = g.before[:0]
	for pos := c.lo; pos < c.hi; {
		if e := text[pos]; (e == '\n' || e == '\r') && g.cols != 1 {
			pos = afterLineEnd(text, pos)
			continue
		} else if f.comment != 0 && e == f.comment {
			pos = afterLineEnd(text, lineEnd(text, pos))
			continue
		}
		poll(g.n)
		end, err := g.record(f, c, pos)
		if err != nil {
			return err
		}
		g.before = add(g.before, uint32(pos-c.lo)-1)
		g.n++
		pos = afterLineEnd(text, end)
	}
	return nil
}

// record indexes one record and gives its end.
func (g *csvGrid) record(f *csvFile, c *csvChunk, start int) (end int, err error) {
	text := f.text[:c.hi]
	for pos, n := start, 0; ; pos++ {
		if _, pos, err = f.field(pos); err != nil {
			return 0, err
		}
		if n++; n <= g.cols {
			g.put(pos - c.lo)
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
			g.put(int(g.ends[g.found-1]))
		}
		return pos, nil
	}
}

// put is end where there may be more fields than bytes.
func (g *csvGrid) put(pos int) {
	if g.found == len(g.ends) {
		g.ends = roomier(g.ends, 1)
		g.ends = g.ends[:cap(g.ends)]
	}
	g.end(pos, false)
}
