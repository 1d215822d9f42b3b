package tables

import (
	"bytes"
	"fmt"
	"unicode/utf8"

	"github.com/sheaf-go/sheaf/internal/interrupt"
)

// A walker goes from record to record without looking into the fields.
type walker struct {
	f   *csvFile
	pos int
}

// next is the next record that is neither blank nor a comment, without its
// line end; lo == hi at the end of the text.
func (w *walker) next() (lo, hi int, err error) {
	text := w.f.text
	for w.pos < len(text) {
		lo = w.pos
		hi, err = w.f.recordEnd(lo)
		if err != nil {
			return 0, 0, err
		}
		w.pos = afterLineEnd(text, hi)
		if !w.f.blank(lo, hi) {
			return lo, hi, nil
		}
	}
	return len(text), len(text), nil
}

// blank reports whether a line holds no record. In a file of one column an
// empty line is a null.
func (f *csvFile) blank(lo, hi int) bool {
	if lo == hi {
		return len(f.names) != 1
	}
	return f.comment != 0 && f.text[lo] == f.comment
}

// afterLineEnd steps over CR, LF or CRLF.
func afterLineEnd(text []byte, pos int) int {
	if pos < len(text) && text[pos] == '\r' {
		pos++
		if pos < len(text) && text[pos] == '\n' {
			pos++
		}
		return pos
	}
	return min(pos+1, len(text))
}

// recordEnd is the end of the record that starts at lo: of its line, unless
// that is in quotes. Of the fields only those with quotes are looked at.
func (f *csvFile) recordEnd(lo int) (int, error) {
	text := f.text
	end := lineEnd(text, lo)
	if f.quote == 0 || f.comment != 0 && lo < end && text[lo] == f.comment {
		return end, nil
	}
	for pos, from := lo, lo; ; { // from: a field starts there or behind
		i := bytes.IndexByte(text[pos:end], f.quote)
		if i < 0 {
			return end, nil
		}
		pos += i
		if !f.opens(from, pos) {
			pos++
			continue
		}
		_, next, err := f.quotedField(pos)
		if err != nil {
			return 0, err
		}
		if next >= len(text) || text[next] != f.delim {
			return next, nil
		}
		if pos, from = next+1, next+1; pos > end {
			interrupt.Check()
			end = lineEnd(text, pos)
		}
	}
}

// opens reports whether the quote at pos is the first character of its field.
func (f *csvFile) opens(from, pos int) bool {
	for pos > from && (f.text[pos-1] == ' ' || f.text[pos-1] == '\t') && f.text[pos-1] != f.delim {
		pos--
	}
	return pos == from || f.text[pos-1] == f.delim
}

// lineEnd is where the line of a position ends. It looks for both kinds of end
// in pieces, as a file may have one of them only.
func lineEnd(text []byte, lo int) int {
	for size := 256; lo < len(text); size = min(2*size, 1<<16) {
		piece := text[lo:min(lo+size, len(text))]
		i := bytes.IndexByte(piece, '\n')
		if i >= 0 {
			piece = piece[:i]
		}
		if j := bytes.IndexByte(piece, '\r'); j >= 0 {
			i = j
		}
		if i >= 0 {
			return lo + i
		}
		lo += size
	}
	return len(text)
}

// A span is a field's text without its quotes and surrounding blanks.
type span struct {
	lo, hi  int
	quoted  bool
	doubled bool // holds doubled quotes or escaped characters
}

// field reads the field at pos; next is the delimiter or line end after it.
func (f *csvFile) field(pos int) (s span, next int, err error) {
	text := f.text
	lo := pos
	for lo < len(text) && (text[lo] == ' ' || text[lo] == '\t') && text[lo] != f.delim {
		lo++
	}
	if f.quote != 0 && lo < len(text) && text[lo] == f.quote {
		return f.quotedField(lo)
	}
	next = lo
	for next < len(text) && text[next] != f.delim && text[next] != '\n' && text[next] != '\r' {
		next++
	}
	return span{lo: lo, hi: f.trimEnd(lo, next)}, next, nil
}

