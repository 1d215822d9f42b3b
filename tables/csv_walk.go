package tables

import (
	"bytes"
	"fmt"
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

// recordEnd is the end of the record that starts at lo. Most lines hold no
// quote, so that two fast searches do.
func (f *csvFile) recordEnd(lo int) (int, error) {
	end := lineEnd(f.text, lo)
	if f.quote == 0 || bytes.IndexByte(f.text[lo:end], f.quote) < 0 || f.comment != 0 && lo < end && f.text[lo] == f.comment {
		return end, nil
	}
	pos := lo
	for {
		_, next, err := f.field(pos)
		if err != nil {
			return 0, err
		}
		if next >= len(f.text) || f.text[next] != f.delim {
			return next, nil
		}
		pos = next + 1
	}
}

func lineEnd(text []byte, lo int) int {
	end := len(text)
	if i := bytes.IndexByte(text[lo:], '\n'); i >= 0 {
		end = lo + i
	}
	if i := bytes.IndexByte(text[lo:end], '\r'); i >= 0 {
		end = lo + i
	}
	return end
}

// A span is a field's text without its quotes and surrounding blanks.
type span struct {
	lo, hi  int
	quoted  bool
	doubled bool // holds doubled quotes
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
	for pos := open + 1; ; {
		i := bytes.IndexByte(text[pos:], f.quote)
		if i < 0 {
			return s, 0, f.errorAt(open, "the quote in column %d is never closed", f.columnAt(open))
		}
		pos += i
		if pos+1 < len(text) && text[pos+1] == f.quote {
			s.doubled = true
			pos += 2
			continue
		}
		s.hi = pos
		next = pos + 1
		break
	}
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

// bytes is the text of a span; scratch serves where quotes are undoubled.
func (f *csvFile) bytes(s span, scratch *[]byte) []byte {
	if !s.doubled {
		return f.text[s.lo:s.hi]
	}
	out := (*scratch)[:0]
	for i := s.lo; i < s.hi; i++ {
		out = append(out, f.text[i])
		if f.text[i] == f.quote {
			i++
		}
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

// errorAt is an error that starts with the line of a position.
func (f *csvFile) errorAt(pos int, format string, args ...any) error {
	return &csvError{pos: pos, msg: fmt.Sprintf("line %d: %s", f.line(pos), fmt.Sprintf(format, args...))}
}

type csvError struct {
	pos int
	msg string
}

// Error implements error.
func (e *csvError) Error() string { return e.msg }

// Unwrap gives errors.Is and errors.As the cause.
func (e *csvError) Unwrap() error { return ErrCSV }

// line counts lines of the file from 1; only errors need it.
func (f *csvFile) line(pos int) int {
	head := f.text[:pos]
	return 1 + bytes.Count(head, []byte{'\n'}) + bytes.Count(head, []byte{'\r'}) - bytes.Count(head, []byte("\r\n"))
}

// columnAt counts bytes from the start of the line, from 1.
func (f *csvFile) columnAt(pos int) int {
	return pos - bytes.LastIndexAny(f.text[:pos], "\r\n")
}