func (f *csvFile) trimEnd(lo, hi int) int {
	for hi > lo && (f.text[hi-1] == ' ' || f.text[hi-1] == '\t') {
		hi--
	}
	return hi
}

func (f *csvFile) quotedField(open int) (s span, next int, err error) {
	text := f.text
	s = span{lo: open + 1, quoted: true}
	if s.hi, s.doubled = f.closing(open + 1); s.hi < 0 {
		return s, 0, f.errorAt(open, "the quote is never closed")
	}
	next = s.hi + 1
	for next < len(text) && (text[next] == ' ' || text[next] == '\t') && text[next] != f.delim {
		next++
	}
	if next < len(text) && text[next] != f.delim && text[next] != '\n' && text[next] != '\r' {
		return s, 0, f.errorAt(next, "want a delimiter after the closing quote, got %q", text[next])
	}
	if f.trim {
		for s.lo < s.hi && (text[s.lo] == ' ' || text[s.lo] == '\t') {
			s.lo++
		}
		s.hi = f.trimEnd(s.lo, s.hi)
	}
	return s, next, nil
}

// closing is where the quotes end that text is in, or -1, and whether what is in
// them is not what it means.
func (f *csvFile) closing(pos int) (end int, doubled bool) {
	text := f.text
	for {
		i := bytes.IndexByte(text[pos:], f.quote)
		if f.escape != 0 {
			until := len(text)
			if i >= 0 {
				until = pos + i
			}
			if e := bytes.IndexByte(text[pos:until], f.escape); e >= 0 {
				if pos += e + 2; pos > len(text) {
					return -1, true
				}
				doubled = true
				continue
			}
		}
		if i < 0 {
			return -1, doubled
		}
		pos += i
		if pos+1 >= len(text) || text[pos+1] != f.quote {
			return pos, doubled
		}
		doubled = true
		pos += 2
	}
}

// bytes is the text of a span; scratch serves where quotes are doubled or
// characters escaped.
func (f *csvFile) bytes(s span, scratch *[]byte) []byte {
	if !s.doubled {
		return f.text[s.lo:s.hi]
	}
	out := (*scratch)[:0]
	for i := s.lo; i < s.hi; i++ {
		if c := f.text[i]; c == f.escape && c != 0 || c == f.quote {
			if i++; i == s.hi {
				break
			}
		}
		out = append(out, f.text[i])
	}
	*scratch = out
	return out
}

// fields splits one record.
func (f *csvFile) fields(lo, hi int) ([]string, error) {
	var out []string
	var scratch []byte
	for pos := lo; ; {
		s, next, err := f.field(pos)
		if err != nil {
			return nil, err
		}
		out = append(out, string(f.bytes(s, &scratch)))
		if next >= hi || f.text[next] != f.delim {
			return out, nil
		}
		pos = next + 1
	}
}

// errorAt is an error at a position of the text.
func (f *csvFile) errorAt(pos int, format string, args ...any) *csvError {
	head := f.text[:pos]
	line := 1 + bytes.Count(head, []byte{'\n'}) + bytes.Count(head, []byte{'\r'}) - bytes.Count(head, []byte("\r\n"))
	start := bytes.LastIndexAny(head[max(len(head)-1<<16, 0):], "\r\n") + 1 + max(len(head)-1<<16, 0)
	return &csvError{pos, line, 1 + utf8.RuneCount(head[start:]), fmt.Sprintf(format, args...)}
}

// A csvError is what is wrong at a place in the text, lines and characters of
// it counted from 1.
type csvError struct {
	pos        int
	line, char int
	msg        string
}

// Error implements error.
func (e *csvError) Error() string { return fmt.Sprintf("line %d:%d: %s", e.line, e.char, e.msg) }

// Unwrap gives errors.Is and errors.As the cause.
func (e *csvError) Unwrap() error { return ErrCSV }
